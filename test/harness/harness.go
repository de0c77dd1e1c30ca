// Package harness is no stage: the built program in, a running server to test against out.
package harness

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Keys that every server of the harness is started with.
const (
	WriteKey = "harness-write-key-0123456789abcdef"
	APIKey   = "harness-api-key-0123456789abcdef01"
)

var built struct {
	once sync.Once
	path string
	err  error
}

// Build compiles cmd/wend once per test binary, without the UI, and returns the program's path.
func Build(t testing.TB) string {
	t.Helper()
	built.once.Do(func() {
		var dir string
		if dir, built.err = os.MkdirTemp("", "wend-harness-"); built.err != nil {
			return
		}
		built.path = filepath.Join(dir, "wend")
		cmd := exec.Command("go", "build", "-o", built.path, "wend.dev/wend/cmd/wend")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("cannot build wend: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

// Server is a running wend.
type Server struct {
	URL string
	cmd *exec.Cmd
	log *lockedBuffer
	end chan error
}

// Start runs `wend serve` on a data directory and returns when it is ready. The test ends it if nobody else did.
func Start(t testing.TB, data string, flags ...string) *Server {
	t.Helper()
	s, err := start(Build(t), data, flags)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Kill() })
	return s
}

func start(program, data string, flags []string) (*Server, error) {
	s := &Server{log: &lockedBuffer{}, end: make(chan error, 1)}
	s.cmd = exec.Command(program, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, flags...)...)
	s.cmd.Env = append(os.Environ(), "WEND_BOOTSTRAP_WRITE_KEY="+WriteKey, "WEND_BOOTSTRAP_API_KEY="+APIKey)
	pipe, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			s.log.line(lines.Text())
			if url, ok := strings.CutPrefix(lines.Text(), "wend: ready on "); ok {
				ready <- url
			}
		}
		s.end <- s.cmd.Wait()
	}()
	select {
	case s.URL = <-ready:
		return s, nil
	case err := <-s.end:
		s.end <- err
		return nil, fmt.Errorf("wend ended before it was ready: %w\n%s", err, s.log.text())
	case <-time.After(time.Minute):
		s.Kill()
		return nil, fmt.Errorf("wend was not ready after a minute\n%s", s.log.text())
	}
}

// Kill ends the server as a power cut would, and waits until it is gone.
func (s *Server) Kill() {
	_ = s.cmd.Process.Signal(syscall.SIGKILL)
	err := <-s.end
	s.end <- err
}

// Stop asks the server to end (SIGTERM) and returns how it did.
func (s *Server) Stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	err := <-s.end
	s.end <- err
	return err
}

// Log is all that the server has written to standard error.
func (s *Server) Log() string { return s.log.text() }

// Pid is the server's process number.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// Resident is the server's resident memory, bytes.
func (s *Server) Resident() (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.Pid()))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		var kb int64
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kb); n == 1 {
			return kb << 10, nil
		}
	}
	return 0, errors.New("no VmRSS")
}

// Send posts a body to the ingest side with the write key and returns the status; 0 and an error when no answer came.
func (s *Server) Send(path string, body []byte) (int, error) {
	req, err := http.NewRequest("POST", s.URL+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.SetBasicAuth(WriteKey, "")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// Call asks the API and decodes the answer.
func (s *Server) Call(method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, s.URL+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+APIKey)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, b)
	}
	if out == nil || len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, out)
}

type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) line(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b.WriteString(s + "\n")
}

func (l *lockedBuffer) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
