package segment

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"path/filepath"
	"slices"
	"time"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
	"wend.dev/wend/store/lake"
	"wend.dev/wend/store/part"
)

const (
	upkeepEvery = time.Second
	runLength   = 6          // neighbours of one tier that are merged
	runMost     = 24         // segments merged at once
	tierBits    = 3          // a tier holds segments up to 8 times as large as the tier below
	tierFirst   = 12         // everything below 2^(tierFirst+tierBits-1) events is one tier
	largeFile   = 200_000    // events from which a lake file is left as it is
	largest     = 32_000_000 // events from which a segment is not merged any more
)

// tier sorts segments by size.
func tier(rows int) int { return max(bits.Len(uint(rows))-tierFirst, 0) / tierBits }

// pick finds the segments to merge next: the lowest tier at which enough neighbours are of that tier or below. Only
// neighbours are merged, since the order of segments is the order of arrival. It gives nil when there are none.
func pick(segments []*segment) []*segment {
	for t := 0; t <= tier(largest); t++ {
		start := 0
		for i := 0; i <= len(segments); i++ {
			if i < len(segments) && segments[i].mergeable(t) {
				continue
			}
			if run := segments[start:min(i, start+runMost)]; len(run) >= runLength && worthwhile(run) {
				return run
			}
			start = i + 1
		}
	}
	return nil
}

// worthwhile says that a merge is not mostly a copy of one large segment.
func worthwhile(run []*segment) bool {
	sum, most := 0, 0
	for _, g := range run {
		sum += g.entry.Rows
		most = max(most, g.entry.Rows)
	}
	return sum >= 2*most
}

func (g *segment) mergeable(t int) bool {
	return g.lost == nil && !g.stuck && len(g.entry.Gone) == 0 && g.entry.Rows < largest && tier(g.entry.Rows) <= t
}

// upkeep merges segments, drops old days and checks the parts in the background.
func (s *Store) upkeep() {
	if err := errors.Join(s.purge(s.life), s.retain(s.life)); err != nil {
		s.fail("upkeep failed, will retry", err)
	}
	s.verify(s.life)
	ticker := time.NewTicker(upkeepEvery)
	defer ticker.Stop()
	wait := 0 // rounds to let pass after a failure
	for fails := 0; ; {
		select {
		case <-s.life.Done():
			return
		case <-ticker.C:
		}
		if wait > 0 {
			wait--
			continue
		}
		if err := errors.Join(s.purge(s.life), s.retain(s.life), s.compactAll(s.life)); err != nil {
			s.fail("upkeep failed, will retry", err)
			fails++
			wait = min(1<<min(fails, 10), 600)
			continue
		}
		fails = 0
	}
}

// compactAll merges until there is nothing to merge.
func (s *Store) compactAll(ctx context.Context) error {
	for {
		did, err := s.compact(ctx)
		if err != nil || !did {
			return err
		}
		s.settle()
	}
}

// compact merges one run of segments, if there is one.
func (s *Store) compact(ctx context.Context) (did bool, err error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	whole := ctx
	ctx, done := s.patient(ctx)
	defer done()
	s.mu.Lock()
	run := slices.Clone(pick(s.segments))
	s.mu.Unlock()
	if run == nil || ctx.Err() != nil {
		return false, whole.Err()
	}
	e := entry{ID: s.nextID()}
	var blocks []*store.Block
	want := 0
	for _, g := range run {
		e.Born = max(e.Born, g.entry.Born)
		e.Newest = max(e.Newest, g.entry.Newest)
		blocks = append(blocks, g.blocks...)
		want += g.entry.Rows
	}
	kept, err := s.merge(ctx, &e, run, blocks)
	if err == nil && e.Rows != want {
		err = fmt.Errorf("%d events became %d", want, e.Rows)
	}
	var fresh *segment
	if err == nil {
		if fresh, err = openSegment(s.dir, e); err == nil {
			s.at("merged")
			if err = s.commit(change{old: run, fresh: fresh, swap: func() { s.report.lastCompaction = s.opts.Clock.Now() }}); err != nil {
				err = errors.Join(err, fresh.close())
			}
		}
	}
	if err != nil {
		s.undo(e, kept)
		if ctx.Err() != nil && whole.Err() == nil {
			return false, nil // an erasure goes first; tried again after it
		}
		if err = full(err); ctx.Err() == nil && !errors.Is(err, store.ErrFull) {
			s.mu.Lock()
			for _, g := range run {
				g.stuck = true // not tried again before the next start
			}
			s.mu.Unlock()
		}
		return false, fmt.Errorf("cannot merge segments %d to %d: %w", run[0].entry.ID, run[len(run)-1].entry.ID, err)
	}
	return true, nil
}

// smallFiles is the longest run of a day's lake files that are worth merging: from ≤ i < to, at least two of them. Large
// ones stay as they are: their readers gain nothing by a merge, and reading and writing Parquet is the dearest part of it.
// Neighbours alone are merged, since the order of the files is the order of arrival.
func smallFiles(files []lake.File) (from, to int) {
	start := 0
	for i := 0; i <= len(files); i++ {
		if i < len(files) && files[i].Rows < largeFile {
			continue
		}
		if i-start >= 2 && i-start > to-from {
			from, to = start, i
		}
		start = i + 1
	}
	return from, to
}

// merge writes the lake files and parts of several segments as those of one. Files that are large, or alone on their
// day, are kept as they are: kept names those.
func (s *Store) merge(ctx context.Context, e *entry, run []*segment, blocks []*store.Block) (kept map[string]bool, err error) {
	days := map[string][]lake.File{}
	for _, g := range run {
		for _, f := range g.entry.Lake {
			days[f.Day] = append(days[f.Day], f)
		}
	}
	kept = map[string]bool{}
	for _, day := range slices.Sorted(maps.Keys(days)) {
		files := days[day]
		from, to := smallFiles(files)
		for i, f := range files {
			if i < from || i >= to {
				kept[lakePath(f)] = true
			}
		}
		e.Lake = append(e.Lake, files[:from]...)
		if from < to {
			w := lakeWriter(s.dir, e.ID)
			merged, err := writeLake(ctx, w, w.Add, readLake(s.dir, files[from:to]))
			if err != nil {
				return kept, err
			}
			e.Lake = append(e.Lake, merged...)
		}
		e.Lake = append(e.Lake, files[to:]...)
	}
	s.at("lake merged")
	return kept, writeParts(s.dir, e, noErrors(ctx, part.Merge(blocks, part.MergeOptions{MaxRows: partRows})))
}

// undo removes what an entry that is not to be brought, except the files it shares.
func (s *Store) undo(e entry, shared map[string]bool) {
	e.Lake = slices.DeleteFunc(slices.Clone(e.Lake), func(f lake.File) bool { return shared[lakePath(f)] })
	remove(s.dir, e)
}

// retain drops the days before the retention, once an hour.
func (s *Store) retain(ctx context.Context) error {
	if s.opts.Retention <= 0 {
		return nil
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	now := s.opts.Clock.Now()
	if !s.retained.IsZero() && now.Sub(s.retained) < retainEvery {
		return nil
	}
	cutoff := dayOf(event.MillisOf(now)) - event.Millis(s.opts.Retention)*dayMillis
	s.mu.Lock()
	segments := slices.Clone(s.segments)
	s.mu.Unlock()
	for _, g := range segments {
		if g.entry.MinTime >= cutoff || g.lost != nil {
			continue
		}
		if err := s.retainSegment(ctx, g, cutoff); err != nil {
			return fmt.Errorf("cannot drop the days before %s of segment %d: %w", cutoff.Time().Format(time.DateOnly), g.entry.ID, full(err))
		}
	}
	s.retained = now
	s.settle()
	return nil
}

// retainSegment replaces a segment by what of it is not older than cutoff.
func (s *Store) retainSegment(ctx context.Context, g *segment, cutoff event.Millis) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := change{
		old:  []*segment{g},
		edit: func(m *manifest) { m.KeptFrom = max(m.KeptFrom, cutoff) },
		swap: func() { s.content++ },
	}
	if g.entry.MaxTime < cutoff {
		return s.commit(c)
	}
	e := g.entry
	e.ID = s.nextID()
	e.Lake = slices.DeleteFunc(slices.Clone(e.Lake), func(f lake.File) bool { return f.Day < cutoff.Time().Format(time.DateOnly) })
	shared := map[string]bool{}
	for _, f := range e.Lake {
		shared[lakePath(f)] = true
	}
	err := writeParts(s.dir, &e, noErrors(ctx, part.Merge(g.blocks, part.MergeOptions{MaxRows: partRows, Since: cutoff})))
	if err == nil {
		if c.fresh, err = openSegment(s.dir, e); err == nil {
			s.at("retained")
			if err = s.commit(c); err != nil {
				err = errors.Join(err, c.fresh.close())
			}
		}
	}
	if err != nil {
		s.undo(e, shared)
	}
	return err
}

// verify reads every part once and makes damaged ones again. It maps each anew, so that the pages it touches are let
// go of.
func (s *Store) verify(ctx context.Context) {
	s.mu.Lock()
	segments := slices.Clone(s.segments)
	s.mu.Unlock()
	for _, g := range segments {
		for _, f := range g.entry.Parts {
			if ctx.Err() != nil {
				return
			}
			if err := verifyPart(filepath.Join(s.dir, f.Path)); err != nil && g.lost == nil {
				s.renew(ctx, g, err)
				break
			}
		}
	}
	s.settle()
}

func verifyPart(path string) error {
	p, err := part.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(p.Verify(), p.Close())
}

// renew replaces a segment whose part turned out to be damaged, from its lake files.
func (s *Store) renew(ctx context.Context, g *segment, cause error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	s.mu.Lock()
	current := slices.Contains(s.segments, g)
	s.mu.Unlock()
	if !current {
		return // merged or dropped meanwhile: its files are gone
	}
	s.logger.Warn("a part is damaged, it is made again from the lake", "segment", g.entry.ID, "error", cause)
	e := g.entry
	e.ID = s.nextID()
	fixed, err := rebuild(ctx, s.dir, e)
	e.Parts = fixed.Parts
	var fresh *segment
	if err == nil {
		fresh, err = openSegment(s.dir, fixed)
	}
	if err == nil {
		err = s.commit(change{old: []*segment{g}, fresh: fresh, swap: func() { s.content++; s.report.rebuilt++ }})
	}
	if err != nil {
		e.Lake = nil // these stay
		remove(s.dir, e)
		s.fail(fmt.Sprintf("part of segment %d is damaged and cannot be made again", g.entry.ID), err)
	}
}
