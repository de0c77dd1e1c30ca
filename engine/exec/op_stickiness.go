package exec

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"time"

	"wend.dev/wend/engine/seq"
)

// Stickiness counts on how many periods of the range actors are active; docs/questions.md says what that means.
func (e *Engine) Stickiness(ctx context.Context, q seq.Stickiness) (*seq.StickinessAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if len(q.Series) == 0 {
		q.Series = []seq.Matcher{{Event: seq.Names{"*"}}}
	}
	for i, m := range q.Series {
		if _, err := s.plan.Matcher(m, fmt.Sprintf("series[%d]", i)); err != nil {
			return nil, err
		}
	}
	c, err := newCalendar(q.Calendar, cmp.Or(q.Interval, "day"))
	if err != nil {
		return nil, err
	}
	p, err := s.periods(c, s.window(q.Scope), 0, "interval")
	if err != nil {
		return nil, err
	}
	sc, err := s.scan(q.Scope, p.window(s.window(q.Scope)))
	if err != nil {
		return nil, err
	}
	runs, total, err := pass(ctx, sc, manner{loose: true}, func(w *worker) *stickyRun { return newStickyRun(p, w, len(q.Series)) })
	if err != nil {
		return nil, err
	}
	sum := runs[0]
	for _, o := range runs[1:] {
		sum.add(o)
	}
	out := sum.answer(q.Series)
	out.Meta = s.meta(total)
	return out, nil
}

// stickyRun is one core's work.
type stickyRun struct {
	p     *periods
	w     *worker
	lines []stickyLine
}

// stickyLine is what is counted of one line.
type stickyLine struct {
	set    []uint64 // periods of the actor at hand
	counts []int64  // per number of periods, from 0
	active columns  // per period
}

func newStickyRun(p *periods, w *worker, lines int) *stickyRun {
	run := &stickyRun{p: p, w: w}
	for range lines {
		run.lines = append(run.lines, stickyLine{make([]uint64, (p.len()+63)/64), make([]int64, p.len()+1), newColumns(p.len())})
	}
	return run
}

func (run *stickyRun) brief(int64) {}

func (run *stickyRun) visit(a *actor) {
	if run.w.begin(a) {
		run.take(run.w.hits(a, false))
	}
}

func (run *stickyRun) take(h []hit) {
	for i := range run.lines {
		clear(run.lines[i].set)
	}
	for _, x := range h {
		at := run.p.of(x.t)
		for mask := x.mask; mask != 0; mask &= mask - 1 {
			setBit(run.lines[bits.TrailingZeros64(mask)].set, at)
		}
	}
	for i := range run.lines {
		l := &run.lines[i]
		n := 0
		for _, w := range l.set {
			n += bits.OnesCount64(w)
		}
		l.counts[n]++
		l.active.add(l.set)
	}
}

func (run *stickyRun) add(o *stickyRun) {
	for i := range run.lines {
		addTo(run.lines[i].counts, o.lines[i].counts)
		run.lines[i].active.merge(&o.lines[i].active)
	}
}

func (run *stickyRun) answer(series []seq.Matcher) *seq.StickinessAnswer {
	out := &seq.StickinessAnswer{Starts: []string{}, Complete: run.p.complete}
	for _, at := range run.p.starts {
		out.Starts = append(out.Starts, at.Format(time.RFC3339))
	}
	for i, m := range series {
		l := &run.lines[i]
		l.active.spill()
		line := seq.StickinessLine{Name: m.Label(), Counts: l.counts[1:], Active: l.active.counts[:run.p.len()]}
		for _, n := range line.Counts {
			line.Actors += n
		}
		out.Series = append(out.Series, line)
	}
	return out
}
