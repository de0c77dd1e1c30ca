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

// The fullest days are written as their events come, without waiting.
const (
	mostOpen  = 2       // days written at once: their buffers are in memory besides the budget
	openAfter = 1 << 20 // bytes of events after which a day is full enough
)

// Writer makes the files of one segment. Events of any number of days may come mixed. The first days to grow large are
// written as they come, under temporary names; each other one waits, packed, in memory or in a scratch file until
// Commit writes one day after the other, so that memory stays at about 100 MB however many days there are. It is for
// one goroutine. Exactly one of Commit and Abort ends it.
type Writer struct {
	dir, segment string
	budget       int
	days         map[int64]*day
	last         *day
	held         int // bytes of all days' data
	open         int // days that have an output
	packer       Packer
	one          []byte // the event that Add packs
	spill        *os.File
	spilled      int64
	packed       []byte
	profile      event.ProfileID
	time         event.Millis
	rows         int64
}

// day is what a writer holds of one UTC day: chunks in the spill file, then data in memory. Or it has an output that
// all of it goes to.
type day struct {
	number int64
	rows   int64
	chunks []chunk
	data   []byte
	out    *output
}

type chunk struct {
	at   int64
	size int
}

// output is a day's file being written.
type output struct {
	file *durable.File
	enc  *encoder
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
	w.one = w.packer.Append(w.one[:0], e)
	return w.AddPacked(w.one)
}

// AddPacked is Add for a packed event, of which it takes a copy.
func (w *Writer) AddPacked(p Packed) error {
	profile, time := p.Profile(), p.Time()
	if w.rows > 0 && (profile < w.profile || profile == w.profile && time < w.time) {
		return fmt.Errorf("cannot add an event to segment %q: it is out of order", w.segment)
	}
	w.profile, w.time = profile, time
	w.rows++
	n := dayOf(time)
	d := w.last
	if d == nil || d.number != n {
		if d = w.days[n]; d == nil {
			d = &day{number: n}
			w.days[n] = d
		}
		w.last = d
	}
	d.rows++
	if err := w.take(d, p); err != nil {
		return w.failed(err)
	}
	return nil
}

func (w *Writer) take(d *day, p Packed) error {
	if d.out != nil {
		return d.out.enc.one(p)
	}
	d.data = append(d.data, p...)
	w.held += len(p)
	switch {
	case len(d.data) >= openAfter && len(d.chunks) == 0 && w.open < mostOpen:
		return w.openDay(d)
	case w.held >= w.budget:
		return w.spillHalf()
	}
	return nil
}

// openDay starts a day's file with what there is of it.
func (w *Writer) openDay(d *day) error {
	file, err := durable.Create(filepath.Join(w.dir, filepath.FromSlash(w.pathOf(d))))
	if err != nil {
		return err
	}
	d.out = &output{file, newEncoder()}
	d.out.enc.begin(file)
	err = d.out.enc.add(d.data)
	w.open++
	w.held -= len(d.data)
	d.data = nil
	return err
}

// pathOf is the path of a day's file in the lake's folder, with slashes.
func (w *Writer) pathOf(d *day) string {
	return path.Join("day="+dayName(d.number), w.segment+".parquet")
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
	var enc *encoder
	for _, n := range slices.Sorted(maps.Keys(w.days)) {
		d := w.days[n]
		if d.out == nil && enc == nil {
			enc = newEncoder()
		}
		f, err := w.writeDay(enc, d)
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
	for _, d := range w.days {
		if d.out != nil {
			d.out.file.Abort()
		}
	}
	w.days, w.last = nil, nil
	if w.spill != nil {
		_ = w.spill.Close()
		_ = os.Remove(w.spill.Name())
		w.spill = nil
	}
}

// writeDay completes a day's file. Enc is for a day that has no output yet.
func (w *Writer) writeDay(enc *encoder, d *day) (File, error) {
	f := File{Path: w.pathOf(d), Day: dayName(d.number), Rows: d.rows}
	out := d.out
	if out == nil {
		file, err := durable.Create(filepath.Join(w.dir, filepath.FromSlash(f.Path)))
		if err != nil {
			return f, err
		}
		out = &output{file, enc}
		enc.begin(file)
	}
	defer out.file.Abort()
	var err error
	var data []byte
	for _, c := range d.chunks {
		w.packed = slices.Grow(w.packed[:0], c.size)[:c.size]
		if _, err := w.spill.ReadAt(w.packed, c.at); err != nil {
			return f, err
		}
		if data, err = s2.Decode(data[:cap(data)], w.packed); err != nil {
			return f, err
		}
		if err := out.enc.add(data); err != nil {
			return f, err
		}
	}
	if err := out.enc.add(d.data); err != nil {
		return f, err
	}
	if f.Bytes, f.Sum, err = out.enc.end(); err != nil {
		return f, err
	}
	return f, out.file.Commit()
}
