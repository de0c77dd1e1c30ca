package exec

import "math/bits"

// spread collects spans of time for their quantiles: exactly up to exactSpans of them, beyond that in a histogram of
// 64 buckets per doubling, whose middles are off by at most 0.8 %. Which of the two depends on the number alone.
type spread struct {
	list    []int64 // not in the buckets yet
	counted int64   // in the buckets; 0 while there are no more than exactSpans
	buckets *[58 * 64]uint32
}

const (
	exactSpans = 4096
	// heldSpans is how many wait, once there is a histogram, until they are put in: hundreds of histograms do not fit in
	// the near cache, the ends of their lists do.
	heldSpans = 256
)

func (s *spread) len() int64 { return s.counted + int64(len(s.list)) }

// add counts one span, in milliseconds; a negative one counts as 0.
func (s *spread) add(ms int64) {
	if len(s.list) == cap(s.list) {
		s.room()
	}
	s.list = append(s.list, max(ms, 0))
}

// room makes the list able to take one more.
func (s *spread) room() {
	switch {
	case s.len() >= exactSpans:
		if s.spill(); cap(s.list) != heldSpans {
			s.list = make([]int64, 0, heldSpans)
		}
	case cap(s.list) > 0:
		list := make([]int64, len(s.list), min(2*cap(s.list), exactSpans))
		copy(list, s.list)
		s.list = list
	default:
		s.list = make([]int64, 0, 16)
	}
}

// spill puts the list into the histogram.
func (s *spread) spill() {
	if s.buckets == nil {
		s.buckets = new([58 * 64]uint32)
	}
	for _, x := range s.list {
		s.bump(x)
	}
	s.counted += int64(len(s.list))
	s.list = s.list[:0]
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
	if s.len()+o.len() <= exactSpans {
		s.list = append(s.list, o.list...)
		return
	}
	s.spill()
	for _, x := range o.list {
		s.bump(x)
	}
	s.counted += o.len()
	if o.buckets != nil {
		for i, c := range o.buckets {
			s.buckets[i] += c
		}
	}
}

// quantile is in milliseconds; ok is false when nothing was added.
func (s *spread) quantile(q float64) (ms float64, ok bool) {
	n := s.len()
	if n == 0 {
		return 0, false
	}
	if n <= exactSpans {
		return quantile(s.list, q), true
	}
	s.spill()
	left := int64(q * float64(n-1))
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
