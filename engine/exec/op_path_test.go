package exec

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

func view(user, path string, minute int) event.Event {
	return event.Event{Kind: event.Page, Name: "Page Viewed", Time: event.Millis(minute) * 60_000, UserID: user, Profile: event.UserProfile(user),
		Fields: []event.Field{{Path: "context.page.path", Value: event.StringValue(path)}}}
}

// walkOf reads "a b@3 c": pages of one user, a minute apart or at the minute given.
func walkOf(user, text string) (out []event.Event) {
	minute := 0
	for _, word := range strings.Fields(text) {
		path, at, given := strings.Cut(word, "@")
		if given {
			fmt.Sscan(at, &minute)
		}
		out = append(out, view(user, "/"+path, minute))
		minute++
	}
	return out
}

func pathText(a *seq.PathsAnswer) string {
	var b strings.Builder
	for _, n := range a.Nodes {
		fmt.Fprintf(&b, "%s %d-%d, ", n.ID, n.Count, n.Dropoff)
	}
	for _, e := range a.Edges {
		fmt.Fprintf(&b, "%s>%s %d/%gs, ", e.Source, e.Target, e.Count, e.MedianSeconds)
	}
	return strings.TrimSuffix(b.String(), ", ")
}

func TestPaths(t *testing.T) {
	page := func(path string) *seq.Matcher {
		return &seq.Matcher{Event: seq.Names{"Page Viewed"}, Where: fmt.Sprintf("context.page.path == %q", path)}
	}
	f := func(q seq.Paths, want string, walks ...string) {
		t.Helper()
		var events []event.Event
		for i, w := range walks {
			events = append(events, walkOf(fmt.Sprint("u", i), w)...)
		}
		q.Node = cmpNode(q.Node)
		e, _ := engineOf(events, 2)
		a, err := e.Paths(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got := pathText(a); got != want {
			t.Errorf("%v\ngot  %s\nwant %s", walks, got, want)
		}
	}
	f(seq.Paths{}, "1:/a 2-1, 2:/b 1-1, 1:/a>2:/b 1/60s", "a b", "a")
	f(seq.Paths{}, "1:/a 1-0, 2:/b 1-1, 1:/a>2:/b 1/180s", "a a a b")         // repeats collapse
	f(seq.Paths{}, "1:/a 1-1", "a/ a")                                        // the trailing slash is dropped
	f(seq.Paths{}, "1:/a 1-1, 1:/b 1-1", "a b@30")                            // a gap of 30 minutes starts a new path
	f(seq.Paths{MaxSteps: 2}, "1:/a 1-0, 2:/b 1-0, 1:/a>2:/b 1/60s", "a b c") // it goes on: no drop-off at the last step
	f(seq.Paths{Start: page("/b"), MaxSteps: 2}, "1:/b 1-0, 2:/c 1-1, 1:/b>2:/c 1/60s", "a b c", "a c")
	f(seq.Paths{End: page("/c"), MaxSteps: 2}, "1:/b 1-0, 2:/c 1-1, 1:/b>2:/c 1/60s", "a b c d", "a b")
	f(seq.Paths{Top: 1}, "1:/a 2-0, 1/other 1-1, 2:/b 1-1, 2/other 1-1, 1:/a>2/other 1/60s, 1:/a>2:/b 1/60s", "a b", "a c", "d")
	f(seq.Paths{Rules: []seq.Rule{{Match: "^/p-", As: "product"}}}, "1:product 1-0, 2:/cart 1-1, 1:product>2:/cart 1/120s", "p-1 p-2 cart")
	f(seq.Paths{Between: &seq.Between{Steps: []seq.Matcher{*page("/a"), *page("/d")}}}, "1:/a 1-0, 2:/c 1-0, 3:/d 1-1, 1:/a>2:/c 1/60s, 2:/c>3:/d 1/60s", "a b a c d e", "a b")
	f(seq.Paths{Node: "event"}, "1:Page Viewed 1-1", "a b c")
	f(seq.Paths{Node: "touchpoint", Touchpoint: []seq.Mapped{{ID: "start", Match: []seq.Matcher{*page("/a")}}, {ID: "rest", Match: []seq.Matcher{{Event: seq.Names{"*"}}}}}},
		"1:start 1-0, 2:rest 1-1, 1:start>2:rest 1/60s", "a b c")
}

func cmpNode(n string) string {
	if n == "" {
		return "page"
	}
	return n
}

func TestPathsRefuse(t *testing.T) {
	f := func(q seq.Paths, field string) {
		t.Helper()
		e, _ := engineOf(walkOf("u", "a"), 1)
		var invalid *seq.Invalid
		if _, err := e.Paths(context.Background(), q); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%+v: %v, want a fault in %s", q, err, field)
		}
	}
	f(seq.Paths{Node: "pgae"}, "node")
	f(seq.Paths{Rules: []seq.Rule{{Match: "("}}}, "rules[0].match")
	f(seq.Paths{Start: &seq.Matcher{Event: seq.Names{"x"}, Where: "1"}}, "start.where")
	f(seq.Paths{Node: "touchpoint"}, "touchpoints")
	f(seq.Paths{MaxSteps: 21}, "max_steps")
}

// Paths equal a plain count, however the events are dealt into blocks, and every step adds up.
func TestPathsAgainstPlainCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var events []event.Event
		want := map[string]int64{}
		maxSteps := rapid.IntRange(1, 4).Draw(t, "steps")
		for u := range rapid.IntRange(1, 6).Draw(t, "users") {
			user := fmt.Sprint("u", u)
			minute := 0
			var path []string
			flush := func() {
				path = slices.Compact(path)
				for i := 0; i < min(len(path), maxSteps); i++ {
					want[fmt.Sprintf("%d:%s", i+1, path[i])]++
					if i+1 < min(len(path), maxSteps) {
						want[fmt.Sprintf("%d:%s>%s", i+1, path[i], path[i+1])]++
					}
				}
				path = nil
			}
			for range rapid.IntRange(0, 12).Draw(t, "views") {
				gap := rapid.SampledFrom([]int{1, 2, 29, 30, 45}).Draw(t, "gap")
				if minute += gap; gap >= 30 {
					flush()
				}
				p := rapid.SampledFrom([]string{"/a", "/b", "/c"}).Draw(t, "page")
				path = append(path, p)
				events = append(events, view(user, p, minute))
			}
			flush()
		}
		e, _ := engineOf(events, rapid.IntRange(1, 4).Draw(t, "blocks"))
		top := rapid.IntRange(1, 3).Draw(t, "top")
		a, err := e.Paths(context.Background(), seq.Paths{Node: "page", MaxSteps: maxSteps, Top: 50})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, n := range a.Nodes {
			got[n.ID] = n.Count
		}
		for _, x := range a.Edges {
			_, target, _ := strings.Cut(x.Target, ":")
			got[x.Source+">"+target] = x.Count
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("got  %v\nwant %v", got, want)
		}
		cut, err := e.Paths(context.Background(), seq.Paths{Node: "page", MaxSteps: maxSteps, Top: top})
		if err != nil {
			t.Fatal(err)
		}
		in, passed := make([]int64, maxSteps+2), make([]int64, maxSteps+2)
		for _, n := range cut.Nodes {
			in[n.Step] += n.Count
			passed[n.Step] += n.Count - n.Dropoff
		}
		for k := 2; k <= maxSteps; k++ {
			if in[k] != passed[k-1] {
				t.Fatalf("step %d has %d paths, step %d passed on %d", k, in[k], k-1, passed[k-1])
			}
		}
	})
}
