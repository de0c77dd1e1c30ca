package exec

import (
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// A bitmap's next and last bits are those that a look at every row finds.
func TestBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(1, 300).Draw(t, "rows")
		set := map[uint32]bool{}
		words := make([]uint64, (rows+63)/64)
		for _, r := range rapid.SliceOfN(rapid.IntRange(0, rows-1), 0, 12).Draw(t, "set") {
			set[uint32(r)] = true
			words[r>>6] |= 1 << (r & 63)
		}
		lo := uint32(rapid.IntRange(0, rows).Draw(t, "lo"))
		hi := uint32(rapid.IntRange(int(lo), rows).Draw(t, "hi"))
		next, last := hi, lo
		for r := lo; r < hi; r++ {
			if set[r] {
				last = r + 1
				next = min(next, r)
			}
		}
		if got := nextBit(words, lo, hi); got != next {
			t.Errorf("next in [%d,%d) is %d, want %d", lo, hi, got, next)
		}
		if got := lastBit(words, lo, hi); got != last {
			t.Errorf("last in [%d,%d) is %d, want %d", lo, hi, got, last)
		}
	})
}

// largeBlock has one profile per ten rows and codes in turn.
func largeBlock(names int) *store.Block {
	b := &store.Block{Starts: []uint32{0}}
	for range names {
		b.Names = append(b.Names, store.Name{Kind: event.Track, Name: "n"})
	}
	for i := range bitmapRows {
		b.Times = append(b.Times, event.Millis(i/2))
		b.Codes = append(b.Codes, uint16(i%names))
		if i%10 == 9 {
			b.Profiles = append(b.Profiles, event.ProfileID(i))
			b.Starts = append(b.Starts, uint32(i+1))
		}
	}
	return b
}

func TestBitmapsAreKeptAndForgotten(t *testing.T) {
	m := &bitmaps{}
	a, b := largeBlock(3), largeBlock(3)
	ties, first := m.of(a, []uint16{0, 2})
	if n := len(first); n != 2 || first[0][0]&0b1001 != 0b1001 || first[1][0]&0b101 != 0b100 {
		t.Fatalf("%d bitmaps, %b and %b", n, first[0][0], first[1][0])
	}
	if ties[0]&0b1111111111 != 0b1010101010 {
		t.Errorf("ties are %b", ties[0]&0b1111111111)
	}
	if _, again := m.of(a, []uint16{2}); &again[0][0] != &first[1][0] {
		t.Error("a bitmap was made twice")
	}
	m.of(b, []uint16{1})
	m.trim([]*store.Block{b})
	if len(m.kept) != 1 || m.kept[b] == nil {
		t.Errorf("%d blocks are kept, want the one that is still there", len(m.kept))
	}
	if want := 2 * 8 * len(ties); m.bytes != want {
		t.Errorf("%d bytes are counted, want %d", m.bytes, want)
	}
}

// What was not used for longest goes first when there is too much.
func TestBitmapsAreBounded(t *testing.T) {
	m := &bitmaps{kept: map[*store.Block]*blockBits{}}
	b := &store.Block{}
	big := make([]uint64, bitmapBytes/8/2)
	m.turn = 3
	m.kept[b] = &blockBits{codes: map[uint16]*codeBits{0: {big, 1}, 1: {big, 3}, 2: {big, 2}}}
	m.trim([]*store.Block{b})
	left := m.kept[b].codes
	if len(left) != 2 || left[0] != nil {
		t.Errorf("left are %d, the one used first among them: %t", len(left), left[0] != nil)
	}
	if m.bytes != 2*8*len(big) {
		t.Errorf("%d bytes are counted", m.bytes)
	}
}
