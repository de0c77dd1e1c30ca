// Package meta is the state beside the events: definitions, keys, rejected events and settings in, the same out of SQL.
//
// This root holds the words and the ports; sqlite keeps them in one file, and any other back-end passes the same suite
// in metatest. Times are milliseconds since 1970, set by the store's clock.
package meta

import (
	"context"
	"encoding/json"
	"errors"

	"wend.dev/wend/collect"
	"wend.dev/wend/event"
)

// ErrNotFound is wrapped when there is no such thing, or it was deleted. The edge answers 404.
var ErrNotFound = errors.New("not found")

// ErrConflict is wrapped when somebody else changed the thing meanwhile, or it is there already. The edge answers 412
// (409 for a creation).
var ErrConflict = errors.New("changed meanwhile")

// ErrInvalid is wrapped when what was handed in cannot be kept. The edge answers 400.
var ErrInvalid = errors.New("invalid")

// KindView is the kind of saved questions among the definitions; package journey names its own kinds.
const KindView = "View"

// Definition is something a person defines: a journey, a touchpoint, a persona, a saved view. It has one draft, which
// is edited, and published versions, which never change.
type Definition struct {
	Kind      string          `json:"kind"`
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	Body      json.RawMessage `json:"body" doc:"The draft: the whole document as compact JSON"`
	ETag      string          `json:"etag" doc:"32 hex digits, a hash of body: equal tags, equal drafts"`
	Latest    int             `json:"latest" doc:"Number of the newest published version, 0 if none"`
	Live      string          `json:"live" doc:"ETag of that version's body; differs from etag while there are unpublished edits"`
	CreatedAt event.Millis    `json:"created_at"`
	UpdatedAt event.Millis    `json:"updated_at"`
	UpdatedBy string          `json:"updated_by,omitempty"`
	DeletedAt event.Millis    `json:"deleted_at,omitempty" doc:"When it was put in the bin, 0 if it is not there"`
}

// Edit is one change of a draft.
type Edit struct {
	Kind    string
	ID      string
	Title   string          // for lists; taken from the document by the caller
	Body    json.RawMessage // the whole new document; any JSON object
	IfMatch string          // ETag that the draft must have; "" to create (must not exist); "*" for either
	By      string          // who does it
}

// Version is one published state of a definition. It never changes.
type Version struct {
	Kind        string          `json:"kind"`
	ID          string          `json:"id"`
	Number      int             `json:"number" doc:"From 1"`
	Body        json.RawMessage `json:"body,omitempty" doc:"Left out in lists"`
	ETag        string          `json:"etag"`
	Note        string          `json:"note,omitempty" doc:"What changed, in the publisher's words"`
	PublishedAt event.Millis    `json:"published_at"`
	PublishedBy string          `json:"published_by,omitempty"`
	Pins        []Pin           `json:"pins" doc:"Versions of what it refers to, published with it: its numbers never change with theirs"`
}

// Pin is a version of another definition that a version refers to.
type Pin struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Number int    `json:"number"`
}

// Publication is the wish to publish a draft as it is.
type Publication struct {
	Kind    string
	ID      string
	IfMatch string // ETag that the draft must have, "*" for any
	Note    string
	By      string
	Refers  []Pin // what the document refers to, by kind and id; published with it and pinned; what is not there is left out
}

// Definitions keeps drafts.
type Definitions interface {
	// List returns the definitions of a kind by id: those in use, or with deleted those in the bin.
	List(ctx context.Context, kind string, deleted bool) ([]Definition, error)
	// Get returns one that is in use, or an error wrapping ErrNotFound.
	Get(ctx context.Context, kind, id string) (Definition, error)
	// Put makes all edits or none, and returns the definitions after them, in the same order. Creating one that lies
	// in the bin takes it out, with its versions. It wraps ErrConflict when an IfMatch does not hold, ErrInvalid for
	// an empty kind or id or a body that is not a JSON object.
	Put(ctx context.Context, edits ...Edit) ([]Definition, error)
	// Delete puts one in the bin; ifMatch as in Edit. Restore takes it out again.
	Delete(ctx context.Context, kind, id, ifMatch string) error
	// Restore takes a definition out of the bin as it was; ErrNotFound if it is not there.
	Restore(ctx context.Context, kind, id string) (Definition, error)
}

// Versions keeps what was published.
type Versions interface {
	// Publish makes the draft the next version, and the drafts of what it refers to theirs, all or none. A draft that
	// equals its newest version is not published again; if that holds for all, the newest version is returned.
	Publish(ctx context.Context, p Publication) (Version, error)
	// Version returns one version with its body; number 0 means the newest. ErrNotFound if there is none.
	Version(ctx context.Context, kind, id string, number int) (Version, error)
	// Versions lists them, newest first, without bodies.
	Versions(ctx context.Context, kind, id string) ([]Version, error)
}

// Source is where events come from, known by its write key. A write key can only write and stands readable in every
// web page that uses it, so it is kept readable.
type Source struct {
	ID              string       `json:"id" doc:"Given at creation, stored with each event"`
	Name            string       `json:"name"`
	Platform        string       `json:"platform,omitempty" doc:"web, node, python, import …: which snippet is shown"`
	Key             string       `json:"write_key"`
	MaxBatchBytes   int64        `json:"max_batch_bytes,omitempty" doc:"0 is the default, 500 KB"`
	MaxBatchEvents  int          `json:"max_batch_events,omitempty" doc:"0 is the default, 2,500"`
	EventsPerSecond int          `json:"events_per_second,omitempty" doc:"0 is no limit"`
	CreatedAt       event.Millis `json:"created_at"`
	DisabledAt      event.Millis `json:"disabled_at,omitempty" doc:"0 while its key is accepted"`
}

// Sources keeps sources; what it keeps also answers collect.Sources from memory.
type Sources interface {
	collect.Sources
	// ListSources returns all by creation.
	ListSources(ctx context.Context) ([]Source, error)
	// CreateSource stores one; an empty ID or Key is made up. ErrConflict if the id or the key is taken.
	CreateSource(ctx context.Context, s Source) (Source, error)
	// UpdateSource changes name, platform, limits and DisabledAt of the source with s.ID; key and creation stay.
	UpdateSource(ctx context.Context, s Source) (Source, error)
	// RotateKey gives a source a new key; the old one is refused at once.
	RotateKey(ctx context.Context, id string) (Source, error)
}

// Token opens the API. Only its hash is kept.
type Token struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	Hint       string       `json:"hint" doc:"Its first and last four characters, to tell it from others"`
	CreatedAt  event.Millis `json:"created_at"`
	LastUsedAt event.Millis `json:"last_used_at,omitempty" doc:"To the minute"`
	RevokedAt  event.Millis `json:"revoked_at,omitempty" doc:"0 while it is accepted"`
}

// Tokens keeps API tokens.
type Tokens interface {
	// CreateToken stores a token under a name; an empty secret is made up. The secret is returned this once. A
	// secret that is there already returns its token unchanged, so that a bootstrap can be repeated.
	CreateToken(ctx context.Context, name, secret string) (Token, string, error)
	// CheckToken returns the token of a secret, or ErrNotFound if there is none or it was revoked.
	CheckToken(ctx context.Context, secret string) (Token, error)
	// ListTokens returns all by creation.
	ListTokens(ctx context.Context) ([]Token, error)
	// RevokeToken refuses it from now on.
	RevokeToken(ctx context.Context, id string) error
}

// Rejected is a rejected event as kept.
type Rejected struct {
	ID string // for paging and deletion
	collect.Rejected
}

// RejectedQuery says which rejected events are wanted, newest first.
type RejectedQuery struct {
	Source string // "" for all
	Reason string // "" for all
	Before string // only those after this id in the list: the last one's of the page before
	Limit  int    // 1 to 500; 0 is 50
}

// RejectedCount is how many events were rejected for one reason on one day (UTC); kept also for dropped ones.
type RejectedCount struct {
	Day    string `json:"day" doc:"2026-02-11"`
	Source string `json:"source"`
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// Rejections keeps the newest rejected events (10,000) and the counts of all.
type Rejections interface {
	collect.Rejections
	// ListRejected returns a page, newest first.
	ListRejected(ctx context.Context, q RejectedQuery) ([]Rejected, error)
	// RejectedByID returns those of the ids that are still there, for a retry.
	RejectedByID(ctx context.Context, ids ...string) ([]Rejected, error)
	// DropRejected forgets the events, not their counts.
	DropRejected(ctx context.Context, ids ...string) error
	// EraseRejected forgets those whose body holds one of some identifiers (collect.Rejected.Holds), and says how many.
	EraseRejected(ctx context.Context, identifiers []string) (int, error)
	// CountRejected returns the counts since a day ("2026-02-11"), by day, then source, then reason.
	CountRejected(ctx context.Context, since string) ([]RejectedCount, error)
}

// Settings are the workspace's own.
type Settings struct {
	Name     string   `json:"name" doc:"Of the workspace"`
	TimeZone string   `json:"time_zone" doc:"IANA name; days are cut in it"`
	Currency string   `json:"currency" doc:"ISO 4217"`
	Locale   string   `json:"locale" doc:"BCP 47: en, nb, sv, da, pl"`
	Left     []string `json:"left,omitempty" doc:"Owners who left: the linter tells of what they still own"`
	ETag     string   `json:"etag,omitempty"`
}

// Settled keeps the settings.
type Settled interface {
	// Settings returns them; before the first save name default, UTC, EUR, en.
	Settings(ctx context.Context) (Settings, error)
	// SaveSettings replaces them if s.ETag is the present one or "*", else ErrConflict.
	SaveSettings(ctx context.Context, s Settings) (Settings, error)
}
