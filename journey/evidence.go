package journey

import (
	"math"
	"regexp"
	"time"
)

// Evidence halves in strength with these days of age.
const (
	halfLifeSeen       = 90.0  // observed and reported
	halfLifeResearched = 365.0 // interviews, workshops with a source
)

var isoDay = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b`)

// fade is the strength of evidence of an age, to four digits: 1 when fresh, half after each half-life; age nil counts as
// one half-life.
func fade(age *float64, halfLife float64) float64 {
	if age == nil {
		return 0.5
	}
	return math.Round(1e4*math.Exp2(-*age/halfLife)) / 1e4
}

// observed is evidence of events; reported, of answers.
func observed(grade string, n int64, age *float64) Evidence {
	return Evidence{Grade: grade, N: n, AgeDays: age, Strength: fade(age, halfLifeSeen)}
}

// researched is evidence with a source; its day is seenOn, else the first day named in the source's own words.
func researched(source, seenOn string, now time.Time) Evidence {
	if source == "" {
		return Evidence{Grade: "assumed"}
	}
	if seenOn == "" {
		seenOn = isoDay.FindString(source)
	}
	var age *float64
	if t, err := time.Parse(time.DateOnly, seenOn); err == nil {
		age = daysSince(t, now)
	}
	return Evidence{Grade: "researched", N: 1, AgeDays: age, Strength: fade(age, halfLifeResearched)}
}

func daysSince(t, now time.Time) *float64 {
	d := max(now.Sub(t).Hours()/24, 0)
	return &d
}

// lastSeen is the age of the newest event in a series of slices of [from, to): to the end of the last slice that has
// any, so the truth may be up to one slice older. nil when there is none.
func lastSeen(series []int64, from, to, now time.Time) *float64 {
	for i := len(series) - 1; i >= 0; i-- {
		if series[i] > 0 {
			end := from.Add(time.Duration(float64(to.Sub(from)) * float64(i+1) / float64(len(series))))
			return daysSince(end, now)
		}
	}
	return nil
}

// freshest is the smaller of two ages; nil means unknown.
func freshest(a, b *float64) *float64 {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

// touchpointEvidence grades one touchpoint by the best there is: events, else answers, else a source, else nothing.
func touchpointEvidence(t *LiveTouchpoint, p place, age *float64, now time.Time) Evidence {
	switch {
	case t.Visits > 0:
		return observed("observed", t.Visits, age)
	case t.Score != nil:
		return observed("reported", t.Score.N, nil)
	case p.tp == nil:
		return Evidence{Grade: "assumed"}
	}
	best := Evidence{Grade: "assumed"}
	for _, v := range p.tp.Spec.Views {
		if e := researched(v.Source, "", now); e.Strength > best.Strength {
			e.N += best.N
			best = e
		}
	}
	return best
}

// gather is the evidence of a whole from its parts: the best grade, its counts added, the freshest age.
func gather(parts []Evidence) Evidence {
	for _, grade := range []string{"observed", "reported", "researched"} {
		out := Evidence{Grade: grade}
		for _, p := range parts {
			if p.Grade != grade {
				continue
			}
			out.N += p.N
			out.AgeDays = freshest(out.AgeDays, p.AgeDays)
			out.Strength = max(out.Strength, p.Strength)
		}
		if out.N > 0 {
			return out
		}
	}
	return Evidence{Grade: "assumed"}
}

// cellEvidence lists the evidence behind every cell of every lane.
func cellEvidence(j *Journey, now time.Time) []CellEvidence {
	out := []CellEvidence{}
	for _, lane := range j.Spec.Lanes {
		for _, c := range lane.Cells {
			out = append(out, CellEvidence{lane.ID, c.At, c.Persona, researched(c.Source, c.SeenOn, now)})
		}
	}
	return out
}
