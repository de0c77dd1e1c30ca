package exec

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// maxDriverValues is how many values of one property are compared at most: those that most events carry.
const maxDriverValues = 1000

// driverField is a property of one kind whose values are candidates.
type driverField struct {
	path   string
	kind   event.ValueKind
	values []string // of a text or truth value, those that can have enough support, ascending; cells are in this order
}

// trait, context and the rest (properties of an event) are compared in different places.
func (f *driverField) trait() bool   { return strings.HasPrefix(f.path, "traits.") }
func (f *driverField) context() bool { return strings.HasPrefix(f.path, "context.") }

// driverColumn is a field in one block.
type driverColumn struct {
	field int
	col   *store.Column
	dict  []int32 // of a text: per dictionary entry its place among the field's values, or -1
}

// driverTerms are the words that candidates are made of, numbered alike in all blocks.
type driverTerms struct {
	names  []string         // events, ascending
	codes  [][]int32        // per block and event code its name, -1 for what is no candidate
	fields []driverField    // by path, then kind
	traits [][]driverColumn // per block
	others [][]driverColumn // per block: columns of properties and context
	step   []bool           // per name: a matcher of the question names it
}

// echo is what says nothing that another path does not say better, or tells of the sender and not of the customer.
func echo(path string) bool {
	switch path {
	case "context.page.url", "context.page.title", "context.ip", "context.userAgent":
		return true
	}
	return strings.HasPrefix(path, "context.library.")
}

// terms finds the events and the properties with the values that at least support events carry.
func (d *drivers) terms(ctx context.Context, sc *scan) (*driverTerms, error) {
	t := &driverTerms{}
	blocks := sc.snap.Blocks
	at := map[columnID][]int{} // the blocks that have it
	for i, b := range blocks {
		for _, n := range b.Names {
			if n.Kind <= event.Screen && !slices.Contains(d.q.LeaveOut, n.Name) {
				t.names = append(t.names, n.Name)
			}
		}
		for _, c := range b.Columns {
			known := slices.ContainsFunc([]string{"properties.", "context.", "traits."}, func(p string) bool { return strings.HasPrefix(c.Path, p) })
			if known && c.Kind != event.JSON && !echo(c.Path) && !slices.Contains(d.q.LeaveOut, c.Path) {
				id := columnID{c.Path, c.Kind}
				at[id] = append(at[id], i)
			}
		}
	}
	slices.Sort(t.names)
	t.names = slices.Compact(t.names)
	t.number(sc)
	for id := range at {
		t.fields = append(t.fields, driverField{path: id.path, kind: id.kind})
	}
	slices.SortFunc(t.fields, func(a, b driverField) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.kind, b.kind)) })
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range t.fields {
		f := &t.fields[i]
		group.Go(func() error {
			return guarded(func() error {
				f.choose(blocks, at[columnID{f.path, f.kind}], uint32(d.support))
				return ctx.Err()
			})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	t.tie(blocks, at)
	return t, nil
}

type columnID struct {
	path string
	kind event.ValueKind
}

// number gives each block's event codes their names' places.
func (t *driverTerms) number(sc *scan) {
	t.step = make([]bool, len(t.names))
	for i, b := range sc.snap.Blocks {
		codes := make([]int32, len(b.Names))
		for code, n := range b.Names {
			codes[code] = -1
			if at, ok := slices.BinarySearch(t.names, n.Name); ok && n.Kind <= event.Screen {
				codes[code] = int32(at)
				t.step[at] = t.step[at] || sc.named[i][code] == 1
			}
		}
		t.codes = append(t.codes, codes)
	}
}

// choose lists the values of a field that at least some number of events carry, the most frequent if they are many.
// Codes are counted per block; what blocks have together is bounded by the sum over values with the same hash, so that a
// property with a value of its own for every event makes no list of them.
func (f *driverField) choose(blocks []*store.Block, in []int, support uint32) {
	switch f.kind {
	case event.Bool:
		f.values = []string{"false", "true"}
		return
	case event.Number:
		return
	}
	counts := make([][]uint32, len(in))
	bound := make([]uint32, 1<<16)
	for k, i := range in {
		c := blocks[i].Column(f.path, f.kind)
		counts[k] = countCodes(c)
		for code, n := range counts[k] {
			bound[hash16(c.Dict.Raw(uint32(code)))] += n
		}
	}
	sums := map[string]uint32{}
	for k, i := range in {
		c := blocks[i].Column(f.path, f.kind)
		for code, n := range counts[k] {
			if raw := c.Dict.Raw(uint32(code)); n > 0 && bound[hash16(raw)] >= support {
				sums[string(raw)] += n
			}
		}
	}
	for v, n := range sums {
		if n >= support && v != "" {
			f.values = append(f.values, v)
		}
	}
	if len(f.values) > maxDriverValues {
		slices.SortFunc(f.values, func(a, b string) int { return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b)) })
		f.values = f.values[:maxDriverValues]
	}
	slices.Sort(f.values)
}

// countCodes is how many rows have each entry of the dictionary.
func countCodes(c *store.Column) []uint32 {
	out := make([]uint32, c.Dict.Len())
	for _, code := range c.Codes.U8 {
		out[code]++
	}
	for _, code := range c.Codes.U16 {
		out[code]++
	}
	for _, code := range c.Codes.U32 {
		out[code]++
	}
	return out
}

// hash16 is FNV-1a, folded.
func hash16(b []byte) uint16 {
	h := uint32(2166136261)
	for _, x := range b {
		h = (h ^ uint32(x)) * 16777619
	}
	return uint16(h>>16) ^ uint16(h)
}

// tie gives each block the columns of the fields.
func (t *driverTerms) tie(blocks []*store.Block, at map[columnID][]int) {
	t.traits, t.others = make([][]driverColumn, len(blocks)), make([][]driverColumn, len(blocks))
	for i := range t.fields {
		f := &t.fields[i]
		for _, k := range at[columnID{f.path, f.kind}] {
			c := driverColumn{field: i, col: blocks[k].Column(f.path, f.kind)}
			if f.kind == event.String {
				if len(f.values) == 0 {
					continue
				}
				c.dict = make([]int32, c.col.Dict.Len())
				for code := range c.dict {
					c.dict[code] = f.place(c.col.Dict.Raw(uint32(code)))
				}
			}
			if f.trait() {
				t.traits[k] = append(t.traits[k], c)
			} else {
				t.others[k] = append(t.others[k], c)
			}
		}
	}
}

func (f *driverField) place(raw []byte) int32 {
	if at, ok := slices.BinarySearch(f.values, string(raw)); ok {
		return int32(at)
	}
	return -1
}
