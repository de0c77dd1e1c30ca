package exec

import (
	"maps"
	"math"
	"slices"
)

// numbers collects numbers for their quantiles: exactly up to exactNumbers of them, beyond that in buckets of 64 per
// doubling, whose middles are off by at most 0.8 %. Which of the two depends on how many there are alone.
type numbers struct {
	list    []float64 // not in the buckets yet
	counted int64     // in the buckets
	buckets map[uint32]int64
}

const exactNumbers = 4096

func (s *numbers) add(x float64) {
	s.list = append(s.list, x)
	if len(s.list) > exactNumbers {
		s.spill()
	}
}

// spill puts the list into the buckets.
func (s *numbers) spill() {
	if s.buckets == nil {
		s.buckets = map[uint32]int64{}
	}
	slices.Sort(s.list) // so that equal ones cost one look into the map
	for i := 0; i < len(s.list); {
		b, n := bucketOf(s.list[i]), 1
		for i+n < len(s.list) && bucketOf(s.list[i+n]) == b {
			n++
		}
		s.buckets[b] += int64(n)
		i += n
	}
	s.counted += int64(len(s.list))
	s.list = s.list[:0]
}

// bucketOf keeps the sign, the exponent and six bits of the fraction, in an order that is the numbers' own.
func bucketOf(x float64) uint32 {
	b := math.Float64bits(x + 0) // −0 is 0
	if b>>63 != 0 {
		return uint32(^b >> 46)
	}
	return uint32((b | 1<<63) >> 46)
}

// middleOf is the value that a bucket stands for.
func middleOf(bucket uint32) float64 {
	edge := func(b uint64) float64 {
		if b>>63 == 0 {
			return math.Float64frombits(^b)
		}
		return math.Float64frombits(b &^ (1 << 63))
	}
	lo, hi := edge(uint64(bucket)<<46), edge(uint64(bucket)<<46|(1<<46-1))
	return lo + (hi-lo)/2
}

func (s *numbers) merge(o *numbers) {
	s.list = append(s.list, o.list...)
	for b, n := range o.buckets {
		if s.buckets == nil {
			s.buckets = map[uint32]int64{}
		}
		s.buckets[b] += n
	}
	s.counted += o.counted
	if s.counted > 0 || len(s.list) > exactNumbers {
		s.spill()
	}
}

// quantile is the value below which the share q of the numbers lies, between neighbours by proportion while they are
// exact (type 7 of Hyndman and Fan 1996); NaN of nothing.
func (s *numbers) quantile(q float64) float64 {
	switch {
	case s.counted > 0:
		s.spill()
		left := int64(q * float64(s.counted-1))
		for _, b := range slices.Sorted(maps.Keys(s.buckets)) {
			if left -= s.buckets[b]; left < 0 {
				return middleOf(b)
			}
		}
		panic("BUG: the buckets hold fewer numbers than were added")
	case len(s.list) == 0:
		return math.NaN()
	}
	slices.Sort(s.list)
	at := q * float64(len(s.list)-1)
	lo := int(at)
	if lo+1 >= len(s.list) {
		return s.list[lo]
	}
	return s.list[lo] + (at-float64(lo))*(s.list[lo+1]-s.list[lo])
}
