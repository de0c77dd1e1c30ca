package journey

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// anyModel draws a map of up to nine steps, one touchpoint each, some optional, with branches whose ways follow them.
func anyModel(t *rapid.T) *Journey {
	j := &Journey{}
	n := rapid.IntRange(2, 9).Draw(t, "steps")
	stages := rapid.IntRange(1, 3).Draw(t, "stages")
	j.Spec.Stages = make([]Stage, stages)
	for i := range n {
		s := Step{ID: fmt.Sprintf("s%d", i), Touchpoints: []string{fmt.Sprintf("t%d", i)}, Optional: rapid.IntRange(0, 2).Draw(t, "optional") == 0}
		at := i * stages / n
		j.Spec.Stages[at].Steps = append(j.Spec.Stages[at].Steps, s)
	}
	for i := 0; i+2 < n; i++ {
		if ways := rapid.IntRange(0, 3).Draw(t, "ways"); ways >= 2 && i+ways < n {
			b := Branch{From: fmt.Sprintf("s%d", i)}
			for k := 1; k <= ways; k++ {
				b.To = append(b.To, fmt.Sprintf([]string{"s%d", "t%d"}[k%2], i+k))
			}
			j.Spec.Branches = append(j.Spec.Branches, b)
			for k := range ways {
				l := newLayout(j, Library{})
				l.steps[i+k+1].step.Optional = false // a way that may be left out is no way of a choice
			}
			i += ways
		}
	}
	return j
}

// runs lists every way through the model, by the words of its definition and not by the rules of moves: steps in order, optional
// ones or not, and of each branch exactly one way.
func runs(j *Journey) (out [][]int) {
	var steps []Step
	for _, st := range j.Spec.Stages {
		steps = append(steps, st.Steps...)
	}
	branchOf := make([]int, len(steps))
	for i, s := range steps {
		branchOf[i] = slices.IndexFunc(j.Spec.Branches, func(b Branch) bool {
			return slices.Contains(b.To, s.ID) || slices.Contains(b.To, s.Touchpoints[0])
		})
	}
	for mask := range 1 << len(steps) {
		taken := make([]int, len(j.Spec.Branches))
		var run []int
		ok := true
		for i, s := range steps {
			in := mask>>i&1 == 1
			switch {
			case branchOf[i] >= 0 && in:
				taken[branchOf[i]]++
			case branchOf[i] < 0 && !in && !s.Optional:
				ok = false
			}
			if in {
				run = append(run, i)
			}
		}
		for b, n := range taken {
			optional := slices.ContainsFunc(steps, func(s Step) bool {
				return s.Optional && branchOf[slices.IndexFunc(steps, func(x Step) bool { return x.ID == s.ID })] == b
			})
			if n > 1 || n == 0 && !optional {
				ok = false
			}
		}
		if ok {
			out = append(out, run)
		}
	}
	return out
}

// TestMovesAreThoseOfRuns holds the rules to the model's own meaning: a move forward is planned exactly when its two steps
// follow each other in some run, and no move back is without a loop.
func TestMovesAreThoseOfRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := anyModel(t)
		l := newLayout(j, Library{})
		n := len(l.steps)
		follows := make([]bool, n*n)
		for _, run := range runs(j) {
			for i := 1; i < len(run); i++ {
				follows[run[i-1]*n+run[i]] = true
			}
		}
		for i := range n {
			for k := range n {
				kind, planned := l.move(fmt.Sprintf("t%d", i), fmt.Sprintf("t%d", k))
				if want := follows[i*n+k] || i == k; planned != want {
					t.Fatalf("s%d → s%d is %s, planned %t; in the runs %t: %+v", i, k, kind, planned, want, j.Spec)
				}
			}
		}
	})
}
