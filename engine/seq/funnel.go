package seq

import (
	"fmt"
	"strings"
	"time"
)

const week = Duration(7 * 24 * time.Hour)

// Validate finds what is wrong with the question's form. CEL is looked at when the engine compiles it.
func (q Funnel) Validate() error {
	var c check
	c.scope(q.Scope, "first_touch", "last_touch", "all_events", "step")
	c.count("steps", len(q.Steps), 1, 30)
	for i, s := range q.Steps {
		c.matcher(fmt.Sprintf("steps[%d]", i), s.Matcher)
	}
	if len(q.Steps) > 0 && q.Steps[0].Optional {
		c.fail("steps[0].optional", "the first step starts the chain and can't be optional")
	}
	c.positive("window", q.Window)
	c.oneOf("order", q.Order, "ordered", "strict", "any")
	c.oneOf("entry", q.Entry, "latest", "first")
	c.oneOf("window_from", q.WindowFrom, "entry", "previous")
	c.oneOf("count", q.Count, "actors", "entries")
	c.oneOf("preset", q.Preset, "posthog", "mixpanel", "clickhouse")
	c.ties(q)
	c.count("exclusions", len(q.Exclusions), 0, 20)
	for i, x := range q.Exclusions {
		f := fmt.Sprintf("exclusions[%d]", i)
		c.names(f+".event", x.Event)
		c.text(f+".where", x.Where)
		switch {
		case x.FromStep < 1 || x.FromStep > len(q.Steps):
			c.fail(f+".from_step", "is %d; steps count from 1 to %d", x.FromStep, len(q.Steps))
		case x.ToStep > len(q.Steps):
			c.fail(f+".to_step", "is %d; the last step is %d", x.ToStep, len(q.Steps))
		case x.FromStep >= x.ToStep:
			c.fail(f+".to_step", "is %d; it must be after from_step, which is %d", x.ToStep, x.FromStep)
		}
	}
	if b := q.Breakdown; b != nil && b.Attribution == "step" && (b.Step < 1 || b.Step > len(q.Steps)) {
		c.fail("breakdown.step", "is %d; steps count from 1 to %d", b.Step, len(q.Steps))
	}
	if q.Order == "any" {
		c.anyOrder(q)
	}
	if t := q.Trend; t != nil {
		c.inside("trend", t.validate())
	}
	return c.done()
}

func (c *check) ties(q Funnel) {
	_, isGrace := strings.CutPrefix(q.Ties, "grace:")
	if !isGrace {
		c.oneOf("ties", q.Ties, "any", "strict", "grace:2s")
		return
	}
	if _, err := q.Grace(); err != nil {
		c.fail("ties", "%v", err)
	}
	if q.Order == "strict" {
		c.fail("ties", "a grace has no meaning with strict order; use any or strict")
	}
}

// anyOrder refuses what has no meaning when steps come in whatever order.
func (c *check) anyOrder(q Funnel) {
	for i, s := range q.Steps {
		if s.Optional {
			c.fail(fmt.Sprintf("steps[%d].optional", i), "has no meaning with order any")
		}
	}
	if q.WindowFrom == "previous" {
		c.fail("window_from", "order any has one window for all steps; leave it at entry")
	}
	if q.Ties == "strict" {
		c.fail("ties", "order any takes events in whatever order; leave ties at any")
	}
	if q.Count == "entries" {
		c.fail("count", "order any has no single entry step; count actors")
	}
}

// Grace is the span of ties "grace:SPAN", zero for the other settings of Ties.
func (q Funnel) Grace() (Duration, error) {
	s, ok := strings.CutPrefix(q.Ties, "grace:")
	if !ok {
		return 0, nil
	}
	return ParseDuration(s)
}

// Defaults is the question with every option filled in: first as its preset says, then as the design's defaults.
func (q Funnel) Defaults() Funnel {
	fill := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	if q.Preset == "mixpanel" {
		fill(&q.Entry, "first")
		if q.Order == "" || q.Order == "ordered" {
			fill(&q.Ties, "grace:2s")
		}
	}
	fill(&q.Order, "ordered")
	fill(&q.Entry, "latest")
	fill(&q.Ties, "any")
	fill(&q.WindowFrom, "entry")
	fill(&q.Count, "actors")
	if q.Window == 0 {
		q.Window = week
	}
	if q.Breakdown != nil {
		b := *q.Breakdown
		fill(&b.Attribution, "first_touch")
		if b.Limit == 0 {
			b.Limit = 10
		}
		q.Breakdown = &b
	}
	return q
}
