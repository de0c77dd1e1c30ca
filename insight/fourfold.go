package insight

import (
	"math"
	"slices"
)

// fourfold are the counts of two things that each are or are not: both, only the first, only the second, neither. In
// drivers: success with, failure with, success without, failure without.
type fourfold [4]int64

// leastExpected is the smallest of the counts expected if the two had nothing to do with each other.
func (n fourfold) leastExpected() float64 {
	with, without, won, lost := float64(n[0]+n[1]), float64(n[2]+n[3]), float64(n[0]+n[2]), float64(n[1]+n[3])
	if with+without == 0 {
		return 0
	}
	return min(with, without) * min(won, lost) / (with + without)
}

// chiSquared is Pearson's test without continuity correction, with one degree of freedom: P(χ² ≥ x) = erfc(√(x/2)).
func (n fourfold) chiSquared() float64 {
	a, b, c, d := float64(n[0]), float64(n[1]), float64(n[2]), float64(n[3])
	det := a*d - b*c
	x := det / (a + b) * det / (c + d) / (a + c) * (a + b + c + d) / (b + d)
	return math.Erfc(math.Sqrt(x / 2))
}

// fisher is Fisher's exact test, two-sided: the probability of all tables with these margins that are no more probable
// than this one (Fisher 1935; the rule of R's fisher.test, with its tolerance of 1e-7).
func (n fourfold) fisher() float64 {
	with, won, all := n[0]+n[1], n[0]+n[2], n[0]+n[1]+n[2]+n[3]
	logChoose := func(n, k int64) float64 {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		return a - b - c
	}
	log := func(k int64) float64 { return logChoose(won, k) + logChoose(all-won, with-k) - logChoose(all, with) }
	own := log(n[0]) + 1e-7
	sum := 0.0
	for k := max(0, with+won-all); k <= min(with, won); k++ {
		if p := log(k); p <= own {
			sum += math.Exp(p)
		}
	}
	return min(sum, 1)
}

// falseDiscovery turns p-values into q-values: calling all with q ≤ x found keeps the expected share of false ones among
// them at most x (Benjamini and Hochberg 1995, "Controlling the false discovery rate", JRSS B 57:289–300, step-up: the
// smallest p·m/rank of those with a p as large or larger).
func falseDiscovery(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	q := make([]float64, len(p))
	least := 1.0
	for k := len(order) - 1; k >= 0; k-- {
		least = min(least, p[order[k]]*float64(len(p))/float64(k+1))
		q[order[k]] = least
	}
	return q
}
