package exec

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

const (
	dayMillis   = 24 * 3600_000
	maxChannels = 10_000
)

// folded is the chains counted so far, equal ones together.
type folded struct {
	variants  map[string]*chainVariant // by the numbers of the nodes, four bytes each
	key       []byte
	weights   []float64
	untouched chainSum
	shortened int64
	lags      []int64 // by whole days
	lag       spread
	lengths   []seq.ChainLength // index is the number of touches
}

type chainSum struct {
	conversions int64
	value       total
}

type chainVariant struct {
	chainSum
	nulls int64
	decay []total // per touch the conversions that time decay gives it
	worth []total // and the value
}

func newFolded() folded { return folded{variants: map[string]*chainVariant{}} }

// short is the touches that are kept of a chain: the first, and the latest.
func (f *folded) short(c *chains, list []touched) (first touched, rest []touched) {
	if n := len(list) - c.q.MaxTouches; n > 0 {
		f.shortened++
		return list[0], list[1+n:]
	}
	return list[0], list[1:]
}

func (f *folded) variant(first touched, rest []touched) *chainVariant {
	f.key = binary.LittleEndian.AppendUint32(f.key[:0], uint32(first.node))
	for _, x := range rest {
		f.key = binary.LittleEndian.AppendUint32(f.key, uint32(x.node))
	}
	v := f.variants[string(f.key)]
	if v == nil {
		v = &chainVariant{}
		f.variants[string(f.key)] = v
	}
	return v
}

func (f *folded) length(n int) *seq.ChainLength {
	for len(f.lengths) <= n {
		f.lengths = append(f.lengths, seq.ChainLength{Touches: len(f.lengths)})
	}
	return &f.lengths[n]
}

// book counts one conversion.
func (f *folded) book(c *chains, list []touched, at event.Millis, value float64) {
	if len(list) == 0 {
		f.untouched.conversions++
		f.untouched.value.add(value)
		return
	}
	f.length(len(list)).Conversions++
	lag := at - list[0].at
	days := int(lag / dayMillis)
	if n := days + 1 - len(f.lags); n > 0 {
		f.lags = append(f.lags, make([]int64, n)...)
	}
	f.lags[days]++
	f.lag.add(int64(lag))
	first, rest := f.short(c, list)
	v := f.variant(first, rest)
	v.conversions++
	v.value.add(value)
	if c.halfLife > 0 {
		f.decay(c, v, first, rest, value)
	}
}

// decay shares one conversion: a touch weighs half of one that is half_life later. Only the spans between touches
// matter, so the last one weighs 1 and nothing is lost however long ago all were.
func (f *folded) decay(c *chains, v *chainVariant, first touched, rest []touched, value float64) {
	n := len(rest) + 1
	if v.decay == nil {
		v.decay, v.worth = make([]total, n), make([]total, n)
	}
	last := first.at
	if n > 1 {
		last = rest[n-2].at
	}
	f.weights = append(f.weights[:0], math.Exp2(-float64(last-first.at)/c.halfLife))
	sum := f.weights[0]
	for _, x := range rest {
		w := math.Exp2(-float64(last-x.at) / c.halfLife)
		f.weights = append(f.weights, w)
		sum += w
	}
	for i, w := range f.weights {
		v.decay[i].add(w / sum)
		v.worth[i].add(w / sum * value)
	}
}

// bookNull counts one chain that led to no conversion.
func (f *folded) bookNull(c *chains, list []touched) {
	f.length(len(list)).Nulls++
	f.variant(f.short(c, list)).nulls++
}

// add takes another core's chains; its nodes have other numbers.
func (r *chainRun) add(o *chainRun) {
	to := make([]int32, len(o.nodes.names))
	for i, name := range o.nodes.names {
		to[i] = r.nodes.id(name)
	}
	for key, v := range o.variants {
		r.key = r.key[:0]
		for i := 0; i < len(key); i += 4 {
			r.key = binary.LittleEndian.AppendUint32(r.key, uint32(to[nodeAt(key, i)]))
		}
		have := r.variants[string(r.key)]
		if have == nil {
			r.variants[string(r.key)] = v
			continue
		}
		have.add(v)
	}
	r.untouched.add(o.untouched)
	r.shortened += o.shortened
	for i, n := range o.lags {
		if i == len(r.lags) {
			r.lags = append(r.lags, 0)
		}
		r.lags[i] += n
	}
	r.lag.merge(&o.lag)
	for _, l := range o.lengths {
		to := r.length(l.Touches)
		to.Conversions += l.Conversions
		to.Nulls += l.Nulls
	}
}

func nodeAt(key string, i int) uint32 {
	return uint32(key[i]) | uint32(key[i+1])<<8 | uint32(key[i+2])<<16 | uint32(key[i+3])<<24
}

func (s *chainSum) add(o chainSum) {
	s.conversions += o.conversions
	s.value.merge(o.value)
}

func (v *chainVariant) add(o *chainVariant) {
	v.chainSum.add(o.chainSum)
	v.nulls += o.nulls
	if v.decay == nil {
		v.decay, v.worth = o.decay, o.worth
		return
	}
	for i := range o.decay {
		v.decay[i].merge(o.decay[i])
		v.worth[i].merge(o.worth[i])
	}
}

func (s *chainSum) count() seq.ChainCount {
	return seq.ChainCount{Conversions: s.conversions, Value: s.value.value()}
}

// answer names the channels, in the order of the alphabet, and lists the variants.
func (r *chainRun) answer(m seq.Meta) (*seq.ChainsAnswer, error) {
	channels, rank := r.channels()
	if len(channels) > maxChannels {
		return nil, &seq.Invalid{Field: "channel", Reason: fmt.Sprintf("%s has %d values, at most %d can be told apart; join some by rules", r.c.q.Channel, len(channels), maxChannels)}
	}
	out := &seq.ChainsAnswer{
		Channels: channels, Variants: r.listed(rank), Untouched: r.untouched.count(), Shortened: r.shortened, Lags: r.lags,
		Lengths: []seq.ChainLength{}, Conversion: r.c.q.Conversion.Label(), Meta: m,
	}
	for _, l := range r.lengths {
		if l.Conversions+l.Nulls > 0 {
			out.Lengths = append(out.Lengths, l)
		}
	}
	if ms, ok := r.lag.quantile(0.5); ok {
		s := ms / 1000
		out.MedianLag = &s
	}
	if out.Lags == nil {
		out.Lags = []int64{}
	}
	return out, nil
}

// channels are the names of the nodes that stand in some chain, and where each node stands among them.
func (r *chainRun) channels() (names []string, rank []int) {
	used := make([]bool, len(r.nodes.names))
	for key := range r.variants {
		for i := 0; i < len(key); i += 4 {
			used[nodeAt(key, i)] = true
		}
	}
	ids := []int{}
	for id := range used {
		if used[id] {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b int) int { return cmp.Compare(r.nodes.names[a], r.nodes.names[b]) })
	names, rank = make([]string, len(ids)), make([]int, len(used))
	for i, id := range ids {
		names[i], rank[id] = r.nodes.names[id], i
	}
	return names, rank
}

// listed is the variants in the answer's order. There may be as many as there are actors: what is sorted is small, and
// the lists of all lie in one piece of memory.
func (r *chainRun) listed(rank []int) []seq.ChainVariant {
	type item struct {
		*chainVariant
		touches []int
	}
	items, n := make([]item, 0, len(r.variants)), 0
	for key := range r.variants {
		n += len(key) / 4
	}
	all := make([]int, 0, n)
	for key, v := range r.variants {
		from := len(all)
		for i := 0; i < len(key); i += 4 {
			all = append(all, rank[nodeAt(key, i)])
		}
		items = append(items, item{v, all[from:len(all):len(all)]})
	}
	slices.SortFunc(items, func(a, b item) int {
		if c := cmp.Or(cmp.Compare(b.conversions, a.conversions), cmp.Compare(b.nulls, a.nulls)); c != 0 {
			return c
		}
		return slices.Compare(a.touches, b.touches)
	})
	out, shares := make([]seq.ChainVariant, len(items)), make([]float64, 0, n)
	take := func(list []total) []float64 {
		from := len(shares)
		for i := range list {
			shares = append(shares, list[i].value())
		}
		return shares[from:len(shares):len(shares)]
	}
	for i, x := range items {
		out[i] = seq.ChainVariant{ChainCount: x.count(), Nulls: x.nulls, Touches: x.touches}
		if x.decay != nil {
			out[i].Decay, out[i].DecayValue = take(x.decay), take(x.worth)
		}
	}
	return out
}
