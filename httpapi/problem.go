package httpapi

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// writeProblem writes an RFC 9457 problem outside of huma.
func writeProblem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(&huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: detail})
}

// polite puts our manners on a request.
func polite(ctx huma.Context, next func(huma.Context)) { next(&manners{humaContext: ctx}) }

// humaContext is huma.Context under a name that may be embedded beside the method Context.
type humaContext huma.Context

// manners is a request's context as we want it; see its methods.
type manners struct{ humaContext }

// SetStatus makes huma's 422 a 400: a request that breaks the schema is a bad request like any other.
func (c *manners) SetStatus(code int) {
	if code == http.StatusUnprocessableEntity {
		code = http.StatusBadRequest
	}
	c.humaContext.SetStatus(code)
}

// Header takes what curl says of a body by default for JSON: there is no form here that it could be.
func (c *manners) Header(name string) string {
	v := c.humaContext.Header(name)
	if name == "Content-Type" && strings.HasPrefix(v, "application/x-www-form-urlencoded") {
		return "application/json"
	}
	return v
}

// BodyReader is the body, whose closing lifts the deadline for reading it. Without that a question which takes
// longer than the deadline would end with it: net/http watches the connection while a handler runs, and takes a read
// that times out for a caller who hung up.
func (c *manners) BodyReader() io.Reader {
	return &lifting{c.humaContext.BodyReader(), c.humaContext}
}

type lifting struct {
	io.Reader
	ctx huma.Context
}

// Close lifts the deadline and closes the body.
func (l *lifting) Close() error {
	_ = l.ctx.SetReadDeadline(time.Time{}) // a writer without deadlines has none to lift
	if c, ok := l.Reader.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// Unwrap gives the context underneath.
func (c *manners) Unwrap() huma.Context { return c.humaContext }

// polish makes each body ready to be written: problems lose what they echo and gain a hint, answers lose their nulls.
func (a *api) polish(ctx huma.Context, _ string, v any) (any, error) {
	p, ok := v.(*huma.ErrorModel)
	if !ok {
		return dense(v), nil
	}
	if p.Status == http.StatusUnprocessableEntity {
		p.Status, p.Title = http.StatusBadRequest, http.StatusText(http.StatusBadRequest)
	}
	for _, e := range p.Errors {
		if e == nil {
			continue
		}
		e.Value = nil // it may hold a key
		a.hint(ctx.Operation(), e)
	}
	if p.Detail == "validation failed" && len(p.Errors) > 0 {
		p.Detail = strings.TrimPrefix(p.Errors[0].Location+": "+p.Errors[0].Message, ": ")
	}
	return p, nil
}

// hint names the nearest known field beside an unknown one.
func (a *api) hint(op *huma.Operation, e *huma.ErrorDetail) {
	cut := strings.LastIndexByte(e.Location, '.')
	if cut < 0 {
		return
	}
	name := e.Location[cut+1:]
	var known []string
	switch e.Message {
	case "unexpected property":
		known = a.fieldsAt(op, e.Location[:cut])
		e.Message = "unknown field"
	case "unknown query parameter":
		for _, p := range op.Parameters {
			if p.In == "query" {
				known = append(known, p.Name)
			}
		}
	default:
		return
	}
	if near := nearest(name, known); near != "" {
		e.Message += "; did you mean \"" + near + "\"?"
	} else if len(known) > 0 {
		e.Message += "; known are " + strings.Join(known, ", ")
	}
}

// fieldsAt lists the fields that the request's schema has at a location such as body.steps[0].
func (a *api) fieldsAt(op *huma.Operation, location string) []string {
	if op == nil || op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return nil
	}
	schemas := a.huma.OpenAPI().Components.Schemas
	deref := func(s *huma.Schema) *huma.Schema {
		for s != nil && s.Ref != "" {
			s = schemas.SchemaFromRef(s.Ref)
		}
		return s
	}
	s := deref(op.RequestBody.Content["application/json"].Schema)
	for _, part := range strings.Split(location, ".")[1:] {
		name, index, indexed := strings.Cut(part, "[")
		if s == nil {
			return nil
		}
		s = deref(s.Properties[name])
		for ; indexed && s != nil; _, index, indexed = strings.Cut(index, "[") {
			s = deref(s.Items)
		}
	}
	if s == nil {
		return nil
	}
	return sortedKeys(s.Properties)
}

// strictRoutes answers paths and methods that no operation has with a problem instead of plain text.
func strictRoutes(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			nameRoute(r, pattern)
			mux.ServeHTTP(w, r)
			return
		}
		probe := &probeWriter{header: http.Header{}}
		h.ServeHTTP(probe, r)
		if allow := probe.header.Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
			writeProblem(w, http.StatusMethodNotAllowed, r.Method+" is not possible here; possible are "+allow)
			return
		}
		writeProblem(w, http.StatusNotFound, "there is no such address; see /api/docs")
	})
}

// probeWriter keeps the headers of an answer and drops the rest.
type probeWriter struct{ header http.Header }

func (p *probeWriter) Header() http.Header         { return p.header }
func (p *probeWriter) Write(b []byte) (int, error) { return len(b), nil }
func (p *probeWriter) WriteHeader(int)             {}
