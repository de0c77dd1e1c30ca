package plan

import (
	"sync/atomic"
	"unsafe"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// Truth is three-valued: a test of a property that is not there is Unknown, and so is an order between a number and
// a string. As in SQL (and as CEL's errors behave), false && unknown is false, true || unknown is true, and
// !unknown is unknown. A row matches when its predicate is True.
type Truth uint8

// The three truths.
const (
	Unknown Truth = 0
	True    Truth = 1
	False   Truth = 2
)

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

// Bound is a predicate tied to one block: columns found, dictionaries decided. It is safe for concurrent use.
type Bound struct {
	op    op
	kids  []*Bound
	cols  []boundColumn
	leaf  *leaf
	codes []Truth // fromName, fromKind: per event code
	times []event.Millis
}

// boundColumn is one column with its leaf's verdict per dictionary entry: decided at once for a small dictionary,
// when first met for a large one.
type boundColumn struct {
	col     *store.Column
	decided []Truth
	memo    []atomic.Uint32 // 0 not yet, else Truth+1
}

const eagerDictionary = 1024

func (n *node) bind(b *store.Block) *Bound {
	o := &Bound{op: n.op, leaf: &n.leaf}
	for _, k := range n.kids {
		o.kids = append(o.kids, k.bind(b))
	}
	if n.op != opLeaf {
		return o
	}
	switch n.leaf.from {
	case fromName, fromKind:
		o.codes = make([]Truth, len(b.Names))
		for i, name := range b.Names {
			s := name.Name
			if n.leaf.from == fromKind {
				s = name.Kind.String()
			}
			o.codes[i] = n.leaf.test(event.StringValue(s))
		}
	case fromTime:
		o.times = b.Times
	case fromColumn:
		for k := event.String; k <= event.JSON; k++ {
			if c := b.Column(n.leaf.path, k); c != nil {
				o.cols = append(o.cols, bindColumn(c, n.leaf.test))
			}
		}
	}
	return o
}

func bindColumn(c *store.Column, test func(event.Value) Truth) boundColumn {
	bc := boundColumn{col: c}
	switch n := c.Dict.Len(); {
	case c.Kind != event.String && c.Kind != event.JSON:
	case n > eagerDictionary:
		bc.memo = make([]atomic.Uint32, n)
	default:
		bc.decided = make([]Truth, n)
		for i := range n {
			bc.decided[i] = test(borrowed(c, uint32(i)))
		}
	}
	return bc
}

// borrowed is a dictionary entry without a copy: for tests that do not keep it.
func borrowed(c *store.Column, i uint32) event.Value {
	raw := c.Dict.Raw(i)
	return event.Value{Kind: c.Kind, Str: unsafe.String(unsafe.SliceData(raw), len(raw))}
}

// at is the verdict on the packed value i.
func (c *boundColumn) at(i uint32, test func(event.Value) Truth) Truth {
	switch {
	case c.decided != nil:
		return c.decided[c.col.Codes.At(i)]
	case c.memo != nil:
		code := c.col.Codes.At(i)
		if m := c.memo[code].Load(); m != 0 {
			return Truth(m - 1)
		}
		t := test(borrowed(c.col, code))
		c.memo[code].Store(uint32(t) + 1)
		return t
	}
	return test(event.Value{Kind: c.col.Kind, Num: c.col.Nums[i]})
}

// Eval decides one row; code is the row's event code, traits the verdicts of Plan.Decide for the row's actor.
func (b *Bound) Eval(row uint32, code uint16, traits []Truth) Truth {
	switch b.op {
	case opTrue:
		return True
	case opFalse:
		return False
	case opNot:
		switch b.kids[0].Eval(row, code, traits) {
		case True:
			return False
		case False:
			return True
		}
		return Unknown
	case opAnd:
		x := b.kids[0].Eval(row, code, traits)
		if x == False {
			return False
		}
		y := b.kids[1].Eval(row, code, traits)
		if y == False || x == True {
			return y
		}
		return Unknown
	case opOr:
		x := b.kids[0].Eval(row, code, traits)
		if x == True {
			return True
		}
		y := b.kids[1].Eval(row, code, traits)
		if y == True || x == False {
			return y
		}
		return Unknown
	}
	return b.evalLeaf(row, code, traits)
}

func (b *Bound) evalLeaf(row uint32, code uint16, traits []Truth) Truth {
	switch b.leaf.from {
	case fromName, fromKind:
		return b.codes[code]
	case fromTime:
		return b.leaf.test(event.NumberValue(float64(b.times[row])))
	case fromTrait:
		return traits[b.leaf.trait]
	}
	for i := range b.cols {
		if at, ok := b.cols[i].col.Index(row); ok {
			return b.cols[i].at(at, b.leaf.test)
		}
	}
	return b.leaf.absent
}

// Alone is the path of the one property that decides the predicate; ok is false when it looks at anything else.
func (b *Bound) Alone() (path string, ok bool) {
	if b.op == opLeaf {
		return b.leaf.path, b.leaf.from == fromColumn
	}
	for _, k := range b.kids {
		p, one := k.Alone()
		if !one || path != "" && p != path {
			return "", false
		}
		path = p
	}
	return path, path != ""
}

// On decides a predicate that looks at one property alone, by its value; a zero Value is an absent one.
func (b *Bound) On(v event.Value) Truth {
	switch b.op {
	case opTrue:
		return True
	case opFalse:
		return False
	case opLeaf:
		if v.Kind == 0 {
			return b.leaf.absent
		}
		return b.leaf.test(v)
	}
	x := b.kids[0].On(v)
	if b.op == opNot {
		return [...]Truth{Unknown, False, True}[x]
	}
	y := b.kids[1].On(v)
	decides := False
	if b.op == opOr {
		decides = True
	}
	switch {
	case x == decides || y == decides:
		return decides
	case x == Unknown || y == Unknown:
		return Unknown
	}
	return x
}
