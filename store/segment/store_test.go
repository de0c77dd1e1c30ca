package segment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"wend.dev/wend/event"
	"wend.dev/wend/identity"
	"wend.dev/wend/store"
	"wend.dev/wend/store/lake"
	"wend.dev/wend/store/log"
	"wend.dev/wend/store/part"
)

// fixture is a store in a directory, driven by hand unless started says otherwise.
type fixture struct {
	*testing.T
	Options
	model
	store *Store
	clock *hand
	dice  *rand.Rand
	lines bytes.Buffer // the log
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{T: t, clock: &hand{start}, dice: rand.New(rand.NewPCG(1, 2))}
	f.Options = Options{Dir: t.TempDir(), Clock: f.clock, manual: true, Logger: slog.New(slog.NewTextHandler(&f.lines, nil))}
	return f
}

func (f *fixture) open() *fixture {
	f.Helper()
	f.Identities = identity.New()
	s, err := Open(f.Context(), f.Options)
	if err != nil {
		f.Fatal(err)
	}
	f.store = s
	f.Cleanup(func() { abandon(s) })
	return f
}

// add appends n events in one message.
func (f *fixture) add(n int) {
	f.Helper()
	events := f.next(n, f.dice.IntN, f.clock.now)
	if err := f.store.Append(f.Context(), store.Mark(len(f.marks)), events); err != nil {
		f.Fatal(err)
	}
}

// seals appends and seals n times.
func (f *fixture) seals(n, rows int) {
	f.Helper()
	for range n {
		f.add(rows)
		f.ok(f.store.Seal(f.Context()))
	}
}

func (f *fixture) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) check() { f.Helper(); f.same(f.T, f.store, 0) }

func (f *fixture) files(sub string) []string {
	f.Helper()
	files, err := listFiles(f.Dir, sub)
	f.ok(err)
	return files
}

func (f *fixture) problems(want ...string) {
	f.Helper()
	problems, err := Check(f.Dir)
	f.ok(err)
	var got []string
	for _, p := range problems {
		got = append(got, p.Path)
	}
	if !slices.Equal(got, want) {
		f.Errorf("problems %v, want in %v", problems, want)
	}
}

func TestSnapshotIsReusedAndCounted(t *testing.T) {
	f := newFixture(t).open()
	f.add(10)
	a, _ := f.store.Snapshot(t.Context())
	b, _ := f.store.Snapshot(t.Context())
	if a.Version != b.Version || &a.Blocks[0] != &b.Blocks[0] {
		t.Error("a second snapshot was made though nothing changed")
	}
	f.add(1)
	c, _ := f.store.Snapshot(t.Context())
	if c.Version <= b.Version || c.Rows() != 11 || a.Rows() != 10 {
		t.Errorf("versions %d, %d; rows %d, %d", b.Version, c.Version, a.Rows(), c.Rows())
	}
	f.ok(f.store.Seal(t.Context()))
	d, _ := f.store.Snapshot(t.Context())
	if d.Version != c.Version || len(d.Blocks) != 1 {
		t.Errorf("sealing changed the version from %d to %d, %d blocks", c.Version, d.Version, len(d.Blocks))
	}
	if d.Newest != event.MillisOf(start) {
		t.Errorf("newest %d", d.Newest)
	}
	for _, s := range []*store.Snapshot{a, b, c, d} {
		s.Release()
		s.Release() // once more does no harm
	}
	f.check()
}

func TestTailStaysFolded(t *testing.T) {
	f := newFixture(t).open()
	for i := range 200 {
		f.add(1 + i%40)
		s, err := f.store.Snapshot(t.Context())
		f.ok(err)
		if len(s.Blocks) > maxBlocks {
			t.Fatalf("%d blocks after %d messages", len(s.Blocks), i)
		}
		s.Release()
	}
	f.check()
	if st := f.store.Stats(); st.TailRows != len(f.events) || st.Segments != 0 || st.Appended != 200 || st.Mark != 0 {
		t.Errorf("%+v", st)
	}
}

// flipColumn damages a part where only reading all of it shows.
func (f *fixture) flipColumn(path string) {
	f.Helper()
	for back := 1; ; back++ {
		at := func(n int) int { return n - back }
		flip(f.T, path, at)
		if p, err := part.Open(path); err == nil {
			err = p.Verify()
			f.ok(p.Close())
			if err != nil {
				return
			}
		}
		flip(f.T, path, at) // back as it was
	}
}

func TestPartIsMadeAgain(t *testing.T) {
	for name, damage := range map[string]func(f *fixture, path string){
		"missing": func(f *fixture, path string) { f.ok(os.Remove(path)) },
		"header":  func(f *fixture, path string) { flip(f.T, path, func(int) int { return 9 }) },
		"cut":     func(f *fixture, path string) { f.ok(os.Truncate(path, 100)) },
		"column":  (*fixture).flipColumn,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t).open()
			f.seals(3, 50)
			f.ok(f.store.Close(t.Context()))
			path := f.files(partsDir)[1]
			damage(f, filepath.Join(f.Dir, path))
			f.problems(path)
			f.open()
			f.store.verify(t.Context())
			f.check()
			if st := f.store.Stats(); st.Rebuilt != 1 || st.Errors != 0 {
				t.Errorf("%+v", st)
			}
			if !strings.Contains(f.lines.String(), "made again from the lake") {
				t.Error("no log line")
			}
			f.ok(f.store.Close(t.Context()))
			f.problems()
			noStrays(t, f.Dir)
		})
	}
}

func TestDamagedLakeStillServes(t *testing.T) {
	f := newFixture(t).open()
	f.seals(runLength-1, 50)
	f.ok(f.store.Close(t.Context()))
	lake := f.files(lakeDir)[0]
	f.ok(os.Truncate(filepath.Join(f.Dir, lake), 20))
	f.problems(lake)
	f.open()
	f.check()
	if st := f.store.Stats(); st.Errors != 1 {
		t.Errorf("%+v", st)
	}
	f.seals(1, 50) // merging fails on the damaged file, once, and harms nothing
	if err := f.store.compactAll(t.Context()); err == nil {
		t.Error("merged a damaged file")
	}
	if err := f.store.compactAll(t.Context()); err != nil {
		t.Errorf("tried again: %v", err)
	}
	f.check()
	noStrays(t, f.Dir)
}

func TestBothDamagedIsLeftOutLoudly(t *testing.T) {
	f := newFixture(t).open()
	f.seals(1, 50)
	f.ok(f.store.Close(t.Context()))
	kept := map[string][]byte{}
	for _, p := range append(f.files(lakeDir), f.files(partsDir)...) {
		b, err := os.ReadFile(filepath.Join(f.Dir, p))
		f.ok(err)
		kept[p] = b
		f.ok(os.Truncate(filepath.Join(f.Dir, p), 20))
	}
	f.open()
	if st := f.store.Stats(); st.Lost != 1 || !strings.Contains(f.lines.String(), "left out") {
		t.Errorf("%+v\n%s", st, &f.lines)
	}
	abandon(f.store)
	for p, b := range kept { // a backup comes back
		f.ok(os.WriteFile(filepath.Join(f.Dir, p), b, 0o644))
	}
	f.open()
	f.check()
}

func TestOrphansAreRemoved(t *testing.T) {
	f := newFixture(t).open()
	f.seals(1, 20)
	f.ok(f.store.Close(t.Context()))
	before := append(f.files(lakeDir), f.files(partsDir)...)
	for _, p := range []string{"parts/0000000099-0.part", "parts/0000000001-0.part.tmp", filepath.Join(filepath.Dir(before[0]), "0000000099.parquet"), "MANIFEST.tmp"} {
		f.ok(os.WriteFile(filepath.Join(f.Dir, p), []byte("rubbish"), 0o644))
	}
	f.open()
	f.check()
	if after := append(f.files(lakeDir), f.files(partsDir)...); !slices.Equal(before, after) {
		t.Errorf("files %v, before %v", after, before)
	}
	if _, err := os.Stat(filepath.Join(f.Dir, "MANIFEST.tmp")); err == nil {
		t.Error("MANIFEST.tmp is still there")
	}
}

func TestManifestFallsBack(t *testing.T) {
	f := newFixture(t).open()
	f.seals(2, 20)
	f.ok(f.store.Close(t.Context()))
	flip(t, filepath.Join(f.Dir, manifestName), func(int) int { return 5 })
	f.problems(manifestName)
	f.open()
	f.check()
	f.ok(f.store.Close(t.Context()))
	f.problems()

	f.ok(os.Remove(filepath.Join(f.Dir, manifestName)))
	f.open()
	f.check()
	f.ok(f.store.Close(t.Context()))

	for _, name := range []string{manifestName, copyName} {
		f.ok(os.Remove(filepath.Join(f.Dir, name)))
	}
	before := len(f.files(lakeDir))
	if _, err := Open(t.Context(), f.Options); err == nil || !strings.Contains(err.Error(), "no MANIFEST") {
		t.Errorf("opened without a manifest: %v", err)
	}
	if len(f.files(lakeDir)) != before {
		t.Error("files were removed without a manifest")
	}
	for _, name := range []string{manifestName, copyName} {
		f.ok(os.WriteFile(filepath.Join(f.Dir, name), []byte("rubbish"), 0o644))
	}
	if _, err := Open(t.Context(), f.Options); err == nil {
		t.Error("opened with two damaged manifests")
	}
}

func TestIdentitiesAreLearntAgain(t *testing.T) {
	f := newFixture(t).open()
	f.seals(3, 40)
	f.ok(f.store.Close(t.Context()))
	f.ok(os.Remove(filepath.Join(f.Dir, identityName)))
	f.problems(identityName)
	f.open()
	f.check()
	s, err := f.store.Snapshot(t.Context())
	f.ok(err)
	defer s.Release()
	if len(s.Merged) == 0 {
		t.Error("the test's events merge nobody")
	}
}

func TestCompaction(t *testing.T) {
	f := newFixture(t).open()
	f.seals(runLength-1, 30)
	f.ok(f.store.compactAll(t.Context()))
	if n := f.store.Stats().Segments; n != runLength-1 {
		t.Fatalf("%d segments", n)
	}
	f.seals(1, 30)
	held, err := f.store.Snapshot(t.Context())
	f.ok(err)
	rows := rowsOf(held)
	parts := f.files(partsDir)
	f.ok(f.store.compactAll(t.Context()))
	if st := f.store.Stats(); st.Segments != 1 || st.Rows != int64(len(f.events)) || !st.LastCompaction.Equal(start) {
		t.Errorf("%+v", st)
	}
	f.check()
	if now := f.files(partsDir); len(now) != len(parts)+1 {
		t.Errorf("parts %v while a snapshot shows the old ones", now)
	}
	if !slices.Equal(rowsOf(held), rows) {
		t.Error("the held snapshot changed")
	}
	held.Release()
	if now := f.files(partsDir); len(now) != 1 {
		t.Errorf("parts %v", now)
	}
	f.ok(f.store.Close(t.Context()))
	f.problems()
}

func TestPick(t *testing.T) {
	try := func(want string, rows ...int) {
		t.Helper()
		var segments []*segment
		for i, n := range rows {
			segments = append(segments, &segment{entry: entry{ID: uint64(i), Rows: n}})
		}
		got := ""
		for _, g := range pick(segments) {
			got += fmt.Sprint(g.entry.ID)
		}
		if got != want {
			t.Errorf("%v: merges %q, want %q", rows, got, want)
		}
	}
	const big = 400_000
	try("")
	try("", 1, 1, 1, 1, 1)
	try("012345", 1, 1, 1, 1, 1, 1)
	try("", 1, 1, 1, big, 1, 1)
	try("456789", big, big, big, big, 1, 2, 3, 4, 5, 6, big)
	try("012345", big, big, 1, big, big, big)
	try("", largest, largest, largest, largest, largest, largest)
}

func TestRetention(t *testing.T) {
	f := newFixture(t)
	f.Retention = 2
	f.open()
	f.seals(3, 60)
	f.clock.now = start.AddDate(0, 0, 1)
	f.seals(1, 60)
	f.ok(f.store.retain(t.Context()))
	cutoff := dayOf(event.MillisOf(f.clock.now)) - 2*dayMillis
	s, err := f.store.Snapshot(t.Context())
	f.ok(err)
	if got, want := rowsOf(s), f.rows(cutoff); !slices.Equal(got, want) || len(got) == 0 || len(got) == len(f.events) {
		t.Errorf("%d rows, want %d of %d", len(got), len(want), len(f.events))
	}
	version := s.Version
	s.Release()
	for _, file := range f.files(lakeDir) {
		for e, err := range lake.Read(filepath.Join(f.Dir, file)) {
			f.ok(err)
			if e.Time < cutoff {
				t.Fatalf("%s still has an event of %s", file, e.Time.Time())
			}
		}
	}
	f.add(5)
	f.clock.now = f.clock.now.Add(30 * time.Minute)
	f.ok(f.store.retain(t.Context())) // not yet an hour: nothing to do
	f.clock.now = f.clock.now.AddDate(0, 0, 10)
	f.ok(f.store.Seal(t.Context()))
	f.ok(f.store.retain(t.Context()))
	s, err = f.store.Snapshot(t.Context())
	f.ok(err)
	if s.Rows() != 0 || s.Version <= version {
		t.Errorf("%d rows, version %d after %d", s.Rows(), s.Version, version)
	}
	s.Release()
	f.ok(f.store.Close(t.Context()))
	if files := append(f.files(lakeDir), f.files(partsDir)...); len(files) > 0 {
		t.Errorf("left: %v", files)
	}
}

func TestSealByAgeAndSize(t *testing.T) {
	f := newFixture(t)
	f.SealAge, f.SealEvents = time.Minute, 100
	f.open()
	f.add(10)
	f.store.tick(t.Context())
	if f.store.Stats().Segments != 0 {
		t.Error("sealed at once")
	}
	f.clock.now = start.Add(time.Minute)
	f.store.tick(t.Context())
	if st := f.store.Stats(); st.Segments != 1 || st.Mark != 1 || st.TailRows != 0 || st.LastSeal != f.clock.now {
		t.Errorf("not sealed by age: %+v", st)
	}
	f.add(99)
	f.store.tick(t.Context())
	f.add(1)
	f.store.tick(t.Context())
	if st := f.store.Stats(); st.Segments != 2 || st.Mark != 3 {
		t.Errorf("not sealed by size: %+v", st)
	}
	f.check()
}

func TestOnSealComesAfterBothCopies(t *testing.T) {
	f := newFixture(t)
	var told []store.Mark
	f.OnSeal = func(m store.Mark) error {
		man, err := readManifest(f.Dir, copyName)
		if err != nil || man.Mark != m {
			t.Errorf("OnSeal(%d) while the copy says %d, %v", m, man.Mark, err)
		}
		told = append(told, m)
		return nil
	}
	f.open()
	f.seals(2, 5)
	f.ok(f.store.Append(t.Context(), 3, nil)) // a message without events moves the mark too
	f.marks = append(f.marks, len(f.events))
	f.ok(f.store.Seal(t.Context()))
	if !slices.Equal(told, []store.Mark{1, 2, 3}) {
		t.Errorf("told %v", told)
	}
}

// mountSmall mounts a file system of its own, to fill.
func mountSmall(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("needs the right to mount a small file system: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill takes all but some room of a file system.
func (f *fixture) fill(leave int64) {
	f.Helper()
	var fs syscall.Statfs_t
	f.ok(syscall.Statfs(f.Dir, &fs))
	f.ok(os.WriteFile(filepath.Join(f.Dir, "ballast"), make([]byte, max(int64(fs.Bavail)*fs.Bsize-leave, 0)), 0o644))
}

func TestDiskFull(t *testing.T) {
	for _, leave := range []int64{0, 4 << 10, 12 << 10, 24 << 10, 40 << 10} {
		t.Run(fmt.Sprint(leave), func(t *testing.T) {
			f := newFixture(t)
			f.Dir = mountSmall(t, "2m")
			f.open()
			f.seals(1, 100)
			f.fill(leave)
			f.add(500)
			failed := 0
			for range 5 {
				if err := f.store.Seal(t.Context()); err != nil {
					failed++
					if !errors.Is(err, store.ErrFull) {
						t.Fatalf("error %v", err)
					}
				}
			}
			f.check()
			if n := strings.Count(f.lines.String(), "cannot seal, will"); failed > 0 && n != 1 {
				t.Errorf("%d log lines: %s", n, &f.lines)
			}
			f.store.tick(t.Context()) // too early to try again
			f.ok(os.Remove(filepath.Join(f.Dir, "ballast")))
			f.clock.now = f.clock.now.Add(retryMost)
			f.store.tick(t.Context())
			if st := f.store.Stats(); st.TailRows != 0 || st.Segments != 2 {
				t.Errorf("not sealed when there was room: %+v", st)
			}
			f.check()
			noStrays(t, f.Dir)
			f.ok(f.store.Close(t.Context()))
			f.problems()
		})
	}
}

func TestAppendWaitsForASlowSeal(t *testing.T) {
	f := newFixture(t)
	f.manual = false
	f.SealEvents = 50
	gate, reached := make(chan struct{}), make(chan struct{}, 100)
	f.signal = func(point string) {
		if point == "lake" {
			reached <- struct{}{}
			<-gate
		}
	}
	f.open()
	f.add(60) // due
	f.store.poke()
	<-reached
	f.add(60) // fills the next tail while the first is being sealed
	ctx, cancel := context.WithCancel(t.Context())
	blocked := make(chan error, 1)
	go func() { blocked <- f.store.Append(ctx, 3, []event.Event{f.events[0]}) }()
	if lag := f.store.Lag(); lag != 120 {
		t.Errorf("lag %d", lag)
	}
	cancel()
	if err := <-blocked; !errors.Is(err, context.Canceled) {
		t.Errorf("append did not wait: %v", err)
	}
	f.check() // questions are answered all the while
	close(gate)
	f.add(1)
	f.ok(f.store.Seal(t.Context()))
	f.check()
	if f.store.Lag() != 0 {
		t.Error("lag after all is sealed")
	}
}

// TestReadersDuringEverything lets readers check snapshots while events come, are sealed and merged in the background.
func TestReadersDuringEverything(t *testing.T) {
	f := newFixture(t)
	f.manual = false
	f.SealEvents = 200
	f.open()
	var appended atomic.Int64
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for version, rows := uint64(0), 0; ; {
				select {
				case <-done:
					return
				default:
				}
				least := int(appended.Load())
				s, err := f.store.Snapshot(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				n := len(rowsOf(s))
				if n < least || s.Version < version || s.Version == version && n != rows {
					t.Errorf("%d rows at version %d, appended %d; before %d at %d", n, s.Version, least, rows, version)
				}
				version, rows = s.Version, n
				s.Release()
			}
		})
	}
	for range 300 {
		f.add(11)
		appended.Add(11)
	}
	f.ok(f.store.compactAll(t.Context()))
	close(done)
	wg.Wait()
	f.check()
	f.ok(f.store.Close(t.Context()))
	if _, err := f.store.Snapshot(t.Context()); err == nil {
		t.Error("a snapshot of a closed store")
	}
	if err := f.store.Append(t.Context(), 1000, nil); err == nil {
		t.Error("a closed store took events")
	}
	f.problems()
	noStrays(t, f.Dir)
}

func TestLoad(t *testing.T) {
	f := newFixture(t).open()
	f.seals(1, 30)
	from := len(f.events)
	loaded := f.next(1000, f.dice.IntN, f.clock.now)
	f.marks = f.marks[:len(f.marks)-1] // they are in no log
	slices.SortStableFunc(loaded, func(a, b event.Event) int { return order(&a, &b) })
	all := func(yield func(*event.Event) bool) {
		for i := range loaded {
			if !yield(&loaded[i]) {
				return
			}
		}
	}
	f.ok(f.store.Load(t.Context(), all))
	f.check()
	if st := f.store.Stats(); st.Segments != 2 || st.Rows != int64(from+1000) || st.Mark != 1 {
		t.Errorf("%+v", st)
	}
	slices.Reverse(loaded)
	if err := f.store.Load(t.Context(), all); err == nil {
		t.Error("loaded events out of order")
	}
	f.check()
	f.ok(f.store.Load(t.Context(), func(func(*event.Event) bool) {}))
	noStrays(t, f.Dir)
	f.ok(f.store.Close(t.Context()))
	f.open()
	f.check()
	abandon(f.store)
	f.problems()
}

func TestSnapshotDuringLoad(t *testing.T) {
	f := newFixture(t).open()
	anon := event.Event{Kind: event.Track, Name: "A", AnonymousID: "x", Profile: event.AnonymousProfile("x"), Time: 1}
	user := event.Event{Kind: event.Track, Name: "A", AnonymousID: "x", UserID: "y", Profile: event.UserProfile("y"), Time: 2}
	loaded := []event.Event{anon, user}
	slices.SortFunc(loaded, func(a, b event.Event) int { return order(&a, &b) })
	f.ok(f.store.Load(t.Context(), func(yield func(*event.Event) bool) {
		for i := range loaded {
			yield(&loaded[i])
		}
		s, err := f.store.Snapshot(t.Context()) // the identities know of both now, nobody else does
		f.ok(err)
		if s.Rows() != 0 || len(s.Merged) != 0 {
			t.Errorf("%d rows, merged %v before the load is done", s.Rows(), s.Merged)
		}
		s.Release()
	}))
	s, err := f.store.Snapshot(t.Context())
	f.ok(err)
	defer s.Release()
	if s.Rows() != 2 || s.Root(anon.Profile) != user.Profile {
		t.Errorf("%d rows, merged %v", s.Rows(), s.Merged)
	}
}

func TestCloseOnAFullDiskLosesNothing(t *testing.T) {
	f := newFixture(t)
	f.Dir = mountSmall(t, "2m")
	f.open()
	f.seals(1, 100)
	f.fill(0)
	f.add(500)
	if err := f.store.Close(t.Context()); !errors.Is(err, store.ErrFull) {
		t.Errorf("error %v", err)
	}
	f.ok(os.Remove(filepath.Join(f.Dir, "ballast")))
	f.open()
	if f.store.Mark() != 1 {
		t.Errorf("mark %d", f.store.Mark())
	}
	f.replay(t, f.store)
	f.check()
}

// TestWithTheLog runs the log and the segments as the program does: what is acknowledged goes from the log to the
// segments, a seal trims the log, and a copy of the directory, as a kill leaves it, has every event once.
func TestWithTheLog(t *testing.T) {
	f := newFixture(t)
	f.manual = false
	f.SealEvents = 300
	run := func(dir string) (*log.Log, *Store, func()) {
		t.Helper()
		l, err := log.Open(t.Context(), log.Options{Dir: dir})
		f.ok(err)
		opts := f.Options
		opts.Dir, opts.Identities = dir, identity.New()
		opts.OnSeal = func(m store.Mark) error { return l.Trim(context.Background(), m) }
		s, err := Open(t.Context(), opts)
		f.ok(err)
		f.ok(l.Trim(t.Context(), s.Mark()))
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() {
			done <- l.Read(ctx, s.Mark()+1, func(m store.Mark, events []event.Event) error { return s.Append(ctx, m, events) })
		}()
		return l, s, func() {
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			abandon(s)
			f.ok(l.Close())
		}
	}
	l, s, stop := run(f.Dir)
	acked := 0
	for i := range 120 {
		_, err := l.Append(t.Context(), f.next(25, f.dice.IntN, f.clock.now))
		f.ok(err)
		if acked = i + 1; i%40 != 39 {
			continue
		}
		dir := t.TempDir()
		copyWhole(t, f.Dir, dir)
		_, killed, stopKilled := run(dir)
		waitFor(t, killed, store.Mark(acked))
		f.same(t, killed, 0)
		stopKilled()
	}
	waitFor(t, s, store.Mark(acked))
	f.same(t, s, 0)
	if st := s.Stats(); st.Mark == 0 || st.Errors > 0 {
		t.Errorf("%+v", st)
	}
	stop()
}

// copyWhole copies a directory in which files come and go: first the log, which is trimmed only after what it held is
// elsewhere, then the rest. It tries again when a file that a manifest names is gone meanwhile.
func copyWhole(t *testing.T, from, to string) {
	t.Helper()
	for {
		err := os.CopyFS(filepath.Join(to, "log"), os.DirFS(filepath.Join(from, "log")))
		for _, name := range []string{manifestName, copyName, identityName} {
			b, e := os.ReadFile(filepath.Join(from, name))
			if e == nil {
				e = os.WriteFile(filepath.Join(to, name), b, 0o644)
			}
			err = errors.Join(err, e)
		}
		for _, sub := range []string{lakeDir, partsDir} {
			err = errors.Join(err, os.CopyFS(filepath.Join(to, sub), os.DirFS(filepath.Join(from, sub))))
		}
		problems, e := Check(to)
		if err == nil && e == nil && len(problems) == 0 {
			return
		}
		t.Logf("copying again: %v, %v, %v", err, e, problems)
		if err := os.RemoveAll(to); err != nil {
			t.Fatal(err)
		}
	}
}

// waitFor returns when a store has taken all messages up to a mark.
func waitFor(t *testing.T, s *Store, mark store.Mark) {
	t.Helper()
	for s.Stats().Appended < mark {
		if s.Stats().Errors > 0 {
			t.Fatal(s.Stats().LastError)
		}
		runtime.Gosched()
	}
}
