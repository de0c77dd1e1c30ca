package credit

import "slices"

// weigher writes the weights of a chain's touches, which add up to 1.
type weigher func(c *Chain, weights []float64)

func (m Model) weigher() weigher {
	switch m.Name {
	case First:
		return func(_ *Chain, w []float64) { w[0] = 1 }
	case Last:
		return func(_ *Chain, w []float64) { w[len(w)-1] = 1 }
	case LastNonDirect:
		return m.lastNonDirect
	case TimeDecay:
		return func(c *Chain, w []float64) { copy(w, c.Decay) }
	case Position:
		return m.Ends.weigh
	case J:
		return Ends{First: 0.2, Last: 0.6}.weigh
	case InverseJ:
		return Ends{First: 0.6, Last: 0.2}.weigh
	case Shapley:
		return apart
	}
	return func(_ *Chain, w []float64) { even(w, 1) }
}

// lastNonDirect is Google's: all to the last touch that is not direct, or to the last one if all are.
// https://support.google.com/analytics/answer/10596866
func (m Model) lastNonDirect(c *Chain, w []float64) {
	for i := len(c.Touches) - 1; i >= 0; i-- {
		if !m.Direct[c.Touches[i]] {
			w[i] = 1
			return
		}
	}
	w[len(w)-1] = 1
}

// weigh gives the first and the last touch their parts and shares the rest evenly among those between them. Two touches
// share in proportion to the ends' parts, as in Adobe's definitions of the U, J and inverse J curves:
// https://experienceleague.adobe.com/en/docs/analytics/analyze/analysis-workspace/attribution/models
func (e Ends) weigh(_ *Chain, w []float64) {
	switch n := len(w); {
	case n == 1:
		w[0] = 1
	case n == 2 && e.First+e.Last == 0:
		even(w, 1)
	case n == 2:
		w[0], w[1] = e.First/(e.First+e.Last), e.Last/(e.First+e.Last)
	default:
		w[0], w[n-1] = e.First, e.Last
		even(w[1:n-1], 1-e.First-e.Last)
	}
}

// apart shares evenly among the distinct channels: the first touch of each gets its part. It is what Shapley's value of
// conversions comes to.
func apart(c *Chain, w []float64) {
	n := 0
	for i, t := range c.Touches {
		if !slices.Contains(c.Touches[:i], t) {
			w[i] = 1
			n++
		}
	}
	for i := range w {
		w[i] /= float64(n)
	}
}

func even(w []float64, sum float64) {
	for i := range w {
		w[i] = sum / float64(len(w))
	}
}

// byRule shares each chain by its own weights. Time decay's differ from conversion to conversion, so its shares of the
// value were summed where the times are known.
func byRule(c Chains, m Model) Result {
	weigh := m.weigher()
	r := Result{Conversions: make([]float64, c.Channels), Value: make([]float64, c.Channels)}
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
			r.Conversions[t] += w[k] * x.Conversions
		}
		for k, t := range x.Touches {
			if m.Name == TimeDecay {
				r.Value[t] += x.DecayValue[k]
			} else {
				r.Value[t] += w[k] * x.Value
			}
		}
	}
	return r
}
