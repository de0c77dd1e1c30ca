package exec_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

func TestLifecycleAgainstPlainWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCohorts(t, 1)
		q := seq.Lifecycle{Scope: d.scope, Calendar: d.calendar, Interval: d.interval}
		names := seq.Names{"*"}
		if rapid.Bool().Draw(t, "match") {
			names = drawNames(t)
			q.Match = &seq.Matcher{Event: names}
			if rapid.Bool().Draw(t, "where") {
				q.Match.Where = "true" // takes the other way to know when an actor began
			}
		}
		a, err := exec.New(d.world, d.world).Lifecycle(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		want := d.plain.lifecycle(names)
		for i, p := range a.Periods {
			if label := d.plain.labels[i+1]; p.Start[:len(label)] != label {
				t.Fatalf("period %d begins %s, want %s", i, p.Start, label)
			}
			a.Periods[i].Start = ""
		}
		if fmt.Sprint(a.Periods) != fmt.Sprint(want) {
			t.Fatalf("%+v, want %+v", a.Periods, want)
		}
	})
}

// TestLifecycleAddsUp: who is active or dormant in a period was new, or active or dormant before; all of them are counted
// the same way in one block and in many, on devices and not.
func TestLifecycleAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCohorts(t, 1)
		l, err := exec.New(d.world, d.world).Lifecycle(context.Background(), seq.Lifecycle{Scope: d.scope, Calendar: d.calendar, Interval: d.interval})
		if err != nil {
			t.Fatal(err)
		}
		k, err := exec.New(d.world, d.world).Stickiness(context.Background(), seq.Stickiness{Scope: d.scope, Calendar: d.calendar, Interval: d.interval})
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range l.Periods {
			active := k.Series[0].Active[i]
			if p.New+p.Returning+p.Resurrecting != active {
				t.Fatalf("%+v: the active are %d by stickiness", p, active)
			}
			if i > 0 && p.Returning+p.Dormant != k.Series[0].Active[i-1] {
				t.Fatalf("%+v: %d were active before", p, k.Series[0].Active[i-1])
			}
		}
	})
}

func TestLifecycleOfMany(t *testing.T) {
	var events []event.Event
	for i := range 700 {
		list := []ev{{"A", 0}}
		if i%7 != 0 {
			list = append(list, ev{"A", 86400})
		}
		if i%2 == 0 {
			list = append(list, ev{"A", 2 * 86400})
		}
		events = append(events, person(fmt.Sprint("p", i), list)...)
	}
	w := world(events)
	q := seq.Lifecycle{Scope: seq.Scope{From: at(86400), To: at(3 * 86400)}, Interval: "day"}
	a, err := exec.New(w, w).Lifecycle(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	want := []seq.LifecyclePeriod{
		{Start: "2026-01-02T00:00:00Z", Returning: 600, Dormant: 100, Complete: true},
		{Start: "2026-01-03T00:00:00Z", Returning: 300, Resurrecting: 50, Dormant: 300, Complete: true},
	}
	if fmt.Sprint(a.Periods) != fmt.Sprint(want) {
		t.Errorf("%+v", a.Periods)
	}
}
