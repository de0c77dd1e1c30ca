// Package collect is stage 1: HTTP bytes, files and webhooks in, checked and de-duplicated events out.
//
// An event is acknowledged only after Appender has it on disk. What is wrong with one event never fails its batch:
// the event goes to Rejections with a reason, the rest are kept. docs/ingest.md says what is accepted and how.
package collect

import (
	"context"
	"errors"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// ErrUnknownKey is returned by Sources for a write key that no source has. The edge answers 401.
var ErrUnknownKey = errors.New("no source has this write key")

// Appender makes events durable; store/log is it.
type Appender interface {
	// Append returns once all events are on disk, with the log position of the message that holds them; or an error,
	// and then none of them is counted as stored. It wraps store.ErrFull when there is no room. It may keep the
	// events: nobody changes them afterwards. Calls come one at a time, of 5,000 events or about 2 MB at most.
	Append(ctx context.Context, events []event.Event) (store.Mark, error)
}

// Source is where events come from: a website, an app, a shop's server. It is known by its write key.
type Source struct {
	ID              string // stored with each event
	Name            string // for people
	MaxBatchBytes   int64  // largest request body, decompressed; 0 means the default, 500 KB
	MaxBatchEvents  int    // most events in a batch; 0 means the default, 2,500
	EventsPerSecond int    // sustained rate above which the edge answers 429; 0 means no limit
}

// Sources looks up sources by write key. It is asked on every request, so it must answer from memory; comparing
// keys without leaking time is its matter.
type Sources interface {
	// ByKey returns the source of a write key, or an error wrapping ErrUnknownKey if there is none.
	ByKey(ctx context.Context, key string) (Source, error)
}

// Rejected is one event that was not accepted, kept so that a person can see what is wrong with it.
type Rejected struct {
	SourceID   string       // who sent it
	ReceivedAt event.Millis // when
	Reason     string       // short code, the same for all of its kind: one of the Reason constants
	Detail     string       // a sentence a person can act on
	Kind       string       // which of the six calls, "" if none
	Name       string       // the event's name as sent, "" if none
	MessageID  string       // as sent, "" if none
	Raw        []byte       // the event's JSON as sent, valid UTF-8, cut to 32 KB
}

// Rejections keeps rejected events for the rejected-events list.
type Rejections interface {
	// Reject stores them; it may drop the oldest to stay within its bounds. An error fails the request with 503,
	// so that the client sends it again: a rejected event is never lost unseen.
	Reject(ctx context.Context, events []Rejected) error
}

// The reasons for which an event is rejected.
const (
	ReasonBadType    = "bad_type"        // type is absent or none of the six calls
	ReasonNoName     = "no_name"         // a track call without an event name
	ReasonNoID       = "no_id"           // neither userId nor anonymousId
	ReasonNoGroup    = "no_group"        // a group call without a groupId
	ReasonBadTime    = "bad_timestamp"   // a timestamp that is not a time
	ReasonTooLarge   = "too_large"       // more than 32 KB
	ReasonTooMany    = "too_many_fields" // more than 512 fields
	ReasonNotUTF8    = "not_utf8"        // bytes that are not UTF-8
	ReasonNotAnEvent = "not_an_object"   // a batch item that is not a JSON object
	ReasonBadField   = "bad_field"       // a field of the wrong shape: properties that are not an object, an id that is a list
)
