package enginetest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"wend.dev/wend/engine/seq"
)

// split cuts at a separator that stands outside quotes and brackets.
func split(s string, sep byte) (out []string) {
	depth, from := 0, 0
	quote := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '`':
			quote = c
		case c == '{' || c == '(' || c == '[':
			depth++
		case c == '}' || c == ')' || c == ']':
			depth--
		case c == sep && depth == 0:
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

func words(s string) (out []string) {
	for _, w := range split(s, ' ') {
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}

func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && (s[0] == '"' || s[0] == '`') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// span reads 0, 90s, 1h30m, 2d12h, 250ms.
func span(s string) (time.Duration, error) {
	var sum time.Duration
	rest := strings.TrimSpace(s)
	for rest != "" && rest != "0" {
		n := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if n < 1 {
			return 0, fmt.Errorf("%q is not a time such as 90s, 1h30m or 2d", s)
		}
		end := n + 1
		if strings.HasPrefix(rest[n:], "ms") {
			end = n + 2
		}
		d, err := seq.ParseDuration(rest[:end])
		if err != nil {
			return 0, err
		}
		sum += time.Duration(d)
		rest = rest[end:]
	}
	return sum, nil
}

// question is what stands after a question's name: matchers, and options key=value.
type question struct {
	matchers []string
	options  map[string][]string
	used     map[string]bool
	err      error
}

func parseQuestion(s string) (*question, error) {
	q := &question{options: map[string][]string{}, used: map[string]bool{}}
	for _, w := range words(s) {
		w = strings.TrimSuffix(w, ",")
		key, v, ok := strings.Cut(w, "=")
		if !ok || strings.ContainsAny(key, "{\"`|?(") {
			q.matchers = append(q.matchers, w)
			continue
		}
		q.options[key] = append(q.options[key], v)
	}
	return q, nil
}

// one is an option's value, unquoted; "" if it is not given.
func (q *question) one(key string) string {
	q.used[key] = true
	if v := q.options[key]; len(v) > 0 {
		return unquote(v[0])
	}
	return ""
}

func (q *question) all(key string) []string {
	q.used[key] = true
	return q.options[key]
}

func (q *question) number(key string) int {
	n, err := strconv.Atoi("0" + q.one(key))
	q.keep(err)
	return n
}

func (q *question) keep(err error) {
	if q.err == nil {
		q.err = err
	}
}

func (q *question) duration(key string) seq.Duration {
	if q.one(key) == "" {
		return 0
	}
	d, err := span(q.one(key))
	q.keep(err)
	return seq.Duration(d)
}

func (q *question) time(key string) *time.Time {
	if q.one(key) == "" {
		return nil
	}
	d, err := span(q.one(key))
	q.keep(err)
	t := epoch.Add(d)
	return &t
}

// done says what was wrong with the options: an unreadable value, or one that no one asked for.
func (q *question) done() error {
	for key := range q.options {
		if !q.used[key] {
			q.keep(fmt.Errorf("unknown option %q", key))
		}
	}
	return q.err
}

func (q *question) scope() seq.Scope {
	s := seq.Scope{From: q.time("from"), To: q.time("to"), Actor: q.one("actor"), Filter: q.one("filter")}
	if in := q.one("segment"); in != "" {
		s.Segment = &seq.SegmentRef{Where: in}
	}
	if in := q.one("segment_id"); in != "" {
		s.Segment = &seq.SegmentRef{ID: in}
	}
	if by := q.one("breakdown"); by != "" {
		s.Breakdown = &seq.Breakdown{By: by, Attribution: q.one("attribution"), Step: q.number("step"), Limit: q.number("limit")}
	}
	return s
}

func (q *question) calendar() seq.Calendar {
	return seq.Calendar{TimeZone: q.one("time_zone"), WeekStart: q.one("week_start")}
}

// matcher reads first:a|"b c"{CEL}.
func matcher(s string) (m seq.Matcher) {
	s, m.FirstTime = strings.CutPrefix(s, "first:")
	if i := strings.Index(s, "{"); i >= 0 && strings.HasSuffix(s, "}") {
		m.Where = s[i+1 : len(s)-1]
		s = s[:i]
	}
	for _, n := range split(s, '|') {
		m.Event = append(m.Event, unquote(n))
	}
	return m
}

func optionalMatcher(s string) *seq.Matcher {
	if s == "" {
		return nil
	}
	m := matcher(s)
	return &m
}

// figure checks key=value against a figure; spans may be written as 1h, "-" is none.
func figure(want string, got *float64) error {
	key, v, _ := strings.Cut(want, "=")
	if v == "-" || got == nil {
		if v == "-" && got == nil {
			return nil
		}
		return fmt.Errorf("%s is %s, want %s", key, show(got), v)
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil {
		d, err := span(v)
		if err != nil {
			return err
		}
		n = d.Seconds()
	}
	if diff := n - *got; diff > 0.0005 || diff < -0.0005 {
		return fmt.Errorf("%s is %s, want %s", key, show(got), v)
	}
	return nil
}

func show(f *float64) string {
	if f == nil {
		return "-"
	}
	return strconv.FormatFloat(*f, 'g', 10, 64)
}

// figures checks every key=value word against named figures.
func figures(want []string, got map[string]*float64) error {
	for _, w := range want {
		key, _, _ := strings.Cut(w, "=")
		v, ok := got[key]
		if !ok {
			return fmt.Errorf("unknown figure %q", w)
		}
		if err := figure(w, v); err != nil {
			return err
		}
	}
	return nil
}

func num[T int | int64 | float64](n T) *float64 {
	f := float64(n)
	return &f
}
