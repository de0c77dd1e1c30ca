package sqlite_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"wend.dev/wend/collect"
	"wend.dev/wend/meta"
	"wend.dev/wend/meta/metatest"
	"wend.dev/wend/meta/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Store fills every port.
var (
	_ meta.Definitions = (*sqlite.Store)(nil)
	_ meta.Versions    = (*sqlite.Store)(nil)
	_ meta.Sources     = (*sqlite.Store)(nil)
	_ meta.Tokens      = (*sqlite.Store)(nil)
	_ meta.Rejections  = (*sqlite.Store)(nil)
	_ meta.Settled     = (*sqlite.Store)(nil)
	_ meta.Sessions    = (*sqlite.Store)(nil)
	_ collect.Imports  = sqlite.Imports{}
)

func open(t *testing.T, path string, clock *metatest.Clock) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, clock)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSuite(t *testing.T) {
	metatest.Run(t, func(t *testing.T, clock *metatest.Clock) metatest.Back {
		s := open(t, filepath.Join(t.TempDir(), "state.db"), clock)
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return metatest.Back{Definitions: s, Versions: s, Sources: s, Tokens: s, Rejections: s, Imports: s.Imports(), Settled: s, Sessions: s}
	})
}

// TestReopen closes and opens the file: everything is still there, keys are in memory again, nothing migrates twice.
func TestReopen(t *testing.T) {
	// A blank, a question mark, a per cent sign and a hash would all break a careless address.
	path := filepath.Join(t.TempDir(), "my state? 100%#.db")
	clock := metatest.NewClock()
	s := open(t, path, clock)
	src, err := s.CreateSource(t.Context(), meta.Source{Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = s.Put(t.Context(), meta.Edit{Kind: "Journey", ID: "a", Body: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	if err = s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err = os.Stat(path); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, clock)
	defer s.Close()
	if got, err := s.ByKey(t.Context(), src.Key); err != nil || got.ID != src.ID {
		t.Fatalf("key after reopening: %+v, %v", got, err)
	}
	if _, err := s.Get(t.Context(), "Journey", "a"); err != nil {
		t.Fatal(err)
	}
}

// TestSecretsHashed looks through the file's bytes: a token's secret must not stand in it.
func TestSecretsHashed(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "state.db"), metatest.NewClock())
	_, secret, err := s.CreateToken(t.Context(), "admin", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), secret) || strings.Contains(string(b), secret[3:20]) {
			t.Errorf("%s holds the secret", f)
		}
	}
}

func TestBackup(t *testing.T) {
	dir, clock := t.TempDir(), metatest.NewClock()
	s := open(t, filepath.Join(dir, "state.db"), clock)
	defer s.Close()
	if _, err := s.Put(t.Context(), meta.Edit{Kind: "Journey", ID: "a", Body: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "copy.db")
	if err := s.Backup(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), to); err == nil {
		t.Fatal("a backup overwrote a file")
	}
	c := open(t, to, clock)
	defer c.Close()
	if _, err := c.Get(t.Context(), "Journey", "a"); err != nil {
		t.Fatal(err)
	}
}

// TestReadWhileWriting lets readers and a writer work at once: no call may fail with "database is locked".
func TestReadWhileWriting(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "state.db"), metatest.NewClock())
	defer s.Close()
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 25 {
				body := []byte(`{"n":` + strings.Repeat("1", i+1) + `}`)
				if _, err := s.Put(t.Context(), meta.Edit{Kind: "Journey", ID: string(rune('a' + w)), Body: body, IfMatch: "*"}); err != nil {
					t.Error(err)
				}
				if _, err := s.List(t.Context(), "Journey", false); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	all, err := s.List(t.Context(), "Journey", false)
	if err != nil || len(all) != 4 {
		t.Fatalf("%d definitions, %v", len(all), err)
	}
}

// TestNewerSchema opens a file of a later program: it must refuse, not guess.
func TestNewerSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	if err := open(t, path, metatest.NewClock()).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err = db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Open(t.Context(), path, metatest.NewClock())
	if err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Fatalf("error is %v", err)
	}
}

// TestDamaged opens a file that is no database: an error naming it, no panic.
func TestDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("this is not a database ", 400)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), path, metatest.NewClock()); err == nil || !strings.Contains(err.Error(), path) {
		t.Fatalf("error is %v", err)
	}
}
