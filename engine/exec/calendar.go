package exec

import (
	"time"

	"wend.dev/wend/engine/seq"
)

// calendar cuts time into hours, days, weeks or months of a time zone.
type calendar struct {
	zone     *time.Location
	interval string
	sunday   bool // weeks begin on Sunday instead of Monday
}

// newCalendar makes a calendar of a question that has been validated.
func newCalendar(k seq.Calendar, interval string) (calendar, error) {
	zone, err := time.LoadLocation(k.TimeZone)
	if err != nil {
		return calendar{}, &seq.Invalid{Field: "time_zone", Reason: err.Error()}
	}
	return calendar{zone, interval, k.WeekStart == "sunday"}, nil
}

// floor is the start of the interval that holds t.
func (c calendar) floor(t time.Time) time.Time {
	t = t.In(c.zone)
	y, m, d := t.Date()
	switch c.interval {
	case "hour":
		return t.Truncate(time.Second).Add(-time.Duration(t.Minute())*time.Minute - time.Duration(t.Second())*time.Second)
	case "week":
		into := (int(t.Weekday()) + 6) % 7
		if c.sunday {
			into = int(t.Weekday())
		}
		return dayStart(y, m, d-into, c.zone)
	case "month":
		return dayStart(y, m, 1, c.zone)
	}
	return dayStart(y, m, d, c.zone)
}

// next is the start of the interval after the one that starts at t; days and longer ones follow the calendar, across
// clock changes.
func (c calendar) next(t time.Time) time.Time {
	y, m, d := t.Date()
	switch c.interval {
	case "hour":
		return t.Add(time.Hour)
	case "week":
		return dayStart(y, m, d+7, c.zone)
	case "month":
		return dayStart(y, m+1, 1, c.zone)
	}
	return dayStart(y, m, d+1, c.zone)
}

// dayStart is the first instant of a day. Where the clock goes forward at midnight the day begins at one o'clock; where
// it goes back to midnight, at the first of the two midnights.
func dayStart(y int, m time.Month, d int, zone *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	want := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	begins, ends := t.ZoneBounds()
	ty, tm, td := t.Date()
	switch shown := time.Date(ty, tm, td, t.Hour(), t.Minute(), t.Second(), 0, time.UTC); {
	case shown.Before(want):
		return ends
	case shown.After(want):
		return begins
	case begins.IsZero():
		return t
	}
	_, now := t.Zone()
	_, before := begins.Add(-time.Nanosecond).Zone()
	if first := t.Add(time.Duration(now-before) * time.Second); before > now && first.Before(begins) {
		return first
	}
	return t
}
