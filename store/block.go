// Package store is stage 2: checked events in, immutable sorted blocks of events out.
//
// This root holds the shapes that the engine reads; the sub-packages keep them: log (durable log), lake (Parquet),
// part (a Block in a memory-mapped file), segment (which lake files and parts there are, and the unsealed tail).
//
//	Block                 one row per event, rows sorted by profile, then time, then arrival
//	  Profiles  p0   p1        p2 …            ascending
//	  Starts    0    3         7  …  n         profile i owns rows Starts[i] ≤ r < Starts[i+1]
//	  Times     t t t t t t t  …               milliseconds, ascending within a profile
//	  Codes     c c c c c c c  …               index into Names: which event
//	  Columns   path × kind                    sparse, typed, dictionary-coded; touched only when asked for
package store

import (
	"math/bits"
	"sort"

	"wend.dev/wend/event"
)

// Block is a sorted, immutable run of events: an on-disk part, mapped, or a piece of the tail in memory.
// Readers must not write to any of its slices.
type Block struct {
	Profiles []event.ProfileID // ascending, each once
	Keys     Strings           // per profile the identifier its id was hashed from: "user:42", "anon:9f…"
	Starts   []uint32          // len(Profiles)+1 row numbers; the last is the number of rows
	Times    []event.Millis    // per row
	Codes    []uint16          // per row, index into Names
	Names    []Name            // dictionary of what happened; not sorted, each once
	Columns  []*Column         // sorted by Path, then Kind; each pair once
	MinTime  event.Millis      // earliest of Times, 0 if there are no rows
	MaxTime  event.Millis      // latest of Times, 0 if there are no rows
}

// Name is one entry of a block's event dictionary. The same Name may stand there under two Kinds (a track call
// named "Page Viewed" and a page call); a matcher on the name means both.
type Name struct {
	Kind event.Kind
	Name string
}

// Rows is the number of events.
func (b *Block) Rows() int { return len(b.Times) }

// Find returns the row range of a profile; ok is false when the block has none of its events.
func (b *Block) Find(p event.ProfileID) (lo, hi uint32, ok bool) {
	i := sort.Search(len(b.Profiles), func(i int) bool { return b.Profiles[i] >= p })
	if i == len(b.Profiles) || b.Profiles[i] != p {
		return 0, 0, false
	}
	return b.Starts[i], b.Starts[i+1], true
}

// Column finds the column of a path and kind, nil if no event in the block has such a value.
func (b *Block) Column(path string, kind event.ValueKind) *Column {
	i := sort.Search(len(b.Columns), func(i int) bool {
		c := b.Columns[i]
		return c.Path > path || c.Path == path && c.Kind >= kind
	})
	if i < len(b.Columns) && b.Columns[i].Path == path && b.Columns[i].Kind == kind {
		return b.Columns[i]
	}
	return nil
}

// Fields reads back every property of one row, sorted by path. It looks at each column of the block: meant for
// showing an event to a person, not for scanning.
func (b *Block) Fields(row uint32) []event.Field {
	var out []event.Field
	for _, c := range b.Columns {
		if v, ok := c.Value(row); ok {
			out = append(out, event.Field{Path: c.Path, Value: v})
		}
	}
	return out
}

// Column holds one property's values of one kind: a bitmap of the rows that have it, and the values packed in row
// order. A property that changes type over time has several columns under one path.
//
// The paths are those of event.Field, plus "source" (the source id, every row) and "clamped" (Bool, only where true).
type Column struct {
	Path    string
	Kind    event.ValueKind
	Present []uint64  // bit r is set when row r has a value
	Rank    []uint32  // per 512 rows (8 words) how many values lie before
	Codes   Codes     // String, JSON: per value its index into Dict
	Dict    Strings   // String, JSON: the distinct values, in no order
	Nums    []float64 // Number, Bool: per value
}

// Len is how many rows have a value.
func (c *Column) Len() int { return max(c.Codes.Len(), len(c.Nums)) }

// Index is the position of a row's value among the packed ones.
func (c *Column) Index(row uint32) (i uint32, ok bool) {
	w := row >> 6
	bit := uint64(1) << (row & 63)
	if c.Present[w]&bit == 0 {
		return 0, false
	}
	i = c.Rank[row>>9]
	for k := row >> 9 << 3; k < w; k++ {
		i += uint32(bits.OnesCount64(c.Present[k]))
	}
	return i + uint32(bits.OnesCount64(c.Present[w]&(bit-1))), true
}

// Value reads a row's value; ok is false when it has none.
func (c *Column) Value(row uint32) (v event.Value, ok bool) {
	i, ok := c.Index(row)
	if !ok {
		return event.Value{}, false
	}
	v.Kind = c.Kind
	if c.Kind == event.String || c.Kind == event.JSON {
		v.Str = c.Dict.At(c.Codes.At(i))
	} else {
		v.Num = c.Nums[i]
	}
	return v, true
}

// Strings is a packed list of strings: string i is Bytes[Offsets[i]:Offsets[i+1]].
type Strings struct {
	Offsets []uint32 // one more than there are strings; empty for an empty list
	Bytes   []byte
}

// Len is how many strings there are.
func (s Strings) Len() int { return max(len(s.Offsets)-1, 0) }

// At is string i, copied: it outlives the block.
func (s Strings) At(i uint32) string { return string(s.Bytes[s.Offsets[i]:s.Offsets[i+1]]) }

// Raw is string i without a copy: valid only as long as the block is held.
func (s Strings) Raw(i uint32) []byte { return s.Bytes[s.Offsets[i]:s.Offsets[i+1]] }

// Codes is a list of dictionary indexes in the narrowest width that holds them: exactly one of the slices is used.
type Codes struct {
	U8  []uint8
	U16 []uint16
	U32 []uint32
}

// Len is how many indexes there are.
func (c Codes) Len() int { return len(c.U8) + len(c.U16) + len(c.U32) }

// At is index i.
func (c Codes) At(i uint32) uint32 {
	switch {
	case c.U8 != nil:
		return uint32(c.U8[i])
	case c.U16 != nil:
		return uint32(c.U16[i])
	}
	return c.U32[i]
}
