package exec_test

import (
	"math"
	"slices"

	"wend.dev/wend/engine/seq"
)

// This is conformance in the plainest words of seq.Model: a run is a walk over the places where touchpoints stand in steps,
// and the cheapest alignment is a shortest way through all pairs of (visits of the trace gone by, last place made or
// missed), found by trying every move until nothing gets cheaper.

type modelRef struct {
	m     seq.Model
	steps []seq.ModelStep
}

// spot is a touchpoint where it stands in a step; the zero spot is the beginning.
type spot struct {
	step int // from 1
	id   string
}

func (r modelRef) spots() (out []spot) {
	for i, s := range r.steps {
		for _, id := range s.Touchpoints {
			out = append(out, spot{i + 1, id})
		}
	}
	return out
}

func (r modelRef) named(name string, s spot) bool {
	return name == s.id || name == r.steps[s.step-1].ID
}

// shut says whether two spots are different ways of one branch.
func (r modelRef) shut(a, b spot) bool {
	for _, br := range r.m.Branches {
		way := func(s spot) int { return slices.IndexFunc(br.To, func(n string) bool { return r.named(n, s) }) }
		if x, y := way(a), way(b); x >= 0 && y >= 0 && x != y {
			return true
		}
	}
	return false
}

// passable says whether a step may be passed by on a way that begins or ends at another step.
func (r modelRef) passable(step, end int) bool {
	if r.steps[step-1].Optional {
		return true
	}
	if end == 0 {
		return false
	}
	way := func(br seq.ModelBranch, s int) int {
		return slices.IndexFunc(br.To, func(n string) bool {
			return n == r.steps[s-1].ID || slices.Contains(r.steps[s-1].Touchpoints, n)
		})
	}
	for _, br := range r.m.Branches {
		if x, y := way(br, step), way(br, end); x >= 0 && y >= 0 && x != y {
			return true
		}
	}
	return false
}

func (r modelRef) planned(a, b spot) bool {
	if a.step > 0 {
		if a == b {
			return true
		}
		for _, l := range r.m.Loops {
			if r.named(l.From, a) && r.named(l.To, b) {
				return true
			}
		}
		for _, br := range r.m.Branches {
			if r.named(br.From, a) && slices.ContainsFunc(br.To, func(n string) bool { return r.named(n, b) }) {
				return true
			}
		}
		if r.shut(a, b) || b.step < a.step {
			return false
		}
	}
	for s := a.step + 1; s < b.step; s++ {
		if !r.passable(s, a.step) && !r.passable(s, b.step) {
			return false
		}
	}
	return true
}

// ends says whether a run may end after a spot.
func (r modelRef) ends(a spot) bool {
	for s := a.step + 1; s <= len(r.steps); s++ {
		if !r.passable(s, a.step) {
			return false
		}
	}
	return true
}

// completes lists the spots from which a run can be brought to its end.
func (r modelRef) completes() map[spot]bool {
	out := map[spot]bool{}
	for changed := true; changed; {
		changed = false
		for _, a := range append(r.spots(), spot{}) {
			if !out[a] && (r.ends(a) || slices.ContainsFunc(r.spots(), func(b spot) bool { return out[b] && r.planned(a, b) })) {
				out[a], changed = true, true
			}
		}
	}
	return out
}

// cost is the cheapest alignment's.
func (r modelRef) cost(trace []string, open bool) int {
	cost, _ := r.cheapest(trace, open)
	return cost
}

// cheapest is the cheapest alignment's cost, and how many optional steps are missing at least in one that costs so much.
func (r modelRef) cheapest(trace []string, open bool) (cost, optional int) {
	const move = 1000
	type state struct {
		gone int
		at   spot
	}
	ok := r.completes()
	best := map[state]int{{}: 0}
	for changed := true; changed; {
		changed = false
		offer := func(s state, c int) {
			if old, seen := best[s]; ok[s.at] && (!seen || c < old) {
				best[s], changed = c, true
			}
		}
		for s, c := range best {
			if s.gone < len(trace) {
				offer(state{s.gone + 1, s.at}, c+move) // ad hoc
			}
			for _, b := range r.spots() {
				if r.planned(s.at, b) {
					missing := move
					if r.steps[b.step-1].Optional {
						missing++
					}
					offer(state{s.gone, b}, c+missing)
					if s.gone < len(trace) && trace[s.gone] == b.id {
						offer(state{s.gone + 1, b}, c) // sync
					}
				}
			}
		}
	}
	least := math.MaxInt
	for s, c := range best {
		if s.gone == len(trace) && (open || r.ends(s.at)) {
			least = min(least, c)
		}
	}
	return least / move, least % move
}

// byWords is the same from the words themselves, for small models: over all runs up to a length, what the trace and the run
// have in common, in order, is sync; the rest of the trace is ad hoc, the rest of the run missing.
func (r modelRef) byWords(trace []string, open bool, longest int) int {
	ok, least := r.completes(), math.MaxInt
	var walk func(at spot, run []string)
	walk = func(at spot, run []string) {
		if open || r.ends(at) {
			least = min(least, len(trace)+len(run)-2*common(trace, run))
		}
		for _, b := range r.spots() {
			if len(run) < longest && ok[b] && r.planned(at, b) {
				walk(b, append(slices.Clone(run), b.id))
			}
		}
	}
	walk(spot{}, nil)
	return least
}

// common is the length of the longest common subsequence.
func common(a, b []string) int {
	switch {
	case len(a) == 0 || len(b) == 0:
		return 0
	case a[0] == b[0]:
		return 1 + common(a[1:], b[1:])
	}
	return max(common(a[1:], b), common(a, b[1:]))
}

// isRun says whether the sync and missing moves of an alignment are a run. One with moves out of order cannot be judged:
// they do not tell where the run has them.
func (r modelRef) isRun(moves []seq.TraceMove, open bool) bool {
	at := map[spot]bool{{}: true}
	for _, m := range moves {
		if m.Kind != "sync" && m.Kind != "missing" {
			continue
		}
		next := map[spot]bool{}
		for _, b := range r.spots() {
			if b.step-1 != m.Step || m.Touchpoint >= 0 && r.m.Touchpoints[m.Touchpoint].ID != b.id {
				continue
			}
			for a := range at {
				next[b] = next[b] || r.planned(a, b)
			}
			if !next[b] {
				delete(next, b)
			}
		}
		at = next
	}
	for a := range at {
		if r.ends(a) || open && r.completes()[a] {
			return true
		}
	}
	return false
}

// forward is cost for long closed traces: the same moves, visit by visit. It wants a model whose every spot completes.
func (r modelRef) forward(trace []string) int {
	spots := r.spots()
	relax := func(row map[spot]int) map[spot]int { // missing moves, until nothing gets cheaper
		for changed := true; changed; {
			changed = false
			for a, c := range row {
				for _, b := range spots {
					if old, ok := row[b]; (!ok || c+1 < old) && r.planned(a, b) {
						row[b], changed = c+1, true
					}
				}
			}
		}
		return row
	}
	row := relax(map[spot]int{{}: 0})
	for _, letter := range trace {
		next := map[spot]int{}
		for a, c := range row {
			next[a] = c + 1
		}
		for a, c := range row {
			for _, b := range spots {
				if old, ok := next[b]; b.id == letter && (!ok || c < old) && r.planned(a, b) {
					next[b] = c
				}
			}
		}
		row = relax(next)
	}
	least := math.MaxInt
	for a, c := range row {
		if r.ends(a) {
			least = min(least, c)
		}
	}
	return least
}
