// Package event is stage 0, the vocabulary: it takes nothing and gives every other stage its words.
//
// An Event is something that happened to a customer: a page view, an order, a delivery, a survey answer, a message
// sent. The model is Segment's spec (https://segment.com/docs/connections/spec/): six kinds of call, an identifier
// or two, a time and free properties. The package does no I/O.
package event

import (
	"cmp"
	"slices"
)

// Kind says which of the six calls of Segment's spec an event came from.
type Kind uint8

// The six kinds. The numbers are stored on disk: never change them.
const (
	Track    Kind = 1
	Page     Kind = 2
	Screen   Kind = 3
	Identify Kind = 4
	Group    Kind = 5
	Alias    Kind = 6
)

var kindNames = [...]string{"", "track", "page", "screen", "identify", "group", "alias"}

// String is the kind's lower-case name in Segment's spec ("track"), or "" for a number that is none of the six.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return ""
	}
	return kindNames[k]
}

// ParseKind reads the long name ("track") or the short one-letter form that small SDKs use as a route ("t").
func ParseKind(s string) (Kind, bool) {
	for i, n := range kindNames {
		if i > 0 && (s == n || s == n[:1]) {
			return Kind(i), true
		}
	}
	return 0, false
}

// DefaultName is the event name of a call that carries none of its own: questions match a page call as
// "Page Viewed", a screen call as "Screen Viewed", and identify, group and alias as "Identify", "Group", "Alias".
func (k Kind) DefaultName() string {
	return [...]string{"", "", "Page Viewed", "Screen Viewed", "Identify", "Group", "Alias"}[k]
}

// Millis is an instant: milliseconds since 1970-01-01T00:00:00Z, as Segment's spec has them.
type Millis int64

// Event is one checked event. It is immutable once collected; strings may share memory with the message that
// brought it, so a holder that keeps a few of many events clones them.
type Event struct {
	MessageID   string    // unique per event and stable over retries; de-duplicated for at least 24 h
	Kind        Kind      // which call
	Name        string    // "Product Viewed"; DefaultName for calls that carry none
	Time        Millis    // when it happened, by the customer's clock corrected for skew
	ReceivedAt  Millis    // when the server had it
	Profile     ProfileID // ProfileOf(UserID, AnonymousID): never looked up, never rewritten by a merge
	UserID      string    // the shop's own id, "" if not known
	AnonymousID string    // the device's id, "" if none; for an alias call, its previousId
	GroupID     string    // the account's external id (group call, or context.groupId), "" if none
	Source      string    // id of the source (write key) that sent it
	Clamped     bool      // its time lay more than 24 h in the future and was set to ReceivedAt
	Fields      []Field   // properties, context and traits, flattened; sorted by Path, each path once
}

// Field is one property of an event under its flattened path: "properties.price", "context.page.path",
// "traits.email". Nested objects become dotted paths; arrays stay whole as a JSON value.
type Field struct {
	Path  string
	Value Value
}

// Get finds the value at a path; ok is false when the event does not carry it.
func (e *Event) Get(path string) (v Value, ok bool) {
	i, ok := slices.BinarySearchFunc(e.Fields, path, func(f Field, p string) int { return cmp.Compare(f.Path, p) })
	if !ok {
		return Value{}, false
	}
	return e.Fields[i].Value, true
}

// SortFields puts fields in order of path and drops earlier duplicates of a path, so that the last one given wins.
func SortFields(fields []Field) []Field {
	slices.SortStableFunc(fields, func(a, b Field) int { return cmp.Compare(a.Path, b.Path) })
	out := fields[:0]
	for i, f := range fields {
		if i+1 < len(fields) && fields[i+1].Path == f.Path {
			continue
		}
		out = append(out, f)
	}
	return out
}
