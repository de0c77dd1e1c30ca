package exec

import (
	"math/bits"
	"slices"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// nameTable numbers the event names of all blocks, so that the same name has one number whatever its kind or block.
type nameTable struct {
	names []string
	of    [][]int32 // per block and code
}

func newNameTable(s *store.Snapshot) *nameTable {
	t := &nameTable{}
	number := map[string]int32{}
	for _, b := range s.Blocks {
		of := make([]int32, len(b.Names))
		for i, n := range b.Names {
			id, ok := number[n.Name]
			if !ok {
				id = int32(len(t.names))
				number[n.Name] = id
				t.names = append(t.names, n.Name)
			}
			of[i] = id
		}
		t.of = append(t.of, of)
	}
	return t
}

// layout is what a block's event codes mean for a journey.
type layout struct {
	sure    []int32       // per code the touchpoint when no condition decides; -1 none, -2 look at the candidates
	side    [][]uint16    // per code the candidates that are scores or the value
	failure [][]uint16    // per code the candidates that are failures
	quiet   []bool        // per code: never unmapped (identify, group, alias)
	plain   []bool        // per code: every such row is a visit of sure, and nothing else
	values  []*placeTable // per code whose candidates one property decides; else nil
	outcome *store.Column
	numbers []*store.Column // per matcher the number it measures
}

func (j *journey) layouts(s *scan) []*layout {
	property := map[int]string{}
	for _, o := range j.scores {
		property[o.matcher] = j.q.Touchpoints[o.touchpoint].Score.Property
	}
	if j.value >= 0 {
		property[j.value] = j.q.Value.Property
	}
	first := map[int]bool{}
	for _, m := range j.firsts {
		first[m] = true
	}
	var out []*layout
	for i, b := range s.snap.Blocks {
		n, t := len(b.Names), s.tests[i]
		l := &layout{sure: make([]int32, n), side: make([][]uint16, n), failure: make([][]uint16, n), quiet: make([]bool, n)}
		l.outcome = b.Column("properties.outcome", event.String)
		l.numbers = make([]*store.Column, s.plan.Matchers())
		for m, path := range property {
			l.numbers[m] = b.Column(path, event.Number)
		}
		for code, name := range b.Names {
			l.quiet[code] = name.Kind == event.Identify || name.Kind == event.Group || name.Kind == event.Alias
			l.sure[code] = -1
			for _, m := range t.Candidates[code] {
				switch {
				case int(m) < len(j.place):
					if l.sure[code] == -1 {
						if l.sure[code] = int32(j.place[m]); t.Where[m] != nil || first[int(m)] {
							l.sure[code] = -2
						}
					}
				case property[int(m)] != "":
					l.side[code] = append(l.side[code], m)
				default:
					l.failure[code] = append(l.failure[code], m)
				}
			}
			l.values = append(l.values, nil)
			if l.sure[code] == -2 {
				l.values[code] = j.placesByValue(b, t, code)
			}
			l.plain = append(l.plain, l.sure[code] >= 0 && l.side[code] == nil && l.failure[code] == nil && l.outcome == nil && t.Filter == nil)
		}
		out = append(out, l)
	}
	return out
}

// placeTable says which touchpoint a row visits by the value of one text property: decided once per distinct value.
type placeTable struct {
	col    *store.Column // nil if no row has the property
	dict   []int32
	absent int32
}

// placesByValue makes the table of an event code, nil when more than one property decides, or too many values.
func (j *journey) placesByValue(b *store.Block, t *plan.Tests, code int) *placeTable {
	var path string
	var list []uint16
	for _, m := range t.Candidates[code] {
		if int(m) >= len(j.place) {
			break
		}
		list = append(list, m)
		if t.Where[m] == nil {
			break
		}
		p, ok := t.Where[m].Alone()
		if !ok || path != "" && p != path {
			return nil
		}
		path = p
	}
	if len(j.firsts) > 0 || b.Column(path, event.Number) != nil || b.Column(path, event.Bool) != nil || b.Column(path, event.JSON) != nil {
		return nil
	}
	place := func(v event.Value) int32 {
		for _, m := range list {
			if t.Where[m] == nil || t.Where[m].On(v) == plan.True {
				return int32(j.place[m])
			}
		}
		return -1
	}
	table := &placeTable{col: b.Column(path, event.String), absent: place(event.Value{})}
	if table.col == nil {
		return table
	}
	if n := table.col.Dict.Len(); n <= 1<<17 {
		table.dict = make([]int32, n)
		for i := range table.dict {
			table.dict[i] = place(event.StringValue(table.col.Dict.At(uint32(i))))
		}
		return table
	}
	return nil
}

func (p *placeTable) of(row uint32) int32 {
	if p.col != nil {
		if i, ok := p.col.Index(row); ok {
			return p.dict[p.col.Codes.At(i)]
		}
	}
	return p.absent
}

// journeyRun is one core's work.
type journeyRun struct {
	j        *journey
	w        *worker
	names    *nameTable
	layouts  []*layout
	sums     [2]*period // before, now
	edges    []*edgeSum // from*touchpoints+to
	unmapped []struct{ count, people, last int64 }
	actors   int64
	owner    []int // per matcher its touchpoint, for failures and scores
	values   []valueAt
	// of the actor and period at hand
	seen     []uint64 // bit per touchpoint that was visited
	firstPos []int    // per touchpoint seen the position of its first visit
	later    []int64  // per touchpoint the stamp when its journey went on after it
	stamp    int64
	stages   []stageMark
	place    []int // per touchpoint its stage
}

type stageMark struct {
	first, last int // positions of its visits; -1 for none
	onward      int // last position of any later stage's
}

type valueAt struct {
	t event.Millis
	v float64
}

func newJourneyRun(j *journey, w *worker, names *nameTable, layouts []*layout) *journeyRun {
	n := len(j.q.Touchpoints)
	r := &journeyRun{j: j, w: w, names: names, layouts: layouts, sums: [2]*period{newPeriod(j.q), newPeriod(j.q)}}
	r.edges = make([]*edgeSum, n*n)
	r.unmapped = make([]struct{ count, people, last int64 }, len(names.names))
	r.seen, r.firstPos, r.later = make([]uint64, n/64+1), make([]int, n), make([]int64, n)
	r.stages = make([]stageMark, j.q.Stages)
	for _, t := range j.q.Touchpoints {
		r.place = append(r.place, t.Stage)
	}
	m := w.scan.plan.Matchers()
	r.owner = make([]int, m)
	for _, o := range j.failures {
		r.owner[o.matcher] = o.touchpoint
	}
	for _, o := range j.scores {
		r.owner[o.matcher] = o.touchpoint
	}
	return r
}

func (r *journeyRun) add(o *journeyRun) {
	r.sums[0].add(o.sums[0])
	r.sums[1].add(o.sums[1])
	r.actors += o.actors
	for i, e := range o.edges {
		if e == nil {
			continue
		}
		if r.edges[i] == nil {
			r.edges[i] = &edgeSum{}
		}
		r.edges[i].people += e.people
		r.edges[i].gaps.merge(&e.gaps)
	}
	for i := range o.unmapped {
		r.unmapped[i].count += o.unmapped[i].count
		r.unmapped[i].people += o.unmapped[i].people
	}
}

// failed marks a visit that failed, in hit.mask; the bits below are the touchpoint.
const failed = 1 << 16

func (r *journeyRun) visit(a *actor) {
	if !r.w.begin(a) && len(r.j.firsts) == 0 {
		return
	}
	h, active := r.visits(a)
	if active {
		r.actors++
	}
	cut := 0
	for cut < len(h) && h[cut].t < r.j.now.From {
		cut++
	}
	r.period(r.sums[0], r.j.before, h[:cut])
	r.period(r.sums[1], r.j.now, h[cut:])
}

// visits lists the actor's visits in the scan's window, in order, their touchpoints in hit.mask. It says whether the
// actor has any event in the period that is asked for.
func (r *journeyRun) visits(a *actor) (h []hit, active bool) {
	h, ends := r.w.buf[:0], r.w.ends[:0]
	r.values = r.values[:0]
	if len(r.j.firsts) > 0 {
		h, active = r.history(a)
		ends = append(ends, len(h))
	} else {
		for i, p := range a.spans {
			lo, hi := r.w.cuts[i].lo, r.w.cuts[i].hi
			active = active || hi > lo && r.w.scan.snap.Blocks[p.block].Times[hi-1] >= r.j.now.From
			b, l := r.w.scan.snap.Blocks[p.block], r.layouts[p.block]
			times := b.Times[lo:hi]
			h = slices.Grow(h, len(times))
			for i, code := range b.Codes[lo:hi] {
				if l.plain[code] {
					h = append(h, hit{t: times[i], mask: uint64(l.sure[code])})
				} else if x, ok := r.row(p.block, lo+uint32(i), true); ok {
					h = append(h, x)
				}
			}
			ends = append(ends, len(h))
		}
	}
	if len(ends) > 1 {
		h = r.w.sorter.merge(h, ends)
	}
	r.w.buf, r.w.ends = h, ends
	return h, active
}

// history is visits' way to the rows when some matcher means the first such event ever: all rows of the actor are
// brought in order first, then looked at one by one.
func (r *journeyRun) history(a *actor) (h []hit, active bool) {
	for _, x := range r.w.ordered(a) {
		in := r.w.scan.window.Holds(x.t)
		active = active || in && x.t >= r.j.now.From
		if v, ok := r.row(int(x.block), x.row, in); ok && in {
			h = append(h, v)
		}
	}
	return h, active
}

// row says which touchpoint a row visits and books what does not depend on order: scores, values, unmapped events.
// A row that is not in range only makes first-time matchers remember it.
func (r *journeyRun) row(block int, row uint32, in bool) (x hit, visit bool) {
	b, l, t := r.w.scan.snap.Blocks[block], r.layouts[block], r.w.scan.tests[block]
	code := b.Codes[row]
	if t.Filter != nil && !t.Passes(row, code, r.w.traits) {
		return x, false
	}
	x = hit{t: b.Times[row], row: row, block: uint16(block), code: code}
	place := l.sure[code]
	switch {
	case place == -2 && l.values[code] != nil:
		place = l.values[code].of(row)
	case place == -2:
		place = -1
		for _, m := range t.Candidates[code] {
			if int(m) >= len(r.j.place) {
				break
			}
			if t.Fulfils(m, row, code, r.w.traits) && r.w.isFirst(int(m)) {
				place = int32(r.j.place[m])
				break
			}
		}
	}
	if !in {
		return x, false
	}
	known := r.aside(x, l)
	if place < 0 {
		if !known && !l.quiet[code] && x.t >= r.j.now.From {
			u := &r.unmapped[r.names.of[block][code]]
			if u.count++; u.last != r.w.serial {
				u.last = r.w.serial
				u.people++
			}
		}
		return x, false
	}
	x.mask = uint64(place)
	if r.fails(x, l, int(place)) {
		x.mask |= failed
	}
	return x, true
}

func (r *journeyRun) fails(x hit, l *layout, place int) bool {
	if l.outcome != nil {
		if v, ok := l.outcome.Value(x.row); ok && v.Str == "failed" {
			return true
		}
	}
	for _, m := range l.failure[x.code] {
		if r.owner[m] == place && r.w.scan.tests[x.block].Fulfils(m, x.row, x.code, r.w.traits) {
			return true
		}
	}
	return false
}

// aside books a row's score and value. It says whether the row fulfils either's matcher.
func (r *journeyRun) aside(x hit, l *layout) (known bool) {
	for _, m := range l.side[x.code] {
		if !r.w.scan.tests[x.block].Fulfils(m, x.row, x.code, r.w.traits) || !r.w.isFirst(int(m)) {
			continue
		}
		known = true
		if l.numbers[m] == nil {
			continue
		}
		v, ok := l.numbers[m].Value(x.row)
		if !ok {
			continue
		}
		if int(m) == r.j.value {
			r.values = append(r.values, valueAt{x.t, v.Num})
			continue
		}
		sum := r.sums[0]
		if x.t >= r.j.now.From {
			sum = r.sums[1]
		}
		sum.touchpoints[r.owner[m]].scores[v.Num]++
	}
	return known
}

// period books an actor's visits of one period, in order of time.
func (r *journeyRun) period(sum *period, w event.Window, h []hit) {
	if len(h) == 0 {
		return
	}
	r.stamp++
	for i := range r.stages {
		r.stages[i] = stageMark{first: -1, last: -1}
	}
	for i := len(h) - 1; i >= 0; i-- { // backwards, so that the first of each is what stays
		tp := int(h[i].mask &^ failed)
		r.firstPos[tp], r.stages[r.place[tp]].first = i, i
	}
	sum.people++
	scale := float64(r.j.q.Buckets) / float64(w.To-w.From)
	run := 0 // where the visits of the touchpoint at hand began, within this journey
	for i, x := range h {
		tp := int(x.mask &^ failed)
		r.seen[tp>>6] |= 1 << (tp & 63)
		r.stages[r.place[tp]].last = i
		t := &sum.touchpoints[tp]
		t.visits++
		t.series[min(int(float64(x.t-w.From)*scale), len(t.series)-1)]++
		t.failures += int64(x.mask / failed)
		if i == 0 || x.t-h[i-1].t >= r.j.idle {
			sum.journeys++
			t.entries++
			if i > 0 {
				sum.touchpoints[h[i-1].mask&^failed].exits++
			}
			run = i
			continue
		}
		from := int(h[i-1].mask &^ failed)
		r.later[from] = r.stamp
		if from == tp {
			continue
		}
		last := i
		if sum == r.sums[1] {
			last-- // its span is the transition's too, and is taken from there; see answer
			r.edge(from, tp, int64(x.t-h[last].t))
		}
		for ; run < last; run++ {
			sum.touchpoints[from].gaps.add(int64(x.t - h[run].t))
		}
		run = i
	}
	if last := h[len(h)-1]; w.To-last.t >= r.j.idle {
		sum.touchpoints[last.mask&^failed].exits++
	}
	r.close(sum, w, h)
}

func (r *journeyRun) edge(from, to int, gap int64) {
	at := from*len(r.j.q.Touchpoints) + to
	e := r.edges[at]
	if e == nil {
		e = &edgeSum{}
		r.edges[at] = e
	}
	e.gaps.add(gap)
	another := int64(0) // no branch: whether somebody came this way before is as good as chance
	if e.last != r.w.serial {
		another = 1
	}
	e.people += another
	e.last = r.w.serial
}

// close books what is known only when all of the actor's visits of the period were seen.
func (r *journeyRun) close(sum *period, w event.Window, h []hit) {
	onwardAt := -1 // last position of any visit to a later stage
	lastStage := len(r.stages) - 1
	for s := lastStage; s >= 0; s-- {
		m := &r.stages[s]
		m.onward = onwardAt
		if m.first < 0 {
			continue
		}
		st := &sum.stages[s]
		st.people++
		if m.first < onwardAt {
			st.onward++
		}
		if s < lastStage && m.first < r.stages[s+1].last {
			st.next++
		}
		if len(r.values) > 0 {
			r.worth(w, h[m.first].t, &st.value, &st.values)
		}
		onwardAt = max(onwardAt, m.last)
	}
	for i, word := range r.seen {
		for ; word != 0; word &= word - 1 {
			r.closeAt(sum, w, h, i<<6|bits.TrailingZeros64(word))
		}
		r.seen[i] = 0
	}
}

// closeAt is close for one touchpoint that the actor visited.
func (r *journeyRun) closeAt(sum *period, w event.Window, h []hit, tp int) {
	s, lastStage := r.place[tp], len(r.stages)-1
	t := &sum.touchpoints[tp]
	t.people++
	if s < lastStage && r.firstPos[tp] < r.stages[s].onward || s == lastStage && r.later[tp] == r.stamp {
		t.onward++
	}
	if len(r.values) > 0 {
		r.worth(w, h[r.firstPos[tp]].t, &t.value, &t.values)
	}
}

// worth adds up the actor's values of the period from a time on.
func (r *journeyRun) worth(w event.Window, from event.Millis, sum *total, n *int64) {
	for _, v := range r.values {
		if v.t >= from && w.Holds(v.t) {
			sum.add(v.v)
			*n++
		}
	}
}
