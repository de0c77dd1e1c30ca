package snippet

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"testing"
)

func TestScriptIsSmall(t *testing.T) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(Source()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if b.Len() >= 4000 {
		t.Errorf("wend.js has %d bytes gzipped, must stay below 4000", b.Len())
	}
	if tag := Tag(); len(tag) != 18 || tag[0] != '"' {
		t.Errorf("ETag %s", tag)
	}
}

// TestScriptBehaves runs wend.test.js.
func TestScriptBehaves(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("needs node, which CI has")
		}
		t.Skip("needs node")
	}
	if out, err := exec.Command(node, "--test", "wend.test.js").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
