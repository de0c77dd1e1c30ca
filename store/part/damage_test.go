package part

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// small is a block with one of everything.
func small() *store.Block {
	return FromEvents([]event.Event{
		{Kind: event.Track, Name: "Order Completed", Time: 1767225600000, Profile: 1, UserID: "42", Source: "web", Fields: []event.Field{
			{Path: "properties.currency", Value: event.StringValue("NOK")},
			{Path: "properties.products", Value: event.JSONValue(`[{"sku":"d1"}]`)},
			{Path: "properties.total", Value: event.NumberValue(12.5)},
		}},
		{Kind: event.Page, Name: "Page Viewed", Time: 1767225500000, Profile: 1, UserID: "42", Source: "web", Fields: []event.Field{
			{Path: "context.page.path", Value: event.StringValue("/drills")},
		}},
		{Kind: event.Page, Name: "Page Viewed", Time: 1767225700000, Profile: 2, AnonymousID: "9f", Source: "app", Clamped: true, Fields: []event.Field{
			{Path: "context.page.path", Value: event.StringValue("/saws")},
			{Path: "properties.total", Value: event.StringValue("free")},
		}},
		{Kind: event.Identify, Name: "Identify", Time: 1767225700000, Profile: 3, UserID: "7", Source: "web", Fields: []event.Field{
			{Path: "traits.vip", Value: event.BoolValue(true)},
		}},
	})
}

func smallBytes(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "small.part")
	if err := Write(path, small()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// aligned copies bytes to memory that begins at a multiple of 8, as a mapped file does.
func aligned(data []byte) []byte {
	words := make([]uint64, (len(data)+7)/8+1)
	return unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), len(words)*8)[:copy(bytesOf(words), data)]
}

// load opens and verifies; what it returns is safe to read whole.
func load(data []byte) ([]row, error) {
	p, err := parse(aligned(data))
	if err != nil {
		return nil, err
	}
	if err := p.Verify(); err != nil {
		return nil, err
	}
	return rowsOf(p.Block()), nil
}

func TestEveryFlippedBitIsSeen(t *testing.T) {
	data := smallBytes(t)
	want, err := load(data)
	if err != nil {
		t.Fatal(err)
	}
	unseen := 0
	for i := range data {
		for bit := range 8 {
			data[i] ^= 1 << bit
			got, err := load(data)
			if err == nil {
				unseen++ // padding, which means nothing
				sameRows(t, "damaged", got, want)
			}
			data[i] ^= 1 << bit
		}
	}
	if unseen > len(data)*8/8 {
		t.Fatalf("%d of %d flipped bits were not seen", unseen, len(data)*8)
	}
}

func TestEveryTruncationIsSeen(t *testing.T) {
	data := smallBytes(t)
	for n := range data {
		if _, err := load(data[:n]); err == nil {
			t.Fatalf("a file cut to %d of %d bytes was opened", n, len(data))
		}
	}
	if _, err := load(append(bytes.Clone(data), 0, 0, 0, 0, 0, 0, 0, 0)); err == nil {
		t.Fatal("a longer file was opened")
	}
}

func TestOtherVersionsAreNamed(t *testing.T) {
	for version, word := range map[uint32]string{0: "older", Version + 1: "newer", 1 << 30: "newer"} {
		data := smallBytes(t)
		binary.LittleEndian.PutUint32(data[8:], version)
		path := filepath.Join(t.TempDir(), "p.part")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		var v *VersionError
		if !errors.As(err, &v) || v.Found != version || !strings.Contains(err.Error(), word) {
			t.Fatalf("version %d: %v", version, err)
		}
	}
}

func TestOpenNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "empty.part"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"absent.part", "empty.part", "."} {
		if _, err := Open(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), dir) {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

// TestLyingSections gives sums that are right over content that is not: what a bug in a writer would make.
func TestLyingSections(t *testing.T) {
	for name, spoil := range map[string]func(b *store.Block){
		"profiles out of order":   func(b *store.Block) { b.Profiles[1] = b.Profiles[0] },
		"starts not covering":     func(b *store.Block) { b.Starts[len(b.Starts)-1]-- },
		"empty profile":           func(b *store.Block) { b.Starts[1] = 0 },
		"starts past the end":     func(b *store.Block) { b.Starts[1] = 1 << 31 },
		"times out of order":      func(b *store.Block) { b.Times[0], b.Times[1] = b.Times[1], b.Times[0] },
		"wrong span":              func(b *store.Block) { b.MaxTime++ },
		"name past the end":       func(b *store.Block) { b.Codes[2] = 77 },
		"keys past the end":       func(b *store.Block) { b.Keys.Offsets[1] = 1000 },
		"columns out of order":    func(b *store.Block) { b.Columns[0], b.Columns[1] = b.Columns[1], b.Columns[0] },
		"kind unknown":            func(b *store.Block) { b.Columns[0].Kind = 9 },
		"rank wrong":              func(b *store.Block) { b.Columns[0].Rank[0] = 5 },
		"value past the last row": func(b *store.Block) { b.Columns[0].Present[0] |= 1 << 60 },
		"too few values":          func(b *store.Block) { b.Columns[0].Present[0] |= 2 },
		"string past the end":     func(b *store.Block) { b.Columns[0].Codes.U8[0] = 200 },
		"dictionary unordered":    func(b *store.Block) { b.Columns[0].Dict.Offsets[1] = 1 << 30 },
		"dictionary too short":    func(b *store.Block) { b.Columns[0].Dict.Bytes = b.Columns[0].Dict.Bytes[:3] },
		"codes and numbers":       func(b *store.Block) { b.Columns[0].Nums = []float64{1, 2} },
	} {
		b := small()
		if c := b.Columns[0]; c.Path != "clamped" || b.Columns[1].Path != "context.page.path" {
			t.Fatal("this test wants other columns")
		}
		if name != "columns out of order" {
			b.Columns = b.Columns[1:]
		}
		spoil(b)
		path := filepath.Join(t.TempDir(), "p.part")
		if err := Write(path, b); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := load(data); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(smallBytes(f))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = load(data)
		if len(data) < headerSize { // past the sums, to reach what lies behind them
			return
		}
		_, _ = load(resum(data))
	})
}

// resum makes every sum of a file right again, as far as its table makes sense.
func resum(data []byte) []byte {
	data = bytes.Clone(data)
	le := binary.LittleEndian
	n := min(uint64(le.Uint32(data[12:])), (uint64(len(data))-headerSize)/entrySize)
	table := data[headerSize : headerSize+n*entrySize]
	for i := range n {
		line := table[i*entrySize:]
		e := readEntry(line)
		if e.offset <= uint64(len(data)) && e.size <= uint64(len(data))-e.offset {
			p := &Part{data: data}
			le.PutUint64(line[24:], (section{arrays: [][]byte{p.bytes(e)}}).sum())
		}
	}
	le.PutUint64(data[24:], headerSum(data[:24], table))
	return data
}

// TestResummedBytes turns every byte and makes the sums right: structure alone must keep out what would panic.
func TestResummedBytes(t *testing.T) {
	data := smallBytes(t)
	seen := 0
	for i := range data {
		for _, v := range []byte{0xff, 0x01, 0x80} {
			bad := bytes.Clone(data)
			bad[i] ^= v
			if _, err := load(resum(bad)); err != nil {
				seen++
			}
		}
	}
	if seen == 0 {
		t.Fatal("nothing was seen")
	}
}
