package enginetest

import (
	"context"
	"fmt"
	"strings"

	"wend.dev/wend/engine/seq"
)

// match is the matcher number i, nil if the question has fewer.
func (q *question) match(i int) *seq.Matcher {
	if i >= len(q.matchers) {
		return nil
	}
	m := matcher(q.matchers[i])
	return &m
}

// compare wants these lines, word by word.
func compare(b *block, got [][]string) error {
	for i, g := range got {
		text := strings.Join(g, " ")
		if i >= len(b.body) {
			return fmt.Errorf("also answers %s", text)
		}
		if want := strings.Join(words(b.body[i].text), " "); want != text {
			return fmt.Errorf("line %d: answers %s", b.body[i].n, text)
		}
	}
	if len(b.body) > len(got) {
		return fmt.Errorf("line %d: %q is not in the answer", b.body[len(got)].n, b.want(len(got)))
	}
	return nil
}

// retention's question names what starts and what counts as coming back. Its answer reads: one line a cohort, "2026-01-05 3 2 ~1", with a
// ~ before what may still grow. Then, if the script goes on, "average 3/3 2/3" and, with a breakdown, "[value] 3 3/3 2/3":
// the actors, and came back/of. After "retention S, R show=average" the cohorts are left out.
func (s *script) retention(b *block, q *question) error {
	if len(q.matchers) == 0 {
		return fmt.Errorf("wants what starts, and perhaps what counts as coming back")
	}
	r := seq.Retention{
		Scope: q.scope(), Calendar: q.calendar(), Start: *q.match(0), Return: q.match(1),
		Period: q.one("period"), Periods: q.number("periods"), Type: q.one("type"), Mode: q.one("mode"),
	}
	only := q.one("show") == "average"
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Retention(context.Background(), r)
	if err != nil {
		return err
	}
	var got [][]string
	for _, c := range a.Cohorts {
		if len(c.Values) == 0 || c.Values[0] != c.Size || c.Complete > len(c.Values) {
			return fmt.Errorf("a cohort that does not hold together: %+v", c)
		}
		line := []string{c.Start[:10]}
		for k, v := range c.Values {
			line = append(line, uncertain(k >= c.Complete)+fmt.Sprint(v))
		}
		if !only {
			got = append(got, line)
		}
	}
	if len(b.body) > len(got) {
		got = append(got, append([]string{"average"}, points(a.Average)...))
	}
	for _, x := range a.Series {
		name := "[" + x.Value + "]"
		if x.Other {
			name = "(other)"
		}
		if len(b.body) > len(got) {
			got = append(got, append([]string{name, fmt.Sprint(x.Size)}, points(x.Average)...))
		}
	}
	return compare(b, got)
}

func uncertain(is bool) string {
	if is {
		return "~"
	}
	return ""
}

func points(list []seq.RetentionPoint) (out []string) {
	for _, p := range list {
		out = append(out, fmt.Sprintf("%d/%d", p.N, p.Of))
	}
	return out
}

// lifecycle's answer reads: one line a period, "2026-01-05 1 0 2 3": new, returning, resurrecting, dormant; a ~ before
// the date when the period has not ended.
func (s *script) lifecycle(b *block, q *question) error {
	l := seq.Lifecycle{Scope: q.scope(), Calendar: q.calendar(), Match: q.match(0), Interval: q.one("interval")}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Lifecycle(context.Background(), l)
	if err != nil {
		return err
	}
	var got [][]string
	for _, p := range a.Periods {
		got = append(got, []string{uncertain(!p.Complete) + p.Start[:10],
			fmt.Sprint(p.New), fmt.Sprint(p.Returning), fmt.Sprint(p.Resurrecting), fmt.Sprint(p.Dormant)})
	}
	return compare(b, got)
}

// stickiness' answer reads: one line a series, "buy 3 1 0 of 4 active 2 ~3": the actors active in one, two, three periods; all of
// them; and how many each period had, with a ~ when it has not ended.
func (s *script) stickiness(b *block, q *question) error {
	k := seq.Stickiness{Scope: q.scope(), Calendar: q.calendar(), Interval: q.one("interval")}
	for i := range q.matchers {
		k.Series = append(k.Series, *q.match(i))
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Stickiness(context.Background(), k)
	if err != nil {
		return err
	}
	var got [][]string
	for _, x := range a.Series {
		if len(x.Counts) != len(a.Starts) || len(x.Active) != len(a.Starts) {
			return fmt.Errorf("%d periods, but %d counts and %d active", len(a.Starts), len(x.Counts), len(x.Active))
		}
		line := []string{x.Name}
		for _, n := range x.Counts {
			line = append(line, fmt.Sprint(n))
		}
		line = append(line, "of", fmt.Sprint(x.Actors), "active")
		for i, n := range x.Active {
			line = append(line, uncertain(i >= a.Complete)+fmt.Sprint(n))
		}
		got = append(got, line)
	}
	return compare(b, got)
}
