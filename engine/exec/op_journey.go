package exec

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// journey is a journey question made ready. Matchers 0 to len(place)-1 are the touchpoints' in map order; then come
// those of failures, scores and the value.
type journey struct {
	q        seq.Journey
	place    []int // per touchpoint matcher its touchpoint
	failures []owned
	scores   []owned
	value    int // matcher of the value, -1 for none
	now      event.Window
	before   event.Window // empty (To ≤ From) when there is none
	idle     event.Millis
	firsts   []int // matchers that mean only the first such event ever
}

// owned is a matcher of a touchpoint.
type owned struct{ matcher, touchpoint int }

const (
	idleDefault    = seq.Duration(45 * 24 * time.Hour)
	bucketsDefault = 28
	edgesKept      = 400
	unmappedKept   = 20
)

// Journey counts everything on a journey map in one pass; seq.Journey says what each figure means. Each period is
// looked at by itself: a journey that began before it begins, for its figures, with its first visit inside.
func (e *Engine) Journey(ctx context.Context, q seq.Journey) (*seq.JourneyAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	j, err := s.journey(q)
	if err != nil {
		return nil, err
	}
	window := j.now
	if j.before.To > j.before.From {
		window.From = j.before.From
	}
	sc, err := s.scan(q.Scope, window)
	if err != nil {
		return nil, err
	}
	names := newNameTable(s.snap)
	var layouts []*layout
	if err := guarded(func() error { layouts = j.layouts(sc); return nil }); err != nil {
		return nil, err
	}
	runs, sum, err := walk(ctx, sc, func(w *worker) *journeyRun { return newJourneyRun(j, w, names, layouts) }, (*journeyRun).visit)
	if err != nil {
		return nil, err
	}
	all := runs[0]
	for _, r := range runs[1:] {
		all.add(r)
	}
	a := all.answer()
	sum.actors = all.actors
	a.Meta = s.meta(sum)
	return a, nil
}

// journey compiles the matchers and settles the periods.
func (s *session) journey(q seq.Journey) (*journey, error) {
	j := &journey{q: q, value: -1, now: s.window(q.Scope), idle: event.Millis(q.Idle.Millis())}
	if q.Idle == 0 {
		j.idle = event.Millis(idleDefault.Millis())
	}
	if q.Buckets == 0 {
		j.q.Buckets = bucketsDefault
	}
	if q.From == nil {
		j.now.From = s.earliest(j.now.To)
		j.before = event.Window{From: 1, To: 1}
	} else {
		j.before = event.Window{From: j.now.From - (j.now.To - j.now.From), To: j.now.From}
	}
	add := func(m seq.Matcher, format string, args ...any) (int, error) {
		n, err := s.plan.Matcher(m, fmt.Sprintf(format, args...))
		return n, err
	}
	for t, tp := range q.Touchpoints {
		for i, m := range tp.Match {
			if _, err := add(m, "touchpoints[%d].match[%d]", t, i); err != nil {
				return nil, err
			}
			j.place = append(j.place, t)
		}
	}
	for t, tp := range q.Touchpoints {
		for i, m := range tp.Failure {
			n, err := add(m, "touchpoints[%d].failure[%d]", t, i)
			if err != nil {
				return nil, err
			}
			j.failures = append(j.failures, owned{n, t})
		}
		if tp.Score != nil {
			n, err := add(tp.Score.Matcher, "touchpoints[%d].score", t)
			if err != nil {
				return nil, err
			}
			j.scores = append(j.scores, owned{n, t})
		}
	}
	if q.Value != nil {
		n, err := add(q.Value.Matcher, "value")
		if err != nil {
			return nil, err
		}
		j.value = n
	}
	j.firsts = s.plan.FirstTime()
	return j, nil
}

// earliest is the time of the first event, or the end if there is none before it.
func (s *session) earliest(end event.Millis) event.Millis {
	for _, b := range s.snap.Blocks {
		if b.Rows() > 0 {
			end = min(end, b.MinTime)
		}
	}
	return end
}

// period is one period's figures while they are counted.
type period struct {
	people, journeys int64
	stages           []stageSum
	touchpoints      []touchpointSum
}

type stageSum struct {
	people, onward, next, values int64
	value                        total
}

type touchpointSum struct {
	people, visits, entries, exits, onward, failures, values int64
	value                                                    total
	gaps                                                     spread
	series                                                   []int64
	scores                                                   map[float64]int64
}

type edgeSum struct {
	people int64
	gaps   spread // as many as there are transitions
	last   int64  // serial of the last actor counted
}

func newPeriod(q seq.Journey) *period {
	p := &period{stages: make([]stageSum, q.Stages), touchpoints: make([]touchpointSum, len(q.Touchpoints))}
	for i := range p.touchpoints {
		p.touchpoints[i].series = make([]int64, q.Buckets)
		p.touchpoints[i].scores = map[float64]int64{}
	}
	return p
}

func (p *period) add(o *period) {
	p.people += o.people
	p.journeys += o.journeys
	for i := range p.stages {
		a, b := &p.stages[i], &o.stages[i]
		a.people += b.people
		a.onward += b.onward
		a.next += b.next
		a.values += b.values
		a.value.merge(b.value)
	}
	for i := range p.touchpoints {
		a, b := &p.touchpoints[i], &o.touchpoints[i]
		a.people += b.people
		a.visits += b.visits
		a.entries += b.entries
		a.exits += b.exits
		a.onward += b.onward
		a.failures += b.failures
		a.values += b.values
		a.value.merge(b.value)
		a.gaps.merge(&b.gaps)
		for k, n := range b.series {
			a.series[k] += n
		}
		for k, n := range b.scores {
			a.scores[k] += n
		}
	}
}

// counts makes the period's part of the answer.
func (p *period) counts() seq.JourneyCounts {
	out := seq.JourneyCounts{People: p.people, Journeys: p.journeys, Stages: []seq.StageCounts{}, Touchpoints: []seq.TouchpointCounts{}}
	for i := range p.stages {
		s := &p.stages[i]
		out.Stages = append(out.Stages, seq.StageCounts{People: s.people, Onward: s.onward, Next: s.next, Value: s.value.value(), ValueCount: s.values})
	}
	for i := range p.touchpoints {
		t := &p.touchpoints[i]
		c := seq.TouchpointCounts{
			People: t.people, Visits: t.visits, Entries: t.entries, Exits: t.exits, Onward: t.onward, Failures: t.failures,
			Series: t.series, Value: t.value.value(), ValueCount: t.values,
			MedianSeconds: seconds(&t.gaps, 0.5), P90Seconds: seconds(&t.gaps, 0.9),
		}
		for _, v := range slices.Sorted(maps.Keys(t.scores)) {
			c.Scores = append(c.Scores, v)
			c.ScoreCounts = append(c.ScoreCounts, t.scores[v])
		}
		out.Touchpoints = append(out.Touchpoints, c)
	}
	return out
}

func seconds(s *spread, q float64) *float64 {
	ms, ok := s.quantile(q)
	if !ok {
		return nil
	}
	ms /= 1000
	return &ms
}

// answer makes the answer of all the counts.
func (r *journeyRun) answer() *seq.JourneyAnswer {
	n := len(r.j.q.Touchpoints)
	for i, e := range r.edges {
		if e != nil {
			r.sums[1].touchpoints[i/n].gaps.merge(&e.gaps)
		}
	}
	a := &seq.JourneyAnswer{Now: r.sums[1].counts(), Before: r.sums[0].counts(), Edges: []seq.JourneyEdge{}}
	for i, e := range r.edges {
		if e != nil {
			ms, _ := e.gaps.quantile(0.5)
			a.Edges = append(a.Edges, seq.JourneyEdge{From: i / n, To: i % n, Count: e.gaps.len(), People: e.people, MedianSeconds: ms / 1000})
		}
	}
	slices.SortStableFunc(a.Edges, func(x, y seq.JourneyEdge) int { return cmp.Compare(y.Count, x.Count) })
	a.Edges = a.Edges[:min(len(a.Edges), edgesKept)]
	a.Unmapped = r.unmappedEvents()
	return a
}

// unmappedEvents lists the frequent events that no touchpoint, score or value knows.
func (r *journeyRun) unmappedEvents() []seq.UnmappedEvent {
	out := []seq.UnmappedEvent{}
	for i, u := range r.unmapped {
		if u.count > 0 {
			out = append(out, seq.UnmappedEvent{Name: r.names.names[i], Count: u.count, People: u.people})
		}
	}
	slices.SortFunc(out, func(x, y seq.UnmappedEvent) int {
		return cmp.Or(cmp.Compare(y.People, x.People), cmp.Compare(y.Count, x.Count), cmp.Compare(x.Name, y.Name))
	})
	return out[:min(len(out), unmappedKept)]
}
