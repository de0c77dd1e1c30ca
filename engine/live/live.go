// Package live follows who is in a segment: events in order of arrival and a clock in, who enters and leaves out.
//
// A Tracker keeps, per profile that did something the segment asks about, just what later answers may need, and at any
// moment says the same as engine's Segment question would. It is pure: time is handed in.
//
//	Observe(event)            notes it with the profile that it was collected under; late ones find their place
//	Settle(now, identity)     judges again whom new events, merges or the clock may have moved
//
// Nothing is kept by who somebody turned out to be, so that merges, which come later, move nothing. What is kept of a
// profile, per figure of the segment:
//
//	of all time       the sum so far, and events that lie in the future (by a customer's clock)
//	of a window       the times of the events in it; of a count that is compared with n, the newest n+1
//	last              the newest; of first, the oldest
//	of a sequence     the times of its events
//
// Each actor that the clock may move has one timer.
package live

import (
	"cmp"
	"container/heap"
	"maps"
	"reflect"
	"slices"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// Identity is who is who at a moment, as in store.Snapshot. The maps are read only, and another map means a change.
type Identity struct {
	Merged   map[event.ProfileID]event.ProfileID
	Accounts map[event.ProfileID]event.AccountID
	Groups   map[event.AccountID]string
}

func (i Identity) root(p event.ProfileID) event.ProfileID {
	if u, ok := i.Merged[p]; ok {
		return u
	}
	return p
}

// Change is one actor who came or went.
type Change struct {
	Actor   uint64       `json:"-"` // ProfileID or AccountID
	Entered bool         `json:"entered" doc:"true: is a member from now on; false: is not one any more"`
	At      event.Millis `json:"at" doc:"When it was seen, milliseconds since 1970"`
}

// Tracker follows one segment. It is not safe for concurrent use.
type Tracker struct {
	criteria *plan.Criteria
	listener *plan.Listener
	slots    []slot
	turns    []event.Millis // see plan.Criteria.Turns
	accounts bool           // the actors are accounts
	everyone bool           // somebody who did nothing that is asked about may be a member too
	traits   []string
	facts    []string // about accounts

	records map[event.ProfileID]*record
	dirty   map[event.ProfileID]struct{} // profiles with new events
	id      Identity
	merged  map[event.ProfileID][]event.ProfileID // root → what was merged into it
	people  map[event.AccountID][]event.ProfileID // account → its roots; only if somebody asks about accounts

	members map[uint64]struct{}
	due     map[uint64]event.Millis // per actor with a timer
	timers  timers
	now     event.Millis
}

// slot is a figure of the segment and what it takes.
type slot struct {
	*plan.Slot
	mask   uint64
	number bool // of a property
	valued bool // the value of an event
}

// New makes a tracker of a segment that nobody is in yet. Stored are the segments that in_segment may name.
func New(s seq.StoredSegment, stored map[string]seq.StoredSegment) (*Tracker, error) {
	c := &plan.Criteria{Stored: stored, Accounts: s.Actor == "account"}
	if _, err := c.Add("where", s.Where); err != nil {
		return nil, err
	}
	t := &Tracker{
		criteria: c, listener: c.Listen(), turns: c.Turns(), accounts: c.Accounts, traits: c.Traits(), facts: c.AccountFacts(),
		records: map[event.ProfileID]*record{}, dirty: map[event.ProfileID]struct{}{},
		members: map[uint64]struct{}{}, due: map[uint64]event.Millis{},
	}
	t.everyone = c.Everybody(0) || len(t.facts) > 0
	for i := range c.Slots {
		s := slot{Slot: &c.Slots[i], mask: c.Slots[i].Mask()}
		switch s.Kind {
		case plan.Sum, plan.Mean, plan.Least, plan.Most:
			s.number = true
		case plan.First, plan.Last:
			s.valued = s.Path != plan.TimePath
		}
		t.slots = append(t.slots, s)
	}
	return t, nil
}

// Criteria is the compiled segment; it is read only.
func (t *Tracker) Criteria() *plan.Criteria { return t.criteria }

// Everyone says whether events that no matcher names matter too, because they tell that somebody is there.
func (t *Tracker) Everyone() bool { return t.everyone }

// Size is how many members there are.
func (t *Tracker) Size() int { return len(t.members) }

// Has says whether an actor is a member.
func (t *Tracker) Has(actor uint64) bool {
	_, ok := t.members[actor]
	return ok
}

// Members lists them, ascending.
func (t *Tracker) Members() []uint64 { return slices.Sorted(maps.Keys(t.members)) }

// Kept is how many profiles something is kept of.
func (t *Tracker) Kept() int { return len(t.records) }

// Row is an event: where Observe and a pass over blocks find its values. A zero Value is an absent one; its text is
// copied if it is kept.
type Row interface {
	Value(path string) event.Value
}

// Observe takes an event that has arrived.
func (t *Tracker) Observe(e *event.Event) {
	t.Take(Fact{e.Profile, e.Time, e.Kind, t.listener.Mask(e)}, eventRow{e})
}

type eventRow struct{ e *event.Event }

func (r eventRow) Value(path string) event.Value {
	v, _ := r.e.Get(path)
	return v
}

// Fact is what is known of an event without looking at its values.
type Fact struct {
	Profile event.ProfileID
	Time    event.Millis
	Kind    event.Kind
	Mask    uint64 // the matchers of Criteria that it fulfils
}

// Take is Observe for an event whose matchers are known. A profile's events of one instant come in order of arrival.
func (t *Tracker) Take(f Fact, row Row) {
	if f.Profile == 0 {
		return
	}
	tells := f.Kind == event.Identify && len(t.traits) > 0 || f.Kind == event.Group && len(t.facts) > 0
	if f.Mask == 0 && !tells && !t.everyone {
		return
	}
	r := t.records[f.Profile]
	if r == nil {
		r = &record{born: f.Time, piles: make([]pile, len(t.slots))}
		t.records[f.Profile] = r
		t.dirty[f.Profile] = struct{}{}
	}
	if f.Time < r.born {
		r.born = f.Time
		t.dirty[f.Profile] = struct{}{}
	}
	if tells {
		t.learn(r, f, row)
	}
	if f.Mask == 0 {
		return
	}
	t.dirty[f.Profile] = struct{}{}
	for i := range t.slots {
		if s := &t.slots[i]; f.Mask&s.mask != 0 {
			r.piles[i].add(s, f, row, t.now)
		}
	}
}

// learn notes the traits that an identify call gives, or the account's that a group call does.
func (t *Tracker) learn(r *record, f Fact, row Row) {
	if f.Kind == event.Identify {
		if r.traits == nil {
			r.traits = make([][]dated, len(t.traits))
		}
		for i, path := range t.traits {
			if v := row.Value(path); v.Kind != 0 {
				r.traits[i] = put(r.traits[i], f.Time, v)
				t.dirty[f.Profile] = struct{}{}
			}
		}
		return
	}
	if r.account == nil {
		r.account = make([][]dated, len(t.facts))
	}
	for i, path := range t.facts {
		if v := row.Value(path); v.Kind != 0 {
			r.account[i] = put(r.account[i], f.Time, v)
			r.told = true
			t.dirty[f.Profile] = struct{}{}
		}
	}
}

// Settle judges at an instant, which is not before that of the last call, everybody whom something may have moved. It
// gives the changes, ascending by actor.
func (t *Tracker) Settle(now event.Millis, id Identity) (changes []Change) {
	t.now = max(t.now, now)
	moved := t.identify(id)
	for p := range t.dirty {
		t.touch(moved, p)
	}
	clear(t.dirty)
	for len(t.timers) > 0 && t.timers[0].at <= t.now {
		x := heap.Pop(&t.timers).(timer)
		if t.due[x.actor] == x.at {
			delete(t.due, x.actor)
			moved[x.actor] = struct{}{}
		}
	}
	for actor := range moved {
		in, next := t.judge(actor)
		t.remind(actor, next)
		if in == t.Has(actor) {
			continue
		}
		if in {
			t.members[actor] = struct{}{}
		} else {
			delete(t.members, actor)
		}
		changes = append(changes, Change{actor, in, t.now})
	}
	slices.SortFunc(changes, func(a, b Change) int { return cmp.Compare(a.Actor, b.Actor) })
	return changes
}

// Due is when the clock may move somebody next; 0 for never.
func (t *Tracker) Due() event.Millis {
	for len(t.timers) > 0 && t.due[t.timers[0].actor] != t.timers[0].at {
		heap.Pop(&t.timers)
	}
	if len(t.timers) == 0 {
		return 0
	}
	return t.timers[0].at
}

// remind sets an actor's timer.
func (t *Tracker) remind(actor uint64, at event.Millis) {
	switch {
	case at == 0:
		delete(t.due, actor)
	case t.due[actor] != at:
		t.due[actor] = at
		heap.Push(&t.timers, timer{at, actor})
	}
	if len(t.timers) > 64+2*len(t.due) { // timers that were set anew leave the old one behind
		t.timers = t.timers[:0]
		for actor, at := range t.due {
			t.timers = append(t.timers, timer{at, actor})
		}
		heap.Init(&t.timers)
	}
}

// touch adds the actors whom a profile's new events may move.
func (t *Tracker) touch(moved map[uint64]struct{}, p event.ProfileID) {
	root := t.id.root(p)
	account := t.id.Accounts[root]
	if t.accounts {
		if account != 0 {
			moved[uint64(account)] = struct{}{}
		}
		return
	}
	moved[uint64(root)] = struct{}{}
	if r := t.records[p]; r != nil && r.told && account != 0 {
		r.told = false
		t.touchAll(moved, account)
	}
}

func (t *Tracker) touchAll(moved map[uint64]struct{}, account event.AccountID) {
	for _, root := range t.people[account] {
		moved[uint64(root)] = struct{}{}
	}
}

// identify takes in who is who now, and gives the actors that this may move.
func (t *Tracker) identify(id Identity) map[uint64]struct{} {
	moved := map[uint64]struct{}{}
	old := t.id
	merges, accounts := !same(old.Merged, id.Merged), !same(old.Accounts, id.Accounts)
	t.id = id
	if merges {
		t.merged = map[event.ProfileID][]event.ProfileID{}
		for p, root := range id.Merged {
			if p != root {
				t.merged[root] = append(t.merged[root], p)
			}
		}
	}
	asks := t.accounts || len(t.facts) > 0
	if asks && (merges || accounts) {
		t.people = map[event.AccountID][]event.ProfileID{}
		for p, a := range id.Accounts {
			if a != 0 && id.root(p) == p {
				t.people[a] = append(t.people[a], p)
			}
		}
	}
	touch := func(p event.ProfileID) {
		for _, i := range [...]Identity{old, id} {
			root := i.root(p)
			account := i.Accounts[root]
			if !t.accounts {
				moved[uint64(root)] = struct{}{}
			} else if account != 0 {
				moved[uint64(account)] = struct{}{}
			}
			if asks && !t.accounts {
				t.touchAll(moved, account)
			}
		}
	}
	if merges {
		differing(old.Merged, id.Merged, touch)
	}
	if accounts && asks {
		differing(old.Accounts, id.Accounts, touch)
	}
	return moved
}

// same says whether two maps are one and the same.
func same[K comparable, V any](a, b map[K]V) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

// differing calls visit for each key whose values differ.
func differing[V comparable](a, b map[event.ProfileID]V, visit func(event.ProfileID)) {
	for p, v := range b {
		if was, ok := a[p]; !ok || was != v {
			visit(p)
		}
	}
	for p := range a {
		if _, ok := b[p]; !ok {
			visit(p)
		}
	}
}

// timer is when an actor is to be judged again.
type timer struct {
	at    event.Millis
	actor uint64
}

// timers is a heap, the earliest first.
type timers []timer

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].at < t[j].at }
func (t timers) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }

// Push is heap.Interface's.
func (t *timers) Push(x any) { *t = append(*t, x.(timer)) }

// Pop is heap.Interface's.
func (t *timers) Pop() any {
	last := (*t)[len(*t)-1]
	*t = (*t)[:len(*t)-1]
	return last
}
