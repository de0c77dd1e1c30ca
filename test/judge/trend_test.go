package judge

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"wend.dev/wend/engine/seq"
)

// bucketStarts are the first second of an event's bucket, in SQL; the time zone is filled in.
var bucketStarts = map[string]string{
	"hour":  "toUnixTimestamp(toStartOfHour(at))",
	"day":   "toUnixTimestamp(toStartOfDay(at))",
	"week":  "toUnixTimestamp(toDateTime(toMonday(at), %s))",
	"month": "toUnixTimestamp(toDateTime(toStartOfMonth(at), %s))",
}

// zones are where days are cut: one with the clocks changing within the worlds, one a half hour off.
var zones = []string{"UTC", "Europe/Oslo", "America/New_York", "Asia/Kolkata"}

// trend draws a trend of one series in both languages.
func (w *world) trend(r *rand.Rand) (q seq.Trend, sql string) {
	var actor, where string
	q.Scope, actor, where = w.scope(r)
	if q.From == nil {
		from, to := epoch, w.Now()
		q.From, q.To = &from, &to
	}
	q.TimeZone = zones[r.IntN(len(zones))]
	q.Interval = []string{"hour", "day", "week", "month"}[r.IntN(4)]
	m, c := matcher(r, w.names)
	s := seq.TrendSeries{Matcher: m, Measure: []string{"count", "actors", "sum", "mean"}[r.IntN(4)]}
	measure := map[string]string{"count": "count()", "actors": "uniqExact(" + actor + ")", "sum": "sum(price)", "mean": "avg(price)"}[s.Measure]
	if s.Measure == "sum" || s.Measure == "mean" {
		s.Property, c = "properties.price", c+" AND price IS NOT NULL"
	}
	q.Series = []seq.TrendSeries{s}
	start := bucketStarts[q.Interval]
	if q.Interval == "week" || q.Interval == "month" {
		start = fmt.Sprintf(start, text(q.TimeZone))
	}
	return q, fmt.Sprintf("WITH fromUnixTimestamp64Milli(toInt64(time), %s) AS at SELECT %s, toFloat64(%s), count() FROM events WHERE %s AND %s GROUP BY 1",
		text(q.TimeZone), start, measure, where, c)
}

// judgeTrend compares every bucket's value and the events behind it.
func judgeTrend(t *testing.T, c *clickhouse, w *world, q seq.Trend, sql string) {
	t.Helper()
	type point struct{ value, count float64 }
	want := map[int64]point{}
	for _, row := range query[[3]float64](t, c, sql) {
		want[int64(row[0])] = point{row[1], row[2]}
	}
	a, err := w.engine(t).Trend(t.Context(), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Buckets []time.Time
		Series  []struct {
			Values []*float64
			Counts []float64
		}
	}
	if err := json.Unmarshal(b, &read); err != nil {
		t.Fatal(err)
	}
	got := map[int64]point{}
	for i, at := range read.Buckets {
		if s := read.Series[0]; s.Counts[i] > 0 {
			got[at.Unix()] = point{*s.Values[i], s.Counts[i]}
		}
	}
	if !maps.Equal(got, want) {
		b, _ := json.Marshal(q)
		t.Fatalf("%s\n%s\nWend       %v\nClickHouse %v", b, sql, got, want)
	}
}
