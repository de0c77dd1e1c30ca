package collect

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wend.dev/wend/collect/dedup"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testKey = "test-write-key-0123456789abcdef0123"

// testNow is when requests of these tests arrive.
var testNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// memoryLog keeps appended events, or fails as told.
type memoryLog struct {
	mu     sync.Mutex
	events []event.Event
	mark   store.Mark
	calls  int
	fail   func(call int) error
	gate   chan struct{} // when set, each append waits for a token
}

func (l *memoryLog) Append(_ context.Context, events []event.Event) (store.Mark, error) {
	if l.gate != nil {
		<-l.gate
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	if l.fail != nil {
		if err := l.fail(l.calls); err != nil {
			return 0, err
		}
	}
	l.events = append(l.events, events...)
	l.mark++
	return l.mark, nil
}

func (l *memoryLog) all() []event.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]event.Event(nil), l.events...)
}

// rejectedList is a Rejections in memory.
type rejectedList struct {
	mu   sync.Mutex
	all  []Rejected
	fail error
}

func (l *rejectedList) Reject(_ context.Context, events []Rejected) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail == nil {
		l.all = append(l.all, events...)
	}
	return l.fail
}

// sourceMap is a Sources of fixed keys.
type sourceMap map[string]Source

func (m sourceMap) ByKey(_ context.Context, key string) (Source, error) {
	if s, ok := m[key]; ok {
		return s, nil
	}
	return Source{}, fmt.Errorf("key of %d bytes: %w", len(key), ErrUnknownKey)
}

// bench is a Collector with everything around it in memory.
type fixture struct {
	t        testing.TB
	c        *Collector
	log      *memoryLog
	rejected *rejectedList
	clock    *testClock
	handler  http.Handler
}

func newFixture(t testing.TB, change func(*Options)) *fixture {
	t.Helper()
	set, err := dedup.Open(memoryDir(t), dedup.Options{})
	if err != nil {
		t.Fatal(err)
	}
	log := &memoryLog{}
	f := &fixture{t: t, log: log, rejected: &rejectedList{}, clock: &testClock{now: testNow}}
	o := Options{
		Log: f.log, Rejections: f.rejected, Dedup: set, Clock: f.clock,
		Sources: sourceMap{testKey: {ID: "src", Name: "Shop"}},
		Logger:  slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if change != nil {
		change(&o)
	}
	f.c = New(o)
	f.handler = f.c.Handler()
	t.Cleanup(func() {
		if err := f.c.Close(); err != nil {
			t.Error(err)
		}
		if err := o.Dedup.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
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

// post sends a body with the test key, header pairs added.
func (f *fixture) post(path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.SetBasicAuth(testKey, "")
	for i := 0; i+1 < len(header); i += 2 {
		if r.Header.Set(header[i], header[i+1]); header[i+1] == "" {
			r.Header.Del(header[i])
		}
	}
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	return w
}

// want posts and compares the status.
func (f *fixture) want(status int, path, body string, header ...string) *httptest.ResponseRecorder {
	f.t.Helper()
	w := f.post(path, body, header...)
	if w.Code != status {
		f.t.Fatalf("POST %s answers %d %s, want %d", path, w.Code, w.Body, status)
	}
	if status == http.StatusOK && w.Body.String() != `{"success":true}` {
		f.t.Fatalf("success body is %q", w.Body)
	}
	if status != http.StatusOK {
		for _, key := range []string{`"code":"`, `"message":"`, `"success":false`} {
			if !bytes.Contains(w.Body.Bytes(), []byte(key)) {
				f.t.Fatalf("error body %q has no %s", w.Body, key)
			}
		}
	}
	return w
}

// one posts a single event and returns what was stored of it.
func (f *fixture) one(path, body string) event.Event {
	f.t.Helper()
	before := len(f.log.all())
	f.want(http.StatusOK, path, body)
	after := f.log.all()
	if len(after) != before+1 {
		f.t.Fatalf("%d events stored of %s, want 1", len(after)-before, body)
	}
	return after[before]
}

// dump is an event's fields as text, one "path=kind:value" a line.
func dump(fields []event.Field) string {
	var b strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&b, "%s=%s:%s\n", f.Path, [...]string{"?", "s", "n", "b", "j"}[f.Value.Kind], f.Value.Text())
	}
	return b.String()
}

// forgetful is an Appender that keeps nothing.
type forgetful struct{}

func (forgetful) Append(context.Context, []event.Event) (store.Mark, error) { return 1, nil }

// brokenSources is a Sources that cannot answer.
type brokenSources struct{}

func (brokenSources) ByKey(context.Context, string) (Source, error) {
	return Source{}, fmt.Errorf("database is locked")
}

// appendFunc is an Appender made of a function.
type appendFunc func([]event.Event) error

func (f appendFunc) Append(_ context.Context, events []event.Event) (store.Mark, error) {
	return 1, f(events)
}

func yield() { runtime.Gosched() }
