package journey

import (
	"fmt"
	"math"
	"slices"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
)

// enough is how many people or visits a fact needs at least.
const enough = 30

// facts are a few findings, each of its own kind, most weighty first. They are no search for pain points: of each kind
// only the largest is told, and nothing is told that its interval does not bear out.
func (a *answering) facts() []Fact {
	out := []Fact{}
	for _, find := range []func() *Fact{a.scoreGap, a.slowHandover, a.failures, a.biggestDrop, a.silence} {
		if f := find(); f != nil {
			out = append(out, *f)
		}
	}
	return out
}

// scoreGap is the largest difference of answers between two touchpoints that make the same step (a parcel in time and
// a late one), if its 95 % interval leaves out 0. NPS are compared in points, other scales by their means (Welch).
func (a *answering) scoreGap() *Fact {
	var best *Fact
	size := 0.0
	for i, p := range a.places {
		for k := i + 1; k < len(a.places); k++ {
			q := a.places[k]
			if p.step != q.step || a.out.Touchpoints[i].Score == nil || a.out.Touchpoints[k].Score == nil || p.tp.Spec.Score.Scale != q.tp.Spec.Score.Scale {
				continue
			}
			f, width := a.gap(i, k)
			if f != nil && width > size {
				best, size = f, width
			}
		}
	}
	return best
}

// gap compares the answers about two touchpoints; the worse one comes first. width is the difference as a share of the
// scale.
func (a *answering) gap(i, k int) (f *Fact, width float64) {
	if a.out.Touchpoints[i].Score.Value > a.out.Touchpoints[k].Score.Value {
		i, k = k, i
	}
	scale := a.places[i].tp.Spec.Score.Scale
	low, high, _ := insight.Range(scale)
	x, _ := answers(a.now.Touchpoints[i]).Within(low, high)
	y, _ := answers(a.now.Touchpoints[k]).Within(low, high)
	d, ok := insight.DifferenceOfMeans(x, y)
	unit, span, show := "mean", high-low, "%.2f"
	if scale == insight.NPS {
		d, ok, unit, span, show = insight.DifferenceOfNPS(x, y), x.N() > 1 && y.N() > 1, "nps", 200, "%.0f"
	}
	if !ok || d.High >= 0 {
		return nil, 0
	}
	figures := []Figure{a.scoreFigure(i, unit), a.scoreFigure(k, unit)}
	s, t := a.out.Touchpoints[i], a.out.Touchpoints[k]
	text := fmt.Sprintf("%s scores "+show+" (%s answers), %s "+show+" (%s): "+show+" lower, 95 %% interval "+show+" to "+show+".",
		s.Title, figures[0].Value, count(s.Score.N), t.Title, figures[1].Value, count(t.Score.N), -d.Value, -d.High, -d.Low)
	return &Fact{Kind: "score_gap", Text: text, Stage: s.Stage, Touchpoint: s.ID, Other: t.ID, Figures: figures,
		Difference: &d.Value, Low: &d.Low, High: &d.High, Question: "trend",
		Query: seq.Trend{Scope: a.scope, Interval: "week", Series: []seq.TrendSeries{a.scoreSeries(i), a.scoreSeries(k)}}}, -d.Value / span
}

func (a *answering) scoreFigure(i int, unit string) Figure {
	t := a.out.Touchpoints[i]
	f := Figure{Label: t.Title, Value: t.Score.Mean, Unit: unit, N: t.Score.N}
	if unit == "nps" {
		f.Value = t.Score.Value
	}
	return f
}

func (a *answering) scoreSeries(i int) seq.TrendSeries {
	m := *a.places[i].tp.Spec.Score.measure()
	m.Name = a.out.Touchpoints[i].Title
	return seq.TrendSeries{Matcher: m.Matcher, Measure: "mean", Property: m.Property}
}

// slowHandover is the touchpoint whose median time to next exceeds its target by the largest factor.
func (a *answering) slowHandover() *Fact {
	best, factor := -1, 1.0
	for i, t := range a.out.Touchpoints {
		if t.MedianSeconds != nil && t.TargetSeconds != nil && a.movesFrom(t.ID) >= enough && *t.MedianSeconds / *t.TargetSeconds > factor {
			best, factor = i, *t.MedianSeconds / *t.TargetSeconds
		}
	}
	if best < 0 {
		return nil
	}
	t := a.out.Touchpoints[best]
	moves := a.movesFrom(t.ID)
	figures := []Figure{{t.Title, *t.MedianSeconds, "seconds", moves, 0}, {"Target", *t.TargetSeconds, "seconds", 0, 0}}
	text := fmt.Sprintf("From %s to the next touchpoint takes %s (median of %s moves); the target is %s.", t.Title, span(*t.MedianSeconds), count(moves), span(*t.TargetSeconds))
	if t.P90Seconds != nil {
		text += fmt.Sprintf(" One in ten waits longer than %s.", span(*t.P90Seconds))
	}
	f := &Fact{Kind: "slow_handover", Text: text, Stage: t.Stage, Touchpoint: t.ID, Figures: figures, Question: "paths", Query: a.paths(t.ID)}
	return f
}

// movesFrom counts the moves away from a touchpoint among those that the engine told.
func (a *answering) movesFrom(id string) (n int64) {
	for _, e := range a.out.Edges {
		if e.From == id {
			n += e.Count
		}
	}
	return n
}

// failures is the step with the highest share of failed visits, if at least five failed. It is told by steps, because a
// touchpoint may be the very name of a failure: of late parcels all are late.
func (a *answering) failures() *Fact {
	best := -1
	rate := func(i int) insight.Rate { return insight.NewRate(a.out.Steps[i].Failures, a.out.Steps[i].Visits) }
	for i, s := range a.out.Steps {
		if s.Failures >= 5 && s.Visits >= enough && (best < 0 || rate(i).Rate > rate(best).Rate) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	s, r, worst := a.out.Steps[best], rate(best), LiveTouchpoint{}
	for _, id := range a.steps[best].step.Touchpoints {
		if t := a.out.Touchpoints[a.index[id]]; t.Failures.N > worst.Failures.N {
			worst = t
		}
	}
	text := fmt.Sprintf("%s of %s visits at %s failed: %s (95 %% interval %s to %s).", count(r.N), count(r.Of), s.Title, percent(r.Rate), percent(r.Low), percent(r.High))
	if len(a.steps[best].step.Touchpoints) > 1 {
		text += fmt.Sprintf(" Most of them at %s (%s).", worst.Title, count(worst.Failures.N))
	}
	return &Fact{Kind: "failures", Text: text, Stage: s.Stage, Touchpoint: worst.ID, Low: &r.Low, High: &r.High,
		Figures:  []Figure{{s.Title, r.Rate, "share", r.N, r.Of}},
		Question: "paths", Query: a.paths(worst.ID)}
}

// biggestDrop is the stage from which the smallest share goes on to the next one.
func (a *answering) biggestDrop() *Fact {
	best := -1
	for i, s := range a.out.Stages {
		if s.Next != nil && a.seen(i, i) && s.People >= enough && (best < 0 || s.Next.Rate < a.out.Stages[best].Next.Rate) {
			best = i
		}
	}
	if best < 0 || a.out.Stages[best].Next.Rate == 1 {
		return nil
	}
	s, next := a.out.Stages[best], a.out.Stages[best+1]
	low, high := s.Next.Low, s.Next.High
	text := fmt.Sprintf("Of %s %ss at %s, %s went on to %s: %s (95 %% interval %s to %s).", count(s.People), a.who(), s.Title, count(s.Next.N), next.Title, percent(s.Next.Rate), percent(low), percent(high))
	return &Fact{Kind: "biggest_drop", Text: text, Stage: s.ID, Other: next.ID, Low: &low, High: &high,
		Figures: []Figure{{s.Title, s.Next.Rate, "share", s.Next.N, s.Next.Of}}, Question: "funnel",
		Query: seq.Funnel{Scope: a.scope, Window: a.window(), Steps: []seq.FunnelStep{{Matcher: a.stageMatcher(best)}, {Matcher: a.stageMatcher(best + 1)}}}}
}

// silence tells of touchpoints that no event reached, while others had some.
func (a *answering) silence() *Fact {
	if len(a.out.Silent) == 0 || a.out.People == 0 {
		return nil
	}
	i := a.index[a.out.Silent[0]]
	t := a.out.Touchpoints[i]
	text := fmt.Sprintf("No event reached %s in %s.", t.Title, span(a.out.To.Sub(a.out.From).Seconds()))
	if n := len(a.out.Silent); n > 1 {
		text = fmt.Sprintf("No event reached %d touchpoints in %s, among them %s.", n, span(a.out.To.Sub(a.out.From).Seconds()), t.Title)
	}
	return &Fact{Kind: "silent", Text: text, Stage: t.Stage, Touchpoint: t.ID, Figures: []Figure{{t.Title, 0, "people", 0, 0}}, Question: "trend",
		Query: seq.Trend{Scope: seq.Scope{Actor: a.scope.Actor}, Interval: "week", Series: []seq.TrendSeries{{Matcher: anyOf(t.Title, a.places[i].tp.Spec.Match)}}}}
}

// paths asks what customers do around a touchpoint: it and those that moves lead to or from.
func (a *answering) paths(id string) seq.Paths {
	near := []string{id}
	for _, e := range a.out.Edges {
		for _, ends := range [][2]string{{e.From, e.To}, {e.To, e.From}} {
			if ends[0] == id && !slices.Contains(near, ends[1]) && len(near) < 12 {
				near = append(near, ends[1])
			}
		}
	}
	q := seq.Paths{Scope: a.scope, Node: "touchpoint", SessionGap: a.window()}
	if p := a.places[a.index[id]]; p.observable() {
		start := anyOf(p.title(), p.tp.Spec.Match)
		q.Start = &start
	}
	for _, n := range near {
		if p := a.places[a.index[n]]; p.observable() {
			q.Touchpoint = append(q.Touchpoint, seq.Mapped{ID: n, Match: p.tp.Spec.Match})
		}
	}
	return q
}

// stageMatcher means any visit of a stage.
func (a *answering) stageMatcher(stage int) seq.Matcher {
	var ms []seq.Matcher
	for _, i := range a.stagePlaces(stage) {
		if a.places[i].observable() {
			ms = append(ms, a.places[i].tp.Spec.Match...)
		}
	}
	return anyOf(a.journey.Spec.Stages[stage].title(), ms)
}

// window is how long a question about the map lets a customer take: the journey's idle time.
func (a *answering) window() seq.Duration {
	if a.journey.Spec.Idle > 0 {
		return a.journey.Spec.Idle
	}
	return seq.Duration(45 * 24 * time.Hour)
}

func (a *answering) who() string {
	if a.scope.Actor == "account" {
		return "account"
	}
	return "customer"
}

// count writes a whole number with narrow gaps: 12 480.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

func percent(share float64) string {
	if share > 0 && share < 0.1 {
		return fmt.Sprintf("%.1f %%", 100*share)
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}

// span writes seconds in the two units that matter: 1 d 8 h, 12 min, 40 s.
func span(seconds float64) string {
	units := []struct {
		size int64
		name string
	}{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}
	s := int64(math.Round(seconds))
	for i, u := range units {
		if s < u.size && u.size > 1 {
			continue
		}
		text := fmt.Sprintf("%d %s", s/u.size, u.name)
		if i+1 < len(units) && s%u.size >= units[i+1].size && u.size != 60 {
			text += fmt.Sprintf(" %d %s", s%u.size/units[i+1].size, units[i+1].name)
		}
		return text
	}
	return "0 s"
}
