package sim

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/test/harness"
)

// TestDiskFull fills a small file system under a running server: it must answer 503, say so, take events again by
// itself when there is room, and lose nothing that it acknowledged.
func TestDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("mounting a tmpfs needs root")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("this machine does not let root mount a tmpfs: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", dir).Run() })
	s := harness.Start(t, filepath.Join(dir, "data"), "--store.reserve=33554432")
	w := &writer{user: "writer-0", batch: 1000}
	ballast := filepath.Join(dir, "ballast")
	send := func(want int, times int) {
		t.Helper()
		for range times {
			status, err := s.Send("/v1/batch", w.body())
			if err != nil {
				t.Fatal(err)
			}
			if status == 200 {
				w.next += w.batch
			}
			if want != 0 && status != want {
				t.Fatalf("got %d, want %d\n%s", status, want, s.Log())
			}
		}
	}
	send(200, 5)
	fill(t, ballast, 140<<20)
	send(503, 3)
	if !strings.Contains(s.Log(), "full") {
		t.Errorf("the log does not say that the disk is full:\n%s", s.Log())
	}
	var health struct{ State string }
	if err := s.Call("GET", "/api/v1/health", nil, &health); err != nil || health.State != "full" {
		t.Errorf("health is %+v, %v; want full", health, err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	recovered(t, s, w)
	send(200, 5)
	count(t, s, w)
	if err := s.Stop(); err != nil {
		t.Fatalf("SIGTERM: %v\n%s", err, s.Log())
	}
	count(t, harness.Start(t, filepath.Join(dir, "data")), w)
}

func fill(t *testing.T, path string, size int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 1<<20)
	for range size >> 20 {
		if _, err := f.Write(block); err != nil {
			return // it is full, which is what we want
		}
	}
}

// recovered sends until the server takes events again: within a few seconds of there being room.
func recovered(t *testing.T, s *harness.Server, w *writer) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		status, err := s.Send("/v1/batch", w.body())
		if err != nil {
			t.Fatal(err)
		}
		if status == 200 {
			w.next += w.batch
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("20 s after there is room the answer is still %d\n%s", status, s.Log())
		}
	}
}

// count compares what is there with what was acknowledged. Questions see an event within a second of its
// acknowledgement, so it asks again for a while.
func count(t *testing.T, s *harness.Server, w *writer) {
	t.Helper()
	q := seq.Trend{Series: []seq.TrendSeries{{Matcher: seq.Matcher{Event: seq.Names{"Tick"}}}}, Interval: "month"}
	deadline := time.NewTimer(5 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		var a seq.TrendAnswer
		if err := s.Call("POST", "/api/v1/query/trend", q, &a); err != nil {
			t.Fatal(err)
		}
		got := int(a.Series[0].Total)
		if got == w.next {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%d events are there, %d were acknowledged", got, w.next)
		}
	}
}
