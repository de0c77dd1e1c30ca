package httpapi

import (
	"fmt"
	"strings"
	"testing"

	"wend.dev/wend/journey"
)

func personaJSON(id, job string) string {
	return `{"apiVersion":"wend/v1","kind":"Persona","metadata":{"id":"` + id + `","title":"Anna"},"spec":{"job":"` + job + `"}}`
}

func TestShelf(t *testing.T) {
	d := newDesk(t)
	const anna = "/api/v1/personas/anna"
	w := d.send("POST /api/v1/personas", personaJSON("anna", "buyer"))
	if w.Code != 201 || w.Header().Get("ETag") != `"1"` || w.Header().Get("Location") != anna {
		t.Fatalf("create: %d, ETag %s, Location %s: %s", w.Code, w.Header().Get("ETag"), w.Header().Get("Location"), w.Body)
	}
	p := d.expect(409, "POST /api/v1/personas", personaJSON("anna", "buyer"))
	problemAt(t, p, "body.metadata.id", "taken")

	if w = d.send("GET "+anna, ""); w.Code != 200 || w.Header().Get("ETag") != `"1"` || !strings.Contains(w.Body.String(), `"job":"buyer"`) {
		t.Fatalf("get: %d %s %s", w.Code, w.Header().Get("ETag"), w.Body)
	}
	d.expect(404, "GET /api/v1/personas/berit", "")

	if w = d.send("PUT "+anna, personaJSON("anna", "boss"), `If-Match: "1"`); w.Code != 200 || w.Header().Get("ETag") != `"2"` {
		t.Fatalf("replace: %d %s %s", w.Code, w.Header().Get("ETag"), w.Body)
	}
	if got := d.expect(412, "PUT "+anna, personaJSON("anna", "chief"), `If-Match: "1"`); !strings.Contains(got["detail"].(string), "read it again") {
		t.Errorf("a stale write: %v", got)
	}
	problemAt(t, d.expect(428, "PUT "+anna, personaJSON("anna", "chief")), "header.If-Match", "ETag")
	problemAt(t, d.expect(400, "PUT "+anna, personaJSON("anna", "chief"), "If-Match: *"), "header.If-Match", "ETag")
	problemAt(t, d.expect(400, "PUT "+anna, personaJSON("berit", "chief"), `If-Match: "2"`), "body.metadata.id", "cannot be changed")
	d.expect(404, "PUT /api/v1/personas/berit", personaJSON("berit", "x"), `If-Match: "1"`)
	if got := d.personas.items["anna"].Document.Spec.Job; got != "boss" {
		t.Errorf("refused writes left %q", got)
	}

	d.expect(428, "DELETE "+anna, "")
	d.expect(412, "DELETE "+anna, "", `If-Match: "1"`)
	d.expect(204, "DELETE "+anna, "", `If-Match: W/"2"`)
	d.expect(404, "GET "+anna, "")
	if got := d.expect(200, "GET /api/v1/personas", ""); fmt.Sprint(got["items"]) != "[]" {
		t.Errorf("after deleting: %v", got)
	}
	if got := d.expect(200, "GET /api/v1/personas?deleted=true", ""); len(got["items"].([]any)) != 1 {
		t.Errorf("the deleted: %v", got)
	}
	if w = d.send("POST "+anna+"/restore", ""); w.Code != 200 || w.Header().Get("ETag") != `"3"` {
		t.Errorf("restore: %d %s %s", w.Code, w.Header().Get("ETag"), w.Body)
	}
	d.expect(404, "POST "+anna+"/restore", "")
	d.expect(200, "GET "+anna, "")
}

func TestShelfRefusesWhatTheSchemaDoes(t *testing.T) {
	d := newDesk(t)
	f := func(body, location, words string) {
		t.Helper()
		problemAt(t, d.expect(400, "POST /api/v1/personas", body), location, words)
	}
	f(personaJSON("Anna Berg", "x"), "body.metadata.id", "pattern")
	f(strings.Replace(personaJSON("anna", "x"), `"job"`, `"jobb"`, 1), "body.spec.jobb", `did you mean "job"?`)
	f(strings.Replace(personaJSON("anna", "x"), `"wend/v1"`, `"wend/v9"`, 1), "body.apiVersion", "wend/v1")
	f(strings.Replace(personaJSON("anna", "x"), `"spec"`, `"specs"`, 1), "body.specs", `did you mean "spec"?`)
	problemAt(t, d.expect(400, "GET /api/v1/personas/Anna", ""), "path.id", "lower-case")
	d.expect(404, "PATCH /api/v1/persons", "")
	if len(d.personas.items) != 0 {
		t.Errorf("something was kept: %v", d.personas.items)
	}
}

func TestShelfPages(t *testing.T) {
	d := newDesk(t)
	for i := range 5 {
		d.expect(201, "POST /api/v1/personas", personaJSON(fmt.Sprint("p", i), "x"))
	}
	var seen []string
	cursor := ""
	for range 10 {
		got := d.expect(200, "GET /api/v1/personas?limit=2&cursor="+cursor, "")
		for _, i := range got["items"].([]any) {
			seen = append(seen, i.(map[string]any)["document"].(map[string]any)["metadata"].(map[string]any)["id"].(string))
		}
		next, more := got["next_cursor"].(string)
		if !more {
			break
		}
		cursor = next
	}
	if fmt.Sprint(seen) != "[p0 p1 p2 p3 p4]" {
		t.Errorf("the pages hold %v", seen)
	}
}

func TestJourneysAndTouchpointsAreShelvesToo(t *testing.T) {
	d := newDesk(t)
	d.expect(201, "POST /api/v1/touchpoints", `{"apiVersion":"wend/v1","kind":"Touchpoint","metadata":{"id":"search"},"spec":{"channel":"web","match":[{"event":["A","B"]}],"target_to_next":"2d"}}`)
	got := d.expect(200, "GET /api/v1/touchpoints/search", "")
	spec := got["document"].(map[string]any)["spec"].(map[string]any)
	if fmt.Sprint(spec["match"]) != "[map[event:[A B]]]" || spec["target_to_next"] != "2d" {
		t.Errorf("got %v", spec)
	}
	d.expect(201, "POST /api/v1/journeys", `{"apiVersion":"wend/v1","kind":"Journey","metadata":{"id":"first-order","title":"I order"},"spec":{"stages":[{"id":"awareness"}]}}`)
	d.expect(204, "DELETE /api/v1/journeys/first-order", "", `If-Match: "1"`)
	d.expect(200, "POST /api/v1/journeys/first-order/restore", "")
	p := d.expect(400, "POST /api/v1/journeys", `{"apiVersion":"wend/v1","kind":"Journey","metadata":{"id":"x"},"spec":{"stages":[{"id":"a","steps":[{"id":"b","touchpoint":["x"]}]}]}}`)
	problemAt(t, p, "body.spec.stages[0].steps[0].touchpoint", `did you mean "touchpoints"?`)
}

func TestRevision(t *testing.T) {
	f := func(tag string, want int64) {
		t.Helper()
		got, err := revision(tag)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("revision(%q) = %d, %v; want %d", tag, got, err, want)
		}
	}
	f(`"7"`, 7)
	f(` W/"7" `, 7)
	f(`"4503599627370495"`, 1<<52-1)
	f(`7`, 0)
	f(`"07"`, 0)
	f(`"-7"`, 0)
	f(`"0"`, 0)
	f(`"x"`, 0)
	f(`"1", "2"`, 0)
	f(``, 0)
	if etag(7) != `"7"` {
		t.Errorf("etag(7) = %s", etag(7))
	}
}

var _ Shelf[journey.Persona] = (*fakeShelf[journey.Persona])(nil)
