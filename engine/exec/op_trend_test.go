package exec

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

func sale(user string, at time.Time, category string, price float64) event.Event {
	e := event.Event{Kind: event.Track, Name: "Order", Time: event.MillisOf(at), UserID: user, Profile: event.UserProfile(user)}
	if category != "" {
		e.Fields = append(e.Fields, event.Field{Path: "properties.category", Value: event.StringValue(category)})
	}
	if price > 0 {
		e.Fields = append(e.Fields, event.Field{Path: "properties.price", Value: event.NumberValue(price)})
	}
	return e
}

func day(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

var oslo = seq.Calendar{TimeZone: "Europe/Oslo"}

func order() seq.Matcher { return seq.Matcher{Event: seq.Names{"Order"}} }

func TestTrend(t *testing.T) {
	events := []event.Event{
		sale("a", day("2026-01-05 23:30"), "x", 10), sale("a", day("2026-01-05 10:00"), "y", 20), sale("b", day("2026-01-05 11:00"), "x", 0),
		sale("b", day("2026-01-07 00:00"), "", 5), sale("c", day("2026-01-07 23:59"), "x", 7),
	}
	from, to := day("2026-01-05 00:00"), day("2026-01-08 00:00")
	f := func(q seq.Trend, want string) {
		t.Helper()
		if q.From == nil {
			q.From, q.To = &from, &to
		}
		e, _ := engineOf(events, 2)
		a, err := e.Trend(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, l := range a.Series {
			got += fmt.Sprintf("%s%v %v total %v; ", l.Value, l.Values, l.Counts, l.Total)
		}
		if got = strings.TrimSuffix(got, "; "); got != want {
			t.Errorf("%+v\ngot  %s\nwant %s", q, got, want)
		}
	}
	of := func(measure string) []seq.TrendSeries {
		return []seq.TrendSeries{{Matcher: order(), Measure: measure, Property: "properties.price"}}
	}
	f(seq.Trend{Series: of("count")}, "[3 0 2] [3 0 2] total 5")
	f(seq.Trend{Series: of("actors")}, "[2 0 2] [3 0 2] total 3")
	f(seq.Trend{Series: of("sum")}, "[30 0 12] [2 0 2] total 42")
	f(seq.Trend{Series: of("mean")}, "[15 NaN 6] [2 0 2] total 10.5")
	f(seq.Trend{Series: of("min")}, "[10 NaN 5] [2 0 2] total 5")
	f(seq.Trend{Series: of("max")}, "[20 NaN 7] [2 0 2] total 20")
	f(seq.Trend{Series: of("p50")}, "[15 NaN 6] [2 0 2] total 8.5")
	f(seq.Trend{Series: of("p90")}, "[19 NaN 6.8] [2 0 2] total 17")
	f(seq.Trend{Series: of("count"), Interval: "week"}, "[5] [5] total 5")
	f(seq.Trend{Series: of("count"), Calendar: oslo}, "[2 1 1 1] [2 1 1 1] total 5") // the range ends at 01:00 in Oslo
	f(seq.Trend{Series: of("count"), Scope: seq.Scope{Breakdown: &seq.Breakdown{By: "properties.category"}}},
		"x[2 0 1] [2 0 1] total 3; [0 0 1] [0 0 1] total 1; y[1 0 0] [1 0 0] total 1")
	f(seq.Trend{Series: of("actors"), Scope: seq.Scope{Breakdown: &seq.Breakdown{By: "properties.category", Limit: 1}}},
		"x[2 0 1] [2 0 1] total 3; other[1 0 1] [1 0 1] total 2")
	f(seq.Trend{Series: of("count"), Scope: seq.Scope{Filter: `properties.category == "x"`}}, "[2 0 1] [2 0 1] total 3")
	f(seq.Trend{Series: []seq.TrendSeries{{Matcher: seq.Matcher{Event: seq.Names{"Nothing"}}}}}, "[0 0 0] [0 0 0] total 0")
}

func TestTrendOverClockChange(t *testing.T) {
	from, to := day("2026-03-27 23:00"), day("2026-03-30 22:00") // three days in Oslo, the second one of 23 hours
	e, _ := engineOf([]event.Event{sale("a", day("2026-03-28 23:30"), "", 1), sale("a", day("2026-03-29 21:59"), "", 1), sale("a", day("2026-03-29 22:00"), "", 1)}, 1)
	a, err := e.Trend(context.Background(), seq.Trend{Scope: seq.Scope{From: &from, To: &to}, Calendar: oslo, Series: []seq.TrendSeries{{Matcher: order()}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(a.Series[0].Values, a.Buckets); got != "[0 2 1] [2026-03-28T00:00:00+01:00 2026-03-29T00:00:00+01:00 2026-03-30T00:00:00+02:00]" {
		t.Error(got)
	}
}

func TestTrendRefuses(t *testing.T) {
	f := func(q seq.Trend, field string) {
		t.Helper()
		e, _ := engineOf([]event.Event{sale("a", day("2020-01-01 00:00"), "", 1)}, 1)
		var invalid *seq.Invalid
		if _, err := e.Trend(context.Background(), q); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%+v: %v, want a fault in %s", q, err, field)
		}
	}
	ok := []seq.TrendSeries{{Matcher: order()}}
	f(seq.Trend{}, "series")
	f(seq.Trend{Series: ok, Interval: "hour"}, "interval")
	f(seq.Trend{Series: ok, Compare: "previous"}, "compare")
	f(seq.Trend{Series: ok, Formula: "A / B"}, "formula")
	f(seq.Trend{Series: []seq.TrendSeries{{Matcher: order(), Measure: "p90"}}}, "series[0].property")
	f(seq.Trend{Series: ok, Calendar: seq.Calendar{TimeZone: "Mars"}}, "time_zone")
	f(seq.Trend{Series: []seq.TrendSeries{{Matcher: seq.Matcher{Event: seq.Names{"x"}, Where: "1 +"}}}}, "series[0].where")
}

// The totals equal plain loops over the events, however they are dealt into blocks.
func TestTrendAgainstLoops(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := day("2026-01-05 00:00")
		var events []event.Event
		counts := make([]float64, 5)
		users := make([]map[string]bool, 5)
		for range rapid.IntRange(0, 60).Draw(t, "n") {
			user, d := fmt.Sprint("u", rapid.IntRange(0, 5).Draw(t, "user")), rapid.IntRange(0, 4).Draw(t, "day")
			at := start.AddDate(0, 0, d).Add(time.Duration(rapid.IntRange(0, 86399).Draw(t, "second")) * time.Second)
			events = append(events, sale(user, at, "", 1))
			counts[d]++
			if users[d] == nil {
				users[d] = map[string]bool{}
			}
			users[d][user] = true
		}
		e, _ := engineOf(events, rapid.IntRange(1, 4).Draw(t, "blocks"))
		end := start.AddDate(0, 0, 5)
		a, err := e.Trend(context.Background(), seq.Trend{Scope: seq.Scope{From: &start, To: &end},
			Series: []seq.TrendSeries{{Matcher: order()}, {Matcher: order(), Measure: "actors"}}})
		if err != nil {
			t.Fatal(err)
		}
		for d := range counts {
			if float64(a.Series[0].Values[d]) != counts[d] || float64(a.Series[1].Values[d]) != float64(len(users[d])) {
				t.Fatalf("day %d: %v and %v, want %v and %d", d, a.Series[0].Values, a.Series[1].Values, counts, len(users[d]))
			}
		}
	})
}
