package enginetest

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// funnel's answer reads: one line a step, "excluded n" if any, then "[value]" and its steps for each series. With
// times=yes a bar of a histogram is a line below its step, "30m-1h 2", and at the end stands "overall" with its bars. With
// by=day (or hour…) follows a line an interval: its start, how many chains began, 2=n that reached step 2…, rate, open=1.
func (s *script) funnel(b *block, q *question) error {
	f, err := funnelOf(q)
	if err != nil {
		return err
	}
	f.Times = q.one("times") == "yes"
	if by := q.one("by"); by != "" {
		f.Trend = &seq.FunnelTrend{Interval: by, Calendar: q.calendar()}
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Funnel(context.Background(), f)
	if err != nil {
		return err
	}
	var l lines
	l.funnel(a.Steps, a.Overall, a.Trend)
	if a.Excluded > 0 {
		l.add("excluded", num(a.Excluded), nil)
	}
	for _, x := range a.Series {
		l.add("["+x.Value+"]", nil, nil)
		l.funnel(x.Steps, x.Overall, x.Trend)
	}
	return l.check(b)
}

// funnelOf reads the matchers as steps ("?" marks an optional one) and the funnel's options.
func funnelOf(q *question) (seq.Funnel, error) {
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
			return f, fmt.Errorf("exclude wants name:from-to, not %q", x)
		}
		m := matcher(name)
		f.Exclusions = append(f.Exclusions, seq.Exclusion{Event: m.Event, Where: m.Where, FromStep: p, ToStep: k})
	}
	return f, nil
}

func (l *lines) funnel(steps []seq.FunnelCount, whole *seq.FunnelOverall, trend []seq.FunnelPoint) {
	for _, c := range steps {
		l.add(c.Name, num(c.Count), map[string]*float64{
			"of_previous": num(c.FromPrevious), "of_first": num(c.FromFirst), "median": c.MedianSeconds, "mean": c.MeanSeconds,
		})
		l.bars(c.Times)
	}
	if whole != nil {
		l.add("overall", num(whole.Count), map[string]*float64{"median": whole.MedianSeconds, "mean": whole.MeanSeconds})
		l.bars(whole.Times)
	}
	for _, p := range trend {
		more := map[string]*float64{"rate": p.Conversion, "open": num(0)}
		if p.Open {
			more["open"] = num(1)
		}
		for k, n := range p.Counts {
			more[strconv.Itoa(k+1)] = num(n)
		}
		l.add(p.Start, num(p.Counts[0]), more)
	}
}

func (l *lines) bars(bars []seq.Span) {
	for _, x := range bars {
		l.add(seconds(x.From)+"-"+seconds(x.To), num(x.Count), nil)
	}
}

// seconds writes a span as Duration does: 30m, 7d.
func seconds(s float64) string { return seq.Duration(s * 1e9).String() }

// who's answer reads: "total n", then a line an actor, "anna at=1h"; with a limit "more" stands between the pages. The
// options are the funnel's, and at=STEP, lost=STEP (instead of at) and of=VALUE for one series of a breakdown.
func (s *script) who(b *block, q *question) error {
	f, err := funnelOf(q)
	if err != nil {
		return err
	}
	w := seq.FunnelWho{Funnel: f, Step: q.number("at"), Limit: q.number("page")}
	if n := q.number("lost"); n > 0 {
		w.Step, w.Outcome = n, "lost"
	}
	if len(q.all("of")) > 0 {
		of := q.one("of")
		w.Value = &of
	}
	if err := q.done(); err != nil {
		return err
	}
	var l lines
	for {
		a, err := s.open(s.t, s.world).FunnelWho(context.Background(), w)
		if err != nil {
			return err
		}
		if w.Cursor == "" {
			l.add("total", num(a.Total), nil)
		}
		for _, x := range a.Actors {
			name := x.Account
			if x.Person != nil {
				name = s.names[x.Person.ID]
			}
			l.add(name, nil, map[string]*float64{"at": num(float64(x.At-event.MillisOf(epoch)) / 1000)})
		}
		if w.Cursor = a.NextCursor; w.Cursor == "" {
			return l.check(b)
		}
		l.add("more", nil, nil)
	}
}
