package httpapi

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/prometheus/client_golang/prometheus"

	"wend.dev/wend/engine"
	"wend.dev/wend/web"
)

func built() fstest.MapFS {
	return fstest.MapFS{
		"index.html":            {Data: []byte("<!doctype html>app")},
		"favicon.svg":           {Data: []byte("<svg/>")},
		"assets/app-1a2b.js":    {Data: []byte("console.log(1)")},
		"assets/app-1a2b.js.br": {Data: []byte("BR")},
		"assets/app-1a2b.js.gz": {Data: []byte("GZ")},
	}
}

func TestSite(t *testing.T) {
	d := newDesk(t, func(deps *Deps) { deps.Files = built() })
	f := func(path string, status int, body, kind, cache string) {
		t.Helper()
		w := d.send("GET "+path, "", "nobody")
		if w.Code != status || w.Body.String() != body || w.Header().Get("Content-Type") != kind || w.Header().Get("Cache-Control") != cache {
			t.Errorf("%s: got %d %q as %q, cached %q", path, w.Code, w.Body, w.Header().Get("Content-Type"), w.Header().Get("Cache-Control"))
		}
	}
	const page, html, forever = "<!doctype html>app", "text/html; charset=utf-8", "public, max-age=31536000, immutable"
	f("/", 200, page, html, "no-cache")
	f("/index.html", 200, page, html, "no-cache")
	f("/journeys/first-order?from=2026-01-01", 200, page, html, "no-cache")
	f("/favicon.svg", 200, "<svg/>", "image/svg+xml", "no-cache")
	f("/assets/app-1a2b.js", 200, "console.log(1)", "text/javascript; charset=utf-8", forever)
	f("/assets/app-old.js", 404, "there is no such file\n", "text/plain; charset=utf-8", "")
	f("/assets/", 404, "there is no such file\n", "text/plain; charset=utf-8", "")
	f("/robots.txt", 404, "there is no such file\n", "text/plain; charset=utf-8", "")
	if w := d.send("POST /journeys", "", "nobody"); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: got %d %v", w.Code, w.Header())
	}
	if w := d.send("HEAD /", "", "nobody"); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("HEAD: got %d %q", w.Code, w.Body)
	}
}

func TestSiteEncodings(t *testing.T) {
	d := newDesk(t, func(deps *Deps) { deps.Files = built() })
	f := func(accept, body, encoding string) {
		t.Helper()
		w := d.send("GET /assets/app-1a2b.js", "", "nobody", "Accept-Encoding: "+accept)
		if w.Body.String() != body || w.Header().Get("Content-Encoding") != encoding || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: got %q as %q", accept, w.Body, w.Header().Get("Content-Encoding"))
		}
		tag := w.Header().Get("ETag")
		again := d.send("GET /assets/app-1a2b.js", "", "nobody", "Accept-Encoding: "+accept, "If-None-Match: "+tag)
		if again.Code != 304 || again.Body.Len() != 0 {
			t.Errorf("%q: with its own tag %s got %d", accept, tag, again.Code)
		}
	}
	f("gzip, deflate, br", "BR", "br")
	f("gzip;q=0.8, br;q=0", "GZ", "gzip")
	f("GZIP", "GZ", "gzip")
	f("identity", "console.log(1)", "")
	f("", "console.log(1)", "")
}

func TestSecurityHeaders(t *testing.T) {
	d := newDesk(t)
	for _, path := range []string{"/", "/api/docs", "/api/v1/catalogue", "/healthz", "/assets/none.js"} {
		h := d.send("GET "+path, "", "nobody").Header()
		csp := h.Get("Content-Security-Policy")
		script := csp[strings.Index(csp, "script-src"):]
		if script = script[:strings.Index(script, ";")]; script != "script-src 'self'" {
			t.Errorf("%s: scripts may come from %q", path, script)
		}
		if !strings.Contains(csp, "frame-ancestors 'none'") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
}

func TestSiteNeedsAPage(t *testing.T) {
	if _, err := newSite(fstest.MapFS{"app.js": {}}); err == nil {
		t.Error("files without index.html were taken")
	}
	if _, err := newSite(web.Files()); err != nil {
		t.Errorf("the embedded files: %v", err)
	}
}

func TestNewSaysWhatIsMissing(t *testing.T) {
	_, err := New(Deps{Clock: wallClock{}})
	if err == nil || !strings.Contains(err.Error(), "Deps.Engine") {
		t.Errorf("got %v", err)
	}
	d := newDesk(t, func(deps *Deps) { deps.Files = nil })
	if w := d.send("GET /", "", "nobody"); w.Code != 404 {
		t.Errorf("without a UI / answers %d", w.Code)
	}
	reg := prometheus.NewRegistry()
	if _, err := NewHub(wallClock{}, reg); err != nil {
		t.Fatal(err)
	}
	if _, err := NewHub(wallClock{}, reg); err == nil {
		t.Error("two hubs were registered under one name")
	}
}

func TestPathsThatAreNotThere(t *testing.T) {
	d := newDesk(t)
	if p := d.expect(404, "GET /api/v1/nowhere", ""); !strings.Contains(p["detail"].(string), "/api/docs") {
		t.Errorf("got %v", p)
	}
	d.expect(404, "GET /api/nowhere", "", "nobody")
	w := d.send("DELETE /api/v1/query/funnel", "")
	if w.Code != 405 || w.Header().Get("Allow") != "POST" || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
}

func TestFigures(t *testing.T) {
	d := newDesk(t)
	d.expect(200, "GET /api/v1/profiles?query=anna", "")
	d.expect(400, "GET /api/v1/profiles/42", "")
	d.expect(401, "GET /api/v1/profiles/17", "", "nobody")
	d.send("GET /some/page", "", "nobody")
	text := d.send("GET /metrics", "", "nobody").Body.String()
	for _, want := range []string{
		`wend_httpapi_requests_total{route="GET /api/v1/profiles",status="200"} 1`,
		`wend_httpapi_requests_total{route="GET /api/v1/profiles/{id}",status="400"} 1`,
		`wend_httpapi_requests_total{route="other",status="401"} 1`,
		`wend_httpapi_requests_total{route="ui",status="200"} 1`,
		`wend_httpapi_request_seconds_count{route="GET /api/v1/profiles"} 1`,
		`wend_httpapi_stream_listeners 0`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("the figures lack %s", want)
		}
	}
}

func TestPanicIsAnswered(t *testing.T) {
	broken := newDesk(t, func(deps *Deps) { deps.Engine = panicker{} })
	p := broken.expect(500, "GET /api/v1/catalogue", "")
	if !strings.Contains(p["detail"].(string), "its log says what") || !strings.Contains(broken.log.String(), "BUG: catalogue") {
		t.Errorf("got %v; log: %s", p, broken.log)
	}
	text := broken.send("GET /metrics", "", "nobody").Body.String()
	if !strings.Contains(text, `route="GET /api/v1/catalogue",status="500"} 1`) {
		t.Errorf("the panic is not counted")
	}
}

type panicker struct{ engine.Engine }

func (panicker) Catalogue(context.Context) (*engine.Catalogue, error) { panic("BUG: catalogue") }

func TestAnswersAreZipped(t *testing.T) {
	d := newDesk(t)
	w := d.send("GET /api/openapi.json", "", "nobody", "Accept-Encoding: gzip")
	if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > 60_000 {
		t.Errorf("got %q, %d bytes", w.Header().Get("Content-Encoding"), w.Body.Len())
	}
	r := httptest.NewRequest("GET", "/api/openapi.json", nil)
	plain := httptest.NewRecorder()
	d.ServeHTTP(plain, r)
	if plain.Header().Get("Content-Encoding") != "" {
		t.Error("zipped without being asked")
	}
}
