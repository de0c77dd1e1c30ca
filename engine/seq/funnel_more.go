package seq

import "errors"

// FunnelTrend asks for a funnel by the time at which its chains began.
type FunnelTrend struct {
	Calendar
	Interval string `json:"interval,omitempty" enum:"hour,day,week,month" doc:"Default day"`
}

func (t *FunnelTrend) validate() error {
	var c check
	c.oneOf("interval", t.Interval, "hour", "day", "week", "month")
	c.calendar(t.Calendar)
	return c.done()
}

// FunnelPoint is a funnel of the chains that began in one interval.
type FunnelPoint struct {
	Start      string   `json:"start" doc:"Start of the interval, RFC 3339 in the asked time zone"`
	Counts     []int64  `json:"counts" doc:"Per step the actors (or entries) that began here and reached it"`
	Conversion *float64 `json:"conversion" doc:"Share that reached the last step, 0 to 1; null when nobody began here"`
	Open       bool     `json:"open,omitempty" doc:"The window of a chain that begins here can reach past the range's end: the figures may still change"`
}

// FunnelOverall tells how long the whole funnel took.
type FunnelOverall struct {
	Count         int64    `json:"count" doc:"Actors (or entries) that reached the last step"`
	MedianSeconds *float64 `json:"median_seconds" doc:"Median time from the first step to the last; null when nobody reached it"`
	MeanSeconds   *float64 `json:"mean_seconds" doc:"Mean time from the first step to the last"`
	Times         []Span   `json:"times" doc:"How long it took"`
}

// Span is one bar of a histogram of times. The bars of a histogram lie side by side, from the shortest time seen to the
// longest.
type Span struct {
	From  float64 `json:"from" doc:"Seconds, inclusive"`
	To    float64 `json:"to" doc:"Seconds, exclusive"`
	Count int64   `json:"count" doc:"How many took so long"`
}

// inside takes the fault of a part of the question, whose fields then begin with field.
func (c *check) inside(field string, err error) {
	var bad *Invalid
	if c.err == nil && errors.As(err, &bad) {
		c.err = &Invalid{Field: join(field, bad.Field), Reason: bad.Reason}
	}
}
