package exec

import "math/bits"

// columns counts, over many sets of bits, how often each bit is set. A byte of a set is spread to the eight bytes of a
// word, each 0 or 1, and these words are added up: eight columns at a time, without a branch. Before a byte of a sum can
// overflow, the sums are moved to counts.
type columns struct {
	bytes   []uint64 // per byte of the set, the sums of its eight bits
	pending int      // sets in bytes
	counts  []int64  // per bit, a multiple of 8
}

func newColumns(n int) columns {
	b := (n + 7) / 8
	return columns{bytes: make([]uint64, b), counts: make([]int64, 8*b)}
}

// spreadBits makes bit i of a byte the byte i of a word.
func spreadBits(b byte) uint64 {
	const each = 0x0101010101010101
	return (uint64(b)*each&0x8040201008040201 + 0x7f*each) >> 7 & each
}

// add counts a set; bits beyond the columns must be 0.
func (c *columns) add(set []uint64) {
	for i := range c.bytes {
		c.bytes[i] += spreadBits(byte(set[i>>3] >> (i & 7 * 8)))
	}
	if c.pending++; c.pending == 255 {
		c.spill()
	}
}

// addWord counts a set of at most 64 bits.
func (c *columns) addWord(set uint64) {
	for i := range c.bytes {
		c.bytes[i] += spreadBits(byte(set))
		set >>= 8
	}
	if c.pending++; c.pending == 255 {
		c.spill()
	}
}

func (c *columns) spill() {
	for i, w := range c.bytes {
		for k := range 8 {
			c.counts[8*i+k] += int64(w >> (8 * k) & 255)
		}
		c.bytes[i] = 0
	}
	c.pending = 0
}

// merge adds what another core counted.
func (c *columns) merge(o *columns) {
	c.spill()
	o.spill()
	for i, n := range o.counts {
		c.counts[i] += n
	}
}

// A set of periods is a list of words, bit i of word i>>6 being period i.

func setBit(set []uint64, i int) { set[i>>6] |= 1 << (i & 63) }

// following writes the bits from i on into out, the i-th becoming the first; those beyond out are dropped.
func following(out, set []uint64, i int) {
	at, by := i>>6, i&63
	for k := range out {
		var w uint64
		if at+k < len(set) {
			w = set[at+k] >> by
		}
		if by > 0 && at+k+1 < len(set) {
			w |= set[at+k+1] << (64 - by)
		}
		out[k] = w
	}
}

// highest is the highest bit that is set, -1 if none is.
func highest(set []uint64) int {
	for i := len(set) - 1; i >= 0; i-- {
		if set[i] != 0 {
			return 64*i + 63 - bits.LeadingZeros64(set[i])
		}
	}
	return -1
}

// shiftUp moves every bit of a set to the next period, into out.
func shiftUp(out, set []uint64) {
	var carry uint64
	for i, w := range set {
		out[i] = w<<1 | carry
		carry = w >> 63
	}
}

// clip drops the bits from n on.
func clip(set []uint64, n int) {
	for i := range set {
		switch {
		case n <= 64*i:
			set[i] = 0
		case n < 64*(i+1):
			set[i] &= 1<<(n&63) - 1
		}
	}
}
