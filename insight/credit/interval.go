package credit

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	groups       = 50
	fewestChains = 100         // below, a group is hardly a chain
	touchWork    = 100_000_000 // touches looked at, over all groups
	mostDrawn    = 20_000_000  // chains dealt into groups
	solveWork    = 500_000_000 // floating point operations of Markov models
)

// jackknife puts a 95 % interval to the shares of a model: how far they would move had other chains come. The chains are
// dealt into groups at random and the model is asked again without each of them (the delete-a-group jackknife: Kott 2001,
// "The delete-a-group jackknife", Journal of Official Statistics 17:521–526). The total of conversions is taken as it is.
// Where it would be slow, or there are few chains, there is no interval.
func jackknife(c Chains, m Model, r *Result) {
	dealt, ok := deal(c, m, r)
	if !ok {
		return
	}
	conversions, _ := c.total()
	list := make([]Chain, len(c.List))
	copy(list, c.List)
	sum, squares := make([]float64, c.Channels), make([]float64, c.Channels)
	for _, group := range dealt {
		for _, g := range group {
			list[g.chain].Conversions -= g.conversions
			list[g.chain].Nulls -= g.nulls
		}
		without := Chains{Channels: c.Channels, List: list}
		left, _ := without.total()
		x, err := share(without, m)
		if err != nil || left <= 0 {
			return
		}
		for i := range sum {
			s := x.Conversions[i] / left
			sum[i] += s
			squares[i] += s * s
		}
		for _, g := range group {
			list[g.chain].Conversions += g.conversions
			list[g.chain].Nulls += g.nulls
		}
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: groups - 1}.Quantile(0.975)
	r.Low, r.High, r.Interval = make([]float64, c.Channels), make([]float64, c.Channels), "chains"
	for i, x := range r.Conversions {
		spread := max(squares[i]-sum[i]*sum[i]/groups, 0) * (groups - 1) / groups
		half := t * math.Sqrt(spread) * conversions
		r.Low[i], r.High[i] = x-half, x+half
		if x >= 0 && m.Name != Shapley {
			r.Low[i] = max(r.Low[i], 0)
			r.High[i] = min(r.High[i], conversions)
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
	chains, conversions, touches := 0.0, 0.0, 0
	for i := range c.List {
		chains += c.List[i].Conversions + c.List[i].Nulls
		conversions += c.List[i].Conversions
		touches += len(c.List[i].Touches) + 1
	}
	if conversions < fewestChains || chains > mostDrawn || touches*groups > touchWork || r.solved()*groups > solveWork {
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
