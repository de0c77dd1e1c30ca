package insight_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
	"wend.dev/wend/insight/credit"
)

// chainEngine answers Chains as told, and remembers the question.
type chainEngine struct {
	engine.Engine
	answer seq.ChainsAnswer
	asked  seq.Chains
	err    error
}

func (e *chainEngine) Chains(_ context.Context, q seq.Chains) (*seq.ChainsAnswer, error) {
	e.asked = q
	return &e.answer, e.err
}

func variant(conversions, nulls int64, value float64, touches ...int) seq.ChainVariant {
	return seq.ChainVariant{Touches: touches, ChainCount: seq.ChainCount{Conversions: conversions, Value: value}, Nulls: nulls}
}

func attribute(t *testing.T, e *chainEngine, q insight.Attribution) *insight.AttributionAnswer {
	t.Helper()
	q.Conversion.Event = seq.Names{"buy"}
	a, err := insight.Attribute(context.Background(), e, q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAttributeToy(t *testing.T) {
	e := &chainEngine{answer: seq.ChainsAnswer{
		Channels: []string{"C1", "C2", "C3"}, Conversion: "buy", Lags: []int64{0, 0, 1},
		Variants:  []seq.ChainVariant{variant(1, 0, 100, 0, 1, 2), variant(0, 1, 0, 0), variant(0, 1, 0, 1, 2)},
		Untouched: seq.ChainCount{Conversions: 3, Value: 7}, Lengths: []seq.ChainLength{{Touches: 3, Conversions: 1}, {Touches: 12, Nulls: 1}, {Touches: 15, Nulls: 1}},
	}}
	a := attribute(t, e, insight.Attribution{Models: []string{"markov", "last"}})
	if len(a.Channels) != 3 || a.Channels[0].Name != "C1" || a.Channels[1].Chains != insight.NewRate(1, 2) || a.Channels[2].Touches != 2 {
		t.Errorf("channels %+v", a.Channels)
	}
	for i, want := range []float64{0.2, 0.4, 0.4} {
		c := a.Models[0].Credits[i]
		near(t, "share", c.Share, want, 1e-12)
		near(t, "conversions", c.Conversions, want, 1e-12)
		near(t, "value", c.Value, 100*want, 1e-9)
		near(t, "effect", *c.Effect, []float64{0.5, 1, 1}[i], 1e-12)
		if c.Low != nil || a.Models[1].Credits[i].Effect != nil {
			t.Errorf("interval of three chains, or effect of a rule: %+v", c)
		}
	}
	if a.Total != (seq.ChainCount{Conversions: 4, Value: 107}) || a.Attributed != (seq.ChainCount{Conversions: 1, Value: 100}) || a.Chains != insight.NewRate(1, 3) {
		t.Errorf("%+v", a)
	}
	if len(a.Top) != 1 || strings.Join(a.Top[0].Touches, ">") != "C1>C2>C3" || a.MeanTouches != 3 || a.Variants != 3 {
		t.Errorf("top %+v, mean %v", a.Top, a.MeanTouches)
	}
	if len(a.Lengths) != 2 || a.Lengths[0].Conversions != insight.NewRate(1, 1) || a.Lengths[1] != (insight.AttributionLength{Touches: 10, OrMore: true, Conversions: insight.NewRate(0, 1), Nulls: 2}) {
		t.Errorf("lengths %v", a.Lengths)
	}
	if len(a.Lags) != 3 || a.Lags[2].From != 2 || a.Lags[2].To != 3 || a.Lags[2].Conversions != insight.NewRate(1, 1) {
		t.Errorf("lags %+v", a.Lags)
	}
	if e.asked.HalfLife != 0 {
		t.Error("decay is asked for though no model wants it")
	}
	if attribute(t, e, insight.Attribution{Models: []string{"linear"}}); e.asked.HalfLife != 0 {
		t.Error("decay is asked for though no model wants it")
	}
}

func TestAttributeOptions(t *testing.T) {
	e := &chainEngine{answer: seq.ChainsAnswer{
		Channels: []string{"ads", "direct", "mail", "none"},
		Variants: []seq.ChainVariant{variant(5, 0, 10, 0, 1), variant(3, 1, 6, 2, 3), variant(1, 0, 2, 0, 2, 2)},
	}}
	share := func(q insight.Attribution, want ...float64) {
		t.Helper()
		a := attribute(t, e, q)
		for i, c := range a.Models[0].Credits {
			near(t, fmt.Sprint(q.Models, " ", a.Channels[i].Name), c.Conversions, want[i], 1e-9)
		}
	}
	// The order is by converting chains: ads 6, direct 5, mail 4, none 3.
	share(insight.Attribution{Models: []string{"last_non_direct"}}, 5, 0, 1, 3)
	share(insight.Attribution{Models: []string{"last_non_direct"}, Direct: []string{"none"}}, 0, 5, 4, 0)
	share(insight.Attribution{Models: []string{"last_non_direct"}, Chains: seq.Chains{Unknown: "none"}}, 5, 0, 4, 0)
	share(insight.Attribution{Models: []string{"position"}, Position: &insight.PositionEnds{First: 0.5, Last: 0.25}}, 5*2.0/3+0.5, 5.0/3, 3*2.0/3+0.5, 1)
	share(insight.Attribution{Models: []string{"first"}, Limit: 1}, 6, 3)
	a := attribute(t, e, insight.Attribution{Models: []string{"first"}, Limit: 1, Top: 2})
	if o := a.Channels[1]; !o.Other || o.Name != "other" || o.Chains != insight.NewRate(9, 10) || o.Touches != 15 || len(a.Top) != 2 || a.Top[1].Touches[0] != "mail" {
		t.Errorf("%+v %+v", a.Channels, a.Top)
	}
	if a := attribute(t, e, insight.Attribution{}); len(a.Models) != 4 || a.Models[3].Model != "markov" {
		t.Errorf("by default %+v", a.Models)
	}
	e.answer.Variants[0].Decay, e.answer.Variants[0].DecayValue = []float64{1, 4}, []float64{2, 8}
	e.answer.Variants[1].Decay, e.answer.Variants[1].DecayValue = []float64{1, 2}, []float64{1, 5}
	e.answer.Variants[2].Decay, e.answer.Variants[2].DecayValue = []float64{0.1, 0.4, 0.5}, []float64{0, 1, 1}
	share(insight.Attribution{Models: []string{"time_decay"}}, 1.1, 4, 1.9, 2)
	if e.asked.HalfLife != seq.Duration(7*24*time.Hour) {
		t.Errorf("half-life %v", e.asked.HalfLife)
	}
}

func TestAttributeRefuses(t *testing.T) {
	f := func(text, field, words string) {
		t.Helper()
		var q insight.Attribution
		if err := json.Unmarshal([]byte(text), &q); err != nil {
			t.Fatal(err)
		}
		_, err := insight.Attribute(context.Background(), &chainEngine{}, q)
		var bad *seq.Invalid
		if !errors.As(err, &bad) || bad.Field != field || !strings.Contains(bad.Reason, words) {
			t.Errorf("%s: %v", text, err)
		}
	}
	const buy = `"conversion":{"event":"buy"}`
	f(`{}`, "conversion.event", "1 to 100")
	f(`{`+buy+`,"look_back":"500d"}`, "look_back", "400d")
	f(`{`+buy+`,"models":["frist"]}`, "models[0]", `did you mean "first"?`)
	f(`{`+buy+`,"models":["last","last"]}`, "models[1]", "twice")
	f(`{`+buy+`,"position":{"first":-0.1,"last":0.4}}`, "position", "0 to 1")
	f(`{`+buy+`,"worth":"rat"}`, "worth", `did you mean "rate"?`)
	f(`{`+buy+`,"order":4}`, "order", "1 to 3")
	f(`{`+buy+`,"limit":41}`, "limit", "1 to 40")
	f(`{`+buy+`,"top":101}`, "top", "1 to 100")
	if _, err := insight.Attribute(context.Background(), &chainEngine{err: errors.New("no disk")}, insight.Attribution{Chains: seq.Chains{Conversion: seq.Matcher{Event: seq.Names{"buy"}}}}); err == nil || !strings.Contains(err.Error(), "no disk") {
		t.Errorf("the engine's error is lost: %v", err)
	}
}

// TestAttributeAddsUp: whatever the chains, each model's credits are all conversions and all value, lags and top stay
// within them, and the same question has the same answer.
func TestAttributeAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 25).Draw(t, "channels")
		e := &chainEngine{}
		for i := range n {
			e.answer.Channels = append(e.answer.Channels, fmt.Sprintf("c%02d", i))
		}
		for range rapid.IntRange(0, 12).Draw(t, "variants") {
			v := variant(rapid.Int64Range(0, 60).Draw(t, "conversions"), rapid.Int64Range(0, 90).Draw(t, "nulls"), 0,
				rapid.SliceOfN(rapid.IntRange(0, n-1), 1, 6).Draw(t, "touches")...)
			if v.Conversions > 0 {
				v.Value = rapid.Float64Range(-50, 1000).Draw(t, "value")
				for range v.Touches {
					v.Decay = append(v.Decay, float64(v.Conversions)/float64(len(v.Touches)))
					v.DecayValue = append(v.DecayValue, v.Value/float64(len(v.Touches)))
				}
			}
			e.answer.Variants = append(e.answer.Variants, v)
		}
		q := insight.Attribution{Models: credit.Names(), Limit: rapid.IntRange(1, 20).Draw(t, "limit"), Order: rapid.IntRange(1, 2).Draw(t, "order")}
		q.Conversion.Event = seq.Names{"buy"}
		a, err := insight.Attribute(context.Background(), e, q)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Channels) > q.Limit+1 {
			t.Fatalf("%d channels for a limit of %d", len(a.Channels), q.Limit)
		}
		for _, m := range a.Models {
			conversions, value, shares := 0.0, 0.0, 0.0
			for _, c := range m.Credits {
				conversions += c.Conversions
				value += c.Value
				shares += c.Share
			}
			if math.Abs(conversions-float64(a.Attributed.Conversions)) > 1e-6 || math.Abs(value-a.Attributed.Value) > 1e-5 || a.Attributed.Conversions > 0 && math.Abs(shares-1) > 1e-9 {
				t.Fatalf("%s: %v of %d conversions, %v of %v, shares %v", m.Model, conversions, a.Attributed.Conversions, value, a.Attributed.Value, shares)
			}
		}
		again, _ := insight.Attribute(context.Background(), e, q)
		x, _ := json.Marshal(a)
		if y, _ := json.Marshal(again); string(x) != string(y) {
			t.Fatal("the same question is answered otherwise")
		}
	})
}
