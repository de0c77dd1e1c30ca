package exec_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// TestFunnelMore holds the histograms and the trend by entry against the plain walk, whether or not the fast pass is
// taken (a breakdown rules it out, as order strict does), with the events spread over blocks.
func TestFunnelMore(t *testing.T) {
	const unit = 1800 // seconds: a tick of the letters is half an hour
	rapid.Check(t, func(t *rapid.T) {
		q := drawFunnel(t)
		if rapid.Bool().Draw(t, "fancy") {
			optional(t, &q)
			exclusions(t, &q)
		}
		q.Order = rapid.SampledFrom([]string{"ordered", "strict"}).Draw(t, "order")
		n := len(q.Steps)
		gaps, whole, begun := make([][]int64, n), []int64(nil), map[string][]int64{}
		var events []event.Event
		for p := range rapid.IntRange(1, 4).Draw(t, "people") {
			list := drawEvents(t, letters, 10)
			r := newRef(q, slices.Clone(list))
			c, _ := r.answer()
			for i := range list {
				list[i].t *= unit
			}
			events = append(events, person(fmt.Sprint(p), list)...)
			if c == nil {
				continue
			}
			began := epoch.Add(time.Duration(r.ev[c[0]].t) * unit * time.Second).Truncate(time.Hour).Format(time.RFC3339)
			if begun[began] == nil {
				begun[began] = make([]int64, n)
			}
			last := -1
			for k, i := range c {
				if i < 0 {
					continue
				}
				begun[began][k]++
				if last >= 0 {
					gaps[k] = append(gaps[k], unit*(r.ev[i].t-r.ev[last].t))
				}
				last = i
			}
			if c[n-1] >= 0 {
				whole = append(whole, unit*(r.ev[c[n-1]].t-r.ev[c[0]].t))
			}
		}
		q.Window *= unit
		q.Times, q.Trend = true, &seq.FunnelTrend{Interval: "hour"}
		q.From, q.To = at(0), at(24*3600)
		if rapid.Bool().Draw(t, "breakdown") {
			q.Breakdown = &seq.Breakdown{By: "properties.none"}
		}
		w := world(scatter(t, events)...)
		a := ask(t, w, q)
		plain := q
		plain.Times, plain.Trend = false, nil
		for k, s := range ask(t, w, plain).Steps {
			if b := a.Steps[k]; b.Count != s.Count || (b.MedianSeconds == nil) != (s.MedianSeconds == nil) || s.MedianSeconds != nil && *b.MedianSeconds != *s.MedianSeconds {
				t.Fatalf("step %d: %+v with more, %+v without", k+1, b, s)
			}
		}
		check := func(steps []seq.FunnelCount, overall *seq.FunnelOverall, trend []seq.FunnelPoint) {
			for k, s := range steps {
				checkBars(t, s.Times, gaps[k])
			}
			checkBars(t, overall.Times, whole)
			if overall.Count != int64(len(whole)) {
				t.Fatalf("overall %d, want %d", overall.Count, len(whole))
			}
			if len(trend) != 24 {
				t.Fatalf("%d intervals", len(trend))
			}
			for _, p := range trend {
				want := begun[p.Start]
				if want == nil {
					want = make([]int64, n)
				}
				if !slices.Equal(p.Counts, want) || (p.Conversion == nil) != (want[0] == 0) {
					t.Fatalf("%s: %v, want %v", p.Start, p.Counts, want)
				}
				if p.Conversion != nil && *p.Conversion != float64(want[n-1])/float64(want[0]) {
					t.Fatalf("%s: a conversion of %v", p.Start, *p.Conversion)
				}
			}
		}
		check(a.Steps, a.Overall, a.Trend)
		if len(a.Series) == 1 {
			check(a.Series[0].Steps, a.Series[0].Overall, a.Series[0].Trend)
		}
	})
}

// checkBars: the bars lie side by side, begin and end with one that is not empty, and each holds what belongs there.
func checkBars(t interface{ Fatalf(string, ...any) }, bars []seq.Span, took []int64) {
	total := int64(0)
	for i, b := range bars {
		n := int64(0)
		for _, s := range took {
			if float64(s) >= b.From && float64(s) < b.To {
				n++
			}
		}
		if n != b.Count || b.To <= b.From || i > 0 && bars[i-1].To != b.From {
			t.Fatalf("%v of %v: bar %d should hold %d", bars, took, i, n)
		}
		total += n
	}
	if total != int64(len(took)) || total == 0 && len(bars) > 0 || total > 0 && (bars[0].Count == 0 || bars[len(bars)-1].Count == 0) {
		t.Fatalf("%v of %v", bars, took)
	}
}

// TestHistogramBars: from milliseconds to decades, there are a few bars to look at, never hundreds.
func TestHistogramBars(t *testing.T) {
	const century = 100 * 365 * 24 * time.Hour
	rapid.Check(t, func(t *rapid.T) {
		seconds := func(name string) int64 {
			return rapid.Int64Range(0, 1<<rapid.IntRange(0, 31).Draw(t, "size")).Draw(t, name)
		}
		first := seconds("first")
		second := first + seconds("more")
		w := world(slices.Concat(person("a", []ev{{"A", 0}, {"B", first}}), person("b", []ev{{"A", 0}, {"B", second}})))
		w.Time = epoch.Add(2 * century)
		bars := ask(t, w, seq.Funnel{Steps: steps("A", "B"), Times: true, Window: seq.Duration(2 * century)}).Steps[1].Times
		checkBars(t, bars, []int64{first, second})
		if len(bars) > 25 {
			t.Fatalf("%d bars: %v", len(bars), bars)
		}
	})
}

// TestFunnelTrendInPieces: what is counted early and what is counted late add up, past the size of the trace.
func TestFunnelTrendInPieces(t *testing.T) {
	var events []event.Event
	for p := range 5000 {
		list := []ev{{"A", int64(p%48) * 1800}}
		if p%3 == 0 {
			list = append(list, ev{"B", list[0].t + 60})
		}
		events = append(events, person(fmt.Sprint(p), list)...)
	}
	w := world(events[:2000], events[2000:])
	q := seq.Funnel{Scope: seq.Scope{From: at(0), To: at(24 * 3600)}, Steps: steps("A", "B"), Trend: &seq.FunnelTrend{Interval: "hour"}}
	a, err := exec.New(w, w).Funnel(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	var begun, made int64
	for i, p := range a.Trend {
		begun, made = begun+p.Counts[0], made+p.Counts[1]
		if want := int64(208); p.Counts[0] != want && p.Counts[0] != want+1 && p.Counts[0] != want+2 {
			t.Errorf("hour %d: %d began", i, p.Counts[0])
		}
	}
	if begun != a.Steps[0].Count || made != a.Steps[1].Count || begun != 5000 || made != 1667 {
		t.Errorf("%d began and %d converted; the steps count %d and %d", begun, made, a.Steps[0].Count, a.Steps[1].Count)
	}
}
