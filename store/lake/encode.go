package lake

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

const (
	batchRows = 128       // rows handed to the Parquet library at once
	groupRows = 128 << 10 // rows of a row group at most
	groupSize = 64 << 20  // bytes of a row group before compression, about
	pageSize  = 64 << 10  // bytes of a column's page: what a reader holds of each column
)

// encoder writes packed events as Parquet, one file after the other with the same buffers.
type encoder struct {
	w    *parquet.GenericWriter[row]
	to   sealer
	rows [batchRows]row
	hex  [batchRows][16]byte
	n    int    // rows that wait to be handed over
	data []byte // what their strings lie in, though some may lie in an older, smaller array
	size int    // bytes in the row group so far
}

func newEncoder() *encoder { return &encoder{} }

func (e *encoder) begin(to io.Writer) {
	e.to = sealer{to: to}
	e.to.hash.Reset()
	if e.n, e.data, e.size = 0, e.data[:0], 0; e.w != nil {
		e.w.Reset(&e.to)
		return
	}
	e.w = parquet.NewGenericWriter[row](&e.to,
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest}),
		parquet.PageBufferSize(pageSize),
		parquet.MaxRowsPerRowGroup(groupRows),
		parquet.CreatedBy("wend", Version, "lake"),
		parquet.KeyValueMetadata(formatKey, Version),
		parquet.KeyValueMetadata(sumKey, noSum),
		parquet.SortingWriterConfig(parquet.SortingColumns(parquet.Ascending("profile_id"), parquet.Ascending("time"))),
	)
}

// add writes the packed events of data.
func (e *encoder) add(data []byte) error {
	for len(data) > 0 {
		p, rest, err := Cut(data)
		if err != nil {
			return err
		}
		if err := e.one(p); err != nil {
			return err
		}
		data = rest
	}
	return nil
}

// one writes a packed event; it keeps a copy of it until there are enough to hand over.
func (e *encoder) one(p Packed) error {
	at := len(e.data)
	e.data = append(e.data, p...)
	if err := Packed(e.data[at:]).row(&e.rows[e.n], &e.hex[e.n]); err != nil {
		return err
	}
	if e.n++; e.n < batchRows && len(e.data) < groupSize/16 {
		return nil
	}
	return e.hand()
}

// hand gives the waiting rows to the Parquet library.
func (e *encoder) hand() (err error) {
	defer caught(&err)
	if _, err := e.w.Write(e.rows[:e.n]); err != nil {
		return err
	}
	e.size += len(e.data)
	e.n, e.data = 0, e.data[:0]
	if e.size < groupSize {
		return nil
	}
	e.size = 0
	return e.w.Flush()
}

// end completes the file and gives its length and sum.
func (e *encoder) end() (size int64, sum uint64, err error) {
	defer caught(&err)
	if err := e.hand(); err != nil {
		return 0, 0, err
	}
	if err := e.w.Flush(); err != nil {
		return 0, 0, err
	}
	e.to.hold = true
	if err := e.w.Close(); err != nil {
		return 0, 0, err
	}
	return e.to.seal()
}

// caught turns a panic of the Parquet library into an error: it meets damaged files so.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the Parquet library gave up: %v", p)
	}
}
