// Package dedup is part of stage 1: ids of events in, "seen before" out, over restarts and in bounded memory.
//
// A Set remembers 64-bit hashes of message ids for at least its retention (24 h). The newest lie in a hash table in
// memory. Flush writes them as a *generation*, a sorted file that is memory-mapped; generations are merged as they
// grow in number and dropped when their newest id is older than the retention, or, oldest first, when the set holds
// more ids than its capacity.
//
//	DIR/manifest      which generations there are, oldest first, and the log position they reach (the mark)
//	DIR/gen-N         header with sums │ ids, ascending │ fences: every 512th id │ filter, 10 bits per id
//
// What was added since the last Flush is lost in a crash. It is all in the log after Mark: replay that into Observe
// before asking Has. Adding an id twice changes nothing, so a replay may reach back further than it must.
//
// By the birthday bound the chance that any of n new events meets the hash of another among m remembered ones is
// n·m/2^64: 3.5e-6 for a million events on 64 million.
package dedup

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// Defaults of Options.
const (
	DefaultCapacity  = 64 << 20 // ids; about 590 MB of files and 80 MB of them hot
	DefaultRetention = 24 * time.Hour
)

// maxGenerations bounds how many files a look-up may touch.
const maxGenerations = 12

// Options configures a Set. The zero value takes the defaults.
type Options struct {
	Capacity  int           // most ids remembered on disk; the oldest go first
	Retention time.Duration // how long an id is remembered at least, capacity permitting
}

// Set remembers ids. Its methods may be called concurrently.
type Set struct {
	dir string
	o   Options

	mu     sync.RWMutex // guards what follows
	active *table       // since the last flush
	sealed *table       // being written by a flush, nil otherwise
	gens   []*generation
	mark   store.Mark
	number uint64 // of the next generation
	newest event.Millis

	flushing sync.Mutex // one flush at a time
	damaged  error
}

// ID is what a Set knows an event by: XXH64 of its source and message id. It is never 0.
func ID(source, messageID string) uint64 {
	var d xxhash.Digest
	d.Reset()
	_, _ = d.WriteString(source)
	_, _ = d.WriteString("\x00")
	_, _ = d.WriteString(messageID)
	return max(d.Sum64(), 1)
}

// Open maps what an earlier Set left in dir, making dir if needed. A damaged generation is left out, Mark goes back
// to 0 so that the log fills the gap as far as it reaches, and Damaged tells.
func Open(dir string, o Options) (*Set, error) {
	if o.Capacity <= 0 {
		o.Capacity = DefaultCapacity
	}
	if o.Retention <= 0 {
		o.Retention = DefaultRetention
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the dedup folder: %w", err)
	}
	s := &Set{dir: dir, o: o, active: newTable(), number: 1}
	m, err := readManifest(dir)
	if err != nil {
		s.damaged = err
		m.generations = generationFiles(dir)
		slices.Sort(m.generations)
	}
	s.mark, s.number = m.mark, max(m.next, 1)
	for _, n := range m.generations {
		g, err := openGeneration(dir, n)
		if err != nil {
			s.damaged = errors.Join(s.damaged, err)
			continue
		}
		s.gens = append(s.gens, g)
		s.newest = max(s.newest, g.last)
	}
	if s.damaged != nil {
		s.mark = 0
		s.number = max(s.number, highestFile(dir)+1)
	}
	return s, removeStrays(dir, m.generations)
}

// Damaged says which files Open could not read, nil if all was well.
func (s *Set) Damaged() error { return s.damaged }

// Mark is the log position up to which a Flush reached: the log must be replayed from behind it.
func (s *Set) Mark() store.Mark {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.mark
}

// Has says whether an id was added within the retention, or a little longer ago.
func (s *Set) Has(id uint64) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.active.has(id) || s.sealed != nil && s.sealed.has(id) {
		return true
	}
	for i := len(s.gens) - 1; i >= 0; i-- {
		if s.gens[i].has(id) {
			return true
		}
	}
	return false
}

// Add remembers ids of events received at an instant. Call it only for events that are in the log.
func (s *Set) Add(at event.Millis, ids []uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.newest = max(s.newest, at)
	for _, id := range ids {
		s.active.add(id, at)
	}
}

// Observe remembers events read back from the log.
func (s *Set) Observe(events []event.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range events {
		e := &events[i]
		s.newest = max(s.newest, e.ReceivedAt)
		s.active.add(ID(e.Source, e.MessageID), e.ReceivedAt)
	}
}

// Unflushed is how many ids only memory holds.
func (s *Set) Unflushed() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := s.active.n
	if s.sealed != nil {
		n += s.sealed.n
	}
	return n
}

// Len is how many ids are remembered; one that two generations hold counts twice.
func (s *Set) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := s.active.n
	if s.sealed != nil {
		n += s.sealed.n
	}
	for _, g := range s.gens {
		n += g.n
	}
	return n
}

// Flush makes everything added so far durable, drops what is too old and merges generations. Every event of the log
// up to mark must have been added. On an error the set is as it was, in memory and on disk.
func (s *Set) Flush(mark store.Mark) error {
	s.flushing.Lock()
	defer s.flushing.Unlock()
	s.mu.Lock()
	s.sealed, s.active = s.active, newTable()
	sealed, number := s.sealed, s.number
	gens := slices.Clone(s.gens)
	s.number++
	s.mu.Unlock()

	var fresh *generation
	var err error
	if sealed.n > 0 {
		fresh, err = writeGeneration(s.dir, number, sealed.first, sealed.last, &sliceRun{ids: sealed.sorted()})
		if fresh != nil {
			gens = append(gens, fresh)
		}
	}
	if err == nil {
		err = s.install(s.expire(gens), mark)
	}
	s.mu.Lock()
	if err != nil {
		sealed.each(func(id uint64) { s.active.add(id, sealed.last) })
		s.active.span(sealed.first, sealed.last)
	}
	s.sealed = nil
	s.mu.Unlock()
	if fresh != nil && (err != nil || !slices.Contains(s.gens, fresh)) { // only flushes change gens
		err = errors.Join(err, fresh.close(), os.Remove(fresh.path))
	}
	if err != nil {
		return fmt.Errorf("cannot flush the dedup set: %w", err)
	}
	return s.compact()
}

// expire leaves out generations that are too old or above the capacity, the oldest first.
func (s *Set) expire(gens []*generation) []*generation {
	s.mu.RLock()
	oldest := s.newest - event.Millis(s.o.Retention.Milliseconds())
	s.mu.RUnlock()
	total := 0
	for _, g := range gens {
		total += g.n
	}
	kept := gens[:0:0]
	for _, g := range gens {
		if g.last < oldest || total > s.o.Capacity && g != gens[len(gens)-1] {
			total -= g.n
			continue
		}
		kept = append(kept, g)
	}
	return kept
}

// install makes gens the set's generations, on disk and then in memory, and removes the files no longer among them.
func (s *Set) install(gens []*generation, mark store.Mark) error {
	s.mu.RLock()
	m := manifest{mark: max(mark, s.mark), next: s.number}
	s.mu.RUnlock()
	for _, g := range gens {
		m.generations = append(m.generations, g.number)
	}
	if err := m.write(s.dir); err != nil {
		return err
	}
	s.mu.Lock()
	old := s.gens
	s.gens, s.mark = gens, m.mark
	s.mu.Unlock()
	for _, g := range old {
		if !slices.Contains(gens, g) { // no look-up is under way in it: those hold the lock
			_ = g.close()
			_ = os.Remove(g.path)
		}
	}
	return nil
}

// Close gives the mapped files back. It does not flush; the set must not be used afterwards.
func (s *Set) Close() error {
	s.flushing.Lock()
	defer s.flushing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	for _, g := range s.gens {
		err = errors.Join(err, g.close())
	}
	s.gens = nil
	return err
}
