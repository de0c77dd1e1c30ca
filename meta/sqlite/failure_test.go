package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wend.dev/wend/collect"
	"wend.dev/wend/meta"
	"wend.dev/wend/meta/metatest"
	"wend.dev/wend/meta/sqlite"
)

// calls are all calls of the store that can fail.
func calls(s *sqlite.Store) map[string]func(ctx context.Context) error {
	drop := func(_ any, err error) error { return err }
	return map[string]func(ctx context.Context) error{
		"List": func(ctx context.Context) error { _, err := s.List(ctx, "Journey", false); return err },
		"Get":  func(ctx context.Context) error { _, err := s.Get(ctx, "Journey", "a"); return err },
		"Put": func(ctx context.Context) error {
			_, err := s.Put(ctx, meta.Edit{Kind: "Journey", ID: "a", Body: []byte(`{}`), IfMatch: "*"})
			return err
		},
		"Delete":  func(ctx context.Context) error { return s.Delete(ctx, "Journey", "a", "*") },
		"Restore": func(ctx context.Context) error { _, err := s.Restore(ctx, "Journey", "a"); return err },
		"Publish": func(ctx context.Context) error {
			_, err := s.Publish(ctx, meta.Publication{Kind: "Journey", ID: "a", IfMatch: "*"})
			return err
		},
		"Version":      func(ctx context.Context) error { _, err := s.Version(ctx, "Journey", "a", 1); return err },
		"Versions":     func(ctx context.Context) error { _, err := s.Versions(ctx, "Journey", "a"); return err },
		"ListSources":  func(ctx context.Context) error { _, err := s.ListSources(ctx); return err },
		"CreateSource": func(ctx context.Context) error { _, err := s.CreateSource(ctx, meta.Source{Name: "web"}); return err },
		"UpdateSource": func(ctx context.Context) error { _, err := s.UpdateSource(ctx, meta.Source{ID: "web"}); return err },
		"RotateKey":    func(ctx context.Context) error { _, err := s.RotateKey(ctx, "web"); return err },
		"CreateToken":  func(ctx context.Context) error { _, _, err := s.CreateToken(ctx, "admin", ""); return err },
		"CheckToken":   func(ctx context.Context) error { _, err := s.CheckToken(ctx, "secret"); return err },
		"ListTokens":   func(ctx context.Context) error { _, err := s.ListTokens(ctx); return err },
		"RevokeToken":  func(ctx context.Context) error { return s.RevokeToken(ctx, "tok") },
		"Reject": func(ctx context.Context) error {
			return s.Reject(ctx, []collect.Rejected{{Reason: collect.ReasonNoID}})
		},
		"ListRejected": func(ctx context.Context) error { _, err := s.ListRejected(ctx, meta.RejectedQuery{}); return err },
		"RejectedByID": func(ctx context.Context) error { _, err := s.RejectedByID(ctx, "x"); return err },
		"DropRejected": func(ctx context.Context) error { return s.DropRejected(ctx, "x") },
		"CountRejected": func(ctx context.Context) error {
			_, err := s.CountRejected(ctx, "")
			return err
		},
		"Imports.Put":  func(ctx context.Context) error { return s.Imports().Put(ctx, collect.Import{ID: "x"}) },
		"Imports.Get":  func(ctx context.Context) error { return drop(s.Imports().Get(ctx, "web", "x")) },
		"Imports.List": func(ctx context.Context) error { return drop(s.Imports().List(ctx, 1)) },
		"Settings":     func(ctx context.Context) error { return drop(s.Settings(ctx)) },
		"SaveSettings": func(ctx context.Context) error {
			return drop(s.SaveSettings(ctx, meta.Settings{TimeZone: "UTC", Currency: "EUR", ETag: "*"}))
		},
		"SaveSession":   func(ctx context.Context) error { return s.SaveSession(ctx, meta.Hash{}, metatest.NewClock().Now()) },
		"SessionExpiry": func(ctx context.Context) error { return drop(s.SessionExpiry(ctx, meta.Hash{})) },
		"DeleteSession": func(ctx context.Context) error { return s.DeleteSession(ctx, meta.Hash{}) },
		"Backup":        func(ctx context.Context) error { return s.Backup(ctx, os.DevNull+"/nowhere") },
	}
}

// TestCancelled makes every call with a context that is over: each ends with its error, and none takes it for "not
// found" or leaves the one writing connection taken.
func TestCancelled(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "state.db"), metatest.NewClock())
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range calls(s) {
		err := call(over)
		if !errors.Is(err, context.Canceled) || errors.Is(err, meta.ErrNotFound) || errors.Is(err, collect.ErrNoImport) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Put(t.Context(), meta.Edit{Kind: "Journey", ID: "a", Body: []byte(`{}`)}); err != nil {
		t.Errorf("nothing can be written afterwards: %v", err)
	}
	if all, err := s.ListRejected(t.Context(), meta.RejectedQuery{}); err != nil || len(all) != 0 {
		t.Errorf("a cancelled rejection was kept: %v, %v", all, err)
	}
}

// TestClosed makes every call after closing: an error each, no panic, and never "not found".
func TestClosed(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "state.db"), metatest.NewClock())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, call := range calls(s) {
		if err := call(t.Context()); err == nil || errors.Is(err, meta.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.ByKey(t.Context(), "x"); !errors.Is(err, collect.ErrUnknownKey) {
		t.Errorf("keys are answered from memory, yet: %v", err)
	}
}

// TestNowhere opens a file in a folder that is not there.
func TestNowhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "absent", "state.db")
	if s, err := sqlite.Open(t.Context(), path, metatest.NewClock()); err == nil || s != nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error is %v", err)
	}
}

// TestCheck finds a sound file sound, a missing one missing, and one with a page overwritten damaged.
func TestCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	if err := sqlite.Check(t.Context(), path); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("a missing file: %v", err)
	}
	s := open(t, path, metatest.NewClock())
	for range 40 {
		if err := s.Reject(t.Context(), []collect.Rejected{{Reason: collect.ReasonNoID, Raw: []byte(strings.Repeat("x", 2000))}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := sqlite.Check(t.Context(), path); err != nil {
		t.Errorf("a sound file in use: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) / 2; i < len(b)/2+4096; i++ {
		b[i] = 0xA5
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Check(t.Context(), path); err == nil {
		t.Error("a damaged file is called sound")
	}
}
