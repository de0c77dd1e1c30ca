package collect

import (
	"context"
	"errors"
	"sync"
	"time"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// One append holds at most this much, unless a single event is more.
const (
	appendBytes  = 2 << 20
	appendEvents = 5000
	submitBytes  = 1 << 20 // most that Submit takes as one event
)

// Appends begin gatherFor apart, so that one fsync serves more requests, unless so many wait that it is worth one anyway.
// A request that comes alone is not kept waiting.
const (
	gatherFor = 2 * time.Millisecond
	gatherMax = 8 // requests
)

const (
	appendTimeout = 30 * time.Second
	flushAt       = 1 << 20 // ids in memory that make the keeper flush
	behindAt      = 8 << 20 // ids in memory above which nothing more is taken: flushing must be failing
)

// request is what one caller waits for.
type request struct {
	items []item
	done  chan error // receives once, buffered

	// The committer's own notes.
	err    error
	joined bool // it is among the members of the batch
	whole  bool // all its events have been looked at
}

// queue hands requests to the committer; it is bounded by the rooms, not here.
type queue struct {
	mu      sync.Mutex
	waiting []*request
	closed  bool
	bell    chan struct{} // one token when there is something to see
}

func newQueue() *queue { return &queue{bell: make(chan struct{}, 1)} }

func (q *queue) put(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.waiting = append(q.waiting, r)
	q.ring()
	return true
}

func (q *queue) ring() {
	select {
	case q.bell <- struct{}{}:
	default:
	}
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.ring()
}

// take waits for requests and returns all there are, reusing spare; more is false when the queue is closed and empty.
func (q *queue) take(spare []*request) (all []*request, more bool) {
	for {
		<-q.bell
		q.mu.Lock()
		all, closed := q.waiting, q.closed
		q.waiting = spare[:0]
		if closed {
			q.ring() // so that the next call does not wait
		}
		q.mu.Unlock()
		if len(all) > 0 {
			return all, true
		}
		if closed {
			return nil, false
		}
		spare = all
	}
}

// rest gives what has come since take, without waiting for any.
func (q *queue) rest(all []*request) []*request {
	q.mu.Lock()
	defer q.mu.Unlock()
	all = append(all, q.waiting...)
	clear(q.waiting)
	q.waiting = q.waiting[:0]
	return all
}

// commit is the committer: the only goroutine that appends and that asks the dedup set. So when it looks at an event,
// every earlier copy of it is either on disk and in the set, or in the same append, or was refused.
func (c *Collector) commit() {
	defer close(c.done)
	defer close(c.flush)
	b := &appendBatch{c: c, seen: map[uint64]struct{}{}}
	var spare []*request
	var began time.Time
	for {
		all, more := c.queue.take(spare)
		if !more {
			return
		}
		if wait := gatherFor - time.Since(began); wait > 0 && len(all) < gatherMax {
			time.Sleep(wait)
			all = c.queue.rest(all)
		}
		began = time.Now()
		for _, r := range all {
			b.add(r)
		}
		b.send()
		clear(all)
		spare = all
		c.wantFlush()
	}
}

// appendBatch gathers the events of one append.
type appendBatch struct {
	c          *Collector
	events     []event.Event
	ids        []uint64
	seen       map[uint64]struct{} // the ids above
	members    []*request          // who waits for it
	size       int
	duplicates int
	down       bool // the last append failed: logged once
}

// add takes a request's events, sending whenever the batch is full. A duplicate of an event in the batch shares the
// fate of that first copy; a request of nothing but duplicates of stored events is answered at once.
func (b *appendBatch) add(r *request) {
	for i := range r.items {
		it := &r.items[i]
		if _, twice := b.seen[it.id]; twice {
			b.duplicates++
			b.join(r)
			continue
		}
		if b.c.o.Dedup.Has(it.id) {
			b.c.counters.duplicates.Add(1)
			continue
		}
		if len(b.events) > 0 && (len(b.events) >= appendEvents || b.size+it.size > appendBytes) {
			if b.send(); r.err != nil {
				break
			}
		}
		b.seen[it.id] = struct{}{}
		b.ids = append(b.ids, it.id)
		b.events = append(b.events, it.event)
		b.size += it.size
		b.join(r)
	}
	r.whole = true
	if !r.joined {
		r.done <- r.err
	}
}

func (b *appendBatch) join(r *request) {
	if !r.joined {
		r.joined = true
		b.members = append(b.members, r)
	}
}

// send appends what was gathered and answers the requests that have nothing more to come.
func (b *appendBatch) send() {
	var err error
	if len(b.events) > 0 {
		err = b.append()
	}
	if err == nil {
		b.c.counters.accepted.Add(uint64(len(b.events)))
		b.c.counters.duplicates.Add(uint64(b.duplicates))
	}
	for _, r := range b.members {
		if err != nil {
			r.err = err
		}
		if r.joined = false; r.whole {
			r.done <- r.err
		}
	}
	clear(b.members)
	clear(b.seen)
	b.ids, b.members, b.size, b.duplicates = b.ids[:0], b.members[:0], 0, 0
	b.events = make([]event.Event, 0, len(b.events)) // the log keeps the others
}

func (b *appendBatch) append() error {
	o := &b.c.o
	if o.Dedup.Unflushed() > behindAt {
		return errBehind
	}
	ctx, cancel := context.WithTimeout(context.Background(), appendTimeout)
	defer cancel()
	start := o.Clock.Now()
	mark, err := o.Log.Append(ctx, b.events)
	end := o.Clock.Now()
	if err != nil {
		b.c.counters.failures.Add(1)
		if !b.down {
			o.Logger.Error("cannot store events: answering 503 until it works again", "error", err, "full", errors.Is(err, store.ErrFull))
		}
		b.down = true
		return err
	}
	if b.down {
		o.Logger.Info("events are stored again")
		b.down = false
	}
	o.Dedup.Add(event.MillisOf(end), b.ids)
	b.c.mark.set(mark)
	b.c.counters.appended(end.Sub(start))
	return nil
}

// markCell holds the log position of the last append that succeeded.
type markCell struct {
	mu   sync.Mutex
	mark store.Mark
	at   time.Time // of the last flush
}

func (m *markCell) set(mark store.Mark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mark = max(m.mark, mark)
}

func (m *markCell) get() store.Mark {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mark
}

// due says whether a flush is, and notes it as done.
func (m *markCell) due(now time.Time, every time.Duration, ids int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ids < flushAt && now.Sub(m.at) < every {
		return false
	}
	m.at = now
	return true
}

func (c *Collector) wantFlush() {
	if n := c.o.Dedup.Unflushed(); n > 0 && c.mark.due(c.o.Clock.Now(), c.o.FlushEvery, n) {
		select {
		case c.flush <- struct{}{}:
		default:
		}
	}
}

// keep is the keeper: it flushes and merges the dedup set beside the committer.
func (c *Collector) keep() {
	defer close(c.kept)
	for range c.flush {
		if err := c.o.Dedup.Flush(c.mark.get()); err != nil {
			c.o.Logger.Error("cannot flush the dedup set", "error", err)
		}
	}
}
