package credit

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
)

const (
	// exactChannels is how many channels can be tried in every coalition.
	exactChannels = 15
	// Beyond, the value is estimated from so many pairs of random orders, or as many as the work allows.
	fewestPairs, mostPairs = 100, 2000
	sampleWork             = 20_000_000
)

// shapley credits each channel with its Shapley value (Shapley 1953, "A value for n-person games", Contributions to the
// Theory of Games II:307–317): what it adds to a coalition of channels, on average over all orders of joining. What a
// coalition S is worth is made of the chains that touch no channel outside S:
//
//	rate   conversions / chains, 0 where there are none. A channel that adds chains but no conversions has a value below 0
//	count  conversions. Then the value of a channel is the sum over its chains of conversions / distinct channels: Zhao,
//	       Mahboobi and Bagheri (2018), "Shapley value methods for attribution modeling in online advertising", arXiv:1804.05327
func shapley(c Chains, m Model) Result {
	if m.Worth == "count" {
		return byRule(c, m)
	}
	coalitions, _ := gather(c)
	used, scale := whole(coalitions)
	if len(used) <= exactChannels {
		return byShare(c, exactShares(c.Channels, coalitions, used, scale))
	}
	conversions, _ := c.total()
	shares := make([]float64, c.Channels)
	mean, half := sampledValues(coalitions, used, m.Seed)
	for i, ch := range used {
		shares[ch] = mean[i] * scale
	}
	r := byShare(c, shares)
	r.Low, r.High, r.Interval = slices.Clone(r.Conversions), slices.Clone(r.Conversions), "sampling"
	for i, ch := range used {
		r.Low[ch] -= half[i] * scale * conversions
		r.High[ch] += half[i] * scale * conversions
	}
	return r
}

// whole is the channels that occur, and what a value is to be multiplied with to be a share of the whole rate: 0 where
// there are no conversions to share.
func whole(coalitions []coalition) (used []int, scale float64) {
	conversions, chains := 0.0, 0.0
	for _, x := range coalitions {
		conversions += x.conversions
		chains += x.chains
		used = append(used, x.channels...)
	}
	slices.Sort(used)
	if conversions > 0 {
		scale = chains / conversions
	}
	return slices.Compact(used), scale
}

func exactShares(channels int, coalitions []coalition, used []int, scale float64) []float64 {
	shares := make([]float64, channels)
	for i, v := range exactValues(coalitions, used) {
		shares[used[i]] = v * scale
	}
	return shares
}

// coalition is the chains that touch the same channels, in whatever order.
type coalition struct {
	channels            []int // ascending, each once
	conversions, chains float64
}

// gather puts chains of the same channels together, in the order of their first; of tells where each chain went.
func gather(c Chains) (out []coalition, of []int) {
	of = make([]int, len(c.List))
	index := map[string]int{}
	var channels []int
	var key []byte
	for i := range c.List {
		x := &c.List[i]
		if x.Conversions+x.Nulls <= 0 {
			continue
		}
		channels = append(channels[:0], x.Touches...)
		slices.Sort(channels)
		channels = slices.Compact(channels)
		key = key[:0]
		for _, t := range channels {
			key = binary.AppendUvarint(key, uint64(t))
		}
		at, ok := index[string(key)]
		if !ok {
			at = len(out)
			index[string(key)] = at
			out = append(out, coalition{channels: slices.Clone(channels)})
		}
		of[i] = at
		out[at].conversions += x.Conversions
		out[at].chains += x.Conversions + x.Nulls
	}
	return out, of
}

func rate(conversions, chains float64) float64 {
	if chains <= 0 {
		return 0
	}
	return conversions / chains
}

// exactValues tries all coalitions of the used channels.
func exactValues(coalitions []coalition, used []int) []float64 {
	n := len(used)
	conversions, chains := make([]float64, 1<<n), make([]float64, 1<<n)
	for _, x := range coalitions {
		set := 0
		for _, t := range x.channels {
			i, _ := slices.BinarySearch(used, t)
			set |= 1 << i
		}
		conversions[set] += x.conversions
		chains[set] += x.chains
	}
	for i := range n { // from the chains of a set to those of all its subsets
		for set := range conversions {
			if set&(1<<i) != 0 {
				conversions[set] += conversions[set^1<<i]
				chains[set] += chains[set^1<<i]
			}
		}
	}
	weight := make([]float64, n) // of a coalition of k joined by one more: k! (n−k−1)! / n!
	for k := range weight {
		a, _ := math.Lgamma(float64(k + 1))
		b, _ := math.Lgamma(float64(n - k))
		all, _ := math.Lgamma(float64(n + 1))
		weight[k] = math.Exp(a + b - all)
	}
	out := make([]float64, n)
	for set := range conversions {
		v, k := rate(conversions[set], chains[set]), popcount(set)
		for i := range n {
			if set&(1<<i) != 0 {
				out[i] += weight[k-1] * v
			} else {
				out[i] -= weight[k] * v
			}
		}
	}
	return out
}

func popcount(set int) (n int) {
	for ; set != 0; set &= set - 1 {
		n++
	}
	return n
}

// sampledValues estimates the values from random orders, each with its reverse (which makes the estimate steadier), and
// half the width of a 95 % interval: Castro, Gómez and Tejada (2009), "Polynomial calculation of the Shapley value based
// on sampling", Computers & Operations Research 36:1726–1730. Every order shares the whole rate out, so their mean does.
func sampledValues(coalitions []coalition, used []int, seed uint64) (mean, half []float64) {
	n, size := len(used), 0
	members := make([][]int, len(coalitions))
	for i, x := range coalitions {
		for _, t := range x.channels {
			at, _ := slices.BinarySearch(used, t)
			members[i] = append(members[i], at)
		}
		size += len(x.channels)
	}
	pairs := min(max(sampleWork/max(size, 1), fewestPairs), mostPairs)
	rng := rand.New(rand.NewPCG(seed, 1))
	mean, half = make([]float64, n), make([]float64, n)
	squares, pair := make([]float64, n), make([]float64, n)
	place := make([]int, n)
	w := &walk{coalitions: coalitions, members: members, conversions: make([]float64, n), chains: make([]float64, n)}
	for range pairs {
		order := rng.Perm(n)
		clear(pair)
		for range 2 {
			for i, ch := range order {
				place[ch] = i
			}
			w.add(order, place, pair)
			slices.Reverse(order)
		}
		for i, x := range pair {
			mean[i] += x / 2
			squares[i] += x / 2 * x / 2
		}
	}
	m := float64(pairs)
	for i := range mean {
		mean[i] /= m
		half[i] = z * math.Sqrt(max(squares[i]/m-mean[i]*mean[i], 0)/(m-1))
	}
	return mean, half
}

// walk lets the channels join in one order.
type walk struct {
	coalitions          []coalition
	members             [][]int
	conversions, chains []float64 // of those complete with the channel at each place
}

func (w *walk) add(order, place []int, to []float64) {
	clear(w.conversions)
	clear(w.chains)
	for i, list := range w.members {
		last := 0
		for _, ch := range list {
			last = max(last, place[ch])
		}
		w.conversions[last] += w.coalitions[i].conversions
		w.chains[last] += w.coalitions[i].chains
	}
	conversions, chains, before := 0.0, 0.0, 0.0
	for i, ch := range order {
		conversions += w.conversions[i]
		chains += w.chains[i]
		now := rate(conversions, chains)
		to[ch] += now - before
		before = now
	}
}
