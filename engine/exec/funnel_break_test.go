package exec_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// In these tests an event's name carries its colour: "A.red" is an event A with properties.c == "red".

func colourOf(name string) string {
	_, c, _ := strings.Cut(name, ".")
	return c
}

// coloured is the question as the reference asks it: by the full names. A step of which only one colour counts is
// given; -1 is none.
func coloured(q seq.Funnel, step int, colour string) seq.Funnel {
	out := q
	out.Steps = slices.Clone(q.Steps)
	for k, s := range q.Steps {
		var names seq.Names
		for _, n := range s.Event {
			for _, c := range []string{"", "red", "blue"} {
				if k != step || c == colour {
					names = append(names, strings.TrimSuffix(n+"."+c, "."))
				}
			}
		}
		out.Steps[k].Event = names
	}
	return out
}

// plainSeries is rule 10 in the plainest words: per value the counts.
func plainSeries(q seq.Funnel, people [][]ev) map[string][]int64 {
	out := map[string][]int64{}
	book := func(value string, c chain) {
		if c == nil {
			return
		}
		if out[value] == nil {
			out[value] = make([]int64, len(q.Steps))
		}
		for k, i := range c {
			if i >= 0 {
				out[value][k]++
			}
		}
	}
	for _, list := range people {
		full := newRef(coloured(q, -1, ""), list)
		full.relevant()
		values := map[string]bool{}
		var touched []string
		for _, e := range full.ev {
			values[colourOf(e.name)] = true
			if c := colourOf(e.name); c != "" {
				touched = append(touched, c)
			}
		}
		whole, _ := newRef(coloured(q, -1, ""), list).answer()
		switch b := q.Breakdown; b.Attribution {
		case "first_touch":
			book(strings.Join(touched[:min(1, len(touched))], ""), whole)
		case "last_touch":
			book(strings.Join(touched[max(0, len(touched)-1):], ""), whole)
		case "all_events":
			for v := range values {
				same := slices.DeleteFunc(slices.Clone(list), func(e ev) bool { return colourOf(e.name) != v })
				c, _ := newRef(coloured(q, -1, ""), same).answer()
				book(v, c)
			}
		case "step":
			made := false
			for v := range values {
				c, _ := newRef(coloured(q, b.Step-1, v), list).answer()
				if c != nil && c[b.Step-1] >= 0 {
					book(v, c)
					made = true
				}
			}
			if !made {
				book("", whole)
			}
		}
	}
	return out
}

func TestFunnelBreakdown(t *testing.T) {
	names := []string{"A", "A.red", "A.blue", "B", "B.red", "B.blue", "x.red"}
	rapid.Check(t, func(t *rapid.T) {
		q := seq.Funnel{Window: seq.Duration(time.Duration(rapid.IntRange(1, 12).Draw(t, "window")) * time.Second)}
		q.Steps = steps(rapid.SliceOfN(rapid.SampledFrom([]string{"A", "B", "A|B"}), 1, 3).Draw(t, "steps")...)
		q.Entry = rapid.SampledFrom([]string{"latest", "first"}).Draw(t, "entry")
		q.Breakdown = &seq.Breakdown{By: "properties.c", Limit: 100, Attribution: rapid.SampledFrom([]string{"first_touch", "last_touch", "all_events", "step"}).Draw(t, "attribution")}
		if q.Breakdown.Attribution == "step" {
			q.Breakdown.Step = rapid.IntRange(1, len(q.Steps)).Draw(t, "step")
		}
		var people [][]ev
		var events []event.Event
		for p := range rapid.IntRange(1, 3).Draw(t, "people") {
			list := drawEvents(t, names, 8)
			people = append(people, list)
			for _, e := range person(fmt.Sprint(p), list) {
				if c := colourOf(e.Name); c != "" {
					e.Name = e.Name[:1]
					e.Fields = []event.Field{{Path: "properties.c", Value: event.StringValue(c)}}
				}
				events = append(events, e)
			}
		}
		want := plainSeries(q, people)
		a := ask(t, world(scatter(t, events)...), q)
		got := map[string][]int64{}
		for _, s := range a.Series {
			for _, c := range s.Steps {
				got[s.Value] = append(got[s.Value], c.Count)
			}
		}
		if !maps.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("series %v, want %v", got, want)
		}
	})
}

// TestFunnelSeriesCut: series are counted in full before they are cut, the largest first.
func TestFunnelSeriesCut(t *testing.T) {
	var events []event.Event
	for i := range 60 {
		for _, e := range person(fmt.Sprint(i), []ev{{"A", 0}, {"B", 1}}) {
			e.Fields = []event.Field{{Path: "properties.c", Value: event.NumberValue(float64(i % 11 % 7))}}
			events = append(events, e)
		}
	}
	q := seq.Funnel{Steps: steps("A", "B")}
	q.Breakdown = &seq.Breakdown{By: "properties.c", Limit: 2}
	a := ask(t, world(events), q)
	var got []string
	for _, s := range a.Series {
		got = append(got, fmt.Sprintf("%s=%d/%d", s.Value, s.Steps[0].Count, s.Steps[1].Count))
	}
	if want := "0=11/11 1=11/11 other=38/38"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// TestFunnelEntries: with count entries each step-1 event is an attempt, held against following each by itself.
func TestFunnelEntries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawFunnel(t)
		q.Count, q.Entry = "entries", "latest"
		exclusions(t, &q)
		list := drawEvents(t, letters, 9)
		r := newRef(q, list)
		r.relevant()
		counts, excluded := make([]int64, len(q.Steps)), int64(0)
		for e := range r.ev {
			if !r.is(e, 0) {
				continue
			}
			c := r.walk(e)
			if r.spoilt(c) {
				excluded++
				continue
			}
			for k, i := range c {
				if i >= 0 {
					counts[k]++
				}
			}
		}
		a := ask(t, world(person("a", list)), q)
		for k, s := range a.Steps {
			if s.Count != counts[k] || a.Excluded != excluded {
				t.Fatalf("step %d: %d and %d excluded, want %d and %d", k+1, s.Count, a.Excluded, counts[k], excluded)
			}
		}
	})
}
