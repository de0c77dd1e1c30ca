package enginetest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/plan"
)

var (
	loaded   = regexp.MustCompile("(?s)```text\n(now .*?)```")
	fenced   = regexp.MustCompile("(?s)```cel\n(.*?)```")
	tableRow = regexp.MustCompile("(?m)^\\| `(.+)` \\| ([a-z ]+) \\|$")
)

// TestDocumentedSegments makes a script of docs/segments.md and runs it: each row of a table is a condition and who fulfils it.
func TestDocumentedSegments(t *testing.T) {
	text, err := os.ReadFile("../../docs/segments.md")
	if err != nil {
		t.Fatal(err)
	}
	world := loaded.FindSubmatch(text)
	if world == nil {
		t.Fatal("the page loads no people")
	}
	var script strings.Builder
	script.Write(world[1])
	rows := tableRow.FindAllStringSubmatch(string(text), -1)
	if len(rows) < 20 {
		t.Errorf("only %d examples are found", len(rows))
	}
	for _, r := range rows {
		script.WriteString("segment `" + r[1] + "`\n  members " + r[2] + "\n")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "segments.test"), []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	enginetest.Run(t, dir, func(_ *testing.T, w *enginetest.World) engine.Engine { return exec.New(w, w) })
	for _, block := range fenced.FindAllStringSubmatch(string(text), -1) {
		if _, err := new(plan.Criteria).Add("where", block[1]); err != nil {
			t.Errorf("%s: %v", block[1], err)
		}
	}
}
