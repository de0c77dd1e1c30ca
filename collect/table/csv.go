package table

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

type csvReader struct {
	*source
	csv     *csv.Reader
	columns []string
	null    []string
	latin1  bool
	line    int64
	raw     []byte
}

func openCSV(s *source, o Options) (Reader, error) {
	r := csv.NewReader(s.text)
	r.Comma, r.LazyQuotes, r.ReuseRecord = o.Delimiter, o.Lazy, true
	c := &csvReader{source: s, csv: r, null: o.Null, latin1: o.Latin1, columns: o.Header}
	if len(o.Header) == 0 {
		head, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("cannot read %s: it is empty; its first line should name the columns", s.name)
		}
		if err != nil {
			return nil, c.fault(err)
		}
		c.columns = slices.Clone(head)
		for i := range c.columns {
			if c.columns[i] = strings.TrimSpace(c.columns[i]); c.columns[i] == "" {
				c.columns[i] = fmt.Sprintf("column_%d", i+1) // spreadsheets leave such at the end
			}
		}
	}
	for i, name := range c.columns {
		if j := slices.Index(c.columns, name); j < i {
			return nil, fmt.Errorf("cannot read %s: columns %d and %d are both named %q", s.name, j+1, i+1, name)
		}
	}
	r.FieldsPerRecord = -1
	return c, nil
}

func (c *csvReader) Columns() []string { return c.columns }
func (c *csvReader) Line() int64       { return c.line }
func (c *csvReader) Raw() []byte       { return c.raw }

func (c *csvReader) Next() (Row, error) {
	cells, err := c.csv.Read()
	if err != nil {
		return nil, c.fault(err)
	}
	line, _ := c.csv.FieldPos(0)
	c.line = int64(line)
	if len(cells) != len(c.columns) {
		return nil, c.bad(fmt.Sprintf("the line has %d cells where the file has %d columns%s", len(cells), len(c.columns), c.hint(len(cells))))
	}
	row := make(Row, len(cells))
	c.raw = c.raw[:0]
	for i, cell := range cells {
		c.raw = append(append(c.raw, cell...), 0x1f)
		if c.latin1 {
			cell = fromLatin1(cell)
		} else if !utf8.ValidString(cell) {
			return nil, c.bad(fmt.Sprintf("column %s is not UTF-8; for ISO 8859-1 (Western Windows) files set encoding: latin1", c.columns[i]))
		}
		if cell == "" || len(c.null) > 0 && slices.Contains(c.null, cell) {
			row[c.columns[i]] = nil
		} else {
			row[c.columns[i]] = cell
		}
	}
	return row, nil
}

func (c *csvReader) hint(cells int) string {
	if cells == 1 || len(c.columns) == 1 {
		return fmt.Sprintf(" (is %q the delimiter?)", c.csv.Comma)
	}
	return ""
}

func (c *csvReader) bad(reason string) error {
	return &BadRow{File: c.name, Line: c.line, Reason: reason}
}

func (c *csvReader) fault(err error) error {
	var p *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.As(err, &p) && (errors.Is(err, csv.ErrQuote) || errors.Is(err, csv.ErrBareQuote)):
		c.line = int64(p.StartLine)
		return c.bad(p.Err.Error() + "; if the file does not double quotes inside cells, set lazy_quotes: true")
	}
	return c.fail(err)
}

func fromLatin1(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
