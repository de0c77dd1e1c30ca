package exec

import "slices"

// An alignment lays a trace over the cheapest run of a model: visits that both have (sync), those that only the trace
// has (ad hoc) and those that only the run has (missing), each of the latter two at cost 1. Without substitutions that
// is the edit distance between the trace and the language of the model's graph.
//
// The row of the dynamic program holds, for each node, the cost of the best alignment of the trace so far whose last
// sync is that node. A visit that is not taken costs every entry 1, which is one common offset; one that is taken changes
// the entries of its touchpoint's nodes alone: row[v] = min over u of row[u] + gap[v][u]. So a trace of n visits takes n
// looks at a row of as many entries as nodes were visited: exact and without a table of visits by nodes.
//
// Of several cheapest alignments it is one that misses the fewest optional steps; of these the one whose last sync, and then
// that before it, and so on, was made latest in the trace; then first in map order.

// kind of a mark.
const (
	markSync = iota
	markMissing
	markAdHoc
	markOutOfOrder
	markFailed // only in sums: a failed mark is one of the above too
)

// mark is one move of an alignment. After and before are the steps of the syncs around it, -1 where there is none.
type mark struct {
	kind             uint8
	failed           bool
	step, touchpoint int16
	after, before    int16
}

// cell is a sync: a visit laid on a node.
type cell struct{ node, at, before int32 }

// aligner aligns one trace after the other; it keeps its memory.
type aligner struct {
	g      *runGraph
	row    []int64 // per node the cost less the offset; valid for the active ones
	top    []int32 // per node its cell
	active []int32 // nodes that have an entry, the beginning first
	found  []cell  // of the visit at hand
	costs  []int64
	cells  []cell
	syncs  []cell  // of the alignment, in order
	paired []int32 // per visit, if it is out of order, the step that it makes; -1 if not
	spare  []int32 // per touchpoint its first visit that is neither sync nor out of order; -1
	later  []int32 // per visit the next such visit of the same touchpoint; -1
	gone   []leftOut
	marks  []mark
}

// leftOut is a step that is missing before the sync of a number; the number of syncs is after the last.
type leftOut struct{ before, step int32 }

func newAligner(g *runGraph, touchpoints int) *aligner {
	n := len(g.nodes) + 1
	a := &aligner{g: g, row: make([]int64, n), top: make([]int32, n), spare: make([]int32, touchpoints)}
	for v := range a.top {
		a.top[v] = -1
	}
	for t := range a.spare {
		a.spare[t] = -1
	}
	return a
}

// align finds the cheapest alignment of a trace of touchpoints and gives its cost; lay then tells its moves. An open trace
// may end anywhere in the run.
func (a *aligner) align(trace []uint8, open bool) int {
	g := a.g
	for _, v := range a.active {
		a.top[v] = -1
	}
	begin := g.begin()
	a.cells = append(a.cells[:0], cell{begin, -1, -1})
	a.active = append(a.active[:0], begin)
	a.row[begin], a.top[begin] = 0, 0
	for i, t := range trace {
		a.found, a.costs = a.found[:0], a.costs[:0]
		for _, v := range g.of[t] {
			c, u := a.best(g.gap[v])
			a.found, a.costs = append(a.found, cell{v, int32(i), a.top[u]}), append(a.costs, c)
		}
		for k, x := range a.found { // always cheaper than what the node had: to repeat it costs nothing
			if a.top[x.node] < 0 {
				a.active = append(a.active, x.node)
			}
			a.row[x.node], a.top[x.node] = a.costs[k]-oneMove, int32(len(a.cells))
			a.cells = append(a.cells, x)
		}
	}
	rest := g.end
	if open {
		rest = nil
	}
	c, u := a.best(rest)
	a.syncs = a.syncs[:0]
	for x := a.cells[a.top[u]]; x.node != begin; x = a.cells[x.before] {
		a.syncs = append(a.syncs, x)
	}
	slices.Reverse(a.syncs)
	return int((c + int64(len(trace))*oneMove) / oneMove)
}

// best finds the entry from which it is cheapest to go on, given what that costs from each; nil for nothing.
func (a *aligner) best(more []int64) (cost int64, node int32) {
	cost = nowhere
	for _, u := range a.active {
		c := a.row[u]
		if more != nil {
			c += more[u]
		}
		if c > cost {
			continue
		}
		if c < cost || a.before(u, node) {
			cost, node = c, u
		}
	}
	return cost, node
}

// before says whether of two entries of equal cost the first is the one to take.
func (a *aligner) before(u, v int32) bool {
	x, y := a.cells[a.top[u]].at, a.cells[a.top[v]].at
	return x > y || x == y && u < v
}

// lay gives the moves of the alignment just found, in order; failed says which visits failed. The list is valid until
// the next call.
//
// A missing step and an ad hoc visit of one of its touchpoints are one move out of order. The missing steps take them in
// the run's order, each the first one left in the trace's order. Where the run may go several equally short ways between
// two syncs, it takes at each step one with such a visit if it can, else the first in map order.
func (a *aligner) lay(trace []uint8, failed []bool, open bool) []mark {
	a.findAdHoc(trace)
	a.gone = a.gone[:0]
	from := a.g.begin()
	for i, x := range a.syncs {
		a.leaveOut(i, from, a.g.gap[x.node])
		from = x.node
	}
	if !open {
		a.leaveOut(len(a.syncs), from, a.g.end)
	}
	a.marks = a.marks[:0]
	at, gone := 0, a.gone
	after := int16(-1)
	for i := 0; i <= len(a.syncs); i++ {
		end, before := len(trace), a.stepOf(i)
		if i < len(a.syncs) {
			end = int(a.syncs[i].at)
		}
		for ; at < end; at++ {
			m := mark{kind: markAdHoc, failed: failed[at], touchpoint: int16(trace[at]), step: int16(a.g.home[trace[at]]), after: after, before: before}
			if s := a.paired[at]; s >= 0 {
				m.kind, m.step = markOutOfOrder, int16(s)
			}
			a.marks = append(a.marks, m)
		}
		for ; len(gone) > 0 && int(gone[0].before) == i; gone = gone[1:] {
			s := gone[0].step
			a.marks = append(a.marks, mark{kind: markMissing, step: int16(s), touchpoint: int16(a.g.sole[s]), after: after, before: before})
		}
		if i < len(a.syncs) {
			a.marks = append(a.marks, mark{kind: markSync, failed: failed[at], touchpoint: int16(trace[at]), step: before, after: after, before: a.stepOf(i + 1)})
			after = before
			at++
		}
	}
	return a.marks
}

// stepOf is the step of a sync, -1 after the last.
func (a *aligner) stepOf(sync int) int16 {
	if sync >= len(a.syncs) {
		return -1
	}
	return int16(a.g.nodes[a.syncs[sync].node].step)
}

// findAdHoc lists, per touchpoint, the visits that are no sync.
func (a *aligner) findAdHoc(trace []uint8) {
	for t := range a.spare {
		a.spare[t] = -1
	}
	a.paired, a.later = grow(a.paired, len(trace)), grow(a.later, len(trace))
	next := len(a.syncs) - 1
	for i := len(trace) - 1; i >= 0; i-- {
		a.paired[i] = -1
		if next >= 0 && int(a.syncs[next].at) == i {
			next--
			continue
		}
		a.later[i], a.spare[trace[i]] = a.spare[trace[i]], int32(i)
	}
}

// leaveOut walks a cheapest way of missing steps, from a node until nothing is left out any more: left says what is left
// out after each node.
func (a *aligner) leaveOut(sync int, from int32, left []int64) {
	for left[from] > 0 {
		to := int32(-1)
		for _, v := range a.g.next[from] {
			if left[v]+weight(a.g.steps, a.g.nodes[v]) != left[from] {
				continue
			}
			if a.spare[a.g.nodes[v].touchpoint] >= 0 {
				to = v
				break
			}
			if to < 0 {
				to = v
			}
		}
		x := a.g.nodes[to]
		if i := a.spare[x.touchpoint]; i >= 0 {
			a.spare[x.touchpoint], a.paired[i] = a.later[i], int32(x.step)
		} else {
			a.gone = append(a.gone, leftOut{int32(sync), int32(x.step)})
		}
		from = to
	}
}
