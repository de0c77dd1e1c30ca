package insight_test

import (
	"math"
	"testing"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
)

// The example of Newcombe (1998), table II, case (a): 56/70 against 48/80 is 0.2 with 0.0524 to 0.3339.
func TestComparePaths(t *testing.T) {
	a := &seq.PathsAnswer{
		Nodes:    []seq.PathNode{{Compared: &seq.Compared{A: 56, B: 48}, Ended: &seq.Compared{A: 7, B: 8}}},
		Edges:    []seq.PathEdge{{Compared: &seq.Compared{A: 48, B: 56}}},
		Compared: &seq.ComparedPaths{A: seq.ComparedGroup{Paths: 70}, B: seq.ComparedGroup{Paths: 80}},
	}
	insight.ComparePaths(a)
	d := a.Nodes[0].Compared.Difference
	if d == nil || math.Abs(d.Value-0.2) > 1e-9 || math.Abs(d.Low-0.0524) > 1e-4 || math.Abs(d.High-0.3339) > 1e-4 || !d.Clear {
		t.Errorf("%+v", d)
	}
	if d := a.Nodes[0].Ended.Difference; d == nil || d.Value != 0 || d.Clear || d.Low >= 0 || d.High <= 0 {
		t.Errorf("the same share: %+v", d)
	}
	if d := a.Edges[0].Compared.Difference; d == nil || math.Abs(d.Value-(48.0/70-0.7)) > 1e-9 || d.Clear {
		t.Errorf("an edge: %+v", d)
	}
	a.Compared.B.Paths, a.Nodes[0].Compared.Difference = 0, nil
	insight.ComparePaths(a)
	if a.Nodes[0].Compared.Difference != nil {
		t.Error("a difference from a group without paths")
	}
	insight.ComparePaths(&seq.PathsAnswer{Nodes: []seq.PathNode{{}}})
	insight.ComparePaths(nil)
}
