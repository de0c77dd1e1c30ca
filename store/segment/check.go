package segment

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"wend.dev/wend/store"
	"wend.dev/wend/store/lake"
)

// Problem is one thing that Check found wrong.
type Problem struct {
	Path string // the file, relative to the data directory
	What string
}

// Check reads every file of a store that is not open and compares all sums. Problems are what it found; the error is
// for what kept it from looking.
func Check(dir string) (problems []Problem, err error) {
	add := func(path string, err error) {
		if err != nil {
			problems = append(problems, Problem{path, err.Error()})
		}
	}
	m, first := readManifest(dir, manifestName)
	other, second := readManifest(dir, copyName)
	if errors.Is(first, os.ErrNotExist) && errors.Is(second, os.ErrNotExist) {
		return nil, nil // never opened
	}
	add(manifestName, first)
	add(copyName, second)
	if first != nil {
		if second != nil {
			return problems, nil //nolint:nilerr // the damage is what was asked for; it stands in problems
		}
		m = other
	}
	for _, e := range m.Segments {
		sealed := 0
		for _, f := range e.Lake {
			add(lakePath(f), lake.Verify(filepath.Join(dir, lakePath(f)), f.Sum))
			sealed += int(f.Rows)
		}
		parts := 0
		for _, f := range e.Parts {
			add(f.Path, verifyPart(filepath.Join(dir, f.Path)))
			parts += f.Rows
		}
		if sealed != e.Rows && (len(e.Gone) == 0 || sealed < e.Rows) || parts != e.Rows {
			add(manifestName, fmt.Errorf("segment %d has %d events, its lake files %d and its parts %d", e.ID, e.Rows, sealed, parts))
		}
	}
	if _, _, err := readIdentities(dir); err != nil && (len(m.Segments) > 0 || !errors.Is(err, os.ErrNotExist)) {
		add(identityName, err)
	}
	return problems, nil
}

// Stats is how the store is doing.
type Stats struct {
	Segments       int
	Parts          int
	Rows           int64 // sealed events
	PartBytes      int64
	LakeBytes      int64
	StaleFiles     int // files that still hold events of erased profiles: lake files to be rewritten, and what a snapshot holds
	TailRows       int
	TailBytes      int64      // about the memory that the tail takes
	Mark           store.Mark // all messages up to here are sealed
	Appended       store.Mark // newest message taken
	LastSeal       time.Time  // zero if none since Open
	LastCompaction time.Time  // zero if none since Open
	Rebuilt        int        // segments whose parts were made again since Open
	Lost           int        // segments that are left out, both parts and lake files being damaged
	Errors         int        // failures of background work since Open
	LastError      string
}

// report is what Stats tells besides what it counts; guarded by Store.mu.
type report struct {
	mark           store.Mark // sealed up to
	lastSeal       time.Time
	lastCompaction time.Time
	rebuilt        int
	cleansed       int // segments that erasures were made good in while opening
	errors         int
	lastError      string
	snapBytes      int
}

// Stats counts.
func (s *Store) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.report
	out := Stats{
		Segments: len(s.segments), TailRows: s.active.rows, TailBytes: s.active.bytes(), Mark: r.mark, Appended: s.last(),
		LastSeal: r.lastSeal, LastCompaction: r.lastCompaction, Rebuilt: r.rebuilt, Errors: r.errors, LastError: r.lastError,
	}
	if s.old != nil {
		out.TailRows += s.old.rows
		out.TailBytes += s.old.bytes()
	}
	for _, g := range s.leaving {
		out.StaleFiles += len(g.obsolete)
	}
	for _, g := range s.segments {
		out.Parts += len(g.entry.Parts)
		out.Rows += int64(g.entry.Rows)
		if g.lost != nil {
			out.Lost++
		}
		for _, f := range g.entry.Parts {
			out.PartBytes += f.Bytes
		}
		for _, f := range g.entry.Lake {
			if slices.Contains(g.entry.Stale, f.Day) {
				out.StaleFiles++
			}
			out.LakeBytes += f.Bytes
		}
	}
	return out
}

// Lag is how many events wait for a seal that is under way or failing: zero when sealing keeps up.
func (s *Store) Lag() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.old == nil {
		return 0
	}
	return s.old.rows + s.active.rows
}
