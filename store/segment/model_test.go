package segment

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"wend.dev/wend/event"
	"wend.dev/wend/identity"
	"wend.dev/wend/store"
	"wend.dev/wend/store/lake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hand is a clock that the test turns.
type hand struct{ now time.Time }

func (h *hand) Now() time.Time { return h.now }

var start = time.Date(2025, 3, 10, 12, 0, 0, 0, time.UTC)

// row is what a test compares: the event's number is its place in the log.
type row struct {
	profile event.ProfileID
	time    event.Millis
	n       float64
	name    string
}

// rowsOf reads a snapshot as the engine would: each profile's rows by time, then block, then row.
func rowsOf(s *store.Snapshot) (out []row) {
	for _, b := range s.Blocks {
		column := b.Column("properties.n", event.Number)
		for i, p := range b.Profiles {
			for r := b.Starts[i]; r < b.Starts[i+1]; r++ {
				v, _ := column.Value(r)
				out = append(out, row{p, b.Times[r], v.Num, b.Names[b.Codes[r]].Name})
			}
		}
	}
	slices.SortStableFunc(out, byPlace)
	return out
}

func byPlace(a, b row) int {
	return cmp.Or(cmp.Compare(a.profile, b.profile), cmp.Compare(a.time, b.time))
}

// model is the plain slice that the store is held against.
type model struct {
	events []event.Event
	marks  []int        // events[:marks[m-1]] came up to mark m
	gone   map[int]bool // events that were erased
}

// erase takes what there is of some profiles out of the model, and says how many events that are.
func (m *model) erase(profiles []event.ProfileID) (n int64) {
	fresh := maps.Clone(m.gone)
	if fresh == nil {
		fresh = map[int]bool{}
	}
	for i, e := range m.events {
		if slices.Contains(profiles, e.Profile) && !fresh[i] {
			fresh[i] = true
			n++
		}
	}
	m.gone = fresh
	return n
}

// next makes the events of one more message.
func (m *model) next(n int, pick func(max int) int, now time.Time) []event.Event {
	from := len(m.events)
	for range n {
		e := event.Event{Kind: event.Track, Name: fmt.Sprintf("Event %d", pick(3)), MessageID: fmt.Sprint(len(m.events)), Source: "s", ReceivedAt: event.MillisOf(now)}
		e.Time = event.MillisOf(now) - event.Millis(pick(4))*dayMillis - event.Millis(pick(5))
		who := fmt.Sprint(pick(6))
		if e.AnonymousID = who; pick(2) == 0 {
			e.UserID = "u" + who
		}
		e.Profile = event.ProfileOf(e.UserID, e.AnonymousID)
		e.Fields = []event.Field{{Path: "properties.n", Value: event.NumberValue(float64(len(m.events)))}}
		m.events = append(m.events, e)
	}
	m.marks = append(m.marks, len(m.events))
	return slices.Clone(m.events[from:])
}

// rows are the model's events not older than cutoff, in the order of rowsOf.
func (m *model) rows(cutoff event.Millis) (out []row) {
	for i, e := range m.events {
		if e.Time >= cutoff && !m.gone[i] {
			out = append(out, row{e.Profile, e.Time, e.Fields[0].Value.Num, e.Name})
		}
	}
	slices.SortStableFunc(out, byPlace)
	return out
}

// replay gives a store what the log has after its mark.
func (m *model) replay(t fataler, s *Store) {
	for i := int(s.Mark()); i < len(m.marks); i++ {
		from := 0
		if i > 0 {
			from = m.marks[i-1]
		}
		if err := s.Append(context.Background(), store.Mark(i+1), slices.Clone(m.events[from:m.marks[i]])); err != nil {
			t.Fatalf("cannot replay: %v", err)
		}
	}
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
	Fatal(...any)
}

// same compares a store with the model, and its snapshot's identities with those of a graph that saw it all.
func (m *model) same(t fataler, s *Store, cutoff event.Millis) {
	t.Helper()
	snap, err := s.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Release()
	got, want := rowsOf(snap), m.rows(cutoff)
	got = slices.DeleteFunc(got, func(r row) bool { return r.time < cutoff }) // old days of the tail go after its seal
	if !slices.Equal(got, want) {
		t.Fatalf("the store has %d rows %v\nthe model %d rows %v", len(got), got, len(want), want)
	}
	if cutoff > 0 {
		return
	}
	g := identity.New()
	all := map[event.ProfileID]bool{}
	for i := range m.events {
		if m.gone[i] {
			continue
		}
		g.Observe(&m.events[i])
		all[m.events[i].Profile] = true
	}
	merged, _, _ := g.View(func(p event.ProfileID) bool { return all[p] })
	if !maps.Equal(merged, snap.Merged) {
		t.Fatalf("merged %v, want %v", snap.Merged, merged)
	}
}

// machine is the model test's state.
type machine struct {
	model
	dir     string
	root    string
	clock   *hand
	store   *Store
	retain  int
	cutoff  event.Millis
	marks   []store.Mark // that OnSeal told
	killAt  string       // the point at which to copy the directory
	killed  string       // the copy
	trimmed store.Mark   // what OnSeal had been told by then
	copies  int
	erasing []event.ProfileID // of the erasure under way
	at      string            // the last point of it: from the manifest on it has taken place
	wasGone map[int]bool      // what was erased when the directory was copied
	held    *store.Snapshot
	rows    []row // of held
}

func (m *machine) options(dir string) Options {
	return Options{
		Dir: dir, Clock: m.clock, Identities: identity.New(), SealEvents: 40, SealAge: time.Minute, Retention: m.retain, manual: true,
		OnSeal: func(mark store.Mark) error { m.marks = append(m.marks, mark); return nil },
		signal: func(point string) {
			if m.at != "" && (point == "erasing" || m.at == "erasing" && point == "manifest") {
				m.at = point
			}
			if point == m.killAt {
				m.killAt, m.killed, m.trimmed = "", m.copy(dir), 0
				then := m.model
				if m.at == "manifest" {
					then.erase(m.erasing)
				}
				m.wasGone = then.gone
				if len(m.marks) > 0 {
					m.trimmed = m.marks[len(m.marks)-1]
				}
			}
		},
	}
}

func (m *machine) copy(dir string) string {
	m.copies++
	to := filepath.Join(m.root, fmt.Sprint("copy", m.copies))
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		panic(err)
	}
	return to
}

func (m *machine) open(t fataler, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), m.options(dir))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// abandon lets go of a store without sealing, as a kill does.
func abandon(s *Store) {
	s.stop()
	s.work.Wait()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.unmap()
}

func (m *machine) check(t *rapid.T) {
	m.same(t, m.store, m.cutoff)
	if !slices.IsSorted(m.marks) {
		t.Fatalf("OnSeal was told %v", m.marks)
	}
	if m.killed != "" { // what a kill left opens, and with the log's rest it is all there, once
		s := m.open(t, m.killed)
		if s.Mark() < m.trimmed {
			t.Fatalf("the log has been trimmed to %d, the store reaches only to %d", m.trimmed, s.Mark())
		}
		then := m.model
		then.gone = m.wasGone
		then.replay(t, s)
		then.same(t, s, m.cutoff)
		must(t, s.purge(context.Background()))
		then.same(t, s, m.cutoff)
		then.noTrace(t, m.killed)
		abandon(s)
		noStrays(t, m.killed)
		if err := os.RemoveAll(m.killed); err != nil {
			t.Fatal(err)
		}
		m.killed = ""
	}
}

// noStrays fails when there are files that the manifest does not name.
func noStrays(t fataler, dir string) {
	t.Helper()
	man, _, err := loadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	needed := man.paths()
	for _, sub := range []string{lakeDir, partsDir} {
		files, err := listFiles(dir, sub)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if !needed[f] {
				t.Fatalf("%s is in no segment", f)
			}
			delete(needed, f)
		}
	}
	if len(needed) > 0 {
		t.Fatalf("missing: %v", needed)
	}
}

// noTrace fails when a lake file holds an event that was erased, or the manifest still has something to do.
func (m *model) noTrace(t fataler, dir string) {
	t.Helper()
	man, _, err := loadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if man.version() != 1 {
		t.Fatalf("the manifest still remembers %v %v", man.Erased, man.Segments)
	}
	for _, seg := range man.Segments {
		for e, err := range readLake(dir, seg.Lake) {
			if err != nil {
				t.Fatal(err)
			}
			if i, _ := strconv.Atoi(e.MessageID); m.gone[i] {
				t.Fatalf("event %d was erased and is in segment %d", i, seg.ID)
			}
		}
	}
}

func must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// memoryDir is a folder in memory, where syncing is fast, if the system has one.
func memoryDir(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "segment")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestModel(t *testing.T) {
	base := memoryDir(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		m := &machine{root: filepath.Join(base, fmt.Sprint(runs)), clock: &hand{start}, retain: rapid.SampledFrom([]int{0, 0, 2}).Draw(t, "retention")}
		m.dir = filepath.Join(m.root, "store")
		m.store = m.open(t, m.dir)
		defer func() {
			if m.held != nil {
				m.held.Release()
			}
			abandon(m.store)
			_ = os.RemoveAll(m.root)
		}()
		ctx := context.Background()
		pick := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }
		add := func(n int) {
			events := m.next(n, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)).IntN, m.clock.now)
			must(t, m.store.Append(ctx, store.Mark(len(m.model.marks)), events))
		}
		actions := map[string]func(*rapid.T){
			"append":  func(t *rapid.T) { add(rapid.IntRange(0, 9).Draw(t, "n")) },
			"repeat":  func(t *rapid.T) { must(t, m.store.Append(ctx, store.Mark(len(m.model.marks)), m.events)) },
			"seal":    func(t *rapid.T) { add(3); must(t, m.store.Seal(ctx)) },
			"tick":    func(t *rapid.T) { m.store.tick(ctx) },
			"compact": func(t *rapid.T) { must(t, m.store.compactAll(ctx)) },
			"many": func(t *rapid.T) {
				for range runLength {
					add(2)
					must(t, m.store.Seal(ctx))
				}
			},
			"erase": func(t *rapid.T) {
				who := fmt.Sprint(pick(6))
				both := []event.ProfileID{event.AnonymousProfile(who), event.UserProfile("u" + who)}
				whom := both[pick(2)]
				snap, err := m.store.Snapshot(ctx)
				must(t, err)
				if m.erasing = both; snap.Root(both[0]) != both[1] {
					m.erasing = []event.ProfileID{whom}
				}
				snap.Release()
				m.at = "began"
				out, err := m.store.Erase(ctx, whom)
				must(t, err)
				m.at = ""
				if slices.Sort(m.erasing); !slices.Equal(out.Profiles, m.erasing) {
					t.Fatalf("erased %v, want %v", out.Profiles, m.erasing)
				}
				if n := m.erase(out.Profiles); m.retain == 0 && n != out.Events {
					t.Fatalf("%d events erased, want %d", out.Events, n)
				}
			},
			"purge": func(t *rapid.T) {
				must(t, m.store.purge(ctx))
				if m.held == nil {
					m.noTrace(t, m.dir)
				}
			},
			"verify": func(*rapid.T) { m.store.verify(ctx) },
			"later":  func(t *rapid.T) { m.clock.now = m.clock.now.Add(time.Duration(1+pick(30)) * time.Hour) },
			"retain": func(t *rapid.T) {
				must(t, m.store.retain(ctx))
				if m.retain > 0 && m.store.retained.Equal(m.clock.now) {
					m.cutoff = dayOf(event.MillisOf(m.clock.now)) - event.Millis(m.retain)*dayMillis
				}
			},
			"close": func(t *rapid.T) {
				must(t, m.store.Close(ctx))
				if m.held == nil {
					noStrays(t, m.dir)
				}
				problems, err := Check(m.dir)
				if err != nil || len(problems) > 0 {
					t.Fatalf("problems %v, %v", problems, err)
				}
				m.store = m.open(t, m.dir)
				if got := int(m.store.Mark()); got != len(m.model.marks) {
					t.Fatalf("after Close the mark is %d of %d", got, len(m.model.marks))
				}
			},
			"kill": func(t *rapid.T) {
				abandon(m.store)
				m.store = m.open(t, m.dir)
				m.replay(t, m.store)
			},
			"kill within": func(t *rapid.T) {
				m.killAt = rapid.SampledFrom([]string{"lake", "parts", "identity", "manifest", "copy", "lake merged", "merged", "retained", "erasing", "forgotten", "purged"}).Draw(t, "at")
			},
			"hold": func(t *rapid.T) {
				if m.held != nil {
					if got := rowsOf(m.held); !slices.Equal(got, m.rows) {
						t.Fatalf("a held snapshot changed: %v\nwas %v", got, m.rows)
					}
					m.held.Release()
				}
				var err error
				m.held, err = m.store.Snapshot(ctx)
				must(t, err)
				m.rows = rowsOf(m.held)
			},
			"damage": func(t *rapid.T) {
				files, err := listFiles(m.dir, partsDir)
				must(t, err)
				if len(files) == 0 {
					return
				}
				must(t, m.store.Close(ctx))
				files, err = listFiles(m.dir, partsDir)
				must(t, err)
				path := filepath.Join(m.dir, files[pick(len(files))])
				if pick(2) == 0 {
					must(t, os.Remove(path))
				} else {
					flip(t, path, pick)
				}
				m.store = m.open(t, m.dir)
				m.store.verify(ctx)
			},
			"damage state": func(t *rapid.T) {
				must(t, m.store.Close(ctx))
				path := filepath.Join(m.dir, rapid.SampledFrom([]string{manifestName, copyName, identityName}).Draw(t, "file"))
				flip(t, path, pick)
				m.store = m.open(t, m.dir)
			},
			"": m.check,
		}
		t.Repeat(actions)
	})
}

// flip changes one byte of a file in place (a part may be mapped: the test's own snapshot shows the damage then).
func flip(t fataler, path string, pick func(int) int) {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[pick(len(b))] ^= 0x40
	if err := os.Remove(path); err != nil { // a new file, so that a snapshot that is held keeps the old one
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTailOrderIsArrival(t *testing.T) {
	events := make([]event.Event, 5000)
	for i := range events {
		events[i] = event.Event{Kind: event.Track, Name: "A", UserID: fmt.Sprint(i % 7), Time: event.Millis(i%3) * dayMillis, MessageID: fmt.Sprint(i)}
		events[i].Profile = event.ProfileOf(events[i].UserID, "")
	}
	var tl tail
	var k chunker
	for group := range slices.Chunk(events, 700) {
		c := chunkOf(&k, 100, group[:len(group)/2], group[len(group)/2:])
		tl.chunks = append(tl.chunks, c)
	}
	want := slices.Clone(events)
	slices.SortStableFunc(want, func(a, b event.Event) int { return order(&a, &b) })
	i := 0
	for e, err := range tl.events() {
		if err != nil {
			t.Fatal(err)
		}
		if got := string(e.MessageID()); got != want[i].MessageID {
			t.Fatalf("event %d is %s, want %s", i, got, want[i].MessageID)
		}
		i++
	}
	if i != len(want) {
		t.Errorf("%d of %d events", i, len(want))
	}
}

func TestManifestText(t *testing.T) {
	m := manifest{Mark: 7, Next: 3, Segments: []entry{{ID: 2, Born: 2, Rows: 1, Lake: []lake.File{{Path: "x"}}, Parts: []partFile{{Path: "parts/y"}}}}}
	b := m.encode()
	got, err := decodeManifest(b)
	if err != nil || got.Mark != 7 || !slices.Equal(got.Segments[0].paths(), []string{"lake/x", "parts/y"}) {
		t.Errorf("%+v, %v", got, err)
	}
	for i := range b {
		broken := []byte(strings.Clone(string(b)))
		broken[i] ^= 1
		if _, err := decodeManifest(broken); err == nil {
			t.Fatalf("byte %d changed and nobody saw", i)
		}
	}
}
