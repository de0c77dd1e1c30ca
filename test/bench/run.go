package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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

	sizes        []int // events of the data sets, one after the other
	ingestEvents int
	connections  int
	steady       time.Duration
	keep         bool
	reuse        bool
}

// fullSize is what the bars are for.
const fullSize = 50_000_000

func (o *options) setSizes(text string) error {
	o.sizes = nil
	for word := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.ReplaceAll(word, "_", ""))
		if err != nil || n < perProfile {
			return fmt.Errorf("%q is no number of events, %d or more", word, perProfile)
		}
		o.sizes = append(o.sizes, n)
	}
	return nil
}

func (o options) wants(part string) bool {
	return o.only == "" || slices.Contains(strings.Split(o.only, ","), part)
}

// note tells whoever waits how far it is.
func note(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }

func run(ctx context.Context, flags *flag.FlagSet, args []string, out io.Writer) error {
	o := options{sizes: []int{fullSize}}
	flags.StringVar(&o.root, "root", ".", "root of the sources")
	flags.StringVar(&o.program, "program", "", "the built wend")
	flags.StringVar(&o.dir, "dir", ".cache/bench", "where the data goes, on the disk that is to be measured")
	flags.StringVar(&o.only, "only", "", "questions, serve, start, ingest; several with commas; all if empty")
	flags.Func("sizes", "events of the data sets, several with commas", o.setSizes)
	flags.IntVar(&o.ingestEvents, "ingest-events", 2_000_000, "events sent as fast as they are acknowledged")
	flags.IntVar(&o.connections, "connections", 64, "connections of the load generator")
	flags.DurationVar(&o.steady, "steady", 30*time.Second, "how long half the rate is held")
	flags.BoolVar(&o.keep, "keep", false, "leave the data where it is")
	flags.BoolVar(&o.reuse, "reuse", false, "use the data sets that an earlier run with -keep left")
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
	if _, err := io.WriteString(out, doc.String()); err != nil || o.write == "" {
		return err
	}
	if len(result.sets) > 0 && result.sets[0].engine != nil {
		picture := filepath.Join(filepath.Dir(o.write), pictureName)
		if err := os.MkdirAll(filepath.Dir(picture), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(picture, []byte(result.picture()), 0o644); err != nil {
			return err
		}
	}
	return writeInto(o.write, doc.String())
}

// results are all the tables' figures; a part that was not asked for is nil.
type results struct {
	sets   []*set
	ingest *ingested
}

// set is what one data set gave.
type set struct {
	sizes  *sizes
	engine *asked
	click  *peer
	duck   *peer
	served *served
	start  *started
}

// main is the data set that the bars are read from: the full size, or else the largest.
func (r results) main() *set {
	var best *set
	for _, s := range r.sets {
		if best == nil || s.sizes.Events == fullSize || best.sizes.Events != fullSize && s.sizes.Events > best.sizes.Events {
			best = s
		}
	}
	return best
}

func measure(ctx context.Context, o options) (r results, err error) {
	if o.wants("ingest") {
		in, err := ingest(ctx, o)
		if err != nil {
			return r, err
		}
		r.ingest = &in
	}
	if !o.wants("questions") && !o.wants("serve") && !o.wants("start") {
		return r, nil
	}
	for _, events := range o.sizes {
		s, err := measureSet(ctx, o, events)
		if err != nil {
			return r, fmt.Errorf("%d events: %w", events, err)
		}
		r.sets = append(r.sets, s)
	}
	return r, nil
}

// measureSet makes a data set, measures everything on it and removes it.
func measureSet(ctx context.Context, o options, events int) (s *set, err error) {
	s = &set{}
	data := filepath.Join(o.dir, fmt.Sprintf("events-%d", events))
	if s.sizes, err = dataSet(ctx, o, data, events); err != nil {
		return s, err
	}
	if !o.keep {
		defer removeSet(data)
	}
	if o.wants("questions") {
		if err := s.ask(ctx, o, data); err != nil {
			return s, err
		}
	}
	if o.wants("start") {
		st, err := startOn(ctx, o, data)
		if err != nil {
			return s, err
		}
		s.start = &st
	}
	if o.wants("serve") {
		sv, err := serveOn(ctx, o, data, s.sizes)
		if err != nil {
			return s, err
		}
		s.served = &sv
	}
	return s, nil
}

// removeSet removes a data set and what was made beside it.
func removeSet(data string) {
	events, profiles := peerFiles(data)
	for _, path := range []string{data, data + ".json", events, profiles} {
		os.RemoveAll(path)
	}
}

// dataSet makes the events, or takes those that are there.
func dataSet(ctx context.Context, o options, data string, events int) (*sizes, error) {
	var s sizes
	known := data + ".json"
	if text, err := os.ReadFile(known); o.reuse && err == nil {
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, err
		}
		return &s, nil
	}
	removeSet(data)
	note("generating %d events", events)
	if err := self(ctx, &s, "generate", "-dir", data, "-peer", data, "-events", fmt.Sprint(events)); err != nil {
		return nil, err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return &s, os.WriteFile(known, text, 0o644)
}
