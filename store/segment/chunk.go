package segment

import (
	"fmt"
	"iter"
	"slices"

	"github.com/klauspost/compress/s2"

	"wend.dev/wend/event"
	"wend.dev/wend/store/lake"
)

// chunk is a sorted run of events as the lake packs them, in compressed packs.
type chunk struct {
	packs [][]byte
	rows  int
}

// chunker makes one chunk after the other from sorted events; it keeps its buffers.
type chunker struct {
	packer    lake.Packer
	raw, done []byte
	in        int // events in raw
	chunk     chunk
	bytes     int64
}

// add takes an event.
func (k *chunker) add(e *event.Event) {
	k.raw = k.packer.Append(k.raw, e)
	if k.in++; k.in >= packRows {
		k.flush()
	}
}

// flush ends a pack.
func (k *chunker) flush() {
	if k.in == 0 {
		return
	}
	k.done = s2.Encode(k.done[:cap(k.done)], k.raw)
	k.chunk.packs = append(k.chunk.packs, slices.Clone(k.done))
	k.chunk.rows += k.in
	k.bytes += int64(len(k.done))
	k.raw, k.in = k.raw[:0], 0
}

// end gives the chunk, and its size.
func (k *chunker) end() (c chunk, bytes int64) {
	k.flush()
	c, bytes = k.chunk, k.bytes
	k.chunk, k.bytes = chunk{}, 0
	return c, bytes
}

// run reads a chunk: its first event that is still to come, then what is unpacked, then packs.
type run struct {
	at      int
	profile event.ProfileID
	time    event.Millis
	head    lake.Packed
	rest    []byte
	buf     []byte
	packs   [][]byte
}

// next moves on; ok is false at the end.
func (r *run) next() (ok bool, err error) {
	for len(r.rest) == 0 {
		if len(r.packs) == 0 {
			return false, nil
		}
		if r.buf, err = s2.Decode(r.buf[:cap(r.buf)], r.packs[0]); err != nil {
			return false, fmt.Errorf("cannot unpack the tail: %w", err)
		}
		r.rest, r.packs = r.buf, r.packs[1:]
	}
	if r.head, r.rest, err = lake.Cut(r.rest); err != nil {
		return false, fmt.Errorf("cannot unpack the tail: %w", err)
	}
	r.profile, r.time = r.head.Profile(), r.head.Time()
	return true, nil
}

// events gives the whole tail in order; what is equal comes in order of arrival. All of it must be packed. An event is
// valid until the next. The first error, with no event, ends it.
func (t *tail) events() iter.Seq2[lake.Packed, error] {
	return func(yield func(lake.Packed, error) bool) {
		var h runHeap
		for i, c := range t.chunks {
			r := &run{at: i, packs: c.packs}
			ok, err := r.next()
			if err != nil {
				yield(nil, err)
				return
			}
			if ok {
				h.runs = append(h.runs, r)
			}
		}
		for i := len(h.runs)/2 - 1; i >= 0; i-- {
			h.sink(i)
		}
		for len(h.runs) > 0 {
			if !yield(h.runs[0].head, nil) {
				return
			}
			if err := h.advance(); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// runHeap is a binary heap of runs by their head.
type runHeap struct{ runs []*run }

func (h *runHeap) less(i, j int) bool {
	a, b := h.runs[i], h.runs[j]
	switch {
	case a.profile != b.profile:
		return a.profile < b.profile
	case a.time != b.time:
		return a.time < b.time
	}
	return a.at < b.at
}

func (h *runHeap) sink(i int) {
	for {
		c := 2*i + 1
		if c >= len(h.runs) {
			return
		}
		if c+1 < len(h.runs) && h.less(c+1, c) {
			c++
		}
		if !h.less(c, i) {
			return
		}
		h.runs[i], h.runs[c] = h.runs[c], h.runs[i]
		i = c
	}
}

// advance moves the first run on.
func (h *runHeap) advance() error {
	ok, err := h.runs[0].next()
	if err != nil {
		return err
	}
	if !ok {
		last := len(h.runs) - 1
		h.runs[0] = h.runs[last]
		h.runs = h.runs[:last]
	}
	h.sink(0)
	return nil
}
