package httpapi

import (
	"context"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
)

// cohorts registers the questions about how people come back. The engine counts; beside its counts each rate stands with
// its interval.
func (a *api) cohorts() {
	question(a, "retention", "How many come back, and when", func(e engine.Engine, ctx context.Context, q seq.Retention) (*retentionAnswer, error) {
		out, err := e.Retention(ctx, q)
		if err != nil {
			return nil, err
		}
		return rateRetention(out), nil
	})
	question(a, "lifecycle", "Who is new, comes again, comes back or stays away", func(e engine.Engine, ctx context.Context, q seq.Lifecycle) (*lifecycleAnswer, error) {
		out, err := e.Lifecycle(ctx, q)
		if err != nil {
			return nil, err
		}
		return rateLifecycle(out), nil
	})
	question(a, "stickiness", "On how many days, weeks or months people are active", func(e engine.Engine, ctx context.Context, q seq.Stickiness) (*stickinessAnswer, error) {
		out, err := e.Stickiness(ctx, q)
		if err != nil {
			return nil, err
		}
		return rateStickiness(out), nil
	})
}

// The answers with their rates.
type (
	retentionAnswer struct {
		Cohorts []retentionCohort `json:"cohorts" doc:"One per period of the range that has begun, oldest first, empty ones too"`
		Average []retentionPoint  `json:"average" doc:"All cohorts together, from 0 periods later on"`
		Series  []retentionSeries `json:"series,omitempty" doc:"With a breakdown: one average per value, the largest first"`
		Meta    seq.Meta          `json:"meta"`
	}
	retentionCohort struct {
		seq.RetentionCohort
		Rates []insight.Rate `json:"rates" doc:"values as shares of size"`
	}
	retentionPoint struct {
		Period  int `json:"period" doc:"Periods later, from 0"`
		Cohorts int `json:"cohorts" doc:"How many cohorts are in it: those that are not empty and whose period has ended"`
		insight.Rate
	}
	retentionSeries struct {
		Value   string           `json:"value" doc:"The property's value; '' for none"`
		Other   bool             `json:"other,omitempty" doc:"Stands for all values past the limit"`
		Size    int64            `json:"size" doc:"Actors with this value that are in any cohort, each counted once"`
		Average []retentionPoint `json:"average" doc:"Of these actors alone"`
	}
	lifecycleAnswer struct {
		Periods []lifecyclePeriod `json:"periods" doc:"Oldest first"`
		Meta    seq.Meta          `json:"meta"`
	}
	lifecyclePeriod struct {
		seq.LifecyclePeriod
		Active int64        `json:"active" doc:"New, returning and resurrecting together"`
		Kept   insight.Rate `json:"kept" doc:"Of those active in the period before, the share that is active in this one: returning of returning and dormant"`
	}
	stickinessAnswer struct {
		Starts   []string         `json:"starts" doc:"Start of each period of the range that has begun, RFC 3339 in the asked time zone"`
		Complete int              `json:"complete" doc:"So many of the periods have ended within the range: all, or all but the last"`
		Series   []stickinessLine `json:"series" doc:"One per line asked for, in that order"`
		Meta     seq.Meta         `json:"meta"`
	}
	stickinessLine struct {
		seq.StickinessLine
		Rates   []insight.Rate `json:"rates" doc:"counts as shares of actors"`
		AtLeast []insight.Rate `json:"at_least" doc:"at_least[n-1]: actors active in n periods or more"`
		Mean    float64        `json:"mean" doc:"Mean number of periods per actor; 0 without actors"`
		Share   float64        `json:"share" doc:"mean / number of periods, 0 to 1: actors active in an average period, of all that were active in the range (by day over a month: DAU/MAU)"`
	}
)

func rateRetention(in *seq.RetentionAnswer) *retentionAnswer {
	out := &retentionAnswer{Average: ratePoints(in.Average), Meta: in.Meta}
	for _, c := range in.Cohorts {
		row := retentionCohort{RetentionCohort: c}
		for _, n := range c.Values {
			row.Rates = append(row.Rates, insight.NewRate(n, c.Size))
		}
		out.Cohorts = append(out.Cohorts, row)
	}
	for _, s := range in.Series {
		out.Series = append(out.Series, retentionSeries{s.Value, s.Other, s.Size, ratePoints(s.Average)})
	}
	return out
}

func ratePoints(in []seq.RetentionPoint) (out []retentionPoint) {
	for _, p := range in {
		out = append(out, retentionPoint{p.Period, p.Cohorts, insight.NewRate(p.N, p.Of)})
	}
	return out
}

func rateLifecycle(in *seq.LifecycleAnswer) *lifecycleAnswer {
	out := &lifecycleAnswer{Meta: in.Meta}
	for _, p := range in.Periods {
		out.Periods = append(out.Periods, lifecyclePeriod{p, p.New + p.Returning + p.Resurrecting, insight.NewRate(p.Returning, p.Returning+p.Dormant)})
	}
	return out
}

func rateStickiness(in *seq.StickinessAnswer) *stickinessAnswer {
	out := &stickinessAnswer{Starts: in.Starts, Complete: in.Complete, Meta: in.Meta}
	for _, s := range in.Series {
		line := stickinessLine{StickinessLine: s}
		left, sum := s.Actors, int64(0)
		for i, n := range s.Counts {
			line.Rates = append(line.Rates, insight.NewRate(n, s.Actors))
			line.AtLeast = append(line.AtLeast, insight.NewRate(left, s.Actors))
			left -= n
			sum += int64(i+1) * n
		}
		if s.Actors > 0 {
			line.Mean = float64(sum) / float64(s.Actors)
			line.Share = line.Mean / float64(len(s.Counts))
		}
		out.Series = append(out.Series, line)
	}
	return out
}
