package credit

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	groups       = 100
	fewestChains = 100         // below, a group is hardly a chain
	mostDrawn    = 20_000_000  // chains dealt into groups
	solveWork    = 500_000_000 // floating point operations of Markov models
)

// z is the standard normal quantile of a two-sided 95 % interval.
const z = 1.959963984540054

// interval says how far a model's credits would move had other chains come. The total of conversions is taken as it is.
func interval(c Chains, m Model, r *Result) {
	conversions, _ := c.total()
	switch {
	case conversions < fewestChains || r.Interval != "":
	case m.Name == Markov, m.Name == Shapley && m.Worth != "count":
		jackknife(c, m, r)
	default:
		scores(c, m, r)
	}
}

// scores puts an interval to the shares of a rule. A share is the mean of what the converting chains give the channel,
// each 0 to 1, so its variance is known. The interval is that of Wilson (1927) for as many chains as would give this
// variance if each gave all or nothing (Kish 1965, Survey Sampling, on the effective sample size).
func scores(c Chains, m Model, r *Result) {
	conversions, _ := c.total()
	squares := make([]float64, c.Channels)
	sums := make([]float64, c.Channels)
	weigh := m.weigher()
	var weights []float64
	for i := range c.List {
		x := &c.List[i]
		if x.Conversions == 0 {
			continue
		}
		for len(weights) < len(x.Touches) {
			weights = append(weights, 0)
		}
		w := weights[:len(x.Touches)]
		clear(w)
		weigh(x, w)
		for k, t := range x.Touches {
			sums[t] += w[k]
		}
		for _, t := range x.Touches { // a channel may come several times
			squares[t] += sums[t] * sums[t] * x.Conversions
			sums[t] = 0
		}
	}
	r.Low, r.High, r.Interval = make([]float64, c.Channels), make([]float64, c.Channels), "chains"
	for i, credit := range r.Conversions {
		p, n := min(max(credit/conversions, 0), 1), conversions
		if spread := squares[i]/conversions - p*p; spread > 1e-12 {
			n *= max(p*(1-p)/spread, 1)
		}
		centre := (p + z*z/(2*n)) / (1 + z*z/n)
		half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
		r.Low[i], r.High[i] = min(max(centre-half, 0), p)*conversions, max(min(centre+half, 1), p)*conversions
	}
}

// refit gives the shares of a model that does without a group of chains; ok is false when it cannot be made.
type refit func(group []dealt) (shares []float64, ok bool)

// refitOf keeps what the model is made of, so that a group is taken away and put back instead of counting all anew.
func refitOf(c Chains, m Model) refit {
	if m.Name == Markov {
		g := graphOf(c, m.Order)
		return func(group []dealt) ([]float64, bool) {
			for _, d := range group {
				g.add(c.List[d.chain].Touches, -d.conversions, -d.nulls)
			}
			effects, err := g.effects(c.Channels)
			for _, d := range group {
				g.add(c.List[d.chain].Touches, d.conversions, d.nulls)
			}
			return scaled(effects), err == nil
		}
	}
	coalitions, of := gather(c)
	used, _ := whole(coalitions)
	put := func(group []dealt, sign float64) {
		for _, d := range group {
			x := &coalitions[of[d.chain]]
			x.conversions += sign * d.conversions
			x.chains += sign * (d.conversions + d.nulls)
		}
	}
	return func(group []dealt) ([]float64, bool) {
		put(group, -1)
		defer put(group, 1)
		_, scale := whole(coalitions)
		return exactShares(c.Channels, coalitions, used, scale), true
	}
}

// jackknife puts an interval to the shares of a model that compares chains. The chains are dealt into groups at random and
// the model is asked again without each of them (the delete-a-group jackknife: Kott 2001, "The delete-a-group jackknife",
// Journal of Official Statistics 17:521–526). Where that would be slow there is no interval.
func jackknife(c Chains, m Model, r *Result) {
	dealt, ok := deal(c, m, r)
	if !ok {
		return
	}
	conversions, _ := c.total()
	without := refitOf(c, m)
	sum, squares := make([]float64, c.Channels), make([]float64, c.Channels)
	for _, group := range dealt {
		shares, ok := without(group)
		if !ok {
			return
		}
		for i, s := range shares {
			sum[i] += s
			squares[i] += s * s
		}
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: groups - 1}.Quantile(0.975)
	r.Low, r.High, r.Interval = make([]float64, c.Channels), make([]float64, c.Channels), "chains"
	for i, x := range r.Conversions {
		spread := max(squares[i]-sum[i]*sum[i]/groups, 0) * (groups - 1) / groups
		half := t * math.Sqrt(spread) * conversions
		r.Low[i], r.High[i] = x-half, x+half
		if m.Name == Markov {
			r.Low[i], r.High[i] = max(r.Low[i], 0), min(r.High[i], conversions)
		}
	}
}

// dealt is the chains of one kind that a group got.
type dealt struct {
	chain              int
	conversions, nulls float64
}

// deal puts each chain into a group by lot; always the same for the same chains.
func deal(c Chains, m Model, r *Result) (out [groups][]dealt, ok bool) {
	chains := 0.0
	for i := range c.List {
		chains += c.List[i].Conversions + c.List[i].Nulls
	}
	if chains > mostDrawn || r.solved()*groups > solveWork {
		return out, false
	}
	rng := rand.New(rand.NewPCG(m.Seed, 2))
	for i := range c.List {
		for range int(c.List[i].Conversions) {
			g := rng.IntN(groups)
			last := lastOf(&out[g], i)
			last.conversions++
		}
		for range int(c.List[i].Nulls) {
			g := rng.IntN(groups)
			last := lastOf(&out[g], i)
			last.nulls++
		}
	}
	return out, true
}

func lastOf(list *[]dealt, chain int) *dealt {
	if n := len(*list); n == 0 || (*list)[n-1].chain != chain {
		*list = append(*list, dealt{chain: chain})
	}
	return &(*list)[len(*list)-1]
}

// solved is about how many operations a Markov model took, 0 for other models.
func (r *Result) solved() int { return 2 * r.states * r.states * r.states }
