package live

import (
	"math"
	"slices"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/event"
)

// profilesOf lists whose events are an actor's, ascending.
func (t *Tracker) profilesOf(actor uint64) []event.ProfileID {
	if !t.accounts {
		return t.family([]event.ProfileID{event.ProfileID(actor)})
	}
	return t.family(t.people[event.AccountID(actor)])
}

// family lists roots and what was merged into them, ascending.
func (t *Tracker) family(roots []event.ProfileID) (out []event.ProfileID) {
	for _, r := range roots {
		out = append(append(out, r), t.merged[r]...)
	}
	slices.Sort(out)
	return out
}

// subject is an actor being judged: part of plan.Facts.
type subject struct {
	t       *Tracker
	actor   uint64
	records []*record
}

// judge says whether an actor is a member now, and when that may change by the clock; 0 for never.
func (t *Tracker) judge(actor uint64) (in bool, next event.Millis) {
	if !t.accounts {
		if _, gone := t.id.Merged[event.ProfileID(actor)]; gone && t.id.root(event.ProfileID(actor)) != event.ProfileID(actor) {
			return false, 0
		}
	}
	s := &subject{t: t, actor: actor}
	soon := func(at event.Millis) {
		if at > t.now && (next == 0 || at < next) {
			next = at
		}
	}
	seen := false
	for _, p := range t.profilesOf(actor) {
		r := t.records[p]
		if r == nil {
			continue
		}
		s.records = append(s.records, r)
		seen = seen || r.born <= t.now
		soon(r.born)
		t.turnsOf(r, soon)
	}
	if len(t.facts) > 0 {
		t.accountTurns(s, soon)
	}
	if !seen {
		return false, next
	}
	return t.criteria.Holds(0, s, t.now), next
}

// turnsOf tells the instants at which a record's figures change by the clock, and tidies it.
func (t *Tracker) turnsOf(r *record, soon func(event.Millis)) {
	for i, list := range r.traits {
		var future event.Millis
		r.traits[i], _, future = newest(list, t.now)
		soon(future)
	}
	for i := range t.slots {
		s, p := &t.slots[i], &r.piles[i]
		p.tidy(s, t.now)
		for _, x := range p.between(t.now+1, math.MaxInt64) {
			soon(x.t)
			break
		}
		reach := func(span event.Millis) { // the first event that is so old soon
			if list := p.between(t.now-span, t.now+1); span > 0 && len(list) > 0 {
				soon(list[0].t + span + 1)
			}
		}
		reach(s.In.Last)
		reach(s.Gap)
		if s.Path != plan.TimePath {
			continue
		}
		for _, span := range t.turns {
			for _, x := range p.points {
				soon(x.t + span)
				soon(x.t + span + 1)
			}
		}
	}
}

// accountTurns tells when facts about the actor's account change by the clock.
func (t *Tracker) accountTurns(s *subject, soon func(event.Millis)) {
	for _, p := range t.family(t.people[s.account()]) {
		if r := t.records[p]; r != nil {
			for i, list := range r.account {
				var future event.Millis
				r.account[i], _, future = newest(list, t.now)
				soon(future)
			}
		}
	}
}

// account is the actor's account, or the actor itself.
func (s *subject) account() event.AccountID {
	if s.t.accounts {
		return event.AccountID(s.actor)
	}
	return s.t.id.Accounts[event.ProfileID(s.actor)]
}

// Trait is the newest value that any of the actor's profiles was given.
func (s *subject) Trait(i int) event.Value {
	var best *dated
	for _, r := range s.records {
		if r.traits == nil {
			continue
		}
		if _, at, _ := newest(r.traits[i], s.t.now); at != nil && (best == nil || at.t >= best.t) {
			best = at
		}
	}
	if best == nil {
		return event.Value{}
	}
	return best.v
}

// Account is a fact about the actor's account.
func (s *subject) Account(i int) event.Value {
	id := s.account()
	roots := s.t.people[id]
	if id == 0 || len(roots) == 0 {
		return event.Value{}
	}
	switch s.t.facts[i] {
	case "id":
		return event.StringValue(s.t.id.Groups[id])
	case "size":
		return event.NumberValue(float64(len(roots)))
	}
	var best *dated
	for _, p := range s.t.family(roots) {
		r := s.t.records[p]
		if r == nil || r.account == nil {
			continue
		}
		if _, at, _ := newest(r.account[i], s.t.now); at != nil && (best == nil || at.t >= best.t) {
			best = at
		}
	}
	if best == nil {
		return event.Value{}
	}
	return best.v
}

// Slot is a figure over the events of all of the actor's profiles.
func (s *subject) Slot(i int) event.Value {
	slot := &s.t.slots[i]
	from, to := slot.In.Bounds(s.t.now)
	switch slot.Kind {
	case plan.Sequence:
		return event.BoolValue(s.sequence(i, from, to))
	case plan.First, plan.Last:
		return s.end(i, from, to)
	}
	sum := pile{}
	for _, r := range s.records {
		p := &r.piles[i]
		if p.n > 0 {
			if sum.n == 0 {
				sum.least, sum.most = p.least, p.most
			}
			sum.n += p.n
			sum.sum.add(p.sum.sum)
			sum.sum.add(p.sum.lost)
			sum.least, sum.most = min(sum.least, p.least), max(sum.most, p.most)
		}
		for _, x := range p.between(from, to) {
			sum.fold(x)
		}
	}
	switch {
	case slot.Kind == plan.Count:
		return event.NumberValue(float64(sum.n))
	case slot.Kind == plan.Sum:
		return event.NumberValue(plan.Rounded(sum.sum.sum + sum.sum.lost))
	case sum.n == 0:
		return event.Value{}
	case slot.Kind == plan.Mean:
		return event.NumberValue(plan.Rounded((sum.sum.sum + sum.sum.lost) / float64(sum.n)))
	case slot.Kind == plan.Least:
		return event.NumberValue(sum.least)
	}
	return event.NumberValue(sum.most)
}

// end is the first or last event's time or value.
func (s *subject) end(i int, from, to event.Millis) event.Value {
	slot := &s.t.slots[i]
	var best *point
	for _, r := range s.records {
		list := r.piles[i].between(from, to)
		switch {
		case len(list) == 0:
		case slot.Kind == plan.First && (best == nil || list[0].t < best.t):
			best = &list[0]
		case slot.Kind == plan.Last && (best == nil || list[len(list)-1].t >= best.t):
			best = &list[len(list)-1]
		}
	}
	switch {
	case best == nil:
		return event.Value{}
	case slot.Path == plan.TimePath:
		return event.NumberValue(float64(best.t))
	case best.v == nil:
		return event.Value{}
	}
	return *best.v
}

// sequence walks the events of all profiles in order.
func (s *subject) sequence(i int, from, to event.Millis) bool {
	slot := &s.t.slots[i]
	var chain plan.Chain
	heads := make([][]point, len(s.records))
	for k, r := range s.records {
		heads[k] = r.piles[i].between(math.MinInt64, s.t.now+1)
	}
	for {
		at := -1
		for k, h := range heads {
			if len(h) > 0 && (at < 0 || h[0].t < heads[at][0].t) {
				at = k
			}
		}
		if at < 0 {
			break
		}
		x := heads[at][0]
		heads[at] = heads[at][1:]
		slot.Advance(&chain, x.t, math.Float64bits(x.x), x.t >= from && x.t < to)
	}
	yes, _ := slot.Ended(&chain, s.t.now)
	return yes
}
