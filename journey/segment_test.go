package journey

import (
	"fmt"
	"slices"
	"testing"

	"wend.dev/wend/engine/seq"
)

// TestLiveOfASegment: a map is asked of a stored segment's members, of a persona's, or of those who are both.
func TestLiveOfASegment(t *testing.T) {
	f := func(segment, linked, persona, want string) {
		t.Helper()
		lib := Library{Personas: map[string]*Persona{"anna": {Spec: PersonaSpec{SegmentID: linked, Segment: "properties.old"}}}}
		s, err := LiveQuery{Now: testNow(), Persona: persona, Segment: segment}.scope(&Journey{}, lib)
		got := "none"
		if s.Segment != nil {
			got = s.Segment.ID + " " + s.Segment.Where
		}
		if got += " filter " + s.Filter; err != nil || got != want {
			t.Errorf("%s", fmt.Sprint(got, " ", err, ", want ", want))
		}
	}
	f("", "", "", "none filter ")
	f("big", "", "", "big  filter ")
	f("", "regulars", "anna", "regulars  filter ")
	f("big", "regulars", "anna", `big in_segment("regulars") filter `)
	f("big", "", "anna", "big  filter properties.old")
	lib := Library{Personas: map[string]*Persona{"anna": {Spec: PersonaSpec{SegmentID: "regulars"}}}}
	s, err := lib.only("anna", seq.Scope{Segment: &seq.SegmentRef{Where: `did("a") || did("b")`}})
	if err != nil || s.Segment.Where != `(did("a") || did("b")) && in_segment("regulars")` {
		t.Errorf("%v %v", s.Segment, err)
	}
}

// TestLintLinkedSegment: a persona's segment must be there.
func TestLintLinkedSegment(t *testing.T) {
	j := &Journey{Spec: JourneySpec{Personas: []string{"anna"}}}
	lib := Library{Personas: map[string]*Persona{"anna": {Spec: PersonaSpec{SegmentID: "regular"}}}, Segments: map[string]*Segment{"regulars": {}}}
	rules := func() (out []string) {
		for _, f := range lib.Lint(j, nil, nil, testNow()) {
			out = append(out, f.Rule)
		}
		return out
	}
	if got := rules(); !slices.Contains(got, "unknown_segment") {
		t.Errorf("found are %v", got)
	}
	lib.Segments["regular"] = &Segment{}
	if got := rules(); slices.Contains(got, "unknown_segment") || slices.Contains(got, "persona_without_segment") {
		t.Errorf("found are %v", got)
	}
}
