package exec

import (
	"context"
	"slices"
	"sync"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// members is a set of actors: per chunk of the id space their ids, ascending.
type members [chunks][]uint64

func (m *members) add(id uint64) { m[id>>56] = append(m[id>>56], id) }

func (m *members) has(id uint64) bool {
	_, ok := slices.BinarySearch(m[id>>56], id)
	return ok
}

// settle makes a set ready for has.
func (m *members) settle() {
	for i := range m {
		if !slices.IsSorted(m[i]) {
			slices.Sort(m[i])
		}
		m[i] = slices.Compact(m[i])
	}
}

// population is the segment that a question looks at alone. Its members are found when they are first asked for.
type population struct {
	s        *session
	screen   *screen
	accounts bool // what the question's actors are; the segment's are the screen's
	once     sync.Once
	found    *members
	scanned  int64
	err      error
}

// population compiles the segment of a question. Its members are those at the end of the range, or now.
func (s *session) population(ref seq.SegmentRef, accounts bool, w event.Window) (*population, error) {
	at := min(w.To-1, event.MillisOf(s.began))
	actor := "profile"
	if accounts {
		actor = "account"
	}
	stored, err := s.segments()
	if err != nil {
		return nil, err
	}
	if of, ok := stored[ref.ID]; ok && ref.Where == "" {
		actor = of.Actor
	}
	sc, err := s.screen([]refAt{{ref, "segment"}}, actor, at)
	if err != nil {
		return nil, err
	}
	return &population{s: s, screen: sc, accounts: accounts}, nil
}

// members finds who is in the segment; of nil everybody is, and the set is nil.
func (p *population) members(ctx context.Context) (*members, error) {
	if p == nil {
		return nil, nil
	}
	p.once.Do(func() {
		runs, total, err := p.screen.run(ctx, func(r *screenRun, a *actor) {
			if r.holds(0) {
				r.members.add(a.id)
			}
		})
		if err != nil {
			p.err = err
			return
		}
		p.scanned = total.scanned
		p.found = &members{}
		for _, r := range runs {
			for i, ids := range r.members {
				p.found[i] = append(p.found[i], ids...)
			}
		}
		p.found.settle()
		p.found = p.cross(p.found)
	})
	return p.found, p.err
}

// cross turns a set of accounts into one of their people, or one of people into one of their accounts, when the
// question's actors are not the segment's.
func (p *population) cross(found *members) *members {
	if p.accounts == p.screen.scan.accounts {
		return found
	}
	out := &members{}
	for who, account := range p.s.snap.Accounts {
		switch {
		case p.s.snap.Root(who) != who || account == 0:
		case p.accounts && found.has(uint64(who)):
			out.add(uint64(account))
		case !p.accounts && found.has(uint64(account)):
			out.add(uint64(who))
		}
	}
	out.settle()
	return out
}

// one says whether one actor of the question is in the segment.
func (p *population) one(ctx context.Context, id uint64) (bool, error) {
	if p == nil {
		return true, nil
	}
	found, err := p.members(ctx)
	return err == nil && found.has(id), err
}
