package insight

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Sample is a distribution of answers as counts of distinct values.
type Sample struct {
	Values []float64
	Counts []int64 // one per value
}

// N is the number of answers.
func (s Sample) N() (n int64) {
	for _, c := range s.Counts {
		n += c
	}
	return n
}

// Within splits the answers into those that lie between low and high, both inclusive, and the number of the others.
func (s Sample) Within(low, high float64) (in Sample, off int64) {
	for i, v := range s.Values {
		if v < low || v > high {
			off += s.Counts[i]
			continue
		}
		in.Values, in.Counts = append(in.Values, v), append(in.Counts, s.Counts[i])
	}
	return in, off
}

// Moments are the plain mean and the sample variance (divided by n − 1), NaN where too few answers define them.
func (s Sample) Moments() (mean, variance float64) {
	n := float64(s.N())
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	for i, v := range s.Values {
		mean += v * float64(s.Counts[i])
	}
	mean /= n
	if n < 2 {
		return mean, math.NaN()
	}
	for i, v := range s.Values {
		variance += (v - mean) * (v - mean) * float64(s.Counts[i])
	}
	return mean, variance / (n - 1)
}

// Mean is the mean with Student's t interval. With one answer, or all answers equal, the spread is not known, and the
// interval is the point; the count says how little that is worth.
func Mean(s Sample) Estimate {
	n := s.N()
	if n == 0 {
		return Estimate{}
	}
	mean, variance := s.Moments()
	e := Estimate{Value: mean, Low: mean, High: mean, N: n}
	if n >= 2 {
		half := tQuantile(float64(n-1)) * math.Sqrt(variance/float64(n))
		e.Low, e.High = mean-half, mean+half
	}
	return e
}

// DifferenceOfMeans is the mean of a − the mean of b by Welch (1947), "The generalization of Student's problem when
// several different population variances are involved", Biometrika 34:28–35: variances may differ. ok is false when
// one side has less than two answers. N is the smaller count.
func DifferenceOfMeans(a, b Sample) (d Estimate, ok bool) {
	na, nb := float64(a.N()), float64(b.N())
	if na < 2 || nb < 2 {
		return Estimate{}, false
	}
	ma, va := a.Moments()
	mb, vb := b.Moments()
	ea, eb := va/na, vb/nb
	d = Estimate{Value: ma - mb, Low: ma - mb, High: ma - mb, N: int64(min(na, nb))}
	if ea+eb == 0 {
		return d, true
	}
	df := (ea + eb) * (ea + eb) / (ea*ea/(na-1) + eb*eb/(nb-1))
	half := tQuantile(df) * math.Sqrt(ea+eb)
	d.Low, d.High = d.Value-half, d.Value+half
	return d, true
}

// tQuantile is the two-sided 95 % quantile of Student's t.
func tQuantile(df float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(0.975)
}
