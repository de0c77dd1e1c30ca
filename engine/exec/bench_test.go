package exec_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// standing is a source whose snapshot never changes; it is its own clock.
type standing struct {
	snap *store.Snapshot
	now  time.Time
}

func (s *standing) Snapshot(context.Context) (*store.Snapshot, error) { return s.snap, nil }
func (s *standing) Now() time.Time                                    { return s.now }

// synthetic makes blocks of events straight into columns: 50 events per profile, 24 names, 60 days.
func synthetic(profiles, blocks int) *standing {
	rng := rand.New(rand.NewPCG(1, 2))
	s := &standing{snap: &store.Snapshot{Version: 1}, now: epoch.AddDate(1, 0, 0)}
	const days = 60
	start := event.MillisOf(epoch)
	ids := make([]event.ProfileID, profiles)
	for i := range ids {
		ids[i] = event.UserProfile(fmt.Sprint(i))
	}
	slices.Sort(ids)
	for range blocks {
		b := &store.Block{Profiles: ids, Starts: make([]uint32, 0, profiles+1)}
		for i := range 24 {
			b.Names = append(b.Names, store.Name{Kind: event.Track, Name: fmt.Sprintf("event %d", i)})
		}
		for range ids {
			b.Starts = append(b.Starts, uint32(len(b.Times)))
			t := start + event.Millis(rng.Int64N(10*86400e3))
			for range 50 / blocks {
				t += event.Millis(rng.ExpFloat64() * days * 86400e3 / 60)
				b.Times = append(b.Times, t)
				code := uint16(rng.ExpFloat64() * 4)
				b.Codes = append(b.Codes, min(code, 23))
			}
		}
		b.Starts = append(b.Starts, uint32(len(b.Times)))
		b.MinTime, b.MaxTime = slices.Min(b.Times), slices.Max(b.Times)
		s.snap.Blocks = append(s.snap.Blocks, b)
	}
	return s
}

// painted gives synthetic blocks ten properties of text, each on a third of the events, and two of numbers.
func painted(s *standing) *standing {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, b := range s.snap.Blocks {
		for i := range 12 {
			path := fmt.Sprintf("properties.c%d", i)
			if i < 3 {
				path = fmt.Sprintf("context.c%d", i)
			}
			c := &store.Column{Path: path, Kind: event.String, Present: make([]uint64, (b.Rows()+63)/64)}
			if i >= 10 {
				c.Kind = event.Number
			} else {
				c.Dict.Offsets = []uint32{0}
				for v := range 50 {
					c.Dict.Bytes = fmt.Appendf(c.Dict.Bytes, "value %d", v)
					c.Dict.Offsets = append(c.Dict.Offsets, uint32(len(c.Dict.Bytes)))
				}
			}
			for row := range b.Rows() {
				if row%512 == 0 {
					c.Rank = append(c.Rank, uint32(c.Len()))
				}
				if rng.Uint32()%3 != 0 {
					continue
				}
				c.Present[row/64] |= 1 << (row % 64)
				if i >= 10 {
					c.Nums = append(c.Nums, float64(rng.Uint32()%1000))
				} else {
					c.Codes.U8 = append(c.Codes.U8, uint8(rng.Uint32()%50))
				}
			}
			b.Columns = append(b.Columns, c)
		}
		slices.SortFunc(b.Columns, func(x, y *store.Column) int { return strings.Compare(x.Path, y.Path) })
	}
	return s
}

// cost times a question and tells also what it cost in processor time, which other load on the machine does not change.
func cost(b *testing.B, s *standing, ask func() error) {
	before := cpu(b)
	n := 0
	for b.Loop() {
		if n++; n == 1 {
			before = cpu(b)
		}
		if err := ask(); err != nil {
			b.Fatal(err)
		}
	}
	events := float64(s.snap.Rows()) * float64(b.N)
	b.ReportMetric(events/b.Elapsed().Seconds()/1e6, "Mevents/s")
	b.ReportMetric(float64(cpu(b)-before)/events, "cpu-ns/event")
}

func BenchmarkFunnel(b *testing.B) {
	for _, blocks := range []int{1, 5} {
		b.Run(fmt.Sprintf("blocks=%d", blocks), func(b *testing.B) {
			s := synthetic(200_000, blocks)
			e := exec.New(s, s)
			q := seq.Funnel{Steps: steps("event 5", "event 8", "event 11")}
			cost(b, s, func() error { _, err := e.Funnel(b.Context(), q); return err })
		})
	}
}

// BenchmarkRetention asks for twelve weeks of the data's 60 days and what came before: events of one kind, a frequent and a
// rarer kind, every event, and first starts, which need all of the past.
func BenchmarkRetention(b *testing.B) {
	ask := func(name string, blocks int, q seq.Retention) {
		b.Run(fmt.Sprintf("%s/blocks=%d", name, blocks), func(b *testing.B) {
			s := synthetic(200_000, blocks)
			e := exec.New(s, s)
			cost(b, s, func() error { _, err := e.Retention(b.Context(), q); return err })
		})
	}
	of := func(start, back string) seq.Retention {
		return seq.Retention{Start: seq.Matcher{Event: seq.Names{start}}, Return: &seq.Matcher{Event: seq.Names{back}}, Period: "week", Periods: 12,
			Scope: seq.Scope{To: at(12 * 7 * 86400)}}
	}
	for _, blocks := range []int{1, 5} {
		ask("same", blocks, of("event 5", "event 5"))
		ask("two", blocks, of("event 8", "event 2"))
		ask("any", blocks, of("*", "*"))
		first := of("event 8", "event 2")
		first.Type = "first_time"
		ask("first", blocks, first)
		ranged := of("event 8", "event 2")
		ranged.From = at(14 * 86400)
		ask("ranged", blocks, ranged)
	}
}

func BenchmarkLifecycle(b *testing.B) {
	s := synthetic(200_000, 1)
	e := exec.New(s, s)
	q := seq.Lifecycle{Scope: seq.Scope{To: at(60 * 86400)}}
	cost(b, s, func() error { _, err := e.Lifecycle(b.Context(), q); return err })
}

func BenchmarkStickiness(b *testing.B) {
	s := synthetic(200_000, 1)
	e := exec.New(s, s)
	q := seq.Stickiness{Scope: seq.Scope{To: at(60 * 86400)}}
	cost(b, s, func() error { _, err := e.Stickiness(b.Context(), q); return err })
}

func BenchmarkJourney(b *testing.B) {
	s := synthetic(200_000, 1)
	e := exec.New(s, s)
	q := seq.Journey{Stages: 5}
	for i := range 20 {
		q.Touchpoints = append(q.Touchpoints, touch(fmt.Sprint(i), i/4, fmt.Sprintf("event %d", i)))
	}
	q.From, q.To = at(30*86400), at(60*86400)
	cost(b, s, func() error { _, err := e.Journey(b.Context(), q); return err })
}

func BenchmarkPaths(b *testing.B) {
	s := synthetic(200_000, 1)
	e := exec.New(s, s)
	q := seq.Paths{SessionGap: seq.Duration(48 * time.Hour)}
	cost(b, s, func() error { _, err := e.Paths(b.Context(), q); return err })
}
