package exec

import (
	"cmp"
	"slices"
	"strings"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// conformSum is what one core makes of the variants that it aligns. Nothing in it depends on the order of the variants.
type conformSum struct {
	c                *conformance
	a                *aligner
	trace            []uint8 // of the variant at hand
	failed           []bool
	open             bool
	serial           int64 // of the variant at hand
	variants         int64
	clean, cleanOpen int64
	fitness          map[[2]int32]int64 // traces by cost and length
	types            [markFailed + 1]often
	steps            [][markFailed]often // per step, by kind
	touchpoints      []seq.TouchpointConformance
	places           map[placeKey]*placeSum
	deviations       map[placeKey]*deviationSum   // after and before are 0
	top              []*variant                   // the most frequent ones
	shown            map[*variant][]seq.TraceMove // of those that were laid for the answer
}

// often counts how often something happened and in how many traces.
type often struct{ count, traces, last int64 }

// add counts one more time in a variant of so many traces; serial is the variant's number.
func (t *often) add(traces, serial int64) (first bool) {
	t.count += traces
	if first = t.last != serial; first {
		t.last = serial
		t.traces += traces
	}
	return first
}

func (t *often) merge(o often) {
	t.count += o.count
	t.traces += o.traces
}

// placeKey is a deviation and where it happened.
type placeKey struct {
	kind             uint8
	step, touchpoint int16
	after, before    int16
}

type placeSum struct {
	often
	of *deviationSum
}

type deviationSum struct {
	often
	shown []*variant // the most frequent ones that show it
}

func newConformSum(c *conformance) *conformSum {
	n := len(c.q.Model.Touchpoints)
	return &conformSum{
		c: c, a: newAligner(c.graph, n), fitness: map[[2]int32]int64{}, steps: make([][markFailed]often, len(c.graph.steps)),
		touchpoints: make([]seq.TouchpointConformance, n), places: map[placeKey]*placeSum{}, deviations: map[placeKey]*deviationSum{}, shown: map[*variant][]seq.TraceMove{},
	}
}

// lay decodes and aligns a variant.
func (s *conformSum) lay(v *variant) (cost int, marks []mark) {
	s.trace, s.failed, s.open = s.trace[:0], s.failed[:0], v.key[0] == 1
	for _, b := range []byte(v.key[1:]) {
		if b == failedVisit {
			s.failed[len(s.failed)-1] = true
			continue
		}
		s.trace, s.failed = append(s.trace, b), append(s.failed, false)
	}
	cost = s.a.align(s.trace, s.open)
	return cost, s.a.lay(s.trace, s.failed, s.open)
}

// add aligns a variant and books its moves.
func (s *conformSum) add(v *variant) {
	s.serial++
	s.variants++
	cost, marks := s.lay(v)
	s.fitness[[2]int32{int32(cost), int32(len(s.trace))}] += v.count
	clean := cost == 0
	for _, m := range marks {
		if m.step >= 0 {
			s.steps[m.step][m.kind].add(v.count, s.serial)
		}
		if m.kind != markMissing {
			s.bookVisit(m, v.count)
		}
		if m.kind != markSync {
			s.deviates(m, v)
		}
		if m.failed {
			clean = false
			m.kind = markFailed
			s.deviates(m, v)
		}
	}
	if clean {
		s.clean += v.count
		if s.open {
			s.cleanOpen += v.count
		}
	}
	s.top = keepTop(s.top, v, s.c.variants)
}

func (s *conformSum) bookVisit(m mark, traces int64) {
	t := &s.touchpoints[m.touchpoint]
	t.Visits += traces
	switch m.kind {
	case markSync:
		t.Planned += traces
	case markAdHoc:
		t.AdHoc += traces
	case markOutOfOrder:
		t.OutOfOrder += traces
	}
	if m.failed {
		t.Failed += traces
	}
}

func (s *conformSum) deviates(m mark, v *variant) {
	s.types[m.kind].add(v.count, s.serial)
	key := placeKey{m.kind, m.step, m.touchpoint, m.after, m.before}
	p := s.places[key]
	if p == nil {
		whole := placeKey{m.kind, m.step, m.touchpoint, 0, 0}
		if s.deviations[whole] == nil {
			s.deviations[whole] = &deviationSum{}
		}
		p = &placeSum{of: s.deviations[whole]}
		s.places[key] = p
	}
	p.add(v.count, s.serial)
	if p.of.add(v.count, s.serial) {
		p.of.shown = keepTop(p.of.shown, v, s.c.examples)
	}
}

// frequent orders the most frequent variants first, then the shorter ones, then by key.
func (v *variant) frequent(o *variant) int {
	return cmp.Or(cmp.Compare(o.count, v.count), cmp.Compare(len(v.key), len(o.key)), strings.Compare(v.key, o.key))
}

// keepTop keeps the most frequent of some variants, sorted.
func keepTop(list []*variant, v *variant, keep int) []*variant {
	if len(list) == keep && list[keep-1].frequent(v) <= 0 {
		return list
	}
	at, _ := slices.BinarySearchFunc(list, v, (*variant).frequent)
	if list = slices.Insert(list, at, v); len(list) > keep {
		list = list[:keep]
	}
	return list
}

func (s *conformSum) merge(o *conformSum) {
	s.variants += o.variants
	s.clean += o.clean
	s.cleanOpen += o.cleanOpen
	for k, n := range o.fitness {
		s.fitness[k] += n
	}
	for k := range s.types {
		s.types[k].merge(o.types[k])
	}
	for i := range s.steps {
		for k := range s.steps[i] {
			s.steps[i][k].merge(o.steps[i][k])
		}
	}
	for i := range s.touchpoints {
		t, x := &s.touchpoints[i], &o.touchpoints[i]
		t.Visits += x.Visits
		t.Planned += x.Planned
		t.AdHoc += x.AdHoc
		t.OutOfOrder += x.OutOfOrder
		t.Failed += x.Failed
	}
	for k, d := range o.deviations {
		if s.deviations[k] == nil {
			s.deviations[k] = &deviationSum{}
		}
		s.deviations[k].merge(d.often)
		for _, v := range d.shown {
			s.deviations[k].shown = keepTop(s.deviations[k].shown, v, s.c.examples)
		}
	}
	for k, p := range o.places {
		if s.places[k] == nil {
			s.places[k] = &placeSum{}
		}
		s.places[k].merge(p.often)
	}
	for _, v := range o.top {
		s.top = keepTop(s.top, v, s.c.variants)
	}
}

// markNames are the kinds as the answer calls them.
var markNames = [...]string{markSync: "sync", markMissing: "missing", markAdHoc: "ad_hoc", markOutOfOrder: "out_of_order", markFailed: "failed"}

// answer makes the answer of all the counts; the totals of the traces are the folding's.
func (s *conformSum) answer() *seq.ConformanceAnswer {
	run := s.c.graph.run()
	a := &seq.ConformanceAnswer{Clean: s.clean, CleanOpen: s.cleanOpen, RunLength: run, VariantCount: s.variants, Touchpoints: s.touchpoints, Steps: []seq.StepConformance{}, Variants: []seq.TraceVariant{}}
	a.FitnessValues, a.FitnessCounts = s.spreadOfFitness(run)
	for k := markMissing; k <= markFailed; k++ {
		a.Types = append(a.Types, seq.DeviationType{Type: markNames[k], Count: s.types[k].count, Traces: s.types[k].traces})
	}
	for _, t := range s.steps {
		a.Steps = append(a.Steps, seq.StepConformance{Done: t[markSync].traces, Missing: t[markMissing].traces, OutOfOrder: t[markOutOfOrder].traces})
	}
	a.Deviations = s.found()
	for _, v := range s.top {
		cost, marks := s.lay(v)
		out := seq.TraceVariant{Count: v.count, Open: s.open, Cost: cost, Fitness: fitness(cost, len(s.trace), run), Length: len(s.trace), Moves: moves(marks), Examples: []seq.TraceRef{}}
		out.Clean = cost == 0 && !slices.Contains(s.failed, true)
		for i := range len(v.more) + 1 {
			out.Examples = append(out.Examples, v.end(i))
		}
		a.Variants = append(a.Variants, out)
	}
	return a
}

func (s *conformSum) spreadOfFitness(run int) (values []float64, counts []int64) {
	by := map[float64]int64{}
	for k, n := range s.fitness {
		by[fitness(int(k[0]), int(k[1]), run)] += n
	}
	values, counts = []float64{}, []int64{}
	for v := range by {
		values = append(values, v)
	}
	slices.Sort(values)
	for _, v := range values {
		counts = append(counts, by[v])
	}
	return values, counts
}

// found lists the deviations, those in most traces first.
func (s *conformSum) found() []seq.Deviation {
	places := map[placeKey][]seq.DeviationPlace{}
	for k, p := range s.places {
		whole := placeKey{k.kind, k.step, k.touchpoint, 0, 0}
		places[whole] = append(places[whole], seq.DeviationPlace{After: int(k.after), Before: int(k.before), Count: p.count, Traces: p.traces})
	}
	keys := make([]placeKey, 0, len(s.deviations))
	for k := range s.deviations {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y placeKey) int {
		return cmp.Or(cmp.Compare(s.deviations[y].traces, s.deviations[x].traces), cmp.Compare(x.kind, y.kind), cmp.Compare(x.step, y.step), cmp.Compare(x.touchpoint, y.touchpoint))
	})
	out := []seq.Deviation{}
	for _, k := range keys[:min(len(keys), deviationsKept)] {
		d := s.deviations[k]
		x := seq.Deviation{Type: markNames[k.kind], Step: int(k.step), Touchpoint: int(k.touchpoint), Count: d.count, Traces: d.traces, Places: places[k], Examples: s.examples(d.shown)}
		slices.SortFunc(x.Places, func(p, q seq.DeviationPlace) int {
			return cmp.Or(cmp.Compare(q.Traces, p.Traces), cmp.Compare(q.Count, p.Count), cmp.Compare(p.After, q.After), cmp.Compare(p.Before, q.Before))
		})
		x.Places = x.Places[:min(len(x.Places), placesKept)]
		out = append(out, x)
	}
	return out
}

// examples takes from each variant in turn its latest trace, then the next latest, as many as are kept.
func (s *conformSum) examples(shown []*variant) []seq.Trace {
	out := []seq.Trace{}
	for round := 0; len(out) < s.c.examples; round++ {
		more := false
		for _, v := range shown {
			if round > len(v.more) || len(out) == s.c.examples {
				continue
			}
			more = true
			if s.shown[v] == nil {
				_, marks := s.lay(v)
				s.shown[v] = moves(marks)
			}
			out = append(out, seq.Trace{TraceRef: v.end(round), Open: v.key[0] == 1, Moves: s.shown[v]})
		}
		if !more {
			break
		}
	}
	return out
}

// end is the i-th latest of a variant's traces.
func (v *variant) end(i int) seq.TraceRef {
	x := v.latest
	if i > 0 {
		x = v.more[i-1]
	}
	return seq.TraceRef{Actor: event.ProfileID(x.actor).String(), Last: x.at.Time().Format(timelineTime)}
}

func moves(marks []mark) []seq.TraceMove {
	out := []seq.TraceMove{}
	for _, m := range marks[:min(len(marks), movesKept)] {
		out = append(out, seq.TraceMove{Kind: markNames[m.kind], Step: int(m.step), Touchpoint: int(m.touchpoint), Failed: m.failed})
	}
	return out
}
