package mapping

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Schema is the JSON Schema (draft 2020-12) of a mapping file, made of the Go types that read it.
func Schema() []byte {
	s := schemaOf(reflect.TypeFor[Mapping]())
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$id"] = "https://wend.dev/schema/mapping.schema.json"
	s["title"] = "Mapping"
	s["description"] = "How rows of files become events: docs/import.md"
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic("BUG: a schema that is not JSON: " + err.Error())
	}
	return append(b, '\n')
}

func schemaOf(t reflect.Type) map[string]any {
	scalar := []string{"string", "number", "boolean"}
	switch t {
	case reflect.TypeFor[Expr]():
		return map[string]any{"type": scalar}
	case reflect.TypeFor[Exprs]():
		return map[string]any{"anyOf": []any{
			map[string]any{"type": scalar},
			map[string]any{"type": "array", "items": map[string]any{"type": scalar}, "minItems": 1},
		}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Struct:
		return objectSchema(t)
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer", "minimum": 0}
	}
	return map[string]any{"type": "string"}
}

func objectSchema(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "" {
			continue
		}
		s := schemaOf(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			s["description"] = doc
		}
		if enum := f.Tag.Get("enum"); enum != "" {
			s["enum"] = strings.Split(enum, ",")
		}
		if f.Tag.Get("required") == "true" {
			required = append(required, name)
		}
		properties[name] = s
	}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}
