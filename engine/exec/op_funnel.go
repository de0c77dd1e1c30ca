package exec

import (
	"context"
	"fmt"
	"slices"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// funnel is a funnel question made ready: step k (from 0) is matcher k, exclusion j is matcher len(steps)+j.
type funnel struct {
	q        seq.Funnel
	n        int    // steps
	steps    uint64 // bits of the steps
	bars     uint64 // bits of the exclusions
	optional uint64 // bits of the optional steps
	window   event.Millis
	grace    event.Millis // -1 without ties grace
	strict   bool         // order strict
	ties     bool         // ties any or grace: events at one instant may be taken in any order
	previous bool         // the window is measured from the step before
	simple   bool         // solved by one pass with a state per step, see solver.plain
	bitmaps  *bitmaps     // the engine's
	who      *funnelWho   // the chains that are looked for, see op_funnel_who.go; nil for none
	cuts     *cuts        // the intervals in which chains begin; nil for none
}

// Funnel counts how many actors went through the steps in turn; docs/questions.md says what that means.
func (e *Engine) Funnel(ctx context.Context, q seq.Funnel) (*seq.FunnelAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	f, err := s.funnel(q.Defaults())
	if err != nil {
		return nil, err
	}
	w := s.window(q.Scope)
	if f.cuts, err = s.cuts(f.q, w); err != nil {
		return nil, err
	}
	sc, err := s.scan(q.Scope, w)
	if err != nil {
		return nil, err
	}
	runs, total, err := f.runs(ctx, sc)
	if err != nil {
		return nil, err
	}
	sum := runs[0]
	for _, r := range runs[1:] {
		sum.add(r)
	}
	a := &seq.FunnelAnswer{Steps: sum.all.counts(f), Excluded: sum.all.excluded, Series: sum.series(f)}
	a.Overall, a.Trend = sum.all.overall(), sum.all.trend()
	a.Meta = s.meta(total)
	return a, nil
}

// runs walks over the actors.
func (f *funnel) runs(ctx context.Context, sc *scan) ([]*funnelRun, *worker, error) {
	how := manner{slow: f.q.Breakdown != nil || f.strict}
	if f.simple && f.cuts == nil {
		how.need = 0b11 // nobody goes further than the first step without an event of the second
	}
	if f.simple && f.cuts == nil && !f.q.Times {
		how.bits = func(block int) *bitFunnel { return sc.bitFunnel(f.bitmaps, block, f.n) }
	}
	runs, total, err := pass(ctx, sc, how, func(w *worker) *funnelRun { return newFunnelRun(f, w) })
	f.bitmaps.trim(sc.snap.Blocks)
	return runs, total, err
}

// funnel compiles the steps and exclusions of a question that has its defaults filled in.
func (s *session) funnel(q seq.Funnel) (*funnel, error) {
	f := &funnel{bitmaps: &s.engine.bitmaps, q: q, n: len(q.Steps), window: event.Millis(q.Window.Millis()), grace: -1}
	for i, st := range q.Steps {
		if _, err := s.plan.Matcher(st.Matcher, fmt.Sprintf("steps[%d]", i)); err != nil {
			return nil, err
		}
		f.steps |= 1 << i
		if st.Optional {
			f.optional |= 1 << i
		}
	}
	for i, x := range q.Exclusions {
		m := seq.Matcher{Event: x.Event, Where: x.Where}
		n, err := s.plan.Matcher(m, fmt.Sprintf("exclusions[%d]", i))
		if err != nil {
			return nil, err
		}
		f.bars |= 1 << n
	}
	if q.Ties != "any" && q.Ties != "strict" {
		g, err := q.Grace()
		if err != nil {
			return nil, &seq.Invalid{Field: "ties", Reason: err.Error()}
		}
		f.grace = event.Millis(g.Millis())
	}
	f.strict, f.ties, f.previous = q.Order == "strict", q.Ties != "strict", q.WindowFrom == "previous"
	f.simple = q.Order == "ordered" && q.Ties == "any" && !f.previous && f.bars == 0 && f.optional == 0 && q.Count == "actors"
	return f, nil
}

// funnelRun is one core's work on a funnel.
type funnelRun struct {
	w      *worker
	f      *funnel
	solve  *solver
	all    *tally
	groups map[string]*tally // by breakdown value
	split  splitter
	maybe  []candidate // see bits
	ages   [batch]event.Millis
}

func newFunnelRun(f *funnel, w *worker) *funnelRun {
	return &funnelRun{w: w, f: f, solve: newSolver(f), all: newTally(f), groups: map[string]*tally{}}
}

func (r *funnelRun) take(h []hit) { r.solve.run(h, r.all) }

func (r *funnelRun) brief(n int64) { r.all.count[0] += n }

func (r *funnelRun) visit(a *actor) {
	if !r.w.begin(a) {
		return
	}
	h := r.w.hits(a, r.f.strict)
	if len(h) == 0 {
		return
	}
	r.solve.run(h, r.all)
	if r.f.q.Breakdown != nil {
		r.breakdown(a, h)
	}
}

func (r *funnelRun) add(o *funnelRun) {
	r.all.add(o.all)
	for v, t := range o.groups {
		r.group(v).add(t)
	}
}

func (r *funnelRun) group(value string) *tally {
	t := r.groups[value]
	if t == nil {
		t = newTally(r.f)
		r.groups[value] = t
	}
	return t
}

// tally is the figures of one funnel: all actors, or those of one breakdown value.
type tally struct {
	count    []int64
	gaps     [][]int64 // per step the times from the step before, milliseconds
	excluded int64
	more     *more // what else is asked for; nil for nothing
}

func newTally(f *funnel) *tally {
	t := &tally{count: make([]int64, f.n), gaps: make([][]int64, f.n)}
	if f.who != nil || f.q.Times || f.cuts != nil {
		t.more = &more{f: f}
	}
	return t
}

func (t *tally) add(o *tally) {
	for i := range t.count {
		t.count[i] += o.count[i]
		t.gaps[i] = append(t.gaps[i], o.gaps[i]...)
	}
	t.excluded += o.excluded
	if t.more != nil {
		t.more.add(o.more)
	}
}

// chain books one chain: at holds per step the hit it took, or -1.
func (t *tally) chain(h []hit, at []int32) {
	last := int32(-1)
	for k, i := range at {
		if i < 0 {
			continue
		}
		t.count[k]++
		if last >= 0 {
			t.gaps[k] = append(t.gaps[k], max(0, int64(h[i].t-h[last].t)))
		}
		last = i
	}
	if t.more != nil {
		t.more.chain(h, at)
	}
}

// counts makes the steps of the answer.
func (t *tally) counts(f *funnel) []seq.FunnelCount {
	out := make([]seq.FunnelCount, f.n)
	previous := int64(0)
	for k := range out {
		c := &out[k]
		c.Name, c.Count = f.q.Steps[k].Label(), t.count[k]
		if k == 0 {
			previous = c.Count
		}
		c.FromPrevious, c.FromFirst = share(c.Count, previous), share(c.Count, t.count[0])
		if f.optional&(1<<k) == 0 {
			previous = c.Count
		}
		c.MeanSeconds, c.MedianSeconds = meanAndMedian(t.gaps[k])
		if f.q.Times && k > 0 {
			c.Times = histogram(t.gaps[k])
		}
	}
	return out
}

func share(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// series makes the series of the answer: the largest first, the rest together as "other".
func (r *funnelRun) series(f *funnel) []seq.FunnelSeries {
	if f.q.Breakdown == nil {
		return nil
	}
	values := make([]string, 0, len(r.groups))
	for v, t := range r.groups {
		if t.count[0] > 0 {
			values = append(values, v)
		}
	}
	slices.SortFunc(values, func(a, b string) int {
		return byCount(r.groups[a].count[0], r.groups[b].count[0], a, b)
	})
	var out []seq.FunnelSeries
	rest := newTally(f)
	for i, v := range values {
		if i < f.q.Breakdown.Limit {
			out = append(out, r.groups[v].series(f, v))
		} else {
			rest.add(r.groups[v])
		}
	}
	if len(values) > f.q.Breakdown.Limit {
		last := rest.series(f, other)
		last.Other = true
		out = append(out, last)
	}
	return out
}

func (t *tally) series(f *funnel, value string) seq.FunnelSeries {
	return seq.FunnelSeries{Value: value, Steps: t.counts(f), Overall: t.overall(), Trend: t.trend()}
}

// byCount orders the larger count first, then by name.
func byCount(a, b int64, x, y string) int {
	switch {
	case a != b && a > b:
		return -1
	case a != b:
		return 1
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}
