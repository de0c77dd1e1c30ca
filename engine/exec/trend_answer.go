package exec

import (
	"strconv"
	"strings"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// hiddenOther is the line of all breakdown values past the limit: no property value begins so, and a real "other" stays
// itself.
const hiddenOther = "\x00" + other

// stretchOfTime is a range and the starts of its intervals.
type stretchOfTime struct {
	window event.Window
	starts []time.Time
}

// before is the time before, moved back by as few whole intervals as make room for all of the range, so that interval i
// of the one stands beside interval i of the other.
func (s *stretchOfTime) before(c calendar) *stretchOfTime {
	n := len(s.starts) - 1 // no fewer are enough when the range ends within an interval
	if c.back(s.window.To.Time(), max(n, 0)).After(s.window.From.Time()) {
		n++
	}
	out := &stretchOfTime{window: event.Window{From: event.MillisOf(c.back(s.window.From.Time(), n)), To: event.MillisOf(c.back(s.window.To.Time(), n))}}
	midday := 12 * time.Hour // some days have no midnight
	if c.interval == "hour" {
		midday = 0
	}
	for _, at := range s.starts {
		out.starts = append(out.starts, c.floor(c.back(at.Add(midday), n)))
	}
	if len(out.starts) > 0 {
		out.window.From = max(out.window.From, event.MillisOf(out.starts[0]))
	}
	return out
}

func (s *stretchOfTime) shown() []string {
	out := []string{}
	for _, at := range s.starts {
		out = append(out, at.Format(time.RFC3339))
	}
	return out
}

func inZone(at event.Millis, c calendar) string { return at.Time().In(c.zone).Format(time.RFC3339) }

// back is the time n intervals earlier: at the same hour of the day; a day that the month does not have is its end.
func (c calendar) back(t time.Time, n int) time.Time {
	t = t.In(c.zone)
	y, m, d := t.Date()
	switch c.interval {
	case "hour":
		return t.Add(-time.Duration(n) * time.Hour)
	case "week":
		d -= 7 * n
	case "month":
		m -= time.Month(n)
		if d > time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day() {
			return dayStart(y, m+1, 1, c.zone)
		}
	default:
		d -= n
	}
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), c.zone)
}

// shown makes the lines of the answer.
func (t *trend) shown(lines []map[string]*line, span *stretchOfTime) []seq.TrendLine {
	out := []seq.TrendLine{}
	at := make([]map[string]int, len(lines)) // where each line is in out
	for i, s := range t.q.Series {
		at[i] = map[string]int{}
		for _, v := range t.values(i, lines) {
			l := lines[i][v]
			if l == nil {
				l = newLine(len(span.starts), s, false)
			}
			at[i][v] = len(out)
			x := l.shown(s)
			x.Letter, x.Value, x.Other = string(rune('A'+i)), strings.TrimPrefix(v, "\x00"), v == hiddenOther
			out = append(out, x)
		}
	}
	f, err := seq.ParseFormula(t.q.Formula, len(lines))
	if t.q.Formula == "" || err != nil { // it was validated
		return out
	}
	for _, v := range t.values(0, lines) {
		x := seq.TrendLine{Name: t.q.Formula, Value: strings.TrimPrefix(v, "\x00"), Other: v == hiddenOther, Values: make([]seq.Figure, len(span.starts)), Counts: []int64{}}
		figures := make([]seq.Figure, len(lines))
		for k := range x.Values {
			for i := range lines {
				figures[i] = out[at[i][v]].Values[k]
			}
			x.Values[k] = f.Eval(figures)
		}
		for i := range lines {
			figures[i] = out[at[i][v]].Total
		}
		x.Total = f.Eval(figures)
		out = append(out, x)
	}
	return out
}

// values are the breakdown values of a series, in order; of a formula's series, all have those past the limit or none.
func (t *trend) values(series int, lines []map[string]*line) []string {
	if t.order == nil {
		return []string{""}
	}
	rest := lines[series][hiddenOther] != nil
	if t.q.Formula != "" {
		for _, l := range lines {
			rest = rest || l[hiddenOther] != nil
		}
	}
	if rest {
		return append(t.order[series][:len(t.order[series]):len(t.order[series])], hiddenOther)
	}
	return t.order[series]
}

func (l *line) shown(s seq.TrendSeries) seq.TrendLine {
	out := seq.TrendLine{Name: s.Label(), Values: make([]seq.Figure, len(l.values)), Counts: l.counts}
	for k, v := range l.values {
		out.Values[k] = figureOf(s, v, l.counts[k])
	}
	out.Total = figureOf(s, l.total, l.events)
	if l.spread != nil {
		percent, _ := strconv.Atoi(s.Measure[1:])
		for k := range out.Values {
			out.Values[k] = seq.Figure(l.spread[k].quantile(float64(percent) / 100))
		}
		out.Total = seq.Figure(l.spread[len(l.values)].quantile(float64(percent) / 100))
	}
	return out
}

// figureOf is what a sum, a least or a greatest of n events says; percentiles are another matter. What adds up is 0 of
// nothing, the others are missing.
func figureOf(s seq.TrendSeries, v float64, n int64) seq.Figure {
	switch {
	case s.Measured() && s.Measure != "sum" && n == 0:
		return seq.Missing()
	case s.Measure == "mean":
		v /= float64(n)
	}
	if f := seq.Figure(v); f.Known() {
		return f
	}
	return seq.Missing() // past what a number can be
}

// setBeside puts the lines for the time before beside those of the range. The breakdown values are the same; those past
// the limit may be missing on either side.
func setBeside(now, before []seq.TrendLine) {
	for i := range now {
		for _, b := range before {
			if n := &now[i]; b.Letter == n.Letter && b.Value == n.Value && b.Other == n.Other {
				n.Previous = &seq.TrendPast{Values: b.Values, Counts: b.Counts, Total: b.Total, Change: seq.Missing()}
				if c := n.Total/b.Total - 1; b.Total != 0 && c.Known() {
					n.Previous.Change = c
				}
			}
		}
	}
}
