package plan

import (
	"strings"

	"cel.dev/cel-go/common/ast"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// textSupported is what an error about an expression of text ends with.
const textSupported = `a name may be made of properties, "texts", lowerAscii(), upperAscii(), string(), + and condition ? name : name`

// Text is an expression that gives a text per row: a path's node, say. Numbers and booleans become text as they are
// shown elsewhere. A row without one of the properties has no text.
type Text struct {
	op    textOp
	lit   string
	o     operand
	trait int // textOperand of a trait: its slot in Plan.Traits
	when  *node
	kids  []*Text
}

type textOp uint8

const (
	textLiteral textOp = iota
	textOperand
	textJoined // kids, one after the other
	textChoice // kids[0] when it holds, else kids[1]
)

// Text compiles an expression; field is its place in the question, for errors (*seq.Invalid).
func (p *Plan) Text(src, field string) (*Text, error) {
	var out *Text
	invalid := parseWith(field, src, func(e ast.Expr) (f *fault) {
		out, f = p.textOf(e)
		return f
	})
	if invalid != nil {
		return nil, invalid
	}
	return out, nil
}

func (p *Plan) textOf(e ast.Expr) (*Text, *fault) {
	switch e.Kind() {
	case ast.LiteralKind:
		v, f := literalOf(e)
		if f != nil {
			return nil, f
		}
		if v.Kind != event.String {
			return nil, faultAt(e, "a text in quotes is wanted here; %s", textSupported)
		}
		return &Text{op: textLiteral, lit: v.Str}, nil
	case ast.CallKind:
		switch c := e.AsCall(); c.FunctionName() {
		case "_+_":
			return p.textKids(&Text{op: textJoined}, c.Args())
		case "_?_:_":
			when, f := reader{}.translate(c.Args()[0])
			if f != nil {
				return nil, f
			}
			p.slots(when)
			return p.textKids(&Text{op: textChoice, when: when}, c.Args()[1:])
		case "string":
			return p.textOf(c.Args()[0]) // it is text in any case
		case "size", "lowerAscii", "upperAscii", "_[_]":
		default:
			return nil, faultAt(e, "%s is not supported here; %s", strings.Trim(c.FunctionName(), "_@"), textSupported)
		}
	}
	o, f := reader{}.operandOf(e)
	if f != nil {
		return nil, f
	}
	if o.from == fromTime {
		return nil, faultAt(e, "every time is a name of its own; %s", textSupported)
	}
	t := &Text{op: textOperand, o: o}
	if o.from == fromTrait {
		t.trait = len(p.traits)
		p.traits = append(p.traits, &leaf{from: fromTrait, path: o.path, test: func(event.Value) Truth { return True }, absent: Unknown})
	}
	return t, nil
}

func (p *Plan) textKids(t *Text, args []ast.Expr) (*Text, *fault) {
	for _, a := range args {
		k, f := p.textOf(a)
		if f != nil {
			return nil, f
		}
		t.kids = append(t.kids, k)
	}
	return t, nil
}

// parseWith compiles CEL text and hands the expression to a translation, whose fault it places.
func parseWith(field, src string, use func(ast.Expr) *fault) *seq.Invalid {
	env, err := environment()
	if err != nil {
		panic("BUG: the CEL environment is wrong: " + err.Error())
	}
	checked, issues := env.Compile(src)
	if issues.Err() != nil {
		e := issues.Errors()[0]
		return invalidAt(field, e.Location.Line(), e.Location.Column()+1, e.Message)
	}
	native := checked.NativeRep()
	if f := use(native.Expr()); f != nil {
		at := native.SourceInfo().GetStartLocation(f.id)
		return invalidAt(field, at.Line(), at.Column()+1, f.reason)
	}
	return nil
}

// BoundText is a Text tied to one block. It is safe for concurrent use.
type BoundText struct {
	t     *Text
	block *store.Block
	cols  []*store.Column
	when  *Bound
	kids  []*BoundText
}

// Bind ties the expression to a block.
func (t *Text) Bind(b *store.Block) *BoundText {
	out := &BoundText{t: t, block: b}
	if t.op == textOperand && t.o.from == fromColumn {
		for k := event.String; k <= event.JSON; k++ {
			if c := b.Column(t.o.path, k); c != nil {
				out.cols = append(out.cols, c)
			}
		}
	}
	if t.when != nil {
		out.when = t.when.bind(b)
	}
	for _, k := range t.kids {
		out.kids = append(out.kids, k.Bind(b))
	}
	return out
}

// Append adds the row's text to buf; ok is false when it has none. Verdicts are those of Plan.Decide, values what it
// was given.
func (b *BoundText) Append(buf []byte, row uint32, code uint16, verdicts []Truth, values []event.Value) (out []byte, ok bool) {
	switch b.t.op {
	case textLiteral:
		return append(buf, b.t.lit...), true
	case textJoined:
		for _, k := range b.kids {
			if buf, ok = k.Append(buf, row, code, verdicts, values); !ok {
				return buf, false
			}
		}
		return buf, true
	case textChoice:
		switch b.when.Eval(row, code, verdicts) {
		case True:
			return b.kids[0].Append(buf, row, code, verdicts, values)
		case False:
			return b.kids[1].Append(buf, row, code, verdicts, values)
		}
		return buf, false // neither: a property that the condition tests is not there
	}
	v := b.value(row, code, values)
	for _, f := range b.t.o.via {
		if v, ok = f(v); !ok {
			return buf, false
		}
	}
	if v.Kind == 0 {
		return buf, false
	}
	return append(buf, v.Text()...), true
}

func (b *BoundText) value(row uint32, code uint16, values []event.Value) event.Value {
	switch b.t.o.from {
	case fromName:
		return event.StringValue(b.block.Names[code].Name)
	case fromKind:
		return event.StringValue(b.block.Names[code].Kind.String())
	case fromTrait:
		return values[b.t.trait]
	}
	for _, c := range b.cols {
		if v, ok := c.Value(row); ok {
			return v
		}
	}
	return event.Value{}
}
