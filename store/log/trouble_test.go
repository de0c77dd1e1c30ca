package log

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

func TestNumbersRoundTrip(t *testing.T) {
	for _, n := range []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1 << 53, -1 << 53, 1<<53 - 1, 1e300, -1e300, math.MaxFloat64, math.SmallestNonzeroFloat64, math.MaxInt64} {
		e := named("n")
		e.Fields = []event.Field{{Path: "p", Value: event.NumberValue(n)}}
		got, err := Decode(Encode(nil, []event.Event{e}))
		if err != nil {
			t.Fatal(err)
		}
		if g := got[0].Fields[0].Value.Num; math.Float64bits(g) != math.Float64bits(n) {
			t.Errorf("%v became %v", n, g)
		}
	}
}

func TestEncodeRefsIsEncode(t *testing.T) {
	events := sample(5)
	var refs []*event.Event
	for i := range events {
		refs = append(refs, &events[i])
	}
	if !bytes.Equal(Encode(nil, events), EncodeRefs(nil, refs)) {
		t.Error("the two differ")
	}
}

func TestDecodeSharesTheMessage(t *testing.T) {
	b := Encode(nil, []event.Event{named("shared")})
	got, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	n := testing.AllocsPerRun(10, func() { _, _ = Decode(b) })
	if got[0].MessageID != "shared" || n > 3 {
		t.Errorf("%v takes %v allocations", got[0], n)
	}
}

func TestUnknownValueKindIsABug(t *testing.T) {
	defer func() {
		if r := recover(); r == nil || !strings.HasPrefix(fmt.Sprint(r), "BUG: ") {
			t.Errorf("recovered %v", r)
		}
	}()
	e := named("x")
	e.Fields = []event.Field{{Path: "p"}}
	Encode(nil, []event.Event{e})
}

func TestReadGivesTheCallersError(t *testing.T) {
	l := open(t, Options{})
	appendOne(t, l, "a")
	mine := errors.New("mine")
	if err := l.Read(t.Context(), 0, func(store.Mark, []event.Event) error { return mine }); !errors.Is(err, mine) {
		t.Error(err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Read(stopped, 0, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := l.Append(stopped, []event.Event{named("x")}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if last, err := l.Last(t.Context()); err != nil || last != 1 {
		t.Errorf("last %d, %v", last, err)
	}
}

func TestReadPastATrim(t *testing.T) {
	l := open(t, Options{})
	for i := range 6 {
		appendOne(t, l, fmt.Sprint(i))
	}
	var got []string
	err := l.Read(t.Context(), 0, func(m store.Mark, e []event.Event) error {
		got = append(got, e[0].MessageID)
		if m == 2 { // what is read is forgotten while reading goes on, as the segments do
			if err := l.Trim(t.Context(), 2); err != nil {
				return err
			}
		}
		if m == 6 {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) || !slices.Equal(got, []string{"0", "1", "2", "3", "4", "5"}) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestServerStaysAway keeps the embedded server from opening again for a while: appends fail without a lie, and work
// again by themselves.
func TestServerStaysAway(t *testing.T) {
	var lines bytes.Buffer
	l := open(t, Options{AckWait: 200 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	appendOne(t, l, "a")
	s, err := l.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.server.Shutdown()
	s.server.WaitForShutdown()
	files, away := filepath.Join(l.dir(), "jetstream"), filepath.Join(l.opts.Dir, "away")
	if err := os.Rename(files, away); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if m, err := l.Append(t.Context(), []event.Event{named("lost")}); err == nil {
		t.Errorf("acknowledged as %d without a server", m)
	}
	if err := errors.Join(os.Remove(files), os.Rename(away, files)); err != nil {
		t.Fatal(err)
	}
	appendOne(t, l, "b") // waits until the log is open again
	if got := readTo(t, l, 0, "b"); !slices.Equal(got, []string{"a", "b"}) {
		t.Error(got)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(lines.String(), "opening it again") || !strings.Contains(lines.String(), "cannot open the log again") {
		t.Errorf("log lines: %s", &lines)
	}
}

// TestClusterComesBack restarts an external server: NATS connects again by itself, readers and writers go on.
func TestClusterComesBack(t *testing.T) {
	opts := &server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true, MaxPayload: maxPayload}
	run := func() *server.Server {
		srv, err := server.NewServer(opts)
		if err != nil {
			t.Fatal(err)
		}
		srv.Start()
		if !srv.ReadyForConnections(10 * time.Second) {
			t.Fatal("the server does not start")
		}
		return srv
	}
	srv := run()
	url := srv.ClientURL()
	l := open(t, Options{URL: url})
	got := make(chan string, 10)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- l.Read(ctx, 0, func(_ store.Mark, e []event.Event) error { got <- e[0].MessageID; return nil })
	}()
	appendOne(t, l, "a")
	if g := <-got; g != "a" {
		t.Fatal(g)
	}
	if _, err := fmt.Sscanf(url[strings.LastIndex(url, ":"):], ":%d", &opts.Port); err != nil {
		t.Fatal(err)
	}
	srv.Shutdown()
	srv.WaitForShutdown()
	srv = run()
	t.Cleanup(func() { _ = l.Close(); srv.Shutdown(); srv.WaitForShutdown() })
	appendOne(t, l, "b")
	if g := <-got; g != "b" {
		t.Errorf("read %s", g)
	}
	cancel()
	<-done
}

func TestServerLinesReachTheLogger(t *testing.T) {
	var lines bytes.Buffer
	s := serverLog{slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	s.Noticef("one %d", 1)
	s.Warnf("two")
	s.Errorf("three")
	s.Fatalf("four")
	s.Debugf("five")
	s.Tracef("six")
	for _, want := range []string{`DEBUG msg="nats: one 1"`, `WARN msg="nats: two"`, `ERROR msg="nats: three"`, `ERROR msg="nats: four"`, `DEBUG msg="nats: five"`, `DEBUG msg="nats: six"`} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("no line %s in\n%s", want, &lines)
		}
	}
}
