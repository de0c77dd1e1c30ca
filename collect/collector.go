package collect

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"wend.dev/wend/collect/dedup"
	"wend.dev/wend/collect/snippet"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// Defaults of Options and of Source.
const (
	DefaultBatchBytes  = 500_000
	DefaultBatchEvents = 2500
	DefaultQueueBytes  = 64 << 20
)

// Errors of Submit, and causes of a 503.
var (
	ErrClosed = errors.New("the collector is shutting down")
	errBehind = fmt.Errorf("the dedup set cannot be written: %w", store.ErrFull)
)

// Options says what a Collector works with. All but the last three are needed.
type Options struct {
	Log        Appender
	Sources    Sources
	Rejections Rejections
	Dedup      *dedup.Set // replayed up to the log's end; the Collector flushes it, its owner closes it
	Clock      event.Clock
	Logger     *slog.Logger  // default slog.Default()
	QueueBytes int64         // most bytes of events waiting for the log before 429; default DefaultQueueBytes
	FlushEvery time.Duration // how often the dedup set is flushed at most; default a minute
}

// Collector takes events in over HTTP and from inside the process, and acknowledges those that are on disk.
type Collector struct {
	o        Options
	edge     *room // bytes of HTTP requests
	inner    *room // bytes of Submit
	rates    rates
	queue    *queue
	counters counters
	decoders sync.Pool
	script   script

	done  chan struct{} // closed when the committer has ended
	flush chan struct{} // asks the keeper for a flush; closed by the committer
	kept  chan struct{} // closed when the keeper has ended
	mark  markCell
}

// New makes a Collector and starts its committer. Close ends it.
func New(o Options) *Collector {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.QueueBytes <= 0 {
		o.QueueBytes = DefaultQueueBytes
	}
	if o.FlushEvery <= 0 {
		o.FlushEvery = time.Minute
	}
	c := &Collector{
		o: o, edge: newRoom(o.QueueBytes), inner: newRoom(max(o.QueueBytes/4, 1)), queue: newQueue(),
		rates: rates{buckets: map[string]bucket{}},
		done:  make(chan struct{}), flush: make(chan struct{}, 1), kept: make(chan struct{}),
		script: newScript(),
	}
	c.counters.rejected, c.counters.answers = map[string]uint64{}, map[int]uint64{}
	c.decoders.New = func() any { return new(decoder) }
	c.mark.set(o.Dedup.Mark())
	c.mark.at = o.Clock.Now()
	go c.commit()
	go c.keep()
	return c
}

// Close refuses new events, waits until all that were taken are answered, and flushes the dedup set.
func (c *Collector) Close() error {
	c.queue.close()
	<-c.done
	<-c.kept
	return c.o.Dedup.Flush(c.mark.get())
}

// Flush makes the dedup set durable up to a mark of the log that has been reached: everything up to there may be trimmed.
func (c *Collector) Flush(ctx context.Context, upTo store.Mark) error {
	// The committer answers once it has put into the set what it appended before: so it knows all up to the mark.
	if err := c.Submit(ctx, "", nil); err != nil {
		return err
	}
	c.mark.set(upTo)
	return c.o.Dedup.Flush(c.mark.get())
}

// InvalidEvent is Submit's error for an event that cannot be accepted.
type InvalidEvent struct {
	Index  int    // which of the events given
	Reason string // one of the Reason constants
	Detail string // a sentence
}

// Error names the event and what is wrong with it.
func (e *InvalidEvent) Error() string {
	return fmt.Sprintf("event %d is not valid (%s): %s", e.Index, e.Reason, e.Detail)
}

// Submit takes events from inside the process (imports, deliveries, webhooks) and returns once they are on disk.
// It sets Source, Profile, and what is missing of MessageID, Name, Time and ReceivedAt; Fields need not be sorted.
// An event with a message id seen before is not stored again. If one event is invalid it returns an *InvalidEvent
// and none is stored. It waits while the queue is full. The strings of the events must not change afterwards.
func (c *Collector) Submit(ctx context.Context, sourceID string, events []event.Event) error {
	now := event.MillisOf(c.o.Clock.Now())
	r := &request{items: make([]item, len(events)), done: make(chan error, 1)}
	var total int64
	for i := range events {
		it := &r.items[i]
		it.event = events[i]
		if no := complete(&it.event, sourceID, now); no != nil {
			return &InvalidEvent{i, no.reason, no.detail}
		}
		it.id = dedup.ID(sourceID, it.event.MessageID)
		it.size = sizeOf(&it.event)
		total += int64(it.size)
	}
	taken, err := c.inner.wait(ctx, total)
	if err != nil {
		return err
	}
	defer c.inner.give(taken)
	if !c.queue.put(r) {
		return ErrClosed
	}
	return <-r.done
}

// complete fills in what an event from inside the process may leave out, and checks it.
func complete(e *event.Event, sourceID string, now event.Millis) *refusal {
	e.Source = sourceID
	if e.ReceivedAt == 0 {
		e.ReceivedAt = now
	}
	if e.Time == 0 {
		e.Time = e.ReceivedAt
	}
	if e.MessageID == "" {
		e.MessageID = freshID()
	}
	if e.Name == "" && e.Kind.String() != "" {
		e.Name = e.Kind.DefaultName()
	}
	if no := checkWords(e); no != nil {
		return no
	}
	if wrong := settleTime(e); wrong != "" {
		return &refusal{ReasonBadTime, wrong}
	}
	if len(e.Fields) > maxFields {
		return &refusal{ReasonTooMany, fmt.Sprintf("the event has more than %d fields", maxFields)}
	}
	if n := sizeOf(e); n > submitBytes {
		return &refusal{ReasonTooLarge, fmt.Sprintf("the event has about %d bytes, at most %d are taken", n, submitBytes)}
	}
	ok := utf8.ValidString(e.Name) && utf8.ValidString(e.UserID) && utf8.ValidString(e.AnonymousID) && utf8.ValidString(e.GroupID) && utf8.ValidString(e.MessageID)
	sorted := true
	for i, f := range e.Fields {
		ok = ok && utf8.ValidString(f.Path) && utf8.ValidString(f.Value.Str)
		sorted = sorted && (i == 0 || e.Fields[i-1].Path < f.Path)
	}
	if !ok {
		return &refusal{ReasonNotUTF8, "the event holds text that is not UTF-8"}
	}
	if !sorted {
		e.Fields = event.SortFields(slices.Clone(e.Fields))
	}
	e.Profile = event.ProfileOf(e.UserID, e.AnonymousID)
	return nil
}

// sizeOf is about how many bytes an event takes, in memory and in the log. It is never less than its texts.
func sizeOf(e *event.Event) int {
	n := 128 + len(e.MessageID) + len(e.Name) + len(e.UserID) + len(e.AnonymousID) + len(e.GroupID)
	for _, f := range e.Fields {
		n += len(f.Path) + len(f.Value.Str) + 16
	}
	return n
}

// script is wend.js as it is served.
type script struct {
	plain, zipped []byte
	tag           string
}

func newScript() script {
	s := script{plain: snippet.Source(), tag: snippet.Tag()}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a constant of the package
	_, _ = w.Write(s.plain)                               // a bytes.Buffer takes everything
	_ = w.Close()
	s.zipped = b.Bytes()
	return s
}
