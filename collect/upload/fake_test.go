package upload

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wend.dev/wend/collect"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeServer takes batches as the real one does and keeps each message id once. before, if set, may answer a batch
// instead: it gets the batch's number from 1 and returns a status other than 0.
type fakeServer struct {
	collect.ImportHandler
	mu      sync.Mutex
	states  map[string]collect.Import
	events  map[string]message // by message id
	order   []string
	doubles int // events whose id came before
	batches int
	largest int // bytes
	most    int // events
	before  func(n int, w http.ResponseWriter) int
	after   func(n int) int // status to answer though the batch was taken
	url     string
}

type message struct {
	Type        string
	Event       string
	MessageID   string
	UserID      string
	AnonymousID string
	Timestamp   time.Time
	Properties  map[string]any
	Traits      map[string]any
	Context     map[string]any
}

func newFake(t *testing.T) *fakeServer {
	t.Helper()
	f := &fakeServer{states: map[string]collect.Import{}, events: map[string]message{}}
	f.ImportHandler = collect.ImportHandler{Imports: f, Sources: f, Clock: &tick{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/import", f.batch)
	mux.Handle("/v1/import/", &f.ImportHandler)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	f.url = s.URL
	return f
}

func (f *fakeServer) batch(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if key, _, _ := r.BasicAuth(); key != "good-key" {
		http.Error(w, `{"code":"unauthorized","message":"no source has this write key"}`, http.StatusUnauthorized)
		return
	}
	f.batches++
	if f.before != nil {
		if status := f.before(f.batches, w); status != 0 {
			w.WriteHeader(status)
			fmt.Fprint(w, `{"code":"unavailable","message":"as the test asked"}`)
			return
		}
	}
	body, err := io.ReadAll(r.Body)
	var b struct{ Batch []message }
	if err == nil {
		err = json.Unmarshal(body, &b)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.largest, f.most = max(f.largest, len(body)), max(f.most, len(b.Batch))
	for _, m := range b.Batch {
		if _, there := f.events[m.MessageID]; there {
			f.doubles++
			continue
		}
		f.events[m.MessageID] = m
		f.order = append(f.order, m.MessageID)
	}
	if f.after != nil {
		if status := f.after(f.batches); status != 0 {
			w.WriteHeader(status)
			return
		}
	}
	fmt.Fprint(w, `{"success":true}`)
}

func (f *fakeServer) ByKey(_ context.Context, key string) (collect.Source, error) {
	if key != "good-key" {
		return collect.Source{}, collect.ErrUnknownKey
	}
	return collect.Source{ID: "shop"}, nil
}

func (f *fakeServer) Put(_ context.Context, i collect.Import) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.states[i.Source+"/"+i.ID].Cancelled && !i.Resume {
		return collect.ErrCancelled
	}
	f.states[i.Source+"/"+i.ID] = i
	return nil
}

func (f *fakeServer) Cancel(_ context.Context, source, id string) (collect.Import, error) {
	i := f.states[source+"/"+id]
	i.Cancelled = true
	f.states[source+"/"+id] = i
	return i, nil
}

func (f *fakeServer) Get(_ context.Context, source, id string) (collect.Import, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, ok := f.states[source+"/"+id]
	if !ok {
		return i, collect.ErrNoImport
	}
	return i, nil
}

func (f *fakeServer) List(context.Context, int) ([]collect.Import, error) { return nil, nil }

// byName groups the events by name, identify calls under their type.
func (f *fakeServer) byName() map[string][]message {
	out := map[string][]message{}
	for _, id := range f.order {
		m := f.events[id]
		name := m.Event
		if name == "" {
			name = m.Type
		}
		out[name] = append(out[name], m)
	}
	return out
}

// options are those of a run against the fake that never really waits.
func (f *fakeServer) options(mapping string, files ...string) Options {
	return Options{
		Files: files, Server: f.url, Key: "good-key", Mapping: mapping, Clock: &tick{},
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

// tick is a clock that moves a millisecond each time it is asked.
type tick struct {
	mu sync.Mutex
	n  int
}

func (t *tick) Now() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n++
	return time.UnixMilli(1700000000000 + int64(t.n))
}

// root is the repository's folder.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// realData are the files of a real data set; the test is skipped where they are absent.
func realData(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), "..", "shared", "data", pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("the real data %s is not on this machine", pattern)
	}
	slices.Sort(files)
	return files
}

func example(t *testing.T, name string) string {
	t.Helper()
	return filepath.Join(root(t), "docs", "examples", name, "mapping.yaml")
}

// write makes a file in a fresh folder and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
