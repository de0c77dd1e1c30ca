package journey

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
)

// Finding is something about a map that somebody should look at.
type Finding struct {
	Severity string `json:"severity" enum:"error,warning,hint" doc:"error: a number is wrong or missing because of it; warning: it should be put right; hint: it could be better"`
	Rule     string `json:"rule" doc:"Short name of the rule, the same for all of its kind"`
	Kind     string `json:"kind" enum:"Journey,Touchpoint,Persona,Segment" doc:"Of the definition at fault"`
	ID       string `json:"id" doc:"Of the definition at fault"`
	Path     string `json:"path" doc:"Where in it: spec.stages[awareness].goal"`
	Text     string `json:"text" doc:"What is wrong, in plain English"`
	Fix      string `json:"fix" doc:"What to do"`
}

// Lint looks for faults in a map and in the touchpoints and personas that it uses, in the order of the map. catalogue is
// what events there are; nil leaves out the rules that need it. check says why a matcher cannot be compiled, nil that
// it can; a nil check leaves those rules out. now is what reviews go stale against.
func (lib Library) Lint(j *Journey, catalogue *engine.Catalogue, check func(seq.Matcher) error, now time.Time) []Finding {
	n := &linter{layout: newLayout(j, lib), lib: lib, catalogue: catalogue, check: check, now: now, found: []Finding{}}
	n.head(j.Header)
	n.owners()
	n.overlaps()
	n.stages()
	n.links()
	n.lanes()
	for _, p := range n.places {
		if p.tp != nil {
			n.touchpoint(p.tp)
		}
	}
	n.shadows()
	n.personas()
	if v := j.Spec.Value; v != nil {
		n.matcher(j.Header, "spec.value", seq.Matcher{Event: v.Event, Where: v.Where})
	}
	return n.found
}

type linter struct {
	*layout
	lib       Library
	catalogue *engine.Catalogue
	check     func(seq.Matcher) error
	now       time.Time
	found     []Finding
}

// say files a finding of "severity rule"; what is wrong and what to do are divided by " → ". Only what is wrong has arguments.
func (n *linter) say(rule string, h Header, path, sentence string, args ...any) {
	severity, rule, _ := strings.Cut(rule, " ")
	text, fix, _ := strings.Cut(sentence, " → ")
	text = strings.ReplaceAll(fmt.Sprintf(text, args...), "?.", "?") // a proposal ends the sentence
	n.found = append(n.found, Finding{severity, rule, h.Kind, h.Metadata.ID, path, text, fix})
}

// head checks owner and review.
func (n *linter) head(h Header) {
	m := h.Metadata
	if m.Owner == "" {
		n.say("warning owner_missing", h, "metadata.owner", "Nobody answers for this map. → Name an owner.")
	}
	if m.ReviewEvery == 0 {
		return
	}
	last, err := time.Parse(time.DateOnly, m.ReviewedOn)
	if err != nil {
		n.say("warning review_stale", h, "metadata.reviewed_on", "It should be reviewed every %s, but never was. → Review it and set reviewed_on.", m.ReviewEvery)
	} else if due := last.Add(time.Duration(m.ReviewEvery)); due.Before(n.now) {
		n.say("warning review_stale", h, "metadata.reviewed_on", "Its review was due on %s. → Review it and set reviewed_on.", due.Format(time.DateOnly))
	}
}

// stages checks ids, goals and that each touchpoint is known.
func (n *linter) stages() {
	j := n.journey
	if len(j.Spec.Stages) == 0 {
		n.say("error no_stages", j.Header, "spec.stages", "The map has no stages. → Add the first stage.")
	}
	ids := map[string]string{}
	once := func(id, path string) {
		if first, twice := ids[id]; twice {
			n.say("error duplicate_id", j.Header, path, "Id %q is taken by %s. → Give it an id of its own.", id, first)
			return
		}
		ids[id] = path
	}
	placed := map[string]string{}
	for _, st := range j.Spec.Stages {
		at := fmt.Sprintf("spec.stages[%s]", st.ID)
		once(st.ID, at)
		n.goal(st, at)
		if len(st.Steps) == 0 {
			n.say("hint stage_empty", j.Header, at+".steps", "The stage has no steps. → Add what the customer does here.")
		}
		for _, step := range st.Steps {
			sat := fmt.Sprintf("%s.steps[%s]", at, step.ID)
			once(step.ID, sat)
			if len(step.Touchpoints) == 0 {
				n.say("hint step_empty", j.Header, sat, "The step has no touchpoints. → Link where it happens.")
			}
			for _, id := range step.Touchpoints {
				if n.lib.Touchpoints[id] == nil {
					n.say("error unknown_touchpoint", j.Header, sat+".touchpoints", "There is no touchpoint %q%s. → Create it or correct the id.", id, seq.Hint(id, keysOf(n.lib.Touchpoints)))
				}
				if first, twice := placed[id]; twice {
					n.say("warning touchpoint_twice", j.Header, sat+".touchpoints", "Touchpoint %q stands at %s already; its events count only there. → Split it into two touchpoints with matchers that tell them apart.", id, first)
					continue
				}
				placed[id] = sat
			}
		}
	}
}

func (n *linter) goal(st Stage, at string) {
	switch g := st.Goal; {
	case g == nil || g.Metric == "":
		n.say("warning stage_without_goal", n.journey.Header, at+".goal", "The stage has no goal. → Say what should be reached here, and how much.")
	case g.Of == "" && (strings.Contains(g.Target, "%") || strings.Contains(strings.ToLower(g.Target), "per cent")):
		n.say("warning metric_without_denominator", n.journey.Header, at+".goal.of", "The target %q is a share, but nobody knows of what. → Set of: the denominator.", g.Target)
	}
}

// links checks that branches and loops begin and end on the map, and lead the right way.
func (n *linter) links() {
	h := n.journey.Header
	var names []string
	for _, s := range n.steps {
		names = append(names, s.step.ID)
		names = append(names, s.step.Touchpoints...)
	}
	known := func(path, name string) bool {
		if slices.Contains(names, name) {
			return true
		}
		n.say("error unknown_step", h, path, "No step or touchpoint of the map is called %q%s. → Correct the id.", name, seq.Hint(name, names))
		return false
	}
	for i, b := range n.journey.Spec.Branches {
		at := fmt.Sprintf("spec.branches[%d]", i)
		from := known(at+".from", b.From)
		if len(b.To) < 2 {
			n.say("warning branch_of_one", h, at+".to", "A branch with fewer than two ways is no choice. → Add the other ways, or remove it.")
		}
		for _, way := range b.To {
			if known(at+".to", way) && from && n.last(way) < n.first(b.From) {
				n.say("warning branch_unreachable", h, at+".to", "%q lies before %q, so the branch cannot lead there. → Move the step, or make it a loop.", way, b.From)
			}
		}
	}
	for i, l := range n.journey.Spec.Loops {
		at := fmt.Sprintf("spec.loops[%d]", i)
		from, to := known(at+".from", l.From), known(at+".to", l.To)
		if from && to && n.first(l.To) > n.last(l.From) {
			n.say("warning loop_forward", h, at, "The loop from %q to %q leads forward. → Turn it round, or make it a branch.", l.From, l.To)
		}
	}
}

// first and last are the first and last step that a name of a step or touchpoint stands for.
func (n *linter) first(name string) int {
	return slices.IndexFunc(n.steps, func(s stepAt) bool { return s.step.ID == name || slices.Contains(s.step.Touchpoints, name) })
}

func (n *linter) last(name string) (at int) {
	for i, s := range n.steps {
		if s.step.ID == name || slices.Contains(s.step.Touchpoints, name) {
			at = i
		}
	}
	return at
}

// lanes checks lanes, cells and emotions.
func (n *linter) lanes() {
	h := n.journey.Header
	var columns []string
	for _, st := range n.journey.Spec.Stages {
		columns = append(columns, st.ID)
		for _, s := range st.Steps {
			columns = append(columns, s.ID)
		}
	}
	column := func(path, id string) {
		if !slices.Contains(columns, id) {
			n.say("error unknown_step", h, path, "No stage or step is called %q%s. → Correct the id.", id, seq.Hint(id, columns))
		}
	}
	seen := map[string]bool{}
	for _, l := range n.journey.Spec.Lanes {
		at := fmt.Sprintf("spec.lanes[%s]", l.ID)
		if seen[l.ID] {
			n.say("error duplicate_id", h, at, "Two lanes have the id %q. → Give each an id of its own.", l.ID)
		}
		seen[l.ID] = true
		for i, c := range l.Cells {
			column(fmt.Sprintf("%s.cells[%d].at", at, i), c.At)
			n.persona(h, fmt.Sprintf("%s.cells[%d].persona", at, i), c.Persona)
		}
	}
	for i, e := range n.journey.Spec.Emotions {
		column(fmt.Sprintf("spec.emotions[%d].step", i), e.Step)
		n.persona(h, fmt.Sprintf("spec.emotions[%d].persona", i), e.Persona)
	}
}

// persona checks that a persona, if one is named, is known.
func (n *linter) persona(h Header, path, id string) {
	if id != "" && n.lib.Personas[id] == nil {
		n.say("error unknown_persona", h, path, "There is no persona %q%s. → Create it or correct the id.", id, seq.Hint(id, keysOf(n.lib.Personas)))
	}
}

func (n *linter) personas() {
	for i, id := range n.journey.Spec.Personas {
		path := fmt.Sprintf("spec.personas[%d]", i)
		n.persona(n.journey.Header, path, id)
		switch p := n.lib.Personas[id]; {
		case p == nil:
		case p.Spec.SegmentID != "":
			if n.lib.Segments[p.Spec.SegmentID] == nil {
				n.say("error unknown_segment", p.Header, "spec.segment_id", "There is no segment %q%s. → Create it or correct the id.", p.Spec.SegmentID, seq.Hint(p.Spec.SegmentID, keysOf(n.lib.Segments)))
			}
		case p.Spec.Segment == "":
			n.say("hint persona_without_segment", p.Header, "spec.segment", "The persona is linked to no segment, so nobody knows how many customers it stands for. → Describe them as a CEL condition.")
		default:
			n.matcher(p.Header, "spec.segment", seq.Matcher{Event: seq.Names{"*"}, Where: p.Spec.Segment})
		}
	}
}

// touchpoint checks matchers, score and views.
func (n *linter) touchpoint(t *Touchpoint) {
	h := t.Header
	if len(t.Spec.Match) == 0 {
		n.say("hint not_observable", h, "spec.match", "No events are matched, so the map has no numbers for it. → Say which events reach it.")
	}
	for i, m := range t.Spec.Match {
		n.matcher(h, fmt.Sprintf("spec.match[%d]", i), m)
	}
	for i, m := range t.Spec.Failure {
		n.matcher(h, fmt.Sprintf("spec.failure[%d]", i), m)
	}
	n.reached(t)
	for i, v := range t.Spec.Views {
		n.persona(h, fmt.Sprintf("spec.views[%d].persona", i), v.Persona)
	}
	s := t.Spec.Score
	if s == nil {
		return
	}
	if _, _, ok := insight.Range(s.Scale); !ok {
		n.say("error score_without_scale", h, "spec.score.scale", "The score's scale %q is not known, so its answers mean nothing. → Set scale to nps, csat or ces.", s.Scale)
	}
	n.matcher(h, "spec.score", seq.Matcher{Event: s.Event, Where: s.Where})
}

func (n *linter) matcher(h Header, path string, m seq.Matcher) {
	if n.check == nil {
		return
	}
	if err := n.check(m); err != nil {
		n.say("error bad_matcher", h, path, "%s. → Correct the expression.", strings.TrimSuffix(err.Error(), "."))
	}
}

// reached tells of a touchpoint none of whose events has ever been seen.
func (n *linter) reached(t *Touchpoint) {
	if n.catalogue == nil || len(t.Spec.Match) == 0 {
		return
	}
	var seen, wanted []string
	for _, e := range n.catalogue.Events {
		seen = append(seen, e.Name)
	}
	for _, m := range t.Spec.Match {
		for _, e := range m.Event {
			if e == "*" || slices.Contains(seen, e) {
				return
			}
			wanted = append(wanted, e)
		}
	}
	hint := ""
	if len(wanted) > 0 {
		hint = seq.Hint(wanted[0], seen)
	}
	n.say("warning nothing_reaches", t.Header, "spec.match", "No event called %s has ever been seen%s. → Correct the name, or start sending it.", strings.Join(wanted, " or "), hint)
}

// shadows tells of touchpoints whose events go to an earlier one: the first match in map order takes an event. Only what
// is certain is told: the same condition, or none at the earlier one.
func (n *linter) shadows() {
	for i, p := range n.places {
		for _, q := range n.places[i+1:] {
			if p.tp == nil || q.tp == nil {
				continue
			}
			if e, ok := shared(p.tp.Spec.Match, q.tp.Spec.Match); ok {
				n.say("error same_event", q.tp.Header, "spec.match", "Event %q goes to touchpoint %q, which stands before it on map %q. → Tell the two apart with where.", e, p.id, n.journey.Metadata.ID)
			}
		}
	}
}

// shared is an event that the second matchers want and the first are sure to take.
func shared(first, second []seq.Matcher) (string, bool) {
	for _, a := range first {
		for _, b := range second {
			if a.FirstTime || a.Where != "" && strings.TrimSpace(a.Where) != strings.TrimSpace(b.Where) {
				continue
			}
			for _, e := range b.Event {
				if slices.Contains(a.Event, e) || slices.Contains(a.Event, "*") {
					return e, true
				}
			}
		}
	}
	return "", false
}

// keysOf are a library's ids, sorted.
func keysOf[T any](m map[string]*T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
