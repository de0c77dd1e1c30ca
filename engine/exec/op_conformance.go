package exec

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

const (
	variantsDefault = 20
	examplesDefault = 5
	deviationsKept  = 200
	placesKept      = 20
	movesKept       = 300
)

// conformance is a question made ready.
type conformance struct {
	q        seq.Conformance
	graph    *runGraph
	journey  *journey
	window   event.Window // what is asked for; traces are read from before it
	idle     event.Millis
	variants int
	examples int
}

// Conformance lays actors' traces over a model; seq.Conformance says what each figure means. It works in two passes: over
// the actors, folding traces that read the same into variants; then over the variants, aligning each once.
func (e *Engine) Conformance(ctx context.Context, q seq.Conformance) (*seq.ConformanceAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	graph, err := newRunGraph(q.Model)
	if err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	c := &conformance{q: q, graph: graph, window: s.window(q.Scope), variants: cmp.Or(q.Variants, variantsDefault), examples: cmp.Or(q.Examples, examplesDefault)}
	c.idle = event.Millis(cmp.Or(q.Idle, idleDefault).Millis())
	if err := s.visitsOf(c); err != nil {
		return nil, err
	}
	sc, err := s.scan(q.Scope, event.Window{From: earliestMillis, To: c.window.To})
	if err != nil {
		return nil, err
	}
	names := newNameTable(s.snap)
	var layouts []*layout
	if err := guarded(func() error { layouts = c.journey.layouts(sc); return nil }); err != nil {
		return nil, err
	}
	runs, sum, err := walk(ctx, sc, func(w *worker) *conformRun {
		return &conformRun{c: c, j: newJourneyRun(c.journey, w, names, layouts)}
	}, (*conformRun).visit)
	if err != nil {
		return nil, err
	}
	total, err := c.alignAll(ctx, runs)
	if err != nil {
		return nil, err
	}
	a := total.answer()
	for _, r := range runs[1:] {
		runs[0].j.add(r.j)
	}
	for _, r := range runs {
		a.Traces += r.traces
		a.Open += r.open
		a.People += r.people
	}
	a.Unmapped = runs[0].j.unmappedEvents()
	sum.actors = runs[0].j.actors
	a.Meta = s.meta(sum)
	return a, nil
}

// visitsOf prepares to find the visits, as a journey map of one stage does.
func (s *session) visitsOf(c *conformance) (err error) {
	q := seq.Journey{Stages: 1, Buckets: 1}
	for _, t := range c.q.Model.Touchpoints {
		q.Touchpoints = append(q.Touchpoints, seq.JourneyTouchpoint{ID: t.ID, Match: t.Match, Failure: t.Failure})
	}
	if c.journey, err = s.journey(q); err != nil {
		var bad *seq.Invalid
		if errors.As(err, &bad) {
			return &seq.Invalid{Field: "model." + bad.Field, Reason: bad.Reason}
		}
		return err
	}
	c.journey.now = c.window
	return nil
}

// alignAll aligns the variants of all cores' tables, shard by shard.
func (c *conformance) alignAll(ctx context.Context, runs []*conformRun) (*conformSum, error) {
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	sums := make([]*conformSum, runtime.GOMAXPROCS(0))
	for i := range sums {
		sums[i] = newConformSum(c)
		group.Go(func() error {
			for k := int(next.Add(1)) - 1; k < variantShards; k = int(next.Add(1)) - 1 {
				table := &runs[0].tables[k]
				for _, r := range runs[1:] {
					table.add(&r.tables[k], c.examples)
				}
				for n := range table.list {
					if n&1023 == 0 && ctx.Err() != nil {
						return ctx.Err()
					}
					sums[i].add(&table.list[n])
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, x := range sums[1:] {
		sums[0].merge(x)
	}
	return sums[0], nil
}

func fitness(cost, length, run int) float64 {
	if length+run == 0 {
		return 1
	}
	return 1 - float64(cost)/float64(length+run)
}
