// Package watch is no stage: stored segments and events as they arrive in, who enters and leaves out.
//
// It keeps a live.Tracker per stored segment. A new or changed one is built from a snapshot in the background, while
// the events that arrive meanwhile wait for it; from then on it is told of every event and looks about itself a few
// times a second, and whenever the clock may move somebody.
package watch

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/live"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

const (
	pace = 150 * time.Millisecond // between two looks
	doze = 30 * time.Second       // longest pause of the clock
	kept = 500                    // changes kept per segment
	most = 200                    // segments that are followed; the others are not

	mostKept = 3_000_000 // records of persons, about half a kilobyte each, in all segments
)

// Options say what is watched and who is told.
type Options struct {
	Source engine.Source
	Stored engine.Stored
	Clock  event.Clock
	Logger *slog.Logger
	Moved  func(Moved) // told of changes, in order; never nil

	MostKept int // records of persons to keep in memory, in all segments; default 3,000,000

	// Again is how often every segment is built anew, where stored events go with age; 0 for never.
	Again time.Duration
}

// Moved is what one look found of one segment.
type Moved struct {
	ID      string
	Account bool // the actors are accounts
	Size    int  // after the changes
	Changes []live.Change
}

// State is what is known of one segment.
type State struct {
	Ready   bool // false while it is being built, and for one that is not followed
	Account bool
	Size    int
	Since   event.Millis  // when it was built: changes before that are not known
	Changes []live.Change // newest first
}

// Watch follows all stored segments.
type Watch struct {
	opts Options
	gate sync.Mutex // held while an event is stored and told, and while a snapshot is taken to build from

	mu       sync.Mutex
	segments map[string]*segment

	poke    chan struct{} // holds a token when there is something to look at
	refresh chan struct{} // holds a token when the stored segments may have changed
	done    sync.WaitGroup
	stop    context.CancelFunc
}

// segment is one that is followed.
type segment struct {
	made    string // what it was built from
	given   bool   // up: it would keep too much
	stale   bool   // events it was built from are gone: it is to be built anew
	tracker *live.Tracker
	waiting []event.Event // arrived while it is being built
	state   State
}

// New makes a watch. Start begins it.
func New(o Options) *Watch {
	if o.MostKept == 0 {
		o.MostKept = mostKept
	}
	return &Watch{opts: o, segments: map[string]*segment{}, poke: make(chan struct{}, 1), refresh: make(chan struct{}, 1)}
}

// Start builds what is stored and follows it until Stop.
func (w *Watch) Start() {
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	w.Refresh()
	w.done.Go(func() { w.build(ctx) })
	w.done.Go(func() { w.look(ctx) })
}

// Stop ends the work.
func (w *Watch) Stop() {
	if w.stop != nil {
		w.stop()
		w.done.Wait()
	}
}

// Refresh says that the stored segments may have changed.
func (w *Watch) Refresh() { token(w.refresh) }

// Erased says that some profiles' events are gone: whatever is known of them is dropped, and every segment built anew.
func (w *Watch) Erased(profiles []event.ProfileID) {
	w.mu.Lock()
	for _, s := range w.segments {
		s.stale = true
		s.state.Changes = slices.DeleteFunc(s.state.Changes, func(c live.Change) bool {
			return !s.state.Account && slices.Contains(profiles, event.ProfileID(c.Actor))
		})
	}
	w.mu.Unlock()
	w.Refresh()
}

func token(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Append stores events by calling store, and tells every segment of them. The events stay the caller's.
func (w *Watch) Append(events []event.Event, store func() error) error {
	w.gate.Lock()
	defer w.gate.Unlock()
	if err := store(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.segments {
		if !s.state.Ready {
			if !s.given {
				s.waiting = append(s.waiting, events...)
			}
			continue
		}
		for i := range events {
			s.tracker.Observe(&events[i])
		}
	}
	token(w.poke)
	return nil
}

// State tells of one segment; ok is false for one that is not followed.
func (w *Watch) State(id string) (state State, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.segments[id]
	if s == nil {
		return state, false
	}
	state = s.state
	state.Changes = append([]live.Change(nil), s.state.Changes...)
	return state, true
}

// build keeps the followed segments those that are stored.
func (w *Watch) build(ctx context.Context) {
	var again <-chan time.Time
	if w.opts.Again > 0 {
		ticker := time.NewTicker(w.opts.Again)
		defer ticker.Stop()
		again = ticker.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.refresh:
		case <-again:
			w.Erased(nil)
		}
		stored, err := w.opts.Stored.StoredSegments(ctx)
		if err != nil {
			w.fail(ctx, "cannot read the stored segments", err)
			continue
		}
		for id := range w.outdated(stored) {
			if err := w.one(ctx, id, stored); err != nil {
				w.fail(ctx, fmt.Sprintf("cannot follow segment %q", id), err)
			}
		}
	}
}

func (w *Watch) fail(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		w.opts.Logger.Error(what, "error", err)
	}
}

// madeOf is all that a segment's members depend on.
func madeOf(id string, stored map[string]seq.StoredSegment) string {
	s := stored[id]
	if strings.Contains(s.Where, "in_segment") {
		return fmt.Sprint(stored) // maps are printed in order of their keys
	}
	return fmt.Sprint(s)
}

// outdated drops the segments that are gone and lists those to be built.
func (w *Watch) outdated(stored map[string]seq.StoredSegment) map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, s := range w.segments {
		if s.made != madeOf(id, stored) {
			delete(w.segments, id)
		}
	}
	out := map[string]bool{}
	for id := range stored {
		s := w.segments[id]
		if s != nil && s.stale || s == nil && len(out)+len(w.segments) < most {
			out[id] = true
		}
	}
	return out
}

// one builds a segment from a snapshot and then from what arrived meanwhile.
func (w *Watch) one(ctx context.Context, id string, stored map[string]seq.StoredSegment) error {
	tracker, err := live.New(stored[id], stored)
	if err != nil {
		return err
	}
	s := &segment{made: madeOf(id, stored), tracker: tracker, state: State{Account: stored[id].Actor == "account"}}
	w.gate.Lock()
	snap, err := w.opts.Source.Snapshot(ctx)
	if err == nil {
		w.mu.Lock()
		if old := w.segments[id]; old != nil {
			s.state.Changes = old.state.Changes
		}
		w.segments[id] = s
		w.mu.Unlock()
	}
	w.gate.Unlock()
	if err != nil {
		return err
	}
	defer snap.Release()
	if err := exec.Replay(ctx, tracker, snap); err != nil {
		w.forget(id, s)
		return err
	}
	now := event.MillisOf(w.opts.Clock.Now())
	tracker.Settle(now, live.Identity{Merged: snap.Merged, Accounts: snap.Accounts, Groups: snap.Groups})
	w.mu.Lock()
	defer w.mu.Unlock()
	if total := tracker.Kept() + w.records(); total > w.opts.MostKept {
		s.given, s.waiting, s.tracker = true, nil, nil
		w.opts.Logger.Warn("a segment is not followed live: too much would be kept in memory", "segment", id, "persons", total)
		return nil
	}
	for i := range s.waiting {
		tracker.Observe(&s.waiting[i])
	}
	s.waiting = nil
	s.state.Ready, s.state.Size, s.state.Since = true, tracker.Size(), now
	token(w.poke)
	return nil
}

// records is how many records of persons there are. Callers hold mu.
func (w *Watch) records() (n int) {
	for _, s := range w.segments {
		if s.state.Ready {
			n += s.tracker.Kept()
		}
	}
	return n
}

func (w *Watch) forget(id string, s *segment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.segments[id] == s {
		delete(w.segments, id)
	}
}

// look settles whenever there are new events or the clock may move somebody, at most once per pace.
func (w *Watch) look(ctx context.Context) {
	timer := time.NewTimer(doze)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-w.poke:
		}
		next, err := w.settle(ctx)
		if err != nil {
			w.fail(ctx, "cannot see who entered or left segments", err)
		}
		timer.Reset(min(max(next, pace), doze))
		rest := time.NewTimer(pace)
		select {
		case <-ctx.Done():
		case <-rest.C:
		}
		rest.Stop()
	}
}

// settle judges everybody who may have moved, tells of those who did, and says how long the clock may rest.
func (w *Watch) settle(ctx context.Context) (rest time.Duration, err error) {
	w.mu.Lock()
	none := len(w.segments) == 0
	w.mu.Unlock()
	if none {
		return doze, nil
	}
	snap, err := w.opts.Source.Snapshot(ctx)
	if err != nil {
		return pace, err
	}
	id := live.Identity{Merged: snap.Merged, Accounts: snap.Accounts, Groups: snap.Groups}
	snap.Release() // the maps stay as they are
	var moved []Moved
	now := event.MillisOf(w.opts.Clock.Now())
	rest = doze
	w.mu.Lock()
	for name, s := range w.segments {
		if !s.state.Ready {
			continue
		}
		if changes := s.tracker.Settle(now, id); len(changes) > 0 {
			s.note(changes)
			moved = append(moved, Moved{name, s.state.Account, s.state.Size, changes})
		}
		if due := s.tracker.Due(); due != 0 {
			rest = min(rest, time.Duration(due-now)*time.Millisecond)
		}
	}
	w.mu.Unlock()
	for _, m := range moved {
		w.opts.Moved(m)
	}
	return rest, nil
}

// note keeps the newest changes, newest first.
func (s *segment) note(changes []live.Change) {
	s.state.Size = s.tracker.Size()
	if len(changes) > kept {
		changes = changes[len(changes)-kept:]
	}
	list := make([]live.Change, 0, min(kept, len(changes)+len(s.state.Changes)))
	for i := len(changes) - 1; i >= 0; i-- {
		list = append(list, changes[i])
	}
	s.state.Changes = append(list, s.state.Changes[:min(len(s.state.Changes), kept-len(list))]...)
}
