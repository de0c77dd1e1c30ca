package exec_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// TestPathsInstead holds the paths of those whom a funnel lost against the plain walk of the funnel. There are no ties:
// which of two equal events of an instant made the step is nobody's business.
func TestPathsInstead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawFunnel(t)
		if len(q.Steps) < 2 {
			q.Steps = append(q.Steps, steps("C")...)
		}
		optional(t, &q)
		exclusions(t, &q)
		q.Order = rapid.SampledFrom([]string{"ordered", "strict"}).Draw(t, "order")
		k := rapid.IntRange(2, len(q.Steps)).Draw(t, "step")
		before := k - 2
		for before > 0 && q.Steps[before].Optional {
			before--
		}
		want := map[string]int64{} // per path, as text
		total := int64(0)
		var events []event.Event
		for p := range rapid.IntRange(1, 4).Draw(t, "people") {
			list := drawEvents(t, letters, 9)
			for i := range list {
				list[i].t += int64(i)
			}
			events = append(events, person(fmt.Sprint(p), list)...)
			r := newRef(q, slices.Clone(list))
			c, _ := r.answer()
			if c == nil || c[before] < 0 || c[k-1] >= 0 {
				continue
			}
			// r.ev may lack the letters that matter to no step: find the row in the whole list
			var from int
			for i, n := 0, 0; ; i++ {
				if n < len(r.ev) && list[i] == r.ev[n] {
					if n == c[before] {
						from = i
						break
					}
					n++
				}
			}
			path := ""
			for _, e := range list[from:] {
				if e.t-r.ev[c[0]].t <= r.w && (path == "" || path[len(path)-1:] != e.name) {
					path += e.name
				}
			}
			total++
			want[path]++
		}
		w := world(scatter(t, events)...)
		a, err := exec.New(w, w).Paths(context.Background(), seq.Paths{Instead: &seq.Instead{Funnel: q, Step: k}, MaxSteps: 20, Top: 50})
		if err != nil {
			t.Fatal(err)
		}
		if a.Paths != total {
			t.Fatalf("%d paths, want %d: %v", a.Paths, total, want)
		}
		for _, n := range a.Nodes {
			var count, drop int64
			for path, c := range want {
				if len(path) >= n.Step && path[n.Step-1:n.Step] == n.Name {
					count += c
					if len(path) == n.Step {
						drop += c
					}
				}
			}
			if n.Count != count || n.Dropoff != drop {
				t.Fatalf("%s: %d and %d ended, want %d and %d of %v", n.ID, n.Count, n.Dropoff, count, drop, want)
			}
		}
	})
}

// TestPathsCompared: each group's figures are those of the question with its filter alone, other and drop-off included.
func TestPathsCompared(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var events []event.Event
		for p := range rapid.IntRange(1, 6).Draw(t, "people") {
			own := person(fmt.Sprint(p), drawEvents(t, letters, 8))
			for i := range own {
				own[i].Fields = []event.Field{{Path: "properties.c", Value: event.StringValue(rapid.SampledFrom([]string{"p", "q", "r"}).Draw(t, "colour"))}}
			}
			events = append(events, own...)
		}
		w := world(scatter(t, events)...)
		e := exec.New(w, w)
		filters := [2]string{`properties.c != "p"`, `properties.c != "q"`}
		q := seq.Paths{MaxSteps: 3, SessionGap: seq.Duration(3 * time.Second), Top: rapid.IntRange(1, 3).Draw(t, "top")}
		q.Compare = &seq.Compare{A: seq.Group{Filter: filters[0]}, B: seq.Group{Filter: filters[1], Name: "B"}}
		ask := func(q seq.Paths) *seq.PathsAnswer {
			a, err := e.Paths(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		both := ask(q)
		if both.Compared.A.Name != filters[0] || both.Compared.B.Name != "B" {
			t.Fatalf("%+v", both.Compared)
		}
		q.Compare, q.Top = nil, 50
		for g, filter := range filters {
			q.Filter = filter
			alone := ask(q)
			of := func(c *seq.Compared) (int64, float64) {
				if g == 0 {
					return c.A, c.ShareA
				}
				return c.B, c.ShareB
			}
			if n := []int64{both.Compared.A.Paths, both.Compared.B.Paths}[g]; n != alone.Paths {
				t.Fatalf("%d paths, want %d", n, alone.Paths)
			}
			shown := map[string]bool{}
			for _, n := range both.Nodes {
				shown[n.ID] = !n.Other
			}
			for _, n := range both.Nodes {
				var count, drop int64
				for _, x := range alone.Nodes {
					if x.ID == n.ID || n.Other && x.Step == n.Step && !shown[x.ID] {
						count, drop = count+x.Count, drop+x.Dropoff
					}
				}
				c, share := of(n.Compared)
				d, _ := of(n.Ended)
				if c != count || d != drop || alone.Paths > 0 && share != float64(count)/float64(alone.Paths) {
					t.Fatalf("%s of %s: %d (%v) and %d ended, want %d and %d", n.ID, filter, c, share, d, count, drop)
				}
			}
			for _, x := range both.Edges {
				c, _ := of(x.Compared)
				for _, y := range alone.Edges {
					if shown[x.Source] && shown[x.Target] && y.Source == x.Source && y.Target == x.Target {
						c -= y.Count
					}
				}
				if shown[x.Source] && shown[x.Target] && c != 0 {
					t.Fatalf("%s → %s of %s is off by %d", x.Source, x.Target, filter, c)
				}
			}
		}
		for _, n := range both.Nodes {
			if n.Count != n.Compared.A+n.Compared.B || n.Dropoff != n.Ended.A+n.Ended.B {
				t.Fatalf("%+v does not add up", n)
			}
		}
		for _, x := range both.Edges {
			if x.Count != x.Compared.A+x.Compared.B {
				t.Fatalf("%+v does not add up", x)
			}
		}
	})
}
