package part

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

func TestMergeIsBuildingFromAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := events(t, 200)
		var blocks []*store.Block
		for rest := all; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "block")
			blocks = append(blocks, FromEvents(rest[:n]))
			rest = rest[n:]
		}
		opt := MergeOptions{
			Since:   event.Millis(rapid.SampledFrom([]int64{0, 5, 100}).Draw(t, "since")),
			MaxRows: rapid.SampledFrom([]int{0, 1, 30}).Draw(t, "max"),
		}
		if rapid.Bool().Draw(t, "erase") {
			opt.Erase = func(p event.ProfileID) bool { return p&1 == 0 }
		}
		kept := slices.DeleteFunc(slices.Clone(all), func(e event.Event) bool {
			return opt.Since != 0 && e.Time < opt.Since || opt.Erase != nil && opt.Erase(e.Profile)
		})
		var got []row
		last := event.ProfileID(0)
		for b := range Merge(blocks, opt) {
			if b.Rows() == 0 {
				t.Fatal("an empty block")
			}
			if len(got) > 0 && b.Profiles[0] <= last {
				t.Fatal("profile ranges overlap")
			}
			last = b.Profiles[len(b.Profiles)-1]
			if lo, hi := span(b.Times); lo != b.MinTime || hi != b.MaxTime {
				t.Fatal("the span is wrong")
			}
			for _, c := range b.Columns {
				if err := checkColumn(c, b.Rows()); err != nil {
					t.Fatal(c.Path, err)
				}
			}
			if opt.MaxRows == 1 && len(b.Profiles) > 1 {
				t.Fatal("not cut")
			}
			got = append(got, rowsOf(b)...)
		}
		sameRows(t, "merge", got, wantRows(kept))
	})
}

// TestMergeSharesNothing unmaps the inputs before it reads the result.
func TestMergeSharesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.part")
	want := rowsOf(small())
	if err := Write(path, small()); err != nil {
		t.Fatal(err)
	}
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	blocks := slices.Collect(Merge([]*store.Block{p.Block()}, MergeOptions{}))
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal("closing twice:", err)
	}
	sameRows(t, "merge", rowsOf(blocks[0]), want)
}

// TestMergeStopsEarly takes one block of many and leaves.
func TestMergeStopsEarly(t *testing.T) {
	for b := range Merge([]*store.Block{small(), small()}, MergeOptions{MaxRows: 1}) {
		if len(b.Profiles) != 1 || b.Rows() != 4 {
			t.Fatalf("%d profiles, %d rows", len(b.Profiles), b.Rows())
		}
		return
	}
	t.Fatal("no block")
}

func TestBuilderBounds(t *testing.T) {
	b := NewBuilder()
	for i := range MaxNames + 10 {
		if full := b.Full(); full != (i >= MaxNames) {
			t.Fatalf("after %d names full is %v", i, full)
		}
		if err := b.Add(&event.Event{Kind: event.Track, Name: fmt.Sprint("n", i), Profile: 1, Time: event.Millis(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if b.Dropped() != 10 {
		t.Fatalf("%d dropped", b.Dropped())
	}
	names := b.Block()
	if n := names.Names[names.Codes[MaxNames+5]]; n.Name != OtherName || n.Kind != event.Track {
		t.Fatalf("the name past the bound is %v", n)
	}

	b = NewBuilder()
	for i := range 3 {
		e := event.Event{Kind: event.Track, Name: "A", Profile: 1, Time: event.Millis(i), Source: "s", Clamped: true}
		for j := range MaxColumns + 7 {
			e.Fields = append(e.Fields, event.Field{Path: fmt.Sprintf("properties.%05d", j), Value: event.NumberValue(1)})
		}
		if err := b.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	if b.Dropped() != 21 {
		t.Fatalf("%d dropped", b.Dropped())
	}
	if block := b.Block(); len(block.Columns) != MaxColumns+2 || len(block.Fields(2)) != MaxColumns+2 {
		t.Fatalf("%d columns", len(block.Columns))
	}
}

// TestMergeBounds brings two blocks together that hold too many names and columns between them.
func TestMergeBounds(t *testing.T) {
	var blocks []*store.Block
	for i := range 2 {
		b := NewBuilder()
		for j := range MaxNames - 100 {
			e := event.Event{Kind: event.Track, Name: fmt.Sprint(i, " ", j), Profile: event.ProfileID(j / 5000), Time: event.Millis(j)}
			if j == 0 {
				for k := range MaxColumns {
					e.Fields = append(e.Fields, event.Field{Path: fmt.Sprintf("properties.%d.%05d", i, k), Value: event.BoolValue(true)})
				}
			}
			if err := b.Add(&e); err != nil {
				t.Fatal(err)
			}
		}
		blocks = append(blocks, b.Block())
	}
	dropped, rows := int64(0), 0
	parts := slices.Collect(Merge(blocks, MergeOptions{Dropped: &dropped}))
	for _, b := range parts {
		rows += b.Rows()
		if len(b.Names) > MaxNames+6 || len(b.Columns) > MaxColumns {
			t.Fatalf("%d names, %d columns", len(b.Names), len(b.Columns))
		}
	}
	if len(parts) < 2 || rows != 2*(MaxNames-100) || dropped < MaxColumns {
		t.Fatalf("%d parts, %d rows, %d dropped", len(parts), rows, dropped)
	}
}

func TestOutOfOrderIsRefused(t *testing.T) {
	b := NewBuilder()
	ok := event.Event{Kind: event.Track, Name: "A", Profile: 5, Time: 10}
	if err := b.Add(&ok); err != nil {
		t.Fatal(err)
	}
	for _, e := range []event.Event{{Kind: 1, Profile: 4, Time: 20}, {Kind: 1, Profile: 5, Time: 9}} {
		if err := b.Add(&e); err == nil {
			t.Fatalf("%+v was taken", e)
		}
	}
	if b.Rows() != 1 || b.Block().Rows() != 1 {
		t.Fatal("a refused event left something")
	}
}

// plenty makes n events with some fields each, 50 to a profile.
func plenty(n, fields int) []event.Event {
	r := rand.New(rand.NewPCG(3, 4))
	paths := []string{
		"context.ip", "context.library.name", "context.page.path", "context.page.title", "context.userAgent",
		"properties.category", "properties.currency", "properties.price", "properties.quantity", "properties.sku",
	}
	out := make([]event.Event, n)
	for i := range out {
		e := &out[i]
		*e = event.Event{Kind: event.Track, Name: fmt.Sprint("Event ", r.IntN(20)), Time: event.Millis(1767225600000 + i*1000), Source: "web"}
		e.UserID = fmt.Sprintf("user-%08d", i/50)
		e.Profile = event.UserProfile(e.UserID)
		for j, p := range paths[:fields] {
			v := event.StringValue(fmt.Sprint(p, r.IntN(1<<(j+1))))
			if j == 7 || j == 8 {
				v = event.NumberValue(float64(r.IntN(1000)))
			}
			e.Fields = append(e.Fields, event.Field{Path: p, Value: v})
		}
	}
	Sort(out)
	return out
}

// TestBytesPerEvent holds the budget: 14 bytes of part per event without properties, the source counted in.
func TestBytesPerEvent(t *testing.T) {
	const n = 200_000
	path := filepath.Join(t.TempDir(), "p.part")
	if err := Write(path, FromEvents(plenty(n, 0))); err != nil {
		t.Fatal(err)
	}
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if per := float64(p.Size()) / n; per > 14 {
		t.Fatalf("%.2f bytes per event, 14 are allowed", per)
	}
}

func BenchmarkBuild(b *testing.B) {
	events := plenty(100_000, 10)
	b.ReportAllocs()
	for b.Loop() {
		builder := NewBuilder()
		for i := range events {
			if err := builder.Add(&events[i]); err != nil {
				b.Fatal(err)
			}
		}
		builder.Block()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
}

func BenchmarkMerge(b *testing.B) {
	events := plenty(100_000, 10)
	var shares [4][]event.Event
	for i, e := range events {
		shares[i%4] = append(shares[i%4], e)
	}
	var blocks []*store.Block
	for _, s := range shares {
		blocks = append(blocks, FromEvents(s))
	}
	b.ReportAllocs()
	for b.Loop() {
		for range Merge(blocks, MergeOptions{}) {
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
}
