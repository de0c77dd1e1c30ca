package main

import (
	"context"
	"errors"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
)

// conformed is how long it took to hold traces against a plan.
type conformed struct {
	Traces    int64   `json:"traces"`
	Variants  int64   `json:"variants"`
	Clean     int64   `json:"clean"`
	Millis    float64 `json:"millis"`
	Processor float64 `json:"processor"`
}

// perMillion is what a million such traces would take.
func (c conformed) perMillion(took float64) float64 { return took * 1e6 / float64(max(1, c.Traces)) }

// plan is what somebody plans who sells: the rarer events in the order that they are hoped for, about five visits to a trace.
var plan = []struct {
	event    string
	optional bool
}{
	{"Newsletter Joined", true}, {"Account Created", true}, {"Product Added", false}, {"Coupon Applied", true}, {"Checkout Started", false},
	{"Order Completed", false}, {"Delivery Tracked", true}, {"Review Read", true}, {"Survey Answered", true}, {"Friend Referred", true},
}

// unplanned are touchpoints that no step names.
var unplanned = []string{"Support Requested", "Order Returned"}

const conformTouchpoints = 12

func conformQuestion() seq.Conformance {
	var m seq.Model
	touch := func(name string) {
		m.Touchpoints = append(m.Touchpoints, seq.ModelTouchpoint{ID: name, Match: []seq.Matcher{named(name)}})
	}
	stage := seq.ModelStage{ID: "all"}
	for _, p := range plan {
		touch(p.event)
		stage.Steps = append(stage.Steps, seq.ModelStep{ID: "at " + p.event, Optional: p.optional, Touchpoints: []string{p.event}})
	}
	for _, name := range unplanned {
		touch(name)
	}
	m.Stages = []seq.ModelStage{stage}
	m.Loops = []seq.ModelLoop{{From: "Checkout Started", To: "Product Added"}}
	return seq.Conformance{Model: m}
}

// conform measures it. Every trace must have a fitness.
func conform(ctx context.Context, e *exec.Engine) (c conformed, err error) {
	var a *seq.ConformanceAnswer
	took, err := measured(ownProcessorTime, func() (err error) { a, err = e.Conformance(ctx, conformQuestion()); return err })
	if err != nil {
		return c, err
	}
	sum := int64(0)
	for _, n := range a.FitnessCounts {
		sum += n
	}
	if sum != a.Traces || a.Traces == 0 {
		return c, errors.New("the conformance's traces and its fitness values do not add up")
	}
	return conformed{a.Traces, a.VariantCount, a.Clean, took.median, took.processor}, nil
}
