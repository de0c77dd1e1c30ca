package exec

import (
	"fmt"
	"math"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
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

// maxPeriods is how many periods an answer may have.
const maxPeriods = 1000

// periods are stretches of time one after the other: period i is edges[i] ≤ t < edges[i+1].
type periods struct {
	starts   []time.Time
	edges    []event.Millis // one more than there are periods; none without periods
	complete int            // so many of them have ended within the range
	slots    []uint16       // per slot of 1<<slotBits ms the period of its beginning
}

// slotBits makes slots of 70 minutes: shorter than any period, so that a slot lies in two periods at most.
const slotBits = 22

// of finds the period of a time that lies in one.
func (p *periods) of(t event.Millis) int {
	i := int(p.slots[(t-p.edges[0])>>slotBits])
	if t >= p.edges[i+1] {
		i++
	}
	return i
}

func (p *periods) len() int { return len(p.starts) }

// window is from the first period's start to the range's end, but not beyond the last period.
func (p *periods) window(w event.Window) event.Window {
	if p.len() == 0 {
		return event.Window{From: math.MaxInt64 - 1, To: math.MaxInt64}
	}
	w = event.Window{From: p.edges[0], To: min(w.To, p.edges[p.len()])}
	if w.To == 0 {
		w.To = -1 // a Window's zero would mean no end
	}
	return w
}

// periods are those of the calendar that a range touches and that have begun; so many more come before them. An open
// start of the range is the oldest event.
func (s *session) periods(c calendar, w event.Window, before int, field string) (*periods, error) {
	if w.From == math.MinInt64 {
		w.From = w.To - 1
		for _, b := range s.snap.Blocks {
			if b.Rows() > 0 {
				w.From = min(w.From, b.MinTime)
			}
		}
	}
	end := min(w.To, event.MillisOf(s.began)+1)
	p := &periods{}
	at := c.floor(w.From.Time())
	for range before {
		at = c.floor(at.Add(-time.Millisecond))
	}
	for event.MillisOf(at) < end {
		if p.len() == maxPeriods {
			return nil, &seq.Invalid{Field: field, Reason: fmt.Sprintf("the range has more than %d of them; ask for a longer one or a shorter range", maxPeriods)}
		}
		p.starts = append(p.starts, at)
		p.edges = append(p.edges, event.MillisOf(at))
		if at = c.next(at); event.MillisOf(at) <= end {
			p.complete++
		}
	}
	if p.len() <= before {
		return &periods{}, nil // the range has not begun
	}
	p.edges = append(p.edges, event.MillisOf(at))
	i := 0
	for t := p.edges[0]; t < p.edges[p.len()]; t += 1 << slotBits {
		for t >= p.edges[i+1] {
			i++
		}
		p.slots = append(p.slots, uint16(i))
	}
	return p, nil
}
