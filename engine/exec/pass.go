package exec

import (
	"math"
	"math/bits"
	"slices"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/event"
)

// This file is the funnel's own walk, taken when all that an actor's hits need is the solver: no first-time matchers,
// no traits, no breakdown, no strict order, actors being profiles. It differs from walk and hits in three ways. Profiles
// that lie in one block only are read in a row, without being gathered first. Rows are picked 64 at a time into the bits
// of a word. And the times are read only of actors who fulfilled more than the first step.

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

// pick tells which of up to 64 codes are named: bit i is code i. It has no branch that depends on the data: matches come
// as unforeseeably as customers do, and a wrong guess costs more than the work it saves.
func pick(codes []uint16, named *[1 << 16]uint8) (w uint64) {
	i := len(codes)
	for ; i&3 != 0; i-- {
		w = w<<1 | uint64(named[codes[i-1]])
	}
	for ; i >= 4; i -= 4 {
		c := codes[i-4 : i : i]
		low := uint64(named[c[0]]) | uint64(named[c[1]])<<1
		w = w<<4 | uint64(named[c[2]])<<2 | uint64(named[c[3]])<<3 | low
	}
	return w
}

// passRun is one core's work.
type passRun struct {
	run     *funnelRun
	scan    *scan
	readers []*reader // per block
	hits    []hit
	ends    []int
	any     uint64 // matchers that the actor's hits fulfil
	need    uint64 // an actor whose any lacks some of these goes no further than the first step; 0 if that can't be said
}

// fast says whether the pass can answer the question.
func (f *funnel) fast(s *scan) bool {
	return !s.accounts && s.first == 0 && len(s.paths) == 0 && f.q.Breakdown == nil && !f.strict
}

// newPass makes a core's state from the readers, which the cores share.
func newPass(r *funnelRun, readers []*reader) *passRun {
	p := &passRun{run: r, scan: r.w.scan, readers: readers}
	if r.f.simple {
		p.need = 0b11
	}
	return p
}

func readersOf(s *scan) []*reader {
	var out []*reader
	for i := range s.snap.Blocks {
		out = append(out, newReader(s, i))
	}
	return out
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
		if p.scan.outside[i] {
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
	a := &actor{}
	for _, root := range within(crowd.roots, c) {
		a.id, a.spans = uint64(root), gather(a.spans[:0], snap, crowd.members[root])
		if len(a.spans) > 0 {
			p.run.visit(a)
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
	p.together(parts, least, touched)
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
			from, to = p.scan.narrow(span{s.block, from, to})
		}
		if from >= to {
			continue
		}
		scanned += int64(to - from)
		actors++
		p.hits, p.any = p.hits[:0], 0
		p.read(r, from, to)
		p.solve(false)
	}
	p.run.w.scanned += scanned
	p.run.w.actors += actors
}

// together books a profile that lies in several blocks.
func (p *passRun) together(parts []stretch, id event.ProfileID, touched []event.ProfileID) {
	_, skip := slices.BinarySearch(touched, id)
	p.hits, p.ends, p.any = p.hits[:0], p.ends[:0], 0
	active := false
	for i := range parts {
		s := &parts[i]
		if s.head() != id {
			continue
		}
		r := p.readers[s.block]
		from, to := r.starts[s.at], r.starts[s.at+1]
		s.at++
		if skip {
			continue
		}
		if !r.inside {
			from, to = p.scan.narrow(span{s.block, from, to})
		}
		if from >= to {
			continue
		}
		p.run.w.scanned += int64(to - from)
		active = true
		if had := len(p.hits); p.read(r, from, to) > had {
			p.ends = append(p.ends, len(p.hits))
		}
	}
	if active {
		p.run.w.actors++
		p.solve(len(p.ends) > 1)
	}
}

// read adds the hits among some rows, without their times. It says how many hits there are now.
func (p *passRun) read(r *reader, lo, hi uint32) int {
	for ; lo < hi; lo += 64 {
		codes := r.codes[lo:min(hi, lo+64)]
		for w := pick(codes, r.named); w != 0; w &= w - 1 {
			i := uint32(bits.TrailingZeros64(w))
			code := codes[i]
			row, mask := lo+i, r.masks[code]
			if !r.easy {
				if mask = r.judge(row, code); mask == 0 {
					continue
				}
			}
			p.any |= mask
			p.hits = append(p.hits, hit{mask: mask, row: row, block: r.block, code: code})
		}
	}
	return len(p.hits)
}

// judge is the matchers that a row fulfils, 0 if it does not pass the filter.
func (r *reader) judge(row uint32, code uint16) uint64 {
	mask := r.masks[code]
	if !r.tests.Plain[code] {
		mask = r.tests.Mask(row, code, nil)
	}
	if mask == 0 || r.tests.Filter != nil && !r.tests.Passes(row, code, nil) {
		return 0
	}
	return mask
}

// solve books the actor whose hits were read.
func (p *passRun) solve(several bool) {
	t := p.run.all
	if p.need != 0 && p.any&p.need != p.need {
		t.count[0] += int64(p.any & 1)
		return
	}
	if p.any == 0 {
		return
	}
	h := p.hits
	for i := range h {
		h[i].t = p.readers[h[i].block].times[h[i].row]
	}
	if several {
		h = p.run.w.sorter.merge(h, p.ends)
		p.hits = h // the sorter keeps the list it was given
	}
	p.run.solve.run(h, t)
}
