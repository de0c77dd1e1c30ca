package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"wend": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// Keys that the scripts' servers start with.
const (
	scriptWriteKey = "script-write-key-0123456789abcdefgh"
	scriptAPIKey   = "script-api-key-0123456789abcdefghij"
)

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("KEY", scriptAPIKey)
			e.Setenv("WRITE_KEY", scriptWriteKey)
			e.Setenv("WEND_BOOTSTRAP_WRITE_KEY", scriptWriteKey)
			e.Setenv("WEND_BOOTSTRAP_API_KEY", scriptAPIKey)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server": startServer,
			"stop":   stopServer,
			"seen":   waitSeen,
		},
	})
}

// running is a server inside the test's process, as the script's `server` command started it.
type running struct {
	stop context.CancelFunc
	end  chan int
	log  *lineBuffer
}

var servers sync.Map // *testscript.TestScript → *running: the script commands have no other place for it

// startServer is `server DATA [flags]`: it runs wend serve until `stop`, and sets $SERVER.
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: server DATA [flags]")
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{stop: stop, end: make(chan int, 1), log: &lineBuffer{ready: make(chan string, 1)}}
	line := append([]string{"serve", "--data", ts.MkAbs(args[0]), "--listen", "127.0.0.1:0"}, args[1:]...)
	for _, name := range []string{"WEND_BOOTSTRAP_WRITE_KEY", "WEND_BOOTSTRAP_API_KEY"} {
		ts.Check(os.Setenv(name, ts.Getenv(name)))
	}
	go func() { r.end <- run(ctx, line, streams{strings.NewReader(""), r.log, r.log}) }()
	select {
	case url := <-r.log.ready:
		ts.Setenv("SERVER", url)
	case code := <-r.end:
		ts.Fatalf("wend serve ended with %d:\n%s", code, r.log.text())
	}
	servers.Store(ts, r)
	ts.Defer(func() {
		stop()
		servers.Delete(ts)
	})
}

// stopServer is `stop`: SIGTERM's way out, which must take less than 10 s and give 0.
func stopServer(ts *testscript.TestScript, _ bool, _ []string) {
	found, ok := servers.Load(ts)
	if !ok {
		ts.Fatalf("no server is running")
	}
	r := found.(*running)
	r.stop()
	select {
	case code := <-r.end:
		if code != 0 {
			ts.Fatalf("wend serve ended with %d:\n%s", code, r.log.text())
		}
	case <-time.After(20 * time.Second):
		ts.Fatalf("wend serve did not end in 20 s:\n%s", r.log.text())
	}
}

// waitSeen is `seen N`: questions see N events within 5 s.
func waitSeen(ts *testscript.TestScript, _ bool, args []string) {
	want := "\"events\":" + args[0] + ","
	deadline := time.NewTimer(5 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var b bytes.Buffer
		req, err := http.NewRequest("GET", ts.Getenv("SERVER")+"/api/v1/health", nil)
		ts.Check(err)
		req.Header.Set("Authorization", "Bearer "+scriptAPIKey)
		res, err := http.DefaultClient.Do(req)
		ts.Check(err)
		_, err = b.ReadFrom(res.Body)
		res.Body.Close()
		ts.Check(err)
		if strings.Contains(b.String(), want) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			ts.Fatalf("not %s events: %s", args[0], b.String())
		}
	}
}

// lineBuffer keeps what a server writes and tells when it is ready.
type lineBuffer struct {
	mu    sync.Mutex
	b     bytes.Buffer
	ready chan string
}

func (l *lineBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(string(p)) {
		if url, ok := strings.CutPrefix(strings.TrimSpace(line), "wend: ready on "); ok {
			l.ready <- url
		}
	}
	return l.b.Write(p)
}

func (l *lineBuffer) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var errs bytes.Buffer
	code := run(t.Context(), []string{"serve", "--data", t.TempDir(), "--listen", l.Addr().String()}, streams{nil, &errs, &errs})
	if code != 1 || !strings.Contains(errs.String(), "cannot listen") {
		t.Errorf("exit %d: %s", code, fmt.Sprint(&errs))
	}
}
