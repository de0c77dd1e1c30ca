package mapping

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// shape is what is known of a value before any row is read: a row of a file, or a list of such rows.
type shape struct {
	file    string   // base name, for messages
	columns []string // sorted
	list    bool
}

func (s *shape) of(list bool) *shape { return &shape{s.file, s.columns, list} }

func (s *shape) has(column string) bool {
	_, ok := slices.BinarySearch(s.columns, column)
	return ok
}

// columnCheck walks an expression and finds the columns it names that are not there.
type columnCheck struct {
	names map[string]*shape
	miss  func(s *shape, column string)
}

// see returns the shape of an expression's value, nil if it is none.
func (c *columnCheck) see(e ast.Expr) *shape {
	switch e.Kind() {
	case ast.IdentKind:
		return c.names[e.AsIdent()]
	case ast.SelectKind:
		s := c.see(e.AsSelect().Operand())
		if s != nil && !s.list && !e.AsSelect().IsTestOnly() {
			c.column(s, e.AsSelect().FieldName())
		}
	case ast.CallKind:
		return c.call(e.AsCall())
	case ast.ListKind:
		for _, x := range e.AsList().Elements() {
			c.see(x)
		}
	case ast.MapKind:
		for _, x := range e.AsMap().Entries() {
			c.see(x.AsMapEntry().Key())
			c.see(x.AsMapEntry().Value())
		}
	case ast.ComprehensionKind:
		return c.comprehension(e.AsComprehension())
	}
	return nil
}

func (c *columnCheck) column(s *shape, name string) {
	if !s.has(name) {
		c.miss(s, name)
	}
}

func (c *columnCheck) call(call ast.CallExpr) *shape {
	args := call.Args()
	if call.IsMemberFunction() {
		c.see(call.Target())
	}
	var shapes []*shape
	for _, a := range args {
		shapes = append(shapes, c.see(a))
	}
	if len(shapes) == 0 || shapes[0] == nil {
		if call.FunctionName() == operators.Conditional && shapes[1] != nil {
			return shapes[1]
		}
		return nil
	}
	of := shapes[0]
	name := ""
	if len(args) == 2 && args[1].Kind() == ast.LiteralKind {
		if s, ok := args[1].AsLiteral().(types.String); ok {
			name = string(s)
		}
	}
	switch call.FunctionName() {
	case "first", "last", "sum", "column":
		if of.list && name != "" {
			c.column(of, name)
		} else if of.list && len(args) == 1 {
			return of.of(false)
		}
	case "take", "distinct":
		return of
	case operators.Index, operators.OptIndex:
		if of.list {
			return of.of(false)
		}
		if name != "" {
			c.column(of, name)
		}
	case operators.OptSelect:
		if name != "" && !of.list {
			c.column(of, name)
		}
	}
	return nil
}

// comprehension sees map, filter, exists and all: the loop's variable is a row when the list is one of rows. A
// filter's result, a list of the loop's variable, is again a list of rows.
func (c *columnCheck) comprehension(e ast.ComprehensionExpr) *shape {
	of := c.see(e.IterRange())
	inner := &columnCheck{names: map[string]*shape{}, miss: c.miss}
	for k, v := range c.names {
		inner.names[k] = v
	}
	delete(inner.names, e.IterVar())
	delete(inner.names, e.AccuVar())
	if of != nil && of.list {
		inner.names[e.IterVar()] = of.of(false)
	}
	for _, x := range []ast.Expr{e.AccuInit(), e.LoopCondition(), e.LoopStep(), e.Result()} {
		inner.see(x)
	}
	if of != nil && keepsRows(e) {
		return of
	}
	return nil
}

// keepsRows tells a filter: accu + [variable] under a condition.
func keepsRows(e ast.ComprehensionExpr) bool {
	if e.LoopStep().Kind() != ast.CallKind {
		return false
	}
	step := e.LoopStep().AsCall()
	if step.FunctionName() != operators.Conditional || step.Args()[1].Kind() != ast.CallKind {
		return false
	}
	add := step.Args()[1].AsCall()
	if add.FunctionName() != operators.Add || add.Args()[1].Kind() != ast.ListKind {
		return false
	}
	items := add.Args()[1].AsList().Elements()
	return len(items) == 1 && items[0].Kind() == ast.IdentKind && items[0].AsIdent() == e.IterVar()
}

// missing collects the columns that the expressions of a plan name and the files lack.
func (m *Mapping) missing(p *plan, shapes map[string]*shape) (errs []error) {
	seen := map[string]bool{}
	for _, prog := range p.all {
		c := &columnCheck{names: shapes, miss: func(s *shape, column string) {
			if at := prog.path + "\x00" + column; !seen[at] {
				seen[at] = true
				errs = append(errs, m.fault(prog.path, "%s has no column %q%s", s.file, column, didYouMean(column, s.columns)))
			}
		}}
		c.see(prog.tree)
	}
	return errs
}

// newShape is the shape of a row with the columns of a file and those that may be absent.
func newShape(file string, columns, optional []string) *shape {
	all := append(slices.Clone(columns), optional...)
	slices.SortFunc(all, strings.Compare)
	return &shape{file: file, columns: slices.Compact(all)}
}
