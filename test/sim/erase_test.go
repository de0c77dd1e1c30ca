package sim

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wend.dev/wend/event"
	"wend.dev/wend/test/harness"
)

// TestEraseUnderLoadThenKill erases one user after the other while others send, kills the server right after each
// answer, and finds nobody who was erased afterwards, not in answers and in the end not in any file.
func TestEraseUnderLoadThenKill(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	const victims = 5
	name := func(i int) string { return "victim-" + string(rune('a'+i)) }
	for i := range victims {
		func() {
			s := harness.Start(t, data, "--store.seal-age=1s")
			w := &writer{user: name(i), batch: 300}
			for range 3 {
				if status, err := s.Send("/v1/batch", w.body()); err != nil || status != 200 {
					t.Fatalf("%d, %v", status, err)
				}
				w.next += w.batch
			}
			var stop atomic.Bool
			var load sync.WaitGroup
			load.Go(func() {
				other := &writer{user: "other", next: i * 100_000, batch: 500}
				for !stop.Load() {
					if status, err := s.Send("/v1/batch", other.body()); err != nil || status != 200 {
						return // it was killed
					}
					other.next += other.batch
				}
			})
			var out struct{ Events int }
			err := s.Call("DELETE", "/api/v1/profiles/"+event.UserProfile(name(i)).String(), nil, &out)
			s.Kill()
			stop.Store(true)
			load.Wait()
			if err != nil || out.Events != w.next {
				t.Fatalf("erased %d events of %d: %v\n%s", out.Events, w.next, err, s.Log())
			}
		}()
	}
	s := harness.Start(t, data)
	for i := range victims {
		err := s.Call("GET", "/api/v1/profiles/"+event.UserProfile(name(i)).String(), nil, nil)
		if err == nil || !strings.Contains(err.Error(), "404") {
			t.Errorf("%s is back: %v", name(i), err)
		}
	}
	purged(t, s)
	if err := s.Stop(); err != nil {
		t.Fatalf("SIGTERM: %v\n%s", err, s.Log())
	}
	if out, err := exec.Command(harness.Build(t), "check", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("check: %v\n%s", err, out)
	}
	for i := range victims {
		found(t, data, name(i))
	}
}

// purged waits until no file holds events of erased people any more.
func purged(t *testing.T, s *harness.Server) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.NewTimer(time.Minute)
	for {
		var health struct {
			Store struct {
				StaleFiles int `json:"stale_files"`
			}
		}
		if err := s.Call("GET", "/api/v1/health", nil, &health); err != nil {
			t.Fatal(err)
		}
		if health.Store.StaleFiles == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%d files are still to be rewritten\n%s", health.Store.StaleFiles, s.Log())
		}
	}
}

// found fails for every file that holds a text. Parquet pages are compressed, but short texts stand in them as they
// are, and in the log and the index.
func found(t *testing.T, dir, text string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(text)) {
			t.Errorf("%s still holds %q", path, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
