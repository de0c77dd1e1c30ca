package enginetest

import (
	"context"
	"fmt"
	"strings"

	"wend.dev/wend/engine/seq"
)

// paths' answer reads: "paths n", then per step and node "1:name n drop=n", then "1:a>2:b n median=t" per move. The
// node of all that did not make the top is (other). instead="S, B" with lost=2 and window= asks what those did whom that
// funnel lost; a=CEL and b=CEL compare two groups, whose counts are the figures a and b, their shares share_a and share_b.
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
	if steps := q.one("instead"); steps != "" {
		p.Instead = &seq.Instead{Step: q.number("lost")}
		p.Instead.Funnel = seq.Funnel{Window: q.duration("window"), WindowFrom: q.one("window_from"), Order: q.one("order"), Count: q.one("count")}
		for _, m := range split(steps, ',') {
			name, optional := strings.CutSuffix(strings.TrimSpace(m), "?")
			p.Instead.Funnel.Steps = append(p.Instead.Funnel.Steps, seq.FunnelStep{Matcher: matcher(name), Optional: optional})
		}
	}
	if a, b := q.one("a"), q.one("b"); a+b != "" {
		p.Compare = &seq.Compare{A: seq.Group{Filter: a}, B: seq.Group{Filter: b}}
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
	whole := map[string]*float64{}
	if c := a.Compared; c != nil {
		whole["a"], whole["b"] = num(c.A.Paths), num(c.B.Paths)
	}
	l.add("paths", num(a.Paths), whole)
	name := map[string]string{}
	for _, n := range a.Nodes {
		name[n.ID] = fmt.Sprintf("%d:%s", n.Step, n.Name)
		if n.Other {
			name[n.ID] = fmt.Sprintf("%d:(other)", n.Step)
		}
		l.add(name[n.ID], num(n.Count), compared(n.Compared, map[string]*float64{"drop": num(n.Dropoff)}))
	}
	if len(b.body) > len(l.rows) { // moves are only looked at when the script names some
		for _, e := range a.Edges {
			l.add(name[e.Source]+">"+name[e.Target], num(e.Count), compared(e.Compared, map[string]*float64{"median": num(e.MedianSeconds)}))
		}
	}
	return l.check(b)
}

func compared(c *seq.Compared, to map[string]*float64) map[string]*float64 {
	if c != nil {
		to["a"], to["b"], to["share_a"], to["share_b"] = num(c.A), num(c.B), num(c.ShareA), num(c.ShareB)
	}
	return to
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
