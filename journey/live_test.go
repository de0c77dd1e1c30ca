package journey

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/seq"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files")

// TestGolden holds the whole answer to a reviewed file, so that any change of a number shows in a diff.
func TestGolden(t *testing.T) {
	a, _ := live(t, nil)
	got, err := json.MarshalIndent(a, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *rewrite {
		if err := os.WriteFile("testdata/live.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/live.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("testdata/live.json is not current; look at the difference, then run: go test ./journey -rewrite")
	}
}

// TestQuestion looks at what the engine is asked.
func TestQuestion(t *testing.T) {
	_, f := live(t, nil)
	same(t, "calls", len(f.asked), 1)
	q := f.asked[0]
	same(t, "stages", q.Stages, 3)
	same(t, "actor", q.Actor, "account")
	same(t, "idle", q.Idle, days(30))
	same(t, "to", *q.To, testNow())
	same(t, "from", *q.From, testNow().AddDate(0, 0, -28))
	same(t, "value", q.Value.Property, "properties.total")
	var got []string
	for _, tp := range q.Touchpoints {
		got = append(got, fmt.Sprintf("%s:%d:%d", tp.ID, tp.Stage, len(tp.Match)))
	}
	same(t, "touchpoints", strings.Join(got, " "),
		"search-ad:0:1 site-search:0:1 compare-page:0:0 cart:1:1 web-order:1:1 rep-order:1:1 pay:1:1 in-time:2:1 late:2:1 review:2:1")
	same(t, "failure", q.Touchpoints[6].Failure[0].Event[0], "Payment Declined")
	same(t, "score", q.Touchpoints[8].Score.Where, "properties.late == true")
	if q.Breakdown != nil || q.Filter != "" {
		t.Errorf("asked for more than was wanted: %+v", q.Scope)
	}

	from, to := testNow().AddDate(0, -2, 0), testNow().AddDate(0, -1, 0)
	_, f = live(t, func(_ *Journey, _ Library, _ *seq.JourneyAnswer, q *LiveQuery) {
		*q = LiveQuery{Now: testNow(), From: &from, To: &to, Actor: "profile", Filter: "a == 1 || b == 2", Persona: "purchaser"}
	})
	same(t, "from", *f.asked[0].From, from)
	same(t, "to", *f.asked[0].To, to)
	same(t, "actor", f.asked[0].Actor, "profile")
	same(t, "filter", f.asked[0].Filter, "(a == 1 || b == 2) && (profile.traits.role == 'purchaser')")
	_, f = live(t, func(j *Journey, _ Library, _ *seq.JourneyAnswer, q *LiveQuery) {
		q.Persona, j.Spec.Actor = "purchaser", ""
	})
	same(t, "filter", f.asked[0].Filter, "profile.traits.role == 'purchaser'")
	same(t, "actor", f.asked[0].Actor, "profile")
}

func TestLiveFaults(t *testing.T) {
	soon := testNow().Add(time.Hour)
	for _, c := range []struct {
		q     LiveQuery
		field string
	}{
		{LiveQuery{Now: testNow(), From: &soon}, "from"},
		{LiveQuery{Now: testNow(), Persona: "nobody"}, "persona"},
		{LiveQuery{Now: testNow(), Persona: "fitter"}, "persona"},
	} {
		f := &fakeEngine{answer: testAnswer()}
		_, err := Live(t.Context(), f, testMap(), testLibrary(), c.q)
		var bad *seq.Invalid
		if !errors.As(err, &bad) || bad.Field != c.field || len(f.asked) != 0 {
			t.Errorf("%+v gives %v", c.q, err)
		}
	}
	bad := &seq.Invalid{Field: "touchpoints[0].match[0].where", Reason: "1:3: no"}
	_, err := Live(t.Context(), &fakeEngine{err: bad}, testMap(), testLibrary(), LiveQuery{Now: testNow()})
	if !errors.Is(err, error(bad)) {
		t.Errorf("the engine's error was lost: %v", err)
	}
	for name, spoil := range map[string]func(*seq.JourneyAnswer){
		"a stage too few":      func(a *seq.JourneyAnswer) { a.Now.Stages = a.Now.Stages[1:] },
		"a touchpoint too few": func(a *seq.JourneyAnswer) { a.Before.Touchpoints = a.Before.Touchpoints[1:] },
		"an edge to nowhere":   func(a *seq.JourneyAnswer) { a.Edges[0].To = 10 },
	} {
		answer := testAnswer()
		spoil(answer)
		if _, err := Live(t.Context(), &fakeEngine{answer: answer}, testMap(), testLibrary(), LiveQuery{Now: testNow()}); err == nil {
			t.Errorf("an answer with %s was taken", name)
		}
	}
}

func TestLiveStages(t *testing.T) {
	a, _ := live(t, nil)
	same(t, "people", a.People, 1000)
	same(t, "currency", a.Currency, "NOK")
	find := a.Stages[0]
	same(t, "title from the id", find.Title, "Find")
	same(t, "people", find.People, 900)
	same(t, "next n", find.Next.N, 300)
	same(t, "next of", find.Next.Of, 900)
	same(t, "onward n", find.Onward.N, 310)
	near(t, "next", &find.Next.Rate, 1.0/3, 1e-9)
	near(t, "next change", &find.NextChange.Value, 300.0/900-380.0/800, 1e-9)
	same(t, "next change", find.NextChange.Direction, "worse")
	near(t, "trend", &find.Trend.Value, 0.125, 1e-9)
	same(t, "trend", find.Trend.Direction, "better")
	same(t, "visits", find.Visits, 1500)
	same(t, "value", find.Value.Sum, 9000)
	order, receive := a.Stages[1], a.Stages[2]
	same(t, "failures", order.Failures.N, 24)
	same(t, "failures of", order.Failures.Of, 810)
	same(t, "order's next change", order.NextChange.Direction, "no_change")
	if receive.Next != nil || receive.Onward != nil || receive.NextChange != nil {
		t.Error("the last stage has a next one")
	}
	same(t, "trend of 220 against 210", receive.Trend.Direction, "no_change")

	// A stage that cannot be observed is no drop to nothing.
	a, _ = live(t, func(_ *Journey, lib Library, _ *seq.JourneyAnswer, _ *LiveQuery) {
		for _, id := range []string{"in-time", "late", "review"} {
			lib.Touchpoints[id].Spec.Match = nil
		}
	})
	if a.Stages[1].Next != nil || a.Stages[1].Onward != nil || a.Stages[1].NextChange != nil || a.Stages[0].Onward == nil {
		t.Error("nobody went on to a stage that cannot be observed")
	}
	same(t, "biggest drop", fact(a, "biggest_drop").Stage, "find")
	near(t, "observed where nothing later can be", a.Curves[3].Points[1].Value, 2*(1-24.0/810)-1, 1e-9)

	// A first period is no rise.
	a, _ = live(t, func(_ *Journey, _ Library, ans *seq.JourneyAnswer, _ *LiveQuery) { ans.Before = seq.JourneyCounts{} })
	if a.Trend != nil || a.Stages[0].Trend != nil || a.Stages[0].NextChange != nil || a.Touchpoints[0].Trend != nil {
		t.Error("something changed against nothing")
	}
}

func TestLiveSteps(t *testing.T) {
	a, _ := live(t, nil)
	search, compare, parcel := a.Steps[0], a.Steps[1], a.Steps[6]
	same(t, "at least", search.PeopleMin, 600)
	same(t, "at most, capped by the stage", search.PeopleMax, 900)
	same(t, "visits", search.Visits, 1500)
	same(t, "stage", search.Stage, "find")
	same(t, "optional", compare.Optional, true)
	same(t, "one touchpoint is exact", a.Steps[2].PeopleMin, a.Steps[2].PeopleMax)
	same(t, "parcel", fmt.Sprint(parcel.ID, parcel.PeopleMin, parcel.PeopleMax), "parcel150 190")
}

func TestLiveTouchpoints(t *testing.T) {
	a, _ := live(t, nil)
	cart, rep, pay, late := a.Touchpoints[3], a.Touchpoints[5], a.Touchpoints[6], a.Touchpoints[8]
	same(t, "step", cart.Step, "cart")
	same(t, "channel", cart.Channel, "Web shop")
	near(t, "target", cart.TargetSeconds, 3600, 0)
	near(t, "onward", &cart.Onward.Rate, 0.525, 1e-9)
	same(t, "onward of", cart.Onward.Of, 400)
	same(t, "title", late.Title, "Late parcel")
	same(t, "silent", strings.Join(a.Silent, " "), "rep-order")
	same(t, "not observable is not silent", a.Touchpoints[2].Silent || a.Touchpoints[2].Observable, false)
	same(t, "fall to nothing", rep.Trend.Direction, "worse")
	same(t, "failures", pay.FailureChange.Direction, "worse")
	near(t, "failure rate", &pay.Failures.Rate, 0.12, 1e-9)
	same(t, "answers", late.Score.N, 24)
	near(t, "csat", &late.Score.Value, 8.0/24, 1e-9)
	near(t, "mean", &late.Score.Mean, 62.0/24, 1e-9)
	if late.ScoreChange != nil {
		t.Error("a score changed against no answers")
	}
	same(t, "score", a.Touchpoints[7].ScoreChange.Direction, "no_change")
	same(t, "points", len(cart.Series), 28)

	// More late parcels, or more calls for help, are no good news.
	for name, change := range map[string]func(Library, *seq.JourneyAnswer){
		"each visit failed": func(_ Library, ans *seq.JourneyAnswer) { ans.Now.Touchpoints[8].Failures = 40 },
		"it says so":        func(lib Library, _ *seq.JourneyAnswer) { lib.Touchpoints["late"].Spec.MoreIs = "bad" },
	} {
		a, _ := live(t, func(_ *Journey, lib Library, ans *seq.JourneyAnswer, _ *LiveQuery) {
			ans.Before.Touchpoints[8] = seq.TouchpointCounts{People: 10, Visits: 10}
			change(lib, ans)
		})
		same(t, name, a.Touchpoints[8].Trend.Direction, "worse")
	}

	// A touchpoint that the library does not have is shown, without numbers; one that stands twice counts once.
	a, f := live(t, func(j *Journey, lib Library, _ *seq.JourneyAnswer, _ *LiveQuery) {
		delete(lib.Touchpoints, "review")
		j.Spec.Stages[2].Steps[1].Touchpoints = []string{"cart", "review"}
	})
	same(t, "asked", len(f.asked[0].Touchpoints), 10)
	same(t, "unknown touchpoint's title", a.Touchpoints[9].Title, "Review")
	same(t, "observable", a.Touchpoints[9].Observable, false)
}

func TestEvidence(t *testing.T) {
	a, _ := live(t, nil)
	tp := func(i int) Evidence { return a.Touchpoints[i].Evidence }
	same(t, "fresh grade", tp(3).Grade, "observed")
	same(t, "fresh n", tp(3).N, 500)
	near(t, "fresh age", tp(3).AgeDays, 0, 1e-9)
	same(t, "fresh strength", tp(3).Strength, 1)
	near(t, "late was seen to the end of day 14", tp(8).AgeDays, 14, 1e-9)
	s := tp(8).Strength
	near(t, "strength after 14 days", &s, math.Exp2(-14.0/90), 1e-4)
	same(t, "compared", tp(2).Grade, "researched")
	near(t, "age of the interviews", tp(2).AgeDays, 90, 1e-9)
	s = tp(2).Strength
	near(t, "strength of the interviews", &s, math.Exp2(-90.0/365), 1e-4)
	same(t, "silent", tp(5).Grade, "assumed")
	same(t, "stage", fmt.Sprint(a.Stages[0].Evidence.Grade, a.Stages[0].Evidence.N), "observed1500")
	same(t, "optional step", a.Steps[1].Evidence.Grade, "researched")

	same(t, "cells", len(a.Cells), 2)
	same(t, "sourced", a.Cells[0].Evidence.Grade, "researched")
	same(t, "half after a year", a.Cells[0].Evidence.Strength, 0.5)
	same(t, "unsourced", a.Cells[1].Evidence, Evidence{Grade: "assumed"})
	same(t, "a source without a day", researched("sales", "", testNow()).Strength, 0.5)
	near(t, "a day beside the source", researched("sales 2020-01-01", "2026-11-20", testNow()).AgeDays, 2, 1e-9)

	a, _ = live(t, func(_ *Journey, _ Library, ans *seq.JourneyAnswer, _ *LiveQuery) { ans.Now.Touchpoints[8].Visits = 0 })
	same(t, "answers only", fmt.Sprint(tp(8).Grade, tp(8).N), "reported24")
	a, _ = live(t, func(_ *Journey, _ Library, _ *seq.JourneyAnswer, q *LiveQuery) {
		to := testNow().AddDate(0, 0, -90)
		q.To = &to
	})
	same(t, "an old range has faded", tp(3).Strength, 0.5)
}

func TestCurves(t *testing.T) {
	a, _ := live(t, nil)
	var kinds []string
	for _, c := range a.Curves {
		kinds = append(kinds, c.Kind+":"+c.Persona)
		same(t, "points of "+c.Kind, len(c.Points), 3)
	}
	same(t, "curves", strings.Join(kinds, " "), "assumed: assumed:purchaser reported: observed:")
	everybody, purchaser, reported, seen := a.Curves[0].Points, a.Curves[1].Points, a.Curves[2].Points, a.Curves[3].Points
	near(t, "mean of a stage's guesses", everybody[0].Value, 0.3, 1e-9)
	if everybody[1].Value != nil || everybody[0].Low != nil || everybody[0].Evidence.Strength != 0 {
		t.Error("a guess has an interval, or nothing has a value")
	}
	near(t, "guess for a stage", purchaser[2].Value, -0.4, 1e-9)

	if reported[0].Value != nil || reported[1].Value != nil {
		t.Error("a stage without answers has a reported value")
	}
	mean := (4*1 + 10*3 + 40*4 + 46*5 + 10*1 + 6*2 + 8*5) / 124.0
	near(t, "reported", reported[2].Value, 2*(mean-1)/4-1, 1e-9)
	same(t, "answers", reported[2].Evidence.N, 124)
	same(t, "grade", reported[2].Evidence.Grade, "reported")
	if *reported[2].Low >= *reported[2].Value || *reported[2].High <= *reported[2].Value {
		t.Error("the reported interval is empty")
	}

	// find: nothing failed, 310 of 900 went on, 500 of 1,500 visits were the last.
	near(t, "observed", seen[0].Value, 2*(1+310.0/900+1000.0/1500)/3-1, 1e-9)
	// receive, the last: only failures count, and there are none.
	near(t, "observed last", seen[2].Value, 1, 1e-9)
	same(t, "observed n", seen[0].Evidence.N, 1500)

	a, _ = live(t, func(_ *Journey, lib Library, ans *seq.JourneyAnswer, _ *LiveQuery) {
		lib.Touchpoints["late"].Spec.Score = lib.Touchpoints["in-time"].Spec.Score
		ans.Now.Touchpoints[8].Scores, ans.Now.Touchpoints[8].ScoreCounts = ans.Now.Touchpoints[7].Scores, ans.Now.Touchpoints[7].ScoreCounts
	})
	same(t, "a shared question is taken once", a.Curves[2].Points[2].Evidence.N, 100)
}

func TestEdges(t *testing.T) {
	a, _ := live(t, nil)
	var got []string
	for _, e := range a.Edges {
		got = append(got, fmt.Sprintf("%s>%s:%d:%s:%t", e.From, e.To, e.Count, e.Kind, e.Planned))
	}
	want := []string{"search-ad>cart:150:skip:true", "cart>web-order:100:branch:true", "web-order>pay:99:skip:true",
		"in-time>review:90:next:true", "cart>site-search:50:loop:true", "pay>cart:10:back:false"}
	if !slices.Equal(got, want) {
		t.Errorf("edges are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	near(t, "share", &a.Edges[1].Share, 100.0/150, 1e-9)
}

func TestEmptyMap(t *testing.T) {
	f := &fakeEngine{}
	j := &Journey{Header: Header{APIVersion, KindJourney, Metadata{ID: "new"}}, Spec: JourneySpec{Stages: []Stage{{ID: "a"}, {ID: "b"}}}}
	a, err := Live(t.Context(), f, j, Library{}, LiveQuery{Now: testNow()})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "questions", len(f.asked), 0)
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"steps", "touchpoints", "edges", "unmapped", "silent", "facts", "cells"} {
		if !strings.Contains(string(b), `"`+list+`":[]`) {
			t.Errorf("%s is no empty list in %s", list, b)
		}
	}
	same(t, "stages", len(a.Stages), 2)
	same(t, "title", a.Title, "New")
	conforms(t.Errorf, "answer", reflect.ValueOf(a), "")
}

// TestAnyCounts draws counts at random, sane or not: the answer is always finite, ordered and writable as JSON.
func TestAnyCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ans := testAnswer()
		n := func() int64 { return rapid.Int64Range(0, 2000).Draw(t, "n") }
		for _, c := range []*seq.JourneyCounts{&ans.Now, &ans.Before} {
			c.People = n()
			for i := range c.Stages {
				p := n()
				c.Stages[i] = seq.StageCounts{People: p, Onward: min(n(), p), Next: min(n(), p)}
			}
			for i := range c.Touchpoints {
				p, v := n(), n()
				c.Touchpoints[i] = seq.TouchpointCounts{People: p, Visits: v, Entries: n(), Exits: n(), Onward: min(n(), p), Failures: min(n(), v),
					Series: []int64{n(), n()}, Scores: []float64{1, 3, 5, 9}, ScoreCounts: []int64{n(), n(), n(), n()}}
			}
		}
		a, err := Live(t.Context(), &fakeEngine{answer: ans}, testMap(), testLibrary(), LiveQuery{Now: testNow()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := json.Marshal(a); err != nil {
			t.Fatal(err)
		}
		for _, c := range a.Curves {
			for _, p := range c.Points {
				if p.Value != nil && (*p.Value < -1-1e-9 || *p.Value > 1+1e-9) || p.Low != nil && (*p.Low > *p.Value+1e-9 || *p.High < *p.Value-1e-9) {
					t.Fatalf("%s: %v in %v to %v", c.Kind, *p.Value, p.Low, p.High)
				}
			}
		}
		for _, s := range a.Steps {
			if s.PeopleMin > s.PeopleMax {
				t.Fatalf("%+v", s)
			}
		}
		for _, f := range a.Facts {
			if f.Kind == "score_gap" && *f.High >= 0 {
				t.Fatalf("a gap that its interval does not bear out: %+v", f)
			}
		}
	})
}
