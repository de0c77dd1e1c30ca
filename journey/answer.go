package journey

import (
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
)

// LiveQuery says for when and for whom a map's numbers are wanted.
type LiveQuery struct {
	From    *time.Time `json:"from,omitempty" doc:"Start, inclusive; default 28 days before the end"`
	To      *time.Time `json:"to,omitempty" doc:"End, exclusive; default now"`
	Actor   string     `json:"actor,omitempty" enum:"profile,account" doc:"Default: the journey's own"`
	Filter  string     `json:"filter,omitempty" doc:"CEL over event and profile: only matching events are looked at"`
	Persona string     `json:"persona,omitempty" doc:"Only customers in this persona's segment"`
	Segment string     `json:"segment,omitempty" doc:"Only members of this stored segment"`
	Now     time.Time  `json:"-"` // the edge's clock: the default end, and what evidence ages against
}

// LiveAnswer is every number on a map. All rates carry their counts and a 95 % interval; see package insight.
type LiveAnswer struct {
	Journey     string              `json:"journey" doc:"Id"`
	Title       string              `json:"title"`
	Actor       string              `json:"actor" enum:"profile,account"`
	From        time.Time           `json:"from"`
	To          time.Time           `json:"to"`
	Currency    string              `json:"currency,omitempty" doc:"ISO 4217, of all value figures"`
	People      int64               `json:"people" doc:"Actors with at least one visit in the range"`
	Journeys    int64               `json:"journeys" doc:"Their journeys, cut where nothing happened for the idle time"`
	Trend       *insight.Change     `json:"trend" doc:"People against the period of equal length before; null when there was nothing before"`
	Stages      []LiveStage         `json:"stages" doc:"In map order"`
	Steps       []LiveStep          `json:"steps" doc:"In map order"`
	Touchpoints []LiveTouchpoint    `json:"touchpoints" doc:"In map order, each once: where it stands first"`
	Edges       []LiveEdge          `json:"edges" doc:"Moves between touchpoints, most frequent first"`
	Curves      []Curve             `json:"curves" doc:"How it feels: assumed (one per persona drawn), reported, observed; never blended"`
	Cells       []CellEvidence      `json:"cells" doc:"The evidence behind each lane's cells, in map order"`
	Unmapped    []seq.UnmappedEvent `json:"unmapped" doc:"Frequent events that no touchpoint matches"`
	Silent      []string            `json:"silent" doc:"Ids of touchpoints that could be observed and had no event in the range"`
	Facts       []Fact              `json:"facts" doc:"A few findings, most weighty first"`
	Meta        seq.Meta            `json:"meta"`
}

// LiveStage is one stage's numbers.
type LiveStage struct {
	ID         string          `json:"id"`
	Title      string          `json:"title"`
	People     int64           `json:"people" doc:"Actors that visited one of its touchpoints"`
	Trend      *insight.Change `json:"trend" doc:"People against the period before, relative; null when there was nothing before"`
	Next       *insight.Rate   `json:"next" doc:"Share of them that later visited the very next stage; null for the last stage, and when the next one has no touchpoint that can be observed"`
	NextChange *insight.Change `json:"next_change" doc:"That share against the period before, in points; null where next is, or when there was nothing before"`
	Onward     *insight.Rate   `json:"onward" doc:"Share of them that later visited any later stage; null when there is none that can be observed"`
	Failures   insight.Rate    `json:"failures" doc:"Visits that failed, of all visits in the stage"`
	Visits     int64           `json:"visits"`
	Value      insight.Total   `json:"value" doc:"Value won at or after an actor's first visit of the stage"`
	Evidence   Evidence        `json:"evidence"`
}

// LiveStep is one step's numbers. Several touchpoints may make a step, and the same actor may visit several of
// them, so people is given as a range; both ends are equal when one touchpoint makes the step.
type LiveStep struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Stage     string   `json:"stage" doc:"Id"`
	Optional  bool     `json:"optional"`
	PeopleMin int64    `json:"people_min" doc:"At least so many actors visited: the most at any one of its touchpoints"`
	PeopleMax int64    `json:"people_max" doc:"At most so many: the sum over its touchpoints, but no more than the stage's people"`
	Visits    int64    `json:"visits"`
	Failures  int64    `json:"failures"`
	Evidence  Evidence `json:"evidence"`
}

// LiveTouchpoint is one touchpoint's numbers.
type LiveTouchpoint struct {
	ID            string          `json:"id"`
	Title         string          `json:"title"`
	Stage         string          `json:"stage" doc:"Id"`
	Step          string          `json:"step" doc:"Id"`
	Channel       string          `json:"channel,omitempty"`
	Observable    bool            `json:"observable" doc:"It has a matcher, so events can reach it"`
	Silent        bool            `json:"silent" doc:"Observable, but no event in the range"`
	People        int64           `json:"people" doc:"Actors that visited"`
	Visits        int64           `json:"visits" doc:"Events that matched"`
	Entries       int64           `json:"entries" doc:"Journeys that began here"`
	Exits         int64           `json:"exits" doc:"Journeys that ended here and are closed"`
	Trend         *insight.Change `json:"trend" doc:"People against the period before, relative; null when there was nothing before"`
	Onward        insight.Rate    `json:"onward" doc:"Share of actors that later visited a later stage (in the last stage: any later touchpoint)"`
	OnwardChange  *insight.Change `json:"onward_change" doc:"That share against the period before, in points"`
	MedianSeconds *float64        `json:"median_seconds" doc:"Median time from a visit to the next visit of another touchpoint; null when nobody went on"`
	P90Seconds    *float64        `json:"p90_seconds" doc:"Nine in ten took no longer"`
	TargetSeconds *float64        `json:"target_seconds" doc:"The plan's time to next; null when there is none"`
	Failures      insight.Rate    `json:"failures" doc:"Visits that failed, of all visits"`
	FailureChange *insight.Change `json:"failure_change" doc:"That share against the period before, in points"`
	Series        []int64         `json:"series" doc:"Visits per equal slice of the range, for a sparkline"`
	Score         *insight.Score  `json:"score" doc:"What customers answered about it; null without answers"`
	ScoreChange   *insight.Change `json:"score_change" doc:"Against the period before; null without answers in both"`
	Value         insight.Total   `json:"value" doc:"Value won at or after an actor's first visit"`
	Evidence      Evidence        `json:"evidence"`
}

// LiveEdge is the traffic from one touchpoint to the next visited other one.
type LiveEdge struct {
	From          string  `json:"from" doc:"Touchpoint id"`
	To            string  `json:"to" doc:"Touchpoint id"`
	Count         int64   `json:"count" doc:"Moves"`
	People        int64   `json:"people"`
	Share         float64 `json:"share" doc:"Of all moves away from the first, 0 to 1"`
	MedianSeconds float64 `json:"median_seconds"`
	Planned       bool    `json:"planned" doc:"Whether the map plans this move"`
	Kind          string  `json:"kind" enum:"next,same_step,skip,branch,loop,ahead,back" doc:"Planned: next step, within one step, past optional steps, a branch, a loop. Not planned: ahead past a required step, or back"`
}

// Evidence says how well a part of the map is known. It fades with age: see docs/journeys.md.
type Evidence struct {
	Grade    string   `json:"grade" enum:"observed,reported,researched,assumed" doc:"observed: events; reported: answers; researched: has a source; assumed: nobody checked"`
	N        int64    `json:"n" doc:"Events, answers or sources behind it"`
	AgeDays  *float64 `json:"age_days" doc:"Days since it was last seen, by the end of the sparkline slice; null when unknown"`
	Strength float64  `json:"strength" doc:"1 fresh to 0 faded: halves every 90 days, every 365 for what was researched; 0 for assumed"`
}

// CellEvidence is the evidence behind one cell of a lane.
type CellEvidence struct {
	Lane     string   `json:"lane" doc:"Id"`
	At       string   `json:"at" doc:"Id of a stage or a step"`
	Persona  string   `json:"persona,omitempty"`
	Evidence Evidence `json:"evidence"`
}

// Curve is one of the three curves of how it feels.
type Curve struct {
	Kind    string  `json:"kind" enum:"assumed,reported,observed"`
	Persona string  `json:"persona,omitempty" doc:"Assumed: whose; empty for all"`
	Points  []Point `json:"points" doc:"One per stage, in map order"`
}

// Point is a curve's value at a stage.
type Point struct {
	Stage    string   `json:"stage" doc:"Id"`
	Value    *float64 `json:"value" doc:"-1 to 1; null when nothing is known: draw a gap"`
	Low      *float64 `json:"low" doc:"Lower end of the 95 % interval; null for assumed"`
	High     *float64 `json:"high" doc:"Upper end"`
	Evidence Evidence `json:"evidence"`
}

// Fact is a finding worth a sentence, with its counts and the question that shows it.
type Fact struct {
	Kind       string   `json:"kind" enum:"score_gap,slow_handover,failures,biggest_drop,silent"`
	Text       string   `json:"text" doc:"The finding in plain English"`
	Stage      string   `json:"stage,omitempty" doc:"Id it is about"`
	Touchpoint string   `json:"touchpoint,omitempty" doc:"Id it is about"`
	Other      string   `json:"other,omitempty" doc:"Id of the stage or touchpoint it is compared with"`
	Figures    []Figure `json:"figures" doc:"The counts behind it, the first of touchpoint or stage, the second of other"`
	Difference *float64 `json:"difference,omitempty"`
	Low        *float64 `json:"low,omitempty" doc:"Lower end of the 95 % interval of the difference, or of the single figure"`
	High       *float64 `json:"high,omitempty"`
	Question   string   `json:"question" enum:"funnel,paths,trend" doc:"Which question shows it"`
	Query      any      `json:"query" doc:"The question's body, to post to /query/{question}"`
}

// Figure is one number of a fact.
type Figure struct {
	Label string  `json:"label" doc:"Title of the stage or touchpoint"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit" enum:"share,seconds,mean,nps,people"`
	N     int64   `json:"n" doc:"How many it is made of"`
	Of    int64   `json:"of,omitempty" doc:"For a share: out of how many"`
}
