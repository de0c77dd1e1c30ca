package part

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cespare/xxhash/v2"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// Part is an open part file. Its block's slices are the mapped file: nobody may hold them after Close.
type Part struct {
	path    string
	data    []byte
	unmap   func() error
	columns []entry // in the order of the block's columns
	block   *store.Block
}

// Open maps a part and checks what every question reads: the header, the section table, and sums and structure of the
// core sections (profiles, keys, starts, times, codes, names, directory), and that each column's arrays lie within
// its section. The columns' own bytes are not read; Verify does that. A part of another format version is a
// *VersionError.
func Open(path string) (*Part, error) {
	data, unmap, err := mapFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot open part %q: %w", path, err)
	}
	p, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("cannot open part %q: %w", path, errors.Join(err, unmap()))
	}
	p.path, p.unmap = path, unmap
	return p, nil
}

// Block is the content. It lives until Close.
func (p *Part) Block() *store.Block { return p.block }

// Size is the file's length in bytes.
func (p *Part) Size() int64 { return int64(len(p.data)) }

// Close unmaps the file. The block must not be read afterwards. Closing twice does nothing.
func (p *Part) Close() error {
	if p.unmap == nil {
		return nil
	}
	unmap := p.unmap
	p.unmap, p.data, p.block = nil, nil, nil
	if err := unmap(); err != nil {
		return fmt.Errorf("cannot close part %q: %w", p.path, err)
	}
	return nil
}

// parse makes a part of a file's bytes, which begin at a multiple of 8 in memory.
func parse(data []byte) (*Part, error) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return nil, errors.New("parts are little-endian and this machine is not")
	}
	table, err := readTable(data)
	if err != nil {
		return nil, err
	}
	p := &Part{data: data, columns: table[cores:]}
	var core [cores + 1]*reader
	for _, e := range table[:cores] {
		if err := p.check(e); err != nil {
			return nil, err
		}
		core[e.kind] = &reader{data: p.bytes(e)}
	}
	b := &store.Block{}
	m, err := readMeta(core[sectionMeta])
	if err != nil {
		return nil, fmt.Errorf("meta: %w", err)
	}
	b.MinTime, b.MaxTime = m.minTime, m.maxTime
	b.Profiles = take[event.ProfileID](core[sectionProfiles], m.profiles)
	b.Keys.Offsets = take[uint32](core[sectionKeys], m.profiles+1)
	b.Keys.Bytes = take[byte](core[sectionKeys], m.keyBytes)
	b.Starts = take[uint32](core[sectionStarts], m.profiles+1)
	b.Times = take[event.Millis](core[sectionTimes], m.rows)
	b.Codes = take[uint16](core[sectionCodes], m.rows)
	kinds := take[byte](core[sectionNames], m.names)
	names := store.Strings{Offsets: take[uint32](core[sectionNames], m.names+1), Bytes: take[byte](core[sectionNames], m.nameBytes)}
	lines := take[uint64](core[sectionDirectory], m.columns*lineWords)
	paths := take[byte](core[sectionDirectory], m.pathBytes)
	for i, r := range core[1:] {
		if err := r.end(); err != nil {
			return nil, fmt.Errorf("section of kind %d: %w", i+1, err)
		}
	}
	if err := cmp.Or(checkStrings(b.Keys), checkStrings(names)); err != nil {
		return nil, err
	}
	for i, k := range kinds {
		b.Names = append(b.Names, store.Name{Kind: event.Kind(k), Name: names.At(uint32(i))})
	}
	if err := checkRows(b); err != nil {
		return nil, err
	}
	if err := p.readColumns(b, lines, paths); err != nil {
		return nil, err
	}
	p.block = b
	return p, nil
}

func (p *Part) bytes(e entry) []byte { return p.data[e.offset : e.offset+e.size] }

func (p *Part) check(e entry) error {
	if xxhash.Sum64(p.bytes(e)) != e.sum {
		return fmt.Errorf("section of kind %d at %d is damaged", e.kind, e.offset)
	}
	return nil
}

func readMeta(r *reader) (m meta, err error) {
	w := take[uint64](r, metaWords)
	if err := r.end(); err != nil {
		return m, err
	}
	m = meta{w[0], w[1], w[2], w[3], w[4], w[5], w[6], event.Millis(w[7]), event.Millis(w[8])}
	if m.rows >= 1<<32 || m.profiles > m.rows || m.names > 1<<16 || m.columns > 1<<20 {
		return m, errors.New("counts are not possible")
	}
	return m, nil
}

// checkRows checks what the engine relies on without looking.
func checkRows(b *store.Block) error {
	for i := 1; i < len(b.Profiles); i++ {
		if b.Profiles[i-1] >= b.Profiles[i] {
			return fmt.Errorf("profile %d is out of order", i)
		}
	}
	n := len(b.Profiles)
	if b.Starts[0] != 0 || b.Starts[n] != uint32(b.Rows()) {
		return errors.New("profiles do not cover the rows")
	}
	for i := range n {
		lo, hi := b.Starts[i], b.Starts[i+1]
		if lo >= hi || hi > uint32(b.Rows()) {
			return fmt.Errorf("profile %d has rows %d to %d", i, lo, hi)
		}
		times := b.Times[lo:hi]
		for j := 1; j < len(times); j++ {
			if times[j-1] > times[j] {
				return fmt.Errorf("row %d is out of order", int(lo)+j)
			}
		}
	}
	top := uint16(0)
	for _, c := range b.Codes {
		top = max(top, c)
	}
	if len(b.Codes) > 0 && int(top) >= len(b.Names) {
		return fmt.Errorf("a row has name %d of %d", top, len(b.Names))
	}
	if lo, hi := span(b.Times); lo != b.MinTime || hi != b.MaxTime {
		return errors.New("earliest and latest time are not those of the rows")
	}
	return nil
}

// readColumns cuts the columns out of their sections.
func (p *Part) readColumns(b *store.Block, lines []uint64, paths []byte) error {
	if len(lines) != len(p.columns)*lineWords {
		return fmt.Errorf("%d columns in the directory, %d in the file", len(lines)/lineWords, len(p.columns))
	}
	for i, e := range p.columns {
		l := lines[i*lineWords:][:lineWords]
		if l[5] > uint64(len(paths)) {
			return fmt.Errorf("column %d: its path is longer than all", i)
		}
		c := &store.Column{Path: string(paths[:l[5]])}
		paths = paths[l[5]:]
		if err := cutColumn(c, l, p.bytes(e), uint64(b.Rows())); err != nil {
			return fmt.Errorf("column %d (%s): %w", i, c.Path, err)
		}
		if i > 0 && cmp.Or(cmp.Compare(b.Columns[i-1].Path, c.Path), cmp.Compare(b.Columns[i-1].Kind, c.Kind)) >= 0 {
			return fmt.Errorf("column %d (%s) is out of order", i, c.Path)
		}
		b.Columns = append(b.Columns, c)
	}
	if len(paths) != 0 {
		return errors.New("paths are left over")
	}
	return nil
}

func cutColumn(c *store.Column, line []uint64, data []byte, rows uint64) error {
	c.Kind = event.ValueKind(line[0])
	width, values, strings := line[1], line[2], line[3]
	words := (rows + 63) / 64
	r := &reader{data: data}
	c.Present = take[uint64](r, words)
	c.Rank = take[uint32](r, (words+7)/8)
	text := c.Kind == event.String || c.Kind == event.JSON
	switch {
	case line[0] < uint64(event.String) || line[0] > uint64(event.JSON):
		return fmt.Errorf("values are of kind %d", line[0])
	case values == 0 || values > rows:
		return fmt.Errorf("%d values in %d rows", values, rows)
	case text && (strings == 0 || strings > values):
		return fmt.Errorf("%d strings for %d values", strings, values)
	case text && width == 1:
		c.Codes.U8 = take[uint8](r, values)
	case text && width == 2:
		c.Codes.U16 = take[uint16](r, values)
	case text && width == 4:
		c.Codes.U32 = take[uint32](r, values)
	case !text && width == 0 && strings == 0 && line[4] == 0:
		c.Nums = take[float64](r, values)
	default:
		return fmt.Errorf("codes are %d bytes wide", width)
	}
	if text {
		c.Dict.Offsets = take[uint32](r, strings+1)
		c.Dict.Bytes = take[byte](r, line[4])
	}
	if err := r.end(); err != nil {
		return err
	}
	if text && uint64(c.Dict.Offsets[strings]) != line[4] {
		return errors.New("dictionary does not end where its bytes do")
	}
	return nil
}
