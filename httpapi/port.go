package httpapi

import (
	"context"
	"io/fs"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/identity"
	"wend.dev/wend/journey"
	"wend.dev/wend/meta"
)

// Deps is what the edge needs. Everything but Log, Files and the durations must be set.
type Deps struct {
	Engine      engine.Engine
	Access      Access
	Journeys    Shelf[journey.Journey]
	Personas    Shelf[journey.Persona]
	Touchpoints Shelf[journey.Touchpoint]
	Segments    Shelf[journey.Segment]
	// Membership tells of one stored segment, with at most so many of the newest changes; ErrNotFound for one that is not stored.
	Membership  func(ctx context.Context, id string, limit int) (engine.Membership, error)
	Versions    Versions
	Maps        Maps
	Definitions Definitions
	Files       fs.FS // the built UI, web.Files(); nil for a bare API
	Sources     Sources
	Rejections  Rejections
	Imports     Imports
	// Erase forgets the root profile of a person and everything merged into it. When it returns, no answer and no
	// restart brings the events back; files are rewritten behind it.
	Erase    func(ctx context.Context, id event.ProfileID) (identity.Erased, error)
	Views    Views
	Settings Settings
	Health   Health
	Hub      *Hub
	Clock    event.Clock
	Metrics  *prometheus.Registry // the edge registers its own figures here and serves it at /metrics
	Log      *slog.Logger         // default slog.Default()

	QueryTimeout time.Duration // longest a question may take; default 30 s
	SessionLife  time.Duration // how long a log-in lasts; default 30 days
	Secure       bool          // the browser reaches us over HTTPS only: the cookie bears Secure
}

// Access knows the secrets, by their hashes only. Tokens have at least 32 random characters, so a plain SHA-256 keeps
// them: there is nothing to guess, and no need of a slow hash.
type Access interface {
	// Admit says whether a token opens the API. It compares hashes, so that its time tells nothing of a token.
	Admit(ctx context.Context, token string) (bool, error)
	meta.Sessions
}

// Page asks for one page of a list.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"500" doc:"next_cursor of the page before; none for the first page"`
}

// Shelf keeps one kind of definition. Errors: ErrNotFound, ErrStale, a Fault "conflict" for an id that is taken, and a
// Fault "invalid" whose Field is the path in the document ("spec.stages[0].id").
type Shelf[T any] interface {
	// List gives those that are not deleted, or only the deleted ones, by title.
	List(ctx context.Context, deleted bool, p Page) (items []Stored[T], next string, err error)
	Get(ctx context.Context, id string) (Stored[T], error)
	// Create keeps a new one; its id stands in its metadata.
	Create(ctx context.Context, document T) (Stored[T], error)
	// Replace keeps another state of it if its revision is still the given one.
	Replace(ctx context.Context, id string, revision int64, document T) (Stored[T], error)
	// Delete puts it away if its revision is still the given one; Restore brings it back.
	Delete(ctx context.Context, id string, revision int64) error
	Restore(ctx context.Context, id string) (Stored[T], error)
}

// Versions keeps the published, immutable states of journeys.
type Versions interface {
	ListVersions(ctx context.Context, id string) ([]Version, error) // newest first
	Version(ctx context.Context, id string, number int) (Stored[journey.Journey], error)
	// Publish freezes the journey as it stands if its revision is still the given one.
	Publish(ctx context.Context, id string, revision int64, note string) (Version, error)
}

// Maps judges journeys.
type Maps interface {
	// Live lays what customers do over a map; version 0 is the journey as it stands.
	Live(ctx context.Context, id string, version int, q journey.LiveQuery) (*journey.LiveAnswer, error)
	Lint(ctx context.Context, id string) ([]Finding, error)
	// Conform lays what customers do over a journey's plan, or over the question's own.
	Conform(ctx context.Context, q journey.ConformQuery) (*journey.ConformAnswer, error)
	// Mapped gives what the touchpoints of a journey match, in map order; ErrNotFound for an unknown journey.
	Mapped(ctx context.Context, id string) ([]seq.Mapped, error)
}

// Definitions reads and writes all definitions as YAML files.
type Definitions interface {
	Export(ctx context.Context) ([]File, error)
	// Apply compares the files with what is stored and, unless DryRun, makes it so, all or nothing. What is wrong
	// with the files stands in the plan's Problems, and then nothing is changed.
	Apply(ctx context.Context, c Change) (Plan, error)
}

// Sources manages where events come from.
type Sources interface {
	ListSources(ctx context.Context) ([]Source, error)
	Source(ctx context.Context, id string) (Source, error)
	// SaveSource creates (Revision 0) or replaces a source whose stored Revision is the given one; ErrStale otherwise.
	// A new source without a write key gets a random one.
	SaveSource(ctx context.Context, s Source) (Source, error)
	DeleteSource(ctx context.Context, id string, revision int64) error
	RestoreSource(ctx context.Context, id string) (Source, error)
}

// Rejections is the list of events that were not accepted.
type Rejections interface {
	ListRejections(ctx context.Context, q RejectionQuery, p Page) (items []Rejection, next string, err error)
	// RetryRejection sends the event through the checks again, and takes it off the list if it passes; it is a
	// Fault "invalid" otherwise.
	RetryRejection(ctx context.Context, id string) error
	DeleteRejection(ctx context.Context, id string) error
}

// Imports is the list of bulk loads. A client runs them and can stop or resume them; the server keeps how far they are.
type Imports interface {
	ListImports(ctx context.Context, p Page) (items []Import, next string, err error)
	Import(ctx context.Context, id string) (Import, error)
	// CancelImport makes the client stop at its next note; what it sent stays. A Fault "conflict" for one that is done.
	CancelImport(ctx context.Context, id string) (Import, error)
}

// Views keeps questions that people saved.
type Views interface {
	ListViews(ctx context.Context, p Page) (items []SavedView, next string, err error)
	View(ctx context.Context, id string) (SavedView, error)
	// SaveView creates (Revision 0, the ID is given out) or replaces; ErrStale as SaveSource.
	SaveView(ctx context.Context, v SavedView) (SavedView, error)
	DeleteView(ctx context.Context, id string, revision int64) error
	RestoreView(ctx context.Context, id string) (SavedView, error)
}

// Settings keeps the workspace's settings.
type Settings interface {
	Workspace(ctx context.Context) (Workspace, error)
	// SaveWorkspace replaces them if Revision is the stored one; ErrStale otherwise.
	SaveWorkspace(ctx context.Context, w Workspace) (Workspace, error)
}

// Health tells how the process is.
type Health interface {
	// Ready is nil when events can be taken and questions answered.
	Ready(ctx context.Context) error
	Status(ctx context.Context) (Status, error)
}
