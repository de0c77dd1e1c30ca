package httpapi

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files, and the OpenAPI document for the UI's client")

// TestDocument checks that the document can be made without a server; with -rewrite it also leaves it for the UI.
func TestDocument(t *testing.T) {
	doc, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(doc), "{") || !strings.Contains(string(doc), `"openapi": "3.1.0"`) {
		t.Fatalf("not an OpenAPI 3.1 document: %.80s", doc)
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
