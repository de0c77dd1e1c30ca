// Package upload is stage 1, the client of `wend import`: files in, batches of events over HTTP out.
//
// It streams: files of any size are read, mapped (package mapping) and sent in little memory. Each batch is sent until
// the server has acknowledged it; then the server is told how far the import has come, so that a run that was killed
// goes on there, and one that was finished is not sent again. Message ids are made of the content, so that the few
// events between the last note and a kill are recognised by the server and dropped.
//
//	files ─▶ rows ─▶ events ─▶ batches ≤ 500 KB ─▶ POST /v1/import ─▶ PUT /v1/import/{id}
package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"

	"wend.dev/wend/collect"
	"wend.dev/wend/collect/mapping"
	"wend.dev/wend/collect/table"
	"wend.dev/wend/event"
)

// Options say what to import and where to.
type Options struct {
	Files   []string // paths; at least one
	Server  string   // URL of the server, without a path
	Key     string   // write key
	Format  string   // segment-ndjson, csv, ndjson, parquet; "" means by the files' names
	Mapping string   // path of the mapping file; "" for files of Segment events
	Again   bool     // send it all, though it was finished before
	DryRun  bool     // read and map everything, send nothing
	MaxBad  int64    // how many rows that cannot be read are left out before it stops; -1 for any number

	Progress func(Progress) // called after each batch and before each wait, by one goroutine at a time; may be nil
	Clock    event.Clock    // for rate and time left; required
	HTTP     *http.Client   // nil means one with a time limit of a minute a request
	RetryFor time.Duration  // how long one batch is tried before giving up; 0 means 15 minutes
	// Wait sleeps before a repeated request; nil sleeps indeed. It returns early with the context's error.
	Wait func(ctx context.Context, d time.Duration) error

	BatchBytes  int // largest body; 0 means 500,000, what servers take by default
	BatchEvents int // most events in a batch; 0 means 2,500
}

// Progress is how far the import is.
type Progress struct {
	Phase    string        // checking (files are hashed), skipping (rows that were sent before), sending, waiting
	Rows     int64         // acknowledged, with those of earlier runs
	Events   int64         // likewise
	BadRows  int64         // likewise
	Bytes    int64         // of BytesAll: read and acknowledged; of the files as they lie on disk
	BytesAll int64         // size of the files
	Rate     float64       // events a second in this run, 0 until known
	Left     time.Duration // guess of the time left, from the bytes left; -1 until known
	Problem  string        // why it is waiting
	Wait     time.Duration // how long it will
}

// Summary is what an import did.
type Summary struct {
	ID          string        // of the import
	AlreadyDone bool          // it was finished before; nothing was sent
	Resumed     int64         // rows that earlier runs had sent
	Rows        int64         // rows acknowledged in all, bad ones included
	Events      int64         // events acknowledged in all
	BadRows     int64         // rows left out in all
	Bad         []string      // what was wrong with the first of them, at most 20, of this run
	Repeated    int64         // events of this run whose message id came before in it: the server keeps one of each. Counted within the latest 262,144
	Batches     int64         // of this run
	Retries     int64         // requests that were repeated
	Unused      []string      // files that the mapping has no use for
	Elapsed     time.Duration // of this run
}

// items is what is imported: rows and their events. Mapped files and files of Segment events are.
type items interface {
	Next() (mapping.Item, error)
	Skip(rows int64) error
	Offset() int64
	Size() int64
	Files() []string
	Unused() []string
	Close() error
}

// Run imports. When somebody cancels the import on the server it stops after the batch under way with an error that
// wraps ErrCancelled. What is wrong with the mapping or with a file's columns is found before anything is sent. If the context
// ends, what was acknowledged is noted on the server and the context's error comes back; the same call goes on there.
func Run(ctx context.Context, o Options) (Summary, error) {
	r, err := newRun(o)
	if err != nil {
		return Summary{}, err
	}
	defer func() { _ = r.items.Close() }() // only read
	r.sum.Unused = r.items.Unused()
	r.began = o.Clock.Now()
	err = r.run(ctx)
	r.sum.Elapsed = o.Clock.Now().Sub(r.began)
	return r.sum, err
}

type run struct {
	Options
	items  items
	client client
	state  collect.Import
	sum    Summary
	began  time.Time
	base   collect.Import // the state when sending began
	sent   time.Time      // when sending began
	seen   *recent
}

func newRun(o Options) (*run, error) {
	switch {
	case len(o.Files) == 0:
		return nil, errors.New("no files to import")
	case o.Clock == nil:
		return nil, errors.New("BUG: upload without a clock")
	}
	if o.BatchBytes == 0 {
		o.BatchBytes = 500_000
	}
	if o.BatchEvents == 0 {
		o.BatchEvents = 2500
	}
	r := &run{Options: o, seen: newRecent(1 << 18)}
	if !o.DryRun {
		var err error
		if r.client, err = newClient(&r.Options, r.onWait); err != nil {
			return nil, err
		}
	}
	var err error
	var rules string
	title := ""
	if o.Mapping == "" {
		r.items, err = openSegment(o.Files, o.Format)
	} else {
		r.items, rules, title, err = openMapped(o)
	}
	if err != nil {
		return nil, err
	}
	r.state = collect.Import{Title: title, BytesAll: r.items.Size()}
	for _, f := range r.items.Files() {
		r.state.Files = append(r.state.Files, filepath.Base(f))
	}
	r.state.ID = rules
	return r, nil
}

func openMapped(o Options) (items, string, string, error) {
	m, err := mapping.Load(o.Mapping)
	if err != nil {
		return nil, "", "", err
	}
	switch o.Format {
	case "":
	case "csv", "ndjson", "parquet":
		m.SetFormat(o.Format)
	default:
		return nil, "", "", fmt.Errorf("format %q takes no mapping: with one, files are csv, ndjson or parquet", o.Format)
	}
	items, err := m.Open(o.Files)
	if err != nil {
		return nil, "", "", err
	}
	title := m.Metadata.Title
	if title == "" {
		title = m.Metadata.ID
	}
	return items, m.Rules(), title, nil
}

func (r *run) run(ctx context.Context) error {
	rules := r.state.ID
	var err error
	r.report(Progress{Phase: "checking"})
	if r.sum.ID, err = identify(ctx, r.items.Files(), r.Format, rules); err != nil {
		return err
	}
	r.state.ID = r.sum.ID
	if !r.DryRun {
		before, found, err := r.client.state(ctx, r.sum.ID)
		if err != nil {
			return err
		}
		if found && !r.Again {
			r.state.Rows, r.state.Events, r.state.BadRows = before.Rows, before.Events, before.BadRows
			r.state.BytesRead = before.BytesRead
			r.sum.Resumed = before.Rows
			if before.Done {
				r.sum.AlreadyDone = true
				r.total()
				return nil
			}
		}
		// The import is on the server's list from here on, and the key is known to be good.
		r.state.Resume = true
		if err := r.client.note(ctx, &r.state); err != nil {
			return err
		}
		r.state.Resume = false
	}
	if r.state.Rows > 0 {
		r.report(Progress{Phase: "skipping"})
		if err := r.items.Skip(r.state.Rows); err != nil {
			return fmt.Errorf("cannot go on where the import stopped: %w", err)
		}
	}
	err = r.send(ctx)
	r.total()
	return err
}

// total copies the state's counts to the summary.
func (r *run) total() {
	r.sum.Rows, r.sum.Events, r.sum.BadRows = r.state.Rows, r.state.Events, r.state.BadRows
	r.sum.Retries = r.client.retries
}

// send reads in one goroutine and sends in this one.
func (r *run) send(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.base, r.sent = r.state, r.Clock.Now()
	batches := make(chan *batch, 2)
	go func() {
		defer close(batches)
		if err := r.read(ctx, batches); err != nil {
			cancel(err)
		}
	}()
	defer func() { // the reader must be gone before its files are closed
		cancel(nil)
		for range batches { //nolint:revive // drained
		}
	}()
	for b := range batches {
		if err := r.deliver(ctx, b); err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return err
		}
	}
	return context.Cause(ctx)
}

// deliver sends a batch and notes it on the server.
func (r *run) deliver(ctx context.Context, b *batch) error {
	if !r.DryRun && b.events > 0 {
		if err := r.client.post(ctx, b.body()); err != nil {
			return err
		}
		r.sum.Batches++
	}
	r.sum.Bad = append(r.sum.Bad, b.bad[:min(len(b.bad), 20-len(r.sum.Bad))]...)
	r.sum.Repeated += b.repeated
	r.state.Rows = b.row
	r.state.Events += int64(b.events)
	r.state.BadRows += int64(len(b.bad))
	r.state.BytesRead = b.offset
	r.state.Done = b.last
	if b.last {
		r.state.BytesRead = r.state.BytesAll
	}
	if !r.DryRun {
		// The batch is acknowledged: note it even if the run is being cancelled.
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if ctx.Err() == nil {
			short = ctx
		}
		if err := r.client.note(short, &r.state); err != nil {
			return fmt.Errorf("cannot note how far the import is: %w", err)
		}
	}
	r.report(Progress{Phase: "sending"})
	return nil
}

// read makes batches. A batch ends with a row, unless one row's events alone do not fit.
func (r *run) read(ctx context.Context, out chan<- *batch) error {
	b := &batch{row: r.state.Rows}
	bad, first := r.state.BadRows, (*table.BadRow)(nil)
	flush := func() error {
		b.offset = r.items.Offset()
		select {
		case out <- b:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		b = &batch{row: b.row}
		return nil
	}
	for {
		item, err := r.items.Next()
		var wrong *table.BadRow
		switch {
		case errors.Is(err, io.EOF):
			b.last = true
			return flush()
		case errors.As(err, &wrong):
			if first == nil {
				first = wrong
			}
			if bad++; r.MaxBad >= 0 && bad > r.MaxBad {
				return r.tooMany(first, bad)
			}
			b.bad = append(b.bad, wrong.Error())
			b.row = item.Row
			continue
		case err != nil:
			return err
		}
		size := 0
		for _, e := range item.Events {
			size += len(e) + 1
		}
		if b.events > 0 && !b.fits(size, len(item.Events), r.BatchBytes, r.BatchEvents) {
			if err := flush(); err != nil {
				return err
			}
		}
		for _, e := range item.Events {
			if !b.fits(len(e)+1, 1, r.BatchBytes, r.BatchEvents) {
				if err := flush(); err != nil {
					return err
				}
			}
			b.add(e, r.seen)
		}
		if b.row = item.Row; item.Row&1023 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

func (r *run) tooMany(wrong *table.BadRow, bad int64) error {
	if r.MaxBad == 0 {
		return fmt.Errorf("a row cannot be imported: %w", wrong)
	}
	return fmt.Errorf("%d rows cannot be imported, more than the %d that may be left out; the first of this run: %w", bad, r.MaxBad, wrong)
}
