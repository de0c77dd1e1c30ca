package httpapi

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"wend.dev/wend/event"
)

// The hub's bounds, per listener.
const (
	hubPending = 256                    // events kept for a listener that has not fetched them yet
	hubPerSec  = 50                     // events shown to one listener in one second; the rest are counted
	hubChanges = 64                     // changes kept; past it they become one Changed of kind *
	hubPace    = 100 * time.Millisecond // between two writes to one listener
	hubBeat    = 15 * time.Second       // between two signs of life on a silent feed
	hubWrite   = 10 * time.Second       // a write that takes longer ends the feed
	hubMost    = 200                    // listeners at once
)

// Hub passes what happens to those who listen on GET /api/v1/stream. Publishing never blocks and costs next to nothing
// while nobody listens; a slow listener loses events (and is told how many), never memory.
type Hub struct {
	clock     event.Clock
	pace      time.Duration
	beat      time.Duration
	count     atomic.Int32
	last      atomic.Pointer[Tick]
	mu        sync.Mutex
	closed    bool
	listeners map[*listener]struct{}
	left      prometheus.Counter
}

// NewHub makes a hub and registers its figures.
func NewHub(clock event.Clock, reg *prometheus.Registry) (*Hub, error) {
	h := &Hub{clock: clock, pace: hubPace, beat: hubBeat, listeners: map[*listener]struct{}{}}
	h.left = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "wend_httpapi_stream_left_out_events_total", Help: "Events that a listener of the live feed did not get.",
	})
	open := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "wend_httpapi_stream_listeners", Help: "Open live feeds.",
	}, func() float64 { return float64(h.count.Load()) })
	for _, c := range []prometheus.Collector{h.left, open} {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// Events shows events as they are acknowledged. It copies what it keeps.
func (h *Hub) Events(events []event.Event) {
	if h.count.Load() == 0 {
		return
	}
	now := h.clock.Now()
	h.each(func(l *listener) {
		for i := range events {
			if l.offer(&events[i], now) {
				h.left.Inc()
			}
		}
	})
}

// Changed tells that a definition was changed.
func (h *Hub) Changed(c Changed) { h.each(func(l *listener) { l.changed(c) }) }

// Tick tells that questions see newer events; it may be called as often as they do.
func (h *Hub) Tick(t Tick) {
	h.last.Store(&t)
	h.each(func(l *listener) { l.ticked(t) })
}

// Close ends every feed, so that a server can drain. Later listeners are turned away.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	h.closed = true
	for l := range h.listeners {
		close(l.gone)
	}
}

func (h *Hub) each(f func(*listener)) {
	if h.count.Load() == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		f(l)
	}
}

// join adds a listener, which is told the last tick; nil when there are too many or the hub is closed.
func (h *Hub) join(want streamInput) *listener {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.listeners) >= hubMost {
		return nil
	}
	l := &listener{want: want, wake: make(chan struct{}, 1), gone: make(chan struct{})}
	if t := h.last.Load(); t != nil {
		l.ticked(*t)
	}
	if want.Again != "" {
		l.changed(Changed{Kind: "*"}) // whatever it missed meanwhile
	}
	h.listeners[l] = struct{}{}
	h.count.Store(int32(len(h.listeners)))
	return l
}

func (h *Hub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.listeners, l)
	h.count.Store(int32(len(h.listeners)))
}

// listener is one open feed: what waits to be written to it.
type listener struct {
	want streamInput
	wake chan struct{} // holds one token when something waits
	gone chan struct{} // closed when the hub closes

	mu       sync.Mutex
	events   []liveEvent
	left     int64
	changes  []Changed
	segments []segmentMoved
	tick     *Tick
	second   int64 // Unix second that shown counts
	shown    int
}

// pending is what a listener's writer takes at once.
type pending struct {
	events   []liveEvent
	left     int64
	changes  []Changed
	segments []segmentMoved
	tick     *Tick
}

// offer keeps an event for the listener; skipped says that it had to be left out.
func (l *listener) offer(e *event.Event, now time.Time) (skipped bool) {
	if !l.want.Events || l.want.Source != "" && l.want.Source != e.Source || l.want.Name != "" && l.want.Name != e.Name {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.poke()
	if s := now.Unix(); s != l.second {
		l.second, l.shown = s, 0
	}
	if l.shown >= hubPerSec || len(l.events) >= hubPending {
		l.left++
		return true
	}
	l.shown++
	l.events = append(l.events, eventMessage(e))
	return false
}

func (l *listener) changed(c Changed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.poke()
	if len(l.changes) >= hubChanges {
		l.changes = append(l.changes[:0], Changed{Kind: "*"})
		return
	}
	l.changes = append(l.changes, c)
}

func (l *listener) ticked(t Tick) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.poke()
	l.tick = &t
}

func (l *listener) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *listener) take() pending {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := pending{l.events, l.left, l.changes, l.segments, l.tick}
	l.events, l.left, l.changes, l.segments, l.tick = nil, 0, nil, nil, nil
	return p
}
