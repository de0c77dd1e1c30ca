package exec_test

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

func at(sec int64) *time.Time {
	t := epoch.Add(time.Duration(sec) * time.Second)
	return &t
}

func touch(id string, stage int, names ...string) seq.JourneyTouchpoint {
	t := seq.JourneyTouchpoint{ID: id, Stage: stage}
	for _, n := range names {
		t.Match = append(t.Match, seq.Matcher{Event: seq.Names{n}})
	}
	return t
}

// plainJourney counts one period the slow way: from the words of seq.JourneyCounts.
func plainJourney(q seq.Journey, people [][]ev, from, to int64) (seq.JourneyCounts, map[[2]int][]int64) {
	type visit struct {
		tp, stage int
		t         int64
		journey   int
	}
	out := seq.JourneyCounts{Stages: make([]seq.StageCounts, q.Stages), Touchpoints: make([]seq.TouchpointCounts, len(q.Touchpoints))}
	edges := map[[2]int][]int64{}
	gaps := make([][]int64, len(q.Touchpoints))
	idle := q.Idle.Millis() / 1000
	for _, list := range people {
		var visits []visit
		var values []int64
		for _, e := range list {
			if e.t < from || e.t >= to {
				continue
			}
			if e.name == "won" {
				values = append(values, e.t)
			}
			for i, tp := range q.Touchpoints {
				if slices.ContainsFunc(tp.Match, func(m seq.Matcher) bool { return slices.Contains(m.Event, e.name) }) {
					j := 0
					if n := len(visits); n > 0 {
						if j = visits[n-1].journey; e.t-visits[n-1].t >= idle {
							j++
						}
					}
					visits = append(visits, visit{i, tp.Stage, e.t, j})
					break
				}
			}
		}
		if len(visits) == 0 {
			continue
		}
		out.People++
		out.Journeys += int64(visits[len(visits)-1].journey + 1)
		for tp := range q.Touchpoints {
			c, first, onward := &out.Touchpoints[tp], -1, false
			for i, v := range visits {
				if v.tp != tp {
					continue
				}
				if c.Visits++; first < 0 {
					first = i
				}
				if i == 0 || visits[i-1].journey != v.journey {
					c.Entries++
				}
				if last := i+1 == len(visits); last && to-v.t >= idle || !last && visits[i+1].journey != v.journey {
					c.Exits++
				}
				for j := i + 1; j < len(visits); j++ {
					if v.stage == q.Stages-1 {
						onward = onward || visits[j].journey == v.journey
					} else {
						onward = onward || visits[j].stage > v.stage
					}
				}
				for j := i + 1; j < len(visits) && visits[j].journey == v.journey; j++ {
					if visits[j].tp != tp {
						gaps[tp] = append(gaps[tp], visits[j].t-v.t)
						if j == i+1 {
							edges[[2]int{tp, visits[j].tp}] = append(edges[[2]int{tp, visits[j].tp}], visits[j].t-v.t)
						}
						break
					}
				}
			}
			if first >= 0 {
				c.People++
				for _, t := range values {
					if t >= visits[first].t {
						c.ValueCount++
						c.Value += 2.5
					}
				}
			}
			if onward {
				c.Onward++
			}
		}
		for s := range out.Stages {
			c, onward, next := &out.Stages[s], false, false
			first := slices.IndexFunc(visits, func(v visit) bool { return v.stage == s })
			if first < 0 {
				continue
			}
			c.People++
			for _, v := range visits[first:] {
				onward, next = onward || v.stage > s, next || v.stage == s+1
			}
			if onward {
				c.Onward++
			}
			if next {
				c.Next++
			}
			for _, t := range values {
				if t >= visits[first].t {
					c.ValueCount++
					c.Value += 2.5
				}
			}
		}
	}
	for tp, g := range gaps {
		if len(g) > 0 {
			out.Touchpoints[tp].MedianSeconds = middleOf(g)
		}
	}
	return out, edges
}

func middleOf(list []int64) *float64 {
	slices.Sort(list)
	m := float64(list[(len(list)-1)/2]+list[len(list)/2]) / 2
	return &m
}

func TestJourneyCounts(t *testing.T) {
	q := seq.Journey{
		Stages:      3,
		Touchpoints: []seq.JourneyTouchpoint{touch("a", 0, "A"), touch("b", 1, "B", "A"), touch("c", 1, "C"), touch("d", 2, "D")},
		Value:       &seq.Measure{Matcher: seq.Matcher{Event: seq.Names{"won"}}, Property: "properties.total"},
		Buckets:     4,
	}
	q.From, q.To = at(10), at(20)
	rapid.Check(t, func(t *rapid.T) {
		q.Idle = seq.Duration(time.Duration(rapid.IntRange(2, 8).Draw(t, "idle")) * time.Second)
		var people [][]ev
		var events []event.Event
		for p := range rapid.IntRange(1, 3).Draw(t, "people") {
			list := drawEvents(t, []string{"A", "B", "C", "D", "won", "x"}, 12)
			for i := range list {
				list[i].t = list[i].t * 2 // 0 to 24: before, in and after the range
			}
			people = append(people, list)
			for _, e := range person(string(rune('p'+p)), list) {
				if e.Name == "won" {
					e.Fields = []event.Field{{Path: "properties.total", Value: event.NumberValue(2.5)}}
				}
				events = append(events, e)
			}
		}
		w := world(scatter(t, events)...)
		a, err := exec.New(w, w).Journey(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		now, edges := plainJourney(q, people, 10, 20)
		before, _ := plainJourney(q, people, 0, 10)
		sameCounts(t, "now", a.Now, now)
		sameCounts(t, "before", a.Before, before)
		if len(a.Edges) != len(edges) {
			t.Fatalf("%d edges, want %d", len(a.Edges), len(edges))
		}
		for _, e := range a.Edges {
			want := edges[[2]int{e.From, e.To}]
			if e.Count != int64(len(want)) || e.MedianSeconds != *middleOf(want) {
				t.Fatalf("edge %+v, want %v", e, want)
			}
		}
	})
}

func sameCounts(t *rapid.T, when string, got, want seq.JourneyCounts) {
	if got.People != want.People || got.Journeys != want.Journeys {
		t.Fatalf("%s: people %d journeys %d, want %d %d", when, got.People, got.Journeys, want.People, want.Journeys)
	}
	for i, g := range got.Stages {
		if w := want.Stages[i]; g != w {
			t.Fatalf("%s: stage %d: %+v, want %+v", when, i, g, w)
		}
	}
	for i, g := range got.Touchpoints {
		w := want.Touchpoints[i]
		if (g.MedianSeconds == nil) != (w.MedianSeconds == nil) || g.MedianSeconds != nil && *g.MedianSeconds != *w.MedianSeconds {
			t.Fatalf("%s: touchpoint %d: median differs", when, i)
		}
		var visits int64
		for _, n := range g.Series {
			visits += n
		}
		if visits != g.Visits {
			t.Fatalf("%s: touchpoint %d: the series adds up to %d of %d visits", when, i, visits, g.Visits)
		}
		got := [...]float64{float64(g.People), float64(g.Visits), float64(g.Entries), float64(g.Exits), float64(g.Onward), g.Value, float64(g.ValueCount)}
		wanted := [...]float64{float64(w.People), float64(w.Visits), float64(w.Entries), float64(w.Exits), float64(w.Onward), w.Value, float64(w.ValueCount)}
		if got != wanted {
			t.Fatalf("%s: touchpoint %d: people visits entries exits onward value count: %v, want %v", when, i, got, wanted)
		}
	}
}

func TestJourneyDetails(t *testing.T) {
	list := person("p", []ev{{"ask", 0}, {"ask", 60}, {"buy", 120}, {"nps", 130}, {"nps", 140}, {"look", 150}, {"Identify", 160}})
	list[1].Fields = []event.Field{{Path: "properties.outcome", Value: event.StringValue("failed")}}
	list[2].Fields = []event.Field{{Path: "properties.late", Value: event.BoolValue(true)}}
	list[3].Fields = []event.Field{{Path: "properties.score", Value: event.NumberValue(9)}}
	list[4].Fields = []event.Field{{Path: "properties.score", Value: event.NumberValue(9)}}
	list[6].Kind = event.Identify
	w := world(list)
	q := seq.Journey{Stages: 1, Touchpoints: []seq.JourneyTouchpoint{touch("ask", 0, "ask"), touch("buy", 0, "buy")}}
	q.Touchpoints[0].Match[0].FirstTime = true
	q.Touchpoints[1].Failure = []seq.Matcher{{Event: seq.Names{"buy"}, Where: "properties.late"}}
	q.Touchpoints[1].Score = &seq.Measure{Matcher: seq.Matcher{Event: seq.Names{"nps"}}, Property: "properties.score"}
	a, err := exec.New(w, w).Journey(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	ask, buy := a.Now.Touchpoints[0], a.Now.Touchpoints[1]
	if ask.Visits != 1 || ask.Failures != 0 || *ask.MedianSeconds != 120 {
		t.Errorf("the first ask only, which did not fail: %+v", ask)
	}
	if buy.Failures != 1 || !slices.Equal(buy.Scores, []float64{9}) || !slices.Equal(buy.ScoreCounts, []int64{2}) || buy.Exits != 1 {
		t.Errorf("one late buy and two answers of 9: %+v", buy)
	}
	if len(a.Unmapped) != 2 || a.Unmapped[0].Name != "ask" || a.Unmapped[1].Name != "look" {
		t.Errorf("unmapped: the second ask and look, not nps nor identify: %+v", a.Unmapped)
	}
	if a.Before.People != 0 || a.Meta.Actors != 1 {
		t.Errorf("before %+v, meta %+v", a.Before, a.Meta)
	}
}

// TestJourneyManyGaps holds the histogram to its promise: off by at most 0.8 %.
func TestJourneyManyGaps(t *testing.T) {
	var events []event.Event
	var gaps []int64
	for i := range 6000 {
		gap := int64(1 + i*i%9973)
		gaps = append(gaps, gap)
		events = append(events, person(time.Duration(i).String(), []ev{{"A", 0}, {"B", gap}})...)
	}
	w := world(events)
	a, err := exec.New(w, w).Journey(context.Background(), seq.Journey{Stages: 1, Touchpoints: []seq.JourneyTouchpoint{touch("a", 0, "A"), touch("b", 0, "B")}})
	if err != nil {
		t.Fatal(err)
	}
	want := *middleOf(gaps)
	if got := *a.Now.Touchpoints[0].MedianSeconds; math.Abs(got-want) > 0.008*want {
		t.Errorf("median %v, want %v ± 0.8 %%", got, want)
	}
	if got, want := *a.Now.Touchpoints[0].P90Seconds, float64(gaps[len(gaps)*9/10]); math.Abs(got-want) > 0.008*want {
		t.Errorf("p90 %v, want %v ± 0.8 %%", got, want)
	}
}

// TestJourneyWhere: touchpoints told apart by a condition count as those told apart by name, whether one property
// decides (which is looked up per distinct value) or several do.
func TestJourneyWhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawEvents(t, []string{"A", "B", "C", "x"}, 12)
		byName, byPath := person("p", list), person("p", list)
		for i := range byPath {
			if byPath[i].Name != "x" {
				byPath[i].Fields = []event.Field{{Path: "context.page.path", Value: event.StringValue("/" + byPath[i].Name)}}
			}
			byPath[i].Name = "page"
		}
		q := seq.Journey{Stages: 2, Idle: seq.Duration(4 * time.Second)}
		q.Touchpoints = []seq.JourneyTouchpoint{touch("a", 0, "A"), touch("b", 1, "B"), touch("c", 1, "C"), touch("rest", 1, "x")}
		want := counted(t, byName, q)
		for _, more := range []string{"", ` && kind == "track"`} {
			where := q
			where.Touchpoints = nil
			for _, tp := range q.Touchpoints {
				m := seq.Matcher{Event: seq.Names{"page"}, Where: `context.page.path.endsWith("` + tp.Match[0].Event[0] + `")` + more}
				if tp.ID == "rest" {
					m.Where = "!has(context.page.path)" + more
				}
				where.Touchpoints = append(where.Touchpoints, seq.JourneyTouchpoint{ID: tp.ID, Stage: tp.Stage, Match: []seq.Matcher{m}})
			}
			if got := counted(t, byPath, where); got != want {
				t.Fatalf("where …%q:\n%s\nwant\n%s", more, got, want)
			}
		}
	})
}

func counted(t *rapid.T, events []event.Event, q seq.Journey) string {
	w := world(events)
	a, err := exec.New(w, w).Journey(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal([]any{a.Now, a.Edges, a.Unmapped})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
