package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"wend.dev/wend/event"
	"wend.dev/wend/identity"
	"wend.dev/wend/store/segment"
)

// perProfile is the mean number of events of one profile.
const perProfile = 50

// days is the span that events are spread over.
const days = 90

// vocabulary is what happens and how often, per mille, before habits change it. The index is the code in the peer's
// file.
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
	at   event.Millis
	code uint8
}

// each gives all events by profile, then time. The slice is used again.
func (w *world) each(yield func(p person, moments []moment) error) error {
	const span = days * 24 * 3600e3
	start := event.MillisOf(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
	var moments []moment
	for i, p := range w.ids {
		moments = moments[:0]
		for left := w.counts[i]; left > 0; { // visits of about seven events, anywhere in the span
			t := start + event.Millis(w.rng.Int64N(span))
			for n := min(left, 1+int(w.rng.ExpFloat64()*6)); n > 0; n-- {
				moments = append(moments, moment{at: t})
				t += event.Millis(1000 + w.rng.ExpFloat64()*40e3)
				left--
			}
		}
		slices.SortFunc(moments, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
		before := -1
		for j := range moments {
			before = w.next(before)
			moments[j].code = uint8(before)
		}
		if err := yield(p, moments); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) next(before int) int {
	for _, h := range habits[before] {
		if w.rng.Float64() < h.chance {
			return h.to
		}
	}
	return int(w.lookup[w.rng.IntN(len(w.lookup))])
}

// sizes is what a generated data set weighs.
type sizes struct {
	Events    int     `json:"events"`
	Profiles  int     `json:"profiles"`
	Parts     int     `json:"parts"`
	PartBytes int64   `json:"part_bytes"`
	LakeBytes int64   `json:"lake_bytes"`
	Seconds   float64 `json:"seconds"`
}

// generate writes the same events as a Wend data directory and, for the peer, as a file in ClickHouse's RowBinary:
// profile UInt64, time UInt64 (milliseconds), code UInt8 (an index into the vocabulary).
func generate(ctx context.Context, dir, peer string, events int, seed uint64) (sizes, error) {
	began := time.Now()
	w := newWorld(events, seed)
	file, err := os.Create(peer)
	if err != nil {
		return sizes{}, err
	}
	defer file.Close()
	out := bufio.NewWriterSize(file, 1<<20)
	s, err := segment.Open(ctx, segment.Options{Dir: dir, Clock: wall{}, Identities: identity.New()})
	if err != nil {
		return sizes{}, err
	}
	err = s.Load(ctx, func(yield func(*event.Event) bool) { _ = w.write(out, yield) })
	st := s.Stats()
	if e := s.Close(ctx); err == nil {
		err = e
	}
	if e := out.Flush(); err == nil {
		err = e
	}
	if err != nil {
		return sizes{}, err
	}
	if st.Rows != int64(events) {
		return sizes{}, fmt.Errorf("%d events were stored instead of %d", st.Rows, events)
	}
	return sizes{events, len(w.ids), st.Parts, st.PartBytes, st.LakeBytes, time.Since(began).Seconds()}, file.Close()
}

var errStopped = fmt.Errorf("stopped")

func (w *world) write(out *bufio.Writer, yield func(*event.Event) bool) error {
	var row [17]byte
	var id [8]byte
	return w.each(func(p person, moments []moment) error {
		for _, m := range moments {
			binary.LittleEndian.PutUint64(row[0:], uint64(p.profile))
			binary.LittleEndian.PutUint64(row[8:], uint64(m.at))
			row[16] = m.code
			if _, err := out.Write(row[:]); err != nil {
				return err
			}
			binary.BigEndian.PutUint64(id[:], w.rng.Uint64())
			e := &event.Event{MessageID: hex.EncodeToString(id[:]), Kind: event.Track, Name: vocabulary[m.code].name,
				Time: m.at, ReceivedAt: m.at + 500, Profile: p.profile, UserID: p.user, Source: "bench"}
			if !yield(e) {
				return errStopped
			}
		}
		return nil
	})
}
