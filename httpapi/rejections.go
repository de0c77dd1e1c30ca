package httpapi

import "context"

type rejectionsInput struct {
	Page
	RejectionQuery
}

// rejections registers the list of events that were not accepted.
func (a *api) rejections() {
	const tag, base = "Rejected events", "/api/v1/rejections"
	handle(a, route{method: "GET", path: base, tag: tag, summary: "List rejected events, newest first"},
		func(ctx context.Context, in *rejectionsInput) (*answer[list[Rejection]], error) {
			items, next, err := a.Rejections.ListRejections(ctx, in.RejectionQuery, in.Page)
			return &answer[list[Rejection]]{list[Rejection]{items, next}}, err
		})
	handle(a, route{method: "POST", path: base + "/{id}/retry", tag: tag, summary: "Send a rejected event through the checks again", errors: []int{404, 503}},
		func(ctx context.Context, in *keyInput) (*struct{}, error) {
			return nil, a.Rejections.RetryRejection(ctx, in.ID)
		})
	handle(a, route{method: "DELETE", path: base + "/{id}", tag: tag, summary: "Take a rejected event off the list", errors: []int{404}},
		func(ctx context.Context, in *keyInput) (*struct{}, error) {
			return nil, a.Rejections.DeleteRejection(ctx, in.ID)
		})
}
