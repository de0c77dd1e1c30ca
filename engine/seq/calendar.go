package seq

import "time"

// Calendar says how time is cut into periods. The first period of an answer begins at or before Scope.From and is
// looked at from its own beginning; the last one that has begun before Scope.To (and before now) ends the answer.
type Calendar struct {
	TimeZone  string `json:"time_zone,omitempty" doc:"IANA name that days, weeks and months are cut in; default UTC"`
	WeekStart string `json:"week_start,omitempty" enum:"monday,sunday" doc:"First day of a week; default monday"`
}

func (c *check) calendar(k Calendar) {
	if _, err := time.LoadLocation(k.TimeZone); err != nil || k.TimeZone == "Local" {
		c.fail("time_zone", "%q is not a known time zone such as Europe/Oslo", k.TimeZone)
	}
	c.oneOf("week_start", k.WeekStart, "monday", "sunday")
}
