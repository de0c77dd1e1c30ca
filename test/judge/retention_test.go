package judge

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"wend.dev/wend/engine/seq"
)

// periodOf is the number of the day, week or month that a DateTime lies in, in SQL. Weeks begin on Monday or Sunday.
func periodOf(q seq.Retention, at string) string {
	switch {
	case q.Period == "day":
		return "toInt32(toDate(" + at + "))"
	case q.Period == "month":
		return "toInt32(toYear(" + at + ") * 12 + toMonth(" + at + "))"
	case q.WeekStart == "sunday":
		return "intDiv(toInt32(toStartOfWeek(" + at + ", 0)), 7)"
	}
	return "intDiv(toInt32(toStartOfWeek(" + at + ", 1)), 7)"
}

// retention draws a retention question in both languages. The SQL gives, per period of the range: its number, how many of
// its cohort came back in each of the periods after it, and the number of the period that the range ends in.
func (w *world) retention(r *rand.Rand) (q seq.Retention, sql string) {
	var actor, where string
	q.Scope, actor, where = w.subject(r)
	from, to := w.rangeOf(r)
	q.From, q.To = &from, &to
	q.TimeZone, q.WeekStart = zones[r.IntN(len(zones))], []string{"", "monday", "sunday"}[r.IntN(3)]
	q.Period, q.Periods = []string{"day", "week", "month"}[r.IntN(3)], 1+r.IntN(8)
	var start, back string
	q.Start, start = matcher(r, w.names)
	back = "1"
	if r.IntN(3) > 0 {
		m, c := matcher(r, w.names)
		q.Return, back = &m, c
	}
	zone := text(q.TimeZone)
	period := func(ms string) string {
		return periodOf(q, "fromUnixTimestamp64Milli(toInt64("+ms+"), "+zone+")")
	}
	cohort, compare := start+" AND p = c", "="
	if r.IntN(3) == 0 {
		q.Type, cohort = "first_time", cohort+" AND p = first"
	}
	if r.IntN(3) == 0 {
		q.Mode, compare = "on_or_after", ">="
	}
	conditions := []string{cohort}
	for k := range q.Periods {
		conditions = append(conditions, fmt.Sprintf("%s AND p %s c + %d", back, compare, k+1))
	}
	first, last, end := period(fmt.Sprint(from.UnixMilli())), period(fmt.Sprint(to.UnixMilli()-1)), period(fmt.Sprint(to.UnixMilli()))
	return q, fmt.Sprintf(`
		WITH events AS (SELECT *, %[1]s AS actor, %[2]s AS p FROM events WHERE %[3]s),
		firsts AS (SELECT actor, argMin(p, time) AS first FROM events WHERE %[4]s GROUP BY actor),
		cohorts AS (SELECT arrayJoin(range(toUInt32(%[5]s), toUInt32(%[6]s) + 1)) AS c),
		each AS (SELECT c, actor, retention(%[7]s) AS came FROM events LEFT JOIN firsts USING actor CROSS JOIN cohorts
			WHERE p >= %[5]s AND time < %[8]d GROUP BY c, actor)
		SELECT c, arrayMap(x -> toInt64(x), sumForEach(came)), toInt32(%[9]s) FROM each GROUP BY c ORDER BY c`,
		actor, period("time"), where, start, first, last, strings.Join(conditions, ", "), to.UnixMilli(), end)
}

// cohortRow is a row of the answer.
type cohortRow struct {
	period int
	values []int64
	end    int
}

// UnmarshalJSON reads the columns.
func (c *cohortRow) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&c.period, &c.values, &c.end})
}

// judgeRetention compares the whole grid, and which of it is final.
func judgeRetention(t *testing.T, c *clickhouse, w *world, q seq.Retention, sql string) {
	t.Helper()
	rows := query[cohortRow](t, c, sql)
	a, err := w.engine(t).Retention(t.Context(), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	wrong := func(format string, args ...any) {
		t.Helper()
		b, _ := json.Marshal(q)
		t.Fatalf("%s\n%s\n%s\nWend       %+v\nClickHouse %+v", b, sql, fmt.Sprintf(format, args...), a.Cohorts, rows)
	}
	if len(rows) == 0 { // nothing to look at: then nobody is in any cohort
		for _, x := range a.Cohorts {
			if x.Size != 0 {
				wrong("a cohort of nobody")
			}
		}
		return
	}
	if len(rows) != len(a.Cohorts) {
		wrong("%d cohorts, want %d", len(a.Cohorts), len(rows))
	}
	for i, x := range a.Cohorts {
		begun := rows[len(rows)-1].period - rows[i].period + 1
		want := rows[i].values[:min(begun, len(rows[i].values))]
		if x.Size != want[0] || !slices.Equal(x.Values, want) {
			wrong("cohort %d: %v, want %v", i, x.Values, want)
		}
		if final := max(0, min(rows[i].end-rows[i].period, len(want))); x.Complete != final {
			wrong("cohort %d: %d values are final, want %d", i, x.Complete, final)
		}
	}
}
