package mapping

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types/ref"

	"wend.dev/wend/collect/table"
)

// Run reads rows and makes events of them, in a fixed order. It is not safe for use by several goroutines.
type Run struct {
	m       *Mapping
	inputs  map[string]*input // by name under files
	tables  map[string]*lookupTable
	unused  []string
	size    int64
	done    int64 // bytes of the files that are closed
	current int   // index of the plan that is read
	rows    *rowReader
	row     int64
	buf     []byte
}

// input is the files that one entry of spec.files means.
type input struct {
	name    string
	file    File
	paths   []string
	columns []string // all files'
}

// Open holds the mapping against files: finds each entry's files among the paths, checks that every column that an
// expression names is there, and reads the lookups into memory. Whoever opens a Run closes it.
func (m *Mapping) Open(paths []string) (*Run, error) {
	r := &Run{m: m, tables: map[string]*lookupTable{}}
	if err := r.match(paths); err != nil {
		return nil, err
	}
	var errs []error
	for _, name := range r.used() {
		errs = append(errs, r.readColumns(r.inputs[name]))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, p := range m.plans {
		errs = append(errs, r.checkPlan(p)...)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, p := range m.plans {
		for i := range p.spec.Lookup {
			if err := r.load(&p.spec.Lookup[i]); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// Close closes the file that is being read.
func (r *Run) Close() error {
	if r.rows != nil {
		return r.rows.close()
	}
	return nil
}

// Size is how many bytes will be read: the files on disk, each as often as the mapping reads it.
func (r *Run) Size() int64 { return r.size }

// Offset is how many of Size have been read.
func (r *Run) Offset() int64 {
	n := r.done
	if r.rows != nil {
		n += r.rows.offset()
	}
	return n
}

// Unused are the paths that the mapping has no use for.
func (r *Run) Unused() []string { return r.unused }

// Files are the paths that the mapping reads, in order of name, each once.
func (r *Run) Files() []string {
	var out []string
	for _, name := range r.used() {
		out = append(out, r.inputs[name].paths...)
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	return slices.Compact(out)
}

// used are the names of files that rows or lookups name, in order.
func (r *Run) used() []string {
	var out []string
	for _, p := range r.m.plans {
		out = append(out, p.spec.From)
		for _, l := range p.spec.Lookup {
			out = append(out, l.In)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (r *Run) match(paths []string) error {
	r.inputs = map[string]*input{}
	var errs []error
	taken := map[string]bool{}
	var bases []string
	for _, p := range paths {
		bases = append(bases, filepath.Base(p))
	}
	for name, f := range r.m.Spec.Files {
		in := &input{name: name, file: f}
		for _, p := range paths {
			base := filepath.Base(p)
			whole, _ := path.Match(f.Name, base)
			short, _ := path.Match(f.Name, strings.TrimSuffix(base, ".gz"))
			if whole || short {
				in.paths = append(in.paths, p)
				taken[p] = true
			}
		}
		slices.SortFunc(in.paths, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
		in.paths = slices.Compact(in.paths)
		r.inputs[name] = in
	}
	for _, name := range r.used() {
		if in := r.inputs[name]; len(in.paths) == 0 {
			errs = append(errs, r.m.fault("spec.files."+name, "none of the files given is named %s%s", in.file.Name, didYouMean(in.file.Name, bases)))
		}
	}
	for _, p := range paths {
		if !taken[p] {
			r.unused = append(r.unused, p)
		}
	}
	return errors.Join(errs...)
}

func (f *File) options() table.Options {
	o := table.Options{Format: table.Format(f.Format), Lazy: f.LazyQuotes, Latin1: f.Encoding == "latin1", Null: f.Null, Header: f.Header}
	for _, c := range f.Delimiter {
		o.Delimiter = c
	}
	return o
}

// readColumns reads the heads of the files. CSV and Parquet files of one entry must all have the columns that are
// used: what one of them lacks is left out here, so that the check of columns finds it.
func (r *Run) readColumns(in *input) error {
	for i, p := range in.paths {
		t, err := table.Open(p, in.file.options())
		if err != nil {
			return err
		}
		columns := t.Columns()
		if err := t.Close(); err != nil {
			return fmt.Errorf("cannot read %s: %w", filepath.Base(p), err)
		}
		format := in.file.options().Format
		if format == "" {
			format, _ = table.FormatOf(p)
		}
		switch {
		case i == 0:
			in.columns = columns
		case format == table.NDJSON:
			in.columns = append(in.columns, columns...)
		default:
			in.columns = slices.DeleteFunc(in.columns, func(c string) bool { return !slices.Contains(columns, c) })
		}
	}
	return nil
}

// title is how messages call the files of an entry.
func (in *input) title() string {
	if len(in.paths) == 1 {
		return filepath.Base(in.paths[0])
	}
	return fmt.Sprintf("one of the %d files %s", len(in.paths), in.file.Name)
}

func (r *Run) checkPlan(p *plan) []error {
	var errs []error
	in := r.inputs[p.spec.From]
	rows := newShape(in.title(), in.columns, in.file.Optional)
	shapes := map[string]*shape{"row": rows}
	lack := func(at string, s *shape, column string) {
		if !s.has(column) {
			errs = append(errs, r.m.fault(at, "%s has no column %q%s", s.file, column, didYouMean(column, s.columns)))
		}
	}
	if p.spec.Explode != "" {
		lack(p.path+".explode", rows, p.spec.Explode)
		shapes["parent"] = rows
		delete(shapes, "row")
		if inner := r.innerColumns(in, p.spec.Explode); len(inner) > 0 {
			shapes["row"] = newShape(fmt.Sprintf("%s (in %s)", in.title(), p.spec.Explode), inner, in.file.Optional)
		}
	}
	if p.spec.Group != nil && shapes["row"] != nil {
		shapes["lines"] = shapes["row"].of(true)
	}
	for i, l := range p.spec.Lookup {
		at := fmt.Sprintf("%s.lookup[%d]", p.path, i)
		other := r.inputs[l.In]
		s := newShape(other.title(), other.columns, other.file.Optional)
		lack(at+".key", s, l.Key)
		for j, c := range l.Columns {
			lack(fmt.Sprintf("%s.columns[%d]", at, j), s, c)
		}
		if len(l.Columns) > 0 {
			s = newShape(s.file+" (of the columns kept)", append(l.Columns, l.Key), nil)
		}
		shapes[l.As] = s.of(l.Many)
	}
	errs = append(errs, r.m.missing(p, shapes)...)
	for _, path := range in.paths {
		if info, err := os.Stat(path); err == nil {
			r.size += info.Size()
		}
	}
	return errs
}

// innerColumns are the names in the exploded objects of the first rows.
func (r *Run) innerColumns(in *input, explode string) []string {
	seen := map[string]bool{}
	for _, p := range in.paths {
		t, err := table.Open(p, in.file.options())
		if err != nil {
			return nil
		}
		for range table.SampleRows {
			row, err := t.Next()
			if err != nil {
				break
			}
			list, _ := row[explode].([]any)
			for _, x := range list {
				m, _ := x.(map[string]any)
				for k := range m {
					seen[k] = true
				}
			}
		}
		_ = t.Close()
	}
	var out []string
	for k := range seen {
		out = append(out, k)
	}
	return out
}

// lookupTable is a file in memory, found by one column.
type lookupTable struct {
	columns []string
	cells   []any // len(columns) per row
	index   map[string][]int32
}

func (t *lookupTable) row(i int32) table.Row {
	row := make(table.Row, len(t.columns))
	for j, c := range t.columns {
		row[c] = t.cells[int(i)*len(t.columns)+j]
	}
	return row
}

// find is the result of a lookup in an expression.
func (t *lookupTable) find(key string, many bool) ref.Val {
	found := t.index[key]
	if !many {
		if len(found) == 0 {
			return newRecord(table.Row{})
		}
		return newRecord(t.row(found[0]))
	}
	rows := make([]table.Row, len(found))
	for i, f := range found {
		rows[i] = t.row(f)
	}
	return newRecords(rows)
}

func (l *Lookup) id() string { return l.In + "\x00" + l.Key + "\x00" + strings.Join(l.Columns, "\x00") }

func (r *Run) load(l *Lookup) error {
	if r.tables[l.id()] != nil {
		return nil
	}
	in := r.inputs[l.In]
	t := &lookupTable{columns: l.Columns, index: map[string][]int32{}}
	if len(t.columns) == 0 {
		t.columns = newShape("", in.columns, in.file.Optional).columns
	} else if !slices.Contains(t.columns, l.Key) {
		t.columns = append(slices.Clone(t.columns), l.Key)
	}
	for _, p := range in.paths {
		if err := t.load(p, in.file.options(), l.Key); err != nil {
			return err
		}
	}
	r.tables[l.id()] = t
	return nil
}

func (t *lookupTable) load(path string, o table.Options, key string) error {
	f, err := table.Open(path, o)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	for {
		row, err := f.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		k, err := keyText(row[key])
		if err != nil {
			return &table.BadRow{File: filepath.Base(path), Line: f.Line(), Reason: key + ": " + err.Error()}
		}
		n := int32(len(t.cells) / len(t.columns))
		for _, c := range t.columns {
			t.cells = append(t.cells, row[c])
		}
		if k != "" {
			t.index[k] = append(t.index[k], n)
		}
	}
}
