package journey

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
)

// ConformQuery asks how well customers follow a journey, or a plan that comes with the question.
type ConformQuery struct {
	seq.Scope
	Journey  string       `json:"journey,omitempty" maxLength:"64" doc:"Id of the journey that is the plan"`
	Version  int          `json:"version,omitempty" minimum:"0" doc:"A published version of it; default the journey as it stands"`
	Model    *seq.Model   `json:"model,omitempty" doc:"A plan of your own, instead of journey"`
	Persona  string       `json:"persona,omitempty" maxLength:"64" doc:"Only customers in this persona's segment"`
	Idle     seq.Duration `json:"idle,omitempty" doc:"A silence this long ends a trace; default the journey's own, else 45d"`
	Variants int          `json:"variants,omitempty" doc:"Variants in the answer, the most frequent first; 1 to 200, default 20"`
	Examples int          `json:"examples,omitempty" doc:"Traces that show each deviation, and actors of each variant; 1 to 20, default 5"`
}

// ConformAnswer tells how well the plan and what customers did fit. All rates carry their counts and a 95 % interval.
type ConformAnswer struct {
	Journey      string                      `json:"journey,omitempty" doc:"Id"`
	Version      int                         `json:"version,omitempty" doc:"The one asked for"`
	Title        string                      `json:"title,omitempty" doc:"The journey's"`
	Actor        string                      `json:"actor" enum:"profile,account"`
	Model        seq.Model                   `json:"model" doc:"The plan; the answer numbers its touchpoints, and its steps through all stages, from 0"`
	Unseen       []seq.ModelStep             `json:"unseen" doc:"Steps of the journey that no event tells of, or not always: nobody is blamed for leaving them out. Those that no event ever tells of are not in model"`
	RunLength    int                         `json:"run_length" doc:"Visits of the shortest full run of the plan"`
	Traces       int64                       `json:"traces" doc:"Journeys whose last visit lies in the range"`
	Open         int64                       `json:"open" doc:"Those of them that are under way; they are not blamed for what they have not reached"`
	People       int64                       `json:"people" doc:"Actors behind the traces"`
	Fitness      insight.Estimate            `json:"fitness" doc:"Mean over the traces of 1 − cost / (trace length + run length)"`
	Spread       []int64                     `json:"spread" doc:"Traces by fitness: ten slices of 0.1, the last with 1"`
	Clean        insight.Rate                `json:"clean" doc:"Traces without any deviation, of all"`
	CleanOpen    int64                       `json:"clean_open" doc:"Those of the clean ones that are under way"`
	Types        []ConformType               `json:"types" doc:"The four types: missing, ad_hoc, out_of_order, failed"`
	Steps        []seq.StepConformance       `json:"steps" doc:"Per step of the model"`
	Touchpoints  []seq.TouchpointConformance `json:"touchpoints" doc:"Per touchpoint of the model"`
	Deviations   []ConformDeviation          `json:"deviations" doc:"Those found in most traces first; at most 200"`
	Variants     []ConformVariant            `json:"variants" doc:"The most frequent first"`
	VariantCount int64                       `json:"variant_count" doc:"Distinct variants; an open trace and a closed one are never the same"`
	Unmapped     []seq.UnmappedEvent         `json:"unmapped" doc:"Frequent events that no touchpoint matches"`
	Meta         seq.Meta                    `json:"meta"`
}

// ConformType is a type of deviation with its share.
type ConformType struct {
	seq.DeviationType
	Share insight.Rate `json:"share" doc:"Traces in which it happened, of all"`
}

// ConformDeviation is a deviation with its share.
type ConformDeviation struct {
	seq.Deviation
	Share insight.Rate `json:"share" doc:"Traces in which it happened, of all"`
}

// ConformVariant is a variant with its share.
type ConformVariant struct {
	seq.TraceVariant
	Share insight.Rate `json:"share" doc:"Traces that read so, of all"`
}

// Conform asks the engine how well what customers did fits a journey, or with q.Model that model; then j is nil and the
// library is not looked at. Errors are the engine's (a *seq.Invalid for a matcher or filter that cannot be), or a
// *seq.Invalid for a persona that is unknown or has no segment, and for a journey of which no event tells.
func Conform(ctx context.Context, e engine.Engine, j *Journey, lib Library, q ConformQuery) (*ConformAnswer, error) {
	ask := seq.Conformance{Scope: q.Scope, Idle: q.Idle, Variants: q.Variants, Examples: q.Examples}
	out := &ConformAnswer{Journey: q.Journey, Version: q.Version, Unseen: []seq.ModelStep{}}
	if q.Model != nil {
		ask.Model = *q.Model
	} else {
		if ask.Actor == "" {
			ask.Actor = j.Spec.Actor
		}
		if ask.Idle == 0 {
			ask.Idle = j.Spec.Idle
		}
		out.Title = orWords(j.Metadata.Title, j.Metadata.ID)
		if ask.Model, out.Unseen = newLayout(j, lib).model(); len(ask.Model.Touchpoints) == 0 {
			return nil, &seq.Invalid{Field: "journey", Reason: fmt.Sprintf("no touchpoint of %q has a matcher, so no event tells what customers do", j.Metadata.ID)}
		}
	}
	if ask.Actor == "" {
		ask.Actor = "profile"
	}
	var err error
	if ask.Scope, err = lib.only(q.Persona, ask.Scope); err != nil {
		return nil, err
	}
	got, err := e.Conformance(ctx, ask)
	if err != nil {
		return nil, fmt.Errorf("cannot lay traces over the plan: %w", err)
	}
	if len(got.Steps) != len(ask.Model.Steps()) || len(got.Touchpoints) != len(ask.Model.Touchpoints) {
		return nil, errors.New("the engine answered for another plan than was asked")
	}
	out.Actor, out.Model = ask.Actor, ask.Model
	out.fill(got)
	return out, nil
}

// fill puts the engine's counts in, and an interval to each rate.
func (a *ConformAnswer) fill(got *seq.ConformanceAnswer) {
	a.RunLength, a.Traces, a.Open, a.People, a.CleanOpen = got.RunLength, got.Traces, got.Open, got.People, got.CleanOpen
	a.Fitness = insight.Mean(insight.Sample{Values: got.FitnessValues, Counts: got.FitnessCounts})
	a.Spread = make([]int64, 10)
	for i, v := range got.FitnessValues {
		a.Spread[min(int(v*10), 9)] += got.FitnessCounts[i]
	}
	a.Clean = insight.NewRate(got.Clean, got.Traces)
	a.Steps, a.Touchpoints, a.VariantCount, a.Unmapped, a.Meta = got.Steps, got.Touchpoints, got.VariantCount, got.Unmapped, got.Meta
	a.Types, a.Deviations, a.Variants = []ConformType{}, []ConformDeviation{}, []ConformVariant{}
	for _, t := range got.Types {
		a.Types = append(a.Types, ConformType{t, insight.NewRate(t.Traces, got.Traces)})
	}
	for _, d := range got.Deviations {
		a.Deviations = append(a.Deviations, ConformDeviation{d, insight.NewRate(d.Traces, got.Traces)})
	}
	for _, v := range got.Variants {
		a.Variants = append(a.Variants, ConformVariant{v, insight.NewRate(v.Count, got.Traces)})
	}
}

// model is the plan of the map as far as events can tell of it. A step with a touchpoint that cannot be observed may have
// been made there, and one whose other way of a branch cannot be observed may have been passed by: both become optional.
// A step without any touchpoint that can be observed is left out.
func (l *layout) model() (m seq.Model, unseen []seq.ModelStep) {
	unseen = []seq.ModelStep{}
	for _, p := range l.places {
		if p.observable() {
			m.Touchpoints = append(m.Touchpoints, seq.ModelTouchpoint{ID: p.id, Title: p.title(), Match: p.tp.Spec.Match, Failure: p.tp.Spec.Failure})
		}
	}
	for _, stage := range l.journey.Spec.Stages {
		out := seq.ModelStage{ID: stage.ID, Title: stage.title(), Steps: []seq.ModelStep{}}
		for _, step := range stage.Steps {
			s := seq.ModelStep{ID: step.ID, Title: step.title(), Optional: step.Optional, Touchpoints: slices.DeleteFunc(slices.Clone(step.Touchpoints), l.hidden)}
			if blind := len(s.Touchpoints) < len(step.Touchpoints) || len(step.Touchpoints) == 0 || l.passedUnseen(step); blind && !step.Optional {
				s.Optional = true
				unseen = append(unseen, s)
			}
			if len(s.Touchpoints) > 0 {
				out.Steps = append(out.Steps, s)
			}
		}
		m.Stages = append(m.Stages, out)
	}
	l.jumps(&m)
	return m, unseen
}

// hidden says whether no event tells of what a branch or loop names: a touchpoint, or all those of a step.
func (l *layout) hidden(name string) bool {
	if i, ok := l.index[name]; ok {
		return !l.places[i].observable()
	}
	for _, s := range l.steps {
		if s.step.ID == name {
			return !slices.ContainsFunc(s.step.Touchpoints, func(id string) bool { return !l.hidden(id) })
		}
	}
	return true
}

// passedUnseen says whether a step is one way of a branch that has another one which is hidden.
func (l *layout) passedUnseen(step Step) bool {
	return slices.ContainsFunc(l.journey.Spec.Branches, func(b Branch) bool {
		way := func(name string) bool { return name == step.ID || slices.Contains(step.Touchpoints, name) }
		return slices.ContainsFunc(b.To, way) && slices.ContainsFunc(b.To, func(name string) bool { return !way(name) && l.hidden(name) })
	})
}

// jumps puts in the branches and loops, without what is hidden.
func (l *layout) jumps(m *seq.Model) {
	for _, b := range l.journey.Spec.Branches {
		to := slices.DeleteFunc(slices.Clone(b.To), l.hidden)
		if !l.hidden(b.From) && len(to) > 0 {
			m.Branches = append(m.Branches, seq.ModelBranch{From: b.From, To: to})
		}
	}
	for _, p := range l.journey.Spec.Loops {
		if !l.hidden(p.From) && !l.hidden(p.To) {
			m.Loops = append(m.Loops, seq.ModelLoop{From: p.From, To: p.To})
		}
	}
}
