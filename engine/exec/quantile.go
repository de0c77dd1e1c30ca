package exec

// quantile is the value below which the share q of a list lies, between neighbours by proportion (type 7 of Hyndman
// and Fan 1996; q 0.5 is the median). It reorders the list, which must not be empty.
func quantile(list []int64, q float64) float64 {
	at := q * float64(len(list)-1)
	lo := int(at)
	low := nth(list, lo)
	if lo+1 >= len(list) || at == float64(lo) {
		return float64(low)
	}
	high := list[lo+1]
	for _, x := range list[lo+2:] {
		high = min(high, x)
	}
	return float64(low) + (at-float64(lo))*float64(high-low)
}

// nth moves the n-th smallest to its place, the smaller before and the larger after it (Hoare's selection with the
// median of three; three-way, so that equal values cost nothing).
func nth(list []int64, n int) int64 {
	lo, hi := 0, len(list)
	for hi-lo > 1 {
		a, b, c := list[lo], list[lo+(hi-lo)/2], list[hi-1]
		pivot := max(min(a, b), min(max(a, b), c))
		less, i, more := lo, lo, hi
		for i < more {
			switch x := list[i]; {
			case x < pivot:
				list[less], list[i] = x, list[less]
				less++
				i++
			case x > pivot:
				more--
				list[more], list[i] = x, list[more]
			default:
				i++
			}
		}
		switch {
		case n < less:
			hi = less
		case n >= more:
			lo = more
		default:
			return pivot
		}
	}
	return list[lo]
}
