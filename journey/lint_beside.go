package journey

import (
	"fmt"
	"slices"
	"strings"
)

// What a map is held against besides itself: the other maps, and the people who left.

// overlapLeast is how many matchers two maps must share at least before it is told.
const overlapLeast = 3

// owners tells of owners, of the map and of what it uses, who are known to have left.
func (n *linter) owners() {
	told := map[string]bool{}
	owner := func(h Header) {
		who := strings.TrimSpace(h.Metadata.Owner)
		left := func(l string) bool { return who != "" && strings.EqualFold(strings.TrimSpace(l), who) }
		if key := h.Kind + " " + h.Metadata.ID; !told[key] && slices.ContainsFunc(n.lib.Left, left) {
			told[key] = true
			n.say("warning owner_left", h, "metadata.owner", "Its owner %q has left. → Name somebody who is here.", who)
		}
	}
	owner(n.journey.Header)
	for _, p := range n.places {
		if p.tp != nil {
			owner(p.tp.Header)
		}
	}
	for _, id := range n.journey.Spec.Personas {
		if p := n.lib.Personas[id]; p != nil {
			owner(p.Header)
		}
	}
}

// overlaps tells of other maps that share most of this map's matchers, or most of their own, though they are for the same
// customers: two drawings of one thing grow apart. A map and its part, and how it is and how it shall be, share by intent.
func (n *linter) overlaps() {
	own := matchersOf(newLayout(n.journey, n.lib))
	for _, id := range keysOf(n.lib.Journeys) {
		other := n.lib.Journeys[id]
		if id == n.journey.Metadata.ID || !n.comparable(n.journey, other) {
			continue
		}
		theirs := matchersOf(newLayout(other, n.lib))
		shared := 0
		for m := range own {
			if theirs[m] {
				shared++
			}
		}
		if least := min(len(own), len(theirs)); shared >= overlapLeast && 2*shared > least {
			n.say("hint maps_overlap", n.journey.Header, "spec.stages",
				"%s of the matchers here stand on map %q too. → Merge the two, make one a part of the other (spec.parent), or say how they differ (spec.personas, spec.state).",
				fmt.Sprintf("%d of %d", shared, len(own)), id)
		}
	}
}

// comparable says whether two maps mean the same customers in the same state, and neither is a part of the other.
func (n *linter) comparable(a, b *Journey) bool {
	state := func(j *Journey) bool { return j.Spec.State == "future" }
	level := func(j *Journey) string {
		if j.Spec.Level == "" {
			return "macro"
		}
		return j.Spec.Level
	}
	apart := len(a.Spec.Personas) > 0 && len(b.Spec.Personas) > 0 &&
		!slices.ContainsFunc(a.Spec.Personas, func(p string) bool { return slices.Contains(b.Spec.Personas, p) })
	return !apart && state(a) == state(b) && level(a) == level(b) && (a.Spec.Actor == "account") == (b.Spec.Actor == "account") &&
		!n.partOf(a, b) && !n.partOf(b, a)
}

// partOf says whether a map is a part of another, over any number of parents.
func (n *linter) partOf(part, whole *Journey) bool {
	for range len(n.lib.Journeys) + 1 { // parents may go in a circle
		switch up := part.Spec.Parent; {
		case up == "":
			return false
		case up == whole.Metadata.ID:
			return true
		case n.lib.Journeys[up] == nil:
			return false
		default:
			part = n.lib.Journeys[up]
		}
	}
	return false
}

// matchersOf is what a map's touchpoints match: event and condition, each once.
func matchersOf(l *layout) map[string]bool {
	out := map[string]bool{}
	for _, p := range l.places {
		if p.tp == nil {
			continue
		}
		for _, m := range p.tp.Spec.Match {
			for _, e := range m.Event {
				out[fmt.Sprintf("%s\x00%s\x00%t", e, strings.TrimSpace(m.Where), m.FirstTime)] = true
			}
		}
	}
	return out
}
