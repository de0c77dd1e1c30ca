package app

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"wend.dev/wend/collect/dedup"
	"wend.dev/wend/httpapi"
	"wend.dev/wend/meta/sqlite"
	"wend.dev/wend/store/segment"
)

// Check verifies the sums of every file in a data directory and says what is wrong, one line a problem. The directory
// may be in use; what a running server is writing at the moment is not looked at.
func Check(ctx context.Context, data string) (problems []string, err error) {
	found, err := segment.Check(data)
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		problems = append(problems, fmt.Sprint(p))
	}
	if err := dedup.Check(filepath.Join(data, "dedup")); err != nil {
		problems = append(problems, "dedup: "+err.Error())
	}
	if err := sqlite.Check(ctx, filepath.Join(data, "meta.db")); err != nil {
		problems = append(problems, "meta.db: "+err.Error())
	}
	return problems, nil
}

// OpenAPI writes the API's document.
func OpenAPI(w io.Writer) error {
	doc, err := httpapi.Document()
	if err != nil {
		return err
	}
	_, err = w.Write(doc)
	return err
}
