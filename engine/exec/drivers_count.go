package exec

import (
	"context"
	"math/bits"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// driverCell counts actors: all that had something, and the successful ones among them. An actor is counted once: the
// cell remembers who was last.
type driverCell struct {
	serial, all, won uint32
}

func (c *driverCell) book(serial uint32, won uint32) {
	if c.serial != serial {
		c.serial = serial
		c.all++
		c.won += won
	}
}

// driverNumbers keeps of each actor the latest number before the cut.
type driverNumbers struct {
	serial uint32
	at     event.Millis
	last   float64
	won    []float64 // of the actors done with
	lost   []float64
}

// driverLot is what is counted of one property in one place: who had it at all; cells for texts and truth values, else
// numbers.
type driverLot struct {
	any     driverCell
	cells   []driverCell
	numbers *driverNumbers
}

// driverRun is one core's work.
type driverRun struct {
	d       *drivers
	t       *driverTerms
	w       *worker
	judging *judging
	serial  uint32
	won     uint32 // 1 if the actor at hand succeeded
	events  []driverCell
	often   []driverOften
	did     []int32          // names that the actor at hand did
	lots    [][]driverLot    // per field: per name for properties, one for the others
	entries []driverLot      // per field: of the entry event
	pending []*driverNumbers // those with a number of the actor at hand
	passed  []bool           // with a filter: per row of the span at hand
	latest  []driverTrait    // per field
}

// driverOften counts how often the actors did an event: more[k] are those that did it at least oftenAtLeast[k] times.
type driverOften struct {
	serial, n uint32
	more      [len(oftenAtLeast)]driverCell
}

// oftenAtLeast are the thresholds of counts.
var oftenAtLeast = [...]uint32{2, 3, 5, 10}

// driverTrait is the newest value of a trait seen of the actor at hand.
type driverTrait struct {
	serial uint32
	at     event.Millis
	place  int32
	number float64
}

// count counts the candidates over all actors that are compared.
func (d *drivers) count(ctx context.Context, sc *scan) ([]seq.DriverCandidate, int64, error) {
	t, err := d.terms(ctx, sc)
	if err != nil {
		return nil, 0, err
	}
	runs, total, err := walk(ctx, sc, func(w *worker) *driverRun { return newDriverRun(d, t, w) }, (*driverRun).visit)
	if err != nil {
		return nil, 0, err
	}
	sum := runs[0]
	for _, r := range runs[1:] {
		sum.add(r)
	}
	return sum.candidates(), total.scanned, nil
}

func newDriverRun(d *drivers, t *driverTerms, w *worker) *driverRun {
	r := &driverRun{d: d, t: t, w: w, judging: newJudging(d), events: make([]driverCell, len(t.names)), latest: make([]driverTrait, len(t.fields))}
	r.entries, r.lots = make([]driverLot, len(t.fields)), make([][]driverLot, len(t.fields))
	for i := range t.fields {
		n := len(t.names)
		if t.fields[i].trait() || t.fields[i].context() {
			n = 1
		}
		r.lots[i] = make([]driverLot, n)
	}
	if d.q.Counts {
		r.often = make([]driverOften, len(t.names))
	}
	return r
}

func (r *driverRun) visit(a *actor) {
	if !r.w.begin(a) {
		return
	}
	o := r.d.judge(r.w, r.judging, a)
	if !o.in {
		return
	}
	r.serial++
	r.won = 0
	if o.won {
		r.won = 1
	}
	from := o.at - event.Millis(r.d.q.LookBack.Millis())
	for _, p := range a.spans {
		b := r.w.scan.snap.Blocks[p.block]
		if lo, hi := before(b.Times, p, from, o.cut); lo < hi {
			r.span(p.block, lo, hi, o)
		}
		if len(r.t.traits[p.block]) > 0 {
			r.traits(p, o.cut)
		}
	}
	r.entry(o.entry)
	r.settle()
}

// span books a block's rows lo ≤ row < hi of the actor at hand, without its entry.
func (r *driverRun) span(block int, lo, hi uint32, o outcome) {
	b := r.w.scan.snap.Blocks[block]
	codes := r.t.codes[block]
	skip := int64(-1)
	if int(o.entry.block) == block {
		skip = int64(o.entry.row)
	}
	r.filter(r.w.scan.tests[block], b.Codes[lo:hi], lo)
	for row := lo; row < hi; row++ {
		if name := codes[b.Codes[row]]; name >= 0 && int64(row) != skip && r.passes(row-lo) {
			r.event(name)
		}
	}
	for i := range r.t.others[block] {
		r.column(&r.t.others[block][i], block, lo, hi, skip)
	}
}

// filter decides which of some rows pass the question's filter; none is kept in mind when there is no filter.
func (r *driverRun) filter(t *plan.Tests, codes []uint16, lo uint32) {
	r.passed = r.passed[:0]
	if t.Filter == nil {
		return
	}
	for i, code := range codes {
		r.passed = append(r.passed, t.Passes(lo+uint32(i), code, r.w.traits))
	}
}

func (r *driverRun) passes(i uint32) bool { return len(r.passed) == 0 || r.passed[i] }

func (r *driverRun) event(name int32) {
	c := &r.events[name]
	c.book(r.serial, r.won)
	if r.often == nil {
		return
	}
	o := &r.often[name]
	if o.serial != r.serial {
		o.serial, o.n = r.serial, 0
		r.did = append(r.did, name)
	}
	o.n++
}

// column books the values of one column in rows lo ≤ row < hi: it goes over the rows that have one, word by word.
func (r *driverRun) column(c *driverColumn, block int, lo, hi uint32, skip int64) {
	b := r.w.scan.snap.Blocks[block]
	names, rows := r.t.codes[block], b.Codes
	own := !r.t.fields[c.field].context()
	at, known := uint32(0), false
	for w := lo >> 6; w <= (hi-1)>>6; w++ {
		word := c.col.Present[w]
		if w == lo>>6 {
			word &= ^uint64(0) << (lo & 63)
		}
		if w == (hi-1)>>6 {
			word &= ^uint64(0) >> (63 - (hi-1)&63)
		}
		for ; word != 0; word &= word - 1 {
			row := w<<6 + uint32(bits.TrailingZeros64(word))
			if !known {
				at, _ = c.col.Index(row)
				known = true
			}
			name := names[rows[row]]
			if name >= 0 && int64(row) != skip && r.passes(row-lo) {
				if !own {
					name = 0
				}
				r.value(&r.lots[c.field][name], c, at, b.Times[row])
			}
			at++
		}
	}
}

// value books the packed value at of a column.
func (r *driverRun) value(lot *driverLot, c *driverColumn, at uint32, t event.Millis) {
	if r.t.fields[c.field].kind == event.Number {
		r.number(lot, c.col.Nums[at], t)
		return
	}
	r.text(lot, c.field, c.place(at))
}

// text books a text or truth value by its place among the field's values.
func (r *driverRun) text(lot *driverLot, field int, place int32) {
	lot.any.book(r.serial, r.won)
	if place < 0 {
		return
	}
	if lot.cells == nil {
		lot.cells = make([]driverCell, len(r.t.fields[field].values))
	}
	lot.cells[place].book(r.serial, r.won)
}

// place is that of a packed text or truth value among the field's values, -1 if it is none of them.
func (c *driverColumn) place(at uint32) int32 {
	if c.dict != nil {
		return c.dict[c.col.Codes.At(at)]
	}
	if c.col.Nums[at] != 0 {
		return 1
	}
	return 0
}

func (r *driverRun) number(lot *driverLot, v float64, t event.Millis) {
	lot.any.book(r.serial, r.won)
	n := lot.numbers
	if n == nil {
		n = &driverNumbers{}
		lot.numbers = n
	}
	switch {
	case n.serial != r.serial:
		n.serial = r.serial
		r.pending = append(r.pending, n)
	case t < n.at:
		return
	}
	n.at, n.last = t, v
}

// entry books the properties of the entry event itself, or of the answer; what the answer says is the outcome.
func (r *driverRun) entry(x hit) {
	for i := range r.t.others[x.block] {
		c := &r.t.others[x.block][i]
		if r.d.q.Score != nil && r.d.q.Score.Property == r.t.fields[c.field].path {
			continue
		}
		if at, ok := c.col.Index(x.row); ok {
			r.value(&r.entries[c.field], c, at, x.t)
		}
	}
}

// traits notes the newest values that identify calls gave before the cut, however long ago.
func (r *driverRun) traits(p span, cut event.Millis) {
	b := r.w.scan.snap.Blocks[p.block]
	_, hi := before(b.Times, p, earliestMillis, cut)
	for i := range r.t.traits[p.block] {
		c := &r.t.traits[p.block][i]
		row, ok := lastPresent(b, c.col, span{p.block, p.lo, hi}, event.Identify)
		if !ok {
			continue
		}
		l := &r.latest[c.field]
		if l.serial == r.serial && b.Times[row] < l.at {
			continue
		}
		at, _ := c.col.Index(row)
		l.serial, l.at = r.serial, b.Times[row]
		if r.t.fields[c.field].kind == event.Number {
			l.number = c.col.Nums[at]
		} else {
			l.place = c.place(at)
		}
	}
}

// settle books what is known only at the actor's end.
func (r *driverRun) settle() {
	for i := range r.latest {
		if l := &r.latest[i]; l.serial == r.serial {
			lot := &r.lots[i][0]
			if r.t.fields[i].kind == event.Number {
				r.number(lot, l.number, l.at)
			} else {
				r.text(lot, i, l.place)
			}
		}
	}
	for _, n := range r.pending {
		if r.won == 1 {
			n.won = append(n.won, n.last)
		} else {
			n.lost = append(n.lost, n.last)
		}
	}
	r.pending = r.pending[:0]
	for _, name := range r.did {
		o := &r.often[name]
		for k, least := range oftenAtLeast {
			if o.n >= least {
				o.more[k].book(r.serial, r.won)
			}
		}
	}
	r.did = r.did[:0]
}

// add takes another core's counts: the places are the same on all.
func (r *driverRun) add(o *driverRun) {
	addCells(r.events, o.events)
	for i := range r.often {
		addCells(r.often[i].more[:], o.often[i].more[:])
	}
	for i := range r.lots {
		for k := range r.lots[i] {
			r.lots[i][k].add(&o.lots[i][k])
		}
		r.entries[i].add(&o.entries[i])
	}
}

func addCells(to, from []driverCell) {
	for i := range from {
		to[i].all += from[i].all
		to[i].won += from[i].won
	}
}

func (l *driverLot) add(o *driverLot) {
	l.any.all += o.any.all
	l.any.won += o.any.won
	if l.cells == nil {
		l.cells = o.cells
	} else {
		addCells(l.cells, o.cells)
	}
	switch {
	case l.numbers == nil:
		l.numbers = o.numbers
	case o.numbers != nil:
		l.numbers.won = append(l.numbers.won, o.numbers.won...)
		l.numbers.lost = append(l.numbers.lost, o.numbers.lost...)
	}
}
