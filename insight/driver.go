package insight

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
)

// DriversAnswer says what goes with success and what with failure.
type DriversAnswer struct {
	Success       Rate     `json:"success" doc:"Actors with success, of all that are compared"`
	Open          int64    `json:"open" doc:"Actors left out, successful or not, because their window ends after the range"`
	Support       int64    `json:"support" doc:"Fewest actors with and without a candidate for it to be compared: 25, or 2 % of all if that is less"`
	MedianSeconds *float64 `json:"median_seconds" doc:"Median time from entry to success; null for a score and when nobody succeeded"`
	Tested        int      `json:"tested" doc:"Candidates compared: what q is corrected for"`
	Found         int      `json:"found" doc:"Of them, those with q of at most 0.05"`
	Warnings      []string `json:"warnings" enum:"nothing_to_compare,few,skewed" doc:"nothing_to_compare: no success or no failure; few: fewer than 50 successes or failures; skewed: success is rarer than 5 % or failure is"`
	Drivers       []Driver `json:"drivers" doc:"Found ones first, the strongest first (by the end of the interval nearest 1), then the others by p; at most 200"`
	Meta          seq.Meta `json:"meta"`
}

// Driver is one candidate with how it goes with success. It tells of coincidence, not of cause.
type Driver struct {
	seq.DriverCandidate
	With      Rate                  `json:"with" doc:"Success among those with it"`
	Without   Rate                  `json:"without" doc:"Success among those without it that it is compared among"`
	OddsRatio float64               `json:"odds_ratio" doc:"Odds of success with it over those without, 1 added to each of the four counts"`
	Low       float64               `json:"odds_low" doc:"Lower end of the 95 % interval of the odds ratio"`
	High      float64               `json:"odds_high" doc:"Upper end of the 95 % interval of the odds ratio"`
	P         float64               `json:"p" doc:"Two-sided p-value"`
	Q         float64               `json:"q" doc:"p corrected for all candidates (Benjamini and Hochberg)"`
	Test      string                `json:"test" enum:"chi_squared,fisher" doc:"fisher where fewer than 5 are expected in one of the four counts"`
	Direction string                `json:"direction" enum:"success,failure,none" doc:"What it goes with; none when q is above 0.05"`
	Alike     []seq.DriverCandidate `json:"alike" doc:"Other candidates with exactly the same four counts; not listed by themselves"`
	Warnings  []string              `json:"warnings" enum:"step,outcome,on_the_way,few,skewed" doc:"step: the event is a step of the funnel itself; outcome: nearly the same as success or as failure; on_the_way: 99 % of those that succeed have it, as one does who passes a necessary step; few: fewer than 5 expected in one of the counts; skewed: nearly all or nearly none have it"`
}

// The limits of what is called found, skewed and few.
const (
	driversShown  = 200
	foundAt       = 0.05
	skewedShare   = 0.05
	nearlyAll     = 0.95
	fewActors     = 50
	fewExpected   = 5
	nearlyExactly = 0.9
	onTheWay      = 0.99
)

// Drive asks the engine for the counts and judges them. Errors are the engine's.
func Drive(ctx context.Context, e engine.Engine, q seq.Drivers) (*DriversAnswer, error) {
	c, err := e.Drivers(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("cannot find drivers: %w", err)
	}
	return judgeDrivers(c), nil
}

// judgeDrivers makes of counts what Drive answers.
func judgeDrivers(c *seq.DriverCounts) *DriversAnswer {
	a := &DriversAnswer{
		Success: NewRate(c.Won, c.Won+c.Lost), Open: c.Open, Support: c.Support, MedianSeconds: c.MedianSeconds,
		Tested: len(c.Candidates), Warnings: []string{}, Drivers: []Driver{}, Meta: c.Meta,
	}
	switch {
	case c.Won == 0 || c.Lost == 0:
		a.Warnings = append(a.Warnings, "nothing_to_compare")
	case min(c.Won, c.Lost) < fewActors:
		a.Warnings = append(a.Warnings, "few")
	}
	if r := a.Success; r.Of > 0 && min(r.Rate, 1-r.Rate) < skewedShare {
		a.Warnings = append(a.Warnings, "skewed")
	}
	p := make([]float64, 0, len(c.Candidates))
	for _, x := range c.Candidates {
		d := newDriver(x)
		a.Drivers = append(a.Drivers, d)
		p = append(p, d.P)
	}
	for i, q := range falseDiscovery(p) {
		d := &a.Drivers[i]
		if d.Q = q; q <= foundAt {
			a.Found++
			d.Direction = "failure"
			if d.OddsRatio >= 1 {
				d.Direction = "success"
			}
		}
		d.Warnings = warningsOf(d, c)
	}
	slices.SortStableFunc(a.Drivers, func(x, y Driver) int {
		if fx, fy := x.Q <= foundAt, y.Q <= foundAt; !fx || !fy {
			return cmp.Or(cmp.Compare(x.Q, y.Q), cmp.Compare(x.P, y.P))
		}
		return cmp.Compare(y.strength(), x.strength())
	})
	a.Drivers = folded(a.Drivers)
	a.Drivers = a.Drivers[:min(len(a.Drivers), driversShown)]
	return a
}

// folded puts candidates with the same four counts, such as a city and its time zone, under the first of them.
func folded(list []Driver) []Driver {
	at := map[fourfold]int{}
	out := list[:0]
	for _, d := range list {
		n := d.counts()
		if i, ok := at[n]; ok {
			out[i].Alike = append(out[i].Alike, d.DriverCandidate)
			continue
		}
		at[n] = len(out)
		out = append(out, d)
	}
	return out
}

func (d *Driver) counts() fourfold {
	return fourfold{d.WonWith, d.LostWith, d.WonWithout, d.LostWithout}
}

// strength is how far the interval keeps from 1, in log odds; negative when it holds 1.
func (d *Driver) strength() float64 { return max(math.Log(d.Low), -math.Log(d.High)) }

// newDriver compares a candidate's four counts.
//
// The odds ratio is of the counts with 1 added to each (a prior of one actor in every cell, twice the ½ of Haldane 1955
// and Anscombe 1956), so that it is finite and thin evidence is drawn towards 1. Its interval is that of Woolf (1955), "On
// estimating the relation between blood group and disease", Annals of Human Genetics 19:251–253, on the same counts. The
// p-value is of the plain counts: Pearson's chi-squared without correction or, where fewer than 5 are expected in one of
// them (Cochran 1954), Fisher's exact test.
func newDriver(x seq.DriverCandidate) Driver {
	d := Driver{DriverCandidate: x, Direction: "none", Test: "chi_squared", Alike: []seq.DriverCandidate{}}
	n := d.counts()
	d.With, d.Without = NewRate(n[0], n[0]+n[1]), NewRate(n[2], n[2]+n[3])
	var log, variance float64
	for i, sign := range []float64{1, -1, -1, 1} {
		log += sign * math.Log(float64(n[i]+1))
		variance += 1 / float64(n[i]+1)
	}
	half := z * math.Sqrt(variance)
	d.OddsRatio, d.Low, d.High = math.Exp(log), math.Exp(log-half), math.Exp(log+half)
	if n.leastExpected() < fewExpected {
		d.P, d.Test = n.fisher(), "fisher"
	} else {
		d.P = n.chiSquared()
	}
	return d
}

// warningsOf says what makes a driver less than it seems.
func warningsOf(d *Driver, c *seq.DriverCounts) []string {
	out := []string{}
	if d.Step {
		out = append(out, "step")
	}
	// Nearly the same as success: nearly all that have it succeed and nearly all that succeed have it; or the reverse.
	share := func(n, of int64) float64 { return NewRate(n, of).Rate }
	same := min(d.With.Rate, share(d.WonWith, c.Won), 1-d.Without.Rate, share(d.LostWithout, c.Lost))
	reverse := min(1-d.With.Rate, share(d.LostWith, c.Lost), d.Without.Rate, share(d.WonWithout, c.Won))
	if max(same, reverse) >= nearlyExactly {
		out = append(out, "outcome")
	}
	if d.OddsRatio > 1 && share(d.WonWith, c.Won) >= onTheWay {
		out = append(out, "on_the_way")
	}
	if d.Test == "fisher" {
		out = append(out, "few")
	}
	if has := share(d.With.Of, d.With.Of+d.Without.Of); has < skewedShare || has > nearlyAll {
		out = append(out, "skewed")
	}
	return out
}
