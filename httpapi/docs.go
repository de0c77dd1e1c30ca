package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// serveDocument serves the OpenAPI document.
func (a *api) serveDocument(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/openapi+json")
	_, _ = w.Write(a.doc)
}

func docsPage(*huma.OpenAPI) (http.HandlerFunc, error) {
	return func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "see /api/openapi.json") }, nil
}
