package exec_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/event"
)

// This is docs/segments.md in the plainest words. A test is a condition as CEL text, and the same as a function of one
// actor's events in order.

type sight struct {
	list   []event.Event // in order, none later than at
	at     event.Millis
	people int // of its account, 0 without one
}

type trial struct {
	text  string
	truth func(s sight) plan.Truth
}

func sure(b bool) plan.Truth {
	if b {
		return plan.True
	}
	return plan.False
}

const second = event.Millis(1000)

// picked is some events: of a name, with a value, in a range of time.
type picked struct {
	args string
	is   func(s sight, e event.Event) bool
}

func (p picked) of(s sight) (out []event.Event) {
	for _, e := range s.list {
		if p.is(s, e) {
			out = append(out, e)
		}
	}
	return out
}

func drawPicked(t *rapid.T, property string) picked {
	names := rapid.SampledFrom([][]string{{"A"}, {"B"}, {"C"}, {"A", "C"}, {"*"}}).Draw(t, "of")
	args := []string{fmt.Sprintf("%q", names[0])}
	if len(names) > 1 {
		args[0] = `["A", "C"]`
	}
	if property != "" {
		args = append(args, property)
	}
	where := rapid.SampledFrom([]string{"", "properties.v > 1.0", "!(properties.v == 2)"}).Draw(t, "where")
	if where != "" {
		args = append(args, where)
	}
	last, from := rapid.SampledFrom([]int64{0, 1, 3, 6}).Draw(t, "last"), int64(-1)
	if last > 0 {
		args = append(args, fmt.Sprintf(`within("%ds")`, last))
	} else if from = rapid.Int64Range(-1, 8).Draw(t, "from"); from >= 0 {
		args = append(args, fmt.Sprintf(`within("2026-01-01T00:00:%02dZ", "2026-01-01T00:00:%02dZ")`, from, from+4))
	}
	start := event.MillisOf(epoch)
	return picked{strings.Join(args, ", "), func(s sight, e event.Event) bool {
		v, has := e.Get("properties.v")
		switch {
		case names[0] != "*" && !slices.Contains(names, e.Name):
			return false
		case where == "properties.v > 1.0" && !(has && v.Num > 1), where == "!(properties.v == 2)" && !(has && v.Num != 2):
			return false
		case last > 0:
			return s.at-e.Time <= event.Millis(last)*second
		case from >= 0:
			return e.Time >= start+event.Millis(from)*second && e.Time < start+event.Millis(from+4)*second
		}
		return true
	}}
}

// drawTrial draws a condition.
func drawTrial(t *rapid.T, depth int) trial {
	if depth > 0 {
		switch rapid.IntRange(0, 4).Draw(t, "op") {
		case 0:
			a := drawTrial(t, depth-1)
			return trial{"!(" + a.text + ")", func(s sight) plan.Truth { return [...]plan.Truth{plan.Unknown, plan.False, plan.True}[a.truth(s)] }}
		case 1:
			a, b := drawTrial(t, depth-1), drawTrial(t, depth-1)
			return trial{"(" + a.text + ") && (" + b.text + ")", func(s sight) plan.Truth {
				x, y := a.truth(s), b.truth(s)
				switch {
				case x == plan.False || y == plan.False:
					return plan.False
				case x == plan.True && y == plan.True:
					return plan.True
				}
				return plan.Unknown
			}}
		case 2:
			a, b := drawTrial(t, depth-1), drawTrial(t, depth-1)
			return trial{"(" + a.text + ") || (" + b.text + ")", func(s sight) plan.Truth {
				x, y := a.truth(s), b.truth(s)
				switch {
				case x == plan.True || y == plan.True:
					return plan.True
				case x == plan.False && y == plan.False:
					return plan.False
				}
				return plan.Unknown
			}}
		}
	}
	draw := rapid.SampledFrom([]func(*rapid.T) trial{drawCount, drawNumber, drawEnd, drawSequence, drawTrait}).Draw(t, "kind")
	return draw(t)
}

func drawCount(t *rapid.T) trial {
	p, n := drawPicked(t, ""), rapid.IntRange(0, 3).Draw(t, "n")
	cmp := rapid.SampledFrom([]string{">=", "<", "=="}).Draw(t, "cmp")
	return trial{fmt.Sprintf("count(%s) %s %d", p.args, cmp, n), func(s sight) plan.Truth {
		got := len(p.of(s))
		return sure(map[string]bool{">=": got >= n, "<": got < n, "==": got == n}[cmp])
	}}
}

func drawNumber(t *rapid.T) trial {
	p, n := drawPicked(t, "properties.v"), rapid.IntRange(0, 5).Draw(t, "n")
	what := rapid.SampledFrom([]string{"sum", "min", "max", "mean"}).Draw(t, "what")
	return trial{fmt.Sprintf("%s(%s) > %d", what, p.args, n), func(s sight) plan.Truth {
		var all []float64
		sum := 0.0
		for _, e := range p.of(s) {
			if v, ok := e.Get("properties.v"); ok {
				all = append(all, v.Num)
				sum += v.Num
			}
		}
		if len(all) == 0 && what != "sum" {
			return plan.Unknown
		}
		got := sum
		switch what {
		case "min":
			got = slices.Min(all)
		case "max":
			got = slices.Max(all)
		case "mean":
			got = sum / float64(len(all))
		}
		return sure(got > float64(n))
	}}
}

func drawEnd(t *rapid.T) trial {
	p, n := drawPicked(t, ""), rapid.Int64Range(1, 8).Draw(t, "n")
	what := rapid.SampledFrom([]string{"first", "last"}).Draw(t, "what")
	one := func(s sight) *event.Event {
		list := p.of(s)
		if len(list) == 0 {
			return nil
		}
		if what == "first" {
			return &list[0]
		}
		return &list[len(list)-1]
	}
	if rapid.Bool().Draw(t, "of value") {
		return trial{fmt.Sprintf("%s(%s).properties.v == 2", what, p.args), func(s sight) plan.Truth {
			if e := one(s); e != nil {
				if v, ok := e.Get("properties.v"); ok {
					return sure(v.Num == 2)
				}
			}
			return plan.Unknown
		}}
	}
	return trial{fmt.Sprintf(`%s(%s).time < ago("%ds")`, what, p.args, n), func(s sight) plan.Truth {
		if e := one(s); e != nil {
			return sure(e.Time < s.at-event.Millis(n)*second)
		}
		return plan.Unknown
	}}
}

func drawTrait(t *rapid.T) trial {
	if rapid.IntRange(0, 3).Draw(t, "account") == 0 {
		return trial{"account.size >= 2", func(s sight) plan.Truth {
			if s.people == 0 {
				return plan.Unknown
			}
			return sure(s.people >= 2)
		}}
	}
	return trial{`traits.plan == "pro"`, func(s sight) plan.Truth {
		got := plan.Unknown
		for _, e := range s.list {
			if v, ok := e.Get("traits.plan"); ok && e.Kind == event.Identify {
				got = sure(v == event.StringValue("pro"))
			}
		}
		return got
	}}
}

// link is a step of a sequence.
type link struct {
	name string
	not  bool
}

func drawSequence(t *rapid.T) trial {
	var links []link
	var args []string
	for i := range rapid.IntRange(2, 4).Draw(t, "steps") {
		l := link{rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "step"), i > 0 && rapid.IntRange(0, 2).Draw(t, "not") == 0}
		links = append(links, l)
		if l.not {
			args = append(args, fmt.Sprintf("not(%q)", l.name))
		} else {
			args = append(args, fmt.Sprintf("%q", l.name))
		}
	}
	gap := event.Millis(rapid.Int64Range(0, 4).Draw(t, "gap")) * second
	if gap > 0 {
		args = append(args, fmt.Sprintf(`within("%ds")`, gap/second))
	}
	during := event.Millis(rapid.SampledFrom([]int64{0, 0, 3, 7}).Draw(t, "during")) * second
	if during > 0 {
		args = append(args, fmt.Sprintf(`during("%ds")`, during/second))
	}
	return trial{"sequence(" + strings.Join(args, ", ") + ")", func(s sight) plan.Truth {
		for i, e := range s.list {
			if e.Name == links[0].name && (during == 0 || s.at-e.Time <= during) && follows(s, links[1:], i, gap) {
				return plan.True
			}
		}
		return plan.False
	}}
}

// follows says whether the rest of a sequence comes after event i, trying every choice.
func follows(s sight, rest []link, i int, gap event.Millis) bool {
	var never []string
	for len(rest) > 0 && rest[0].not {
		never, rest = append(never, rest[0].name), rest[1:]
	}
	for j := i + 1; j < len(s.list); j++ {
		e := s.list[j]
		late := gap > 0 && e.Time-s.list[i].Time > gap
		if len(rest) > 0 && !late && e.Name == rest[0].name && follows(s, rest[1:], j, gap) {
			return true
		}
		if slices.Contains(never, e.Name) && (len(rest) > 0 || !late) {
			return false
		}
	}
	if len(rest) > 0 {
		return false
	}
	return len(never) == 0 || gap == 0 || s.at-s.list[i].Time > gap
}
