package exec

import (
	"context"
	"errors"
	"slices"
	"sort"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// This is the front of the drivers: what success is, and until when each actor's events are looked at. What can be
// compared is found in drivers_field.go, counted in drivers_count.go, and made the answer of in drivers_answer.go.

// drivers is a question made ready, its defaults filled in. The steps are the plan's first matchers; of a score it is
// the only one.
type drivers struct {
	q        seq.Drivers
	funnel   *funnel // nil for a score
	from, to event.Millis
	won      int64
	lost     int64
	support  int64
	times    []int64 // of the successes from entry to outcome, ascending; with exposure matched only
}

// Drivers counts which events and property values go with success; docs/questions.md says what that means.
func (e *Engine) Drivers(ctx context.Context, q seq.Drivers) (*seq.DriverCounts, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	d, err := s.drivers(q.Defaults())
	if err != nil {
		return nil, err
	}
	w := s.window(q.Scope)
	d.from, d.to = w.From, w.To
	narrow, err := s.scan(q.Scope, w)
	if err != nil {
		return nil, err
	}
	sums, total, err := walk(ctx, narrow, func(w *worker) *outcomes { return newOutcomes(d, w) }, (*outcomes).visit)
	if err != nil {
		return nil, err
	}
	sum := sums[0]
	for _, o := range sums[1:] {
		sum.add(o)
	}
	out := sum.answer(d)
	if out.Won > 0 && out.Lost > 0 {
		before := w
		if before.From = w.From - event.Millis(d.q.LookBack.Millis()); before.From > w.From {
			before.From = w.From // an open start stays one
		}
		wide := newScan(s.snap, narrow.crowd, &s.plan, before)
		wide.accounts, wide.only = narrow.accounts, narrow.only
		list, scanned, err := d.count(ctx, wide)
		if err != nil {
			return nil, err
		}
		out.Candidates = list
		total.scanned += scanned
	}
	out.Meta = s.meta(total)
	return out, nil
}

// drivers compiles the steps or the score.
func (s *session) drivers(q seq.Drivers) (*drivers, error) {
	d := &drivers{q: q}
	if q.Score != nil {
		_, err := s.plan.Matcher(q.Score.Matcher, "score")
		return d, err
	}
	f := seq.Funnel{Window: q.Funnel.Window, Entry: "first"}
	for _, m := range q.Funnel.Steps[:q.Funnel.ToStep] {
		f.Steps = append(f.Steps, seq.FunnelStep{Matcher: m})
	}
	var err error
	if d.funnel, err = s.funnel(f.Defaults()); err != nil {
		if invalid := (*seq.Invalid)(nil); errors.As(err, &invalid) {
			return nil, &seq.Invalid{Field: "funnel." + invalid.Field, Reason: invalid.Reason}
		}
	}
	return d, err
}

// outcome is how it went for one actor.
type outcome struct {
	in    bool // it is compared
	open  bool // its window ends after the range
	won   bool
	entry hit          // the step that it came from; of a score the answer
	at    event.Millis // the entry's time, or the answer's
	cut   event.Millis // events before this are looked at
	took  int64        // of a success in a funnel, from entry to outcome
}

// judge finds an actor's outcome from its hits. The last rows of hits may be reused by the next call.
func (d *drivers) judge(w *worker, j *judging, a *actor) (o outcome) {
	h := w.hits(a, false)
	for len(h) > 0 && h[0].t < d.from { // looked back at, but no step counts there
		h = h[1:]
	}
	if len(h) == 0 {
		return o
	}
	if d.funnel == nil {
		return d.answered(w, h)
	}
	clear(j.tally.count)
	for i := range j.tally.gaps {
		j.tally.gaps[i] = j.tally.gaps[i][:0] // not looked at
	}
	j.solve.run(h, j.tally)
	from := d.q.Funnel.FromStep - 1
	if j.tally.count[from] == 0 {
		return o
	}
	chain := j.solve.best
	o.entry = h[chain[from]]
	o.at = o.entry.t
	ends := h[chain[0]].t + d.funnel.window // the window's last instant
	if o.open = ends >= d.to; o.open {
		return o
	}
	o.in, o.won = true, j.tally.count[d.funnel.n-1] > 0
	if o.won {
		o.took = int64(h[chain[d.funnel.n-1]].t - o.at)
	}
	switch {
	case d.q.Exposure == "entry":
		o.cut = o.at
	case o.won:
		o.cut = o.at + event.Millis(o.took)
	case d.q.Exposure == "window":
		o.cut = ends + 1
	case len(d.times) > 0:
		o.cut = o.at + event.Millis(d.times[share64(a.id, len(d.times))])
	}
	return o
}

// answered is the outcome by the latest hit that carries a number.
func (d *drivers) answered(w *worker, h []hit) (o outcome) {
	for i := len(h) - 1; i >= 0; i-- {
		x := h[i]
		n, ok := fieldNumber(w.scan.snap.Blocks[x.block], d.q.Score.Property, x.row)
		if !ok {
			continue
		}
		o.in, o.entry, o.at, o.cut = true, x, x.t, x.t
		if t := d.q.Score.AtLeast; t != nil {
			o.won = n >= *t
		} else {
			o.won = n <= *d.q.Score.AtMost
		}
		break
	}
	return o
}

// share64 spreads ids evenly over 0 ≤ i < n, each id always to the same place: the finalizer of SplitMix64 (Steele, Lea
// and Flood 2014), then the high word of a product.
func share64(id uint64, n int) int {
	id = (id ^ id>>30) * 0xbf58476d1ce4e5b9
	id = (id ^ id>>27) * 0x94d049bb133111eb
	id ^= id >> 31
	return int((id >> 32) * uint64(n) >> 32)
}

// judging is the memory of judge.
type judging struct {
	solve *solver
	tally *tally
}

func newJudging(d *drivers) *judging {
	if d.funnel == nil {
		return &judging{}
	}
	return &judging{newSolver(d.funnel), newTally(d.funnel)}
}

// outcomes is one core's count of how it went.
type outcomes struct {
	d               *drivers
	w               *worker
	judging         *judging
	won, lost, open int64
	times           []int64
}

func newOutcomes(d *drivers, w *worker) *outcomes {
	return &outcomes{d: d, w: w, judging: newJudging(d)}
}

func (s *outcomes) visit(a *actor) {
	if !s.w.begin(a) {
		return
	}
	o := s.d.judge(s.w, s.judging, a)
	switch {
	case o.open:
		s.open++
	case !o.in:
	case !o.won:
		s.lost++
	default:
		s.won++
		if s.d.funnel != nil {
			s.times = append(s.times, o.took)
		}
	}
}

func (s *outcomes) add(o *outcomes) {
	s.won += o.won
	s.lost += o.lost
	s.open += o.open
	s.times = append(s.times, o.times...)
}

// answer tells the totals, and leaves in d what the count of candidates needs.
func (s *outcomes) answer(d *drivers) *seq.DriverCounts {
	out := &seq.DriverCounts{Won: s.won, Lost: s.lost, Open: s.open, Candidates: []seq.DriverCandidate{}}
	n := s.won + s.lost
	out.Support = max(1, min(25, (n+49)/50))
	d.won, d.lost, d.support = s.won, s.lost, out.Support
	if len(s.times) > 0 {
		slices.Sort(s.times)
		seconds := quantile(slices.Clone(s.times), 0.5) / 1000
		out.MedianSeconds = &seconds
	}
	if d.q.Exposure == "matched" {
		d.times = s.times
	}
	return out
}

// before cuts a span to its rows in from ≤ t < cut.
func before(times []event.Millis, p span, from, cut event.Millis) (lo, hi uint32) {
	rows := times[p.lo:p.hi]
	a := sort.Search(len(rows), func(i int) bool { return rows[i] >= from })
	b := a + sort.Search(len(rows)-a, func(i int) bool { return rows[a+i] >= cut })
	return p.lo + uint32(a), p.lo + uint32(b)
}
