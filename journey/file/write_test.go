package file

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/journey"
)

// TestQuoted shows how text stands in a file: plain where every reader takes it for text, else quoted.
func TestQuoted(t *testing.T) {
	for in, want := range map[string]string{
		"Web shop":              "Web shop",
		"cx-team@example.com":   "cx-team@example.com",
		"Ærlig talt – 5 %":      "Ærlig talt – 5 %",
		"workshop 2026-02-11":   "workshop 2026-02-11",
		"45d":                   "45d",
		"250ms":                 "250ms",
		"":                      `""`,
		"no":                    `"no"`,
		"Yes":                   `"Yes"`,
		"null":                  `"null"`,
		"nowhere":               "nowhere",
		"1200":                  `"1200"`,
		"1.5d":                  `"1.5d"`,
		"2026-02-11":            `"2026-02-11"`,
		">= 1200 per week":      `">= 1200 per week"`,
		"a: b":                  `"a: b"`,
		"a #b":                  `"a #b"`,
		"trail ":                `"trail "`,
		" lead":                 `" lead"`,
		"- item":                `"- item"`,
		"[x]":                   `"[x]"`,
		`say "hi"`:              `'say "hi"'`,
		`a\b`:                   `'a\b'`,
		`it's "it"`:             `"it's \"it\""`,
		"it's":                  `"it's"`,
		"tab\there":             `"tab\there"`,
		"bell\a":                `"bell\u0007"`,
		"one\ntwo":              `"one\ntwo"`,
		"\u2028":                `"\u2028"`,
		"\u0085":                `"\u0085"`,
		"properties.total > 10": `"properties.total > 10"`,
	} {
		if got := quoted(in); got != want {
			t.Errorf("%q is written %s, want %s", in, got, want)
		}
	}
}

// TestWrite shows the layout: blocks for mappings, one line for lists of text, blocks of lines for longer text.
func TestWrite(t *testing.T) {
	p := &journey.Persona{Header: journey.Header{APIVersion: journey.APIVersion, Kind: journey.KindPersona, Metadata: journey.Metadata{ID: "kari",
		Tags: map[string]string{"market": "no", "a b": "c"}, ReviewEvery: seq.Duration(90 * 24 * 3600 * 1e9)}}}
	p.Spec.Quote = "First line.\nSecond: line."
	p.Spec.Job = "ends with a break\n"
	p.Spec.Goals = []string{"cheap", "fast, too"}
	p.Spec.Company = &journey.Company{Employees: 12}
	want := strings.TrimPrefix(`
apiVersion: wend/v1
kind: Persona
metadata:
  id: kari
  tags:
    a b: c
    market: "no"
  review_every: 90d
spec:
  quote: |-
    First line.
    Second: line.
  job: "ends with a break\n"
  company:
    employees: 12
  goals: [cheap, "fast, too"]
`, "\n")
	if got := string(Write(Document{Persona: p})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := string(Write(Document{Persona: &journey.Persona{}}, Document{Journey: &journey.Journey{}})); strings.Count(got, "---\n") != 1 || !strings.Contains(got, "stages: []") || !strings.Contains(got, "spec: {}") {
		t.Errorf("empty documents are\n%s", got)
	}
	if got := Write(); len(got) != 0 {
		t.Errorf("nothing is %q", got)
	}
}

// valid checks a value against as much of JSON Schema as our schemas use. It knows nothing of the Go types.
func valid(schema map[string]any, v any) bool {
	if c, ok := schema["const"]; ok && c != v {
		return false
	}
	if e, ok := schema["enum"].([]any); ok && !slices.Contains(e, v) {
		return false
	}
	if ways, ok := schema["anyOf"].([]any); ok {
		return slices.ContainsFunc(ways, func(s any) bool { return valid(s.(map[string]any), v) })
	}
	if p, ok := schema["pattern"].(string); ok {
		if s, text := v.(string); text && !regexp.MustCompile(p).MatchString(s) {
			return false
		}
	}
	if m, ok := schema["minimum"].(float64); ok && v.(float64) < m {
		return false
	}
	if m, ok := schema["maximum"].(float64); ok && v.(float64) > m {
		return false
	}
	switch v := v.(type) {
	case map[string]any:
		return schema["type"] == "object" && validObject(schema, v)
	case []any:
		items, _ := schema["items"].(map[string]any)
		return schema["type"] == "array" && !slices.ContainsFunc(v, func(e any) bool { return !valid(items, e) })
	case string:
		return schema["type"] == "string" || schema["const"] != nil || isOneOf(schema["type"], "string")
	case float64:
		return schema["type"] == "number" || schema["type"] == "integer" && v == float64(int64(v))
	case bool:
		return schema["type"] == "boolean"
	}
	return false
}

func isOneOf(types any, name string) bool {
	list, _ := types.([]any)
	return slices.Contains(list, any(name))
}

func validObject(schema, v map[string]any) bool {
	props, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	for _, r := range required {
		if _, ok := v[r.(string)]; !ok {
			return false
		}
	}
	for k, e := range v {
		s, ok := props[k].(map[string]any)
		if !ok {
			s, ok = schema["additionalProperties"].(map[string]any)
		}
		if !ok || !valid(s, e) {
			return false
		}
	}
	return true
}

func schemas(t interface{ Fatal(...any) }) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, kind := range kinds() {
		var m map[string]any
		if err := json.Unmarshal(Schema(kind), &m); err != nil {
			t.Fatal(err)
		}
		out[kind] = m
	}
	return out
}

// TestSchemaAgrees draws documents and spoils some: the schema and the reader must be of one mind about each.
func TestSchemaAgrees(t *testing.T) {
	all := schemas(t)
	refused := 0
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocument(t)
		b, err := json.Marshal(d.Value())
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		switch spec := v["spec"].(map[string]any); rapid.IntRange(0, 6).Draw(t, "spoil") {
		case 1:
			spec["stagse"] = "typo"
		case 2:
			spec["kind"], spec["actor"], spec["buying_role"] = "nonsense", "nobody", "king"
		case 3:
			delete(v, "metadata")
		case 4:
			v["metadata"].(map[string]any)["id"] = "Not An Id"
		case 5:
			spec["stages"], spec["match"], spec["goals"] = "text", "text", "text"
		case 6:
			spec["age"], spec["ratings"] = 999.0, map[string]any{"find": 6.0}
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Read("f.json", text)
		ok := valid(all[d.Header().Kind], any(v))
		if ok != (err == nil) {
			t.Fatalf("the schema says %t, the reader %v of\n%s", ok, err, text)
		}
		if !ok {
			refused++
		}
	})
	if refused == 0 {
		t.Error("nothing was refused: the test tests nothing")
	}
}

// TestShapes holds the tags of all types to what reading, writing and the schema understand.
func TestShapes(t *testing.T) {
	var walk func(at string, ty reflect.Type)
	walk = func(at string, ty reflect.Type) {
		switch ty {
		case reflect.TypeFor[seq.Duration](), reflect.TypeFor[seq.Names]():
			return
		}
		switch ty.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(at, ty.Elem())
		case reflect.Struct:
			seen := map[string]bool{}
			for _, f := range fieldsOf(ty) {
				name := at + "." + f.name
				if seen[f.name] || !regexp.MustCompile(`^[a-z][a-z0-9_]*$|^apiVersion$`).MatchString(f.name) {
					t.Errorf("%s: twice, or not in snake_case", name)
				}
				seen[f.name] = true
				inner := ty.FieldByIndex(f.index).Type
				if f.required && (inner.Kind() == reflect.Bool || inner.Kind() == reflect.Map) {
					t.Errorf("%s: a %s that must be given", name, inner)
				}
				if f.pattern != "" {
					regexp.MustCompile(f.pattern)
				}
				if f.min > f.max {
					t.Errorf("%s: limits %v to %v", name, f.min, f.max)
				}
				walk(name, inner)
			}
		case reflect.String, reflect.Bool, reflect.Int, reflect.Float64:
		case reflect.Map:
			if ty != reflect.TypeFor[map[string]string]() {
				t.Errorf("%s: only maps of text to text are read", at)
			}
		default:
			t.Errorf("%s: a %s is neither read nor written", at, ty)
		}
	}
	for _, kind := range kinds() {
		d, _ := empty(kind)
		walk(kind, reflect.TypeOf(d.Value()).Elem())
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"stages", "stagse", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 1}, {"touchpoint", "touchpoints", 1}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q is %d, want %d", c.a, c.b, got, c.want)
		}
		if distance(c.a, c.b) != distance(c.b, c.a) {
			t.Errorf("%q and %q: not the same both ways", c.a, c.b)
		}
	}
}
