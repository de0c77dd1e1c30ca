// Package sqlite is the state beside the events in one SQLite file: calls of meta's ports in, rows on disk out.
//
// One connection writes, a few read (SQLite's WAL lets them go on meanwhile). A write that returned is on disk
// (synchronous FULL). Write keys are also held in memory, because every ingest request asks for one.
package sqlite

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver, pure Go

	"wend.dev/wend/collect"
	"wend.dev/wend/event"
	"wend.dev/wend/meta/migrate"
	"wend.dev/wend/meta/query"
)

// Store keeps the state. It implements meta.Definitions, meta.Versions, meta.Sources, meta.Tokens, meta.Rejections,
// meta.Settled and, through Imports, collect.Imports. It is safe for concurrent use.
type Store struct {
	clock event.Clock
	write *sql.DB // one connection
	read  *sql.DB
	inTx  map[string]*sql.Stmt // every statement, prepared on write
	alone map[string]*sql.Stmt // the reading ones, prepared on read

	keys atomic.Pointer[map[[32]byte]collect.Source] // by hash of the write key; replaced as a whole

	mu       sync.Mutex
	rejected int64 // rows in the list, about; guarded by mu
	lastID   int64 // of the last rejected event; guarded by mu
}

const (
	readers     = 4
	maxRejected = 10_000 // newest kept
	trimSlack   = 500    // trimmed only when so many more have gathered
)

// Open opens the file, creating and migrating it as needed, prepares every statement and loads the write keys.
func Open(ctx context.Context, path string, clock event.Clock) (*Store, error) {
	s := &Store{clock: clock, inTx: map[string]*sql.Stmt{}, alone: map[string]*sql.Stmt{}}
	if err := s.open(ctx, path); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("cannot open state %q: %w", path, err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) (err error) {
	if s.write, err = sql.Open("sqlite", dsn(path, true)); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if _, err = migrate.Up(ctx, s.write, goose.DialectSQLite3); err != nil {
		return err
	}
	if s.read, err = sql.Open("sqlite", dsn(path, false)); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(readers)
	texts, err := query.All()
	if err != nil {
		return err
	}
	for name, text := range texts {
		if s.inTx[name], err = s.write.PrepareContext(ctx, text); err != nil { //nolint:sqlclosecheck // kept until Close
			return fmt.Errorf("cannot prepare %s: %w", name, err)
		}
		if !strings.HasPrefix(text, "SELECT") {
			continue
		}
		if s.alone[name], err = s.read.PrepareContext(ctx, text); err != nil { //nolint:sqlclosecheck // kept until Close
			return fmt.Errorf("cannot prepare %s: %w", name, err)
		}
	}
	if err = s.loadKeys(ctx); err != nil {
		return err
	}
	return s.row(ctx, nil, "collect.SizeRejected").Scan(&s.rejected)
}

// dsn is the driver's address of the file. The path is escaped, since it may hold a question mark.
func dsn(path string, write bool) string {
	v := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)"}}
	if write {
		v.Set("_txlock", "immediate")
	} else {
		v.Add("_pragma", "query_only(1)")
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: v.Encode()}).String()
}

// Close ends all work. Calls after it fail.
func (s *Store) Close() error {
	var errs []error
	for _, stmts := range []map[string]*sql.Stmt{s.alone, s.inTx} {
		for _, st := range stmts {
			if st != nil {
				errs = append(errs, st.Close())
			}
		}
	}
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Backup writes a consistent copy of the file to a path that must not exist.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := s.write.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("cannot back up the state to %q: %w", path, err)
	}
	return nil
}

func (s *Store) now() event.Millis { return event.MillisOf(s.clock.Now()) }

// stmt is a prepared statement: within the transaction if there is one, else on the readers' connections if it reads.
func (s *Store) stmt(ctx context.Context, tx *sql.Tx, name string) *sql.Stmt {
	st := s.inTx[name]
	if st == nil {
		panic("BUG: no query file " + name) // names are constants; meta/query tests that each has its file
	}
	if tx != nil {
		return tx.StmtContext(ctx, st)
	}
	if read := s.alone[name]; read != nil {
		return read
	}
	return st
}

func (s *Store) exec(ctx context.Context, tx *sql.Tx, name string, args ...any) (int64, error) {
	res, err := s.stmt(ctx, tx, name).ExecContext(ctx, args...) //nolint:sqlclosecheck // kept until Close
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return res.RowsAffected()
}

func (s *Store) row(ctx context.Context, tx *sql.Tx, name string, args ...any) *sql.Row {
	return s.stmt(ctx, tx, name).QueryRowContext(ctx, args...) //nolint:sqlclosecheck // kept until Close
}

// list runs a query and scans each row into a fresh T.
func list[T any](ctx context.Context, s *Store, name string, scan func(scanner) (T, error), args ...any) ([]T, error) {
	rows, err := s.stmt(ctx, nil, name).QueryContext(ctx, args...) //nolint:sqlclosecheck // kept until Close
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer func() { _ = rows.Close() }()
	out := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out, nil
}

type scanner interface{ Scan(dest ...any) error }

// within runs f in one write transaction.
func (s *Store) within(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

// isTaken says whether an error is a violated uniqueness.
func isTaken(err error) bool {
	return err != nil && strings.Contains(err.Error(), "UNIQUE constraint failed")
}

// randomHex is n random bytes as hex.
func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return hex.EncodeToString(b)
}

// etag is the hash of a document's compact JSON.
func etag(body []byte) string {
	h := sha256.Sum256(body)
	return hex.EncodeToString(h[:16])
}
