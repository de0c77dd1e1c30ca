package exec

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Quantiles equal those of the sorted list, or lie within 0.8 % of a neighbour when there are many; and how the numbers
// are dealt to the cores does not matter.
func TestNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{0, 1, 2, 3, 100, 4096, 4097, 9000}).Draw(t, "n")
		seed := rapid.Uint64().Draw(t, "seed")
		parts := make([]numbers, 3)
		var one numbers
		var all []float64
		for range n {
			seed = seed*6364136223846793005 + 1442695040888963407
			x := math.Ldexp(float64(int64(seed)>>40), int(seed>>20&15)-8)
			all = append(all, x)
			parts[seed>>33%3].add(x)
			one.add(x)
		}
		for i := range parts[1:] {
			parts[0].merge(&parts[i+1])
		}
		slices.Sort(all)
		for _, q := range []float64{0, 0.5, 0.9, 0.99, 1} {
			got := parts[0].quantile(q)
			if other := one.quantile(q); got != other && !(math.IsNaN(got) && math.IsNaN(other)) {
				t.Fatalf("%v of %d: %v in parts, %v in one", q, n, got, other)
			}
			if n == 0 {
				if !math.IsNaN(got) {
					t.Fatalf("%v of nothing", got)
				}
				continue
			}
			at := q * float64(n-1)
			lo := all[int(at)]
			if n > exactNumbers {
				if math.Abs(got-lo) > 0.008*math.Abs(lo) {
					t.Fatalf("%v of %d: %v, want about %v", q, n, got, lo)
				}
				continue
			}
			hi := all[min(int(at)+1, n-1)]
			if want := lo + (at-float64(int(at)))*(hi-lo); got != want {
				t.Fatalf("%v of %d: %v, want %v", q, n, got, want)
			}
		}
	})
}

func TestNumbersOrder(t *testing.T) {
	list := []float64{-1e300, -2, -1.5, -1e-300, 0, 1e-300, 1, 1.5, 2, 1e300}
	for i := range list[1:] {
		if bucketOf(list[i]) >= bucketOf(list[i+1]) {
			t.Errorf("%v and %v are in the wrong order", list[i], list[i+1])
		}
	}
	if bucketOf(math.Copysign(0, -1)) != bucketOf(0) {
		t.Error("−0 is another number than 0")
	}
}
