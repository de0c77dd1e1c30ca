package journey

import (
	"fmt"
	"strings"
	"testing"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
)

func testCatalogue() *engine.Catalogue {
	c := &engine.Catalogue{}
	for _, n := range []string{"Ad Clicked", "Products Searched", "Product Added", "Order Completed", "Payment Entered", "Shipment Delivered", "Review Given"} {
		c.Events = append(c.Events, engine.EventInfo{Name: n, Count: 10})
	}
	return c
}

// noBad refuses the expression "bad".
func noBad(m seq.Matcher) error {
	if m.Where == "bad" {
		return &seq.Invalid{Field: "where", Reason: "1:1: undeclared reference to 'bad'."}
	}
	return nil
}

func lint(change func(*Journey, Library)) []Finding {
	j, lib := testMap(), testLibrary()
	if change != nil {
		change(j, lib)
	}
	return lib.Lint(j, testCatalogue(), noBad, testNow())
}

// TestLintClean finds nothing but the one touchpoint that has no matcher.
func TestLintClean(t *testing.T) {
	var got []string
	for _, f := range lint(nil) {
		got = append(got, f.Severity+" "+f.Rule+" "+f.ID)
	}
	same(t, "findings", strings.Join(got, "; "), "hint not_observable compare-page")
}

// TestLint breaks the test map in one way each: the rule speaks up, at the place, with what to do.
func TestLint(t *testing.T) {
	stage := func(j *Journey) *Stage { return &j.Spec.Stages[0] }
	for _, c := range []struct {
		name  string
		spoil func(*Journey, Library)
		want  string // severity rule kind/id path: part of the text
	}{
		{"owner", func(j *Journey, _ Library) { j.Metadata.Owner = "" },
			"warning owner_missing Journey/orders metadata.owner: Nobody answers"},
		{"review never", func(j *Journey, _ Library) { j.Metadata.ReviewEvery = days(90) },
			"warning review_stale Journey/orders metadata.reviewed_on: It should be reviewed every 90d, but never was."},
		{"review stale", func(j *Journey, _ Library) { j.Metadata.ReviewEvery, j.Metadata.ReviewedOn = days(90), "2026-08-01" },
			"warning review_stale Journey/orders metadata.reviewed_on: Its review was due on 2026-10-30."},
		{"no stages", func(j *Journey, _ Library) { *j = Journey{Header: j.Header} },
			"error no_stages Journey/orders spec.stages: "},
		{"no goal", func(j *Journey, _ Library) { stage(j).Goal = nil },
			"warning stage_without_goal Journey/orders spec.stages[find].goal: The stage has no goal."},
		{"denominator", func(j *Journey, _ Library) { j.Spec.Stages[1].Goal.Of = "" },
			`warning metric_without_denominator Journey/orders spec.stages[order].goal.of: The target ">= 20 %" is a share`},
		{"empty stage", func(j *Journey, _ Library) {
			j.Spec.Stages = append(j.Spec.Stages, Stage{ID: "x", Goal: &Goal{Metric: "m"}})
		},
			"hint stage_empty Journey/orders spec.stages[x].steps: "},
		{"empty step", func(j *Journey, _ Library) { stage(j).Steps = append(stage(j).Steps, Step{ID: "x"}) },
			"hint step_empty Journey/orders spec.stages[find].steps[x]: "},
		{"step twice", func(j *Journey, _ Library) { stage(j).Steps[1].ID = "search" },
			`error duplicate_id Journey/orders spec.stages[find].steps[search]: Id "search" is taken by spec.stages[find].steps[search].`},
		{"unknown touchpoint", func(j *Journey, _ Library) { stage(j).Steps[0].Touchpoints[0] = "serch-ad" },
			`error unknown_touchpoint Journey/orders spec.stages[find].steps[search].touchpoints: There is no touchpoint "serch-ad"; did you mean "search-ad"?`},
		{"touchpoint twice", func(j *Journey, _ Library) { stage(j).Steps[1].Touchpoints = []string{"search-ad"} },
			`warning touchpoint_twice Journey/orders spec.stages[find].steps[compare].touchpoints: Touchpoint "search-ad" stands at spec.stages[find].steps[search] already`},
		{"branch to nowhere", func(j *Journey, _ Library) { j.Spec.Branches[0].To[1] = "rep-ordre" },
			`error unknown_step Journey/orders spec.branches[0].to: No step or touchpoint of the map is called "rep-ordre"; did you mean "rep-order"?`},
		{"branch from nowhere", func(j *Journey, _ Library) { j.Spec.Branches[0].From = "x" },
			`error unknown_step Journey/orders spec.branches[0].from: `},
		{"branch of one", func(j *Journey, _ Library) { j.Spec.Branches[0].To = []string{"pay"} },
			"warning branch_of_one Journey/orders spec.branches[0].to: "},
		{"branch back", func(j *Journey, _ Library) { j.Spec.Branches[0].To[1] = "search" },
			`warning branch_unreachable Journey/orders spec.branches[0].to: "search" lies before "cart"`},
		{"loop forward", func(j *Journey, _ Library) { j.Spec.Loops[0] = Loop{From: "search-ad", To: "pay"} },
			`warning loop_forward Journey/orders spec.loops[0]: The loop from "search-ad" to "pay" leads forward.`},
		{"loop to nowhere", func(j *Journey, _ Library) { j.Spec.Loops[0].To = "find" },
			"error unknown_step Journey/orders spec.loops[0].to: "},
		{"lane twice", func(j *Journey, _ Library) { j.Spec.Lanes = append(j.Spec.Lanes, Lane{ID: "asks", Kind: "text"}) },
			"error duplicate_id Journey/orders spec.lanes[asks]: "},
		{"cell nowhere", func(j *Journey, _ Library) { j.Spec.Lanes[0].Cells[1].At = "card" },
			`error unknown_step Journey/orders spec.lanes[asks].cells[1].at: No stage or step is called "card"; did you mean "cart"?`},
		{"cell of nobody", func(j *Journey, _ Library) { j.Spec.Lanes[0].Cells[0].Persona = "fiter" },
			`error unknown_persona Journey/orders spec.lanes[asks].cells[0].persona: There is no persona "fiter"; did you mean "fitter"?`},
		{"emotion nowhere", func(j *Journey, _ Library) { j.Spec.Emotions[0].Step = "x" },
			"error unknown_step Journey/orders spec.emotions[0].step: "},
		{"emotion of nobody", func(j *Journey, _ Library) { j.Spec.Emotions[0].Persona = "x" },
			"error unknown_persona Journey/orders spec.emotions[0].persona: "},
		{"persona unknown", func(j *Journey, _ Library) { j.Spec.Personas[0] = "x" },
			"error unknown_persona Journey/orders spec.personas[0]: "},
		{"persona without segment", func(j *Journey, _ Library) { j.Spec.Personas = []string{"fitter"} },
			"hint persona_without_segment Persona/fitter spec.segment: "},
		{"segment", func(_ *Journey, lib Library) { lib.Personas["purchaser"].Spec.Segment = "bad" },
			"error bad_matcher Persona/purchaser spec.segment: where: 1:1: undeclared reference to 'bad'."},
		{"value", func(j *Journey, _ Library) { j.Spec.Value.Where = "bad" },
			"error bad_matcher Journey/orders spec.value: "},
		{"match", func(_ *Journey, lib Library) { lib.Touchpoints["late"].Spec.Match[0].Where = "bad" },
			"error bad_matcher Touchpoint/late spec.match[0]: "},
		{"failure", func(_ *Journey, lib Library) { lib.Touchpoints["pay"].Spec.Failure[0].Where = "bad" },
			"error bad_matcher Touchpoint/pay spec.failure[0]: "},
		{"score", func(_ *Journey, lib Library) { lib.Touchpoints["late"].Spec.Score.Where = "bad" },
			"error bad_matcher Touchpoint/late spec.score: "},
		{"scale", func(_ *Journey, lib Library) { lib.Touchpoints["late"].Spec.Score.Scale = "" },
			"error score_without_scale Touchpoint/late spec.score.scale: "},
		{"view", func(_ *Journey, lib Library) { lib.Touchpoints["compare-page"].Spec.Views[0].Persona = "x" },
			"error unknown_persona Touchpoint/compare-page spec.views[0].persona: "},
		{"nothing reaches", func(_ *Journey, lib Library) { lib.Touchpoints["cart"].Spec.Match[0].Event = seq.Names{"Product Aded"} },
			`warning nothing_reaches Touchpoint/cart spec.match: No event called Product Aded has ever been seen; did you mean "Product Added"?`},
		{"same event", func(_ *Journey, lib Library) {
			lib.Touchpoints["rep-order"].Spec.Match[0].Where = " properties.channel == 'web' "
		},
			`error same_event Touchpoint/rep-order spec.match: Event "Order Completed" goes to touchpoint "web-order"`},
		{"all events", func(_ *Journey, lib Library) { lib.Touchpoints["pay"].Spec.Match[0].Event = seq.Names{"*"} },
			`error same_event Touchpoint/late spec.match: Event "Shipment Delivered" goes to touchpoint "pay"`},
	} {
		var got []string
		found := false
		for _, f := range lint(c.spoil) {
			line := fmt.Sprintf("%s %s %s/%s %s: %s", f.Severity, f.Rule, f.Kind, f.ID, f.Path, f.Text)
			got = append(got, line)
			found = found || strings.HasPrefix(line, c.want)
			if f.Fix == "" || f.Text == "" || strings.Contains(f.Text+f.Fix, "%!") {
				t.Errorf("%s: finding without text or fix, or badly formatted: %+v", c.name, f)
			}
		}
		if !found {
			t.Errorf("%s: no finding\n %s among\n %s", c.name, c.want, strings.Join(got, "\n "))
		}
	}
}

// TestLintNothingCertain keeps quiet where it cannot know.
func TestLintNothingCertain(t *testing.T) {
	for name, spoil := range map[string]func(*Journey, Library){
		"a catch-all after a narrower one": func(_ *Journey, lib Library) { lib.Touchpoints["rep-order"].Spec.Match[0].Where = "" },
		"different conditions": func(_ *Journey, lib Library) {
			lib.Touchpoints["rep-order"].Spec.Match[0].Where = "properties.total > 5.0"
		},
		"the first of each customer": func(_ *Journey, lib Library) {
			lib.Touchpoints["web-order"].Spec.Match[0] = seq.Matcher{Event: seq.Names{"Order Completed"}, FirstTime: true}
		},
		"one of two events is seen": func(_ *Journey, lib Library) {
			lib.Touchpoints["cart"].Spec.Match[0].Event = seq.Names{"Nothing", "Product Added"}
		},
		"any event": func(_ *Journey, lib Library) {
			lib.Touchpoints["review"].Spec.Match[0] = seq.Matcher{Event: seq.Names{"*"}, Where: "x"}
		},
	} {
		for _, f := range lint(spoil) {
			if f.Rule == "same_event" || f.Rule == "nothing_reaches" {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
	j, lib := testMap(), testLibrary()
	lib.Touchpoints["cart"].Spec.Match[0] = seq.Matcher{Event: seq.Names{"Nothing"}, Where: "bad"}
	for _, f := range lib.Lint(j, nil, nil, testNow()) {
		if f.Rule == "nothing_reaches" || f.Rule == "bad_matcher" {
			t.Errorf("without a catalogue and a check: %+v", f)
		}
	}
}
