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
//	begin 4 ──▶ a ─────▶ b or c ───▶ d ──▶ end      gap[3][4] is 2 moves: a and b are left out on the way to d
type runGraph struct {
	nodes []runNode
	steps []seq.ModelStep
	of    [][]int32 // per touchpoint its nodes, in map order
	home  []int     // per touchpoint the first step that it stands in; -1 for none
	gap   [][]int64 // gap[v][u]: what it costs at least if v is the next one made after u; u = len(nodes) is the beginning
	next  [][]int32 // per node, and for the beginning, the nodes that may follow, in map order
	end   []int64   // per node, and for the beginning, what it costs at least if none is made after it
	last  []bool    // per node: a run may end there; for the beginning: a run may be empty
	sole  []int     // per step its only touchpoint; -1 when there are several
}

type runNode struct{ step, touchpoint int }

const (
	// oneMove is the cost of one ad hoc or missing move. A missing one of an optional step costs 1 on top of it, so that of
	// equally cheap alignments the one that misses the fewest of these is found; it takes a million of them to be wrong.
	oneMove = 1 << 20
	// nowhere is a cost that no alignment has.
	nowhere = 1 << 60
)

// weight is what it costs to miss a node.
func weight(steps []seq.ModelStep, n runNode) int64 {
	if steps[n.step].Optional {
		return oneMove + 1
	}
	return oneMove
}

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

// run is how many visits the shortest full run has.
func (g *runGraph) run() int { return int(g.end[g.begin()] / oneMove) }

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

// distances lists what may follow each node and the beginning, and what it costs at least to leave out all between them.
func (p *planned) distances() (next [][]int32, gap [][]int64, end []int64) {
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
	end = make([]int64, n+1)
	for range n {
		gap = append(gap, make([]int64, n+1))
	}
	for u := range n + 1 {
		end[u] = nowhere
		if last[u] {
			end[u] = 0
		}
		for v, d := range p.leftOut(next, u) {
			gap[v][u] = d
			if last[v] && d < nowhere {
				end[u] = min(end[u], d+weight(p.steps, p.nodes[v]))
			}
		}
	}
	return next, gap, end
}

// leftOut is, per node, what it costs at least to go there from u and leave out all between.
func (p *planned) leftOut(next [][]int32, u int) []int64 {
	out := make([]int64, len(p.nodes))
	for v := range out {
		out[v] = nowhere
	}
	queue := slices.Clone(next[u])
	for _, v := range queue {
		out[v] = 0
	}
	for len(queue) > 0 { // until nothing gets cheaper
		x := queue[0]
		queue = queue[1:]
		for _, v := range next[x] {
			if c := out[x] + weight(p.steps, p.nodes[x]); c < out[v] {
				out[v] = c
				queue = append(queue, v)
			}
		}
	}
	return out
}
