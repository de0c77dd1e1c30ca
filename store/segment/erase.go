package segment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
	"wend.dev/wend/store/part"
)

// Erasure is what Erase did.
type Erasure struct {
	Profiles []event.ProfileID // the person's root and what was merged into it, ascending
	Events   int64             // events that no answer holds any more
	Files    int               // files that still hold events of erased people; the background work rewrites them
}

// erasure is an erasure that identity.snap may not know of yet.
type erasure struct {
	ID       uint64            `json:"id"` // a snapshot that covers a lower number still knows the profiles
	Profiles []event.ProfileID `json:"profiles"`
}

// Erase forgets the person that a profile belongs to: every event appended before the call, of the root and of all that
// was merged into it. When it returns, both copies of the manifest say so: no snapshot shows the events, and neither a
// kill nor a part made again from the lake brings them back. What is appended later is a new life of those ids.
//
//	seal ─▶ parts without them ─▶ manifest ─▶ identities forget ─▶ …background: lake files without them
//
// After an error the call can be repeated. It wraps store.ErrFull when there is no room.
func (s *Store) Erase(ctx context.Context, profile event.ProfileID) (Erasure, error) {
	out, err := s.erase(ctx, profile)
	if err != nil {
		return out, fmt.Errorf("cannot erase profile %v: %w", profile, full(err))
	}
	return out, nil
}

func (s *Store) erase(ctx context.Context, profile event.ProfileID) (out Erasure, err error) {
	if err := s.Seal(ctx); err != nil { // what is in the tail has no file that could be written without it
		return out, err
	}
	defer s.hurry()()
	s.changing.Lock()
	defer s.changing.Unlock()
	if out.Profiles, err = s.person(ctx, profile); err != nil {
		return out, err
	}
	s.mu.Lock()
	segments := slices.Clone(s.segments)
	s.mu.Unlock()
	var c change
	for _, g := range segments {
		fresh, gone, err := s.without(ctx, g, out.Profiles)
		if err != nil {
			c.abandon(s.dir)
			return out, err
		}
		if gone > 0 || g.lost != nil {
			c.pairs = append(c.pairs, pair{g, fresh})
			out.Events += int64(gone)
		}
	}
	s.at("erasing")
	if err := s.forget(c, out.Profiles); err != nil {
		return out, err
	}
	s.settle()
	s.renewView(ctx)
	out.Files = s.Stats().StaleFiles
	return out, s.settled()
}

// person is the ids of one person, ascending.
func (s *Store) person(ctx context.Context, profile event.ProfileID) ([]event.ProfileID, error) {
	snap, err := s.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snap.Release()
	root := snap.Root(profile)
	ids := []event.ProfileID{root}
	for from, to := range snap.Merged {
		if to == root {
			ids = append(ids, from)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// without gives a segment as it is without some profiles: the parts that have their events written anew, the days of
// those events noted as stale. Gone is how many there were; a segment without any is not rewritten. Fresh is nil when
// nothing is left. A lost segment only takes note, for the day when its files come back.
func (s *Store) without(ctx context.Context, g *segment, profiles []event.ProfileID) (fresh *segment, gone int, err error) {
	e := g.entry
	e.Gone = union(e.Gone, profiles)
	if g.lost != nil {
		for _, f := range e.Lake {
			e.Stale = union(e.Stale, []string{f.Day})
		}
		return &segment{entry: e, refs: 1, lost: g.lost}, 0, nil
	}
	days := map[string]bool{}
	touched := make([]bool, len(g.blocks))
	for i, b := range g.blocks {
		for _, p := range profiles {
			lo, hi, _ := b.Find(p)
			for r := lo; r < hi; r++ {
				days[b.Times[r].Time().Format(time.DateOnly)] = true
			}
			gone += int(hi - lo)
			touched[i] = touched[i] || hi > lo
		}
	}
	if gone == 0 || gone == e.Rows {
		return nil, gone, ctx.Err()
	}
	for day := range days {
		e.Stale = union(e.Stale, []string{day})
	}
	e.ID, e.Parts, e.Rows = s.nextID(), nil, e.Rows-gone
	fresh, err = s.writeWithout(ctx, g, &e, touched)
	if err != nil {
		discard(s.dir, e, g.entry)
	}
	return fresh, gone, err
}

// writeWithout writes the touched parts of a segment without what its new entry says is gone, and keeps the others.
func (s *Store) writeWithout(ctx context.Context, g *segment, e *entry, touched []bool) (*segment, error) {
	erased := e.erased()
	for i, b := range g.blocks {
		if !touched[i] {
			e.Parts = append(e.Parts, g.entry.Parts[i])
			continue
		}
		for left, err := range noErrors(ctx, part.Merge([]*store.Block{b}, part.MergeOptions{MaxRows: partRows, Erase: erased})) {
			if err == nil {
				err = writePart(s.dir, e, left)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	fresh, err := openSegment(s.dir, *e)
	if err != nil {
		return nil, err
	}
	rows := 0
	for i, b := range fresh.blocks {
		rows += b.Rows()
		if i == 0 {
			e.MinTime, e.MaxTime = b.MinTime, b.MaxTime
		}
		e.MinTime, e.MaxTime = min(e.MinTime, b.MinTime), max(e.MaxTime, b.MaxTime)
	}
	if rows != e.Rows {
		return nil, errors.Join(fmt.Errorf("segment %d should have %d events left and has %d", e.ID, e.Rows, rows), fresh.close())
	}
	fresh.entry = *e
	return fresh, nil
}

// erased says which profiles a segment's lake files may hold though they are erased; nil if none.
func (e *entry) erased() func(event.ProfileID) bool {
	if len(e.Gone) == 0 {
		return nil
	}
	return func(p event.ProfileID) bool {
		_, found := slices.BinarySearch(e.Gone, p)
		return found
	}
}

// forget commits an erasure and lets Identities forget the profiles in the same breath. What the tail has of them is
// of their new life: it is learnt again.
func (s *Store) forget(c change, profiles []event.ProfileID) error {
	s.sealing.Lock() // the tails stay as they are
	defer s.sealing.Unlock()
	s.freezing.Lock() // nobody asks Identities meanwhile
	id := s.nextID()
	c.edit = func(m *manifest) { m.Erased = append(slices.Clone(m.Erased), erasure{id, profiles}) }
	c.swap = func() { s.content++ }
	c.erases = true
	err := s.commit(c)
	if err == nil {
		s.opts.Identities.Forget(profiles)
		err = s.relearn(profiles)
	} else {
		c.abandon(s.dir)
	}
	s.freezing.Unlock()
	if err != nil {
		return err
	}
	s.at("forgotten")
	if err := s.saveIdentities(id); err != nil {
		s.fail("an erasure is not in identity.snap yet, will retry", err)
	}
	return nil
}

// relearn tells Identities of those profiles' events in the tail. Callers hold sealing and freezing.
func (s *Store) relearn(profiles []event.ProfileID) error {
	s.mu.Lock()
	tails := []*tail{s.active}
	if s.old != nil {
		tails = append(tails, s.old)
	}
	s.mu.Unlock()
	theirs := func(p event.ProfileID) bool {
		_, found := slices.BinarySearch(profiles, p)
		return found
	}
	for _, t := range tails {
		for p, err := range t.events() {
			if err != nil {
				return err
			}
			if !theirs(p.Profile()) {
				continue
			}
			e, err := p.Event()
			if err != nil {
				return err
			}
			s.opts.Identities.Observe(e)
		}
		s.mu.Lock()
		groups := t.raw[:t.frozen:t.frozen]
		s.mu.Unlock()
		for _, g := range groups {
			for i := range g {
				if theirs(g[i].Profile) {
					s.opts.Identities.Observe(&g[i])
				}
			}
		}
	}
	return nil
}
