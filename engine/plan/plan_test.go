package plan_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
	"pgregory.net/rapid"

	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/plan"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// blockOf makes a block of one profile's events, one per list of fields, in order.
func blockOf(rows ...[]event.Field) *store.Block {
	var events []event.Event
	for i, fields := range rows {
		e := event.Event{Kind: event.Track, Name: "buy", Time: event.Millis(i), Profile: 1, UserID: "u", Fields: event.SortFields(fields)}
		events = append(events, e)
	}
	return enginetest.Block(events, nil)
}

func bind(t interface{ Fatalf(string, ...any) }, where string, b *store.Block) *plan.Tests {
	p := &plan.Plan{}
	if _, err := p.Matcher(seq.Matcher{Event: seq.Names{"buy"}, Where: where}, "steps[0]"); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	return p.Bind(b)
}

// reference evaluates with cel-go itself; ok is false when it ends in an error, which is our Unknown.
func reference(t *rapid.T, env *cel.Env, where string, fields []event.Field) (result, ok bool) {
	ast, issues := env.Compile(where)
	if issues.Err() != nil {
		t.Fatalf("%s: %v", where, issues.Err())
	}
	prog, err := env.Program(ast)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	properties := map[string]any{}
	for _, f := range fields {
		var v any
		switch f.Value.Kind {
		case event.String:
			v = f.Value.Str
		case event.Number:
			v = f.Value.Num
		case event.Bool:
			v = f.Value.Num != 0
		case event.JSON:
			v = []any{"a", 1.0}
		}
		properties[strings.TrimPrefix(f.Path, "properties.")] = v
	}
	out, _, err := prog.Eval(map[string]any{"properties": properties, "event": "buy", "kind": "track"})
	if err != nil {
		return false, false
	}
	b, isBool := out.Value().(bool)
	return b, isBool
}

var atoms = []string{
	`properties.a == 1`, `properties.a != 1.0`, `properties.a < 2`, `properties.a >= 1.5`, `2 > properties.a`, `properties.a == "x"`,
	`properties.a != "x"`, `properties.a > "w"`, `properties.a in [1, "x", true]`, `"a" in properties.a`, `1.0 in properties.a`,
	`properties.a.startsWith("x")`, `properties.a.endsWith("y")`, `properties.a.contains("xy")`, `properties.a.matches("^x+$")`,
	`has(properties.a)`, `has(properties.b)`, `properties.b == true`, `properties.b != false`, `properties.b`, `size(properties.a) == 2`,
	`properties.a.size() > 1`, `properties["b"] == 1`, `"b" in properties`, `event == "buy"`, `kind != "track"`, `properties.b <= -1`, `true`, `false`,
}

func drawExpression(t *rapid.T, depth int) string {
	if depth == 0 || rapid.Bool().Draw(t, "leaf") {
		return rapid.SampledFrom(atoms).Draw(t, "atom")
	}
	a := drawExpression(t, depth-1)
	switch rapid.IntRange(0, 2).Draw(t, "op") {
	case 0:
		return "!(" + a + ")"
	case 1:
		return "(" + a + ") && (" + drawExpression(t, depth-1) + ")"
	}
	return "(" + a + ") || (" + drawExpression(t, depth-1) + ")"
}

// TestAgainstCEL holds what is pushed down to columns against cel-go's own interpreter.
func TestAgainstCEL(t *testing.T) {
	env, err := cel.NewEnv(cel.Variable("properties", cel.DynType), cel.Variable("event", cel.StringType), cel.Variable("kind", cel.StringType))
	if err != nil {
		t.Fatal(err)
	}
	values := []event.Value{
		event.NumberValue(1), event.NumberValue(1.5), event.NumberValue(-1), event.StringValue("x"), event.StringValue("xy"), event.StringValue(""),
		event.StringValue("é"), event.BoolValue(true), event.BoolValue(false), event.JSONValue(`["a",1]`),
	}
	rapid.Check(t, func(t *rapid.T) {
		var rows [][]event.Field
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			var fields []event.Field
			for _, path := range []string{"properties.a", "properties.b"} {
				if rapid.IntRange(0, 3).Draw(t, "has") > 0 {
					fields = append(fields, event.Field{Path: path, Value: rapid.SampledFrom(values).Draw(t, "value")})
				}
			}
			rows = append(rows, fields)
		}
		where := drawExpression(t, 3)
		b := blockOf(rows...)
		tests := bind(t, where, b)
		for i, fields := range rows {
			want, ok := reference(t, env, where, fields)
			got := tests.Where[0].Eval(uint32(i), b.Codes[i], nil)
			expected := plan.Unknown
			if ok && want {
				expected = plan.True
			} else if ok {
				expected = plan.False
			}
			if got != expected {
				t.Fatalf("%s on %v: %v, want %v", where, fields, got, expected)
			}
			if path, ok := tests.Where[0].Alone(); ok {
				var v event.Value
				for _, f := range fields {
					if f.Path == path {
						v = f.Value
					}
				}
				if on := tests.Where[0].On(v); on != expected {
					t.Fatalf("%s on the value %v alone: %v, want %v", where, v, on, expected)
				}
			}
			if matched := tests.Mask(uint32(i), b.Codes[i], nil) == 1; matched != (expected == plan.True) {
				t.Fatalf("%s on %v: the mask says %v", where, fields, matched)
			}
		}
	})
}

// TestLargeDictionary goes past the size up to which a dictionary is decided at once.
func TestLargeDictionary(t *testing.T) {
	var rows [][]event.Field
	for i := range 3000 {
		rows = append(rows, []event.Field{{Path: "properties.a", Value: event.StringValue(fmt.Sprint("v", i))}})
	}
	b := blockOf(rows...)
	tests := bind(t, `properties.a.endsWith("7") && !properties.a.contains("1")`, b)
	for range 2 { // the second time from memory
		for i := range rows {
			name := fmt.Sprint("v", i)
			want := strings.HasSuffix(name, "7") && !strings.Contains(name, "1")
			if got := tests.Mask(uint32(i), b.Codes[i], nil) == 1; got != want {
				t.Fatalf("%s: %v", name, got)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	f := func(where, want string) {
		t.Helper()
		p := &plan.Plan{}
		_, err := p.Matcher(seq.Matcher{Event: seq.Names{"*"}, Where: where}, "steps[3]")
		var bad *seq.Invalid
		if !errors.As(err, &bad) || bad.Field != "steps[3].where" || !strings.Contains(bad.Reason, want) {
			t.Errorf("%s: %v, want %q", where, err, want)
		}
	}
	f(`properties.a > properties.b`, "1:14: one side must be a literal")
	f("properties.a == 1 &&\n  properties.b + 1 == 2", "2:16: calculations are not supported")
	f(`1 == 1`, "compares two literals")
	f(`"a"`, "")
	f(`properties`, "names a group")
	f(`profile.name == "x"`, "profile.traits.NAME")
	f(`profile.traits == "x"`, "names a group")
	f(`event.x == 1`, "")
	f(`properties.list.all(x, x > 1)`, "not supported")
	f(`properties.a ? true : false`, "conditional")
	f(`properties.a.matches(properties.b)`, "string literal")
	f(`properties.a.matches("(")`, "RE2")
	f(`time > "2026-01-01"`, "")
	f(`properties.a == timestamp("2026-01-01T00:00:00Z")`, "time is compared")
	f(`time > timestamp("yesterday")`, "RFC 3339")
	f(`properties[0] == 1`, "name in quotes")
	f(`nothing == 1`, "undeclared")
	f(`has(properties.a) ||`, "Syntax error")
	f(strings.Repeat("(", 500)+"true"+strings.Repeat(")", 500), "")
}

func TestTraits(t *testing.T) {
	p := &plan.Plan{}
	if err := p.Filter(`profile.traits.plan == "gold" || !has(profile.traits.age)`, "filter"); err != nil {
		t.Fatal(err)
	}
	if got := p.Traits(); !slices.Equal(got, []string{"traits.plan", "traits.age"}) {
		t.Fatalf("traits %v", got)
	}
	tests := p.Bind(blockOf(nil))
	f := func(want bool, values ...event.Value) {
		t.Helper()
		if got := tests.Passes(0, 0, p.Decide(values)); got != want {
			t.Errorf("%v: %v", values, got)
		}
	}
	f(true, event.StringValue("gold"), event.NumberValue(3))
	f(false, event.StringValue("free"), event.NumberValue(3))
	f(true, event.StringValue("free"), event.Value{})
	f(false, event.Value{}, event.NumberValue(3))
}

func FuzzWhere(f *testing.F) {
	for _, a := range atoms {
		f.Add(a)
	}
	f.Add("profile.traits.`a b` == 'x' && time < timestamp('2026-01-01T00:00:00Z')")
	b := blockOf([]event.Field{{Path: "properties.a", Value: event.StringValue("x")}}, []event.Field{{Path: "properties.a", Value: event.JSONValue("[1]")}})
	f.Fuzz(func(t *testing.T, where string) {
		p := &plan.Plan{}
		if _, err := p.Matcher(seq.Matcher{Event: seq.Names{"*"}, Where: where}, "where"); err != nil {
			var bad *seq.Invalid
			if !errors.As(err, &bad) {
				t.Fatalf("%v is no *seq.Invalid", err)
			}
			return
		}
		traits := p.Decide(make([]event.Value, len(p.Traits())))
		tests := p.Bind(b)
		for i := range b.Rows() {
			tests.Mask(uint32(i), b.Codes[i], traits)
		}
	})
}
