package enginetest

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"wend.dev/wend/engine/seq"
)

// lines checks an answer, written as lines, against the lines of the script: name, figures…
type lines struct {
	rows []row
}

type row struct {
	name    string
	figures map[string]*float64
}

func (l *lines) add(name string, count *float64, more map[string]*float64) {
	if more == nil {
		more = map[string]*float64{}
	}
	more["count"] = count
	l.rows = append(l.rows, row{name, more})
}

// check wants the lines in this order, all of them: a name, a count, and any figures key=value.
func (l *lines) check(b *block) error {
	for i, r := range l.rows {
		if i >= len(b.body) {
			return fmt.Errorf("also answers %q %s", r.name, show(r.figures["count"]))
		}
		w := words(b.body[i].text)
		name := unquote(w[0])
		if name != r.name {
			return fmt.Errorf("line %d: %q is not what comes here, which is %q %s", b.body[i].n, name, r.name, show(r.figures["count"]))
		}
		w = w[1:]
		if len(w) > 0 && !strings.Contains(w[0], "=") {
			w[0] = "count=" + w[0]
		}
		if err := figures(w, r.figures); err != nil {
			return fmt.Errorf("line %d: %s: %w", b.body[i].n, name, err)
		}
	}
	if len(b.body) > len(l.rows) {
		return fmt.Errorf("line %d: %q is not in the answer", b.body[len(l.rows)].n, b.want(len(l.rows)))
	}
	return nil
}

// funnel's answer reads: one line a step, "excluded n" if any, then "[value]" and its steps for each series.
func (s *script) funnel(b *block, q *question) error {
	f := seq.Funnel{
		Scope: q.scope(), Window: q.duration("window"), Order: q.one("order"), Entry: q.one("entry"), Ties: q.one("ties"),
		WindowFrom: q.one("window_from"), Count: q.one("count"), Preset: q.one("preset"),
	}
	for _, m := range q.matchers {
		name, optional := strings.CutSuffix(m, "?")
		f.Steps = append(f.Steps, seq.FunnelStep{Matcher: matcher(name), Optional: optional})
	}
	for _, x := range q.all("exclude") { // name:from-to
		name, steps, _ := cutLast(x, ":")
		from, to, _ := strings.Cut(steps, "-")
		p, err1 := strconv.Atoi(from)
		k, err2 := strconv.Atoi(to)
		if err1 != nil || err2 != nil {
			return fmt.Errorf("exclude wants name:from-to, not %q", x)
		}
		m := matcher(name)
		f.Exclusions = append(f.Exclusions, seq.Exclusion{Event: m.Event, Where: m.Where, FromStep: p, ToStep: k})
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Funnel(context.Background(), f)
	if err != nil {
		return err
	}
	var l lines
	l.funnelSteps(a.Steps)
	if a.Excluded > 0 {
		l.add("excluded", num(a.Excluded), nil)
	}
	for _, x := range a.Series {
		l.add("["+x.Value+"]", nil, nil)
		l.funnelSteps(x.Steps)
	}
	return l.check(b)
}

func (l *lines) funnelSteps(steps []seq.FunnelCount) {
	for _, c := range steps {
		l.add(c.Name, num(c.Count), map[string]*float64{
			"of_previous": num(c.FromPrevious), "of_first": num(c.FromFirst), "median": c.MedianSeconds, "mean": c.MeanSeconds,
		})
	}
}

// paths' answer reads: "paths n", then per step and node "1:name n drop=n", then "1:a>2:b n median=t" per move. The
// node of all that did not make the top is (other).
func (s *script) paths(b *block, q *question) error {
	p := seq.Paths{
		Scope: q.scope(), Start: optionalMatcher(q.one("start")), End: optionalMatcher(q.one("end")), Node: q.one("node"),
		SessionGap: q.duration("gap"), MaxSteps: q.number("max_steps"), Top: q.number("top"),
	}
	if bt := q.all("between"); len(bt) > 0 {
		p.Between = &seq.Between{Window: q.duration("window")}
		for _, m := range split(bt[0], ',') {
			p.Between.Steps = append(p.Between.Steps, matcher(m))
		}
	}
	for _, r := range q.all("rule") { // match=>as
		match, as, _ := strings.Cut(unquote(r), "=>")
		p.Rules = append(p.Rules, seq.Rule{Match: match, As: as})
	}
	for _, t := range q.all("touch") { // id:matcher
		id, m, _ := strings.Cut(t, ":")
		p.Touchpoint = append(p.Touchpoint, seq.Mapped{ID: id, Match: []seq.Matcher{matcher(m)}})
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Paths(context.Background(), p)
	if err != nil {
		return err
	}
	if err := addsUp(a); err != nil {
		return err
	}
	var l lines
	l.add("paths", num(a.Paths), nil)
	name := map[string]string{}
	for _, n := range a.Nodes {
		name[n.ID] = fmt.Sprintf("%d:%s", n.Step, n.Name)
		if n.Other {
			name[n.ID] = fmt.Sprintf("%d:(other)", n.Step)
		}
		l.add(name[n.ID], num(n.Count), map[string]*float64{"drop": num(n.Dropoff)})
	}
	if len(b.body) > len(l.rows) { // moves are only looked at when the script names some
		for _, e := range a.Edges {
			l.add(name[e.Source]+">"+name[e.Target], num(e.Count), map[string]*float64{"median": num(e.MedianSeconds)})
		}
	}
	return l.check(b)
}

// addsUp holds every answer to its promise: a step's counts are what the step before passed on.
func addsUp(a *seq.PathsAnswer) error {
	count, passed := map[int]int64{}, map[int]int64{0: a.Paths}
	last := 0
	for _, n := range a.Nodes {
		count[n.Step] += n.Count
		passed[n.Step] += n.Count - n.Dropoff
		last = max(last, n.Step)
	}
	for k := 1; k <= last; k++ {
		if count[k] != passed[k-1] {
			return fmt.Errorf("step %d counts %d paths, but %d were passed on", k, count[k], passed[k-1])
		}
	}
	return nil
}

// trend's answer reads: one line a series, "name 1 0 2 total=3", with "name[value]" for a breakdown.
func (s *script) trend(b *block, q *question) error {
	tr := seq.Trend{Scope: q.scope(), Interval: q.one("interval"), TimeZone: q.one("time_zone")}
	for _, m := range q.matchers {
		tr.Series = append(tr.Series, seq.TrendSeries{Matcher: matcher(m), Measure: q.one("measure"), Property: q.one("property")})
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Trend(context.Background(), tr)
	if err != nil {
		return err
	}
	if len(a.Series) != len(b.body) {
		return fmt.Errorf("answers %d series, want %d: %+v", len(a.Series), len(b.body), a.Series)
	}
	for i, x := range a.Series {
		name := x.Name
		if tr.Breakdown != nil {
			name += "[" + x.Value + "]"
		}
		got := []string{name}
		for _, v := range x.Values {
			got = append(got, show(&v))
		}
		got = append(got, "total="+show(&x.Total))
		if w := words(b.body[i].text); strings.Join(w, " ") != strings.Join(got, " ") {
			return fmt.Errorf("line %d: answers %s", b.body[i].n, strings.Join(got, " "))
		}
	}
	return nil
}

// journey's answer reads line by line: any of "now", "before", "stage k", a touchpoint's id, "a>b", "unmapped name",
// each with figures; what the script does not name is not looked at.
func (s *script) journey(b *block, q *question) error {
	j := seq.Journey{Scope: q.scope(), Stages: q.number("stages"), Idle: q.duration("idle"), Buckets: q.number("buckets")}
	for _, t := range q.all("touch") { // id:stage:matcher
		id, rest, _ := strings.Cut(t, ":")
		stage, m, _ := strings.Cut(rest, ":")
		n, err := strconv.Atoi(stage)
		if err != nil {
			return fmt.Errorf("touch wants id:stage:matcher, not %q", t)
		}
		j.Touchpoints = append(j.Touchpoints, seq.JourneyTouchpoint{ID: id, Stage: n, Match: []seq.Matcher{matcher(m)}})
	}
	if v := q.one("value"); v != "" { // event:property
		m, property, _ := cutLast(v, ":")
		j.Value = &seq.Measure{Matcher: matcher(m), Property: property}
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Journey(context.Background(), j)
	if err != nil {
		return err
	}
	all := map[string]map[string]*float64{}
	for when, c := range map[string]seq.JourneyCounts{"": a.Now, "before.": a.Before} {
		all[when+"journey"] = map[string]*float64{"people": num(c.People), "journeys": num(c.Journeys)}
		for i, x := range c.Stages {
			all[fmt.Sprintf("%sstage%d", when, i)] = map[string]*float64{
				"people": num(x.People), "onward": num(x.Onward), "next": num(x.Next), "value": num(x.Value), "values": num(x.ValueCount),
			}
		}
		for i, x := range c.Touchpoints {
			all[when+j.Touchpoints[i].ID] = map[string]*float64{
				"people": num(x.People), "visits": num(x.Visits), "entries": num(x.Entries), "exits": num(x.Exits), "onward": num(x.Onward),
				"failures": num(x.Failures), "median": x.MedianSeconds, "p90": x.P90Seconds, "value": num(x.Value), "values": num(x.ValueCount),
			}
		}
	}
	for _, e := range a.Edges {
		name := j.Touchpoints[e.From].ID + ">" + j.Touchpoints[e.To].ID
		all[name] = map[string]*float64{"count": num(e.Count), "people": num(e.People), "median": num(e.MedianSeconds)}
	}
	for _, u := range a.Unmapped {
		all["unmapped:"+u.Name] = map[string]*float64{"count": num(u.Count), "people": num(u.People)}
	}
	for _, l := range b.body {
		w := words(l.text)
		if err := figures(w[1:], all[unquote(w[0])]); err != nil {
			return fmt.Errorf("line %d: %s: %w", l.n, w[0], err)
		}
	}
	return nil
}

// timeline's answer reads: "3h name" per event, newest first; then "more" if there is a next page.
func (s *script) timeline(b *block, q *question) error {
	if len(q.matchers) != 1 {
		return fmt.Errorf("wants one person")
	}
	tl := seq.Timeline{Scope: q.scope(), ID: s.profile(q.matchers[0]).String(), Limit: q.number("limit")}
	if tl.Actor == "account" {
		for id, name := range s.world.Groups {
			if name == q.matchers[0] {
				tl.ID = id.String()
			}
		}
	}
	if err := q.done(); err != nil {
		return err
	}
	for page := range 2 {
		a, err := s.open(s.t, s.world).Timeline(context.Background(), tl)
		if err != nil {
			return err
		}
		var got []string
		for _, e := range a.Events {
			got = append(got, e.Time+" "+e.Name)
		}
		if a.NextCursor != "" {
			got = append(got, "more")
		}
		n := min(len(got), len(b.body))
		for i, g := range got[:n] {
			if g != b.body[i].text {
				return fmt.Errorf("line %d: page %d has %q here", b.body[i].n, page+1, g)
			}
		}
		if b.body = b.body[n:]; len(got) > n {
			return fmt.Errorf("page %d also has %q", page+1, got[n])
		}
		if tl.Cursor = a.NextCursor; tl.Cursor == "" || len(b.body) == 0 {
			break
		}
	}
	if len(b.body) > 0 {
		return fmt.Errorf("line %d: %q is not in the answer", b.body[0].n, b.want(0))
	}
	return nil
}
