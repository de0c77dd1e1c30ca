package journey

import (
	"context"
	"math"
	"testing"
	"time"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
)

// The test map: a shop's orders, with late and timely parcels as two touchpoints of one step.
//
//	stage      step        touchpoints
//	find       search      search-ad, site-search
//	           compare     compare-page             optional
//	order      cart        cart
//	           web-order   web-order                one way of a branch from cart
//	           rep-order   rep-order                the other
//	           pay         pay
//	receive    parcel      in-time, late
//	           review      review
func testMap() *Journey {
	return &Journey{
		Header: Header{APIVersion, KindJourney, Metadata{ID: "orders", Title: "I order parts", Owner: "cx@example.com"}},
		Spec: JourneySpec{
			Actor: "account", Idle: days(30), Personas: []string{"purchaser"},
			Stages: []Stage{
				{ID: "find", Goal: &Goal{Metric: "visitors", Target: ">= 100 per week"}, Steps: []Step{
					{ID: "search", Touchpoints: []string{"search-ad", "site-search"}},
					{ID: "compare", Optional: true, Touchpoints: []string{"compare-page"}}}},
				{ID: "order", Title: "Order", Goal: &Goal{Metric: "orders", Of: "visitors", Target: ">= 20 %"}, Steps: []Step{
					{ID: "cart", Touchpoints: []string{"cart"}},
					{ID: "web-order", Touchpoints: []string{"web-order"}},
					{ID: "rep-order", Touchpoints: []string{"rep-order"}},
					{ID: "pay", Touchpoints: []string{"pay"}}}},
				{ID: "receive", Goal: &Goal{Metric: "in time", Of: "parcels", Target: "95 %"}, Steps: []Step{
					{ID: "parcel", Touchpoints: []string{"in-time", "late"}},
					{ID: "review", Touchpoints: []string{"review"}}}},
			},
			Branches: []Branch{{From: "cart", To: []string{"web-order", "rep-order"}}},
			Loops:    []Loop{{From: "cart", To: "search"}},
			Emotions: []Emotion{{Step: "search", Assumed: 0.5}, {Step: "compare", Assumed: 0.1}, {Step: "receive", Persona: "purchaser", Assumed: -0.4}},
			Lanes:    []Lane{{ID: "asks", Kind: "questions", Cells: []Cell{{At: "find", Text: "Does it fit?", Source: "interviews 2025-11-22"}, {At: "cart", Text: "How much is freight?"}}}},
			Value:    &Value{Event: seq.Names{"Order Completed"}, Property: "properties.total", Currency: "NOK"},
		},
	}
}

func days(n int) seq.Duration { return seq.Duration(time.Duration(n) * 24 * time.Hour) }

func testLibrary() Library {
	lib := Library{Touchpoints: map[string]*Touchpoint{}, Personas: map[string]*Persona{
		"purchaser": {Header: Header{APIVersion, KindPersona, Metadata{ID: "purchaser"}}, Spec: PersonaSpec{Segment: "profile.traits.role == 'purchaser'"}},
		"fitter":    {Header: Header{APIVersion, KindPersona, Metadata{ID: "fitter"}}},
	}}
	add := func(id, event, where string) *Touchpoint {
		t := &Touchpoint{Header: Header{APIVersion, KindTouchpoint, Metadata{ID: id}}, Spec: TouchpointSpec{Channel: "Web shop"}}
		if event != "" {
			t.Spec.Match = []seq.Matcher{{Event: seq.Names{event}, Where: where}}
		}
		lib.Touchpoints[id] = t
		return t
	}
	add("search-ad", "Ad Clicked", "")
	add("site-search", "Products Searched", "")
	add("compare-page", "", "").Spec.Views = []View{{Need: "sizes", Source: "interviews 2026-08-24"}, {Question: "which?"}}
	add("cart", "Product Added", "").Spec.TargetToNext = seq.Duration(time.Hour)
	add("web-order", "Order Completed", "properties.channel == 'web'")
	add("rep-order", "Order Completed", "properties.channel == 'rep'")
	add("pay", "Payment Entered", "").Spec.Failure = []seq.Matcher{{Event: seq.Names{"Payment Declined"}}}
	score := func(late string) *Score {
		return &Score{Event: seq.Names{"Review Given"}, Where: "properties.late == " + late, Property: "properties.score", Scale: "csat"}
	}
	add("in-time", "Shipment Delivered", "properties.late == false").Spec.Score = score("false")
	add("late", "Shipment Delivered", "properties.late == true").Spec.Score = score("true")
	add("review", "Review Given", "")
	lib.Touchpoints["late"].Metadata.Title = "Late parcel"
	return lib
}

// fakeEngine answers journeys with what it was given and remembers the question.
type fakeEngine struct {
	engine.Engine
	asked  []seq.Journey
	answer *seq.JourneyAnswer
	err    error
}

func (f *fakeEngine) Journey(_ context.Context, q seq.Journey) (*seq.JourneyAnswer, error) {
	f.asked = append(f.asked, q)
	return f.answer, f.err
}

func testNow() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) }

func series(last int) []int64 {
	s := make([]int64, 28)
	for i := range last + 1 {
		s[i] = int64(i%3) + 1
	}
	return s
}

func seconds(s float64) *float64 { return &s }

// testAnswer is a month of the test map: touchpoints in map order search-ad, site-search, compare-page, cart, web-order,
// rep-order, pay, in-time, late, review.
func testAnswer() *seq.JourneyAnswer {
	return &seq.JourneyAnswer{
		Now: seq.JourneyCounts{People: 1000, Journeys: 1200,
			Stages: []seq.StageCounts{
				{People: 900, Onward: 310, Next: 300, Value: 9000, ValueCount: 90},
				{People: 400, Onward: 200, Next: 200, Value: 12000, ValueCount: 120},
				{People: 220, Value: 100, ValueCount: 1}},
			Touchpoints: []seq.TouchpointCounts{
				{People: 600, Visits: 700, Entries: 650, Exits: 300, Onward: 200, Series: series(27), MedianSeconds: seconds(30), P90Seconds: seconds(600)},
				{People: 500, Visits: 800, Entries: 300, Exits: 200, Onward: 150, Series: series(27)},
				{},
				{People: 400, Visits: 500, Exits: 60, Onward: 210, Series: series(27), MedianSeconds: seconds(7200), P90Seconds: seconds(90000)},
				{People: 110, Visits: 110, Onward: 100, Series: series(27), MedianSeconds: seconds(60)},
				{},
				{People: 120, Visits: 200, Failures: 24, Exits: 12, Onward: 100, Series: series(27)},
				{People: 150, Visits: 160, Exits: 40, Onward: 140, Series: series(20), Scores: []float64{1, 3, 4, 5}, ScoreCounts: []int64{4, 10, 40, 46}},
				{People: 40, Visits: 40, Exits: 30, Onward: 20, Series: series(13), Scores: []float64{1, 2, 5}, ScoreCounts: []int64{10, 6, 8}},
				{People: 160, Visits: 160, Exits: 150, Series: series(27)},
			}},
		Before: seq.JourneyCounts{People: 900, Journeys: 1000,
			Stages: []seq.StageCounts{{People: 800, Onward: 400, Next: 380}, {People: 410, Onward: 205, Next: 205}, {People: 210}},
			Touchpoints: []seq.TouchpointCounts{
				{People: 500, Visits: 600, Onward: 250}, {People: 480, Visits: 700, Onward: 200}, {}, {People: 410, Visits: 500, Onward: 205},
				{People: 100, Visits: 100}, {People: 5, Visits: 5}, {People: 120, Visits: 180, Failures: 9},
				{People: 150, Visits: 150, Scores: []float64{1, 4, 5}, ScoreCounts: []int64{10, 40, 50}}, {}, {People: 150, Visits: 150}}},
		Edges: []seq.JourneyEdge{
			{From: 7, To: 9, Count: 90, People: 80, MedianSeconds: 86400}, {From: 0, To: 3, Count: 150, People: 140, MedianSeconds: 30},
			{From: 3, To: 4, Count: 100, People: 100, MedianSeconds: 7000}, {From: 3, To: 1, Count: 50, People: 45, MedianSeconds: 60},
			{From: 6, To: 3, Count: 10, People: 9, MedianSeconds: 5}, {From: 4, To: 6, Count: 99, People: 99, MedianSeconds: 60}},
		Unmapped: []seq.UnmappedEvent{{Name: "Call Made", Count: 70, People: 50}},
		Meta:     seq.Meta{Actors: 1000, EventsScanned: 5000, Backend: "part"},
	}
}

func live(t *testing.T, change func(*Journey, Library, *seq.JourneyAnswer, *LiveQuery)) (*LiveAnswer, *fakeEngine) {
	t.Helper()
	j, lib, q := testMap(), testLibrary(), LiveQuery{Now: testNow()}
	f := &fakeEngine{answer: testAnswer()}
	if change != nil {
		change(j, lib, f.answer, &q)
	}
	a, err := Live(t.Context(), f, j, lib, q)
	if err != nil {
		t.Fatal(err)
	}
	return a, f
}

func near(t *testing.T, what string, got *float64, want, within float64) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > within {
		g := math.NaN()
		if got != nil {
			g = *got
		}
		t.Errorf("%s is %.4f, want %.4f", what, g, want)
	}
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// The touchpoints of a map as paths are asked with: in map order, those that can be observed, by their titles.
func TestMapped(t *testing.T) {
	got := testLibrary().Mapped(testMap())
	want := []string{"search-ad=Search ad", "site-search=Site search", "cart=Cart", "web-order=Web order", "rep-order=Rep order", "pay=Pay", "in-time=In time", "late=Late parcel", "review=Review"}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, m := range got {
		if m.ID+"="+m.Name != want[i] || len(m.Match) != 1 {
			t.Errorf("%d: %+v, want %s", i, m, want[i])
		}
	}
	if got := (Library{}).Mapped(testMap()); got == nil || len(got) != 0 {
		t.Errorf("of an empty library: %+v", got)
	}
}
