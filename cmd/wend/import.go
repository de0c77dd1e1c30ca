package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wend.dev/wend/collect/upload"
)

type importCmd struct {
	Server string   `env:"WEND_SERVER" help:"The server's address: https://wend.example.com"`
	Key    string   `env:"WEND_KEY" help:"A source's write key."`
	Files  []string `arg:"" type:"existingfile" help:"Files, .gz too."`
	Format string   `enum:"segment-ndjson,csv,ndjson,parquet," default:"" help:"segment-ndjson, csv, ndjson or parquet; default by the files' names."`
	Map    string   `type:"existingfile" help:"Mapping from rows to events (YAML)."`
	Again  bool     `help:"Send everything, though this import was finished before."`
	DryRun bool     `help:"Read and map everything, send nothing."`
	MaxBad int64    `default:"100" help:"Rows that cannot be read before it stops; -1 for any number."`
	Quiet  bool     `short:"q" help:"No progress."`
}

func (c *importCmd) Run(ctx context.Context, s streams) error {
	if !c.DryRun && (c.Server == "" || c.Key == "") {
		return fmt.Errorf("import needs --server and --key (or --dry-run)")
	}
	bar := progress{out: s.errs, quiet: c.Quiet}
	sum, err := upload.Run(ctx, upload.Options{
		Files: c.Files, Server: c.Server, Key: c.Key, Format: c.Format, Mapping: c.Map, Again: c.Again, DryRun: c.DryRun, MaxBad: c.MaxBad,
		Progress: bar.show, Clock: clock{},
	})
	bar.end()
	for _, bad := range sum.Bad {
		fmt.Fprintln(s.errs, bad)
	}
	for _, f := range sum.Unused {
		fmt.Fprintf(s.errs, "%s: the mapping has no use for it\n", f)
	}
	if errors.Is(err, upload.ErrCancelled) {
		return fmt.Errorf("cancelled in Wend (Data → Imports) after %d rows; they stay, and running the same command again goes on there", sum.Rows)
	}
	if err != nil {
		if ctx.Err() != nil && sum.ID != "" {
			return fmt.Errorf("stopped after %d rows; run the same command again to go on there", sum.Rows)
		}
		return err
	}
	if sum.AlreadyDone {
		fmt.Fprintf(s.out, "already imported: %d rows, %d events (use --again to send them once more)\n", sum.Rows, sum.Events)
		return nil
	}
	if sum.Resumed > 0 {
		fmt.Fprintf(s.out, "went on after %d rows\n", sum.Resumed)
	}
	fmt.Fprintf(s.out, "%d rows, %d events in %s", sum.Rows, sum.Events, sum.Elapsed.Round(time.Millisecond*100))
	if sum.BadRows > 0 {
		fmt.Fprintf(s.out, ", %d rows left out", sum.BadRows)
	}
	if sum.Repeated > 0 {
		fmt.Fprintf(s.out, ", %d events the same as an earlier one", sum.Repeated)
	}
	fmt.Fprintln(s.out)
	return nil
}

// clock is the real time.
type clock struct{}

func (clock) Now() time.Time { return time.Now() }
