package exec

import (
	"context"

	"wend.dev/wend/engine/seq"
)

// comparePaths counts the paths of both groups and lays them over each other. A step's top are the nodes with the
// greatest sum of both groups' shares, so that a small group is not drowned by a large one.
func (s *session) comparePaths(ctx context.Context, q seq.Paths) (*seq.PathsAnswer, error) {
	a, total, err := s.pathsOf(ctx, q, q.Compare.A, "compare.a")
	if err != nil {
		return nil, err
	}
	b, also, err := s.pathsOf(ctx, q, q.Compare.B, "compare.b")
	if err != nil {
		return nil, err
	}
	both := emptyPaths(a.p, &nodes{ids: map[string]int32{}})
	both.add(a)
	both.add(b)
	a, b = both.renumbered(a), both.renumbered(b)
	tops := both.topsBy(func(step int, node int32) float64 {
		return share(a.countOf(step, node), a.count) + share(b.countOf(step, node), b.count)
	})
	out := both.answer(tops)
	out.Compared = &seq.ComparedPaths{
		A: seq.ComparedGroup{Name: q.Compare.A.Label(), Paths: a.count},
		B: seq.ComparedGroup{Name: q.Compare.B.Label(), Paths: b.count},
	}
	both.layOver(out, tops, a, b)
	total.scanned += also.scanned
	out.Meta = s.meta(total)
	return out, nil
}

// emptyPaths has counted nothing yet.
func emptyPaths(p *paths, n *nodes) *pathRun {
	r := &pathRun{p: p, nodes: n, steps: make([]pathStep, p.q.MaxSteps)}
	for i := range r.steps {
		r.steps[i].edges = map[uint64]*pathEdge{}
	}
	return r
}

// renumbered is another run with the nodes' numbers of this one.
func (r *pathRun) renumbered(o *pathRun) *pathRun {
	out := emptyPaths(r.p, r.nodes)
	out.add(o)
	return out
}

func (r *pathRun) countOf(step int, node int32) int64 {
	if s := r.steps[step].count; int(node) < len(s) {
		return s[node]
	}
	return 0
}

// layOver puts each group's counts into the answer that was made of both.
func (r *pathRun) layOver(out *seq.PathsAnswer, tops []map[int32]bool, a, b *pathRun) {
	nodeAt, edgeAt := map[string]*seq.PathNode{}, map[[2]string]*seq.PathEdge{}
	for i := range out.Nodes {
		n := &out.Nodes[i]
		n.Compared, n.Ended = &seq.Compared{}, &seq.Compared{}
		nodeAt[n.ID] = n
	}
	for i := range out.Edges {
		e := &out.Edges[i]
		e.Compared = &seq.Compared{}
		edgeAt[[2]string{e.Source, e.Target}] = e
	}
	id := func(step int, node int32) string {
		if !tops[step][node] {
			node = otherNode
		}
		return r.nodeID(step, node)
	}
	for g, run := range []*pathRun{a, b} {
		add := func(c *seq.Compared, n int64) {
			if g == 0 {
				c.A, c.ShareA = c.A+n, share(c.A+n, run.count)
			} else {
				c.B, c.ShareB = c.B+n, share(c.B+n, run.count)
			}
		}
		for i := range run.steps {
			s := &run.steps[i]
			for n, c := range s.count {
				if c > 0 {
					at := nodeAt[id(i, int32(n))]
					add(at.Compared, c)
					add(at.Ended, s.drop[n])
				}
			}
			for key, e := range s.edges {
				add(edgeAt[[2]string{id(i, int32(key>>32)), id(i+1, int32(uint32(key)))}].Compared, e.count)
			}
		}
	}
}
