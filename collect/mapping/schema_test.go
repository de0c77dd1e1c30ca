package mapping

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

var rewrite = flag.Bool("rewrite", false, "write the schema anew")

const schemaFile = "../../docs/schema/mapping.schema.json"

func TestSchemaFile(t *testing.T) {
	if *rewrite {
		if err := os.WriteFile(schemaFile, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, Schema()) {
		t.Errorf("%s is not what the types say; write it anew with: go test ./collect/mapping -run SchemaFile -rewrite", schemaFile)
	}
}

// TestExamples loads each example and holds it against the schema too.
func TestExamples(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("../../docs/examples/*/mapping.yaml")
	if err != nil || len(paths) < 3 {
		t.Fatalf("examples %v, %v", paths, err)
	}
	for _, path := range paths {
		m, err := Load(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if m.Metadata.ID == "" {
			t.Errorf("%s has no id", path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := against(schema, text); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestSchemaRefuses what the reader refuses as well.
func TestSchemaRefuses(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile("../../docs/examples/otto/mapping.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{"explode: events", "explode: [events]"}, {"event: Product Added", "evnet: Product Added"}, {"kind: Mapping", "kind: Journey"},
		{"id: otto", "title: otto"}, {"properties: {product_id: string(row.aid)}", "properties: string(row.aid)"},
	} {
		bad := strings.Replace(string(good), c[0], c[1], 1)
		if bad == string(good) {
			t.Fatalf("the example has no %q", c[0])
		}
		if err := against(schema, []byte(bad)); err == nil {
			t.Errorf("the schema takes %q", c[1])
		}
		if _, err := Parse("m.yaml", []byte(bad)); err == nil {
			t.Errorf("the reader takes %q", c[1])
		}
	}
}

func against(schema map[string]any, text []byte) error {
	plain, err := yaml.YAMLToJSON(text)
	if err != nil {
		return err
	}
	var v any
	if err := json.Unmarshal(plain, &v); err != nil {
		return err
	}
	return validate("", schema, v)
}

// validate holds a value against the few words of JSON Schema that Schema uses.
func validate(path string, s map[string]any, v any) error {
	if kinds, ok := s["anyOf"].([]any); ok {
		for _, one := range kinds {
			if validate(path, one.(map[string]any), v) == nil {
				return nil
			}
		}
		return fmt.Errorf("%s: none of the kinds", path)
	}
	kind := "null"
	switch x := v.(type) {
	case string:
		kind = "string"
		if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, any(x)) {
			return fmt.Errorf("%s: %q is none of %v", path, x, enum)
		}
	case float64:
		kind = "number"
		if s["type"] == "integer" && x == float64(int64(x)) {
			kind = "integer"
		}
	case bool:
		kind = "boolean"
	case []any:
		kind = "array"
		for i, e := range x {
			if items, ok := s["items"].(map[string]any); ok {
				if err := validate(fmt.Sprintf("%s[%d]", path, i), items, e); err != nil {
					return err
				}
			}
		}
	case map[string]any:
		kind = "object"
		if err := validateObject(path, s, x); err != nil {
			return err
		}
	}
	if many, ok := s["type"].([]any); ok && slices.Contains(many, any(kind)) || s["type"] == kind {
		return nil
	}
	return fmt.Errorf("%s: is %s, should be %v", path, kind, s["type"])
}

func validateObject(path string, s map[string]any, x map[string]any) error {
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	for _, key := range required {
		if _, ok := x[key.(string)]; !ok {
			return fmt.Errorf("%s: %s is missing", path, key)
		}
	}
	for key, v := range x {
		under, ok := properties[key].(map[string]any)
		if !ok {
			if under, ok = s["additionalProperties"].(map[string]any); !ok {
				return fmt.Errorf("%s: unknown key %s", path, key)
			}
		}
		if err := validate(path+"."+key, under, v); err != nil {
			return err
		}
	}
	return nil
}
