package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"wend.dev/wend/event"
)

// perProfile is the mean number of events of one profile.
const perProfile = 50

// days is the span that events are spread over.
const days = 90

// start is the instant before which nothing happens.
func start() time.Time { return time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC) }

// brands is the number of values of the property that some events carry, and brandPath its path.
const (
	brands    = 1000
	brandPath = "properties.brand"
)

// branded are the events that carry a brand: Product Viewed, Product Added.
var branded = [256]bool{1: true, 9: true}

// plans are the values of the trait that identify calls give, the most frequent first, each with its share in per cent.
var plans = []struct {
	name  string
	share int
}{{"free", 60}, {"plus", 25}, {"pro", 12}, {"team", 3}}

// planPath is the trait's path.
const planPath = "traits.plan"

// identify is the code of an identify call, which has no name in the vocabulary.
const identify = 255

// vocabulary is what happens and how often, per mille, before habits change it.
var vocabulary = []struct {
	name  string
	share int
}{
	{"Page Viewed", 300}, {"Product Viewed", 190}, {"Product List Viewed", 120}, {"Search Performed", 80},
	{"Email Opened", 60}, {"Product Clicked", 50}, {"Promotion Viewed", 40}, {"Cart Viewed", 35},
	{"Email Clicked", 25}, {"Product Added", 20}, {"Article Read", 18}, {"Store Located", 12},
	{"Coupon Applied", 10}, {"Product Removed", 9}, {"Checkout Started", 6}, {"Review Read", 6},
	{"Support Requested", 5}, {"Delivery Tracked", 4}, {"Order Completed", 3}, {"Account Created", 2},
	{"Newsletter Joined", 2}, {"Order Returned", 1}, {"Survey Answered", 1}, {"Friend Referred", 1},
}

// habits are what often follows what: after from, the next event is to with the given chance.
var habits = map[int][]struct {
	to     int
	chance float64
}{
	1:  {{9, 0.12}, {1, 0.10}}, // a product seen is put into the cart, or another is looked at
	9:  {{14, 0.25}},           // from the cart to the checkout
	14: {{18, 0.60}},           // and to the order
	18: {{17, 0.30}, {22, 0.05}},
}

// world makes a deterministic history: the same for the same number of events and seed.
type world struct {
	rng    *rand.Rand
	ids    []person
	counts []int
	lookup [1000]uint8
}

type person struct {
	profile event.ProfileID
	user    string
}

func newWorld(events int, seed uint64) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 50))}
	profiles := max(1, events/perProfile)
	w.ids = make([]person, profiles)
	for i := range w.ids {
		user := fmt.Sprintf("u-%07d", i)
		w.ids[i] = person{event.UserProfile(user), user}
	}
	slices.SortFunc(w.ids, func(a, b person) int { return cmp.Compare(a.profile, b.profile) })
	w.counts = make([]int, profiles)
	left := events
	for i := range w.counts {
		w.counts[i] = 1 + int(w.rng.ExpFloat64()*(perProfile-1))
		left -= w.counts[i]
	}
	for i := 0; left != 0; i = (i + 1) % profiles { // exactly as many as asked for
		switch {
		case left > 0:
			w.counts[i]++
			left--
		case w.counts[i] > 1:
			w.counts[i]--
			left++
		}
	}
	at := 0
	for code, v := range vocabulary {
		for range v.share {
			w.lookup[at] = uint8(code)
			at++
		}
	}
	return w
}

// moment is one event before it has become one.
type moment struct {
	at    event.Millis
	code  uint8  // into vocabulary, or identify
	plan  uint8  // into plans, of an identify call
	brand uint16 // from 1, 0 for none
}

// each gives all events by profile, then time. The slice is used again. No two events of a profile happen in the same
// millisecond, so that no two engines can disagree about ties; but an identify call comes with the event that it was
// sent with, and so moves no border between sessions.
func (w *world) each(yield func(p person, moments []moment) error) error {
	const span = days * 24 * 3600e3
	begin := event.MillisOf(start())
	var moments []moment
	for i, p := range w.ids {
		moments = moments[:0]
		for left := w.counts[i]; left > 0; { // visits of about seven events, anywhere in the span
			t := begin + event.Millis(w.rng.Int64N(span))
			for n := min(left, 1+int(w.rng.ExpFloat64()*6)); n > 0; n-- {
				moments = append(moments, moment{at: t})
				t += event.Millis(1000 + w.rng.ExpFloat64()*40e3)
				left--
			}
		}
		slices.SortFunc(moments, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
		for j := 1; j < len(moments); j++ {
			moments[j].at = max(moments[j].at, moments[j-1].at+1)
		}
		before := -1
		for j := range moments {
			before = w.next(before)
			moments[j].code = uint8(before)
			if branded[before] {
				moments[j].brand = w.brand()
			}
		}
		w.introduce(moments)
		if err := yield(p, moments); err != nil {
			return err
		}
	}
	return nil
}

// brand draws a brand: the first ones are far more frequent than the last.
func (w *world) brand() uint16 {
	u := w.rng.Float64()
	return 1 + uint16(u*u*brands)
}

// introduce turns a profile's first event into an identify call that comes with the second; and of one profile in
// five a later one, which may change the plan.
func (w *world) introduce(m []moment) {
	m[0] = moment{at: m[0].at, code: identify, plan: w.plan()}
	if len(m) > 1 {
		m[0].at = m[1].at
	}
	if len(m) > 2 && w.rng.IntN(5) == 0 {
		j := 2 + w.rng.IntN(len(m)-2)
		m[j] = moment{at: m[j-1].at, code: identify, plan: w.plan()}
	}
}

func (w *world) plan() uint8 {
	n := w.rng.IntN(100)
	for i, p := range plans {
		if n -= p.share; n < 0 {
			return uint8(i)
		}
	}
	return 0
}

func (w *world) next(before int) int {
	for _, h := range habits[before] {
		if w.rng.Float64() < h.chance {
			return h.to
		}
	}
	return int(w.lookup[w.rng.IntN(len(w.lookup))])
}
