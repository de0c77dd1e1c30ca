package exec_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
	"wend.dev/wend/store/part"
)

// parts is a world whose blocks are made by the store's own builder instead of the plain one.
type parts struct{ *enginetest.World }

func (p parts) Snapshot(ctx context.Context) (*store.Snapshot, error) {
	s, err := p.World.Snapshot(ctx)
	for i, b := range p.Batches {
		s.Blocks[i] = part.FromEvents(b)
	}
	return s, err
}

// all asks one of each question and gives the answers as JSON, without what differs from run to run.
func all(t interface{ Fatalf(string, ...any) }, e *exec.Engine, ids ...string) (out []string) {
	ctx := context.Background()
	keep := func(name string, a any, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		b, err := json.Marshal(a)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var m map[string]any
		_ = json.Unmarshal(b, &m)
		meta := m["meta"].(map[string]any)
		delete(meta, "elapsed_ms")
		b, _ = json.Marshal(m)
		out = append(out, name+": "+string(b))
	}
	hour := seq.Scope{From: at(2), To: at(3000)}
	for _, actor := range []string{"profile", "account"} {
		scope := seq.Scope{Actor: actor}
		by := seq.Scope{Actor: actor, Breakdown: &seq.Breakdown{By: "properties.c"}}
		gold := seq.Scope{Actor: actor, Filter: `profile.traits.plan != "gold" && properties.c != "q"`}
		hour.Actor = actor
		for _, s := range []seq.Scope{scope, by, gold, hour} {
			a, err := e.Funnel(ctx, seq.Funnel{Scope: s, Steps: steps("A", "B|C", "A"), Window: seq.Duration(time.Hour), Times: true, Trend: &seq.FunnelTrend{Interval: "month"}})
			keep("funnel", a, err)
			who, err := e.FunnelWho(ctx, seq.FunnelWho{Funnel: seq.Funnel{Scope: s, Steps: steps("A", "B|C")}, Step: 2, Outcome: "lost"})
			if who != nil {
				for i := range who.Actors {
					who.Actors[i].Person = nil // its identifiers name the device: that differs by design
				}
			}
			keep("who", who, err)
			tr, err := e.Trend(ctx, seq.Trend{Scope: seq.Scope{From: at(0), To: at(7200), Actor: actor, Filter: s.Filter}, Interval: "hour", Series: []seq.TrendSeries{{Matcher: seq.Matcher{Event: seq.Names{"*"}}, Measure: "actors"}}})
			keep("trend", tr, err)
			re, err := e.Retention(ctx, seq.Retention{Scope: s, Start: seq.Matcher{Event: seq.Names{"A"}}, Return: &seq.Matcher{Event: seq.Names{"B"}}, Period: "day"})
			keep("retention", re, err)
			s.Breakdown = nil
			li, err := e.Lifecycle(ctx, seq.Lifecycle{Scope: s, Match: &seq.Matcher{Event: seq.Names{"A"}}, Interval: "day"})
			keep("lifecycle", li, err)
			st, err := e.Stickiness(ctx, seq.Stickiness{Scope: s, Series: []seq.Matcher{{Event: seq.Names{"A"}}, {Event: seq.Names{"*"}}}, Interval: "month"})
			keep("stickiness", st, err)
			p, err := e.Paths(ctx, seq.Paths{Scope: s, SessionGap: seq.Duration(time.Minute)})
			keep("paths", p, err)
			j, err := e.Journey(ctx, seq.Journey{Scope: s, Stages: 2, Idle: seq.Duration(time.Minute), Touchpoints: []seq.JourneyTouchpoint{touch("a", 0, "A"), touch("b", 1, "B", "A")}})
			keep("journey", j, err)
			c, err := e.Chains(ctx, seq.Chains{Scope: s, Conversion: seq.Matcher{Event: seq.Names{"C"}}, Channel: "event", Unknown: "none", SessionGap: seq.Duration(time.Minute), LookBack: seq.Duration(20 * time.Minute)})
			keep("chains", c, err)
			cf, err := e.Conformance(ctx, seq.Conformance{Scope: s, Model: model("A B? C"), Idle: seq.Duration(time.Hour)})
			keep("conformance", cf, err)
			d, err := e.Drivers(ctx, seq.Drivers{Scope: s, Counts: true, Exposure: "window", Funnel: &seq.DriverFunnel{Steps: []seq.Matcher{{Event: seq.Names{"A"}}, {Event: seq.Names{"B"}}}, Window: seq.Duration(20 * time.Minute)}})
			keep("drivers", d, err)
			fc, err := e.FirstContact(ctx, seq.FirstContact{Scope: s, SessionGap: seq.Duration(10 * time.Minute), Engaged: []seq.Matcher{{Event: seq.Names{"C"}}}, By: []string{"properties.c"}})
			keep("first contact", fc, err)
		}
	}
	for _, id := range ids {
		a, err := e.Timeline(ctx, seq.Timeline{ID: event.UserProfile(id).String(), Scope: hour})
		if a != nil {
			for i := range a.Events {
				a.Events[i].Profile = "" // the device's own, or the user's: that differs by design
			}
		}
		keep("timeline", a, err)
	}
	return out
}

// TestBlocksDoNotMatter: how events are spread over blocks, who made the blocks, and whether a customer's events were
// collected under a device first, changes no answer.
func TestBlocksDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var asUser, asCollected []event.Event
		merged, accounts := map[event.ProfileID]event.ProfileID{}, map[event.ProfileID]event.AccountID{}
		acme := event.AccountOf("acme")
		var ids []string
		for p := range rapid.IntRange(1, 4).Draw(t, "people") {
			id := fmt.Sprint("u", p)
			ids = append(ids, id)
			list := drawEvents(t, append(letters, "Identify"), 12)
			for i := range list {
				list[i].t = list[i].t*300 + int64(i) // no ties: between profiles their order is by profile
			}
			device := event.AnonymousProfile(id)
			for i, e := range person(id, list) {
				e.Time += event.Millis(p) // nor between the people of an account
				if e.Name == "Identify" {
					e.Kind = event.Identify
					e.Fields = []event.Field{{Path: "traits.plan", Value: event.StringValue(rapid.SampledFrom([]string{"gold", "free"}).Draw(t, "plan"))}}
				} else if rapid.Bool().Draw(t, "coloured") {
					e.Fields = []event.Field{{Path: "properties.c", Value: event.StringValue(rapid.SampledFrom([]string{"p", "q", "r"}).Draw(t, "colour"))}}
				}
				asUser = append(asUser, e)
				if i > 0 && rapid.Bool().Draw(t, "on device") {
					e.Profile, e.UserID, e.AnonymousID = device, "", id
					merged[device] = event.UserProfile(id)
				}
				asCollected = append(asCollected, e)
			}
			if rapid.Bool().Draw(t, "in account") {
				accounts[event.UserProfile(id)] = acme
			}
		}
		one, many := world(asUser), world(scatter(t, asCollected)...)
		one.Accounts, many.Accounts, many.Merged = accounts, accounts, merged
		want := all(t, exec.New(one, one), ids...)
		for name, e := range map[string]*exec.Engine{"plain": exec.New(many, many), "parts": exec.New(parts{many}, many)} {
			got := all(t, e, ids...)
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("%s blocks:\n%s\nwant\n%s", name, got[i], want[i])
				}
			}
		}
	})
}

// TestDamagedBlock: data that cannot be is an error, not a crash.
func TestDamagedBlock(t *testing.T) {
	s := synthetic(50, 1)
	s.snap.Blocks[0].Codes[17] = 999
	e := exec.New(s, s)
	_, err := e.Funnel(context.Background(), seq.Funnel{Steps: steps("event 1", "event 2")})
	if err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("funnel: %v", err)
	}
	_, err = e.Journey(context.Background(), seq.Journey{Stages: 1, Touchpoints: []seq.JourneyTouchpoint{touch("a", 0, "event 1")}})
	if err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("journey: %v", err)
	}
	_, err = e.Conformance(context.Background(), seq.Conformance{Model: wideModel(5)})
	if err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("conformance: %v", err)
	}
	_, err = e.Segment(context.Background(), seq.Segment{SegmentRef: seq.SegmentRef{Where: `sequence("event 1", "event 2")`}})
	if err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("segment: %v", err)
	}
	b := enginetest.Block(person("a", []ev{{"buy", 0}}), nil)
	b.Columns = []*store.Column{{Path: "properties.a", Kind: event.String, Present: []uint64{1}, Rank: []uint32{0}, Codes: store.Codes{U8: []uint8{0}}, Dict: store.Strings{Offsets: []uint32{0, 1 << 30}}}}
	bad := &standing{snap: &store.Snapshot{Blocks: []*store.Block{b}}, now: epoch}
	q := seq.Funnel{Steps: steps("buy")}
	q.Steps[0].Where = `properties.a == "x"`
	if _, err := exec.New(bad, bad).Funnel(context.Background(), q); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a dictionary that ends too soon: %v", err)
	}
	s.snap.Blocks[0].Starts[9] = 1 << 30
	if _, err = e.People(context.Background(), engine.PeopleQuery{}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("people: %v", err)
	}
}

// stopping is a source that cancels the question right after its snapshot was taken.
type stopping struct {
	*standing
	cancel context.CancelFunc
	open   int
}

func (s *stopping) Snapshot(ctx context.Context) (*store.Snapshot, error) {
	s.cancel()
	s.open++
	snap := *s.snap
	snap.Done = func() { s.open-- }
	return &snap, nil
}

func TestCancelled(t *testing.T) {
	f := func(name string, ask func(ctx context.Context, e *exec.Engine) error) {
		t.Helper()
		ctx, cancel := context.WithCancel(context.Background())
		s := &stopping{standing: synthetic(2000, 2), cancel: cancel}
		if err := ask(ctx, exec.New(s, s)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		if s.open != 0 {
			t.Errorf("%s keeps its snapshot", name)
		}
	}
	f("funnel", func(ctx context.Context, e *exec.Engine) error {
		_, err := e.Funnel(ctx, seq.Funnel{Steps: steps("event 1")})
		return err
	})
	f("paths", func(ctx context.Context, e *exec.Engine) error { _, err := e.Paths(ctx, seq.Paths{}); return err })
	f("trend", func(ctx context.Context, e *exec.Engine) error {
		_, err := e.Trend(ctx, seq.Trend{Series: []seq.TrendSeries{{Matcher: seq.Matcher{Event: seq.Names{"*"}}}}})
		return err
	})
	f("retention", func(ctx context.Context, e *exec.Engine) error {
		_, err := e.Retention(ctx, seq.Retention{Start: seq.Matcher{Event: seq.Names{"*"}}})
		return err
	})
	f("lifecycle", func(ctx context.Context, e *exec.Engine) error {
		_, err := e.Lifecycle(ctx, seq.Lifecycle{})
		return err
	})
	f("stickiness", func(ctx context.Context, e *exec.Engine) error {
		_, err := e.Stickiness(ctx, seq.Stickiness{})
		return err
	})
	f("journey", func(ctx context.Context, e *exec.Engine) error {
		_, err := e.Journey(ctx, seq.Journey{Stages: 1, Touchpoints: []seq.JourneyTouchpoint{touch("a", 0, "event 1")}})
		return err
	})
	f("conformance", func(ctx context.Context, e *exec.Engine) error {
		_, err := e.Conformance(ctx, seq.Conformance{Model: wideModel(5)})
		return err
	})
	f("segment", func(ctx context.Context, e *exec.Engine) error {
		_, err := e.Segment(ctx, seq.Segment{SegmentRef: seq.SegmentRef{Where: `did("event 1")`}})
		return err
	})
	f("trend of a segment", func(ctx context.Context, e *exec.Engine) error {
		scope := seq.Scope{Segment: &seq.SegmentRef{Where: `did("event 1")`}}
		_, err := e.Trend(ctx, seq.Trend{Scope: scope, Series: []seq.TrendSeries{{Matcher: seq.Matcher{Event: seq.Names{"*"}}}}})
		return err
	})
	f("drivers", func(ctx context.Context, e *exec.Engine) error { _, err := e.Drivers(ctx, twoSteps()); return err })
	f("first contact", func(ctx context.Context, e *exec.Engine) error {
		_, err := e.FirstContact(ctx, seq.FirstContact{})
		return err
	})
	f("people", func(ctx context.Context, e *exec.Engine) error {
		_, err := e.People(ctx, engine.PeopleQuery{Text: "a"})
		return err
	})
	f("catalogue", func(ctx context.Context, e *exec.Engine) error { _, err := e.Catalogue(ctx); return err })
}

func TestEmptyStore(t *testing.T) {
	w := world()
	answers := all(t, exec.New(w, w), "nobody")
	for _, a := range answers {
		if strings.Contains(a, "null") && strings.Contains(a, `"nodes":null`) {
			t.Errorf("a list must be empty, not null: %s", a)
		}
	}
	page, err := exec.New(w, w).People(context.Background(), engine.PeopleQuery{Text: "x"})
	if err != nil || len(page.People) != 0 || page.Meta.FreshnessMS != -1 {
		t.Errorf("%+v %v", page, err)
	}
}

// TestManyAtOnce asks the same engine from several goroutines: the answers must not differ (and -race must be quiet).
func TestManyAtOnce(t *testing.T) {
	s := synthetic(300, 3)
	s.snap.Merged = map[event.ProfileID]event.ProfileID{}
	ids := s.snap.Blocks[0].Profiles
	for i := 0; i+1 < len(ids); i += 5 {
		s.snap.Merged[ids[i]] = ids[i+1]
	}
	e := exec.New(s, s)
	ask := func() string {
		a, err := e.Funnel(context.Background(), seq.Funnel{Steps: steps("event 1", "event 2"), Order: "any"})
		if err != nil {
			t.Error(err)
			return ""
		}
		j, err := e.Journey(context.Background(), seq.Journey{Stages: 1, Touchpoints: []seq.JourneyTouchpoint{touch("a", 0, "event 1"), touch("b", 0, "event 2")}})
		if err != nil {
			t.Error(err)
			return ""
		}
		a.Meta, j.Meta = seq.Meta{}, seq.Meta{}
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(j)
		return string(x) + string(y)
	}
	want := ask()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got := ask(); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
	group.Wait()
}

// TestMeta: what was looked at, by whom, how fresh.
func TestMeta(t *testing.T) {
	w := world(slices.Concat(person("anna", []ev{{"A", 0}, {"B", 10}, {"B", 20}}), person("bert", []ev{{"B", 30}})))
	w.Time = epoch.Add(90 * time.Second)
	a := ask(t, w, seq.Funnel{Scope: seq.Scope{From: at(5), To: at(25)}, Steps: steps("B")})
	if m := a.Meta; m.Actors != 1 || m.EventsScanned != 2 || m.FreshnessMS != 60_000 || m.Backend != "part" {
		t.Errorf("%+v", m)
	}
}
