package enginetest

import (
	"context"
	"fmt"
	"strings"

	"wend.dev/wend/engine/seq"
)

// trend's answer reads: one line a series, "name 1 0 2 total=3", with "name[value]" for a breakdown; "-" is no value. With
// compare=previous each line is followed by "before 1 1 total=2 change=0.5", and the first line of all is "from to".
func (s *script) trend(b *block, q *question) error {
	tr := seq.Trend{Scope: q.scope(), Interval: q.one("interval"), Calendar: q.calendar(), Formula: q.one("formula"), Compare: q.one("compare")}
	measures := q.all("measure") // one for all series, or one each
	for i, m := range q.matchers {
		one := seq.TrendSeries{Matcher: matcher(m), Property: q.one("property")}
		if len(measures) > 0 {
			one.Measure = measures[min(i, len(measures)-1)]
		}
		tr.Series = append(tr.Series, one)
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Trend(context.Background(), tr)
	if err != nil {
		return err
	}
	var got []string
	if p := a.Previous; p != nil {
		got = append(got, p.From+" "+p.To)
	}
	for _, x := range a.Series {
		name := x.Name
		if tr.Breakdown != nil {
			name += "[" + x.Value + "]"
		}
		got = append(got, trendWords(name, x.Values, "total", x.Total))
		if p := x.Previous; p != nil {
			got = append(got, trendWords("before", p.Values, "total", p.Total, "change", p.Change))
		}
	}
	if len(got) != len(b.body) {
		return fmt.Errorf("answers %d lines, want %d:\n%s", len(got), len(b.body), strings.Join(got, "\n"))
	}
	for i, l := range b.body {
		if w := strings.Join(words(l.text), " "); w != got[i] {
			return fmt.Errorf("line %d: answers %s", l.n, got[i])
		}
	}
	return nil
}

func trendWords(name string, values []seq.Figure, more ...any) string {
	text := func(f seq.Figure) string {
		if !f.Known() {
			return "-"
		}
		return show(num(float64(f)))
	}
	out := []string{name}
	for _, v := range values {
		out = append(out, text(v))
	}
	for i := 0; i < len(more); i += 2 {
		out = append(out, more[i].(string)+"="+text(more[i+1].(seq.Figure)))
	}
	return strings.Join(out, " ")
}
