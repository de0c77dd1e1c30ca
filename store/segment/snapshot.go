package segment

import (
	"context"
	"runtime"
	"slices"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
	"wend.dev/wend/store/part"
)

// view is a snapshot that may be given out many times, while nothing changes. Its refs are guarded by Store.mu: one
// for the store while it is current, one for each time it is out.
type view struct {
	snapshot store.Snapshot
	layout   uint64
	segments []*segment
	refs     int
}

// known is what Identities said last; guarded by Store.freezing.
type known struct {
	merged   map[event.ProfileID]event.ProfileID
	accounts map[event.ProfileID]event.AccountID
	groups   map[event.AccountID]string
}

// addBlock makes a block of sorted events and folds it in, and gives each event to also, if there is one, while the
// processor has it at hand. grown is by how much memory.
func addBlock(blocks []*store.Block, sorted []*event.Event, also func(*event.Event)) (out []*store.Block, grown int64) {
	out = slices.Clone(blocks)
	b := part.NewBuilder()
	for i, e := range sorted {
		if i%yieldRows == 0 {
			runtime.Gosched()
		}
		if i%warmRows == 0 {
			warm(sorted[i:min(i+warmRows, len(sorted))])
		}
		if b.Full() {
			out = append(out, b.Block())
			b = part.NewBuilder()
		}
		if err := b.Add(e); err != nil {
			panic("BUG: sorted events out of order: " + err.Error())
		}
		if also != nil {
			also(e)
		}
	}
	out = fold(append(out, b.Block()))
	for _, b := range out {
		grown += blockBytes(b)
	}
	for _, b := range blocks {
		grown -= blockBytes(b)
	}
	return out, grown
}

// Snapshot is everything appended before the call. The caller releases it. It costs next to nothing while nothing
// new has come.
func (s *Store) Snapshot(ctx context.Context) (*store.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if snap, err := s.current(); snap != nil || err != nil {
		return snap, err
	}
	s.freezing.Lock()
	defer s.freezing.Unlock()
	if snap, err := s.current(); snap != nil || err != nil {
		return snap, err
	}
	content, newest := s.freeze(nil)

	s.mu.Lock()
	v := &view{layout: s.layout, segments: slices.Clone(s.segments), refs: 1}
	for _, seg := range v.segments {
		seg.refs++
		newest = max(newest, seg.entry.Newest)
		v.snapshot.Blocks = append(v.snapshot.Blocks, seg.blocks...)
	}
	if s.old != nil {
		newest = max(newest, s.old.newest)
		v.snapshot.Blocks = append(v.snapshot.Blocks, s.old.blocks...)
	}
	v.snapshot.Blocks = append(v.snapshot.Blocks, s.active.blocks...)
	s.mu.Unlock()

	exists := func(p event.ProfileID) bool {
		for _, b := range v.snapshot.Blocks {
			if _, _, ok := b.Find(p); ok {
				return true
			}
		}
		return false
	}
	if s.learning.TryLock() {
		s.known.merged, s.known.accounts, s.known.groups = s.opts.Identities.View(exists)
		s.learning.Unlock()
	} // else what was known before the load serves on: View asks about a new link once, and its events cannot be seen yet
	v.snapshot.Merged, v.snapshot.Accounts, v.snapshot.Groups = s.known.merged, s.known.accounts, s.known.groups
	v.snapshot.Newest, v.snapshot.Version = newest, content

	s.mu.Lock()
	replaced := s.view
	s.view = v
	if s.closed && s.segments == nil {
		s.view = nil // closed meanwhile: this one is the caller's alone
		v.refs = 0
	}
	snap := s.give(v)
	s.mu.Unlock()
	if replaced != nil {
		s.release(replaced)
	}
	return snap, nil
}

// current gives out the view if it still shows everything as it is.
func (s *Store) current() (*store.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errStopped
	}
	if v := s.view; v != nil && v.snapshot.Version == s.content && v.layout == s.layout {
		return s.give(v), nil
	}
	return nil, nil
}

// give makes one more handle of a view. Callers hold mu.
func (s *Store) give(v *view) *store.Snapshot {
	v.refs++
	snap := v.snapshot
	released := false
	snap.Done = func() {
		if !released {
			released = true
			s.release(v)
		}
	}
	return &snap
}

// release gives one reference of a view back, and the view's segments with the last.
func (s *Store) release(v *view) {
	s.mu.Lock()
	v.refs--
	last := v.refs == 0
	s.mu.Unlock()
	if last {
		s.drop(v.segments)
	}
}

// drop gives one reference of each segment back; a segment that nobody holds is unmapped, and its files are removed
// if it has been replaced.
func (s *Store) drop(segments []*segment) {
	var free []*segment
	s.mu.Lock()
	for _, seg := range segments {
		if seg.refs--; seg.refs == 0 {
			free = append(free, seg)
		}
	}
	s.mu.Unlock()
	for _, seg := range free {
		s.fail("cannot let go of a segment", seg.close())
	}
	s.mu.Lock()
	s.leaving = slices.DeleteFunc(s.leaving, func(g *segment) bool { return slices.Contains(free, g) })
	s.mu.Unlock()
}
