// Command bench is no stage: sizes in, tables of what Wend can do beside its peers out.
//
// docs/benchmarks.md says what is measured and how. `bash test/bench/run.sh` builds everything and calls
//
//	bench run …        all of it; calls itself for what needs a process of its own:
//	bench generate …   the data set, as a data directory and as a file for the peer
//	bench ask …        the engine's answers and times on a data directory
//	bench load …       the load generator
//
// The parts print JSON, run prints Markdown.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime/pprof"
	"time"
)

// wall is the real time.
type wall struct{}

func (wall) Now() time.Time { return time.Now() }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := command(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // stop only matters while something runs
	}
}

func command(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("say run, generate, ask or load")
	}
	name := args[0]
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	var dir, peer, profile, only string
	var events int
	var seed uint64
	switch name {
	case "run":
		return run(ctx, flags, args[1:], out)
	case "generate":
		flags.StringVar(&dir, "dir", "", "data directory to make")
		flags.StringVar(&peer, "peer", "", "where the peers' files go, without their endings")
		flags.IntVar(&events, "events", 1_000_000, "number of events")
		flags.Uint64Var(&seed, "seed", 1, "seed")
	case "ask":
		flags.StringVar(&dir, "dir", "", "data directory")
		flags.StringVar(&profile, "profile", "", "file to write a CPU profile to")
		flags.StringVar(&only, "question", "", "the label of one question, to ask it alone for some seconds: for -profile")
	case "load":
		return load(ctx, flags, args[1:], out)
	default:
		return fmt.Errorf("no command %q", name)
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	var result any
	var err error
	switch {
	case name == "generate":
		result, err = generate(ctx, dir, peer, events, seed)
	case only != "":
		result, err = askAgain(ctx, dir, only)
	default:
		result, err = askEngine(ctx, dir)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(result)
}

// self runs this program as a process of its own and decodes what it prints.
func self(ctx context.Context, result any, args ...string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	return call(exec.CommandContext(ctx, program, args...), result)
}

// call runs a command and decodes its output.
func call(c *exec.Cmd, result any) error {
	c.Stderr = os.Stderr
	text, err := c.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", c, err)
	}
	if err := json.Unmarshal(text, result); err != nil {
		return fmt.Errorf("%s: %w: %.200s", c, err, text)
	}
	return nil
}
