package demo

import (
	"testing"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/journey/file"
)

// The demo's files load, and its journeys name only what is there.
func TestWorkspaceIsWhole(t *testing.T) {
	docs, err := file.ReadFolder(Workspace())
	if err != nil {
		t.Fatal(err)
	}
	touchpoints, personas, journeys, segments := map[string]bool{}, map[string]bool{}, 0, 0
	for _, d := range docs {
		id := d.Header().Metadata.ID
		switch {
		case d.Touchpoint != nil:
			touchpoints[id] = true
		case d.Persona != nil:
			personas[id] = true
		case d.Segment != nil:
			segments++
			c := plan.Criteria{Accounts: d.Segment.Spec.Actor == "account"}
			if _, err := c.Add("where", d.Segment.Spec.Where); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		case d.Journey != nil:
			journeys++
			for _, p := range d.Journey.Spec.Personas {
				if !personas[p] {
					t.Errorf("%s: no persona %q", id, p)
				}
			}
			for _, s := range d.Journey.Spec.Stages {
				for _, step := range s.Steps {
					for _, tp := range step.Touchpoints {
						if !touchpoints[tp] {
							t.Errorf("%s: no touchpoint %q", id, tp)
						}
					}
				}
			}
		}
	}
	if journeys != 2 || len(personas) != 4 || segments != 6 {
		t.Errorf("%d journeys, %d personas and %d segments", journeys, len(personas), segments)
	}
	for _, p := range Pains {
		if !touchpoints[p.Where] {
			t.Errorf("pain %s sits on %q, which is no touchpoint", p.ID, p.Where)
		}
	}
}
