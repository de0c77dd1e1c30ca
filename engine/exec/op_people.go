package exec

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

const (
	peopleDefault = 50
	peopleMost    = 200
)

// People finds profiles, the most recently active first: all of them, those whose identifiers or traits hold a text,
// those of an account, or some by their ids. A merged profile stands under its root; one without events is nobody.
func (e *Engine) People(ctx context.Context, q engine.PeopleQuery) (*engine.PeoplePage, error) {
	limit, after, err := checkPeople(q)
	if err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	sc, err := s.scan(seq.Scope{}, event.Window{From: earliestMillis})
	if err != nil {
		return nil, err
	}
	p := &people{snap: s.snap, crowd: sc.crowd, limit: limit, after: after}
	var page []recent
	total := &worker{}
	switch {
	case q.IDs != nil:
		err = guarded(func() error { page = p.byID(q.IDs); return nil })
	case q.Account != 0:
		err = guarded(func() error { page = p.among(accountRoots(s.snap, q.Account)); return nil })
	case q.Text != "":
		var found map[event.ProfileID]bool
		if found, err = p.search(ctx, q.Text); err == nil {
			page, total, err = p.walk(ctx, sc, found)
		}
	default:
		page, total, err = p.walk(ctx, sc, nil)
	}
	if err != nil {
		return nil, err
	}
	out := &engine.PeoplePage{People: []engine.Person{}}
	if len(page) > limit && q.IDs == nil {
		page = page[:limit]
		out.NextCursor = page[limit-1].String()
	}
	err = guarded(func() error {
		for _, r := range page {
			out.People = append(out.People, p.person(r.id))
		}
		return nil
	})
	out.Meta = s.meta(total)
	return out, err
}

// earliestMillis is before every event.
const earliestMillis = event.Millis(-1 << 63)

// recent is a root profile and when it was last active; pages are in order of these.
type recent struct {
	at event.Millis
	id event.ProfileID
}

// later orders the most recently active first, then by id.
func (r recent) later(o recent) int {
	return cmp.Or(cmp.Compare(o.at, r.at), cmp.Compare(r.id, o.id))
}

// String is the cursor of the page that begins after r.
func (r recent) String() string { return fmt.Sprintf("%d-%s", r.at, r.id) }

// people is one search being done.
type people struct {
	snap  *store.Snapshot
	crowd *crowd
	limit int
	after *recent // the last of the page before
}

func checkPeople(q engine.PeopleQuery) (limit int, after *recent, err error) {
	if limit = cmp.Or(q.Limit, peopleDefault); limit < 1 || limit > peopleMost {
		return 0, nil, &seq.Invalid{Field: "limit", Reason: fmt.Sprintf("is %d; it may be 1 to %d", limit, peopleMost)}
	}
	if len(q.Text) > 200 || !utf8.ValidString(q.Text) {
		return 0, nil, &seq.Invalid{Field: "query", Reason: "must be text of at most 200 bytes"}
	}
	after, err = recentCursor(q.Cursor)
	return limit, after, err
}

// recentCursor reads where the page before ended, nil for the first page.
func recentCursor(cursor string) (after *recent, err error) {
	if cursor == "" {
		return nil, nil
	}
	at, id, _ := cutLastDash(cursor)
	after = &recent{}
	_, err1 := fmt.Sscan(at, &after.at)
	id64, err2 := event.ParseProfileID(id)
	if after.id = id64; err1 != nil || err2 != nil {
		return nil, &seq.Invalid{Field: "cursor", Reason: fmt.Sprintf("%q is no cursor that a page of people gave", cursor)}
	}
	return after, nil
}

func cutLastDash(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '-')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// recentRun is one core's most recent actors, at most a page and one.
type recentRun struct {
	p    *people
	w    *worker
	only map[event.ProfileID]bool
	top  []recent // sorted
}

func (r *recentRun) visit(a *actor) {
	id := event.ProfileID(a.id)
	if id == 0 || r.only != nil && !r.only[id] {
		return
	}
	r.w.actors++
	r.offer(recent{lastOf(r.p.snap, a.spans), id})
}

// offer keeps x if it belongs on the page.
func (r *recentRun) offer(x recent) {
	if r.p.after != nil && r.p.after.later(x) >= 0 {
		return
	}
	full := len(r.top) > r.p.limit
	if full && r.top[r.p.limit].later(x) <= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(r.top, x, recent.later)
	if r.top = slices.Insert(r.top, at, x); full {
		r.top = r.top[:r.p.limit+1]
	}
}

func lastOf(s *store.Snapshot, spans []span) event.Millis {
	last := earliestMillis
	for _, p := range spans {
		if p.lo < p.hi {
			last = max(last, s.Blocks[p.block].Times[p.hi-1])
		}
	}
	return last
}

// walk looks at all actors, or only at some, for the most recent ones.
func (p *people) walk(ctx context.Context, sc *scan, only map[event.ProfileID]bool) ([]recent, *worker, error) {
	if only != nil && len(only) < 10_000 {
		roots := make([]event.ProfileID, 0, len(only))
		for id := range only {
			roots = append(roots, id)
		}
		var page []recent
		err := guarded(func() error { page = p.among(roots); return nil })
		return page, &worker{actors: int64(len(roots))}, err
	}
	runs, total, err := walk(ctx, sc, func(w *worker) *recentRun { return &recentRun{p: p, w: w, only: only} }, (*recentRun).visit)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range runs[1:] {
		for _, x := range r.top {
			runs[0].offer(x)
		}
	}
	return runs[0].top, total, nil
}

// among is the page of a few roots.
func (p *people) among(roots []event.ProfileID) []recent {
	r := &recentRun{p: p, w: &worker{}}
	for _, root := range roots {
		if spans := gather(nil, p.snap, p.crowd.all(root)); len(spans) > 0 {
			r.offer(recent{lastOf(p.snap, spans), root})
		}
	}
	return r.top
}

// byID is the roots of some ids, in the order given, each once.
func (p *people) byID(ids []event.ProfileID) (page []recent) {
	seen := map[event.ProfileID]bool{}
	for _, id := range ids {
		root := p.snap.Root(id)
		if !seen[root] && len(gather(nil, p.snap, p.crowd.all(root))) > 0 {
			page = append(page, recent{id: root})
		}
		seen[root] = true
	}
	return page
}

func accountRoots(s *store.Snapshot, id event.AccountID) (roots []event.ProfileID) {
	for p, a := range s.Accounts {
		if a == id && s.Root(p) == p {
			roots = append(roots, p)
		}
	}
	return roots
}

// search finds the roots whose identifiers or traits hold a text: in the blocks' keys, and in the dictionaries of the
// trait columns, whose rows are then looked up.
func (p *people) search(ctx context.Context, text string) (map[event.ProfileID]bool, error) {
	found := map[event.ProfileID]bool{}
	if id, err := event.ParseProfileID(text); err == nil {
		found[p.snap.Root(id)] = true
	}
	needle := strings.ToLower(text)
	for _, b := range p.snap.Blocks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := guarded(func() error {
			for i, id := range b.Profiles {
				if holds(b.Keys.Raw(uint32(i)), needle) {
					found[p.snap.Root(id)] = true
				}
			}
			for _, c := range b.Columns {
				if strings.HasPrefix(c.Path, "traits.") && c.Kind == event.String {
					p.searchTrait(found, b, c, needle)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// searchTrait adds the owners of the rows of identify calls whose value holds the needle.
func (p *people) searchTrait(found map[event.ProfileID]bool, b *store.Block, c *store.Column, needle string) {
	hits, any := make([]bool, c.Dict.Len()), false
	for i := range hits {
		hits[i] = holds(c.Dict.Raw(uint32(i)), needle)
		any = any || hits[i]
	}
	if !any {
		return
	}
	owner, n := 0, uint32(0)
	for w, word := range c.Present {
		for bit := 0; word != 0; bit++ {
			if word&1 != 0 {
				row := uint32(w*64 + bit)
				for b.Starts[owner+1] <= row {
					owner++
				}
				if hits[c.Codes.At(n)] && b.Names[b.Codes[row]].Kind == event.Identify {
					found[p.snap.Root(b.Profiles[owner])] = true
				}
				n++
			}
			word >>= 1
		}
	}
}

// holds says whether raw holds a needle that is in lower case.
func holds(raw []byte, needle string) bool {
	if len(raw) < len(needle) {
		return false
	}
	return strings.Contains(strings.ToLower(string(raw)), needle)
}

// person puts together what is known of one root.
func (p *people) person(root event.ProfileID) engine.Person {
	out := engine.Person{ID: root, Identifiers: []string{}, Traits: map[string]any{}}
	profiles := slices.Clone(p.crowd.all(root))
	slices.SortStableFunc(profiles, func(a, b event.ProfileID) int { // the root's own identifier first
		switch {
		case a == root && b != root:
			return -1
		case b == root && a != root:
			return 1
		}
		return 0
	})
	for _, id := range profiles {
		if key := keyIn(p.snap, id); key != "" {
			out.Identifiers = append(out.Identifiers, key)
		}
	}
	a := &actor{id: uint64(root), spans: gather(nil, p.snap, p.crowd.all(root))}
	out.FirstSeen, out.LastSeen = math.MaxInt64, earliestMillis
	paths := map[string]bool{}
	for _, sp := range a.spans {
		b := p.snap.Blocks[sp.block]
		out.FirstSeen, out.LastSeen = min(out.FirstSeen, b.Times[sp.lo]), max(out.LastSeen, b.Times[sp.hi-1])
		out.Events += int64(sp.hi - sp.lo)
		for _, c := range b.Columns {
			if strings.HasPrefix(c.Path, "traits.") {
				paths[c.Path] = true
			}
		}
	}
	for path := range paths {
		if v := latestTrait(p.snap, a, path); v.Kind != 0 {
			out.Traits[strings.TrimPrefix(path, "traits.")] = plainValue(v)
		}
	}
	if id, ok := p.snap.Accounts[root]; ok {
		out.AccountID, out.Account = id, p.snap.Groups[id]
	}
	return out
}

// keyIn is the identifier that a profile's id was hashed from, "" if no block has the profile.
func keyIn(s *store.Snapshot, id event.ProfileID) string {
	for _, b := range s.Blocks {
		if i, ok := slices.BinarySearch(b.Profiles, id); ok {
			return b.Keys.At(uint32(i))
		}
	}
	return ""
}
