package seq

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// check collects the first thing wrong with a question, so that Validate methods read as plain lists.
type check struct{ err *Invalid }

func (c *check) fail(field, format string, args ...any) {
	if c.err == nil {
		c.err = &Invalid{Field: field, Reason: fmt.Sprintf(format, args...)}
	}
}

// done gives the first fault, as an untyped nil if there is none.
func (c *check) done() error {
	if c.err == nil {
		return nil
	}
	return c.err
}

// oneOf wants an empty value or one of the allowed; it suggests the nearest.
func (c *check) oneOf(field, value string, allowed ...string) {
	if value == "" || slices.Contains(allowed, value) {
		return
	}
	c.fail(field, "%q is none of %s%s", value, strings.Join(allowed, ", "), Hint(value, allowed))
}

// between wants a number in a range; zero stands for "not given" where lo is above it.
func (c *check) between(field string, n, lo, hi int) {
	if n != 0 && (n < lo || n > hi) {
		c.fail(field, "is %d; it may be %d to %d", n, lo, hi)
	}
}

func (c *check) count(field string, n, lo, hi int) {
	if n < lo || n > hi {
		c.fail(field, "has %d entries; it may have %d to %d", n, lo, hi)
	}
}

// Hint is "; did you mean "x"?" for the nearest of some names, or "" when none is near.
func Hint(got string, names []string) string {
	best, at := "", len(got)/3+2
	for _, n := range names {
		if d := distance(strings.ToLower(got), strings.ToLower(n)); d < at {
			best, at = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is Levenshtein's, over bytes; long strings are never near.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 1 << 20
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diag
			if a[i] != b[j] {
				d++
			}
			diag = row[j+1]
			row[j+1] = min(d, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

const maxExpression = 8 << 10

func (c *check) text(field, s string) {
	if len(s) > maxExpression {
		c.fail(field, "is %d bytes long; at most %d are read", len(s), maxExpression)
	}
}

func (c *check) scope(s Scope, attributions ...string) {
	if s.From != nil && s.To != nil && !s.From.Before(*s.To) {
		c.fail("to", "must be later than from")
	}
	for _, t := range []*time.Time{s.From, s.To} {
		if t != nil && (t.Year() < 1 || t.Year() > 9999) {
			c.fail("from", "year %d is out of range", t.Year())
		}
	}
	c.oneOf("actor", s.Actor, "profile", "account")
	c.text("filter", s.Filter)
	if s.Segment != nil {
		c.segment("segment", *s.Segment)
	}
	if b := s.Breakdown; b != nil {
		if b.By == "" {
			c.fail("breakdown.by", "names no property, such as properties.category")
		} else if !isPath(b.By) {
			c.fail("breakdown.by", "%q is not a property path such as properties.category, context.campaign.source or profile.traits.plan", b.By)
		}
		c.text("breakdown.by", b.By)
		c.between("breakdown.limit", b.Limit, 1, 100)
		c.oneOf("breakdown.attribution", b.Attribution, attributions...)
	}
}

// isPath says whether a string is the path of a property that events or profiles carry.
func isPath(s string) bool {
	if s == "source" || s == "clamped" || s == "event" || s == "kind" {
		return true
	}
	for _, p := range []string{"properties.", "context.", "traits.", "profile.traits."} {
		if len(s) > len(p) && strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func (c *check) names(field string, n Names) {
	c.count(field, len(n), 1, 100)
	for i, s := range n {
		if s == "" {
			c.fail(field, "name %d is empty", i+1)
		}
		c.text(field, s)
	}
}

func (c *check) matcher(field string, m Matcher) {
	c.names(join(field, "event"), m.Event)
	c.text(join(field, "where"), m.Where)
	c.text(join(field, "name"), m.Name)
}

func (c *check) matchers(field string, ms []Matcher) {
	c.count(field, len(ms), 0, 50)
	for i, m := range ms {
		c.matcher(fmt.Sprintf("%s[%d]", field, i), m)
	}
}

func (c *check) measure(field string, m *Measure) {
	if m == nil {
		return
	}
	c.matcher(field, m.Matcher)
	if !isPath(m.Property) || strings.HasPrefix(m.Property, "profile.") {
		c.fail(join(field, "property"), "%q is not the path of a number such as properties.total", m.Property)
	}
}

func join(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}

func (c *check) positive(field string, d Duration) {
	if d < 0 {
		c.fail(field, "is negative")
	}
}

// Validate finds what is wrong with the question's form.
func (q Timeline) Validate() error {
	var c check
	c.scope(q.Scope)
	if q.Breakdown != nil {
		c.fail("breakdown", "a timeline has none")
	}
	if len(q.ID) != 16 || strings.Trim(q.ID, "0123456789abcdef") != "" {
		c.fail("id", "%q is not 16 lower-case hex digits", q.ID)
	}
	c.between("limit", q.Limit, 1, 1000)
	return c.done()
}

// Validate finds what is wrong with the question's form.
func (q Journey) Validate() error {
	var c check
	c.scope(q.Scope)
	if q.Breakdown != nil {
		c.fail("breakdown", "a journey is split by filter")
	}
	c.count("touchpoints", len(q.Touchpoints), 1, 200)
	c.between("stages", q.Stages, 1, 50)
	seen := map[string]bool{}
	for i, t := range q.Touchpoints {
		f := fmt.Sprintf("touchpoints[%d]", i)
		if t.ID == "" || seen[t.ID] {
			c.fail(f+".id", "%q is empty or there twice", t.ID)
		}
		seen[t.ID] = true
		if t.Stage < 0 || t.Stage >= q.Stages {
			c.fail(f+".stage", "is %d; there are %d stages, counted from 0", t.Stage, q.Stages)
		}
		c.matchers(f+".match", t.Match)
		c.matchers(f+".failure", t.Failure)
		c.measure(f+".score", t.Score)
	}
	c.positive("idle", q.Idle)
	c.measure("value", q.Value)
	c.between("buckets", q.Buckets, 1, 400)
	return c.done()
}
