package exec

import (
	"slices"
	"strings"
)

// splitter keeps the memory of a breakdown between actors.
type splitter struct {
	values []string // per hit
	seen   []string // distinct ones, in order
	part   []hit
}

// breakdown books the actor's funnel again, under its value or values. See docs/questions.md, Funnel, rule 10.
func (r *funnelRun) breakdown(a *actor, h []hit) {
	b := r.f.q.Breakdown
	if trait, ok := strings.CutPrefix(b.By, "profile."); ok {
		r.solve.run(h, r.group(latestTrait(r.w.scan.snap, a, trait).Text()))
		return
	}
	s := &r.split
	s.values = s.values[:0]
	for _, x := range h {
		v := ""
		if x.mask&r.f.steps != 0 {
			v = fieldText(r.w.scan.snap.Blocks[x.block], b.By, x.row, x.code)
		}
		s.values = append(s.values, v)
	}
	switch b.Attribution {
	case "first_touch", "last_touch":
		r.solve.run(h, r.group(r.touch(b.Attribution == "last_touch")))
	case "all_events":
		r.allEvents(h)
	case "step":
		r.atStep(h, uint64(1)<<(b.Step-1))
	}
}

// touch is the first or last non-empty value.
func (r *funnelRun) touch(last bool) string {
	found := ""
	for _, v := range r.split.values {
		if v != "" {
			if found = v; !last {
				break
			}
		}
	}
	return found
}

// allEvents runs the funnel once per value, on the events that carry it: a chain lies wholly within one value.
func (r *funnelRun) allEvents(h []hit) {
	s := &r.split
	s.distinct(h, r.f.steps)
	for _, v := range s.seen {
		s.part = s.part[:0]
		for i, x := range h {
			if s.values[i] != v {
				x.mask &^= r.f.steps
			}
			if x.mask != 0 || r.f.strict {
				s.part = append(s.part, x)
			}
		}
		r.solve.run(s.part, r.group(v))
	}
}

// atStep books the actor under each value with which its chain can make the step; under "" if it makes it with none.
func (r *funnelRun) atStep(h []hit, step uint64) {
	s := &r.split
	s.distinct(h, step)
	made := false
	for _, v := range s.seen {
		s.part = s.part[:0]
		for i, x := range h {
			if s.values[i] != v {
				x.mask &^= step
			}
			if x.mask != 0 || r.f.strict {
				s.part = append(s.part, x)
			}
		}
		k := r.f.q.Breakdown.Step - 1
		one := newTally(r.f)
		if r.solve.run(s.part, one); one.count[k] > 0 || one.excluded > 0 && k == 0 {
			made = true
			r.group(v).add(one)
		}
	}
	if !made {
		r.solve.run(h, r.group(""))
	}
}

// distinct lists the values of the hits that have one of the bits.
func (s *splitter) distinct(h []hit, bits uint64) {
	s.seen = s.seen[:0]
	for i, x := range h {
		if x.mask&bits != 0 {
			s.seen = append(s.seen, s.values[i])
		}
	}
	slices.Sort(s.seen)
	s.seen = slices.Compact(s.seen)
}
