package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// api is the edge with all that its handlers need.
type api struct {
	Deps
	huma  huma.API
	doc   []byte
	guard *guard
}

// New builds the handler of everything but ingest: /api, /healthz, /readyz, /metrics and the UI. It does no I/O.
// It fails when a dependency is missing or the figures are already registered.
func New(d Deps) (http.Handler, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	figures, err := newFigures(d.Metrics)
	if err != nil {
		return nil, fmt.Errorf("cannot register the API's figures: %w", err)
	}
	a := &api{Deps: d, guard: newGuard(d)}
	routes := http.NewServeMux()
	a.register(routes)
	if a.doc, err = json.Marshal(a.huma.OpenAPI()); err != nil {
		return nil, fmt.Errorf("cannot write the OpenAPI document: %w", err)
	}
	routes.HandleFunc("GET /api/openapi.json", a.serveDocument)
	page, err := docsPage(a.huma.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("cannot write the API's docs page: %w", err)
	}
	routes.HandleFunc("GET /api/docs", page)

	zip, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.ContentTypes([]string{"application/json", "application/problem+json", "application/openapi+json", "text/html"}))
	if err != nil {
		return nil, fmt.Errorf("cannot set up gzip: %w", err)
	}
	top := http.NewServeMux()
	api := strictRoutes(routes)
	top.Handle("/api/", a.guard.protect(zip(api)))
	top.Handle("/api/v1/stream", a.guard.protect(api)) // gzip would hold messages back
	top.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") })
	top.HandleFunc("GET /readyz", a.ready)
	top.Handle("GET /metrics", promhttp.HandlerFor(d.Metrics, promhttp.HandlerOpts{}))
	if d.Files != nil {
		ui, err := newSite(d.Files)
		if err != nil {
			return nil, fmt.Errorf("cannot serve the UI: %w", err)
		}
		top.Handle("/", ui)
	}
	return secure(figures.watch(top, d.Clock, d.Log)), nil
}

// check fills in the defaults and says what is missing.
func (d *Deps) check() error {
	for _, need := range []struct {
		what string
		is   bool
	}{
		{"Engine", d.Engine != nil}, {"Access", d.Access != nil}, {"Journeys", d.Journeys != nil}, {"Personas", d.Personas != nil},
		{"Touchpoints", d.Touchpoints != nil}, {"Segments", d.Segments != nil}, {"Membership", d.Membership != nil}, {"Versions", d.Versions != nil}, {"Maps", d.Maps != nil}, {"Definitions", d.Definitions != nil},
		{"Sources", d.Sources != nil}, {"Rejections", d.Rejections != nil}, {"Imports", d.Imports != nil}, {"Erase", d.Erase != nil}, {"Views", d.Views != nil},
		{"Settings", d.Settings != nil}, {"Health", d.Health != nil}, {"Hub", d.Hub != nil}, {"Clock", d.Clock != nil},
		{"Metrics", d.Metrics != nil},
	} {
		if !need.is {
			return fmt.Errorf("the API needs Deps.%s", need.what)
		}
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.QueryTimeout == 0 {
		d.QueryTimeout = 30 * time.Second
	}
	if d.SessionLife == 0 {
		d.SessionLife = 30 * 24 * time.Hour
	}
	return nil
}

// Document is the OpenAPI 3.1 document as JSON, made from the Go types without a server.
func Document() ([]byte, error) {
	a := &api{}
	a.register(http.NewServeMux())
	b, err := json.MarshalIndent(a.huma.OpenAPI(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("cannot write the OpenAPI document: %w", err)
	}
	return append(b, '\n'), nil
}

// register puts every operation on the mux and into the document.
func (a *api) register(mux *http.ServeMux) {
	a.huma = humago.New(mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Wend", Version: "1", Description: "The customer-journey platform's API. See docs/api.md."},
			Components: &huma.Components{
				Schemas: registry(),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer": {Type: "http", Scheme: "bearer", Description: "The admin token: Authorization: Bearer …"},
					"cookie": {Type: "apiKey", In: "cookie", Name: CookieName, Description: "What POST /api/v1/session set"},
				},
			},
			Security: []map[string][]string{{"bearer": {}}, {"cookie": {}}},
		},
		Formats:                      huma.DefaultFormats,
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{a.polish},
	})
	a.huma.UseMiddleware(polite)
	a.sessions()
	a.queries()
	a.catalogue()
	a.profiles()
	a.personalData()
	a.accounts()
	a.journeys()
	a.library()
	a.segments()
	a.definitions()
	a.views()
	a.sources()
	a.rejections()
	a.imports()
	a.settings()
	a.health()
	a.stream()
	tidy(a.huma.OpenAPI())
}

// route is what differs between operations: "GET /api/v1/profiles", its tag and its one-line summary.
type route struct {
	method, path string
	tag, summary string
	status       int   // of success; 0 is 200, or 204 without a body
	errors       []int // beside 400, 401 and 500
	more         func(*huma.Operation)
}

// handle registers one operation: its handler's errors become problems.
func handle[I, O any](a *api, r route, h func(context.Context, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: operationID(r.method, r.path), Method: r.method, Path: r.path, Tags: []string{r.tag},
		Summary: r.summary, DefaultStatus: r.status,
		Errors: append([]int{http.StatusBadRequest, http.StatusUnauthorized}, r.errors...),
	}
	if r.more != nil {
		r.more(&op)
	}
	root := "query"
	if r.method == http.MethodPost || r.method == http.MethodPut {
		root = "body"
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err == nil {
			return out, nil
		}
		p, seen := problem(err, root)
		if !seen {
			a.Log.ErrorContext(ctx, "a request failed", "operation", op.OperationID, "error", err)
		}
		return nil, p
	})
}

// answer is a response that is only a body.
type answer[T any] struct {
	Body T
}

// tagged is a body with the revision it has, for If-Match.
type tagged[T any] struct {
	ETag string `header:"ETag" doc:"The revision, to be sent back in If-Match"`
	Body T
}

// ask is a request that is only a body.
type ask[T any] struct {
	Body T
}

// list is one page.
type list[T any] struct {
	Items      []T    `json:"items" doc:"One page of them"`
	NextCursor string `json:"next_cursor,omitempty" doc:"Where the next page starts; absent on the last"`
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}

// ready answers whether events can be taken and questions answered.
func (a *api) ready(w http.ResponseWriter, r *http.Request) {
	if err := a.Health.Ready(r.Context()); err != nil {
		plain(w, http.StatusServiceUnavailable, "not ready: "+err.Error())
		return
	}
	plain(w, http.StatusOK, "ready")
}
