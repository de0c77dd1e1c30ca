package seq

// Journey asks for every number on a journey map in one pass over the actors: what journey.Live is made of.
// It counts; rates, intervals and judgements are made of its counts by insight and journey.
//
// A *visit* of a touchpoint is an event that matches it. An event that several touchpoints match goes to the first
// in map order. An actor's visits in time order are its trace; a gap ≥ Idle starts a new journey.
type Journey struct {
	Scope
	Touchpoints []JourneyTouchpoint `json:"touchpoints" doc:"1 to 200, in map order"`
	Stages      int                 `json:"stages" doc:"Number of stages; touchpoints name theirs by index from 0"`
	Idle        Duration            `json:"idle,omitempty" doc:"A silence this long ends a journey; default 45d"`
	Value       *Measure            `json:"value,omitempty" doc:"What is won: e.g. Order Completed, properties.total"`
	Buckets     int                 `json:"buckets,omitempty" doc:"Sparkline points over the range; default 28"`
}

// JourneyTouchpoint is one box of the map.
type JourneyTouchpoint struct {
	ID      string    `json:"id"`
	Stage   int       `json:"stage" doc:"From 0"`
	Match   []Matcher `json:"match" doc:"Any of them; none means it can't be observed"`
	Failure []Matcher `json:"failure,omitempty" doc:"Visits that failed; beside them outcome == 'failed' always counts"`
	Score   *Measure  `json:"score,omitempty" doc:"Answers about this touchpoint"`
}

// Measure is a number carried by some events.
type Measure struct {
	Matcher
	Property string `json:"property" doc:"Path of the number"`
}

// JourneyAnswer is what Journey gives, for [From, To) and for the period of equal length before it.
type JourneyAnswer struct {
	Now      JourneyCounts   `json:"now"`
	Before   JourneyCounts   `json:"before"`
	Edges    []JourneyEdge   `json:"edges" doc:"Moves between touchpoints in the range, most frequent first, at most 400"`
	Unmapped []UnmappedEvent `json:"unmapped" doc:"Events no touchpoint matches, most people first, at most 20; identify, group and alias calls are left out"`
	Meta     Meta            `json:"meta"`
}

// JourneyCounts are one period's figures.
type JourneyCounts struct {
	People      int64              `json:"people" doc:"Actors with a visit"`
	Journeys    int64              `json:"journeys" doc:"Traces cut by Idle"`
	Stages      []StageCounts      `json:"stages"`
	Touchpoints []TouchpointCounts `json:"touchpoints"`
}

// StageCounts are one stage's figures.
type StageCounts struct {
	People     int64   `json:"people" doc:"Actors that visited the stage"`
	Onward     int64   `json:"onward" doc:"Of them, those that later visited a later stage"`
	Next       int64   `json:"next" doc:"Of them, those that later visited the very next stage"`
	Value      float64 `json:"value" doc:"Sum of the journey's value over events at or after the actor's first visit of the stage"`
	ValueCount int64   `json:"value_count" doc:"Events behind value"`
}

// TouchpointCounts are one touchpoint's figures.
type TouchpointCounts struct {
	People        int64     `json:"people" doc:"Actors that visited"`
	Visits        int64     `json:"visits"`
	Entries       int64     `json:"entries" doc:"Journeys that began here"`
	Exits         int64     `json:"exits" doc:"Journeys that ended here and are closed (idle for Idle)"`
	Onward        int64     `json:"onward" doc:"Actors that later visited a touchpoint of a later stage (in the last stage: whose journey had any later visit)"`
	Failures      int64     `json:"failures" doc:"Visits that failed"`
	MedianSeconds *float64  `json:"median_seconds" doc:"Median time from a visit to the next visit of another touchpoint"`
	P90Seconds    *float64  `json:"p90_seconds"`
	Series        []int64   `json:"series" doc:"Visits per bucket of the range"`
	Scores        []float64 `json:"scores,omitempty" doc:"Distinct score values, ascending"`
	ScoreCounts   []int64   `json:"score_counts,omitempty" doc:"Answers per distinct value"`
	Value         float64   `json:"value" doc:"Sum of the journey's value over events at or after the actor's first visit"`
	ValueCount    int64     `json:"value_count"`
}

// JourneyEdge is a move from one touchpoint to the next visited other one, within one journey.
type JourneyEdge struct {
	From          int     `json:"from" doc:"Index into touchpoints"`
	To            int     `json:"to"`
	Count         int64   `json:"count" doc:"Moves"`
	People        int64   `json:"people"`
	MedianSeconds float64 `json:"median_seconds"`
}

// UnmappedEvent is a frequent behaviour that the map does not know.
type UnmappedEvent struct {
	Name   string `json:"name"`
	Count  int64  `json:"count"`
	People int64  `json:"people"`
}
