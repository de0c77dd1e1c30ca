package httpapi

import (
	"time"
)

// Stored is a definition with its revision.
type Stored[T any] struct {
	Document  T          `json:"document" doc:"The definition, as in its YAML file"`
	Revision  int64      `json:"revision" doc:"Grows with every change; the ETag is made of it"`
	Version   int        `json:"version,omitempty" doc:"Journeys: number of the last published version, or of the one that was asked for; absent if there is none"`
	UpdatedAt time.Time  `json:"updated_at" doc:"When it was last changed"`
	DeletedAt *time.Time `json:"deleted_at,omitempty" doc:"When it was deleted; it can be restored"`
}

// Version is one published state of a journey.
type Version struct {
	Number      int       `json:"number" doc:"From 1"`
	Note        string    `json:"note,omitempty" doc:"What changed, in the publisher's words"`
	PublishedAt time.Time `json:"published_at" doc:"When"`
	Revision    int64     `json:"revision" doc:"The revision that was frozen"`
}

// Finding is one thing the linter has to say about a journey.
type Finding struct {
	Rule     string `json:"rule" doc:"Short name of the rule, the same for all of its kind"`
	Severity string `json:"severity" enum:"error,warning,note" doc:"error: the map cannot work; warning: it misleads; note: it could say more"`
	At       string `json:"at" doc:"Path in the document: spec.stages[1].goal"`
	Text     string `json:"text" doc:"What is wrong and what to do"`
}

// File is one definition file.
type File struct {
	Name string `json:"name" maxLength:"500" doc:"Relative path: journeys/first-order.yaml"`
	Text string `json:"text" doc:"YAML; several documents are separated by ---"`
}

// Change asks to make the stored definitions like some files.
type Change struct {
	Files  []File `json:"files" maxItems:"5000" doc:"The definition files"`
	DryRun bool   `json:"dry_run,omitempty" doc:"Only say what would change"`
	Prune  bool   `json:"prune,omitempty" doc:"Delete (restorably) what is stored and not in the files"`
}

// Plan is what applying files changes, or would change.
type Plan struct {
	Items    []PlanItem    `json:"items" doc:"Every definition in the files, and those to be deleted"`
	Problems []FileProblem `json:"problems" doc:"What is wrong with the files; if any, nothing is changed"`
	Applied  bool          `json:"applied" doc:"Whether the changes were made"`
}

// PlanItem is the fate of one definition.
type PlanItem struct {
	Kind   string `json:"kind" doc:"Journey, Touchpoint, Persona"`
	ID     string `json:"id" doc:"Its id"`
	Action string `json:"action" enum:"create,update,delete,unchanged" doc:"What happens to it"`
	Diff   string `json:"diff,omitempty" doc:"Unified diff of the YAML, from what is stored to the file"`
}

// FileProblem is a mistake in a definition file.
type FileProblem struct {
	File   string `json:"file" doc:"Name of the file"`
	Line   int    `json:"line,omitempty" doc:"From 1; absent if it is about the whole file"`
	Column int    `json:"column,omitempty" doc:"From 1"`
	Text   string `json:"text" doc:"What is wrong, with the nearest known name for a misspelt one"`
}

// SavedView is a question that someone kept, to reopen or to put on a map or on Home.
type SavedView struct {
	ID        string         `json:"id,omitempty" readOnly:"true" doc:"Given out when it is created"`
	Title     string         `json:"title" minLength:"1" maxLength:"200" doc:"For people"`
	Question  string         `json:"question" enum:"funnel,paths,trend,retention,lifecycle,stickiness,timeline,attribution,journey,conformance,drivers,first_contact" doc:"Which question"`
	Query     map[string]any `json:"query" doc:"The question's body, as posted to /api/v1/query/{question}"`
	Place     string         `json:"place,omitempty" maxLength:"200" doc:"Where it is shown: home, or a journey's id; default only in the list"`
	Revision  int64          `json:"revision,omitempty" readOnly:"true" doc:"Grows with every change; the ETag is made of it"`
	UpdatedAt time.Time      `json:"updated_at,omitzero" readOnly:"true" doc:"When it was last changed"`
}

// Source is where events come from, with its write key.
type Source struct {
	ID              string    `json:"id,omitempty" readOnly:"true" doc:"Given out when it is created; stored with each event"`
	Name            string    `json:"name" minLength:"1" maxLength:"200" doc:"For people"`
	Kind            string    `json:"kind,omitempty" enum:"web,server,mobile,import,other" doc:"What sends; decides which snippet is shown; default other"`
	WriteKey        string    `json:"write_key,omitempty" minLength:"32" maxLength:"128" pattern:"^[!-~]+$" patternDescription:"32 to 128 printable characters" doc:"The secret it sends with: it can only write events. Left out at creation: a random one is made; left out later: it stays"`
	MaxBatchBytes   int64     `json:"max_batch_bytes,omitempty" minimum:"0" maximum:"67108864" doc:"Largest request body after decompression, bytes; 0 is the default, 500 KB"`
	MaxBatchEvents  int       `json:"max_batch_events,omitempty" minimum:"0" maximum:"100000" doc:"Most events in a batch; 0 is the default, 2500"`
	EventsPerSecond int       `json:"events_per_second,omitempty" minimum:"0" doc:"Sustained rate above which it is told to wait (429); 0 is no limit"`
	Disabled        bool      `json:"disabled,omitempty" doc:"Its key is refused"`
	Events          int64     `json:"events,omitempty" readOnly:"true" doc:"Events accepted since the server started"`
	LastSeen        time.Time `json:"last_seen,omitzero" readOnly:"true" doc:"When it last sent; absent if it has not since the server started"`
	Revision        int64     `json:"revision,omitempty" readOnly:"true" doc:"Grows with every change; the ETag is made of it"`
	CreatedAt       time.Time `json:"created_at,omitzero" readOnly:"true" doc:"When it was created"`
}

// RejectionQuery narrows the list of rejected events.
type RejectionQuery struct {
	Source string `query:"source" maxLength:"100" doc:"Only from this source"`
	Reason string `query:"reason" maxLength:"100" doc:"Only with this reason"`
}

// Rejection is one event that was not accepted.
type Rejection struct {
	ID         string    `json:"id" doc:"Its id"`
	Source     string    `json:"source" doc:"Id of the source that sent it"`
	ReceivedAt time.Time `json:"received_at" doc:"When it came"`
	Reason     string    `json:"reason" doc:"Short code, the same for all of its kind: bad_type, no_id, too_large"`
	Detail     string    `json:"detail" doc:"What is wrong, in a sentence"`
	Kind       string    `json:"kind,omitempty" doc:"The type as sent"`
	Name       string    `json:"name,omitempty" doc:"The event's name as sent"`
	MessageID  string    `json:"message_id,omitempty" doc:"As sent"`
	Raw        string    `json:"raw" doc:"The event's JSON as sent, cut to 32 KB"`
}

// Import is one bulk load.
type Import struct {
	ID         string    `json:"id" doc:"Its id"`
	Source     string    `json:"source" doc:"Id of the source it writes to"`
	Name       string    `json:"name" doc:"The mapping's title, or the files' names"`
	Files      []string  `json:"files" doc:"Names of its files"`
	State      string    `json:"state" enum:"running,stopped,cancelled,done" doc:"How it stands. One that has not moved for ten minutes is stopped; a stopped or cancelled one goes on when it is run again"`
	BytesRead  int64     `json:"bytes_read" doc:"Read so far"`
	BytesTotal int64     `json:"bytes_total" doc:"Size of the files; 0 if unknown"`
	Events     int64     `json:"events" doc:"Events stored"`
	Rows       int64     `json:"rows" doc:"Rows whose events are stored"`
	BadRows    int64     `json:"bad_rows" doc:"Rows left out because they could not be read"`
	StartedAt  time.Time `json:"started_at" doc:"When it began"`
	UpdatedAt  time.Time `json:"updated_at" doc:"When it last moved"`
}

// Workspace is the workspace's settings.
type Workspace struct {
	Name      string    `json:"name" minLength:"1" maxLength:"200" doc:"For people"`
	Language  string    `json:"language,omitempty" enum:"en,nb,sv,da,pl" doc:"Of the UI for those who have not chosen; default en"`
	TimeZone  string    `json:"time_zone,omitempty" maxLength:"64" doc:"IANA name that days are cut in; default UTC"`
	Currency  string    `json:"currency,omitempty" pattern:"^[A-Z]{3}$" patternDescription:"an ISO 4217 code" doc:"Of amounts that do not say theirs"`
	Left      []string  `json:"left,omitempty" maxItems:"1000" doc:"Owners of definitions who left, as they stand in metadata.owner; the linter tells of what they still own"`
	Revision  int64     `json:"revision,omitempty" readOnly:"true" doc:"Grows with every change; the ETag is made of it"`
	UpdatedAt time.Time `json:"updated_at,omitzero" readOnly:"true" doc:"When they were last changed"`
}

// Status is how the process is.
type Status struct {
	State     string        `json:"state" enum:"ok,degraded,full" doc:"full: the disk has no room, nothing is accepted"`
	Problems  []string      `json:"problems" doc:"What is wrong, in sentences; empty when all is well"`
	Version   string        `json:"version" doc:"Of Wend"`
	Commit    string        `json:"commit,omitempty" doc:"Of the source it was built from"`
	Go        string        `json:"go" doc:"Go version it was built with"`
	StartedAt time.Time     `json:"started_at" doc:"When the process started"`
	Memory    int64         `json:"memory_bytes" doc:"Resident memory"`
	Store     StoreStatus   `json:"store" doc:"What is kept"`
	Collect   CollectStatus `json:"collect" doc:"What came in since the start"`
}

// StoreStatus is what the store holds.
type StoreStatus struct {
	Events      int64  `json:"events" doc:"Events that questions see"`
	TailEvents  int64  `json:"tail_events" doc:"Of them, those in memory that are not sealed yet"`
	Segments    int    `json:"segments" doc:"Sealed segments"`
	LakeBytes   int64  `json:"lake_bytes" doc:"Parquet files"`
	PartBytes   int64  `json:"part_bytes" doc:"Sequence index"`
	StaleFiles  int    `json:"stale_files" doc:"Parquet files that still hold events of erased people; they are rewritten in the background"`
	LogBytes    int64  `json:"log_bytes" doc:"Log"`
	LogLag      int64  `json:"log_lag" doc:"Log messages that questions do not see yet"`
	FreshnessMS int64  `json:"freshness_ms" doc:"Age of the newest event, milliseconds; -1 if there is none"`
	FreeBytes   int64  `json:"free_bytes" doc:"Room left on the disk"`
	Version     uint64 `json:"version" doc:"Grows whenever the content changes"`
}

// CollectStatus is what came in since the process started.
type CollectStatus struct {
	Accepted   int64 `json:"accepted" doc:"Events stored"`
	Duplicates int64 `json:"duplicates" doc:"Events that were there already"`
	Rejected   int64 `json:"rejected" doc:"Events with something wrong"`
	Limited    int64 `json:"limited" doc:"Requests told to wait (429)"`
	Refused    int64 `json:"refused" doc:"Requests turned away for want of room (503)"`
}

// Feed messages, the data of the server-sent events of GET /api/v1/stream.
type (
	// liveEvent is one event as it arrived (event: event).
	liveEvent struct {
		MessageID  string         `json:"message_id" doc:"As sent"`
		Kind       string         `json:"kind" enum:"track,page,screen,identify,group,alias" doc:"Which call"`
		Name       string         `json:"name" doc:"The event's name"`
		Time       time.Time      `json:"time" doc:"When it happened"`
		ReceivedAt time.Time      `json:"received_at" doc:"When the server had it"`
		Profile    string         `json:"profile" doc:"16 hex digits: the profile it was collected under"`
		UserID     string         `json:"user_id,omitempty" doc:"As sent"`
		Anonymous  string         `json:"anonymous_id,omitempty" doc:"As sent"`
		Group      string         `json:"group_id,omitempty" doc:"As sent"`
		Source     string         `json:"source" doc:"Id of the source that sent it"`
		Clamped    bool           `json:"clamped,omitempty" doc:"Its time lay more than 24 h ahead and was set to received_at"`
		Fields     map[string]any `json:"fields" doc:"Flattened path → value"`
	}

	// leftOut tells that more events came than the feed shows (event: left_out).
	leftOut struct {
		Count int64 `json:"count" doc:"Events not shown since the last such message"`
	}

	// Changed tells that a definition is another one now (event: changed).
	Changed struct {
		Kind     string `json:"kind" doc:"Journey, Touchpoint, Persona, SavedView, Source, Workspace, Import, Rejection; * for many"`
		ID       string `json:"id" doc:"Which; empty with *"`
		Revision int64  `json:"revision,omitempty" doc:"Its revision now; absent when it was deleted"`
	}

	// Tick tells that questions would now be answered from newer events (event: tick).
	Tick struct {
		Newest  time.Time `json:"newest,omitzero" doc:"When the newest event was received; absent if there is none"`
		Events  int64     `json:"events" doc:"Events that questions see"`
		Version uint64    `json:"version" doc:"Of the content: equal versions, equal answers"`
	}
)
