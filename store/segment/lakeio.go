package segment

import (
	"context"
	"fmt"
	"iter"
	"path"
	"path/filepath"
	"runtime"

	"wend.dev/wend/event"
	"wend.dev/wend/store/lake"
)

const lakeDir = "lake"

// yieldRows is after how many events the background work lets others run. They wait for it otherwise until the scheduler
// takes the processor away, 10 ms later, and an acknowledgement passes through several goroutines.
const yieldRows = 32

// segmentName is what a segment's files are called.
func segmentName(id uint64) string { return fmt.Sprintf("%010d", id) }

// writeLake writes events as lake files of a segment, with what adds one of them to a writer: all of them or, on an
// error, none.
func writeLake[E any](ctx context.Context, w *lake.Writer, add func(E) error, events iter.Seq2[E, error]) ([]lake.File, error) {
	defer w.Abort()
	n := 0
	for e, err := range events {
		if n++; n%yieldRows == 0 {
			runtime.Gosched()
			if err == nil {
				err = ctx.Err()
			}
		}
		if err == nil {
			err = add(e)
		}
		if err != nil {
			return nil, err
		}
	}
	return w.Commit()
}

// lakeWriter starts the lake files of a segment.
func lakeWriter(dir string, id uint64) *lake.Writer {
	return lake.NewWriter(filepath.Join(dir, lakeDir), segmentName(id))
}

// readLake goes over the events of several lake files by profile, time and arrival.
func readLake(dir string, files []lake.File) iter.Seq2[*event.Event, error] {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Path
	}
	return lake.Merge(filepath.Join(dir, lakeDir), names)
}

// lakePath is a lake file's place in the data directory.
func lakePath(f lake.File) string { return filepath.FromSlash(path.Join(lakeDir, f.Path)) }
