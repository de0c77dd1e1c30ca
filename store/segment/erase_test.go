package segment

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"

	"wend.dev/wend/event"
	"wend.dev/wend/identity"
	"wend.dev/wend/store"
)

// person is the ids of the test's customer "3", who is always seen both ways when there are enough events.
func person() []event.ProfileID {
	ids := []event.ProfileID{event.AnonymousProfile("3"), event.UserProfile("u3")}
	slices.Sort(ids)
	return ids
}

// eraseThem erases the customer from the store and from the model.
func (f *fixture) eraseThem() Erasure {
	f.Helper()
	out, err := f.store.Erase(f.Context(), event.AnonymousProfile("3"))
	f.ok(err)
	if n := f.erase(person()); !slices.Equal(out.Profiles, person()) || out.Events != n || n == 0 {
		f.Fatalf("erased %+v, want %d events of %v", out, n, person())
	}
	return out
}

func TestErase(t *testing.T) {
	f := newFixture(t).open()
	f.seals(3, 60)
	f.add(40) // in the tail
	before, err := f.store.Snapshot(t.Context())
	f.ok(err)
	rows := rowsOf(before)
	out := f.eraseThem()
	if out.Files == 0 || f.store.Stats().StaleFiles != out.Files {
		t.Errorf("%+v, %+v", out, f.store.Stats())
	}
	f.check()
	after, err := f.store.Snapshot(t.Context())
	f.ok(err)
	if after.Version <= before.Version {
		t.Error("the version says that nothing has changed")
	}
	for _, b := range after.Blocks {
		for i := range b.Profiles {
			if key := b.Keys.At(uint32(i)); strings.HasSuffix(key, "3") {
				t.Errorf("%s is still there", key)
			}
		}
	}
	if !slices.Equal(rowsOf(before), rows) {
		t.Error("a snapshot that was held changed")
	}
	before.Release()
	after.Release()
	if n := f.store.Stats().StaleFiles; n >= out.Files {
		t.Errorf("%d files left, %d while a snapshot held the old parts", n, out.Files)
	}
	f.problems() // `wend check` has nothing to say, halfway too
	if m, err := readManifest(f.Dir, copyName); err != nil || m.Version != 2 || m.Mark != 4 {
		t.Errorf("%+v, %v", m, err)
	}
	f.ok(f.store.purge(t.Context()))
	f.check()
	f.noTrace(t, f.Dir)
	noStrays(t, f.Dir)
	f.problems()
	if n := f.store.Stats().StaleFiles; n != 0 {
		t.Errorf("%d files left", n)
	}
	if out, err := f.store.Erase(t.Context(), person()[0]); err != nil || out.Events != 0 {
		t.Errorf("once more: %+v, %v", out, err)
	}
	f.ok(f.store.Close(t.Context()))
	f.open()
	f.check()
}

// TestErasureOutlivesAKill copies the directory at each point of an erasure and opens the copy: before the manifest
// nothing has happened, from then on nothing comes back.
func TestErasureOutlivesAKill(t *testing.T) {
	for _, point := range []string{"erasing", "manifest", "forgotten", "copy", "identity", "purged"} {
		t.Run(point, func(t *testing.T) {
			f := newFixture(t)
			dir, began, committed := "", false, false
			f.signal = func(at string) {
				began = began || at == "erasing"
				committed = committed || began && at == "manifest"
				if began && at == point && dir == "" || point == "identity" && committed && dir == "" && at == "forgotten" {
					dir = filepath.Join(f.TempDir(), "copy")
					f.ok(os.CopyFS(dir, os.DirFS(f.Dir)))
				}
			}
			f.open()
			f.seals(4, 50)
			f.ok(f.store.saveIdentities(f.store.newest()))
			f.eraseThem()
			f.ok(f.store.purge(t.Context()))
			abandon(f.store)
			if point == "erasing" {
				f.gone = nil
			}
			if point == "identity" { // learnt from the lake, which still has the events
				f.ok(os.Remove(filepath.Join(dir, identityName)))
			}
			f.Dir, f.signal = dir, nil
			f.open()
			f.check()
			f.ok(f.store.purge(t.Context()))
			f.check()
			f.noTrace(t, f.Dir)
			f.ok(f.store.Close(t.Context()))
			f.problems()
		})
	}
}

// TestPartsMadeAgainStayErased loses all parts between the erasure and the purge of the lake, and after it.
func TestPartsMadeAgainStayErased(t *testing.T) {
	f := newFixture(t).open()
	f.seals(3, 60)
	f.eraseThem()
	for _, purge := range []bool{false, true} {
		if purge {
			f.ok(f.store.purge(t.Context()))
		}
		f.ok(f.store.Close(t.Context()))
		for _, p := range append(f.files(partsDir), identityName) {
			f.ok(os.Remove(filepath.Join(f.Dir, p)))
		}
		f.open()
		f.check()
		if st := f.store.Stats(); st.Rebuilt != 3 || st.Lost != 0 {
			t.Errorf("%+v", st)
		}
	}
	f.noTrace(t, f.Dir)
	f.seals(1, 5)
	f.ok(f.store.Close(t.Context()))
	f.problems()
}

func TestDamagedPartOfAnErasedSegmentIsRenewed(t *testing.T) {
	f := newFixture(t).open()
	f.seals(2, 60)
	f.eraseThem()
	f.ok(f.store.Close(t.Context()))
	f.flipColumn(filepath.Join(f.Dir, f.files(partsDir)[0]))
	f.open()
	f.store.verify(t.Context())
	f.check()
	if st := f.store.Stats(); st.Rebuilt != 1 || st.StaleFiles == 0 {
		t.Errorf("%+v", st)
	}
	f.ok(f.store.purge(t.Context()))
	f.check()
	f.noTrace(t, f.Dir)
}

// TestNewLife sends events of an erased customer while the erasure waits for its commit and after it: they are shown,
// and so is that they belong together.
func TestNewLife(t *testing.T) {
	for _, rows := range []int{12, chunkRows + 100} { // raw in the tail, and packed too
		f := newFixture(t)
		f.signal = func(at string) {
			if at == "erasing" {
				f.add(rows)
				s, err := f.store.Snapshot(context.Background()) // the identities learn of them
				f.ok(err)
				s.Release()
			}
		}
		f.open()
		f.seals(2, 60)
		was := len(f.events)
		_, err := f.store.Erase(t.Context(), person()[0])
		f.ok(err)
		f.erase(person())
		for i := was; i < len(f.events); i++ {
			delete(f.gone, i)
		}
		f.check()
		f.add(20)
		f.check()
		f.ok(f.store.purge(t.Context()))
		f.seals(1, 20)
		f.check()
		f.ok(f.store.Close(t.Context()))
		f.open()
		f.check()
	}
}

func TestAllOfASegmentIsErased(t *testing.T) {
	f := newFixture(t).open()
	f.seals(1, 30)
	only := event.Event{Kind: event.Track, Name: "Event 0", MessageID: "30", Source: "s", AnonymousID: "3", Profile: event.AnonymousProfile("3"),
		Time: 5, ReceivedAt: 6, Fields: []event.Field{{Path: "properties.n", Value: event.NumberValue(30)}}}
	f.events, f.marks = append(f.events, only), append(f.marks, 31)
	f.ok(f.store.Append(t.Context(), 2, []event.Event{only}))
	f.ok(f.store.Seal(t.Context()))
	f.eraseThem()
	f.check()
	if st := f.store.Stats(); st.Segments != 1 {
		t.Errorf("%+v", st)
	}
	f.ok(f.store.purge(t.Context()))
	noStrays(t, f.Dir)
	f.noTrace(t, f.Dir)
}

// TestErasedWhileLost loses a segment, erases, and brings the segment's files back from a backup.
func TestErasedWhileLost(t *testing.T) {
	f := newFixture(t).open()
	f.seals(1, 50)
	f.ok(f.store.Close(t.Context()))
	backup := filepath.Join(t.TempDir(), "backup")
	f.ok(os.CopyFS(backup, os.DirFS(f.Dir)))
	f.open()
	f.seals(1, 50)
	f.ok(f.store.Close(t.Context()))
	for _, sub := range []string{lakeDir, partsDir} {
		names, err := listFiles(backup, sub)
		f.ok(err)
		for _, p := range names {
			f.ok(os.Truncate(filepath.Join(f.Dir, p), 9))
		}
	}
	f.open()
	if st := f.store.Stats(); st.Lost != 1 {
		t.Fatalf("%+v", st)
	}
	_, err := f.store.Erase(t.Context(), event.UserProfile("u3"))
	f.ok(err)
	f.erase(person())
	f.ok(f.store.purge(t.Context()))
	f.ok(f.store.Close(t.Context()))
	for _, parts := range []bool{true, false} { // with its parts, or with its lake files only
		names, err := listFiles(backup, lakeDir)
		f.ok(err)
		if parts {
			more, err := listFiles(backup, partsDir)
			f.ok(err)
			names = append(names, more...)
		}
		dir := filepath.Join(t.TempDir(), "restored")
		f.ok(os.CopyFS(dir, os.DirFS(f.Dir)))
		for _, p := range names {
			b, err := os.ReadFile(filepath.Join(backup, p))
			f.ok(err)
			f.ok(os.WriteFile(filepath.Join(dir, p), b, 0o644))
		}
		was := f.Dir
		f.Dir = dir
		f.open()
		f.check()
		noStrays(t, dir)
		f.ok(f.store.purge(t.Context()))
		f.check()
		f.noTrace(t, dir)
		f.ok(f.store.Close(t.Context()))
		f.problems()
		f.Dir = was
	}
}

func TestErasureOnAFullDisk(t *testing.T) {
	f := newFixture(t)
	f.Dir = mountSmall(t, "2m")
	f.open()
	f.seals(3, 300)
	files := append(f.files(lakeDir), f.files(partsDir)...)
	f.fill(0)
	if _, err := f.store.Erase(t.Context(), person()[0]); !errors.Is(err, store.ErrFull) {
		t.Errorf("error %v", err)
	}
	f.check()
	if now := append(f.files(lakeDir), f.files(partsDir)...); !slices.Equal(now, files) {
		t.Errorf("files %v, before %v", now, files)
	}
	f.ok(os.Remove(filepath.Join(f.Dir, "ballast")))
	f.eraseThem()
	f.fill(0)
	if err := f.store.purge(t.Context()); !errors.Is(err, store.ErrFull) {
		t.Errorf("error %v", err)
	}
	f.check()
	f.ok(os.Remove(filepath.Join(f.Dir, "ballast")))
	f.ok(f.store.purge(t.Context()))
	f.check()
	f.noTrace(t, f.Dir)
	noStrays(t, f.Dir)
}

func TestErasureNeedsBothCopies(t *testing.T) {
	f := newFixture(t).open()
	f.seals(2, 60)
	path := filepath.Join(f.Dir, copyName)
	f.ok(os.Remove(path))
	f.ok(os.MkdirAll(filepath.Join(path, "in the way"), 0o755))
	if _, err := f.store.Erase(t.Context(), person()[0]); err == nil || !strings.Contains(err.Error(), "copy cannot be written") {
		t.Errorf("acknowledged: %v", err)
	}
	f.ok(os.RemoveAll(path))
	_, err := f.store.Erase(t.Context(), person()[0])
	f.ok(err)
	f.erase(person())
	f.check()
	m, err := readManifest(f.Dir, copyName)
	if err != nil || m.version() != 2 {
		t.Errorf("%+v, %v", m, err)
	}
}

// TestMergingGivesWay erases while segments are being merged: the merge stops, and is done afterwards.
func TestMergingGivesWay(t *testing.T) {
	f := newFixture(t)
	done, once := make(chan error, 1), sync.Once{}
	f.signal = func(at string) {
		if at != "lake merged" {
			return
		}
		once.Do(func() {
			go func() {
				_, err := f.store.Erase(context.Background(), person()[0])
				done <- err
			}()
			f.store.untilUrgent()
		})
	}
	f.open()
	f.seals(runLength, 40)
	f.ok(f.store.compactAll(t.Context()))
	f.ok(<-done)
	f.erase(person())
	if n := f.store.Stats().Segments; n != runLength {
		t.Errorf("%d segments: the merge did not give way", n)
	}
	f.check()
	f.ok(f.store.compactAll(t.Context()))
	if n := f.store.Stats().Segments; n != runLength {
		t.Errorf("%d segments: merged what is not purged", n)
	}
	f.ok(f.store.purge(t.Context()))
	f.ok(f.store.compactAll(t.Context()))
	f.check()
	f.noTrace(t, f.Dir)
	if n := f.store.Stats().Segments; n != 1 {
		t.Errorf("%d segments", n)
	}
}

// untilUrgent returns once an erasure waits.
func (s *Store) untilUrgent() {
	for waits := false; !waits; runtime.Gosched() {
		s.mu.Lock()
		waits = s.urgent > 0
		s.mu.Unlock()
	}
}

func TestPurgeGivesWay(t *testing.T) {
	f := newFixture(t).open()
	f.seals(3, 60)
	out := f.eraseThem()
	f.check()
	out.Files = f.store.Stats().StaleFiles
	done := f.store.hurry() // as an erasure that waits does
	f.ok(f.store.purge(t.Context()))
	f.check()
	if n := f.store.Stats().StaleFiles; n != out.Files {
		t.Errorf("%d files left of %d: it did not give way", n, out.Files)
	}
	done()
	f.ok(f.store.purge(t.Context()))
	f.check()
	f.noTrace(t, f.Dir)
	noStrays(t, f.Dir)
}

// TestDirectoriesOfVersion1 opens a directory as the first version wrote it.
func TestDirectoriesOfVersion1(t *testing.T) {
	f := newFixture(t)
	old := filepath.Join("testdata", "version1")
	f.Dir = t.TempDir()
	f.ok(os.CopyFS(f.Dir, os.DirFS(old)))
	m, err := readManifest(f.Dir, manifestName)
	if err != nil || m.Version != 1 || len(m.Segments) != 2 {
		t.Fatalf("%+v, %v", m, err)
	}
	for range m.Segments {
		f.next(40, f.dice.IntN, start)
	}
	f.open()
	f.check()
	f.eraseThem()
	f.ok(f.store.purge(t.Context()))
	f.check()
	f.ok(f.store.Close(t.Context()))
	m, err = readManifest(f.Dir, manifestName)
	if err != nil || m.Version != 1 {
		t.Errorf("nothing is left to remember and the version is %d, %v", m.Version, err)
	}
	f.problems()
	if _, err := decodeManifest(manifest{}.encode()); err != nil {
		t.Error(err)
	}
}

func TestUnknownManifestVersionIsRefused(t *testing.T) {
	line := []byte(`{"version":3,"mark":0,"next":1,"segments":null}`)
	b := fmt.Appendf(line, "\nxxh64 %016x\n", xxhash.Sum64(line))
	if _, err := decodeManifest(b); err == nil || !strings.Contains(err.Error(), "version 3") {
		t.Errorf("error %v", err)
	}
}

// BenchmarkErase erases one of 40,000 customers from a million events over 50 days in one segment: the time until it is
// acknowledged, and the time until the lake files are rewritten.
func BenchmarkErase(b *testing.B) {
	const people, each = 40_000, 25
	s, err := Open(b.Context(), Options{Dir: b.TempDir(), Clock: wall{}, Identities: identity.New(), manual: true})
	if err != nil {
		b.Fatal(err)
	}
	defer abandon(s)
	all := shop(people*each, 1)
	for i := range all {
		e := &all[i]
		e.AnonymousID = fmt.Sprint("d", i%people)
		e.Profile = event.AnonymousProfile(e.AnonymousID)
		e.Time -= event.Millis(i/people) * 2 * dayMillis
	}
	slices.SortFunc(all, func(x, y event.Event) int { return order(&x, &y) })
	if err := s.Load(b.Context(), func(yield func(*event.Event) bool) {
		for i := range all {
			if !yield(&all[i]) {
				return
			}
		}
	}); err != nil {
		b.Fatal(err)
	}
	var rewriting time.Duration
	n := 0
	for b.Loop() {
		out, err := s.Erase(b.Context(), event.AnonymousProfile(fmt.Sprint("d", n)))
		if err != nil || out.Events != each {
			b.Fatalf("%+v, %v", out, err)
		}
		n++
		b.StopTimer()
		began := time.Now()
		if err := s.purge(b.Context()); err != nil {
			b.Fatal(err)
		}
		rewriting += time.Since(began)
		b.StartTimer()
	}
	b.ReportMetric(float64(rewriting.Milliseconds())/float64(n), "purge-ms/op")
}
