// Package seq is the question language of stage 3: JSON or YAML in, typed questions out, and the answers' shapes.
//
// What each question means is in docs/questions.md. Questions are plain values: comparable, storable, bound to no
// back-end. Validate methods return an *Invalid naming the field at fault. The package is pure.
package seq

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Invalid says which field of a question is wrong and why. The HTTP edge turns it into a 400 problem.
type Invalid struct {
	Field  string // path from the question's root: "steps[1].where"
	Reason string // a sentence a person can act on; for CEL it holds line:column
}

// Error is "field: reason".
func (e *Invalid) Error() string { return e.Field + ": " + e.Reason }

// Scope is what every question shares.
type Scope struct {
	From      *time.Time  `json:"from,omitempty" doc:"Start of the range, RFC 3339, inclusive; default the first event"`
	To        *time.Time  `json:"to,omitempty" doc:"End of the range, RFC 3339, exclusive; default now"`
	Actor     string      `json:"actor,omitempty" enum:"profile,account" doc:"Whose events form one sequence; default profile"`
	Filter    string      `json:"filter,omitempty" doc:"CEL over event and profile: only matching events are looked at"`
	Breakdown *Breakdown  `json:"breakdown,omitempty" doc:"Split the answer into series by a property"`
	Segment   *SegmentRef `json:"segment,omitempty" doc:"Only the events of its members are looked at: who they are at the end of the range, or now if that is earlier"`
}

// Breakdown splits an answer into one series per value of a property.
type Breakdown struct {
	By          string `json:"by" doc:"Property path: properties.category, context.campaign.source, profile.traits.plan"`
	Limit       int    `json:"limit,omitempty" doc:"Series kept, the largest first; the rest is 'other'. 1 to 100, default 10"`
	Attribution string `json:"attribution,omitempty" enum:"first_touch,last_touch,all_events,step" doc:"Which of the actor's events gives the value; default first_touch"`
	Step        int    `json:"step,omitempty" doc:"The step, from 1, when attribution is step"`
}

// Matcher says which events are meant.
type Matcher struct {
	Event     Names  `json:"event" doc:"Event name, or a list of them (any), or '*' for every event"`
	Where     string `json:"where,omitempty" doc:"CEL over the event: properties.price > 100.0"`
	Name      string `json:"name,omitempty" doc:"Label in the answer; default the event's name"`
	FirstTime bool   `json:"first_time,omitempty" doc:"Only the actor's first such event ever, whatever the range"`
}

// Label is the matcher's name in answers.
func (m Matcher) Label() string {
	if m.Name != "" {
		return m.Name
	}
	return strings.Join(m.Event, " or ")
}

// Names is a list of event names that reads from a single JSON string too.
type Names []string

// UnmarshalJSON reads "a" or ["a","b"].
func (n *Names) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*n = Names{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(b, &many); err != nil {
		return fmt.Errorf("event must be a name or a list of names")
	}
	*n = many
	return nil
}

// MarshalJSON writes a list of one as a plain string.
func (n Names) MarshalJSON() ([]byte, error) {
	if len(n) == 1 {
		return json.Marshal(n[0])
	}
	return json.Marshal([]string(n))
}

// Duration is a span written as a number and a unit: 30s, 15m, 12h, 7d, 2w. Zero is "not given".
type Duration time.Duration

// ParseDuration reads one span; a day is 24 h, a week 7 days.
func ParseDuration(s string) (Duration, error) {
	unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if len(s) > 2 && strings.HasSuffix(s, "ms") {
		if n, err := strconv.ParseInt(s[:len(s)-2], 10, 64); err == nil && n >= 0 {
			return Duration(time.Duration(n) * time.Millisecond), nil
		}
	} else if len(s) > 1 && unit[s[len(s)-1]] != 0 {
		u := unit[s[len(s)-1]]
		if n, err := strconv.ParseFloat(s[:len(s)-1], 64); err == nil && n >= 0 && n < float64(1<<62)/float64(u) {
			return Duration(n * float64(u)), nil
		}
	}
	return 0, fmt.Errorf("%q is not a duration such as 30m, 12h, 7d or 2w", s)
}

// String writes the span in the largest unit that divides it: 7d, 90m.
func (d Duration) String() string {
	t := time.Duration(d)
	for _, u := range []struct {
		d time.Duration
		s string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if t >= u.d && t%u.d == 0 {
			return strconv.FormatInt(int64(t/u.d), 10) + u.s
		}
	}
	return strconv.FormatInt(t.Milliseconds(), 10) + "ms"
}

// MarshalText writes String, or "" for zero.
func (d Duration) MarshalText() ([]byte, error) {
	if d == 0 {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads ParseDuration, or zero from "".
func (d *Duration) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	*d, err = ParseDuration(string(b))
	return err
}

// Millis is the span in whole milliseconds.
func (d Duration) Millis() int64 { return time.Duration(d).Milliseconds() }

// Meta tells how an answer came about.
type Meta struct {
	Actors        int64   `json:"actors" doc:"Actors with at least one event in range"`
	EventsScanned int64   `json:"events_scanned" doc:"Events looked at"`
	ElapsedMS     float64 `json:"elapsed_ms" doc:"Time the engine took, milliseconds"`
	FreshnessMS   int64   `json:"freshness_ms" doc:"Age of the newest event in the answer's snapshot, milliseconds; -1 if there is none"`
	Backend       string  `json:"backend" enum:"part,clickhouse" doc:"What answered"`
}
