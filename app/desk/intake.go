package desk

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"wend.dev/wend/collect"
	"wend.dev/wend/event"
	"wend.dev/wend/httpapi"
	"wend.dev/wend/meta"
)

// Rejections is the list of events that were not accepted.
type Rejections struct {
	Store   meta.Rejections
	Again   func(ctx context.Context, r collect.Rejected) error // sends one through the checks again
	Changed func(httpapi.Changed)
}

// ListRejections is one page of them, newest first.
func (r *Rejections) ListRejections(ctx context.Context, q httpapi.RejectionQuery, p httpapi.Page) (items []httpapi.Rejection, next string, err error) {
	before := ""
	if p.Cursor != "" {
		b, err := base64.RawURLEncoding.DecodeString(p.Cursor)
		if err != nil {
			return nil, "", &httpapi.Fault{Kind: "invalid", Field: "cursor", Reason: "this is no cursor that a page gave"}
		}
		before = string(b)
	}
	kept, err := r.Store.ListRejected(ctx, meta.RejectedQuery{Source: q.Source, Reason: q.Reason, Before: before, Limit: p.Limit + 1})
	if err != nil {
		return nil, "", fault(err)
	}
	if len(kept) > p.Limit {
		kept = kept[:p.Limit]
		next = base64.RawURLEncoding.EncodeToString([]byte(kept[p.Limit-1].ID))
	}
	items = make([]httpapi.Rejection, 0, len(kept))
	for _, k := range kept {
		items = append(items, httpapi.Rejection{ID: k.ID, Source: k.SourceID, ReceivedAt: k.ReceivedAt.Time(), Reason: k.Reason,
			Detail: k.Detail, Kind: k.Kind, Name: k.Name, MessageID: k.MessageID, Raw: string(k.Raw)})
	}
	return items, next, nil
}

// RetryRejection sends one through the checks again; it leaves the list when it passes.
func (r *Rejections) RetryRejection(ctx context.Context, id string) error {
	kept, err := r.Store.RejectedByID(ctx, id)
	if err != nil {
		return fault(err)
	}
	if len(kept) == 0 {
		return httpapi.ErrNotFound
	}
	if err := r.Again(ctx, kept[0].Rejected); err != nil {
		return err
	}
	return r.DeleteRejection(ctx, id)
}

// DeleteRejection takes one off the list.
func (r *Rejections) DeleteRejection(ctx context.Context, id string) error {
	if err := r.Store.DropRejected(ctx, id); err != nil {
		return fault(err)
	}
	r.Changed(httpapi.Changed{Kind: "Rejection", ID: id})
	return nil
}

// Imports is the list of bulk loads; the client that reads the files drives them.
type Imports struct {
	Store   collect.Imports
	Clock   event.Clock
	Changed func(httpapi.Changed)
}

// stillAfter is how long an import may stand still before it is called stopped: a client's longest pause between two
// tries is half that.
const stillAfter = 10 * time.Minute

func (m Imports) shown(i collect.Import) httpapi.Import {
	state := "running"
	switch {
	case i.Cancelled:
		state = "cancelled"
	case i.Done:
		state = "done"
	case m.Clock.Now().Sub(i.UpdatedAt.Time()) > stillAfter:
		state = "stopped"
	}
	name := i.Title
	if name == "" {
		name = strings.Join(i.Files, ", ")
	}
	return httpapi.Import{ID: i.ID, Source: i.Source, Name: name, Files: i.Files, State: state, BytesRead: i.BytesRead, BytesTotal: i.BytesAll,
		Events: i.Events, Rows: i.Rows, BadRows: i.BadRows, StartedAt: i.StartedAt.Time(), UpdatedAt: i.UpdatedAt.Time()}
}

const mostImports = 1000

// ListImports is one page of them, newest first.
func (m Imports) ListImports(ctx context.Context, p httpapi.Page) (items []httpapi.Import, next string, err error) {
	all, err := m.Store.List(ctx, mostImports)
	if err != nil {
		return nil, "", fault(err)
	}
	all, next, err = page(all, p)
	items = make([]httpapi.Import, 0, len(all))
	for _, i := range all {
		items = append(items, m.shown(i))
	}
	return items, next, err
}

// Import finds one.
func (m Imports) Import(ctx context.Context, id string) (httpapi.Import, error) {
	i, err := m.find(ctx, id)
	if err != nil {
		return httpapi.Import{}, err
	}
	return m.shown(i), nil
}

// CancelImport makes the client that runs one stop at its next note.
func (m Imports) CancelImport(ctx context.Context, id string) (httpapi.Import, error) {
	i, err := m.find(ctx, id)
	if err == nil {
		i, err = m.Store.Cancel(ctx, i.Source, i.ID)
	}
	if errors.Is(err, collect.ErrImportDone) {
		return httpapi.Import{}, &httpapi.Fault{Kind: "conflict", Reason: collect.ErrImportDone.Error()}
	}
	if err != nil {
		return httpapi.Import{}, fault(err)
	}
	m.Changed(httpapi.Changed{Kind: "Import", ID: id})
	return m.shown(i), nil
}

// find is the import of an id; of two sources that load the same files, the one that moved last.
func (m Imports) find(ctx context.Context, id string) (collect.Import, error) {
	all, err := m.Store.List(ctx, mostImports)
	if err != nil {
		return collect.Import{}, fault(err)
	}
	for _, i := range all {
		if i.ID == id {
			return i, nil
		}
	}
	return collect.Import{}, httpapi.ErrNotFound
}
