package httpapi

import (
	"context"

	"wend.dev/wend/engine"
	"wend.dev/wend/journey"
)

type membershipInput struct {
	ID    string `path:"id" pattern:"^[a-z0-9][a-z0-9-]{0,63}$" patternDescription:"lower-case letters, digits and hyphens" doc:"The segment's id"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many changes at most"`
}

// segments registers stored segments, and who enters and leaves them.
func (a *api) segments() {
	shelf(a, "segment", a.Segments, func(s *journey.Segment) *journey.Header { return &s.Header })
	handle(a, route{method: "GET", path: "/api/v1/segments/{id}/changes", tag: "Segments", summary: "Who entered and left a segment lately", errors: []int{404}},
		func(ctx context.Context, in *membershipInput) (*answer[engine.Membership], error) {
			m, err := a.Membership(ctx, in.ID, in.Limit)
			return &answer[engine.Membership]{m}, err
		})
}

// segmentMoved is the feed's message that somebody entered or left a stored segment.
type segmentMoved struct {
	ID      string `json:"id" doc:"The segment's"`
	Size    int    `json:"size" doc:"Members now"`
	Entered int    `json:"entered" doc:"How many came since the last message"`
	Left    int    `json:"left" doc:"How many went since the last message"`
}

// Segment tells that somebody entered or left a segment, and how many are in it now; it may be called as often as they do.
func (h *Hub) Segment(id string, size, entered, left int) {
	m := segmentMoved{id, size, entered, left}
	h.each(func(l *listener) { l.segment(m) })
}

// segment keeps one message per segment, with the sums of all that the listener has not fetched yet.
func (l *listener) segment(m segmentMoved) {
	if !l.want.Segments {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.poke()
	for i := range l.segments {
		if old := &l.segments[i]; old.ID == m.ID {
			old.Size, old.Entered, old.Left = m.Size, old.Entered+m.Entered, old.Left+m.Left
			return
		}
	}
	l.segments = append(l.segments, m)
}
