package exec

// followPrevious is follow for window_from previous. The window moves on with each step, so the latest way to each
// depth is kept (the first would leave the window soonest); ways[k] is the chain that ends at step k.
func (s *solver) followPrevious(h []hit, e int32) int {
	n := s.f.n
	ways := s.state
	for k := range n {
		ways[k*n+k] = -1
	}
	ways[0] = e
	s.at[0] = e
	depth := 1
	if s.f.ties && s.to[e]-s.open(e) > 1 {
		depth, _ = s.step(h, s.open(e), s.to[e], 1)
	}
	last := h[e].t // of any way
	for i := s.to[e]; int(i) < len(h) && depth < n && h[i].t-last <= s.f.window; i = s.to[i] {
		var fresh uint64
		if depth, fresh = s.step(h, i, s.to[i], depth); fresh != 0 {
			last = h[i].t
		}
	}
	copy(s.at, ways[(depth-1)*n:depth*n])
	for k := depth; k < n; k++ {
		s.at[k] = -1
	}
	return depth
}

// step takes every way on through one instant, the deepest first, and gives the depth reached so far and which ways
// are new.
func (s *solver) step(h []hit, lo, hi int32, depth int) (int, uint64) {
	n, t := s.f.n, h[lo].t
	fresh := uint64(0) // depths set in this instant
	was := depth
	for pos := was - 1; pos >= 0; pos-- {
		way := s.state[pos*n : pos*n+n]
		if way[pos] < 0 || t-h[way[pos]].t > s.f.window || fresh&(1<<pos) != 0 {
			continue
		}
		copy(s.at, way[:pos+1])
		for k := pos + 1; k < n; k++ {
			s.at[k] = -1
		}
		end := pos
		if s.f.ties {
			end = s.tie(h, lo, hi, pos)
		} else if k, i := s.deepestIn(h, lo, hi, pos); k > 0 && h[way[pos]].t < t {
			s.at[k], end = i, k
		}
		for k := pos + 1; k <= end; k++ {
			if s.at[k] >= 0 && fresh&(1<<k) == 0 {
				fresh |= 1 << k
				copy(s.state[k*n:k*n+k+1], s.at[:k+1])
				depth = max(depth, k+1)
			}
		}
	}
	return depth, fresh
}
