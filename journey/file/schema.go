package file

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/journey"
)

// Schema is the JSON Schema (draft 2020-12) of a kind's documents, made from the Go type that is also what is read; nil
// for a kind that is not known. The checked-in files docs/schema/*.schema.json are these bytes.
func Schema(kind string) []byte {
	d, ok := empty(kind)
	if !ok {
		return nil
	}
	s := schemaOf(reflect.TypeOf(d.Value()).Elem(), field{min: math.Inf(-1), max: math.Inf(1)})
	head := []pair{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "https://wend.dev/schema/" + strings.ToLower(kind) + ".schema.json"},
		{"title", kind},
	}
	for _, p := range s {
		if p.key == "properties" {
			for i, f := range p.value.([]pair) {
				if f.key == "kind" || f.key == "apiVersion" {
					value := map[string]string{"kind": kind, "apiVersion": journey.APIVersion}[f.key]
					p.value.([]pair)[i].value = []pair{{"const", value}}
				}
			}
		}
	}
	var b bytes.Buffer
	writeJSON(&b, append(head, s...))
	var out bytes.Buffer
	if err := json.Indent(&out, b.Bytes(), "", "  "); err != nil {
		panic("BUG: the schema is no JSON: " + err.Error()) // the types of package journey are fixed; TestShapes and TestRoundTrip walk all of them
	}
	out.WriteByte('\n')
	return out.Bytes()
}

func schemaOf(t reflect.Type, f field) (s []pair) {
	if f.doc != "" {
		s = append(s, pair{"description", f.doc})
	}
	switch t {
	case reflect.TypeFor[seq.Duration]():
		return append(s, pair{"type", "string"}, pair{"pattern", `^([0-9]+ms|[0-9]*\.?[0-9]+[smhdw])?$`})
	case reflect.TypeFor[seq.Names]():
		text := []pair{{"type", "string"}}
		return append(s, pair{"anyOf", []any{text, []pair{{"type", "array"}, {"items", text}, {"minItems", 1.0}}}})
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), f)
	case reflect.Struct:
		properties, required := []pair{}, []any{}
		for _, m := range fieldsOf(t) {
			properties = append(properties, pair{m.name, schemaOf(t.FieldByIndex(m.index).Type, m)})
			if m.required {
				required = append(required, m.name)
			}
		}
		s = append(s, pair{"type", "object"}, pair{"properties", properties})
		if len(required) > 0 {
			s = append(s, pair{"required", required})
		}
		return append(s, pair{"additionalProperties", false})
	case reflect.Slice:
		item := f
		item.doc = ""
		return append(s, pair{"type", "array"}, pair{"items", schemaOf(t.Elem(), item)})
	case reflect.Map:
		return append(s, pair{"type", "object"}, pair{"additionalProperties", []pair{{"type", []any{"string", "number", "boolean"}}}})
	case reflect.Bool:
		return append(s, pair{"type", "boolean"})
	case reflect.Int, reflect.Float64:
		return append(s, numberSchema(t.Kind(), f)...)
	case reflect.String:
		return append(s, textSchema(f)...)
	}
	panic("BUG: no schema of " + t.String()) // the types of package journey are fixed; TestShapes and TestRoundTrip walk all of them
}

func numberSchema(k reflect.Kind, f field) (s []pair) {
	s = []pair{{"type", map[reflect.Kind]string{reflect.Int: "integer", reflect.Float64: "number"}[k]}}
	if !math.IsInf(f.min, 0) {
		s = append(s, pair{"minimum", f.min})
	}
	if !math.IsInf(f.max, 0) {
		s = append(s, pair{"maximum", f.max})
	}
	return s
}

func textSchema(f field) (s []pair) {
	s = []pair{{"type", "string"}}
	if len(f.enum) > 0 {
		var all []any
		for _, e := range f.enum {
			all = append(all, e)
		}
		s = append(s, pair{"enum", all})
	}
	if f.pattern != "" {
		s = append(s, pair{"pattern", f.pattern})
	}
	if f.date {
		s = append(s, pair{"format", "date"})
	}
	return s
}

// writeJSON writes a tree in its order.
func writeJSON(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case []pair:
		b.WriteByte('{')
		for i, p := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, p.key)
			b.WriteByte(':')
			writeJSON(b, p.value)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, e)
		}
		b.WriteByte(']')
	default:
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			panic("BUG: no JSON of a scalar: " + err.Error()) // the types of package journey are fixed; TestShapes and TestRoundTrip walk all of them
		}
	}
}
