// Command wend is the whole platform, stage by stage put together by package app: a command line in, an exit code out.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the binary needs no zone files on the machine
)

func main() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// Main runs one command line and returns the exit code: 0 done, 1 it failed, 2 the command line is wrong. An interrupt
// or SIGTERM ends the command in an orderly way.
func Main(args []string, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, args, streams{in, out, errs})
}
