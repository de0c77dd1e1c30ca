package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"wend.dev/wend/journey"
)

type shelfListInput struct {
	Page
	Deleted bool `query:"deleted" doc:"Those that were deleted and can be restored, instead of those that are there"`
}

type shelfIDInput struct {
	ID string `path:"id" pattern:"^[a-z0-9][a-z0-9-]{0,63}$" patternDescription:"lower-case letters, digits and hyphens" doc:"Its id"`
}

type shelfReplaceInput[T any] struct {
	ID      string `path:"id" pattern:"^[a-z0-9][a-z0-9-]{0,63}$" patternDescription:"lower-case letters, digits and hyphens" doc:"Its id"`
	IfMatch string `header:"If-Match" doc:"The ETag it was read with"`
	Body    T
}

type shelfDeleteInput struct {
	ID      string `path:"id" pattern:"^[a-z0-9][a-z0-9-]{0,63}$" patternDescription:"lower-case letters, digits and hyphens" doc:"Its id"`
	IfMatch string `header:"If-Match" doc:"The ETag it was read with"`
}

// library registers the definitions that maps refer to.
func (a *api) library() {
	shelf(a, "persona", a.Personas, func(p *journey.Persona) *journey.Header { return &p.Header })
	shelf(a, "touchpoint", a.Touchpoints, func(t *journey.Touchpoint) *journey.Header { return &t.Header })
}

// shelf registers the six operations of one kind of definition.
func shelf[T any](a *api, one string, keep Shelf[T], head func(*T) *journey.Header) {
	plural := one + "s"
	tag := strings.ToUpper(plural[:1]) + plural[1:]
	base := "/api/v1/" + plural
	handle(a, route{method: "GET", path: base, tag: tag, summary: "List " + plural},
		func(ctx context.Context, in *shelfListInput) (*answer[list[Stored[T]]], error) {
			items, next, err := keep.List(ctx, in.Deleted, in.Page)
			return &answer[list[Stored[T]]]{list[Stored[T]]{items, next}}, err
		})
	handle(a, route{method: "POST", path: base, tag: tag, summary: "Create a " + one, status: http.StatusCreated, errors: []int{409}},
		func(ctx context.Context, in *ask[T]) (*created[Stored[T]], error) {
			s, err := keep.Create(ctx, in.Body)
			return &created[Stored[T]]{etag(s.Revision), base + "/" + head(&in.Body).Metadata.ID, s}, err
		})
	handle(a, route{method: "GET", path: base + "/{id}", tag: tag, summary: "One " + one, errors: []int{404}},
		func(ctx context.Context, in *shelfIDInput) (*tagged[Stored[T]], error) {
			s, err := keep.Get(ctx, in.ID)
			return &tagged[Stored[T]]{etag(s.Revision), s}, err
		})
	handle(a, route{method: "PUT", path: base + "/{id}", tag: tag, summary: "Change a " + one, errors: []int{404, 412, 428}},
		func(ctx context.Context, in *shelfReplaceInput[T]) (*tagged[Stored[T]], error) {
			rev, err := revision(in.IfMatch)
			if err != nil {
				return nil, err
			}
			if id := head(&in.Body).Metadata.ID; id != in.ID {
				return nil, &Fault{Kind: "invalid", Field: "metadata.id", Reason: "is " + strconv.Quote(id) + ", but the address says " + strconv.Quote(in.ID) + "; an id cannot be changed"}
			}
			s, err := keep.Replace(ctx, in.ID, rev, in.Body)
			return &tagged[Stored[T]]{etag(s.Revision), s}, err
		})
	handle(a, route{method: "DELETE", path: base + "/{id}", tag: tag, summary: "Delete a " + one + "; it can be restored", errors: []int{404, 412, 428}},
		func(ctx context.Context, in *shelfDeleteInput) (*struct{}, error) {
			rev, err := revision(in.IfMatch)
			if err != nil {
				return nil, err
			}
			return nil, keep.Delete(ctx, in.ID, rev)
		})
	handle(a, route{method: "POST", path: base + "/{id}/restore", tag: tag, summary: "Undo the deletion of a " + one, errors: []int{404}},
		func(ctx context.Context, in *shelfIDInput) (*tagged[Stored[T]], error) {
			s, err := keep.Restore(ctx, in.ID)
			return &tagged[Stored[T]]{etag(s.Revision), s}, err
		})
}

// created is a body with its revision and its address.
type created[T any] struct {
	ETag     string `header:"ETag" doc:"The revision, to be sent back in If-Match"`
	Location string `header:"Location" doc:"Its address"`
	Body     T
}

// etag writes a revision as an entity tag.
func etag(revision int64) string { return `"` + strconv.FormatInt(revision, 10) + `"` }

// revision reads the revision that the caller saw from If-Match. Without one the answer is 428: a write that could
// undo someone's work unseen is not taken.
func revision(ifMatch string) (int64, error) {
	if ifMatch == "" {
		return 0, faulty(http.StatusPreconditionRequired, "header", "If-Match", "send the ETag that you read, so that nobody's change is lost")
	}
	tag := strings.TrimPrefix(strings.TrimSpace(ifMatch), "W/")
	n, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil || n < 1 || etag(n) != tag {
		return 0, faulty(http.StatusBadRequest, "header", "If-Match", "is not an ETag that this API gave out, such as \"7\"")
	}
	return n, nil
}
