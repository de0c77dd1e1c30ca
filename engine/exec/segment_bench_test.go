package exec_test

import (
	"fmt"
	"runtime"
	"testing"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/live"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// withPlans makes every "event 9" an identify call that gives one of three plans.
func withPlans(s *standing) *standing {
	for _, b := range s.snap.Blocks {
		b.Names[9] = store.Name{Kind: event.Identify, Name: "Identify"}
		c := &store.Column{Path: "traits.plan", Kind: event.String, Present: make([]uint64, (b.Rows()+63)/64),
			Dict: store.Strings{Offsets: []uint32{0, 3, 7, 11}, Bytes: []byte("profreeteam")}}
		for row, code := range b.Codes {
			if row%512 == 0 {
				c.Rank = append(c.Rank, uint32(len(c.Codes.U8)))
			}
			if code == 9 {
				c.Present[row/64] |= 1 << (row % 64)
				c.Codes.U8 = append(c.Codes.U8, uint8(row%3))
			}
		}
		b.Columns = append(b.Columns, c)
	}
	return s
}

func BenchmarkSegment(b *testing.B) {
	for _, blocks := range []int{1, 5} {
		s := withPlans(synthetic(200_000, blocks))
		e := exec.New(s, s)
		for name, where := range map[string]string{
			"counts and trait": `count("event 5") >= 2 && count("event 8", within("330d")) >= 1 && traits.plan == "pro"`,
			"sequence":         `sequence("event 5", not("event 8"), "event 11", within("7d"))`,
			"trait":            `traits.plan == "pro"`,
		} {
			b.Run(fmt.Sprintf("%s/blocks=%d", name, blocks), func(b *testing.B) {
				q := seq.Segment{SegmentRef: seq.SegmentRef{Where: where}}
				cost(b, s, func() error { _, err := e.Segment(b.Context(), q); return err })
			})
		}
	}
}

// BenchmarkReplay builds a tracker from 10 million events, and tells what it keeps per person.
func BenchmarkReplay(b *testing.B) {
	s := withPlans(synthetic(200_000, 5))
	for b.Loop() {
		t, err := live.New(seq.StoredSegment{Where: `count("event 5") >= 2 && count("event 8", within("330d")) >= 1 && traits.plan == "pro"`}, nil)
		if err != nil {
			b.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		if err := exec.Replay(b.Context(), t, s.snap); err != nil {
			b.Fatal(err)
		}
		t.Settle(event.MillisOf(s.now), live.Identity{})
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(t.Kept()), "B/person")
		b.ReportMetric(float64(t.Size()), "members")
	}
}

// BenchmarkObserve tells a tracker of single events, a fifth of which it asks about.
func BenchmarkObserve(b *testing.B) {
	t, err := live.New(seq.StoredSegment{Where: `count("event 0") >= 2 && count("event 1", within("30d")) >= 1`}, nil)
	if err != nil {
		b.Fatal(err)
	}
	now, i := event.MillisOf(epoch), 0
	e := event.Event{Kind: event.Track}
	names := []string{"event 0", "event 1", "event 2", "event 3", "event 4", "event 5", "event 6", "event 7", "event 8", "event 9"}
	for b.Loop() {
		i++
		e.Time, e.Profile, e.Name = now+event.Millis(i), event.ProfileID(i*7919%100_000+1), names[i%10]
		t.Observe(&e)
		if i%1000 == 0 {
			t.Settle(now+event.Millis(i), live.Identity{})
		}
	}
}
