package httpapi

import (
	"context"
	"net/http"
)

type keyInput struct {
	ID string `path:"id" maxLength:"64" doc:"Its id"`
}

type keyDeleteInput struct {
	ID      string `path:"id" maxLength:"64" doc:"Its id"`
	IfMatch string `header:"If-Match" doc:"The ETag it was read with"`
}

type keyReplaceInput[T any] struct {
	ID      string `path:"id" maxLength:"64" doc:"Its id"`
	IfMatch string `header:"If-Match" doc:"The ETag it was read with"`
	Body    T
}

// views registers the questions that people saved.
func (a *api) views() {
	const tag, base = "Saved views", "/api/v1/views"
	handle(a, route{method: "GET", path: base, tag: tag, summary: "List saved questions"},
		func(ctx context.Context, in *Page) (*answer[list[SavedView]], error) {
			items, next, err := a.Views.ListViews(ctx, *in)
			return &answer[list[SavedView]]{list[SavedView]{items, next}}, err
		})
	handle(a, route{method: "POST", path: base, tag: tag, summary: "Save a question", status: http.StatusCreated},
		func(ctx context.Context, in *ask[SavedView]) (*created[SavedView], error) {
			in.Body.ID, in.Body.Revision = "", 0
			v, err := a.Views.SaveView(ctx, in.Body)
			return &created[SavedView]{etag(v.Revision), base + "/" + v.ID, v}, err
		})
	handle(a, route{method: "GET", path: base + "/{id}", tag: tag, summary: "One saved question", errors: []int{404}},
		func(ctx context.Context, in *keyInput) (*tagged[SavedView], error) {
			v, err := a.Views.View(ctx, in.ID)
			return &tagged[SavedView]{etag(v.Revision), v}, err
		})
	handle(a, route{method: "PUT", path: base + "/{id}", tag: tag, summary: "Change a saved question", errors: []int{404, 412, 428}},
		func(ctx context.Context, in *keyReplaceInput[SavedView]) (*tagged[SavedView], error) {
			rev, err := revision(in.IfMatch)
			if err != nil {
				return nil, err
			}
			in.Body.ID, in.Body.Revision = in.ID, rev
			v, err := a.Views.SaveView(ctx, in.Body)
			return &tagged[SavedView]{etag(v.Revision), v}, err
		})
	handle(a, route{method: "DELETE", path: base + "/{id}", tag: tag, summary: "Delete a saved question; it can be restored", errors: []int{404, 412, 428}},
		func(ctx context.Context, in *keyDeleteInput) (*struct{}, error) {
			rev, err := revision(in.IfMatch)
			if err != nil {
				return nil, err
			}
			return nil, a.Views.DeleteView(ctx, in.ID, rev)
		})
	handle(a, route{method: "POST", path: base + "/{id}/restore", tag: tag, summary: "Undo the deletion of a saved question", errors: []int{404}},
		func(ctx context.Context, in *keyInput) (*tagged[SavedView], error) {
			v, err := a.Views.RestoreView(ctx, in.ID)
			return &tagged[SavedView]{etag(v.Revision), v}, err
		})
}
