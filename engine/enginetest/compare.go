package enginetest

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"wend.dev/wend/engine/seq"
)

// compare asks the questions about who succeeds; ok is false when the word is none of them.
func (s *script) compare(b *block, word string, q *question) (ok bool, err error) {
	switch word {
	case "drivers":
		return true, s.drivers(b, q)
	case "contact":
		return true, s.contact(b, q)
	}
	return false, nil
}

// inLines wants exactly some lines, in order.
func inLines(b *block, got []string) error {
	for i, g := range got {
		if b.want(i) != g {
			return fmt.Errorf("line %d of the answer is %q, not %q", i+1, g, b.want(i))
		}
	}
	if len(b.body) > len(got) {
		return fmt.Errorf("line %d: %q is not in the answer", b.body[len(got)].n, b.want(len(got)))
	}
	return nil
}

// drivers' answer reads: "won 10 lost 5", with "open n", "support n" above 1 and "median 1h" where there are any; then one
// line a candidate, "x 8/1 2/4": 8 successes and 1 failure did x, 2 and 4 did not. A candidate is x, x*2 (at least twice),
// x{c} (carried c at all), x{c=red}, entry{c=red}, context{page.path=/a}, trait{plan=gold}; a quartile is x{price<=10}, x{10<price<=20}, x{20<price}.
func (s *script) drivers(b *block, q *question) error {
	d := seq.Drivers{Scope: q.scope(), LookBack: q.duration("look_back"), Exposure: q.one("exposure"), Counts: q.one("counts") == "yes"}
	for _, l := range q.all("leave_out") {
		d.LeaveOut = append(d.LeaveOut, unquote(l))
	}
	if len(q.matchers) > 0 {
		d.Funnel = &seq.DriverFunnel{Window: q.duration("window"), FromStep: q.number("from_step"), ToStep: q.number("to_step")}
		for _, m := range q.matchers {
			d.Funnel.Steps = append(d.Funnel.Steps, matcher(m))
		}
	}
	if v := q.one("score"); v != "" { // event:property
		m, property, _ := cutLast(v, ":")
		d.Score = &seq.DriverScore{Measure: seq.Measure{Matcher: matcher(m), Property: property}, AtLeast: q.float("at_least"), AtMost: q.float("at_most")}
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Drivers(context.Background(), d)
	if err != nil {
		return err
	}
	head := fmt.Sprintf("won %d lost %d", a.Won, a.Lost)
	if a.Open > 0 {
		head += fmt.Sprintf(" open %d", a.Open)
	}
	if a.Support > 1 {
		head += fmt.Sprintf(" support %d", a.Support)
	}
	if a.MedianSeconds != nil {
		head += " median " + short(*a.MedianSeconds)
	}
	got := []string{head}
	for _, c := range a.Candidates {
		got = append(got, fmt.Sprintf("%s %d/%d %d/%d", candidate(c), c.WonWith, c.LostWith, c.WonWithout, c.LostWithout))
	}
	return inLines(b, got)
}

func candidate(c seq.DriverCandidate) string {
	name := c.Event
	if name == "" {
		name = c.Kind
	}
	path := c.Property
	for _, p := range []string{"properties.", "context.", "traits."} {
		path = strings.TrimPrefix(path, p)
	}
	number := func(n *float64) string { return strconv.FormatFloat(*n, 'g', -1, 64) }
	switch {
	case c.AtLeast > 0:
		return fmt.Sprintf("%s*%d", name, c.AtLeast)
	case path == "":
		return name
	case c.Present:
		return fmt.Sprintf("%s{%s}", name, path)
	case c.Low != nil && c.High != nil:
		return fmt.Sprintf("%s{%s<%s<=%s}", name, number(c.Low), path, number(c.High))
	case c.Low != nil:
		return fmt.Sprintf("%s{%s<%s}", name, number(c.Low), path)
	case c.High != nil:
		return fmt.Sprintf("%s{%s<=%s}", name, path, number(c.High))
	}
	return fmt.Sprintf("%s{%s=%s}", name, path, c.Value)
}

// contact's answer reads: "visits 10 engaged 2 few 5 short 3 failed 6", with "open n" if there are any; then per split its
// name and, after a bar, each value with the same figures: "device | mobile 4 0 2 1 2".
func (s *script) contact(b *block, q *question) error {
	c := seq.FirstContact{Scope: q.scope(), Clicks: q.number("clicks"), Within: q.duration("within"), SessionGap: q.duration("gap"), Limit: q.number("limit")}
	c.Breakdown = nil
	for _, m := range q.all("engaged") {
		c.Engaged = append(c.Engaged, matcher(m))
	}
	c.By = []string{}
	for _, by := range q.all("by") {
		c.By = append(c.By, split(by, ',')...)
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).FirstContact(context.Background(), c)
	if err != nil {
		return err
	}
	head := fmt.Sprintf("visits %d engaged %d few %d short %d failed %d", a.All.Visits, a.All.Engaged, a.All.FewClicks, a.All.Short, a.All.Failed)
	if a.Open > 0 {
		head += fmt.Sprintf(" open %d", a.Open)
	}
	got := []string{head}
	for _, x := range a.Splits {
		for _, v := range x.Values {
			name := v.Value
			if v.Other {
				name = "(other)"
			} else if name == "" {
				name = "-"
			}
			got = append(got, fmt.Sprintf("%s | %s %d %d %d %d %d", x.By, name, v.Visits, v.Engaged, v.FewClicks, v.Short, v.Failed))
		}
	}
	return inLines(b, got)
}

// short writes seconds in the largest unit that divides them.
func short(seconds float64) string { return seq.Duration(seconds * 1e9).String() }

func (q *question) float(key string) *float64 {
	v := q.one(key)
	if v == "" {
		return nil
	}
	n, err := strconv.ParseFloat(v, 64)
	q.keep(err)
	return &n
}
