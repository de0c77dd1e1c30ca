package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wend.dev/wend/meta"
)

// Settings implements meta.Settled.
func (s *Store) Settings(ctx context.Context) (meta.Settings, error) {
	return s.settings(ctx, nil)
}

func (s *Store) settings(ctx context.Context, tx *sql.Tx) (meta.Settings, error) {
	out := meta.Settings{Name: "default", TimeZone: "UTC", Currency: "EUR", Locale: "en"}
	var body, tag string
	err := s.row(ctx, tx, "meta.Settings").Scan(&body, &tag)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		b, _ := json.Marshal(out) // four strings: cannot fail
		out.ETag = etag(b)
		return out, nil
	case err == nil:
		err = json.Unmarshal([]byte(body), &out)
	}
	if err != nil {
		return meta.Settings{}, fmt.Errorf("cannot read settings: %w", err)
	}
	out.ETag = tag
	return out, nil
}

// SaveSettings implements meta.Settled. It wraps meta.ErrInvalid for a time zone or a currency that cannot be.
func (s *Store) SaveSettings(ctx context.Context, in meta.Settings) (meta.Settings, error) {
	match := in.ETag
	in.ETag = ""
	if _, err := time.LoadLocation(in.TimeZone); err != nil || in.TimeZone == "" || in.TimeZone == "Local" {
		return meta.Settings{}, fmt.Errorf("time zone %q is not an IANA name such as Europe/Oslo: %w", in.TimeZone, meta.ErrInvalid)
	}
	if len(in.Currency) != 3 {
		return meta.Settings{}, fmt.Errorf("currency %q is not an ISO 4217 code such as NOK: %w", in.Currency, meta.ErrInvalid)
	}
	b, err := json.Marshal(in)
	if err != nil {
		return meta.Settings{}, fmt.Errorf("cannot save settings: %w", err)
	}
	err = s.within(ctx, func(tx *sql.Tx) error {
		have, err := s.settings(ctx, tx)
		if err == nil && match != "*" && match != have.ETag {
			err = fmt.Errorf("settings: %w", meta.ErrConflict)
		}
		if err == nil {
			_, err = s.exec(ctx, tx, "meta.SaveSettings", string(b), etag(b))
		}
		return err
	})
	if err != nil {
		return meta.Settings{}, err
	}
	in.ETag = etag(b)
	return in, nil
}
