package file

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"wend.dev/wend/engine/seq"
)

// reader fills Go values from the syntax tree and gathers faults.
type reader struct {
	file   string
	faults []error
}

// entry is one key of a mapping.
type entry struct {
	key   ast.Node
	value ast.Node
}

func (r *reader) fault(at ast.Node, format string, args ...any) {
	e := &Error{File: r.file, Line: 1, Column: 1, Reason: fmt.Sprintf(format, args...)}
	e.Line, e.Column = position(at)
	r.faults = append(r.faults, e)
}

// position is where a node begins; a block mapping begins at its first key.
func position(n ast.Node) (line, column int) {
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			n = m.Values[0].Key
		}
	case *ast.MappingValueNode:
		n = m.Key
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line, t.Position.Column
	}
	return 1, 1
}

// fields gives a mapping's entries by key, nil (with a fault) if the node is no mapping.
func (r *reader) fields(n ast.Node, what string) map[string]entry {
	var pairs []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		pairs = m.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{m}
	default:
		r.fault(n, "%s must be a mapping (key: value), not %s", what, describe(n))
		return nil
	}
	out := make(map[string]entry, len(pairs))
	for _, p := range pairs {
		key, ok := scalarText(p.Key)
		if _, merge := p.Key.(*ast.MergeKeyNode); merge || !ok {
			r.fault(p.Key, "a key must be plain text; merge keys are not read")
			continue
		}
		if _, twice := out[key]; twice {
			r.fault(p.Key, "key %q is given twice", key)
		}
		out[key] = entry{p.Key, p.Value}
	}
	return out
}

// value fills v from a node; f says what the field allows.
func (r *reader) value(n ast.Node, v reflect.Value, f field) {
	switch n.(type) {
	case *ast.NullNode:
		return // as if it were not given; a required one is missed by its struct
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		r.fault(n, "anchors, aliases and tags are not read here")
		return
	}
	switch p := v.Addr().Interface().(type) {
	case *seq.Duration:
		if text, ok := r.text(n, f); ok {
			if err := p.UnmarshalText([]byte(text)); err != nil {
				r.fault(n, "%s: %v", f.path, err)
			}
		}
		return
	case *seq.Names:
		if _, list := n.(*ast.SequenceNode); !list {
			if text, ok := r.text(n, f); ok {
				*p = seq.Names{text}
			}
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.value(n, v.Elem(), f)
	case reflect.Struct:
		r.object(n, v, f)
	case reflect.Slice:
		r.list(n, v, f)
	case reflect.Map:
		r.dictionary(n, v, f)
	case reflect.String:
		if text, ok := r.text(n, f); ok {
			v.SetString(text)
			r.check(n, text, f)
		}
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			r.fault(n, "%s must be true or false, not %s", f.path, describe(n))
			return
		}
		v.SetBool(b.Value)
	case reflect.Int:
		if x, ok := r.number(n, f); ok && x != math.Trunc(x) {
			r.fault(n, "%s must be a whole number", f.path)
		} else if ok {
			v.SetInt(int64(x))
		}
	case reflect.Float64:
		if x, ok := r.number(n, f); ok {
			v.SetFloat(x)
		}
	default:
		panic("BUG: no reading of " + v.Type().String()) // the types of package journey are fixed; TestShapes and TestRoundTrip walk all of them
	}
}

func (r *reader) object(n ast.Node, v reflect.Value, f field) {
	given := r.fields(n, f.path)
	if given == nil {
		return
	}
	known := fieldsOf(v.Type())
	var names []string
	for _, k := range known {
		names = append(names, k.name)
	}
	for key, e := range given {
		if !slices.Contains(names, key) {
			r.fault(e.key, "%s has no key %q%s", f.path, key, meant(key, names))
		}
	}
	for _, k := range known {
		k.path = f.path + "." + k.name
		e, ok := given[k.name]
		if _, null := e.value.(*ast.NullNode); (!ok || null) && k.required {
			r.fault(n, "%s needs the key %q", f.path, k.name)
			continue
		}
		if ok {
			r.value(e.value, v.FieldByIndex(k.index), k)
		}
	}
}

func (r *reader) list(n ast.Node, v reflect.Value, f field) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fault(n, "%s must be a list, not %s", f.path, describe(n))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values))
	item := f
	for i, e := range s.Values {
		item.path = fmt.Sprintf("%s[%d]", f.path, i)
		if _, null := e.(*ast.NullNode); null {
			r.fault(e, "%s is empty", item.path)
			continue
		}
		r.value(e, out.Index(i), item)
	}
	v.Set(out)
}

func (r *reader) dictionary(n ast.Node, v reflect.Value, f field) {
	given := r.fields(n, f.path)
	v.Set(reflect.MakeMap(v.Type()))
	for key, e := range given {
		if text, ok := r.text(e.value, field{path: f.path + "." + key}); ok {
			v.SetMapIndex(reflect.ValueOf(key), reflect.ValueOf(text))
		}
	}
}

func (r *reader) text(n ast.Node, f field) (string, bool) {
	text, ok := scalarText(n)
	if !ok {
		r.fault(n, "%s must be text, not %s", f.path, describe(n))
	}
	return text, ok
}

func (r *reader) number(n ast.Node, f field) (float64, bool) {
	var x float64
	switch n := n.(type) {
	case *ast.IntegerNode:
		parsed, err := strconv.ParseFloat(fmt.Sprint(n.Value), 64)
		if err != nil {
			r.fault(n, "%s: %v", f.path, err)
			return 0, false
		}
		x = parsed
	case *ast.FloatNode:
		x = n.Value
	default:
		r.fault(n, "%s must be a number, not %s", f.path, describe(n))
		return 0, false
	}
	if x < f.min || x > f.max {
		r.fault(n, "%s is %v, but must lie between %v and %v", f.path, x, f.min, f.max)
		return 0, false
	}
	return x, true
}

// check holds text to what its field allows.
func (r *reader) check(n ast.Node, text string, f field) {
	switch {
	case len(f.enum) > 0 && !slices.Contains(f.enum, text):
		r.fault(n, "%s cannot be %q%s", f.path, text, meant(text, f.enum))
	case f.pattern != "" && !regexp.MustCompile(f.pattern).MatchString(text):
		r.fault(n, "%s is %q, but must be like %s", f.path, text, f.pattern)
	case f.date:
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			r.fault(n, "%s is %q, but must be a day such as 2026-02-11", f.path, text)
		}
	}
}

// scalarText is a scalar as it stands in the file: a title of 2026 is the text "2026".
func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func describe(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	}
	if text, ok := scalarText(n); ok {
		return strconv.Quote(text)
	}
	return "this"
}

// meant proposes the nearest of the names, or lists them when none is near.
func meant(got string, names []string) string {
	best, at := math.MaxInt, ""
	for _, n := range names {
		if d := distance(strings.ToLower(got), n); d < best {
			best, at = d, n
		}
	}
	if best <= max(2, len(got)/3) {
		return fmt.Sprintf("; did you mean %q?", at)
	}
	return "; it is one of " + strings.Join(names, ", ")
}

// distance is Levenshtein's, with a swap of two neighbours as one edit (optimal string alignment).
func distance(a, b string) int {
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
