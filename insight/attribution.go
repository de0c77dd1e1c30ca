package insight

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight/credit"
)

// Attribution asks which channels conversions are owed to, by several models side by side. See docs/questions.md.
type Attribution struct {
	seq.Chains
	Models   []string      `json:"models,omitempty" enum:"first,last,last_non_direct,linear,time_decay,position,j,inverse_j,markov,shapley" doc:"In the order they are answered in; default first, last, linear, markov"`
	Position *PositionEnds `json:"position,omitempty" doc:"Of the model position; default 0.4 and 0.4"`
	Direct   []string      `json:"direct,omitempty" doc:"Channels that last_non_direct passes by; default direct, (direct) and (none). What unknown names is one of them"`
	Order    int           `json:"order,omitempty" doc:"Of the model markov: how many touches back the next step depends on; 1 to 3, default 1"`
	Worth    string        `json:"worth,omitempty" enum:"rate,count" doc:"Of the model shapley: what a coalition of channels is worth, the conversion rate of its chains or their conversions; default rate"`
	Limit    int           `json:"limit,omitempty" doc:"Channels kept, those in most converting chains; the rest is one channel, 'other', before any model looks at it. 1 to 40, default 12"`
	Top      int           `json:"top,omitempty" doc:"Chains listed, those with most conversions; 1 to 100, default 10"`
}

// PositionEnds is what the model position gives the ends of a chain; what is left is shared by the touches between.
type PositionEnds struct {
	First float64 `json:"first" doc:"Share of the first touch, 0 to 1"`
	Last  float64 `json:"last" doc:"Share of the last touch, 0 to 1"`
}

// AttributionAnswer is what Attribute gives. The credits of each model add up to attributed.
type AttributionAnswer struct {
	Conversion  string               `json:"conversion" doc:"The conversion's name"`
	Total       seq.ChainCount       `json:"total" doc:"All conversions in the range and what they are worth"`
	Attributed  seq.ChainCount       `json:"attributed" doc:"Those with a touch in the look-back: what the models share out"`
	Untouched   seq.ChainCount       `json:"untouched" doc:"Those without a touch: no channel gets them"`
	Chains      Rate                 `json:"chains" doc:"Chains that converted, of all chains"`
	Channels    []AttributionChannel `json:"channels" doc:"Those in most converting chains first, 'other' last"`
	Models      []AttributionModel   `json:"models" doc:"In the order asked for"`
	Top         []AttributionChain   `json:"top" doc:"Chains with most conversions first"`
	Variants    int                  `json:"variants" doc:"Different chains there are"`
	Lengths     []AttributionLength  `json:"lengths" doc:"Chains by number of touches"`
	Lags        []AttributionLag     `json:"lags" doc:"Conversions by time since the first touch of their chain"`
	MedianLag   *float64             `json:"median_lag" doc:"Median time from a chain's first touch to the conversion, seconds; null without conversions"`
	MeanTouches float64              `json:"mean_touches" doc:"Touches per converting chain"`
	Shortened   int64                `json:"shortened" doc:"Chains that were longer than max_touches"`
	Meta        seq.Meta             `json:"meta"`
}

// AttributionChannel is one channel's counts, which no model is needed for.
type AttributionChannel struct {
	Name    string `json:"name" doc:"The channel, as the rules left it"`
	Other   bool   `json:"other,omitempty" doc:"Stands for all the channels past the limit"`
	Chains  Rate   `json:"chains" doc:"Chains with this channel that converted, of all chains with it"`
	Touches int64  `json:"touches" doc:"Touches in all chains"`
}

// AttributionModel is what one model gives each channel.
type AttributionModel struct {
	Model    string              `json:"model" doc:"first, last, last_non_direct, linear, time_decay, position, j, inverse_j, markov or shapley"`
	Interval string              `json:"interval" enum:"chains,sampling,none" doc:"What low and high are of. chains: other chains might have come (Wilson for rules, jackknife for markov and shapley); sampling: only the sampling of a Shapley value of more than 15 channels; none: there are no intervals, because there are fewer than 100 conversions or very many chains"`
	Credits  []AttributionCredit `json:"credits" doc:"In the order of channels"`
}

// AttributionCredit is what one model gives one channel.
type AttributionCredit struct {
	Conversions float64  `json:"conversions" doc:"Conversions this channel is credited with"`
	Value       float64  `json:"value" doc:"What they are worth"`
	Share       float64  `json:"share" doc:"Of the attributed conversions. A Shapley share may be below 0: chains with the channel convert less"`
	Low         *float64 `json:"low" doc:"Lower end of the 95 % interval of share; null when it has none"`
	High        *float64 `json:"high" doc:"Upper end of the 95 % interval of share; null when it has none"`
	Effect      *float64 `json:"effect" doc:"Markov's removal effect: the share of conversions that would be lost without the channel, 0 to 1; null for other models"`
}

// AttributionChain is one frequent chain.
type AttributionChain struct {
	Touches []string `json:"touches" doc:"Channels in time order, those past the limit by their own names"`
	Chains  Rate     `json:"chains" doc:"Chains like this that converted, of all chains like this"`
	Value   float64  `json:"value" doc:"Of their conversions"`
}

// AttributionLength is the chains with so many touches.
type AttributionLength struct {
	Touches     int   `json:"touches" doc:"How many touches a chain has"`
	OrMore      bool  `json:"or_more,omitempty" doc:"That many or more"`
	Conversions Rate  `json:"conversions" doc:"Those that converted, of all attributed conversions"`
	Nulls       int64 `json:"nulls" doc:"Chains that led to no conversion"`
}

// AttributionLag is the conversions in a span of days after the first touch.
type AttributionLag struct {
	From        int  `json:"from" doc:"Whole days, inclusive"`
	To          int  `json:"to" doc:"Whole days, inclusive"`
	Conversions Rate `json:"conversions" doc:"Of all attributed"`
}

// Defaults is the question with every option filled in that the models need.
func (q Attribution) Defaults() Attribution {
	if len(q.Models) == 0 {
		q.Models = []string{credit.First, credit.Last, credit.Linear, credit.Markov}
	}
	if q.Position == nil {
		q.Position = &PositionEnds{First: 0.4, Last: 0.4}
	}
	if len(q.Direct) == 0 {
		q.Direct = []string{"direct", "(direct)", "(none)"}
	}
	q.Direct = append(slices.Clone(q.Direct), q.Unknown)
	if q.Order == 0 {
		q.Order = 1
	}
	if q.Worth == "" {
		q.Worth = "rate"
	}
	if q.Limit == 0 {
		q.Limit = 12
	}
	if q.Top == 0 {
		q.Top = 10
	}
	if q.HalfLife == 0 {
		q.HalfLife = seq.Duration(7 * 24 * time.Hour)
	}
	if !slices.Contains(q.Models, credit.TimeDecay) {
		q.HalfLife = 0
	}
	return q
}

// Validate finds what is wrong with the question's form.
func (q Attribution) Validate() error {
	if err := q.Chains.Validate(); err != nil {
		return err
	}
	bad := func(field, format string, args ...any) error {
		return &seq.Invalid{Field: field, Reason: fmt.Sprintf(format, args...)}
	}
	for i, m := range q.Models {
		switch field := fmt.Sprintf("models[%d]", i); {
		case !slices.Contains(credit.Names(), m):
			return bad(field, "%q is none of %s%s", m, strings.Join(credit.Names(), ", "), seq.Hint(m, credit.Names()))
		case slices.Contains(q.Models[:i], m):
			return bad(field, "%q is there twice", m)
		}
	}
	if p := q.Position; p != nil && !(p.First >= 0 && p.Last >= 0 && p.First+p.Last <= 1) {
		return bad("position", "first and last are shares from 0 to 1 and at most 1 together")
	}
	switch {
	case q.Worth != "" && q.Worth != "rate" && q.Worth != "count":
		return bad("worth", "%q is none of rate, count%s", q.Worth, seq.Hint(q.Worth, []string{"rate", "count"}))
	case q.Order < 0 || q.Order > 3:
		return bad("order", "is %d; it may be 1 to 3", q.Order)
	case q.Limit < 0 || q.Limit > 40:
		return bad("limit", "is %d; it may be 1 to 40", q.Limit)
	case q.Top < 0 || q.Top > 100:
		return bad("top", "is %d; it may be 1 to 100", q.Top)
	case len(q.Direct) > 100:
		return bad("direct", "has %d entries; it may have 0 to 100", len(q.Direct))
	}
	return nil
}
