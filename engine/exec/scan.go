package exec

import (
	"context"
	"runtime"
	"slices"
	"sort"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// scan is one question's walk over a snapshot: what is matched, in which range, and for whom.
type scan struct {
	snap     *store.Snapshot
	crowd    *crowd
	plan     *plan.Plan
	tests    []*plan.Tests // per block
	window   event.Window
	inside   []bool    // per block: all its rows lie in the window
	outside  []bool    // per block: none does
	easy     []bool    // per block: neither a condition nor a filter is looked at
	named    [][]uint8 // per block and code: 1 if a matcher (of the first 64) names it
	accounts bool
	only     *population // whose events are looked at; nil: everybody's
	history  bool        // rows before the window are hits too, for those who were in it
	first    uint64      // bits of matchers that mean only the first such event ever
	paths    []string    // the trait paths, see plan.Traits
}

func newScan(snap *store.Snapshot, c *crowd, p *plan.Plan, w event.Window) *scan {
	s := &scan{snap: snap, crowd: c, plan: p, window: w, paths: p.Traits()}
	for _, i := range p.FirstTime() {
		s.first |= 1 << i
	}
	for _, b := range snap.Blocks {
		t := p.Bind(b)
		s.tests = append(s.tests, t)
		easy := t.Filter == nil
		named := make([]uint8, len(t.Masks))
		for code, mask := range t.Masks {
			if mask != 0 {
				named[code] = 1
			}
			easy = easy && t.Plain[code]
		}
		s.easy = append(s.easy, easy)
		s.named = append(s.named, named)
		n := b.Rows()
		s.inside = append(s.inside, n > 0 && w.Holds(b.MinTime) && w.Holds(b.MaxTime))
		s.outside = append(s.outside, n == 0 || b.MaxTime < w.From || w.To != 0 && b.MinTime >= w.To)
	}
	return s
}

// narrow cuts a span to the rows in the window; those of the span that come before it end where the cut begins.
func (s *scan) narrow(p span) (lo, hi uint32) {
	switch {
	case s.inside[p.block]:
		return p.lo, p.hi
	case s.outside[p.block] && s.snap.Blocks[p.block].MaxTime < s.window.From:
		return p.hi, p.hi
	case s.outside[p.block]:
		return p.lo, p.lo
	}
	times := s.snap.Blocks[p.block].Times[p.lo:p.hi]
	a, b := 0, len(times)
	if b > 0 && times[0] < s.window.From {
		a = sort.Search(len(times), func(i int) bool { return times[i] >= s.window.From })
	}
	if s.window.To != 0 && b > 0 && times[b-1] >= s.window.To {
		b = sort.Search(len(times), func(i int) bool { return times[i] >= s.window.To })
	}
	return p.lo + uint32(a), p.lo + uint32(max(a, b))
}

// wants says whether a row of this time is a hit.
func (s *scan) wants(t event.Millis) bool {
	return s.window.Holds(t) || s.history && t < s.window.From
}

// worker is what each core keeps to itself while it walks.
type worker struct {
	scan    *scan
	sorter  sorter
	buf     []hit
	ends    []int
	cuts    []span   // the spans of the actor at hand, narrowed to the window; see begin
	at      []uint32 // see candidates
	values  []event.Value
	traits  []plan.Truth // verdicts on the current actor's traits
	scanned int64
	actors  int64   // with at least one event in the window
	serial  int64   // of the actor at hand, from 1
	firsts  []int   // matchers that mean only the first such event ever
	seen    []int64 // per matcher the serial of the last actor that fulfilled it, see isFirst
}

func newWorker(s *scan) *worker {
	return &worker{scan: s, firsts: s.plan.FirstTime(), seen: make([]int64, s.plan.Matchers())}
}

// isFirst says whether the actor at hand has not fulfilled a first-time matcher before; for other matchers it is
// always true. All rows of the actor must be shown to it in order, those out of the window too.
func (w *worker) isFirst(m int) bool {
	if !slices.Contains(w.firsts, m) {
		return true
	}
	again := w.seen[m] == w.serial
	w.seen[m] = w.serial
	return !again
}

// ordered lists all rows of the actor, whatever the window, in order.
func (w *worker) ordered(a *actor) []hit {
	h, ends := w.buf[:0], w.ends[:0]
	for _, p := range a.spans {
		b := w.scan.snap.Blocks[p.block]
		for row := p.lo; row < p.hi; row++ {
			h = append(h, hit{t: b.Times[row], row: row, block: uint16(p.block), code: b.Codes[row]})
		}
		ends = append(ends, len(h))
	}
	h = w.sorter.merge(h, ends)
	w.buf, w.ends = h, ends
	return h
}

// begin prepares for an actor: decides its traits. It says whether the actor has an event in the window.
func (w *worker) begin(a *actor) bool {
	w.serial++
	active := false
	w.cuts = w.cuts[:0]
	for _, p := range a.spans {
		lo, hi := w.scan.narrow(p)
		w.cuts = append(w.cuts, span{p.block, lo, hi})
		w.scanned += int64(hi - lo)
		active = active || hi > lo
	}
	if active {
		w.actors++
	}
	if len(w.scan.paths) > 0 {
		w.values = w.values[:0]
		for _, path := range w.scan.paths {
			w.values = append(w.values, latestTrait(w.scan.snap, a, path))
		}
		w.traits = w.scan.plan.Decide(w.values)
	}
	return active
}

// hits lists the actor's rows in the window (with the scan's history, those before it too) that fulfil a matcher and pass
// the filter, in order; with all, also those that fulfil none. The list is valid until the next call.
func (w *worker) hits(a *actor, all bool) []hit {
	h, ends := w.buf[:0], w.ends[:0]
	for i, p := range a.spans {
		lo, hi := p.lo, p.hi
		if w.scan.first == 0 {
			hi = w.cuts[i].hi
			if !w.scan.history {
				lo = w.cuts[i].lo
			}
		}
		h = w.spanHits(h, p.block, lo, hi, all)
		ends = append(ends, len(h))
	}
	if len(ends) > 1 {
		h = w.sorter.merge(h, ends)
	}
	w.buf, w.ends = h, ends
	if w.scan.first != 0 {
		h = w.firstOnly(h, all)
	}
	return h
}

func (w *worker) spanHits(h []hit, block int, lo, hi uint32, all bool) []hit {
	b, t := w.scan.snap.Blocks[block], w.scan.tests[block]
	codes, times := b.Codes[lo:hi], b.Times[lo:hi]
	found := w.candidates(block, codes, all)
	if w.scan.easy[block] {
		for _, i := range found {
			h = append(h, hit{times[i], t.Masks[codes[i]], lo + i, uint16(block), codes[i]})
		}
		return h
	}
	for _, i := range found {
		code := codes[i]
		mask := t.Masks[code]
		row := lo + i
		if !t.Plain[code] {
			if mask = t.Mask(row, code, w.traits); mask == 0 && !all {
				continue
			}
		}
		if t.Filter != nil && !t.Passes(row, code, w.traits) {
			continue
		}
		h = append(h, hit{times[i], mask, row, uint16(block), code})
	}
	return h
}

// candidates lists the positions of the codes that some matcher names, or with all every position. It has no branch
// that depends on the data: matches come as unforeseeably as customers do, and a wrong guess costs more than a store.
func (w *worker) candidates(block int, codes []uint16, all bool) []uint32 {
	w.at = grow(w.at, len(codes)+1)
	at, n := w.at, 0
	named := w.scan.named[block]
	if all {
		for i := range codes {
			at[i] = uint32(i)
		}
		return at[:len(codes)]
	}
	for i, code := range codes {
		at[n] = uint32(i)
		n += int(named[code])
	}
	return at[:n]
}

// firstOnly keeps the bits of first-time matchers on their first event only, then drops what is out of the window.
func (w *worker) firstOnly(h []hit, all bool) []hit {
	var seen uint64
	out := h[:0]
	for _, x := range h {
		again := x.mask & w.scan.first & seen
		seen |= x.mask
		x.mask &^= again
		if w.scan.wants(x.t) && (x.mask != 0 || all) {
			out = append(out, x)
		}
	}
	return out
}

// latestTrait is the newest value that an identify call of the actor gave a trait; a zero Value if none did.
func latestTrait(s *store.Snapshot, a *actor, path string) event.Value {
	c, row := latestRow(s, a.spans, path, event.Identify)
	if c == nil {
		return event.Value{}
	}
	v, _ := c.Value(row)
	return v
}

// latestRow finds the newest value that the calls of one kind among some rows gave a path; a nil column if none did.
func latestRow(s *store.Snapshot, spans []span, path string, kind event.Kind) (best *store.Column, newest uint32) {
	var at event.Millis
	for _, p := range spans {
		if p.lo == p.hi {
			continue
		}
		b := s.Blocks[p.block]
		here := false // the newest is of this span
		for k := event.String; k <= event.JSON; k++ {
			c := b.Column(path, k)
			if c == nil {
				continue
			}
			row, ok := lastPresent(b, c, p, kind)
			if ok && (best == nil || b.Times[row] >= at && (!here || row > newest)) {
				best, newest, at, here = c, row, b.Times[row], true
			}
		}
	}
	return best, newest
}

// lastPresent finds the last row of a span that is a call of a kind and has a value in the column.
func lastPresent(b *store.Block, c *store.Column, p span, kind event.Kind) (uint32, bool) {
	for row := int64(p.hi) - 1; row >= int64(p.lo); row-- {
		word := c.Present[row>>6]
		if word == 0 {
			row &^= 63
			continue
		}
		if word&(1<<(row&63)) != 0 && b.Names[b.Codes[row]].Kind == kind {
			return uint32(row), true
		}
	}
	return 0, false
}

// walk visits every actor once, on all cores. start makes a core's own state; the states are handed back.
func walk[T any](ctx context.Context, s *scan, start func(*worker) T, visit func(T, *actor)) ([]T, *worker, error) {
	only, err := s.only.members(ctx)
	if err != nil {
		return nil, nil, err
	}
	return walkChunks(ctx, s, start, func(state T, c int, live func() bool) {
		seen := 0
		each := func(a *actor) bool {
			if seen++; seen&1023 == 0 && !live() {
				return false
			}
			if only == nil || only.has(a.id) {
				visit(state, a)
			}
			return true
		}
		if s.accounts {
			s.crowd.accountsOf(s.snap, c, each)
		} else {
			s.crowd.profilesOf(s.snap, c, each)
		}
	})
}

// walkChunks hands every chunk out once, to all cores. live says false when the work is not wanted any more.
func walkChunks[T any](ctx context.Context, s *scan, start func(*worker) T, take func(state T, chunk int, live func() bool)) ([]T, *worker, error) {
	group, ctx := errgroup.WithContext(ctx)
	live := func() bool { return ctx.Err() == nil }
	var next atomic.Int64
	n := runtime.GOMAXPROCS(0)
	states, workers := make([]T, n), make([]*worker, n)
	for i := range n {
		workers[i] = newWorker(s)
		states[i] = start(workers[i])
		group.Go(func() error {
			return guarded(func() error {
				for c := int(next.Add(1)) - 1; c < chunks && live(); c = int(next.Add(1)) - 1 {
					take(states[i], c, live)
				}
				return ctx.Err()
			})
		})
	}
	total := &worker{}
	err := group.Wait()
	for _, w := range workers {
		total.scanned += w.scanned
		total.actors += w.actors
	}
	return states, total, err
}

// fieldText is a row's value under a path as text; "" if it has none. The paths event and kind are the event's own.
func fieldText(b *store.Block, path string, row uint32, code uint16) string {
	switch path {
	case "event":
		return b.Names[code].Name
	case "kind":
		return b.Names[code].Kind.String()
	}
	for k := event.String; k <= event.JSON; k++ {
		if c := b.Column(path, k); c != nil {
			if v, ok := c.Value(row); ok {
				return v.Text()
			}
		}
	}
	return ""
}
