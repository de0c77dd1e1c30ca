package store

import (
	"errors"

	"wend.dev/wend/event"
)

// Snapshot is one consistent view of all events that were acknowledged before it was taken. A profile's events may
// lie in several blocks. An actor's sequence is the merge of them, and of those of the profiles merged into it, by
// time; ties go by profile id, then by block order, then by row, so that compaction never changes an answer.
// The holder calls Release when done; until then the mapped files stay.
type Snapshot struct {
	Blocks   []*Block                            // oldest arrival first
	Merged   map[event.ProfileID]event.ProfileID // anonymous profile → the user it turned out to be; never chained; read only
	Accounts map[event.ProfileID]event.AccountID // profile (after Merged) → the account it belongs to last; read only
	Groups   map[event.AccountID]string          // account → its external id; read only
	Newest   event.Millis                        // ReceivedAt of the newest event in it, 0 if empty
	Version  uint64                              // grows whenever the content changes: equal versions, equal answers
	Done     func()                              // set by who took it; see Release
}

// Root is the profile that p is counted as.
func (s *Snapshot) Root(p event.ProfileID) event.ProfileID {
	if u, ok := s.Merged[p]; ok {
		return u
	}
	return p
}

// Rows is the number of events in all blocks.
func (s *Snapshot) Rows() (n int) {
	for _, b := range s.Blocks {
		n += b.Rows()
	}
	return n
}

// Release gives the snapshot back. Its blocks must not be read afterwards. It may be called once.
func (s *Snapshot) Release() {
	if s.Done != nil {
		s.Done()
	}
}

// Mark is a position in the log: every message up to and including it. Zero is before the first.
type Mark uint64

// ErrFull is wrapped by the errors of whatever cannot keep events for want of room (disk full, log at its limit).
// It passes by itself when there is room again; the ingest edge answers 503.
var ErrFull = errors.New("no room to store events")

// Identities is what the segment store needs to know of who is who; identity.Graph is it.
type Identities interface {
	// View gives the current merges, memberships and account names; the maps are read only and stay as they are.
	// exists says whether any stored event was collected under a profile.
	View(exists func(event.ProfileID) bool) (merged map[event.ProfileID]event.ProfileID, accounts map[event.ProfileID]event.AccountID, groups map[event.AccountID]string)
	// Observe learns from an event that has been logged. Seeing an event again changes nothing.
	Observe(e *event.Event)
	// Forget unlearns what the events of some profiles taught.
	Forget(profiles []event.ProfileID)
	// AppendBinary and UnmarshalBinary save and load all that Observe learnt.
	AppendBinary(b []byte) ([]byte, error)
	UnmarshalBinary(b []byte) error
}
