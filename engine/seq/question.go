package seq

// Funnel asks how many actors went through steps in turn. See docs/questions.md, Funnel.
type Funnel struct {
	Scope
	Steps      []FunnelStep `json:"steps" doc:"1 to 30 steps"`
	Window     Duration     `json:"window,omitempty" doc:"Longest time from the first step (or the previous one) to each step, inclusive; default 7d"`
	Order      string       `json:"order,omitempty" enum:"ordered,strict,any" doc:"Default ordered"`
	Entry      string       `json:"entry,omitempty" enum:"latest,first" doc:"Which step-1 events start a chain; default latest"`
	Ties       string       `json:"ties,omitempty" doc:"any, strict or grace:DURATION; default any"`
	WindowFrom string       `json:"window_from,omitempty" enum:"entry,previous" doc:"Default entry"`
	Exclusions []Exclusion  `json:"exclusions,omitempty"`
	Count      string       `json:"count,omitempty" enum:"actors,entries" doc:"Default actors"`
	Preset     string       `json:"preset,omitempty" enum:"posthog,mixpanel,clickhouse" doc:"Fills the options left out as that product does"`
}

// FunnelStep is one step of a funnel.
type FunnelStep struct {
	Matcher
	Optional bool `json:"optional,omitempty" doc:"The chain may pass this step by"`
}

// Exclusion is an event that spoils an attempt between two steps.
type Exclusion struct {
	Event    Names  `json:"event"`
	Where    string `json:"where,omitempty" doc:"CEL over the event"`
	FromStep int    `json:"from_step" doc:"Steps count from 1"`
	ToStep   int    `json:"to_step"`
}

// FunnelAnswer is what Funnel gives.
type FunnelAnswer struct {
	Steps    []FunnelCount  `json:"steps"`
	Excluded int64          `json:"excluded" doc:"Actors whose deepest attempts were all spoilt by an exclusion"`
	Series   []FunnelSeries `json:"series,omitempty"`
	Meta     Meta           `json:"meta"`
}

// FunnelCount is one step's figures.
type FunnelCount struct {
	Name          string   `json:"name"`
	Count         int64    `json:"count" doc:"Actors (or entries) that reached this step"`
	FromPrevious  float64  `json:"from_previous" doc:"Share of the previous required step, 0 to 1; 1 for the first"`
	FromFirst     float64  `json:"from_first" doc:"Share of the first step, 0 to 1"`
	MedianSeconds *float64 `json:"median_seconds" doc:"Median time from the previous step, null for the first and when nobody made it"`
	MeanSeconds   *float64 `json:"mean_seconds" doc:"Mean time from the previous step"`
}

// FunnelSeries is the funnel of one breakdown value.
type FunnelSeries struct {
	Value string        `json:"value" doc:"The property's value; '' for none, 'other' for those past the limit"`
	Steps []FunnelCount `json:"steps"`
}

// Paths asks which ways actors take. See docs/questions.md, Paths.
type Paths struct {
	Scope
	Start      *Matcher `json:"start,omitempty" doc:"A path begins at its first match"`
	End        *Matcher `json:"end,omitempty" doc:"A path is cut at its first match and its last max_steps kept"`
	Between    *Between `json:"between,omitempty" doc:"Only what happens between two steps of a funnel"`
	Node       string   `json:"node,omitempty" doc:"event, page, screen, touchpoint, or a property path; default event"`
	SessionGap Duration `json:"session_gap,omitempty" doc:"A pause this long starts a new path; default 30m"`
	MaxSteps   int      `json:"max_steps,omitempty" doc:"1 to 20, default 5"`
	Top        int      `json:"top,omitempty" doc:"Nodes kept per step, the rest is 'other'; 1 to 50, default 5"`
	Rules      []Rule   `json:"rules,omitempty" doc:"Cleaning rules, the first match wins"`
	Touchpoint []Mapped `json:"touchpoints,omitempty" doc:"With node touchpoint: what each touchpoint matches"`
}

// Between limits paths to the events between two consecutive steps of a funnel.
type Between struct {
	Steps  []Matcher `json:"steps" doc:"Exactly two"`
	Window Duration  `json:"window,omitempty" doc:"Default 7d"`
}

// Rule renames nodes: those that match the RE2 expression become As.
type Rule struct {
	Match string `json:"match"`
	As    string `json:"as"`
}

// Mapped is a named set of matchers.
type Mapped struct {
	ID    string    `json:"id"`
	Match []Matcher `json:"match"`
}

// PathsAnswer is what Paths gives. At every step the nodes' counts, with 'other', add up to what the step before
// passed on: count(step k) = Σ (count − dropoff) of step k−1.
type PathsAnswer struct {
	Nodes []PathNode `json:"nodes"`
	Edges []PathEdge `json:"edges"`
	Paths int64      `json:"paths" doc:"Number of paths counted"`
	Meta  Meta       `json:"meta"`
}

// PathNode is one place at one step.
type PathNode struct {
	ID      string `json:"id" doc:"step and name: 2:/cart"`
	Step    int    `json:"step" doc:"From 1"`
	Name    string `json:"name"`
	Other   bool   `json:"other,omitempty" doc:"Stands for all the nodes that did not make the top"`
	Count   int64  `json:"count" doc:"Paths that were here at this step"`
	Dropoff int64  `json:"dropoff" doc:"Paths that ended here"`
}

// PathEdge is a move between two nodes of consecutive steps; Source and Target are node ids.
type PathEdge struct {
	Source        string  `json:"source"`
	Target        string  `json:"target"`
	Count         int64   `json:"count" doc:"Transitions"`
	MedianSeconds float64 `json:"median_seconds"`
}

// Trend asks how often something happens over time.
type Trend struct {
	Scope
	Series   []TrendSeries `json:"series" doc:"1 to 10"`
	Interval string        `json:"interval,omitempty" enum:"hour,day,week,month" doc:"Default day; weeks start on Monday"`
	TimeZone string        `json:"time_zone,omitempty" doc:"IANA name that days are cut in; default UTC"`
}

// TrendSeries is one line of a trend.
type TrendSeries struct {
	Matcher
	Measure  string `json:"measure,omitempty" enum:"count,actors,sum,mean" doc:"Default count; sum and mean need property"`
	Property string `json:"property,omitempty" doc:"Path of the number that is summed"`
}

// TrendAnswer is what Trend gives.
type TrendAnswer struct {
	Buckets []string    `json:"buckets" doc:"Start of each interval, RFC 3339 in the asked time zone"`
	Series  []TrendLine `json:"series"`
	Meta    Meta        `json:"meta"`
}

// TrendLine is one series' values, one per bucket.
type TrendLine struct {
	Name   string    `json:"name"`
	Value  string    `json:"value,omitempty" doc:"Breakdown value"`
	Values []float64 `json:"values"`
	Counts []int64   `json:"counts" doc:"Events behind each value"`
	Total  float64   `json:"total" doc:"Over the whole range: actors are counted once, not summed"`
}

// Timeline asks what one actor did.
type Timeline struct {
	Scope
	ID     string `json:"id" doc:"Profile or account id, 16 hex digits"`
	Limit  int    `json:"limit,omitempty" doc:"1 to 1000, default 100; newest first"`
	Cursor string `json:"cursor,omitempty" doc:"From the page before"`
}

// TimelineAnswer is one page of an actor's events, newest first.
type TimelineAnswer struct {
	Events     []TimelineEvent `json:"events"`
	NextCursor string          `json:"next_cursor,omitempty"`
	Meta       Meta            `json:"meta"`
}

// TimelineEvent is one event of an actor.
type TimelineEvent struct {
	Time    string         `json:"time" doc:"RFC 3339, UTC, milliseconds"`
	Kind    string         `json:"kind" enum:"track,page,screen,identify,group,alias"`
	Name    string         `json:"name"`
	Profile string         `json:"profile" doc:"The profile it was collected under, before merging"`
	Fields  map[string]any `json:"fields" doc:"Flattened path → value"`
}
