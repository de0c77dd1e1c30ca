package insight

import "math"

// The scales that scores are asked on.
const (
	NPS  = "nps"  // 0 to 10, how likely to recommend
	CSAT = "csat" // 1 to 5, how content
	CES  = "ces"  // 1 to 7, how easy it was; more is better
)

// Range is the lowest and the highest answer of a scale; ok is false for one that is not known.
func Range(scale string) (low, high float64, ok bool) {
	switch scale {
	case NPS:
		return 0, 10, true
	case CSAT:
		return 1, 5, true
	case CES:
		return 1, 7, true
	}
	return 0, 0, false
}

// NewScore makes a score of answers. It is nil when none lies on the scale, or the scale is not known.
//
//   - nps: 100 × (share of 9 and 10 − share of 0 to 6). Interval: adjusted Wald (Lewis and Sauro 2021, "Confidence
//     intervals for Net Promoter Scores"): ¾ added to promoters and to detractors, 3 to n. Value is the plain one.
//   - csat: share of answers of 4 and more; Wilson's interval.
//   - ces: the mean; Student's t interval.
func NewScore(scale string, answers Sample) *Score {
	low, high, ok := Range(scale)
	if !ok {
		return nil
	}
	in, off := answers.Within(low, high)
	n := in.N()
	if n == 0 {
		return nil
	}
	mean, variance := in.Moments()
	s := &Score{Scale: scale, N: n, Mean: mean, Off: off, Up: true}
	if n >= 2 {
		sd := math.Sqrt(variance)
		s.SD = &sd
	}
	switch scale {
	case NPS:
		p, d := ends(in)
		s.Value = 100 * float64(p-d) / float64(n)
		est, se := adjustedNPS(p, d, n)
		s.Low, s.High = max(est-z*se, -100), min(est+z*se, 100)
	case CSAT:
		r := NewRate(content(in), n)
		s.Value, s.Low, s.High = r.Rate, r.Low, r.High
	case CES:
		e := Mean(in)
		s.Value, s.Low, s.High = e.Value, max(e.Low, low), min(e.High, high)
	}
	s.Margin = (s.High - s.Low) / 2
	return s
}

// ChangeOfScores compares answers with those before, in the scale's own unit; nil when one side has none. The interval
// is: nps, adjusted Wald on both sides (Lewis and Sauro 2021, "How to statistically compare two Net Promoter Scores");
// csat, Newcombe's method 10; ces, Welch's.
func ChangeOfScores(scale string, now, before Sample) *Change {
	a, b := NewScore(scale, now), NewScore(scale, before)
	if a == nil || b == nil {
		return nil
	}
	c := &Change{Before: b.Value, Now: a.Value, Value: a.Value - b.Value, Direction: "not_enough"}
	d, ok := differenceOfScores(scale, now, before)
	if !ok {
		return c
	}
	c.Low, c.High, c.Direction = &d.Low, &d.High, direction(d.Low, d.High, true)
	return c
}

func differenceOfScores(scale string, a, b Sample) (Estimate, bool) {
	low, high, _ := Range(scale)
	a, _ = a.Within(low, high)
	b, _ = b.Within(low, high)
	switch scale {
	case NPS:
		return DifferenceOfNPS(a, b), true
	case CSAT:
		return DifferenceOfRates(NewRate(content(a), a.N()), NewRate(content(b), b.N())), true
	}
	return DifferenceOfMeans(a, b)
}

// DifferenceOfNPS is a − b in NPS points with the adjusted-Wald interval of the difference. Value is the plain
// difference; the interval is centred on the adjusted one. Both need at least one answer.
func DifferenceOfNPS(a, b Sample) Estimate {
	pa, da := ends(a)
	pb, db := ends(b)
	ea, sa := adjustedNPS(pa, da, a.N())
	eb, sb := adjustedNPS(pb, db, b.N())
	half := z * math.Hypot(sa, sb)
	return Estimate{
		Value: 100 * (float64(pa-da)/float64(a.N()) - float64(pb-db)/float64(b.N())),
		Low:   ea - eb - half, High: ea - eb + half,
		N: min(a.N(), b.N()),
	}
}

// adjustedNPS is the adjusted-Wald estimate and its standard error, both in NPS points.
func adjustedNPS(promoters, detractors, n int64) (estimate, se float64) {
	m := float64(n) + 3
	p, d := (float64(promoters)+0.75)/m, (float64(detractors)+0.75)/m
	return 100 * (p - d), 100 * math.Sqrt((p+d-(p-d)*(p-d))/m)
}

// ends counts promoters (9 and more) and detractors (6 and less); an answer of 6.5 is neither.
func ends(s Sample) (promoters, detractors int64) {
	for i, v := range s.Values {
		switch {
		case v >= 9:
			promoters += s.Counts[i]
		case v <= 6:
			detractors += s.Counts[i]
		}
	}
	return promoters, detractors
}

// content counts answers of 4 and more.
func content(s Sample) (n int64) {
	for i, v := range s.Values {
		if v >= 4 {
			n += s.Counts[i]
		}
	}
	return n
}

// Normal carries a score over to −1 … 1, the axis of the map's curves: the mean of the answers, with the lowest answer
// of the scale at −1 and the highest at 1, and the t interval of that mean. It is the plain mean on every scale, so
// that curves of different scales mean the same thing. Of a single answer the interval is the whole axis. ok is false
// without answers on the scale.
func Normal(scale string, answers Sample) (e Estimate, ok bool) {
	low, high, ok := Range(scale)
	if !ok {
		return Estimate{}, false
	}
	in, _ := answers.Within(low, high)
	if e = Mean(in); e.N == 0 {
		return Estimate{}, false
	}
	if e.N == 1 {
		e.Low, e.High = low, high
	}
	at := func(v float64) float64 { return max(-1, min(1, 2*(v-low)/(high-low)-1)) }
	return Estimate{Value: at(e.Value), Low: at(e.Low), High: at(e.High), N: e.N}, true
}

// Pool is the estimate of several independent ones together, each weighted by its count: the value of all answers as if
// they had been given at one place. The variances implied by the intervals are added with the squared weights. Those
// without a count are left out; with none left N is 0.
func Pool(parts ...Estimate) (e Estimate) {
	for _, p := range parts {
		e.N += p.N
	}
	if e.N == 0 {
		return Estimate{}
	}
	var low, high float64
	for _, p := range parts {
		w := float64(p.N) / float64(e.N)
		e.Value += w * p.Value
		low += w * w * (p.Value - p.Low) * (p.Value - p.Low)
		high += w * w * (p.High - p.Value) * (p.High - p.Value)
	}
	e.Low, e.High = e.Value-math.Sqrt(low), e.Value+math.Sqrt(high)
	return e
}
