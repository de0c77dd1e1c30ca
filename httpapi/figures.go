package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"wend.dev/wend/event"
)

// figures are what the edge measures of itself.
type figures struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newFigures(reg *prometheus.Registry) (*figures, error) {
	f := &figures{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "wend_httpapi_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "wend_httpapi_request_seconds", Help: "Time to answer, by route; the live feed is left out.",
			Buckets: []float64{.001, .005, .02, .05, .1, .3, 1, 3, 10, 30},
		}, []string{"route"}),
	}
	for _, c := range []prometheus.Collector{f.requests, f.seconds} {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// routeName carries the pattern that matched from the inner mux out to the figures.
type routeName struct{ pattern string }

type routeKey struct{}

func nameRoute(r *http.Request, pattern string) {
	if n, ok := r.Context().Value(routeKey{}).(*routeName); ok {
		n.pattern = pattern
	}
}

// watch counts and times requests, and turns a panic into a logged 500.
func (f *figures) watch(next http.Handler, clock event.Clock, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, name, out := clock.Now(), &routeName{pattern: "other"}, &statusWriter{ResponseWriter: w}
		r = r.WithContext(context.WithValue(r.Context(), routeKey{}, name))
		defer func() {
			cause := recover()
			if err, is := cause.(error); is && errors.Is(err, http.ErrAbortHandler) {
				panic(cause)
			}
			if cause != nil {
				log.ErrorContext(r.Context(), "a handler panicked", "route", name.pattern, "cause", cause, "stack", string(debug.Stack()))
				if out.status == 0 {
					writeProblem(out, http.StatusInternalServerError, "something went wrong on the server; its log says what")
				}
			}
			if out.status == 0 {
				out.status = http.StatusOK
			}
			f.requests.WithLabelValues(name.pattern, strconv.Itoa(out.status)).Inc()
			if name.pattern != "GET "+streamPath {
				f.seconds.WithLabelValues(name.pattern).Observe(clock.Now().Sub(start).Seconds())
			}
		}()
		next.ServeHTTP(out, r)
	})
}

// statusWriter remembers the status. Unwrap lets http.ResponseController flush and set deadlines.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the first status.
func (w *statusWriter) WriteHeader(code int) {
	if w.status == 0 && code >= 200 {
		w.status = code
	}
	w.ResponseWriter.WriteHeader(code)
}

// Write counts as a 200 when no status was set.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap gives the writer underneath.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
