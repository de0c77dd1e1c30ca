package httpapi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// longLife is an engine with one person of many pages; broken, if set, fails from that page on.
type longLife struct {
	*fakeEngine
	pages, broken int
	asked         []seq.Timeline
}

func (e *longLife) Timeline(_ context.Context, q seq.Timeline) (*seq.TimelineAnswer, error) {
	e.asked = append(e.asked, q)
	n := len(e.asked)
	if n == e.broken {
		return nil, errors.New("the disk is gone")
	}
	out := &seq.TimelineAnswer{Events: []seq.TimelineEvent{{Time: fmt.Sprint("t", n), Name: "A", Fields: map[string]any{"properties.n": n}}}}
	if n < e.pages {
		out.NextCursor = fmt.Sprint("page ", n+1)
	}
	return out, nil
}

func withLife(t *testing.T, pages, broken int) (*desk, *longLife) {
	e := &longLife{fakeEngine: &fakeEngine{people: &engine.PeoplePage{People: []engine.Person{{ID: 255, Identifiers: []string{"user:42"}, Traits: map[string]any{"email": "k@x"}}}}}, pages: pages, broken: broken}
	return newDesk(t, func(d *Deps) { d.Engine = e }), e
}

const exportPath = "GET /api/v1/profiles/00000000000000ff/export"

func TestExportOfAPerson(t *testing.T) {
	d, e := withLife(t, 3, 0)
	w := d.send(exportPath, "")
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="person-00000000000000ff.json"` {
		t.Errorf("Content-Disposition: %s", got)
	}
	got := d.expect(200, exportPath, "")
	person := got["person"].(map[string]any)
	if fmt.Sprintf("%v %v %v", person["id"], person["identifiers"], person["traits"]) != "00000000000000ff [user:42] map[email:k@x]" {
		t.Errorf("person %v", person)
	}
	if e.asked = nil; got["complete"] != true || got["exported_at"] != "2026-03-01T12:00:00Z" {
		t.Errorf("%v", got)
	}
	d, e = withLife(t, 3, 0)
	got = d.expect(200, exportPath, "")
	if events := got["events"].([]any); len(events) != 3 || events[2].(map[string]any)["time"] != "t3" {
		t.Errorf("events %v", events)
	}
	if len(e.asked) != 3 || e.asked[2].Cursor != "page 3" || e.asked[2].ID != "00000000000000ff" {
		t.Errorf("asked %+v", e.asked)
	}
}

func TestExportFails(t *testing.T) {
	d, _ := withLife(t, 3, 1)
	d.expect(500, exportPath, "") // nothing was sent yet: a problem like any other
	d, _ = withLife(t, 3, 2)
	if w := d.send(exportPath, ""); strings.Contains(w.Body.String(), "complete") || !strings.Contains(d.log.String(), "the disk is gone") {
		t.Errorf("it says that it is whole: %s\nlog: %s", w.Body, d.log)
	}
	d = newDesk(t)
	d.expect(404, exportPath, "")
	d.expect(400, "GET /api/v1/profiles/kari/export", "")
	d.expect(401, exportPath, "", "nobody")
}

func TestEraseAPerson(t *testing.T) {
	d := newDesk(t)
	d.asked(200, "DELETE /api/v1/profiles/00000000000000ff", "", "erase "+event.ProfileID(255).String())
	if got := d.expect(200, "DELETE /api/v1/profiles/00000000000000ff", ""); fmt.Sprint(got["profiles"], got["events"], got["rejected"], got["files"]) != "2 7 0 1" {
		t.Errorf("%v", got)
	}
	d.expect(400, "DELETE /api/v1/profiles/ff", "")
	d.expect(401, "DELETE /api/v1/profiles/00000000000000ff", "", "nobody")
	d.rest.err = fmt.Errorf("cannot erase: %w", store.ErrFull)
	d.expect(503, "DELETE /api/v1/profiles/00000000000000ff", "")
	d.rest.err = &Fault{Kind: "not_found", Reason: "nobody"}
	d.expect(404, "DELETE /api/v1/profiles/00000000000000ff", "")
}
