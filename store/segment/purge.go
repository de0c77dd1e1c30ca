package segment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"wend.dev/wend/event"
	"wend.dev/wend/store/lake"
)

// hurry makes slow work on segments give way until the function it returns is called.
func (s *Store) hurry() (done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.urgent++
	if s.giveWay != nil {
		s.giveWay()
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.urgent--
	}
}

// patient gives slow work on segments a context that ends when an erasure wants to go first. Callers hold changing and
// call done at the end.
func (s *Store) patient(ctx context.Context) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.giveWay = cancel; s.urgent > 0 {
		cancel()
	}
	return ctx, func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.giveWay = nil
	}
}

// purge rewrites the lake files that still hold events of erased profiles, and drops what the manifest need not
// remember any more.
func (s *Store) purge(ctx context.Context) error {
	s.mu.Lock()
	segments := slices.Clone(s.segments)
	s.mu.Unlock()
	for _, g := range segments {
		if len(g.entry.Gone) == 0 || g.lost != nil {
			continue
		}
		if err := s.purgeSegment(ctx, g); err != nil {
			return fmt.Errorf("cannot remove erased events from the lake files of segment %d: %w", g.entry.ID, full(err))
		}
	}
	return s.recorded()
}

// purgeSegment writes the stale lake files of one segment without the erased profiles.
func (s *Store) purgeSegment(ctx context.Context, g *segment) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	s.mu.Lock()
	current := slices.Contains(s.segments, g)
	s.mu.Unlock()
	if !current {
		return nil // changed meanwhile: its successor is next
	}
	whole := ctx
	ctx, done := s.patient(ctx)
	defer done()
	if ctx.Err() != nil {
		return whole.Err()
	}
	e := g.entry
	e.ID, e.Lake, e.Gone, e.Stale = s.nextID(), nil, nil, nil
	stale, rows := g.entry.Lake[:0:0], 0
	for _, f := range g.entry.Lake {
		if slices.Contains(g.entry.Stale, f.Day) {
			stale = append(stale, f)
		} else {
			e.Lake = append(e.Lake, f)
		}
	}
	w := lakeWriter(s.dir, e.ID)
	files, err := writeLake(ctx, w, w.Add, leaveOut(readLake(s.dir, stale), g.entry.erased()))
	e.Lake = append(e.Lake, files...)
	for _, f := range e.Lake {
		rows += int(f.Rows)
	}
	if err == nil && rows != e.Rows {
		err = fmt.Errorf("%d events are left instead of %d", rows, e.Rows)
	}
	slices.SortStableFunc(e.Lake, byDay) // several of one day stay in order of arrival
	var fresh *segment
	if err == nil {
		fresh, err = openSegment(s.dir, e)
	}
	if err == nil {
		s.at("purged")
		if err = s.commit(change{old: []*segment{g}, fresh: fresh, erases: true}); err != nil {
			err = errors.Join(err, fresh.close())
		}
	}
	if err != nil {
		discard(s.dir, e, g.entry)
		if ctx.Err() != nil && whole.Err() == nil {
			return nil // an erasure goes first; this comes after it
		}
		return err
	}
	s.settle()
	s.renewView(whole)
	return nil
}

// renewView lets go of files that only the view for the next question still holds.
func (s *Store) renewView(ctx context.Context) {
	if snap, err := s.Snapshot(ctx); err == nil {
		snap.Release()
	}
}

// recorded takes out of the manifest the erasures that identity.snap has.
func (s *Store) recorded() error {
	s.changing.Lock()
	defer s.changing.Unlock()
	s.committing.Lock()
	waiting := slices.Clone(s.manifest.Erased)
	s.committing.Unlock()
	if len(waiting) == 0 {
		return nil
	}
	s.sealing.Lock() // nobody else saves Identities
	defer s.sealing.Unlock()
	if last := waiting[len(waiting)-1].ID; s.covered() < last {
		if err := s.saveIdentities(last); err != nil {
			return err
		}
	}
	covers := s.covered()
	err := s.commit(change{edit: func(m *manifest) {
		m.Erased = slices.DeleteFunc(slices.Clone(m.Erased), func(e erasure) bool { return e.ID <= covers })
	}})
	s.settle()
	return err
}

// covered is the number that identity.snap covers.
func (s *Store) covered() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapped
}

// discard removes the files of an entry that is not to be, except those that another has too.
func discard(dir string, e, other entry) {
	for _, p := range e.paths() {
		if !slices.Contains(other.paths(), p) {
			_ = os.Remove(filepath.Join(dir, p))
		}
	}
}

// settled is nil when both copies of the manifest say the same.
func (s *Store) settled() error {
	s.settling.Lock()
	defer s.settling.Unlock()
	if s.unsettled {
		return errors.New("it is in effect, but the manifest's copy cannot be written; repeat it when that is mended")
	}
	return nil
}

// leaveOut passes on events but those of the profiles that erased names; nil passes on all.
func leaveOut(events iter.Seq2[*event.Event, error], erased func(event.ProfileID) bool) iter.Seq2[*event.Event, error] {
	if erased == nil {
		return events
	}
	return func(yield func(*event.Event, error) bool) {
		for e, err := range events {
			if err == nil && erased(e.Profile) {
				continue
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// union is what is in either list, ascending, each once.
func union[T cmp.Ordered](a, b []T) []T {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func byDay(a, b lake.File) int { return cmp.Compare(a.Day, b.Day) }
