package httpapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"wend.dev/wend/event"
)

// bubble runs a test in fake time with a hub and one feed written to a recorder.
func bubble(t *testing.T, want streamInput, f func(h *Hub, w *feedWriter)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h, err := NewHub(wallClock{}, prometheus.NewRegistry())
		if err != nil {
			t.Fatal(err)
		}
		w := &feedWriter{header: http.Header{}}
		l := h.join(want)
		ctx, hangUp := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); defer h.leave(l); h.feed(ctx, w, l) }()
		synctest.Wait()
		f(h, w)
		hangUp()
		<-done
		if n := h.count.Load(); n != 0 {
			t.Errorf("%d listeners are left", n)
		}
	})
}

// pass lets fake time go by until all is quiet.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// wallClock is the time, which is fake in a bubble.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

// feedWriter records what was flushed; stuck makes writes wait, broken makes them fail.
type feedWriter struct {
	mu      sync.Mutex
	header  http.Header
	text    strings.Builder
	flushed int
	stuck   chan struct{}
	said    chan struct{} // gets a token with each flush, if it is set
	broken  bool
}

func (w *feedWriter) Header() http.Header { return w.header }
func (w *feedWriter) WriteHeader(int)     {}

func (w *feedWriter) Write(b []byte) (int, error) {
	if w.stuck != nil {
		<-w.stuck
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken {
		return 0, errors.New("connection reset")
	}
	return w.text.Write(b)
}

func (w *feedWriter) Flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flushed = w.text.Len()
	if w.said != nil {
		w.said <- struct{}{}
	}
}

// take returns what was flushed since the last call.
func (w *feedWriter) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.text.String()[:w.flushed]
	rest := w.text.String()[w.flushed:]
	w.text.Reset()
	w.text.WriteString(rest)
	w.flushed = 0
	return out
}

// counted reads a counter.
func counted(t *testing.T, c prometheus.Counter) float64 {
	t.Helper()
	reg := prometheus.NewRegistry()
	reg.MustRegister(c)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	return families[0].GetMetric()[0].GetCounter().GetValue()
}

func someEvents(n int) []event.Event {
	out := make([]event.Event, n)
	for i := range out {
		out[i] = event.Event{MessageID: fmt.Sprint("m", i), Kind: event.Track, Name: "Order Completed", Source: "web", Profile: event.UserProfile("42"),
			Fields: []event.Field{{Path: "properties.items", Value: event.JSONValue(`[1]`)}, {Path: "properties.total", Value: event.NumberValue(9.5)}}}
	}
	return out
}

func TestFeedWritesWhatHappens(t *testing.T) {
	bubble(t, streamInput{Events: true}, func(h *Hub, w *feedWriter) {
		if got := w.take(); got != "retry: 1000\nid: 1\n\n: here\n\n" || w.header.Get("Content-Type") != "text/event-stream" {
			t.Errorf("the feed opens with %q as %v", got, w.header)
		}
		h.Events(someEvents(1))
		synctest.Wait()
		got := w.take()
		for _, want := range []string{"event: event\ndata: {\"message_id\":\"m0\"", `"kind":"track"`, `"properties.items":[1]`, `"properties.total":9.5`, "}\n\n"} {
			if !strings.Contains(got, want) {
				t.Errorf("the event's message lacks %s: %s", want, got)
			}
		}
		// At once after a pause; then together, a pace later.
		h.Tick(Tick{Events: 1, Version: 1})
		h.Changed(Changed{Kind: "Journey", ID: "a", Revision: 2})
		h.Tick(Tick{Events: 2, Version: 2})
		synctest.Wait()
		if got := w.take(); got != "" {
			t.Errorf("within the pace came %q", got)
		}
		pass(hubPace)
		if got, want := w.take(), "event: changed\ndata: {\"kind\":\"Journey\",\"id\":\"a\",\"revision\":2}\n\nevent: tick\ndata: {\"events\":2,\"version\":2}\n\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		pass(hubBeat)
		if got := w.take(); got != ": beat\n\n" {
			t.Errorf("a silent feed says %q", got)
		}
	})
}

func TestFeedCatchesUp(t *testing.T) {
	d := newDesk(t)
	d.hub.Tick(Tick{Events: 5, Version: 9})
	f := func(want string, headers ...string) {
		t.Helper()
		ctx, hangUp := context.WithCancel(t.Context())
		r := httptest.NewRequestWithContext(ctx, "GET", "/api/v1/stream", nil)
		r.Header.Set("Authorization", "Bearer "+adminToken)
		for _, h := range headers {
			r.Header.Set("Last-Event-ID", h)
		}
		w := &feedWriter{header: http.Header{}, said: make(chan struct{}, 9)}
		done := make(chan struct{})
		go func() { defer close(done); d.ServeHTTP(w, r) }()
		<-w.said // the greeting
		<-w.said
		hangUp()
		<-done
		if got := strings.TrimPrefix(w.take(), "retry: 1000\nid: 1\n\n: here\n\n"); got != want {
			t.Errorf("Last-Event-ID %q: got %q, want %q", headers, got, want)
		}
	}
	f("event: tick\ndata: {\"events\":5,\"version\":9}\n\n")
	f("event: changed\ndata: {\"kind\":\"*\",\"id\":\"\"}\n\nevent: tick\ndata: {\"events\":5,\"version\":9}\n\n", "1")
}

func TestFeedLeavesOutWhatIsTooMuch(t *testing.T) {
	bubble(t, streamInput{Events: true}, func(h *Hub, w *feedWriter) {
		w.take()
		h.Events(someEvents(hubPerSec + 7))
		pass(hubPace) // the writer may have begun before all were handed over
		got := w.take()
		if n := strings.Count(got, "event: event\n"); n != hubPerSec {
			t.Errorf("%d events were shown in a second, the bound is %d", n, hubPerSec)
		}
		if !strings.HasSuffix(got, "event: left_out\ndata: {\"count\":7}\n\n") {
			t.Errorf("those left out are not told: %q", got[max(0, len(got)-80):])
		}
		if n := counted(t, h.left); n != 7 {
			t.Errorf("the figure says %v were left out", n)
		}
		pass(time.Second)
		h.Events(someEvents(3))
		synctest.Wait()
		if n := strings.Count(w.take(), "event: event\n"); n != 3 {
			t.Errorf("a second later %d of 3 events were shown", n)
		}
	})
}

func TestSlowListenerIsBounded(t *testing.T) {
	bubble(t, streamInput{Events: true}, func(h *Hub, w *feedWriter) {
		w.take()
		w.stuck = make(chan struct{})
		h.Tick(Tick{})
		synctest.Wait() // the writer is stuck with the tick
		const seconds = 20
		for range seconds {
			h.Events(someEvents(hubPerSec))
			pass(time.Second)
		}
		for i := range hubChanges + 10 {
			h.Changed(Changed{Kind: "Journey", ID: fmt.Sprint(i)})
		}
		for l := range h.listeners {
			if len(l.events) != hubPending || l.left != seconds*hubPerSec-hubPending || len(l.changes) > hubChanges {
				t.Errorf("kept %d events and %d changes, left out %d", len(l.events), len(l.changes), l.left)
			}
		}
		close(w.stuck)
		pass(hubPace)
		got := w.take()
		if n := strings.Count(got, "event: event\n"); n != hubPending {
			t.Errorf("%d events were written, want %d", n, hubPending)
		}
		if !strings.Contains(got, `{"count":744}`) || !strings.Contains(got, `{"kind":"*","id":""}`) {
			t.Errorf("what was left out is not told: %q", got[max(0, len(got)-1200):])
		}
	})
}

func TestFeedFilters(t *testing.T) {
	events := someEvents(4)
	events[1].Source = "app"
	events[2].Name = "Page Viewed"
	f := func(want streamInput, shown int) {
		t.Helper()
		bubble(t, want, func(h *Hub, w *feedWriter) {
			h.Events(events)
			h.Tick(Tick{})
			synctest.Wait()
			pass(hubPace)
			got := w.take()
			if n := strings.Count(got, "event: event\n"); n != shown || !strings.Contains(got, "event: tick\n") {
				t.Errorf("%+v: %d events were shown, want %d and a tick: %s", want, n, shown, got)
			}
		})
	}
	f(streamInput{}, 0)
	f(streamInput{Events: true}, 4)
	f(streamInput{Events: true, Source: "app"}, 1)
	f(streamInput{Events: true, Name: "Page Viewed"}, 1)
	f(streamInput{Events: true, Source: "app", Name: "Page Viewed"}, 0)
}

func TestFeedEndsWhenItCannotWrite(t *testing.T) {
	bubble(t, streamInput{}, func(h *Hub, w *feedWriter) {
		w.mu.Lock()
		w.broken = true
		w.mu.Unlock()
		h.Tick(Tick{})
		synctest.Wait()
		if n := h.count.Load(); n != 0 {
			t.Errorf("%d listeners are left after a failed write", n)
		}
		h.Events(someEvents(1)) // nobody listens: nothing may block
	})
}

func TestHubTurnsAwayWhatIsTooMany(t *testing.T) {
	d := newDesk(t)
	for range hubMost {
		if d.hub.join(streamInput{}) == nil {
			t.Fatal("turned away too early")
		}
	}
	d.expect(503, "GET /api/v1/stream", "")
	d.expect(401, "GET /api/v1/stream", "", "nobody")
	problemAt(t, d.expect(400, "GET /api/v1/stream?event=true", ""), "query.event", `did you mean "events"?`)
}

// TestStreamOverHTTP goes through the whole edge and a real connection: headers, flushing, hanging up, closing.
func TestStreamOverHTTP(t *testing.T) {
	d := newDesk(t)
	srv := httptest.NewServer(d)
	defer srv.Close()
	open := func(ctx context.Context) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(ctx, "GET", srv.URL+"/api/v1/stream?events=true", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+adminToken)
		r.Header.Set("Accept-Encoding", "gzip")
		resp, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" || resp.Header.Get("Content-Encoding") != "" ||
			resp.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("got %d %v", resp.StatusCode, resp.Header)
		}
		return resp
	}
	until := func(r *bufio.Reader, want string) {
		t.Helper()
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatalf("the feed ended before %q: %v", want, err)
			}
			if strings.HasPrefix(line, want) {
				return
			}
		}
	}
	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	leaver, stayer := open(ctx), open(t.Context())
	defer leaver.Body.Close()
	defer stayer.Body.Close()
	first, second := bufio.NewReader(leaver.Body), bufio.NewReader(stayer.Body)
	until(first, ": here")
	until(second, ": here")
	d.hub.Events(someEvents(1))
	until(first, "event: event")
	until(second, "event: event")
	hangUp()
	until(second, "data: ")
	d.hub.Changed(Changed{Kind: "Persona", ID: "anna"})
	until(second, "event: changed")
	d.hub.Close()
	d.hub.Close()
	if rest, err := io.ReadAll(second); err != nil || strings.Contains(string(rest), "event:") {
		t.Errorf("closing the hub ended the feed with %q, %v", rest, err)
	}
	d.expect(503, "GET /api/v1/stream", "")
}

// TestSegmentMoved: who listens is told of each segment once, with the sums of all since the last message.
func TestSegmentMoved(t *testing.T) {
	bubble(t, streamInput{Segments: true}, func(h *Hub, w *feedWriter) {
		synctest.Wait()
		h.Segment("a", 3, 1, 0)
		h.Segment("b", 9, 0, 1)
		h.Segment("a", 4, 2, 1)
		pass(time.Second)
		want := "event: segment\ndata: {\"id\":\"a\",\"size\":4,\"entered\":3,\"left\":1}\n\nevent: segment\ndata: {\"id\":\"b\",\"size\":9,\"entered\":0,\"left\":1}\n\n"
		if got := w.take(); !strings.Contains(got, want) {
			t.Errorf("the feed is %q", got)
		}
	})
	bubble(t, streamInput{}, func(h *Hub, w *feedWriter) {
		h.Segment("a", 3, 1, 0)
		pass(time.Second)
		if got := w.take(); strings.Contains(got, "segment") {
			t.Errorf("who did not ask is told: %q", got)
		}
	})
}
