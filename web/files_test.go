package web

import (
	"io/fs"
	"strings"
	"testing"
)

// TestFiles holds for both builds: there is a page at the root, and it is HTML.
func TestFiles(t *testing.T) {
	page, err := fs.ReadFile(Files(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.ToLower(string(page)), "<!doctype html>") {
		t.Errorf("index.html is not a page: %.60q", page)
	}
}
