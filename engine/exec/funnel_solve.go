package exec

// solver runs one funnel on one actor's hits after the other, keeping its memory.
type solver struct {
	f    *funnel
	at   []int32 // the chain being followed: per step its hit, or -1
	best []int32 // the best chain so far
	// plain: one chain per depth; chain k's hits are state[k*n : k*n+k+1]
	state []int32
	// attempts
	next     [][]int32 // per bit: the first hit at or after i that has it; len(h) is none
	from, to []int32   // per hit its tie: the hits of the same instant are from ≤ i < to
	even     []bool    // per hit: all of its tie have one mask
	used     []int32   // hits that the chain took in the current tie
	owner    []int32   // match: per hit of the tie the step that took it
	tried    []bool
	budget   int // grace: nodes left to look at
}

func newSolver(f *funnel) *solver {
	s := &solver{f: f, at: make([]int32, f.n), best: make([]int32, f.n)}
	s.state = make([]int32, f.n*f.n)
	s.next = make([][]int32, f.n+len(f.q.Exclusions))
	return s
}

// run books what the actor whose hits are given makes of the funnel.
func (s *solver) run(h []hit, t *tally) {
	if s.f.simple {
		if depth, ok := s.plain(h); ok {
			if depth > 0 {
				t.chain(h, s.best)
			}
			return
		}
	}
	switch {
	case s.f.q.Order == "any":
		s.prepare(h)
		s.anyOrder(h, t)
	case s.f.q.Count == "entries":
		s.prepare(h)
		s.entries(h, t)
	default:
		s.prepare(h)
		s.attempts(h, t)
	}
}

// plain is the pass for ordered funnels without exclusions or optional steps: per depth it keeps the chain with the
// latest step-1 event; an event is offered to the deepest step first. It fills best and gives the depth reached. It
// gives up (false) at a tie of different matches.
func (s *solver) plain(h []hit) (depth int, ok bool) {
	n, w := s.f.n, s.f.window
	st := s.state
	for k := range n {
		st[k*n] = -1
	}
	first := s.f.q.Entry == "first"
	for i, x := range h {
		if i+1 < len(h) && h[i+1].t == x.t && (i == 0 || h[i-1].t != x.t) && mixed(h[i:]) {
			return 0, false
		}
		for k := min(depth, n-1); k > 0; k-- {
			if x.mask&(1<<k) == 0 {
				continue
			}
			entry := st[(k-1)*n]
			if entry < 0 || x.t-h[entry].t > w || st[k*n] == entry {
				continue
			}
			copy(st[k*n:k*n+k], st[(k-1)*n:(k-1)*n+k])
			st[k*n+k] = int32(i)
			depth = max(depth, k+1)
			if depth == n {
				s.keep(st[k*n:k*n+n], n)
				return n, true
			}
		}
		if x.mask&1 != 0 && (!first || st[0] < 0) {
			st[0] = int32(i)
			if depth = max(depth, 1); n == 1 {
				break
			}
		}
	}
	if depth > 0 {
		k := depth - 1
		s.keep(st[k*n:k*n+depth], depth)
	}
	return depth, true
}

// mixed says whether the tie that hits begin with is one of different matches.
func mixed(h []hit) bool {
	for _, x := range h[1:] {
		if x.t != h[0].t {
			return false
		}
		if x.mask != h[0].mask {
			return true
		}
	}
	return false
}

func (s *solver) keep(chain []int32, depth int) {
	copy(s.best, chain[:depth])
	for k := depth; k < len(s.best); k++ {
		s.best[k] = -1
	}
}

// prepare finds the ties and, per matcher, the next hit that has it.
func (s *solver) prepare(h []hit) {
	n := len(h)
	s.from, s.to, s.even = grow(s.from, n), grow(s.to, n), grow(s.even, n)
	for i := 0; i < n; {
		j, even := i, true
		for ; j < n && h[j].t == h[i].t; j++ {
			even = even && h[j].mask == h[i].mask
		}
		for k := i; k < j; k++ {
			s.from[k], s.to[k], s.even[k] = int32(i), int32(j), even
		}
		i = j
	}
	for b := range s.next {
		s.next[b] = grow(s.next[b], n+1)
		s.next[b][n] = int32(n)
		for i := n - 1; i >= 0; i-- {
			if s.next[b][i] = s.next[b][i+1]; h[i].mask&(1<<b) != 0 {
				s.next[b][i] = int32(i)
			}
		}
	}
}

func grow[T any](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, n, n+n/2)
	}
	return list[:n]
}

// attempts follows every step-1 event and books the best attempt, or that all the deepest were spoilt.
func (s *solver) attempts(h []hit, t *tally) {
	deepest, kept := 0, 0 // depth reached by any attempt; by the best unspoilt one
	end := int32(0)       // when that was complete
	for e := s.next[0][0]; int(e) < len(h); e = s.next[0][e+1] {
		if kept == s.f.n && s.moment(e) > end && s.f.grace <= 0 {
			break
		}
		if s.twin(h, e) {
			continue
		}
		depth := s.follow(h, e)
		deepest = max(deepest, depth)
		if depth < kept || s.spoilt(h, e, depth) {
			if s.f.q.Entry == "first" {
				break
			}
			continue
		}
		done := s.moment(s.at[depth-1])
		if depth > kept || depth < s.f.n || done <= end {
			kept, end = depth, done
			copy(s.best, s.at)
		}
		if s.f.q.Entry == "first" {
			break
		}
	}
	switch {
	case deepest == 0:
	case kept == deepest:
		t.chain(h, s.best)
	default:
		t.excluded++
	}
}

// moment orders hits by when they happened: those of a tie of different matches at once, others one by one.
func (s *solver) moment(i int32) int32 {
	if s.even[i] {
		return i
	}
	return s.from[i]
}

// twin says that the next hit is the same kind of event in the same tie of different matches, so that following that
// one is enough.
func (s *solver) twin(h []hit, e int32) bool {
	return !s.even[e] && !s.f.strict && s.f.ties && s.f.q.Entry == "latest" && s.f.bars == 0 && e+1 < s.to[e] && h[e+1].mask == h[e].mask
}

// entries books every attempt by itself.
func (s *solver) entries(h []hit, t *tally) {
	for e := s.next[0][0]; int(e) < len(h); e = s.next[0][e+1] {
		depth := s.follow(h, e)
		if s.spoilt(h, e, depth) {
			t.excluded++
		} else {
			t.chain(h, s.at)
		}
		if s.f.q.Entry == "first" {
			return
		}
	}
}

// follow makes the attempt that begins with hit e, into at. The depth is the last step taken, from 1.
func (s *solver) follow(h []hit, e int32) (depth int) {
	for k := range s.at {
		s.at[k] = -1
	}
	s.at[0] = e
	switch {
	case s.f.grace >= 0:
		return s.followGrace(h, e)
	case s.f.previous && !s.f.strict:
		return s.followPrevious(h, e)
	case s.f.strict:
		return s.followStrict(h, e)
	}
	limit := h[e].t + s.f.window
	pos := 0
	if s.f.ties && s.to[e]-s.open(e) > 1 {
		pos = s.tie(h, s.open(e), s.to[e], 0)
	}
	for i := s.to[e]; pos < s.f.n-1; {
		j := s.soonest(pos, i)
		if int(j) >= len(h) || h[j].t > limit {
			break
		}
		i = s.to[j]
		if s.f.ties {
			pos = s.tie(h, s.from[j], i, pos)
		} else if k, hit := s.deepestIn(h, s.from[j], i, pos); k > 0 {
			s.at[k], pos = hit, k
		}
	}
	return pos + 1
}

// open is where the part of its own tie begins that step-1 event e may be followed by: all of it, or what comes after
// e when the tie is of equal matches and so has an order.
func (s *solver) open(e int32) int32 {
	if s.even[e] {
		return e
	}
	return s.from[e]
}

// reach is the furthest step (from 0) that the chain may take next: the next required one, or the last.
func (s *solver) reach(pos int) int {
	k := pos + 1
	for k < s.f.n-1 && s.f.optional&(1<<k) != 0 {
		k++
	}
	return min(k, s.f.n-1)
}

// soonest is the first hit at or after i that can take the chain on from pos.
func (s *solver) soonest(pos int, i int32) int32 {
	j := s.next[pos+1][i]
	for k := pos + 2; k <= s.reach(pos); k++ {
		j = min(j, s.next[k][i])
	}
	return j
}

// deepestIn is the deepest step that one hit of [lo, hi) can take the chain on to, and that hit; step 0 is none.
func (s *solver) deepestIn(h []hit, lo, hi int32, pos int) (step int, at int32) {
	for k := s.reach(pos); k > pos; k-- {
		for i := lo; i < hi; i++ {
			if h[i].mask&(1<<k) != 0 {
				return k, i
			}
		}
	}
	return 0, 0
}

// tie takes the chain on from pos within one instant, whose hits may be taken in any order, each once: first as many
// required steps as can be had, then the optional ones that still find a hit of their own. It gives the new pos.
func (s *solver) tie(h []hit, lo, hi int32, pos int) int {
	if s.even[lo] { // of equal matches: they have an order
		for i := lo; i < hi; i++ {
			if k, _ := s.deepestIn(h, i, i+1, pos); k > 0 && s.at[0] != i {
				s.at[k], pos = i, k
			}
		}
		return pos
	}
	s.owner, s.tried = grow(s.owner, int(hi-lo)), grow(s.tried, int(hi-lo))
	for i := range s.owner {
		s.owner[i] = -1
		if s.at[0] == lo+int32(i) {
			s.owner[i] = 0 // the step-1 event itself is taken for good
		}
	}
	end, stop := pos, s.f.n
	for k := pos + 1; k < s.f.n; k++ {
		if s.f.optional&(1<<k) != 0 {
			continue
		}
		if !s.match(h, lo, k) {
			stop = k
			break
		}
		end = k
	}
	for k := stop - 1; k > pos; k-- {
		if s.f.optional&(1<<k) != 0 && s.match(h, lo, k) {
			end = max(end, k)
		}
	}
	for i, k := range s.owner {
		if k > 0 {
			s.at[k] = lo + int32(i)
		}
	}
	return end
}

// match finds step k a hit of the tie that begins at lo, moving other steps to other hits if need be (augmenting
// paths, Kuhn 1955).
func (s *solver) match(h []hit, lo int32, k int) bool {
	clear(s.tried)
	return s.augment(h, lo, k)
}

func (s *solver) augment(h []hit, lo int32, k int) bool {
	for i := range s.owner {
		if h[lo+int32(i)].mask&(1<<k) == 0 || s.tried[i] || s.owner[i] == 0 {
			continue
		}
		s.tried[i] = true
		if s.owner[i] < 0 || s.augment(h, lo, int(s.owner[i])) {
			s.owner[i] = int32(k)
			return true
		}
	}
	return false
}

// followStrict is follow for order strict: each step is the actor's very next event, or lies in the very next tie of
// different matches.
func (s *solver) followStrict(h []hit, e int32) int {
	pos, i, last := 0, e+1, e
	if s.f.ties && !s.even[e] {
		pos, i = s.tie(h, s.from[e], s.to[e], 0), s.to[e]
	}
	for pos < s.f.n-1 && int(i) < len(h) {
		from := h[e].t
		if s.f.previous {
			from = h[last].t
		}
		if h[i].t-from > s.f.window || !s.f.ties && h[i].t == h[last].t {
			break
		}
		was := pos
		if s.f.ties && !s.even[i] && s.from[i] == i {
			pos, i = s.tie(h, i, s.to[i], pos), s.to[i]
		} else {
			if k, at := s.deepestIn(h, i, i+1, pos); k > 0 {
				s.at[k], pos = at, k
			}
			i++
		}
		if pos == was {
			break
		}
		last = s.at[pos]
	}
	return pos + 1
}

// spoilt says whether an excluded event lies inside the attempt in at: in its window, after step p, before step q.
func (s *solver) spoilt(h []hit, e int32, depth int) bool {
	grace := max(s.f.grace, 0)
	for j, x := range s.f.q.Exclusions {
		p, q := s.takenFrom(x.FromStep-1), s.takenFrom(x.ToStep-1)
		if p < 0 {
			continue
		}
		after := h[p].t + grace
		until := h[e].t + s.f.window + 1
		if s.f.previous {
			until = h[s.at[depth-1]].t + s.f.window + 1
		}
		if q >= 0 {
			until = min(until, h[q].t-grace)
		}
		for i := s.next[s.f.n+j][p]; int(i) < len(h) && h[i].t < until; i = s.next[s.f.n+j][i+1] {
			if h[i].t > after {
				return true
			}
		}
	}
	return false
}

// takenFrom is the hit of the first step taken from step k on, -1 if there is none.
func (s *solver) takenFrom(k int) int32 {
	for ; k < len(s.at); k++ {
		if s.at[k] >= 0 {
			return s.at[k]
		}
	}
	return -1
}
