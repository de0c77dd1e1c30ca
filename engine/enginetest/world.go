// Package enginetest holds text scripts that say what each question means, and runs them on any engine: stage 3's
// conformance suite. A script and an engine in, failures out.
//
// The form of a script is described at Run.
package enginetest

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// World is what a script loads: events in order of arrival, and who is who. It is a clock that stands still.
type World struct {
	Batches  [][]event.Event // each becomes one block, oldest arrival first
	Keys     map[event.ProfileID]string
	Merged   map[event.ProfileID]event.ProfileID
	Accounts map[event.ProfileID]event.AccountID
	Groups   map[event.AccountID]string
	Stored   map[string]seq.StoredSegment
	Time     time.Time // what Now says
}

// StoredSegments makes the world an engine.Stored.
func (w *World) StoredSegments(context.Context) (map[string]seq.StoredSegment, error) {
	return w.Stored, nil
}

// Now is the world's standing time.
func (w *World) Now() time.Time { return w.Time }

// Snapshot makes the world an engine.Source: each batch becomes a block.
func (w *World) Snapshot(context.Context) (*store.Snapshot, error) {
	s := &store.Snapshot{Merged: w.Merged, Accounts: w.Accounts, Groups: w.Groups}
	for _, b := range w.Batches {
		for i := range b {
			s.Newest = max(s.Newest, b[i].ReceivedAt)
		}
		s.Blocks = append(s.Blocks, Block(b, w.Keys))
	}
	return s, nil
}

// Block sorts events into a block, by profile, then time, then arrival: the plainest code that fulfils store.Block,
// to hold other makers of blocks against.
func Block(events []event.Event, keys map[event.ProfileID]string) *store.Block {
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(a, b event.Event) int {
		return cmp.Or(cmp.Compare(a.Profile, b.Profile), cmp.Compare(a.Time, b.Time))
	})
	b := &store.Block{}
	names := map[store.Name]uint16{}
	columns := map[columnKey]*builder{}
	for row := range sorted {
		e := &sorted[row]
		if row == 0 || sorted[row-1].Profile != e.Profile {
			b.Profiles = append(b.Profiles, e.Profile)
			b.Starts = append(b.Starts, uint32(row))
			b.Keys = push(b.Keys, keyOf(e, keys))
		}
		n := store.Name{Kind: e.Kind, Name: e.Name}
		if _, ok := names[n]; !ok {
			names[n] = uint16(len(b.Names))
			b.Names = append(b.Names, n)
		}
		b.Codes = append(b.Codes, names[n])
		b.Times = append(b.Times, e.Time)
		for _, f := range fields(e) {
			columnOf(columns, f, len(sorted)).add(row, f.Value)
		}
	}
	b.Starts = append(b.Starts, uint32(len(sorted)))
	if len(b.Times) > 0 {
		b.MinTime, b.MaxTime = slices.Min(b.Times), slices.Max(b.Times)
	}
	for _, c := range columns {
		b.Columns = append(b.Columns, c.done())
	}
	slices.SortFunc(b.Columns, func(x, y *store.Column) int {
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Kind, y.Kind))
	})
	return b
}

func keyOf(e *event.Event, keys map[event.ProfileID]string) string {
	switch k := keys[e.Profile]; {
	case k != "":
		return k
	case e.UserID != "":
		return "user:" + e.UserID
	}
	return "anon:" + e.AnonymousID
}

func fields(e *event.Event) []event.Field {
	out := slices.Clone(e.Fields)
	if e.Source != "" {
		out = append(out, event.Field{Path: "source", Value: event.StringValue(e.Source)})
	}
	if e.Clamped {
		out = append(out, event.Field{Path: "clamped", Value: event.BoolValue(true)})
	}
	return out
}

func push(s store.Strings, v string) store.Strings {
	if len(s.Offsets) == 0 {
		s.Offsets = []uint32{0}
	}
	s.Bytes = append(s.Bytes, v...)
	s.Offsets = append(s.Offsets, uint32(len(s.Bytes)))
	return s
}

type columnKey struct {
	path string
	kind event.ValueKind
}

// builder fills one column, row by row.
type builder struct {
	column *store.Column
	codes  map[string]uint32
	rows   int
}

func columnOf(all map[columnKey]*builder, f event.Field, rows int) *builder {
	key := columnKey{f.Path, f.Value.Kind}
	if all[key] == nil {
		c := &store.Column{Path: f.Path, Kind: f.Value.Kind, Present: make([]uint64, (rows+63)/64)}
		all[key] = &builder{column: c, codes: map[string]uint32{}, rows: rows}
	}
	return all[key]
}

func (b *builder) add(row int, v event.Value) {
	c := b.column
	c.Present[row/64] |= 1 << (row % 64)
	if v.Kind == event.Number || v.Kind == event.Bool {
		c.Nums = append(c.Nums, v.Num)
		return
	}
	code, ok := b.codes[v.Str]
	if !ok {
		code = uint32(len(b.codes))
		b.codes[v.Str] = code
		c.Dict = push(c.Dict, v.Str)
	}
	c.Codes.U32 = append(c.Codes.U32, code)
}

func (b *builder) done() *store.Column {
	var n uint32
	for r := 0; r < b.rows; r += 512 {
		b.column.Rank = append(b.column.Rank, n)
		for w := r / 64; w < min(r/64+8, len(b.column.Present)); w++ {
			n += uint32(bits.OnesCount64(b.column.Present[w]))
		}
	}
	return b.column
}
