// Package credit is part of stage 4: chains of touches in, what each channel is credited with out.
//
// A model shares the conversions of the chains among the channels; whatever the model, its shares add up to all of
// them. Rules look at one chain at a time (rule.go); Markov's removal effect (markov.go) and Shapley's value
// (shapley.go) compare chains with each other, and look at those without a conversion too. The package is pure: equal
// chains and an equal seed give equal credits.
package credit

import (
	"fmt"
	"slices"
	"strings"

	"wend.dev/wend/engine/seq"
)

// Chain is all the chains of touches that went through the same channels in the same order.
type Chain struct {
	Touches     []int // channels, in time order, at least one
	Conversions float64
	Value       float64   // of the conversions
	Nulls       float64   // chains that led to no conversion
	Decay       []float64 // per touch its share of the conversions by time decay, which add up to 1; for TimeDecay only
	DecayValue  []float64 // per touch the value that time decay gives it
}

// Chains is what a model shares out.
type Chains struct {
	Channels int // touches are 0 ≤ t < Channels
	List     []Chain
}

// total is the conversions of all chains and what they are worth.
func (c Chains) total() (conversions, value float64) {
	for i := range c.List {
		conversions += c.List[i].Conversions
		value += c.List[i].Value
	}
	return conversions, value
}

// The models.
const (
	First         = "first"
	Last          = "last"
	LastNonDirect = "last_non_direct"
	Linear        = "linear"
	TimeDecay     = "time_decay"
	Position      = "position"
	J             = "j"
	InverseJ      = "inverse_j"
	Markov        = "markov"
	Shapley       = "shapley"
)

// Names lists the models, the simplest first.
func Names() []string {
	return []string{First, Last, LastNonDirect, Linear, TimeDecay, Position, J, InverseJ, Markov, Shapley}
}

// Model is one way to share conversions out.
type Model struct {
	Name   string
	Direct []bool // last_non_direct: per channel whether it is passed by
	Ends   Ends   // position: what the first and the last touch get
	Order  int    // markov: how many touches back the next step depends on, 1 to 3
	Worth  string // shapley: what a coalition is worth, rate or count
	Seed   uint64 // shapley, beyond ExactChannels: where its samples begin
}

// Ends is what position gives the first and the last touch, 0 to 1; the touches between them share the rest.
type Ends struct{ First, Last float64 }

// Result is what a model gives each channel.
type Result struct {
	Conversions []float64
	Value       []float64
	Effects     []float64 // markov: the share of conversions that would be lost without the channel; nil otherwise
	Low, High   []float64 // 95 % interval of Conversions; nil where there is none
	Interval    string    // what the interval is of: "chains" (other chains might have come) or "sampling"; "" for none
	states      int       // markov: of the model
}

// Share shares the conversions out. The error is a *seq.Invalid for an unknown model or a Markov model that is too
// large to be solved.
func Share(c Chains, m Model) (Result, error) {
	r, err := share(c, m)
	if err != nil {
		return Result{}, err
	}
	interval(c, m, &r)
	return r, nil
}

func share(c Chains, m Model) (Result, error) {
	switch m.Name {
	case First, Last, LastNonDirect, Linear, TimeDecay, Position, J, InverseJ:
		return byRule(c, m), nil
	case Markov:
		return markov(c, m.Order)
	case Shapley:
		return shapley(c, m), nil
	}
	return Result{}, &seq.Invalid{Field: "models", Reason: fmt.Sprintf("%q is none of %s%s", m.Name, strings.Join(Names(), ", "), seq.Hint(m.Name, Names()))}
}

// byShare gives each channel its share of all conversions and of all value.
func byShare(c Chains, shares []float64) Result {
	conversions, value := c.total()
	r := Result{Conversions: slices.Clone(shares), Value: slices.Clone(shares)}
	for i := range shares {
		r.Conversions[i] *= conversions
		r.Value[i] *= value
	}
	return r
}
