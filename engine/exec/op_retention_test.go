package exec_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// drawn is what the questions about periods have in common: a world, what happened in it, and how it is looked at.
type drawn struct {
	world    *enginetest.World
	plain    *plainCohorts
	scope    seq.Scope
	calendar seq.Calendar
	interval string
}

func drawCohorts(t *rapid.T, before int) drawn {
	d := drawn{scope: seq.Scope{Actor: rapid.SampledFrom([]string{"", "profile", "account"}).Draw(t, "actor")}}
	var acts []act
	d.world, acts = people(t, d.scope.Actor == "account")
	d.calendar.TimeZone = rapid.SampledFrom([]string{"", "Europe/Oslo", "America/Havana", "Asia/Kathmandu"}).Draw(t, "zone")
	d.calendar.WeekStart = rapid.SampledFrom([]string{"", "monday", "sunday"}).Draw(t, "week start")
	d.interval = rapid.SampledFrom([]string{"day", "week", "month"}).Draw(t, "interval")
	from := rapid.Int64Range(70*86400, 100*86400).Draw(t, "from")
	to := from + rapid.Int64Range(1, 100*86400).Draw(t, "long")
	now := rapid.Int64Range(70*86400, 240*86400).Draw(t, "now")
	d.scope.From, d.scope.To = at(from), at(to)
	d.world.Time = epoch.Add(time.Duration(now)*time.Second + 999*time.Millisecond)
	d.plain = newPlain(d.calendar.TimeZone, d.interval, d.calendar.WeekStart == "sunday", acts)
	d.plain.layOut(from, to, now, before)
	return d
}

func drawNames(t *rapid.T) seq.Names {
	return rapid.SampledFrom([]seq.Names{{"A"}, {"B"}, {"A", "C"}, {"*"}, {"nothing"}}).Draw(t, "names")
}

func TestRetentionAgainstPlainWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCohorts(t, 0)
		back := seq.Matcher{Event: drawNames(t)}
		q := seq.Retention{Scope: d.scope, Calendar: d.calendar, Start: seq.Matcher{Event: drawNames(t)}, Return: &back, Period: d.interval,
			Periods: rapid.SampledFrom([]int{1, 3, 12, 70}).Draw(t, "periods"),
			Type:    rapid.SampledFrom([]string{"", "recurring", "first_time"}).Draw(t, "type"),
			Mode:    rapid.SampledFrom([]string{"", "on", "on_or_after"}).Draw(t, "mode")}
		by := rapid.SampledFrom([]string{"none", "first_touch", "last_touch"}).Draw(t, "breakdown")
		if by != "none" {
			q.Breakdown = &seq.Breakdown{By: "properties.c", Attribution: by, Limit: rapid.IntRange(1, 5).Draw(t, "limit")}
		}
		a, err := exec.New(d.world, d.world).Retention(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		everybody := func(string) bool { return true }
		rows, complete := d.plain.retention(q, everybody)
		if len(a.Cohorts) != len(rows) {
			t.Fatalf("%d cohorts, want %v", len(a.Cohorts), d.plain.labels)
		}
		for i, c := range a.Cohorts {
			if fmt.Sprint(c.Values, c.Size, c.Complete) != fmt.Sprint(rows[i], rows[i][0], complete[i]) {
				t.Fatalf("cohort %s: %+v, want %v, %d complete", d.plain.labels[i], c, rows[i], complete[i])
			}
			if c.Start[:len(d.plain.labels[i])] != d.plain.labels[i] {
				t.Fatalf("cohort %d begins %s, want %s", i, c.Start, d.plain.labels[i])
			}
		}
		if got, want := fmt.Sprint(a.Average), fmt.Sprint(averageOf(rows, complete)); got != want {
			t.Fatalf("average %s, want %s", got, want)
		}
		if q.Breakdown != nil {
			sameSeries(t, d.plain, q, a.Series)
		}
	})
}

// sameSeries holds the breakdown against grids of the actors of one value at a time.
func sameSeries(t *rapid.T, p *plainCohorts, q seq.Retention, got []seq.RetentionSeries) {
	touched := p.touched(q)
	starts := p.did(named(q.Start.Event))
	members := map[string][]string{}
	for actor := range starts {
		if rows, _ := p.retention(q, func(a string) bool { return a == actor }); slices.ContainsFunc(rows, func(r []int64) bool { return r[0] > 0 }) {
			members[touched[actor]] = append(members[touched[actor]], actor)
		}
	}
	values := make([]string, 0, len(members))
	for v := range members {
		values = append(values, v)
	}
	slices.SortFunc(values, func(a, b string) int {
		if d := len(members[b]) - len(members[a]); d != 0 {
			return d
		}
		return cmpText(a, b)
	})
	var want []seq.RetentionSeries
	add := func(value string, rest bool, actors []string) {
		average := averageOf(p.retention(q, func(a string) bool { return slices.Contains(actors, a) }))
		want = append(want, seq.RetentionSeries{Value: value, Other: rest, Size: int64(len(actors)), Average: average})
	}
	limit := min(q.Breakdown.Limit, len(values))
	for _, v := range values[:limit] {
		add(v, false, members[v])
	}
	var rest []string
	for _, v := range values[limit:] {
		rest = append(rest, members[v]...)
	}
	if len(rest) > 0 {
		add("other", true, rest)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("series\n%+v, want\n%+v", got, want)
	}
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// TestRetentionOfMany: more actors than a byte counts, over several blocks, one of which lies wholly before the range.
func TestRetentionOfMany(t *testing.T) {
	const n = 1000
	batches := make([][]event.Event, 3)
	for i := range n {
		id := fmt.Sprint("p", i)
		batches[0] = append(batches[0], person(id, []ev{{"A", 0}})...)
		batches[1+i%2] = append(batches[1+i%2], person(id, []ev{{"A", 10 * 86400}, {"B", 11 * 86400}})...)
		if i%4 == 0 {
			batches[2] = append(batches[2], person(id, []ev{{"B", 12 * 86400}})...)
		}
	}
	w := world(batches...)
	back := seq.Matcher{Event: seq.Names{"B"}}
	q := seq.Retention{Start: seq.Matcher{Event: seq.Names{"A"}}, Return: &back, Period: "day", Periods: 2}
	q.From, q.To = at(10*86400), at(13*86400)
	f := func(kind, want string) {
		t.Helper()
		q.Type = kind
		a, err := exec.New(w, w).Retention(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(a.Cohorts[0].Values, a.Meta.Actors, a.Meta.EventsScanned); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
	f("recurring", "[1000 1000 250] 1000 2250")
	f("first_time", "[0 0 0] 1000 2250") // all of them began before
}
