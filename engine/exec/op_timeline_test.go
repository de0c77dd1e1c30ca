package exec

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
	"wend.dev/wend/store/part"
)

type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) }

type fixedSource struct{ snap store.Snapshot }

func (f *fixedSource) Snapshot(context.Context) (*store.Snapshot, error) {
	s := f.snap
	return &s, nil
}

// engineOf answers from events dealt round-robin into some blocks.
func engineOf(events []event.Event, blocks int) (*Engine, *fixedSource) {
	dealt := make([][]event.Event, blocks)
	for i, e := range events {
		dealt[i%blocks] = append(dealt[i%blocks], e)
	}
	src := &fixedSource{snap: store.Snapshot{Version: 1}}
	for _, d := range dealt {
		if len(d) > 0 {
			src.snap.Blocks = append(src.snap.Blocks, part.FromEvents(d))
		}
	}
	return New(src, fixedClock{}), src
}

func tick(user string, at event.Millis, n int) event.Event {
	return event.Event{MessageID: fmt.Sprint(n), Kind: event.Track, Name: "Tick", Time: at, UserID: user, Profile: event.UserProfile(user), Source: "s",
		Fields: []event.Field{{Path: "properties.n", Value: event.NumberValue(float64(n))}, {Path: "properties.tags", Value: event.JSONValue(`["a"]`)}}}
}

func TestTimelinePagesAreWholeAndInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var events []event.Event
		for n := range rapid.IntRange(0, 40).Draw(t, "events") {
			events = append(events, tick("u", event.Millis(rapid.IntRange(0, 6).Draw(t, "time")*1000), n))
		}
		e, _ := engineOf(events, rapid.IntRange(1, 3).Draw(t, "blocks"))
		q := seq.Timeline{ID: event.UserProfile("u").String(), Limit: rapid.IntRange(1, 7).Draw(t, "limit")}
		var seen []float64
		var times []string
		for {
			a, err := e.Timeline(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range a.Events {
				seen = append(seen, x.Fields["properties.n"].(float64))
				times = append(times, x.Time)
			}
			if q.Cursor = a.NextCursor; q.Cursor == "" {
				break
			}
			if len(a.Events) != q.Limit {
				t.Fatalf("a page of %d, asked for %d", len(a.Events), q.Limit)
			}
		}
		if !slices.IsSortedFunc(times, func(a, b string) int { return -cmpText(a, b) }) {
			t.Fatalf("not newest first: %v", times)
		}
		slices.Sort(seen)
		if len(slices.Compact(seen)) != len(events) {
			t.Fatalf("%d different events of %d", len(slices.Compact(seen)), len(events))
		}
	})
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestTimelineMergesAndShowsFields(t *testing.T) {
	anon := tick("", 500, 1)
	anon.AnonymousID, anon.Profile = "a", event.AnonymousProfile("a")
	e, src := engineOf([]event.Event{tick("u", 1500, 2), anon, tick("v", 700, 3)}, 2)
	src.snap.Merged = map[event.ProfileID]event.ProfileID{event.AnonymousProfile("a"): event.UserProfile("u")}
	src.snap.Accounts = map[event.ProfileID]event.AccountID{event.UserProfile("u"): 7, event.UserProfile("v"): 7}
	f := func(q seq.Timeline, want string) {
		t.Helper()
		a, err := e.Timeline(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, x := range a.Events {
			got += fmt.Sprintf("%s %s %v;", x.Time, x.Name, x.Fields["properties.n"])
		}
		if got != want {
			t.Errorf("%+v:\ngot  %s\nwant %s", q, got, want)
		}
	}
	both := "1970-01-01T00:00:01.500Z Tick 2;1970-01-01T00:00:00.500Z Tick 1;"
	f(seq.Timeline{ID: event.UserProfile("u").String()}, both)
	f(seq.Timeline{ID: event.AnonymousProfile("a").String()}, both)
	f(seq.Timeline{ID: "0000000000000001"}, "")
	f(seq.Timeline{ID: event.AccountID(7).String(), Scope: seq.Scope{Actor: "account"}},
		"1970-01-01T00:00:01.500Z Tick 2;1970-01-01T00:00:00.700Z Tick 3;1970-01-01T00:00:00.500Z Tick 1;")
	f(seq.Timeline{ID: event.UserProfile("u").String(), Scope: seq.Scope{Filter: "properties.n > 1"}}, "1970-01-01T00:00:01.500Z Tick 2;")
	for _, cursor := range []string{"x", "1-0", "1"} {
		var invalid *seq.Invalid
		if _, err := e.Timeline(context.Background(), seq.Timeline{ID: "0000000000000001", Cursor: cursor}); !errors.As(err, &invalid) || invalid.Field != "cursor" {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
}

func TestCatalogue(t *testing.T) {
	page := event.Event{Kind: event.Page, Name: "Page Viewed", Time: 10, Profile: 1, Source: "s", Fields: []event.Field{{Path: "context.page.path", Value: event.StringValue("/a")}}}
	odd := tick("u", 90, 9)
	odd.Fields = []event.Field{{Path: "properties.n", Value: event.StringValue("nine")}}
	e, _ := engineOf([]event.Event{tick("u", 50, 1), page, tick("v", 20, 2), odd}, 2)
	for range 2 { // the second time from what was kept
		c, err := e.Catalogue(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Events) != 2 || c.Events[0].Name != "Tick" || c.Events[0].Count != 3 || c.Events[0].FirstSeen != 20 || c.Events[0].LastSeen != 90 || c.Events[1].Kind != "page" {
			t.Errorf("events: %+v", c.Events)
		}
		i := slices.IndexFunc(c.Properties, func(p engine.PropertyInfo) bool { return p.Path == "properties.n" })
		if i < 0 || c.Properties[i].Kinds["number"] != 2 || c.Properties[i].Kinds["string"] != 1 || !slices.Contains(c.Properties[i].Samples, "nine") {
			t.Errorf("properties: %+v", c.Properties)
		}
	}
}
