package enginetest

import (
	"context"
	"fmt"
	"strings"

	"wend.dev/wend/engine/seq"
)

// chains' answer reads: "all n" (the chains that converted) with nulls, untouched, value, shortened, median, day0, day1 …
// (conversions by lag) and touches1, touches2 … (conversions by length); then "a>b n nulls=n value=v decay1=… worth1=…" per
// variant. A touchpoint is written id:matcher, a rule match=>as.
func (s *script) chains(b *block, q *question) error {
	c := seq.Chains{
		Scope: q.scope(), Value: q.one("value"), Channel: q.one("channel"), Unknown: q.one("unknown"), Repeats: q.one("repeats"),
		SessionGap: q.duration("gap"), By: q.one("by"), LookBack: q.duration("look_back"), Reuse: q.one("reuse"),
		HalfLife: q.duration("half_life"), MaxTouches: q.number("max_touches"),
	}
	for i, m := range q.matchers {
		if i > 0 {
			return fmt.Errorf("wants one conversion")
		}
		c.Conversion = matcher(m)
	}
	for _, t := range q.all("touch") {
		c.Touches = append(c.Touches, matcher(t))
	}
	for _, t := range q.all("touchpoint") {
		id, m, _ := strings.Cut(t, ":")
		c.Touchpoints = append(c.Touchpoints, seq.Mapped{ID: id, Match: []seq.Matcher{matcher(m)}})
	}
	for _, r := range q.all("rule") {
		match, as, _ := strings.Cut(unquote(r), "=>")
		c.Rules = append(c.Rules, seq.Rule{Match: match, As: as})
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Chains(context.Background(), c)
	if err != nil {
		return err
	}
	return chainLines(a).check(b)
}

func chainLines(a *seq.ChainsAnswer) *lines {
	var l lines
	var conversions, nulls int64
	value := a.Untouched.Value
	for _, v := range a.Variants {
		conversions += v.Conversions
		nulls += v.Nulls
		value += v.Value
	}
	all := map[string]*float64{
		"nulls": num(nulls), "untouched": num(a.Untouched.Conversions), "value": num(value), "shortened": num(a.Shortened), "median": a.MedianLag,
	}
	for days, n := range a.Lags {
		all[fmt.Sprint("day", days)] = num(n)
	}
	for _, n := range a.Lengths {
		all[fmt.Sprint("touches", n.Touches)] = num(n.Conversions)
	}
	l.add("all", num(conversions), all)
	for _, v := range a.Variants {
		var names []string
		for _, t := range v.Touches {
			names = append(names, a.Channels[t])
		}
		more := map[string]*float64{"nulls": num(v.Nulls), "value": num(v.Value)}
		for i := range v.Decay {
			more[fmt.Sprint("decay", i+1)], more[fmt.Sprint("worth", i+1)] = num(v.Decay[i]), num(v.DecayValue[i])
		}
		l.add(strings.Join(names, ">"), num(v.Conversions), more)
	}
	return &l
}
