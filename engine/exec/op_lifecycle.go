package exec

import (
	"cmp"
	"context"
	"math"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// lifecycle is a lifecycle question made ready. Its first period is the one before the range, which is not shown.
type lifecycle struct {
	p    *periods
	born uint64 // matcher whose first hit ever is when the actor was created
}

// Lifecycle counts how many actors are new, come again, come back or stay away; docs/questions.md says what that means.
func (e *Engine) Lifecycle(ctx context.Context, q seq.Lifecycle) (*seq.LifecycleAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	l, err := s.lifecycle(q)
	if err != nil {
		return nil, err
	}
	sc, err := s.scan(q.Scope, l.p.window(s.window(q.Scope)))
	if err != nil {
		return nil, err
	}
	sc.history = true
	runs, total, err := pass(ctx, sc, manner{need: 1, loose: true}, func(w *worker) *lifecycleRun { return newLifecycleRun(l, w) })
	if err != nil {
		return nil, err
	}
	sum := runs[0]
	for _, o := range runs[1:] {
		sum.add(o)
	}
	out := sum.answer()
	out.Meta = s.meta(total)
	return out, nil
}

// lifecycle compiles the matcher and lays out the periods.
func (s *session) lifecycle(q seq.Lifecycle) (*lifecycle, error) {
	any := seq.Matcher{Event: seq.Names{"*"}}
	match, l := any, &lifecycle{born: 1}
	if q.Match != nil {
		match = *q.Match
	}
	if _, err := s.plan.Matcher(match, "match"); err != nil {
		return nil, err
	}
	if len(match.Event) != 1 || match.Event[0] != "*" || match.Where != "" {
		if _, err := s.plan.Matcher(any, "match"); err != nil {
			return nil, err
		}
		l.born = 2
	}
	c, err := newCalendar(q.Calendar, cmp.Or(q.Interval, "week"))
	if err != nil {
		return nil, err
	}
	l.p, err = s.periods(c, s.window(q.Scope), 1, "interval")
	return l, err
}

// lifecycleRun is one core's work.
type lifecycleRun struct {
	l              *lifecycle
	w              *worker
	active, before []uint64 // the actor's periods, and the same one period later
	set            []uint64
	fresh          []int64 // per period
	returning      columns
	back           columns // active, and not in the period before: new or resurrecting
	dormant        columns
}

func newLifecycleRun(l *lifecycle, w *worker) *lifecycleRun {
	n := l.p.len()
	words := (n + 63) / 64
	return &lifecycleRun{l: l, w: w, active: make([]uint64, words), before: make([]uint64, words), set: make([]uint64, words),
		fresh: make([]int64, n), returning: newColumns(n), back: newColumns(n), dormant: newColumns(n)}
}

func (run *lifecycleRun) brief(int64) {}

func (run *lifecycleRun) visit(a *actor) {
	if run.w.begin(a) {
		run.take(run.w.hits(a, false))
	}
}

func (run *lifecycleRun) take(h []hit) {
	p := run.l.p
	clear(run.active)
	begin, born, last := p.edges[0], event.Millis(math.MaxInt64), -1
	for _, x := range h {
		if x.mask&run.l.born != 0 {
			born = min(born, x.t)
		}
		if x.t >= begin && x.mask&1 != 0 {
			last = p.of(x.t)
			setBit(run.active, last)
		}
	}
	if last < 0 {
		return
	}
	if born >= begin {
		if i := p.of(born); run.active[i>>6]>>(i&63)&1 != 0 {
			run.fresh[i]++
		}
	}
	shiftUp(run.before, run.active)
	clip(run.before, p.len())
	for i, w := range run.active {
		run.set[i] = w & run.before[i]
	}
	run.returning.add(run.set)
	for i, w := range run.active {
		run.set[i] = w &^ run.before[i]
	}
	run.back.add(run.set)
	for i, w := range run.active {
		run.set[i] = run.before[i] &^ w
	}
	run.dormant.add(run.set)
}

func (run *lifecycleRun) add(o *lifecycleRun) {
	addTo(run.fresh, o.fresh)
	run.returning.merge(&o.returning)
	run.back.merge(&o.back)
	run.dormant.merge(&o.dormant)
}

func (run *lifecycleRun) answer() *seq.LifecycleAnswer {
	run.returning.spill()
	run.back.spill()
	run.dormant.spill()
	out := &seq.LifecycleAnswer{Periods: []seq.LifecyclePeriod{}}
	for i := 1; i < run.l.p.len(); i++ {
		out.Periods = append(out.Periods, seq.LifecyclePeriod{
			Start: run.l.p.starts[i].Format(time.RFC3339), New: run.fresh[i], Returning: run.returning.counts[i],
			Resurrecting: run.back.counts[i] - run.fresh[i], Dormant: run.dormant.counts[i], Complete: i < run.l.p.complete,
		})
	}
	return out
}
