// Package insight is stage 4: the engine's counts in, rates, scores and changes with their intervals out.
//
// It is statistics over aggregates: it never walks events, does no I/O and holds no state. Every interval is a 95 %
// one, and nothing is called a change unless the interval of the difference leaves out 0. Where two formulas are in
// use, the function says which one it is and where it is published.
package insight

// z is the standard normal quantile of a two-sided 95 % interval.
const z = 1.959963984540054

// Rate is a share with the counts behind it: never a bare percentage.
type Rate struct {
	N    int64   `json:"n" doc:"How many did"`
	Of   int64   `json:"of" doc:"Out of how many"`
	Rate float64 `json:"rate" doc:"n / of, 0 to 1; 0 when of is 0"`
	Low  float64 `json:"low" doc:"Lower end of the 95 % interval (Wilson)"`
	High float64 `json:"high" doc:"Upper end of the 95 % interval (Wilson)"`
}

// Estimate is a figure with its 95 % interval and the number of observations behind it.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low" doc:"Lower end of the 95 % interval"`
	High  float64 `json:"high" doc:"Upper end of the 95 % interval"`
	N     int64   `json:"n" doc:"Observations behind it"`
}

// Score is what customers answered, on its own scale.
type Score struct {
	Scale  string   `json:"scale" enum:"nps,csat,ces" doc:"nps: -100 to 100 from answers 0 to 10; csat: share of 4 and 5 of 5; ces: mean of 1 to 7"`
	Value  float64  `json:"value" doc:"In the scale's own unit: NPS points, share 0 to 1, mean 1 to 7"`
	Low    float64  `json:"low" doc:"Lower end of the 95 % interval"`
	High   float64  `json:"high" doc:"Upper end of the 95 % interval"`
	Margin float64  `json:"margin" doc:"Half the width of the interval"`
	N      int64    `json:"n" doc:"Answers on the scale"`
	Mean   float64  `json:"mean" doc:"Plain mean of the answers"`
	SD     *float64 `json:"sd" doc:"Standard deviation of the answers; null below two answers"`
	Off    int64    `json:"off,omitempty" doc:"Answers that do not lie on the scale; left out"`
	Up     bool     `json:"up_is_good" doc:"Whether a higher value is better"`
}

// Change compares a figure with the same figure before.
type Change struct {
	Before    float64  `json:"before" doc:"The figure in the period before"`
	Now       float64  `json:"now" doc:"The figure in the period asked for"`
	Value     float64  `json:"value" doc:"now - before; for counts of people relative: now / before - 1"`
	Low       *float64 `json:"low" doc:"Lower end of the 95 % interval of value; null when it has none"`
	High      *float64 `json:"high" doc:"Upper end of the 95 % interval of value; null when it has none"`
	Direction string   `json:"direction" enum:"better,worse,no_change,not_enough" doc:"better or worse only when the interval leaves out 0; not_enough when there is nothing to compare"`
}

// Total is a sum with the number of events behind it.
type Total struct {
	Sum   float64 `json:"sum"`
	Count int64   `json:"count"`
}
