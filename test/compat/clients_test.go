package compat

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wend.dev/wend/collect"
	"wend.dev/wend/collect/dedup"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const writeKey = "k3y-of-the-replay-0123456789abcdef"

// recording is one file of ../shared/clients.
type recording struct {
	Client   string
	Requests []struct {
		Method, Path string
		Headers      map[string]string
		BodyJSON     json.RawMessage `json:"body_json"`
		BodyBase64   string          `json:"body_base64"`
		Response     struct {
			Status int
			Body   string
		} `json:"our_response"`
	}
}

// server is a Collector whose log fails and whose limit closes as the recording says.
type server struct {
	now    time.Time
	broken error
	rate   int
	events []event.Event
	bad    []collect.Rejected
	http   http.Handler
}

func (s *server) Now() time.Time { return s.now }

func (s *server) Append(_ context.Context, events []event.Event) (store.Mark, error) {
	if s.broken != nil {
		return 0, s.broken
	}
	s.events = append(s.events, events...)
	return store.Mark(len(s.events)), nil
}

func (s *server) ByKey(_ context.Context, key string) (collect.Source, error) {
	if key != writeKey {
		return collect.Source{}, collect.ErrUnknownKey
	}
	return collect.Source{ID: "src", Name: "Web", EventsPerSecond: s.rate}, nil
}

func (s *server) Reject(_ context.Context, bad []collect.Rejected) error {
	s.bad = append(s.bad, bad...)
	return nil
}

func newServer(t *testing.T) *server {
	set, err := dedup.Open(t.TempDir(), dedup.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	c := collect.New(collect.Options{
		Log: s, Sources: s, Rejections: s, Dedup: set, Clock: s, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	s.http = c.Handler()
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := set.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func recordings(t *testing.T) map[string]recording {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	files, err := filepath.Glob(filepath.Join(dir, "..", "shared", "clients", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("the recorded requests are not beside this repository, where CI has them")
		}
		t.Skip("the recorded requests are not beside this repository")
	}
	all := map[string]recording{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var r recording
		if err := json.Unmarshal(b, &r); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if len(r.Requests) > 0 {
			all[strings.TrimSuffix(filepath.Base(f), ".json")] = r
		}
	}
	return all
}

// wire is a recorded request as it goes over the wire, with our key for the placeholder, and its body as JSON.
func (r recording) wire(t *testing.T, i int) (*http.Request, []byte) {
	t.Helper()
	q := r.Requests[i]
	body := []byte(q.BodyJSON)
	if q.BodyBase64 != "" {
		raw, err := base64.StdEncoding.DecodeString(q.BodyBase64)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if body, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	body = bytes.ReplaceAll(body, []byte("WRITE_KEY"), []byte(writeKey))
	sent := body
	if q.Headers["content-encoding"] == "gzip" {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write(body)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		sent = b.Bytes()
	}
	req := httptest.NewRequest(q.Method, strings.ReplaceAll(q.Path, "WRITE_KEY", writeKey), bytes.NewReader(sent))
	for k, v := range q.Headers {
		if k != "host" && k != "content-length" {
			req.Header.Set(k, v)
		}
	}
	if user, _, ok := req.BasicAuth(); ok {
		if user != "WRITE_KEY" {
			t.Fatalf("recorded Basic user is %q", user)
		}
		req.SetBasicAuth(writeKey, "")
	}
	return req, body
}

func TestRecordedClients(t *testing.T) {
	for name, r := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			sent := map[string]bool{}
			for i, q := range r.Requests {
				req, body := r.wire(t, i)
				switch q.Method {
				case http.MethodOptions:
					s.checkPreflight(t, req)
				case http.MethodGet:
					s.checkSettings(t, req, q.Response.Body)
				case http.MethodPost:
					s.checkPost(t, req, body, q.Response.Status, sent)
				default:
					t.Fatalf("recorded method %s", q.Method)
				}
			}
			if len(s.bad) > 0 {
				t.Errorf("rejected %+v", s.bad)
			}
		})
	}
}

func (s *server) do(req *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.http.ServeHTTP(w, req)
	return w
}

func (s *server) checkPreflight(t *testing.T, req *http.Request) {
	t.Helper()
	w := s.do(req)
	allowed := ", " + w.Header().Get("Access-Control-Allow-Headers") + ","
	for _, h := range strings.Split(req.Header.Get("Access-Control-Request-Headers"), ",") {
		if !strings.Contains(allowed, ", "+h+",") {
			t.Errorf("header %s is not allowed", h)
		}
	}
	if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Origin") != req.Header.Get("Origin") ||
		!strings.Contains(w.Header().Get("Access-Control-Allow-Methods"), req.Header.Get("Access-Control-Request-Method")) {
		t.Errorf("preflight of %s answers %d %v", req.URL.Path, w.Code, w.Header())
	}
}

// checkSettings: what the recorded server answered worked for the SDK, so ours must have all of it in the same shape.
func (s *server) checkSettings(t *testing.T, req *http.Request, recorded string) {
	t.Helper()
	w := s.do(req)
	var got, want any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s answers %d %s", req.URL.Path, w.Code, w.Body)
	}
	if json.Unmarshal([]byte(recorded), &want) != nil {
		want = map[string]any{"integrations": map[string]any{"Segment.io": map[string]any{"apiKey": ""}}} // the recording is cut
	}
	sameShape(t, "", want, got)
	if !strings.Contains(w.Body.String(), writeKey) || w.Header().Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("%s answers %s", req.URL.Path, w.Body)
	}
}

func sameShape(t *testing.T, path string, want, got any) {
	t.Helper()
	if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
		t.Errorf("%s is %T, the SDK was content with %T", path, got, want)
		return
	}
	if m, ok := want.(map[string]any); ok {
		for k, v := range m {
			sameShape(t, path+"."+k, v, got.(map[string]any)[k])
		}
	}
}

// checkPost replays an event request. Where the recorded server answered 503 or 429, the log fails or the limit is
// reached here too; the client's next attempt must then be taken, and each message stored once in the end.
func (s *server) checkPost(t *testing.T, req *http.Request, body []byte, recorded int, sent map[string]bool) {
	t.Helper()
	want := http.StatusOK
	s.broken, s.rate = nil, 0
	switch recorded {
	case http.StatusServiceUnavailable:
		want, s.broken = recorded, fmt.Errorf("disk: %w", store.ErrFull)
	case http.StatusTooManyRequests:
		want, s.rate = recorded, 1
		s.exhaust(t)
	}
	before := len(s.events)
	w := s.do(req)
	if w.Code != want {
		t.Fatalf("%s answers %d %s, want %d", req.URL.Path, w.Code, w.Body, want)
	}
	if want != http.StatusOK {
		s.checkRefusal(t, w)
		if len(s.events) != before {
			t.Fatal("refused events were stored")
		}
		return
	}
	if w.Body.String() != `{"success":true}` {
		t.Errorf("body %q", w.Body)
	}
	var fresh []message
	for _, m := range messagesOf(t, req.URL.Path, body) {
		if id := m.text("messageId"); !sent[id] {
			sent[id] = true
			fresh = append(fresh, m)
		}
	}
	got := s.events[before:]
	if len(got) != len(fresh) {
		t.Fatalf("%d events stored of %d fresh messages", len(got), len(fresh))
	}
	for i, m := range fresh {
		m.compare(t, got[i], s.now)
	}
}

// exhaust uses up the source's rate with events of its own.
func (s *server) exhaust(t *testing.T) {
	one := `{"type":"track","event":"Filler","userId":"filler"}`
	req := httptest.NewRequest(http.MethodPost, "/v1/batch", strings.NewReader(`{"batch":[`+strings.Repeat(one+",", 4)+one+`]}`))
	req.SetBasicAuth(writeKey, "")
	if w := s.do(req); w.Code != http.StatusOK {
		t.Fatalf("filler answers %d", w.Code)
	}
}

func (s *server) checkRefusal(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	var e struct {
		Code, Message string
		Success       *bool
	}
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Code == "" || e.Message == "" || e.Success == nil || *e.Success {
		t.Errorf("error body %q", w.Body)
	}
	wait, err := strconv.Atoi(w.Header().Get("Retry-After"))
	if err != nil || wait < 1 {
		t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
	}
	s.now = s.now.Add(time.Duration(wait) * time.Second)
}
