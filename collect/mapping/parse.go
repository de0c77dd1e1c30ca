package mapping

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Error is something wrong with a mapping, at a place in its file.
type Error struct {
	File   string
	Line   int    // from 1; 0 when it is about the whole file
	Path   string // spec.rows[0].events[1].time
	Reason string
}

// Error is "file:line: path: reason".
func (e *Error) Error() string {
	s := e.File
	if e.Line > 0 {
		s = fmt.Sprintf("%s:%d", s, e.Line)
	}
	if e.Path != "" {
		s += ": " + e.Path
	}
	return s + ": " + e.Reason
}

// Load reads and checks a mapping file. What is wrong with it is an *Error, several joined.
func Load(path string) (*Mapping, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read mapping: %w", err)
	}
	return Parse(filepath.Base(path), text)
}

// Parse reads and checks a mapping: unknown keys, wrong types, missing parts, names that nothing has, and CEL that
// does not compile. Columns are checked when files are opened with it. The name is for messages.
func Parse(name string, text []byte) (*Mapping, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		var s yaml.Error
		if errors.As(err, &s) && s.GetToken() != nil {
			return nil, &Error{File: name, Line: s.GetToken().Position.Line, Reason: "not YAML: " + s.GetMessage()}
		}
		return nil, &Error{File: name, Reason: "not YAML: " + err.Error()}
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, &Error{File: name, Reason: "is empty"}
	}
	if len(file.Docs) != 1 {
		return nil, &Error{File: name, Reason: fmt.Sprintf("has %d YAML documents; a mapping is one", len(file.Docs))}
	}
	m := &Mapping{name: name, lines: map[string]int{}}
	w := &walker{name: name, lines: m.lines}
	w.walk("", file.Docs[0].Body, reflect.TypeFor[Mapping]())
	if len(w.errs) > 0 {
		return nil, errors.Join(w.errs...)
	}
	plain, err := yaml.YAMLToJSON(text)
	if err == nil {
		err = json.Unmarshal(plain, m)
	}
	if err != nil {
		return nil, &Error{File: name, Reason: err.Error()}
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// fault is an error at a path of the mapping.
func (m *Mapping) fault(path, format string, args ...any) error {
	at := path
	for m.lines[at] == 0 && at != "" {
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
	return &Error{File: m.name, Line: m.lines[at], Path: path, Reason: fmt.Sprintf(format, args...)}
}

// walker holds a YAML tree against a Go type: unknown and missing keys, wrong kinds of value, and where each stands.
type walker struct {
	name  string
	lines map[string]int
	errs  []error
}

func (w *walker) fail(n ast.Node, path, format string, args ...any) {
	w.errs = append(w.errs, &Error{File: w.name, Line: n.GetToken().Position.Line, Path: path, Reason: fmt.Sprintf(format, args...)})
}

func (w *walker) walk(path string, n ast.Node, t reflect.Type) {
	n = bare(n)
	if path != "" && w.lines[path] == 0 {
		w.lines[path] = n.GetToken().Position.Line
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[Exprs]() {
		if _, list := n.(*ast.SequenceNode); !list {
			t = reflect.TypeFor[Expr]()
		}
	}
	switch t.Kind() {
	case reflect.Struct:
		if pairs, ok := w.mapping(path, n); ok {
			w.object(path, n, t, pairs)
		}
	case reflect.Map:
		pairs, _ := w.mapping(path, n)
		for _, p := range pairs {
			key := p.Key.GetToken().Value
			w.lines[join(path, key)] = p.Key.GetToken().Position.Line
			w.walk(join(path, key), p.Value, t.Elem())
		}
	case reflect.Slice:
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			w.fail(n, path, "should be a list")
			return
		}
		for i, v := range list.Values {
			w.walk(fmt.Sprintf("%s[%d]", path, i), v, t.Elem())
		}
	default:
		w.scalar(path, n, t)
	}
}

func (w *walker) object(path string, n ast.Node, t reflect.Type, pairs []*ast.MappingValueNode) {
	known := map[string]reflect.StructField{}
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		if key, _, _ := strings.Cut(f.Tag.Get("json"), ","); f.IsExported() && key != "" {
			known[key] = f
			names = append(names, key)
		}
	}
	seen := map[string]bool{}
	for _, p := range pairs {
		key := p.Key.GetToken().Value
		f, ok := known[key]
		switch {
		case !ok:
			w.fail(p.Key, path, "unknown key %q%s", key, didYouMean(key, names))
			continue
		case seen[key]:
			w.fail(p.Key, path, "the key %q stands here twice", key)
			continue
		}
		seen[key] = true
		w.lines[join(path, key)] = p.Key.GetToken().Position.Line
		w.walk(join(path, key), p.Value, f.Type)
		if enum := f.Tag.Get("enum"); enum != "" {
			allowed := strings.Split(enum, ",")
			if v := bare(p.Value).GetToken().Value; !slices.Contains(allowed, v) {
				w.fail(p.Value, join(path, key), "%q is not one of %s%s", v, strings.Join(allowed, ", "), didYouMean(v, allowed))
			}
		}
	}
	for _, key := range names {
		if known[key].Tag.Get("required") == "true" && !seen[key] {
			w.fail(n, path, "the key %q is missing", key)
		}
	}
}

func (w *walker) scalar(path string, n ast.Node, t reflect.Type) {
	var ok bool
	want := "a text"
	switch n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		ok = t.Kind() == reflect.String
	case *ast.IntegerNode:
		ok = t.Kind() == reflect.Int || t == reflect.TypeFor[Expr]()
	case *ast.BoolNode:
		ok = t.Kind() == reflect.Bool || t == reflect.TypeFor[Expr]()
	case *ast.FloatNode:
		ok = t == reflect.TypeFor[Expr]()
	}
	switch {
	case ok:
		return
	case t.Kind() == reflect.Int:
		want = "a whole number"
	case t.Kind() == reflect.Bool:
		want = "true or false"
	case t == reflect.TypeFor[Expr]():
		want = "a CEL expression (in quotes if it begins with a sign that YAML reads otherwise)"
	}
	w.fail(n, path, "should be %s", want)
}

func (w *walker) mapping(path string, n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch x := n.(type) {
	case *ast.MappingNode:
		return x.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{x}, true
	}
	w.fail(n, path, "should be a mapping of keys to values")
	return nil, false
}

// bare is a node without its anchor or tag.
func bare(n ast.Node) ast.Node {
	switch x := n.(type) {
	case *ast.AnchorNode:
		return bare(x.Value)
	case *ast.TagNode:
		return bare(x.Value)
	case *ast.MappingKeyNode:
		return bare(x.Value)
	}
	return n
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
