package collect_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wend.dev/wend/collect"
)

// importStore keeps imports in a map and knows two sources.
type importStore struct {
	states map[string]collect.Import
	broken error
	now    time.Time
}

func (s *importStore) Now() time.Time { return s.now }

func (s *importStore) ByKey(_ context.Context, key string) (collect.Source, error) {
	switch key {
	case "key-a":
		return collect.Source{ID: "a"}, nil
	case "key-b":
		return collect.Source{ID: "b"}, nil
	}
	return collect.Source{}, collect.ErrUnknownKey
}

func (s *importStore) Put(_ context.Context, i collect.Import) error {
	if s.broken == nil && s.states[i.Source+i.ID].Cancelled && !i.Resume {
		return fmt.Errorf("import: %w", collect.ErrCancelled)
	}
	if s.broken == nil {
		s.states[i.Source+i.ID] = i
	}
	return s.broken
}

func (s *importStore) Cancel(_ context.Context, source, id string) (collect.Import, error) {
	i := s.states[source+id]
	i.Cancelled = true
	s.states[source+id] = i
	return i, nil
}

func (s *importStore) Get(_ context.Context, source, id string) (collect.Import, error) {
	if s.broken != nil {
		return collect.Import{}, s.broken
	}
	i, ok := s.states[source+id]
	if !ok {
		return i, collect.ErrNoImport
	}
	return i, nil
}

func (s *importStore) List(context.Context, int) ([]collect.Import, error) { return nil, nil }

func TestImportHandler(t *testing.T) {
	store := &importStore{states: map[string]collect.Import{}, now: time.UnixMilli(1000)}
	h := &collect.ImportHandler{Imports: store, Sources: store, Clock: store}
	const id = "0123456789abcdef0123456789abcdef"
	f := func(method, key, path, body string, status int, want string) {
		t.Helper()
		r := httptest.NewRequest(method, "/v1/import/"+path, strings.NewReader(body))
		if key != "" {
			r.SetBasicAuth(key, "")
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != status || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s %s as %s: %d %s, want %d and %q", method, path, key, w.Code, w.Body, status, want)
		}
		if !json.Valid(w.Body.Bytes()) || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: the answer is not JSON: %q", method, path, w.Body)
		}
	}
	f("GET", "", id, "", 401, `"code":"unauthorized"`)
	f("GET", "key-x", id, "", 401, `"message":"no source has this write key"`)
	f("GET", "key-a", id, "", 404, `"code":"not_found"`)
	f("GET", "key-a", "short", "", 400, "32 hex digits")
	f("GET", "key-a", strings.ToUpper(id), "", 400, "32 hex digits")
	f("GET", "key-a", "", "", 400, "32 hex digits")
	f("DELETE", "key-a", id, "", 405, "only GET and PUT")
	f("PUT", "key-a", id, `{`, 400, `"code":"invalid"`)
	f("PUT", "key-a", id, `{"rows":-1}`, 400, "cannot be negative")
	f("PUT", "key-a", id, `{"title":"`+strings.Repeat("x", 70<<10)+`"}`, 400, "too large")

	// What the client says of source, id and times does not count.
	f("PUT", "key-a", id, `{"source":"b","id":"x","rows":10,"events":30,"started_at":5,"files":["a.csv"]}`, 200, `"rows":10`)
	store.now = time.UnixMilli(2000)
	f("PUT", "key-a", id+"/", `{"rows":20,"events":60,"done":true}`, 200, `"started_at":1000,"updated_at":2000`)
	f("GET", "key-a", id, "", 200, `"source":"a","id":"`+id+`"`)
	f("GET", "key-a", id, "", 200, `"rows":20,"events":60,`)
	f("GET", "key-b", id, "", 404, "not_found")

	// Once cancelled only a new run is noted; what the client says of it does not count.
	_, _ = store.Cancel(t.Context(), "a", id)
	f("PUT", "key-a", id, `{"rows":30}`, 409, `"code":"cancelled","message":"this import was cancelled in Wend`)
	f("GET", "key-a", id, "", 200, `"rows":20,"events":60,`)
	f("PUT", "key-a", id, `{"rows":20,"resume":true,"cancelled":true}`, 200, `"started_at":1000`)
	f("PUT", "key-a", id, `{"rows":30,"cancelled":true}`, 200, `"rows":30`)

	store.broken = errors.New("disk is full")
	f("GET", "key-a", id, "", 503, "disk is full")
	f("PUT", "key-a", id, `{"rows":30}`, 503, "unavailable")

	r := httptest.NewRequest(http.MethodGet, "/v1/import/"+id, nil)
	r.Header.Set("X-Write-Key", "key-a")
	store.broken = nil
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 200 {
		t.Errorf("X-Write-Key: %d", w.Code)
	}
}
