package part

import (
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wend.dev/wend/event"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

// TestGolden holds the bytes of the format: a change of them shows here, and wants a new Version.
func TestGolden(t *testing.T) {
	got := dump(t, smallBytes(t))
	path := filepath.Join("testdata", "small.txt")
	if *rewrite {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Fatalf("the format has changed (if on purpose: a new Version, and go test -rewrite):\n%s", got)
	}
}

// dump prints a part as a labelled tree.
func dump(t *testing.T, data []byte) string {
	p, err := parse(aligned(data))
	if err != nil {
		t.Fatal(err)
	}
	table, err := readTable(data)
	if err != nil {
		t.Fatal(err)
	}
	b, le := p.Block(), binary.LittleEndian
	var s strings.Builder
	line := func(depth int, format string, args ...any) {
		fmt.Fprintf(&s, strings.Repeat("  ", depth)+format+"\n", args...)
	}
	line(0, "header 0..%d", headerSize)
	line(1, "magic %q version %d sections %d size %d sum %016x zero %x",
		data[:8], le.Uint32(data[8:]), le.Uint32(data[12:]), le.Uint64(data[16:]), le.Uint64(data[24:]), data[32:40])
	line(0, "table %d..%d", headerSize, headerSize+len(table)*entrySize)
	names := []string{"", "meta", "profiles", "keys", "starts", "times", "codes", "names", "directory", "column"}
	for i, e := range table {
		line(0, "%s (kind %d) %d..%d sum %016x", names[e.kind], e.kind, e.offset, e.offset+e.size, e.sum)
		raw := p.bytes(e)
		switch e.kind {
		case sectionMeta:
			line(1, "rows profiles key-bytes names name-bytes columns path-bytes earliest latest: %d", words(raw))
		case sectionProfiles:
			line(1, "%v", b.Profiles)
		case sectionKeys:
			line(1, "offsets %d bytes %q", b.Keys.Offsets, b.Keys.Bytes)
		case sectionStarts:
			line(1, "%d", b.Starts)
		case sectionTimes:
			line(1, "%d", b.Times)
		case sectionCodes:
			line(1, "%d", b.Codes)
		case sectionNames:
			line(1, "%v raw %q", b.Names, raw)
		case sectionDirectory:
			for j := range b.Columns {
				line(1, "kind width values strings string-bytes path-bytes: %d", words(raw[j*lineWords*8:][:lineWords*8]))
			}
			line(1, "paths %q", raw[len(b.Columns)*lineWords*8:])
		default:
			c := b.Columns[i-cores]
			line(1, "%s kind %d", c.Path, c.Kind)
			line(1, "present %b rank %d", c.Present, c.Rank)
			line(1, "codes %d nums %v", append(c.Codes.U8, byte(0))[:len(c.Codes.U8)], c.Nums)
			line(1, "dictionary offsets %d bytes %q", c.Dict.Offsets, c.Dict.Bytes)
		}
	}
	return s.String()
}

func words(raw []byte) (out []int64) {
	for i := 0; i+8 <= len(raw); i += 8 {
		out = append(out, int64(binary.LittleEndian.Uint64(raw[i:])))
	}
	return out
}

// TestWideCodes crosses the widths of a code: 1, 2 and 4 bytes.
func TestWideCodes(t *testing.T) {
	for n, width := range map[int]int{1 << 8: 1, 1<<8 + 1: 2, 1 << 16: 2, 1<<16 + 1: 4} {
		b := NewBuilder()
		for i := range n {
			e := event.Event{Kind: event.Track, Name: "A", Time: event.Millis(i), Profile: 1, Fields: []event.Field{
				{Path: "properties.id", Value: event.StringValue(fmt.Sprint(i))},
			}}
			if err := b.Add(&e); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(t.TempDir(), "p.part")
		if err := Write(path, b.Block()); err != nil {
			t.Fatal(err)
		}
		p, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		c := p.Block().Columns[0]
		if got := len(bytesOf(c.Codes.U8)) + len(bytesOf(c.Codes.U16)) + len(bytesOf(c.Codes.U32)); got != n*width {
			t.Errorf("%d strings: codes take %d bytes", n, got)
		}
		for i := range n {
			if v, ok := c.Value(uint32(i)); !ok || v.Str != fmt.Sprint(i) {
				t.Fatalf("row %d of %d is %v", i, n, v)
			}
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
