package plan

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// supported is what an error about an expression ends with.
const supported = "an expression may use == != < <= > >= and in between a property and literals, has(), startsWith, endsWith, contains, matches, size, lowerAscii, upperAscii, &&, || and !"

// fault is a reason at a place of an expression.
type fault struct {
	id     int64
	reason string
}

func (f *fault) Error() string { return f.reason }

func faultAt(e ast.Expr, format string, args ...any) *fault {
	return &fault{e.ID(), fmt.Sprintf(format, args...)}
}

// environment is made once: it is costly, immutable and safe for concurrent use.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	dynamic := func(name string) cel.EnvOption { return cel.Variable(name, cel.DynType) }
	lower := func(name string) cel.EnvOption {
		return cel.Function(name, cel.MemberOverload("string_"+name, []*cel.Type{cel.StringType}, cel.StringType))
	}
	return cel.NewEnv(
		dynamic("properties"), dynamic("context"), dynamic("traits"), dynamic("profile"),
		cel.Variable("event", cel.StringType), cel.Variable("kind", cel.StringType), cel.Variable("source", cel.StringType),
		cel.Variable("clamped", cel.BoolType), cel.Variable("time", cel.TimestampType),
		lower("lowerAscii"), lower("upperAscii"),
		cel.EnableIdentifierEscapeSyntax(),
		cel.ParserRecursionLimit(100), cel.ParserExpressionSizeLimit(8<<10),
	)
})

// parse turns CEL text into a tree of nodes, or tells the field, line:column and reason why not.
func parse(field, src string) (*node, *seq.Invalid) {
	env, err := environment()
	if err != nil {
		panic("BUG: the CEL environment is wrong: " + err.Error())
	}
	checked, issues := env.Compile(src)
	if issues.Err() != nil {
		e := issues.Errors()[0]
		return nil, invalidAt(field, e.Location.Line(), e.Location.Column()+1, e.Message)
	}
	native := checked.NativeRep()
	n, f := reader{}.translate(native.Expr())
	if f != nil {
		at := native.SourceInfo().GetStartLocation(f.id)
		return nil, invalidAt(field, at.Line(), at.Column()+1, f.reason)
	}
	return n, nil
}

func invalidAt(field string, line, column int, reason string) *seq.Invalid {
	return &seq.Invalid{Field: field, Reason: fmt.Sprintf("%d:%d: %s", line, column, reason)}
}

// reader translates an expression into nodes: one about an event or, with criteria, one about an actor.
type reader struct {
	criteria *Criteria // nil: the expression is about an event
	info     *ast.SourceInfo
	within   bool // the expression is about an event that stands in one about an actor: it may not look at the actor
	depth    int  // how many stored segments the expression stands in
}

// node is one part of a predicate. A leaf tests one operand; the others combine.
type node struct {
	op   op
	kids []*node
	leaf leaf
}

type op uint8

const (
	opLeaf op = iota
	opAnd
	opOr
	opNot
	opTrue
	opFalse
)

// source says where a leaf's value comes from.
type source uint8

const (
	fromColumn source = iota
	fromName
	fromKind
	fromTime
	fromTrait   // the actor's latest trait; path is "traits.x"
	fromAccount // of the actor's account: "id", "size" or its latest trait "traits.x"
	fromSlot    // what Criteria found among the actor's events
)

// leaf tests one value: of a row, or of the actor.
type leaf struct {
	from   source
	path   string
	test   func(event.Value) Truth
	absent Truth
	trait  int  // fromTrait, fromAccount, fromSlot: its place in a list, set when the predicate is compiled
	aged   bool // the value is an instant, and test wants it as the time since then
	ago    event.Millis
}

func (r reader) translate(e ast.Expr) (*node, *fault) {
	switch e.Kind() {
	case ast.LiteralKind:
		if b, ok := e.AsLiteral().Value().(bool); ok {
			if b {
				return &node{op: opTrue}, nil
			}
			return &node{op: opFalse}, nil
		}
		return nil, faultAt(e, "this is a value, not a condition; %s", supported)
	case ast.SelectKind, ast.IdentKind:
		if e.Kind() == ast.SelectKind && e.AsSelect().IsTestOnly() {
			return r.translateHas(e)
		}
		o, f := r.operandOf(e)
		if f != nil {
			return nil, f
		}
		return o.leaf(isTrue), nil
	case ast.CallKind:
		return r.translateCall(e)
	case ast.ComprehensionKind:
		return nil, faultAt(e, "all, exists, map and filter are not supported; %s", supported)
	}
	return nil, faultAt(e, "not supported; %s", supported)
}

func isTrue(v event.Value) Truth {
	if v.Kind != event.Bool {
		return Unknown
	}
	return truthOf(v.Num != 0)
}

func (r reader) translateHas(e ast.Expr) (*node, *fault) {
	sel := e.AsSelect()
	if o, ok, f := r.slotOf(sel.Operand(), sel.FieldName()); ok || f != nil {
		if f != nil {
			return nil, f
		}
		n := o.leaf(func(event.Value) Truth { return True })
		n.leaf.absent = False
		return n, nil
	}
	from, path, f := r.pathOf(sel.Operand())
	if f != nil {
		return nil, f
	}
	return r.hasNode(e, from, path, sel.FieldName())
}

func (r reader) hasNode(e ast.Expr, from source, path, name string) (*node, *fault) {
	from, path, ok := child(from, path, name)
	if !ok || path == "" || strings.HasSuffix(path, ".") {
		return nil, faultAt(e, "has() wants a property such as properties.price or traits.plan")
	}
	n := &node{leaf: leaf{from: from, path: path, absent: False}}
	n.leaf.test = func(event.Value) Truth { return True }
	return n, nil
}

func (r reader) translateCall(e ast.Expr) (*node, *fault) {
	c := e.AsCall()
	args := c.Args()
	switch name := c.FunctionName(); name {
	case "_&&_", "_||_":
		a, f := r.translate(args[0])
		if f != nil {
			return nil, f
		}
		b, f := r.translate(args[1])
		if f != nil {
			return nil, f
		}
		if name == "_&&_" {
			return &node{op: opAnd, kids: []*node{a, b}}, nil
		}
		return &node{op: opOr, kids: []*node{a, b}}, nil
	case "!_":
		a, f := r.translate(args[0])
		if f != nil {
			return nil, f
		}
		return &node{op: opNot, kids: []*node{a}}, nil
	case "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_":
		return r.translateCompare(e, name[1:len(name)-1], args[0], args[1])
	case "@in":
		return r.translateIn(e, args[0], args[1])
	case "startsWith", "endsWith", "contains", "matches":
		if !c.IsMemberFunction() {
			args = append([]ast.Expr{c.Target()}, args...)
			if args[0] == nil || args[0].Kind() == ast.UnspecifiedExprKind {
				args = args[1:]
			}
		} else {
			args = append([]ast.Expr{c.Target()}, args...)
		}
		return r.translateText(e, name, args[0], args[1])
	case "_[_]":
		o, f := r.operandOf(e)
		if f != nil {
			return nil, f
		}
		return o.leaf(isTrue), nil
	case "_?_:_":
		return nil, faultAt(e, "the conditional ?: is not supported; %s", supported)
	case "in_segment":
		return r.inSegment(e, args[0])
	}
	if r.criteria != nil {
		o, f := r.operandOf(e)
		if f != nil {
			return nil, f
		}
		return o.leaf(isTrue), nil
	}
	return nil, faultAt(e, "%s is not supported here; %s", strings.Trim(c.FunctionName(), "_"), supported)
}

var flipped = map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func (r reader) translateCompare(e ast.Expr, cmp string, a, b ast.Expr) (*node, *fault) {
	if v, f := literalOf(a); f == nil {
		if _, f := literalOf(b); f == nil {
			return nil, faultAt(e, "compares two literals; one side must be a property")
		}
		return r.compareNode(b, flipped[cmp], v)
	}
	v, f := literalOf(b)
	if f != nil {
		if b.Kind() == ast.CallKind && (b.AsCall().FunctionName() == "timestamp" || b.AsCall().FunctionName() == "ago") {
			return nil, f
		}
		return nil, faultAt(e, "one side must be a literal; a property can't be compared with another or with a calculation")
	}
	return r.compareNode(a, cmp, v)
}

func (r reader) compareNode(e ast.Expr, cmp string, v event.Value) (*node, *fault) {
	o, f := r.operandOf(e)
	if f != nil {
		return nil, f
	}
	if o.instant() != (v.Kind == kindInstant || v.Kind == kindAgo) {
		return nil, faultAt(e, "time is compared with timestamp(\"2026-01-31T00:00:00Z\"), and only time is")
	}
	r.limit(o, v)
	if v.Kind == kindAgo {
		if r.criteria == nil {
			return nil, faultAt(e, "how long ago an event may be says within(…), beside the condition")
		}
		ago := event.Millis(v.Num)
		v = event.NumberValue(-v.Num)
		n := o.leaf(func(x event.Value) Truth { return compare(event.NumberValue(-x.Num), cmp, v) })
		n.leaf.aged, n.leaf.ago = true, ago
		return n, nil
	}
	if v.Kind == kindInstant {
		v.Kind = event.Number
	}
	return o.leaf(func(x event.Value) Truth { return compare(x, cmp, v) }), nil
}

// compare is CEL's: values of different types are not equal, and have no order.
func compare(x event.Value, cmp string, v event.Value) Truth {
	same := x.Kind == v.Kind
	switch cmp {
	case "==":
		return truthOf(same && x == v)
	case "!=":
		return truthOf(!same || x != v)
	}
	if !same || x.Kind == event.JSON {
		return Unknown
	}
	var less, equal bool
	if x.Kind == event.String {
		less, equal = x.Str < v.Str, x.Str == v.Str
	} else {
		less, equal = x.Num < v.Num, x.Num == v.Num
	}
	switch cmp {
	case "<":
		return truthOf(less)
	case "<=":
		return truthOf(less || equal)
	case ">":
		return truthOf(!less && !equal)
	}
	return truthOf(!less)
}

func (r reader) translateIn(e, a, b ast.Expr) (*node, *fault) {
	if b.Kind() == ast.ListKind {
		o, f := r.operandOf(a)
		if f != nil {
			return nil, f
		}
		r.limit(o, event.Value{})
		set := map[event.Value]bool{}
		for _, el := range b.AsList().Elements() {
			v, f := literalOf(el)
			if f != nil {
				return nil, f
			}
			set[v] = true
		}
		return o.leaf(func(x event.Value) Truth { return truthOf(set[x]) }), nil
	}
	v, f := literalOf(a)
	if f != nil {
		return nil, faultAt(e, "in wants a property in a list of literals, or a literal in a property")
	}
	if from, path, f := r.pathOf(b); f == nil && (path == "" || strings.HasSuffix(path, ".")) && v.Kind == event.String {
		return r.hasNode(e, from, path, v.Str)
	}
	o, f := r.operandOf(b)
	if f != nil {
		return nil, f
	}
	return o.leaf(func(x event.Value) Truth { return jsonHolds(x, v) }), nil
}

func (r reader) translateText(e ast.Expr, name string, target, arg ast.Expr) (*node, *fault) {
	o, f := r.operandOf(target)
	if f != nil {
		return nil, f
	}
	v, f := literalOf(arg)
	if f != nil || v.Kind != event.String {
		return nil, faultAt(arg, "%s wants a string literal", name)
	}
	var test func(string) bool
	switch name {
	case "startsWith":
		test = func(s string) bool { return strings.HasPrefix(s, v.Str) }
	case "endsWith":
		test = func(s string) bool { return strings.HasSuffix(s, v.Str) }
	case "contains":
		test = func(s string) bool { return strings.Contains(s, v.Str) }
	default:
		re, err := regexp.Compile(v.Str)
		if err != nil {
			return nil, faultAt(arg, "not an RE2 expression: %v", err)
		}
		test = re.MatchString
	}
	return o.leaf(func(x event.Value) Truth {
		if x.Kind != event.String {
			return Unknown
		}
		return truthOf(test(x.Str))
	}), nil
}

// Literals that never reach a column: kindInstant is made by timestamp(), kindAgo by ago().
const (
	kindInstant event.ValueKind = 255
	kindAgo     event.ValueKind = 254
)

func literalOf(e ast.Expr) (event.Value, *fault) {
	switch e.Kind() {
	case ast.LiteralKind:
		switch v := e.AsLiteral().Value().(type) {
		case string:
			return event.StringValue(v), nil
		case int64:
			return event.NumberValue(float64(v)), nil
		case uint64:
			return event.NumberValue(float64(v)), nil
		case float64:
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return event.Value{}, faultAt(e, "the number is too large")
			}
			return event.NumberValue(v), nil
		case bool:
			return event.BoolValue(v), nil
		}
	case ast.CallKind:
		c := e.AsCall()
		if c.FunctionName() == "-_" {
			v, f := literalOf(c.Args()[0])
			if f == nil && v.Kind == event.Number {
				return event.NumberValue(-v.Num), nil
			}
		}
		if c.FunctionName() == "timestamp" && len(c.Args()) == 1 {
			v, f := literalOf(c.Args()[0])
			if f != nil || v.Kind != event.String {
				return event.Value{}, faultAt(e, "timestamp() wants a string literal")
			}
			t, err := time.Parse(time.RFC3339Nano, v.Str)
			if err != nil {
				return event.Value{}, faultAt(e, "%q is not an RFC 3339 time", v.Str)
			}
			return event.Value{Kind: kindInstant, Num: float64(t.UnixMilli())}, nil
		}
		if c.FunctionName() == "ago" && len(c.Args()) == 1 {
			d, f := spanOf(c.Args()[0])
			return event.Value{Kind: kindAgo, Num: float64(d)}, f
		}
	}
	return event.Value{}, faultAt(e, "a literal (string, number, true or false) is wanted here; %s", supported)
}
