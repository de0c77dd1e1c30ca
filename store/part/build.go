package part

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// The bounds of one block. A caller starts a new one when Builder.Full says so.
const (
	MaxRows    = 4_000_000 // rows after which a builder is full and a merge cuts
	MaxNames   = 65_000    // distinct kinds and names; a code has 16 bits
	MaxColumns = 2_000     // property columns (path × kind), besides source and clamped

	maxBitmaps = 512 << 20 // bytes of presence bitmaps: thousands of rare columns over millions of rows
	maxStrings = 1 << 30   // bytes of strings in all dictionaries; an offset has 32 bits
)

// OtherName is the name that rows get whose own name would be one more than MaxNames in their block. The lake keeps
// the true one.
const OtherName = "(other)"

// The paths of the two columns that are no property.
const (
	sourcePath  = "source"
	clampedPath = "clamped"
)

// Builder makes one block from events in order. It copies what it keeps of them. It is for one goroutine.
//
// Past MaxNames a new name becomes OtherName, past MaxColumns the values of a new property are left out; Dropped
// counts both. A caller that heeds Full never meets the first.
type Builder struct {
	profiles []event.ProfileID
	keys     store.Strings
	starts   []uint32
	times    []event.Millis
	codes    []uint16
	names    names
	columns  map[columnKey]*column
	shapes   [][]*column // per name code: the columns of the fields of the last event of that name, in order
	source   *column
	clamped  *column
	dropped  int64
	strings  int
}

type columnKey struct {
	path string
	kind event.ValueKind
}

// column is a store.Column being built.
type column struct {
	columnKey
	present []uint64 // as long as its last row needs
	codes   []uint32
	dict    dict
	nums    []float64
}

// NewBuilder starts an empty block.
func NewBuilder() *Builder {
	b := &Builder{columns: map[columnKey]*column{}}
	b.source = &column{columnKey: columnKey{sourcePath, event.String}}
	b.clamped = &column{columnKey: columnKey{clampedPath, event.Bool}}
	return b
}

// Rows is the number of events added.
func (b *Builder) Rows() int { return len(b.times) }

// Dropped is the number of names and values that the bounds kept out.
func (b *Builder) Dropped() int64 { return b.dropped }

// Full says that the next event belongs in a new block: a bound is reached.
func (b *Builder) Full() bool {
	return len(b.times) >= MaxRows || len(b.names.list) >= MaxNames || b.strings >= maxStrings ||
		len(b.columns)*(len(b.times)/8) >= maxBitmaps
}

// Add appends an event. Events come by profile, then time, then arrival; one that does not is an error and is not
// added. A field that is repeated counts once, the first; a number that is not finite counts as dropped.
func (b *Builder) Add(e *event.Event) error {
	row := len(b.times)
	if n := len(b.profiles); n == 0 || b.profiles[n-1] != e.Profile {
		if n > 0 && b.profiles[n-1] > e.Profile {
			return fmt.Errorf("cannot add event %q: its profile %v lies before %v", e.MessageID, e.Profile, b.profiles[n-1])
		}
		b.addProfile(e)
	} else if b.times[row-1] > e.Time {
		return fmt.Errorf("cannot add event %q: its time %d lies before %d of the same profile", e.MessageID, e.Time, b.times[row-1])
	}
	code := b.addName(store.Name{Kind: e.Kind, Name: e.Name})
	b.times = append(b.times, e.Time)
	b.codes = append(b.codes, code)
	if e.Source != "" {
		b.addValue(b.source, row, event.StringValue(e.Source))
	}
	if e.Clamped {
		b.addValue(b.clamped, row, event.BoolValue(true))
	}
	for int(code) >= len(b.shapes) {
		b.shapes = append(b.shapes, nil)
	}
	shape := b.shapes[code]
	for i := range e.Fields {
		f := &e.Fields[i]
		if f.Value.Kind == event.Number && f.Value.Num-f.Value.Num != 0 {
			b.dropped++
			continue
		}
		var c *column
		if i < len(shape) && shape[i] != nil && shape[i].kind == f.Value.Kind && shape[i].path == f.Path {
			c = shape[i]
		} else {
			if c = b.column(f); c == nil {
				b.dropped++
			}
			if i < len(shape) {
				shape[i] = c
			} else {
				shape = append(shape, c)
			}
		}
		if c != nil {
			b.addValue(c, row, f.Value)
		}
	}
	b.shapes[code] = shape
	return nil
}

func (b *Builder) addProfile(e *event.Event) {
	b.profiles = append(b.profiles, e.Profile)
	b.starts = append(b.starts, uint32(len(b.times)))
	if b.keys.Offsets == nil {
		b.keys.Offsets = append(b.keys.Offsets, 0)
	}
	switch {
	case e.UserID != "":
		b.keys.Bytes = append(append(b.keys.Bytes, "user:"...), e.UserID...)
	case e.AnonymousID != "":
		b.keys.Bytes = append(append(b.keys.Bytes, "anon:"...), e.AnonymousID...)
	}
	b.strings += len(b.keys.Bytes) - int(b.keys.Offsets[len(b.keys.Offsets)-1])
	b.keys.Offsets = append(b.keys.Offsets, uint32(len(b.keys.Bytes)))
}

func (b *Builder) addName(n store.Name) uint16 {
	code, other := b.names.add(n)
	if other {
		b.dropped++
	}
	return code
}

// column finds or makes a field's column; nil when there are too many. A path that no event should have ("source",
// "clamped": fields carry a prefix) is left out too, since those columns mean something else.
func (b *Builder) column(f *event.Field) *column {
	k := columnKey{f.Path, f.Value.Kind}
	if c := b.columns[k]; c != nil {
		return c
	}
	if len(b.columns) >= MaxColumns || f.Path == sourcePath || f.Path == clampedPath {
		return nil
	}
	if k.kind < event.String || k.kind > event.JSON {
		return nil
	}
	k.path = string([]byte(f.Path))
	c := &column{columnKey: k}
	b.columns[k] = c
	return c
}

func (b *Builder) addValue(c *column, row int, v event.Value) {
	w, bit := row>>6, uint64(1)<<(row&63)
	for w >= len(c.present) {
		if w == cap(c.present) {
			c.present = slices.Grow(c.present, max(8, w+1-len(c.present)))
		}
		c.present = append(c.present, 0)
	}
	if c.present[w]&bit != 0 {
		return
	}
	c.present[w] |= bit
	if c.kind == event.Number || c.kind == event.Bool {
		c.nums = append(c.nums, v.Num)
		return
	}
	if n := len(c.codes); n > 0 && c.dict.is(c.codes[n-1], v.Str) {
		c.codes = append(c.codes, c.codes[n-1])
		return
	}
	had := len(c.dict.bytes)
	c.codes = append(c.codes, c.dict.add(v.Str))
	b.strings += len(c.dict.bytes) - had
}

// Block ends the building and gives the block. The builder must not be used afterwards.
func (b *Builder) Block() *store.Block {
	rows := len(b.times)
	out := &store.Block{Profiles: b.profiles, Keys: b.keys, Starts: append(b.starts, uint32(rows)), Times: b.times, Codes: b.codes, Names: b.names.list}
	out.MinTime, out.MaxTime = span(b.times)
	cols := []*column{b.source, b.clamped}
	for _, c := range b.columns {
		cols = append(cols, c)
	}
	for _, c := range cols {
		if len(c.present) > 0 {
			out.Columns = append(out.Columns, c.seal(rows))
		}
	}
	sortColumns(out.Columns)
	return out
}

func (c *column) seal(rows int) *store.Column {
	words := (rows + 63) / 64
	c.present = append(c.present, make([]uint64, words-len(c.present))...)
	return &store.Column{
		Path: c.path, Kind: c.kind, Present: c.present, Rank: rank(c.present),
		Codes: narrow(c.codes, c.dict.len()), Dict: c.dict.strings(), Nums: c.nums,
	}
}

func sortColumns(cols []*store.Column) {
	slices.SortFunc(cols, func(a, b *store.Column) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
	})
}

func span(times []event.Millis) (lo, hi event.Millis) {
	if len(times) == 0 {
		return 0, 0
	}
	lo, hi = math.MaxInt64, math.MinInt64
	for _, t := range times {
		lo, hi = min(lo, t), max(hi, t)
	}
	return lo, hi
}

// Sort puts events in the order that a Builder takes: by profile, then time; what is equal stays in order of arrival.
func Sort(events []event.Event) {
	slices.SortStableFunc(events, func(a, b event.Event) int {
		return cmp.Or(cmp.Compare(a.Profile, b.Profile), cmp.Compare(a.Time, b.Time))
	})
}

// FromEvents makes a block of events in any order; it does not change the slice. More than a block may hold are
// taken all the same, as Builder tells.
func FromEvents(events []event.Event) *store.Block {
	order := make([]*event.Event, len(events))
	for i := range events {
		order[i] = &events[i]
	}
	slices.SortStableFunc(order, func(a, b *event.Event) int {
		return cmp.Or(cmp.Compare(a.Profile, b.Profile), cmp.Compare(a.Time, b.Time))
	})
	b := NewBuilder()
	for _, e := range order {
		if err := b.Add(e); err != nil {
			panic("BUG: sorted events out of order: " + err.Error())
		}
	}
	return b.Block()
}
