package seq

import (
	"fmt"
	"time"
)

// Segment asks which actors fulfil a condition at an instant, and how many. See docs/segments.md.
type Segment struct {
	SegmentRef
	Actor  string     `json:"actor,omitempty" enum:"profile,account" doc:"Who is a member: people, or companies with all their people as one; default profile, or as the stored segment has it"`
	At     *time.Time `json:"at,omitempty" doc:"The instant that the answer holds for, RFC 3339: nothing later is looked at; default now"`
	Limit  int        `json:"limit,omitempty" doc:"Members on the page, the most recently active first; 0 to 200, default 0: only the size"`
	Cursor string     `json:"cursor,omitempty" doc:"next_cursor of the page before"`
	Sample int        `json:"sample,omitempty" doc:"Instead of a page, so many members drawn at random (the same ones each time); 0 to 200"`
}

// SegmentRef names a segment: by its condition, by the id of a stored one, or by both, which means the members of both.
type SegmentRef struct {
	Where string `json:"where,omitempty" doc:"CEL over an actor: count(\"Order Completed\", within(\"30d\")) >= 2 && traits.plan == \"pro\""`
	ID    string `json:"id,omitempty" doc:"Id of a stored segment"`
}

// StoredSegment is what the engine must know of a stored segment.
type StoredSegment struct {
	Where string
	Actor string // profile or account; "" is profile
}

// Overlap asks how many actors are in which of several segments at once.
type Overlap struct {
	Segments []OverlapSegment `json:"segments" doc:"2 to 8"`
	Actor    string           `json:"actor,omitempty" enum:"profile,account" doc:"Default profile"`
	At       *time.Time       `json:"at,omitempty" doc:"The instant that the answer holds for, RFC 3339; default now"`
}

// OverlapSegment is one of the segments that are laid over each other.
type OverlapSegment struct {
	SegmentRef
	Name string `json:"name,omitempty" doc:"Label in the answer; default its id or condition"`
}

// OverlapAnswer is what Overlap gives. The counts of all combinations and Outside add up to Of.
type OverlapAnswer struct {
	Segments     []OverlapSize        `json:"segments" doc:"As asked"`
	Combinations []OverlapCombination `json:"combinations" doc:"Those with at least one actor, the largest first"`
	Outside      int64                `json:"outside" doc:"Actors in none of them"`
	Of           int64                `json:"of" doc:"All actors with an event at or before the instant"`
	Meta         Meta                 `json:"meta"`
}

// OverlapSize is one whole segment.
type OverlapSize struct {
	Name  string  `json:"name"`
	Size  int64   `json:"size" doc:"Actors in it, whatever else they are in"`
	Share float64 `json:"share" doc:"size / of"`
}

// OverlapCombination is the actors that are in exactly these segments.
type OverlapCombination struct {
	In    []int   `json:"in" doc:"Indexes into segments, ascending"`
	Count int64   `json:"count" doc:"Actors in all of these and in no other"`
	Share float64 `json:"share" doc:"count / of"`
}

// Label is the segment's name in answers.
func (s OverlapSegment) Label() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.ID != "":
		return s.ID
	}
	return s.Where
}

// Validate finds what is wrong with the question's form. CEL is looked at when the engine compiles it.
func (q Segment) Validate() error {
	var c check
	c.segment("", q.SegmentRef)
	c.oneOf("actor", q.Actor, "profile", "account")
	c.instant("at", q.At)
	c.between("limit", q.Limit, 0, 200)
	c.between("sample", q.Sample, 0, 200)
	if q.Sample > 0 && (q.Limit > 0 || q.Cursor != "") {
		c.fail("sample", "is drawn from all members; leave out limit and cursor")
	}
	return c.done()
}

// Validate finds what is wrong with the question's form. CEL is looked at when the engine compiles it.
func (q Overlap) Validate() error {
	var c check
	c.count("segments", len(q.Segments), 2, 8)
	for i, s := range q.Segments {
		f := fmt.Sprintf("segments[%d]", i)
		c.segment(f, s.SegmentRef)
		c.text(f+".name", s.Name)
	}
	c.oneOf("actor", q.Actor, "profile", "account")
	c.instant("at", q.At)
	return c.done()
}

func (c *check) segment(field string, r SegmentRef) {
	if r.Where == "" && r.ID == "" {
		c.fail(join(field, "where"), "is empty: give a condition such as did(\"Order Completed\"), or the id of a stored segment")
	}
	c.text(join(field, "where"), r.Where)
	c.text(join(field, "id"), r.ID)
}

func (c *check) instant(field string, t *time.Time) {
	if t != nil && (t.Year() < 1 || t.Year() > 9999) {
		c.fail(field, "year %d is out of range", t.Year())
	}
}
