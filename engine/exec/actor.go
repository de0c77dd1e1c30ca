package exec

import (
	"cmp"
	"slices"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// actor is whose events form one sequence: where its rows lie. Spans are sorted by profile, then block, so that a
// stable sort of their rows by time gives the order that store.Snapshot promises.
type actor struct {
	id    uint64 // root ProfileID or AccountID
	spans []span
}

// span is a profile's rows in one block.
type span struct {
	block  int
	lo, hi uint32
}

// crowd says which profiles are not simply an actor of their own. It depends on the snapshot's merges only.
type crowd struct {
	version  uint64
	touched  []event.ProfileID                     // merged profiles and their roots, ascending
	roots    []event.ProfileID                     // the roots among them, ascending
	members  map[event.ProfileID][]event.ProfileID // root → itself and what was merged into it, ascending
	accounts []event.AccountID                     // ascending; nil until asked for
	people   map[event.AccountID][]event.ProfileID // account → all its profiles, ascending
}

func newCrowd(s *store.Snapshot) *crowd {
	c := &crowd{version: s.Version, members: map[event.ProfileID][]event.ProfileID{}}
	for p, root := range s.Merged {
		if p == root {
			continue
		}
		c.touched = append(c.touched, p)
		if c.members[root] == nil {
			c.members[root] = []event.ProfileID{root}
			c.roots = append(c.roots, root)
		}
		c.members[root] = append(c.members[root], p)
	}
	c.touched = append(c.touched, c.roots...)
	slices.Sort(c.touched)
	slices.Sort(c.roots)
	for _, m := range c.members {
		slices.Sort(m)
	}
	return c
}

// all lists a root's profiles, itself included.
func (c *crowd) all(root event.ProfileID) []event.ProfileID {
	if m := c.members[root]; m != nil {
		return m
	}
	return []event.ProfileID{root}
}

// byAccount gathers the people of each account: the profiles after merging, and what was merged into them.
func (c *crowd) byAccount(s *store.Snapshot) {
	c.people = map[event.AccountID][]event.ProfileID{}
	for p, a := range s.Accounts {
		if s.Root(p) != p || a == 0 {
			continue
		}
		if c.people[a] == nil {
			c.accounts = append(c.accounts, a)
		}
		c.people[a] = append(c.people[a], c.all(p)...)
	}
	slices.Sort(c.accounts)
	for _, m := range c.people {
		slices.Sort(m)
	}
}

// gather finds all rows of some profiles (ascending) in all blocks.
func gather(spans []span, s *store.Snapshot, profiles []event.ProfileID) []span {
	for _, p := range profiles {
		for i, b := range s.Blocks {
			if lo, hi, ok := b.Find(p); ok && lo < hi {
				spans = append(spans, span{i, lo, hi})
			}
		}
	}
	return spans
}

// chunks is how many pieces the id space is cut in; ids are hashes, so the pieces are alike.
const chunks = 256

// bounds is the half-open range of ids of one chunk; the last one's end is 0, for "none".
func bounds(chunk int) (from, to uint64) {
	return uint64(chunk) << 56, uint64(chunk+1) << 56
}

func within[T ~uint64](list []T, chunk int) []T {
	from, to := bounds(chunk)
	lo, _ := slices.BinarySearch(list, T(from))
	hi := len(list)
	if to != 0 {
		hi, _ = slices.BinarySearch(list, T(to))
	}
	return list[lo:hi]
}

// cursor walks one block's profiles.
type cursor struct {
	block    int
	profiles []event.ProfileID // those left in the chunk
	starts   []uint32
}

// profilesOf calls visit for every actor of a chunk, in no promised order; visit says false to stop.
func (c *crowd) profilesOf(s *store.Snapshot, chunk int, visit func(*actor) bool) {
	var cursors []cursor
	for i, b := range s.Blocks {
		from, _ := bounds(chunk)
		at, _ := slices.BinarySearch(b.Profiles, event.ProfileID(from))
		if ps := within(b.Profiles, chunk); len(ps) > 0 {
			cursors = append(cursors, cursor{i, ps, b.Starts[at:]})
		}
	}
	touched := within(c.touched, chunk)
	a := &actor{}
	for len(cursors) > 0 {
		p := cursors[0].profiles[0]
		for _, cur := range cursors[1:] {
			p = min(p, cur.profiles[0])
		}
		a.id, a.spans = uint64(p), a.spans[:0]
		for i := 0; i < len(cursors); i++ {
			cur := &cursors[i]
			if cur.profiles[0] != p {
				continue
			}
			a.spans = append(a.spans, span{cur.block, cur.starts[0], cur.starts[1]})
			cur.profiles, cur.starts = cur.profiles[1:], cur.starts[1:]
			if len(cur.profiles) == 0 {
				cursors = slices.Delete(cursors, i, i+1)
				i--
			}
		}
		for len(touched) > 0 && touched[0] < p {
			touched = touched[1:]
		}
		if len(touched) > 0 && touched[0] == p {
			continue
		}
		if !visit(a) {
			return
		}
	}
	for _, root := range within(c.roots, chunk) {
		a.id, a.spans = uint64(root), gather(a.spans[:0], s, c.members[root])
		if len(a.spans) > 0 && !visit(a) {
			return
		}
	}
}

// accountsOf calls visit for every account of a chunk.
func (c *crowd) accountsOf(s *store.Snapshot, chunk int, visit func(*actor) bool) {
	a := &actor{}
	for _, id := range within(c.accounts, chunk) {
		a.id, a.spans = uint64(id), gather(a.spans[:0], s, c.people[id])
		if len(a.spans) > 0 && !visit(a) {
			return
		}
	}
}

// hit is one row that a question looks at.
type hit struct {
	t     event.Millis
	mask  uint64 // matchers that the row fulfils
	row   uint32
	block uint16
	code  uint16 // in the block's Names
}

// sorter merges runs of hits; it keeps its memory between actors.
type sorter struct {
	spare []hit
	runs  []int
}

// merge sorts hits that are runs, each by time; ends[i] is where run i ends. Equal times stay in order of runs.
func (s *sorter) merge(h []hit, ends []int) []hit {
	for len(ends) > 1 {
		out := s.spare[:0]
		next := s.runs[:0]
		lo := 0
		for i := 0; i < len(ends); i += 2 {
			if i+1 == len(ends) {
				out = append(out, h[lo:ends[i]]...)
			} else {
				out = mergeTwo(out, h[lo:ends[i]], h[ends[i]:ends[i+1]])
				lo = ends[i+1]
			}
			next = append(next, len(out))
		}
		s.spare, h = h, out
		s.runs, ends = ends, next
	}
	return h
}

func mergeTwo(out, a, b []hit) []hit {
	if len(a) == 0 || len(b) == 0 || a[len(a)-1].t <= b[0].t {
		return append(append(out, a...), b...)
	}
	for len(a) > 0 && len(b) > 0 {
		if cmp.Compare(b[0].t, a[0].t) < 0 {
			out, b = append(out, b[0]), b[1:]
		} else {
			out, a = append(out, a[0]), a[1:]
		}
	}
	return append(append(out, a...), b...)
}
