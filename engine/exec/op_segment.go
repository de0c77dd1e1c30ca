package exec

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// Segment counts the actors that fulfil a condition at an instant, and lists some; docs/segments.md says what the
// conditions mean.
func (e *Engine) Segment(ctx context.Context, q seq.Segment) (*engine.SegmentAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	after, err := recentCursor(q.Cursor)
	if err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	stored, err := s.segments()
	if err != nil {
		return nil, err
	}
	kind := cmp.Or(q.Actor, stored[q.ID].Actor, "profile")
	sc, err := s.screen([]refAt{{q.SegmentRef, ""}}, kind, s.instant(q.At))
	if err != nil {
		return nil, err
	}
	limit := max(q.Limit, q.Sample)
	p := &people{snap: s.snap, crowd: sc.scan.crowd, limit: limit, after: after}
	runs, total, err := sc.run(ctx, func(r *screenRun, a *actor) {
		if !r.holds(0) {
			return
		}
		r.size++
		if limit == 0 {
			return
		}
		at := lastOf(s.snap, r.w.cuts)
		if q.Sample > 0 {
			at = drawn(a.id)
		}
		r.recent.p = p
		r.recent.offer(recent{at, event.ProfileID(a.id)})
	})
	if err != nil {
		return nil, err
	}
	out := &engine.SegmentAnswer{Of: total.actors, At: sc.at, Actor: kind, People: []engine.Person{}, Accounts: []engine.MemberAccount{}}
	for _, r := range runs {
		out.Size += r.size
	}
	out.Share = share(out.Size, out.Of)
	page := topOf(p, runs)
	if len(page) > limit {
		page = page[:limit]
		if q.Sample == 0 && limit > 0 {
			out.NextCursor = fmt.Sprintf("%d-%s", page[limit-1].at, page[limit-1].id)
		}
	}
	err = guarded(func() error { sc.show(p, page, out); return nil })
	out.Meta = s.meta(total)
	return out, err
}

// instant is the time that an answer holds for.
func (s *session) instant(at *time.Time) event.Millis {
	if at == nil {
		return event.MillisOf(s.began)
	}
	return event.MillisOf(*at)
}

// topOf is the first of all cores' members.
func topOf(p *people, runs []*screenRun) []recent {
	all := &recentRun{p: p}
	for _, r := range runs {
		for _, x := range r.recent.top {
			all.offer(x)
		}
	}
	return all.top
}

// show fills in the members of the page.
func (sc *screen) show(p *people, page []recent, out *engine.SegmentAnswer) {
	for _, x := range page {
		if !sc.scan.accounts {
			out.People = append(out.People, p.person(x.id))
			continue
		}
		id := event.AccountID(x.id)
		spans := gather(nil, p.snap, p.crowd.people[id])
		out.Accounts = append(out.Accounts, engine.MemberAccount{ID: id, Name: p.snap.Groups[id],
			People: int64(len(accountRoots(p.snap, id))), LastSeen: lastOf(p.snap, spans)})
	}
}

// Overlap counts the actors in every combination of segments.
func (e *Engine) Overlap(ctx context.Context, q seq.Overlap) (*seq.OverlapAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	var refs []refAt
	for i, x := range q.Segments {
		refs = append(refs, refAt{x.SegmentRef, fmt.Sprintf("segments[%d]", i)})
	}
	sc, err := s.screen(refs, cmp.Or(q.Actor, "profile"), s.instant(q.At))
	if err != nil {
		return nil, err
	}
	runs, total, err := sc.run(ctx, func(r *screenRun, _ *actor) {
		in := 0
		for i := range r.groups {
			if r.holds(i) {
				in |= 1 << i
			}
		}
		r.counts[in]++
	})
	if err != nil {
		return nil, err
	}
	counts := make([]int64, 1<<len(refs))
	for _, r := range runs {
		for in, n := range r.counts {
			counts[in] += n
		}
	}
	out := overlapAnswer(q, counts, total.actors)
	out.Meta = s.meta(total)
	return out, nil
}

// overlapAnswer makes the answer of the counts per combination, which is a set of bits.
func overlapAnswer(q seq.Overlap, counts []int64, of int64) *seq.OverlapAnswer {
	out := &seq.OverlapAnswer{Of: of, Outside: counts[0], Combinations: []seq.OverlapCombination{}}
	for i, x := range q.Segments {
		size := seq.OverlapSize{Name: x.Label()}
		for in, n := range counts {
			if in&(1<<i) != 0 {
				size.Size += n
			}
		}
		size.Share = share(size.Size, of)
		out.Segments = append(out.Segments, size)
	}
	for in, n := range counts {
		if in == 0 || n == 0 {
			continue
		}
		c := seq.OverlapCombination{Count: n, Share: share(n, of)}
		for m := uint(in); m != 0; m &= m - 1 {
			c.In = append(c.In, bits.TrailingZeros(m))
		}
		out.Combinations = append(out.Combinations, c)
	}
	slices.SortStableFunc(out.Combinations, func(a, b seq.OverlapCombination) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(len(a.In), len(b.In)), slices.Compare(a.In, b.In))
	})
	return out
}
