package exec

import (
	"slices"
	"sort"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// candidates lists what enough actors have and enough lack, by kind, event, property and value.
func (r *driverRun) candidates() []seq.DriverCandidate {
	l := &driverList{d: r.d, out: []seq.DriverCandidate{}}
	for name, c := range r.events {
		l.offer(r.of("event", name), c.all, c.won, l.d.everybody())
	}
	for name := range r.often {
		for k, c := range r.often[name].more {
			x := r.of("count", name)
			x.AtLeast = int(oftenAtLeast[k])
			l.offer(x, c.all, c.won, r.events[name])
		}
	}
	for name := range r.events {
		for i := range r.t.fields {
			if f := &r.t.fields[i]; !f.trait() && !f.context() {
				x := r.of("property", name)
				x.Step = false // that it is a step says nothing about what it carried
				l.lot(x, f, &r.lots[i][name], r.events[name])
			}
		}
	}
	for _, kind := range []string{"entry", "context", "trait"} {
		for i := range r.t.fields {
			f := &r.t.fields[i]
			x := seq.DriverCandidate{Kind: kind}
			switch {
			case kind == "entry":
				l.lot(x, f, &r.entries[i], l.d.everybody())
			case kind == "context" && f.context(), kind == "trait" && f.trait():
				l.lot(x, f, &r.lots[i][0], l.d.everybody())
			}
		}
	}
	return l.out
}

// of is a candidate about an event.
func (r *driverRun) of(kind string, name int) seq.DriverCandidate {
	return seq.DriverCandidate{Kind: kind, Event: r.t.names[name], Step: r.t.step[name]}
}

// everybody is all actors that are compared.
func (d *drivers) everybody() driverCell {
	return driverCell{all: uint32(d.won + d.lost), won: uint32(d.won)}
}

// driverList gathers the candidates that have enough support.
type driverList struct {
	d   *drivers
	out []seq.DriverCandidate
}

// offer takes a candidate with its actors, among those of a base.
func (l *driverList) offer(x seq.DriverCandidate, all, won uint32, base driverCell) {
	if int64(all) < l.d.support || int64(base.all-all) < l.d.support {
		return
	}
	x.WonWith, x.LostWith = int64(won), int64(all-won)
	x.WonWithout, x.LostWithout = int64(base.won-won), int64(base.all-base.won)-x.LostWith
	l.out = append(l.out, x)
}

// lot offers a property: first to have it at all, among a base; then, among those that have it, each of its values or
// each quartile of its numbers.
func (l *driverList) lot(x seq.DriverCandidate, f *driverField, lot *driverLot, base driverCell) {
	x.Property, x.Present = f.path, true
	l.offer(x, lot.any.all, lot.any.won, base)
	x.Present = false
	if f.kind == event.Number {
		l.quartiles(x, lot.numbers, lot.any)
		return
	}
	for i, c := range lot.cells {
		x.Value = f.values[i]
		l.offer(x, c.all, c.won, lot.any)
	}
}

// quartiles cuts numbers where a quarter, a half and three quarters of the actors lie at or below; cuts are values that
// were seen, and equal ones are one.
func (l *driverList) quartiles(x seq.DriverCandidate, n *driverNumbers, base driverCell) {
	if n == nil {
		return
	}
	all := slices.Concat(n.won, n.lost)
	slices.Sort(all)
	slices.Sort(n.won)
	var cuts []float64
	for q := 1; q <= 3; q++ {
		if c := all[(len(all)*q+3)/4-1]; c < all[len(all)-1] && (len(cuts) == 0 || c > cuts[len(cuts)-1]) {
			cuts = append(cuts, c)
		}
	}
	if cuts == nil {
		return // one number for all tells nothing
	}
	doneAll, doneWon := 0, 0
	for k := range len(cuts) + 1 {
		y := x
		upAll, upWon := len(all), len(n.won)
		if k > 0 {
			y.Low = &cuts[k-1]
		}
		if k < len(cuts) {
			y.High = &cuts[k]
			upAll = sort.Search(len(all), func(i int) bool { return all[i] > cuts[k] })
			upWon = sort.Search(len(n.won), func(i int) bool { return n.won[i] > cuts[k] })
		}
		l.offer(y, uint32(upAll-doneAll), uint32(upWon-doneWon), base)
		doneAll, doneWon = upAll, upWon
	}
}
