package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/identity"
	"wend.dev/wend/journey"
	"wend.dev/wend/meta"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const adminToken = "wt_0123456789abcdef0123456789abcdef"

// clock is a settable event.Clock.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// fakeEngine answers what it is told to and remembers what it was asked.
type fakeEngine struct {
	engine.Engine
	asked  any
	err    error
	people *engine.PeoplePage
	block  chan struct{} // closed by the engine when a question began; it then waits for the context
}

func reply[A any](f *fakeEngine, ctx context.Context, q any, answer *A) (*A, error) {
	f.asked = q
	if f.block != nil {
		close(f.block)
		<-ctx.Done()
		return nil, fmt.Errorf("cannot scan: %w", ctx.Err())
	}
	if f.err != nil {
		return nil, f.err
	}
	return answer, nil
}

func (f *fakeEngine) Funnel(ctx context.Context, q seq.Funnel) (*seq.FunnelAnswer, error) {
	return reply(f, ctx, q, &seq.FunnelAnswer{Steps: []seq.FunnelCount{{Name: "A", Count: 25}}, Meta: seq.Meta{Backend: "part"}})
}

func (f *fakeEngine) FunnelWho(ctx context.Context, q seq.FunnelWho) (*engine.FunnelWhoPage, error) {
	return reply(f, ctx, q, &engine.FunnelWhoPage{})
}

func (f *fakeEngine) Paths(ctx context.Context, q seq.Paths) (*seq.PathsAnswer, error) {
	out := &seq.PathsAnswer{Paths: 3}
	if q.Compare != nil {
		out.Compared = &seq.ComparedPaths{A: seq.ComparedGroup{Paths: 70}, B: seq.ComparedGroup{Paths: 80}}
		out.Nodes = []seq.PathNode{{Compared: &seq.Compared{A: 56, B: 48}}}
	}
	return reply(f, ctx, q, out)
}

func (f *fakeEngine) Trend(ctx context.Context, q seq.Trend) (*seq.TrendAnswer, error) {
	return reply(f, ctx, q, &seq.TrendAnswer{})
}

func (f *fakeEngine) Timeline(ctx context.Context, q seq.Timeline) (*seq.TimelineAnswer, error) {
	return reply(f, ctx, q, &seq.TimelineAnswer{NextCursor: "more"})
}

func (f *fakeEngine) Segment(ctx context.Context, q seq.Segment) (*engine.SegmentAnswer, error) {
	return reply(f, ctx, q, &engine.SegmentAnswer{Size: 12, Of: 40})
}

func (f *fakeEngine) Overlap(ctx context.Context, q seq.Overlap) (*seq.OverlapAnswer, error) {
	return reply(f, ctx, q, &seq.OverlapAnswer{Of: 40})
}

func (f *fakeEngine) Journey(ctx context.Context, q seq.Journey) (*seq.JourneyAnswer, error) {
	return reply(f, ctx, q, &seq.JourneyAnswer{})
}

func (f *fakeEngine) Chains(ctx context.Context, q seq.Chains) (*seq.ChainsAnswer, error) {
	return reply(f, ctx, q, &seq.ChainsAnswer{
		Channels: []string{"mail", "web"}, Conversion: "Order",
		Variants: []seq.ChainVariant{{Touches: []int{1, 0}, ChainCount: seq.ChainCount{Conversions: 2, Value: 30}, Nulls: 1, Decay: []float64{0.5, 1.5}, DecayValue: []float64{10, 20}}},
	})
}

func (f *fakeEngine) Drivers(ctx context.Context, q seq.Drivers) (*seq.DriverCounts, error) {
	return reply(f, ctx, q, &seq.DriverCounts{Won: 60, Lost: 40, Candidates: []seq.DriverCandidate{{Kind: "event", Event: "A", WonWith: 50, LostWith: 10, WonWithout: 10, LostWithout: 30}}})
}

func (f *fakeEngine) FirstContact(ctx context.Context, q seq.FirstContact) (*seq.FirstContactCounts, error) {
	return reply(f, ctx, q, &seq.FirstContactCounts{All: seq.VisitCounts{Visits: 10, Failed: 4}})
}

func (f *fakeEngine) Catalogue(ctx context.Context) (*engine.Catalogue, error) {
	return reply(f, ctx, nil, &engine.Catalogue{Events: []engine.EventInfo{{Name: "Page Viewed", Kind: "page", Count: 7}}})
}

func (f *fakeEngine) People(ctx context.Context, q engine.PeopleQuery) (*engine.PeoplePage, error) {
	return reply(f, ctx, q, cmp.Or(f.people, &engine.PeoplePage{}))
}

// fakeAccess keeps one token and the sessions.
type fakeAccess struct {
	mu       sync.Mutex
	sessions map[meta.Hash]time.Time
	err      error
}

func (f *fakeAccess) Admit(_ context.Context, token string) (bool, error) {
	return token == adminToken, f.err
}

func (f *fakeAccess) SaveSession(_ context.Context, id meta.Hash, expires time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessions[id] = expires
	return f.err
}

func (f *fakeAccess) SessionExpiry(_ context.Context, id meta.Hash) (time.Time, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sessions[id], f.err
}

func (f *fakeAccess) DeleteSession(_ context.Context, id meta.Hash) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.sessions, id)
	return f.err
}

// fakeShelf keeps definitions in memory as the port says.
type fakeShelf[T any] struct {
	items map[string]Stored[T]
	id    func(T) string
}

func newShelf[T any](id func(T) string) *fakeShelf[T] {
	return &fakeShelf[T]{items: map[string]Stored[T]{}, id: id}
}

func (f *fakeShelf[T]) List(_ context.Context, deleted bool, p Page) (out []Stored[T], next string, err error) {
	for _, id := range slices.Sorted(maps.Keys(f.items)) {
		if s := f.items[id]; (s.DeletedAt != nil) == deleted && id > p.Cursor {
			if len(out) == p.Limit {
				return out, f.id(out[len(out)-1].Document), nil
			}
			out = append(out, s)
		}
	}
	return out, "", nil
}

func (f *fakeShelf[T]) Get(_ context.Context, id string) (Stored[T], error) {
	if s, ok := f.items[id]; ok && s.DeletedAt == nil {
		return s, nil
	}
	return Stored[T]{}, ErrNotFound
}

func (f *fakeShelf[T]) Create(_ context.Context, d T) (Stored[T], error) {
	id := f.id(d)
	if _, ok := f.items[id]; ok {
		return Stored[T]{}, &Fault{Kind: "conflict", Field: "metadata.id", Reason: "is taken"}
	}
	f.items[id] = Stored[T]{Document: d, Revision: 1}
	return f.items[id], nil
}

func (f *fakeShelf[T]) Replace(ctx context.Context, id string, revision int64, d T) (Stored[T], error) {
	s, err := f.Get(ctx, id)
	if err == nil && s.Revision != revision {
		err = fmt.Errorf("cannot replace %q: %w", id, ErrStale)
	}
	if err != nil {
		return Stored[T]{}, err
	}
	f.items[id] = Stored[T]{Document: d, Revision: revision + 1}
	return f.items[id], nil
}

func (f *fakeShelf[T]) Delete(ctx context.Context, id string, revision int64) error {
	s, err := f.Get(ctx, id)
	if err == nil && s.Revision != revision {
		err = ErrStale
	}
	if err == nil {
		now := time.Unix(0, 0).UTC()
		s.DeletedAt = &now
		f.items[id] = s
	}
	return err
}

func (f *fakeShelf[T]) Restore(_ context.Context, id string) (Stored[T], error) {
	s, ok := f.items[id]
	if !ok || s.DeletedAt == nil {
		return Stored[T]{}, ErrNotFound
	}
	s.DeletedAt, s.Revision = nil, s.Revision+1
	f.items[id] = s
	return s, nil
}

// fakeRest is every other port: it remembers the last call and answers err.
type fakeRest struct {
	called string
	err    error
	ready  error
}

func (f *fakeRest) call(format string, args ...any) error {
	f.called = fmt.Sprintf(format, args...)
	return f.err
}

func (f *fakeRest) ListVersions(_ context.Context, id string) ([]Version, error) {
	return []Version{{Number: 2}, {Number: 1}}, f.call("versions %s", id)
}

func (f *fakeRest) Version(_ context.Context, id string, n int) (Stored[journey.Journey], error) {
	return Stored[journey.Journey]{Version: n, Revision: 1}, f.call("version %s %d", id, n)
}

func (f *fakeRest) Publish(_ context.Context, id string, rev int64, note string) (Version, error) {
	return Version{Number: 3, Note: note, Revision: rev}, f.call("publish %s %d %s", id, rev, note)
}

func (f *fakeRest) Live(_ context.Context, id string, version int, q journey.LiveQuery) (*journey.LiveAnswer, error) {
	from := "none"
	if q.From != nil {
		from = q.From.Format(time.RFC3339)
	}
	err := f.call("live %s %d from %s to set %t actor %s filter %s persona %s segment %s now %s", id, version, from, q.To != nil, q.Actor, q.Filter, q.Persona, q.Segment, q.Now.Format(time.RFC3339))
	return &journey.LiveAnswer{Journey: id, People: 12}, err
}

func (f *fakeRest) Conform(_ context.Context, q journey.ConformQuery) (*journey.ConformAnswer, error) {
	steps := -1
	if q.Model != nil {
		steps = len(q.Model.Steps())
	}
	return &journey.ConformAnswer{Traces: 8}, f.call("conform %s %d persona %s filter %s idle %s steps %d", q.Journey, q.Version, q.Persona, q.Filter, q.Idle, steps)
}

func (f *fakeRest) Membership(_ context.Context, id string, limit int) (engine.Membership, error) {
	return engine.Membership{Following: true, Actor: "profile", Size: 7}, f.call("membership %s %d", id, limit)
}

func (f *fakeRest) Mapped(_ context.Context, id string) ([]seq.Mapped, error) {
	err := f.call("mapped %s", id)
	switch id {
	case "nothing":
		return []seq.Mapped{}, err
	case "unknown":
		return nil, ErrNotFound
	}
	return []seq.Mapped{{ID: "cart", Name: "Cart", Match: []seq.Matcher{{Event: seq.Names{"Cart Viewed"}}}}}, err
}

func (f *fakeRest) Lint(_ context.Context, id string) ([]Finding, error) {
	return []Finding{{Rule: "no-goal", Severity: "note", At: "spec.stages[0].goal", Text: "the stage has no goal"}}, f.call("lint %s", id)
}

func (f *fakeRest) Export(context.Context) ([]File, error) {
	return []File{{Name: "personas/anna.yaml", Text: "kind: Persona\n"}}, f.call("export")
}

func (f *fakeRest) Apply(_ context.Context, c Change) (Plan, error) {
	return Plan{Items: []PlanItem{{Kind: "Persona", ID: "anna", Action: "create"}}, Applied: !c.DryRun}, f.call("apply %d files dry %t prune %t", len(c.Files), c.DryRun, c.Prune)
}

func (f *fakeRest) ListSources(context.Context) ([]Source, error) { return nil, f.call("sources") }

func (f *fakeRest) Source(_ context.Context, id string) (Source, error) {
	return Source{ID: id, Name: "Web", Revision: 4}, f.call("source %s", id)
}

func (f *fakeRest) SaveSource(_ context.Context, s Source) (Source, error) {
	err := f.call("save source %q %s %d", s.ID, s.Name, s.Revision)
	s.ID, s.WriteKey, s.Revision = cmp.Or(s.ID, "src_1"), "wk_made_up", s.Revision+1
	return s, err
}

func (f *fakeRest) DeleteSource(_ context.Context, id string, rev int64) error {
	return f.call("delete source %s %d", id, rev)
}

func (f *fakeRest) RestoreSource(_ context.Context, id string) (Source, error) {
	return Source{ID: id, Name: "Web", Revision: 6}, f.call("restore source %s", id)
}

func (f *fakeRest) ListRejections(_ context.Context, q RejectionQuery, p Page) ([]Rejection, string, error) {
	return []Rejection{{ID: "9", Reason: "no_id", Raw: "{}"}}, "next", f.call("rejections %+v %+v", q, p)
}

func (f *fakeRest) RetryRejection(_ context.Context, id string) error { return f.call("retry %s", id) }

func (f *fakeRest) DeleteRejection(_ context.Context, id string) error { return f.call("drop %s", id) }

func (f *fakeRest) ListImports(_ context.Context, p Page) ([]Import, string, error) {
	return []Import{{ID: "i1", State: "running"}}, "", f.call("imports %+v", p)
}

func (f *fakeRest) Import(_ context.Context, id string) (Import, error) {
	return Import{ID: id, State: "done"}, f.call("import %s", id)
}

func (f *fakeRest) CancelImport(_ context.Context, id string) (Import, error) {
	return Import{ID: id, State: "cancelled"}, f.call("cancel %s", id)
}

func (f *fakeRest) ErasePerson(_ context.Context, id event.ProfileID) (identity.Erased, error) {
	return identity.Erased{Profiles: 2, Events: 7, Files: 1}, f.call("erase %v", id)
}

func (f *fakeRest) ListViews(_ context.Context, p Page) ([]SavedView, string, error) {
	return []SavedView{{ID: "v1", Title: "Week", Question: "trend"}}, "", f.call("views %+v", p)
}

func (f *fakeRest) View(_ context.Context, id string) (SavedView, error) {
	return SavedView{ID: id, Title: "Week", Question: "trend", Revision: 2}, f.call("view %s", id)
}

func (f *fakeRest) SaveView(_ context.Context, v SavedView) (SavedView, error) {
	err := f.call("save view %q %s %d", v.ID, v.Title, v.Revision)
	v.ID, v.Revision = cmp.Or(v.ID, "v9"), v.Revision+1
	return v, err
}

func (f *fakeRest) DeleteView(_ context.Context, id string, rev int64) error {
	return f.call("delete view %s %d", id, rev)
}

func (f *fakeRest) RestoreView(_ context.Context, id string) (SavedView, error) {
	return SavedView{ID: id, Revision: 5}, f.call("restore view %s", id)
}

func (f *fakeRest) Workspace(context.Context) (Workspace, error) {
	return Workspace{Name: "default", Revision: 3}, f.call("settings")
}

func (f *fakeRest) SaveWorkspace(_ context.Context, w Workspace) (Workspace, error) {
	err := f.call("save settings %s %d", w.Name, w.Revision)
	w.Revision++
	return w, err
}

func (f *fakeRest) Ready(context.Context) error { return f.ready }

func (f *fakeRest) Status(context.Context) (Status, error) {
	return Status{State: "ok", Version: "dev"}, f.call("status")
}

// desk is the whole edge over fakes.
type desk struct {
	http.Handler
	engine   *fakeEngine
	access   *fakeAccess
	personas *fakeShelf[journey.Persona]
	segments *fakeShelf[journey.Segment]
	rest     *fakeRest
	clock    *clock
	hub      *Hub
	log      *bytes.Buffer
	t        *testing.T
}

// newDesk builds it; with changes the dependencies before.
func newDesk(t *testing.T, change ...func(*Deps)) *desk {
	t.Helper()
	d := &desk{
		engine: &fakeEngine{}, access: &fakeAccess{sessions: map[meta.Hash]time.Time{}}, rest: &fakeRest{},
		personas: newShelf(func(p journey.Persona) string { return p.Metadata.ID }),
		segments: newShelf(func(s journey.Segment) string { return s.Metadata.ID }),
		clock:    &clock{t: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}, log: &bytes.Buffer{}, t: t,
	}
	reg := prometheus.NewRegistry()
	hub, err := NewHub(d.clock, reg)
	if err != nil {
		t.Fatal(err)
	}
	d.hub = hub
	deps := Deps{
		Engine: d.engine, Access: d.access, Personas: d.personas, Segments: d.segments, Membership: d.rest.Membership, Versions: d.rest, Maps: d.rest, Definitions: d.rest,
		Journeys:    newShelf(func(j journey.Journey) string { return j.Metadata.ID }),
		Touchpoints: newShelf(func(p journey.Touchpoint) string { return p.Metadata.ID }),
		Sources:     d.rest, Rejections: d.rest, Imports: d.rest, Erase: d.rest.ErasePerson, Views: d.rest, Settings: d.rest, Health: d.rest,
		Hub: hub, Clock: d.clock, Metrics: reg, Log: slog.New(slog.NewTextHandler(d.log, nil)),
		Files: fstest.MapFS{"index.html": {Data: []byte("<!doctype html>app")}},
	}
	for _, c := range change {
		c(&deps)
	}
	if d.Handler, err = New(deps); err != nil {
		t.Fatal(err)
	}
	return d
}

// send makes a request "METHOD /path" with a body (nothing if empty) and headers "Name: value"; the admin token goes
// with it unless the headers say who it is, or that it is nobody ("nobody").
func (d *desk) send(what, body string, headers ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	method, path, _ := strings.Cut(what, " ")
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	admin := true
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "nobody" || name == "Cookie" || name == "Authorization" {
			admin = false
		}
		if name != "nobody" {
			r.Header.Set(name, value)
		}
	}
	if admin {
		r.Header.Set("Authorization", "Bearer "+adminToken)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

// expect sends and checks the status; it returns the decoded body.
func (d *desk) expect(status int, what, body string, headers ...string) map[string]any {
	d.t.Helper()
	w := d.send(what, body, headers...)
	if w.Code != status {
		d.t.Fatalf("%s: got %d, want %d: %s", what, w.Code, status, w.Body)
	}
	out := map[string]any{}
	if text, _ := io.ReadAll(w.Body); len(text) > 0 {
		if err := json.Unmarshal(text, &out); err != nil {
			d.t.Fatalf("%s: not a JSON object: %v: %s", what, err, text)
		}
	}
	if kind := w.Header().Get("Content-Type"); status >= 400 && kind != "application/problem+json" {
		d.t.Fatalf("%s: a problem came as %s", what, kind)
	}
	if status >= 400 && out["status"] != float64(status) {
		d.t.Fatalf("%s: the problem's body says %v, the response %d", what, out["status"], status)
	}
	return out
}

// problemAt checks that a problem names a location and gives a reason that holds some words.
func problemAt(t *testing.T, p map[string]any, location, words string) {
	t.Helper()
	list, _ := p["errors"].([]any)
	for _, e := range list {
		m := e.(map[string]any)
		if m["location"] == location && strings.Contains(fmt.Sprint(m["message"]), words) {
			return
		}
	}
	t.Errorf("no error at %q saying %q in %v", location, words, p)
}
