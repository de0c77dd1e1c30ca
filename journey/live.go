package journey

import (
	"context"
	"fmt"
	"slices"
	"time"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
)

// defaultRange is how far back a map looks when nobody says.
const defaultRange = 28 * 24 * time.Hour

// Live asks the engine once and makes every number on the map of its counts. Touchpoints and personas are looked up in
// the library; a touchpoint that is not there is shown without numbers. A map without touchpoints is answered without
// asking. Errors are the engine's (a *seq.Invalid for a matcher or filter that cannot be), or a *seq.Invalid for an
// empty range or a persona that is unknown or has no segment.
func Live(ctx context.Context, e engine.Engine, j *Journey, lib Library, q LiveQuery) (*LiveAnswer, error) {
	scope, err := q.scope(j, lib)
	if err != nil {
		return nil, err
	}
	l := newLayout(j, lib)
	out := &LiveAnswer{Journey: j.Metadata.ID, Title: orWords(j.Metadata.Title, j.Metadata.ID), Actor: scope.Actor,
		From: *scope.From, To: *scope.To, Cells: cellEvidence(j, q.Now)}
	if j.Spec.Value != nil {
		out.Currency = j.Spec.Value.Currency
	}
	got := &seq.JourneyAnswer{Meta: seq.Meta{FreshnessMS: -1, Backend: "part"}} // of a map without touchpoints
	question := l.question(scope)
	if len(l.places) > 0 {
		if got, err = e.Journey(ctx, question); err != nil {
			return nil, fmt.Errorf("cannot answer journey %q: %w", j.Metadata.ID, err)
		}
	}
	if err := fits(got, l); err != nil {
		return nil, fmt.Errorf("cannot answer journey %q: %w", j.Metadata.ID, err)
	}
	a := &answering{layout: l, lib: lib, out: out, now: got.Now, before: got.Before, at: q.Now, scope: scope}
	out.Meta, out.Unmapped = got.Meta, append([]seq.UnmappedEvent{}, got.Unmapped...)
	out.People, out.Journeys = got.Now.People, got.Now.Journeys
	out.Trend = a.trend(got.Now.People, got.Before.People, true)
	a.touchpoints()
	a.stages()
	a.liveSteps()
	a.edges(got.Edges)
	out.Curves = a.curves()
	out.Facts = a.facts()
	return out, nil
}

// scope is the range, actor and filter that the engine is asked with.
func (q LiveQuery) scope(j *Journey, lib Library) (seq.Scope, error) {
	to := q.Now
	if q.To != nil {
		to = *q.To
	}
	from := to.Add(-defaultRange)
	if q.From != nil {
		from = *q.From
	}
	if !from.Before(to) {
		return seq.Scope{}, &seq.Invalid{Field: "from", Reason: "must lie before to"}
	}
	from, to = from.UTC(), to.UTC()
	s := seq.Scope{From: &from, To: &to, Actor: q.Actor, Filter: q.Filter}
	if s.Actor == "" {
		s.Actor = j.Spec.Actor
	}
	if s.Actor == "" {
		s.Actor = "profile"
	}
	if q.Segment != "" {
		s.Segment = &seq.SegmentRef{ID: q.Segment}
	}
	return lib.only(q.Persona, s)
}

// only narrows a question to a persona's customers; "" is everybody.
func (lib Library) only(persona string, s seq.Scope) (seq.Scope, error) {
	if persona == "" {
		return s, nil
	}
	p := lib.Personas[persona]
	switch {
	case p == nil:
		return s, &seq.Invalid{Field: "persona", Reason: fmt.Sprintf("there is no persona %q", persona)}
	case p.Spec.SegmentID != "" && s.Segment == nil:
		s.Segment = &seq.SegmentRef{ID: p.Spec.SegmentID}
	case p.Spec.SegmentID != "" && s.Segment.Where != "":
		s.Segment = &seq.SegmentRef{ID: s.Segment.ID, Where: fmt.Sprintf("(%s) && in_segment(%q)", s.Segment.Where, p.Spec.SegmentID)}
	case p.Spec.SegmentID != "":
		s.Segment = &seq.SegmentRef{ID: s.Segment.ID, Where: fmt.Sprintf("in_segment(%q)", p.Spec.SegmentID)}
	case p.Spec.Segment == "":
		return s, &seq.Invalid{Field: "persona", Reason: fmt.Sprintf("persona %q is linked to no segment, so it is not known who its customers are", persona)}
	case s.Filter == "":
		s.Filter = p.Spec.Segment
	default:
		s.Filter = "(" + s.Filter + ") && (" + p.Spec.Segment + ")"
	}
	return s, nil
}

// fits guards against an engine that answers another question: its lists must have the map's lengths. Those of the
// period before may be missing.
func fits(got *seq.JourneyAnswer, l *layout) error {
	stages := len(l.journey.Spec.Stages)
	if len(l.places) == 0 {
		got.Now.Stages = make([]seq.StageCounts, stages)
	}
	if len(got.Before.Stages) == 0 && len(got.Before.Touchpoints) == 0 {
		got.Before.Stages = make([]seq.StageCounts, stages)
		got.Before.Touchpoints = make([]seq.TouchpointCounts, len(l.places))
	}
	for _, c := range []seq.JourneyCounts{got.Now, got.Before} {
		if len(c.Stages) != stages || len(c.Touchpoints) != len(l.places) {
			return fmt.Errorf("the engine answered for %d stages and %d touchpoints, asked were %d and %d",
				len(c.Stages), len(c.Touchpoints), stages, len(l.places))
		}
	}
	for _, e := range got.Edges {
		if n := len(l.places); e.From < 0 || e.From >= n || e.To < 0 || e.To >= n {
			return fmt.Errorf("the engine answered with a move from %d to %d among %d touchpoints", e.From, e.To, n)
		}
	}
	return nil
}

// answering is the work of one Live call.
type answering struct {
	*layout
	lib    Library
	out    *LiveAnswer
	now    seq.JourneyCounts
	before seq.JourneyCounts
	at     time.Time // what evidence ages against
	scope  seq.Scope
}

// trend compares people with the period before; nil when nobody was on the map then, so that a first period is no rise.
func (a *answering) trend(now, before int64, moreIsGood bool) *insight.Change {
	if a.before.People == 0 {
		return nil
	}
	return insight.ChangeOfCounts(now, before, moreIsGood)
}

func (a *answering) touchpoints() {
	a.out.Touchpoints, a.out.Silent = []LiveTouchpoint{}, []string{}
	for i, p := range a.places {
		c, b := a.now.Touchpoints[i], a.before.Touchpoints[i]
		t := LiveTouchpoint{
			ID: p.id, Title: p.title(), Stage: a.journey.Spec.Stages[p.stage].ID, Step: a.steps[p.step].step.ID,
			Observable: p.observable(), Silent: p.observable() && c.Visits == 0,
			People: c.People, Visits: c.Visits, Entries: c.Entries, Exits: c.Exits,
			Trend:         a.trend(c.People, b.People, p.moreIsGood(c)),
			Onward:        insight.NewRate(c.Onward, c.People),
			OnwardChange:  insight.ChangeOfRates(insight.NewRate(c.Onward, c.People), insight.NewRate(b.Onward, b.People), true),
			MedianSeconds: c.MedianSeconds, P90Seconds: c.P90Seconds,
			Failures:      insight.NewRate(c.Failures, c.Visits),
			FailureChange: insight.ChangeOfRates(insight.NewRate(c.Failures, c.Visits), insight.NewRate(b.Failures, b.Visits), false),
			Series:        append([]int64{}, c.Series...),
			Value:         insight.Total{Sum: c.Value, Count: c.ValueCount},
		}
		if p.tp != nil {
			t.Channel = p.tp.Spec.Channel
			if d := p.tp.Spec.TargetToNext; d > 0 {
				s := float64(d.Millis()) / 1000
				t.TargetSeconds = &s
			}
			if s := p.tp.Spec.Score; s != nil {
				t.Score = insight.NewScore(s.Scale, answers(c))
				t.ScoreChange = insight.ChangeOfScores(s.Scale, answers(c), answers(b))
			}
		}
		t.Evidence = touchpointEvidence(&t, p, lastSeen(c.Series, a.out.From, a.out.To, a.at), a.at)
		if t.Silent {
			a.out.Silent = append(a.out.Silent, t.ID)
		}
		a.out.Touchpoints = append(a.out.Touchpoints, t)
	}
}

func answers(c seq.TouchpointCounts) insight.Sample {
	return insight.Sample{Values: c.Scores, Counts: c.ScoreCounts}
}

func (a *answering) stages() {
	a.out.Stages = []LiveStage{}
	for i, st := range a.journey.Spec.Stages {
		c, b := a.now.Stages[i], a.before.Stages[i]
		s := LiveStage{ID: st.ID, Title: st.title(), People: c.People, Trend: a.trend(c.People, b.People, true),
			Value: insight.Total{Sum: c.Value, Count: c.ValueCount}}
		// Where nothing can be observed nobody is seen to arrive: that is no rate of 0.
		if last := len(a.journey.Spec.Stages) - 1; a.seen(i+1, last) {
			onward := insight.NewRate(c.Onward, c.People)
			s.Onward = &onward
		}
		if a.seen(i+1, i+1) {
			next := insight.NewRate(c.Next, c.People)
			s.Next = &next
			s.NextChange = insight.ChangeOfRates(next, insight.NewRate(b.Next, b.People), true)
		}
		var failures int64
		var parts []Evidence
		for _, k := range a.stagePlaces(i) {
			s.Visits += a.now.Touchpoints[k].Visits
			failures += a.now.Touchpoints[k].Failures
			parts = append(parts, a.out.Touchpoints[k].Evidence)
		}
		s.Failures = insight.NewRate(failures, s.Visits)
		s.Evidence = gather(parts)
		a.out.Stages = append(a.out.Stages, s)
	}
}

func (a *answering) liveSteps() {
	a.out.Steps = []LiveStep{}
	for _, st := range a.steps {
		s := LiveStep{ID: st.step.ID, Title: st.step.title(), Stage: a.journey.Spec.Stages[st.stage].ID, Optional: st.step.Optional}
		var parts []Evidence
		for _, id := range st.step.Touchpoints {
			k := a.index[id]
			t := a.now.Touchpoints[k]
			s.PeopleMin, s.PeopleMax = max(s.PeopleMin, t.People), s.PeopleMax+t.People
			s.Visits += t.Visits
			s.Failures += t.Failures
			parts = append(parts, a.out.Touchpoints[k].Evidence)
		}
		s.PeopleMax = max(s.PeopleMin, min(s.PeopleMax, a.now.Stages[st.stage].People))
		s.Evidence = gather(parts)
		a.out.Steps = append(a.out.Steps, s)
	}
}

func (a *answering) edges(edges []seq.JourneyEdge) {
	a.out.Edges = []LiveEdge{}
	away := make([]int64, len(a.places))
	for _, e := range edges {
		away[e.From] += e.Count
	}
	for _, e := range edges {
		from, to := a.places[e.From].id, a.places[e.To].id
		kind, planned := a.move(from, to)
		edge := LiveEdge{From: from, To: to, Count: e.Count, People: e.People, MedianSeconds: e.MedianSeconds, Planned: planned, Kind: kind}
		if away[e.From] > 0 {
			edge.Share = float64(e.Count) / float64(away[e.From])
		}
		a.out.Edges = append(a.out.Edges, edge)
	}
	slices.SortStableFunc(a.out.Edges, func(x, y LiveEdge) int { return int(min(max(y.Count-x.Count, -1), 1)) })
}
