package journey

import (
	"strings"
	"testing"
)

// TestMove is the rule of planned moves, a case each.
func TestMove(t *testing.T) {
	l := newLayout(testMap(), testLibrary())
	for _, c := range []struct {
		from, to, kind string
		planned        bool
	}{
		{"search-ad", "site-search", "same_step", true},
		{"search-ad", "compare-page", "next", true},
		{"search-ad", "cart", "skip", true},          // compare is optional
		{"search-ad", "web-order", "ahead", false},   // past cart
		{"cart", "web-order", "branch", true},        // next, but said by the branch
		{"cart", "rep-order", "branch", true},        // not next
		{"cart", "pay", "ahead", false},              // past both ways: one of them is needed
		{"web-order", "rep-order", "ahead", false},   // one, not both, though it is the next step
		{"rep-order", "web-order", "back", false},    // nor the other way round
		{"web-order", "pay", "skip", true},           // the other way is passed by
		{"rep-order", "pay", "next", true},           //
		{"rep-order", "late", "ahead", false},        // past pay
		{"cart", "search-ad", "loop", true},          // the loop names the step
		{"cart", "site-search", "loop", true},        // so any of its touchpoints
		{"pay", "cart", "back", false},               // no loop
		{"pay", "in-time", "next", true},             // over the border of a stage
		{"in-time", "late", "same_step", true},       //
		{"compare-page", "search-ad", "back", false}, //
	} {
		kind, planned := l.move(c.from, c.to)
		if kind != c.kind || planned != c.planned {
			t.Errorf("%s → %s is %s %t, want %s %t", c.from, c.to, kind, planned, c.kind, c.planned)
		}
	}
}

// TestMoveNames has branches and loops name touchpoints, and a touchpoint stand at two steps.
func TestMoveNames(t *testing.T) {
	j := &Journey{Spec: JourneySpec{Stages: []Stage{{ID: "s", Steps: []Step{
		{ID: "a", Touchpoints: []string{"a1", "a2"}},
		{ID: "b", Touchpoints: []string{"b1"}},
		{ID: "c", Touchpoints: []string{"c1"}},
		{ID: "d", Touchpoints: []string{"a1"}},
		{ID: "e", Touchpoints: []string{"e1"}},
	}}}, Branches: []Branch{{From: "a1", To: []string{"b1", "c1"}}}, Loops: []Loop{{From: "e", To: "b1"}}}}
	l := newLayout(j, Library{})
	same(t, "places", len(l.places), 5)
	for _, c := range []struct {
		from, to, kind string
		planned        bool
	}{
		{"a1", "c1", "branch", true}, // the branch names a1
		{"a2", "c1", "skip", true},   // b is passed by, being the other way of a branch
		{"b1", "c1", "ahead", false},
		{"c1", "a1", "next", true}, // a1 stands at d too
		{"a1", "e1", "next", true}, // from d
		{"a2", "e1", "ahead", false},
		{"e1", "b1", "loop", true},
		{"e1", "a1", "back", false},
	} {
		kind, planned := l.move(c.from, c.to)
		if kind != c.kind || planned != c.planned {
			t.Errorf("%s → %s is %s %t, want %s %t", c.from, c.to, kind, planned, c.kind, c.planned)
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{"first-order": "First order", "a_b": "A b", "": ""} {
		same(t, in, words(in), want)
	}
}

func TestReferences(t *testing.T) {
	j := testMap()
	j.Spec.Stages[2].Steps[1].Touchpoints = append(j.Spec.Stages[2].Steps[1].Touchpoints, "cart")
	j.Spec.Lanes[0].Cells[0].Persona = "fitter"
	same(t, "touchpoints", strings.Join(j.Touchpoints(), " "), "search-ad site-search compare-page cart web-order rep-order pay in-time late review")
	same(t, "personas", strings.Join(j.People(), " "), "purchaser fitter")
}
