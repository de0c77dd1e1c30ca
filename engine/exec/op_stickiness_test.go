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

func TestStickinessAgainstPlainWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCohorts(t, 0)
		q := seq.Stickiness{Scope: d.scope, Calendar: d.calendar, Interval: d.interval}
		lines := []seq.Names{{"*"}}
		if n := rapid.IntRange(0, 3).Draw(t, "lines"); n > 0 {
			lines = nil
			for range n {
				names := drawNames(t)
				lines = append(lines, names)
				q.Series = append(q.Series, seq.Matcher{Event: names})
			}
		}
		a, err := exec.New(d.world, d.world).Stickiness(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Starts) != len(d.plain.labels) || len(a.Series) != len(lines) {
			t.Fatalf("%d periods, want %v", len(a.Starts), d.plain.labels)
		}
		done := 0
		for i, at := range a.Starts {
			if label := d.plain.labels[i]; at[:len(label)] != label {
				t.Fatalf("period %d begins %s, want %s", i, at, label)
			}
			if d.plain.ends[i] {
				done++
			}
		}
		if a.Complete != done {
			t.Fatalf("%d periods are complete, want %d", a.Complete, done)
		}
		for i, names := range lines {
			counts, active := make([]int64, len(a.Starts)), make([]int64, len(a.Starts))
			actors := int64(0)
			for _, periods := range d.plain.did(named(names)) {
				actors++
				counts[len(periods)-1]++
				for at := range periods {
					active[at]++
				}
			}
			if got, want := fmt.Sprint(a.Series[i].Counts, a.Series[i].Actors, a.Series[i].Active), fmt.Sprint(counts, actors, active); got != want {
				t.Fatalf("%v: %s, want %s", names, got, want)
			}
		}
	})
}

func TestStickinessOfMany(t *testing.T) {
	var events []event.Event
	for i := range 600 {
		list := []ev{{"A", 0}}
		if i%3 == 0 {
			list = append(list, ev{"A", 90000}, ev{"A", 90001})
		}
		events = append(events, person(fmt.Sprint("p", i), list)...)
	}
	w := world(events)
	a, err := exec.New(w, w).Stickiness(context.Background(), seq.Stickiness{Scope: seq.Scope{From: at(0), To: at(2 * 86400)}})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(a.Series); got != "[{* [400 200] 600 [600 200]}]" {
		t.Error(got)
	}
}
