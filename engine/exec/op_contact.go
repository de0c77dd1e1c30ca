package exec

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// contact is a first-contact question made ready; the matchers of the plan are those of engaged events.
type contact struct {
	q        seq.FirstContact
	from, to event.Millis // a visit that begins here is counted
	now      event.Millis
	within   event.Millis
	gap      event.Millis
	columns  [][][]*store.Column // per block and split, in order of preference
}

// clickSpan is how long what happens after a click belongs to it: a page view and the events that it fires are one.
const clickSpan = event.Millis(1000)

// FirstContact counts how first visits ended; docs/questions.md says what that means.
func (e *Engine) FirstContact(ctx context.Context, q seq.FirstContact) (*seq.FirstContactCounts, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	q = q.Defaults()
	for i, m := range q.Engaged {
		if _, err := s.plan.Matcher(m, fmt.Sprintf("engaged[%d]", i)); err != nil {
			return nil, err
		}
	}
	w := s.window(q.Scope)
	c := &contact{q: q, from: w.From, to: w.To, now: event.MillisOf(s.began), within: event.Millis(q.Within.Millis()), gap: event.Millis(q.SessionGap.Millis())}
	all := q.Scope // whoever came before the range is not new in it
	all.Segment = nil
	sc, err := s.scan(all, event.Window{From: earliestMillis, To: c.now + 1})
	if err == nil && q.Segment != nil {
		sc.only, err = s.population(*q.Segment, sc.accounts, w) // its members are those at the range's end
	}
	if err != nil {
		return nil, err
	}
	c.bind(s.snap)
	runs, total, err := walk(ctx, sc, func(w *worker) *contactRun { return newContactRun(c, w) }, (*contactRun).visit)
	if err != nil {
		return nil, err
	}
	sum := runs[0]
	for _, r := range runs[1:] {
		sum.add(r)
	}
	out := &seq.FirstContactCounts{All: sum.all, Open: sum.open, Splits: sum.splits(), Engaged: q.Engaged}
	out.Meta = s.meta(total)
	return out, nil
}

// splitPaths are the properties that give a split its value, the first that an event carries.
func splitPaths(by string) []string {
	switch by {
	case "landing_page":
		return []string{"context.page.path", "properties.path"} // and a screen's name, see contactRun.value
	case "campaign":
		return []string{"context.campaign.name", "context.campaign.source"}
	case "search_term":
		return []string{"context.campaign.term"}
	case "device":
		return []string{"context.device.type", "context.os.name"}
	}
	return []string{by}
}

// bind finds the columns of the splits.
func (c *contact) bind(snap *store.Snapshot) {
	for _, b := range snap.Blocks {
		splits := make([][]*store.Column, len(c.q.By))
		for i, by := range c.q.By {
			for _, path := range splitPaths(by) {
				for k := event.String; k <= event.JSON; k++ {
					if col := b.Column(path, k); col != nil {
						splits[i] = append(splits[i], col)
					}
				}
			}
		}
		c.columns = append(c.columns, splits)
	}
}

// contactRun is one core's work.
type contactRun struct {
	c      *contact
	w      *worker
	all    seq.VisitCounts
	open   int64
	groups []map[string]*seq.VisitCounts // per split by value
	at     []uint32                      // per span of the actor at hand the next row
	values [][]byte                      // per split the value of the visit at hand
}

func newContactRun(c *contact, w *worker) *contactRun {
	r := &contactRun{c: c, w: w, values: make([][]byte, len(c.q.By))}
	for range c.q.By {
		r.groups = append(r.groups, map[string]*seq.VisitCounts{})
	}
	return r
}

// firstVisit is what is known of a visit under way.
type firstVisit struct {
	begun             bool
	start, last, tick event.Millis // tick is when the last click came
	clicks            int
	engaged           bool
}

func (r *contactRun) visit(a *actor) {
	scanned, actors := r.w.scanned, r.w.actors
	active := r.w.begin(a)
	r.w.scanned, r.w.actors = scanned, actors // begin counts all rows; here few are read
	if !active {
		return
	}
	v, ok := r.read()
	if !ok {
		return
	}
	r.w.actors++
	if r.c.now-v.last < r.c.gap {
		r.open++
		return
	}
	few, short := v.clicks <= r.c.q.Clicks, v.last-v.start <= r.c.within
	one := seq.VisitCounts{Visits: 1}
	switch {
	case v.engaged:
		one.Engaged = 1
	default:
		one.FewClicks, one.Short, one.Failed = bit(few), bit(short), bit(few || short)
	}
	addVisits(&r.all, one)
	for i, value := range r.values {
		g := r.groups[i][string(value)]
		if g == nil {
			g = &seq.VisitCounts{}
			r.groups[i][string(value)] = g
		}
		addVisits(g, one)
	}
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func addVisits(to *seq.VisitCounts, v seq.VisitCounts) {
	to.Visits += v.Visits
	to.Engaged += v.Engaged
	to.FewClicks += v.FewClicks
	to.Short += v.Short
	to.Failed += v.Failed
}

// read follows the events of the actor at hand from the first to the end of the first visit. It is not ok when the actor has none,
// or one that does not begin in the range.
func (r *contactRun) read() (v firstVisit, ok bool) {
	r.at = r.at[:0]
	for _, p := range r.w.cuts {
		r.at = append(r.at, p.lo)
	}
	clear(r.values)
	for {
		k := r.next()
		if k < 0 {
			break
		}
		block, row := r.w.cuts[k].block, r.at[k]
		r.at[k]++
		r.w.scanned++
		b, t := r.w.scan.snap.Blocks[block], r.w.scan.tests[block]
		code := b.Codes[row]
		if b.Names[code].Kind > event.Screen || !t.Passes(row, code, r.w.traits) {
			continue
		}
		at := b.Times[row]
		switch {
		case !v.begun:
			if at < r.c.from || at >= r.c.to {
				return v, false
			}
			v = firstVisit{begun: true, start: at, tick: at}
		case at-v.last >= r.c.gap:
			return v, true
		case at-v.tick > clickSpan:
			v.clicks++
			v.tick = at
		}
		v.last = at
		v.engaged = v.engaged || t.Mask(row, code, r.w.traits) != 0 // a first time is in the first visit
		for i := range r.values {
			if r.values[i] == nil {
				r.values[i] = r.value(i, block, row, code)
			}
		}
	}
	return v, v.begun
}

// next is the span with the earliest row left, -1 if there is none.
func (r *contactRun) next() int {
	best := -1
	for k, p := range r.w.cuts {
		if r.at[k] == p.hi {
			continue
		}
		if best < 0 || r.time(k) < r.time(best) {
			best = k
		}
	}
	return best
}

func (r *contactRun) time(k int) event.Millis {
	return r.w.scan.snap.Blocks[r.w.cuts[k].block].Times[r.at[k]]
}

// value is what an event tells of a split, nil if nothing.
func (r *contactRun) value(split, block int, row uint32, code uint16) []byte {
	b := r.w.scan.snap.Blocks[block]
	landing := r.c.q.By[split] == "landing_page"
	for _, col := range r.c.columns[block][split] {
		at, ok := col.Index(row)
		if !ok {
			continue
		}
		var v []byte
		if col.Kind == event.String || col.Kind == event.JSON {
			v = col.Dict.Raw(col.Codes.At(at))
		} else {
			v = []byte(event.Value{Kind: col.Kind, Num: col.Nums[at]}.Text())
		}
		if landing && len(v) > 1 {
			v = bytes.TrimSuffix(v, []byte("/"))
		}
		if len(v) > 0 {
			return v
		}
	}
	if landing && b.Names[code].Kind == event.Screen {
		if name := fieldText(b, "properties.name", row, code); name != "" {
			return []byte(name)
		}
	}
	return nil
}

func (r *contactRun) add(o *contactRun) {
	addVisits(&r.all, o.all)
	r.open += o.open
	for i, groups := range o.groups {
		for v, g := range groups {
			if r.groups[i][v] == nil {
				r.groups[i][v] = &seq.VisitCounts{}
			}
			addVisits(r.groups[i][v], *g)
		}
	}
}

// splits makes the lists of the answer: most visits first; what does not make the limit stands together at the end.
func (r *contactRun) splits() []seq.VisitSplit {
	out := []seq.VisitSplit{}
	for i, by := range r.c.q.By {
		s := seq.VisitSplit{By: by, Values: []seq.VisitValue{}}
		for v, g := range r.groups[i] {
			s.Values = append(s.Values, seq.VisitValue{Value: v, VisitCounts: *g})
		}
		slices.SortFunc(s.Values, func(a, b seq.VisitValue) int {
			return cmp.Or(cmp.Compare(b.Visits, a.Visits), cmp.Compare(a.Value, b.Value))
		})
		if n := r.c.q.Limit; len(s.Values) > n {
			rest := seq.VisitValue{Value: other, Other: true}
			for _, v := range s.Values[n:] {
				addVisits(&rest.VisitCounts, v.VisitCounts)
			}
			s.Values = append(s.Values[:n:n], rest)
		}
		out = append(out, s)
	}
	return out
}
