package journey

import (
	"math"
	"slices"

	"wend.dev/wend/insight"
)

// curves are the three ways of knowing how it feels. They stand beside each other and are never blended:
//
//   - assumed: what the map's makers guessed, one curve per persona drawn. The mean of a stage's guesses. It has no
//     interval, because nobody was asked.
//   - reported: what customers answered. Per stage the pooled mean of all answers about its touchpoints, with the lowest
//     answer of each scale at −1 and the highest at 1 (insight.Normal, insight.Pool).
//   - observed: what customers did; see behaviour.
func (a *answering) curves() []Curve {
	var out []Curve
	for _, persona := range a.assumedFor() {
		out = append(out, a.assumed(persona))
	}
	reported, seen := Curve{Kind: "reported"}, Curve{Kind: "observed"}
	for i := range a.journey.Spec.Stages {
		reported.Points = append(reported.Points, a.reported(i))
		seen.Points = append(seen.Points, a.behaviour(i))
	}
	return append(out, reported, seen)
}

// assumedFor lists the personas that the map's emotions are drawn for, in the order in which they first appear.
func (a *answering) assumedFor() (out []string) {
	for _, e := range a.journey.Spec.Emotions {
		if !slices.Contains(out, e.Persona) {
			out = append(out, e.Persona)
		}
	}
	return out
}

func (a *answering) assumed(persona string) Curve {
	c := Curve{Kind: "assumed", Persona: persona}
	for i, st := range a.journey.Spec.Stages {
		var sum, n float64
		for _, e := range a.journey.Spec.Emotions {
			here := e.Step == st.ID || slices.ContainsFunc(st.Steps, func(s Step) bool { return s.ID == e.Step })
			if e.Persona == persona && here {
				sum, n = sum+e.Assumed, n+1
			}
		}
		p := Point{Stage: a.journey.Spec.Stages[i].ID, Evidence: Evidence{Grade: "assumed"}}
		if n > 0 {
			mean := sum / n
			p.Value = &mean
		}
		c.Points = append(c.Points, p)
	}
	return c
}

// reported pools the answers about a stage. A question that several touchpoints share is taken once.
func (a *answering) reported(stage int) Point {
	var parts []insight.Estimate
	var age *float64
	var taken []*Score
	for _, i := range a.stagePlaces(stage) {
		p := a.places[i]
		if p.tp == nil || p.tp.Spec.Score == nil || slices.ContainsFunc(taken, p.tp.Spec.Score.same) {
			continue
		}
		if e, ok := insight.Normal(p.tp.Spec.Score.Scale, answers(a.now.Touchpoints[i])); ok {
			parts, taken = append(parts, e), append(taken, p.tp.Spec.Score)
			age = freshest(age, lastSeen(a.now.Touchpoints[i].Series, a.out.From, a.out.To, a.at))
		}
	}
	return a.point(stage, insight.Pool(parts...), "reported", age)
}

// same says whether two scores read the same answers.
func (s *Score) same(o *Score) bool {
	return slices.Equal(s.Event, o.Event) && s.Where == o.Where && s.Property == o.Property && s.Scale == o.Scale
}

// behaviour is the observed index of a stage, from −1 to 1: twice the mean of these shares, minus 1.
//
//   - visits that did not fail, of all visits of the stage's touchpoints;
//   - actors that went on to any later stage, of all actors of the stage;
//   - visits after which the journey did not end for good, of all visits.
//
// In the last stage (that can be observed) leaving is the plan, so there only the first counts. 1 means that nothing failed and all went on,
// −1 that everything failed and nobody did. It says how smoothly the stage goes, not what anybody feels, and it is not
// comparable between stages as a grade of people's mood: a stage that few go on from is low by its nature. Compare it
// with its own past. The interval joins the Wilson intervals of the shares by the squares of their widths (MOVER, Zou
// and Donner 2008, Statistics in Medicine 27:1693–1702), as if they were independent. N is the stage's visits.
func (a *answering) behaviour(stage int) Point {
	var visits, failures, exits int64
	var age *float64
	for _, i := range a.stagePlaces(stage) {
		c := a.now.Touchpoints[i]
		visits, failures, exits = visits+c.Visits, failures+c.Failures, exits+c.Exits
		age = freshest(age, lastSeen(c.Series, a.out.From, a.out.To, a.at))
	}
	if visits == 0 {
		return a.point(stage, insight.Estimate{}, "observed", nil)
	}
	shares := []insight.Rate{insight.NewRate(visits-min(failures, visits), visits)}
	if a.seen(stage+1, len(a.journey.Spec.Stages)-1) {
		c := a.now.Stages[stage]
		shares = append(shares, insight.NewRate(c.Onward, c.People), insight.NewRate(visits-min(exits, visits), visits))
	}
	k := float64(len(shares))
	var mean, low, high float64
	for _, s := range shares {
		mean += s.Rate / k
		low += (s.Rate - s.Low) * (s.Rate - s.Low)
		high += (s.High - s.Rate) * (s.High - s.Rate)
	}
	v := 2*mean - 1
	return a.point(stage, insight.Estimate{Value: v, Low: v - 2*math.Sqrt(low)/k, High: v + 2*math.Sqrt(high)/k, N: visits}, "observed", age)
}

func (a *answering) point(stage int, e insight.Estimate, grade string, age *float64) Point {
	p := Point{Stage: a.journey.Spec.Stages[stage].ID}
	if e.N == 0 {
		p.Evidence = Evidence{Grade: "assumed"}
		return p
	}
	low, high := max(e.Low, -1), min(e.High, 1)
	p.Value, p.Low, p.High = &e.Value, &low, &high
	p.Evidence = observed(grade, e.N, age)
	return p
}
