package part

import (
	"bufio"
	"fmt"

	"github.com/cespare/xxhash/v2"

	"wend.dev/wend/internal/durable"
	"wend.dev/wend/store"
)

// Write puts a block into a file that is there whole or not at all: a temporary file, synced, renamed, its folder
// synced. When the disk is full the error wraps store.ErrFull and nothing is left behind.
func Write(path string, b *store.Block) error {
	err := write(path, b)
	if err == nil {
		return nil
	}
	if durable.IsFull(err) {
		return fmt.Errorf("cannot write part %q: %w: %w", path, store.ErrFull, err)
	}
	return fmt.Errorf("cannot write part %q: %w", path, err)
}

var zeros [8]byte // padding

func write(path string, b *store.Block) error {
	f, err := durable.Create(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	secs := sections(b)
	var table []byte
	at := headerSize + uint64(len(secs))*entrySize
	for _, s := range secs {
		e := entry{kind: s.kind, offset: at, size: s.size(), sum: s.sum()}
		table = e.append(table)
		at = align(at + e.size)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	_, _ = w.Write(header(table, len(secs), at)) // a bufio.Writer keeps its first error for Flush
	_, _ = w.Write(table)
	for _, s := range secs {
		n := uint64(0)
		for chunk := range s.chunks() {
			_, _ = w.Write(chunk)
			n += uint64(len(chunk))
		}
		_, _ = w.Write(zeros[:align(n)-n])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Commit()
}

// chunks gives the arrays with the padding between them.
func (s section) chunks() func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		n := uint64(0)
		for _, a := range s.arrays {
			if len(a) == 0 {
				continue
			}
			if pad := align(n) - n; pad > 0 && !yield(zeros[:pad]) {
				return
			}
			if n = align(n) + uint64(len(a)); !yield(a) {
				return
			}
		}
	}
}

func (s section) sum() uint64 {
	var d xxhash.Digest
	d.Reset()
	for chunk := range s.chunks() {
		_, _ = d.Write(chunk)
	}
	return d.Sum64()
}
