package httpapi

import "context"

type settingsInput struct {
	IfMatch string `header:"If-Match" doc:"The ETag they were read with"`
	Body    Workspace
}

// settings registers the workspace's settings.
func (a *api) settings() {
	const tag, path = "Workspace", "/api/v1/settings"
	handle(a, route{method: "GET", path: path, tag: tag, summary: "The workspace's settings"},
		func(ctx context.Context, _ *struct{}) (*tagged[Workspace], error) {
			w, err := a.Settings.Workspace(ctx)
			return &tagged[Workspace]{etag(w.Revision), w}, err
		})
	handle(a, route{method: "PUT", path: path, tag: tag, summary: "Change the workspace's settings", errors: []int{412, 428}},
		func(ctx context.Context, in *settingsInput) (*tagged[Workspace], error) {
			rev, err := revision(in.IfMatch)
			if err != nil {
				return nil, err
			}
			in.Body.Revision = rev
			w, err := a.Settings.SaveWorkspace(ctx, in.Body)
			return &tagged[Workspace]{etag(w.Revision), w}, err
		})
}

// health registers how the process is.
func (a *api) health() {
	handle(a, route{method: "GET", path: "/api/v1/health", tag: "Workspace", summary: "How the process is: store, collecting, log, version"},
		func(ctx context.Context, _ *struct{}) (*answer[Status], error) {
			s, err := a.Health.Status(ctx)
			return &answer[Status]{s}, err
		})
}
