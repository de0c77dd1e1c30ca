package seq_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"wend.dev/wend/engine/seq"
)

type validator interface{ Validate() error }

// read decodes a question the way the HTTP edge does.
func read[Q validator](t *testing.T, text string) Q {
	t.Helper()
	var q Q
	if err := json.Unmarshal([]byte(text), &q); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return q
}

func check(t *testing.T, q validator, field, reason string) {
	t.Helper()
	err := q.Validate()
	if field == "" {
		if err != nil {
			t.Errorf("%+v: %v", q, err)
		}
		return
	}
	var bad *seq.Invalid
	if !errors.As(err, &bad) || bad.Field != field || !strings.Contains(bad.Reason, reason) {
		t.Errorf("%+v: %v, want %s: …%s…", q, err, field, reason)
	}
}

func TestFunnelValidate(t *testing.T) {
	f := func(text, field, reason string) {
		t.Helper()
		check(t, read[seq.Funnel](t, text), field, reason)
	}
	const two = `"steps":[{"event":"a"},{"event":["b","c"],"optional":true}]`
	f(`{`+two+`}`, "", "")
	f(`{`+two+`,"window":"7d","order":"strict","entry":"first","ties":"strict","window_from":"previous","count":"entries","preset":"mixpanel"}`, "", "")
	f(`{`+two+`,"ties":"grace:2s","breakdown":{"by":"profile.traits.plan","limit":100}}`, "", "")
	f(`{}`, "steps", "1 to 30")
	f(`{"steps":[{"event":[]}]}`, "steps[0].event", "1 to 100")
	f(`{"steps":[{"event":""}]}`, "steps[0].event", "empty")
	f(`{"steps":[{"event":"a","optional":true}]}`, "steps[0].optional", "first step")
	f(`{"steps":[`+strings.Repeat(`{"event":"a"},`, 30)+`{"event":"a"}]}`, "steps", "31")
	f(`{`+two+`,"order":"ordred"}`, "order", `did you mean "ordered"?`)
	f(`{`+two+`,"entry":"fisrt"}`, "entry", `did you mean "first"?`)
	f(`{`+two+`,"actor":"acount"}`, "actor", `did you mean "account"?`)
	f(`{`+two+`,"preset":"zzzzzzzzzz"}`, "preset", `none of posthog, mixpanel, clickhouse`)
	f(`{`+two+`,"ties":"grace:2x"}`, "ties", "not a duration")
	f(`{`+two+`,"ties":"grace:2s","order":"strict"}`, "ties", "strict order")
	f(`{`+two+`,"order":"any"}`, "steps[1].optional", "order any")
	f(`{"steps":[{"event":"a"}],"order":"any","window_from":"previous"}`, "window_from", "one window")
	f(`{"steps":[{"event":"a"}],"order":"any","ties":"strict"}`, "ties", "any")
	f(`{"steps":[{"event":"a"}],"order":"any","count":"entries"}`, "count", "actors")
	f(`{`+two+`,"exclusions":[{"event":"x","from_step":2,"to_step":2}]}`, "exclusions[0].to_step", "after from_step")
	f(`{`+two+`,"exclusions":[{"event":"x","from_step":1,"to_step":3}]}`, "exclusions[0].to_step", "last step is 2")
	f(`{`+two+`,"exclusions":[{"event":"x","from_step":0,"to_step":1}]}`, "exclusions[0].from_step", "1 to 2")
	f(`{`+two+`,"breakdown":{"by":""}}`, "breakdown.by", "names no property")
	f(`{`+two+`,"breakdown":{"by":"price"}}`, "breakdown.by", "not a property path")
	f(`{`+two+`,"breakdown":{"by":"properties.a","limit":101}}`, "breakdown.limit", "1 to 100")
	f(`{`+two+`,"breakdown":{"by":"properties.a","attribution":"last"}}`, "breakdown.attribution", "none of")
	f(`{`+two+`,"breakdown":{"by":"properties.a","attribution":"step","step":3}}`, "breakdown.step", "1 to 2")
	f(`{`+two+`,"from":"2026-02-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}`, "to", "later than from")
	f(`{`+two+`,"filter":"`+strings.Repeat("x", 9000)+`"}`, "filter", "9000 bytes")
}

func TestFunnelWhoValidate(t *testing.T) {
	f := func(text, field, reason string) {
		t.Helper()
		check(t, read[seq.FunnelWho](t, text), field, reason)
	}
	const two = `"funnel":{"steps":[{"event":"a"},{"event":"b"}]}`
	f(`{`+two+`,"step":1}`, "", "")
	f(`{`+two+`,"step":2,"outcome":"lost","limit":200}`, "", "")
	f(`{"funnel":{"steps":[{"event":"a"}],"breakdown":{"by":"properties.c"}},"step":1,"value":""}`, "", "")
	f(`{`+two+`}`, "step", "1 to 2")
	f(`{`+two+`,"step":3}`, "step", "1 to 2")
	f(`{`+two+`,"step":1,"outcome":"lost"}`, "step", "before the first")
	f(`{`+two+`,"step":1,"outcome":"losst"}`, "outcome", `did you mean "lost"?`)
	f(`{`+two+`,"step":1,"value":"x"}`, "value", "breakdown")
	f(`{`+two+`,"step":1,"limit":201}`, "limit", "1 to 200")
	f(`{"funnel":{"steps":[{"event":"a"}],"window":"7d","order":"odd"},"step":1}`, "funnel.order", "none of")
}

func TestOtherValidate(t *testing.T) {
	p := func(text, field, reason string) { t.Helper(); check(t, read[seq.Paths](t, text), field, reason) }
	p(`{}`, "", "")
	p(`{"node":"properties.category","max_steps":20,"top":50,"rules":[{"match":"^/p/.*","as":"/p/*"}]}`, "", "")
	p(`{"node":"pages"}`, "node", `did you mean "page"?`)
	p(`{"node":"profile.traits.plan"}`, "", "")
	p(`{"node":"properties.a + context.channel"}`, "", "")
	p(`{"node":"touchpoint","journey":"first-order"}`, "", "")
	p(`{"journey":"first-order"}`, "journey", "node touchpoint")
	p(`{"node":"touchpoint","journey":"x","touchpoints":[{"id":"a"}]}`, "touchpoints", "leave one")
	p(`{"compare":{"a":{"filter":"true"},"b":{}}}`, "", "")
	p(`{"compare":{"a":{"filter":"true"},"b":{"filter":"true","name":"x"}}}`, "compare.b.filter", "the same")
	const lost = `"instead":{"funnel":{"steps":[{"event":"a"},{"event":"b"}]},"step":2}`
	p(`{`+lost+`}`, "", "")
	p(`{`+lost+`,"start":{"event":"a"}}`, "instead", "leave out start")
	p(`{"instead":{"funnel":{"steps":[{"event":"a"}]},"step":1}}`, "instead.step", "before the first")
	p(`{"instead":{"funnel":{"steps":[{"event":"a"},{"event":"b"}],"filter":"true"},"step":2}}`, "instead.funnel", "question itself")
	p(`{"instead":{"funnel":{"steps":[{"event":"a"},{"event":"b"}],"order":"odd"},"step":2}}`, "instead.funnel.order", "none of")
	p(`{"node":"touchpoint"}`, "touchpoints", "needed")
	p(`{"max_steps":21}`, "max_steps", "1 to 20")
	p(`{"top":51}`, "top", "1 to 50")
	p(`{"between":{"steps":[{"event":"a"}]}}`, "between.steps", "2 to 2")
	p(`{"start":{"event":[]}}`, "start.event", "1 to 100")
	p(`{"breakdown":{"by":"properties.a"}}`, "breakdown", "no breakdown")
	tr := func(text, field, reason string) { t.Helper(); check(t, read[seq.Trend](t, text), field, reason) }
	tr(`{"series":[{"event":"a"}],"interval":"week","time_zone":"Europe/Oslo"}`, "", "")
	tr(`{}`, "series", "1 to 10")
	tr(`{"series":[{"event":"a","measure":"sum"}]}`, "series[0].property", "path of a number")
	tr(`{"series":[{"event":"a"}],"interval":"weeks"}`, "interval", `did you mean "week"?`)
	tr(`{"series":[{"event":"a"}],"time_zone":"Mars"}`, "time_zone", "time zone")
	c := func(text, field, reason string) { t.Helper(); check(t, read[seq.Chains](t, text), field, reason) }
	const buy = `"conversion":{"event":"buy"}`
	c(`{`+buy+`}`, "", "")
	c(`{`+buy+`,"value":"properties.total","channel":"page","touches":[{"event":"*"}],"unknown":"direct","repeats":"event","by":"session","reuse":"no","look_back":"400d","half_life":"1s","max_touches":1000}`, "", "")
	c(`{`+buy+`,"channel":"touchpoint","touchpoints":[{"id":"a","match":[{"event":"x"}]}]}`, "", "")
	c(`{}`, "conversion.event", "1 to 100")
	c(`{`+buy+`,"value":"profile.traits.age"}`, "value", "path of a number")
	c(`{`+buy+`,"channel":"pge"}`, "channel", `did you mean "page"?`)
	c(`{`+buy+`,"channel":"profile.traits.plan"}`, "channel", "none of")
	c(`{`+buy+`,"channel":"touchpoint"}`, "touchpoints", "needed")
	c(`{`+buy+`,"touchpoints":[{"id":"a"}]}`, "touchpoints", "needed")
	c(`{`+buy+`,"channel":"touchpoint","touchpoints":[{"id":""}]}`, "touchpoints[0].id", "empty")
	c(`{`+buy+`,"channel":"touchpoint","touchpoints":[{"id":"a"}],"touches":[{"event":"x"}]}`, "touches", "no meaning")
	c(`{`+buy+`,"channel":"touchpoint","touchpoints":[{"id":"a"}],"unknown":"direct"}`, "unknown", "no meaning")
	c(`{`+buy+`,"rules":[{"match":"","as":"x"}]}`, "rules[0].match", "empty")
	c(`{`+buy+`,"repeats":"visits"}`, "repeats", `did you mean "visit"?`)
	c(`{`+buy+`,"reuse":"maybe"}`, "reuse", "none of yes, no")
	c(`{`+buy+`,"look_back":"500ms"}`, "look_back", "1s to 400d")
	c(`{`+buy+`,"half_life":"1ms"}`, "half_life", "at least 1s")
	c(`{`+buy+`,"max_touches":1}`, "max_touches", "2 to 1000")
	c(`{`+buy+`,"breakdown":{"by":"properties.a"}}`, "breakdown", "no breakdown")
	tl := func(text, field, reason string) { t.Helper(); check(t, read[seq.Timeline](t, text), field, reason) }
	tl(`{"id":"00000000000000ff","limit":1000}`, "", "")
	tl(`{"id":"FF"}`, "id", "16 lower-case hex")
	tl(`{"id":"00000000000000ff","limit":1001}`, "limit", "1 to 1000")
	j := func(text, field, reason string) { t.Helper(); check(t, read[seq.Journey](t, text), field, reason) }
	j(`{"stages":1,"touchpoints":[{"id":"a","stage":0,"match":[{"event":"x"}]}]}`, "", "")
	j(`{"stages":1,"touchpoints":[]}`, "touchpoints", "1 to 200")
	j(`{"stages":1,"touchpoints":[{"id":"a","stage":1}]}`, "touchpoints[0].stage", "1 stages")
	j(`{"stages":1,"touchpoints":[{"id":"a"},{"id":"a"}]}`, "touchpoints[1].id", "there twice")
	j(`{"stages":1,"touchpoints":[{"id":"a"}],"value":{"event":"x","property":"total"}}`, "value.property", "path of a number")
}

func TestSegmentValidate(t *testing.T) {
	s := func(text, field, reason string) { t.Helper(); check(t, read[seq.Segment](t, text), field, reason) }
	s(`{"where":"true","limit":200,"at":"2026-01-01T00:00:00Z","actor":"account"}`, "", "")
	s(`{"id":"regulars","sample":20}`, "", "")
	s(`{}`, "where", "id of a stored segment")
	s(`{"id":"a","limit":201}`, "limit", "0 to 200")
	s(`{"id":"a","limit":-1}`, "limit", "0 to 200")
	s(`{"id":"a","sample":5,"limit":5}`, "sample", "leave out limit")
	s(`{"id":"a","actor":"acount"}`, "actor", `did you mean "account"?`)
	s(`{"where":"`+strings.Repeat("x", 9000)+`"}`, "where", "9000 bytes")
	o := func(text, field, reason string) { t.Helper(); check(t, read[seq.Overlap](t, text), field, reason) }
	o(`{"segments":[{"id":"a"},{"where":"true","name":"all"}]}`, "", "")
	o(`{"segments":[{"id":"a"}]}`, "segments", "2 to 8")
	o(`{"segments":[{"id":"a"},{"name":"x"}]}`, "segments[1].where", "is empty")
	o(`{"segments":[{"id":"a"},{"id":"b"}],"actor":"dog"}`, "actor", "none of")
	tr := func(text, field, reason string) { t.Helper(); check(t, read[seq.Trend](t, text), field, reason) }
	tr(`{"series":[{"event":"a"}],"segment":{"id":"a"}}`, "", "")
	tr(`{"series":[{"event":"a"}],"segment":{}}`, "segment.where", "is empty")
	for want, x := range map[string]seq.OverlapSegment{"n": {Name: "n"}, "i": {SegmentRef: seq.SegmentRef{ID: "i", Where: "w"}}, "w": {SegmentRef: seq.SegmentRef{Where: "w"}}} {
		if x.Label() != want {
			t.Errorf("%+v is called %q", x, x.Label())
		}
	}
}

func TestDefaults(t *testing.T) {
	q := seq.Funnel{Preset: "mixpanel"}.Defaults()
	if q.Entry != "first" || q.Ties != "grace:2s" || q.Order != "ordered" || q.Window.String() != "7d" || q.Count != "actors" {
		t.Errorf("mixpanel: %+v", q)
	}
	q = seq.Funnel{Preset: "mixpanel", Entry: "latest", Ties: "any"}.Defaults()
	if q.Entry != "latest" || q.Ties != "any" {
		t.Errorf("a preset overrules what is given: %+v", q)
	}
	for _, preset := range []string{"", "posthog", "clickhouse"} {
		if q := (seq.Funnel{Preset: preset}).Defaults(); q.Entry != "latest" || q.Ties != "any" || q.WindowFrom != "entry" {
			t.Errorf("%q: %+v", preset, q)
		}
	}
}

func TestDuration(t *testing.T) {
	f := func(text string, want time.Duration, back string) {
		t.Helper()
		d, err := seq.ParseDuration(text)
		if err != nil || time.Duration(d) != want || d.String() != back {
			t.Errorf("%s: %v %q %v", text, time.Duration(d), d.String(), err)
		}
	}
	f("30s", 30*time.Second, "30s")
	f("90m", 90*time.Minute, "90m")
	f("1.5h", 90*time.Minute, "90m")
	f("2w", 14*24*time.Hour, "14d")
	f("250ms", 250*time.Millisecond, "250ms")
	for _, bad := range []string{"", "d", "7", "7y", "-1d", "1e99d", "NaNd"} {
		if d, err := seq.ParseDuration(bad); err == nil {
			t.Errorf("%q is read as %v", bad, d)
		}
	}
}

// FuzzQuestion feeds any JSON to every question: what decodes must validate or be refused, never panic, and what is
// valid must survive the way through JSON and back.
func FuzzQuestion(f *testing.F) {
	f.Add(`{"steps":[{"event":"a"},{"event":["b"],"where":"properties.x > 1"}],"window":"7d","ties":"grace:2s"}`)
	f.Add(`{"series":[{"event":"*","measure":"sum","property":"properties.x"}],"time_zone":"Asia/Tokyo"}`)
	f.Add(`{"stages":2,"touchpoints":[{"id":"a","stage":1,"match":[{"event":"x"}]}],"value":{"event":"x","property":"properties.t"}}`)
	f.Add(`{"model":{"touchpoints":[{"id":"a","match":[{"event":"x"}]}],"stages":[{"id":"s","steps":[{"id":"a","touchpoints":["a"]}]}],"loops":[{"from":"a","to":"a"}]}}`)
	f.Add(`{"id":"0123456789abcdef","from":"2026-01-01T00:00:00Z","exclusions":[{}],"breakdown":{"by":"event"}}`)
	f.Add(`{"conversion":{"event":"buy"},"channel":"touchpoint","touchpoints":[{"id":"a","match":[]}],"look_back":"30d","half_life":"7d"}`)
	f.Fuzz(func(t *testing.T, text string) {
		one[seq.Funnel](t, text)
		one[seq.FunnelWho](t, text)
		one[seq.Paths](t, text)
		one[seq.Trend](t, text)
		one[seq.Timeline](t, text)
		one[seq.Journey](t, text)
		one[seq.Chains](t, text)
		one[seq.Conformance](t, text)
		one[seq.Segment](t, text)
		one[seq.Overlap](t, text)
		one[seq.Retention](t, text)
		one[seq.Lifecycle](t, text)
		one[seq.Stickiness](t, text)
		one[seq.Drivers](t, text)
		one[seq.FirstContact](t, text)
	})
}

func one[Q validator](t *testing.T, text string) {
	var q, again Q
	if json.Unmarshal([]byte(text), &q) != nil || q.Validate() != nil {
		return
	}
	b, err := json.Marshal(q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	if err := again.Validate(); err != nil {
		t.Fatalf("%s: valid before, now %v", b, err)
	}
}

func TestDriversValidate(t *testing.T) {
	f := func(text, field, reason string) {
		t.Helper()
		check(t, read[seq.Drivers](t, text), field, reason)
	}
	const two = `"funnel":{"steps":[{"event":"a"},{"event":"b"}]}`
	const score = `"score":{"event":"a","property":"properties.score","at_least":4}`
	f(`{`+two+`}`, "", "")
	f(`{`+score+`,"look_back":"90d","counts":true,"leave_out":["x","properties.y"]}`, "", "")
	f(`{"funnel":{"steps":[{"event":"a"},{"event":"b"},{"event":"c"}],"from_step":1,"to_step":3,"window":"1d"},"exposure":"entry"}`, "", "")
	f(`{}`, "funnel", "what success is")
	f(`{`+two+`,`+score+`}`, "score", "both")
	f(`{"funnel":{"steps":[{"event":"a"}]}}`, "funnel.steps", "2 to 10")
	f(`{"funnel":{"steps":[{"event":"a"},{"event":""}]}}`, "funnel.steps[1].event", "empty")
	f(`{"funnel":{"steps":[{"event":"a"},{"event":"b"}],"to_step":1}}`, "funnel.to_step", "2 to 2")
	f(`{"funnel":{"steps":[{"event":"a"},{"event":"b"}],"from_step":2}}`, "funnel.from_step", "1 to 1")
	f(`{"funnel":{"steps":[{"event":"a"},{"event":"b"}],"to_step":-1}}`, "funnel.to_step", "")
	f(`{`+two+`,"exposure":"widow"}`, "exposure", `did you mean "window"?`)
	f(`{`+score+`,"exposure":"entry"}`, "exposure", "score")
	f(`{`+two+`,"leave_out":[""]}`, "leave_out[0]", "empty")
	f(`{`+two+`,"breakdown":{"by":"properties.x"}}`, "breakdown", "filter")
	f(`{"score":{"event":"a","property":"score","at_least":4}}`, "score.property", "path of a number")
	f(`{"score":{"event":"a","property":"properties.score"}}`, "score.at_least", "one of them")
	f(`{"score":{"event":"a","property":"properties.score","at_least":4,"at_most":5}}`, "score.at_least", "one of them")
}

func TestDriversDefaults(t *testing.T) {
	q := read[seq.Drivers](t, `{"funnel":{"steps":[{"event":"a"},{"event":"b"},{"event":"c"}]}}`)
	d := q.Defaults()
	if d.Exposure != "matched" || d.LookBack.String() != "30d" || d.Funnel.FromStep != 2 || d.Funnel.ToStep != 3 || d.Funnel.Window.String() != "7d" {
		t.Errorf("%+v %+v", d, d.Funnel)
	}
	if q.Funnel.ToStep != 0 {
		t.Error("Defaults changed the question it was asked of")
	}
}

func TestFirstContactValidate(t *testing.T) {
	f := func(text, field, reason string) {
		t.Helper()
		check(t, read[seq.FirstContact](t, text), field, reason)
	}
	f(`{}`, "", "")
	f(`{"clicks":5,"within":"10s","session_gap":"1h","engaged":[{"event":"a"}],"by":["device","context.locale"],"limit":3}`, "", "")
	f(`{"clicks":101}`, "clicks", "1 to 100")
	f(`{"limit":-1}`, "limit", "1 to 100")
	f(`{"by":["devise"]}`, "by[0]", `did you mean "device"?`)
	f(`{"by":["profile.traits.plan"]}`, "by[0]", "property path")
	f(`{"engaged":[{"event":""}]}`, "engaged[0].event", "empty")
	f(`{"breakdown":{"by":"context.locale"}}`, "breakdown", "by")
	d := seq.FirstContact{}.Defaults()
	if d.Clicks != 3 || d.Within.String() != "7s" || d.SessionGap.String() != "30m" || len(d.By) != 4 || d.Limit != 20 || len(d.Engaged) != 1 {
		t.Errorf("%+v", d)
	}
}
