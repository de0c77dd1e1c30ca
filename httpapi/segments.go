package httpapi

import (
	"context"
	"time"

	"wend.dev/wend/journey"
)

// Memberships tells who enters and leaves stored segments.
type Memberships interface {
	// Membership tells of one segment, with at most so many of the newest changes; ErrNotFound for one that is not stored.
	Membership(ctx context.Context, id string, limit int) (Membership, error)
}

// Membership is a stored segment as it is followed.
type Membership struct {
	Following bool               `json:"following" doc:"Whether every event is looked at as it arrives; false in the first moments after a start or a change of the segment"`
	Actor     string             `json:"actor" enum:"profile,account" doc:"Who is a member"`
	Size      int                `json:"size" doc:"Members now"`
	Since     *time.Time         `json:"since" doc:"Since when changes are seen; null while it is not followed"`
	Changes   []MembershipChange `json:"changes" doc:"Newest first"`
}

// MembershipChange is somebody who came or went.
type MembershipChange struct {
	ID      string    `json:"id" doc:"Of the profile or account, 16 hex digits"`
	Name    string    `json:"name" doc:"The first identifier of the profile, or the account's own id; empty when nothing of it is stored any more"`
	Entered bool      `json:"entered" doc:"true: is a member from then on; false: is none any more"`
	At      time.Time `json:"at" doc:"When it was seen"`
}

type membershipInput struct {
	ID    string `path:"id" pattern:"^[a-z0-9][a-z0-9-]{0,63}$" patternDescription:"lower-case letters, digits and hyphens" doc:"The segment's id"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many changes at most"`
}

// segments registers stored segments, and who enters and leaves them.
func (a *api) segments() {
	shelf(a, "segment", a.Segments, func(s *journey.Segment) *journey.Header { return &s.Header })
	handle(a, route{method: "GET", path: "/api/v1/segments/{id}/changes", tag: "Segments", summary: "Who entered and left a segment lately", errors: []int{404}},
		func(ctx context.Context, in *membershipInput) (*answer[Membership], error) {
			m, err := a.Memberships.Membership(ctx, in.ID, in.Limit)
			return &answer[Membership]{m}, err
		})
}

// SegmentMoved is the feed's message that somebody entered or left a stored segment.
type SegmentMoved struct {
	ID      string `json:"id" doc:"The segment's"`
	Size    int    `json:"size" doc:"Members now"`
	Entered int    `json:"entered" doc:"How many came since the last message"`
	Left    int    `json:"left" doc:"How many went since the last message"`
}

// Segment tells that somebody entered or left a segment; it may be called as often as they do.
func (h *Hub) Segment(m SegmentMoved) { h.each(func(l *listener) { l.segment(m) }) }

// segment keeps one message per segment, with the sums of all that the listener has not fetched yet.
func (l *listener) segment(m SegmentMoved) {
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
