package httpapi

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"wend.dev/wend/engine/seq"
)

func (f *fakeEngine) Retention(ctx context.Context, q seq.Retention) (*seq.RetentionAnswer, error) {
	return reply(f, ctx, q, &seq.RetentionAnswer{
		Cohorts: []seq.RetentionCohort{{Start: "2026-01-05T00:00:00Z", Size: 10, Values: []int64{10, 5}, Complete: 2}, {Start: "2026-01-12T00:00:00Z"}},
		Average: []seq.RetentionPoint{{Period: 0, N: 10, Of: 10, Cohorts: 1}, {Period: 1, N: 5, Of: 10, Cohorts: 1}},
		Series:  []seq.RetentionSeries{{Value: "red", Size: 10, Average: []seq.RetentionPoint{{Period: 1, N: 5, Of: 10, Cohorts: 1}}}, {Value: "other", Other: true}},
	})
}

func (f *fakeEngine) Lifecycle(ctx context.Context, q seq.Lifecycle) (*seq.LifecycleAnswer, error) {
	return reply(f, ctx, q, &seq.LifecycleAnswer{Periods: []seq.LifecyclePeriod{
		{Start: "2026-01-05T00:00:00Z", New: 4, Complete: true}, {Start: "2026-01-12T00:00:00Z", New: 1, Returning: 3, Resurrecting: 2, Dormant: 1},
	}})
}

func (f *fakeEngine) Stickiness(ctx context.Context, q seq.Stickiness) (*seq.StickinessAnswer, error) {
	return reply(f, ctx, q, &seq.StickinessAnswer{Starts: []string{"2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"}, Complete: 1,
		Series: []seq.StickinessLine{{Name: "A", Counts: []int64{3, 1}, Actors: 4, Active: []int64{2, 3}}, {Name: "B", Counts: []int64{0, 0}, Active: []int64{0, 0}}}})
}

func TestCohortQuestions(t *testing.T) {
	d := newDesk(t)
	f := func(name, body string, want any) map[string]any {
		t.Helper()
		got := d.expect(200, "POST /api/v1/query/"+name, body)
		if !reflect.DeepEqual(d.engine.asked, want) {
			t.Errorf("%s %s: the engine was asked\n%+v, want\n%+v", name, body, d.engine.asked, want)
		}
		return got
	}
	at := func(v any, path ...any) string {
		for _, p := range path {
			switch p := p.(type) {
			case string:
				v = v.(map[string]any)[p]
			case int:
				v = v.([]any)[p]
			}
		}
		return fmt.Sprint(v)
	}
	same := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	back := seq.Matcher{Event: seq.Names{"B"}}
	got := f("retention", `{"start":{"event":"A"},"return":{"event":"B"},"period":"day","periods":3,"type":"first_time","mode":"on_or_after","time_zone":"Europe/Oslo","week_start":"sunday"}`,
		seq.Retention{Start: seq.Matcher{Event: seq.Names{"A"}}, Return: &back, Period: "day", Periods: 3, Type: "first_time", Mode: "on_or_after",
			Calendar: seq.Calendar{TimeZone: "Europe/Oslo", WeekStart: "sunday"}})
	same(at(got, "cohorts", 0, "values"), "[10 5]")
	same(at(got, "cohorts", 0, "size"), "10")
	same(at(got, "cohorts", 0, "rates", 1, "rate"), "0.5")
	same(at(got, "cohorts", 1, "values"), "[]")
	same(at(got, "average", 1, "low")[:6], "0.2365") // Wilson, 5 of 10
	same(at(got, "average", 1, "high")[:6], "0.7634")
	same(at(got, "average", 1, "n"), "5")
	same(at(got, "series", 0, "average", 0, "rate"), "0.5")
	same(at(got, "series", 1, "average"), "[]")

	match := seq.Matcher{Event: seq.Names{"A"}}
	got = f("lifecycle", `{"match":{"event":"A"},"interval":"month"}`, seq.Lifecycle{Match: &match, Interval: "month"})
	same(at(got, "periods", 0, "kept", "of"), "0")
	same(at(got, "periods", 1, "kept", "rate"), "0.75")
	same(at(got, "periods", 1, "active"), "6")
	same(at(got, "periods", 1, "complete"), "false")

	got = f("stickiness", `{"series":[{"event":"A"},{"event":"B"}]}`, seq.Stickiness{Series: []seq.Matcher{{Event: seq.Names{"A"}}, {Event: seq.Names{"B"}}}})
	same(at(got, "series", 0, "rates", 0, "rate"), "0.75")
	same(at(got, "series", 0, "at_least", 0, "n"), "4")
	same(at(got, "series", 0, "at_least", 1, "n"), "1")
	same(at(got, "series", 0, "mean"), "1.25")
	same(at(got, "series", 0, "share"), "0.625")
	same(at(got, "series", 1, "mean"), "0")
}

func TestCohortFaults(t *testing.T) {
	d := newDesk(t)
	problemAt(t, d.expect(400, "POST /api/v1/query/retention", `{"start":{"event":"A"},"period":"year"}`), "body.period", "day, week, month")
	problemAt(t, d.expect(400, "POST /api/v1/query/retention", `{"return":{"event":"A"}}`), "body", "start")
	problemAt(t, d.expect(400, "POST /api/v1/query/lifecycle", `{"matcher":{"event":"A"}}`), "body.matcher", `did you mean "match"?`)
	d.engine.err = &seq.Invalid{Field: "time_zone", Reason: `"Mars" is not a known time zone`}
	for name, body := range map[string]string{"retention": `{"start":{"event":"A"}}`, "lifecycle": `{}`, "stickiness": `{}`} {
		problemAt(t, d.expect(400, "POST /api/v1/query/"+name, body), "body.time_zone", "Mars")
	}
}
