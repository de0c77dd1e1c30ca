package segment

import (
	"context"
	"fmt"
	"iter"
	"path"
	"path/filepath"

	"wend.dev/wend/event"
	"wend.dev/wend/store/lake"
)

const lakeDir = "lake"

// segmentName is what a segment's files are called.
func segmentName(id uint64) string { return fmt.Sprintf("%010d", id) }

// writeLake writes events as lake files of a segment: all of them or, on an error, none.
func writeLake(ctx context.Context, dir string, id uint64, events iter.Seq2[*event.Event, error]) ([]lake.File, error) {
	w := lake.NewWriter(filepath.Join(dir, lakeDir), segmentName(id))
	defer w.Abort()
	n := 0
	for e, err := range events {
		if n++; err == nil && n&1023 == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		if err := w.Add(e); err != nil {
			return nil, err
		}
	}
	return w.Commit()
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
