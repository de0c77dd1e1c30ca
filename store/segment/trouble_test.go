package segment

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
	"pgregory.net/rapid"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
	"wend.dev/wend/store/part"
)

// chunkOf makes a chunk with so many events in a pack.
func chunkOf(k *chunker, rows int, groups ...[]event.Event) chunk {
	for i, e := range sortRefs(groups) {
		k.add(e)
		if i%rows == rows-1 {
			k.flush()
		}
	}
	c, _ := k.end()
	return c
}

func TestTailMergesChunks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []event.Event
		var tl tail
		var k chunker
		for r := range rapid.IntRange(0, 9).Draw(t, "runs") {
			dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
			var run []event.Event
			for i := range dice.IntN(20) {
				run = append(run, event.Event{
					Kind: event.Track, Profile: event.ProfileID(dice.IntN(3)), Time: event.Millis(dice.IntN(3)), MessageID: fmt.Sprint(r, "/", i),
				})
			}
			all = append(all, run...)
			c := chunkOf(&k, 1+dice.IntN(8), run)
			tl.chunks = append(tl.chunks, c)
		}
		slices.SortStableFunc(all, func(a, b event.Event) int { return order(&a, &b) })
		stop := rapid.IntRange(0, len(all)).Draw(t, "stop")
		i := 0
		for e, err := range tl.events() {
			if err != nil || string(e.MessageID()) != all[i].MessageID || e.Profile() != all[i].Profile || e.Time() != all[i].Time {
				t.Fatalf("event %d is %s, want %v (%v)", i, e.MessageID(), all[i], err)
			}
			if i++; i == stop {
				break
			}
		}
		if stop > 0 && i != stop {
			t.Fatalf("%d of %d events", i, stop)
		}
	})
}

func TestTailStopsAtAnError(t *testing.T) {
	one := []event.Event{{Kind: event.Track, Time: 1}, {Kind: event.Track, Time: 5}}
	for name, bad := range map[string][]byte{"not packed": {1, 2, 3}, "not events": s2.Encode(nil, []byte("no event")), "short": s2.Encode(nil, make([]byte, 99))} {
		for _, at := range []int{0, 1} {
			var tl tail
			var k chunker
			for range 2 {
				c := chunkOf(&k, 1, one)
				tl.chunks = append(tl.chunks, c)
			}
			tl.chunks[1].packs[at] = bad
			var last error
			n := 0
			for _, err := range tl.events() {
				if last != nil {
					t.Errorf("%s: it goes on after the error", name)
				}
				last = err
				n++
			}
			if last == nil || n > 4 {
				t.Errorf("%s: error %v after %d", name, last, n)
			}
		}
	}
}

func TestFoldKeepsRowsAndOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m model
		var blocks []*store.Block
		for range rapid.IntRange(0, 30).Draw(t, "blocks") {
			dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
			events := m.next(1+dice.IntN(40), dice.IntN, start)
			blocks, _ = addBlock(blocks, sortRefs([][]event.Event{events}), nil)
			if len(blocks) > maxBlocks {
				t.Fatalf("%d blocks", len(blocks))
			}
		}
		if got, want := rowsOf(&store.Snapshot{Blocks: blocks}), m.rows(0); !slices.Equal(got, want) {
			t.Fatalf("%d rows %v\nwant %d rows %v", len(got), got, len(want), want)
		}
	})
}

func TestFullBlocksAreSplit(t *testing.T) {
	events := make([]event.Event, part.MaxNames+1000)
	for i := range events {
		events[i] = event.Event{Kind: event.Track, Name: fmt.Sprint("N", i), Profile: event.ProfileID(1 + i%3), Time: event.Millis(i)}
	}
	blocks, grown := addBlock(nil, sortRefs([][]event.Event{events}), nil)
	rows := 0
	for _, b := range blocks {
		for _, n := range b.Names {
			if n.Name == part.OtherName {
				t.Fatal("a name was lost")
			}
		}
		rows += b.Rows()
	}
	if len(blocks) != 2 || rows != len(events) || grown <= 0 {
		t.Errorf("%d blocks with %d rows, %d bytes", len(blocks), rows, grown)
	}
}

func TestEmptyStore(t *testing.T) {
	f := newFixture(t).open()
	f.ok(f.store.Seal(t.Context()))
	s, err := f.store.Snapshot(t.Context())
	f.ok(err)
	if s.Rows() != 0 || len(s.Blocks) != 0 || s.Newest != 0 {
		t.Errorf("%+v", s)
	}
	s.Release()
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.store.Snapshot(stopped); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	f.ok(f.store.Close(t.Context()))
	f.ok(f.store.Close(t.Context()))
	f.problems()
	problems, err := Check(t.TempDir())
	if err != nil || problems != nil {
		t.Errorf("a folder without a store: %v, %v", problems, err)
	}
}

// TestCopyFailsFirst keeps the manifest's copy from being written: nothing that relies on it may happen meanwhile.
func TestCopyFailsFirst(t *testing.T) {
	f := newFixture(t)
	var told []store.Mark
	f.OnSeal = func(m store.Mark) error { told = append(told, m); return errors.New("the log is away") }
	f.open()
	f.seals(1, 20)
	path := filepath.Join(f.Dir, copyName)
	f.ok(os.Remove(path))
	f.ok(os.MkdirAll(filepath.Join(path, "in the way"), 0o755))
	f.seals(runLength-1, 20)
	before := f.files(partsDir)
	f.ok(f.store.compactAll(t.Context()))
	f.check()
	if len(told) != 1 || len(f.files(partsDir)) != len(before)+1 {
		t.Errorf("OnSeal was told %v, parts %v: too early", told, f.files(partsDir))
	}
	if n := strings.Count(f.lines.String(), "manifest's copy"); n != 1 {
		t.Errorf("%d log lines", n)
	}
	f.ok(os.RemoveAll(path))
	f.store.tick(t.Context())
	if len(told) != runLength || len(f.files(partsDir)) != 1 {
		t.Errorf("OnSeal was told %v, parts %v", told, f.files(partsDir))
	}
	if st := f.store.Stats(); !strings.Contains(st.LastError, "the log is away") {
		t.Errorf("%+v", st)
	}
	f.ok(f.store.Close(t.Context()))
	f.problems()
}

// TestManifestCannotBeWritten fails every commit: what was being changed stays as it was, without a trace.
func TestManifestCannotBeWritten(t *testing.T) {
	f := newFixture(t)
	f.Retention = 1
	f.open()
	f.seals(runLength, 20)
	files := append(f.files(lakeDir), f.files(partsDir)...)
	path := filepath.Join(f.Dir, manifestName)
	f.ok(os.Remove(path))
	f.ok(os.MkdirAll(filepath.Join(path, "in the way"), 0o755))
	f.add(10)
	loaded := []event.Event{{Kind: event.Track, Name: "A", Profile: 1, Time: 1, UserID: "u"}}
	for what, try := range map[string]func() error{
		"seal":    func() error { return f.store.Seal(t.Context()) },
		"compact": func() error { return f.store.compactAll(t.Context()) },
		"retain":  func() error { return f.store.retain(t.Context()) },
		"load":    func() error { return f.store.Load(t.Context(), func(y func(*event.Event) bool) { y(&loaded[0]) }) },
	} {
		if err := try(); err == nil {
			t.Errorf("%s says it went well", what)
		}
		if now := append(f.files(lakeDir), f.files(partsDir)...); !slices.Equal(now, files) {
			t.Errorf("%s left %v, before %v", what, now, files)
		}
	}
	f.check()
	f.ok(os.RemoveAll(path))
	f.clock.now = f.clock.now.Add(retryMost)
	f.store.tick(t.Context())
	f.check()
	if st := f.store.Stats(); st.TailRows != 0 || st.Segments != runLength+1 {
		t.Errorf("%+v", st)
	}
}

func TestCompactionOnAFullDisk(t *testing.T) {
	f := newFixture(t)
	f.Dir = mountSmall(t, "3m")
	f.open()
	f.seals(runLength, 200)
	files := append(f.files(lakeDir), f.files(partsDir)...)
	for _, leave := range []int64{0, 8 << 10, 40 << 10} {
		f.fill(leave)
		if err := f.store.compactAll(t.Context()); !errors.Is(err, store.ErrFull) {
			t.Errorf("with %d bytes left: %v", leave, err)
		}
		if now := append(f.files(lakeDir), f.files(partsDir)...); !slices.Equal(now, files) {
			t.Errorf("with %d bytes left: files %v, before %v", leave, now, files)
		}
		f.check()
		f.ok(os.Remove(filepath.Join(f.Dir, "ballast")))
	}
	f.ok(f.store.compactAll(t.Context()))
	if n := f.store.Stats().Segments; n != 1 {
		t.Errorf("%d segments: it was not tried again", n)
	}
	f.check()
}

func TestVerifyCannotRepair(t *testing.T) {
	f := newFixture(t).open()
	f.seals(2, 50)
	f.ok(f.store.Close(t.Context()))
	f.ok(os.Remove(filepath.Join(f.Dir, f.files(lakeDir)[0])))
	partPath := f.files(partsDir)[0]
	f.flipColumn(filepath.Join(f.Dir, partPath))
	f.open()
	f.store.verify(t.Context())
	if st := f.store.Stats(); st.Rebuilt != 0 || st.Segments != 2 || !strings.Contains(st.LastError, "cannot be made again") {
		t.Errorf("%+v", st)
	}
	if now := f.files(partsDir); len(now) != 2 || now[0] != partPath {
		t.Errorf("parts %v", now)
	}
}

func TestIdentitiesWithoutSnapshotAndLake(t *testing.T) {
	f := newFixture(t).open()
	f.seals(2, 50)
	f.ok(f.store.Close(t.Context()))
	f.ok(os.Remove(filepath.Join(f.Dir, identityName)))
	f.ok(os.Remove(filepath.Join(f.Dir, f.files(lakeDir)[0])))
	f.open()
	if st := f.store.Stats(); !strings.Contains(st.LastError, "identities are unknown") {
		t.Errorf("%+v", st)
	}
	s, err := f.store.Snapshot(t.Context())
	f.ok(err)
	defer s.Release()
	if got := rowsOf(s); !slices.Equal(got, f.rows(0)) {
		t.Errorf("%d rows", len(got))
	}
}

func TestCheckTellsEveryDamage(t *testing.T) {
	f := newFixture(t).open()
	f.seals(2, 30)
	f.ok(f.store.Close(t.Context()))
	all := append(append(f.files(lakeDir), f.files(partsDir)...), manifestName, copyName, identityName)
	for _, p := range all {
		path := filepath.Join(f.Dir, p)
		whole, err := os.ReadFile(path)
		f.ok(err)
		flip(t, path, f.dice.IntN)
		f.problems(p)
		f.ok(os.Remove(path))
		f.problems(p)
		f.ok(os.WriteFile(path, whole, 0o644))
	}
	f.problems()
}

func TestUpkeepInTheBackground(t *testing.T) {
	f := newFixture(t)
	f.manual = false
	f.open()
	merged := make(chan struct{})
	f.store.opts.signal = nil
	f.seals(1, 10)
	f.ok(f.store.Close(t.Context()))
	f.signal = func(point string) {
		if point == "merged" {
			close(merged)
		}
	}
	f.open()
	f.seals(runLength-1, 10)
	<-merged
	f.check()
	f.ok(f.store.Close(t.Context()))
	if n := len(f.store.manifest.Segments); n != 1 {
		t.Errorf("%d segments", n)
	}
	noStrays(t, f.Dir)
}
