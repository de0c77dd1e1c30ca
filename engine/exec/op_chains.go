package exec

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"sort"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// chains is an attribution question made ready. Its matchers come in this order in the plan: the conversion, then the
// touches or those of the touchpoints.
type chains struct {
	q        seq.Chains // defaults filled in
	names    *paths     // how rows are named: as the nodes of a path
	touches  uint64     // bits of the matchers of touches; 0 for all events
	all      bool       // every row is looked at, not only those that a matcher names
	from     event.Millis
	to       event.Millis
	gap      event.Millis
	lookBack event.Millis
	halfLife float64 // milliseconds, 0 for none
}

// Chains folds what came before each conversion; docs/questions.md says what that means.
func (e *Engine) Chains(ctx context.Context, q seq.Chains) (*seq.ChainsAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	c, err := s.chains(q)
	if err != nil {
		return nil, err
	}
	w := s.window(q.Scope)
	c.from, c.to = w.From, w.To
	switch {
	case q.Conversion.FirstTime:
		w.From = math.MinInt64 // what comes after the first conversion is left out, wherever that lies
	case w.From > math.MinInt64+c.lookBack:
		w.From -= c.lookBack
	}
	sc, err := s.scan(q.Scope, w)
	if err != nil {
		return nil, err
	}
	runs, total, err := walk(ctx, sc, func(w *worker) *chainRun { return newChainRun(c, w) }, (*chainRun).visit)
	if err != nil {
		return nil, err
	}
	sum := runs[0]
	for _, r := range runs[1:] {
		sum.add(r)
	}
	return sum.answer(s.meta(total))
}

// chains compiles the question's matchers and rules, and fills in the defaults.
func (s *session) chains(q seq.Chains) (*chains, error) {
	q.Channel, q.MaxTouches = cmp.Or(q.Channel, "context.channel"), cmp.Or(q.MaxTouches, 100)
	c := &chains{
		q: q, names: &paths{q: seq.Paths{Node: q.Channel, Touchpoint: q.Touchpoints}, first: 1},
		gap:      event.Millis(cmp.Or(q.SessionGap.Millis(), 30*60_000)),
		lookBack: event.Millis(cmp.Or(q.LookBack.Millis(), 30*24*3600_000)),
		halfLife: float64(q.HalfLife.Millis()),
	}
	if _, err := s.plan.Matcher(q.Conversion, "conversion"); err != nil {
		return nil, err
	}
	for i, m := range q.Touches {
		n, err := s.plan.Matcher(m, fmt.Sprintf("touches[%d]", i))
		if err != nil {
			return nil, err
		}
		c.touches |= 1 << n
	}
	for i, t := range q.Touchpoints {
		for j, m := range t.Match {
			if _, err := s.plan.Matcher(m, fmt.Sprintf("touchpoints[%d].match[%d]", i, j)); err != nil {
				return nil, err
			}
			c.names.touchpoint = append(c.names.touchpoint, i)
		}
	}
	for i, r := range q.Rules {
		re, err := regexp.Compile(r.Match)
		if err != nil {
			return nil, &seq.Invalid{Field: fmt.Sprintf("rules[%d].match", i), Reason: err.Error()}
		}
		c.names.rules = append(c.names.rules, pathRule{re, r.As})
	}
	c.all = c.touches == 0 && q.Channel != "touchpoint" || s.plan.Matchers() > 64
	return c, nil
}

// touched is one touch of the actor under way.
type touched struct {
	node    int32
	session int32
	at      event.Millis
	claimed bool // by a conversion
}

// chainRun is one core's work on chains.
type chainRun struct {
	c       *chains
	w       *worker
	nodes   *nodes
	unknown int32    // the node of touches without a value, noNode if they are none
	human   [][]bool // per block and event code: not an identify, group or alias call
	folded

	// of the actor under way
	touches []touched
	sent    int          // touches that an earlier conversion was given
	seen    event.Millis // the last touch event
	any     event.Millis // the last touch event or conversion
	session int32
	open    int32 // the channel of the visit under way, noNode while it has none
	lent    bool  // the visit's touch is called unknown until a value comes
}

func newChainRun(c *chains, w *worker) *chainRun {
	r := &chainRun{c: c, w: w, nodes: newNodes(c.names, w), unknown: noNode, folded: newFolded()}
	if c.q.Unknown != "" {
		r.unknown = r.nodes.id(c.q.Unknown)
	}
	for _, b := range w.scan.snap.Blocks {
		human := make([]bool, len(b.Names))
		for code, n := range b.Names {
			human[code] = n.Kind <= event.Screen
		}
		r.human = append(r.human, human)
	}
	return r
}

func (r *chainRun) visit(a *actor) {
	if !r.w.begin(a) {
		return
	}
	r.widen(a)
	h := r.w.hits(a, r.c.all)
	r.touches, r.sent, r.session, r.open, r.lent = r.touches[:0], 0, 0, noNode, false
	r.seen, r.any = math.MinInt64, math.MinInt64
	for i := 0; i < len(h); {
		t, j := h[i].t, i
		won := false
		for ; j < len(h) && h[j].t == t; j++ {
			if h[j].mask&1 != 0 {
				won = true
				continue
			}
			r.touch(h[j]) // of one instant, touches come before conversions
		}
		for k := i; won && k < j; k++ {
			if h[k].mask&1 == 0 {
				continue
			}
			r.convert(h[k])
			if r.c.q.Conversion.FirstTime {
				r.nulls()
				return
			}
		}
		i = j
	}
	r.nulls()
}

// widen lets the actor's rows begin before the range: where the visit began that was under way then. Where rows lie in
// several blocks that is not looked for, and all earlier ones are taken.
func (r *chainRun) widen(a *actor) {
	s := r.w.scan
	if s.first != 0 {
		return // all rows are looked at
	}
	if len(a.spans) == 1 {
		cut, times := &r.w.cuts[0], s.snap.Blocks[a.spans[0].block].Times
		for cut.lo > a.spans[0].lo && times[cut.lo]-times[cut.lo-1] < r.c.gap {
			cut.lo--
		}
		return
	}
	for i, p := range a.spans {
		times := s.snap.Blocks[p.block].Times[p.lo:p.hi]
		n := len(times)
		if s.window.To != 0 && n > 0 && times[n-1] >= s.window.To {
			n = sort.Search(n, func(i int) bool { return times[i] >= s.window.To })
		}
		r.w.cuts[i] = span{p.block, p.lo, p.lo + uint32(n)}
	}
}

// touch books a row that is no conversion.
func (r *chainRun) touch(x hit) {
	if !r.human[x.block][x.code] || r.c.touches != 0 && x.mask&r.c.touches == 0 {
		return
	}
	n := r.nodes.of(x)
	if n == noNode && r.c.q.Channel == "touchpoint" {
		return
	}
	r.pause(x.t)
	fresh := r.seen == math.MinInt64 || x.t-r.seen >= r.c.gap
	r.seen = x.t
	if r.c.q.Repeats == "event" {
		if n == noNode {
			n = r.unknown
		}
		if n != noNode {
			r.touches = append(r.touches, touched{node: n, session: r.session, at: x.t})
		}
		return
	}
	if fresh {
		r.open, r.lent = noNode, false
	}
	switch {
	case n == noNode:
		if fresh && r.unknown != noNode {
			r.open, r.lent = r.unknown, true
			r.touches = append(r.touches, touched{node: r.unknown, session: r.session, at: x.t})
		}
	case r.lent && r.sent < len(r.touches):
		last := &r.touches[len(r.touches)-1]
		last.node, last.at, r.open, r.lent = n, x.t, n, false
	case n != r.open:
		r.open, r.lent = n, false
		r.touches = append(r.touches, touched{node: n, session: r.session, at: x.t})
	}
}

// pause begins a new session after a silence.
func (r *chainRun) pause(t event.Millis) {
	if r.any != math.MinInt64 && t-r.any >= r.c.gap {
		r.session++
	}
	r.any = t
}

// convert gives a conversion its touches.
func (r *chainRun) convert(x hit) {
	r.pause(x.t)
	lo := len(r.touches)
	for lo > 0 && r.reaches(r.touches[lo-1], x.t) {
		lo--
	}
	if r.c.q.Reuse == "no" && lo < r.sent {
		if lo = r.sent; lo == len(r.touches) && x.t-r.seen < r.c.gap {
			lo-- // the visit that brought the conversion before goes on
		}
	}
	for i := max(lo, r.sent); i < len(r.touches); i++ {
		r.touches[i].claimed = true
	}
	r.sent = len(r.touches)
	if x.t < r.c.from {
		return
	}
	value := 0.0
	if r.c.q.Value != "" {
		value, _ = fieldNumber(r.w.scan.snap.Blocks[x.block], r.c.q.Value, x.row)
	}
	r.book(r.c, r.touches[lo:], x.t, value)
}

// reaches says whether a touch counts for a conversion at t.
func (r *chainRun) reaches(x touched, t event.Millis) bool {
	return t-x.at <= r.c.lookBack && (r.c.q.By != "session" || x.session == r.session)
}

// nulls books the touches that no conversion was given: the last one with those at most look_back before it is a chain,
// then the same with what remains. Those of a conversion are not bridged, nor is the end of a session by session.
func (r *chainRun) nulls() {
	for i := len(r.touches) - 1; i >= 0; i-- {
		last := r.touches[i]
		if last.claimed {
			continue
		}
		lo := i
		for lo > 0 && r.joins(r.touches[lo-1], last) {
			lo--
		}
		if last.at >= r.c.from {
			r.bookNull(r.c, r.touches[lo:i+1])
		}
		i = lo
	}
}

func (r *chainRun) joins(x, last touched) bool {
	return !x.claimed && last.at-x.at <= r.c.lookBack && (r.c.q.By != "session" || x.session == last.session)
}
