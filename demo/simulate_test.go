package demo

import (
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"wend.dev/wend/event"
)

var end = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func world2000(calm bool) Options {
	return Options{Profiles: 2000, Days: 120, Seed: 7, End: end, Calm: calm}
}

func collect(o Options) (out []event.Event) {
	for e := range Simulate(o) {
		out = append(out, *e)
	}
	return out
}

func TestSameSeedSameWorld(t *testing.T) {
	o := Options{Profiles: 200, Days: 60, Seed: 3, End: end}
	a, b := collect(o), collect(o)
	same := func(x, y event.Event) bool {
		return x.MessageID == y.MessageID && x.Time == y.Time && x.Name == y.Name && slices.Equal(x.Fields, y.Fields)
	}
	if len(a) == 0 || !slices.EqualFunc(a, b, same) {
		t.Fatalf("two runs differ: %d and %d events", len(a), len(b))
	}
	o.Seed = 4
	if slices.EqualFunc(a, collect(o), same) {
		t.Error("another seed gives the same world")
	}
}

func TestEventsAreWellFormed(t *testing.T) {
	ids := map[string]bool{}
	start := event.MillisOf(end.AddDate(0, 0, -120))
	n := 0
	for e := range Simulate(world2000(false)) {
		n++
		if ids[e.MessageID] {
			t.Fatalf("message id %s twice", e.MessageID)
		}
		ids[e.MessageID] = true
		if e.Time < start-day || e.Time >= event.MillisOf(end) {
			t.Fatalf("%s at %s lies outside the history", e.Name, e.Time.Time())
		}
		if e.Profile == 0 || e.Profile != event.ProfileOf(e.UserID, e.AnonymousID) {
			t.Fatalf("%s has profile %s", e.MessageID, e.Profile)
		}
		if !slices.IsSortedFunc(e.Fields, func(a, b event.Field) int {
			if a.Path < b.Path {
				return -1
			}
			return 1
		}) {
			t.Fatalf("%s: fields are not sorted: %v", e.Name, e.Fields)
		}
	}
	if perPerson := float64(n) / 2000; perPerson < 20 || perPerson > 100 {
		t.Errorf("%.1f events per person, meant to be 20 to 100", perPerson)
	}
}

// tally counts events by name, and those of them for which a test holds.
func tally(events []event.Event, name string, is func(*event.Event) bool) (share float64, n int) {
	hits := 0
	for i := range events {
		if e := &events[i]; e.Name == name {
			n++
			if is(e) {
				hits++
			}
		}
	}
	return float64(hits) / float64(n), n
}

func isTrue(path string) func(*event.Event) bool {
	return func(e *event.Event) bool { v, _ := e.Get(path); return v.Num != 0 }
}

// Each planted pain is there in the world and gone in its calm twin.
func TestPainsArePlanted(t *testing.T) {
	sick, calm := collect(world2000(false)), collect(world2000(true))
	half, last := event.MillisOf(end)-60*day, event.MillisOf(end)-30*day
	differs := func(id string, least float64, measure func([]event.Event) float64) {
		t.Helper()
		a, b := measure(sick), measure(calm)
		t.Logf("%s: %.3f with the pain, %.3f without", id, a, b)
		if math.IsNaN(a) || math.IsNaN(b) || a < b*least {
			t.Errorf("%s: %.3f with the pain, %.3f without; meant to be %.1f times as much", id, a, b, least)
		}
		if !slices.ContainsFunc(Pains, func(p Pain) bool { return p.ID == id }) {
			t.Errorf("%s is not documented in Pains", id)
		}
	}
	differs("safari-cards", 3, func(w []event.Event) float64 {
		pay := 0.0
		fail := 0.0
		for i := range w {
			e := &w[i]
			os, _ := e.Get("context.os.name")
			if os.Str != "iOS" || e.Time < last {
				continue
			}
			switch e.Name {
			case "Checkout Started":
				pay++
			case "Payment Failed":
				fail++
			}
		}
		return fail / pay
	})
	differs("late-parcels", 2, func(w []event.Event) float64 {
		share, _ := tally(w, "Shipment Delivered", func(e *event.Event) bool {
			v, _ := e.Get("properties.carrier")
			return v.Str == "PostNord" && e.Time > half && isTrue("properties.late")(e)
		})
		return share
	})
	differs("approval-calls", 1e6, func(w []event.Event) float64 {
		_, n := tally(w, "Call Made", isTrue("x"))
		return float64(n) + 1e-9
	})
	differs("polish-search", 1.5, func(w []event.Event) float64 {
		share, _ := tally(w, "Products Searched", func(e *event.Event) bool { v, _ := e.Get("properties.results"); return v.Num == 0 })
		return share
	})
	differs("slow-quotes", 1.5, func(w []event.Event) float64 { return meanQuoteHours(w) })
	differs("compressor-loops", 1.3, func(w []event.Event) float64 {
		share, _ := tally(w, "Products Compared", func(e *event.Event) bool { v, _ := e.Get("properties.category"); return v.Str == "compressors" })
		return share
	})
}

func meanQuoteHours(w []event.Event) float64 {
	asked := map[event.ProfileID]event.Millis{}
	var sum, n float64
	for i := range w {
		switch e := &w[i]; e.Name {
		case "Quote Requested":
			asked[e.Profile] = e.Time
		case "Quote Sent":
			if at, ok := asked[e.Profile]; ok {
				sum += float64(e.Time-at) / float64(hour)
				n++
			}
		}
	}
	return sum / n
}

func TestWorldHasEveryChannelAndKindOfCustomer(t *testing.T) {
	channels, people, companies, personas := map[string]int{}, map[event.ProfileID]bool{}, map[string]map[string]bool{}, map[string]int{}
	for e := range Simulate(world2000(false)) {
		c, _ := e.Get("context.channel")
		channels[c.Str]++
		people[e.Profile] = true
		if e.GroupID != "" {
			if companies[e.GroupID] == nil {
				companies[e.GroupID] = map[string]bool{}
			}
			companies[e.GroupID][e.UserID] = true
		}
		if p, ok := e.Get("traits.persona"); ok {
			personas[p.Str]++
		}
	}
	for _, want := range []string{"web", "email", "sales", "store", "phone", "delivery", "service"} {
		if channels[want] == 0 {
			t.Errorf("no event on channel %q: %v", want, slices.Sorted(maps.Keys(channels)))
		}
	}
	if len(personas) != 4 {
		t.Errorf("personas that identified: %v", personas)
	}
	several := 0
	for _, members := range companies {
		if len(members) > 1 {
			several++
		}
	}
	if several < 20 {
		t.Errorf("only %d companies with several known people", several)
	}
}

func BenchmarkSimulate(b *testing.B) {
	n := 0
	for b.Loop() {
		for range Simulate(Options{Profiles: 1000, Days: 120, Seed: uint64(b.N), End: end}) {
			n++
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}
