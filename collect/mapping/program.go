package mapping

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// program is one compiled expression.
type program struct {
	path string // in the mapping
	src  Expr
	run  cel.Program
	tree ast.Expr
	lit  ref.Val // of an expression that is one literal
	name string  // of an expression that is one name, or one column of one: row.price
	col  ref.Val
}

// value evaluates the expression; an error names its place and text.
func (p *program) value(v vars) (ref.Val, error) {
	if p.lit != nil {
		return p.lit, nil
	}
	if p.name != "" { // most expressions: not worth CEL's interpreter
		x, _ := v[p.name].(ref.Val)
		if p.col == nil && x != nil {
			return x, nil
		}
		if r, ok := x.(record); ok {
			return r.Get(p.col), nil
		}
	}
	out, _, err := p.run.Eval(v)
	if err != nil {
		return nil, p.wrap(err)
	}
	return out, nil
}

func (p *program) wrap(err error) error {
	msg := err.Error()
	if strings.Contains(msg, "no such overload") {
		msg += " (a value is null or of another type than expected: number() and time() read texts, whole numbers are written 2.0 beside number())"
	}
	return fmt.Errorf("%s: %s: %s", p.path, p.src, msg)
}

// truth is the value of a condition; a nil program is true.
func (p *program) truth(v vars) (bool, error) {
	if p == nil {
		return true, nil
	}
	out, err := p.value(v)
	if err != nil {
		return false, err
	}
	b, ok := out.(types.Bool)
	if !ok {
		return false, p.wrap(fmt.Errorf("is %s, not true or false", kind(out)))
	}
	return bool(b), nil
}

// text is the value as an identifier; "" for a nil program or a null.
func (p *program) text(v vars) (string, error) {
	if p == nil {
		return "", nil
	}
	out, err := p.value(v)
	if err != nil {
		return "", err
	}
	s, err := text(out)
	if err != nil {
		return "", p.wrap(err)
	}
	return s, nil
}

// compiler compiles the expressions of one entry of spec.rows. Names are added as lookups and lets define them.
type compiler struct {
	m     *Mapping
	env   *cel.Env
	names []string
	errs  []error
	all   []*program
}

func (c *compiler) declare(path, name string) {
	for _, n := range c.names {
		if n == name {
			c.errs = append(c.errs, c.m.fault(path, "the name %q is taken", name))
			return
		}
	}
	env, err := c.env.Extend(cel.Variable(name, cel.DynType))
	if err != nil {
		c.errs = append(c.errs, c.m.fault(path, "cannot be a name: %s", err))
		return
	}
	c.env, c.names = env, append(c.names, name)
}

// compile returns nil for an empty expression, and after an error, which it keeps.
func (c *compiler) compile(path string, src Expr) *program {
	if src == "" {
		return nil
	}
	parsed, iss := c.env.Parse(string(src))
	var checked *cel.Ast
	if iss.Err() == nil {
		loosenNulls(parsed.NativeRep())
		checked, iss = c.env.Check(parsed)
	}
	if iss.Err() != nil {
		c.errs = append(c.errs, c.m.fault(path, "%s", c.explain(iss)))
		return nil
	}
	p := &program{path: path, src: src, tree: checked.NativeRep().Expr()}
	switch p.tree.Kind() {
	case ast.LiteralKind:
		p.lit = p.tree.AsLiteral()
	case ast.IdentKind:
		p.name = p.tree.AsIdent()
	case ast.SelectKind:
		if s := p.tree.AsSelect(); !s.IsTestOnly() && s.Operand().Kind() == ast.IdentKind {
			p.name, p.col = s.Operand().AsIdent(), types.String(s.FieldName())
		}
	}
	run, err := c.env.Program(checked, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		c.errs = append(c.errs, c.m.fault(path, "%s", err))
		return nil
	}
	p.run = run
	c.all = append(c.all, p)
	return p
}

// loosenNulls makes each null one of any type, so that "there ? 1 : null" passes CEL's check of types.
func loosenNulls(a *ast.AST) {
	next := ast.MaxID(a)
	f := ast.NewExprFactory()
	ast.PostOrderVisit(a.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.LiteralKind && e.AsLiteral() == types.NullValue {
			next++
			e.SetKindCase(f.NewCall(e.ID(), "dyn", f.NewLiteral(next, types.NullValue)))
		}
	}))
}

func (c *compiler) compileAll(path string, src Exprs) []*program {
	var out []*program
	for i, e := range src {
		at := path
		if len(src) > 1 {
			at = fmt.Sprintf("%s[%d]", path, i)
		}
		if p := c.compile(at, e); p != nil {
			out = append(out, p)
		}
	}
	return out
}

// explain is the first of CEL's complaints with its column, and the nearest name for one that nothing has.
func (c *compiler) explain(iss *cel.Issues) string {
	e := iss.Errors()[0]
	msg := fmt.Sprintf("not CEL, column %d: %s", e.Location.Column()+1, e.Message)
	if _, rest, ok := strings.Cut(e.Message, "undeclared reference to '"); ok {
		name, _, _ := strings.Cut(rest, "'")
		known := append([]string{}, c.names...)
		for f := range c.env.Functions() {
			if !strings.ContainsAny(f, "_@!") {
				known = append(known, f)
			}
		}
		hint := didYouMean(name, known)
		if strings.HasPrefix(hint, "; known") || hint == "" {
			hint = "; a text stands in quotes: '" + name + "'; known are " + strings.Join(c.names, ", ")
		}
		msg = fmt.Sprintf("column %d: nothing is named %q%s", e.Location.Column()+1, name, hint)
	}
	return msg
}
