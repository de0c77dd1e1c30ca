package query_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"wend.dev/wend/meta/query"
)

// TestEachQueryIsUsed finds every statement's name in a back-end's source, and every name there among the files.
func TestEachQueryIsUsed(t *testing.T) {
	entries, err := os.ReadDir("../sqlite")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		b, err := os.ReadFile("../sqlite/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"((?:meta|collect)\.[A-Z]\w+)"`).FindAllStringSubmatch(string(b), -1) {
			used[m[1]] = true
		}
	}
	all, err := query.All()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range all {
		if !used[name] {
			t.Errorf("%s.sql is used nowhere", name)
		}
		if strings.Contains(text, "?") {
			t.Errorf("%s.sql has a ? parameter; PostgreSQL reads only $1, $2", name)
		}
	}
	for name := range used {
		if all[name] == "" {
			t.Errorf("there is no file %s.sql", name)
		}
	}
}
