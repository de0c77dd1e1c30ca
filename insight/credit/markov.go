package credit

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"wend.dev/wend/engine/seq"
)

// mostStates is how large a Markov model may be: one that fills a dense matrix and is solved in well under a second.
const mostStates = 600

// markov credits channels by their removal effect: Anderl, Becker, von Wangenheim and Schumann (2016), "Mapping the
// customer journey: lessons learned from graph-based online attribution modeling", International Journal of Research in
// Marketing 33:457–474. Chains with and without a conversion make an absorbing Markov chain whose states are the last
// touches, as many as the order says. A channel's effect is the share of conversions that would be lost if everybody who
// comes to it left; the effects, scaled to add up to 1, share the conversions. Both are had from the fundamental matrix
// of the chain (Kemeny and Snell 1960, Finite Markov Chains, chapter III), not by simulation.
func markov(c Chains, order int) (Result, error) {
	g := graphOf(c, order)
	if n := len(g.last); n > mostStates {
		return Result{}, &seq.Invalid{Field: "order", Reason: fmt.Sprintf("%d makes a model of %d states, at most %d can be solved; ask for a lower order or a lower limit of channels", order, n, mostStates)}
	}
	effects, err := g.effects(c.Channels)
	if err != nil {
		return Result{}, err
	}
	r := byShare(c, scaled(effects))
	r.Effects, r.states = effects, len(g.last)
	return r, nil
}

// scaled makes effects add up to 1, unless all are 0.
func scaled(effects []float64) []float64 {
	sum, out := 0.0, make([]float64, len(effects))
	for _, e := range effects {
		sum += e
	}
	for i, e := range effects {
		if sum > 0 {
			out[i] = e / sum
		}
	}
	return out
}

// graph is the Markov chain of all chains. State 0 is the start, before any touch.
type graph struct {
	order int
	wrap  int         // (most channels + 1) ^ order
	ids   map[int]int // the last touches, read as digits → state
	last  []int       // per state its last touch, -1 for the start
	moves map[[2]int]float64
	wins  []float64 // per state the chains that converted from it
	total []float64 // per state the chains that left it
}

// digit is one more than the channels there can be.
const digit = 1 << 14

func newGraph(order int) *graph {
	g := &graph{order: order, wrap: 1, ids: map[int]int{}, moves: map[[2]int]float64{}}
	for range order {
		g.wrap *= digit
	}
	g.state(0, -1)
	return g
}

func (g *graph) state(key, last int) int {
	id, ok := g.ids[key]
	if !ok {
		id = len(g.last)
		g.ids[key] = id
		g.last, g.wins, g.total = append(g.last, last), append(g.wins, 0), append(g.total, 0)
	}
	return id
}

func graphOf(c Chains, order int) *graph {
	g := newGraph(order)
	for i := range c.List {
		x := &c.List[i]
		g.add(x.Touches, x.Conversions, x.Nulls)
	}
	return g
}

// add counts chains; fewer than none takes them away again.
func (g *graph) add(touches []int, conversions, nulls float64) {
	n := conversions + nulls
	if n == 0 {
		return
	}
	at, key := 0, 0
	for _, t := range touches {
		key = (key*digit + t + 1) % g.wrap
		to := g.state(key, t)
		g.moves[[2]int{at, to}] += n
		g.total[at] += n
		at = to
	}
	g.wins[at] += conversions
	g.total[at] += n
}

// effects are the removal effects: 1 − P(conversion without the channel) / P(conversion).
//
// With A = I − Q, Q being the moves between states: b = A⁻¹·wins is the chance of a conversion from each state, N = A⁻¹ the
// expected visits. Of the chains from the start, f(s) = share that comes to the channel's states S first at s; since every
// visit of S is by way of a first one, N[0,S] = f·N[S,S]. Removing the channel loses f·b[S].
func (g *graph) effects(channels int) ([]float64, error) {
	n := len(g.last)
	a, wins := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
	for i := range n {
		a.Set(i, i, 1)
		if g.total[i] > 0 {
			wins.SetVec(i, g.wins[i]/g.total[i])
		}
	}
	for m, count := range g.moves {
		if count == 0 {
			continue
		}
		a.Set(m[0], m[1], a.At(m[0], m[1])-count/g.total[m[0]])
	}
	var visits mat.Dense
	if err := visits.Inverse(a); err != nil {
		return nil, fmt.Errorf("cannot solve the Markov model of %d states: %w", n, err)
	}
	var chance mat.VecDense
	chance.MulVec(&visits, wins)
	effects, all := make([]float64, channels), chance.AtVec(0)
	if all <= 0 {
		return effects, nil
	}
	states := make([][]int, channels)
	for s, c := range g.last {
		if c >= 0 {
			states[c] = append(states[c], s)
		}
	}
	for c, list := range states {
		if len(list) == 0 {
			continue
		}
		lost, err := lostBy(&visits, &chance, list)
		if err != nil {
			return nil, fmt.Errorf("cannot solve the Markov model of %d states: %w", n, err)
		}
		effects[c] = min(max(lost/all, 0), 1)
	}
	return effects, nil
}

// lostBy is f·b[S].
func lostBy(visits *mat.Dense, chance *mat.VecDense, list []int) (float64, error) {
	k := len(list)
	if k == 1 {
		s := list[0]
		return visits.At(0, s) / visits.At(s, s) * chance.AtVec(s), nil
	}
	among, from := mat.NewDense(k, k, nil), mat.NewVecDense(k, nil)
	for i, s := range list {
		from.SetVec(i, visits.At(0, s))
		for j, to := range list {
			among.Set(j, i, visits.At(s, to)) // transposed: f·N = from is Nᵀ·f = from
		}
	}
	var first mat.VecDense
	if err := first.SolveVec(among, from); err != nil {
		return 0, err
	}
	lost := 0.0
	for i, s := range list {
		lost += first.AtVec(i) * chance.AtVec(s)
	}
	return lost, nil
}
