package httpapi

import (
	"context"
	"errors"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
)

// queries registers the questions. The request's context ends the engine's work when the caller hangs up or the
// time is over.
func (a *api) queries() {
	question(a, "funnel", "How many went through these steps in turn", engine.Engine.Funnel)
	question(a, "funnel/who", "Who made a step of a funnel, or was lost before it", engine.Engine.FunnelWho)
	question(a, "paths", "Which ways people take", a.askPaths)
	question(a, "trend", "How often something happens over time", engine.Engine.Trend)
	question(a, "segment", "Who fulfils a condition, and how many they are", engine.Engine.Segment)
	question(a, "overlap", "How many are in which of several segments at once", engine.Engine.Overlap)
	a.cohorts()
	question(a, "timeline", "What one profile or account did, newest first", engine.Engine.Timeline)
	question(a, "drivers", "Which events and properties go with success, and which with failure", judged(insight.Drive))
	question(a, "first_contact", "How many first visits end before they have begun: the 3-click and 7-second test", judged(insight.Greet))
	question(a, "journey", "Every count behind a journey map", engine.Engine.Journey)
	question(a, "attribution", "Which channels conversions are owed to, by several models", judged(insight.Attribute))
	questionTo(a, a.Maps, "conformance", "How well people follow a plan: a journey's, or one of your own", Maps.Conform)
}

// judged turns insight's front of a question, which asks the engine and judges its counts, into the form of an engine's.
func judged[Q, A any](front func(context.Context, engine.Engine, Q) (*A, error)) func(engine.Engine, context.Context, Q) (*A, error) {
	return func(e engine.Engine, ctx context.Context, q Q) (*A, error) { return front(ctx, e, q) }
}

// askPaths looks up the touchpoints of the journey that the question names, and sets the differences between two groups
// with their intervals beside their counts.
func (a *api) askPaths(e engine.Engine, ctx context.Context, q seq.Paths) (*seq.PathsAnswer, error) {
	if q.Journey != "" {
		if err := q.Validate(); err != nil {
			return nil, err
		}
		touchpoints, err := a.Maps.Mapped(ctx, q.Journey)
		switch {
		case errors.Is(err, ErrNotFound):
			return nil, &seq.Invalid{Field: "journey", Reason: "there is no such journey"}
		case err != nil:
			return nil, err
		case len(touchpoints) == 0:
			return nil, &seq.Invalid{Field: "journey", Reason: "none of its touchpoints can be observed: they match no events"}
		}
		q.Journey, q.Touchpoint = "", touchpoints
	}
	out, err := e.Paths(ctx, q)
	if err != nil {
		return nil, err
	}
	insight.ComparePaths(out)
	return out, nil
}

func question[Q, A any](a *api, name, summary string, put func(engine.Engine, context.Context, Q) (*A, error)) {
	questionTo(a, a.Engine, name, summary, put)
}

func questionTo[P, Q, A any](a *api, port P, name, summary string, put func(P, context.Context, Q) (*A, error)) {
	handle(a, route{method: "POST", path: "/api/v1/query/" + name, tag: "Questions", summary: summary, errors: []int{503, 504}},
		func(ctx context.Context, in *ask[Q]) (*answer[*A], error) {
			ctx, stop := context.WithTimeout(ctx, a.QueryTimeout)
			defer stop()
			out, err := put(port, ctx, in.Body)
			if err != nil {
				return nil, err
			}
			return &answer[*A]{out}, nil
		})
}

// catalogue registers what events and properties there are.
func (a *api) catalogue() {
	handle(a, route{method: "GET", path: "/api/v1/catalogue", tag: "Questions", summary: "What events and properties there are", errors: []int{504}},
		func(ctx context.Context, _ *struct{}) (*answer[*engine.Catalogue], error) {
			ctx, stop := context.WithTimeout(ctx, a.QueryTimeout)
			defer stop()
			out, err := a.Engine.Catalogue(ctx)
			if err != nil {
				return nil, err
			}
			return &answer[*engine.Catalogue]{out}, nil
		})
}
