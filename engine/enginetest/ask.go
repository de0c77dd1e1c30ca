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
