package exec

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// sold is an order in the plainest words: on which day, by whom, for how much (0 for no price).
type sold struct {
	day   int
	user  string
	price float64
}

// measured is a measure of some orders by plain loops.
func measured(measure string, list []sold) float64 {
	var prices []float64
	users, sum := map[string]bool{}, 0.0
	for _, s := range list {
		users[s.user] = true
		if s.price > 0 {
			prices, sum = append(prices, s.price), sum+s.price
		}
	}
	slices.Sort(prices)
	n := float64(len(prices))
	switch {
	case measure == "count":
		return float64(len(list))
	case measure == "actors":
		return float64(len(users))
	case measure == "sum":
		return sum
	case n == 0:
		return math.NaN()
	case measure == "mean":
		return sum / n
	case measure == "min":
		return prices[0]
	case measure == "max":
		return prices[len(prices)-1]
	}
	var p float64
	_, _ = fmt.Sscanf(measure, "p%g", &p)
	at := p / 100 * (n - 1)
	lo := int(at)
	return prices[lo] + (at-float64(lo))*(prices[min(lo+1, len(prices)-1)]-prices[lo])
}

func alike(a seq.Figure, b float64) bool {
	return math.IsNaN(float64(a)) && math.IsNaN(b) || math.Abs(float64(a)-b) < 1e-9
}

// Every measure, per day and over all, now and in the time before, equals plain loops, however the events are dealt into
// blocks; and so does a formula of it.
func TestTrendMeasures(t *testing.T) {
	measures := []string{"count", "actors", "sum", "mean", "min", "max", "p50", "p90", "p95", "p99"}
	rapid.Check(t, func(t *rapid.T) {
		start, days := day("2026-01-05 00:00"), rapid.IntRange(1, 4).Draw(t, "days")
		var events []event.Event
		var list []sold
		for range rapid.IntRange(0, 40).Draw(t, "n") {
			s := sold{rapid.IntRange(-days, days-1).Draw(t, "day"), fmt.Sprint("u", rapid.IntRange(0, 4).Draw(t, "user")), float64(rapid.IntRange(0, 9).Draw(t, "price"))}
			at := start.AddDate(0, 0, s.day).Add(time.Duration(rapid.IntRange(0, 86399).Draw(t, "second")) * time.Second)
			list, events = append(list, s), append(events, sale(s.user, at, "", s.price))
		}
		e, _ := engineOf(events, rapid.IntRange(1, 4).Draw(t, "blocks"))
		end := start.AddDate(0, 0, days)
		q := seq.Trend{Scope: seq.Scope{From: &start, To: &end}, Compare: "previous", Formula: "A / B"}
		for range 2 {
			q.Series = append(q.Series, seq.TrendSeries{Matcher: order(), Measure: rapid.SampledFrom(measures).Draw(t, "measure"), Property: "properties.price"})
		}
		a, err := e.Trend(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		of := func(i, from, to int) float64 {
			var in []sold
			for _, s := range list {
				if s.day >= from && s.day < to {
					in = append(in, s)
				}
			}
			if i < 2 {
				return measured(q.Series[i].Measure, in)
			}
			x, y := measured(q.Series[0].Measure, in), measured(q.Series[1].Measure, in)
			if y == 0 {
				return math.NaN()
			}
			return x / y
		}
		for i, l := range a.Series {
			for d := range days {
				if now, before := of(i, d, d+1), of(i, d-days, d-days+1); !alike(l.Values[d], now) || !alike(l.Previous.Values[d], before) {
					t.Fatalf("%s, day %d: %v and before %v, want %v and %v", l.Name, d, l.Values[d], l.Previous.Values[d], now, before)
				}
			}
			now, before := of(i, 0, days), of(i, -days, 0)
			change := now/before - 1
			if math.IsInf(change, 0) {
				change = math.NaN()
			}
			if !alike(l.Total, now) || !alike(l.Previous.Total, before) || !alike(l.Previous.Change, change) {
				t.Fatalf("%s: total %v, before %v, change %v, want %v, %v, %v", l.Name, l.Total, l.Previous.Total, l.Previous.Change, now, before, change)
			}
		}
	})
}

// The time before is beside the range, has as many intervals, and never reaches into it.
func TestTimeBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]string{"UTC", "Europe/Oslo", "America/Sao_Paulo"}).Draw(t, "zone")
		interval := rapid.SampledFrom([]string{"hour", "day", "week", "month"}).Draw(t, "interval")
		c, err := newCalendar(seq.Calendar{TimeZone: zone}, interval)
		if err != nil {
			t.Fatal(err)
		}
		from := day("2018-01-01 00:00").Add(time.Duration(rapid.IntRange(0, 365*24).Draw(t, "from")) * time.Hour)
		to := from.Add(time.Duration(rapid.IntRange(1, 24*70).Draw(t, "hours")) * time.Hour)
		now := &stretchOfTime{window: event.Window{From: event.MillisOf(from), To: event.MillisOf(to)}}
		for at := c.floor(from); at.Before(to); at = c.next(at) {
			now.starts = append(now.starts, at)
		}
		b := now.before(c)
		if b.window.To > now.window.From || b.window.From > b.window.To || len(b.starts) != len(now.starts) {
			t.Fatalf("%v–%v before %v–%v, %d intervals", b.window.From.Time(), b.window.To.Time(), from, to, len(b.starts))
		}
		for i, at := range b.starts {
			if !c.floor(at).Equal(at) || i > 0 && !c.next(b.starts[i-1]).Equal(at) {
				t.Fatalf("%v: interval %d begins at %v", interval, i, at)
			}
		}
		if b.starts[0].After(b.window.From.Time()) || !c.next(b.starts[len(b.starts)-1]).After(b.window.To.Time().Add(-time.Millisecond)) {
			t.Fatalf("%v–%v does not lie in its intervals %v", b.window.From.Time(), b.window.To.Time(), b.starts)
		}
	})
}
