package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"wend.dev/wend/engine"
)

// decodeRate is how many events per second one core decodes in one way.
type decodeRate struct {
	How  string
	Rate float64
	Bar  bool // the fastest library that makes structs: what the server is measured against
}

// decodeRates measures the decoders on one core, nothing else running: the libraries, and our own, which is measured by
// the benchmark of package collect, where it lives.
func decodeRates(ctx context.Context, o options) ([]decodeRate, error) {
	body, _ := sampleBatch(1, time.Now())
	path, err := filepath.Abs(filepath.Join(o.dir, "batch.json"))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
		return nil, err
	}
	defer os.Remove(path)
	libraries := exec.CommandContext(ctx, "go", "test", "-bench", ".", "-cpu", "1", "-count", "3", ".")
	libraries.Dir, libraries.Stderr = filepath.Join(o.root, "test", "bench", "decoder"), os.Stderr
	libraries.Env = append(os.Environ(), "GOEXPERIMENT=jsonv2", "BODY="+path)
	rates, err := benchRates(libraries)
	if err != nil {
		return nil, err
	}
	out := []decodeRate{
		{How: "encoding/json into a struct", Rate: rates["BenchmarkEncodingJSON"]},
		{How: "encoding/json/v2 into a struct", Rate: rates["BenchmarkEncodingJSONv2"]},
		{How: "sonic into a struct", Rate: rates["BenchmarkSonic"]},
	}
	fastest := 0
	for i, r := range out {
		if r.Rate == 0 {
			return nil, fmt.Errorf("%s: no rate was measured", r.How)
		}
		if r.Rate > out[fastest].Rate {
			fastest = i
		}
	}
	out[fastest].Bar = true
	own := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkDecode$/^events$", "-cpu", "1", "-count", "3", "./collect")
	own.Dir, own.Stderr = o.root, os.Stderr
	rates, err = benchRates(own)
	return append(out, decodeRate{How: "Wend's own, to checked and flattened events", Rate: rates["BenchmarkDecode/events"]}), err
}

// benchRates gives the most events/s that each benchmark of a run printed.
func benchRates(c *exec.Cmd) (map[string]float64, error) {
	text, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", c, err, text)
	}
	out := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if i := slices.Index(words, "events/s"); i > 0 {
			rate, err := strconv.ParseFloat(words[i-1], 64)
			if err != nil {
				return nil, err
			}
			out[words[0]] = max(out[words[0]], rate)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s printed no events/s:\n%s", c, text)
	}
	return out, nil
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
	if in.decode, err = decodeRates(ctx, o); err != nil {
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
