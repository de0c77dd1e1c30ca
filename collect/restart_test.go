package collect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"wend.dev/wend/collect/dedup"
	"wend.dev/wend/event"
)

// A crash loses what the dedup set had only in memory. The log's replay must bring it back, so that clients who never
// heard their 200 may send again.
func TestRetryAfterCrashIsADuplicate(t *testing.T) {
	dir := t.TempDir()
	log := &memoryLog{}
	open := func() *fixture {
		set, err := dedup.Open(dir, dedup.Options{})
		if err != nil {
			t.Fatal(err)
		}
		set.Observe(log.all()[set.Mark():]) // one event an append: a mark is an index
		return newFixture(t, func(o *Options) { o.Log, o.Dedup = log, set })
	}
	first := open()
	for i := range 10 {
		first.want(200, "/v1/track", track(fmt.Sprint(i)))
		if i == 4 {
			if err := first.c.o.Dedup.Flush(first.c.mark.get()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if m, n := first.c.o.Dedup.Mark(), first.c.o.Dedup.Unflushed(); m != 5 || n != 5 {
		t.Fatalf("mark %d with %d ids only in memory", m, n)
	}
	second := open() // the first is still there, as a killed process's files are, and never flushes before this
	for i := range 12 {
		second.want(200, "/v1/track", track(fmt.Sprint(i)))
	}
	want := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"}
	if got := storedIDs(log.all()); !slices.Equal(got, want) {
		t.Errorf("stored %v", got)
	}
}

func TestDedupIsFlushedAsTimePasses(t *testing.T) {
	fx := newFixture(t, func(o *Options) { o.FlushEvery = time.Minute })
	fx.want(200, "/v1/track", track("a"))
	if m := fx.c.o.Dedup.Mark(); m != 0 {
		t.Fatalf("flushed to %d at once", m)
	}
	fx.clock.advance(time.Minute)
	fx.want(200, "/v1/track", track("b"))
	waitFor(t, func() bool { return fx.c.o.Dedup.Mark() > 0 }) // of the first or the second: the committer may be late
}

func TestSubmitWaitsForRoom(t *testing.T) {
	gate := make(chan struct{})
	fx := newFixture(t, func(o *Options) {
		o.Log.(*memoryLog).gate = gate
		o.QueueBytes = 1000 // a quarter of it for Submit
	})
	one := func(id string) []event.Event {
		return []event.Event{{Kind: event.Track, Name: "E", UserID: "u", MessageID: id}}
	}
	first := make(chan error)
	go func() { first <- fx.c.Submit(context.Background(), "s", one("a")) }()
	go func() { first <- fx.c.Submit(context.Background(), "s", one("b")) }()
	waitFor(t, func() bool { return fx.c.inner.used() > 0 })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := fx.c.Submit(ctx, "s", make([]event.Event, 0)); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("an empty submit says %v", err)
	}
	if err := fx.c.Submit(ctx, "s", append(one("c"), one("d")...)); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled submit says %v", err)
	}
	close(gate)
	for range 2 {
		if err := <-first; err != nil {
			t.Error(err)
		}
	}
	if got := storedIDs(fx.log.all()); len(got) != 2 {
		t.Errorf("stored %v", got)
	}
}

func TestRates(t *testing.T) {
	r := rates{buckets: map[string]bucket{}}
	s := Source{ID: "s", EventsPerSecond: 10}
	now := testNow
	f := func(after time.Duration, n int, ok bool, retry int) {
		t.Helper()
		now = now.Add(after)
		gotRetry, gotOK := r.take(s, n, now)
		if gotOK != ok || gotRetry != retry {
			t.Errorf("taking %d gives %v, retry %d", n, gotOK, gotRetry)
		}
	}
	f(0, 15, true, 0)
	f(0, 100, true, 0) // 5 left: one request may go into debt
	f(0, 1, false, 10)
	f(5*time.Second, 1, false, 5)
	f(4*time.Second, 1, false, 1)
	f(time.Second, 1, true, 0)
	f(-time.Hour, 1, true, 0) // a clock set back gives nothing and takes nothing
	f(time.Hour, 30, true, 0)
	if _, ok := r.take(Source{ID: "free"}, 1<<30, now); !ok {
		t.Error("a source without a rate is limited")
	}
}
