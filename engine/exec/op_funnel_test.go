package exec_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// person makes one actor's events; t is in seconds after the epoch.
func person(id string, list []ev) []event.Event {
	var out []event.Event
	for i, e := range list {
		t := event.MillisOf(epoch) + event.Millis(e.t*1000)
		out = append(out, event.Event{
			MessageID: fmt.Sprintf("%s-%d", id, i), Kind: event.Track, Name: e.name, Time: t, ReceivedAt: t,
			Profile: event.UserProfile(id), UserID: id,
		})
	}
	return out
}

func world(batches ...[]event.Event) *enginetest.World {
	return &enginetest.World{Batches: batches, Time: epoch.AddDate(1, 0, 0)}
}

func ask(t interface{ Fatalf(string, ...any) }, w *enginetest.World, q seq.Funnel) *seq.FunnelAnswer {
	a, err := exec.New(w, w).Funnel(context.Background(), q)
	if err != nil {
		t.Fatalf("funnel: %v", err)
	}
	return a
}

func steps(names ...string) (out []seq.FunnelStep) {
	for _, n := range names {
		s := seq.FunnelStep{Optional: strings.HasSuffix(n, "?")}
		s.Event = strings.Split(strings.TrimSuffix(n, "?"), "|")
		out = append(out, s)
	}
	return out
}

func drawEvents(t *rapid.T, letters []string, most int) []ev {
	list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ev {
		return ev{rapid.SampledFrom(letters).Draw(t, "name"), rapid.Int64Range(0, 12).Draw(t, "t")}
	}), 0, most).Draw(t, "events")
	slices.SortStableFunc(list, func(a, b ev) int { return int(a.t - b.t) })
	return list
}

var letters = []string{"A", "B", "C", "x"}

func drawFunnel(t *rapid.T) seq.Funnel {
	q := seq.Funnel{Window: seq.Duration(time.Duration(rapid.IntRange(1, 12).Draw(t, "window")) * time.Second)}
	step := rapid.SampledFrom([]string{"A", "B", "C", "A|B", "B|C", "A|B|C"})
	q.Steps = steps(rapid.SliceOfN(step, 1, 4).Draw(t, "steps")...)
	q.Entry = rapid.SampledFrom([]string{"latest", "first"}).Draw(t, "entry")
	return q
}

func optional(t *rapid.T, q *seq.Funnel) {
	for k := 1; k < len(q.Steps); k++ {
		q.Steps[k].Optional = rapid.IntRange(0, 3).Draw(t, "optional") == 0
	}
}

func exclusions(t *rapid.T, q *seq.Funnel) {
	for len(q.Steps) > 1 && rapid.Bool().Draw(t, "exclude") && len(q.Exclusions) < 3 {
		p := rapid.IntRange(1, len(q.Steps)-1).Draw(t, "from")
		x := seq.Exclusion{FromStep: p, ToStep: rapid.IntRange(p+1, len(q.Steps)).Draw(t, "to")}
		x.Event = seq.Names{rapid.SampledFrom(letters).Draw(t, "excluded")}
		q.Exclusions = append(q.Exclusions, x)
	}
}

func newRef(q seq.Funnel, list []ev) *ref {
	d := q.Defaults()
	r := &ref{q: d, ev: list, w: d.Window.Millis() / 1000, grace: -1}
	if g, err := d.Grace(); err == nil && strings.HasPrefix(d.Ties, "grace:") {
		r.grace = g.Millis() / 1000
	}
	return r
}

// depthOf reads the deepest step of a one-actor answer.
func depthOf(a *seq.FunnelAnswer) (depth int) {
	for k, s := range a.Steps {
		if s.Count > 0 {
			depth = k + 1
		}
	}
	return depth
}

// TestFunnelDepth holds the depth against the enumeration of every chain, for all ties and windows.
func TestFunnelDepth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawFunnel(t)
		q.Ties = rapid.SampledFrom([]string{"any", "strict", "grace:1s", "grace:3s"}).Draw(t, "ties")
		q.WindowFrom = rapid.SampledFrom([]string{"entry", "previous"}).Draw(t, "window from")
		if q.WindowFrom == "entry" { // else the deepest first is a choice that can cost depth later, by the rules
			optional(t, &q)
		}
		list := drawEvents(t, letters, 7)
		r := newRef(q, list)
		want := 0
		for e := range list {
			if r.is(e, 0) {
				want = max(want, r.deepest([]int{e}, 0))
				if q.Entry == "first" {
					break
				}
			}
		}
		if got := depthOf(ask(t, world(person("a", list)), q)); got != want {
			t.Fatalf("depth %d, want %d", got, want)
		}
	})
}

// TestFunnelAnyOrder holds order any against trying every choice of events.
func TestFunnelAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawFunnel(t)
		q.Order = "any"
		list := drawEvents(t, letters, 7)
		r := newRef(q, list)
		want := 0
		all := []int{0, 1, 2, 3}[:len(q.Steps)]
		for e, x := range list {
			if slices.ContainsFunc(q.Steps, func(s seq.FunnelStep) bool { return slices.Contains(s.Event, x.name) }) {
				want = max(want, r.anyDeepest(e, all, nil))
				if q.Entry == "first" {
					break
				}
			}
		}
		if got := depthOf(ask(t, world(person("a", list)), q)); got != want {
			t.Fatalf("depth %d, want %d", got, want)
		}
	})
}

// TestFunnelChains holds counts, times and exclusions of several actors against the plain walk, with the events
// spread over blocks in any order of arrival.
func TestFunnelChains(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawFunnel(t)
		q.Ties = rapid.SampledFrom([]string{"any", "strict"}).Draw(t, "ties")
		if rapid.Bool().Draw(t, "fancy") {
			optional(t, &q)
			exclusions(t, &q)
		}
		q.Order = rapid.SampledFrom([]string{"ordered", "strict"}).Draw(t, "order")
		q = q.Defaults()
		counts := make([]int64, len(q.Steps))
		gaps := make([][]int64, len(q.Steps))
		var excluded int64
		var events []event.Event
		for p := range rapid.IntRange(1, 4).Draw(t, "people") {
			list := drawEvents(t, letters, 10)
			events = append(events, person(fmt.Sprint(p), list)...)
			r := newRef(q, list)
			c, out := r.answer()
			if out {
				excluded++
			}
			last := -1
			for k, i := range c {
				if i < 0 {
					continue
				}
				counts[k]++
				if last >= 0 {
					gaps[k] = append(gaps[k], r.ev[i].t-r.ev[last].t)
				}
				last = i
			}
		}
		a := ask(t, world(scatter(t, events)...), q)
		if a.Excluded != excluded {
			t.Fatalf("excluded %d, want %d", a.Excluded, excluded)
		}
		for k, s := range a.Steps {
			if s.Count != counts[k] {
				t.Fatalf("step %d: %d, want %d", k+1, s.Count, counts[k])
			}
			checkTimes(t, k, s, gaps[k])
		}
	})
}

func checkTimes(t *rapid.T, k int, s seq.FunnelCount, gaps []int64) {
	if len(gaps) == 0 {
		if s.MedianSeconds != nil || s.MeanSeconds != nil {
			t.Fatalf("step %d: times of nobody", k+1)
		}
		return
	}
	slices.Sort(gaps)
	n, sum := len(gaps), int64(0)
	for _, g := range gaps {
		sum += g
	}
	median := float64(gaps[(n-1)/2]+gaps[n/2]) / 2
	if mean := float64(sum) / float64(n); *s.MeanSeconds != mean || *s.MedianSeconds != median {
		t.Fatalf("step %d: mean %v, want %v; median %v, want %v", k+1, *s.MeanSeconds, mean, *s.MedianSeconds, median)
	}
}

// scatter spreads events over 1 to 5 blocks and shuffles what has no order among itself: events of different
// instants. Equal instants of one profile keep their order, which is the order of arrival.
func scatter(t *rapid.T, events []event.Event) [][]event.Event {
	out := make([][]event.Event, rapid.IntRange(1, 5).Draw(t, "blocks"))
	at := map[string]int{}
	for _, e := range rapid.Permutation(events).Draw(t, "arrival") {
		key := fmt.Sprint(e.Profile, e.Time)
		if _, ok := at[key]; !ok {
			at[key] = rapid.IntRange(0, len(out)-1).Draw(t, "block")
			for _, x := range events {
				if fmt.Sprint(x.Profile, x.Time) == key {
					out[at[key]] = append(out[at[key]], x)
				}
			}
		}
	}
	return out
}
