package watch

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/live"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// shop is a world whose clock runs in fake time.
type shop struct {
	*enginetest.World
	mu    sync.Mutex
	moved []Moved
}

func (s *shop) Now() time.Time { return time.Now() }

func (s *shop) tell(m Moved) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved = append(s.moved, m)
}

// order is an event of now.
func order(w *Watch, s *shop, who string) {
	now := event.MillisOf(time.Now())
	e := event.Event{Kind: event.Track, Name: "buy", Time: now, ReceivedAt: now, Profile: event.UserProfile(who), UserID: who}
	_ = w.Append([]event.Event{e}, func() error {
		s.Batches = append(s.Batches, []event.Event{e})
		return nil
	})
}

// watched runs a test in fake time with two segments; somebody had bought before.
func watched(t *testing.T, most int, log *bytes.Buffer, f func(w *Watch, s *shop)) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{World: &enginetest.World{Stored: map[string]seq.StoredSegment{
			"ever": {Where: `did("buy")`}, "fresh": {Where: `did("buy", within("10s"))`},
		}}}
		w := New(Options{Source: s, Stored: s, Clock: s, Logger: slog.New(slog.NewTextHandler(log, nil)), Moved: s.tell, MostKept: most})
		order(w, s, "old")
		<-time.After(time.Minute)
		w.Start()
		synctest.Wait()
		f(w, s)
		w.Stop()
	})
}

func (s *shop) sizes(t *testing.T, w *Watch, ever, fresh int) {
	t.Helper()
	for id, want := range map[string]int{"ever": ever, "fresh": fresh} {
		if st, ok := w.State(id); !ok || !st.Ready || st.Size != want {
			t.Errorf("%s is %+v, want %d members", id, st, want)
		}
	}
}

func TestWatch(t *testing.T) {
	watched(t, 0, &bytes.Buffer{}, func(w *Watch, s *shop) {
		s.sizes(t, w, 1, 0)
		order(w, s, "anna")
		<-time.After(2 * pace)
		s.sizes(t, w, 2, 1)
		<-time.After(10 * time.Second) // nothing comes: the clock alone moves her out
		s.sizes(t, w, 2, 0)
		st, _ := w.State("fresh")
		if len(st.Changes) != 2 || st.Changes[0].Entered || !st.Changes[1].Entered || st.Changes[0].At-st.Changes[1].At < 9_000 {
			t.Errorf("changes are %+v", st.Changes)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.moved) != 3 {
			t.Errorf("told were %+v", s.moved)
		}
	})
}

// TestWatchChanged: a changed segment is built anew, a deleted one is let go, another stays as it is.
func TestWatchChanged(t *testing.T) {
	watched(t, 0, &bytes.Buffer{}, func(w *Watch, s *shop) {
		order(w, s, "anna")
		<-time.After(2 * pace)
		s.Stored = map[string]seq.StoredSegment{"ever": {Where: `did("buy")`}, "fresh": {Where: `did("buy", within("3m"))`}}
		w.Refresh()
		<-time.After(2 * pace)
		s.sizes(t, w, 2, 2)
		if ever, _ := w.State("ever"); len(ever.Changes) != 1 {
			t.Errorf("ever has changes %+v", ever.Changes)
		}
		if fresh, _ := w.State("fresh"); len(fresh.Changes) != 0 {
			t.Errorf("what was before is no change: %+v", fresh.Changes)
		}
		s.Stored = map[string]seq.StoredSegment{"ever": s.Stored["ever"]}
		w.Refresh()
		<-time.After(2 * pace)
		if _, ok := w.State("fresh"); ok {
			t.Error("a deleted segment is followed")
		}
	})
}

// TestWatchTooMuch: a segment that would keep too much is not followed, and says so.
func TestWatchTooMuch(t *testing.T) {
	log := &bytes.Buffer{}
	watched(t, 1, log, func(w *Watch, s *shop) {
		followed := 0
		for _, id := range []string{"ever", "fresh"} {
			if st, _ := w.State(id); st.Ready {
				followed++
			}
		}
		order(w, s, "anna")
		if followed != 1 {
			t.Errorf("%d segments are followed", followed)
		}
	})
	if !strings.Contains(log.String(), "not followed live") {
		t.Errorf("the log says %q", log)
	}
}

// TestNote: the newest changes come first, and no more are kept than are shown.
func TestNote(t *testing.T) {
	tracker, err := live.New(seq.StoredSegment{Where: `did("x")`}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &segment{tracker: tracker}
	for i := range kept + 10 {
		s.note([]live.Change{{Actor: uint64(2 * i)}, {Actor: uint64(2*i + 1)}})
	}
	if n := len(s.state.Changes); n != kept || s.state.Changes[0].Actor != 2*(kept+10)-1 || s.state.Changes[1].Actor != 2*(kept+10)-2 {
		t.Errorf("%d changes, the first %d, %d", n, s.state.Changes[0].Actor, s.state.Changes[1].Actor)
	}
}
