package lake

import (
	"container/heap"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/cespare/xxhash/v2"
	"github.com/parquet-go/parquet-go"

	"wend.dev/wend/event"
)

// readRows is how many rows a reader decodes at once.
const readRows = 64

// Read goes over the events of one file in its order, holding a page of each column at a time. It first reads the file
// once to check the sum that it carries. The events are the caller's to keep. An error (no such file, not one of ours, damaged, of another version) comes once, with a nil
// event, and is the end.
func Read(path string) iter.Seq2[*event.Event, error] {
	return func(yield func(*event.Event, error) bool) {
		r, err := open(path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer r.close()
		for {
			e, err := r.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Verify compares a file with the sum that Commit gave for it: that it is whole, and the very one.
func Verify(path string, sum uint64) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot verify lake file: %w", err)
	}
	defer f.Close()
	d := xxhash.New()
	if _, err := io.Copy(d, f); err != nil {
		return fmt.Errorf("cannot verify lake file %q: %w", path, err)
	}
	if got := d.Sum64(); got != sum {
		return fmt.Errorf("lake file %q is damaged: its sum is %016x, %016x was written", path, got, sum)
	}
	return nil
}

// Merge goes over the events of several files of a lake's folder by profile, then time; what is equal comes in order
// of the files (older first), then rows. Each file is held open until its end; errors are as Read's.
func Merge(dir string, files []string) iter.Seq2[*event.Event, error] {
	return func(yield func(*event.Event, error) bool) {
		var h cursors
		defer func() {
			for _, c := range h {
				c.close()
			}
		}()
		for i, name := range files {
			r, err := open(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				yield(nil, err)
				return
			}
			c := &cursor{reader: r, order: i}
			if c.head, err = r.next(); errors.Is(err, io.EOF) {
				r.close()
				continue
			}
			h = append(h, c)
			if err != nil {
				yield(nil, err)
				return
			}
		}
		heap.Init(&h)
		for len(h) > 0 {
			c := h[0]
			if !yield(c.head, nil) {
				return
			}
			var err error
			c.head, err = c.next()
			switch {
			case err == nil:
				heap.Fix(&h, 0)
			case errors.Is(err, io.EOF):
				heap.Pop(&h)
				c.close()
			default:
				yield(nil, err)
				return
			}
		}
	}
}

// cursor is a file with its next event.
type cursor struct {
	*reader
	head  *event.Event
	order int
}

// cursors is a heap (container/heap) with the lowest event on top.
type cursors []*cursor

func (h cursors) Len() int      { return len(h) }
func (h cursors) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *cursors) Push(x any)   { *h = append(*h, x.(*cursor)) }
func (h *cursors) Pop() any {
	c := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return c
}

func (h cursors) Less(i, j int) bool {
	a, b := h[i], h[j]
	switch {
	case a.head.Profile != b.head.Profile:
		return a.head.Profile < b.head.Profile
	case a.head.Time != b.head.Time:
		return a.head.Time < b.head.Time
	}
	return a.order < b.order
}

// reader decodes one file.
type reader struct {
	path    string
	file    *os.File
	rows    *parquet.GenericReader[row]
	buf     [readRows]row
	at, n   int
	end     bool
	left    int64 // rows that the footer says are still to come
	flatten flattener
}

func open(path string) (*reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot open lake file: %w", err)
	}
	r := &reader{path: path, file: f}
	if err := r.open(); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("cannot open lake file %q: %w", path, err)
	}
	return r, nil
}

// open checks the sum that the file carries, reads the footer and checks that the file is one of ours.
func (r *reader) open() (err error) {
	defer caught(&err)
	st, err := r.file.Stat()
	if err != nil {
		return err
	}
	if err := checkSeal(r.file, st.Size()); err != nil {
		return err
	}
	config := parquet.DefaultFileConfig()
	config.SkipPageIndex, config.SkipBloomFilters, config.ReadBufferSize = true, true, pageSize
	pf, err := parquet.OpenFile(r.file, st.Size(), config)
	if err != nil {
		return err
	}
	switch v, ok := pf.Lookup(formatKey); {
	case !ok:
		return errors.New("it is Parquet, but not of wend")
	case v != Version:
		return fmt.Errorf("it has format version %q, this wend reads version %q", v, Version)
	}
	if !parquet.EqualNodes(pf.Schema(), parquet.SchemaOf(row{})) {
		return errors.New("its columns are not those of a lake file")
	}
	r.rows = parquet.NewGenericReader[row](pf)
	r.left = pf.NumRows()
	return nil
}

// next gives the next event, io.EOF after the last.
func (r *reader) next() (*event.Event, error) {
	if r.at == r.n {
		if err := r.fill(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil, err
			}
			return nil, fmt.Errorf("cannot read lake file %q: %w", r.path, err)
		}
	}
	e, err := r.buf[r.at].event(&r.flatten)
	if err != nil {
		return nil, fmt.Errorf("cannot read lake file %q: %w", r.path, err)
	}
	r.at++
	return e, nil
}

func (r *reader) fill() (err error) {
	defer caught(&err)
	if r.end {
		return io.EOF
	}
	r.at = 0
	r.n, err = r.rows.Read(r.buf[:])
	r.left -= int64(r.n)
	if errors.Is(err, io.EOF) {
		r.end = true
		if r.left != 0 {
			return fmt.Errorf("%d rows are missing: %w", r.left, io.ErrUnexpectedEOF)
		}
		err = nil
		if r.n == 0 {
			return io.EOF
		}
	}
	if err == nil && r.n == 0 {
		return io.ErrNoProgress
	}
	return err
}

func (r *reader) close() {
	defer func() { _ = recover() }() // the file only was read
	_ = r.rows.Close()
	_ = r.file.Close()
}
