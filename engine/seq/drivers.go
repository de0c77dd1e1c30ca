package seq

import (
	"fmt"
	"strings"
	"time"
)

// Drivers asks which events and property values go with success and which with failure. See docs/questions.md, Drivers.
// Exactly one of Funnel and Score says what success is.
type Drivers struct {
	Scope
	Funnel   *DriverFunnel `json:"funnel,omitempty" doc:"Success is to get from one step of a funnel to another"`
	Score    *DriverScore  `json:"score,omitempty" doc:"Success is an answer past a threshold"`
	LookBack Duration      `json:"look_back,omitempty" doc:"How long before the entry (or the answer) events are looked at, also before the range; default 30d"`
	Exposure string        `json:"exposure,omitempty" enum:"matched,entry,window" doc:"Until when events of a failure are looked at. matched (default): as long after its entry as some success took; entry: only up to the entry, for successes too; window: until its window ended, which favours what simply takes time"`
	Counts   bool          `json:"counts,omitempty" doc:"Also compare by how often an event happened: at least 2, 3, 5 and 10 times"`
	LeaveOut []string      `json:"leave_out,omitempty" doc:"Event names and property paths that are no candidates; at most 100"`
}

// DriverFunnel is success as a step of a funnel: of the actors that reached from_step, those that reached to_step.
type DriverFunnel struct {
	Steps    []Matcher `json:"steps" doc:"2 to 10 steps, in order"`
	FromStep int       `json:"from_step,omitempty" doc:"Steps count from 1; default the one before to_step"`
	ToStep   int       `json:"to_step,omitempty" doc:"Default the last"`
	Window   Duration  `json:"window,omitempty" doc:"Longest time from the first step to each step, inclusive; default 7d"`
}

// DriverScore is success as an answer: the latest one in the range that carries a number.
type DriverScore struct {
	Measure
	AtLeast *float64 `json:"at_least,omitempty" doc:"Success is this much or more; give this or at_most"`
	AtMost  *float64 `json:"at_most,omitempty" doc:"Success is this much or less"`
}

// DriverCounts is what Drivers counts; insight makes odds ratios of it.
type DriverCounts struct {
	Won           int64             `json:"won" doc:"Actors with success"`
	Lost          int64             `json:"lost" doc:"Actors without"`
	Open          int64             `json:"open" doc:"Actors left out, successful or not, because their window ends after the range"`
	Support       int64             `json:"support" doc:"Fewest actors with and without a candidate for it to be compared: 25, or 2 % of all if that is less"`
	MedianSeconds *float64          `json:"median_seconds" doc:"Median time from entry to success; null for a score and when nobody succeeded"`
	Candidates    []DriverCandidate `json:"candidates" doc:"In order of kind, event, property and value"`
	Meta          Meta              `json:"meta"`
}

// DriverCandidate is one thing that actors have or lack, with the four counts. With and without are the actors that
// it is compared among: all of them; for a count and the presence of an event's property those that did the event; for a
// value those that have the property.
type DriverCandidate struct {
	Kind        string   `json:"kind" enum:"event,count,property,entry,context,trait" doc:"event: did it before; count: did it at_least times; property: an event before carried the value; entry: the entry event carried it, or the answer itself; context: any event before carried it; trait: the profile had it"`
	Event       string   `json:"event,omitempty"`
	Property    string   `json:"property,omitempty" doc:"Path"`
	Present     bool     `json:"present,omitempty" doc:"To carry the property at all, whatever its value"`
	Value       string   `json:"value,omitempty" doc:"Of a text or a truth value"`
	Low         *float64 `json:"low,omitempty" doc:"Of a number cut into quartiles: more than this; absent in the lowest"`
	High        *float64 `json:"high,omitempty" doc:"At most this; absent in the highest"`
	AtLeast     int      `json:"at_least,omitempty" doc:"Of a count"`
	Step        bool     `json:"step,omitempty" doc:"Of an event or a count: the event is a step of the funnel, or the one that carries the score"`
	WonWith     int64    `json:"won_with" doc:"Actors with success that have it"`
	LostWith    int64    `json:"lost_with" doc:"Actors without success that have it"`
	WonWithout  int64    `json:"won_without" doc:"Actors with success that lack it"`
	LostWithout int64    `json:"lost_without" doc:"Actors without success that lack it"`
}

// Defaults is the question with every option filled in.
func (q Drivers) Defaults() Drivers {
	if q.LookBack == 0 {
		q.LookBack = 30 * 24 * Duration(time.Hour)
	}
	if q.Exposure == "" {
		q.Exposure = "matched"
	}
	if q.Funnel != nil {
		f := *q.Funnel
		if f.ToStep == 0 {
			f.ToStep = len(f.Steps)
		}
		if f.FromStep == 0 {
			f.FromStep = f.ToStep - 1
		}
		if f.Window == 0 {
			f.Window = week
		}
		q.Funnel = &f
	}
	return q
}

// Validate finds what is wrong with the question's form.
func (q Drivers) Validate() error {
	var c check
	c.scope(q.Scope)
	if q.Breakdown != nil {
		c.fail("breakdown", "drivers are compared, not split; use filter")
	}
	switch {
	case q.Funnel == nil && q.Score == nil:
		c.fail("funnel", "or score must say what success is")
	case q.Funnel != nil && q.Score != nil:
		c.fail("score", "and funnel can't both say what success is; give one of them")
	case q.Funnel != nil:
		c.driverFunnel(q)
	default:
		c.driverScore(q.Score)
		if q.Exposure != "" {
			c.fail("exposure", "has no meaning with a score: all events up to the answer are looked at")
		}
	}
	c.positive("look_back", q.LookBack)
	c.oneOf("exposure", q.Exposure, "matched", "entry", "window")
	c.count("leave_out", len(q.LeaveOut), 0, 100)
	for i, s := range q.LeaveOut {
		f := fmt.Sprintf("leave_out[%d]", i)
		if s == "" {
			c.fail(f, "is empty")
		}
		c.text(f, s)
	}
	return c.done()
}

func (c *check) driverFunnel(q Drivers) {
	f := q.Funnel
	c.count("funnel.steps", len(f.Steps), 2, 10)
	c.matchers("funnel.steps", f.Steps)
	c.positive("funnel.window", f.Window)
	c.between("funnel.to_step", f.ToStep, 2, len(f.Steps))
	c.between("funnel.from_step", f.FromStep, 1, max(q.Defaults().Funnel.ToStep-1, 1))
}

func (c *check) driverScore(s *DriverScore) {
	c.matcher("score", s.Matcher)
	if !isPath(s.Property) || strings.HasPrefix(s.Property, "profile.") {
		c.fail("score.property", "%q is not the path of a number such as properties.score", s.Property)
	}
	if (s.AtLeast == nil) == (s.AtMost == nil) {
		c.fail("score.at_least", "or at_most must give the threshold, one of them")
	}
}
