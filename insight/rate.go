package insight

import "math"

// NewRate is n out of of with the score interval of Wilson (1927), "Probable inference, the law of succession, and
// statistical inference", JASA 22:209–212, without continuity correction. With of 0 nothing is known: 0 to 1.
func NewRate(n, of int64) Rate {
	if of <= 0 {
		return Rate{N: n, Of: of, High: 1}
	}
	p, m := float64(n)/float64(of), float64(of)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	r := Rate{N: n, Of: of, Rate: p, Low: max(centre-half, 0), High: min(centre+half, 1)}
	if n == 0 {
		r.Low = 0 // exactly, where rounding would leave 1e-17
	}
	if n == of {
		r.High = 1
	}
	return r
}

// DifferenceOfRates is a − b with the hybrid score interval, method 10 of Newcombe (1998), "Interval estimation for the
// difference between independent proportions", Statistics in Medicine 17:873–890. N is the smaller of the two counts.
// It is wide and honest for small counts: 0 of 10 against 0 of 10 is −0.28 to 0.28.
func DifferenceOfRates(a, b Rate) Estimate {
	d := a.Rate - b.Rate
	return Estimate{
		Value: d,
		Low:   d - math.Hypot(a.Rate-a.Low, b.High-b.Rate),
		High:  d + math.Hypot(a.High-a.Rate, b.Rate-b.Low),
		N:     min(a.Of, b.Of),
	}
}

// ChangeOfRates compares a share with the same share before, in points. It is nil when one of them is out of nothing.
func ChangeOfRates(now, before Rate, upIsGood bool) *Change {
	if now.Of == 0 || before.Of == 0 {
		return nil
	}
	d := DifferenceOfRates(now, before)
	return &Change{Before: before.Rate, Now: now.Rate, Value: d.Value, Low: &d.Low, High: &d.High,
		Direction: direction(d.Low, d.High, upIsGood)}
}

// ChangeOfCounts compares two counts of people seen in spans of equal length: Value is now / before − 1. Given their
// sum, now is binomial with the share r / (1 + r), r being the ratio of the two Poisson rates (Przyborowski and Wilenski
// 1940, Biometrika 31:313–323); the interval is Wilson's for that share, carried over. It is nil when both are 0; with
// nothing before there is no ratio: Value is 0, without an interval, and Direction not_enough.
//
// People are taken as independent of each other, so this is for counts of actors, not of their visits.
func ChangeOfCounts(now, before int64, upIsGood bool) *Change {
	if now == 0 && before == 0 {
		return nil
	}
	c := &Change{Before: float64(before), Now: float64(now), Direction: "not_enough"}
	if before == 0 {
		return c
	}
	share := NewRate(now, now+before)
	c.Value = float64(now)/float64(before) - 1
	low, high := share.Low/(1-share.Low)-1, share.High/(1-share.High)-1
	c.Low, c.High, c.Direction = &low, &high, direction(low, high, upIsGood)
	return c
}

// direction judges a difference by its interval.
func direction(low, high float64, upIsGood bool) string {
	switch {
	case low > 0 && upIsGood, high < 0 && !upIsGood:
		return "better"
	case low > 0 && !upIsGood, high < 0 && upIsGood:
		return "worse"
	}
	return "no_change"
}
