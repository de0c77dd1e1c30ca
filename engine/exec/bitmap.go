package exec

import (
	"math/bits"
	"sync"

	"wend.dev/wend/store"
)

const (
	// bitmapRows is from how many rows on a block's bitmaps are kept for the next question. Smaller blocks are the tail's,
	// which come and go, and are made again as fast.
	bitmapRows = 100_000
	// bitmapBytes is how much all bitmaps that are kept take at most: those of ten events among 100 million.
	bitmapBytes = 128 << 20
)

// bitmaps keeps, per block, which rows hold which event: bit r of a bitmap is row r. Questions that name few events read
// these instead of every row's code.
type bitmaps struct {
	mu    sync.Mutex
	kept  map[*store.Block]*blockBits
	bytes int
	turn  uint64 // grows with each use
}

// blockBits are one block's.
type blockBits struct {
	mu    sync.Mutex
	ties  []uint64 // rows at the same instant as the row before them, of the same profile
	codes map[uint16]*codeBits
}

type codeBits struct {
	words []uint64
	used  uint64 // turn of the last use
}

// of gives a block's ties and the bitmap of each code.
func (m *bitmaps) of(b *store.Block, codes []uint16) (ties []uint64, words [][]uint64) {
	if b.Rows() < bitmapRows {
		return tiesOf(b), codesOf(b, codes)
	}
	m.mu.Lock()
	m.turn++
	turn := m.turn
	if m.kept == nil {
		m.kept = map[*store.Block]*blockBits{}
	}
	one := m.kept[b]
	if one == nil {
		one = &blockBits{codes: map[uint16]*codeBits{}}
		m.kept[b] = one
	}
	m.mu.Unlock()
	one.mu.Lock()
	grown := 0
	if one.ties == nil {
		one.ties = tiesOf(b)
		grown += 8 * len(one.ties)
	}
	var missing []uint16
	for _, c := range codes {
		if one.codes[c] == nil {
			missing = append(missing, c)
		}
	}
	for i, w := range codesOf(b, missing) {
		one.codes[missing[i]] = &codeBits{words: w}
		grown += 8 * len(w)
	}
	for _, c := range codes {
		one.codes[c].used = turn
		words = append(words, one.codes[c].words)
	}
	ties = one.ties
	one.mu.Unlock()
	m.mu.Lock()
	m.bytes += grown
	m.mu.Unlock()
	return ties, words
}

// trim forgets what belongs to no block of the newest snapshot, and what was not used for longest while all of it takes
// too much. Who holds a bitmap may go on with it.
func (m *bitmaps) trim(blocks []*store.Block) {
	m.mu.Lock()
	defer m.mu.Unlock()
	here := make(map[*store.Block]bool, len(blocks))
	for _, b := range blocks {
		here[b] = true
	}
	m.bytes = 0
	for b, one := range m.kept {
		if !here[b] {
			delete(m.kept, b)
			continue
		}
		m.bytes += one.size()
	}
	for m.bytes > bitmapBytes {
		oldest := m.turn + 1
		for _, one := range m.kept {
			oldest = min(oldest, one.oldest())
		}
		if oldest > m.turn {
			return
		}
		m.bytes = 0
		for _, one := range m.kept {
			m.bytes += one.drop(oldest)
		}
	}
}

func (o *blockBits) size() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 8 * len(o.ties)
	for _, c := range o.codes {
		n += 8 * len(c.words)
	}
	return n
}

// oldest is the earliest turn at which one of the codes was used last.
func (o *blockBits) oldest() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	turn := ^uint64(0)
	for _, c := range o.codes {
		turn = min(turn, c.used)
	}
	return turn
}

// drop forgets the codes used last at a turn, and gives the size of what is left.
func (o *blockBits) drop(turn uint64) int {
	o.mu.Lock()
	for code, c := range o.codes {
		if c.used == turn {
			delete(o.codes, code)
		}
	}
	o.mu.Unlock()
	return o.size()
}

// tiesOf finds the rows that tie with the row before.
func tiesOf(b *store.Block) []uint64 {
	out := make([]uint64, (b.Rows()+63)/64)
	for i := range b.Profiles {
		lo, hi := b.Starts[i], b.Starts[i+1]
		times := b.Times[lo:hi]
		for k := 1; k < len(times); k++ {
			if times[k] == times[k-1] {
				row := lo + uint32(k)
				out[row>>6] |= 1 << (row & 63)
			}
		}
	}
	return out
}

// codesOf makes a bitmap for each of some codes.
func codesOf(b *store.Block, codes []uint16) [][]uint64 {
	if len(codes) == 0 {
		return nil
	}
	n := (b.Rows() + 63) / 64
	out := make([][]uint64, len(codes))
	place := make([]uint8, 1<<16) // per code one more than its place in out; no code can be so high as the last
	for c := len(b.Names); c < len(place); c++ {
		place[c] = 255
	}
	for i, c := range codes {
		out[i] = make([]uint64, n)
		place[c] = uint8(i + 1)
	}
	for w := range n {
		rows := b.Codes[w*64 : min(w*64+64, len(b.Codes))]
		for bit, c := range rows {
			if p := place[c]; p != 0 {
				out[p-1][w] |= 1 << bit
			}
		}
	}
	return out
}

// nextBit is the first row of a bitmap in lo ≤ row < hi, hi if there is none.
func nextBit(words []uint64, lo, hi uint32) uint32 {
	if lo >= hi {
		return hi
	}
	w := lo >> 6
	x := words[w] &^ (1<<(lo&63) - 1)
	for last := (hi - 1) >> 6; x == 0; x = words[w] {
		if w == last {
			return hi
		}
		w++
	}
	return min(w<<6+uint32(bits.TrailingZeros64(x)), hi)
}

// lastBit is one more than the last row of a bitmap in lo ≤ row < hi, lo if there is none.
func lastBit(words []uint64, lo, hi uint32) uint32 {
	if lo >= hi {
		return lo
	}
	w := (hi - 1) >> 6
	x := words[w] & (^uint64(0) >> (63 - (hi-1)&63))
	for first := lo >> 6; x == 0; x = words[w] {
		if w == first {
			return lo
		}
		w--
	}
	return max(w<<6+uint32(64-bits.LeadingZeros64(x)), lo)
}

// bitFunnel are the bitmaps that an ordered funnel of one block is solved from.
type bitFunnel struct {
	steps [][]uint64 // per step
	hard  []uint64   // rows that make their profile a matter for the solver: ties
}

// bitFunnel gives a block's, nil if its rows have to be looked at one by one: when there are conditions, or an event
// fulfils several steps.
func (s *scan) bitFunnel(m *bitmaps, block, steps int) *bitFunnel {
	if !s.easy[block] || s.outside[block] {
		return nil
	}
	b, masks := s.snap.Blocks[block], s.tests[block].Masks
	if len(masks) > len(b.Names) {
		return nil
	}
	var codes []uint16
	for code, mask := range masks {
		if mask&(mask-1) != 0 {
			return nil
		}
		if mask != 0 {
			codes = append(codes, uint16(code))
		}
	}
	if len(codes) > 250 {
		return nil
	}
	f := &bitFunnel{steps: make([][]uint64, steps)}
	ties, words := m.of(b, codes)
	for i, code := range codes {
		k := bits.TrailingZeros64(masks[code])
		if f.steps[k] == nil {
			f.steps[k] = words[i]
			continue
		}
		both := make([]uint64, len(words[i])) // several events fulfil the step
		for w := range both {
			both[w] = f.steps[k][w] | words[i][w]
		}
		f.steps[k] = both
	}
	for k := range f.steps {
		if f.steps[k] == nil {
			f.steps[k] = make([]uint64, len(ties))
		}
	}
	f.hard = f.tied(ties)
	return f
}

// tied finds the rows of steps that tie with a row of a step before them. In ties of three and more it takes any row
// before for one.
func (f *bitFunnel) tied(ties []uint64) []uint64 {
	out := make([]uint64, len(ties))
	before := uint64(0) // the last row of the word before: of a step, or in a tie
	for w, tie := range ties {
		any := uint64(0)
		for _, words := range f.steps {
			any |= words[w]
		}
		either := any | tie
		out[w] = tie & any & (either<<1 | before)
		before = either >> 63
	}
	return out
}

// bits books an actor whose rows are lo ≤ row < hi of one block, from bitmaps, now or when its candidate is judged. It
// leaves actors with ties to the solver (false). It finds what solver.plain finds:
//
// For an event of step k the chain with the latest entry is had by going back: the latest event of step k−1 before it,
// the latest of step k−2 before that, and so on to step 1. If that entry is too old, every other is older. The deepest step
// with an event whose entry is young enough is the depth; the entry that counts is that of the first such event of the last
// step (there the funnel ends), or of the last such event of an earlier one (newer chains replace older ones). From the
// entry on the chain takes the first event of each step.
func (r *funnelRun) bits(b *reader, lo, hi uint32) bool {
	f := b.bits
	if nextBit(f.hard, lo, hi) < hi {
		return false
	}
	first := nextBit(f.steps[0], lo, hi)
	if first == hi {
		return true
	}
	if r.f.q.Entry == "first" {
		r.bookBits(b, first, hi, len(f.steps))
		return true
	}
	c := candidate{first: first, hi: hi, k: int32(len(f.steps) - 1), at: first, e: first}
	if f.next(&c) {
		if r.maybe = append(r.maybe, c); len(r.maybe) >= batch {
			r.judge(b)
		}
	} else {
		r.all.count[0]++
	}
	return true
}

// candidate is an event of a step and the entry that leads to it, of one actor: whether it is young enough is to be seen.
type candidate struct {
	first, hi uint32 // the actor's first entry, and the end of its rows
	e, at     uint32
	k         int32 // the event's step, from 0
}

// next goes on to the next candidate: events of the last step from the first on, then of each earlier step from the last
// back. It is false when there is none but the entry itself.
func (f *bitFunnel) next(c *candidate) bool {
	if last := int32(len(f.steps) - 1); c.k == last && last > 0 {
		for c.e = nextBit(f.steps[last], c.e+1, c.hi); c.e < c.hi; c.e = nextBit(f.steps[last], c.e+1, c.hi) {
			if c.at = f.back(int(last), c.first, c.e); c.at < c.e {
				return true
			}
		}
		c.k, c.e = last-1, c.hi
	}
	for ; c.k > 0; c.k, c.e = c.k-1, c.hi {
		if end := lastBit(f.steps[c.k], c.first+1, c.e); end > c.first+1 {
			c.e = end - 1
			if c.at = f.back(int(c.k), c.first, c.e); c.at < c.e {
				return true
			} // else those before have no entry either
		}
	}
	return false
}

// judge books the actors whose candidates wait. Their times are read together, so that the reads from memory overlap; who
// has another candidate waits for the next round.
func (r *funnelRun) judge(b *reader) {
	w := r.f.window
	for len(r.maybe) > 0 {
		ages := r.ages[:len(r.maybe)]
		for i := range ages {
			c := &r.maybe[i]
			ages[i] = b.times[c.e] - b.times[c.at]
		}
		again := r.maybe[:0]
		for i, age := range ages {
			c := &r.maybe[i]
			switch {
			case age <= w:
				r.bookBits(b, c.at, c.hi, int(c.k)+1)
			case b.bits.next(c):
				again = append(again, *c)
			default:
				r.all.count[0]++
			}
		}
		r.maybe = again
	}
}

// back is the latest entry that leads to event e of step k (from 0), e if there is none; first is the first of step 1.
func (f *bitFunnel) back(k int, first, e uint32) uint32 {
	at := e
	for k--; k >= 0; k-- {
		end := lastBit(f.steps[k], first, at)
		if end == first {
			return e
		}
		at = end - 1
	}
	return at
}

// bookBits books the chain that takes, from its entry on, the first event of each step, to the depth given at most.
func (r *funnelRun) bookBits(b *reader, entry, hi uint32, depth int) {
	t, steps := r.all, b.bits.steps
	t.count[0]++
	limit := b.times[entry] + r.f.window
	for k, at := 1, entry; k < depth; k++ {
		next := nextBit(steps[k], at+1, hi)
		if next == hi || b.times[next] > limit {
			return
		}
		t.count[k]++
		t.gaps[k] = append(t.gaps[k], int64(b.times[next]-b.times[at]))
		at = next
	}
}
