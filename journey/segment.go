package journey

import "wend.dev/wend/engine/seq"

// Segment is a kind of customer, told by what they do and are. Unlike a persona it is made of real people: who fulfils
// the condition is a member, for as long as that holds.
type Segment struct {
	Header
	Spec SegmentSpec `json:"spec"`
}

// SegmentSpec is the content of a Segment.
type SegmentSpec struct {
	Actor string `json:"actor,omitempty" enum:"profile,account" doc:"Who is a member: people, or companies with all their people as one; default profile"`
	Where string `json:"where" doc:"CEL over an actor: count(\"Order Completed\", within(\"30d\")) >= 2; see docs/segments.md"`
}

// Stored is the segment as the engine needs it.
func (s SegmentSpec) Stored() seq.StoredSegment {
	return seq.StoredSegment{Where: s.Where, Actor: s.Actor}
}
