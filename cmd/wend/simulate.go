package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"wend.dev/wend/collect/upload"
	"wend.dev/wend/demo"
)

type simulateCmd struct {
	Server   string    `env:"WEND_SERVER" help:"Send the events to this server."`
	Key      string    `env:"WEND_KEY" help:"With --server: a source's write key."`
	To       string    `help:"Write the events to this file as NDJSON, which wend import reads; - is standard output."`
	Profiles int       `default:"1000" help:"People in the shop."`
	Days     int       `default:"120" help:"Days of history."`
	Seed     uint64    `default:"1" help:"Any number; the same gives the same shop."`
	End      time.Time `help:"Where the history ends, RFC 3339; default now."`
	Calm     bool      `help:"Leave the planted pains out."`
}

func (c *simulateCmd) Run(ctx context.Context, s streams) error {
	if c.Profiles < 1 || c.Days < 1 {
		return errors.New("--profiles and --days must be at least 1")
	}
	if (c.To == "") == (c.Server == "") {
		return errors.New("simulate needs either --to FILE or --server URL --key KEY")
	}
	if c.End.IsZero() {
		c.End = time.Now()
	}
	if c.To == "-" {
		_, err := c.write(ctx, s.out)
		return err
	}
	if c.To != "" {
		f, err := os.Create(c.To)
		if err != nil {
			return err
		}
		n, err := c.write(ctx, f)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%d events written to %s\n", n, c.To)
		return nil
	}
	return c.send(ctx, s)
}

func (c *simulateCmd) write(ctx context.Context, to io.Writer) (n int, err error) {
	w := bufio.NewWriterSize(to, 1<<20)
	var line []byte
	for e := range demo.Simulate(demo.Options{Profiles: c.Profiles, Days: c.Days, Seed: c.Seed, End: c.End, Calm: c.Calm}) {
		if n%4096 == 0 && ctx.Err() != nil {
			return n, ctx.Err()
		}
		line = append(demo.AppendSegment(line[:0], e), '\n')
		if _, err := w.Write(line); err != nil {
			return n, err
		}
		n++
	}
	return n, w.Flush()
}

// send writes the events to a temporary file and imports that: so a load that is cut off can be repeated, and the bar
// knows how much is left.
func (c *simulateCmd) send(ctx context.Context, s streams) error {
	f, err := os.CreateTemp("", "wend-simulate-*.ndjson")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = c.write(ctx, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	bar := progress{out: s.errs}
	sum, err := upload.Run(ctx, upload.Options{Files: []string{f.Name()}, Server: c.Server, Key: c.Key, Format: "segment-ndjson", Progress: bar.show, Clock: clock{}})
	bar.end()
	if err == nil {
		fmt.Fprintf(s.out, "%d events sent in %s\n", sum.Events, sum.Elapsed.Round(100*time.Millisecond))
	}
	return err
}
