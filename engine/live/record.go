package live

import (
	"math"
	"slices"
	"sort"
	"strings"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/event"
)

// record is what is kept of one profile.
type record struct {
	born    event.Millis // its earliest event
	piles   []pile       // per slot
	traits  [][]dated    // per trait: the value that holds, and those of the future
	account [][]dated    // per fact about accounts: the same, of its group calls
	told    bool         // it has news of the account
}

// dated is a value and when it was given.
type dated struct {
	t event.Millis
	v event.Value
}

// put adds a value in order of time, after those of the same instant.
func put(list []dated, t event.Millis, v event.Value) []dated {
	v.Str = strings.Clone(v.Str)
	i := sort.Search(len(list), func(i int) bool { return list[i].t > t })
	return slices.Insert(list, i, dated{t, v})
}

// newest is the value that holds at an instant; what it makes superfluous is dropped. future is when another will.
func newest(list []dated, now event.Millis) (kept []dated, at *dated, future event.Millis) {
	i := sort.Search(len(list), func(i int) bool { return list[i].t > now })
	if i < len(list) {
		future = list[i].t
	}
	if i > 0 {
		list = slices.Delete(list, 0, i-1)
		at = &list[0]
	}
	return list, at, future
}

// pile is what is kept of a profile's events for one slot: a sum of those whose time does not matter any more, and
// those that still come or go.
type pile struct {
	n           int64
	sum         total
	least, most float64
	points      []point // ascending by time, those of one instant as they arrived
}

// point is one event.
type point struct {
	t event.Millis
	x float64 // number: the value; of a sequence the bits of the matchers, as a float's
	v *event.Value
}

// mostPoints bounds what a pile keeps of one profile: past it the oldest are forgotten. Nobody shops so often.
const mostPoints = 1 << 16

// add notes an event.
func (p *pile) add(s *slot, f Fact, row Row, now event.Millis) {
	x := point{t: f.Time}
	switch {
	case s.number:
		v := row.Value(s.Path)
		if v.Kind != event.Number {
			return
		}
		x.x = v.Num
	case s.valued:
		if v := row.Value(s.Path); v.Kind != 0 {
			v.Str = strings.Clone(v.Str)
			x.v = &v
		}
	case s.Kind == plan.Sequence:
		x.x = math.Float64frombits(f.Mask & s.mask)
	}
	if s.Kind != plan.Sequence {
		if s.In.Last > 0 && f.Time < now-s.In.Last || !s.In.Slides() && !inside(s.In, f.Time) {
			return
		}
	}
	if n := len(p.points); n == 0 || p.points[n-1].t <= x.t {
		p.points = append(p.points, x)
	} else {
		i := sort.Search(n, func(i int) bool { return p.points[i].t > x.t })
		p.points = slices.Insert(p.points, i, x)
	}
	if len(p.points) > 32 || s.Kind != plan.Sequence && !s.In.Slides() {
		p.tidy(s, now)
	}
}

// inside says whether a time lies in a span that does not move.
func inside(s plan.Span, t event.Millis) bool {
	return t >= s.From && (s.To == 0 || t < s.To) || s == plan.Span{}
}

// tidy drops what no later answer needs.
func (p *pile) tidy(s *slot, now event.Millis) {
	past := sort.Search(len(p.points), func(i int) bool { return p.points[i].t > now })
	switch {
	case s.Kind == plan.Sequence:
		if past > mostPoints {
			p.drop(past - mostPoints)
		}
		return
	case s.Kind == plan.Last:
		p.drop(past - 1)
		return
	case s.Kind == plan.First && !s.In.Slides():
		if past > 1 {
			p.points = slices.Delete(p.points, 1, past)
		}
		return
	case !s.In.Slides():
		for _, x := range p.points[:past] {
			p.fold(x)
		}
		p.drop(past)
		return
	}
	old := sort.Search(past, func(i int) bool { return p.points[i].t >= now-s.In.Last })
	if s.Kind == plan.Count && s.Enough > 0 {
		old = max(old, past-s.Enough)
	}
	p.drop(max(old, past-mostPoints))
}

// drop forgets the first n points.
func (p *pile) drop(n int) {
	if n > 0 {
		p.points = slices.Delete(p.points, 0, n)
	}
}

// fold adds a point to the sum.
func (p *pile) fold(x point) {
	if p.n++; p.n == 1 {
		p.least, p.most = x.x, x.x
	}
	p.sum.add(x.x)
	p.least, p.most = min(p.least, x.x), max(p.most, x.x)
}

// between is the points in a range.
func (p *pile) between(from, to event.Millis) []point {
	i := sort.Search(len(p.points), func(i int) bool { return p.points[i].t >= from })
	j := sort.Search(len(p.points), func(i int) bool { return p.points[i].t >= to })
	return p.points[i:max(i, j)]
}

// total is a sum of floats that does not depend on the order to the last digits shown (Neumaier 1974).
type total struct{ sum, lost float64 }

func (t *total) add(x float64) {
	s := t.sum + x
	if math.Abs(t.sum) >= math.Abs(x) {
		t.lost += t.sum - s + x
	} else {
		t.lost += x - s + t.sum
	}
	t.sum = s
}
