package exec

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// paths is a path question made ready. Its matchers come first in the plan: those of the funnel of instead, or start, end,
// the two of between; then those of the touchpoints.
type paths struct {
	q          seq.Paths
	lost       *funnelWho // of instead, nil for none
	text       *plan.Text // of a node that is an expression, nil for none
	start, end uint64     // bits, 0 for none
	from, to   uint64     // bits of between, 0 for none
	first      int        // number of the first touchpoint matcher
	touchpoint []int      // per touchpoint matcher its touchpoint
	rules      []pathRule
	gap        event.Millis
	window     event.Millis // of between
}

type pathRule struct {
	match *regexp.Regexp
	as    string
}

// Paths counts which ways actors take; docs/questions.md says what that means.
func (e *Engine) Paths(ctx context.Context, q seq.Paths) (*seq.PathsAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	if q.Journey != "" {
		return nil, &seq.Invalid{Field: "journey", Reason: "the engine knows no journeys; give it their touchpoints"}
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if q.Compare != nil {
		return s.comparePaths(ctx, q)
	}
	sum, total, err := s.pathsOf(ctx, q, seq.Group{}, "")
	if err != nil {
		return nil, err
	}
	out := sum.answer(sum.tops())
	out.Meta = s.meta(total)
	return out, nil
}

// pathsOf counts the paths of one group, which field names; the zero Group is everybody.
func (s *session) pathsOf(ctx context.Context, q seq.Paths, g seq.Group, field string) (*pathRun, *worker, error) {
	s.plan = plan.Plan{}
	p, err := s.paths(q)
	if err != nil {
		return nil, nil, err
	}
	if err := s.plan.Narrow(g.Filter, field+".filter"); err != nil {
		return nil, nil, err
	}
	sc, err := s.scan(q.Scope, s.window(q.Scope))
	if err != nil {
		return nil, nil, err
	}
	runs, total, err := walk(ctx, sc, func(w *worker) *pathRun { return newPathRun(p, w) }, (*pathRun).visit)
	if err != nil {
		return nil, nil, err
	}
	sum := runs[0]
	for _, r := range runs[1:] {
		sum.add(r)
	}
	return sum, total, nil
}

// paths compiles the question's matchers and rules, and fills in the defaults.
func (s *session) paths(q seq.Paths) (*paths, error) {
	q.Node, q.MaxSteps, q.Top = cmp.Or(q.Node, "event"), cmp.Or(q.MaxSteps, 5), cmp.Or(q.Top, 5)
	p := &paths{q: q, gap: event.Millis(cmp.Or(q.SessionGap.Millis(), 30*60_000))}
	bit := func(m *seq.Matcher, field string) (uint64, error) {
		if m == nil {
			return 0, nil
		}
		n, err := s.plan.Matcher(*m, field)
		return 1 << n, err
	}
	var err error
	if i := q.Instead; i != nil {
		if p.lost, err = s.funnelWho(seq.FunnelWho{Funnel: i.Funnel, Step: i.Step, Outcome: "lost"}); err != nil {
			return nil, at("instead", err)
		}
	}
	if q.Expression() {
		if p.text, err = s.plan.Text(q.Node, "node"); err != nil {
			return nil, err
		}
	}
	if p.start, err = bit(q.Start, "start"); err != nil {
		return nil, err
	}
	if p.end, err = bit(q.End, "end"); err != nil {
		return nil, err
	}
	if b := q.Between; b != nil {
		p.window = event.Millis(cmp.Or(b.Window.Millis(), 7*24*3600_000))
		if p.from, err = bit(&b.Steps[0], "between.steps[0]"); err != nil {
			return nil, err
		}
		if p.to, err = bit(&b.Steps[1], "between.steps[1]"); err != nil {
			return nil, err
		}
	}
	p.first = s.plan.Matchers()
	for i, t := range q.Touchpoint {
		for j, m := range t.Match {
			if _, err := s.plan.Matcher(m, fmt.Sprintf("touchpoints[%d].match[%d]", i, j)); err != nil {
				return nil, err
			}
			p.touchpoint = append(p.touchpoint, i)
		}
	}
	for i, r := range q.Rules {
		re, err := regexp.Compile(r.Match)
		if err != nil {
			return nil, &seq.Invalid{Field: fmt.Sprintf("rules[%d].match", i), Reason: err.Error()}
		}
		p.rules = append(p.rules, pathRule{re, r.As})
	}
	return p, nil
}

// name is a node's name after cleaning.
func (p *paths) name(raw string) string {
	if p.q.Node == "page" && len(raw) > 1 && raw[len(raw)-1] == '/' {
		raw = raw[:len(raw)-1]
	}
	for _, r := range p.rules {
		if r.match.MatchString(raw) {
			return r.as
		}
	}
	return raw
}

// visited is one node of a path under way.
type visited struct {
	node int32
	at   event.Millis
}

// pathRun is one core's work on paths.
type pathRun struct {
	p     *paths
	w     *worker
	nodes *nodes
	path  []visited
	steps []pathStep
	count int64
	lost  *whoFinder // of instead, nil for none
	asked []hit      // instead: the hits of its funnel
}

// pathStep is what is counted at one step.
type pathStep struct {
	count, drop []int64 // per node
	edges       map[uint64]*pathEdge
}

// pathEdge is the moves between two nodes; how long each took is in milliseconds, at most 49 days.
type pathEdge struct {
	count int64
	took  []uint32
}

func newPathRun(p *paths, w *worker) *pathRun {
	r := emptyPaths(p, newNodes(p, w))
	r.w = w
	if p.lost != nil {
		r.lost = newWhoFinder(p.lost, w)
	}
	return r
}

func (r *pathRun) visit(a *actor) {
	if !r.w.begin(a) {
		return
	}
	h := r.w.hits(a, true)
	if r.lost != nil {
		r.instead(h)
		return
	}
	if r.p.q.Between != nil {
		if from, to, ok := r.between(h); ok {
			r.book(h[from : to+1])
		}
		return
	}
	lo := 0
	for i := 1; i <= len(h); i++ {
		if i == len(h) || h[i].t-h[i-1].t >= r.p.gap {
			r.session(h[lo:i])
			lo = i
		}
	}
}

// between finds the first time that the second step follows the first within the window: from the latest first step
// before it.
func (r *pathRun) between(h []hit) (from, to int, ok bool) {
	from = -1
	for i, x := range h {
		if from >= 0 && x.mask&r.p.to != 0 && x.t-h[from].t <= r.p.window {
			return from, i, true
		}
		if x.mask&r.p.from != 0 {
			from = i
		}
	}
	return 0, 0, false
}

// instead books what the actor did after the last step that it made, if the funnel lost it there, for as long as it could
// have made the next.
func (r *pathRun) instead(h []hit) {
	f := r.p.lost.f
	r.asked = r.asked[:0]
	for _, x := range h {
		if x.mask &= f.steps | f.bars; x.mask != 0 || f.strict {
			r.asked = append(r.asked, x)
		}
	}
	lost := r.lost.among(r.asked)
	if lost == nil {
		return
	}
	until := lost.entry.t + f.window
	if f.previous {
		until = lost.last.t + f.window
	}
	lo := slices.IndexFunc(h, func(x hit) bool { return x.row == lost.last.row && x.block == lost.last.block })
	hi := lo
	for hi < len(h) && h[hi].t <= until {
		hi++
	}
	r.book(h[lo:hi])
}

// session cuts one session to what start and end ask for.
func (r *pathRun) session(h []hit) {
	if r.p.start != 0 {
		i := slices.IndexFunc(h, func(x hit) bool { return x.mask&r.p.start != 0 })
		if i < 0 {
			return
		}
		h = h[i:]
	}
	if r.p.end != 0 {
		i := slices.IndexFunc(h, func(x hit) bool { return x.mask&r.p.end != 0 })
		if i < 0 {
			return
		}
		h = h[:i+1]
	}
	r.book(h)
}

// book makes a path of some rows and counts it.
func (r *pathRun) book(h []hit) {
	r.path = r.path[:0]
	keepLast := r.p.end != 0 || r.p.to != 0
	for _, x := range h {
		n := r.nodes.of(x)
		if n < 0 || len(r.path) > 0 && r.path[len(r.path)-1].node == n {
			continue
		}
		r.path = append(r.path, visited{n, x.t})
		if !keepLast && len(r.path) > r.p.q.MaxSteps {
			break // one more than is shown, to know that the path goes on
		}
	}
	if len(r.path) == 0 {
		return
	}
	r.count++
	if keepLast {
		r.path = r.path[max(0, len(r.path)-r.p.q.MaxSteps):]
	}
	for i, v := range r.path[:min(len(r.path), r.p.q.MaxSteps)] {
		s := &r.steps[i]
		s.grow(v.node)
		s.count[v.node]++
		switch {
		case i+1 == len(r.path):
			s.drop[v.node]++
		case i+1 < r.p.q.MaxSteps:
			next := r.path[i+1]
			s.move(edgeKey(v.node, next.node), next.at-v.at)
		}
	}
}

func edgeKey(from, to int32) uint64 { return uint64(from)<<32 | uint64(to) }

func (s *pathStep) grow(node int32) {
	if n := int(node) + 1 - len(s.count); n > 0 {
		s.count = append(s.count, make([]int64, n)...)
		s.drop = append(s.drop, make([]int64, n)...)
	}
}

func (s *pathStep) move(key uint64, took event.Millis) {
	e := s.edges[key]
	if e == nil {
		e = &pathEdge{}
		s.edges[key] = e
	}
	e.count++
	e.took = append(e.took, uint32(min(took, 1<<32-1)))
}

// add takes another core's counts; its nodes have other numbers.
func (r *pathRun) add(o *pathRun) {
	to := make([]int32, len(o.nodes.names))
	for i, name := range o.nodes.names {
		to[i] = r.nodes.id(name)
	}
	r.count += o.count
	for i := range o.steps {
		s, from := &r.steps[i], &o.steps[i]
		for n, c := range from.count {
			s.grow(to[n])
			s.count[to[n]] += c
			s.drop[to[n]] += from.drop[n]
		}
		for key, e := range from.edges {
			k := edgeKey(to[key>>32], to[uint32(key)])
			have := s.edges[k]
			if have == nil {
				have = &pathEdge{}
				s.edges[k] = have
			}
			have.count += e.count
			have.took = append(have.took, e.took...)
		}
	}
}
