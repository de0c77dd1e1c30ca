package seq

import "fmt"

// Conformance asks how well actors' journeys follow a planned one. See docs/questions.md, Conformance.
//
// The plan is a Model. An actor's visits in time order, consecutive repeats of one touchpoint taken as one, are its
// trace; a silence of Idle ends it. A trace counts if its last visit lies in the range, and is then read from its own
// beginning, even where that lies before From: nobody is blamed for what was done before somebody looked.
type Conformance struct {
	Scope
	Model    Model    `json:"model"`
	Idle     Duration `json:"idle,omitempty" doc:"A silence this long ends a trace; one that ended later is open: under way, and not blamed for what it has not reached. Default 45d"`
	Variants int      `json:"variants,omitempty" doc:"Variants kept, the most frequent first; 1 to 200, default 20"`
	Examples int      `json:"examples,omitempty" doc:"Traces kept to show a deviation or a variant; 1 to 20, default 5"`
}

// Model is a planned journey: what may follow what. A full run goes from a first step to a last one by planned moves.
//
// A move from a touchpoint of step i to one of step k is planned if a loop or a branch leads from the one to the other; or
// if both make the same step, or the second lies further on and every step between may be passed by. The last two do not
// hold between two ways of one branch: an actor takes one, not both. A step may be passed by if it is optional, or if it
// is one way of a branch and the move begins or ends at another way of it. A run begins at a step before which every
// step may be passed by, and ends at one after which every step may. Repeating a touchpoint is always planned.
type Model struct {
	Touchpoints []ModelTouchpoint `json:"touchpoints" doc:"1 to 200. An event that several match goes to the first. One that no step names is known, and never planned"`
	Stages      []ModelStage      `json:"stages" doc:"1 to 50, in order"`
	Branches    []ModelBranch     `json:"branches,omitempty" doc:"Where an actor takes one of several ways"`
	Loops       []ModelLoop       `json:"loops,omitempty" doc:"Where going back is planned"`
}

// ModelTouchpoint is a contact and the events that reach it.
type ModelTouchpoint struct {
	ID      string    `json:"id"`
	Title   string    `json:"title,omitempty" doc:"For people; default the id"`
	Match   []Matcher `json:"match" doc:"Any of them is a visit; 1 to 50"`
	Failure []Matcher `json:"failure,omitempty" doc:"Which of its visits failed; beside them outcome == 'failed' always did"`
}

// ModelStage is a group of steps.
type ModelStage struct {
	ID    string      `json:"id"`
	Title string      `json:"title,omitempty" doc:"For people; default the id"`
	Steps []ModelStep `json:"steps" doc:"In order; answers count the steps of all stages through, from 0"`
}

// ModelStep is one thing that an actor does, at any one of its touchpoints.
type ModelStep struct {
	ID          string   `json:"id"`
	Title       string   `json:"title,omitempty" doc:"For people; default the id"`
	Optional    bool     `json:"optional,omitempty" doc:"The plan allows passing it by"`
	Touchpoints []string `json:"touchpoints" doc:"Ids; any of them makes the step"`
}

// ModelBranch says that after From an actor takes one of To.
type ModelBranch struct {
	From string   `json:"from" doc:"Id of a step or a touchpoint"`
	To   []string `json:"to" doc:"Ids of steps or touchpoints"`
}

// ModelLoop says that going from From back to To is planned.
type ModelLoop struct {
	From string `json:"from" doc:"Id of a step or a touchpoint"`
	To   string `json:"to" doc:"Id of a step or a touchpoint"`
}

// Steps lists the steps of all stages in order: what the step numbers of an answer count.
func (m Model) Steps() (out []ModelStep) {
	for _, s := range m.Stages {
		out = append(out, s.Steps...)
	}
	return out
}

// ConformanceAnswer is what Conformance gives: counts. Intervals are made of them by journey.
type ConformanceAnswer struct {
	Traces        int64                   `json:"traces" doc:"Journeys whose last visit lies in the range"`
	Open          int64                   `json:"open" doc:"Those of them that are under way: not idle for idle at the end of the range"`
	People        int64                   `json:"people" doc:"Actors behind the traces"`
	Clean         int64                   `json:"clean" doc:"Traces without any deviation"`
	CleanOpen     int64                   `json:"clean_open" doc:"Those of them that are open"`
	RunLength     int                     `json:"run_length" doc:"Visits of the shortest full run of the model"`
	FitnessValues []float64               `json:"fitness_values" doc:"Distinct fitness values, ascending: 1 − cost / (trace length + run length)"`
	FitnessCounts []int64                 `json:"fitness_counts" doc:"Traces per distinct value"`
	Types         []DeviationType         `json:"types" doc:"The four types: missing, ad_hoc, out_of_order, failed"`
	Steps         []StepConformance       `json:"steps" doc:"Per step of the model, in order"`
	Touchpoints   []TouchpointConformance `json:"touchpoints" doc:"Per touchpoint of the model, in order"`
	Deviations    []Deviation             `json:"deviations" doc:"Those found in most traces first; at most 200"`
	Variants      []TraceVariant          `json:"variants" doc:"The most frequent first"`
	VariantCount  int64                   `json:"variant_count" doc:"Distinct variants; an open trace and a closed one are never the same"`
	Unmapped      []UnmappedEvent         `json:"unmapped" doc:"Frequent events in the range that no touchpoint matches, by people"`
	Meta          Meta                    `json:"meta"`
}

// DeviationType sums up one type of deviation.
type DeviationType struct {
	Type   string `json:"type" enum:"missing,ad_hoc,out_of_order,failed" doc:"As in Deviation"`
	Count  int64  `json:"count" doc:"How often it happened"`
	Traces int64  `json:"traces" doc:"Traces in which it happened"`
}

// StepConformance counts the traces at one step; a trace that repeats the step by a loop is counted once.
type StepConformance struct {
	Done       int64 `json:"done" doc:"Traces that made it where it is planned"`
	Missing    int64 `json:"missing" doc:"Traces that left it out where it is planned"`
	OutOfOrder int64 `json:"out_of_order" doc:"Traces that made it elsewhere than planned"`
}

// TouchpointConformance counts one touchpoint's visits, consecutive repeats taken as one.
type TouchpointConformance struct {
	Visits     int64 `json:"visits"`
	Planned    int64 `json:"planned" doc:"Visits where they are planned"`
	AdHoc      int64 `json:"ad_hoc" doc:"Visits that are not planned"`
	OutOfOrder int64 `json:"out_of_order" doc:"Visits that were planned elsewhere"`
	Failed     int64 `json:"failed" doc:"Visits that failed, planned or not"`
}

// Deviation is one thing that went otherwise than planned, wherever it happened.
type Deviation struct {
	Type       string           `json:"type" enum:"missing,ad_hoc,out_of_order,failed" doc:"missing: planned, not done; ad_hoc: done, not planned; out_of_order: done, but elsewhere than planned; failed: done without success"`
	Step       int              `json:"step" doc:"The step that was to be made, or that the touchpoint first stands in; -1 for a touchpoint that no step names"`
	Touchpoint int              `json:"touchpoint" doc:"What was visited; for missing the step's only touchpoint, or -1 when any of several would have made it"`
	Count      int64            `json:"count" doc:"How often it happened"`
	Traces     int64            `json:"traces" doc:"Traces in which it happened"`
	Places     []DeviationPlace `json:"places" doc:"Where it happened, the most frequent first; at most 20"`
	Examples   []Trace          `json:"examples" doc:"Traces that show it, of the most frequent variants that do"`
}

// DeviationPlace is where in the run a deviation happened.
type DeviationPlace struct {
	After  int   `json:"after" doc:"Step made as planned just before; -1 for the beginning"`
	Before int   `json:"before" doc:"Step made as planned just after; -1 for the end"`
	Count  int64 `json:"count" doc:"How often it happened there"`
	Traces int64 `json:"traces" doc:"Traces in which it happened there"`
}

// TraceVariant is all traces that read the same.
type TraceVariant struct {
	Count    int64       `json:"count" doc:"Traces"`
	Open     bool        `json:"open" doc:"Under way"`
	Cost     int         `json:"cost" doc:"Ad hoc and missing moves; one out of order is both, 2"`
	Fitness  float64     `json:"fitness" doc:"0 to 1"`
	Clean    bool        `json:"clean" doc:"No deviation"`
	Length   int         `json:"length" doc:"Visits"`
	Moves    []TraceMove `json:"moves" doc:"The alignment, in order; at most 300"`
	Examples []TraceRef  `json:"examples" doc:"Who went this way, the latest first"`
}

// Trace is one actor's trace laid over the model.
type Trace struct {
	TraceRef
	Open  bool        `json:"open" doc:"Under way"`
	Moves []TraceMove `json:"moves" doc:"The alignment, in order; at most 300"`
}

// TraceRef says whose a trace is, and when it ended.
type TraceRef struct {
	Actor string `json:"actor" doc:"Profile or account id, 16 hex digits"`
	Last  string `json:"last" doc:"Time of its last visit, RFC 3339, UTC"`
}

// TraceMove is one step of an alignment.
type TraceMove struct {
	Kind       string `json:"kind" enum:"sync,missing,ad_hoc,out_of_order" doc:"sync: done as planned. out_of_order stands where it was done; its planned place shows nothing"`
	Step       int    `json:"step" doc:"As in Deviation"`
	Touchpoint int    `json:"touchpoint" doc:"As in Deviation"`
	Failed     bool   `json:"failed,omitempty" doc:"The visit failed"`
}

// Validate finds what is wrong with the question's form. That a run leads through the model is looked at by the engine.
func (q Conformance) Validate() error {
	var c check
	c.scope(q.Scope)
	if q.Breakdown != nil {
		c.fail("breakdown", "conformance has no breakdown; use filter")
	}
	c.model("model", q.Model)
	c.positive("idle", q.Idle)
	c.between("variants", q.Variants, 1, 200)
	c.between("examples", q.Examples, 1, 20)
	return c.done()
}

func (c *check) model(field string, m Model) {
	at := func(format string, args ...any) string { return join(field, fmt.Sprintf(format, args...)) }
	c.count(at("touchpoints"), len(m.Touchpoints), 1, 200)
	c.count(at("stages"), len(m.Stages), 1, 50)
	c.count(at("branches"), len(m.Branches), 0, 100)
	c.count(at("loops"), len(m.Loops), 0, 100)
	touchpoints, steps := map[string]bool{}, map[string]bool{}
	for i, t := range m.Touchpoints {
		if t.ID == "" || touchpoints[t.ID] {
			c.fail(at("touchpoints[%d].id", i), "%q is empty or there twice", t.ID)
		}
		touchpoints[t.ID] = true
		c.count(at("touchpoints[%d].match", i), len(t.Match), 1, 50)
		c.matchers(at("touchpoints[%d].match", i), t.Match)
		c.matchers(at("touchpoints[%d].failure", i), t.Failure)
	}
	places := 0
	for i, stage := range m.Stages {
		for k, s := range stage.Steps {
			f := at("stages[%d].steps[%d]", i, k)
			if s.ID == "" || steps[s.ID] {
				c.fail(f+".id", "%q is empty or there twice", s.ID)
			}
			steps[s.ID] = true
			c.count(f+".touchpoints", len(s.Touchpoints), 1, 200)
			for n, id := range s.Touchpoints {
				if !touchpoints[id] {
					c.fail(fmt.Sprintf("%s.touchpoints[%d]", f, n), "there is no touchpoint %q", id)
				}
			}
			places += len(s.Touchpoints)
		}
	}
	if places == 0 || places > 400 {
		c.fail(at("stages"), "link %d touchpoints in their steps; they may link 1 to 400", places)
	}
	known := func(f, id string) {
		if !steps[id] && !touchpoints[id] {
			c.fail(f, "there is no step or touchpoint %q", id)
		}
	}
	for i, b := range m.Branches {
		known(at("branches[%d].from", i), b.From)
		c.count(at("branches[%d].to", i), len(b.To), 1, 100)
		for n, id := range b.To {
			known(at("branches[%d].to[%d]", i, n), id)
		}
	}
	for i, l := range m.Loops {
		known(at("loops[%d].from", i), l.From)
		known(at("loops[%d].to", i), l.To)
	}
}
