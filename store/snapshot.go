package store

import "wend.dev/wend/event"

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
