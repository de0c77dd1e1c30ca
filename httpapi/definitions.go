package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
)

// fileList is all definitions.
type fileList struct {
	Files []File `json:"files" doc:"One definition each, by name"`
}

// definitions registers definitions as files: what wend export, diff and apply use.
func (a *api) definitions() {
	const tag = "Definitions"
	handle(a, route{method: "GET", path: "/api/v1/definitions", tag: tag, summary: "All definitions as YAML files"},
		func(ctx context.Context, _ *struct{}) (*answer[fileList], error) {
			files, err := a.Definitions.Export(ctx)
			return &answer[fileList]{fileList{files}}, err
		})
	handle(a, route{
		method: "POST", path: "/api/v1/definitions/apply", tag: tag, summary: "Make the definitions like these files, or say what would change",
		errors: []int{413}, more: func(op *huma.Operation) { op.MaxBodyBytes = 16 << 20 },
	},
		func(ctx context.Context, in *ask[Change]) (*answer[Plan], error) {
			plan, err := a.Definitions.Apply(ctx, in.Body)
			return &answer[Plan]{plan}, err
		})
}
