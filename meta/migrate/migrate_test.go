package migrate_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite"

	"wend.dev/wend/meta/migrate"
)

func open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// schema is every table and index as SQLite has it.
func schema(t *testing.T, db *sql.DB) (out []string) {
	t.Helper()
	rows, err := db.Query("SELECT name || ': ' || COALESCE(sql, '') FROM sqlite_master WHERE name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestUpFromEach starts at every older schema with a row in it: all roads lead to the same schema, and the row stays.
func TestUpFromEach(t *testing.T) {
	fresh := open(t)
	newest, err := migrate.Up(t.Context(), fresh, goose.DialectSQLite3)
	if err != nil {
		t.Fatal(err)
	}
	want := schema(t, fresh)
	if newest < 6 || len(want) < 8 {
		t.Fatalf("schema %d with %d tables and indexes", newest, len(want))
	}
	for from := int64(1); from < newest; from++ {
		db := open(t)
		p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("sql"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.UpTo(t.Context(), from); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`INSERT INTO versions (kind, id, number, body, etag, note, published_at, published_by) VALUES ('Journey', 'a', 1, '{}', 'e', '', 1, '')`); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time changes nothing
			if got, err := migrate.Up(t.Context(), db, goose.DialectSQLite3); err != nil || got != newest {
				t.Fatalf("from schema %d: %d, %v", from, got, err)
			}
		}
		if got := schema(t, db); !slices.Equal(got, want) {
			t.Errorf("from schema %d:\n%q\nwant\n%q", from, got, want)
		}
		var body, pins string
		if err := db.QueryRow("SELECT body, pins FROM versions WHERE id = 'a'").Scan(&body, &pins); err != nil || body != "{}" || pins != "[]" {
			t.Errorf("from schema %d the row is %q %q, %v", from, body, pins, err)
		}
	}
}

// TestNames holds the files to NNNN_verb_object.sql, numbered without a gap.
func TestNames(t *testing.T) {
	entries, err := os.ReadDir("sql")
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		m := regexp.MustCompile(`^(\d{4})_[a-z]+(_[a-z]+)+\.sql$`).FindStringSubmatch(e.Name())
		if m == nil || m[1] != fmt.Sprintf("%04d", i+1) {
			t.Errorf("migration %d is called %s", i+1, e.Name())
		}
	}
}
