// Package example tests docs/examples, the whole way: real files in, the maps of the shipped journeys out.
package example

import (
	"context"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"wend.dev/wend/collect"
	"wend.dev/wend/collect/dedup"
	"wend.dev/wend/collect/upload"
	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/plan"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/journey"
	"wend.dev/wend/journey/file"
	"wend.dev/wend/store"
)

const (
	root = "../.."
	key  = "an-example-write-key-of-32-letters"
)

// shop is a server in memory.
type shop struct {
	mu       sync.Mutex
	events   []event.Event
	rejected []collect.Rejected
	states   map[string]collect.Import
	now      time.Time
}

func (s *shop) Now() time.Time { return s.now }

func (s *shop) Append(_ context.Context, events []event.Event) (store.Mark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, events...)
	return store.Mark(len(s.events)), nil
}

func (s *shop) Reject(_ context.Context, events []collect.Rejected) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rejected = append(s.rejected, events...)
	return nil
}

func (s *shop) ByKey(_ context.Context, k string) (collect.Source, error) {
	if k != key {
		return collect.Source{}, collect.ErrUnknownKey
	}
	return collect.Source{ID: "files", Name: "Files"}, nil
}

func (s *shop) Put(_ context.Context, i collect.Import) error {
	s.states[i.ID] = i
	return nil
}

func (s *shop) Get(_ context.Context, _, id string) (collect.Import, error) {
	i, ok := s.states[id]
	if !ok {
		return i, collect.ErrNoImport
	}
	return i, nil
}

func (s *shop) Cancel(_ context.Context, _, id string) (collect.Import, error) {
	return s.states[id], nil
}

func (s *shop) List(context.Context, int) ([]collect.Import, error) { return nil, nil }

// load imports real files with an example's mapping and gives an engine over the events.
func load(t *testing.T, name, pattern string) (*exec.Engine, *shop) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "..", "shared", "data", pattern))
	if err != nil || len(files) == 0 {
		t.Skipf("the real data %s is not on this machine", pattern)
	}
	s := &shop{states: map[string]collect.Import{}, now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	set, err := dedup.Open(t.TempDir(), dedup.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := collect.New(collect.Options{Log: s, Sources: s, Rejections: s, Dedup: set, Clock: s, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	mux := http.NewServeMux()
	mux.Handle("/v1/import/{id}", &collect.ImportHandler{Imports: s, Sources: s, Clock: s})
	mux.Handle("/", c.Handler())
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		server.Close()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := set.Close(); err != nil {
			t.Error(err)
		}
	})
	sum, err := upload.Run(context.Background(), upload.Options{
		Files: files, Server: server.URL, Key: key, Mapping: filepath.Join(root, "docs", "examples", name, "mapping.yaml"), Clock: s,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.rejected) > 0 {
		t.Fatalf("%d events were rejected, the first: %+v", len(s.rejected), s.rejected[0])
	}
	if sum.Events != int64(len(s.events)) {
		t.Fatalf("%d events were sent, %d arrived", sum.Events, len(s.events))
	}
	world := &enginetest.World{Batches: [][]event.Event{s.events}, Time: s.now}
	return exec.New(world, world), s
}

// read reads an example's definitions: one journey and its library.
func read(t *testing.T, name string) (*journey.Journey, journey.Library) {
	t.Helper()
	docs, err := file.ReadFolder(os.DirFS(filepath.Join(root, "docs", "examples", name)))
	if err != nil {
		t.Fatal(err)
	}
	lib := journey.Library{Touchpoints: map[string]*journey.Touchpoint{}, Personas: map[string]*journey.Persona{}}
	var j *journey.Journey
	for _, d := range docs {
		switch {
		case d.Journey != nil && j != nil:
			t.Fatalf("two journeys: %s and %s", j.Metadata.ID, d.Journey.Metadata.ID)
		case d.Journey != nil:
			j = d.Journey
		case d.Touchpoint != nil:
			lib.Touchpoints[d.Touchpoint.Metadata.ID] = d.Touchpoint
		case d.Persona != nil:
			lib.Personas[d.Persona.Metadata.ID] = d.Persona
		}
	}
	if j == nil {
		t.Fatalf("%s has no journey", name)
	}
	return j, lib
}

// live lints the example's journey against the events that are there, and gives its map from 2009 on by touchpoint,
// and how many events lie on none.
func live(t *testing.T, e *exec.Engine, s *shop, name, persona string) (map[string]journey.LiveTouchpoint, int64) {
	t.Helper()
	j, lib := read(t, name)
	catalogue, err := e.Catalogue(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	compiles := func(m seq.Matcher) error {
		_, err := new(plan.Plan).Matcher(m, "match")
		return err
	}
	for _, f := range lib.Lint(j, catalogue, compiles, s.now) {
		t.Errorf("lint: %+v", f)
	}
	from := time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)
	answer, err := journey.Live(context.Background(), e, j, lib, journey.LiveQuery{From: &from, Persona: persona, Now: s.now})
	if err != nil {
		t.Fatal(err)
	}
	var unmapped int64
	for _, u := range answer.Unmapped {
		unmapped += u.Count
	}
	out := map[string]journey.LiveTouchpoint{}
	for _, tp := range answer.Touchpoints {
		if tp.Visits == 0 {
			t.Errorf("touchpoint %s has no visits", tp.ID)
		}
		out[tp.ID] = tp
	}
	return out, unmapped
}

func wantVisits(t *testing.T, got map[string]journey.LiveTouchpoint, want map[string]int64) {
	t.Helper()
	for id, n := range want {
		if got[id].Visits != n {
			t.Errorf("%s: %d visits, want %d", id, got[id].Visits, n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d touchpoints, want %d", len(got), len(want))
	}
}

func TestOlist(t *testing.T) {
	e, s := load(t, "olist", "olist/*.csv")
	got, unmapped := live(t, e, s, "olist", "")
	if unmapped != 0 {
		t.Errorf("%d events lie on no touchpoint", unmapped)
	}
	wantVisits(t, got, map[string]int64{
		"order-placed": 36389, "payment-approved": 36238, "handed-to-carrier": 34607, "review-answered": 14538,
		"delivered-on-time": got["delivered-on-time"].Visits, "delivered-late": 33424 - got["delivered-on-time"].Visits,
	})
	for _, c := range []struct {
		id   string
		n    int64
		mean float64
	}{{"delivered-on-time", 10615, 4.28}, {"delivered-late", 936, 2.50}} {
		if s := got[c.id].Score; s == nil || s.N != c.n || math.Abs(s.Mean-c.mean) > 0.005 {
			t.Errorf("%s: score %+v, want a mean of %.2f of %d", c.id, s, c.mean, c.n)
		}
	}
	if late := got["delivered-late"]; late.Failures.N != late.Visits || got["delivered-on-time"].Failures.N != 0 {
		t.Errorf("failures: %+v late, %+v on time", late.Failures, got["delivered-on-time"].Failures)
	}
	few, _ := live(t, e, s, "olist", "marketplace-shopper")
	if n := few["order-placed"].People; n < 3000 || n > 6000 { // one in nine lives in Minas Gerais
		t.Errorf("%d people in the persona's segment", n)
	}
}

func TestOtto(t *testing.T) {
	e, s := load(t, "otto", "otto/*.jsonl")
	got, unmapped := live(t, e, s, "otto", "")
	wantVisits(t, got, map[string]int64{"product-clicked": 800, "product-added": 52, "product-ordered": 10})
	if unmapped != 0 {
		t.Errorf("%d events lie on no touchpoint", unmapped)
	}
}

func TestOnlineRetail(t *testing.T) {
	e, s := load(t, "online_retail", "online_retail/*.gz")
	got, unmapped := live(t, e, s, "online_retail", "")
	first := got["first-order"].Visits
	wantVisits(t, got, map[string]int64{"first-order": first, "next-order": 20725 - first, "invoice-cancelled": 3836})
	if people := got["first-order"].People; people != first || first == 0 {
		t.Errorf("%d first orders of %d people", first, people)
	}
	if unmapped != 1339 { // stock and debt adjustments: the journey takes orders only
		t.Errorf("%d events lie on no touchpoint, want 1339", unmapped)
	}
}
