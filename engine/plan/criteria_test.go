package plan_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// TestCriteriaPlaces: a fault is told at the place where it was typed, the shorthand and lines counted.
func TestCriteriaPlaces(t *testing.T) {
	f := func(where, want string) {
		t.Helper()
		_, err := new(plan.Criteria).Add("segments[2].where", where)
		var bad *seq.Invalid
		if !errors.As(err, &bad) || bad.Field != "segments[2].where" || !strings.HasPrefix(bad.Reason, want) {
			t.Errorf("%s: %v, want %q", where, err, want)
		}
	}
	f("did(\"A\") &&\n  cuont(\"B\") > 1", `2:8: there is no "cuont" here; did you mean "count"?`)
	f(`count("A", last="30d") > 1 && cuont("B")`, `1:36: there is no "cuont" here`)
	f(`count("A", last="1d") > 1 && count("A", last = '2d') > 1 && cuont("B")`, `1:66: there is no "cuont"`)
	f("count(\"A\", last=\"1d\") > 1 &&\ncuont(\"B\") > 1", `2:6: there is no "cuont"`)
	f(`count("A", last="30x") > 1`, `1:17: "30x" is not a duration`)
	f(`count("a last=\"7d\" b", within("x")) > 1`, `1:33: "x" is not a duration`)
	f(`count("A", within("200y")) > 1`, `1:19: "200y" is not a duration`)
	f(`count("A", within("40000d")) > 1`, `1:19: "40000d" must be longer than nothing and at most a hundred years`)
	f(`count("A", within("0d")) > 1`, `1:19: "0d" must be longer`)
	f(`count("A", within("2026-01-01", "soon")) > 1`, `1:33: "soon" is neither a day`)
	f(`count("A", during("2d")) > 1`, `1:`)
	f(`count([]) > 1`, `1:`)
	f(`count("") > 1`, `1:7: an event's name`)
	f(`count(["A", 3]) > 1`, `1:`)
	f(`sum("A", properties.total + 1.0) > 1.0`, `1:27: calculations are not supported`)
	f(`sum("A", event) > 1.0`, `1:10: the property of a number`)
	f(`sum("A", properties.x.size()) > 1.0`, `1:`)
	f(`last("A").name == "x"`, `1:5: last(…) is an event`)
	f(`last("A").properties == "x"`, `1:5: last(…) is an event`)
	f(`first("A").time == "x"`, `1:11: time is compared with timestamp`)
	f(`traits.since < ago("3d")`, `1:7: time is compared with timestamp`)
	f(`account.name == "x"`, `1:8: there is no "name" here`)
	f(`account == "x"`, `1:1: names a group`)
	f(`sequence("A", within("2026-01-01", "2026-01-02"), "B")`, `1:21: in a sequence within says how soon`)
	f(`sequence("A", 3)`, `1:15: `)
	f(`sequence("A", count("B") > 1)`, `1:`)
	f(`sequence(`+strings.Repeat(`"A", `, 12)+`"B")`, `1:70: a sequence has at most 12 steps`)
	f(`within("3d")`, `1:7: within stands inside of other functions`)
	f(`"A"`, `1:1: this is a value`)
	f(`has(traits)`, `1:`)
	f(`did("A", account.size > 1)`, `1:10: this condition is about the event`)
	f(`in_segment("x")`, `1:11: there is no segment "x"`)
}

// TestCriteriaBounds: what would not fit in the bits of a word is refused, and equal parts count once.
func TestCriteriaBounds(t *testing.T) {
	many := func(n int, part string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(part, i))
		}
		return strings.Join(all, " || ")
	}
	for where, want := range map[string]string{
		many(65, `sequence("e%d", "x")`):                                               "kinds of event",
		many(64, `did("e%d")`) + ` || did("one")`:                                      "",
		many(60, `sum("a", properties.p%d) > 1.0`):                                     "",
		many(65, `sum("a", properties.p%d) > 1.0`):                                     "figures",
		many(90, `did("a", properties.x > 1.0, within("3d")) || %d == 1`):              "two literals",
		strings.Repeat(`did("a", properties.x > 1.0, last="3d") || `, 90) + `did("b")`: "",
	} {
		_, err := new(plan.Criteria).Add("where", where)
		if want == "" && strings.Contains(where, `did("one")`) {
			want = "kinds of event"
		}
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%.60s…: %v, want %q", where, err, want)
		}
	}
}

// TestListener: an event is told as the row of a block is.
func TestListener(t *testing.T) {
	c := &plan.Criteria{}
	if _, err := c.Add("where", `did("buy", properties.a == "x" || !(properties.b > 1.0)) && count(["buy", "look"], kind == "track" && event.startsWith("b")) > 0 &&
		did("*", has(properties.a)) && did("buy", source == "web" && clamped)`); err != nil {
		t.Fatal(err)
	}
	l := c.Listen()
	for i, want := range []uint64{0b0111, 0b0010, 0b0011, 0b0000, 0b1010} {
		e := event.Event{Kind: event.Track, Name: "buy", Profile: 1, UserID: "u"}
		switch i {
		case 0:
			e.Fields = []event.Field{{Path: "properties.a", Value: event.StringValue("x")}}
		case 2:
			e.Fields = []event.Field{{Path: "properties.b", Value: event.NumberValue(1)}}
		case 3:
			e.Name = "look"
		case 4:
			e.Source, e.Clamped = "web", true
		}
		if got := l.Mask(&e); got != want {
			t.Errorf("event %d: %04b, want %04b", i, got, want)
		}
	}
}

func FuzzCriteria(f *testing.F) {
	f.Add(`count("Order Completed", last="30d") >= 2 && traits.plan == "pro"`)
	f.Add(`sequence("A", not(["B", "C"]), step("D", properties.x > 1), within("2d"), during("2026-01-01", "2026-02-01"))`)
	f.Add(`last("A").properties.x in ["a", 1] || first(["A"], within("1d")).time < ago("3d") || account.size > 2`)
	f.Fuzz(func(t *testing.T, where string) {
		c := &plan.Criteria{}
		if _, err := c.Add("where", where); err != nil {
			var bad *seq.Invalid
			if !errors.As(err, &bad) {
				t.Fatalf("%v is no *seq.Invalid", err)
			}
			return
		}
		c.Everybody(0)
		c.Listen().Mask(&event.Event{Kind: event.Track, Name: "A"})
	})
}
