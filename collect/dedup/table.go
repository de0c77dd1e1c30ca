package dedup

import (
	"slices"

	"wend.dev/wend/event"
)

// table is a set of non-zero ids in memory, open addressing with linear probing. The ids are hashes already.
type table struct {
	slots       []uint64 // 0 is free; at most three quarters are taken
	n           int
	first, last event.Millis // when the oldest and newest were received
}

func newTable() *table { return &table{slots: make([]uint64, 1024)} }

func (t *table) slot(id uint64) int {
	mask := uint64(len(t.slots) - 1)
	i := id & mask
	for t.slots[i] != 0 && t.slots[i] != id {
		i = (i + 1) & mask
	}
	return int(i)
}

func (t *table) has(id uint64) bool { return t.slots[t.slot(id)] == id }

func (t *table) add(id uint64, at event.Millis) {
	t.span(at, at)
	i := t.slot(id)
	if t.slots[i] == id {
		return
	}
	t.slots[i] = id
	if t.n++; t.n*4 < len(t.slots)*3 {
		return
	}
	old := t.slots
	t.slots = make([]uint64, 2*len(old))
	for _, id := range old {
		if id != 0 {
			t.slots[t.slot(id)] = id
		}
	}
}

// span widens the time that the table covers.
func (t *table) span(from, to event.Millis) {
	if t.first == 0 || from < t.first {
		t.first = from
	}
	t.last = max(t.last, to)
}

func (t *table) each(f func(uint64)) {
	for _, id := range t.slots {
		if id != 0 {
			f(id)
		}
	}
}

func (t *table) sorted() []uint64 {
	out := make([]uint64, 0, t.n)
	t.each(func(id uint64) { out = append(out, id) })
	slices.Sort(out)
	return out
}
