package plan_test

import (
	"errors"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
	"pgregory.net/rapid"

	"wend.dev/wend/engine/plan"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

func textAt(t interface{ Fatalf(string, ...any) }, src string, b *store.Block, row uint32) (string, bool) {
	p := &plan.Plan{}
	x, err := p.Text(src, "node")
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	out, ok := x.Bind(b).Append([]byte("="), row, b.Codes[row], p.Decide(make([]event.Value, len(p.Traits()))), make([]event.Value, len(p.Traits())))
	return strings.TrimPrefix(string(out), "="), ok
}

func TestText(t *testing.T) {
	b := blockOf(
		[]event.Field{{Path: "properties.a", Value: event.StringValue("Shoes")}, {Path: "properties.n", Value: event.NumberValue(2.5)}, {Path: "properties.t", Value: event.BoolValue(true)}},
		[]event.Field{{Path: "properties.n", Value: event.NumberValue(7)}})
	f := func(src string, row uint32, want string) {
		t.Helper()
		got, ok := textAt(t, src, b, row)
		if !ok {
			got = "none"
		}
		if got != want {
			t.Errorf("%s, row %d: %q, want %q", src, row, got, want)
		}
	}
	f(`properties.a`, 0, "Shoes")
	f(`properties.a`, 1, "none")
	f(`"x"`, 1, "x")
	f(`event + "/" + kind`, 0, "buy/track")
	f(`properties.a.lowerAscii() + "-" + properties.n`, 0, "shoes-2.5")
	f(`properties.a + "-" + properties.n`, 1, "none")
	f(`"n" + properties.n + properties["t"]`, 0, "n2.5true")
	f(`properties.n > 5.0 ? "many" : "few"`, 0, "few")
	f(`properties.n > 5.0 ? "many" : "few"`, 1, "many")
	f(`has(properties.a) ? properties.a : "?"`, 1, "?")
	f(`properties.a == "Shoes" ? "s" : "o"`, 1, "none")
	f(`(properties.n < 3.0 ? "a" : "b") + (has(properties.t) ? "+" : "-")`, 0, "a+")
	f(`size(properties.a)`, 0, "5")
	f(`"n" + string(properties.n)`, 0, "n2.5")
	f(`profile.traits.plan`, 0, "none")
}

func TestTextRefuses(t *testing.T) {
	f := func(src, reason string) {
		t.Helper()
		_, err := (&plan.Plan{}).Text(src, "node")
		var bad *seq.Invalid
		if !errors.As(err, &bad) || bad.Field != "node" || !strings.Contains(bad.Reason, reason) {
			t.Errorf("%s: %v, want %s", src, err, reason)
		}
	}
	f(`properties.a +`, "1:15: Syntax error")
	f(`properties.n * 2.0`, "1:14: * is not supported")
	f(`properties.a == "x"`, "1:14: == is not supported")
	f(`1 + 2`, "1:1: a text in quotes")
	f(`properties.a ? time : time`, "every time is a name")
	f(`properties`, "names a group")
	f(`properties.a + nothing`, "undeclared reference")
	f(`properties.n + 1.0 > 2.0 ? "a" : "b"`, "calculations are not supported")
	f(`[1, 2]`, "wanted here")
}

// TestTextAgainstCEL: what is made of texts is what cel-go itself makes of them.
func TestTextAgainstCEL(t *testing.T) {
	env, err := cel.NewEnv(cel.Variable("properties", cel.DynType), cel.Variable("event", cel.StringType))
	if err != nil {
		t.Fatal(err)
	}
	leaf := []string{`"x"`, `""`, `properties.a`, `properties.b`, `event`}
	when := []string{`properties.a == "p"`, `has(properties.b)`, `properties.b.startsWith("p") || properties.a == "q"`, `true`}
	var draw func(t *rapid.T, depth int) string
	draw = func(t *rapid.T, depth int) string {
		switch k := rapid.IntRange(0, 2).Draw(t, "kind"); {
		case depth == 0 || k == 0:
			return rapid.SampledFrom(leaf).Draw(t, "leaf")
		case k == 1:
			return "(" + draw(t, depth-1) + " + " + draw(t, depth-1) + ")"
		}
		return "(" + rapid.SampledFrom(when).Draw(t, "when") + " ? " + draw(t, depth-1) + " : " + draw(t, depth-1) + ")"
	}
	rapid.Check(t, func(t *rapid.T) {
		properties := map[string]any{}
		var fields []event.Field
		for _, name := range []string{"a", "b"} {
			if v := rapid.SampledFrom([]string{"", "p", "q", "-"}).Draw(t, name); v != "-" {
				properties[name] = v
				fields = append(fields, event.Field{Path: "properties." + name, Value: event.StringValue(v)})
			}
		}
		src := draw(t, 3)
		ast, issues := env.Compile(src)
		if issues.Err() != nil {
			t.Fatalf("%s: %v", src, issues.Err())
		}
		program, err := env.Program(ast)
		if err != nil {
			t.Fatal(err)
		}
		want, _, err := program.Eval(map[string]any{"properties": properties, "event": "buy"})
		got, ok := textAt(t, src, blockOf(fields), 0)
		if ok != (err == nil) || ok && got != want.Value() {
			t.Fatalf("%s of %v: %q %v, want %v %v", src, properties, got, ok, want, err)
		}
	})
}
