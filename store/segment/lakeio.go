package segment

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	"wend.dev/wend/event"
	"wend.dev/wend/internal/durable"
	"wend.dev/wend/store/log"
)

const lakeDir = "lake"

// STAND-IN until store/lake is there.
type lakeWriter struct {
	dir  string
	id   uint64
	days map[event.Millis][]event.Event
}

func newLakeWriter(dir string, id uint64) *lakeWriter {
	return &lakeWriter{dir, id, map[event.Millis][]event.Event{}}
}
func (w *lakeWriter) Add(e *event.Event) error {
	w.days[dayOf(e.Time)] = append(w.days[dayOf(e.Time)], *e)
	return nil
}
func (w *lakeWriter) Abort() {}

func commitLake(w *lakeWriter, dir string) (out []lakeFile, err error) {
	m := map[event.Millis][]lakeFile{}
	for d := range w.days {
		m[d] = nil
	}
	for _, d := range sortedDays(m) {
		var b []byte
		b = binary.LittleEndian.AppendUint64(b, 0)
		b = log.Encode(b, w.days[d])
		f := lakeFile{Path: filepath.Join(lakeDir, d.Time().Format("2006-01-02"), fmt.Sprintf("%010d.parquet", w.id)), Day: d, Rows: len(w.days[d]), Bytes: int64(len(b))}
		out = append(out, f)
		if err := durable.WriteFile(filepath.Join(dir, f.Path), b); err != nil {
			return out, err
		}
	}
	return out, nil
}

func writeLake(dir string, id uint64, events iter.Seq2[*event.Event, error]) ([]lakeFile, error) {
	w := newLakeWriter(dir, id)
	for e, err := range events {
		if err != nil {
			return nil, err
		}
		_ = w.Add(e)
	}
	return commitLake(w, dir)
}

func readLake(path string) iter.Seq2[*event.Event, error] {
	return func(yield func(*event.Event, error) bool) {
		b, err := os.ReadFile(path)
		if err != nil {
			yield(nil, err)
			return
		}
		if len(b) < 8 {
			yield(nil, errors.New("short"))
			return
		}
		es, err := log.Decode(b[8:])
		if err != nil {
			yield(nil, err)
			return
		}
		for i := range es {
			if !yield(&es[i], nil) {
				return
			}
		}
	}
}

func mergeLake(dir string, id uint64, files []lakeFile) (lakeFile, error) {
	var runs []iter.Seq2[*event.Event, error]
	for _, f := range files {
		runs = append(runs, readLake(filepath.Join(dir, f.Path)))
	}
	out, err := writeLake(dir, id, mergeRuns(runs, lakeOrder))
	if len(out) == 0 {
		return lakeFile{}, err
	}
	return out[0], err
}

func verifyLake(path string, rows int) error {
	n := 0
	for _, err := range readLake(path) {
		if err != nil {
			return err
		}
		n++
	}
	if n != rows {
		return errors.New("rows")
	}
	return nil
}
