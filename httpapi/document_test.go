package httpapi

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files, and the OpenAPI document for the UI's client")

// document registers everything without a server.
func document(t *testing.T) *huma.OpenAPI {
	t.Helper()
	a := &api{}
	a.register(http.NewServeMux())
	return a.huma.OpenAPI()
}

// TestDocument checks that the document can be made without a server, and that every reference in it leads
// somewhere; with -rewrite it also leaves it for the UI.
func TestDocument(t *testing.T) {
	doc, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(doc, &tree); err != nil {
		t.Fatal(err)
	}
	if tree["openapi"] != "3.1.0" {
		t.Errorf("openapi is %v", tree["openapi"])
	}
	schemas := tree["components"].(map[string]any)["schemas"].(map[string]any)
	refs := 0
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, in := range v {
				if ref, ok := in.(string); ok && k == "$ref" {
					refs++
					if schemas[strings.TrimPrefix(ref, "#/components/schemas/")] == nil {
						t.Errorf("%s refers to %s, which is not there", at, ref)
					}
				}
				if types, ok := in.([]any); ok && k == "type" && slices.Contains(types, any("array")) {
					t.Errorf("%s may be null: a list is always there", at)
				}
				walk(at+"/"+k, in)
			}
		case []any:
			for i, in := range v {
				walk(fmt.Sprint(at, "/", i), in)
			}
		}
	}
	walk("", tree)
	if refs < 100 {
		t.Errorf("only %d references: is this the whole document?", refs)
	}
	if *rewrite {
		ui := filepath.Join("..", "web", "ui")
		if err := os.MkdirAll(ui, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(ui, "openapi.json"), doc, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRoutes holds the list of operations: what is promised to clients changes only on purpose.
func TestRoutes(t *testing.T) {
	var b strings.Builder
	doc := document(t)
	for _, path := range sortedKeys(doc.Paths) {
		for _, op := range operations(doc.Paths[path]) {
			fmt.Fprintf(&b, "%-6s %s: %s [%s]\n", op.Method, path, op.Summary, strings.Join(sortedKeys(op.Responses), " "))
		}
	}
	golden(t, "routes.txt", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; if that is meant, run: go test ./httpapi -run %s -rewrite\ngot:\n%s", path, t.Name(), got)
	}
}

func TestEveryOperationIsExplained(t *testing.T) {
	doc := document(t)
	ids := map[string]string{}
	for path, item := range doc.Paths {
		for _, op := range operations(item) {
			at := op.Method + " " + path
			if op.Summary == "" || len(op.Tags) != 1 {
				t.Errorf("%s has no summary, or not one tag", at)
			}
			if ids[op.OperationID] != "" {
				t.Errorf("%s and %s share the id %s", at, ids[op.OperationID], op.OperationID)
			}
			ids[op.OperationID] = at
			if op.Responses["422"] != nil || op.Responses["400"] == nil || op.Responses["401"] == nil || op.Responses["500"] == nil {
				t.Errorf("%s: its errors are %v", at, sortedKeys(op.Responses))
			}
			for _, p := range op.Parameters {
				if p.Schema.Description == "" && p.Description == "" {
					t.Errorf("%s: the parameter %s is not explained", at, p.Name)
				}
			}
			if (op.Method == "PUT" || op.Method == "DELETE") && op.Responses["412"] != nil &&
				!slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == "If-Match" }) {
				t.Errorf("%s can answer 412 but takes no If-Match", at)
			}
		}
	}
}

func TestEveryFieldIsExplained(t *testing.T) {
	fields := 0
	for name, s := range document(t).Components.Schemas.Map() {
		for field, p := range s.Properties {
			fields++
			if p.Description == "" {
				t.Errorf("%s.%s is not explained: give its Go field a doc tag", name, field)
			}
		}
	}
	if fields < 300 {
		t.Errorf("only %d fields: is this the whole document?", fields)
	}
}

// TestWords finds explanations of fields that are no longer there.
func TestWords(t *testing.T) {
	schemas := document(t).Components.Schemas.Map()
	for key := range fieldWords() {
		name, field, _ := strings.Cut(key, ".")
		if schemas[name] == nil || schemas[name].Properties[field] == nil {
			t.Errorf("words explains %s, which is not there", key)
		}
	}
}

func TestDocumentIsServed(t *testing.T) {
	d := newDesk(t)
	served := d.expect(200, "GET /api/openapi.json", "", "nobody")
	doc, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]any
	if err := json.Unmarshal(doc, &want); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(served) != fmt.Sprint(want) {
		t.Error("the served document is another than Document's")
	}
}

func TestDocsPage(t *testing.T) {
	w := newDesk(t).send("GET /api/docs", "", "nobody")
	page := w.Body.String()
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Fatalf("got %d %s", w.Code, w.Header().Get("Content-Type"))
	}
	for _, want := range []string{
		"/api/v1/query/funnel", `<a href="#schema-FunnelQuestion">FunnelQuestion</a>`, `id="schema-FunnelQuestion"`,
		`list of <a href="#schema-FunnelStep">`, "One of ordered, strict, any.", "If-Match", "412", "map to string", "date-time",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, not := range []string{"<script", "http://", "https://", "<link"} {
		if strings.Contains(page, not) {
			t.Errorf("the page holds %q: it must work offline and without scripts", not)
		}
	}
}
