// Package query is the state's SQL: nothing in, statements by name out.
//
// Each statement stands in its own file, <stage>.<Func>.sql, named after the Go function that runs it. Parameters are
// $1, $2, …, which SQLite and PostgreSQL both read. A back-end prepares all of them when it opens, so that a broken
// statement fails at boot and not at its first use.
package query

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.sql
var files embed.FS

// All returns every statement by the name of its file without .sql: "meta.Get". Only a broken
// build gives an error.
func All() (map[string]string, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("cannot list queries: %w", err)
	}
	out := make(map[string]string, len(entries))
	for _, e := range entries {
		b, err := files.ReadFile(e.Name())
		if err != nil {
			return nil, fmt.Errorf("cannot read query %q: %w", e.Name(), err)
		}
		out[strings.TrimSuffix(e.Name(), ".sql")] = strings.TrimSpace(string(b))
	}
	return out, nil
}
