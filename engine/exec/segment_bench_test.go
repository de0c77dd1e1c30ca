package exec_test

import (
	"fmt"
	"testing"

	"wend.dev/wend/engine/exec"
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
