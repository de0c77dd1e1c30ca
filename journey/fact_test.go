package journey

import (
	"strings"
	"testing"

	"wend.dev/wend/engine/seq"
)

func fact(a *LiveAnswer, kind string) *Fact {
	for i := range a.Facts {
		if a.Facts[i].Kind == kind {
			return &a.Facts[i]
		}
	}
	return nil
}

// TestScoreGap has answers as in a shop's data: parcels in time 4.28, late ones 2.50.
func TestScoreGap(t *testing.T) {
	set := func(inTime, late []int64) *LiveAnswer {
		a, _ := live(t, func(_ *Journey, _ Library, ans *seq.JourneyAnswer, _ *LiveQuery) {
			for i, counts := range map[int][]int64{7: inTime, 8: late} {
				ans.Now.Touchpoints[i].Scores, ans.Now.Touchpoints[i].ScoreCounts = []float64{1, 2, 3, 4, 5}, counts
			}
		})
		return a
	}
	a := set([]int64{60, 20, 80, 260, 580}, []int64{38, 16, 16, 18, 12})
	f := fact(a, "score_gap")
	if f == nil {
		t.Fatal("no fact")
	}
	same(t, "the worse one", f.Touchpoint, "late")
	same(t, "against", f.Other, "in-time")
	near(t, "late", &f.Figures[0].Value, 2.50, 1e-9)
	near(t, "in time", &f.Figures[1].Value, 4.28, 1e-9)
	same(t, "late answers", f.Figures[0].N, 100)
	same(t, "timely answers", f.Figures[1].N, 1000)
	near(t, "difference", f.Difference, -1.78, 1e-9)
	if *f.Low >= -1.78 || *f.High <= -1.78 || *f.High >= 0 {
		t.Errorf("interval %f to %f", *f.Low, *f.High)
	}
	for _, part := range []string{"Late parcel scores 2.50 (100 answers)", "In time 4.28 (1\u202f000)", "1.78 lower"} {
		if !strings.Contains(f.Text, part) {
			t.Errorf("%q does not say %q", f.Text, part)
		}
	}
	q := f.Query.(seq.Trend)
	same(t, "question", f.Question, "trend")
	same(t, "series", q.Series[0].Name+"|"+q.Series[0].Where+"|"+q.Series[0].Measure+"|"+q.Series[0].Property, "Late parcel|properties.late == true|mean|properties.score")
	same(t, "range", *q.From, a.From)
	same(t, "first of all", a.Facts[0].Kind, "score_gap")

	if f := fact(set([]int64{6, 2, 8, 26, 58}, []int64{1, 0, 1, 3, 5}), "score_gap"); f != nil {
		t.Errorf("a gap that may be chance is told: %s", f.Text)
	}
	if f := fact(set([]int64{60, 20, 80, 260, 580}, []int64{1, 0, 0, 0, 0}), "score_gap"); f != nil {
		t.Errorf("a gap of one answer is told: %s", f.Text)
	}
}

func TestScoreGapNPS(t *testing.T) {
	a, _ := live(t, func(_ *Journey, lib Library, ans *seq.JourneyAnswer, _ *LiveQuery) {
		lib.Touchpoints["in-time"].Spec.Score.Scale, lib.Touchpoints["late"].Spec.Score.Scale = "nps", "nps"
		for i, counts := range map[int][]int64{7: {20, 30, 50}, 8: {60, 20, 20}} {
			ans.Now.Touchpoints[i].Scores, ans.Now.Touchpoints[i].ScoreCounts = []float64{2, 8, 10}, counts
		}
	})
	f := fact(a, "score_gap")
	if f == nil {
		t.Fatal("no fact")
	}
	near(t, "difference", f.Difference, -70, 1e-9)
	same(t, "unit", f.Figures[0].Unit, "nps")
	near(t, "late", &f.Figures[0].Value, -40, 1e-9)

	// Scales that differ are not compared.
	a, _ = live(t, func(_ *Journey, lib Library, _ *seq.JourneyAnswer, _ *LiveQuery) {
		lib.Touchpoints["late"].Spec.Score.Scale = "ces"
	})
	if f := fact(a, "score_gap"); f != nil {
		t.Errorf("csat was compared with ces: %s", f.Text)
	}
}

func TestSlowHandover(t *testing.T) {
	a, _ := live(t, nil)
	f := fact(a, "slow_handover")
	if f == nil {
		t.Fatal("no fact")
	}
	same(t, "text", f.Text, "From Cart to the next touchpoint takes 2 h (median of 150 moves); the target is 1 h. One in ten waits longer than 1 d 1 h.")
	same(t, "moves", f.Figures[0].N, 150)
	q := f.Query.(seq.Paths)
	same(t, "start", q.Start.Event[0], "Product Added")
	same(t, "gap", q.SessionGap, days(30))
	var around []string
	for _, m := range q.Touchpoint {
		around = append(around, m.ID)
	}
	same(t, "around", strings.Join(around, " "), "cart search-ad web-order site-search pay")

	for name, change := range map[string]func(*seq.JourneyAnswer){
		"within its target": func(a *seq.JourneyAnswer) { a.Now.Touchpoints[3].MedianSeconds = seconds(3600) },
		"hardly used":       func(a *seq.JourneyAnswer) { a.Edges = a.Edges[:2] },
	} {
		a, _ := live(t, func(_ *Journey, _ Library, ans *seq.JourneyAnswer, _ *LiveQuery) { change(ans) })
		if f := fact(a, "slow_handover"); f != nil {
			t.Errorf("a hand-over %s is told: %s", name, f.Text)
		}
	}
}

func TestFailures(t *testing.T) {
	a, _ := live(t, nil)
	f := fact(a, "failures")
	if f == nil {
		t.Fatal("no fact")
	}
	same(t, "text", f.Text, "24 of 200 visits at Pay failed: 12 % (95 % interval 8.2 % to 17 %).")
	same(t, "touchpoint", f.Touchpoint, "pay")
	near(t, "low", f.Low, 0.0819, 0.0001)
	a, _ = live(t, func(_ *Journey, _ Library, ans *seq.JourneyAnswer, _ *LiveQuery) { ans.Now.Touchpoints[6].Failures = 4 })
	if f := fact(a, "failures"); f != nil {
		t.Errorf("four failures are told: %s", f.Text)
	}
	// Every late parcel is a failure by its name: what counts is their share of all parcels.
	a, _ = live(t, func(_ *Journey, _ Library, ans *seq.JourneyAnswer, _ *LiveQuery) {
		ans.Now.Touchpoints[8].Failures = 40
	})
	f = fact(a, "failures")
	same(t, "text", f.Text, "40 of 200 visits at Parcel failed: 20 % (95 % interval 15 % to 26 %). Most of them at Late parcel (40).")
	same(t, "touchpoint", f.Touchpoint, "late")
	same(t, "of", f.Figures[0].Of, 200)
}

func TestBiggestDrop(t *testing.T) {
	a, _ := live(t, nil)
	f := fact(a, "biggest_drop")
	if f == nil {
		t.Fatal("no fact")
	}
	same(t, "text", f.Text, "Of 900 accounts at Find, 300 went on to Order: 33 % (95 % interval 30 % to 36 %).")
	q := f.Query.(seq.Funnel)
	same(t, "actor", q.Actor, "account")
	same(t, "window", q.Window, days(30))
	same(t, "first step", q.Steps[0].Name+"|"+strings.Join(q.Steps[0].Event, ",")+"|"+q.Steps[0].Where, "Find|Ad Clicked,Products Searched|")
	same(t, "second step's events", strings.Join(q.Steps[1].Event, ","), "Product Added,Order Completed,Payment Entered")
	same(t, "second step's condition", q.Steps[1].Where, `(event == "Product Added") || ((event == "Order Completed") && (properties.channel == 'web')) || `+
		`((event == "Order Completed") && (properties.channel == 'rep')) || (event == "Payment Entered")`)

	a, _ = live(t, func(_ *Journey, _ Library, ans *seq.JourneyAnswer, _ *LiveQuery) {
		ans.Now.Stages[0].Next, ans.Now.Stages[1].People = 899, 29
	})
	same(t, "a stage of few is left out", fact(a, "biggest_drop").Stage, "find")
	a, _ = live(t, func(_ *Journey, _ Library, ans *seq.JourneyAnswer, _ *LiveQuery) {
		ans.Now.Stages[0].People = 29
		ans.Now.Stages[0].Next = 0
	})
	same(t, "whatever its share", fact(a, "biggest_drop").Stage, "order")
}

func TestSilence(t *testing.T) {
	a, _ := live(t, nil)
	f := fact(a, "silent")
	if f == nil {
		t.Fatal("no fact")
	}
	same(t, "text", f.Text, "No event reached Rep order in 28 d.")
	same(t, "matcher", f.Query.(seq.Trend).Series[0].Where, "properties.channel == 'rep'")
	a, _ = live(t, func(_ *Journey, _ Library, ans *seq.JourneyAnswer, _ *LiveQuery) { ans.Now.Touchpoints[4].Visits = 0 })
	same(t, "text of two", fact(a, "silent").Text, "No event reached 2 touchpoints in 28 d, among them Web order.")
	a, _ = live(t, func(_ *Journey, _ Library, ans *seq.JourneyAnswer, _ *LiveQuery) { ans.Now.People = 0 })
	if f := fact(a, "silent"); f != nil {
		t.Errorf("on a map without anybody silence is told: %s", f.Text)
	}
}

func TestAnyOf(t *testing.T) {
	for _, c := range []struct {
		in   []seq.Matcher
		want string
	}{
		{[]seq.Matcher{{Event: seq.Names{"A"}, Where: "w", FirstTime: true}}, "A|w"},
		{[]seq.Matcher{{Event: seq.Names{"A", "B"}}, {Event: seq.Names{"B", "C"}}}, "A,B,C|"},
		{[]seq.Matcher{{Event: seq.Names{"A", "B"}, Where: "w"}, {Event: seq.Names{"C"}}}, `A,B,C|((event == "A" || event == "B") && (w)) || (event == "C")`},
		{[]seq.Matcher{{Event: seq.Names{"*"}, Where: "w"}, {Event: seq.Names{"C"}, Where: "v"}}, `*|(w) || ((event == "C") && (v))`},
		{[]seq.Matcher{{Event: seq.Names{"*"}}, {Event: seq.Names{"C"}, Where: "v"}}, `*|(true) || ((event == "C") && (v))`},
	} {
		m := anyOf("name", c.in)
		same(t, "any of", strings.Join(m.Event, ",")+"|"+m.Where, c.want)
		same(t, "name", m.Name, "name")
	}
}

func TestFigures(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1\u202f000", 12480: "12\u202f480", 1234567: "1\u202f234\u202f567", -1234: "-1\u202f234"} {
		same(t, "count", count(n), want)
	}
	for s, want := range map[float64]string{0: "0 s", 0.4: "0 s", 59: "59 s", 60: "1 min", 119: "1 min", 3600: "1 h", 5400: "1 h 30 min", 86400: "1 d", 115200: "1 d 8 h", 86430: "1 d", 28 * 86400: "28 d"} {
		same(t, "span", span(s), want)
	}
	for p, want := range map[float64]string{0: "0 %", 0.081: "8.1 %", 0.5: "50 %", 1: "100 %"} {
		same(t, "percent", percent(p), want)
	}
}
