package journey

import (
	"fmt"
	"slices"
	"strings"

	"wend.dev/wend/engine/seq"
)

// layout is a map flattened: stages, steps and touchpoints in order, each touchpoint once, where it stands first.
type layout struct {
	journey *Journey
	steps   []stepAt
	places  []place
	index   map[string]int // touchpoint id → its place
}

// stepAt is a step and the stage that it lies in.
type stepAt struct {
	stage int
	step  *Step
}

// place is where a touchpoint stands first.
type place struct {
	id    string
	tp    *Touchpoint // nil when the library does not have it
	stage int
	step  int // index into layout.steps
}

func newLayout(j *Journey, lib Library) *layout {
	l := &layout{journey: j, index: map[string]int{}}
	for si := range j.Spec.Stages {
		stage := &j.Spec.Stages[si]
		for ti := range stage.Steps {
			step := &stage.Steps[ti]
			l.steps = append(l.steps, stepAt{si, step})
			for _, id := range step.Touchpoints {
				if _, twice := l.index[id]; twice {
					continue
				}
				l.index[id] = len(l.places)
				l.places = append(l.places, place{id, lib.Touchpoints[id], si, len(l.steps) - 1})
			}
		}
	}
	return l
}

// Touchpoints lists the ids of the touchpoints that the map links, each once, in map order.
func (j *Journey) Touchpoints() (ids []string) {
	for _, p := range newLayout(j, Library{}).places {
		ids = append(ids, p.id)
	}
	return ids
}

// People lists the ids of the personas that the map is drawn for or that its cells and emotions name, each once.
func (j *Journey) People() (ids []string) {
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, id := range j.Spec.Personas {
		add(id)
	}
	for _, l := range j.Spec.Lanes {
		for _, c := range l.Cells {
			add(c.Persona)
		}
	}
	for _, e := range j.Spec.Emotions {
		add(e.Persona)
	}
	return ids
}

// stagePlaces are the indexes of the touchpoints of a stage.
func (l *layout) stagePlaces(stage int) (out []int) {
	for i, p := range l.places {
		if p.stage == stage {
			out = append(out, i)
		}
	}
	return out
}

// seen says whether any touchpoint of the stages from first to last can be observed.
func (l *layout) seen(first, last int) bool {
	return slices.ContainsFunc(l.places, func(p place) bool { return p.stage >= first && p.stage <= last && p.observable() })
}

// Mapped lists a map's touchpoints that can be observed, in map order, as paths are asked with.
func (lib Library) Mapped(j *Journey) []seq.Mapped {
	out := []seq.Mapped{}
	for _, p := range newLayout(j, lib).places {
		if p.observable() {
			out = append(out, seq.Mapped{ID: p.id, Name: orWords(p.tp.Metadata.Title, p.id), Match: p.tp.Spec.Match})
		}
	}
	return out
}

// question is what the engine is asked about the map.
func (l *layout) question(scope seq.Scope) seq.Journey {
	q := seq.Journey{Scope: scope, Stages: len(l.journey.Spec.Stages), Idle: l.journey.Spec.Idle}
	if v := l.journey.Spec.Value; v != nil {
		q.Value = &seq.Measure{Matcher: seq.Matcher{Event: v.Event, Where: v.Where}, Property: v.Property}
	}
	for _, p := range l.places {
		t := seq.JourneyTouchpoint{ID: p.id, Stage: p.stage}
		if p.tp != nil {
			t.Match, t.Failure = p.tp.Spec.Match, p.tp.Spec.Failure
			if s := p.tp.Spec.Score; s != nil {
				t.Score = s.measure()
			}
		}
		q.Touchpoints = append(q.Touchpoints, t)
	}
	return q
}

// title is the touchpoint's own title, else its id in words.
func (p place) title() string {
	if p.tp != nil && p.tp.Metadata.Title != "" {
		return p.tp.Metadata.Title
	}
	return words(p.id)
}

func (p place) observable() bool { return p.tp != nil && len(p.tp.Spec.Match) > 0 }

// moreIsGood says whether more visits are good news. They are not when the touchpoint says so, or when each of its visits
// is a failure, which makes it the name of one.
func (p place) moreIsGood(c seq.TouchpointCounts) bool {
	return (p.tp == nil || p.tp.Spec.MoreIs != "bad") && (c.Visits == 0 || c.Failures < c.Visits)
}

func (s *Score) measure() *seq.Measure {
	return &seq.Measure{Matcher: seq.Matcher{Event: s.Event, Where: s.Where}, Property: s.Property}
}

func (s Stage) title() string { return orWords(s.Title, s.ID) }

func (s Step) title() string { return orWords(s.Title, s.ID) }

func orWords(title, id string) string {
	if title != "" {
		return title
	}
	return words(id)
}

// words reads an id as people write: first-order is "First order".
func words(id string) string {
	s := strings.NewReplacer("-", " ", "_", " ").Replace(id)
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// anyOf is one matcher that means any of several, for questions whose steps take one.
func anyOf(name string, ms []seq.Matcher) seq.Matcher {
	if len(ms) == 1 {
		m := ms[0]
		m.Name = name
		return m
	}
	out := seq.Matcher{Name: name}
	conditional := slices.ContainsFunc(ms, func(m seq.Matcher) bool { return m.Where != "" })
	var parts []string
	for _, m := range ms {
		var part []string
		for _, e := range m.Event {
			if !slices.Contains(out.Event, e) {
				out.Event = append(out.Event, e)
			}
			if e != "*" {
				part = append(part, fmt.Sprintf("event == %q", e))
			}
		}
		is := strings.Join(part, " || ")
		switch {
		case is == "" && m.Where == "":
			is = "true"
		case is == "":
			is = m.Where
		case m.Where != "":
			is = fmt.Sprintf("(%s) && (%s)", is, m.Where)
		}
		parts = append(parts, "("+is+")")
	}
	if slices.Contains(out.Event, "*") {
		out.Event = seq.Names{"*"}
	}
	if conditional {
		out.Where = strings.Join(parts, " || ")
	}
	return out
}
