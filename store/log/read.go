package log

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// Read calls fn with every message from mark from on (or from the oldest there is), in order and each once, and then
// waits for new ones, until ctx ends or fn fails; it returns that error. The events and their strings stay valid
// after fn returns. A damaged message ends it with an error that wraps ErrDamaged and names the mark.
func (l *Log) Read(ctx context.Context, from store.Mark, fn func(store.Mark, []event.Event) error) error {
	l.recent.join(1)
	defer l.recent.join(-1)
	next := max(from, 1)
	for {
		var err error
		if l.opts.URL == "" {
			if next, err = l.follow(ctx, next, fn); err != nil {
				return err
			}
		}
		s, err := l.current(ctx)
		if err != nil {
			return err
		}
		r := reading{next: next, fn: fn, log: l}
		err = r.run(ctx, s)
		next = r.next
		switch {
		case err == nil: // what comes next is in memory
			continue
		case r.final:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case l.life.Err() != nil:
			return ErrClosed
		}
		if err := l.await(ctx, s, err); err != nil {
			return err
		}
	}
}

// await gives a broken session the time to be replaced (or, in a cluster, to connect again).
func (l *Log) await(ctx context.Context, s *session, cause error) error {
	l.broken(s, cause)
	l.mu.Lock()
	same, changed := l.session == s, l.changed
	l.mu.Unlock()
	if !same {
		return nil
	}
	l.logger.Warn("reading the log stopped, will go on", "error", cause)
	pause, cancel := context.WithTimeout(ctx, reopenEvery)
	defer cancel()
	select {
	case <-changed:
	case <-pause.Done():
	}
	return ctx.Err()
}

// reading is one consumer's run over a session.
type reading struct {
	next  store.Mark
	fn    func(store.Mark, []event.Event) error
	log   *Log
	final bool // the error is the caller's or the data's: reading again would not help
}

// run reads until there is an error, or (nil) until what comes next is held in memory.
func (r *reading) run(ctx context.Context, s *session) error {
	consumer, err := s.stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: uint64(r.next),
	})
	if err != nil {
		return fmt.Errorf("cannot read the log from %d: %w", r.next, err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxBytes(readAhead))
	if err != nil {
		return fmt.Errorf("cannot read the log from %d: %w", r.next, err)
	}
	defer messages.Stop()
	for {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("cannot read the log from %d: %w", r.next, err)
		}
		meta, err := msg.Metadata()
		if err != nil {
			return fmt.Errorf("cannot read the log from %d: %w", r.next, err)
		}
		mark := store.Mark(meta.Sequence.Stream)
		if mark < r.next {
			continue
		}
		events, err := Decode(msg.Data())
		if err != nil {
			r.final = true
			return fmt.Errorf("cannot read message %d of the log: %w", mark, err)
		}
		if err := r.fn(mark, events); err != nil {
			r.final = true
			return err
		}
		r.next = mark + 1
		if r.log.opts.URL == "" && r.log.recent.holds(r.next) {
			return nil
		}
	}
}
