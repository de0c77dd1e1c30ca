package exec

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// This file is what a funnel answers besides its counts, if asked: how long it took as a histogram, and the funnel by
// when its chains began.

// cuts are the intervals in which chains begin.
type cuts struct {
	starts []time.Time
	edges  []event.Millis // the same
	open   event.Millis   // a chain that began later may still go on
}

// cuts makes the intervals that the question asks for, nil for none.
func (s *session) cuts(q seq.Funnel, w event.Window) (*cuts, error) {
	if q.Trend == nil {
		return nil, nil
	}
	c, err := newCalendar(q.Trend.Calendar, cmp.Or(q.Trend.Interval, "day"))
	if err != nil {
		return nil, at("trend", err)
	}
	out := &cuts{}
	if out.starts, err = s.starts(c, w, "trend.interval"); err != nil {
		return nil, err
	}
	for _, t := range out.starts {
		out.edges = append(out.edges, event.MillisOf(t))
	}
	length := event.Millis(q.Window.Millis())
	if q.WindowFrom == "previous" {
		length *= event.Millis(max(1, len(q.Steps)-1))
	}
	out.open = min(w.To, event.MillisOf(s.began)+1) - length
	return out, nil
}

// of is the interval that holds a time.
func (c *cuts) of(t event.Millis) int {
	return sort.Search(len(c.edges), func(i int) bool { return c.edges[i] > t }) - 1
}

// more is what a tally keeps besides the counts.
type more struct {
	f     *funnel
	found *found  // who: the chain that makes the actor one of those asked for; nil for none
	whole []int64 // times: from the first step to the last, milliseconds
	begun []int64 // trend: per interval and step the chains
	trace []begun // trend: the chains not in begun yet; it is made when there are many
}

// begun is one chain: in which interval it began and which steps it took.
type begun struct {
	cut   uint32
	steps uint32
}

// chain notes what a chain took, see tally.chain.
func (m *more) chain(h []hit, at []int32) {
	if m.f.who != nil {
		m.found = m.found.or(m.f.who.find(h, at))
	}
	if last := at[len(at)-1]; m.f.q.Times && last >= 0 {
		m.whole = append(m.whole, max(0, int64(h[last].t-h[at[0]].t)))
	}
	if m.f.cuts != nil {
		b := begun{cut: uint32(m.f.cuts.of(h[at[0]].t))}
		for k, i := range at {
			if i >= 0 {
				b.steps |= 1 << k
			}
		}
		m.trace = append(m.trace, b)
		if len(m.trace) >= 1024 && len(m.trace) >= m.f.n*len(m.f.cuts.edges) {
			m.settle()
		}
	}
}

// settle counts the chains of the trace.
func (m *more) settle() {
	if m.f.cuts == nil {
		return
	}
	if m.begun == nil {
		m.begun = make([]int64, m.f.n*len(m.f.cuts.edges))
	}
	for _, b := range m.trace {
		for k := range m.f.n {
			m.begun[int(b.cut)*m.f.n+k] += int64(b.steps >> k & 1)
		}
	}
	m.trace = m.trace[:0]
}

func (m *more) add(o *more) {
	m.found = m.found.or(o.found)
	m.whole = append(m.whole, o.whole...)
	m.trace = append(m.trace, o.trace...)
	if o.begun != nil {
		m.settle()
		for i, n := range o.begun {
			m.begun[i] += n
		}
	}
}

// overall is nil unless times are asked for.
func (t *tally) overall() *seq.FunnelOverall {
	if t.more == nil || !t.more.f.q.Times {
		return nil
	}
	whole := t.more.whole
	out := &seq.FunnelOverall{Count: int64(len(whole)), Times: histogram(whole)}
	out.MeanSeconds, out.MedianSeconds = meanAndMedian(whole)
	return out
}

// trend is nil unless it is asked for.
func (t *tally) trend() []seq.FunnelPoint {
	if t.more == nil || t.more.f.cuts == nil {
		return nil
	}
	t.more.settle()
	c, n := t.more.f.cuts, t.more.f.n
	out := make([]seq.FunnelPoint, len(c.starts))
	for i, at := range c.starts {
		p := &out[i]
		p.Start, p.Counts = at.Format(time.RFC3339), t.more.begun[i*n:i*n+n:i*n+n]
		if p.Counts[0] > 0 {
			rate := share(p.Counts[n-1], p.Counts[0])
			p.Conversion = &rate
		}
		p.Open = n > 1 && (i+1 == len(c.edges) || c.edges[i+1] > c.open)
	}
	return out
}

// spans are the lengths of time that people say, in milliseconds: the edges of a histogram, or the width of its bars.
var spans = []int64{
	0, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000,
	60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, // 1 to 30 minutes
	3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, // 1 to 12 hours
	86_400_000, 172_800_000, 345_600_000, 604_800_000, 1_209_600_000, 2_592_000_000, 7_776_000_000, 31_536_000_000, // 1 to 365 days
}

const (
	fewestBars = 6
	mostBars   = 20
)

// histogram cuts times in bars: from edge to edge of spans, each about twice as far as the one before; or, when that
// gives fewer than fewestBars because the times are much alike, into bars of one width.
func histogram(list []int64) []seq.Span {
	if len(list) == 0 {
		return []seq.Span{}
	}
	edges := histogramEdges(slices.Min(list), slices.Max(list))
	out := make([]seq.Span, len(edges)-1)
	for i := range out {
		out[i] = seq.Span{From: float64(edges[i]) / 1000, To: float64(edges[i+1]) / 1000}
	}
	for _, ms := range list {
		out[sort.Search(len(edges), func(i int) bool { return edges[i] > ms })-1].Count++
	}
	return out
}

func histogramEdges(least, most int64) []int64 {
	from := sort.Search(len(spans), func(i int) bool { return spans[i] > least }) - 1
	to := sort.Search(len(spans), func(i int) bool { return spans[i] > most })
	if to < len(spans) && to-from >= fewestBars {
		return spans[from : to+1]
	}
	width := spans[1]
	for _, w := range spans[1:] {
		if width = w; most/w-least/w < mostBars {
			break
		}
	}
	for most/width-least/width >= mostBars { // decades
		width *= 2
	}
	var edges []int64
	for at := least / width * width; at <= most; at += width {
		edges = append(edges, at)
	}
	return append(edges, edges[len(edges)-1]+width)
}

// meanAndMedian are in seconds, nil of nothing.
func meanAndMedian(list []int64) (mean, median *float64) {
	if len(list) == 0 {
		return nil, nil
	}
	var sum int64
	for _, ms := range list {
		sum += ms
	}
	a, b := float64(sum)/float64(len(list))/1000, quantile(list, 0.5)/1000
	return &a, &b
}
