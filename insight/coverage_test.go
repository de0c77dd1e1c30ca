package insight_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"wend.dev/wend/insight"
)

// The tests here compute by enumeration, not by simulation, how often an interval holds the truth: the sum of the
// probabilities of all outcomes whose interval does.

func binomial(n, k int64, p float64) float64 {
	return distuv.Binomial{N: float64(n), P: p}.Prob(float64(k))
}

// TestWilsonCoverage: on average over p it holds the truth in about 95 % of cases, and nowhere in less than 83 % (Agresti
// and Coull 1998, The American Statistician 52:119–126, give 0.95 and 0.83 or more).
func TestWilsonCoverage(t *testing.T) {
	for _, n := range []int64{5, 20, 100} {
		var sum float64
		worst := 1.0
		const grid = 199
		for i := 1; i <= grid; i++ {
			p, held := float64(i)/(grid+1), 0.0
			for k := int64(0); k <= n; k++ {
				if r := insight.NewRate(k, n); r.Low <= p && p <= r.High {
					held += binomial(n, k, p)
				}
			}
			sum += held
			worst = min(worst, held)
		}
		if mean := sum / grid; math.Abs(mean-0.95) > 0.012 || worst < 0.83 {
			t.Errorf("n %d: holds the truth in %.4f of cases on average, %.4f at worst", n, mean, worst)
		}
	}
}

// TestNewcombeCoverage: the same for differences; Newcombe (1998) finds 0.952 on average for method 10.
func TestNewcombeCoverage(t *testing.T) {
	const m, n = 15, 25
	var sum, cases float64
	worst := 1.0
	for p := 0.05; p < 1; p += 0.1 {
		for q := 0.05; q < 1; q += 0.1 {
			held := 0.0
			for a := int64(0); a <= m; a++ {
				for b := int64(0); b <= n; b++ {
					if d := insight.DifferenceOfRates(insight.NewRate(a, m), insight.NewRate(b, n)); d.Low <= p-q && p-q <= d.High {
						held += binomial(m, a, p) * binomial(n, b, q)
					}
				}
			}
			sum, cases, worst = sum+held, cases+1, min(worst, held)
		}
	}
	if mean := sum / cases; math.Abs(mean-0.952) > 0.01 || worst < 0.89 {
		t.Errorf("holds the truth in %.4f of cases on average, %.4f at worst", mean, worst)
	}
}

// TestNPSCoverage: the adjusted-Wald interval of an NPS of 25 answers, over several splits of promoters and detractors.
func TestNPSCoverage(t *testing.T) {
	const n = 25
	lgamma := func(k int) float64 { v, _ := math.Lgamma(float64(k) + 1); return v }
	var sum, cases float64
	for _, split := range [][2]float64{{0.5, 0.2}, {0.3, 0.3}, {0.7, 0.1}, {0.2, 0.5}, {0.1, 0.1}, {0.45, 0.45}} {
		p, d := split[0], split[1]
		truth, held := 100*(p-d), 0.0
		for a := 0; a <= n; a++ {
			for b := 0; a+b <= n; b++ {
				c := n - a - b
				prob := math.Exp(lgamma(n) - lgamma(a) - lgamma(b) - lgamma(c) + float64(a)*math.Log(p) + float64(b)*math.Log(d) + float64(c)*math.Log(1-p-d))
				if s := insight.NewScore(insight.NPS, scores(int64(b), int64(c), int64(a))); s.Low <= truth && truth <= s.High {
					held += prob
				}
			}
		}
		if held < 0.92 || held > 0.99 {
			t.Errorf("promoters %.2f, detractors %.2f: holds the truth in %.4f of cases", p, d, held)
		}
		sum, cases = sum+held, cases+1
	}
	if mean := sum / cases; math.Abs(mean-0.955) > 0.012 {
		t.Errorf("holds the truth in %.4f of cases on average", mean)
	}
}

// TestChangeOfCountsCoverage: when nothing changed, a change is called in about one case of twenty, not more.
func TestChangeOfCountsCoverage(t *testing.T) {
	for _, mean := range []float64{10, 40, 150} {
		called := 0.0
		law := distuv.Poisson{Lambda: mean}
		top := int64(mean + 8*math.Sqrt(mean))
		for a := int64(0); a <= top; a++ {
			for b := int64(0); b <= top; b++ {
				c := insight.ChangeOfCounts(a, b, true)
				if c != nil && (c.Direction == "better" || c.Direction == "worse") {
					called += law.Prob(float64(a)) * law.Prob(float64(b))
				}
			}
		}
		if called > 0.065 || called < 0.03 {
			t.Errorf("mean %v: a change is called in %.4f of cases without one", mean, called)
		}
	}
}

// TestMeanCoverage: Student's interval of a mean of twelve answers on 1 to 7, over all outcomes of a three-valued law. It is
// made for a normal law, so some slack is due.
func TestMeanCoverage(t *testing.T) {
	const n = 12
	values, law := []float64{2, 4, 6}, []float64{0.3, 0.4, 0.3}
	truth := 4.0
	held := 0.0
	lgamma := func(k int) float64 { v, _ := math.Lgamma(float64(k) + 1); return v }
	for a := 0; a <= n; a++ {
		for b := 0; a+b <= n; b++ {
			c := n - a - b
			prob := math.Exp(lgamma(n) - lgamma(a) - lgamma(b) - lgamma(c) + float64(a)*math.Log(law[0]) + float64(b)*math.Log(law[1]) + float64(c)*math.Log(law[2]))
			e := insight.Mean(insight.Sample{Values: values, Counts: []int64{int64(a), int64(b), int64(c)}})
			if e.Low <= truth && truth <= e.High {
				held += prob
			}
		}
	}
	if math.Abs(held-0.95) > 0.015 {
		t.Errorf("holds the truth in %.4f of cases", held)
	}
}
