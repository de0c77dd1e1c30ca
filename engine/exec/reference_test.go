package exec_test

import (
	"slices"
	"sort"

	"wend.dev/wend/engine/seq"
)

// This is the funnel of docs/questions.md in the plainest words: every choice is tried, nothing is fast. It knows
// one actor's events as letters with a time; steps are sets of letters.

type ev struct {
	name string
	t    int64
}

type ref struct {
	q     seq.Funnel // defaults filled in
	ev    []ev       // in order
	w     int64
	grace int64 // -1 for none
}

func (r *ref) is(i, k int) bool { return slices.Contains(r.q.Steps[k].Event, r.ev[i].name) }

func (r *ref) reach(pos int) int {
	k := pos + 1
	for k < len(r.q.Steps)-1 && r.q.Steps[k].Optional {
		k++
	}
	return min(k, len(r.q.Steps)-1)
}

// deepest tries every chain there is: which depth can be reached from event e, whatever the choice of events?
func (r *ref) deepest(chain []int, pos int) int {
	best := pos + 1
	for k := pos + 1; k <= min(r.reach(pos), len(r.q.Steps)-1); k++ {
		for i := range r.ev {
			if !slices.Contains(chain, i) && r.is(i, k) && r.allowed(chain, i) {
				best = max(best, r.deepest(append(slices.Clone(chain), i), k))
			}
		}
	}
	return best
}

// allowed says whether event i may come after the chain.
func (r *ref) allowed(chain []int, i int) bool {
	first, last, t := chain[0], chain[len(chain)-1], r.ev[i].t
	from := r.ev[first].t
	if r.q.WindowFrom == "previous" {
		from = r.ev[last].t
	}
	if t-from > r.w {
		return false
	}
	switch {
	case r.grace >= 0:
		for _, c := range chain {
			if t < r.ev[c].t-r.grace {
				return false
			}
		}
		return true
	case r.q.Ties == "strict":
		return t > r.ev[last].t
	}
	return t >= r.ev[last].t
}

// anyDeepest is the most steps that distinct events of one window from event e can take.
func (r *ref) anyDeepest(e int, steps []int, used []int) int {
	best := 0
	for n, k := range steps {
		rest := slices.Delete(slices.Clone(steps), n, n+1)
		for i := range r.ev {
			if i >= e && r.ev[i].t-r.ev[e].t <= r.w && r.is(i, k) && !slices.Contains(used, i) {
				best = max(best, 1+r.anyDeepest(e, rest, append(slices.Clone(used), i)))
			}
		}
	}
	return best
}

// chain is an attempt: per step the event taken, or -1.
type chain []int

func (c chain) depth() int {
	d := 0
	for k, i := range c {
		if i >= 0 {
			d = k + 1
		}
	}
	return d
}

// walk follows one attempt through time, instant by instant, taking at each all it can.
func (r *ref) walk(e int) chain {
	c := make(chain, len(r.q.Steps))
	for k := range c {
		c[k] = -1
	}
	c[0] = e
	for i := 0; i < len(r.ev); {
		j := i
		for j < len(r.ev) && r.ev[j].t == r.ev[i].t {
			j++
		}
		if r.ev[i].t >= r.ev[e].t && r.ev[i].t-r.ev[e].t <= r.w {
			switch {
			case r.q.Ties == "strict":
				c = r.oneOf(c, i, j)
			case r.even(i, j): // of equal matches: they have an order
				for x := max(i, e+1); x < j; x++ {
					c = r.allOf(c, x, x+1)
				}
			default:
				c = r.allOf(c, i, j)
			}
		}
		i = j
	}
	return c
}

// even says whether events fulfil the same steps and exclusions.
func (r *ref) even(lo, hi int) bool {
	for i := lo; i < hi; i++ {
		for k := range r.q.Steps {
			if r.is(i, k) != r.is(lo, k) {
				return false
			}
		}
		for _, x := range r.q.Exclusions {
			if slices.Contains(x.Event, r.ev[i].name) != slices.Contains(x.Event, r.ev[lo].name) {
				return false
			}
		}
	}
	return true
}

// moment is when event i happened: the events of a tie of different matches at once, others one by one.
func (r *ref) moment(i int) int {
	lo, hi := i, i+1
	for ; lo > 0 && r.ev[lo-1].t == r.ev[i].t; lo-- {
	}
	for ; hi < len(r.ev) && r.ev[hi].t == r.ev[i].t; hi++ {
	}
	if r.even(lo, hi) {
		return i
	}
	return lo
}

// walkStrict follows one attempt of order strict: the very next event, or the very next tie of different matches,
// must take it on.
func (r *ref) walkStrict(e int) chain {
	c := make(chain, len(r.q.Steps))
	for k := range c {
		c[k] = -1
	}
	c[0] = e
	for i := 0; i < len(r.ev); {
		j := i + 1
		for j < len(r.ev) && r.ev[j].t == r.ev[i].t {
			j++
		}
		set := r.q.Ties != "strict" && !r.even(i, j)
		if !set {
			j = i + 1 // one by one
		}
		last := c[c.depth()-1]
		switch d := c; {
		case j <= e || !set && i == e:
		case r.ev[i].t-r.ev[e].t > r.w:
			return c
		case r.q.Ties == "strict" && r.ev[i].t == r.ev[last].t:
			return c
		default:
			if c = r.allOf(c, i, j); c.depth() == d.depth() && !(i <= e && e < j) {
				return c
			}
		}
		i = j
	}
	return c
}

// oneOf takes at most one event of an instant: the one that brings the chain deepest.
func (r *ref) oneOf(c chain, lo, hi int) chain {
	best, pos := c, c.depth()-1
	for i := lo; i < hi; i++ {
		for k := pos + 1; k <= r.reach(pos); k++ {
			if r.is(i, k) && r.ev[i].t > r.ev[c[pos]].t {
				d := slices.Clone(c)
				d[k] = i
				best = better(best, d)
			}
		}
	}
	return best
}

// allOf takes events of an instant in every order.
func (r *ref) allOf(c chain, lo, hi int) chain {
	best, pos := c, c.depth()-1
	for i := lo; i < hi; i++ {
		for k := pos + 1; k <= r.reach(pos); k++ {
			if r.is(i, k) && !slices.Contains(c, i) {
				d := slices.Clone(c)
				d[k] = i
				best = better(best, r.allOf(d, lo, hi))
			}
		}
	}
	return best
}

// better is the chain that made more of the deeper steps.
func better(a, b chain) chain {
	for k := len(a) - 1; k >= 0; k-- {
		if (a[k] >= 0) != (b[k] >= 0) {
			if a[k] >= 0 {
				return a
			}
			return b
		}
	}
	return a
}

// spoilt is rule 8.
func (r *ref) spoilt(c chain) bool {
	taken := func(k int) int {
		for ; k < len(c); k++ {
			if c[k] >= 0 {
				return c[k]
			}
		}
		return -1
	}
	for _, x := range r.q.Exclusions {
		p, q := taken(x.FromStep-1), taken(x.ToStep-1)
		for _, e := range r.ev {
			if p >= 0 && slices.Contains(x.Event, e.name) && e.t > r.ev[p].t && e.t-r.ev[c[0]].t <= r.w && (q < 0 || e.t < r.ev[q].t) {
				return true
			}
		}
	}
	return false
}

// relevant drops the events that fulfil neither a step nor an exclusion: only strict order looks at them.
func (r *ref) relevant() {
	r.ev = slices.DeleteFunc(slices.Clone(r.ev), func(e ev) bool {
		in := func(n seq.Names) bool { return slices.Contains(n, e.name) }
		return !slices.ContainsFunc(r.q.Steps, func(s seq.FunnelStep) bool { return in(s.Event) }) &&
			!slices.ContainsFunc(r.q.Exclusions, func(x seq.Exclusion) bool { return in(x.Event) })
	})
}

// answer is the actor's chain, nil if it has none, and whether it is excluded.
func (r *ref) answer() (best chain, excluded bool) {
	walk := r.walkStrict
	if r.q.Order != "strict" {
		walk = r.walk
		r.relevant()
	}
	var all []chain
	for e := range r.ev {
		if r.is(e, 0) {
			all = append(all, walk(e))
			if r.q.Entry == "first" {
				break
			}
		}
	}
	deepest := 0
	for _, c := range all {
		deepest = max(deepest, c.depth())
	}
	var clean []chain
	for _, c := range all {
		if c.depth() == deepest && !r.spoilt(c) {
			clean = append(clean, c)
		}
	}
	if len(clean) == 0 {
		return nil, deepest > 0
	}
	if n := len(r.q.Steps); deepest == n { // the scan stops at the last step: the earliest completion
		end := func(c chain) int { return r.moment(c[n-1]) }
		sort.SliceStable(clean, func(i, j int) bool { return end(clean[i]) < end(clean[j]) })
		clean = slices.DeleteFunc(clean, func(c chain) bool { return end(c) > end(clean[0]) })
	}
	return clean[len(clean)-1], false
}
