package exec

import (
	"context"
	"math"
	"math/bits"
	"unsafe"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// screen is some segments made ready: conditions on an actor, and a walk over the events they ask about.
type screen struct {
	criteria *plan.Criteria
	groups   [][]int // per segment its conditions: all must hold
	at       event.Millis
	scan     *scan
	bounds   []event.Window // per slot
	sliced   bool           // some slot looks at a part of the time only
	fed      [64][]uint8    // per matcher the slots that are fed by it, sequences left out
	chains   []uint8        // the slots that are sequences
	ordered  bool           // some slot wants the events in order
	accounts map[event.AccountID][]event.Value
}

// refAt is a segment and its place in the question.
type refAt struct {
	seq.SegmentRef
	field string
}

func (r refAt) at(name string) string {
	if r.field == "" {
		return name
	}
	return r.field + "." + name
}

// screen compiles segments whose members are of one kind of actor, for an instant.
func (s *session) screen(refs []refAt, actor string, at event.Millis) (*screen, error) {
	stored, err := s.segments()
	if err != nil {
		return nil, err
	}
	sc := &screen{criteria: &plan.Criteria{Stored: stored, Accounts: actor == "account"}, at: at}
	for _, r := range refs {
		group, err := s.conditions(sc.criteria, r)
		if err != nil {
			return nil, err
		}
		sc.groups = append(sc.groups, group)
	}
	sc.sort()
	err = guarded(func() error {
		accounts := actor == "account"
		sc.scan = newScan(s.snap, s.engine.crowdOf(s.snap, accounts || len(sc.criteria.AccountFacts()) > 0), &sc.criteria.Plan, event.Window{From: earliestMillis, To: at + 1})
		sc.scan.accounts = accounts
		sc.tabulate(s.snap)
		return nil
	})
	return sc, err
}

// conditions compiles one segment.
func (s *session) conditions(c *plan.Criteria, r refAt) (group []int, err error) {
	if r.ID != "" {
		n, err := c.AddStored(r.at("id"), r.ID)
		if err != nil {
			return nil, err
		}
		group = append(group, n)
	}
	if r.Where != "" {
		n, err := c.Add(r.at("where"), r.Where)
		if err != nil {
			return nil, err
		}
		group = append(group, n)
	}
	return group, nil
}

// sort finds what each slot wants.
func (sc *screen) sort() {
	for i := range sc.criteria.Slots {
		slot := &sc.criteria.Slots[i]
		from, to := slot.In.Bounds(sc.at)
		sc.bounds = append(sc.bounds, event.Window{From: from, To: to})
		switch slot.Kind {
		case plan.Sequence:
			sc.chains = append(sc.chains, uint8(i))
			sc.ordered = true
			continue
		case plan.First, plan.Last:
			sc.ordered = true
		}
		sc.sliced = sc.sliced || slot.In != plan.Span{}
		sc.fed[slot.Matcher] = append(sc.fed[slot.Matcher], uint8(i))
	}
}

// tabulate looks up what the conditions ask about accounts.
func (sc *screen) tabulate(snap *store.Snapshot) {
	asked := sc.criteria.AccountFacts()
	if len(asked) == 0 {
		return
	}
	sizes := map[event.AccountID]int{}
	for p, a := range snap.Accounts {
		if snap.Root(p) == p {
			sizes[a]++
		}
	}
	sc.accounts = make(map[event.AccountID][]event.Value, len(sizes))
	var spans []span
	for id, people := range sc.scan.crowd.people {
		spans = gather(spans[:0], snap, people)
		for i := range spans {
			spans[i].lo, spans[i].hi = sc.scan.narrow(spans[i])
		}
		var values []event.Value
		for _, path := range asked {
			switch path {
			case "id":
				values = append(values, event.StringValue(snap.Groups[id]))
			case "size":
				values = append(values, event.NumberValue(float64(sizes[id])))
			default:
				values = append(values, borrowed(latestRow(snap, spans, path, event.Group)))
			}
		}
		sc.accounts[id] = values
	}
}

// figure is one slot's sum over an actor's events.
type figure struct {
	n           int64
	sum         total
	least, most float64
	found       hit // First, Last
}

// screenRun is one core's work.
type screenRun struct {
	*screen
	w       *worker
	visit   func(*screenRun, *actor)
	figures []figure
	chains  []plan.Chain // per slot
	traits  []event.Value
	looked  []bool // which traits have been
	who     *actor
	members members
	size    int64
	counts  []int64 // per combination of segments
	recent  recentRun
}

// run walks over the actors that have an event at or before the instant, and calls visit for each when its figures
// are made.
func (sc *screen) run(ctx context.Context, visit func(*screenRun, *actor)) ([]*screenRun, *worker, error) {
	return walk(ctx, sc.scan, func(w *worker) *screenRun { return sc.newRun(w, visit) }, (*screenRun).actor)
}

func (sc *screen) newRun(w *worker, visit func(*screenRun, *actor)) *screenRun {
	n := len(sc.criteria.Traits())
	return &screenRun{screen: sc, w: w, visit: visit, figures: make([]figure, len(sc.criteria.Slots)),
		counts: make([]int64, 1<<len(sc.groups)), chains: make([]plan.Chain, len(sc.criteria.Slots)), traits: make([]event.Value, n), looked: make([]bool, n)}
}

func (r *screenRun) actor(a *actor) {
	if a.id == 0 || !r.w.begin(a) {
		return
	}
	clear(r.figures)
	clear(r.looked)
	r.who = a
	if r.ordered {
		clear(r.chains)
		for _, x := range r.w.hits(a, false) {
			r.take(x)
		}
	} else if len(r.figures) > 0 {
		for _, p := range r.w.cuts {
			r.tally(p)
		}
	}
	r.visit(r, a)
}

// tally books the rows of a span when their order does not matter.
func (r *screenRun) tally(p span) {
	b, t := r.scan.snap.Blocks[p.block], r.scan.tests[p.block]
	codes := b.Codes[p.lo:p.hi]
	for _, i := range r.w.candidates(p.block, codes, false) {
		code, row := codes[i], p.lo+i
		mask := t.Masks[code]
		if !t.Plain[code] {
			mask = t.Mask(row, code, nil)
		}
		for ; mask != 0; mask &= mask - 1 {
			for _, slot := range r.fed[bits.TrailingZeros64(mask)&63] {
				if !r.sliced || r.bounds[slot].Holds(b.Times[row]) {
					r.book(slot, hit{row: row, block: uint16(p.block), code: code})
				}
			}
		}
	}
}

// take books one event, which comes in order.
func (r *screenRun) take(x hit) {
	for mask := x.mask; mask != 0; mask &= mask - 1 {
		for _, slot := range r.fed[bits.TrailingZeros64(mask)&63] {
			if r.bounds[slot].Holds(x.t) {
				r.book(slot, x)
			}
		}
	}
	for _, i := range r.screen.chains {
		slot := &r.criteria.Slots[i]
		slot.Advance(&r.chains[i], x.t, x.mask, r.bounds[i].Holds(x.t))
	}
}

// book adds an event to a slot.
func (r *screenRun) book(i uint8, x hit) {
	slot, f := &r.criteria.Slots[i], &r.figures[i]
	switch slot.Kind {
	case plan.Count:
		f.n++
	case plan.First:
		if f.n++; f.n == 1 {
			f.found = x
		}
	case plan.Last:
		f.n++
		f.found = x
	default:
		v, ok := fieldNumber(r.scan.snap.Blocks[x.block], slot.Path, x.row)
		if !ok {
			return
		}
		if f.n++; f.n == 1 {
			f.least, f.most = v, v
		}
		f.sum.add(v)
		f.least, f.most = min(f.least, v), max(f.most, v)
	}
}

// holds says whether the actor at hand is in a segment.
func (r *screenRun) holds(segment int) bool {
	for _, condition := range r.groups[segment] {
		if !r.criteria.Holds(condition, r, r.at) {
			return false
		}
	}
	return true
}

// Slot is a figure of the actor at hand; part of plan.Facts.
func (r *screenRun) Slot(i int) event.Value {
	slot, f := &r.criteria.Slots[i], &r.figures[i]
	switch slot.Kind {
	case plan.Count:
		return event.NumberValue(float64(f.n))
	case plan.Sum:
		return event.NumberValue(plan.Rounded(f.sum.value()))
	case plan.Sequence:
		yes, _ := slot.Ended(&r.chains[i], r.at)
		return event.BoolValue(yes)
	}
	if f.n == 0 {
		return event.Value{}
	}
	switch slot.Kind {
	case plan.Least:
		return event.NumberValue(f.least)
	case plan.Most:
		return event.NumberValue(f.most)
	case plan.Mean:
		return event.NumberValue(plan.Rounded(f.sum.value() / float64(f.n)))
	}
	if slot.Path == plan.TimePath {
		return event.NumberValue(float64(f.found.t))
	}
	return fieldValue(r.scan.snap.Blocks[f.found.block], slot.Path, f.found.row)
}

// fieldValue is a row's value under a path, a zero Value if it has none. It is borrowed.
func fieldValue(b *store.Block, path string, row uint32) event.Value {
	for k := event.String; k <= event.JSON; k++ {
		if c := b.Column(path, k); c != nil {
			if v := borrowed(c, row); v.Kind != 0 {
				return v
			}
		}
	}
	return event.Value{}
}

// borrowed is a row's value whose text lies in the block: for tests that do not keep it. A nil column has none.
func borrowed(c *store.Column, row uint32) event.Value {
	if c == nil {
		return event.Value{}
	}
	i, ok := c.Index(row)
	switch {
	case !ok:
		return event.Value{}
	case c.Kind == event.String || c.Kind == event.JSON:
		raw := c.Dict.Raw(c.Codes.At(i))
		return event.Value{Kind: c.Kind, Str: unsafe.String(unsafe.SliceData(raw), len(raw))}
	}
	return event.Value{Kind: c.Kind, Num: c.Nums[i]}
}

// Trait is the latest value of a trait of the actor at hand; part of plan.Facts.
func (r *screenRun) Trait(i int) event.Value {
	if !r.looked[i] {
		r.looked[i] = true
		r.traits[i] = borrowed(latestRow(r.scan.snap, r.w.cuts, r.criteria.Traits()[i], event.Identify))
	}
	return r.traits[i]
}

// Account is something about the account of the actor at hand; part of plan.Facts.
func (r *screenRun) Account(i int) event.Value {
	id := event.AccountID(r.who.id)
	if !r.scan.accounts {
		id = r.scan.snap.Accounts[event.ProfileID(r.who.id)]
	}
	if values := r.accounts[id]; id != 0 && values != nil {
		return values[i]
	}
	return event.Value{}
}

// drawn orders the members for a sample: at random, but the same every time.
func drawn(id uint64) event.Millis {
	x := id * 0x9e3779b97f4a7c15 // ids are hashes already; this is only to order them otherwise than by id
	return event.Millis(x>>1) & math.MaxInt64
}
