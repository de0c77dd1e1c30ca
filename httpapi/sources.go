package httpapi

import (
	"context"
	"net/http"
)

// sourceList is all sources.
type sourceList struct {
	Items []Source `json:"items" doc:"By name"`
}

// sources registers where events come from.
func (a *api) sources() {
	const tag, base = "Sources", "/api/v1/sources"
	handle(a, route{method: "GET", path: base, tag: tag, summary: "List sources with their write keys"},
		func(ctx context.Context, _ *struct{}) (*answer[sourceList], error) {
			items, err := a.Sources.ListSources(ctx)
			return &answer[sourceList]{sourceList{items}}, err
		})
	handle(a, route{method: "POST", path: base, tag: tag, summary: "Create a source; it gets a write key", status: http.StatusCreated, errors: []int{409}},
		func(ctx context.Context, in *ask[Source]) (*created[Source], error) {
			in.Body.ID, in.Body.Revision = "", 0
			s, err := a.Sources.SaveSource(ctx, in.Body)
			return &created[Source]{etag(s.Revision), base + "/" + s.ID, s}, err
		})
	handle(a, route{method: "GET", path: base + "/{id}", tag: tag, summary: "One source", errors: []int{404}},
		func(ctx context.Context, in *keyInput) (*tagged[Source], error) {
			s, err := a.Sources.Source(ctx, in.ID)
			return &tagged[Source]{etag(s.Revision), s}, err
		})
	handle(a, route{method: "PUT", path: base + "/{id}", tag: tag, summary: "Change a source", errors: []int{404, 409, 412, 428}},
		func(ctx context.Context, in *keyReplaceInput[Source]) (*tagged[Source], error) {
			rev, err := revision(in.IfMatch)
			if err != nil {
				return nil, err
			}
			in.Body.ID, in.Body.Revision = in.ID, rev
			s, err := a.Sources.SaveSource(ctx, in.Body)
			return &tagged[Source]{etag(s.Revision), s}, err
		})
	handle(a, route{method: "DELETE", path: base + "/{id}", tag: tag, summary: "Delete a source: its key is refused; it can be restored", errors: []int{404, 412, 428}},
		func(ctx context.Context, in *keyDeleteInput) (*struct{}, error) {
			rev, err := revision(in.IfMatch)
			if err != nil {
				return nil, err
			}
			return nil, a.Sources.DeleteSource(ctx, in.ID, rev)
		})
	handle(a, route{method: "POST", path: base + "/{id}/restore", tag: tag, summary: "Undo the deletion of a source", errors: []int{404}},
		func(ctx context.Context, in *keyInput) (*tagged[Source], error) {
			s, err := a.Sources.RestoreSource(ctx, in.ID)
			return &tagged[Source]{etag(s.Revision), s}, err
		})
}
