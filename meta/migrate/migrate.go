// Package migrate is the state's schema: an empty or older database in, one of today's shape out.
//
// Migrations stand in sql/NNNN_verb_object.sql and are never edited after landing. They keep to the SQL that SQLite
// and PostgreSQL share.
package migrate

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed sql/*.sql
var files embed.FS

// Up brings a database to the newest schema and returns its number. Running it again changes nothing. A database from
// a newer program is an error: its schema is not understood.
func Up(ctx context.Context, db *sql.DB, dialect goose.Dialect) (int64, error) {
	sub, err := fs.Sub(files, "sql")
	if err != nil {
		return 0, fmt.Errorf("cannot read migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, db, sub)
	if err != nil {
		return 0, fmt.Errorf("cannot read migrations: %w", err)
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("cannot read the database's schema number: %w", err)
	}
	if have > want {
		return 0, fmt.Errorf("cannot use a database of schema %d: this program knows schemas up to %d; use a newer program", have, want)
	}
	if _, err := p.Up(ctx); err != nil {
		return 0, fmt.Errorf("cannot migrate the database from schema %d to %d: %w", have, want, err)
	}
	return want, nil
}
