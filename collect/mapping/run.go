package mapping

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"path/filepath"

	"cel.dev/cel-go/common/types"

	"wend.dev/wend/collect/table"
)

// Item is what one row made.
type Item struct {
	Row    int64    // its number, from 1, over all files
	Events [][]byte // JSON of each event, as an item of a batch; valid until the next call of Next
}

// Next is what the next row makes; io.EOF comes after the last. A *table.BadRow tells of a row that cannot be read or
// mapped: it has its number and no events, and Next goes on behind it. Any other error is the end.
func (r *Run) Next() (Item, error) {
	l, err := r.nextRow()
	if err != nil {
		return Item{Row: r.row}, err
	}
	p := r.m.plans[r.current]
	item := Item{Row: r.row}
	item.Events, err = r.emit(p, l)
	if err != nil {
		return Item{Row: r.row}, &table.BadRow{File: l.file, Line: l.no, Reason: err.Error()}
	}
	return item, nil
}

// Skip passes rows by without making events of them: those that an earlier run has sent.
func (r *Run) Skip(rows int64) error {
	for r.row < rows {
		_, err := r.nextRow()
		var bad *table.BadRow
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("the files have %d rows; %d were sent before", r.row, rows)
		}
		if err != nil && !errors.As(err, &bad) {
			return err
		}
	}
	return nil
}

func (r *Run) nextRow() (line, error) {
	for r.current < len(r.m.plans) {
		if r.rows == nil {
			p := r.m.plans[r.current]
			in := r.inputs[p.spec.From]
			r.rows = &rowReader{plan: p, paths: in.paths, options: in.file.options(), seed: maphash.MakeSeed()}
		}
		l, err := r.rows.next()
		if errors.Is(err, io.EOF) {
			r.done += r.rows.offset()
			r.rows = nil
			r.current++
			continue
		}
		r.row++
		return l, err
	}
	return line{}, io.EOF
}

// line is one row on its way: of a file, of a list in it, or of a group.
type line struct {
	row    table.Row
	parent table.Row   // with explode
	index  int         // with explode
	lines  []table.Row // with group
	group  string      // with group: the key
	file   string      // base name
	no     int64       // line in the file
	raw    string      // content of the file's row
}

// vars are the names before lookups and lets.
func (l *line) vars(p *plan) vars {
	v := l.lineVars(p)
	if p.spec.Group != nil {
		v["lines"] = newRecords(l.lines)
	}
	return v
}

// lineVars are the names before grouping.
func (l *line) lineVars(p *plan) vars {
	v := vars{"row": newRecord(l.row)}
	if p.spec.Explode != "" {
		v["parent"], v["index"] = newRecord(l.parent), types.Int(l.index)
	}
	return v
}

// rowReader turns the files of one plan into rows: read, explode, group.
type rowReader struct {
	plan    *plan
	paths   []string
	options table.Options
	file    table.Reader
	base    string
	before  int64 // bytes of the files that are closed
	spread  []any // rest of an exploded list
	at      line  // the row it is in
	group   grouper
	ended   bool
	seed    maphash.Seed
}

func (r *rowReader) offset() int64 {
	if r.file != nil {
		return r.before + r.file.Offset()
	}
	return r.before
}

func (r *rowReader) close() error {
	if r.file == nil {
		return nil
	}
	r.before += r.file.Offset()
	err := r.file.Close()
	r.file = nil
	return err
}

func (r *rowReader) next() (line, error) {
	if r.plan.spec.Group == nil {
		return r.explode()
	}
	for {
		if l, ok := r.group.pop(r.ended); ok {
			return l, nil
		}
		if r.ended {
			return line{}, io.EOF
		}
		l, err := r.explode()
		if errors.Is(err, io.EOF) {
			r.ended = true
			continue
		}
		if err == nil {
			err = r.addToGroup(l)
		}
		if err != nil {
			return l, err
		}
	}
}

func (r *rowReader) addToGroup(l line) error {
	key, err := keyOf(r.plan.by, l.lineVars(r.plan))
	if err == nil {
		l.group, l.lines = key, []table.Row{l.row}
		err = r.group.add(l, r.plan.spec.Group.Within, maphash.String(r.seed, key))
	}
	if err != nil {
		return &table.BadRow{File: l.file, Line: l.no, Reason: err.Error()}
	}
	return nil
}

// explode is the next row of a file, or the next object of the list in it.
func (r *rowReader) explode() (line, error) {
	column := r.plan.spec.Explode
	if column == "" {
		return r.read()
	}
	for len(r.spread) == 0 {
		l, err := r.read()
		if err != nil {
			return l, err
		}
		var ok bool
		if r.spread, ok = l.row[column].([]any); !ok && l.row[column] != nil {
			return l, &table.BadRow{File: l.file, Line: l.no, Reason: fmt.Sprintf("%s is not a list", column)}
		}
		r.at = line{parent: l.row, index: -1, file: l.file, no: l.no, raw: l.raw}
		delete(l.row, column) // parent is what held the list
	}
	r.at.index++
	l := r.at
	var ok bool
	l.row, ok = r.spread[0].(map[string]any)
	r.spread = r.spread[1:]
	if !ok {
		return l, &table.BadRow{File: l.file, Line: l.no, Reason: fmt.Sprintf("%s[%d] is not an object", column, l.index)}
	}
	return l, nil
}

// read is the next row of the files.
func (r *rowReader) read() (line, error) {
	for {
		if r.file == nil {
			if len(r.paths) == 0 {
				return line{}, io.EOF
			}
			f, err := table.Open(r.paths[0], r.options)
			if err != nil {
				return line{}, err
			}
			r.file, r.base, r.paths = f, filepath.Base(r.paths[0]), r.paths[1:]
		}
		row, err := r.file.Next()
		if errors.Is(err, io.EOF) {
			if err := r.close(); err != nil {
				return line{}, fmt.Errorf("cannot read %s: %w", r.base, err)
			}
			continue
		}
		l := line{row: row, file: r.base, no: r.file.Line()}
		if err == nil && len(r.plan.key) == 0 && r.plan.spec.Group == nil {
			l.raw = string(r.file.Raw())
		}
		return l, err
	}
}

// keyOf is the joined text of several expressions, unambiguously.
func keyOf(programs []*program, v vars) (string, error) {
	var key []byte
	for _, p := range programs {
		s, err := p.text(v)
		if err != nil {
			return "", err
		}
		key = append(fmt.Appendf(key, "%d:", len(s)), s...)
	}
	return string(key), nil
}

// keyText is a plain value as a key.
func keyText(v any) (string, error) {
	if s, ok := v.(string); ok {
		return s, nil
	}
	return text(types.DefaultTypeAdapter.NativeToValue(v))
}

// resolve does a row's lookups and lets and says whether the row counts.
func (r *Run) resolve(p *plan, v vars) (bool, error) {
	for i := range p.spec.Lookup {
		l := &p.spec.Lookup[i]
		key, err := p.lookups[i].text(v)
		if err != nil {
			return false, err
		}
		t := r.tables[l.id()]
		if l.Required && len(t.index[key]) == 0 {
			return false, fmt.Errorf("%s.lookup[%d]: %s has no row where %s is %q", p.path, i, l.In, l.Key, cut(key))
		}
		v[l.As] = t.find(key, l.Many)
	}
	for i, l := range p.spec.Let {
		x, err := p.lets[i].value(v)
		if err != nil {
			return false, err
		}
		v[l.As] = x
	}
	return p.when.truth(v)
}
