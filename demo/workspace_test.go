package demo

import (
	"testing"

	"wend.dev/wend/journey/file"
)

// The demo's files load, and its journeys name only what is there.
func TestWorkspaceIsWhole(t *testing.T) {
	docs, err := file.ReadFolder(Workspace())
	if err != nil {
		t.Fatal(err)
	}
	touchpoints, personas, journeys := map[string]bool{}, map[string]bool{}, 0
	for _, d := range docs {
		id := d.Header().Metadata.ID
		switch {
		case d.Touchpoint != nil:
			touchpoints[id] = true
		case d.Persona != nil:
			personas[id] = true
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
	if journeys != 2 || len(personas) != 4 {
		t.Errorf("%d journeys and %d personas", journeys, len(personas))
	}
	for _, p := range Pains {
		if !touchpoints[p.Where] {
			t.Errorf("pain %s sits on %q, which is no touchpoint", p.ID, p.Where)
		}
	}
}
