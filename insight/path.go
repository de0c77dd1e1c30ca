package insight

import "wend.dev/wend/engine/seq"

// ComparePaths puts the difference of both groups' shares beside every node and edge of a compared answer, with
// Newcombe's interval (see DifferenceOfRates). Paths are taken as independent of each other; where a few people make
// many of them, the intervals are too narrow.
func ComparePaths(a *seq.PathsAnswer) {
	if a == nil || a.Compared == nil {
		return
	}
	of, and := a.Compared.A.Paths, a.Compared.B.Paths
	judge := func(c *seq.Compared) {
		if c == nil || of == 0 || and == 0 {
			return
		}
		d := DifferenceOfRates(NewRate(c.A, of), NewRate(c.B, and))
		c.Difference = &seq.Difference{Value: d.Value, Low: d.Low, High: d.High, Clear: d.Low > 0 || d.High < 0}
	}
	for i := range a.Nodes {
		judge(a.Nodes[i].Compared)
		judge(a.Nodes[i].Ended)
	}
	for i := range a.Edges {
		judge(a.Edges[i].Compared)
	}
}
