package collect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"wend.dev/wend/event"
)

// ErrNoImport is returned by Imports for an import that was never begun. The edge answers 404.
var ErrNoImport = errors.New("no such import")

// ErrCancelled is returned by Imports for an import that somebody cancelled. The edge answers 409.
var ErrCancelled = errors.New("this import was cancelled in Wend; what it sent stays, and running the same command again goes on from there")

// ErrImportDone is returned by Imports when an import that is to be cancelled has finished already.
var ErrImportDone = errors.New("this import is finished already")

// Import is how far the import of one set of files has come. The client that reads the files writes it after each
// acknowledged batch, so that a later run of the same import goes on where this one stopped.
type Import struct {
	Source    string       `json:"source"`              // id of the source whose write key the client used
	ID        string       `json:"id"`                  // 32 hex digits: hash of the files' content, the mapping and the format
	Title     string       `json:"title"`               // for people: the mapping's title, "" without a mapping
	Files     []string     `json:"files"`               // for people: the files' names, without folders
	Rows      int64        `json:"rows"`                // rows whose events are acknowledged: the next run skips as many
	Events    int64        `json:"events"`              // events acknowledged
	BadRows   int64        `json:"bad_rows"`            // rows left out because they could not be read
	BytesRead int64        `json:"bytes_read"`          // of BytesAll; for people
	BytesAll  int64        `json:"bytes_all"`           // size of the files as they lie on disk
	Done      bool         `json:"done"`                // everything was sent
	Resume    bool         `json:"resume,omitempty"`    // a new run begins: a cancellation is over. Not kept
	Cancelled bool         `json:"cancelled,omitempty"` // somebody cancelled it; set by Cancel, whatever a client says
	StartedAt event.Millis `json:"started_at"`          // set by the server at the first write
	UpdatedAt event.Millis `json:"updated_at"`          // set by the server at each write
}

// Imports keeps the state of imports.
type Imports interface {
	// Put stores the state, replacing what was kept under the same source and id. Of an import that was cancelled it
	// keeps the old one, with an error wrapping ErrCancelled, unless Resume is set.
	Put(ctx context.Context, i Import) error
	// Get returns one import's state, or an error wrapping ErrNoImport.
	Get(ctx context.Context, source, id string) (Import, error)
	// Cancel marks an import as cancelled and returns its state. The error wraps ErrNoImport, or ErrImportDone.
	Cancel(ctx context.Context, source, id string) (Import, error)
	// List returns the most recently updated imports of all sources, newest first, at most limit.
	List(ctx context.Context, limit int) ([]Import, error)
}

const maxImportBody = 64 << 10

// ImportHandler serves the state of imports to the client that runs them: GET and PUT /v1/import/{id}, with a write
// key as for events. A key sees only its own source's imports. Register it under "/v1/import/{id}": a subtree
// "/v1/import/" would make the mux redirect POST /v1/import.
type ImportHandler struct {
	Imports Imports
	Sources Sources
	Clock   event.Clock
	Changed func(Import) // told of every note; may be nil
}

// ServeHTTP answers GET with the state (404 when there is none) and PUT, which stores it, with the state as stored.
func (h *ImportHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	source, err := h.Sources.ByKey(r.Context(), importKey(r))
	switch {
	case errors.Is(err, ErrUnknownKey):
		importError(w, http.StatusUnauthorized, "unauthorized", err.Error())
		return
	case err != nil:
		importError(w, http.StatusServiceUnavailable, "unavailable", err.Error())
		return
	}
	id := strings.TrimSuffix(r.URL.Path[strings.LastIndex(strings.TrimSuffix(r.URL.Path, "/"), "/")+1:], "/")
	if !validImportID(id) {
		importError(w, http.StatusBadRequest, "invalid", "an import's id is 32 hex digits")
		return
	}
	switch r.Method {
	case http.MethodGet:
		h.get(w, r, source.ID, id)
	case http.MethodPut:
		h.put(w, r, source.ID, id)
	default:
		w.Header().Set("Allow", "GET, PUT")
		importError(w, http.StatusMethodNotAllowed, "invalid", "only GET and PUT are answered here")
	}
}

func (h *ImportHandler) get(w http.ResponseWriter, r *http.Request, source, id string) {
	state, err := h.Imports.Get(r.Context(), source, id)
	switch {
	case errors.Is(err, ErrNoImport):
		importError(w, http.StatusNotFound, "not_found", err.Error())
	case err != nil:
		importError(w, http.StatusServiceUnavailable, "unavailable", err.Error())
	default:
		importJSON(w, http.StatusOK, state)
	}
}

func (h *ImportHandler) put(w http.ResponseWriter, r *http.Request, source, id string) {
	var state Import
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxImportBody))
	if err == nil {
		err = json.Unmarshal(body, &state)
	}
	if err == nil {
		err = state.check()
	}
	if err != nil {
		importError(w, http.StatusBadRequest, "invalid", err.Error())
		return
	}
	now := event.MillisOf(h.Clock.Now())
	state.Source, state.ID, state.StartedAt, state.UpdatedAt, state.Cancelled = source, id, now, now, false
	before, err := h.Imports.Get(r.Context(), source, id)
	if err == nil {
		state.StartedAt = before.StartedAt
	} else if errors.Is(err, ErrNoImport) {
		err = nil
	}
	if err == nil {
		err = h.Imports.Put(r.Context(), state)
	}
	if errors.Is(err, ErrCancelled) {
		importError(w, http.StatusConflict, "cancelled", ErrCancelled.Error())
		return
	}
	if err != nil {
		importError(w, http.StatusServiceUnavailable, "unavailable", err.Error())
		return
	}
	state.Resume = false
	if h.Changed != nil {
		h.Changed(state)
	}
	importJSON(w, http.StatusOK, state)
}

func (i *Import) check() error {
	if i.Rows < 0 || i.Events < 0 || i.BadRows < 0 || i.BytesRead < 0 || i.BytesAll < 0 {
		return fmt.Errorf("an import's counts cannot be negative")
	}
	return nil
}

func validImportID(id string) bool {
	return len(id) == 32 && strings.Trim(id, "0123456789abcdef") == ""
}

// importKey is the write key of a request: the Basic user name, or the X-Write-Key header.
func importKey(r *http.Request) string {
	if user, _, ok := r.BasicAuth(); ok && user != "" {
		return user
	}
	return r.Header.Get("X-Write-Key")
}

func importError(w http.ResponseWriter, status int, code, message string) {
	importJSON(w, status, map[string]string{"code": code, "message": message})
}

func importJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
