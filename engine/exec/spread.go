package exec

import "math/bits"

// spread collects spans of time for their quantiles: exactly up to exactSpans of them, beyond that in a histogram of
// 64 buckets per doubling, whose middles are off by at most 0.8 %. Which of the two depends on the number alone.
type spread struct {
	n       int64
	list    []int64 // while n ≤ exactSpans
	buckets *[58 * 64]uint32
}

const exactSpans = 4096

// add counts one span, in milliseconds; a negative one counts as 0.
func (s *spread) add(ms int64) {
	s.n++
	if s.n <= exactSpans {
		s.list = append(s.list, max(ms, 0))
		return
	}
	if s.n == exactSpans+1 {
		s.spill()
	}
	s.bump(max(ms, 0))
}

func (s *spread) spill() {
	if s.buckets == nil {
		s.buckets = new([58 * 64]uint32)
	}
	for _, x := range s.list {
		s.bump(x)
	}
	s.list = nil
}

// bump finds the bucket: values below 128 have their own; above, the six bits after the leading one choose.
func (s *spread) bump(ms int64) {
	at := ms
	if ms >= 64 {
		shift := bits.Len64(uint64(ms)) - 7
		at = int64(shift+1)<<6 | (ms>>shift)&63
	}
	s.buckets[at]++
}

// middle is the value that a bucket stands for.
func middle(bucket int) float64 {
	octave, i := bucket>>6, int64(bucket&63)
	if octave == 0 {
		return float64(i)
	}
	width := int64(1) << (octave - 1)
	return float64((i+64)*width) + float64(width-1)/2
}

func (s *spread) merge(o *spread) {
	if s.n+o.n > exactSpans {
		s.spill()
		for _, x := range o.list {
			s.bump(x)
		}
	} else {
		s.list = append(s.list, o.list...)
	}
	s.n += o.n
	if o.buckets != nil {
		for i, c := range o.buckets {
			s.buckets[i] += c
		}
	}
}

// quantile is in milliseconds; ok is false when nothing was added.
func (s *spread) quantile(q float64) (ms float64, ok bool) {
	if s.n == 0 {
		return 0, false
	}
	if s.n <= exactSpans {
		return quantile(s.list, q), true
	}
	left := int64(q * float64(s.n-1))
	for i, c := range s.buckets {
		if left -= int64(c); left < 0 {
			return middle(i), true
		}
	}
	panic("BUG: a histogram holds fewer values than were added")
}

// total is a sum of floats that does not depend on the order to the last digits shown (Neumaier 1974).
type total struct{ sum, lost float64 }

func (t *total) add(x float64) {
	s := t.sum + x
	if abs(t.sum) >= abs(x) {
		t.lost += t.sum - s + x
	} else {
		t.lost += x - s + t.sum
	}
	t.sum = s
}

func (t *total) merge(o total) {
	t.add(o.sum)
	t.lost += o.lost
}

func (t *total) value() float64 { return t.sum + t.lost }

func abs(x float64) float64 { return max(x, -x) }
