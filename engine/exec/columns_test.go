package exec

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// TestColumns: sets of bits are counted as one would count them one by one, also past what a byte holds.
func TestColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 150).Draw(t, "columns")
		want := make([]int64, n)
		a, b := newColumns(n), newColumns(n)
		for range rapid.IntRange(1, 5).Draw(t, "sets") {
			set := make([]uint64, (n+63)/64)
			for i := range set {
				set[i] = rapid.Uint64().Draw(t, "bits")
			}
			clip(set, n)
			times := rapid.IntRange(1, 300).Draw(t, "times")
			for k := range times {
				switch {
				case len(set) == 1 && k%2 == 0:
					a.addWord(set[0])
				case k%3 == 0:
					b.add(set)
				default:
					a.add(set)
				}
			}
			for i := range n {
				want[i] += int64(times) * int64(set[i>>6]>>(i&63)&1)
			}
		}
		a.merge(&b)
		if got := a.counts[:n]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// TestSets: moving, cutting and searching sets of bits, against lists of booleans.
func TestSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "bits")
		list := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "list")
		set := make([]uint64, (n+63)/64)
		last := -1
		for i, on := range list {
			if on {
				setBit(set, i)
				last = i
			}
		}
		if highest(set) != last {
			t.Fatalf("last %d, want %d", highest(set), last)
		}
		is := func(s []uint64, i int) bool { return i>>6 < len(s) && s[i>>6]>>(i&63)&1 == 1 }
		from, room, cut := rapid.IntRange(0, n+70).Draw(t, "from"), rapid.IntRange(1, 4).Draw(t, "room"), rapid.IntRange(0, 256).Draw(t, "cut")
		out := make([]uint64, room)
		following(out, set, from)
		clip(out, cut)
		up := make([]uint64, len(set))
		shiftUp(up, set)
		for i := range 64 * room {
			if want := i < cut && from+i < n && list[from+i]; is(out, i) != want {
				t.Fatalf("bit %d from %d is %v", i, from, !want)
			}
		}
		for i := range 64 * len(set) {
			if want := i > 0 && i <= n && list[i-1]; is(up, i) != want {
				t.Fatalf("bit %d one up is %v", i, !want)
			}
		}
	})
}
