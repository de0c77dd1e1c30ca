package seq

// Retention asks how many actors come back after their first time, or after each time. See docs/questions.md.
type Retention struct {
	Scope
	Calendar
	Start   Matcher  `json:"start" doc:"Who did this in a period is in its cohort"`
	Return  *Matcher `json:"return,omitempty" doc:"What counts as coming back; default any event"`
	Period  string   `json:"period,omitempty" enum:"day,week,month" doc:"Default week"`
	Periods int      `json:"periods,omitempty" doc:"Periods each cohort is followed after its own, 1 to 366; default 12"`
	Type    string   `json:"type,omitempty" enum:"recurring,first_time" doc:"recurring (default): every period in which an actor did start; first_time: only the period of its first start ever, whatever the range"`
	Mode    string   `json:"mode,omitempty" enum:"on,on_or_after" doc:"on (default): came back exactly so many periods later; on_or_after: so many or more"`
}

// RetentionAnswer is what Retention gives.
type RetentionAnswer struct {
	Cohorts []RetentionCohort `json:"cohorts" doc:"One per period of the range, oldest first, empty ones too"`
	Average []RetentionPoint  `json:"average" doc:"All cohorts together, from 0 periods later on"`
	Series  []RetentionSeries `json:"series,omitempty" doc:"With a breakdown: one average per value, the largest first"`
	Meta    Meta              `json:"meta"`
}

// RetentionCohort is the actors of one period and how many of them came back.
type RetentionCohort struct {
	Start    string  `json:"start" doc:"Start of the period, RFC 3339 in the asked time zone"`
	Size     int64   `json:"size" doc:"Actors that did start in the period"`
	Values   []int64 `json:"values" doc:"values[k]: actors of the cohort that did return k periods later (or k or more); values[0] is size. Periods that have not begun are left out"`
	Complete int     `json:"complete" doc:"So many of values are of periods that have ended within the range; those after them may still grow"`
}

// RetentionPoint is one column of the grid, summed over the cohorts for which it is complete.
type RetentionPoint struct {
	Period  int   `json:"period" doc:"Periods later, from 0"`
	N       int64 `json:"n" doc:"Actors that came back, summed over the cohorts"`
	Of      int64 `json:"of" doc:"Size of these cohorts together"`
	Cohorts int   `json:"cohorts" doc:"How many cohorts are in it: those that are not empty and whose period has ended"`
}

// RetentionSeries is the average of one breakdown value.
type RetentionSeries struct {
	Value   string           `json:"value" doc:"The property's value; '' for none"`
	Other   bool             `json:"other,omitempty" doc:"Stands for all values past the limit"`
	Size    int64            `json:"size" doc:"Actors with this value that are in any cohort, each counted once"`
	Average []RetentionPoint `json:"average" doc:"Of these actors alone"`
}

// Lifecycle asks how many actors are new, come again, come back or stay away, period by period. See docs/questions.md.
type Lifecycle struct {
	Scope
	Calendar
	Match    *Matcher `json:"match,omitempty" doc:"What makes an actor active; default any event"`
	Interval string   `json:"interval,omitempty" enum:"day,week,month" doc:"Default week"`
}

// LifecycleAnswer is what Lifecycle gives.
type LifecycleAnswer struct {
	Periods []LifecyclePeriod `json:"periods" doc:"Oldest first"`
	Meta    Meta              `json:"meta"`
}

// LifecyclePeriod is the actors of one period. New, returning and resurrecting together are the active ones.
type LifecyclePeriod struct {
	Start        string `json:"start" doc:"RFC 3339 in the asked time zone"`
	New          int64  `json:"new" doc:"Active, and their first event ever lies in the period"`
	Returning    int64  `json:"returning" doc:"Active, and in the period before too"`
	Resurrecting int64  `json:"resurrecting" doc:"Active, known before the period, and not active in the one before"`
	Dormant      int64  `json:"dormant" doc:"Active in the period before and not in this one. A count, never negative"`
	Complete     bool   `json:"complete" doc:"False while the period has not ended within the range: active ones may come, and dormant ones go"`
}

// Stickiness asks on how many periods of the range actors are active. See docs/questions.md.
type Stickiness struct {
	Scope
	Calendar
	Series   []Matcher `json:"series,omitempty" doc:"What makes an actor active, up to 10 lines; default one line of any event"`
	Interval string    `json:"interval,omitempty" enum:"day,week,month" doc:"Default day"`
}

// StickinessAnswer is what Stickiness gives.
type StickinessAnswer struct {
	Starts   []string         `json:"starts" doc:"Start of each period of the range that has begun, RFC 3339 in the asked time zone"`
	Complete int              `json:"complete" doc:"So many of the periods have ended within the range: all, or all but the last"`
	Series   []StickinessLine `json:"series" doc:"One per line asked for, in that order"`
	Meta     Meta             `json:"meta"`
}

// StickinessLine is one line: how many actors were active in how many periods.
type StickinessLine struct {
	Name   string  `json:"name"`
	Counts []int64 `json:"counts" doc:"counts[n-1]: actors active in exactly n distinct periods, from 1 to all of them"`
	Actors int64   `json:"actors" doc:"Actors active in any period: the sum of counts"`
	Active []int64 `json:"active" doc:"Actors active in each period of starts"`
}

// Validate finds what is wrong with the question's form. CEL is looked at when the engine compiles it.
func (q Retention) Validate() error {
	var c check
	c.scope(q.Scope, "first_touch", "last_touch")
	if b := q.Breakdown; b != nil && b.Step != 0 {
		c.fail("breakdown.step", "retention has no steps; leave it out")
	}
	c.matcher("start", q.Start)
	if q.Return != nil {
		c.matcher("return", *q.Return)
	}
	c.oneOf("period", q.Period, "day", "week", "month")
	c.between("periods", q.Periods, 1, 366)
	c.oneOf("type", q.Type, "recurring", "first_time")
	c.oneOf("mode", q.Mode, "on", "on_or_after")
	c.calendar(q.Calendar)
	return c.done()
}

// Validate finds what is wrong with the question's form. CEL is looked at when the engine compiles it.
func (q Lifecycle) Validate() error {
	var c check
	c.scope(q.Scope)
	if q.Breakdown != nil {
		c.fail("breakdown", "a lifecycle has none; use filter")
	}
	if q.Match != nil {
		c.matcher("match", *q.Match)
		if q.Match.FirstTime {
			c.fail("match.first_time", "an actor would be active once and never again; leave it out")
		}
	}
	c.oneOf("interval", q.Interval, "day", "week", "month")
	c.calendar(q.Calendar)
	return c.done()
}

// Validate finds what is wrong with the question's form. CEL is looked at when the engine compiles it.
func (q Stickiness) Validate() error {
	var c check
	c.scope(q.Scope)
	if q.Breakdown != nil {
		c.fail("breakdown", "stickiness has none; use filter, or one line for each value")
	}
	c.count("series", len(q.Series), 0, 10)
	c.matchers("series", q.Series)
	c.oneOf("interval", q.Interval, "day", "week", "month")
	c.calendar(q.Calendar)
	return c.done()
}
