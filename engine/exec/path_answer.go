package exec

import (
	"cmp"
	"fmt"
	"slices"

	"wend.dev/wend/engine/seq"
)

// otherNode stands for all nodes of a step that did not make the top.
const otherNode int32 = -1

// answer cuts each step to its top nodes. All counting is done by then: what is cut stands in an other node, so every
// step adds up.
func (r *pathRun) answer(tops []map[int32]bool) *seq.PathsAnswer {
	out := &seq.PathsAnswer{Nodes: []seq.PathNode{}, Edges: []seq.PathEdge{}, Paths: r.count}
	for i := range r.steps {
		out.Nodes = append(out.Nodes, r.shownNodes(i, tops[i])...)
	}
	for i := range r.steps[:len(r.steps)-1] {
		out.Edges = append(out.Edges, r.shownEdges(i, tops)...)
	}
	return out
}

// tops are each step's most frequent nodes.
func (r *pathRun) tops() []map[int32]bool {
	return r.topsBy(func(step int, node int32) float64 { return float64(r.steps[step].count[node]) })
}

// topsBy are each step's nodes with the greatest weight.
func (r *pathRun) topsBy(weight func(step int, node int32) float64) (tops []map[int32]bool) {
	for i := range r.steps {
		var ids []int32
		for n, c := range r.steps[i].count {
			if c > 0 {
				ids = append(ids, int32(n))
			}
		}
		slices.SortFunc(ids, func(a, b int32) int {
			return cmp.Or(cmp.Compare(weight(i, b), weight(i, a)), cmp.Compare(r.nodes.names[a], r.nodes.names[b]))
		})
		top := map[int32]bool{}
		for _, id := range ids[:min(len(ids), r.p.q.Top)] {
			top[id] = true
		}
		tops = append(tops, top)
	}
	return tops
}

// nodeID names a node in the answer. The other node's id cannot be any name's.
func (r *pathRun) nodeID(step int, node int32) string {
	if node == otherNode {
		return fmt.Sprintf("%d/%s", step+1, other)
	}
	return fmt.Sprintf("%d:%s", step+1, r.nodes.names[node])
}

func (r *pathRun) shownNodes(step int, top map[int32]bool) (out []seq.PathNode) {
	s := &r.steps[step]
	rest := seq.PathNode{ID: r.nodeID(step, otherNode), Step: step + 1, Name: other, Other: true}
	for n, c := range s.count {
		switch {
		case c == 0:
		case top[int32(n)]:
			out = append(out, seq.PathNode{ID: r.nodeID(step, int32(n)), Step: step + 1, Name: r.nodes.names[n], Count: c, Dropoff: s.drop[n]})
		default:
			rest.Count += c
			rest.Dropoff += s.drop[n]
		}
	}
	slices.SortFunc(out, func(a, b seq.PathNode) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
	if rest.Count > 0 {
		out = append(out, rest)
	}
	return out
}

func (r *pathRun) shownEdges(step int, tops []map[int32]bool) (out []seq.PathEdge) {
	sums := map[[2]int32]*pathEdge{}
	for key, e := range r.steps[step].edges {
		from, to := int32(key>>32), int32(uint32(key))
		if !tops[step][from] {
			from = otherNode
		}
		if !tops[step+1][to] {
			to = otherNode
		}
		sum := sums[[2]int32{from, to}]
		if sum == nil {
			sum = &pathEdge{}
			sums[[2]int32{from, to}] = sum
		}
		sum.count += e.count
		sum.took = append(sum.took, e.took...)
	}
	for key, e := range sums {
		took := make([]int64, len(e.took))
		for i, t := range e.took {
			took[i] = int64(t)
		}
		out = append(out, seq.PathEdge{Source: r.nodeID(step, key[0]), Target: r.nodeID(step+1, key[1]), Count: e.count, MedianSeconds: quantile(took, 0.5) / 1000})
	}
	slices.SortFunc(out, func(a, b seq.PathEdge) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Target, b.Target))
	})
	return out
}
