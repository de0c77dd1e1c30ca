package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fastjson"

	"wend.dev/wend/engine"
)

// segmentBatch is Segment's message as a Go program would declare it.
type segmentBatch struct {
	Batch []struct {
		Type         string         `json:"type"`
		MessageID    string         `json:"messageId"`
		AnonymousID  string         `json:"anonymousId"`
		UserID       string         `json:"userId"`
		Event        string         `json:"event"`
		Name         string         `json:"name"`
		GroupID      string         `json:"groupId"`
		PreviousID   string         `json:"previousId"`
		Timestamp    time.Time      `json:"timestamp"`
		Properties   map[string]any `json:"properties"`
		Traits       map[string]any `json:"traits"`
		Context      map[string]any `json:"context"`
		Integrations map[string]any `json:"integrations"`
	} `json:"batch"`
	SentAt time.Time `json:"sentAt"`
}

// decodeRate is how many events per second one core decodes in one way.
type decodeRate struct {
	How  string
	Rate float64
}

// decodeRates measures the decoders on one core, nothing else running. The last is our own; it is measured by the
// benchmark of package collect, where it lives.
func decodeRates(ctx context.Context, root string) ([]decodeRate, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	body, _ := sampleBatch(1, time.Now())
	var parser fastjson.Parser
	ways := []struct {
		how string
		f   func() error
	}{
		{"encoding/json into a struct", func() error {
			var b segmentBatch
			return json.Unmarshal([]byte(body), &b)
		}},
		{"fastjson, parse alone (no event made)", func() error { _, err := parser.Parse(body); return err }},
	}
	var out []decodeRate
	for _, w := range ways {
		best := 0.0
		for range 3 {
			began, n := time.Now(), 0
			for time.Since(began) < time.Second {
				if err := w.f(); err != nil {
					return nil, err
				}
				n++
			}
			best = max(best, float64(n*batch)/time.Since(began).Seconds())
		}
		out = append(out, decodeRate{w.how, best})
	}
	own, err := ownDecodeRate(ctx, root)
	return append(out, decodeRate{"Wend's decoder, to checked events", own}), err
}

// ownDecodeRate is the fastest of three runs of BenchmarkDecode/events.
func ownDecodeRate(ctx context.Context, root string) (best float64, err error) {
	c := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkDecode$/^events$", "-cpu", "1", "-count", "3", "./collect")
	c.Dir, c.Stderr = root, os.Stderr
	text, err := c.Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w\n%s", c, err, text)
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if i := slices.Index(words, "events/s"); i > 0 {
			rate, err := strconv.ParseFloat(words[i-1], 64)
			if err != nil {
				return 0, err
			}
			best = max(best, rate)
		}
	}
	if best == 0 {
		return 0, fmt.Errorf("%s printed no events/s:\n%s", c, text)
	}
	return best, nil
}

// syncTimes is how long the disk takes to make 60 kB durable, the size of one batch: milliseconds, median and p99.
func syncTimes(dir string) (p50, p99 float64, err error) {
	f, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		return 0, 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var runs []float64
	for range 300 {
		if _, err := f.Write(make([]byte, 60_000)); err != nil {
			return 0, 0, err
		}
		began := time.Now()
		if err := f.Sync(); err != nil {
			return 0, 0, err
		}
		runs = append(runs, millis(time.Since(began)))
	}
	slices.Sort(runs)
	return quantile(runs, 0.5), quantile(runs, 0.99), nil
}

// sample is the server's memory at one moment of a run.
type sample struct {
	acked   int64
	seconds float64
	all     int64
	private int64
}

// ingested is everything measured about ingestion.
type ingested struct {
	perEvent   int // bytes
	decode     []decodeRate
	sync50     float64
	sync99     float64
	conns      int
	full       loadResult // as fast as acknowledged
	steady     loadResult // at half that rate
	steadyRate float64
	samples    []sample // of the first
	server     float64  // processor time of the server in the first, microseconds per event
	generator  float64  // and of the load generator
	stored     int64    // events that questions see afterwards
}

// ingest measures a fresh server.
func ingest(ctx context.Context, o options) (in ingested, err error) {
	in.conns = o.connections
	_, in.perEvent = sampleBatch(1, time.Now())
	note("ingest: decode rates")
	if in.decode, err = decodeRates(ctx, o.root); err != nil {
		return in, err
	}
	if in.sync50, in.sync99, err = syncTimes(o.dir); err != nil {
		return in, err
	}
	data := filepath.Join(o.dir, "ingest")
	if err := os.RemoveAll(data); err != nil {
		return in, err
	}
	s, err := serve(ctx, o.program, data)
	if err != nil {
		return in, err
	}
	defer func() {
		if e := s.stop(); e != nil { // sealing what just came may take longer than it gives itself; the log has it all
			note("%v", e)
		}
	}()
	note("ingest: %d events over %d connections", o.ingestEvents, o.connections)
	if err := in.drive(ctx, s, &in.full, "-connections", fmt.Sprint(o.connections), "-events", fmt.Sprint(o.ingestEvents)); err != nil {
		return in, err
	}
	if _, err = s.count(ctx); err != nil { // until it has caught up
		return in, err
	}
	in.steadyRate = float64(in.full.Events) / in.full.Seconds / 2
	steady := int64(in.steadyRate * o.steady.Seconds())
	note("ingest: %.0f events/s for %s", in.steadyRate, o.steady)
	first := in
	err = in.drive(ctx, s, &in.steady, "-connections", "64", "-rate", fmt.Sprint(in.steadyRate), "-events", fmt.Sprint(steady))
	in.samples, in.server, in.generator = first.samples, first.server, first.generator
	if err != nil {
		return in, err
	}
	in.stored, err = s.count(ctx)
	if want := in.full.Events + in.steady.Events; err == nil && in.stored != want {
		err = fmt.Errorf("%d events were acknowledged and questions see %d", want, in.stored)
	}
	return in, err
}

// drive runs the load generator and looks at the server's memory whenever it reports.
func (in *ingested) drive(ctx context.Context, s *server, result *loadResult, flags ...string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	c := exec.CommandContext(ctx, program, append([]string{"load", "-address", strings.TrimPrefix(s.url, "http://")}, flags...)...)
	c.Stderr = os.Stderr
	pipe, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	before, err := processorTime(s.cmd.Process.Pid)
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		var m message
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			return err
		}
		switch {
		case m.Result != nil:
			*result = *m.Result
		case m.Progress != nil:
			all, private, err := resident(s.cmd.Process.Pid)
			if err != nil {
				return err
			}
			in.samples = append(in.samples, sample{m.Progress.Acknowledged, m.Progress.Seconds, all, private})
		}
	}
	if err := c.Wait(); err != nil {
		return err
	}
	after, err := processorTime(s.cmd.Process.Pid)
	own := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	in.server = float64((after - before).Microseconds()) / float64(result.Events)
	in.generator = float64(own.Microseconds()) / float64(result.Events)
	return err
}

// count is how many events questions see. Acknowledged events may be a moment from being seen: it waits for the count
// to stand still.
func (s *server) count(ctx context.Context) (n int64, err error) {
	for still := 0; still < 3; {
		var answer engine.Catalogue
		if err := s.ask(ctx, "/api/v1/catalogue", nil, &answer); err != nil {
			return 0, err
		}
		sum := int64(0)
		for _, e := range answer.Events {
			sum += e.Count
		}
		if still++; sum != n {
			n, still = sum, 0
		}
		select {
		case <-time.After(300 * time.Millisecond):
		case <-ctx.Done():
			return n, ctx.Err()
		}
	}
	return n, nil
}
