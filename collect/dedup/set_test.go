package dedup

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB, dir string, o Options) *Set {
	t.Helper()
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// memoryDir is a folder in memory where there is one: these tests flush often, and a sync there costs nothing.
func memoryDir(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "wend-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func closeSet(t testing.TB, s *Set) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func flush(t testing.TB, s *Set, mark store.Mark) {
	t.Helper()
	if err := s.Flush(mark); err != nil {
		t.Fatal(err)
	}
}

// ids are n pseudo-random ids of a series.
func ids(series uint64, n int) []uint64 {
	r := rand.New(rand.NewPCG(series, 7))
	out := make([]uint64, n)
	for i := range out {
		out[i] = max(r.Uint64(), 1)
	}
	return out
}

func wantAll(t testing.TB, s *Set, want bool, ids []uint64) {
	t.Helper()
	for i, id := range ids {
		if s.Has(id) != want {
			t.Fatalf("id %d of %d: has is %v", i, len(ids), !want)
		}
	}
}

const hour = event.Millis(3_600_000)

func TestRemembersOverFlushesAndRestarts(t *testing.T) {
	dir := memoryDir(t)
	s := open(t, dir, Options{})
	known, strange := ids(1, 50_000), ids(2, 50_000)
	for i := 0; i < len(known); i += 10_000 {
		s.Add(hour, known[i:i+10_000])
		wantAll(t, s, true, known[:i+10_000])
		flush(t, s, store.Mark(i+1))
	}
	wantAll(t, s, true, known)
	wantAll(t, s, false, strange)
	if s.Mark() != 40_001 || s.Unflushed() != 0 || s.Len() != len(known) {
		t.Errorf("mark %d, unflushed %d, len %d", s.Mark(), s.Unflushed(), s.Len())
	}
	s.Add(hour, strange[:100]) // lost in the crash
	closeSet(t, s)

	s = open(t, dir, Options{})
	defer closeSet(t, s)
	wantAll(t, s, true, known)
	wantAll(t, s, false, strange)
	if s.Mark() != 40_001 || s.Damaged() != nil {
		t.Errorf("mark %d, damaged %v", s.Mark(), s.Damaged())
	}
	if err := Check(dir); err != nil {
		t.Error(err)
	}
	flush(t, s, 7) // a mark never goes back
	if s.Mark() != 40_001 {
		t.Errorf("mark went back to %d", s.Mark())
	}
}

func TestObserveReplaysTheLog(t *testing.T) {
	s := open(t, memoryDir(t), Options{})
	defer closeSet(t, s)
	s.Observe([]event.Event{{Source: "a", MessageID: "1", ReceivedAt: hour}, {Source: "b", MessageID: "1", ReceivedAt: hour}})
	for source, want := range map[string]bool{"a": true, "b": true, "c": false} {
		if s.Has(ID(source, "1")) != want {
			t.Errorf("source %s: has is %v", source, !want)
		}
	}
	if ID("a", "b") == ID("ab", "") || ID("", "ab") == ID("a", "b") {
		t.Error("ids of different pairs are equal")
	}
}

func TestOldIDsGo(t *testing.T) {
	s := open(t, memoryDir(t), Options{})
	defer closeSet(t, s)
	old := ids(1, 1000)
	s.Add(hour, old)
	flush(t, s, 1)
	for h := event.Millis(2); h <= 25; h++ {
		s.Add(h*hour, ids(uint64(h)+10, 1000))
		flush(t, s, store.Mark(h))
		wantAll(t, s, true, old)
	}
	for h := event.Millis(26); h <= 40; h++ {
		s.Add(h*hour, ids(uint64(h)+10, 1000))
		flush(t, s, store.Mark(h))
	}
	wantAll(t, s, false, old)
	wantAll(t, s, true, ids(40-23+10, 1000))
	if n := len(s.gens); n > maxGenerations {
		t.Errorf("%d generations", n)
	}
}

func TestCapacityBoundsMemory(t *testing.T) {
	dir := memoryDir(t)
	s := open(t, dir, Options{Capacity: 80_000})
	defer closeSet(t, s)
	for i := range 100 {
		s.Add(hour+event.Millis(i), ids(uint64(i), 5000))
		flush(t, s, store.Mark(i))
		if s.Len() > 80_000 {
			t.Fatalf("%d ids after %d flushes", s.Len(), i)
		}
	}
	if s.Len() < 60_000 {
		t.Errorf("only %d ids are left of a capacity of 80,000", s.Len())
	}
	for i := 92; i < 100; i++ {
		wantAll(t, s, true, ids(uint64(i), 5000))
	}
	wantAll(t, s, false, ids(0, 5000))
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != len(s.gens)+1 {
		t.Errorf("%d files for %d generations", len(names), len(s.gens))
	}
}

func TestDamageIsFoundAndSurvived(t *testing.T) {
	f := func(name string, harm func(b []byte) []byte, atOpen bool) {
		t.Helper()
		dir := memoryDir(t)
		s := open(t, dir, Options{Capacity: 16_000}) // so small that the two are not merged
		a, b := ids(1, 2000), ids(2, 2000)
		s.Add(hour, a)
		flush(t, s, 1)
		s.Add(hour, b)
		flush(t, s, 2)
		closeSet(t, s)
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, harm(data), 0o644); err != nil {
			t.Fatal(err)
		}
		if Check(dir) == nil {
			t.Errorf("%s: Check finds nothing", name)
		}
		s = open(t, dir, Options{})
		if atOpen && (s.Damaged() == nil || s.Mark() != 0) {
			t.Errorf("%s: damage %v, mark %d", name, s.Damaged(), s.Mark())
		}
		if name != "gen-2" {
			wantAll(t, s, true, b)
		}
		s.Add(hour, a)
		s.Add(hour, b) // the replay
		flush(t, s, 3)
		wantAll(t, s, true, a)
		wantAll(t, s, true, b)
		closeSet(t, s)
		s = open(t, dir, Options{})
		wantAll(t, s, true, a)
		if atOpen && s.Damaged() != nil {
			t.Errorf("%s: still damaged after a flush: %v", name, s.Damaged())
		}
		closeSet(t, s)
	}
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte {
			if at < 0 {
				at += len(b)
			}
			b[at] ^= 0x10
			return b
		}
	}
	f("gen-1", flip(3), true)
	f("gen-1", flip(9), true)
	f("gen-1", flip(-1), true)
	f("gen-1", func(b []byte) []byte { return b[:len(b)-8] }, true)
	f("gen-1", func([]byte) []byte { return nil }, true)
	f("gen-2", flip(20), true)
	f("gen-1", flip(headerSize+800), false) // the ids are summed by Check only
	f("manifest", flip(12), true)
	f("manifest", func([]byte) []byte { return nil }, true)
}

func TestStrayFilesAreRemoved(t *testing.T) {
	dir := memoryDir(t)
	s := open(t, dir, Options{})
	s.Add(hour, ids(1, 10))
	flush(t, s, 1)
	closeSet(t, s)
	stray := filepath.Join(dir, "gen-77")
	if err := os.WriteFile(stray, []byte("half written"), 0o644); err != nil {
		t.Fatal(err)
	}
	closeSet(t, open(t, dir, Options{}))
	if _, err := os.Stat(stray); !os.IsNotExist(err) {
		t.Errorf("the stray is still there: %v", err)
	}
}

func TestFailedFlushLosesNothing(t *testing.T) {
	dir := filepath.Join(memoryDir(t), "set")
	s := open(t, dir, Options{})
	defer closeSet(t, s)
	known := ids(1, 3000)
	s.Add(hour, known)
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	if s.Flush(5) == nil {
		t.Fatal("a flush into a folder that is gone succeeds")
	}
	if s.Mark() != 0 || s.Unflushed() != len(known) {
		t.Errorf("mark %d, unflushed %d", s.Mark(), s.Unflushed())
	}
	wantAll(t, s, true, known)
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	flush(t, s, 5)
	wantAll(t, s, true, known)
	if s.Mark() != 5 || s.Unflushed() != 0 {
		t.Errorf("mark %d, unflushed %d", s.Mark(), s.Unflushed())
	}
}

func TestFilterLetsFewStrangersPass(t *testing.T) {
	s := open(t, memoryDir(t), Options{})
	defer closeSet(t, s)
	s.Add(hour, ids(1, 200_000))
	flush(t, s, 1)
	passed := 0
	for _, id := range ids(2, 200_000) {
		if marked(s.gens[0].filter, id) {
			passed++
		}
	}
	if passed > 200_000*3/100 {
		t.Errorf("%d of 200,000 strangers pass the filter", passed)
	}
}

// Whatever the order of adds, flushes, crashes and replays, the set knows exactly the ids that the log holds.
func TestModelOfCrashes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := memoryDir(t)
		s := open(t, dir, Options{Capacity: 1 << 20, Retention: 1000 * time.Hour})
		defer func() { closeSet(t, s) }()
		var log []event.Event // position i is mark i+1
		rt.Repeat(map[string]func(*rapid.T){
			"append": func(rt *rapid.T) {
				var fresh []uint64
				for range rapid.IntRange(1, 700).Draw(rt, "n") {
					e := event.Event{Source: "s", MessageID: fmt.Sprint(len(log)), ReceivedAt: hour + event.Millis(len(log))}
					log = append(log, e)
					fresh = append(fresh, ID(e.Source, e.MessageID))
				}
				s.Add(log[len(log)-1].ReceivedAt, fresh)
			},
			"flush": func(rt *rapid.T) {
				flush(t, s, store.Mark(rapid.IntRange(0, len(log)).Draw(rt, "mark")))
			},
			"crash": func(*rapid.T) {
				closeSet(t, s)
				s = open(t, dir, Options{Capacity: 1 << 20, Retention: 1000 * time.Hour})
				s.Observe(log[s.Mark():])
			},
			"": func(rt *rapid.T) {
				for i := range log {
					if !s.Has(ID("s", log[i].MessageID)) {
						rt.Fatalf("event %d of %d is forgotten", i, len(log))
					}
				}
				for i := range 50 {
					if s.Has(ID("s", fmt.Sprint("never", i))) {
						rt.Fatal("an id that was never added is known")
					}
				}
			},
		})
	})
}

// Look-ups go on while a flush and its merges swap and unmap generations.
func TestLookUpsDuringFlushes(t *testing.T) {
	s := open(t, memoryDir(t), Options{})
	defer closeSet(t, s)
	known := ids(1, 20_000)
	s.Add(hour, known)
	stop := make(chan struct{})
	missed := make(chan int)
	go func() {
		n := 0
		for i := 0; ; i++ {
			select {
			case <-stop:
				missed <- n
				return
			default:
			}
			if !s.Has(known[i%len(known)]) {
				n++
			}
		}
	}()
	for i := range 40 {
		s.Add(hour, ids(uint64(i)+100, 3000))
		flush(t, s, store.Mark(i))
	}
	close(stop)
	if n := <-missed; n > 0 {
		t.Errorf("%d look-ups missed", n)
	}
}

// BenchmarkHas looks up ids that were never added, the common case, in a set of 16 million.
func BenchmarkHas(b *testing.B) {
	s := open(b, memoryDir(b), Options{})
	defer closeSet(b, s)
	for i := range 16 {
		s.Add(hour, ids(uint64(i), 1<<20))
		flush(b, s, 1)
	}
	strange := ids(99, 1<<16)
	i := 0
	for b.Loop() {
		if s.Has(strange[i&(1<<16-1)]) {
			b.Fatal("known")
		}
		i++
	}
	b.ReportMetric(float64(len(s.gens)), "generations")
}
