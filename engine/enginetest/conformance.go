package enginetest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wend.dev/wend/engine/seq"
)

// conformance reads the steps of the model: A is made at touchpoint A, which events called A reach; A/B at either of two;
// A? is optional. touch=id:matcher says otherwise how events reach a touchpoint, or adds one that no step has;
// fail=id:matcher is a failure; loop=B>A, branch=A>B/C name steps or touchpoints.
//
// The answer reads like a map's: any of
//
//	traces 3 open=1 people=3 clean=1 clean_open=0 fitness=0.9 run=4 variants=2
//	missing 1 traces=1              each type; also ad_hoc, out_of_order, failed
//	missing:B 1 traces=1            a deviation, by step, or by touchpoint for the other types
//	missing:B@A>C 1                 where it happened; ^ is the beginning, $ the end
//	step:B done=2 missing=1         touch:B visits=2 planned=2
//	"A (B) +X ~C D!" 1 cost=4       a variant: (missing) +ad_hoc ~out_of_order failed!, and … if it is open
//	unmapped:look 1 people=1
//
// with figures; what the script does not name is not looked at.
func (s *script) conformance(b *block, q *question) error {
	c := seq.Conformance{Scope: q.scope(), Idle: q.duration("idle"), Variants: q.number("variants"), Examples: q.number("examples")}
	stage := seq.ModelStage{ID: "all"}
	for _, w := range q.matchers {
		id, optional := strings.CutSuffix(w, "?")
		stage.Steps = append(stage.Steps, seq.ModelStep{ID: id, Optional: optional, Touchpoints: strings.Split(id, "/")})
		for _, t := range strings.Split(id, "/") {
			if touchpointAt(c.Model, t) < 0 {
				c.Model.Touchpoints = append(c.Model.Touchpoints, seq.ModelTouchpoint{ID: t, Match: []seq.Matcher{matcher(t)}})
			}
		}
	}
	c.Model.Stages = []seq.ModelStage{stage}
	for _, t := range q.all("touch") {
		id, m, _ := strings.Cut(t, ":")
		i := touchpointAt(c.Model, id)
		if i < 0 {
			i = len(c.Model.Touchpoints)
			c.Model.Touchpoints = append(c.Model.Touchpoints, seq.ModelTouchpoint{ID: id})
		}
		c.Model.Touchpoints[i].Match = []seq.Matcher{matcher(m)}
	}
	for _, t := range q.all("fail") {
		id, m, _ := strings.Cut(t, ":")
		i := touchpointAt(c.Model, id)
		if i < 0 {
			return fmt.Errorf("fail names no touchpoint: %q", t)
		}
		c.Model.Touchpoints[i].Failure = append(c.Model.Touchpoints[i].Failure, matcher(m))
	}
	for _, l := range q.all("loop") {
		from, to, _ := strings.Cut(l, ">")
		c.Model.Loops = append(c.Model.Loops, seq.ModelLoop{From: from, To: to})
	}
	for _, l := range q.all("branch") {
		from, to, _ := strings.Cut(l, ">")
		c.Model.Branches = append(c.Model.Branches, seq.ModelBranch{From: from, To: strings.Split(to, "/")})
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Conformance(context.Background(), c)
	if err != nil {
		return err
	}
	all := conformanceLines(c.Model, a)
	for _, l := range b.body {
		w := words(l.text)
		name := unquote(w[0])
		if w = w[1:]; len(w) > 0 && !strings.Contains(w[0], "=") {
			w[0] = "count=" + w[0]
		}
		if err := figures(w, all[name]); err != nil {
			return fmt.Errorf("line %d: %s: %w; there are %v", l.n, name, err, variantsOf(c.Model, a))
		}
	}
	return nil
}

func touchpointAt(m seq.Model, id string) int {
	return slices.IndexFunc(m.Touchpoints, func(t seq.ModelTouchpoint) bool { return t.ID == id })
}

// conformanceLines names every figure of an answer.
func conformanceLines(m seq.Model, a *seq.ConformanceAnswer) map[string]map[string]*float64 {
	steps := m.Steps()
	var mean float64
	for i, v := range a.FitnessValues {
		mean += v * float64(a.FitnessCounts[i]) / float64(a.Traces)
	}
	all := map[string]map[string]*float64{"traces": {
		"count": num(a.Traces), "open": num(a.Open), "people": num(a.People), "clean": num(a.Clean), "clean_open": num(a.CleanOpen),
		"fitness": num(mean), "run": num(a.RunLength), "variants": num(a.VariantCount),
	}}
	for _, t := range a.Types {
		all[t.Type] = map[string]*float64{"count": num(t.Count), "traces": num(t.Traces)}
	}
	step := func(i int, none string) string {
		if i < 0 {
			return none
		}
		return steps[i].ID
	}
	for _, d := range a.Deviations {
		name := d.Type + ":" + step(d.Step, "")
		if d.Type != "missing" {
			name = d.Type + ":" + m.Touchpoints[d.Touchpoint].ID
		}
		all[name] = map[string]*float64{"count": num(d.Count), "traces": num(d.Traces), "step": num(d.Step), "examples": num(len(d.Examples))}
		for _, p := range d.Places {
			all[name+"@"+step(p.After, "^")+">"+step(p.Before, "$")] = map[string]*float64{"count": num(p.Count), "traces": num(p.Traces)}
		}
	}
	for i, x := range a.Steps {
		all["step:"+steps[i].ID] = map[string]*float64{"done": num(x.Done), "missing": num(x.Missing), "out_of_order": num(x.OutOfOrder)}
	}
	for i, x := range a.Touchpoints {
		all["touch:"+m.Touchpoints[i].ID] = map[string]*float64{"visits": num(x.Visits), "planned": num(x.Planned), "ad_hoc": num(x.AdHoc), "out_of_order": num(x.OutOfOrder), "failed": num(x.Failed)}
	}
	for _, v := range a.Variants {
		clean := 0
		if v.Clean {
			clean = 1
		}
		all[Alignment(m, v.Moves, v.Open)] = map[string]*float64{"count": num(v.Count), "cost": num(v.Cost), "fitness": num(v.Fitness), "clean": num(clean), "length": num(v.Length)}
	}
	for _, u := range a.Unmapped {
		all["unmapped:"+u.Name] = map[string]*float64{"count": num(u.Count), "people": num(u.People)}
	}
	return all
}

func variantsOf(m seq.Model, a *seq.ConformanceAnswer) (out []string) {
	for _, v := range a.Variants {
		out = append(out, Alignment(m, v.Moves, v.Open))
	}
	return out
}

// Alignment writes moves as scripts do: "A (B) +X ~C D!", with … behind if the trace is open.
func Alignment(m seq.Model, moves []seq.TraceMove, open bool) string {
	steps := m.Steps()
	var words []string
	for _, x := range moves {
		w := "(" + steps[max(x.Step, 0)].ID + ")"
		if x.Kind != "missing" {
			w = map[string]string{"ad_hoc": "+", "out_of_order": "~"}[x.Kind] + m.Touchpoints[x.Touchpoint].ID
		}
		if x.Failed {
			w += "!"
		}
		words = append(words, w)
	}
	if open {
		words = append(words, "…")
	}
	return strings.Join(words, " ")
}
