package log

import (
	"context"
	"sync"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// recentBytes is how much of recent messages, encoded, is kept for a reader that is a little behind.
const recentBytes = 24 << 20

// recent holds the messages that this process appended last, so that its reader need not fetch and decode what was
// encoded a moment ago. All messages after covers are in list, in order. Only the embedded log uses it: with a cluster,
// others append too.
type recent struct {
	mu      sync.Mutex
	covers  store.Mark // the last message that is not in list; it may lie behind the log's end
	list    []entry
	bytes   int
	readers int
	more    chan struct{} // closed when list grows
}

type entry struct {
	mark   store.Mark
	events []event.Event
	bytes  int
}

// last is the newest message known. Callers hold mu.
func (r *recent) last() store.Mark {
	if n := len(r.list); n > 0 {
		return r.list[n-1].mark
	}
	return r.covers
}

// start says what the log holds already.
func (r *recent) start(end store.Mark) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if end > r.last() {
		r.covers, r.list, r.bytes = end, nil, 0
	}
}

// add takes a message that was appended. If others are missing before it (their fate was unknown, or they are being
// added by somebody else just now) they are left to the server, and so is all that came before.
func (r *recent) add(e entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := r.last()
	switch {
	case e.mark <= last:
		return
	case r.readers == 0:
		r.covers, r.list, r.bytes = e.mark, nil, 0
		return
	case e.mark > last+1:
		r.covers, r.list, r.bytes = e.mark-1, nil, 0
	}
	r.list = append(r.list, e)
	r.bytes += e.bytes
	for r.bytes > recentBytes && len(r.list) > 1 {
		r.drop()
	}
	close(r.more)
	r.more = make(chan struct{})
}

// drop leaves the oldest message to the server. Callers hold mu.
func (r *recent) drop() {
	r.covers = r.list[0].mark
	r.bytes -= r.list[0].bytes
	r.list[0] = entry{}
	r.list = r.list[1:]
}

// take gives the message of a mark. Otherwise it says whether that one has to be read from the server, or comes later:
// then more is closed when something has come.
func (r *recent) take(next store.Mark) (e entry, ok, behind bool, more <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if next <= r.covers {
		return e, false, true, nil
	}
	at := int(next - r.covers - 1)
	if at >= len(r.list) {
		return e, false, false, r.more
	}
	e = r.list[at]
	if r.readers == 1 { // nobody else wants what it has had
		for len(r.list) > 0 && r.list[0].mark <= next {
			r.drop()
		}
	}
	return e, true, false, nil
}

// holds says whether a reader that wants a mark next need not ask the server.
func (r *recent) holds(next store.Mark) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return next > r.covers
}

func (r *recent) join(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.readers += n
}

// follow hands on messages from next for as long as they come from memory. It returns the next mark with no error when
// that one has to be read from the server.
func (l *Log) follow(ctx context.Context, next store.Mark, fn func(store.Mark, []event.Event) error) (store.Mark, error) {
	for {
		e, ok, behind, more := l.recent.take(next)
		switch {
		case ok:
			if err := fn(e.mark, e.events); err != nil {
				return next, err
			}
			next++
			continue
		case behind:
			return next, nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return next, ctx.Err()
		case <-l.life.Done():
			return next, ErrClosed
		}
	}
}
