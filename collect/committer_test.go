package collect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/collect/dedup"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

func track(id string) string {
	return `{"type":"track","event":"E","userId":"u","messageId":"` + id + `"}`
}

func batchOf(ids ...string) string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = track(id)
	}
	return `{"batch":[` + strings.Join(all, ",") + `]}`
}

func storedIDs(events []event.Event) (ids []string) {
	for _, e := range events {
		ids = append(ids, e.MessageID)
	}
	return ids
}

func TestDuplicatesAreStoredOnce(t *testing.T) {
	fx := newFixture(t, func(o *Options) {
		o.Sources = sourceMap{testKey: {ID: "src"}, "other": {ID: "other"}}
	})
	fx.want(200, "/v1/batch", batchOf("a", "b", "a"))
	fx.want(200, "/v1/batch", batchOf("b", "c"))
	fx.want(200, "/v1/batch", batchOf("a"))
	fx.want(200, "/v1/batch", batchOf("a"), "Authorization", "", "X-Write-Key", "other") // another source's "a"
	if got := storedIDs(fx.log.all()); !slices.Equal(got, []string{"a", "b", "c", "a"}) {
		t.Errorf("stored %v", got)
	}
	if s := fx.c.Stats(); s.Accepted != 4 || s.Duplicates != 3 || s.Appends != 3 || s.Latency.Count != 3 || s.Answers[200] != 4 {
		t.Errorf("stats %+v", s)
	}
}

func TestFailedAppendIs503AndRetrySucceeds(t *testing.T) {
	var full error
	fx := newFixture(t, func(o *Options) {
		o.Log.(*memoryLog).fail = func(int) error { return full }
	})
	full = fmt.Errorf("disk: %w", store.ErrFull)
	w := fx.want(503, "/v1/batch", batchOf("a", "b"))
	if w.Header().Get("Retry-After") != "10" || !strings.Contains(w.Body.String(), "no room") {
		t.Errorf("answer %v %s", w.Header(), w.Body)
	}
	full = errors.New("broken")
	fx.want(503, "/v1/batch", batchOf("a"))
	full = nil
	fx.want(200, "/v1/batch", batchOf("a", "b"))
	full = errors.New("broken again")
	fx.want(200, "/v1/batch", batchOf("a", "b")) // on disk already: no append is needed
	fx.want(503, "/v1/batch", batchOf("a", "c"))
	if got := storedIDs(fx.log.all()); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("stored %v", got)
	}
	if s := fx.c.Stats(); s.Failures != 3 || s.Answers[503] != 3 {
		t.Errorf("stats %+v", s)
	}
}

// A request that comes while the first copy is being written must wait for that write's outcome.
func TestDuplicateInFlightSharesItsFate(t *testing.T) {
	gate := make(chan struct{})
	var outcome error
	fx := newFixture(t, func(o *Options) {
		l := o.Log.(*memoryLog)
		l.gate, l.fail = gate, func(call int) error {
			if call == 1 {
				return outcome
			}
			return nil
		}
	})
	outcome = errors.New("broken")
	answers := make(chan int, 2)
	go func() { answers <- fx.post("/v1/batch", batchOf("a")).Code }()
	waitFor(t, func() bool { return fx.c.Stats().Queued > 0 && len(gate) == 0 })
	go func() { answers <- fx.post("/v1/batch", batchOf("a")).Code }()
	gate <- struct{}{} // the first append fails
	if got := <-answers; got != http.StatusServiceUnavailable {
		t.Fatalf("first copy answers %d", got)
	}
	select {
	case gate <- struct{}{}: // the second copy is written on its own, unless it was in the same append
		if got := <-answers; got != http.StatusOK {
			t.Fatalf("second copy answers %d", got)
		}
		if n := len(fx.log.all()); n != 1 {
			t.Fatalf("%d stored", n)
		}
	case got := <-answers:
		if got != http.StatusServiceUnavailable {
			t.Fatalf("second copy answers %d though nothing is stored", got)
		}
	}
	close(gate)
}

func waitFor(t *testing.T, cond func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for !cond() {
		if ctx.Err() != nil {
			t.Fatal("it never happened")
		}
		yield()
	}
}

func TestQueueBoundIs429(t *testing.T) {
	gate := make(chan struct{})
	fx := newFixture(t, func(o *Options) {
		o.Log.(*memoryLog).gate = gate
		o.QueueBytes = 10_000
	})
	const n = 40
	answers := make(chan int, n)
	for i := range n {
		go func() {
			w := fx.post("/v1/batch", batchOf(fmt.Sprint(i)))
			if w.Code == 429 && w.Header().Get("Retry-After") != "1" {
				t.Errorf("Retry-After is %q", w.Header().Get("Retry-After"))
			}
			answers <- w.Code
		}()
	}
	refused := 0
	for refused < n-10_000/512 { // each request takes 513 bytes at least
		if got := <-answers; got != 429 {
			t.Fatalf("answer %d while the log stands still", got)
		}
		refused++
	}
	close(gate)
	accepted := 0
	for range n - refused {
		if <-answers == 200 {
			accepted++
		}
	}
	if accepted == 0 || accepted != len(fx.log.all()) || fx.c.Stats().Queued != 0 {
		t.Errorf("%d accepted, %d stored, %d bytes still taken", accepted, len(fx.log.all()), fx.c.Stats().Queued)
	}
}

func TestAppendsAreBounded(t *testing.T) {
	var sizes []int
	log := appendFunc(func(events []event.Event) error { sizes = append(sizes, len(events)); return nil })
	fx := newFixture(t, func(o *Options) { o.Log = log })
	many := make([]event.Event, 12_000)
	for i := range many {
		many[i] = event.Event{Kind: event.Track, Name: "E", UserID: "u", MessageID: fmt.Sprint(i)}
	}
	if err := fx.c.Submit(context.Background(), "src", many); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(sizes, []int{5000, 5000, 2000}) {
		t.Errorf("appends of %v events", sizes)
	}
	sizes = nil
	big := make([]event.Event, 5)
	for i := range big {
		big[i] = event.Event{Kind: event.Track, Name: "E", UserID: "u", MessageID: fmt.Sprint("big", i),
			Fields: []event.Field{{Path: "properties.x", Value: event.StringValue(strings.Repeat("x", 600_000))}}}
	}
	if err := fx.c.Submit(context.Background(), "src", big); err != nil || !slices.Equal(sizes, []int{3, 2}) {
		t.Errorf("appends of %v large events, %v", sizes, err)
	}
}

// A request cut over several appends, of which a later one fails: the retry stores only what is missing.
func TestPartialFailureIsRetriedWithoutLossOrDouble(t *testing.T) {
	fx := newFixture(t, func(o *Options) {
		o.Log.(*memoryLog).fail = func(call int) error {
			if call == 2 {
				return store.ErrFull
			}
			return nil
		}
	})
	many := make([]event.Event, 12_000)
	for i := range many {
		many[i] = event.Event{Kind: event.Track, Name: "E", UserID: "u", MessageID: fmt.Sprint(i)}
	}
	if err := fx.c.Submit(context.Background(), "src", many); !errors.Is(err, store.ErrFull) {
		t.Fatalf("submit says %v", err)
	}
	if n := len(fx.log.all()); n != 5000 {
		t.Fatalf("%d stored", n)
	}
	if err := fx.c.Submit(context.Background(), "src", many); err != nil {
		t.Fatal(err)
	}
	ids := storedIDs(fx.log.all())
	slices.Sort(ids)
	if len(ids) != 12_000 || len(slices.Compact(ids)) != 12_000 {
		t.Errorf("%d stored", len(ids))
	}
}

func TestSubmit(t *testing.T) {
	fx := newFixture(t, nil)
	ctx := context.Background()
	fields := []event.Field{{Path: "properties.b", Value: event.NumberValue(1)}, {Path: "properties.a", Value: event.NumberValue(2)}}
	err := fx.c.Submit(ctx, "import", []event.Event{
		{Kind: event.Page, AnonymousID: "a", Fields: fields},
		{Kind: event.Track, Name: "Old", UserID: "u", Time: 1, MessageID: "m"},
		{Kind: event.Track, Name: "Ahead", UserID: "u", Time: event.MillisOf(testNow) * 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := fx.log.all()
	now := event.MillisOf(testNow)
	if e := got[0]; e.Name != "Page Viewed" || e.Source != "import" || e.Time != now || e.ReceivedAt != now || e.MessageID == "" || e.Profile != event.AnonymousProfile("a") || e.Fields[0].Path != "properties.a" {
		t.Errorf("completed to %+v", e)
	}
	if fields[0].Path != "properties.b" {
		t.Error("the caller's fields were changed")
	}
	if got[1].Time != 1 || got[1].Clamped || got[2].Time != now || !got[2].Clamped {
		t.Errorf("times %v", got)
	}
	f := func(e event.Event, reason string) {
		t.Helper()
		err := fx.c.Submit(ctx, "import", []event.Event{{Kind: event.Track, Name: "E", UserID: "u"}, e})
		var no *InvalidEvent
		if !errors.As(err, &no) || no.Index != 1 || no.Reason != reason || no.Error() == "" {
			t.Errorf("submit says %v, want %s", err, reason)
		}
	}
	f(event.Event{Kind: 9, Name: "E", UserID: "u"}, ReasonBadType)
	f(event.Event{Kind: event.Track, UserID: "u"}, ReasonNoName)
	f(event.Event{Kind: event.Track, Name: "E"}, ReasonNoID)
	f(event.Event{Kind: event.Track, Name: "E", UserID: "u", Time: -1}, ReasonBadTime)
	f(event.Event{Kind: event.Track, Name: "E\xff", UserID: "u"}, ReasonNotUTF8)
	f(event.Event{Kind: event.Track, Name: "E", UserID: "u", Fields: []event.Field{{Path: "p", Value: event.StringValue("\xff")}}}, ReasonNotUTF8)
	f(event.Event{Kind: event.Track, Name: "E", UserID: "u", Fields: make([]event.Field, maxFields+1)}, ReasonTooMany)
	f(event.Event{Kind: event.Track, Name: "E", UserID: strings.Repeat("u", submitBytes)}, ReasonTooLarge)
	if n := len(fx.log.all()); n != 3 {
		t.Errorf("%d stored after invalid ones", n)
	}
}

func TestCloseRefusesAndDrains(t *testing.T) {
	fx := newFixture(t, nil)
	fx.want(200, "/v1/track", track("a"))
	if err := fx.c.Close(); err != nil {
		t.Fatal(err)
	}
	fx.want(503, "/v1/track", track("b"))
	if err := fx.c.Submit(context.Background(), "s", []event.Event{{Kind: event.Track, Name: "E", UserID: "u"}}); !errors.Is(err, ErrClosed) {
		t.Errorf("submit says %v", err)
	}
	if m := fx.c.o.Dedup.Mark(); m != 1 || fx.c.o.Dedup.Unflushed() != 0 {
		t.Errorf("dedup flushed to %d, %d ids left", m, fx.c.o.Dedup.Unflushed())
	}
}

// Many clients send overlapping batches at once while appends fail at random. Whatever is acknowledged is stored, and
// nothing is stored twice.
func TestModelOfAcknowledgement(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		failures := rapid.SliceOfN(rapid.Bool(), 0, 30).Draw(rt, "failures")
		clients := rapid.SliceOfN(rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, 15), 1, 6), 1, 6), 1, 5).Draw(rt, "clients")
		log := &memoryLog{fail: func(call int) error {
			if call <= len(failures) && failures[call-1] {
				return errors.New("broken")
			}
			return nil
		}}
		fx := newFixture(t, func(o *Options) { o.Log = log })
		fx.log = log
		var mu sync.Mutex
		acked := map[string]bool{}
		var wg sync.WaitGroup
		for _, batches := range clients {
			wg.Go(func() {
				for _, numbers := range batches {
					ids := make([]string, len(numbers))
					for i, n := range numbers {
						ids[i] = fmt.Sprint(n)
					}
					if fx.post("/v1/batch", batchOf(ids...)).Code != http.StatusOK {
						continue
					}
					mu.Lock()
					for _, id := range ids {
						acked[id] = true
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		stored := map[string]int{}
		for _, id := range storedIDs(log.all()) {
			stored[id]++
		}
		for id, n := range stored {
			if n != 1 {
				rt.Fatalf("%s is stored %d times", id, n)
			}
			if !fx.c.o.Dedup.Has(dedup.ID("src", id)) {
				rt.Fatalf("%s is stored but not remembered", id)
			}
		}
		for id := range acked {
			if stored[id] == 0 {
				rt.Fatalf("%s was acknowledged but is not stored", id)
			}
		}
		if err := fx.c.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}
