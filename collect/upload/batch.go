package upload

import (
	"bytes"

	"github.com/cespare/xxhash/v2"
)

const (
	batchHead = `{"batch":[`
	batchTail = `]}`
)

// batch is what one request carries, and what may be noted once it is acknowledged.
type batch struct {
	text     []byte
	events   int
	row      int64 // the last row of which everything is in this batch or an earlier one
	offset   int64 // bytes of the files read by then
	bad      []string
	repeated int64
	last     bool
}

func (b *batch) fits(size, events, maxBytes, maxEvents int) bool {
	return len(b.text)+size+len(batchHead)+len(batchTail) <= maxBytes && b.events+events <= maxEvents
}

func (b *batch) add(e []byte, seen *recent) {
	if len(b.text) == 0 {
		b.text = append(make([]byte, 0, 64<<10), batchHead...)
	} else {
		b.text = append(b.text, ',')
	}
	b.text = append(b.text, e...)
	b.events++
	if id, ok := messageID(e); ok && !seen.add(xxhash.Sum64(id)) {
		b.repeated++
	}
}

func (b *batch) body() []byte { return append(b.text, batchTail...) }

// messageID finds the id in an event that this package or mapping wrote: its first, and so outermost, messageId.
func messageID(e []byte) ([]byte, bool) {
	const key = `"messageId":"`
	i := bytes.Index(e, []byte(key))
	if i < 0 {
		return nil, false
	}
	rest := e[i+len(key):]
	j := bytes.IndexByte(rest, '"')
	return rest[:max(j, 0)], j > 0
}

// recent remembers the latest of many hashes in bounded memory.
type recent struct {
	set  map[uint64]struct{}
	ring []uint64
	next int
	max  int
}

func newRecent(limit int) *recent { return &recent{set: map[uint64]struct{}{}, max: limit} }

// add says whether the hash is new.
func (r *recent) add(h uint64) bool {
	if _, ok := r.set[h]; ok {
		return false
	}
	if len(r.ring) < r.max {
		r.ring = append(r.ring, h)
	} else {
		delete(r.set, r.ring[r.next])
		r.ring[r.next] = h
		r.next = (r.next + 1) % r.max
	}
	r.set[h] = struct{}{}
	return true
}
