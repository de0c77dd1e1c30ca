package segment

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"wend.dev/wend/event"
	"wend.dev/wend/internal/durable"
	"wend.dev/wend/store"
	"wend.dev/wend/store/part"
)

const (
	partsDir = "parts"
	partRows = 2_000_000 // rows at which a segment's next part begins
)

// segment is an entry with its parts mapped. refs is guarded by Store.mu: one for the store while the entry is
// current, one for each view.
type segment struct {
	entry    entry
	parts    []*part.Part
	blocks   []*store.Block
	refs     int
	stuck    bool     // merging it failed: not tried again
	lost     error    // neither its parts nor its lake files can be read
	obsolete []string // files to remove when it is let go of
}

func (g *segment) close() (err error) {
	for _, p := range g.parts {
		err = errors.Join(err, p.Close())
	}
	for _, path := range g.obsolete {
		if e := os.Remove(path); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	g.parts, g.blocks = nil, nil
	return err
}

// openSegment maps an entry's parts, several at a time: each is read once to check it.
func openSegment(dir string, e entry) (*segment, error) {
	parts := make([]*part.Part, len(e.Parts))
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range e.Parts {
		work.Go(func() (err error) {
			parts[i], err = part.Open(filepath.Join(dir, f.Path))
			return err
		})
	}
	err := work.Wait()
	g := &segment{entry: e, refs: 1}
	for i, p := range parts {
		if p == nil {
			continue
		}
		if f := e.Parts[i]; p.Block().Rows() != f.Rows {
			err = errors.Join(err, fmt.Errorf("part %q has %d rows instead of %d", f.Path, p.Block().Rows(), f.Rows))
		}
		g.parts = append(g.parts, p)
		g.blocks = append(g.blocks, p.Block())
	}
	if err != nil {
		return nil, errors.Join(err, g.close())
	}
	return g, nil
}

// writeParts writes the blocks as the parts of a segment and fills the entry's fields about them.
func writeParts(dir string, e *entry, blocks iter.Seq2[*store.Block, error]) error {
	e.Parts, e.Rows, e.MinTime, e.MaxTime = nil, 0, 0, 0
	for b, err := range blocks {
		if err != nil {
			return err
		}
		if b.Rows() == 0 {
			continue
		}
		if err := writePart(dir, e, b); err != nil {
			return err
		}
		if e.Rows == 0 {
			e.MinTime, e.MaxTime = b.MinTime, b.MaxTime
		}
		e.MinTime, e.MaxTime = min(e.MinTime, b.MinTime), max(e.MaxTime, b.MaxTime)
		e.Rows += b.Rows()
	}
	return nil
}

// writePart writes a block as one more part of a segment. The entry names the file even when that fails.
func writePart(dir string, e *entry, b *store.Block) error {
	path := filepath.Join(partsDir, fmt.Sprintf("%s-%d.part", segmentName(e.ID), len(e.Parts)))
	e.Parts = append(e.Parts, partFile{Path: path, Rows: b.Rows()})
	if err := part.Write(filepath.Join(dir, path), b); err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(dir, path))
	if err == nil {
		e.Parts[len(e.Parts)-1].Bytes = info.Size()
	}
	return err
}

// noErrors makes a sequence that fails only when ctx ends.
func noErrors(ctx context.Context, blocks iter.Seq[*store.Block]) iter.Seq2[*store.Block, error] {
	return func(yield func(*store.Block, error) bool) {
		for b := range blocks {
			if err := ctx.Err(); !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// build makes blocks of events that come by profile, time and arrival.
func build(ctx context.Context, events iter.Seq2[*event.Event, error]) iter.Seq2[*store.Block, error] {
	return func(yield func(*store.Block, error) bool) {
		b := part.NewBuilder()
		var last event.ProfileID
		for e, err := range events {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if b.Rows() > 0 && e.Profile != last && (b.Full() || b.Rows() >= partRows) {
				if !yield(b.Block(), nil) {
					return
				}
				b = part.NewBuilder()
			}
			last = e.Profile
			if err := b.Add(e); err != nil {
				yield(nil, err)
				return
			}
		}
		yield(b.Block(), nil)
	}
}

// rebuild writes a segment's parts anew from its lake files, in place of those that are damaged or missing. The entry
// it gives names what it wrote, on an error too.
func rebuild(ctx context.Context, dir string, e entry) (entry, error) {
	fresh := e
	if err := writeParts(dir, &fresh, build(ctx, leaveOut(readLake(dir, e.Lake), e.erased()))); err != nil {
		return fresh, err
	}
	if fresh.Rows != e.Rows && (len(e.Gone) == 0 || fresh.Rows > e.Rows) { // of a segment that was lost nobody could count what is gone
		return fresh, fmt.Errorf("the lake files of segment %d hold %d events instead of %d", e.ID, fresh.Rows, e.Rows)
	}
	return fresh, nil
}

// remove deletes the files of an entry that never got into the manifest.
func remove(dir string, e entry) {
	for _, p := range e.paths() {
		_ = os.Remove(filepath.Join(dir, p))
	}
}

// change is one step from a manifest to the next. The segments of old, which stand side by side, give way to fresh
// (nil: to nothing), which stands where the first of them stood, or last if there are none. Besides, or instead, some
// segments give way to another each.
type change struct {
	old    []*segment
	fresh  *segment
	pairs  []pair
	erases bool            // files of what gives way hold events of erased people
	edit   func(*manifest) // what else changes; may be nil
	swap   func()          // what else changes in memory in the same instant; called under Store.mu; may be nil
}

// pair is a segment and what it gives way to, nil for nothing.
type pair struct{ old, fresh *segment }

// abandon removes what a change that is not to be has written for its pairs.
func (c *change) abandon(dir string) {
	for _, p := range c.pairs {
		if p.fresh != nil && p.fresh.lost == nil {
			_ = p.fresh.close()
			discard(dir, p.fresh.entry, p.old.entry)
		}
	}
}

// swapPairs puts the pairs' fresh segments in the place of the old ones, in the manifest and in the list beside it.
func (c *change) swapPairs(m *manifest, segments []*segment) []*segment {
	for _, p := range c.pairs {
		at := m.index(p.old.entry.ID)
		if at < 0 || segments[at] != p.old {
			panic("BUG: a segment that is to be replaced is not in the manifest")
		}
		if p.fresh == nil {
			m.Segments, segments = slices.Delete(m.Segments, at, at+1), slices.Delete(segments, at, at+1)
			continue
		}
		m.Segments[at], segments[at] = p.fresh.entry, p.fresh
	}
	return segments
}

// commit makes a change. Files that nobody needs any more are removed once both copies of the manifest are written
// and no snapshot shows them. On an error nothing has changed.
func (s *Store) commit(c change) error {
	s.committing.Lock()
	defer s.committing.Unlock()
	m, old, fresh := s.manifest.clone(), c.old, c.fresh
	s.mu.Lock()
	segments := slices.Clone(s.segments) // only commits change it
	s.mu.Unlock()
	place := len(m.Segments)
	if len(old) > 0 {
		place = m.index(old[0].entry.ID)
		if place < 0 || m.Segments[place+len(old)-1].ID != old[len(old)-1].entry.ID {
			panic("BUG: segments that are to be replaced are not side by side in the manifest")
		}
		m.Segments = slices.Delete(m.Segments, place, place+len(old))
	}
	segments = slices.Delete(segments, place, place+len(old))
	if fresh != nil {
		m.Segments = slices.Insert(m.Segments, place, fresh.entry)
		segments = slices.Insert(segments, place, fresh)
	}
	segments = c.swapPairs(&m, segments)
	for _, p := range c.pairs {
		old = append(old[:len(old):len(old)], p.old)
	}
	if c.edit != nil {
		c.edit(&m)
	}
	if err := saveManifest(s.dir, manifestName, m); err != nil {
		return err
	}
	s.at("manifest")
	s.manifest = m
	s.mu.Lock()
	s.segments = segments
	needed := m.paths()
	for _, g := range old {
		for _, p := range g.entry.paths() {
			if !needed[p] {
				g.obsolete = append(g.obsolete, filepath.Join(s.dir, p))
			}
		}
	}
	if c.erases {
		s.leaving = append(s.leaving, old...)
	}
	s.layout++
	if c.swap != nil {
		c.swap()
	}
	s.mu.Unlock()
	s.deferred = append(s.deferred, func() { s.drop(old) })
	return nil
}

// settle writes the second copy of the manifest and then does what had to wait for it.
func (s *Store) settle() {
	s.settling.Lock()
	defer s.settling.Unlock()
	s.committing.Lock()
	if len(s.deferred) == 0 {
		s.committing.Unlock()
		return
	}
	if err := saveManifest(s.dir, copyName, s.manifest); err != nil {
		s.committing.Unlock()
		if !s.unsettled {
			s.fail("cannot write the manifest's copy, will retry", err)
		}
		s.unsettled = true
		return
	}
	s.unsettled = false
	s.at("copy")
	todo := s.deferred
	s.deferred = nil
	s.committing.Unlock()
	for _, f := range todo {
		f()
	}
}

// nextID is the number for a new segment. Numbers of attempts that failed are not used again while the store is open.
func (s *Store) nextID() uint64 {
	s.committing.Lock()
	defer s.committing.Unlock()
	id := s.manifest.Next
	s.manifest.Next++
	return id
}

// load brings the store to what the manifest says.
func (s *Store) load(ctx context.Context) error {
	m, damage, err := loadManifest(s.dir)
	if errors.Is(err, errNoManifest) {
		m, err = newManifest(s.dir)
	}
	if err != nil {
		return err
	}
	if damage != nil {
		s.logger.Warn("the manifest is damaged, its copy is used", "dir", s.dir, "error", damage)
	}
	// Both copies are made alike before anything is removed.
	if err := errors.Join(saveManifest(s.dir, manifestName, m), saveManifest(s.dir, copyName, m)); err != nil {
		return err
	}
	s.manifest = m.clone()
	s.report.mark = m.Mark
	if err := s.sweep(m); err != nil {
		return err
	}
	kept := m.Segments[:0:0]
	for _, e := range m.Segments {
		g, err := openSegment(s.dir, e)
		if err != nil {
			g, err = s.repair(ctx, e, err)
		}
		if err != nil {
			return err
		}
		if g, err = s.cleanse(ctx, g); err != nil {
			return err
		}
		s.checkLake(e)
		if g != nil {
			s.segments = append(s.segments, g)
			kept = append(kept, g.entry)
		}
	}
	s.manifest.Segments = kept
	if s.report.rebuilt+s.report.cleansed > 0 { // the new parts may be cut elsewhere
		if err := errors.Join(saveManifest(s.dir, manifestName, s.manifest), saveManifest(s.dir, copyName, s.manifest)); err != nil {
			return err
		}
		if err := s.sweep(s.manifest); err != nil {
			return err
		}
	}
	return s.loadIdentities(ctx)
}

// repair makes the parts of an entry again. When that fails too the segment is left out, loudly: a restored backup
// of its files brings it back at the next start.
func (s *Store) repair(ctx context.Context, e entry, cause error) (*segment, error) {
	s.logger.Warn("a part is damaged, it is made again from the lake", "segment", e.ID, "error", cause)
	fresh, err := rebuild(ctx, s.dir, e)
	if err == nil {
		var g *segment
		if g, err = openSegment(s.dir, fresh); err == nil {
			s.report.rebuilt++
			return g, nil
		}
	}
	if ctx.Err() != nil || errors.Is(err, store.ErrFull) {
		return nil, err
	}
	s.fail(fmt.Sprintf("segment %d is left out: its parts and its lake files are damaged, restore them from a backup", e.ID), err)
	return &segment{entry: e, refs: 1, lost: errors.Join(cause, err)}, nil
}

// cleanse takes out of a segment that has just been opened what was erased while it was lost; nil if nothing is left.
func (s *Store) cleanse(ctx context.Context, g *segment) (*segment, error) {
	if g.lost != nil || len(g.entry.Gone) == 0 {
		return g, nil //nolint:nilerr // why it is lost has been told
	}
	fresh, gone, err := s.without(ctx, g, g.entry.Gone)
	if err != nil || gone == 0 {
		return g, err
	}
	s.report.cleansed++
	return fresh, g.close()
}

// checkLake tells of lake files that are missing or cut.
func (s *Store) checkLake(e entry) {
	for _, f := range e.Lake {
		info, err := os.Stat(filepath.Join(s.dir, lakePath(f)))
		if err == nil && info.Size() != f.Bytes {
			err = fmt.Errorf("it has %d bytes instead of %d", info.Size(), f.Bytes)
		}
		s.fail(fmt.Sprintf("lake file %s is damaged; its part still serves", lakePath(f)), err)
	}
}

// newManifest starts an empty store. Files without a manifest are not touched: somebody may need them.
func newManifest(dir string) (manifest, error) {
	for _, sub := range []string{lakeDir, partsDir} {
		files, err := listFiles(dir, sub)
		if err != nil {
			return manifest{}, err
		}
		if len(files) > 0 {
			return manifest{}, fmt.Errorf("it has files such as %s but no MANIFEST: restore the MANIFEST, or move the files away to start anew", files[0])
		}
	}
	return manifest{Next: 1}, os.MkdirAll(dir, 0o755)
}

// sweep removes what is under lake and parts and not in the manifest: what a kill left of unfinished work.
func (s *Store) sweep(m manifest) error {
	needed := m.paths()
	if err := durable.Sweep(s.dir); err != nil {
		return err
	}
	for _, sub := range []string{lakeDir, partsDir} {
		files, err := listFiles(s.dir, sub)
		if err != nil {
			return err
		}
		for _, f := range files {
			if needed[f] {
				continue
			}
			if err := os.Remove(filepath.Join(s.dir, f)); err != nil {
				return fmt.Errorf("cannot remove what a crash left: %w", err)
			}
			s.logger.Info("removed what unfinished work left", "file", f)
		}
	}
	return nil
}

// listFiles gives all files under a folder of the data directory, relative to the latter.
func listFiles(dir, sub string) (out []string, err error) {
	err = filepath.WalkDir(filepath.Join(dir, sub), func(path string, d os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		out = append(out, rel)
		return err
	})
	return out, err
}
