package exec

import (
	"slices"

	"wend.dev/wend/engine/seq"
)

// runGraph is a seq.Model made ready to align traces to: its nodes are the touchpoints where they stand in the steps, an
// edge is a planned move. What an alignment asks of it is only how many visits it takes at least from one node to another.
//
//	step        s0       s1          s2
//	node        0 (a)    1 (b) 2 (c) 3 (d)
//	begin 4 ──▶ a ─────▶ b or c ───▶ d ──▶ end      between(4, 3) = 2: a and b are left out on the way to d
type runGraph struct {
	nodes []runNode
	steps []seq.ModelStep
	of    [][]int32 // per touchpoint its nodes, in map order
	home  []int     // per touchpoint the first step that it stands in; -1 for none
	gap   [][]int32 // gap[v][u]: visits left out at least when v is the next one made after u; u = len(nodes) is the beginning
	next  [][]int32 // per node, and for the beginning, the nodes that may follow, in map order
	end   []int32   // per node, and for the beginning, visits left out at least when none is made after it
	last  []bool    // per node: a run may end there; for the beginning: a run may be empty
	sole  []int     // per step its only touchpoint; -1 when there are several
}

type runNode struct{ step, touchpoint int }

// nowhere is a distance that no model has.
const nowhere = 1 << 28

// newRunGraph compiles a valid model. It is a *seq.Invalid if no full run leads through it.
func newRunGraph(m seq.Model) (*runGraph, error) {
	g := &runGraph{steps: m.Steps(), of: make([][]int32, len(m.Touchpoints)), home: make([]int, len(m.Touchpoints))}
	number := map[string]int{}
	for i, t := range m.Touchpoints {
		number[t.ID], g.home[i] = i, -1
	}
	var all []runNode
	for i, s := range g.steps {
		g.sole = append(g.sole, -1)
		if len(s.Touchpoints) == 1 {
			g.sole[i] = number[s.Touchpoints[0]]
		}
		for _, id := range s.Touchpoints {
			n := runNode{i, number[id]}
			if !slices.Contains(all, n) {
				all = append(all, n)
			}
			if g.home[n.touchpoint] < 0 {
				g.home[n.touchpoint] = i
			}
		}
	}
	p := newPlanned(m, g.steps, all)
	next, gap, end := p.distances()
	for v := range all { // a dead end, or a place that no run comes to, is in no run
		if gap[v][len(all)] < nowhere && end[v] < nowhere {
			g.nodes = append(g.nodes, all[v])
		}
	}
	if len(g.nodes) == 0 {
		return nil, &seq.Invalid{Field: "model.branches", Reason: "leave no way from the first step to the last"}
	}
	if len(g.nodes) < len(all) {
		p.nodes = g.nodes
		next, gap, end = p.distances()
	}
	g.next, g.gap, g.end = next, gap, end
	for v, n := range g.nodes {
		g.of[n.touchpoint] = append(g.of[n.touchpoint], int32(v))
	}
	for u := range end {
		g.last = append(g.last, end[u] == 0)
	}
	return g, nil
}

// begin is the number of the beginning among the nodes.
func (g *runGraph) begin() int32 { return int32(len(g.nodes)) }

// planned says which moves a model plans; see seq.Model.
type planned struct {
	m      seq.Model
	steps  []seq.ModelStep
	nodes  []runNode
	rivals [][]bool // per two steps: they are different ways of one branch
}

func newPlanned(m seq.Model, steps []seq.ModelStep, nodes []runNode) *planned {
	p := &planned{m: m, steps: steps, nodes: nodes}
	for i := range steps {
		p.rivals = append(p.rivals, make([]bool, len(steps)))
		for k := range steps {
			for _, b := range m.Branches {
				x, y := p.stepWay(b, i), p.stepWay(b, k)
				p.rivals[i][k] = p.rivals[i][k] || x >= 0 && y >= 0 && x != y
			}
		}
	}
	return p
}

// is says whether a name means a node: it is the step's or the touchpoint's.
func (p *planned) is(name string, n runNode) bool {
	return name == p.steps[n.step].ID || name == p.m.Touchpoints[n.touchpoint].ID
}

func (p *planned) way(b seq.ModelBranch, n runNode) int {
	return slices.IndexFunc(b.To, func(name string) bool { return p.is(name, n) })
}

func (p *planned) stepWay(b seq.ModelBranch, step int) int {
	s := p.steps[step]
	return slices.IndexFunc(b.To, func(name string) bool { return name == s.ID || slices.Contains(s.Touchpoints, name) })
}

func (p *planned) move(from, to runNode) bool {
	for _, l := range p.m.Loops {
		if p.is(l.From, from) && p.is(l.To, to) {
			return true
		}
	}
	for _, b := range p.m.Branches {
		if p.is(b.From, from) && p.way(b, to) >= 0 {
			return true
		}
	}
	for _, b := range p.m.Branches {
		if a, z := p.way(b, from), p.way(b, to); a >= 0 && z >= 0 && a != z {
			return false
		}
	}
	return from.step == to.step || from.step < to.step && p.skips(from.step+1, to.step, from.step, to.step)
}

// skips says whether every step from lo to hi−1 may be passed by on a way from step i to step k; -1 is no step.
func (p *planned) skips(lo, hi, i, k int) bool {
	for s := lo; s < hi; s++ {
		if !p.steps[s].Optional && (i < 0 || !p.rivals[s][i]) && (k < 0 || !p.rivals[s][k]) {
			return false
		}
	}
	return true
}

// distances lists what may follow each node and the beginning, and how many visits are left out at least between them.
func (p *planned) distances() (next, gap [][]int32, end []int32) {
	n := len(p.nodes)
	next = make([][]int32, n+1)
	last := make([]bool, n+1)
	for u, from := range p.nodes {
		for v, to := range p.nodes {
			if u == v || p.move(from, to) {
				next[u] = append(next[u], int32(v))
			}
		}
		last[u] = p.skips(from.step+1, len(p.steps), from.step, -1)
	}
	for v, to := range p.nodes {
		if p.skips(0, to.step, -1, to.step) {
			next[n] = append(next[n], int32(v))
		}
	}
	last[n] = p.skips(0, len(p.steps), -1, -1)
	end = make([]int32, n+1)
	for range n {
		gap = append(gap, make([]int32, n+1))
	}
	for u := range n + 1 {
		end[u] = nowhere
		if last[u] {
			end[u] = 0
		}
		for v, d := range leftOutTo(next, int32(u)) {
			gap[v][u] = d
			if last[v] && d < nowhere {
				end[u] = min(end[u], d+1)
			}
		}
	}
	return next, gap, end
}

// leftOutTo is, per node, how many nodes lie at least between u and it: breadth first.
func leftOutTo(next [][]int32, u int32) []int32 {
	out := make([]int32, len(next)-1)
	for v := range out {
		out[v] = nowhere
	}
	queue := slices.Clone(next[u])
	for _, v := range queue {
		out[v] = 0
	}
	for len(queue) > 0 {
		x := queue[0]
		queue = queue[1:]
		for _, v := range next[x] {
			if out[v] == nowhere {
				out[v] = out[x] + 1
				queue = append(queue, v)
			}
		}
	}
	return out
}
