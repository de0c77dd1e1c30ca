package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"wend.dev/wend/meta"
)

// SaveSession implements meta.Sessions.
func (s *Store) SaveSession(ctx context.Context, id meta.Hash, expires time.Time) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		if _, err := s.exec(ctx, tx, "meta.SweepSessions", int64(s.now())); err != nil {
			return err
		}
		_, err := s.exec(ctx, tx, "meta.SaveSession", hex.EncodeToString(id[:]), expires.UnixMilli())
		return err
	})
}

// SessionExpiry implements meta.Sessions.
func (s *Store) SessionExpiry(ctx context.Context, id meta.Hash) (time.Time, error) {
	var at int64
	err := s.row(ctx, nil, "meta.SessionExpiry", hex.EncodeToString(id[:])).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("cannot read a session: %w", err)
	}
	return time.UnixMilli(at).UTC(), nil
}

// DeleteSession implements meta.Sessions.
func (s *Store) DeleteSession(ctx context.Context, id meta.Hash) error {
	_, err := s.exec(ctx, nil, "meta.DeleteSession", hex.EncodeToString(id[:]))
	return err
}
