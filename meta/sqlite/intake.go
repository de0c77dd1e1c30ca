package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wend.dev/wend/collect"
	"wend.dev/wend/event"
	"wend.dev/wend/meta"
)

// Reject implements collect.Rejections. All are kept or none; those past the newest 10,000 are dropped now and then,
// but stay counted.
func (s *Store) Reject(ctx context.Context, events []collect.Rejected) error {
	if len(events) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[meta.RejectedCount]int64{}
	err := s.within(ctx, func(tx *sql.Tx) error {
		// Of a flood in one request only the newest can stay: the rest is counted and not written at all.
		for i, e := range events {
			counts[meta.RejectedCount{Day: day(e.ReceivedAt), Source: e.SourceID, Reason: e.Reason}]++
			if i < len(events)-maxRejected {
				continue
			}
			if _, err := s.exec(ctx, tx, "collect.Reject", s.nextID(), e.SourceID, int64(e.ReceivedAt), e.Reason, e.Detail,
				e.Kind, e.Name, e.MessageID, string(e.Raw)); err != nil {
				return err
			}
		}
		for c, n := range counts {
			if _, err := s.exec(ctx, tx, "collect.CountReject", c.Day, c.Source, c.Reason, n); err != nil {
				return err
			}
		}
		if s.rejected+int64(len(events)) < maxRejected+trimSlack {
			return nil
		}
		_, err := s.exec(ctx, tx, "collect.TrimRejected", maxRejected)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot keep %d rejected events: %w", len(events), err)
	}
	if s.rejected += int64(len(events)); s.rejected >= maxRejected+trimSlack {
		s.rejected = maxRejected
	}
	return nil
}

// nextID is a new id that sorts after all earlier ones: microseconds, never the same twice. The caller holds mu.
func (s *Store) nextID() string {
	s.lastID = max(s.lastID+1, s.clock.Now().UnixMicro())
	return fmt.Sprintf("%014x%s", s.lastID, randomHex(3))
}

func day(t event.Millis) string { return t.Time().Format(time.DateOnly) }

// ListRejected implements meta.Rejections.
func (s *Store) ListRejected(ctx context.Context, q meta.RejectedQuery) ([]meta.Rejected, error) {
	limit := min(q.Limit, 500)
	if limit <= 0 {
		limit = 50
	}
	out, err := list(ctx, s, "collect.ListRejected", scanRejected, q.Source, q.Reason, q.Before, limit)
	if err != nil {
		return nil, fmt.Errorf("cannot list rejected events: %w", err)
	}
	return out, nil
}

// RejectedByID implements meta.Rejections.
func (s *Store) RejectedByID(ctx context.Context, ids ...string) ([]meta.Rejected, error) {
	out := []meta.Rejected{}
	for _, id := range ids {
		r, err := scanRejected(s.row(ctx, nil, "collect.RejectedByID", id))
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read rejected event %q: %w", id, err)
		}
		out = append(out, r)
	}
	return out, nil
}

// DropRejected implements meta.Rejections.
func (s *Store) DropRejected(ctx context.Context, ids ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var gone int64
	err := s.within(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			n, err := s.exec(ctx, tx, "collect.DropRejected", id)
			if err != nil {
				return err
			}
			gone += n
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("cannot drop rejected events: %w", err)
	}
	s.rejected -= gone
	return nil
}

// EraseRejected implements meta.Rejections. What it drops is overwritten in the file (secure_delete), and the
// write-ahead log is emptied, unless a reader keeps it.
func (s *Store) EraseRejected(ctx context.Context, identifiers []string) (int, error) {
	all, err := list(ctx, s, "collect.AllRejected", scanRejected)
	if err != nil {
		return 0, fmt.Errorf("cannot look for rejected events: %w", err)
	}
	var ids []string
	for _, r := range all {
		if r.Holds(identifiers) {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	if err := s.DropRejected(ctx, ids...); err != nil {
		return 0, err
	}
	if _, err := s.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return 0, fmt.Errorf("cannot empty the write-ahead log: %w", err)
	}
	return len(ids), nil
}

// CountRejected implements meta.Rejections.
func (s *Store) CountRejected(ctx context.Context, since string) ([]meta.RejectedCount, error) {
	out, err := list(ctx, s, "collect.CountRejected", func(r scanner) (c meta.RejectedCount, err error) {
		err = r.Scan(&c.Day, &c.Source, &c.Reason, &c.Count)
		return c, err
	}, since)
	if err != nil {
		return nil, fmt.Errorf("cannot count rejected events: %w", err)
	}
	return out, nil
}

func scanRejected(r scanner) (m meta.Rejected, err error) {
	var raw string
	var at int64
	err = r.Scan(&m.ID, &m.SourceID, &at, &m.Reason, &m.Detail, &m.Kind, &m.Name, &m.MessageID, &raw)
	m.ReceivedAt, m.Raw = event.Millis(at), []byte(raw)
	return m, err
}

// Imports is the store as collect.Imports.
type Imports struct{ store *Store }

// Imports gives the part that keeps the state of imports.
func (s *Store) Imports() Imports { return Imports{s} }

// Put implements collect.Imports.
func (i Imports) Put(ctx context.Context, im collect.Import) error {
	resume := im.Resume
	im.Resume, im.Cancelled = false, false
	b, err := json.Marshal(im)
	var n int64
	if err == nil {
		n, err = i.store.exec(ctx, nil, "collect.PutImport", im.Source, im.ID, int64(im.UpdatedAt), string(b), resume)
	}
	if err == nil && n == 0 {
		err = collect.ErrCancelled
	}
	if err != nil {
		return fmt.Errorf("cannot keep the state of import %q: %w", im.ID, err)
	}
	return nil
}

// Get implements collect.Imports.
func (i Imports) Get(ctx context.Context, source, id string) (collect.Import, error) {
	im, err := scanImport(i.store.row(ctx, nil, "collect.GetImport", source, id))
	if errors.Is(err, sql.ErrNoRows) {
		return im, fmt.Errorf("import %q: %w", id, collect.ErrNoImport)
	}
	if err != nil {
		return im, fmt.Errorf("cannot read the state of import %q: %w", id, err)
	}
	return im, nil
}

// Cancel implements collect.Imports.
func (i Imports) Cancel(ctx context.Context, source, id string) (im collect.Import, err error) {
	now := event.MillisOf(i.store.clock.Now())
	err = i.store.within(ctx, func(tx *sql.Tx) error {
		im, err = scanImport(i.store.row(ctx, tx, "collect.GetImport", source, id))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return collect.ErrNoImport
		case err != nil || im.Cancelled:
			return err
		case im.Done:
			return collect.ErrImportDone
		}
		im.Cancelled, im.UpdatedAt = true, now
		_, err = i.store.exec(ctx, tx, "collect.CancelImport", source, id, int64(now))
		return err
	})
	if err != nil {
		return im, fmt.Errorf("cannot cancel import %q: %w", id, err)
	}
	return im, nil
}

// List implements collect.Imports.
func (i Imports) List(ctx context.Context, limit int) ([]collect.Import, error) {
	out, err := list(ctx, i.store, "collect.ListImports", scanImport, limit)
	if err != nil {
		return nil, fmt.Errorf("cannot list imports: %w", err)
	}
	return out, nil
}

func scanImport(r scanner) (im collect.Import, err error) {
	var state string
	var cancelled int64
	if err = r.Scan(&state, &cancelled); err == nil {
		err = json.Unmarshal([]byte(state), &im)
	}
	if im.Cancelled = cancelled != 0; im.Cancelled {
		im.UpdatedAt = event.Millis(cancelled)
	}
	return im, err
}
