package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"wend.dev/wend/engine/seq"
)

// started is everything measured about starting and standing still.
type started struct {
	first      float64 // seconds from exec to ready, the data directory's first start (it makes its databases)
	warm       float64 // median of three more
	cold       float64 // after the operating system was told to forget the files
	coldFunnel float64 // milliseconds of the first funnel then
	funnel     float64 // milliseconds of a funnel over HTTP, median
	all        int64   // resident after it
	private    int64   // of that, what is not mapped files
	idle       int64   // resident of a server with an empty data directory
	idleAnon   int64
}

// startOn measures a server on a data directory, and one on an empty one.
func startOn(ctx context.Context, o options, data string) (st started, err error) {
	note("start: the data directory of the questions")
	var warm []float64
	for n := range 4 {
		s, err := serve(ctx, o.program, data)
		if err != nil {
			return st, err
		}
		if n == 0 {
			st.first = s.ready.Seconds()
		} else {
			warm = append(warm, s.ready.Seconds())
		}
		if n == 3 {
			err = st.question(ctx, s)
		}
		if e := s.stop(); err == nil {
			err = e
		}
		if err != nil {
			return st, err
		}
	}
	slices.Sort(warm)
	st.warm = warm[len(warm)/2]
	if err := forget(data); err != nil {
		return st, err
	}
	s, err := serve(ctx, o.program, data)
	if err != nil {
		return st, err
	}
	st.cold = s.ready.Seconds()
	var answer any
	began := time.Now()
	err = s.ask(ctx, "/api/v1/query/funnel", questions[0].funnel(), &answer)
	st.coldFunnel = millis(time.Since(began))
	if e := s.stop(); err == nil {
		err = e
	}
	if err != nil {
		return st, err
	}
	return st, st.standStill(ctx, o)
}

// question asks the first funnel and then looks at the memory.
func (st *started) question(ctx context.Context, s *server) error {
	var runs []float64
	for range 1 + repeats {
		var answer seq.FunnelAnswer
		began := time.Now()
		if err := s.ask(ctx, "/api/v1/query/funnel", questions[0].funnel(), &answer); err != nil {
			return err
		}
		runs = append(runs, millis(time.Since(began)))
		if len(answer.Steps) != len(questions[0].Steps) || answer.Steps[0].Count == 0 {
			return fmt.Errorf("the server answered the funnel with %+v", answer.Steps)
		}
	}
	runs = runs[1:]
	slices.Sort(runs)
	st.funnel = runs[len(runs)/2]
	var err error
	st.all, st.private, err = resident(s.cmd.Process.Pid)
	return err
}

// standStill measures a server that has nothing to do, five seconds after it was ready.
func (st *started) standStill(ctx context.Context, o options) error {
	note("start: an empty data directory")
	data := filepath.Join(o.dir, "empty")
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	s, err := serve(ctx, o.program, data)
	if err != nil {
		return err
	}
	select {
	case <-time.After(5 * time.Second):
	case <-ctx.Done():
	}
	st.idle, st.idleAnon, err = resident(s.cmd.Process.Pid)
	if e := s.stop(); err == nil {
		err = e
	}
	return err
}

// forget asks the operating system to drop a directory's files from its cache, so that the next reader reads the disk.
func forget(dir string) error {
	unix.Sync()
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
	})
}
