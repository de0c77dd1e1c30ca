package exec

import "wend.dev/wend/event"

// anyOrder is order any: all steps within one window in whatever order, each event used once. A window begins at
// each event in turn; a chain's hits are booked in order of time, so step k counts the actors that made k steps.
func (s *solver) anyOrder(h []hit, t *tally) {
	deepest, kept := 0, 0
	end := event.Millis(0)
	for e := range h {
		if h[e].mask&s.f.steps == 0 {
			continue
		}
		if kept == s.f.n && h[e].t > end {
			break
		}
		if s.f.q.Entry == "latest" && s.f.bars == 0 && e+1 < len(h) && h[e+1].mask == h[e].mask && h[e].mask&(h[e].mask-1) == 0 {
			continue // the window of the next, which is the same kind of event, holds all that this one needs
		}
		depth := s.followAny(h, e)
		deepest = max(deepest, depth)
		if depth >= kept && !s.spoilt(h, s.at[0], depth) {
			done := h[s.at[depth-1]].t
			if depth > kept || depth < s.f.n || done <= end {
				kept, end = depth, done
				copy(s.best, s.at)
			}
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

// followAny takes, in order of time, every event of the window that lets one more step be matched.
func (s *solver) followAny(h []hit, e int) (depth int) {
	for k := range s.at {
		s.at[k] = -1
	}
	// used[k] is the hit that holds step k; a step may pass its hit on (augmenting paths)
	s.used = grow(s.used, s.f.n)
	for k := range s.used {
		s.used[k] = -1
	}
	limit := h[e].t + s.f.window
	for i := e; i < len(h) && h[i].t <= limit && depth < s.f.n; i++ {
		if h[i].mask&s.f.steps == 0 {
			continue
		}
		s.tried = grow(s.tried, s.f.n)
		clear(s.tried)
		if s.place(h, int32(i)) {
			s.at[depth] = int32(i)
			depth++
		}
	}
	return depth
}

// place gives hit i a step, moving other hits to other steps if need be.
func (s *solver) place(h []hit, i int32) bool {
	for k := range s.f.n {
		if h[i].mask&(1<<k) == 0 || s.tried[k] {
			continue
		}
		s.tried[k] = true
		if s.used[k] < 0 || s.place(h, s.used[k]) {
			s.used[k] = i
			return true
		}
	}
	return false
}

// graceBudget bounds the chains that followGrace looks at for one step-1 event. Real sequences need a few per step;
// past it (hundreds of matching events within one grace) the deepest chain found so far stands.
const graceBudget = 20_000

// followGrace is follow for ties grace: events within the grace of each other may be taken in any order, each once.
func (s *solver) followGrace(h []hit, e int32) int {
	g := &graceSearch{s: s, h: h, limit: h[e].t + s.f.window, at: make([]int32, s.f.n), depth: 1}
	for k := range g.at {
		g.at[k] = -1
	}
	g.at[0] = e
	s.budget = graceBudget
	g.from(0, h[e].t)
	return g.depth
}

type graceSearch struct {
	s     *solver
	h     []hit
	limit event.Millis
	at    []int32
	depth int // deepest found; its chain is in s.at
}

// from tries to take the chain on from pos; latest is the time of its latest event. It says whether the chain came
// to its last step.
func (g *graceSearch) from(pos int, latest event.Millis) bool {
	s := g.s
	if pos+1 > g.depth {
		g.depth = pos + 1
		copy(s.at, g.at)
	}
	if pos == s.f.n-1 {
		return true
	}
	lo := int32(0)
	for hi := int32(len(g.h)); lo < hi; { // first hit not more than the grace before latest
		if m := (lo + hi) / 2; g.h[m].t < latest-s.f.grace {
			lo = m + 1
		} else {
			hi = m
		}
	}
	for k := s.reach(pos); k > pos; k-- {
		until := g.limit
		if s.f.previous {
			until = g.h[g.at[pos]].t + s.f.window
		}
		for i := s.next[k][lo]; int(i) < len(g.h) && g.h[i].t <= until && s.budget > 0; i = s.next[k][i+1] {
			if g.taken(i) {
				continue
			}
			s.budget--
			// a hit later than the first by more than the grace can't help: what it would leave free comes too early
			if !s.f.previous {
				until = min(until, g.h[i].t+s.f.grace)
			}
			g.at[k] = i
			if g.from(k, max(latest, g.h[i].t)) {
				return true
			}
			g.at[k] = -1
		}
	}
	return false
}

func (g *graceSearch) taken(i int32) bool {
	for _, x := range g.at {
		if x == i {
			return true
		}
	}
	return false
}
