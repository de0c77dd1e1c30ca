package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"wend.dev/wend/engine/seq"
)

const repoRoot = "../.."

// documents are the Markdown files that people read, by path from the root.
func documents(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(repoRoot, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "node_modules" || name == "testdata" || path != repoRoot && strings.HasPrefix(name, ".")) {
			return fs.SkipDir
		}
		if filepath.Ext(path) == ".md" {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, _ := filepath.Rel(repoRoot, path)
			out[rel] = string(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 15 {
		t.Fatalf("only %d documents", len(out))
	}
	return out
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)

func TestLinksLeadSomewhere(t *testing.T) {
	for path, text := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(repoRoot, filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s: %s leads nowhere", path, m[1])
			}
		}
	}
}

var makeTarget = regexp.MustCompile("(?m)(?:^    |`)make ([a-z0-9]+)")

func TestMakeTargetsExist(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(repoRoot, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	targets := regexp.MustCompile(`(?m)^([a-z0-9]+):.*## `).FindAllSubmatch(makefile, -1)
	if len(targets) > 14 {
		t.Errorf("make help lists %d targets, the budget is 14", len(targets))
	}
	for path, text := range documents(t) {
		for _, m := range makeTarget.FindAllStringSubmatch(text, -1) {
			if !slices.ContainsFunc(targets, func(x [][]byte) bool { return string(x[1]) == m[1] }) {
				t.Errorf("%s: there is no `make %s`", path, m[1])
			}
		}
	}
}

var (
	commandLine = regexp.MustCompile(`(?m)^(?:    |\$ )?(?:bin/)?wend ([a-z]+)( .*)?$`)
	flagName    = regexp.MustCompile(`--[a-z][a-z.-]*`)
	flagInTable = regexp.MustCompile("`(--[a-z][a-z.-]*)`")
)

// Every command line in the documents names a command and flags that there are.
func TestCommandLinesAreTrue(t *testing.T) {
	parser, err := kong.New(&cli{}, kong.Name("wend"), kong.Vars{"version": "", "questions": "any"})
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string][]string{}
	var all []string
	for _, node := range parser.Model.Children {
		for _, group := range node.AllFlags(true) {
			for _, f := range group {
				flags[node.Name] = append(flags[node.Name], "--"+f.Name)
			}
		}
		all = append(all, flags[node.Name]...)
	}
	lines := 0
	for path, text := range documents(t) {
		for _, m := range commandLine.FindAllStringSubmatch(text, -1) {
			known, ok := flags[m[1]]
			if !ok {
				t.Errorf("%s: there is no command in %q", path, strings.TrimSpace(m[0]))
				continue
			}
			lines++
			for _, f := range flagName.FindAllString(m[2], -1) {
				if !slices.Contains(known, f) {
					t.Errorf("%s: wend %s has no %s", path, m[1], f)
				}
			}
		}
		if path == filepath.Join("docs", "operation.md") {
			for _, m := range flagInTable.FindAllStringSubmatch(text, -1) {
				if !slices.Contains(all, m[1]) {
					t.Errorf("%s: there is no flag %s", path, m[1])
				}
			}
		}
	}
	if lines < 8 {
		t.Errorf("only %d command lines found: the pattern does not fit the documents", lines)
	}
}

// The questions in the documents are questions.
func TestQuestionsAreValid(t *testing.T) {
	fenced := regexp.MustCompile("(?s)```json\n(.*?)```")
	n := 0
	for path, text := range documents(t) {
		for _, m := range fenced.FindAllStringSubmatch(text, -1) {
			if !json.Valid([]byte(m[1])) {
				t.Errorf("%s: not JSON: %s", path, m[1])
				continue
			}
			dec := json.NewDecoder(bytes.NewReader([]byte(m[1])))
			dec.DisallowUnknownFields()
			var f seq.Funnel
			if strings.Contains(m[1], `"steps"`) && dec.Decode(&f) == nil {
				n++
				if err := f.Validate(); err != nil {
					t.Errorf("%s: %v: %s", path, err, m[1])
				}
			}
		}
	}
	t.Logf("%d funnels", n)
}
