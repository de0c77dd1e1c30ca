package part

import (
	"cmp"
	"iter"
	"math/bits"
	"runtime"
	"slices"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// MergeOptions say what a merge leaves out and how big its blocks get. The zero value keeps all.
type MergeOptions struct {
	Since   event.Millis               // drop rows that are older; 0 keeps all
	Erase   func(event.ProfileID) bool // drop the rows of these profiles; nil drops none
	MaxRows int                        // cut after this many rows, between two profiles; 0 means MaxRows
	Dropped *int64                     // if set, grows by the names and values that the bounds kept out
}

// Merge brings sorted blocks together: by profile, then time, and what is equal in order of the blocks (older
// first), then rows. It works column by column, without making events. The result comes as blocks of consecutive
// profile ranges, each made when asked for and sharing no memory with the given ones, so that memory stays at about
// one result block. Blocks with no row left are not given.
func Merge(blocks []*store.Block, opt MergeOptions) iter.Seq[*store.Block] {
	if opt.MaxRows <= 0 {
		opt.MaxRows = MaxRows
	}
	return func(yield func(*store.Block) bool) {
		next := make([]int, len(blocks)) // per block, the first profile not yet taken
		for {
			m := merger{blocks: blocks, opt: opt, next: next}
			if !m.walk() {
				return
			}
			if len(m.times) > 0 && !yield(m.block()) {
				return
			}
		}
	}
}

// yieldProfiles is after how many profiles (or words of a column's bitmap) a merge lets others run: it takes long, and
// they may be in a hurry.
const yieldProfiles = 64

// gone marks a source row that has no place in the result.
const gone = ^uint32(0)

// merger makes one result block.
type merger struct {
	blocks []*store.Block
	opt    MergeOptions
	next   []int

	profiles []event.ProfileID
	keys     store.Strings
	starts   []uint32
	times    []event.Millis
	codes    []uint16
	names    names
	rename   [][]uint32 // per block and old code: new code + 1, 0 if not yet met
	first    []uint32   // per block, the first source row of this result
	place    [][]uint32 // per block and source row since first: its row in the result, or gone
	perRow   []int      // per block, bytes of strings per row
	strings  int        // bytes of strings so far, about
	dropped  int64
}

// walk takes profiles until a bound is reached and gives every row its place. It is false when nothing was left.
func (m *merger) walk() bool {
	m.rename = make([][]uint32, len(m.blocks))
	m.first = make([]uint32, len(m.blocks))
	m.place = make([][]uint32, len(m.blocks))
	total := 0
	for i, b := range m.blocks {
		m.rename[i] = make([]uint32, len(b.Names))
		if m.next[i] < len(b.Profiles) {
			m.first[i] = b.Starts[m.next[i]]
			total += b.Rows() - int(m.first[i])
		}
	}
	size := min(total, m.opt.MaxRows+m.opt.MaxRows/64)
	for i, b := range m.blocks {
		if left := b.Rows() - int(m.first[i]); m.next[i] < len(b.Profiles) {
			m.place[i] = make([]uint32, 0, int(int64(left)*int64(size)/int64(max(total, 1))))
		}
	}
	m.times = make([]event.Millis, 0, size)
	m.codes = make([]uint16, 0, size)
	m.keys.Offsets = []uint32{0}
	columns := m.columns()
	any := false
	for len(m.times) < m.opt.MaxRows && len(m.names.list) < MaxNames && columns*(len(m.times)/8) < maxBitmaps &&
		m.strings+len(m.keys.Bytes) < maxStrings {
		p, ok := m.lowest()
		if !ok {
			break
		}
		any = true
		m.profile(p)
		if len(m.profiles)%yieldProfiles == 0 {
			runtime.Gosched()
		}
	}
	return any
}

// columns is how many columns the result may have, and sets how many bytes of strings a row of each block brings
// on the average.
func (m *merger) columns() int {
	keys := map[columnKey]bool{}
	m.perRow = make([]int, len(m.blocks))
	for i, b := range m.blocks {
		for _, c := range b.Columns {
			keys[columnKey{c.Path, c.Kind}] = true
			m.perRow[i] += len(c.Dict.Bytes)
		}
		m.perRow[i] /= max(b.Rows(), 1)
	}
	return len(keys)
}

func (m *merger) lowest() (p event.ProfileID, ok bool) {
	for i, b := range m.blocks {
		if j := m.next[i]; j < len(b.Profiles) && (!ok || b.Profiles[j] < p) {
			p, ok = b.Profiles[j], true
		}
	}
	return p, ok
}

// run is a range of rows of one block that are of the profile at hand.
type run struct {
	block  int
	lo, hi uint32
}

func (m *merger) profile(p event.ProfileID) {
	var buf [16]run
	runs, begin := buf[:0], len(m.times)
	var key []byte
	for i, b := range m.blocks {
		j := m.next[i]
		if j == len(b.Profiles) || b.Profiles[j] != p {
			continue
		}
		m.next[i]++
		runs = append(runs, run{i, b.Starts[j], b.Starts[j+1]})
		m.strings += m.perRow[i] * int(b.Starts[j+1]-b.Starts[j])
		if len(key) == 0 {
			key = b.Keys.Raw(uint32(j))
		}
	}
	if m.opt.Erase != nil && m.opt.Erase(p) {
		for _, r := range runs {
			for range r.hi - r.lo {
				m.place[r.block] = append(m.place[r.block], gone)
			}
		}
		return
	}
	for len(runs) > 1 {
		k := 0 // the run whose first row is oldest; the older block on ties
		for i := 1; i < len(runs); i++ {
			if m.time(runs[i]) < m.time(runs[k]) {
				k = i
			}
		}
		m.row(runs[k].block, runs[k].lo)
		if runs[k].lo++; runs[k].lo == runs[k].hi {
			runs = slices.Delete(runs, k, k+1)
		}
	}
	for r := runs[0]; r.lo < r.hi; r.lo++ {
		m.row(r.block, r.lo)
	}
	if len(m.times) > begin {
		m.profiles = append(m.profiles, p)
		m.starts = append(m.starts, uint32(begin))
		m.keys.Bytes = append(m.keys.Bytes, key...)
		m.keys.Offsets = append(m.keys.Offsets, uint32(len(m.keys.Bytes)))
	}
}

func (m *merger) time(r run) event.Millis { return m.blocks[r.block].Times[r.lo] }

// row gives one source row the next place.
func (m *merger) row(block int, r uint32) {
	b := m.blocks[block]
	if m.opt.Since != 0 && b.Times[r] < m.opt.Since {
		m.place[block] = append(m.place[block], gone)
		return
	}
	m.place[block] = append(m.place[block], uint32(len(m.times)))
	code := &m.rename[block][b.Codes[r]]
	if *code == 0 {
		c, other := m.names.add(b.Names[b.Codes[r]])
		if other {
			m.dropped++
		}
		*code = uint32(c) + 1
	}
	m.times = append(m.times, b.Times[r])
	m.codes = append(m.codes, uint16(*code-1))
}

func (m *merger) block() *store.Block {
	out := &store.Block{
		Profiles: m.profiles, Keys: m.keys, Starts: append(m.starts, uint32(len(m.times))),
		Times: m.times, Codes: m.codes, Names: m.names.list,
	}
	out.MinTime, out.MaxTime = span(m.times)
	parts := map[columnKey][]source{}
	for i, b := range m.blocks {
		if len(m.place[i]) == 0 {
			continue
		}
		for _, c := range b.Columns {
			k := columnKey{c.Path, c.Kind}
			parts[k] = append(parts[k], source{c, m.first[i], m.place[i]})
		}
	}
	for k, sources := range parts {
		if c := mergeColumn(k, sources, len(m.times)); c != nil {
			out.Columns = append(out.Columns, c)
		}
	}
	m.cap(out)
	sortColumns(out.Columns)
	if m.opt.Dropped != nil {
		*m.opt.Dropped += m.dropped
	}
	return out
}

// cap leaves out the columns with the fewest values when there are too many.
func (m *merger) cap(out *store.Block) {
	own := func(c *store.Column) bool { return c.Path == sourcePath || c.Path == clampedPath }
	n := len(out.Columns)
	for _, c := range out.Columns {
		if own(c) {
			n--
		}
	}
	if n <= MaxColumns {
		return
	}
	slices.SortFunc(out.Columns, func(a, b *store.Column) int {
		if own(a) != own(b) {
			if own(a) {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Len(), a.Len()), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
	})
	keep := len(out.Columns) - n + MaxColumns
	for _, c := range out.Columns[keep:] {
		m.dropped += int64(c.Len())
	}
	out.Columns = out.Columns[:keep]
}

// source is one block's column with the places of the rows from first on.
type source struct {
	*store.Column
	first uint32
	place []uint32
}

// mergeColumn makes one column of the result: first the bitmap, then every value to its place. Nil if it has none.
func mergeColumn(k columnKey, sources []source, rows int) *store.Column {
	out := &store.Column{Path: k.path, Kind: k.kind, Present: make([]uint64, (rows+63)/64)}
	n := 0
	for _, s := range sources {
		for at := range s.values() {
			out.Present[at.row>>6] |= 1 << (at.row & 63)
			n++
		}
	}
	if n == 0 {
		return nil
	}
	out.Path = string([]byte(k.path))
	out.Rank = rank(out.Present)
	index := func(row uint32) uint32 { return row }
	if n < rows {
		index = func(row uint32) uint32 {
			i, _ := out.Index(row)
			return i
		}
	}
	if k.kind == event.Number || k.kind == event.Bool {
		out.Nums = make([]float64, n)
		for _, s := range sources {
			for at := range s.values() {
				out.Nums[index(at.row)] = s.Nums[at.value]
			}
		}
		return out
	}
	var d dict
	codes := make([]uint32, n)
	for _, s := range sources {
		recode := make([]uint32, s.Dict.Len()) // old code → new + 1
		for at := range s.values() {
			c := &recode[s.Codes.At(at.value)]
			if *c == 0 {
				*c = d.add(string(s.Dict.Raw(s.Codes.At(at.value)))) + 1
			}
			codes[index(at.row)] = *c - 1
		}
	}
	out.Codes, out.Dict = narrow(codes, d.len()), d.strings()
	return out
}

// valueAt pairs a row of the result with the position of its value in the source.
type valueAt struct{ row, value uint32 }

// values goes over the values that have a place, in row order.
func (s source) values() iter.Seq[valueAt] {
	return func(yield func(valueAt) bool) {
		if len(s.place) == 0 {
			return
		}
		last := s.first + uint32(len(s.place)) // exclusive
		value := s.before(s.first)
		for w := s.first >> 6; w <= (last-1)>>6; w++ {
			if w%yieldProfiles == 0 {
				runtime.Gosched()
			}
			word := s.Present[w]
			if w == s.first>>6 {
				word &= ^uint64(0) << (s.first & 63)
			}
			if w == (last-1)>>6 {
				word &= ^uint64(0) >> (63 - (last-1)&63)
			}
			for ; word != 0; word &= word - 1 {
				row := w<<6 + uint32(bits.TrailingZeros64(word))
				if to := s.place[row-s.first]; to != gone && !yield(valueAt{to, value}) {
					return
				}
				value++
			}
		}
	}
}

// before counts the values of the rows before one.
func (s source) before(row uint32) uint32 {
	n := s.Rank[row>>9]
	for w := row >> 9 << 3; w < row>>6; w++ {
		n += uint32(bits.OnesCount64(s.Present[w]))
	}
	return n + uint32(bits.OnesCount64(s.Present[row>>6]&(1<<(row&63)-1)))
}
