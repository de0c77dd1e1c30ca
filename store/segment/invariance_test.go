package segment

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/event"
	"wend.dev/wend/identity"
	"wend.dev/wend/store"
)

// Nothing that the store does with what it has been told may change an answer: sealing, merging, opening again, making a
// lost part again, erasing somebody else, hearing late of what happened early or of who is who. After each of these
// every question is asked twice: of an engine on the store, and of one that has all there is in one plain block, with
// identities worked out in the plainest way.

// whole is all that is known, in one block.
type whole struct{ snap *store.Snapshot }

func (w whole) Snapshot(context.Context) (*store.Snapshot, error) {
	s := *w.snap
	return &s, nil
}

// later is an instant after all events.
type later struct{}

func (later) Now() time.Time { return start.AddDate(0, 0, 3) }

// wholeOf makes a block of events in order of arrival, and says who is who: an anonymous id that has events of its own is
// the user whom the earliest event with both ids names; a person is in the account of its latest event with one.
func wholeOf(events []event.Event) whole {
	s := &store.Snapshot{
		Merged: map[event.ProfileID]event.ProfileID{}, Accounts: map[event.ProfileID]event.AccountID{}, Groups: map[event.AccountID]string{},
		Blocks: []*store.Block{enginetest.Block(events, nil)},
	}
	inTime := slices.Clone(events)
	slices.SortStableFunc(inTime, func(a, b event.Event) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Profile, b.Profile))
	})
	own := map[event.ProfileID]bool{}
	for _, e := range events {
		own[e.Profile] = true
		s.Newest = max(s.Newest, e.ReceivedAt)
	}
	for _, e := range inTime {
		anon := event.AnonymousProfile(e.AnonymousID)
		if _, known := s.Merged[anon]; e.UserID != "" && e.AnonymousID != "" && own[anon] && !known {
			s.Merged[anon] = e.Profile
		}
	}
	slices.SortStableFunc(inTime, func(a, b event.Event) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(event.AccountOf(a.GroupID), event.AccountOf(b.GroupID)))
	})
	for _, e := range inTime {
		if a := event.AccountOf(e.GroupID); a != 0 {
			s.Accounts[s.Root(e.Profile)], s.Groups[a] = a, e.GroupID
		}
	}
	return whole{s}
}

// life draws one event of one of six people, at one of few instants. Each has a device; u0 and u1 share one more.
func (m *machine) life(t *rapid.T) event.Event {
	pick := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "life") }
	n := len(m.events)
	who := pick(6)
	e := event.Event{Kind: event.Track, MessageID: fmt.Sprint(n), Source: "s", ReceivedAt: event.MillisOf(m.clock.now)}
	e.Time = event.MillisOf(start) - event.Millis(pick(3))*dayMillis - event.Millis(pick(8))*20*60_000
	device := fmt.Sprint("d", who)
	if who < 2 && pick(2) == 0 {
		device = "shared"
	}
	switch pick(5) {
	case 0:
		e.UserID, e.AnonymousID = fmt.Sprint("u", who), device
	case 1, 2:
		e.UserID = fmt.Sprint("u", who)
	default:
		e.AnonymousID = device
	}
	e.Profile = event.ProfileOf(e.UserID, e.AnonymousID)
	text := func(path string, values ...string) {
		e.Fields = append(e.Fields, event.Field{Path: path, Value: event.StringValue(values[pick(len(values))])})
	}
	switch k := pick(8); k {
	case 0:
		e.Kind = event.Page
		text("context.page.path", "/a", "/b")
	case 1:
		e.Kind = event.Identify
		text("traits.plan", "gold", "free")
	default:
		e.Name = []string{"A", "B", "C"}[k%3]
		if pick(2) == 0 {
			text("properties.c", "p", "q", "r")
		}
		if pick(2) == 0 {
			e.Fields = append(e.Fields, event.Field{Path: "properties.n", Value: event.NumberValue(float64(pick(5)))})
		}
	}
	if e.Name == "" {
		e.Name = e.Kind.DefaultName()
	}
	if pick(5) == 0 {
		e.GroupID = []string{"acme", "bolt"}[pick(2)]
	}
	return e
}

// arrive appends a message of some events to the store.
func (m *machine) arrive(t *rapid.T, n int) {
	from := len(m.events)
	for range n {
		m.events = append(m.events, m.life(t))
	}
	m.model.marks = append(m.model.marks, len(m.events))
	must(t, m.store.Append(t.Context(), store.Mark(len(m.model.marks)), slices.Clone(m.events[from:])))
}

// known are the events that were not erased, in order of arrival.
func (m *machine) known() (out []event.Event) {
	for i, e := range m.events {
		if !m.gone[i] {
			out = append(out, e)
		}
	}
	return out
}

// asked is one question.
type asked struct{ method, text string }

// everything is every question there is.
func everything(t *testing.T) (out []asked) {
	questions := enginetest.Questions(start)
	for _, method := range enginetest.Methods() {
		if len(questions[method]) == 0 {
			t.Errorf("enginetest.Questions has nothing for %s", method)
		}
		for _, q := range questions[method] {
			out = append(out, asked{method, q})
		}
	}
	return out
}

// same asks both sides and wants the same answers.
func same(t *rapid.T, s *Store, all whole, questions []asked) {
	t.Helper()
	for _, q := range questions {
		got, want := answer(t, exec.New(s, later{}), q), answer(t, exec.New(all, later{}), q)
		if got != want {
			t.Fatalf("%s %s\nthe store  %s\none block  %s", q.method, q.text, got, want)
		}
	}
}

func answer(t *rapid.T, e *exec.Engine, q asked) string {
	t.Helper()
	a, err := enginetest.Ask(t.Context(), e, q.method, q.text)
	if err != nil {
		t.Fatalf("%s %s: %v", q.method, q.text, err)
	}
	return asText(t, a)
}

// asText is an answer without what tells of the run (how long it took and how old the newest event is), and without
// the catalogue's samples, which are any few values.
func asText(t *rapid.T, a any) string {
	b, err := json.Marshal(a)
	must(t, err)
	var m map[string]any
	must(t, json.Unmarshal(b, &m))
	if meta, ok := m["meta"].(map[string]any); ok {
		delete(meta, "elapsed_ms")
		delete(meta, "freshness_ms")
	}
	properties, _ := m["properties"].([]any)
	for _, p := range properties {
		delete(p.(map[string]any), "samples")
	}
	b, err = json.Marshal(m)
	must(t, err)
	return string(b)
}

// every so many questions one is asked after each change.
const every = 8

func TestNothingChangesAnAnswer(t *testing.T) {
	base := memoryDir(t)
	questions := everything(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		m := &machine{root: filepath.Join(base, fmt.Sprint(runs)), clock: &hand{start}}
		m.dir = filepath.Join(m.root, "store")
		m.store = m.open(t, m.dir)
		defer func() {
			abandon(m.store)
			_ = os.RemoveAll(m.root)
		}()
		ctx := t.Context()
		checks := 0
		check := func(t *rapid.T) { // some of the questions each time, all in turn
			checks++
			var some []asked
			for i := checks % every; i < len(questions); i += every {
				some = append(some, questions[i])
			}
			same(t, m.store, wholeOf(m.known()), some)
		}
		reopen := func(t *rapid.T) { m.store = m.open(t, m.dir) }
		t.Repeat(map[string]func(*rapid.T){
			"arrive":       func(t *rapid.T) { m.arrive(t, rapid.IntRange(1, 12).Draw(t, "n")) },
			"seal":         func(t *rapid.T) { must(t, m.store.Seal(ctx)) },
			"arrive, seal": func(t *rapid.T) { m.arrive(t, rapid.IntRange(1, 6).Draw(t, "n")); must(t, m.store.Seal(ctx)) },
			"compact": func(t *rapid.T) {
				for range runLength {
					m.arrive(t, 1)
					must(t, m.store.Seal(ctx))
				}
				must(t, m.store.compactAll(ctx))
			},
			"tick":   func(*rapid.T) { m.store.tick(ctx) },
			"verify": func(*rapid.T) { m.store.verify(ctx) },
			"purge":  func(t *rapid.T) { must(t, m.store.purge(ctx)) },
			"close":  func(t *rapid.T) { must(t, m.store.Close(ctx)); reopen(t) },
			"kill":   func(t *rapid.T) { abandon(m.store); reopen(t); m.replay(t, m.store) },
			"rebuild": func(t *rapid.T) {
				must(t, m.store.Close(ctx))
				files, err := listFiles(m.dir, partsDir)
				must(t, err)
				for _, f := range files {
					if rapid.Bool().Draw(t, "lost") {
						must(t, os.Remove(filepath.Join(m.dir, f)))
					}
				}
				reopen(t)
			},
			"erase": func(t *rapid.T) {
				who := rapid.IntRange(2, 5).Draw(t, "who")
				out, err := m.store.Erase(ctx, event.UserProfile(fmt.Sprint("u", who)))
				must(t, err)
				m.erase(out.Profiles)
			},
			"": check,
		})
	})
}

// TestOrderOfArrival: the same events in another order of arrival, in as many segments as there are events or in none,
// answer alike; only what happened to one profile at the same instant keeps its order.
func TestOrderOfArrival(t *testing.T) {
	base := memoryDir(t)
	questions := everything(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		m := &machine{clock: &hand{start}}
		taken := map[string]bool{}
		for range rapid.IntRange(1, 25).Draw(t, "events") {
			e := m.life(t)
			if key := fmt.Sprint(e.Profile, e.Time); !taken[key] {
				taken[key] = true
				m.events = append(m.events, e)
			}
		}
		dir := filepath.Join(base, fmt.Sprint(runs))
		opts := m.options(dir)
		opts.Identities = identity.New()
		s, err := Open(t.Context(), opts)
		must(t, err)
		defer func() {
			abandon(s)
			_ = os.RemoveAll(dir)
		}()
		for i, e := range rapid.Permutation(m.events).Draw(t, "arrival") {
			must(t, s.Append(t.Context(), store.Mark(i+1), []event.Event{e}))
			if rapid.IntRange(0, 3).Draw(t, "seal") == 0 {
				must(t, s.Seal(t.Context()))
			}
		}
		same(t, s, wholeOf(m.events), questions)
	})
}
