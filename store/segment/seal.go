package segment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"wend.dev/wend/event"
	"wend.dev/wend/store/part"
)

const (
	retryFirst = time.Second
	retryMost  = time.Minute
)

// Seal makes segments of everything appended before the call. When it fails, the tail stays as it is and the error
// wraps store.ErrFull if there is no room; the background work tries again by itself.
func (s *Store) Seal(ctx context.Context) error {
	if err := s.sealOld(ctx); err != nil { // what a failed seal left, or nothing
		return err
	}
	s.rotate()
	err := s.sealOld(ctx)
	s.settle()
	return err
}

// sealOld seals the tail that has been rotated out, or the active one if it is due and there is none.
func (s *Store) sealOld(ctx context.Context) error {
	s.sealing.Lock()
	defer s.sealing.Unlock()
	s.mu.Lock()
	t := s.old
	s.mu.Unlock()
	if t == nil {
		return nil
	}
	err := s.seal(ctx, t)
	now := s.opts.Clock.Now()
	s.mu.Lock()
	failed := s.retries > 0
	if err == nil {
		s.retries, s.retryAt = 0, time.Time{}
		s.report.lastSeal = now
		close(s.room)
		s.room = make(chan struct{})
	} else {
		s.retryAt = now.Add(min(retryFirst<<min(s.retries, 10), retryMost))
		s.retries++
	}
	s.mu.Unlock()
	switch {
	case err == nil && failed:
		s.logger.Info("sealing works again", "dir", s.dir)
	case err != nil && !failed: // once; the retries say nothing
		s.fail("cannot seal, will retry; the events are safe in the log", err)
	}
	return err
}

// seal writes a tail as a segment and commits it. On an error nothing has changed.
func (s *Store) seal(ctx context.Context, t *tail) error {
	c := change{
		edit: func(m *manifest) { m.Mark = t.mark },
		swap: func() { s.old, s.report.mark = nil, t.mark },
	}
	if t.rows == 0 {
		if err := s.commit(c); err != nil {
			return err
		}
		s.sealed(t)
		return nil
	}
	id := s.nextID()
	e := entry{ID: id, Born: id, Newest: t.newest}
	g, err := s.write(ctx, &e, t)
	if err != nil {
		remove(s.dir, e)
		return fmt.Errorf("cannot seal segment %d: %w", id, full(err))
	}
	c.fresh = g
	if err := s.commit(c); err != nil {
		err = errors.Join(err, g.close())
		remove(s.dir, e)
		return fmt.Errorf("cannot seal segment %d: %w", id, err)
	}
	s.sealed(t)
	return nil
}

// write writes a tail's lake files, parts and, now and then, the identity snapshot.
func (s *Store) write(ctx context.Context, e *entry, t *tail) (*segment, error) {
	var err error
	w := lakeWriter(s.dir, e.ID)
	if e.Lake, err = writeLake(ctx, w, w.AddPacked, t.events()); err != nil {
		return nil, err
	}
	s.at("lake")
	if err := writeParts(s.dir, e, noErrors(ctx, part.Merge(t.blocks, part.MergeOptions{MaxRows: partRows}))); err != nil {
		return nil, err
	}
	if e.Rows != t.rows {
		panic(fmt.Sprintf("BUG: %d events were appended and %d are in the part", t.rows, e.Rows))
	}
	s.at("parts")
	if err := s.maybeSaveIdentities(e.ID, e.Rows); err != nil {
		return nil, err
	}
	s.at("identity")
	return openSegment(s.dir, *e)
}

// sealed leaves word with OnSeal, for when both copies of the manifest say that all is sealed.
func (s *Store) sealed(t *tail) {
	if s.opts.OnSeal == nil {
		return
	}
	s.committing.Lock()
	defer s.committing.Unlock()
	s.deferred = append(s.deferred, func() {
		s.fail("what follows a seal failed", s.opts.OnSeal(t.mark))
	})
}

// newest is the number of the newest segment.
func (s *Store) newest() uint64 {
	s.committing.Lock()
	defer s.committing.Unlock()
	if len(s.manifest.Segments) == 0 {
		return 0
	}
	return slices.MaxFunc(s.manifest.Segments, func(a, b entry) int { return int(a.Born) - int(b.Born) }).Born
}

// Load writes events that are sorted by profile, then time, as one segment, without the log: for seeding and
// benchmarks. Memory is bounded by one part. An event out of order is an error, and nothing is kept then.
func (s *Store) Load(ctx context.Context, events func(yield func(*event.Event) bool)) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	s.learning.Lock()
	defer s.learnt()
	id := s.nextID()
	e := entry{ID: id, Born: id}
	g, err := s.writeLoaded(ctx, &e, events)
	if err == nil && g == nil {
		return nil // no events
	}
	if err == nil {
		// Before the commit: from then on nobody would learn from these events again.
		if err = s.saveIdentities(id); err == nil {
			err = s.commit(change{fresh: g, swap: func() { s.content++ }})
		}
		if err != nil {
			err = errors.Join(err, g.close())
		}
	}
	if err != nil {
		remove(s.dir, e)
		return fmt.Errorf("cannot load events: %w", full(err))
	}
	s.settle()
	return nil
}

// learnt lets snapshots ask Identities again.
func (s *Store) learnt() {
	s.learning.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content++
	s.layout++
}

func (s *Store) writeLoaded(ctx context.Context, e *entry, events func(yield func(*event.Event) bool)) (*segment, error) {
	w := lakeWriter(s.dir, e.ID)
	defer w.Abort()
	both := func(yield func(*event.Event, error) bool) {
		for ev := range events {
			e.Newest = max(e.Newest, ev.ReceivedAt)
			s.opts.Identities.Observe(ev)
			if err := w.Add(ev); err != nil {
				yield(nil, err)
				return
			}
			if !yield(ev, nil) {
				return
			}
		}
	}
	err := writeParts(s.dir, e, build(ctx, both))
	if err != nil || e.Rows == 0 {
		return nil, err
	}
	if e.Lake, err = w.Commit(); err != nil {
		return nil, err
	}
	return openSegment(s.dir, *e)
}
