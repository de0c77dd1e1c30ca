package exec

import (
	"context"
	"math"
	"math/bits"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/event"
)

// This file is the fast walk. It is taken when all that an operator needs of an actor is its hits: no first-time matchers,
// no segment, no traits, actors being profiles. It differs from walk and hits in three ways. Profiles that lie in one block only are
// read in a row, without being gathered first. Rows are picked 64 at a time into the bits of a word. And the times are
// read only of actors who fulfilled all the matchers that the operator needs.

// taker is what an operator does on one core with the actors that a fast walk hands to it.
type taker interface {
	// take books an actor by its hits.
	take(h []hit)
	// brief books n actors that are not worth their times but fulfil the first matcher.
	brief(n int64)
	// visit books an actor that is merged of several profiles, or any actor when the walk can't be fast.
	visit(a *actor)
}

// manner is how an operator wants its hits.
type manner struct {
	need  uint64                     // the matchers without which an actor is not worth its times; 0 if any will do
	loose bool                       // the hits need not be in order
	slow  bool                       // the operator needs more than its hits
	bits  func(block int) *bitFunnel // of a funnel: the block's bitmaps, nil for a block without; nil for none at all
}

// pass hands every actor to an operator once, on all cores, in the fastest way that the question allows. start makes a
// core's own state; the states are handed back.
func pass[T taker](ctx context.Context, s *scan, how manner, start func(*worker) T) ([]T, *worker, error) {
	if how.slow || s.accounts || s.only != nil || s.first != 0 || len(s.paths) > 0 {
		return walk(ctx, s, start, func(op T, a *actor) { op.visit(a) })
	}
	readers, err := readersOf(s, how.bits)
	if err != nil {
		return nil, nil, err
	}
	runs, total, err := walkChunks(ctx, s, func(w *worker) *passRun {
		p := &passRun{w: w, op: start(w), manner: how, scan: s, readers: readers}
		p.funnel, _ = p.op.(*funnelRun)
		return p
	}, (*passRun).chunk)
	var out []T
	for _, p := range runs {
		out = append(out, p.op.(T))
	}
	return out, total, err
}

// reader is what the pass needs of one block.
type reader struct {
	codes  []uint16
	times  []event.Millis
	starts []uint32
	masks  []uint64
	named  *[1 << 16]uint8 // per code: 1 if a matcher names it or no code can be so high (which must not go unseen)
	tests  *plan.Tests
	inside bool
	easy   bool
	block  uint16
	bits   *bitFunnel // nil if the rows have to be looked at one by one
}

func newReader(s *scan, block int) *reader {
	b := s.snap.Blocks[block]
	r := &reader{codes: b.Codes, times: b.Times, starts: b.Starts, tests: s.tests[block], masks: s.tests[block].Masks}
	r.inside, r.easy, r.block = s.inside[block], s.easy[block], uint16(block)
	r.named = new([1 << 16]uint8)
	for code := range r.named {
		if code >= len(r.masks) {
			r.named[code] = 1
		}
	}
	copy(r.named[:], s.named[block])
	return r
}

// pick tells which of the first n ≤ 64 codes are named: bit i is code i. It has no branch that depends on the data:
// matches come as unforeseeably as customers do, and a wrong guess costs more than the work it saves. For the same reason
// it looks at eights of codes, those after the n-th too.
func pick(codes []uint16, n int, named *[1 << 16]uint8) (w uint64) {
	i := (n + 7) &^ 7
	if i > len(codes) {
		for i = n; i > 0; i-- {
			w = w<<1 | uint64(named[codes[i-1]])
		}
		return w
	}
	for ; i > 0; i -= 8 {
		c := (*[8]uint16)(codes[i-8:])
		a := named[c[0]] | named[c[1]]<<1 | named[c[2]]<<2 | named[c[3]]<<3
		b := named[c[4]] | named[c[5]]<<1 | named[c[6]]<<2 | named[c[7]]<<3
		w = w<<8 | uint64(b)<<4 | uint64(a)
	}
	return w & (1<<n - 1)
}

// batch is how many hits are gathered before they are solved: few enough to stay in the nearest cache.
const batch = 512

// passRun is one core's work.
type passRun struct {
	manner
	w       *worker
	op      taker
	funnel  *funnelRun // the same, if it is one
	scan    *scan
	readers []*reader // per block
	hits    []hit
	ends    []int  // alone: where each actor's hits end; together: where each block's do
	begin   int    // alone: where the actor's at hand begin
	any     uint64 // matchers that the actor's hits fulfil
	firsts  int64  // see taker.brief
}

// readersOf prepares the blocks, on all cores: the first question about an event makes its bitmaps.
func readersOf(s *scan, bits func(block int) *bitFunnel) ([]*reader, error) {
	out := make([]*reader, len(s.snap.Blocks))
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i := range out {
		work.Go(func() error {
			return guarded(func() error {
				out[i] = newReader(s, i)
				if bits != nil {
					out[i].bits = bits(i)
				}
				return nil
			})
		})
	}
	return out, work.Wait()
}

// stretch is what is left of a block's profiles in a chunk: those numbered at ≤ i < end.
type stretch struct {
	ids     []event.ProfileID // of the whole block
	at, end int
	block   int
}

func (s *stretch) head() event.ProfileID { return s.ids[s.at] }

// chunk books the actors of one chunk.
func (p *passRun) chunk(c int, live func() bool) {
	crowd, snap := p.scan.crowd, p.scan.snap
	var parts []stretch
	for i, b := range snap.Blocks {
		if p.scan.outside[i] && !p.scan.history {
			continue
		}
		from, _ := bounds(c)
		at, _ := slices.BinarySearch(b.Profiles, event.ProfileID(from))
		if n := len(within(b.Profiles, c)); n > 0 {
			parts = append(parts, stretch{b.Profiles, at, at + n, i})
		}
	}
	touched := within(crowd.touched, c)
	for len(parts) > 0 && live() {
		parts = p.step(parts, touched)
	}
	p.op.brief(p.firsts)
	p.firsts = 0
	a := &actor{}
	for _, root := range within(crowd.roots, c) {
		a.id, a.spans = uint64(root), gather(a.spans[:0], snap, crowd.members[root])
		if len(a.spans) > 0 {
			p.op.visit(a)
		}
	}
}

// step takes the profiles up to the next that lies in several blocks, or that one; parts are what is left.
func (p *passRun) step(parts []stretch, touched []event.ProfileID) []stretch {
	least, next, at := event.ProfileID(math.MaxUint64), event.ProfileID(math.MaxUint64), 0
	for i := range parts {
		switch id := parts[i].head(); {
		case i == 0 || id < least:
			least, next, at = id, least, i
		case id < next:
			next = id
		}
	}
	if one := &parts[at]; len(parts) == 1 || least < next {
		end := one.at + 1
		for len(parts) > 1 && end < one.end && one.ids[end] < next {
			end++
		}
		if len(parts) == 1 {
			end = min(one.end, one.at+4096)
		}
		p.alone(one, end, touched)
		one.at = end
		if one.at == one.end {
			parts = slices.Delete(parts, at, at+1)
		}
		return parts
	}
	if ended := p.together(parts, least, touched); !ended {
		return parts
	}
	return slices.DeleteFunc(parts, func(s stretch) bool { return s.at == s.end })
}

// alone books the profiles s.at ≤ i < end of a block, which lie in no other.
func (p *passRun) alone(s *stretch, end int, touched []event.ProfileID) {
	if len(touched) > 0 {
		at, _ := slices.BinarySearch(touched, s.head())
		touched = touched[at:]
	}
	r := p.readers[s.block]
	var scanned, actors int64
	lo := r.starts[s.at]
	for i := s.at; i < end; i++ {
		from, to := lo, r.starts[i+1]
		lo = to
		if len(touched) > 0 {
			for len(touched) > 0 && touched[0] < s.ids[i] {
				touched = touched[1:]
			}
			if len(touched) > 0 && touched[0] == s.ids[i] {
				continue
			}
		}
		if !r.inside {
			cut, end := p.scan.narrow(span{s.block, from, to})
			if cut >= end {
				continue
			}
			scanned += int64(end - cut)
			if to = end; !p.scan.history {
				from = cut
			}
		} else if scanned += int64(to - from); from >= to {
			continue
		}
		actors++
		if r.bits != nil && p.funnel.bits(r, from, to) {
			continue
		}
		p.any = 0
		n := p.read(r, from, to)
		if p.shallow() {
			p.hits = p.hits[:p.begin]
			continue
		}
		p.begin = n
		p.ends = append(p.ends, n)
		if n >= batch {
			p.flush(r)
		}
	}
	p.flush(r)
	if p.funnel != nil {
		p.funnel.judge(r)
	}
	p.w.scanned += scanned
	p.w.actors += actors
}

// flush books the actors whose hits were gathered from one block: first the times are read of all of them, so that
// the reads from memory overlap.
func (p *passRun) flush(r *reader) {
	for i := range p.hits {
		p.hits[i].t = r.times[p.hits[i].row]
	}
	at := 0
	for _, end := range p.ends {
		p.op.take(p.hits[at:end])
		at = end
	}
	p.hits, p.ends, p.begin = p.hits[:0], p.ends[:0], 0
}

// together books a profile that lies in several blocks. It says whether one of the parts came to its end.
func (p *passRun) together(parts []stretch, id event.ProfileID, touched []event.ProfileID) (ended bool) {
	skip := false
	if len(touched) > 0 {
		_, skip = slices.BinarySearch(touched, id)
	}
	p.any = 0
	active := false
	for i := range parts {
		s := &parts[i]
		if s.head() != id {
			continue
		}
		r := p.readers[s.block]
		from, to := r.starts[s.at], r.starts[s.at+1]
		s.at++
		ended = ended || s.at == s.end
		if skip {
			continue
		}
		cut := from
		if !r.inside {
			cut, to = p.scan.narrow(span{s.block, from, to})
		}
		p.w.scanned += int64(to - cut)
		active = active || cut < to
		if !p.scan.history {
			from = cut
		}
		if had := len(p.hits); p.read(r, from, to) > had {
			p.ends = append(p.ends, len(p.hits))
		}
	}
	if active {
		p.w.actors++
		p.solve()
	}
	p.hits, p.ends = p.hits[:0], p.ends[:0]
	return ended
}

// read adds the hits among some rows, without their times. It says how many hits there are now.
func (p *passRun) read(r *reader, lo, hi uint32) int {
	for ; lo < hi; lo += 64 {
		codes := r.codes[lo:]
		w := pick(codes, int(min(hi-lo, 64)), r.named)
		at := len(p.hits)
		if cap(p.hits)-at < 64 {
			p.hits = slices.Grow(p.hits, 64)
		}
		out := (*[64]hit)(p.hits[at : at+64])
		n := 0
		for ; w != 0; w &= w - 1 {
			i := uint32(bits.TrailingZeros64(w))
			code := codes[i]
			row, mask := lo+i, r.masks[code]
			if !r.easy {
				if mask = r.mask(row, code); mask == 0 {
					continue
				}
			}
			p.any |= mask
			out[n&63] = hit{mask: mask, row: row, block: r.block, code: code}
			n++
		}
		p.hits = p.hits[:at+n]
	}
	return len(p.hits)
}

// mask is the matchers that a row fulfils, 0 if it does not pass the filter.
func (r *reader) mask(row uint32, code uint16) uint64 {
	mask := r.masks[code]
	if !r.tests.Plain[code] {
		mask = r.tests.Mask(row, code, nil)
	}
	if mask == 0 || r.tests.Filter != nil && !r.tests.Passes(row, code, nil) {
		return 0
	}
	return mask
}

// shallow books the actor whose hits were read if that needs no times.
func (p *passRun) shallow() bool {
	if p.any != 0 && p.any&p.need == p.need {
		return false
	}
	p.firsts += int64(p.any & 1)
	return true
}

// solve books the actor whose hits were read from several blocks.
func (p *passRun) solve() {
	if p.shallow() {
		return
	}
	h := p.hits
	for i := range h {
		h[i].t = p.readers[h[i].block].times[h[i].row]
	}
	if len(p.ends) > 1 && !p.loose {
		h = p.w.sorter.merge(h, p.ends)
		p.hits = h // the sorter keeps the list it was given
	}
	p.op.take(h)
}
