// Package table is stage 1, the reading of files: CSV, JSON lines and Parquet files in, rows of named values out.
//
// Rows come one at a time, so a file of any size is read in little memory. A file that is compressed with gzip (told
// by its first two bytes, not by its name) is decompressed on the way, Parquet excepted, which has its own.
package table

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
)

// Format is how a file is written.
type Format string

// The formats. NDJSON is one JSON object a line; an array of objects around the lines is not read.
const (
	CSV     Format = "csv"
	NDJSON  Format = "ndjson"
	Parquet Format = "parquet"
)

// Row is one row's values by column: strings from CSV; string, int64, float64, bool, map[string]any, []any and, from
// Parquet, time.Time from the others. A nil value, or an absent one, is null. The map is the caller's to keep.
type Row map[string]any

// Reader reads one file's rows in order. It is not safe for use by several goroutines.
type Reader interface {
	// Columns are the columns' names: of CSV and Parquet all there are, of JSON those of the first rows (SampleRows).
	Columns() []string
	// Next is the next row, or io.EOF after the last. A *BadRow tells of one row that cannot be read; the reader goes
	// on behind it. Any other error is the end.
	Next() (Row, error)
	// Line is where the last row stands: the line it begins on, in Parquet its number, from 1.
	Line() int64
	// Raw is the last row's content as bytes that are equal for equal rows; valid until the next call of Next.
	Raw() []byte
	// Offset is how many bytes of the file, as it lies on disk, have been read. It may be called at any time.
	Offset() int64
	Close() error
}

// SampleRows is how many rows of a JSON file are looked at to know its columns.
const SampleRows = 1000

// Options say how to read a file. The zero value guesses the format by the file's name and reads comma-separated CSV
// in UTF-8, where an empty cell is null.
type Options struct {
	Format    Format   // "" means by name: .csv .tsv .txt, .ndjson .jsonl .json, .parquet, each also with .gz
	Delimiter rune     // of CSV; 0 means a tab for .tsv and a comma otherwise
	Lazy      bool     // CSV: quotes may stand unescaped inside a cell
	Latin1    bool     // CSV: bytes are ISO 8859-1, not UTF-8
	Null      []string // CSV: cells that mean null, beside the empty one
	Header    []string // CSV: the columns' names when the file has no line of names
}

// BadRow is a row that cannot be read.
type BadRow struct {
	File   string // base name
	Line   int64
	Reason string
}

// Error is "file:line: reason".
func (b *BadRow) Error() string { return fmt.Sprintf("%s:%d: %s", b.File, b.Line, b.Reason) }

// FormatOf guesses a file's format by its name; an error says which names are known.
func FormatOf(name string) (Format, error) {
	switch ext(name) {
	case ".csv", ".tsv", ".txt":
		return CSV, nil
	case ".ndjson", ".jsonl", ".json":
		return NDJSON, nil
	case ".parquet":
		return Parquet, nil
	}
	return "", fmt.Errorf("cannot tell the format of %s by its name: .csv, .tsv, .ndjson, .jsonl and .parquet are known; name the format", filepath.Base(name))
}

func ext(name string) string {
	return filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))
}

// Open opens a file and reads as far as its columns.
func Open(path string, o Options) (Reader, error) {
	if o.Format == "" {
		f, err := FormatOf(path)
		if err != nil {
			return nil, err
		}
		o.Format = f
	}
	if o.Delimiter == 0 {
		o.Delimiter = ','
		if ext(path) == ".tsv" {
			o.Delimiter = '\t'
		}
	}
	if o.Format == Parquet {
		return openParquet(path)
	}
	src, err := openSource(path)
	if err != nil {
		return nil, err
	}
	var r Reader
	switch o.Format {
	case CSV:
		r, err = openCSV(src, o)
	case NDJSON:
		r, err = openNDJSON(src)
	default:
		err = fmt.Errorf("unknown format %q: csv, ndjson and parquet are known", o.Format)
	}
	if err != nil {
		_ = src.Close()
		return nil, err
	}
	return r, nil
}

// source is a file's decompressed bytes.
type source struct {
	name string // base name
	file *os.File
	read atomic.Int64 // bytes taken from the file
	text *bufio.Reader
}

func openSource(path string) (*source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot open file: %w", err)
	}
	s := &source{name: filepath.Base(path), file: f}
	raw := bufio.NewReaderSize(counting{s}, 256<<10)
	s.text = raw
	if head, _ := raw.Peek(2); len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b {
		z, err := gzip.NewReader(raw)
		if err != nil {
			_ = f.Close()
			return nil, s.fail(err)
		}
		s.text = bufio.NewReaderSize(z, 256<<10)
	}
	if head, _ := s.text.Peek(3); string(head) == "\xef\xbb\xbf" {
		_, _ = s.text.Discard(3)
	}
	if head, _ := s.text.Peek(2); string(head) == "\xff\xfe" || string(head) == "\xfe\xff" {
		_ = f.Close()
		return nil, fmt.Errorf("cannot read %s: it is written in UTF-16; save it as UTF-8", s.name)
	}
	return s, nil
}

// Close closes the file.
func (s *source) Close() error { return s.file.Close() }

// Offset is how many bytes were taken from the file.
func (s *source) Offset() int64 { return s.read.Load() }

// fail says what an error in the bytes means for the person who has the file.
func (s *source) fail(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("cannot read %s: the file ends in the middle (cut off while it was copied?): %w", s.name, err)
	case errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader):
		return fmt.Errorf("cannot read %s: the gzip data is damaged: %w", s.name, err)
	}
	return fmt.Errorf("cannot read %s: %w", s.name, err)
}

type counting struct{ s *source }

func (c counting) Read(p []byte) (int, error) {
	n, err := c.s.file.Read(p)
	c.s.read.Add(int64(n))
	return n, err
}
