package insight

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight/credit"
)

// Attribute asks the engine once for the chains of touches and lets each model share the conversions out. Errors are the
// engine's, or a *seq.Invalid naming the field at fault. Equal questions on equal events have equal answers: what is
// drawn by lot begins from a number made of the question.
func Attribute(ctx context.Context, e engine.Engine, q Attribution) (*AttributionAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	seed, err := seedOf(q)
	if err != nil {
		return nil, err
	}
	q = q.Defaults()
	got, err := e.Chains(ctx, q.Chains)
	if err != nil {
		return nil, err
	}
	a := &attributing{q: q, got: got, out: &AttributionAnswer{
		Conversion: got.Conversion, Untouched: got.Untouched, Shortened: got.Shortened, MedianLag: got.MedianLag, Meta: got.Meta,
		Variants: len(got.Variants),
	}}
	a.count()
	a.channels()
	a.top()
	a.lengths()
	a.lags()
	return a.out, a.models(ctx, seed)
}

// seedOf is a number made of the question, whatever its range and the models it asks for.
func seedOf(q Attribution) (uint64, error) {
	q.Models, q.Top, q.From, q.To = nil, 0, nil, nil
	b, err := json.Marshal(q)
	if err != nil {
		return 0, fmt.Errorf("cannot write the question: %w", err)
	}
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64(), nil
}

// attributing is the work of one Attribute call.
type attributing struct {
	q     Attribution
	got   *seq.ChainsAnswer
	out   *AttributionAnswer
	place []int // per channel of the engine's its place in the answer
}

func (a *attributing) count() {
	var all int64
	for _, v := range a.got.Variants {
		a.out.Attributed.Conversions += v.Conversions
		a.out.Attributed.Value += v.Value
		all += v.Conversions + v.Nulls
	}
	a.out.Total = seq.ChainCount{
		Conversions: a.out.Attributed.Conversions + a.got.Untouched.Conversions,
		Value:       a.out.Attributed.Value + a.got.Untouched.Value,
	}
	a.out.Chains = NewRate(a.out.Attributed.Conversions, all)
}

// held counts the chains that hold each channel, and its touches. Place tells which channel a touch is of.
func (a *attributing) held(channels int, place []int) []AttributionChannel {
	out := make([]AttributionChannel, channels)
	seen := make([]int, channels) // the last variant that held the channel, from 1
	for i, v := range a.got.Variants {
		for _, t := range v.Touches {
			c := &out[place[t]]
			c.Touches += v.Conversions + v.Nulls
			if seen[place[t]] != i+1 {
				seen[place[t]] = i + 1
				c.Chains.N += v.Conversions
				c.Chains.Of += v.Conversions + v.Nulls
			}
		}
	}
	for i := range out {
		out[i].Chains = NewRate(out[i].Chains.N, out[i].Chains.Of)
	}
	return out
}

// channels orders the channels, and makes one of those past the limit.
func (a *attributing) channels() {
	n := len(a.got.Channels)
	same := make([]int, n)
	for i := range same {
		same[i] = i
	}
	counts := a.held(n, same)
	order := slices.Clone(same)
	slices.SortFunc(order, func(x, y int) int {
		return cmp.Or(cmp.Compare(counts[y].Chains.N, counts[x].Chains.N), cmp.Compare(counts[y].Chains.Of, counts[x].Chains.Of), cmp.Compare(x, y))
	})
	a.place = make([]int, n)
	kept := min(n, a.q.Limit)
	for i, c := range order {
		a.place[c] = min(i, kept)
	}
	shown := kept
	if n > kept {
		shown++
	}
	a.out.Channels = a.held(shown, a.place)
	for i := range a.out.Channels {
		if c := &a.out.Channels[i]; i < kept {
			c.Name = a.got.Channels[order[i]]
		} else {
			c.Name, c.Other = "other", true
		}
	}
}

// chains are what the models look at.
func (a *attributing) chains() credit.Chains {
	c := credit.Chains{Channels: len(a.out.Channels), List: make([]credit.Chain, len(a.got.Variants))}
	n := 0
	for i := range a.got.Variants {
		n += len(a.got.Variants[i].Touches)
	}
	touches, shares := make([]int, 0, n), make([]float64, 0, n)
	for i := range a.got.Variants {
		v := &a.got.Variants[i]
		from, cut := len(touches), len(shares)
		for _, t := range v.Touches {
			touches = append(touches, a.place[t])
		}
		for _, d := range v.Decay {
			shares = append(shares, d/float64(v.Conversions))
		}
		c.List[i] = credit.Chain{
			Touches: touches[from:len(touches):len(touches)], Conversions: float64(v.Conversions), Value: v.Value, Nulls: float64(v.Nulls),
			Decay: shares[cut:len(shares):len(shares)], DecayValue: v.DecayValue,
		}
	}
	return c
}

func (a *attributing) models(ctx context.Context, seed uint64) error {
	chains := a.chains()
	direct := make([]bool, len(a.out.Channels))
	for i, c := range a.out.Channels {
		direct[i] = !c.Other && slices.Contains(a.q.Direct, c.Name)
	}
	a.out.Models = []AttributionModel{}
	for _, name := range a.q.Models {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := credit.Share(chains, credit.Model{
			Name: name, Direct: direct, Ends: credit.Ends{First: a.q.Position.First, Last: a.q.Position.Last}, Order: a.q.Order, Worth: a.q.Worth, Seed: seed,
		})
		if err != nil {
			return err
		}
		a.out.Models = append(a.out.Models, AttributionModel{Model: name, Interval: cmp.Or(r.Interval, "none"), Credits: a.credits(r)})
	}
	return nil
}

func (a *attributing) credits(r credit.Result) []AttributionCredit {
	out := make([]AttributionCredit, len(r.Conversions))
	all := float64(a.out.Attributed.Conversions)
	for i := range out {
		c := &out[i]
		c.Conversions, c.Value = r.Conversions[i], r.Value[i]
		if all > 0 {
			c.Share = r.Conversions[i] / all
		}
		if r.Low != nil && all > 0 {
			low, high := r.Low[i]/all, r.High[i]/all
			c.Low, c.High = &low, &high
		}
		if r.Effects != nil {
			c.Effect = &r.Effects[i]
		}
	}
	return out
}

func (a *attributing) top() {
	a.out.Top = []AttributionChain{}
	for _, v := range a.got.Variants {
		if len(a.out.Top) == a.q.Top || v.Conversions == 0 {
			return
		}
		x := AttributionChain{Chains: NewRate(v.Conversions, v.Conversions+v.Nulls), Value: v.Value}
		for _, t := range v.Touches {
			x.Touches = append(x.Touches, a.got.Channels[t])
		}
		a.out.Top = append(a.out.Top, x)
	}
}

// longest is the number of touches from which on chains are counted together.
const longest = 10

func (a *attributing) lengths() {
	a.out.Lengths = []AttributionLength{}
	all := a.out.Attributed.Conversions
	var touches, conversions int64
	for _, l := range a.got.Lengths {
		touches += int64(l.Touches) * l.Conversions
		n := len(a.out.Lengths)
		if l.Touches < longest || n == 0 || !a.out.Lengths[n-1].OrMore {
			a.out.Lengths = append(a.out.Lengths, AttributionLength{Touches: min(l.Touches, longest), OrMore: l.Touches >= longest})
			n, conversions = n+1, 0
		}
		last := &a.out.Lengths[n-1]
		conversions += l.Conversions
		last.Conversions = NewRate(conversions, all)
		last.Nulls += l.Nulls
	}
	if all > 0 {
		a.out.MeanTouches = float64(touches) / float64(all)
	}
}

// lags puts days together: the first by themselves, later ones in ever longer spans.
func (a *attributing) lags() {
	a.out.Lags = []AttributionLag{}
	all := a.out.Attributed.Conversions
	for from, to := 0, 0; from < len(a.got.Lags); from, to = to+1, nextSpan(to) {
		var n int64
		for d := from; d <= to && d < len(a.got.Lags); d++ {
			n += a.got.Lags[d]
		}
		a.out.Lags = append(a.out.Lags, AttributionLag{From: from, To: to, Conversions: NewRate(n, all)})
	}
}

// nextSpan is the last day of the span after the one that ends with a day: 0, 1, 3, 7, 14, 30, 60, 90, 180, 400.
func nextSpan(day int) int {
	for _, end := range []int{1, 3, 7, 14, 30, 60, 90, 180} {
		if end > day {
			return end
		}
	}
	return 400
}
