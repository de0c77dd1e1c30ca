package httpapi

import "context"

// imports registers the list of bulk loads.
func (a *api) imports() {
	const tag, base = "Imports", "/api/v1/imports"
	handle(a, route{method: "GET", path: base, tag: tag, summary: "List imports, newest first"},
		func(ctx context.Context, in *Page) (*answer[list[Import]], error) {
			items, next, err := a.Imports.ListImports(ctx, *in)
			return &answer[list[Import]]{list[Import]{items, next}}, err
		})
	handle(a, route{method: "GET", path: base + "/{id}", tag: tag, summary: "One import and how far it is", errors: []int{404}},
		func(ctx context.Context, in *keyInput) (*answer[Import], error) {
			i, err := a.Imports.Import(ctx, in.ID)
			return &answer[Import]{i}, err
		})
	handle(a, route{method: "POST", path: base + "/{id}/cancel", tag: tag, summary: "Stop an import; running it again goes on from there", errors: []int{404, 409}},
		func(ctx context.Context, in *keyInput) (*answer[Import], error) {
			i, err := a.Imports.CancelImport(ctx, in.ID)
			return &answer[Import]{i}, err
		})
}
