package journey

import "slices"

// A move is from one touchpoint to the next visited other one. The map plans it when, for some pair of steps that the
// two touchpoints stand in, the first of these rules that applies says so:
//
//	loop       a loop leads from the first to the second                                      planned
//	branch     a branch leads from the first to the second                                    planned
//	(rivals)   both are ways of one branch: customers take one, not both                      not planned
//	same_step  both make the same step                                                        planned
//	next       the second's step follows the first's                                          planned
//	skip       it lies further on, and every step between may be passed by                    planned
//	ahead      it lies further on, past a step that may not                                   not planned
//	back       it lies before                                                                 not planned
//
// A step may be passed by if it is optional, or if it is one way of a branch and the move begins or ends at another way
// of it. Branches and loops name steps or touchpoints; naming a step means any of its touchpoints.
func (l *layout) move(from, to string) (kind string, planned bool) {
	for i := range l.steps {
		if !slices.Contains(l.steps[i].step.Touchpoints, from) {
			continue
		}
		for k := range l.steps {
			if !slices.Contains(l.steps[k].step.Touchpoints, to) {
				continue
			}
			kd, ok := l.between(i, k, from, to)
			if ok {
				return kd, true
			}
			if kind == "" || kd == "ahead" {
				kind = kd
			}
		}
	}
	return kind, false
}

// between judges the move for one pair of steps.
func (l *layout) between(i, k int, from, to string) (kind string, planned bool) {
	spec := &l.journey.Spec
	is := func(name string, step int, touchpoint string) bool {
		return name == touchpoint || name == l.steps[step].step.ID
	}
	for _, p := range spec.Loops {
		if is(p.From, i, from) && is(p.To, k, to) {
			return "loop", true
		}
	}
	for _, b := range spec.Branches {
		if is(b.From, i, from) && slices.ContainsFunc(b.To, func(way string) bool { return is(way, k, to) }) {
			return "branch", true
		}
	}
	for _, b := range spec.Branches {
		a := slices.IndexFunc(b.To, func(way string) bool { return is(way, i, from) })
		z := slices.IndexFunc(b.To, func(way string) bool { return is(way, k, to) })
		if a >= 0 && z >= 0 && a != z {
			return direction(i, k), false
		}
	}
	switch {
	case i == k:
		return "same_step", true
	case k < i:
		return "back", false
	case k == i+1:
		return "next", true
	}
	for s := i + 1; s < k; s++ {
		if !l.steps[s].step.Optional && !l.rival(s, i) && !l.rival(s, k) {
			return "ahead", false
		}
	}
	return "skip", true
}

func direction(i, k int) string {
	if k < i {
		return "back"
	}
	return "ahead"
}

// rival says whether two steps are different ways of one branch.
func (l *layout) rival(a, b int) bool {
	way := func(to []string, step int) int {
		return slices.IndexFunc(to, func(name string) bool {
			return name == l.steps[step].step.ID || slices.Contains(l.steps[step].step.Touchpoints, name)
		})
	}
	for _, br := range l.journey.Spec.Branches {
		x, y := way(br.To, a), way(br.To, b)
		if x >= 0 && y >= 0 && x != y {
			return true
		}
	}
	return false
}
