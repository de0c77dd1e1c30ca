package plan

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// Criteria are conditions on an actor, as segments have them: what it did, how often and in which order, its traits and
// its account. Build them with Add; then the conditions are read only.
//
//	count("Order Completed", within("30d")) >= 2 && traits.plan == "pro"
//	└── Slot: a matcher of Plan, counted ──┘  └ leaf ┘  └── Traits ──┘
type Criteria struct {
	Plan
	Slots    []Slot
	Stored   map[string]seq.StoredSegment // what in_segment may name
	Accounts bool                         // the actors are accounts

	roots    []*node
	traits   []string
	accounts []string
	known    map[string]int // matchers by their text
	slotted  map[string]int // slots by their text
}

// SlotKind is what is made of the events of a slot.
type SlotKind uint8

// The kinds of slot.
const (
	Count SlotKind = iota
	Sum
	Least
	Most
	Mean
	First
	Last
	Sequence
)

// Slot is one figure of an actor, made of those of its events that fulfil a matcher.
type Slot struct {
	Kind    SlotKind
	Matcher int          // of Plan; not of a Sequence
	Path    string       // Sum, Least, Most, Mean: of the number; First, Last: of the value, TimePath for when it was
	In      Span         // which events count; of a Sequence, when its first step happened
	Enough  int          // Count: no larger count changes any verdict; 0: every one may
	Gap     event.Millis // Sequence: longest time from a step to the next, 0 for any

	stages []stage // Sequence
}

// TimePath is the path of an event's own time.
const TimePath = "time"

// Span is a range of time that may end now: the last so long, or From ≤ t < To; zeros are no bounds.
type Span struct {
	Last     event.Millis
	From, To event.Millis
}

// Bounds is the half-open range of a span at an instant. Nothing after that instant is in it.
func (s Span) Bounds(at event.Millis) (from, to event.Millis) {
	from, to = math.MinInt64, at+1
	switch {
	case s.Last > 0:
		from = at - s.Last
	case s != Span{}:
		from = s.From
		if s.To != 0 {
			to = min(to, s.To)
		}
	}
	return from, to
}

// Slides says whether events fall out of the span as time goes by.
func (s Span) Slides() bool { return s.Last > 0 }

const (
	maxMatchers = 64 // one bit each
	maxSlots    = 64
	maxNested   = 8
)

// Add compiles one more condition and gives its number, from 0. Field is its place in the question, for errors.
func (c *Criteria) Add(field, src string) (int, error) {
	n, invalid := c.parse(field, src, 0)
	if invalid != nil {
		return 0, invalid
	}
	c.place(n)
	c.roots = append(c.roots, n)
	return len(c.roots) - 1, nil
}

// AddStored compiles the condition of a stored segment and gives its number.
func (c *Criteria) AddStored(field, id string) (int, error) {
	n, reason := c.stored(id, 0)
	if reason != "" {
		return 0, &seq.Invalid{Field: field, Reason: reason}
	}
	c.place(n)
	c.roots = append(c.roots, n)
	return len(c.roots) - 1, nil
}

// stored compiles a stored segment, or says why not.
func (c *Criteria) stored(id string, depth int) (n *node, reason string) {
	s, ok := c.Stored[id]
	switch {
	case !ok:
		return nil, fmt.Sprintf("there is no segment %q%s", id, seq.Hint(id, slices.Sorted(maps.Keys(c.Stored))))
	case (s.Actor == "account") != c.Accounts:
		return nil, fmt.Sprintf("segment %q is one of %ss, but %ss are asked for", id, cmp.Or(s.Actor, "profile"), map[bool]string{true: "account", false: "profile"}[c.Accounts])
	case depth == maxNested:
		return nil, fmt.Sprintf("segments stand in each other more than %d deep, or in a circle", maxNested)
	}
	n, invalid := c.parse("", s.Where, depth+1)
	if invalid != nil {
		return nil, fmt.Sprintf("segment %q: %s", id, invalid.Reason)
	}
	return n, ""
}

// place numbers the leaves that test a trait or something of the account.
func (c *Criteria) place(n *node) {
	index := func(list *[]string, path string) int {
		i := slices.Index(*list, path)
		if i < 0 {
			i = len(*list)
			*list = append(*list, path)
		}
		return i
	}
	if n.op == opLeaf {
		switch n.leaf.from {
		case fromTrait:
			n.leaf.trait = index(&c.traits, n.leaf.path)
		case fromAccount:
			n.leaf.trait = index(&c.accounts, n.leaf.path)
		}
	}
	for _, k := range n.kids {
		c.place(k)
	}
}

// Traits are the paths ("traits.plan") of the profile's latest traits that Facts are asked for.
func (c *Criteria) Traits() []string { return c.traits }

// AccountFacts is what Facts are asked about the actor's account: "id", "size", "traits.plan".
func (c *Criteria) AccountFacts() []string { return c.accounts }

// Facts is what is known of one actor. A zero Value is an absent one.
type Facts interface {
	Slot(i int) event.Value
	Trait(i int) event.Value
	Account(i int) event.Value
}

// Holds says whether an actor fulfils a condition at an instant. It asks only for what decides.
func (c *Criteria) Holds(condition int, f Facts, at event.Millis) bool {
	return c.roots[condition].judge(f, at) == True
}

func (n *node) judge(f Facts, at event.Millis) Truth {
	switch n.op {
	case opTrue:
		return True
	case opFalse:
		return False
	case opNot:
		return [...]Truth{Unknown, False, True}[n.kids[0].judge(f, at)]
	case opAnd, opOr:
		decides := False
		if n.op == opOr {
			decides = True
		}
		x := n.kids[0].judge(f, at)
		if x == decides {
			return x
		}
		y := n.kids[1].judge(f, at)
		if y == decides || x != Unknown {
			return y
		}
		return Unknown
	}
	var v event.Value
	switch n.leaf.from {
	case fromTrait:
		v = f.Trait(n.leaf.trait)
	case fromAccount:
		v = f.Account(n.leaf.trait)
	default:
		v = f.Slot(n.leaf.trait)
	}
	if v.Kind == 0 {
		return n.leaf.absent
	}
	if n.leaf.aged {
		v = event.NumberValue(float64(at) - v.Num)
	}
	return n.leaf.test(v)
}

// nobody has done nothing and has no traits.
type nobody struct{ c *Criteria }

func (n nobody) Slot(i int) event.Value {
	switch n.c.Slots[i].Kind {
	case Count, Sum:
		return event.NumberValue(0)
	case Sequence:
		return event.BoolValue(false)
	}
	return event.Value{}
}
func (nobody) Trait(int) event.Value   { return event.Value{} }
func (nobody) Account(int) event.Value { return event.Value{} }

// Everybody says whether somebody fulfils a condition of whom nothing is known: who was seen, but did none of what the
// condition asks about.
func (c *Criteria) Everybody(condition int) bool { return c.Holds(condition, nobody{c}, 0) }

// Turns appends the spans of time after an event, or after the instant of a First or Last slot, at which a verdict may
// turn by the clock alone: those that ago() names.
func (c *Criteria) Turns() (spans []event.Millis) {
	var walk func(n *node)
	walk = func(n *node) {
		if n.op == opLeaf && n.leaf.aged {
			spans = append(spans, n.leaf.ago)
		}
		for _, k := range n.kids {
			walk(k)
		}
	}
	for _, r := range c.roots {
		walk(r)
	}
	slices.Sort(spans)
	return slices.Compact(spans)
}

// slot finds or adds a slot.
func (c *Criteria) slot(s Slot, key string) (int, error) {
	if i, ok := c.slotted[key]; ok {
		return i, nil
	}
	if len(c.Slots) == maxSlots {
		return 0, fmt.Errorf("asks for more than %d different figures", maxSlots)
	}
	if c.slotted == nil {
		c.slotted = map[string]int{}
	}
	c.Slots = append(c.Slots, s)
	c.slotted[key] = len(c.Slots) - 1
	return len(c.Slots) - 1, nil
}

// limit learns how far a count matters, when it is compared with a number.
func (r reader) limit(o operand, v event.Value) {
	if o.from != fromSlot || r.criteria.Slots[o.slot].Kind != Count {
		return
	}
	s := &r.criteria.Slots[o.slot]
	if v.Kind != event.Number || v.Num > 1000 || len(o.via) > 0 {
		s.Enough = 0
		r.criteria.slotted[fmt.Sprint("unlimited ", o.slot)] = 1
	} else if _, no := r.criteria.slotted[fmt.Sprint("unlimited ", o.slot)]; !no {
		s.Enough = max(s.Enough, int(max(v.Num, 0))+1)
	}
}

// Rounded is a sum or a mean to six decimals: a sum of prices is then what the till says, in whatever order they came.
func Rounded(x float64) float64 {
	if r := math.Round(x*1e6) / 1e6; !math.IsInf(r, 0) && math.Abs(r) < 1e9 {
		return r
	}
	return x
}
