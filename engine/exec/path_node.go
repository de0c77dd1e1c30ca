package exec

import (
	"cmp"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// noNode is a row that is no node; unknownNode one not looked up yet.
const (
	noNode      int32 = -1
	unknownNode int32 = -2
)

// nodes turns rows into node numbers. A name is cleaned once per distinct value of a block, not once per row.
type nodes struct {
	p     *paths
	w     *worker
	ids   map[string]int32
	names []string
	codes [][]int32         // per block and event code: with node event
	cols  [][]nodeColumn    // per block: with page, screen and property paths
	texts []*plan.BoundText // per block: with an expression
	raw   map[string]int32  // the same: the node of each text
	buf   []byte
}

// nodeColumn is one column that names nodes, with the numbers found so far per dictionary entry.
type nodeColumn struct {
	col  *store.Column
	dict []int32
}

func newNodes(p *paths, w *worker) *nodes {
	n := &nodes{p: p, w: w, ids: map[string]int32{}, codes: make([][]int32, len(w.scan.snap.Blocks)), cols: make([][]nodeColumn, len(w.scan.snap.Blocks))}
	path := map[string]string{"page": "context.page.path", "screen": "properties.name"}[p.q.Node]
	switch {
	case p.q.Node == "event" || p.q.Node == "kind":
		path = ""
	case p.text != nil:
		n.raw = map[string]int32{}
		for _, b := range w.scan.snap.Blocks {
			n.texts = append(n.texts, p.text.Bind(b))
		}
	case p.q.Node != "touchpoint" && path == "":
		path = p.q.Node
	}
	for i, b := range w.scan.snap.Blocks {
		n.codes[i] = make([]int32, len(b.Names))
		for code := range b.Names {
			n.codes[i][code] = unknownNode
		}
		if path == "" {
			continue
		}
		for k := event.String; k <= event.JSON; k++ {
			if c := b.Column(path, k); c != nil {
				n.cols[i] = append(n.cols[i], newNodeColumn(c))
			}
		}
	}
	return n
}

func newNodeColumn(c *store.Column) nodeColumn {
	nc := nodeColumn{col: c, dict: make([]int32, c.Dict.Len())}
	for i := range nc.dict {
		nc.dict[i] = unknownNode
	}
	return nc
}

// id is a cleaned name's number; an empty name is no node.
func (n *nodes) id(name string) int32 {
	if name == "" {
		return noNode
	}
	id, ok := n.ids[name]
	if !ok {
		id = int32(len(n.names))
		n.ids[name] = id
		n.names = append(n.names, name)
	}
	return id
}

// of is the node that a row is. Identify, group and alias calls are bookkeeping and never one.
func (n *nodes) of(x hit) int32 {
	b := n.w.scan.snap.Blocks[x.block]
	kind := b.Names[x.code].Kind
	if n.texts != nil {
		return n.expression(x)
	}
	switch n.p.q.Node {
	case "touchpoint":
		return n.touchpoint(x)
	case "event", "kind":
		if id := n.codes[x.block][x.code]; id != unknownNode {
			return id
		}
		id := noNode
		if kind <= event.Screen {
			name := b.Names[x.code].Name
			if n.p.q.Node == "kind" {
				name = kind.String()
			}
			id = n.id(n.p.name(name))
		}
		n.codes[x.block][x.code] = id
		return id
	case "page":
		if kind != event.Page {
			return noNode
		}
	case "screen":
		if kind != event.Screen {
			return noNode
		}
	}
	return n.property(x)
}

// expression is the node of the text that a row gives.
func (n *nodes) expression(x hit) int32 {
	if n.w.scan.snap.Blocks[x.block].Names[x.code].Kind > event.Screen {
		return noNode
	}
	var ok bool
	if n.buf, ok = n.texts[x.block].Append(n.buf[:0], x.row, x.code, n.w.traits, n.w.values); !ok {
		return noNode
	}
	id, seen := n.raw[string(n.buf)]
	if !seen {
		text := string(n.buf)
		id = n.id(n.p.name(text))
		n.raw[text] = id
	}
	return id
}

func (n *nodes) property(x hit) int32 {
	for i := range n.cols[x.block] {
		c := &n.cols[x.block][i]
		at, ok := c.col.Index(x.row)
		if !ok {
			continue
		}
		if c.col.Kind != event.String && c.col.Kind != event.JSON {
			return n.id(n.p.name(event.Value{Kind: c.col.Kind, Num: c.col.Nums[at]}.Text()))
		}
		code := c.col.Codes.At(at)
		if c.dict[code] == unknownNode {
			c.dict[code] = n.id(n.p.name(c.col.Dict.At(code)))
		}
		return c.dict[code]
	}
	return noNode
}

// touchpoint is the first in map order that the row matches.
func (n *nodes) touchpoint(x hit) int32 {
	t := n.w.scan.tests[x.block]
	for _, i := range t.Candidates[x.code] {
		if int(i) >= n.p.first && t.Fulfils(i, x.row, x.code, n.w.traits) {
			t := &n.p.q.Touchpoint[n.p.touchpoint[int(i)-n.p.first]]
			return n.id(n.p.name(cmp.Or(t.Name, t.ID)))
		}
	}
	return noNode
}
