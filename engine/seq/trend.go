package seq

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Trend asks how often something happens over time. See docs/questions.md, Trend.
type Trend struct {
	Scope
	Calendar
	Series   []TrendSeries `json:"series" doc:"1 to 10; in a formula the first is A, the next B…"`
	Interval string        `json:"interval,omitempty" enum:"hour,day,week,month" doc:"Default day"`
	Formula  string        `json:"formula,omitempty" doc:"A line made of the others: A / B * 100. It knows + - * / ( ) and numbers; what is divided by 0 or made of nothing is null"`
	Compare  string        `json:"compare,omitempty" enum:"previous" doc:"previous: also answer for the time of equal length before from, interval by interval"`
}

// TrendSeries is one line of a trend.
type TrendSeries struct {
	Matcher
	Measure  string `json:"measure,omitempty" enum:"count,actors,sum,mean,min,max,p50,p90,p95,p99" doc:"Default count of events; actors counts each once an interval; the others are of a property (p90: the value that 90 % do not exceed)"`
	Property string `json:"property,omitempty" doc:"Path of the number that is measured"`
}

// Measured says whether the series is of a property's numbers.
func (s TrendSeries) Measured() bool {
	return s.Measure != "" && s.Measure != "count" && s.Measure != "actors"
}

// TrendAnswer is what Trend gives.
type TrendAnswer struct {
	Buckets  []string     `json:"buckets" doc:"Start of each interval, RFC 3339 in the asked time zone"`
	Series   []TrendLine  `json:"series" doc:"The lines of series A, then those of B…, at the end those of the formula"`
	Previous *TrendBefore `json:"previous,omitempty" doc:"The time before, with compare"`
	Meta     Meta         `json:"meta"`
}

// TrendBefore is the time that a trend is compared with: half-open, as long as the range.
type TrendBefore struct {
	From    string   `json:"from" doc:"RFC 3339, inclusive"`
	To      string   `json:"to" doc:"RFC 3339, exclusive"`
	Buckets []string `json:"buckets" doc:"Start of each interval; the first stands beside the first of the range"`
}

// TrendLine is one series' values, one per bucket.
type TrendLine struct {
	Name     string     `json:"name" doc:"Of the series; the formula's text"`
	Letter   string     `json:"letter,omitempty" doc:"What a formula calls the series; none for the formula itself"`
	Value    string     `json:"value,omitempty" doc:"Breakdown value"`
	Other    bool       `json:"other,omitempty" doc:"Stands for all the breakdown values past the limit"`
	Values   []Figure   `json:"values" doc:"One per bucket; null for a mean, least, greatest or percentile of nothing, and where a formula has no value"`
	Counts   []int64    `json:"counts" doc:"Events behind each value; none for a formula"`
	Total    Figure     `json:"total" doc:"Over the whole range: actors are counted once, not summed"`
	Previous *TrendPast `json:"previous,omitempty" doc:"The same line for the time before, with compare"`
}

// TrendPast is a line's values for the time before.
type TrendPast struct {
	Values []Figure `json:"values" doc:"One per bucket of the time before, beside those of the range"`
	Counts []int64  `json:"counts" doc:"Events behind each value; none for a formula"`
	Total  Figure   `json:"total" doc:"Over the whole time before"`
	Change Figure   `json:"change" doc:"The line's total / this total − 1; null when there is no such ratio. It is no claim that anything changed"`
}

// Figure is a number that may be missing. It is NaN then, and null in JSON.
type Figure float64

// Missing is no number.
func Missing() Figure { return Figure(math.NaN()) }

// Known says whether there is a number.
func (f Figure) Known() bool { return !math.IsNaN(float64(f)) && !math.IsInf(float64(f), 0) }

// MarshalJSON writes the number or null.
func (f Figure) MarshalJSON() ([]byte, error) {
	if !f.Known() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Figure) UnmarshalJSON(b []byte) error {
	n := math.NaN()
	if string(b) != "null" {
		if err := json.Unmarshal(b, &n); err != nil {
			return err
		}
	}
	*f = Figure(n)
	return nil
}

// Validate finds what is wrong with the question's form.
func (q Trend) Validate() error {
	var c check
	c.scope(q.Scope)
	if b := q.Breakdown; b != nil && (b.Attribution != "" || b.Step != 0) {
		c.fail("breakdown.attribution", "a trend counts each event under its own value; leave attribution out")
	}
	c.count("series", len(q.Series), 1, 10)
	measures := []string{"count", "actors", "sum", "mean", "min", "max", "p50", "p90", "p95", "p99"}
	for i, s := range q.Series {
		f := fmt.Sprintf("series[%d]", i)
		c.matcher(f, s.Matcher)
		c.oneOf(f+".measure", s.Measure, measures...)
		if s.Measured() && slices.Contains(measures, s.Measure) {
			c.measure(f, &Measure{Matcher: s.Matcher, Property: s.Property})
		}
	}
	c.oneOf("interval", q.Interval, "hour", "day", "week", "month")
	c.oneOf("compare", q.Compare, "previous")
	if q.Compare != "" && q.From == nil {
		c.fail("compare", "needs a from: before all time there is nothing")
	}
	c.calendar(q.Calendar)
	c.text("formula", q.Formula)
	if q.Formula != "" {
		if _, err := ParseFormula(q.Formula, len(q.Series)); err != nil {
			c.fail("formula", "%v", err)
		}
	}
	return c.done()
}
