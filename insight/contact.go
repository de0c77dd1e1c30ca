package insight

import (
	"context"
	"fmt"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
)

// FirstContactAnswer is how first visits went, as rates.
type FirstContactAnswer struct {
	All     FirstContactRates   `json:"all" doc:"All first visits"`
	Open    int64               `json:"open" doc:"Left out: visits that may still go on"`
	Splits  []FirstContactSplit `json:"splits" doc:"One per entry of by"`
	Engaged []seq.Matcher       `json:"engaged" doc:"What counted as engaged"`
	Meta    seq.Meta            `json:"meta"`
}

// FirstContactSplit is one split of the first visits.
type FirstContactSplit struct {
	By     string              `json:"by" doc:"landing_page, campaign, search_term, device or a property path"`
	Values []FirstContactValue `json:"values" doc:"Most visits first, 'other' last"`
}

// FirstContactValue is the first visits with one value.
type FirstContactValue struct {
	Value string `json:"value" doc:"'' for none"`
	Other bool   `json:"other,omitempty" doc:"Stands for all values past the limit"`
	FirstContactRates
	Rest      *Estimate `json:"rest" doc:"Failed here − failed in all other first visits, with its interval (Newcombe); null without others"`
	Direction string    `json:"direction" enum:"better,worse,no_change,not_enough" doc:"Against the other first visits; better or worse only when the interval of the difference leaves out 0"`
}

// FirstContactRates are shares of some first visits, each with its Wilson interval.
type FirstContactRates struct {
	Visits    int64 `json:"visits"`
	Failed    Rate  `json:"failed" doc:"Too few clicks or too short, without an engaged event"`
	FewClicks Rate  `json:"few_clicks" doc:"Ended before the click after the last allowed, without an engaged event"`
	Short     Rate  `json:"short" doc:"Ended within the time, without an engaged event"`
	Engaged   Rate  `json:"engaged" doc:"With an engaged event"`
}

// Greet asks the engine how first visits ended and makes rates of the counts. Errors are the engine's.
func Greet(ctx context.Context, e engine.Engine, q seq.FirstContact) (*FirstContactAnswer, error) {
	c, err := e.FirstContact(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("cannot test first contact: %w", err)
	}
	out := &FirstContactAnswer{All: contactRates(c.All), Open: c.Open, Splits: []FirstContactSplit{}, Engaged: c.Engaged, Meta: c.Meta}
	for _, s := range c.Splits {
		split := FirstContactSplit{By: s.By, Values: []FirstContactValue{}}
		for _, v := range s.Values {
			x := FirstContactValue{Value: v.Value, Other: v.Other, FirstContactRates: contactRates(v.VisitCounts), Direction: "not_enough"}
			rest := NewRate(c.All.Failed-v.Failed, c.All.Visits-v.Visits)
			if rest.Of > 0 {
				d := DifferenceOfRates(x.Failed, rest)
				x.Rest, x.Direction = &d, direction(d.Low, d.High, false)
			}
			split.Values = append(split.Values, x)
		}
		out.Splits = append(out.Splits, split)
	}
	return out, nil
}

func contactRates(c seq.VisitCounts) FirstContactRates {
	rate := func(n int64) Rate { return NewRate(n, c.Visits) }
	return FirstContactRates{Visits: c.Visits, Failed: rate(c.Failed), FewClicks: rate(c.FewClicks), Short: rate(c.Short), Engaged: rate(c.Engaged)}
}
