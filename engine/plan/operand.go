package plan

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common/ast"

	"wend.dev/wend/event"
)

// operand is a path with the functions applied to its value: size(properties.name.lowerAscii()).
type operand struct {
	from source
	path string
	via  []func(event.Value) (event.Value, bool) // innermost first; false is "no such overload"
	slot int                                     // fromSlot
	time bool                                    // fromSlot: the value is an instant
}

// instant says whether the operand is a time.
func (o operand) instant() bool { return (o.from == fromTime || o.time) && len(o.via) == 0 }

// leaf wraps a test of the operand's value into a node.
func (o operand) leaf(test func(event.Value) Truth) *node {
	via := o.via
	if len(via) > 0 {
		inner := test
		test = func(v event.Value) Truth {
			for _, f := range via {
				var ok bool
				if v, ok = f(v); !ok {
					return Unknown
				}
			}
			return inner(v)
		}
	}
	return &node{leaf: leaf{from: o.from, path: o.path, test: test, absent: Unknown, trait: o.slot}}
}

func (r reader) operandOf(e ast.Expr) (operand, *fault) {
	if o, ok, f := r.slotOf(e, ""); ok || f != nil {
		return o, f
	}
	if e.Kind() == ast.CallKind {
		c := e.AsCall()
		arg := c.Target()
		if !c.IsMemberFunction() && len(c.Args()) == 1 {
			arg = c.Args()[0]
		}
		var via func(event.Value) (event.Value, bool)
		switch c.FunctionName() {
		case "size":
			via = size
		case "lowerAscii":
			via = mapped(lowerASCII)
		case "upperAscii":
			via = mapped(upperASCII)
		case "_[_]":
		case "_+_", "_-_", "_*_", "_/_", "_%_":
			return operand{}, faultAt(e, "calculations are not supported; %s", supported)
		default:
			return operand{}, faultAt(e, "%s is not supported here; %s", strings.Trim(c.FunctionName(), "_@"), supported)
		}
		if via != nil {
			o, f := r.operandOf(arg)
			o.via = append(o.via, via)
			return o, f
		}
	}
	from, path, f := r.pathOf(e)
	if f != nil {
		return operand{}, f
	}
	if path == "" || strings.HasSuffix(path, ".") {
		return operand{}, faultAt(e, "names a group of properties; name one, such as properties.price or profile.traits.plan")
	}
	return operand{from: from, path: path}, nil
}

// pathOf reads properties.a.b, properties["a b"], profile.traits.x, event. A bare group is "properties.", the bare
// profile is "".
func (r reader) pathOf(e ast.Expr) (source, string, *fault) {
	switch e.Kind() {
	case ast.IdentKind:
		if r.criteria != nil || r.within {
			if from, path, f := r.ownerOf(e); f != nil || from != fromColumn {
				return from, path, f
			}
		}
		switch name := e.AsIdent(); name {
		case "properties", "context", "traits":
			return fromColumn, name + ".", nil
		case "source", "clamped":
			return fromColumn, name, nil
		case "profile":
			return fromTrait, "", nil
		case "event":
			return fromName, "event", nil
		case "kind":
			return fromKind, "kind", nil
		case "time":
			return fromTime, "time", nil
		}
	case ast.SelectKind:
		s := e.AsSelect()
		if s.IsTestOnly() {
			break
		}
		return r.pathChild(e, s.Operand(), s.FieldName())
	case ast.CallKind:
		c := e.AsCall()
		if c.FunctionName() != "_[_]" {
			break
		}
		v, f := literalOf(c.Args()[1])
		if f != nil || v.Kind != event.String {
			return 0, "", faultAt(e, "an index must be a property's name in quotes")
		}
		return r.pathChild(e, c.Args()[0], v.Str)
	}
	return 0, "", faultAt(e, "a property such as properties.price is wanted here; %s", supported)
}

func (r reader) pathChild(e, parent ast.Expr, name string) (source, string, *fault) {
	from, path, f := r.pathOf(parent)
	if f != nil {
		return 0, "", f
	}
	from, path, ok := child(from, path, name)
	if !ok {
		return 0, "", faultAt(e, "there is no %q here; of a profile there is profile.traits.NAME, of an account account.id, account.size and account.traits.NAME", name)
	}
	return from, path, nil
}

func child(from source, path, name string) (source, string, bool) {
	switch {
	case from == fromTrait && path == "":
		return from, "traits.", name == "traits"
	case from == fromAccount && path == "":
		if name == "traits" {
			name = "traits."
		}
		return from, name, name == "traits." || name == "id" || name == "size"
	case from == fromAccount && (path == "id" || path == "size"):
		return from, "", false
	case from != fromTrait && from != fromColumn && from != fromAccount, path == "source", path == "clamped":
		return from, "", false
	case strings.HasSuffix(path, "."):
		return from, path + name, true
	}
	return from, path + "." + name, true
}

// size counts the code points of a string or the entries of an array, as CEL does.
func size(v event.Value) (event.Value, bool) {
	switch v.Kind {
	case event.String:
		return event.NumberValue(float64(utf8.RuneCountInString(v.Str))), true
	case event.JSON:
		var list []json.RawMessage
		if json.Unmarshal([]byte(v.Str), &list) == nil {
			return event.NumberValue(float64(len(list))), true
		}
	}
	return event.Value{}, false
}

func mapped(f func(string) string) func(event.Value) (event.Value, bool) {
	return func(v event.Value) (event.Value, bool) {
		return event.StringValue(f(v.Str)), v.Kind == event.String
	}
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func upperASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// jsonHolds says whether an array holds a literal.
func jsonHolds(x, v event.Value) Truth {
	var list []any
	if x.Kind != event.JSON || json.Unmarshal([]byte(x.Str), &list) != nil {
		return Unknown
	}
	for _, el := range list {
		switch el := el.(type) {
		case string:
			if v == event.StringValue(el) {
				return True
			}
		case float64:
			if v == event.NumberValue(el) {
				return True
			}
		case bool:
			if v == event.BoolValue(el) {
				return True
			}
		}
	}
	return False
}
