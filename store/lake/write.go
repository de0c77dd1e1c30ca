package lake

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/s2"

	"wend.dev/wend/event"
	"wend.dev/wend/internal/durable"
	"wend.dev/wend/store"
)

// SpillSuffix ends the name of a writer's scratch file in the lake's folder. What carries it after a crash is rubbish.
const SpillSuffix = ".spill"

// defaultBudget is how many bytes of events a writer holds in memory before it spills the fullest days to disk.
const defaultBudget = 48 << 20

// File is one Parquet file of a segment.
type File struct {
	Path  string `json:"path"` // relative to the lake's folder, with slashes: day=2026-01-05/<segment>.parquet
	Day   string `json:"day"`  // UTC day of all its events: 2026-01-05
	Rows  int64  `json:"rows"`
	Bytes int64  `json:"bytes"`
	Sum   uint64 `json:"sum,string"` // XXH64 of the whole file
}

// Writer makes the files of one segment. Events of any number of days may come mixed: each waits, packed, in memory
// or in a scratch file until Commit writes one day after the other, so that memory stays at about 100 MB however many
// days there are. It is for one goroutine. Exactly one of Commit and Abort ends it.
type Writer struct {
	dir, segment string
	budget       int
	days         map[int64]*day
	last         *day
	held         int // bytes of all days' data
	nester       nester
	spill        *os.File
	spilled      int64
	packed       []byte
	profile      event.ProfileID
	time         event.Millis
	rows         int64
}

// day is what a writer holds of one UTC day: chunks in the spill file, then data in memory.
type day struct {
	number int64
	rows   int64
	chunks []chunk
	data   []byte
}

type chunk struct {
	at   int64
	size int
}

// NewWriter starts the files of a segment in a lake's folder. The name of a segment is a plain file name.
func NewWriter(dir, segment string) *Writer {
	return &Writer{dir: dir, segment: segment, budget: defaultBudget, days: map[int64]*day{}}
}

// Add takes an event. Events come by profile, then time; one that does not is an error and is not taken. When the
// disk is full the error wraps store.ErrFull; after an error that is not about order, only Abort is of use.
func (w *Writer) Add(e *event.Event) error {
	if w.rows > 0 && (e.Profile < w.profile || e.Profile == w.profile && e.Time < w.time) {
		return fmt.Errorf("cannot add event %q to segment %q: it is out of order", e.MessageID, w.segment)
	}
	if e.Kind.String() == "" {
		return fmt.Errorf("cannot add event %q to segment %q: it is of kind %d", e.MessageID, w.segment, e.Kind)
	}
	w.profile, w.time = e.Profile, e.Time
	w.rows++
	n := dayOf(e.Time)
	d := w.last
	if d == nil || d.number != n {
		if d = w.days[n]; d == nil {
			d = &day{number: n}
			w.days[n] = d
		}
		w.last = d
	}
	before := len(d.data)
	d.data = appendSpill(d.data, e, &w.nester)
	d.rows++
	if w.held += len(d.data) - before; w.held < w.budget {
		return nil
	}
	if err := w.spillHalf(); err != nil {
		return w.failed(err)
	}
	return nil
}

func (w *Writer) failed(err error) error {
	if durable.IsFull(err) {
		return fmt.Errorf("cannot write lake files of segment %q: %w: %w", w.segment, store.ErrFull, err)
	}
	return fmt.Errorf("cannot write lake files of segment %q: %w", w.segment, err)
}

// spillHalf moves the fullest days' data to the scratch file until half the budget is free.
func (w *Writer) spillHalf() (err error) {
	if w.spill == nil {
		if err := os.MkdirAll(w.dir, 0o755); err != nil {
			return err
		}
		if w.spill, err = os.Create(filepath.Join(w.dir, w.segment+SpillSuffix)); err != nil {
			return err
		}
	}
	order := slices.SortedFunc(maps.Values(w.days), func(a, b *day) int { return len(b.data) - len(a.data) })
	for _, d := range order {
		if w.held <= w.budget/2 {
			break
		}
		w.packed = s2.Encode(w.packed[:cap(w.packed)], d.data)
		if _, err := w.spill.WriteAt(w.packed, w.spilled); err != nil {
			return err
		}
		d.chunks = append(d.chunks, chunk{w.spilled, len(w.packed)})
		w.spilled += int64(len(w.packed))
		w.held -= len(d.data)
		d.data = nil
	}
	return nil
}

// Commit writes the files, each whole and durable before the next, and returns them by day. On an error none of
// them is left.
func (w *Writer) Commit() (files []File, err error) {
	defer w.Abort()
	defer func() {
		if err == nil {
			return
		}
		for _, f := range files {
			_ = os.Remove(filepath.Join(w.dir, filepath.FromSlash(f.Path)))
		}
		files, err = nil, w.failed(err)
	}()
	enc := newEncoder()
	for _, n := range slices.Sorted(maps.Keys(w.days)) {
		f, err := w.writeDay(enc, w.days[n])
		if err != nil {
			return files, err
		}
		files = append(files, f)
		delete(w.days, n)
	}
	if len(files) == 0 {
		return nil, nil
	}
	return files, durable.SyncDir(w.dir)
}

// Abort gives up what was added and removes the scratch file. After Commit it does nothing.
func (w *Writer) Abort() {
	w.days, w.last = nil, nil
	if w.spill != nil {
		_ = w.spill.Close()
		_ = os.Remove(w.spill.Name())
		w.spill = nil
	}
}

func (w *Writer) writeDay(enc *encoder, d *day) (File, error) {
	name := dayName(d.number)
	f := File{Path: path.Join("day="+name, w.segment+".parquet"), Day: name, Rows: d.rows}
	out, err := durable.Create(filepath.Join(w.dir, filepath.FromSlash(f.Path)))
	if err != nil {
		return f, err
	}
	defer out.Abort()
	enc.begin(out)
	var data []byte
	for _, c := range d.chunks {
		w.packed = slices.Grow(w.packed[:0], c.size)[:c.size]
		if _, err := w.spill.ReadAt(w.packed, c.at); err != nil {
			return f, err
		}
		if data, err = s2.Decode(data[:cap(data)], w.packed); err != nil {
			return f, err
		}
		if err := enc.add(data); err != nil {
			return f, err
		}
	}
	if err := enc.add(d.data); err != nil {
		return f, err
	}
	if f.Bytes, f.Sum, err = enc.end(); err != nil {
		return f, err
	}
	return f, out.Commit()
}
