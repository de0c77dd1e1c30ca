package table

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

type parquetReader struct {
	name    string
	file    *os.File
	size    int64
	rows    *parquet.Reader //nolint:staticcheck // the generic reader needs a Go type; these columns are known at run time only
	schema  parquet.Node
	columns []string
	total   int64
	line    int64
	last    Row
}

func openParquet(path string) (r Reader, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot open file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("cannot open file: %w", err)
	}
	p := &parquetReader{name: filepath.Base(path), file: f, size: info.Size()}
	pf, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("cannot read %s as Parquet: %w", p.name, err)
	}
	p.rows, p.schema, p.total = parquet.NewReader(pf), pf.Schema(), pf.NumRows()
	for _, field := range p.schema.Fields() {
		p.columns = append(p.columns, field.Name())
	}
	return p, nil
}

func (p *parquetReader) Columns() []string { return p.columns }
func (p *parquetReader) Line() int64       { return p.line }

// Raw is the row as JSON: Parquet has no line of its own.
func (p *parquetReader) Raw() []byte {
	b, err := json.Marshal(p.last)
	if err != nil { // a number that is not finite
		return fmt.Appendf(nil, "%v", p.last)
	}
	return b
}

// Offset is the share of rows read, in bytes of the file.
func (p *parquetReader) Offset() int64 {
	return int64(float64(p.size) * float64(p.line) / math.Max(1, float64(p.total)))
}

func (p *parquetReader) Close() error {
	err := p.rows.Close()
	if e := p.file.Close(); err == nil {
		err = e
	}
	return err
}

func (p *parquetReader) Next() (Row, error) {
	if p.line >= p.total {
		return nil, io.EOF
	}
	raw := map[string]any{}
	if err := p.rows.Read(&raw); err != nil {
		return nil, fmt.Errorf("cannot read %s: row %d: %w", p.name, p.line+1, err)
	}
	p.line++
	row := make(Row, len(raw))
	for _, field := range p.schema.Fields() {
		row[field.Name()] = fromParquet(field, raw[field.Name()])
	}
	p.last = row
	return row, nil
}

// fromParquet gives a decoded value the type that its column's logical type means.
func fromParquet(n parquet.Node, v any) any {
	switch x := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(x))
		for _, field := range n.Fields() {
			if v, ok := x[field.Name()]; ok {
				m[field.Name()] = fromParquet(field, v)
			}
		}
		if len(m) == 0 { // a MAP: its keys are no fields
			for k, v := range x {
				m[k] = plain(v)
			}
		}
		return m
	case []any:
		elem := n
		if !n.Leaf() && len(n.Fields()) == 1 && n.Type().LogicalType() != nil { // LIST → list → element
			if inner := n.Fields()[0]; !inner.Leaf() && len(inner.Fields()) == 1 {
				elem = inner.Fields()[0]
			}
		}
		list := make([]any, len(x))
		for i := range x {
			list[i] = fromParquet(elem, x[i])
		}
		return list
	}
	if !n.Leaf() {
		return plain(v)
	}
	return logical(n.Type().LogicalType(), plain(v))
}

func logical(t *format.LogicalType, v any) any {
	n, whole := v.(int64)
	if t == nil || t.Value == nil || !whole {
		return v
	}
	switch l := t.Value.(type) {
	case *format.TimestampType:
		switch l.Unit.Value.(type) {
		case *format.MilliSeconds:
			return time.UnixMilli(n).UTC()
		case *format.MicroSeconds:
			return time.UnixMicro(n).UTC()
		}
		return time.Unix(0, n).UTC()
	case *format.DateType:
		return time.Unix(n*86400, 0).UTC()
	case *format.DecimalType:
		return float64(n) / math.Pow10(int(l.Scale))
	}
	return v
}

// plain widens numbers and makes byte strings text.
func plain(v any) any {
	switch x := v.(type) {
	case int:
		return int64(x)
	case int32:
		return int64(x)
	case int16:
		return int64(x)
	case int8:
		return int64(x)
	case uint32:
		return int64(x)
	case uint64:
		if x > math.MaxInt64 {
			return float64(x)
		}
		return int64(x)
	case float32:
		return float64(x)
	case []byte:
		return string(x)
	}
	return v
}
