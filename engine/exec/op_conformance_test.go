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

// model reads steps as "A B/C D?"; touchpoints match events of their names. Those of the letters A to D and X that no step
// names are known and never planned.
func model(steps string) (m seq.Model) {
	var stage seq.ModelStage
	know := func(id string) {
		if !slices.ContainsFunc(m.Touchpoints, func(t seq.ModelTouchpoint) bool { return t.ID == id }) {
			m.Touchpoints = append(m.Touchpoints, seq.ModelTouchpoint{ID: id, Match: []seq.Matcher{{Event: seq.Names{id}}}})
		}
	}
	for i, w := range strings.Fields(steps) {
		id, optional := strings.CutSuffix(w, "?")
		stage.Steps = append(stage.Steps, seq.ModelStep{ID: fmt.Sprint("s", i), Optional: optional, Touchpoints: strings.Split(id, "/")})
		for _, t := range strings.Split(id, "/") {
			know(t)
		}
	}
	for _, t := range []string{"A", "B", "C", "D", "X"} {
		know(t)
	}
	m.Stages = []seq.ModelStage{stage}
	return m
}

func drawModel(t *rapid.T, most int) seq.Model {
	step := rapid.SampledFrom([]string{"A", "B", "C", "D", "A?", "B?", "C?", "D?", "A/B", "B/C", "C/D?", "A/C", "B/C/D"})
	m := model(strings.Join(rapid.SliceOfN(step, 1, most).Draw(t, "steps"), " "))
	names := []string{"s0"}
	for i, s := range m.Steps() {
		if names = append(names, s.Touchpoints...); i > 0 {
			names = append(names, s.ID)
		}
	}
	name := rapid.SampledFrom(names)
	for range rapid.IntRange(0, 2).Draw(t, "loops") {
		m.Loops = append(m.Loops, seq.ModelLoop{From: name.Draw(t, "from"), To: name.Draw(t, "to")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "branches") {
		m.Branches = append(m.Branches, seq.ModelBranch{From: name.Draw(t, "from"), To: rapid.SliceOfN(name, 1, 3).Draw(t, "ways")})
	}
	return m
}

// whole is what a trace must come to.
type whole struct {
	letters []string
	failed  []bool
	open    bool
}

// tracesOf cuts what one actor did by the words of seq.Conformance; times are seconds.
func tracesOf(list []ev, failed map[int]bool, from, to, idle int64) (out []whole) {
	var w *whole
	last := int64(0)
	done := func() {
		if w != nil && last >= from {
			w.open = to-last < idle
			out = append(out, *w)
		}
	}
	for i, e := range list {
		if e.t >= to || !strings.Contains("ABCDX", e.name) {
			continue
		}
		if w == nil || e.t-last >= idle {
			done()
			w = &whole{}
		}
		if n := len(w.letters); n > 0 && w.letters[n-1] == e.name {
			w.failed[n-1] = w.failed[n-1] || failed[i]
		} else {
			w.letters, w.failed = append(w.letters, e.name), append(w.failed, failed[i])
		}
		last = e.t
	}
	done()
	return out
}

// expected is the totals of some traces, as text.
func expected(ref modelRef, traces []whole) string {
	values, clean, open, failures, costs, run := map[string]int{}, 0, 0, 0, 0, ref.cost(nil, false)
	for _, w := range traces {
		cost := ref.cost(w.letters, w.open)
		costs += cost
		values[fmt.Sprintf("%.9f", 1-float64(cost)/float64(len(w.letters)+run))]++
		n := 0
		for _, f := range w.failed {
			if f {
				n++
			}
		}
		if failures += n; n == 0 && cost == 0 {
			clean++
		}
		if w.open {
			open++
		}
	}
	return fmt.Sprint(len(traces), " open ", open, " clean ", clean, " failed ", failures, " cost ", costs, " run ", run, " ", values)
}

// got is the same of an answer.
func got(a *seq.ConformanceAnswer) string {
	values, count := map[string]int{}, map[string]int64{}
	for i, v := range a.FitnessValues {
		values[fmt.Sprintf("%.9f", v)] = int(a.FitnessCounts[i])
	}
	for _, t := range a.Types {
		count[t.Type] = t.Count
	}
	costs := count["missing"] + count["ad_hoc"] + 2*count["out_of_order"]
	return fmt.Sprint(a.Traces, " open ", a.Open, " clean ", a.Clean, " failed ", count["failed"], " cost ", costs, " run ", a.RunLength, " ", values)
}

// TestConformanceReference: random models, random people, events over several blocks and under several profiles.
func TestConformanceReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := seq.Conformance{Model: drawModel(t, 5), Idle: seq.Duration(time.Duration(rapid.IntRange(1, 8).Draw(t, "idle")) * time.Second), Variants: 200}
		ref := modelRef{q.Model, q.Model.Steps()}
		from, to := int64(0), int64(14)
		if rapid.Bool().Draw(t, "ranged") {
			from, to = rapid.Int64Range(0, 6).Draw(t, "from"), rapid.Int64Range(7, 30).Draw(t, "to")
			q.From = at(from)
		}
		q.To = at(to)
		var events []event.Event
		var traces []whole
		merged := map[event.ProfileID]event.ProfileID{}
		for p := range rapid.IntRange(1, 4).Draw(t, "people") {
			list := drawEvents(t, []string{"A", "B", "C", "D", "X", "look"}, 9)
			failed := map[int]bool{}
			id := fmt.Sprint("u", p)
			device := event.AnonymousProfile(id)
			split := rapid.Bool().Draw(t, "device") && !ties(list)
			for i, e := range person(id, list) {
				if rapid.IntRange(0, 5).Draw(t, "fails") == 0 {
					failed[i] = true
					e.Fields = []event.Field{{Path: "properties.outcome", Value: event.StringValue("failed")}}
				}
				if split && i%2 == 0 {
					e.Profile, merged[device] = device, event.UserProfile(id)
				}
				events = append(events, e)
			}
			traces = append(traces, tracesOf(list, failed, from, to, time.Duration(q.Idle).Milliseconds()/1000)...)
		}
		w := world(scatter(t, events)...)
		w.Merged = merged
		a, err := exec.New(w, w).Conformance(context.Background(), q)
		if !ref.completes()[spot{}] {
			if err == nil || !strings.Contains(err.Error(), "model.branches") {
				t.Fatalf("a model without a full run: %v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := expected(ref, traces); got(a) != want {
			t.Fatalf("answers %s\nwant    %s\n%+v", got(a), want, a.Variants)
		}
		checkVariants(t, ref, a, traces)
		checkCounts(t, a)
	})
}

func ties(list []ev) bool {
	for i := range list {
		if i > 0 && list[i].t == list[i-1].t {
			return true
		}
	}
	return false
}

// checkVariants: every variant spells a trace, its moves cost what it says, and they are a run of the model.
func checkVariants(t *rapid.T, ref modelRef, a *seq.ConformanceAnswer, traces []whole) {
	read := map[string]int64{}
	for _, w := range traces {
		read[spell(w)]++
	}
	for _, v := range a.Variants {
		w := whole{open: v.Open}
		cost, optional := 0, 0
		for _, m := range v.Moves {
			if (m.Kind == "missing" || m.Kind == "out_of_order") && ref.steps[m.Step].Optional {
				optional++
			}
			cost += map[string]int{"missing": 1, "ad_hoc": 1, "out_of_order": 2}[m.Kind]
			if m.Kind != "missing" {
				w.letters, w.failed = append(w.letters, ref.m.Touchpoints[m.Touchpoint].ID), append(w.failed, m.Failed)
			}
		}
		text := enginetest.Alignment(ref.m, v.Moves, v.Open)
		_, fewest := ref.cheapest(w.letters, w.open)
		switch {
		case optional != fewest:
			t.Fatalf("%s: misses %d optional steps, need be %d", text, optional, fewest)
		case read[spell(w)] != v.Count:
			t.Fatalf("%s: counted %d times, there are %d", text, v.Count, read[spell(w)])
		case cost != v.Cost || v.Length != len(w.letters):
			t.Fatalf("%s: its moves cost %d, it says %d; length %d", text, cost, v.Cost, v.Length)
		case v.Fitness < 0 || v.Fitness > 1 || v.Clean != (cost == 0 && !slices.Contains(w.failed, true)):
			t.Fatalf("%s: fitness %v, clean %v", text, v.Fitness, v.Clean)
		case !slices.ContainsFunc(v.Moves, func(m seq.TraceMove) bool { return m.Kind == "out_of_order" }) && !ref.isRun(v.Moves, v.Open):
			t.Fatalf("%s: is no run of %+v", text, ref.m)
		}
		delete(read, spell(w))
	}
	if len(read) > 0 || a.VariantCount != int64(len(a.Variants)) {
		t.Fatalf("no variant reads %v; %d of them", read, a.VariantCount)
	}
}

func spell(w whole) string { return fmt.Sprint(w.letters, w.failed, w.open) }

// checkCounts: types, deviations, places, steps and touchpoints tell the same story.
func checkCounts(t *rapid.T, a *seq.ConformanceAnswer) {
	type sum struct{ missing, adHoc, disorder, failed int64 }
	var types, deviations, touchpoints sum
	into := func(s *sum, kind string, n int64) {
		*map[string]*int64{"missing": &s.missing, "ad_hoc": &s.adHoc, "out_of_order": &s.disorder, "failed": &s.failed}[kind] += n
	}
	for _, x := range a.Types {
		into(&types, x.Type, x.Count)
	}
	for _, d := range a.Deviations {
		into(&deviations, d.Type, d.Count)
		var places int64
		for _, p := range d.Places {
			if places += p.Count; p.Traces > d.Traces {
				t.Fatalf("a place has more traces than its deviation: %+v", d)
			}
		}
		if places != d.Count && len(d.Places) < 20 || d.Traces > d.Count || len(d.Examples) == 0 {
			t.Fatalf("%+v", d)
		}
		for _, x := range d.Examples {
			if !slices.ContainsFunc(x.Moves, func(m seq.TraceMove) bool {
				return m.Step == d.Step && m.Touchpoint == d.Touchpoint && (m.Kind == d.Type || m.Failed && d.Type == "failed")
			}) {
				t.Fatalf("%s of step %d is not in its example %+v", d.Type, d.Step, x)
			}
		}
	}
	for _, p := range a.Touchpoints {
		touchpoints.adHoc, touchpoints.disorder, touchpoints.failed = touchpoints.adHoc+p.AdHoc, touchpoints.disorder+p.OutOfOrder, touchpoints.failed+p.Failed
		if p.Visits != p.Planned+p.AdHoc+p.OutOfOrder {
			t.Fatalf("visits do not add up: %+v", p)
		}
	}
	touchpoints.missing = types.missing
	if types != deviations || types != touchpoints {
		t.Fatalf("types %+v, deviations %+v, touchpoints %+v", types, deviations, touchpoints)
	}
}

// TestReferenceByWords holds the reference itself to the words: the runs of small models, listed one by one.
func TestReferenceByWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t, 2)
		ref := modelRef{m, m.Steps()}
		trace := rapid.SliceOfN(rapid.SampledFrom([]string{"A", "B", "C", "X"}), 0, 2).Draw(t, "trace")
		open := rapid.Bool().Draw(t, "open")
		if !ref.completes()[spot{}] {
			return
		}
		if a, b := ref.cost(trace, open), ref.byWords(trace, open, 6); a != b {
			t.Fatalf("%v: %d, by words %d", trace, a, b)
		}
	})
}

// askConformance asks about people who each did what the letters of a word say, an hour apart.
func askConformance(t testing.TB, q seq.Conformance, people ...string) *seq.ConformanceAnswer {
	t.Helper()
	var events []event.Event
	for p, word := range people {
		var list []ev
		for i, letter := range strings.Split(word, "") {
			list = append(list, ev{letter, int64(i * 3600)})
		}
		events = append(events, person(fmt.Sprint("p", p), list)...)
	}
	w := world(events)
	a, err := exec.New(w, w).Conformance(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestConformanceExamples: the latest traces of the most frequent variants that show it, each variant in turn.
func TestConformanceExamples(t *testing.T) {
	q := seq.Conformance{Model: model("A B C"), Examples: 3}
	a := askConformance(t, q, "AC", "AC", "ABC", "AXC", "AC", "ABC")
	d := a.Deviations[0]
	if d.Type != "missing" || d.Traces != 4 || len(d.Examples) != 3 {
		t.Fatalf("%+v", d)
	}
	moves := func(x seq.Trace) string { return enginetest.Alignment(q.Model, x.Moves, x.Open) }
	if got := []string{moves(d.Examples[0]), moves(d.Examples[1]), moves(d.Examples[2])}; fmt.Sprint(got) != "[A (s1) C A +X (s1) C A (s1) C]" {
		t.Errorf("%v", got)
	}
	if d.Examples[0].Last != "2026-01-01T01:00:00.000Z" || d.Examples[0].Actor == d.Examples[2].Actor {
		t.Errorf("%+v", d.Examples)
	}
	one := askConformance(t, q, "AC")
	if n := len(one.Deviations[0].Examples); n != 1 {
		t.Errorf("one trace, %d examples", n)
	}
	if v := a.Variants[0]; v.Count != 3 || len(v.Examples) != 3 || v.Open {
		t.Errorf("%+v", v)
	}
	q.Variants, q.Examples = 1, 1
	if a := askConformance(t, q, "AC", "AC", "ABC"); len(a.Variants) != 1 || a.VariantCount != 2 || len(a.Variants[0].Examples) != 1 {
		t.Errorf("%+v", a.Variants)
	}
}

// TestConformanceEmpty: nobody there is an answer too, with lists and not null.
func TestConformanceEmpty(t *testing.T) {
	w := world()
	a, err := exec.New(w, w).Conformance(context.Background(), seq.Conformance{Model: model("A B")})
	if err != nil || a.Traces != 0 || a.RunLength != 2 || len(a.Steps) != 2 || a.Variants == nil || a.Deviations == nil || a.FitnessValues == nil || a.Unmapped == nil {
		t.Errorf("%+v %v", a, err)
	}
}

// TestConformanceLong: a map of sixty touchpoints and traces of two thousand visits are aligned exactly.
func TestConformanceLong(t *testing.T) {
	q, traces := wide(60, 2000)
	w := world(traces)
	a, err := exec.New(w, w).Conformance(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	ref := modelRef{q.Model, q.Model.Steps()}
	var letters []string
	for _, e := range traces {
		if n := len(letters); n == 0 || letters[n-1] != e.Name {
			letters = append(letters, e.Name)
		}
	}
	if v := a.Variants[0]; v.Length != len(letters) || len(v.Moves) != 300 {
		t.Fatalf("%d visits, %d moves", v.Length, len(v.Moves))
	}
	if got, want := a.Variants[0].Cost, ref.forward(letters); got != want {
		t.Errorf("cost %d, want %d", got, want)
	}
}
