package httpapi

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"wend.dev/wend/engine/seq"
)

// asked sends a request and checks what the port was called with.
func (d *desk) asked(status int, what, body, call string, headers ...string) map[string]any {
	d.t.Helper()
	d.rest.called = ""
	out := d.expect(status, what, body, headers...)
	if d.rest.called != call {
		d.t.Errorf("%s: the port was called with %q, want %q", what, d.rest.called, call)
	}
	return out
}

func TestVersions(t *testing.T) {
	d := newDesk(t)
	const path = "/api/v1/journeys/first-order"
	if got := d.asked(200, "GET "+path+"/versions", "", "versions first-order"); len(got["items"].([]any)) != 2 {
		t.Errorf("got %v", got)
	}
	d.asked(200, "GET "+path+"/versions/2", "", "version first-order 2")
	problemAt(t, d.asked(400, "GET "+path+"/versions/0", "", ""), "path.number", "")
	got := d.asked(201, "POST "+path+"/publish", `{"note":"spring"}`, "publish first-order 4 spring", `If-Match: "4"`)
	if got["number"] != 3.0 {
		t.Errorf("got %v", got)
	}
	d.asked(428, "POST "+path+"/publish", `{}`, "")
	d.rest.err = ErrStale
	d.expect(412, "POST "+path+"/publish", `{}`, `If-Match: "4"`)
	d.rest.err = ErrNotFound
	d.expect(404, "GET "+path+"/versions/9", "")
}

func TestMembership(t *testing.T) {
	d := newDesk(t)
	const path = "GET /api/v1/segments/big-spenders/changes"
	if got := d.asked(200, path, "", "membership big-spenders 50"); got["size"] != 7.0 || got["following"] != true {
		t.Errorf("got %v", got)
	}
	d.asked(200, path+"?limit=3", "", "membership big-spenders 3")
	problemAt(t, d.asked(400, path+"?limit=0", "", ""), "query.limit", "")
	d.rest.err = ErrNotFound
	d.expect(404, path, "")
}

func TestLive(t *testing.T) {
	d := newDesk(t)
	const path = "GET /api/v1/journeys/first-order/live"
	got := d.asked(200, path, "", "live first-order 0 from none to set false actor  filter  persona  segment  now 2026-03-01T12:00:00Z")
	if got["people"] != 12.0 {
		t.Errorf("got %v", got)
	}
	d.asked(200, path+"?from=2026-02-01T00:00:00Z&to=2026-03-01T00:00:00%2B01:00&actor=account&filter=true&persona=anna&segment=big&version=3", "",
		"live first-order 3 from 2026-02-01T00:00:00Z to set true actor account filter true persona anna segment big now 2026-03-01T12:00:00Z")
	problemAt(t, d.asked(400, path+"?actor=dog", "", ""), "query.actor", "profile, account")
	problemAt(t, d.asked(400, path+"?from=monday", "", ""), "query.from", "")
	problemAt(t, d.asked(400, path+"?version=-1", "", ""), "query.version", "")
	d.rest.err = &Fault{Kind: "invalid", Field: "filter", Reason: "1:1: unknown name"}
	problemAt(t, d.expect(400, path, ""), "query.filter", "unknown name")
	d.rest.err = nil
	lint := d.asked(200, "GET /api/v1/journeys/first-order/lint", "", "lint first-order")
	if len(lint["items"].([]any)) != 1 {
		t.Errorf("got %v", lint)
	}
}

func TestConform(t *testing.T) {
	d := newDesk(t)
	const path = "POST /api/v1/query/conformance"
	got := d.asked(200, path, `{"journey":"first-order"}`, "conform first-order 0 persona  filter  idle 0ms steps -1")
	if got["traces"] != 8.0 {
		t.Errorf("got %v", got)
	}
	for _, field := range []string{"unseen", "spread", "types", "steps", "touchpoints", "deviations", "variants", "unmapped"} {
		if got[field] == nil {
			t.Errorf("%s is null", field)
		}
	}
	d.asked(200, path, `{"journey":"first-order","version":3,"persona":"anna","filter":"true","idle":"30d"}`, "conform first-order 3 persona anna filter true idle 30d steps -1")
	d.asked(200, path, `{"model":{"touchpoints":[{"id":"a","match":[{"event":"A"}]}],"stages":[{"id":"s","steps":[{"id":"a","touchpoints":["a"]}]}]}}`, "conform  0 persona  filter  idle 0ms steps 1")
	problemAt(t, d.asked(400, path, `{"journey":"first-order","version":-1}`, ""), "body.version", "")
	problemAt(t, d.asked(400, path, `{"jurney":"first-order"}`, ""), "body.jurney", `did you mean "journey"?`)
	d.rest.err = &seq.Invalid{Field: "journey", Reason: "there is no journey"}
	problemAt(t, d.expect(400, path, `{"journey":"x"}`), "body.journey", "no journey")
}

func TestDefinitionsAsFiles(t *testing.T) {
	d := newDesk(t)
	got := d.asked(200, "GET /api/v1/definitions", "", "export")
	if fmt.Sprint(got["files"]) != "[map[name:personas/anna.yaml text:kind: Persona\n]]" {
		t.Errorf("got %v", got)
	}
	const path = "POST /api/v1/definitions/apply"
	files := `"files":[{"name":"a.yaml","text":"x"},{"name":"b.yaml","text":"y"}]`
	if got := d.asked(200, path, `{`+files+`,"dry_run":true}`, "apply 2 files dry true prune false"); got["applied"] != false {
		t.Errorf("a dry run: %v", got)
	}
	got = d.asked(200, path, `{`+files+`,"prune":true}`, "apply 2 files dry false prune true")
	if got["applied"] != true || fmt.Sprint(got["problems"]) != "[]" {
		t.Errorf("got %v", got)
	}
	d.asked(200, path, `{"files":[{"name":"a.yaml","text":"`+strings.Repeat("x", 2<<20)+`"}]}`, "apply 1 files dry false prune false")
	problemAt(t, d.asked(400, path, `{`+files+`,"dryrun":true}`, ""), "body.dryrun", `did you mean "dry_run"?`)
}

func TestViews(t *testing.T) {
	d := newDesk(t)
	const view = `{"title":"Week","question":"trend","query":{"series":[]}}`
	d.asked(200, "GET /api/v1/views", "", "views {Limit:50 Cursor:}")
	w := d.send("POST /api/v1/views", view)
	if w.Code != 201 || w.Header().Get("Location") != "/api/v1/views/v9" || w.Header().Get("ETag") != `"1"` || d.rest.called != `save view "" Week 0` {
		t.Errorf("create: %d %v, %s", w.Code, w.Header(), d.rest.called)
	}
	d.asked(200, "GET /api/v1/views/v1", "", "view v1")
	d.asked(200, "PUT /api/v1/views/v1", strings.Replace(view, "{", `{"id":"other","revision":99,`, 1), `save view "v1" Week 2`, `If-Match: "2"`)
	d.asked(428, "PUT /api/v1/views/v1", view, "")
	d.asked(204, "DELETE /api/v1/views/v1", "", "delete view v1 2", `If-Match: "2"`)
	d.asked(428, "DELETE /api/v1/views/v1", "", "")
	d.asked(200, "POST /api/v1/views/v1/restore", "", "restore view v1")
	problemAt(t, d.asked(400, "POST /api/v1/views", `{"title":"","question":"trend","query":{}}`, ""), "body.title", "")
	problemAt(t, d.asked(400, "POST /api/v1/views", `{"title":"x","question":"guess","query":{}}`, ""), "body.question", "funnel")
	d.rest.err = ErrStale
	d.expect(412, "PUT /api/v1/views/v1", view, `If-Match: "1"`)
}

func TestSources(t *testing.T) {
	d := newDesk(t)
	if got := d.asked(200, "GET /api/v1/sources", "", "sources"); fmt.Sprint(got["items"]) != "[]" {
		t.Errorf("got %v", got)
	}
	got := d.asked(201, "POST /api/v1/sources", `{"name":"Web"}`, `save source "" Web 0`)
	if got["write_key"] != "wk_made_up" || got["id"] != "src_1" || got["created_at"] != nil {
		t.Errorf("got %v", got)
	}
	d.asked(200, "GET /api/v1/sources/src_1", "", "source src_1")
	d.asked(200, "PUT /api/v1/sources/src_1", `{"name":"Shop"}`, `save source "src_1" Shop 4`, `If-Match: "4"`)
	d.asked(428, "PUT /api/v1/sources/src_1", `{"name":"Shop"}`, "")
	d.asked(204, "DELETE /api/v1/sources/src_1", "", "delete source src_1 4", `If-Match: "4"`)
	d.asked(428, "DELETE /api/v1/sources/src_1", "", "")
	d.asked(200, "POST /api/v1/sources/src_1/restore", "", "restore source src_1")
	problemAt(t, d.asked(400, "POST /api/v1/sources", `{"name":"Web","write_key":"short"}`, ""), "body.write_key", "")
	d.rest.err = &Fault{Kind: "conflict", Field: "write_key", Reason: "is another source's"}
	problemAt(t, d.expect(409, "POST /api/v1/sources", `{"name":"Web"}`), "body.write_key", "another")
}

func TestRejectedEvents(t *testing.T) {
	d := newDesk(t)
	got := d.asked(200, "GET /api/v1/rejections?source=web&reason=no_id&limit=3&cursor=c", "", "rejections {Source:web Reason:no_id} {Limit:3 Cursor:c}")
	if got["next_cursor"] != "next" {
		t.Errorf("got %v", got)
	}
	d.asked(204, "POST /api/v1/rejections/9/retry", "", "retry 9")
	d.asked(204, "DELETE /api/v1/rejections/9", "", "drop 9")
	problemAt(t, d.asked(400, "DELETE /api/v1/rejections/"+strings.Repeat("x", 65), "", ""), "path.id", "length")
	d.rest.err = &Fault{Kind: "invalid", Reason: "neither userId nor anonymousId"}
	if p := d.expect(400, "POST /api/v1/rejections/9/retry", ""); p["detail"] != "neither userId nor anonymousId" {
		t.Errorf("got %v", p)
	}
}

func TestImports(t *testing.T) {
	d := newDesk(t)
	d.asked(200, "GET /api/v1/imports?limit=5", "", "imports {Limit:5 Cursor:}")
	d.asked(200, "GET /api/v1/imports/i1", "", "import i1")
	d.asked(200, "POST /api/v1/imports/i1/cancel", "", "cancel i1")
	d.rest.err = ErrNotFound
	d.expect(404, "GET /api/v1/imports/i1", "")
}

func TestSettings(t *testing.T) {
	d := newDesk(t)
	if w := d.send("GET /api/v1/settings", ""); w.Code != 200 || w.Header().Get("ETag") != `"3"` {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
	d.asked(200, "PUT /api/v1/settings", `{"name":"Verktøy","language":"nb","currency":"NOK"}`, "save settings Verktøy 3", `If-Match: "3"`)
	d.asked(428, "PUT /api/v1/settings", `{"name":"x"}`, "")
	problemAt(t, d.asked(400, "PUT /api/v1/settings", `{"name":"x","language":"xx"}`, "", `If-Match: "3"`), "body.language", "en, nb, sv, da, pl")
	problemAt(t, d.asked(400, "PUT /api/v1/settings", `{"name":"x","currency":"kroner"}`, "", `If-Match: "3"`), "body.currency", "ISO 4217")
}

func TestHealth(t *testing.T) {
	d := newDesk(t)
	got := d.asked(200, "GET /api/v1/health", "", "status")
	if got["state"] != "ok" || fmt.Sprint(got["problems"]) != "[]" {
		t.Errorf("got %v", got)
	}
	if w := d.send("GET /readyz", "", "nobody"); w.Code != 200 || w.Body.String() != "ready\n" {
		t.Errorf("readyz: %d %q", w.Code, w.Body)
	}
	d.rest.ready = errors.New("replaying the log, 40 %")
	if w := d.send("GET /readyz", "", "nobody"); w.Code != 503 || w.Body.String() != "not ready: replaying the log, 40 %\n" {
		t.Errorf("readyz: %d %q", w.Code, w.Body)
	}
	if w := d.send("GET /healthz", "", "nobody"); w.Code != 200 {
		t.Errorf("healthz while replaying: %d", w.Code)
	}
}
