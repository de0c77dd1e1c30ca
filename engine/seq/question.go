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
	Times      bool         `json:"times,omitempty" doc:"Also answer how long the steps took, as histograms"`
	Trend      *FunnelTrend `json:"trend,omitempty" doc:"Also answer the funnel by when its chains began"`
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
	Overall  *FunnelOverall `json:"overall,omitempty" doc:"From the first step to the last; with times"`
	Trend    []FunnelPoint  `json:"trend,omitempty" doc:"By when the chains began, oldest first, empty intervals too; with trend"`
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
	Times         []Span   `json:"times,omitempty" doc:"How long it took from the previous step; with times"`
}

// FunnelSeries is the funnel of one breakdown value.
type FunnelSeries struct {
	Value   string         `json:"value" doc:"The property's value; '' for none, 'other' for those past the limit"`
	Other   bool           `json:"other,omitempty" doc:"Stands for all the values past the limit"`
	Steps   []FunnelCount  `json:"steps"`
	Overall *FunnelOverall `json:"overall,omitempty" doc:"From the first step to the last; with times"`
	Trend   []FunnelPoint  `json:"trend,omitempty" doc:"By when the chains began; with trend"`
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
