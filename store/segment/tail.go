package segment

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
	"wend.dev/wend/store/part"
)

const (
	chunkRows = 16 << 10 // raw events that are packed into one chunk
	packRows  = 512      // events that are unpacked at once when a chunk is read
	maxBlocks = 12       // blocks that the tail is kept folded to

	dayMillis = 24 * 60 * 60 * 1000
)

// tail is what is not sealed yet, twice: as blocks for questions, and whole and packed for the lake.
//
//	raw ─▶ blocks    when somebody looks, or before packing; folded so that there are few
//	raw ─▶ chunks    every chunkRows events: sorted, packed as the lake wants them, compressed
//
// The events of raw[:frozen] are in blocks. Fields are guarded by Store.mu; blocks and chunks change only under
// Store.freezing as well.
type tail struct {
	raw       [][]event.Event
	sizes     []int64 // about the memory of each of raw
	rawRows   int
	rawBytes  int64
	frozen    int
	chunks    []chunk
	blocks    []*store.Block
	packed    int64 // bytes of chunks and blocks
	rows      int
	mark      store.Mark
	newest    event.Millis
	firstSeen time.Time // when its first event was appended, by the store's clock
}

// bytes is about the memory that the tail takes.
func (t *tail) bytes() int64 { return t.rawBytes + t.packed }

// add takes events that were logged under a mark.
func (t *tail) add(mark store.Mark, events []event.Event, now time.Time) {
	t.mark = mark
	if len(events) == 0 {
		return
	}
	if t.rows == 0 {
		t.firstSeen = now
	}
	t.raw = append(t.raw, events)
	t.rows += len(events)
	t.rawRows += len(events)
	size := int64(0)
	for i := range events {
		e := &events[i]
		t.newest = max(t.newest, e.ReceivedAt)
		size += eventBytes(e)
	}
	t.sizes = append(t.sizes, size)
	t.rawBytes += size
}

// eventBytes is about the memory of one event.
func eventBytes(e *event.Event) int64 {
	const event, field = 184, 48
	n := event + len(e.MessageID) + len(e.UserID) + len(e.AnonymousID) + len(e.GroupID)
	for i := range e.Fields {
		n += field + len(e.Fields[i].Value.Str)
	}
	return int64(n)
}

// dayOf is the first instant of the UTC day of an instant.
func dayOf(t event.Millis) event.Millis {
	d := t % dayMillis
	if d < 0 {
		d += dayMillis
	}
	return t - d
}

// order is the order of a segment's events, in parts and in lake files.
func order(a, b *event.Event) int {
	return cmp.Or(cmp.Compare(a.Profile, b.Profile), cmp.Compare(a.Time, b.Time))
}

// sortRefs gives the events in order, what is equal as it came.
func sortRefs(groups [][]event.Event) []*event.Event {
	type key struct {
		profile event.ProfileID
		time    event.Millis
		group   uint32
		at      uint32
	}
	n := 0
	for _, g := range groups {
		n += len(g)
	}
	keys := make([]key, 0, n)
	for i, g := range groups {
		for j := range g {
			keys = append(keys, key{g[j].Profile, g[j].Time, uint32(i), uint32(j)})
		}
	}
	slices.SortFunc(keys, func(a, b key) int {
		switch {
		case a.profile != b.profile:
			return cmp.Compare(a.profile, b.profile)
		case a.time != b.time:
			return cmp.Compare(a.time, b.time)
		case a.group != b.group:
			return cmp.Compare(a.group, b.group)
		}
		return cmp.Compare(a.at, b.at)
	})
	out := make([]*event.Event, n)
	for i, k := range keys {
		out[i] = &groups[k.group][k.at]
	}
	return out
}

// fold merges the youngest blocks until there are few. Blocks grow towards the old end, so that each row is merged
// a logarithmic number of times.
func fold(blocks []*store.Block) []*store.Block {
	for len(blocks) > maxBlocks {
		start := len(blocks) - 2
		sum := blocks[start].Rows() + blocks[start+1].Rows()
		for start > 0 && blocks[start-1].Rows() < 2*sum {
			start--
			sum += blocks[start].Rows()
		}
		merged := slices.Collect(part.Merge(blocks[start:], part.MergeOptions{}))
		if len(merged) >= len(blocks)-start {
			return blocks // the bounds of a block are reached: as few as can be
		}
		blocks = append(slices.Clone(blocks[:start]), merged...)
	}
	return blocks
}

// blockBytes is about the memory of a block.
func blockBytes(b *store.Block) int64 {
	n := len(b.Profiles)*16 + len(b.Keys.Bytes) + len(b.Times)*10
	for _, c := range b.Columns {
		n += len(c.Present)*9 + len(c.Codes.U8) + 2*len(c.Codes.U16) + 4*len(c.Codes.U32) + 8*len(c.Nums) + 4*len(c.Dict.Offsets) + len(c.Dict.Bytes)
	}
	return int64(n)
}

var errStopped = errors.New("the store is closing")
