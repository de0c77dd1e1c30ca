// Package desk is no stage: stored definitions, keys and counters in, the ports of httpapi out.
//
// It is where the API's words (revisions, pages, plans) meet those of meta, journey, engine and collect. It decides
// nothing: rates are journey's, sums are the engine's, storage is meta's.
package desk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"

	"wend.dev/wend/collect"
	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/httpapi"
	"wend.dev/wend/meta"
)

// Store is what the desk needs of a meta back-end.
type Store interface {
	meta.Definitions
	meta.Versions
	meta.Settled
}

// Desk serves all that is defined.
type Desk struct {
	Store    Store
	Engine   engine.Engine
	Clock    event.Clock
	Changed  func(httpapi.Changed)                                       // told of every change; never nil
	Matchers func(seq.Matcher) error                                     // says why a matcher cannot be compiled, nil that it can
	Segments func(seq.StoredSegment, map[string]seq.StoredSegment) error // the same of a segment, among all others
}

// revision is a definition's ETag as a number that JavaScript can hold: 52 bits of it.
func revision(etag string) int64 {
	n, err := strconv.ParseInt(etag[:min(len(etag), 13)], 16, 64)
	if err != nil {
		return 0
	}
	return n
}

// fault translates the store's errors into the API's.
func fault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, meta.ErrNotFound), errors.Is(err, collect.ErrNoImport):
		return httpapi.ErrNotFound
	case errors.Is(err, meta.ErrConflict):
		return httpapi.ErrStale
	case errors.Is(err, meta.ErrInvalid):
		return &httpapi.Fault{Kind: "invalid", Reason: err.Error()}
	}
	return err
}

// page cuts a whole list. The cursor is the index of the first item, so that a changed list shifts by what was
// added or deleted before it and nothing worse.
func page[T any](all []T, p httpapi.Page) (items []T, next string, err error) {
	from := 0
	if p.Cursor != "" {
		text, err := base64.RawURLEncoding.DecodeString(p.Cursor)
		if err == nil {
			from, err = strconv.Atoi(string(text))
		}
		if err != nil || from < 0 {
			return nil, "", &httpapi.Fault{Kind: "invalid", Field: "cursor", Reason: "this is no cursor that a page gave"}
		}
	}
	from = min(from, len(all))
	to := min(from+max(p.Limit, 1), len(all))
	if to < len(all) {
		next = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(to)))
	}
	return all[from:to], next, nil
}

func decode[T any](body json.RawMessage) (out T, err error) {
	err = json.Unmarshal(body, &out)
	return out, err
}

// at finds a definition whose revision is the given one.
func (d *Desk) at(ctx context.Context, kind, id string, rev int64) (meta.Definition, error) {
	def, err := d.Store.Get(ctx, kind, id)
	if err != nil {
		return def, fault(err)
	}
	if revision(def.ETag) != rev {
		return def, httpapi.ErrStale
	}
	return def, nil
}
