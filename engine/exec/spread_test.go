package exec

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSpread: a spread that was collected at once, one that was put together from parts, and the sorted list agree;
// exactly up to exactSpans spans, to 0.8 % beyond.
func TestSpread(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 15, 16, 17, 4095, 4096, 4097, 4096 + heldSpans, 4097 + heldSpans, 30_000} {
		for _, parts := range []int{1, 2, 7} {
			var whole spread
			list := make([]int64, n)
			pieces := make([]spread, parts)
			for i := range list {
				ms := int64(rng.ExpFloat64() * 1e7)
				list[i] = ms
				whole.add(ms)
				pieces[rng.IntN(parts)].add(ms)
			}
			var sum spread
			for i := range pieces {
				sum.merge(&pieces[i])
			}
			slices.Sort(list)
			if whole.len() != int64(n) || sum.len() != int64(n) {
				t.Fatalf("%d spans: counted %d, in %d parts %d", n, whole.len(), parts, sum.len())
			}
			for _, q := range []float64{0, 0.5, 0.9, 1} {
				want := quantile(list, q)
				a, _ := whole.quantile(q)
				b, _ := sum.quantile(q)
				if a != b {
					t.Errorf("%d spans, quantile %v: %v at once, %v from %d parts", n, q, a, b, parts)
				}
				off := math.Abs(a - want)
				if n <= exactSpans && off != 0 || off > 0.008*want+1 {
					t.Errorf("%d spans, quantile %v: %v, want %v", n, q, a, want)
				}
			}
		}
	}
	var none spread
	if _, ok := none.quantile(0.5); ok {
		t.Error("an empty spread has a median")
	}
}
