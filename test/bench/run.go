package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// options say what a run measures.
type options struct {
	root    string // of the sources
	program string // the built wend
	dir     string // where everything is put
	only    string
	write   string

	events       int
	ingestEvents int
	connections  int
	steady       time.Duration
	keep         bool
	reuse        bool
}

func (o options) wants(part string) bool {
	return o.only == "" || slices.Contains(strings.Split(o.only, ","), part)
}

// peer is what clickhouse.mjs prints.
type peer struct {
	Version     string  `json:"version"`
	Threads     int     `json:"threads"`
	Events      int     `json:"events"`
	Bytes       int64   `json:"bytes"`
	Parts       int     `json:"parts"`
	LoadSeconds float64 `json:"load_seconds"`
	Answers     []timed `json:"answers"`
}

// note tells whoever waits how far it is.
func note(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }

func run(ctx context.Context, flags *flag.FlagSet, args []string, out io.Writer) error {
	var o options
	flags.StringVar(&o.root, "root", ".", "root of the sources")
	flags.StringVar(&o.program, "program", "", "the built wend")
	flags.StringVar(&o.dir, "dir", ".cache/bench", "where the data goes, on the disk that is to be measured")
	flags.StringVar(&o.only, "only", "", "funnel, ingest, start; several with commas; all if empty")
	flags.IntVar(&o.events, "events", 50_000_000, "events of the funnel")
	flags.IntVar(&o.ingestEvents, "ingest-events", 2_000_000, "events sent as fast as they are acknowledged")
	flags.IntVar(&o.connections, "connections", 64, "connections of the load generator")
	flags.DurationVar(&o.steady, "steady", 30*time.Second, "how long half the rate is held")
	flags.BoolVar(&o.keep, "keep", false, "leave the data where it is")
	flags.BoolVar(&o.reuse, "reuse", false, "use the data set that an earlier run with -keep left")
	flags.StringVar(&o.write, "write", "", "document to put the tables into")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	if !o.keep {
		defer os.RemoveAll(o.dir)
	}
	var doc strings.Builder
	result, err := measure(ctx, o)
	if err != nil {
		return err
	}
	result.markdown(&doc, o)
	if _, err := io.WriteString(out, doc.String()); err != nil {
		return err
	}
	if o.write != "" {
		return writeInto(o.write, doc.String())
	}
	return nil
}

// results are all the tables' figures; a part that was not asked for is nil.
type results struct {
	sizes  *sizes
	engine *funnels
	peer   *peer
	ingest *ingested
	start  *started
}

func measure(ctx context.Context, o options) (r results, err error) {
	if o.wants("ingest") {
		in, err := ingest(ctx, o)
		if err != nil {
			return r, err
		}
		r.ingest = &in
	}
	if !o.wants("funnel") && !o.wants("start") {
		return r, nil
	}
	data := filepath.Join(o.dir, "events")
	if r.sizes, err = dataSet(ctx, o, data); err != nil {
		return r, err
	}
	if o.wants("funnel") {
		if err := r.funnel(ctx, o, data); err != nil {
			return r, err
		}
	}
	if o.wants("start") {
		st, err := startOn(ctx, o, data)
		if err != nil {
			return r, err
		}
		r.start = &st
	}
	return r, nil
}

// dataSet makes the events, or takes those that are there.
func dataSet(ctx context.Context, o options, data string) (*sizes, error) {
	var s sizes
	known := filepath.Join(o.dir, "events.json")
	if text, err := os.ReadFile(known); o.reuse && err == nil {
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, err
		}
		if s.Events == o.events {
			return &s, nil
		}
	}
	if err := os.RemoveAll(data); err != nil {
		return nil, err
	}
	note("funnel: generating %d events", o.events)
	if err := self(ctx, &s, "generate", "-dir", data, "-peer", data+".bin", "-events", fmt.Sprint(o.events)); err != nil {
		return nil, err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return &s, os.WriteFile(known, text, 0o644)
}

// funnel asks both sides, one after the other, and compares what they say.
func (r *results) funnel(ctx context.Context, o options, data string) error {
	names := make([]string, len(vocabulary))
	for i, v := range vocabulary {
		names[i] = v.name
	}
	spec, err := json.Marshal(map[string]any{"names": names, "window": window.Milliseconds(), "repeats": repeats, "questions": questions})
	if err != nil {
		return err
	}
	file, err := filepath.Abs(data + ".bin")
	if err != nil {
		return err
	}
	note("funnel: ClickHouse")
	script := filepath.Join(o.root, "test", "bench", "clickhouse.mjs")
	if err := call(exec.CommandContext(ctx, "node", script, file, filepath.Join(o.dir, "clickhouse"), string(spec)), &r.peer); err != nil {
		return err
	}
	note("funnel: Wend")
	if err := self(ctx, &r.engine, "funnel", "-dir", data); err != nil {
		return err
	}
	if r.peer.Events != o.events {
		return fmt.Errorf("ClickHouse holds %d events instead of %d", r.peer.Events, o.events)
	}
	for i, a := range r.engine.Answers {
		if b := r.peer.Answers[i]; !slices.Equal(a.Counts, b.Counts) {
			return fmt.Errorf("the answers differ: funnel %q is %v by Wend and %v by ClickHouse", a.Label, a.Counts, b.Counts)
		}
	}
	return nil
}
