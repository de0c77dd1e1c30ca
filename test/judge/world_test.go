package judge

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
	"wend.dev/wend/store/part"
)

// epoch is the first instant of the worlds: some weeks before the clocks change in Europe, so that days differ.
var epoch = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// row is one event, for both sides: Wend is given profile and the merges, ClickHouse whose it is in truth.
type row struct {
	World   int      `json:"world"`
	Arrival int      `json:"arrival"`
	Root    uint64   `json:"root"`
	Profile uint64   `json:"profile"`
	Account uint64   `json:"account"` // 0 for none
	Time    int64    `json:"time"`    // milliseconds since 1970
	Name    string   `json:"name"`
	Price   *float64 `json:"price"`
	Colour  *string  `json:"colour"`
}

// world is people and what they did, in order of arrival. As a Source it deals the events into blocks.
type world struct {
	id       int
	rows     []row
	cuts     []int // the blocks end before these rows
	merged   map[event.ProfileID]event.ProfileID
	accounts map[event.ProfileID]event.AccountID
	span     int64 // milliseconds from the epoch that events lie in
	names    []string
}

// size says what kind of world is wanted.
type size struct {
	people, events int   // people, and events of each, at most
	ticks          int64 // instants that there are
	tick           int64 // milliseconds between them
	names          int   // event names
	alone          bool  // no two events at the same instant
}

// draw makes a world. Times have nothing to do with the order of arrival: most events are late.
func draw(r *rand.Rand, id int, s size) *world {
	w := &world{id: id, span: s.ticks * s.tick, merged: map[event.ProfileID]event.ProfileID{}, accounts: map[event.ProfileID]event.AccountID{}}
	for n := range s.names {
		w.names = append(w.names, string(rune('A'+n)))
	}
	taken := map[int64]bool{}
	for p := range s.people {
		user := fmt.Sprint(id, "-", p)
		root := event.UserProfile(user)
		of := row{World: id, Root: uint64(root)}
		if r.IntN(3) > 0 {
			a := event.AccountOf(fmt.Sprint(id, "-", r.IntN(1+s.people/4)))
			w.accounts[root], of.Account = a, uint64(a)
		}
		devices := []event.ProfileID{root}
		for d := range r.IntN(3) {
			device := event.AnonymousProfile(fmt.Sprint(user, "-", d))
			w.merged[device] = root
			devices = append(devices, device)
		}
		for range r.IntN(s.events + 1) {
			e := of
			e.Profile = uint64(devices[r.IntN(len(devices))])
			at := r.Int64N(s.ticks)
			if s.alone && taken[at] {
				continue
			}
			taken[at] = true
			e.Time = epoch.UnixMilli() + at*s.tick
			e.Name = w.names[r.IntN(len(w.names))]
			if r.IntN(3) > 0 {
				price := float64(r.IntN(80)) / 4 // sums of quarters are exact
				e.Price = &price
			}
			if r.IntN(3) > 0 {
				colour := []string{"red", "green", "blue"}[r.IntN(3)]
				e.Colour = &colour
			}
			w.rows = append(w.rows, e)
		}
	}
	r.Shuffle(len(w.rows), func(i, j int) { w.rows[i], w.rows[j] = w.rows[j], w.rows[i] })
	for i := range w.rows {
		w.rows[i].Arrival = i
	}
	for range r.IntN(4) {
		w.cuts = append(w.cuts, r.IntN(len(w.rows)+1))
	}
	slices.Sort(w.cuts)
	return w
}

func (e *row) event() event.Event {
	out := event.Event{MessageID: strconv.Itoa(e.Arrival), Kind: event.Track, Name: e.Name, Time: event.Millis(e.Time), ReceivedAt: event.Millis(e.Time), Profile: event.ProfileID(e.Profile)}
	if e.Colour != nil {
		out.Fields = append(out.Fields, event.Field{Path: "properties.colour", Value: event.StringValue(*e.Colour)})
	}
	if e.Price != nil {
		out.Fields = append(out.Fields, event.Field{Path: "properties.price", Value: event.NumberValue(*e.Price)})
	}
	return out
}

// Now is after all that happened.
func (w *world) Now() time.Time {
	return epoch.Add(time.Duration(w.span)*time.Millisecond).AddDate(0, 1, 0)
}

// Snapshot makes the blocks, by the store's own builder.
func (w *world) Snapshot(context.Context) (*store.Snapshot, error) {
	s := &store.Snapshot{Merged: w.merged, Accounts: w.accounts}
	from := 0
	for _, to := range append(slices.Clone(w.cuts), len(w.rows)) {
		var events []event.Event
		for _, e := range w.rows[from:to] {
			events = append(events, e.event())
		}
		s.Blocks = append(s.Blocks, part.FromEvents(events))
		from = to
	}
	return s, nil
}

// kept is a world whose blocks are made once.
type kept struct {
	*world
	snap *store.Snapshot
}

func (k kept) Snapshot(context.Context) (*store.Snapshot, error) {
	s := *k.snap
	return &s, nil
}

func (w *world) engine(t *testing.T) *exec.Engine {
	t.Helper()
	snap, err := w.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k := kept{w, snap}
	return exec.New(k, k)
}

// only is the world of one actor alone, to show where the two sides part.
func (w *world) only(actor uint64, of func(*row) uint64) *world {
	out := *w
	out.rows, out.cuts = nil, nil
	for i := range w.rows {
		if slices.Contains(w.cuts, i) {
			out.cuts = append(out.cuts, len(out.rows))
		}
		if of(&w.rows[i]) == actor {
			out.rows = append(out.rows, w.rows[i])
		}
	}
	return &out
}

// String lists the events as a person would want to read them.
func (w *world) String() string {
	var b []byte
	rows := slices.Clone(w.rows)
	slices.SortStableFunc(rows, func(x, y row) int { return int(x.Time - y.Time) })
	for _, e := range rows {
		b = fmt.Appendf(b, "  %s at %d ms, profile %016x, arrival %d", e.Name, e.Time-epoch.UnixMilli(), e.Profile, e.Arrival)
		if e.Price != nil {
			b = fmt.Appendf(b, ", price %v", *e.Price)
		}
		if e.Colour != nil {
			b = fmt.Appendf(b, ", %s", *e.Colour)
		}
		b = append(b, '\n')
	}
	return string(b)
}

// load gives all worlds to ClickHouse, in one table.
func (c *clickhouse) load(t *testing.T, worlds []*world) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "events.json")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriter(f)
	enc, n := json.NewEncoder(out), 0
	for _, w := range worlds {
		for i := range w.rows {
			if err := enc.Encode(&w.rows[i]); err != nil {
				t.Fatal(err)
			}
			n++
		}
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	query[any](t, c, `CREATE TABLE events (world UInt32, arrival UInt32, root UInt64, profile UInt64, account UInt64,
		time UInt64, name String, price Nullable(Float64), colour Nullable(String)) ENGINE = MergeTree ORDER BY world`)
	query[any](t, c, "INSERT INTO events SELECT * FROM file("+text(path)+", 'JSONEachRow', "+
		"'world UInt32, arrival UInt32, root UInt64, profile UInt64, account UInt64, time UInt64, name String, price Nullable(Float64), colour Nullable(String)')")
	if got := query[[]int](t, c, "SELECT count() FROM events"); got[0][0] != n {
		t.Fatalf("ClickHouse has %v of %d events", got, n)
	}
	t.Logf("%d events in %d worlds", n, len(worlds))
}

// text writes a string as SQL does.
func text(s string) string { return "'" + s + "'" }
