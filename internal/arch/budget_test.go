package arch

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Budgets of docs/style.md. A reasoned exception is written in exceptions, beside its reason.
const (
	maxFileLines     = 600
	maxTestFileLines = 1000
	maxFuncLines     = 80
	maxExported      = 40
	maxMethods       = 7
	maxParams        = 5
	maxDirectDeps    = 30
)

// exceptions names what may pass a budget, and why.
var exceptions = map[string]string{
	"engine/seq":               "the question language: a question, its answer and the shapes in them, for each question; words, no machinery",
	"journey":                  "the words of the four kinds of definition and of a map's answer; shapes, no machinery",
	"httpapi/figures.go:panic": "hands on http.ErrAbortHandler and what was recovered, after counting the request",
}

type pkg struct {
	files    map[string]*ast.File
	doc      string
	exported []string
	fset     *token.FileSet
}

func packages(t *testing.T) map[string]*pkg {
	t.Helper()
	root := Root(t)
	out := map[string]*pkg{}
	for _, s := range sources(t) {
		dir := path.Dir(s.path)
		p := out[dir]
		if p == nil {
			p = &pkg{files: map[string]*ast.File{}, fset: token.NewFileSet()}
			out[dir] = p
		}
		f, err := parser.ParseFile(p.fset, filepath.Join(root, s.path), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		p.files[s.path] = f
		if f.Doc != nil && (!strings.HasSuffix(s.path, "_test.go") || p.doc == "") {
			p.doc = f.Doc.Text()
		}
	}
	return out
}

func TestFileLengths(t *testing.T) {
	for _, s := range sources(t) {
		text, err := os.ReadFile(filepath.Join(Root(t), s.path))
		if err != nil {
			t.Fatal(err)
		}
		limit := maxFileLines
		if strings.HasSuffix(s.path, "_test.go") {
			limit = maxTestFileLines
		}
		if n := bytes.Count(text, []byte("\n")); n > limit && exceptions[s.path] == "" {
			t.Errorf("%s has %d lines, the budget is %d: split it by what its parts do", s.path, n, limit)
		}
	}
}

func TestDeclarations(t *testing.T) {
	for dir, p := range packages(t) {
		for file, f := range p.files {
			test := strings.HasSuffix(file, "_test.go")
			for _, d := range f.Decls {
				checkDecl(t, p, file, d, test)
			}
			if !test {
				p.exported = append(p.exported, exportedNames(f)...)
			}
		}
		if len(p.exported) > maxExported && exceptions[dir] == "" {
			t.Errorf("%s exports %d names, the budget is %d: %v", dir, len(p.exported), maxExported, p.exported)
		}
	}
}

func checkDecl(t *testing.T, p *pkg, file string, d ast.Decl, test bool) {
	t.Helper()
	switch d := d.(type) {
	case *ast.FuncDecl:
		name := file + ":" + d.Name.Name
		lines := p.fset.Position(d.End()).Line - p.fset.Position(d.Pos()).Line + 1
		if lines > maxFuncLines && !test && exceptions[name] == "" {
			t.Errorf("%s has %d lines, the budget is %d", name, lines, maxFuncLines)
		}
		if n := d.Type.Params.NumFields(); n > maxParams && exceptions[name] == "" {
			t.Errorf("%s takes %d parameters, the budget is %d: give it a struct", name, n, maxParams)
		}
		if d.Name.Name == "init" && d.Recv == nil {
			t.Errorf("%s: no init(): what a package needs is handed to it", name)
		}
		if d.Name.IsExported() && !test && d.Doc == nil && exportedReceiver(d) {
			t.Errorf("%s is exported and not documented", name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			ts, ok := s.(*ast.TypeSpec)
			if !ok {
				continue
			}
			if ts.Name.IsExported() && !test && d.Doc == nil && ts.Doc == nil && ts.Comment == nil {
				t.Errorf("%s:%s is exported and not documented", file, ts.Name.Name)
			}
			if i, ok := ts.Type.(*ast.InterfaceType); ok && i.Methods.NumFields() > maxMethods && exceptions[file+":"+ts.Name.Name] == "" {
				t.Errorf("%s:%s has %d methods, the budget is %d", file, ts.Name.Name, i.Methods.NumFields(), maxMethods)
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

func exportedNames(f *ast.File) (out []string) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.IsExported() {
				out = append(out, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() {
						out = append(out, s.Name.Name)
					}
				case *ast.ValueSpec:
					for _, n := range s.Names {
						if n.IsExported() {
							out = append(out, n.Name)
						}
					}
				}
			}
		}
	}
	return out
}

// The first line of a package's comment says where it stands ("Package x is stage 2: A in, B out"), or, for what
// has no number, what goes in and comes out.
func TestPackageComments(t *testing.T) {
	for dir, p := range packages(t) {
		first, _, _ := strings.Cut(p.doc, "\n")
		if !strings.HasPrefix(first, "Package ") && !strings.HasPrefix(first, "Command ") {
			t.Errorf("%s has no package comment", dir)
		} else if !strings.Contains(first, "stage") && !(strings.Contains(first, " in") && strings.Contains(first, " out")) {
			t.Errorf("%s: the first line of its comment does not say its stage, or what goes in and comes out: %q", dir, first)
		}
	}
}

func TestForbiddenCalls(t *testing.T) {
	rules := []struct {
		pattern *regexp.Regexp
		where   func(string) bool
		say     string
	}{
		{regexp.MustCompile(`\btime\.Sleep\(`), func(f string) bool { return strings.HasSuffix(f, "_test.go") },
			"a test waits for a signal, it does not sleep"},
		{regexp.MustCompile(`\btime\.(Now|Since|Until)\(`), pure, "time is handed in (event.Clock)"},
		{regexp.MustCompile(`"github\.com/[^"]*/(util|common|misc|helpers)"`), func(string) bool { return true }, "no such package"},
	}
	panics := regexp.MustCompile(`\bpanic\((.{0,18})`)
	for _, s := range sources(t) {
		if strings.HasPrefix(s.path, "internal/arch/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(Root(t), s.path))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range panics.FindAllSubmatch(text, -1) {
			if !strings.HasSuffix(s.path, "_test.go") && !bytes.Contains(m[1], []byte(`"BUG: `)) && exceptions[s.path+":panic"] == "" {
				t.Errorf("%s: %s: only a broken invariant panics, and says \"BUG: \"", s.path, m[0])
			}
		}
		for _, r := range rules {
			if r.where(s.path) && r.pattern.Match(text) {
				t.Errorf("%s: %s: %s", s.path, r.pattern, r.say)
			}
		}
	}
}

// pure are the packages whose answers depend on nothing but what they are given.
func pure(file string) bool {
	if strings.HasSuffix(file, "_test.go") {
		return false
	}
	for _, p := range []string{"event/", "identity/", "engine/seq/", "engine/plan/", "insight/", "journey/"} {
		if strings.HasPrefix(file, p) {
			return true
		}
	}
	return false
}

func TestDirectDependencies(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(Root(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	inRequire := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "require ("):
			inRequire = true
		case line == ")":
			inRequire = false
		case (inRequire || strings.HasPrefix(line, "require ")) && line != "" && !strings.HasSuffix(line, "// indirect"):
			n++
		}
	}
	if n == 0 || n > maxDirectDeps {
		t.Errorf("%d direct dependencies, the budget is 1 to %d", n, maxDirectDeps)
	}
}
