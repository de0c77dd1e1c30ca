// Package arch is no stage: it takes the source tree and gives a failing test for every broken rule of the house.
package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "wend.dev/wend"

// arrows is the table of stages in ARCHITECTURE.md: which other stages' root packages a stage may import.
// "all" may import every package. Tests are free.
var arrows = map[string][]string{
	"event":    {},
	"identity": {"event"},
	"collect":  {"event", "identity", "store"},
	"store":    {"event"},
	"engine":   {"event", "store"},
	"insight":  {"event", "engine"},
	"journey":  {"event", "engine", "insight"},
	"meta":     {"event", "identity", "collect", "store", "engine", "journey"},
	"httpapi":  {"event", "identity", "collect", "store", "engine", "insight", "journey", "meta", "web"},
	"demo":     {"event", "journey"},
	"web":      {},
	"app":      {"all"},
	"cmd":      {"all"},
	"test":     {"all"},
	"internal": {},
}

// public are sub-packages that other stages may import like a root: words, not machinery.
var public = []string{"engine/seq"}

// outer are the stages that may import any package of their own stage and of a few named others.
var outer = map[string][]string{
	"meta": {"meta"},
}

type source struct {
	path    string // from the root, slashes
	stage   string
	imports []string // of this module, without its name
}

func sources(t *testing.T) []source {
	t.Helper()
	root := Root(t)
	var out []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "node_modules" || name == "testdata" || name == "dist" || strings.HasPrefix(name, ".") && path != root) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		s := source{path: filepath.ToSlash(rel)}
		s.stage, _, _ = strings.Cut(s.path, "/")
		for _, i := range file.Imports {
			if p, _ := strconv.Unquote(i.Path.Value); strings.HasPrefix(p, module+"/") {
				s.imports = append(s.imports, strings.TrimPrefix(p, module+"/"))
				if i.Name != nil && i.Name.Name != "_" && !strings.HasSuffix(name, "_test.go") {
					t.Errorf("%s imports %s as %s: call our own packages by their names", s.path, p, i.Name.Name)
				}
			}
		}
		out = append(out, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 10 {
		t.Fatalf("only %d Go files found under %s", len(out), root)
	}
	return out
}

// Root finds the repository's root from the test's folder.
func Root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}

func TestArrows(t *testing.T) {
	for _, s := range sources(t) {
		allowed, known := arrows[s.stage]
		if !known {
			t.Errorf("%s: folder %q is no stage; add it to the table in ARCHITECTURE.md and here, with an ADR", s.path, s.stage)
			continue
		}
		if strings.HasSuffix(s.path, "_test.go") || slices.Contains(allowed, "all") {
			continue
		}
		for _, i := range s.imports {
			if reason := forbidden(s.stage, i, allowed); reason != "" {
				t.Errorf("%s imports %s: %s", s.path, i, reason)
			}
		}
	}
}

func forbidden(stage, imported string, allowed []string) string {
	target, _, sub := strings.Cut(imported, "/")
	switch {
	case target == stage, target == "internal", slices.Contains(outer[stage], target):
		return ""
	case !slices.Contains(allowed, target):
		return stage + " may import only " + strings.Join(allowed, ", ") + "; hand it in through a port declared in " + stage
	case sub && !slices.Contains(public, imported):
		return "only the root package of another stage may be imported"
	}
	return ""
}

// The table in ARCHITECTURE.md and the map above say the same.
func TestTableInArchitectureDocument(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(Root(t), "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.HasPrefix(strings.TrimSpace(cells[2]), "`") {
			continue
		}
		stage := strings.Trim(strings.TrimSpace(cells[2]), "`/")
		stage, _, _ = strings.Cut(stage, "/")
		want, ok := arrows[stage]
		if !ok {
			t.Errorf("ARCHITECTURE.md has a stage %q that the arrow test does not know", stage)
			continue
		}
		seen[stage] = true
		got := strings.Fields(strings.NewReplacer(",", " ", "–", "").Replace(cells[4]))
		slices.Sort(got)
		if w := slices.Sorted(slices.Values(want)); !slices.Equal(got, w) {
			t.Errorf("ARCHITECTURE.md lets %s import %v, the test %v", stage, got, w)
		}
	}
	for stage := range arrows {
		if !seen[stage] {
			t.Errorf("ARCHITECTURE.md does not list the stage %q", stage)
		}
	}
}
