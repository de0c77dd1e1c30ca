package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/parser"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// forms is how each function of a segment is called; also the list of names that hints are taken from.
var forms = [...]string{
	"did(event, [condition], [within(…)])", "count(event, [condition], [within(…)])",
	"sum(event, properties.NAME, [condition], [within(…)])", "min(event, properties.NAME, [condition], [within(…)])",
	"max(event, properties.NAME, [condition], [within(…)])", "mean(event, properties.NAME, [condition], [within(…)])",
	"first(event, [condition], [within(…)]).time or .properties.NAME", "last(event, [condition], [within(…)]).time or .properties.NAME",
	"sequence(step, step or not(…), …, [within(\"2d\")], [during(…)])", "step(event, [condition])", "not(event, [condition])",
	"within(\"30d\") or within(\"2026-01-01\", \"2026-02-01\")", "during(\"30d\") or during(\"2026-01-01\", \"2026-02-01\")",
	"ago(\"30d\")", "in_segment(\"id\")",
}

// formOf is how a function is called, "" for one that is not known.
func formOf(name string) string {
	for _, f := range forms {
		if strings.HasPrefix(f, name+"(") {
			return f
		}
	}
	return ""
}

// formNames lists the functions and the groups of properties of a segment.
func formNames() (names []string) {
	for _, f := range forms {
		name, _, _ := strings.Cut(f, "(")
		names = append(names, name)
	}
	return append(names, "traits", "account", "profile", "properties", "context", "has", "size")
}

// actorEnvironment is made once, like environment.
var actorEnvironment = sync.OnceValues(func() (*cel.Env, error) {
	base, err := environment()
	if err != nil {
		return nil, err
	}
	period := cel.OpaqueType("wend.Period")
	options := []cel.EnvOption{
		cel.Variable("account", cel.DynType),
		cel.Function("ago", cel.Overload("ago", []*cel.Type{cel.StringType}, cel.TimestampType)),
		cel.Function("in_segment", cel.Overload("in_segment", []*cel.Type{cel.StringType}, cel.BoolType)),
		cel.Function("sequence", repeated("sequence", maxStages*2+2, cel.BoolType)...),
	}
	for _, name := range []string{"within", "during"} {
		options = append(options, cel.Function(name,
			cel.Overload(name+"_last", []*cel.Type{cel.StringType}, period),
			cel.Overload(name+"_between", []*cel.Type{cel.StringType, cel.StringType}, period)))
	}
	for name, result := range map[string]*cel.Type{"did": cel.BoolType, "count": cel.DynType, "first": cel.DynType, "last": cel.DynType} {
		options = append(options, cel.Function(name, overloads(name, nil, period, result)...))
	}
	for _, name := range []string{"sum", "min", "max", "mean"} {
		options = append(options, cel.Function(name, overloads(name, cel.DynType, period, cel.DynType)...))
	}
	for _, name := range []string{"step", "not"} {
		options = append(options, cel.Function(name, overloads(name, nil, nil, cel.OpaqueType("wend.Step"))...))
	}
	return base.Extend(options...)
})

// repeated is a function of 1 to most arguments of any type; what they are is looked at when they are translated.
func repeated(name string, most int, result *cel.Type) (out []cel.FunctionOpt) {
	args := []*cel.Type{}
	for i := range most {
		args = append(args, cel.DynType)
		out = append(out, cel.Overload(fmt.Sprintf("%s_%d", name, i+1), slices.Clone(args), result))
	}
	return out
}

// overloads is f(event or list of events, [property], [condition], [period]), the last two in either order.
func overloads(name string, property, period, result *cel.Type) (out []cel.FunctionOpt) {
	tails := [][]*cel.Type{nil, {cel.BoolType}}
	if period != nil {
		tails = append(tails, []*cel.Type{period}, []*cel.Type{cel.BoolType, period}, []*cel.Type{period, cel.BoolType})
	}
	for i, events := range []*cel.Type{cel.StringType, cel.ListType(cel.StringType)} {
		for j, tail := range tails {
			args := []*cel.Type{events}
			if property != nil {
				args = append(args, property)
			}
			out = append(out, cel.Overload(fmt.Sprintf("%s_%d_%d", name, i, j), append(args, tail...), result))
		}
	}
	return out
}

// parse turns the text of a segment into a tree of nodes.
func (c *Criteria) parse(field, src string, depth int) (*node, *seq.Invalid) {
	env, err := actorEnvironment()
	if err != nil {
		panic("BUG: the CEL environment of segments is wrong: " + err.Error())
	}
	text, added := spellOut(src)
	checked, issues := env.Compile(text)
	if issues.Err() != nil {
		e := issues.Errors()[0]
		return nil, added.invalidAt(field, e.Location.Line(), e.Location.Column(), explain(e.Message))
	}
	native := checked.NativeRep()
	n, f := reader{criteria: c, info: native.SourceInfo(), depth: depth}.translate(native.Expr())
	if f != nil {
		at := native.SourceInfo().GetStartLocation(f.id)
		return nil, added.invalidAt(field, at.Line(), at.Column(), f.reason)
	}
	return n, nil
}

var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	mismatch   = regexp.MustCompile(`^found no matching overload for '([^']*)'`)
)

// explain adds to CEL's own message what is meant perhaps.
func explain(message string) string {
	if m := undeclared.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("there is no %q here%s", m[1], seq.Hint(m[1], formNames()))
	}
	if m := mismatch.FindStringSubmatch(message); m != nil && formOf(m[1]) != "" {
		return m[1] + " is written " + formOf(m[1])
	}
	return message
}

// shorthand is last="30d", the design's way to write within("30d"), outside of quotes.
var shorthand = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\b(last\s*)=(\s*(?:"[^"\\\n]*"|'[^'\\\n]*'))`)

// insertions are the places, as they were, after which a bracket was put in.
type insertions []struct{ line, column int }

// spellOut makes real CEL of shorthand: last="30d" becomes last("30d").
func spellOut(src string) (string, insertions) {
	var b strings.Builder
	var added insertions
	from := 0
	for _, m := range shorthand.FindAllStringSubmatchIndex(src, -1) {
		if m[2] < 0 {
			continue
		}
		b.WriteString(src[from:m[3]] + "(" + src[m[3]+1:m[1]] + ")")
		from = m[1]
		line := 1 + strings.Count(src[:from], "\n")
		added = append(added, struct{ line, column int }{line, len([]rune(src[strings.LastIndexByte(src[:from], '\n')+1 : from]))})
	}
	return b.String() + src[from:], added
}

// invalidAt is a fault at a place of the text as it was; the column counts from 0.
func (a insertions) invalidAt(field string, line, column int, reason string) *seq.Invalid {
	for i := len(a) - 1; i >= 0; i-- {
		before := 0
		for _, x := range a[:i] {
			if x.line == a[i].line {
				before++
			}
		}
		if a[i].line == line && column > a[i].column+before {
			column--
		}
	}
	return invalidAt(field, line, column+1, reason)
}

// ownerOf reads the names that mean something else in a segment than in a condition on events.
func (r reader) ownerOf(e ast.Expr) (source, string, *fault) {
	name := e.AsIdent()
	if r.within {
		if name == "profile" || name == "account" {
			return 0, "", faultAt(e, "this condition is about the event; what the %s must be stands beside it: did(…) && %s…", name, map[string]string{"profile": "traits.", "account": "account."}[name])
		}
		return fromColumn, "", nil
	}
	switch name {
	case "traits":
		return fromTrait, "traits.", nil
	case "profile":
		return fromTrait, "", nil
	case "account":
		return fromAccount, "", nil
	}
	return 0, "", faultAt(e, "%s belongs to an event; say of which, as in count(\"Order Completed\", %s… ) > 0, or last(\"Order Completed\").%s…", name, name, name)
}

// slotOf reads count(…), sum(…) and so on, and last(…).properties.x; more is a name behind it. ok is false when the
// expression is none of these.
func (r reader) slotOf(e ast.Expr, more string) (o operand, ok bool, f *fault) {
	if r.criteria == nil {
		return o, false, nil
	}
	var path []string
	if more != "" {
		path = []string{more}
	}
	base := e
	for {
		if base.Kind() == ast.SelectKind && !base.AsSelect().IsTestOnly() {
			path = append([]string{base.AsSelect().FieldName()}, path...)
			base = base.AsSelect().Operand()
			continue
		}
		if base.Kind() == ast.CallKind && base.AsCall().FunctionName() == "_[_]" {
			v, _ := literalOf(base.AsCall().Args()[1])
			if v.Kind != event.String { // pathOf tells that it is no name
				return o, false, nil
			}
			path = append([]string{v.Str}, path...)
			base = base.AsCall().Args()[0]
			continue
		}
		break
	}
	if base.Kind() != ast.CallKind {
		return o, false, nil
	}
	name := base.AsCall().FunctionName()
	if formOf(name) == "" {
		return o, false, nil
	}
	if name != "first" && name != "last" && len(path) > 0 {
		return o, false, faultAt(e, "%s has no %q; %s", name, path[0], formOf(name))
	}
	o, f = r.call(base, name, path)
	return o, f == nil, f
}

// call makes a slot of one call.
func (r reader) call(e ast.Expr, name string, path []string) (o operand, f *fault) {
	args := e.AsCall().Args()
	if name == "sequence" {
		return r.sequence(e, args)
	}
	kinds := map[string]SlotKind{"did": Count, "count": Count, "sum": Sum, "min": Least, "max": Most, "mean": Mean, "first": First, "last": Last}
	kind, ok := kinds[name]
	if !ok {
		return o, faultAt(e, "%s stands inside of other functions: %s", name, formOf(name))
	}
	s := Slot{Kind: kind}
	rest := args[1:]
	switch kind {
	case Sum, Least, Most, Mean:
		if s.Path, f = eventPath(rest[0]); f != nil {
			return o, f
		}
		rest = rest[1:]
	case First, Last:
		s.Path = strings.Join(path, ".")
		if s.Path != TimePath && (len(path) < 2 || !slices.Contains([]string{"properties", "context", "traits"}, path[0])) {
			return o, faultAt(e, "%s(…) is an event; name what of it: %s(…).time or %s(…).properties.NAME", name, name, name)
		}
	}
	var where ast.Expr
	for _, a := range rest {
		if in, is, f := periodOf(a, "within"); is || f != nil {
			if f != nil {
				return o, f
			}
			s.In = in
			continue
		}
		where = a
	}
	var key string
	if s.Matcher, key, f = r.matcher(args[0], where); f != nil {
		return o, f
	}
	o = operand{from: fromSlot, time: s.Path == TimePath}
	var err error
	if o.slot, err = r.criteria.slot(s, fmt.Sprint(kind, s.Path, s.In, key)); err != nil {
		return o, faultAt(e, "%v", err)
	}
	if name == "did" {
		r.limit(o, event.NumberValue(1))
		o.via = append(o.via, func(v event.Value) (event.Value, bool) { return event.BoolValue(v.Num >= 1), true })
	}
	return o, nil
}

// eventPath is the path of a property of an event.
func eventPath(e ast.Expr) (string, *fault) {
	o, f := reader{within: true}.operandOf(e)
	if f == nil && (o.from != fromColumn || len(o.via) > 0) {
		f = faultAt(e, "the property of a number is wanted here, such as properties.total")
	}
	return o.path, f
}

// matcher finds or adds the matcher of an event's name (or a list of them) and a condition on it.
func (r reader) matcher(names, where ast.Expr) (i int, key string, f *fault) {
	m := matcher{}
	list := []ast.Expr{names}
	if names.Kind() == ast.ListKind {
		list = names.AsList().Elements()
	}
	for _, n := range list {
		v, f := literalOf(n)
		if f != nil || v.Kind != event.String || v.Str == "" {
			return 0, "", faultAt(n, "an event's name in quotes is wanted here")
		}
		m.names = append(m.names, v.Str)
	}
	if len(m.names) == 0 || len(m.names) > 100 {
		return 0, "", faultAt(names, "1 to 100 names of events are wanted here")
	}
	m.any = slices.Contains(m.names, "*")
	key = fmt.Sprintf("%q", m.names)
	if where != nil {
		if m.where, f = (reader{within: true}).translate(where); f != nil {
			return 0, "", f
		}
		text, err := parser.Unparse(where, r.info)
		if err != nil {
			text = fmt.Sprint(where.ID(), len(r.criteria.matchers)) // its own
		}
		key += " " + text
	}
	c := r.criteria
	if i, ok := c.known[key]; ok {
		return i, key, nil
	}
	if len(c.matchers) == maxMatchers {
		return 0, "", faultAt(names, "more than %d different kinds of event are asked about", maxMatchers)
	}
	if c.known == nil {
		c.known = map[string]int{}
	}
	c.matchers = append(c.matchers, m)
	c.known[key] = len(c.matchers) - 1
	return c.known[key], key, nil
}

// periodOf reads within("30d"), within("2026-01-01", "2026-02-01"), the same of during, and last("30d").
func periodOf(e ast.Expr, name string) (s Span, is bool, f *fault) {
	if e.Kind() != ast.CallKind {
		return s, false, nil
	}
	c := e.AsCall()
	switch fn := c.FunctionName(); {
	case fn == name:
	case fn == "last" && name == "within" && len(c.Args()) == 1:
	case fn == "during" && name == "within":
		return s, false, faultAt(e, "during belongs in a sequence; here it is within(…)")
	default:
		return s, false, nil
	}
	if len(c.Args()) == 1 {
		s.Last, f = spanOf(c.Args()[0])
		return s, true, f
	}
	for i, to := range []*event.Millis{&s.From, &s.To} {
		v, f := literalOf(c.Args()[i])
		if f != nil || v.Kind != event.String {
			return s, true, faultAt(c.Args()[i], "a day such as \"2026-01-31\" is wanted here")
		}
		t, err := time.Parse(time.DateOnly, v.Str)
		if err != nil {
			if t, err = time.Parse(time.RFC3339, v.Str); err != nil {
				return s, true, faultAt(c.Args()[i], "%q is neither a day such as \"2026-01-31\" nor an RFC 3339 time", v.Str)
			}
		}
		*to = event.MillisOf(t)
	}
	if s.From >= s.To {
		return s, true, faultAt(e, "the first time must be before the second")
	}
	return s, true, nil
}

// longest is a hundred years: what is longer is a slip.
const longest = seq.Duration(100 * 366 * 24 * time.Hour)

// spanOf reads "30d".
func spanOf(e ast.Expr) (event.Millis, *fault) {
	v, f := literalOf(e)
	if f != nil || v.Kind != event.String {
		return 0, faultAt(e, "a span of time in quotes is wanted here, such as \"30d\"")
	}
	d, err := seq.ParseDuration(v.Str)
	switch {
	case err != nil:
		return 0, faultAt(e, "%v", err)
	case d.Millis() <= 0 || d > longest:
		return 0, faultAt(e, "%q must be longer than nothing and at most a hundred years", v.Str)
	}
	return event.Millis(d.Millis()), nil
}

// sequence makes a slot of sequence(…).
func (r reader) sequence(e ast.Expr, args []ast.Expr) (o operand, f *fault) {
	s := Slot{Kind: Sequence}
	key := "sequence"
	for _, a := range args {
		name := ""
		if a.Kind() == ast.CallKind {
			name = a.AsCall().FunctionName()
		}
		switch name {
		case "within":
			in, _, f := periodOf(a, "within")
			if f == nil && in.Last == 0 {
				f = faultAt(a, "in a sequence within says how soon the next step must follow: within(\"2d\"); when it began is during(…)")
			}
			if f != nil {
				return o, f
			}
			s.Gap = in.Last
			continue
		case "during":
			if s.In, _, f = periodOf(a, "during"); f != nil {
				return o, f
			}
			continue
		}
		k, f := r.step(&s, a, name)
		if f != nil {
			return o, f
		}
		key += "," + k
	}
	if len(s.stages) == 0 {
		return o, faultAt(e, "a sequence wants a step that happens: %s", formOf("sequence"))
	}
	last := s.stages[len(s.stages)-1]
	if len(s.stages) == 1 && last.never == 0 {
		return o, faultAt(e, "a sequence wants two steps or more; one is did(…)")
	}
	var err error
	if o.slot, err = r.criteria.slot(s, fmt.Sprint(key, s.Gap, s.In)); err != nil {
		return o, faultAt(e, "%v", err)
	}
	o.from = fromSlot
	return o, nil
}

// step adds one step of a sequence.
func (r reader) step(s *Slot, a ast.Expr, name string) (key string, f *fault) {
	names, where := a, ast.Expr(nil)
	if name == "step" || name == "not" {
		args := a.AsCall().Args()
		if names = args[0]; len(args) > 1 {
			where = args[1]
		}
	} else if name != "" || a.Kind() != ast.LiteralKind && a.Kind() != ast.ListKind {
		return "", faultAt(a, "a step is the name of an event in quotes, a list of names, step(…) or not(…)")
	}
	m, key, f := r.matcher(names, where)
	if f != nil {
		return "", f
	}
	if name != "not" {
		if len(s.stages) == maxStages {
			return "", faultAt(a, "a sequence has at most %d steps", maxStages)
		}
		s.stages = append(s.stages, stage{match: 1 << m})
		return key, nil
	}
	if len(s.stages) == 0 {
		return "", faultAt(a, "a sequence can't begin with not(…); the first step is what happens")
	}
	s.stages[len(s.stages)-1].never |= 1 << m
	return "!" + key, nil
}

// inSegment puts the condition of a stored segment in the place of in_segment("id").
func (r reader) inSegment(e, arg ast.Expr) (*node, *fault) {
	v, f := literalOf(arg)
	if r.criteria == nil || f != nil || v.Kind != event.String {
		return nil, faultAt(e, "in_segment wants a segment's id in quotes, and stands in a segment")
	}
	n, reason := r.criteria.stored(v.Str, r.depth)
	if reason != "" {
		return nil, faultAt(e, "%s", reason)
	}
	return n, nil
}
