package exec

import (
	"cmp"
	"slices"

	"wend.dev/wend/event"
)

// Traces that read the same are folded into one variant, and only variants are aligned. A variant's key is a byte that
// says whether it is open, then a byte per visit, its touchpoint, followed by failedVisit if the visit failed.
const failedVisit = 255

// variantShards is in how many tables the variants are folded, by a hash of the key: the cores' tables are merged, and the
// variants aligned, table by table.
const variantShards = 64

// variant is how many traces read the same, and whose the latest of them are.
type variant struct {
	key    string
	count  int64
	latest traceEnd
	more   []traceEnd // the next latest, as many as are kept
}

// traceEnd is whose a trace is and when its last visit was.
type traceEnd struct {
	at    event.Millis
	actor uint64
}

// later orders the latest first, then by actor.
func (x traceEnd) later(y traceEnd) int {
	return cmp.Or(cmp.Compare(y.at, x.at), cmp.Compare(x.actor, y.actor))
}

// note keeps a trace's end if it is among the latest.
func (v *variant) note(x traceEnd, keep int) {
	if v.count == 0 {
		v.latest = x
		return
	}
	if x.later(v.latest) < 0 {
		x, v.latest = v.latest, x
	}
	if keep--; len(v.more) == keep && (keep == 0 || v.more[keep-1].later(x) <= 0) {
		return
	}
	at, _ := slices.BinarySearchFunc(v.more, x, traceEnd.later)
	if v.more = slices.Insert(v.more, at, x); len(v.more) > keep {
		v.more = v.more[:keep]
	}
}

// variantTable is one shard's variants.
type variantTable struct {
	index map[string]int32
	list  []variant
}

func (t *variantTable) at(key []byte) *variant {
	i, ok := t.index[string(key)]
	if !ok {
		i = t.put(variant{key: string(key)})
	}
	return &t.list[i]
}

func (t *variantTable) put(v variant) int32 {
	if t.index == nil {
		t.index = map[string]int32{}
	}
	i := int32(len(t.list))
	t.index[v.key] = i
	t.list = append(t.list, v)
	return i
}

// add merges another core's table of the same shard.
func (t *variantTable) add(o *variantTable, keep int) {
	for _, v := range o.list {
		i, ok := t.index[v.key]
		if !ok {
			t.put(v)
			continue
		}
		x := &t.list[i]
		x.note(v.latest, keep)
		for _, e := range v.more {
			x.note(e, keep)
		}
		x.count += v.count
	}
}

// conformRun is one core's folding.
type conformRun struct {
	c      *conformance
	j      *journeyRun
	tables [variantShards]variantTable
	traces int64
	open   int64
	people int64
	key    []byte
}

func (r *conformRun) visit(a *actor) {
	w := r.j.w
	w.begin(a)
	recent := false
	for _, p := range w.cuts {
		recent = recent || p.hi > p.lo && w.scan.snap.Blocks[p.block].Times[p.hi-1] >= r.c.window.From
	}
	if !recent {
		return
	}
	r.j.actors++
	h, _ := r.j.visits(a)
	before := r.traces
	for start, i := 0, 1; i <= len(h); i++ {
		if i < len(h) && h[i].t-h[i-1].t < r.c.idle {
			continue
		}
		if last := h[i-1].t; last >= r.c.window.From {
			r.fold(h[start:i], traceEnd{last, a.id}, r.c.window.To-last < r.c.idle)
		}
		start = i
	}
	if r.traces > before {
		r.people++
	}
}

// fold adds one trace to its variant.
func (r *conformRun) fold(h []hit, end traceEnd, open bool) {
	r.traces++
	key := append(r.key[:0], 0)
	if open {
		r.open++
		key[0] = 1
	}
	last := uint64(1) << 32
	for _, x := range h {
		if t := x.mask &^ failed; t != last {
			key = append(key, byte(t))
			last = t
		}
		if x.mask&failed != 0 && key[len(key)-1] != failedVisit {
			key = append(key, failedVisit)
		}
	}
	r.key = key
	v := r.tables[shardOf(key)].at(key)
	v.note(end, r.c.examples)
	v.count++
}

// shardOf is FNV-1a's, folded to a shard.
func shardOf(key []byte) uint32 {
	h := uint32(2166136261)
	for _, b := range key {
		h = (h ^ uint32(b)) * 16777619
	}
	return (h ^ h>>16) % variantShards
}
