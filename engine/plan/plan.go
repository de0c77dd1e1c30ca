// Package plan is stage 3's compiler: matchers and CEL expressions in, tests on a block's columns out.
//
// Only what can be pushed down to columns is compiled: see the constant supported, which every refusal quotes. A
// string test is decided once per dictionary entry and then looked up per row; a matcher's names become one bit per
// event code. The package is pure.
//
//	seq.Matcher, CEL ──New, Matcher, Predicate──▶ Plan ──Bind(block)──▶ Tests ──Mask(row)──▶ bits of the matchers
package plan

import (
	"slices"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// Plan is all the matchers of one question and its filter. Build it with Matcher and Filter, then Bind it to each
// block. After building it is read only.
type Plan struct {
	matchers []matcher
	filter   *node
	narrow   *node // a second filter, which must hold too
	traits   []*leaf
}

type matcher struct {
	names     []string
	any       bool
	where     *node
	firstTime bool
}

// Matcher adds one and gives its number, from 0. Field is its place in the question, for errors (*seq.Invalid).
func (p *Plan) Matcher(m seq.Matcher, field string) (int, error) {
	c := matcher{names: m.Event, any: slices.Contains(m.Event, "*"), firstTime: m.FirstTime}
	if m.Where != "" {
		n, err := p.compile(field+".where", m.Where)
		if err != nil {
			return 0, err
		}
		c.where = n
	}
	p.matchers = append(p.matchers, c)
	return len(p.matchers) - 1, nil
}

// Filter sets the question's filter; "" is none.
func (p *Plan) Filter(src, field string) (err error) {
	if src != "" {
		p.filter, err = p.compile(field, src)
	}
	return err
}

// Narrow sets another filter that must hold besides; "" is none.
func (p *Plan) Narrow(src, field string) (err error) {
	if src != "" {
		p.narrow, err = p.compile(field, src)
	}
	return err
}

func (p *Plan) compile(field, src string) (*node, error) {
	n, invalid := parse(field, src)
	if invalid != nil {
		return nil, invalid
	}
	p.slots(n)
	return n, nil
}

// slots numbers the leaves that test a trait of the actor.
func (p *Plan) slots(n *node) {
	if n.op == opLeaf && n.leaf.from == fromTrait {
		n.leaf.trait = len(p.traits)
		p.traits = append(p.traits, &n.leaf)
	}
	for _, k := range n.kids {
		p.slots(k)
	}
}

// Matchers is how many matchers there are.
func (p *Plan) Matchers() int { return len(p.matchers) }

// FirstTime lists the matchers that mean only an actor's first such event ever.
func (p *Plan) FirstTime() (list []int) {
	for i, m := range p.matchers {
		if m.firstTime {
			list = append(list, i)
		}
	}
	return list
}

// Traits lists the paths ("traits.plan") whose latest values Decide wants, in its order.
func (p *Plan) Traits() (paths []string) {
	for _, l := range p.traits {
		paths = append(paths, l.path)
	}
	return paths
}

// Decide tests an actor's latest traits, given in the order of Traits; a zero Value is an absent one.
func (p *Plan) Decide(values []event.Value) []Truth {
	out := make([]Truth, len(p.traits))
	for i, l := range p.traits {
		if values[i].Kind == 0 {
			out[i] = l.absent
		} else {
			out[i] = l.test(values[i])
		}
	}
	return out
}

// Tests is a plan tied to one block.
type Tests struct {
	Candidates [][]uint16 // per event code the matchers that name it, ascending
	Masks      []uint64   // the same as bits, for the first 64 matchers
	Plain      []bool     // per event code: no candidate has a where
	Where      []*Bound   // per matcher its condition, nil for none
	Filter     *Bound     // nil for none
}

// Bind ties the plan to a block.
func (p *Plan) Bind(b *store.Block) *Tests {
	t := &Tests{
		Candidates: make([][]uint16, len(b.Names)),
		Masks:      make([]uint64, len(b.Names)),
		Plain:      make([]bool, len(b.Names)),
		Where:      make([]*Bound, len(p.matchers)),
	}
	switch {
	case p.filter != nil && p.narrow != nil:
		t.Filter = (&node{op: opAnd, kids: []*node{p.filter, p.narrow}}).bind(b)
	case p.filter != nil:
		t.Filter = p.filter.bind(b)
	case p.narrow != nil:
		t.Filter = p.narrow.bind(b)
	}
	for i := range t.Plain {
		t.Plain[i] = true
	}
	for i, m := range p.matchers {
		for code, name := range b.Names {
			if !m.any && !slices.Contains(m.names, name.Name) {
				continue
			}
			t.Candidates[code] = append(t.Candidates[code], uint16(i))
			if i < 64 {
				t.Masks[code] |= 1 << i
			}
			t.Plain[code] = t.Plain[code] && m.where == nil
		}
		if m.where != nil {
			t.Where[i] = m.where.bind(b)
		}
	}
	return t
}

// Passes says whether a row passes the filter.
func (t *Tests) Passes(row uint32, code uint16, traits []Truth) bool {
	return t.Filter == nil || t.Filter.Eval(row, code, traits) == True
}

// Mask is the bits of the matchers (the first 64) that a row fulfils; the filter is not looked at.
func (t *Tests) Mask(row uint32, code uint16, traits []Truth) uint64 {
	m := t.Masks[code]
	if t.Plain[code] || m == 0 {
		return m
	}
	for _, i := range t.Candidates[code] {
		if i < 64 && t.Where[i] != nil && t.Where[i].Eval(row, code, traits) != True {
			m &^= 1 << i
		}
	}
	return m
}

// Fulfils says whether a row fulfils one matcher that is among its code's candidates.
func (t *Tests) Fulfils(i uint16, row uint32, code uint16, traits []Truth) bool {
	return t.Where[i] == nil || t.Where[i].Eval(row, code, traits) == True
}
