package exec_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/plan"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// drawPeople draws some people's events with values and traits; some on devices of theirs, some people in one account.
func drawPeople(t *rapid.T) (w *enginetest.World, events []event.Event) {
	w = world()
	w.Merged, w.Accounts, w.Groups = map[event.ProfileID]event.ProfileID{}, map[event.ProfileID]event.AccountID{}, map[event.AccountID]string{}
	for p := range rapid.IntRange(1, 4).Draw(t, "people") {
		id := fmt.Sprint("u", p)
		device := event.AnonymousProfile(id)
		for i, e := range person(id, drawEvents(t, []string{"A", "B", "C", "D", "Identify"}, 9)) {
			switch {
			case e.Name == "Identify":
				e.Kind = event.Identify
				e.Fields = []event.Field{{Path: "traits.plan", Value: event.StringValue(rapid.SampledFrom([]string{"pro", "free"}).Draw(t, "plan"))}}
			case rapid.IntRange(0, 3).Draw(t, "valued") > 0:
				e.Fields = []event.Field{{Path: "properties.v", Value: event.NumberValue(float64(rapid.IntRange(0, 4).Draw(t, "v")))}}
			}
			if i > 0 && rapid.IntRange(0, 2).Draw(t, "on device") == 0 {
				e.Profile, e.UserID, e.AnonymousID = device, "", id
				w.Merged[device] = event.UserProfile(id)
			}
			events = append(events, e)
		}
		if rapid.Bool().Draw(t, "in account") {
			a := event.AccountOf(fmt.Sprint("acme", p%2))
			w.Accounts[event.UserProfile(id)], w.Groups[a] = a, "acme"
		}
	}
	w.Batches = scatter(t, events)
	return w, events
}

// sights is what is to be known of each actor at an instant.
func sights(w *enginetest.World, events []event.Event, accounts bool, at event.Millis) map[uint64]sight {
	slices.SortStableFunc(events, func(a, b event.Event) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Profile, b.Profile))
	})
	sizes := map[event.AccountID]int{}
	for _, a := range w.Accounts {
		sizes[a]++
	}
	out := map[uint64]sight{}
	for _, e := range events {
		root := e.Profile
		if to, ok := w.Merged[root]; ok {
			root = to
		}
		account := w.Accounts[root]
		id := uint64(root)
		if accounts {
			id = uint64(account)
		}
		if id == 0 || e.Time > at {
			continue
		}
		s := out[id]
		s.list, s.at, s.people = append(s.list, e), at, sizes[account]
		out[id] = s
	}
	return out
}

// idsOf are the members that an answer shows.
func idsOf(a *engine.SegmentAnswer) (ids []uint64) {
	for _, p := range a.People {
		ids = append(ids, uint64(p.ID))
	}
	for _, x := range a.Accounts {
		ids = append(ids, uint64(x.ID))
	}
	slices.Sort(ids)
	return ids
}

func membersOf(all map[uint64]sight, c trial) (ids []uint64) {
	for id, s := range all {
		if c.truth(s) == plan.True {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func TestSegmentAgainstPlainWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, events := drawPeople(t)
		accounts := rapid.IntRange(0, 2).Draw(t, "accounts") == 0
		q := seq.Segment{Actor: "profile", At: at(rapid.Int64Range(-1, 16).Draw(t, "at")), Limit: 200}
		if accounts {
			q.Actor = "account"
		}
		c := drawTrial(t, 2)
		q.Where = c.text
		got, err := exec.New(w, w).Segment(context.Background(), q)
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		all := sights(w, events, accounts, event.MillisOf(*q.At))
		want := membersOf(all, c)
		if got.Of != int64(len(all)) || got.Size != int64(len(want)) || !slices.Equal(idsOf(got), want) {
			t.Fatalf("%s: size %d of %d, %x; want %d of %d, %x", c.text, got.Size, got.Of, idsOf(got), len(want), len(all), want)
		}
	})
}

func TestOverlapAgainstPlainWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, events := drawPeople(t)
		q := seq.Overlap{At: at(rapid.Int64Range(0, 14).Draw(t, "at"))}
		var cs []trial
		for range rapid.IntRange(2, 4).Draw(t, "segments") {
			c := drawTrial(t, 1)
			cs = append(cs, c)
			q.Segments = append(q.Segments, seq.OverlapSegment{SegmentRef: seq.SegmentRef{Where: c.text}})
		}
		got, err := exec.New(w, w).Overlap(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int64{}
		sizes := make([]int64, len(cs))
		for _, s := range sights(w, events, false, event.MillisOf(*q.At)) {
			var in []int
			for i, c := range cs {
				if c.truth(s) == plan.True {
					in = append(in, i)
					sizes[i]++
				}
			}
			want[fmt.Sprint(in)]++
		}
		seen := map[string]int64{}
		if got.Outside > 0 {
			seen["[]"] = got.Outside
		}
		for _, c := range got.Combinations {
			seen[fmt.Sprint(c.In)] = c.Count
		}
		if fmt.Sprint(seen) != fmt.Sprint(want) {
			t.Fatalf("%v, want %v", seen, want)
		}
		for i, n := range sizes {
			if got.Segments[i].Size != n {
				t.Fatalf("segment %d: %d, want %d", i, got.Segments[i].Size, n)
			}
		}
	})
}

// TestScopeSegment: a question about a segment's members is the question about their events alone.
func TestScopeSegment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, events := drawPeople(t)
		c := drawTrial(t, 1)
		end := at(rapid.Int64Range(1, 14).Draw(t, "to"))
		members := membersOf(sights(w, events, false, event.MillisOf(*end)-1), c)
		alone := *w
		alone.Batches = nil
		for _, b := range w.Batches {
			b = slices.DeleteFunc(slices.Clone(b), func(e event.Event) bool {
				root := e.Profile
				if to, ok := w.Merged[root]; ok {
					root = to
				}
				return !slices.Contains(members, uint64(root))
			})
			alone.Batches = append(alone.Batches, b)
		}
		scope := seq.Scope{From: at(0), To: end}
		want := someAnswers(t, exec.New(&alone, &alone), scope)
		scope.Segment = &seq.SegmentRef{Where: c.text}
		got := someAnswers(t, exec.New(w, w), scope)
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%s:\n%s\nwant\n%s", c.text, got[i], want[i])
			}
		}
	})
}

// someAnswers asks one of each question that has a scope.
func someAnswers(t *rapid.T, e *exec.Engine, scope seq.Scope) (out []string) {
	ctx := context.Background()
	keep := func(a any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.Split(fmt.Sprintf("%+v", a), "Meta:")[0])
	}
	f, err := e.Funnel(ctx, seq.Funnel{Scope: scope, Steps: steps("A", "B")})
	keep(f.Steps[0].Count*100+f.Steps[1].Count, err)
	p, err := e.Paths(ctx, seq.Paths{Scope: scope, SessionGap: 2e9})
	keep(p, err)
	tr, err := e.Trend(ctx, seq.Trend{Scope: scope, Interval: "hour", Series: []seq.TrendSeries{{Matcher: seq.Matcher{Event: seq.Names{"*"}}}}})
	keep(tr, err)
	j, err := e.Journey(ctx, seq.Journey{Scope: scope, Stages: 1, Touchpoints: []seq.JourneyTouchpoint{touch("a", 0, "A")}})
	keep(j.Now.People, err)
	tl, err := e.Timeline(ctx, seq.Timeline{Scope: scope, ID: event.UserProfile("u0").String()})
	keep(tl, err)
	return out
}

// TestSegmentPages: pages follow each other by recency, the sample is the same each time and drawn from members alone.
func TestSegmentPages(t *testing.T) {
	var events []event.Event
	for i := range 50 {
		events = append(events, person(fmt.Sprint("u", i), []ev{{"A", int64(i)}, {"B", int64(i % 2)}})...)
	}
	w := world(events)
	e := exec.New(w, w)
	q := seq.Segment{SegmentRef: seq.SegmentRef{Where: `last("A").time >= timestamp("2026-01-01T00:00:10Z")`}, Limit: 15}
	var seen []event.ProfileID
	for {
		a, err := e.Segment(context.Background(), q)
		if err != nil || a.Size != 40 || a.Of != 50 || a.Share != 0.8 {
			t.Fatalf("%+v %v", a, err)
		}
		for _, p := range a.People {
			seen = append(seen, p.ID)
		}
		if q.Cursor = a.NextCursor; q.Cursor == "" {
			break
		}
	}
	for i, id := range seen {
		if want := event.UserProfile(fmt.Sprint("u", 49-i)); id != want {
			t.Errorf("member %d is %v", i, id)
		}
	}
	if len(seen) != 40 {
		t.Errorf("%d members on all pages", len(seen))
	}
	q = seq.Segment{SegmentRef: q.SegmentRef, Sample: 10}
	a, err1 := e.Segment(context.Background(), q)
	b, err2 := e.Segment(context.Background(), q)
	if err1 != nil || err2 != nil || len(a.People) != 10 || a.NextCursor != "" || !slices.Equal(idsOf(a), idsOf(b)) {
		t.Errorf("%v %v %v %v", idsOf(a), idsOf(b), err1, err2)
	}
	for _, p := range a.People {
		if !slices.Contains(seen, p.ID) {
			t.Errorf("%v is in the sample, but no member", p.ID)
		}
	}
}
