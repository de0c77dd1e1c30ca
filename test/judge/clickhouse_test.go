package judge

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// clickhouse is the outside judge: one long-lived process, since it takes a second to start.
type clickhouse struct {
	in     io.Writer
	out    *bufio.Reader
	stderr *bytes.Buffer
}

// open starts the judge. Where it is not installed the test is skipped, but fails in CI, which installs it.
func open(t *testing.T) *clickhouse {
	t.Helper()
	missing := func(what string) {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s: run .ci/install", what)
		}
		t.Skipf("%s: run .ci/install to be judged by ClickHouse", what)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing("there is no node")
	}
	if _, err := os.Stat("../bench/node_modules/chdb"); err != nil {
		missing("npm's chdb is not installed in test/bench")
	}
	c := &clickhouse{stderr: &bytes.Buffer{}}
	cmd := exec.CommandContext(t.Context(), node, "judge.mjs", t.TempDir())
	cmd.Stderr = c.stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.in, c.out = in, bufio.NewReaderSize(out, 1<<20)
	ended := false
	t.Cleanup(func() {
		if !ended {
			_ = in.Close()
			_ = cmd.Wait()
		}
	})
	if err := c.say("SELECT version()"); err == nil {
		var rows [][]string
		if rows, err = answer[[]string](c); err == nil {
			t.Logf("the judge is ClickHouse %s", rows[0][0])
			return c
		}
	}
	_ = in.Close()
	_ = cmd.Wait()
	ended = true
	missing(fmt.Sprintf("chdb does not start here (%v: %s)", err, strings.TrimSpace(c.stderr.String())))
	return nil
}

func (c *clickhouse) say(sql string) error {
	b, err := json.Marshal(map[string]string{"sql": sql})
	if err != nil {
		return err
	}
	_, err = c.in.Write(append(b, '\n'))
	return err
}

// answer reads the next answer; each of its rows becomes a T.
func answer[T any](c *clickhouse) ([]T, error) {
	line, err := c.out.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var a struct {
		Rows  []json.RawMessage
		Error string
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return nil, err
	}
	if a.Error != "" {
		return nil, fmt.Errorf("%s", a.Error)
	}
	out := make([]T, len(a.Rows))
	for i, r := range a.Rows {
		if err := json.Unmarshal(r, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// query asks; a judge that does not understand ends the test.
func query[T any](t *testing.T, c *clickhouse, sql string) []T {
	t.Helper()
	err := c.say(sql)
	if err == nil {
		var rows []T
		if rows, err = answer[T](c); err == nil {
			return rows
		}
	}
	t.Fatalf("ClickHouse: %v\n%s\n%s", err, sql, c.stderr.String())
	return nil
}
