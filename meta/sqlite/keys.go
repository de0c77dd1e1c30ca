package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"wend.dev/wend/collect"
	"wend.dev/wend/event"
	"wend.dev/wend/meta"
)

// ByKey implements collect.Sources. It answers from memory by the key's hash, so the time it takes tells nothing of
// how much of a guessed key is right.
func (s *Store) ByKey(_ context.Context, key string) (collect.Source, error) {
	if src, ok := (*s.keys.Load())[sha256.Sum256([]byte(key))]; ok {
		return src, nil
	}
	return collect.Source{}, collect.ErrUnknownKey
}

// loadKeys puts the sources that are in use into memory.
func (s *Store) loadKeys(ctx context.Context) error {
	all, err := s.ListSources(ctx)
	if err != nil {
		return err
	}
	keys := make(map[[32]byte]collect.Source, len(all))
	for _, src := range all {
		if src.DisabledAt == 0 {
			keys[sha256.Sum256([]byte(src.Key))] = collect.Source{ID: src.ID, Name: src.Name,
				MaxBatchBytes: src.MaxBatchBytes, MaxBatchEvents: src.MaxBatchEvents, EventsPerSecond: src.EventsPerSecond}
		}
	}
	s.keys.Store(&keys)
	return nil
}

// ListSources implements meta.Sources.
func (s *Store) ListSources(ctx context.Context) ([]meta.Source, error) {
	out, err := list(ctx, s, "meta.ListSources", scanSource)
	if err != nil {
		return nil, fmt.Errorf("cannot list sources: %w", err)
	}
	return out, nil
}

// CreateSource implements meta.Sources.
func (s *Store) CreateSource(ctx context.Context, src meta.Source) (meta.Source, error) {
	if src.ID == "" {
		src.ID = "src_" + randomHex(6)
	}
	if src.Key == "" {
		src.Key = "wk_" + randomHex(16)
	}
	if err := checkKey(src.Key); err != nil {
		return meta.Source{}, err
	}
	src.CreatedAt = s.now()
	_, err := s.exec(ctx, nil, "meta.CreateSource", src.ID, src.Name, src.Platform, src.Key, src.MaxBatchBytes,
		src.MaxBatchEvents, src.EventsPerSecond, int64(src.CreatedAt), int64(src.DisabledAt))
	if isTaken(err) {
		err = fmt.Errorf("its id or write key is taken: %w", meta.ErrConflict)
	}
	if err == nil {
		err = s.reloadKeys(ctx)
	}
	if err != nil {
		return meta.Source{}, fmt.Errorf("cannot create source %q: %w", src.Name, err)
	}
	return src, nil
}

// UpdateSource implements meta.Sources.
func (s *Store) UpdateSource(ctx context.Context, src meta.Source) (meta.Source, error) {
	n, err := s.exec(ctx, nil, "meta.UpdateSource", src.ID, src.Name, src.Platform, src.MaxBatchBytes, src.MaxBatchEvents,
		src.EventsPerSecond, int64(src.DisabledAt))
	return s.changedSource(ctx, src.ID, n, err)
}

// RotateKey implements meta.Sources.
func (s *Store) RotateKey(ctx context.Context, id string) (meta.Source, error) {
	n, err := s.exec(ctx, nil, "meta.RotateKey", id, "wk_"+randomHex(16))
	return s.changedSource(ctx, id, n, err)
}

func (s *Store) changedSource(ctx context.Context, id string, n int64, err error) (meta.Source, error) {
	if err == nil && n == 0 {
		err = meta.ErrNotFound
	}
	if err == nil {
		err = s.reloadKeys(ctx)
	}
	all, err2 := s.ListSources(ctx)
	if err = errors.Join(err, err2); err != nil {
		return meta.Source{}, fmt.Errorf("cannot change source %q: %w", id, err)
	}
	for _, src := range all {
		if src.ID == id {
			return src, nil
		}
	}
	return meta.Source{}, fmt.Errorf("source %q: %w", id, meta.ErrNotFound)
}

// reloadKeys makes sure that the last writer's keys win when two change sources at once.
func (s *Store) reloadKeys(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.loadKeys(ctx)
}

// CreateToken implements meta.Tokens.
func (s *Store) CreateToken(ctx context.Context, name, secret string) (meta.Token, string, error) {
	if secret == "" {
		secret = "wt_" + randomHex(20)
	}
	if err := checkKey(secret); err != nil {
		return meta.Token{}, "", err
	}
	t := meta.Token{ID: "tok_" + randomHex(6), Name: name, Hint: secret[:4] + "…" + secret[len(secret)-4:], CreatedAt: s.now()}
	_, err := s.exec(ctx, nil, "meta.CreateToken", t.ID, t.Name, hashSecret(secret), t.Hint, int64(t.CreatedAt))
	if isTaken(err) {
		t, err = scanToken(s.row(ctx, nil, "meta.CheckToken", hashSecret(secret)))
	}
	if err != nil {
		return meta.Token{}, "", fmt.Errorf("cannot create token %q: %w", name, err)
	}
	return t, secret, nil
}

// CheckToken implements meta.Tokens.
func (s *Store) CheckToken(ctx context.Context, secret string) (meta.Token, error) {
	t, err := scanToken(s.row(ctx, nil, "meta.CheckToken", hashSecret(secret)))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return meta.Token{}, fmt.Errorf("token: %w", meta.ErrNotFound)
	case err != nil:
		return meta.Token{}, fmt.Errorf("cannot check a token: %w", err)
	case t.RevokedAt != 0:
		return meta.Token{}, fmt.Errorf("token %s was revoked: %w", t.ID, meta.ErrNotFound)
	}
	if now := s.now(); now-t.LastUsedAt >= 60_000 {
		t.LastUsedAt = now - now%60_000
		if _, err := s.exec(ctx, nil, "meta.UseToken", t.ID, int64(t.LastUsedAt)); err != nil {
			return meta.Token{}, err
		}
	}
	return t, nil
}

// ListTokens implements meta.Tokens.
func (s *Store) ListTokens(ctx context.Context) ([]meta.Token, error) {
	out, err := list(ctx, s, "meta.ListTokens", scanToken)
	if err != nil {
		return nil, fmt.Errorf("cannot list tokens: %w", err)
	}
	return out, nil
}

// RevokeToken implements meta.Tokens.
func (s *Store) RevokeToken(ctx context.Context, id string) error {
	n, err := s.exec(ctx, nil, "meta.RevokeToken", id, int64(s.now()))
	if err == nil && n == 0 {
		err = meta.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("cannot revoke token %q: %w", id, err)
	}
	return nil
}

// checkKey holds keys to 32 to 128 printable ASCII characters without blanks.
func checkKey(key string) error {
	if len(key) < 32 || len(key) > 128 || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("a key must be 32 to 128 printable characters without blanks: %w", meta.ErrInvalid)
	}
	return nil
}

func hashSecret(secret string) string {
	h := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(h[:])
}

func scanSource(r scanner) (src meta.Source, err error) {
	err = r.Scan(&src.ID, &src.Name, &src.Platform, &src.Key, &src.MaxBatchBytes, &src.MaxBatchEvents, &src.EventsPerSecond,
		(*int64)(&src.CreatedAt), (*int64)(&src.DisabledAt))
	return src, err
}

func scanToken(r scanner) (t meta.Token, err error) {
	var created, used, revoked int64
	err = r.Scan(&t.ID, &t.Name, &t.Hint, &created, &used, &revoked)
	t.CreatedAt, t.LastUsedAt, t.RevokedAt = event.Millis(created), event.Millis(used), event.Millis(revoked)
	return t, err
}
