package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Keys that the servers are started with.
const (
	writeKey = "bench-write-key-0123456789abcdefgh"
	apiKey   = "bench-api-key-0123456789abcdefghij"
)

// server is a running wend.
type server struct {
	url    string
	client *http.Client
	ready  time.Duration // from exec to its line that it is ready
	cmd    *exec.Cmd
	end    chan error
	log    bytes.Buffer // read only after it ended
}

// serve starts the built program on a data directory and returns when it is ready.
func serve(ctx context.Context, program, data string) (*server, error) {
	s := &server{end: make(chan error, 1), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: mostAtOnce}}}
	s.cmd = exec.CommandContext(ctx, program, "serve", "--data", data, "--listen", "127.0.0.1:0")
	s.cmd.Env = append(os.Environ(), "WEND_BOOTSTRAP_WRITE_KEY="+writeKey, "WEND_BOOTSTRAP_API_KEY="+apiKey)
	pipe, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			s.log.WriteString(lines.Text() + "\n")
			if url, ok := strings.CutPrefix(lines.Text(), "wend: ready on "); ok {
				ready <- url
			}
		}
		s.end <- s.cmd.Wait()
	}()
	select {
	case s.url = <-ready:
		s.ready = time.Since(began)
		return s, nil
	case err := <-s.end:
		return nil, fmt.Errorf("wend ended before it was ready: %w\n%s", err, s.log.String())
	}
}

// stop ends the server in good order.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := <-s.end; err != nil {
		return fmt.Errorf("wend did not end well: %w\n%s", err, s.log.String())
	}
	return nil
}

// ask posts a question to the API, or gets what is there if the question is nil, and decodes the answer.
func (s *server) ask(ctx context.Context, path string, question, answer any) error {
	method, body := "GET", []byte(nil)
	if question != nil {
		var err error
		if body, err = json.Marshal(question); err != nil {
			return err
		}
		method = "POST"
	}
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/json")
	res, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusCreated {
		return fmt.Errorf("%s: %s: %s", path, res.Status, text)
	}
	return json.Unmarshal(text, answer)
}

// resident is the memory of a process (0: this one): all of it, and what of it is no mapped file.
func resident(pid int) (all, private int64, err error) {
	name := "self"
	if pid != 0 {
		name = fmt.Sprint(pid)
	}
	text, err := os.ReadFile("/proc/" + name + "/status")
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(text)) {
		var kb int64
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kb); n == 1 {
			all = kb << 10
		}
		if n, _ := fmt.Sscanf(line, "RssAnon: %d kB", &kb); n == 1 {
			private = kb << 10
		}
	}
	if all == 0 {
		return 0, 0, fmt.Errorf("/proc/%s/status names no VmRSS", name)
	}
	return all, private, nil
}

// ownProcessorTime is what this process has used of the processors.
func ownProcessorTime() (time.Duration, error) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err
}

// processorTime is what a process has used of the processors, to 10 ms.
func processorTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the program's name may hold spaces
	words := strings.Fields(rest)
	if len(words) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat is %q", pid, text)
	}
	var user, system time.Duration // in hundredths of a second, what Linux shows on every machine
	if _, err := fmt.Sscan(words[11]+" "+words[12], &user, &system); err != nil {
		return 0, err
	}
	return (user + system) * 10 * time.Millisecond, nil
}
