package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/valyala/fastjson"
)

// maxLine is the longest line of JSON that is read: a whole session of events may stand on one.
const maxLine = 64 << 20

type ndjsonReader struct {
	*source
	parser  fastjson.Parser
	columns []string
	sample  []sampled // rows read ahead to know the columns
	read    int64     // lines read so far
	line    int64
	raw     []byte
}

type sampled struct {
	row  Row
	err  error
	raw  []byte
	line int64
}

func openNDJSON(s *source) (Reader, error) {
	r := &ndjsonReader{source: s}
	seen := map[string]bool{}
	for range SampleRows {
		row, err := r.parse()
		r.sample = append(r.sample, sampled{row, err, bytes.Clone(r.raw), r.line})
		var bad *BadRow
		if err != nil && !errors.As(err, &bad) {
			break
		}
		for k := range row {
			if !seen[k] {
				seen[k] = true
				r.columns = append(r.columns, k)
			}
		}
	}
	slices.Sort(r.columns)
	return r, nil
}

func (r *ndjsonReader) Columns() []string { return r.columns }
func (r *ndjsonReader) Line() int64       { return r.line }
func (r *ndjsonReader) Raw() []byte       { return r.raw }

func (r *ndjsonReader) Next() (Row, error) {
	if len(r.sample) == 0 {
		return r.parse()
	}
	s := r.sample[0]
	r.sample[0] = sampled{}
	r.sample = r.sample[1:]
	r.raw, r.line = s.raw, s.line
	return s.row, s.err
}

// parse reads the next line that is not blank.
func (r *ndjsonReader) parse() (Row, error) {
	for {
		line, err := r.readLine()
		if err != nil && len(line) == 0 {
			return nil, err
		}
		r.read++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		r.raw, r.line = line, r.read
		v, err := r.parser.ParseBytes(line)
		if err != nil {
			return nil, &BadRow{File: r.name, Line: r.line, Reason: "the line is not JSON: " + explain(err) + "; each line must be one whole object"}
		}
		row, ok := fromJSON(v).(map[string]any)
		if !ok {
			return nil, &BadRow{File: r.name, Line: r.line, Reason: fmt.Sprintf("the line is a JSON %s, not an object: each line must be one", v.Type())}
		}
		return row, nil
	}
}

// readLine returns the next line without a copy where it fits the buffer; io.EOF comes with no bytes.
func (r *ndjsonReader) readLine() ([]byte, error) {
	line, err := r.text.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		long := bytes.Clone(line)
		for errors.Is(err, bufio.ErrBufferFull) {
			line, err = r.text.ReadSlice('\n')
			if long = append(long, line...); len(long) > maxLine {
				return nil, fmt.Errorf("cannot read %s: line %d is longer than %d MB", r.name, r.read+1, maxLine>>20)
			}
		}
		line = long
	}
	if errors.Is(err, io.EOF) {
		if len(line) > 0 {
			return line, nil
		}
		return nil, io.EOF
	}
	if err != nil {
		return nil, r.fail(err)
	}
	return line, nil
}

// fromJSON copies a parsed value: whole numbers that fit become int64, others float64.
func fromJSON(v *fastjson.Value) any {
	switch v.Type() {
	case fastjson.TypeObject:
		o := v.GetObject()
		m := make(map[string]any, o.Len())
		o.Visit(func(k []byte, v *fastjson.Value) { m[string(k)] = fromJSON(v) })
		return m
	case fastjson.TypeArray:
		items := v.GetArray()
		list := make([]any, len(items))
		for i, x := range items {
			list[i] = fromJSON(x)
		}
		return list
	case fastjson.TypeString:
		return strings.ToValidUTF8(string(v.GetStringBytes()), "\uFFFD")
	case fastjson.TypeNumber:
		if n, err := v.Int64(); err == nil {
			return n
		}
		return v.GetFloat64()
	case fastjson.TypeTrue:
		return true
	case fastjson.TypeFalse:
		return false
	}
	return nil
}

// explain is a parser's complaint without the parser's words about itself.
func explain(err error) string {
	s, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "cannot parse JSON: "), "; unparsed tail")
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}
