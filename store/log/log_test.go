package log

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/goleak"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, opts Options) *Log {
	t.Helper()
	if opts.Dir == "" {
		opts.Dir = t.TempDir()
	}
	l, err := Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func appendOne(t *testing.T, l *Log, id string) store.Mark {
	t.Helper()
	mark, err := l.Append(t.Context(), []event.Event{named(id)})
	if err != nil {
		t.Fatal(err)
	}
	return mark
}

func named(id string) event.Event {
	return event.Event{MessageID: id, Kind: event.Track, Name: "A", Time: 1, ReceivedAt: 2, Profile: 3, UserID: "u"}
}

var errEnough = errors.New("enough")

// readTo gives the message ids from a mark on up to and including the message with the id last.
func readTo(t *testing.T, l *Log, from store.Mark, last string) (ids []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err := l.Read(ctx, from, func(m store.Mark, events []event.Event) error {
		for _, e := range events {
			ids = append(ids, e.MessageID)
			if e.MessageID == last {
				return errEnough
			}
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Fatalf("read %v: %v", ids, err)
	}
	return ids
}

func TestAppendThenRead(t *testing.T) {
	l := open(t, Options{})
	want := sample(50)
	mark, err := l.Append(t.Context(), want)
	if err != nil || mark != 1 {
		t.Fatalf("mark %d, %v", mark, err)
	}
	appendOne(t, l, "b")
	if last, err := l.Last(t.Context()); err != nil || last != 2 {
		t.Errorf("last %d, %v", last, err)
	}
	err = l.Read(t.Context(), 0, func(m store.Mark, got []event.Event) error {
		if m != 1 || !reflect.DeepEqual(got, want) {
			t.Errorf("mark %d, %d events", m, len(got))
		}
		return errEnough
	})
	if !errors.Is(err, errEnough) {
		t.Error(err)
	}
	if got := readTo(t, l, 2, "b"); !slices.Equal(got, []string{"b"}) {
		t.Errorf("from 2: %v", got)
	}
}

func TestReadFollows(t *testing.T) {
	l := open(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	got := make(chan store.Mark)
	done := make(chan error, 1)
	go func() {
		done <- l.Read(ctx, 0, func(m store.Mark, _ []event.Event) error { got <- m; return nil })
	}()
	var slowest time.Duration
	for i := range 20 {
		mark := appendOne(t, l, fmt.Sprint(i))
		start := time.Now()
		if m := <-got; m != mark {
			t.Fatalf("mark %d, want %d", m, mark)
		}
		slowest = max(slowest, time.Since(start))
	}
	t.Logf("a message reached the reader within %v", slowest)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestManyAppendersEachOnce(t *testing.T) {
	l := open(t, Options{})
	var wg sync.WaitGroup
	marks := make([]store.Mark, 64)
	for i := range marks {
		wg.Go(func() { marks[i] = appendOne(t, l, fmt.Sprint(i)) })
	}
	wg.Wait()
	byMark := map[store.Mark]string{}
	for i, m := range marks {
		byMark[m] = fmt.Sprint(i)
	}
	seen := 0
	_ = l.Read(t.Context(), 1, func(m store.Mark, e []event.Event) error {
		seen++
		if m != store.Mark(seen) || e[0].MessageID != byMark[m] {
			t.Errorf("message %d has mark %d and id %s, want %s", seen, m, e[0].MessageID, byMark[m])
		}
		if seen == len(marks) {
			return errEnough
		}
		return nil
	})
}

func TestReopenGoesOn(t *testing.T) {
	dir := t.TempDir()
	l := open(t, Options{Dir: dir})
	appendOne(t, l, "a")
	if _, err := Open(t.Context(), Options{Dir: dir}); err == nil {
		t.Error("two logs on one directory")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), []event.Event{named("x")}); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := l.Read(t.Context(), 0, nil); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	l = open(t, Options{Dir: dir})
	if m := appendOne(t, l, "b"); m != 2 {
		t.Errorf("mark %d", m)
	}
	if got := readTo(t, l, 0, "b"); !slices.Equal(got, []string{"a", "b"}) {
		t.Error(got)
	}
}

// TestAcknowledgedSurvivesKill opens a copy of the files as they are while the log runs: what a kill leaves.
func TestAcknowledgedSurvivesKill(t *testing.T) {
	l := open(t, Options{})
	for i := range 5 {
		appendOne(t, l, fmt.Sprint(i))
	}
	if err := l.Trim(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	killed := open(t, Options{Dir: copyDir(t, l.opts.Dir)})
	got := readTo(t, killed, 3, "4")
	if !slices.Equal(got, []string{"2", "3", "4"}) {
		t.Error(got)
	}
	if err := l.Trim(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	killed = open(t, Options{Dir: copyDir(t, l.opts.Dir)})
	if m := appendOne(t, killed, "after"); m != 6 {
		t.Errorf("after all was trimmed and a kill, the next mark is %d", m)
	}
}

func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(filepath.Join(to, "log", "LOCK"))
	return to
}

func TestTrim(t *testing.T) {
	l := open(t, Options{})
	for i := range 4 {
		appendOne(t, l, fmt.Sprint(i))
	}
	trim := func(upTo store.Mark, want ...string) {
		t.Helper()
		if err := l.Trim(t.Context(), upTo); err != nil {
			t.Fatal(err)
		}
		if got := readTo(t, l, 0, want[len(want)-1]); !slices.Equal(got, want) {
			t.Errorf("after trim to %d: %v, want %v", upTo, got, want)
		}
	}
	trim(0, "0", "1", "2", "3")
	trim(2, "2", "3")
	trim(1, "2", "3")
	trim(4, "3")
	if m := appendOne(t, l, "4"); m != 5 {
		t.Errorf("mark %d", m)
	}
	// The log was lost, the sealed segments go to 100.
	if err := l.Trim(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	if m := appendOne(t, l, "new"); m != 101 {
		t.Errorf("mark %d after trimming past the end", m)
	}
	killed := open(t, Options{Dir: copyDir(t, l.opts.Dir)})
	if m := appendOne(t, killed, "newer"); m != 102 {
		t.Errorf("mark %d after that and a kill", m)
	}
}

// TestSeam leaves no byte of what came before it once the log is trimmed to it, not even in JetStream's files.
func TestSeam(t *testing.T) {
	l := open(t, Options{})
	const secret = "kari.nordmann@example.com"
	before := appendOne(t, l, "a-"+secret)
	if err := l.Trim(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		before = appendOne(t, l, secret)
	}
	if !contains(t, l.dir(), secret) {
		t.Fatal("the test looks in the wrong place")
	}
	seam, err := l.Seam(t.Context())
	if err != nil || seam <= before {
		t.Fatalf("seam at %d after %d, %v", seam, before, err)
	}
	if err := l.Trim(t.Context(), seam); err != nil {
		t.Fatal(err)
	}
	if contains(t, l.dir(), secret) {
		t.Error("it is still in the log's files")
	}
	if m := appendOne(t, l, "next"); m != seam+1 {
		t.Errorf("mark %d after a seam at %d", m, seam)
	}
	var marks []store.Mark
	killed := open(t, Options{Dir: copyDir(t, l.opts.Dir)})
	err = killed.Read(t.Context(), 0, func(m store.Mark, events []event.Event) error {
		if marks = append(marks, m); len(events) > 0 {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) || !slices.Equal(marks, []store.Mark{seam, seam + 1}) {
		t.Errorf("read %v, %v", marks, err)
	}
}

// TestSeamIsFollowed hands the seam on to a reader that waits for what comes next.
func TestSeamIsFollowed(t *testing.T) {
	l := open(t, Options{})
	appendOne(t, l, "a")
	began, got, done := make(chan struct{}), make(chan store.Mark, 10), make(chan error, 1)
	go func() {
		done <- l.Read(t.Context(), 0, func(m store.Mark, events []event.Event) error {
			if m == 1 {
				close(began)
			}
			got <- m
			if len(events) == 1 && events[0].MessageID == "b" {
				return errEnough
			}
			return nil
		})
	}()
	<-began
	seam, err := l.Seam(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for m := range seam {
		if have := <-got; have != m+1 {
			t.Fatalf("message %d after %d", have, m)
		}
	}
	appendOne(t, l, "b")
	if err := <-done; !errors.Is(err, errEnough) {
		t.Error(err)
	}
}

// contains says whether any file under a folder holds a text.
func contains(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found = found || bytes.Contains(b, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestStreamLimit(t *testing.T) {
	l := open(t, Options{MaxBytes: 4 << 10})
	var err error
	appended := 0
	for ; err == nil && appended < 100; appended++ {
		_, err = l.Append(t.Context(), sample(1))
	}
	if !errors.Is(err, store.ErrFull) {
		t.Fatalf("after %d: %v", appended, err)
	}
	if err := l.Trim(t.Context(), store.Mark(appended-2)); err != nil {
		t.Fatal(err)
	}
	appendOne(t, l, "room again")
}

func TestTooLarge(t *testing.T) {
	l := open(t, Options{})
	big := named("big")
	big.Fields = []event.Field{{Path: "p", Value: event.StringValue(string(make([]byte, MaxMessage-200)))}}
	if _, err := l.Append(t.Context(), []event.Event{big}); err != nil {
		t.Error(err)
	}
	if got := readTo(t, l, 1, "big"); len(got) != 1 {
		t.Error("not read back")
	}
	if _, err := l.Append(t.Context(), []event.Event{big, big}); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

// small mounts a file system of its own, to fill.
func small(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("needs the right to mount a small file system: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill takes all room of a file system and gives a way to free it.
func fill(t *testing.T, dir string, leave int64) (free func()) {
	t.Helper()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "ballast")
	if err := os.WriteFile(path, make([]byte, int64(fs.Bavail)*fs.Bsize-leave), 0o644); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReserveRefusesBeforeTheDiskIsFull(t *testing.T) {
	l := open(t, Options{Dir: small(t, "40m"), Reserve: 8 << 20})
	appendOne(t, l, "a")
	free := fill(t, l.opts.Dir, 4<<20)
	if _, err := l.Append(t.Context(), []event.Event{named("refused")}); !errors.Is(err, store.ErrFull) {
		t.Fatalf("error %v", err)
	}
	free()
	if m := appendOne(t, l, "b"); m != 2 {
		t.Errorf("mark %d", m)
	}
	if got := readTo(t, l, 0, "b"); !slices.Equal(got, []string{"a", "b"}) {
		t.Error(got)
	}
}

// TestDiskFull lets JetStream itself meet the full disk, many times over.
func TestDiskFull(t *testing.T) {
	l := open(t, Options{Dir: small(t, "24m"), Reserve: -1, AckWait: 500 * time.Millisecond})
	var acked []string
	for round := range 3 {
		free := fill(t, l.opts.Dir, 200<<10)
		failed := false
		for i := range 100 {
			id := fmt.Sprintf("%d-%d", round, i)
			events := sample(40)
			events[0].MessageID = id
			if _, err := l.Append(t.Context(), events); err != nil {
				failed = true
				break
			}
			acked = append(acked, id)
		}
		if !failed {
			t.Fatal("the disk never got full")
		}
		free()
		id := fmt.Sprintf("%d-freed", round)
		for {
			_, err := l.Append(t.Context(), []event.Event{named(id)})
			if err == nil {
				break
			}
			t.Logf("not yet: %v", err)
		}
		acked = append(acked, id)
	}
	var got []string
	last := acked[len(acked)-1]
	_ = l.Read(t.Context(), 0, func(_ store.Mark, events []event.Event) error {
		got = append(got, events[0].MessageID)
		if events[0].MessageID == last {
			return errEnough
		}
		return nil
	})
	if !slices.Equal(got, acked) {
		t.Errorf("in the log  %v\nacknowledged %v", got, acked)
	}
}

func TestReaderOutlivesTheServer(t *testing.T) {
	l := open(t, Options{})
	got := make(chan string)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- l.Read(ctx, 0, func(_ store.Mark, e []event.Event) error { got <- e[0].MessageID; return nil })
	}()
	for i := range 3 {
		id := fmt.Sprint(i)
		appendOne(t, l, id)
		if g := <-got; g != id {
			t.Fatalf("got %s, want %s", g, id)
		}
		s, err := l.current(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			l.broken(s, errors.New("the test says so"))
		} else {
			s.server.Shutdown()
		}
	}
	appendOne(t, l, "last")
	if g := <-got; g != "last" {
		t.Errorf("got %s", g)
	}
	cancel()
	<-done
}

func TestDamagedMessage(t *testing.T) {
	l := open(t, Options{})
	appendOne(t, l, "a")
	if _, err := l.session.js.Publish(t.Context(), subject, []byte("rubbish")); err != nil {
		t.Fatal(err)
	}
	appendOne(t, l, "b")
	err := l.Read(t.Context(), 0, func(store.Mark, []event.Event) error { return nil })
	if !errors.Is(err, ErrDamaged) {
		t.Error(err)
	}
}

func TestExternalServer(t *testing.T) {
	srv, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true, MaxPayload: maxPayload})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
	l := open(t, Options{URL: srv.ClientURL()})
	appendOne(t, l, "a")
	if got := readTo(t, l, 0, "a"); len(got) != 1 {
		t.Error(got)
	}
	if _, err := Open(t.Context(), Options{URL: "nats://127.0.0.1:1"}); err == nil {
		t.Error("opened without a server")
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l, err := Open(b.Context(), Options{Dir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			events := sample(n)
			for b.Loop() {
				if _, err := l.Append(b.Context(), events); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "events/s")
			start := time.Now()
			var read int
			_ = l.Read(b.Context(), 0, func(m store.Mark, e []event.Event) error {
				if read += len(e); read >= b.N*n {
					return errEnough
				}
				return nil
			})
			b.ReportMetric(float64(read)/time.Since(start).Seconds(), "events-read/s")
		})
	}
}
