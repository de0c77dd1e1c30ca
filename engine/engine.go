// Package engine is stage 3: blocks of events in, answers to sequence questions out.
//
// This root holds the ports. The language is in seq, compiling in plan, the operators in exec.
package engine

import (
	"context"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// Source gives the view that a question is answered from. Whoever takes a snapshot releases it.
type Source interface {
	Snapshot(ctx context.Context) (*store.Snapshot, error)
}

// Engine answers questions. A bad question is a *seq.Invalid; a cancelled context ends the work with ctx.Err().
type Engine interface {
	Sequences
	Segments
	Cohorts
	Comparisons
	Maps
	Credits
	Directory
}

// Sequences are the questions about what actors do in turn and over time.
type Sequences interface {
	Funnel(ctx context.Context, q seq.Funnel) (*seq.FunnelAnswer, error)
	FunnelWho(ctx context.Context, q seq.FunnelWho) (*FunnelWhoPage, error)
	Paths(ctx context.Context, q seq.Paths) (*seq.PathsAnswer, error)
	Trend(ctx context.Context, q seq.Trend) (*seq.TrendAnswer, error)
	Timeline(ctx context.Context, q seq.Timeline) (*seq.TimelineAnswer, error)
}

// Segments are the questions about who fulfils a condition.
type Segments interface {
	Segment(ctx context.Context, q seq.Segment) (*SegmentAnswer, error)
	Overlap(ctx context.Context, q seq.Overlap) (*seq.OverlapAnswer, error)
}

// Stored tells the engine of stored segments, by id, for questions that name one.
type Stored interface {
	StoredSegments(ctx context.Context) (map[string]seq.StoredSegment, error)
}

// Cohorts are the questions about how actors come back, period by period.
type Cohorts interface {
	Retention(ctx context.Context, q seq.Retention) (*seq.RetentionAnswer, error)
	Lifecycle(ctx context.Context, q seq.Lifecycle) (*seq.LifecycleAnswer, error)
	Stickiness(ctx context.Context, q seq.Stickiness) (*seq.StickinessAnswer, error)
}

// Comparisons are the questions about who succeeds and who does not. They give counts; insight judges them.
type Comparisons interface {
	Drivers(ctx context.Context, q seq.Drivers) (*seq.DriverCounts, error)
	FirstContact(ctx context.Context, q seq.FirstContact) (*seq.FirstContactCounts, error)
}

// Maps are the questions that a journey map is made of.
type Maps interface {
	Journey(ctx context.Context, q seq.Journey) (*seq.JourneyAnswer, error)
	Conformance(ctx context.Context, q seq.Conformance) (*seq.ConformanceAnswer, error)
}

// Credits are the questions about what led to a conversion.
type Credits interface {
	Chains(ctx context.Context, q seq.Chains) (*seq.ChainsAnswer, error)
}

// Directory tells what and who there is.
type Directory interface {
	Catalogue(ctx context.Context) (*Catalogue, error)
	People(ctx context.Context, q PeopleQuery) (*PeoplePage, error)
}

// Catalogue is what events and properties there are.
type Catalogue struct {
	Events     []EventInfo    `json:"events" doc:"Most frequent first"`
	Properties []PropertyInfo `json:"properties" doc:"By path"`
	Meta       seq.Meta       `json:"meta"`
}

// EventInfo tells of one event name.
type EventInfo struct {
	Name      string       `json:"name"`
	Kind      string       `json:"kind" enum:"track,page,screen,identify,group,alias"`
	Count     int64        `json:"count"`
	FirstSeen event.Millis `json:"first_seen" doc:"Milliseconds since 1970"`
	LastSeen  event.Millis `json:"last_seen" doc:"Milliseconds since 1970"`
}

// PropertyInfo tells of one property path.
type PropertyInfo struct {
	Path    string           `json:"path" doc:"properties.price, context.page.path, traits.email"`
	Kinds   map[string]int64 `json:"kinds" doc:"string, number, bool, json → events that carry it so"`
	Samples []string         `json:"samples" doc:"At most 10 of its values"`
}

// PeopleQuery finds profiles or, with Account set, the people of one account.
type PeopleQuery struct {
	Text    string            `json:"query,omitempty" doc:"Part of an identifier or of a trait's text, case-insensitive; a 16-digit id finds that profile; empty: most recently active first"`
	IDs     []event.ProfileID `json:"-" doc:"Exactly these, instead of a search"`
	Account event.AccountID   `json:"-"`
	Limit   int               `json:"limit,omitempty" doc:"1 to 200, default 50"`
	Cursor  string            `json:"cursor,omitempty"`
}

// PeoplePage is one page of found profiles.
type PeoplePage struct {
	People     []Person `json:"people"`
	NextCursor string   `json:"next_cursor,omitempty"`
	Meta       seq.Meta `json:"meta"`
}

// SegmentAnswer is what Segments.Segment gives.
type SegmentAnswer struct {
	Size       int64           `json:"size" doc:"Members"`
	Of         int64           `json:"of" doc:"All actors with an event at or before the instant"`
	Share      float64         `json:"share" doc:"size / of"`
	At         event.Millis    `json:"at" doc:"The instant that the answer holds for, milliseconds since 1970"`
	Actor      string          `json:"actor" enum:"profile,account" doc:"Who is a member"`
	People     []Person        `json:"people" doc:"The page or the sample of members, when actor is profile"`
	Accounts   []MemberAccount `json:"accounts" doc:"The same, when actor is account"`
	NextCursor string          `json:"next_cursor,omitempty"`
	Meta       seq.Meta        `json:"meta"`
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

// MemberAccount is an account that is in a segment.
type MemberAccount struct {
	ID       event.AccountID `json:"id"`
	Name     string          `json:"name" doc:"The account's id as the shop knows it"`
	People   int64           `json:"people"`
	LastSeen event.Millis    `json:"last_seen" doc:"Milliseconds since 1970"`
}

// Person is one customer: a root profile with everything merged into it.
type Person struct {
	ID          event.ProfileID `json:"id"`
	Identifiers []string        `json:"identifiers" doc:"'user:42', 'anon:9f…': the root's first, then those merged into it"`
	Traits      map[string]any  `json:"traits" doc:"Latest value of each trait that identify calls gave, by name (without 'traits.')"`
	Account     string          `json:"account,omitempty" doc:"External id of the account it belongs to last"`
	AccountID   event.AccountID `json:"account_id,omitempty"`
	FirstSeen   event.Millis    `json:"first_seen" doc:"Milliseconds since 1970"`
	LastSeen    event.Millis    `json:"last_seen" doc:"Milliseconds since 1970"`
	Events      int64           `json:"events"`
}

// FunnelWhoPage is one page of the actors that a funnel counts at a step, or lost before it; those that took their
// last step latest come first.
type FunnelWhoPage struct {
	Actors     []FoundActor `json:"actors" doc:"Those of this page"`
	Total      int64        `json:"total" doc:"Actors on all pages together"`
	NextCursor string       `json:"next_cursor,omitempty"`
	Meta       seq.Meta     `json:"meta"`
}

// FoundActor is a profile or, in a question with actor account, an account.
type FoundActor struct {
	ID      string       `json:"id" doc:"16 hex digits, of a profile or an account"`
	At      event.Millis `json:"at" doc:"When it took the step, or the one after which it was lost; milliseconds since 1970"`
	Person  *Person      `json:"person,omitempty" doc:"Of a profile"`
	Account string       `json:"account,omitempty" doc:"Of an account: its external id"`
}
