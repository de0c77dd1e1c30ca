// Package demo is no stage but a world: a seed in, the events of a simulated Nordic tool shop and its journey maps out.
//
// Nordverk sells tools and workshop supplies to companies and to people in Norway, Sweden, Denmark and Poland. Its
// customers browse anonymously and later say who they are; several people of one company share a purchase; they meet
// ads, search, mail, the site, sales representatives, stores, parcels, the service desk and surveys. Some pains are
// planted on purpose (see Pains), so that what claims to find pains can be tested on them.
//
// The simulation is a pure function of its options: the same seed gives the same events, byte for byte. People are
// made independently of one another, household by household, so any number of them streams in bounded memory.
package demo

import (
	"cmp"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"wend.dev/wend/event"
)

// Options say which world to make.
type Options struct {
	Profiles int       // people, at least 1; companies are filled up, so a few more may come
	Days     int       // length of the history, at least 1
	Seed     uint64    // any number
	End      time.Time // the history ends here; it begins Days earlier
	Calm     bool      // leave the planted pains out: the twin world for false-alarm tests
}

const (
	second = event.Millis(1000)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	runIn  = 60 * day // the world starts this long before the history, so that the shop does not open empty
)

// Simulate yields the events of one household or company after the other; within one, in order of profile, then time
// is not promised: by time only. Only what lies in the history is yielded.
func Simulate(o Options) iter.Seq[*event.Event] {
	return func(yield func(*event.Event) bool) {
		for unit := range Households(o) {
			for i := range unit {
				if !yield(&unit[i]) {
					return
				}
			}
		}
	}
}

// Households yields all events of one household or company at a time, by time. The slice is reused.
func Households(o Options) iter.Seq[[]event.Event] {
	return func(yield func([]event.Event) bool) {
		w := newWorld(o)
		var events []event.Event
		for people, n := 0, 0; people < o.Profiles; n++ {
			h := household{world: w, n: n, rng: rand.New(rand.NewPCG(o.Seed, uint64(n))), out: events[:0]}
			people += h.live()
			events = h.out
			slices.SortStableFunc(events, func(a, b event.Event) int { return cmp.Compare(a.Time, b.Time) })
			if !yield(events[before(events, w.start):before(events, w.end)]) {
				return
			}
		}
	}
}

// before counts the events earlier than t.
func before(events []event.Event, t event.Millis) int {
	n, _ := slices.BinarySearchFunc(events, t, func(e event.Event, t event.Millis) int { return cmp.Compare(e.Time, t) })
	return n
}

// world is what is the same for everybody.
type world struct {
	start, end event.Millis
	days       int
	calm       bool
	seed       string
}

func newWorld(o Options) *world {
	end := event.MillisOf(o.End)
	return &world{start: end - event.Millis(o.Days)*day, end: end, days: o.Days, calm: o.Calm, seed: strconv.FormatUint(o.Seed, 36)}
}

// past is how far into the history an instant lies, 0 at the start and 1 at the end.
func (w *world) past(t event.Millis) float64 { return float64(t-w.start) / float64(w.end-w.start) }

// household is one buying unit: a private person, or a company with several people in its buying centre.
type household struct {
	*world
	n      int
	rng    *rand.Rand
	out    []event.Event
	market *market
	person *persona
	size   int
}

// live makes the household's whole life and returns how many people it has.
func (h *household) live() int {
	h.market = pick(h.rng, markets, func(m market) float64 { return m.share })
	h.person = pick(h.rng, personas, func(p persona) float64 { return p.share })
	h.size = 1
	if h.person.b2b {
		h.size = 1 + h.rng.IntN(h.person.people)
	}
	at := h.start - runIn + event.Millis(h.rng.Float64()*float64(h.end-h.start+runIn)) // some are customers already
	at = h.opening(at)
	people := make([]*visitor, h.size)
	for i := range people {
		people[i] = h.visitor(i, at+event.Millis(i)*event.Millis(h.rng.IntN(3))*day)
	}
	h.shop(people)
	return h.size
}

// opening moves an instant to a plausible minute of a plausible day: companies buy on weekdays between 7 and 17.
func (h *household) opening(t event.Millis) event.Millis {
	midnight := t - t%day
	from, span := 8.0, 14.0
	if h.person.b2b {
		from, span = 6.0, 10.0
		switch midnight.Time().Weekday() {
		case time.Saturday:
			midnight += 2 * day
		case time.Sunday:
			midnight += day
		}
	}
	return midnight + event.Millis((from+span*h.rng.Float64())*float64(hour))
}

// chance is true with probability p.
func (h *household) chance(p float64) bool { return h.rng.Float64() < p }

// around draws a span whose median is m and whose spread is log-normal with the given sigma.
func (h *household) around(m event.Millis, sigma float64) event.Millis {
	x := h.rng.NormFloat64() * sigma
	return event.Millis(float64(m) * exp(x))
}

// pick draws one of the items by weight.
func pick[T any](rng *rand.Rand, items []T, weight func(T) float64) *T {
	var sum float64
	for _, x := range items {
		sum += weight(x)
	}
	at := rng.Float64() * sum
	for i := range items {
		if at -= weight(items[i]); at < 0 {
			return &items[i]
		}
	}
	return &items[len(items)-1]
}
