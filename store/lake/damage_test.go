package lake

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"
	"github.com/parquet-go/parquet-go"

	"wend.dev/wend/event"
)

// tiny is a file with a few events and their bytes.
func tiny(t testing.TB) ([]event.Event, []byte) {
	t.Helper()
	dir := t.TempDir()
	events := shop(3, 1)
	events[1].Fields = append(events[1].Fields, event.Field{Path: "properties.whole", Value: event.JSONValue(`{"a":1}`)})
	files := write(t, dir, "s", events)
	data, err := os.ReadFile(filepath.Join(dir, files[0].Path))
	if err != nil {
		t.Fatal(err)
	}
	return events, data
}

// readBytes reads a file of these bytes.
func readBytes(t testing.TB, path string, data []byte) ([]event.Event, error) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return read(Read(path))
}

func TestEveryFlippedByteIsSeen(t *testing.T) {
	want, data := tiny(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "f.parquet")
	got, err := readBytes(t, path, data)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%v, %v", got, err)
	}
	sum := xxhash.Sum64(data)
	if err := Verify(path, sum); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, c := range data {
		if _, err := f.WriteAt([]byte{c ^ 0x55}, int64(i)); err != nil {
			t.Fatal(err)
		}
		if _, err := read(Read(path)); err == nil {
			t.Fatalf("byte %d of %d turned: no error", i, len(data))
		}
		if i%50 == 0 && Verify(path, sum) == nil {
			t.Fatalf("byte %d turned and the sum is right", i)
		}
		if _, err := f.WriteAt([]byte{c}, int64(i)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryTruncationIsSeen(t *testing.T) {
	_, data := tiny(t)
	path := filepath.Join(t.TempDir(), "f.parquet")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for n := len(data) - 1; n >= 0; n-- {
		if err := os.Truncate(path, int64(n)); err != nil {
			t.Fatal(err)
		}
		if _, err := read(Read(path)); err == nil {
			t.Fatalf("a file cut to %d of %d bytes was read", n, len(data))
		}
	}
}

func TestForeignFilesAreNamed(t *testing.T) {
	dir := t.TempDir()
	foreign := func(want string, sealed bool, options ...parquet.WriterOption) {
		t.Helper()
		var out bytes.Buffer
		to := sealer{to: &out, hold: true}
		to.hash.Reset()
		w := parquet.NewGenericWriter[struct{ A int64 }](&to, options...)
		if _, err := w.Write([]struct{ A int64 }{{1}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := to.seal(); (err == nil) != sealed {
			t.Fatal(err)
		} else if !sealed {
			out.Write(to.held)
		}
		path := filepath.Join(dir, "x.parquet")
		if _, err := readBytes(t, path, out.Bytes()); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Fatalf("got %v, want %q", err, want)
		}
	}
	place := parquet.KeyValueMetadata(sumKey, noSum)
	foreign("no sum", false)
	foreign("not of wend", true, place)
	foreign(`version "2"`, true, place, parquet.KeyValueMetadata(formatKey, "2"))
	foreign("columns", true, place, parquet.KeyValueMetadata(formatKey, Version))
	if _, err := read(Read(filepath.Join(dir, "absent.parquet"))); !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if err := Verify(filepath.Join(dir, "absent.parquet"), 0); !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if _, err := read(Merge(dir, []string{"x.parquet", "absent.parquet"})); err == nil {
		t.Fatal("merged what cannot be read")
	}
}

func FuzzRead(f *testing.F) {
	_, data := tiny(f)
	f.Add(data)
	f.Add([]byte("PAR1PAR1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = readBytes(t, filepath.Join(t.TempDir(), "f.parquet"), data)
	})
}

func FuzzFlatten(f *testing.F) {
	f.Add(`{"a":{"b":[1,{"c":null}]},"d":"\ud83d\ude00","e":-0.5e+3,"f":true}`, `["properties.d"]`)
	f.Add(`{"a":{"a":{"a":{}}}}`, ``)
	f.Fuzz(func(t *testing.T, text, whole string) {
		var r flattener
		fields, err := r.flatten([groups]string{inProperties: text}, whole)
		if err != nil {
			return
		}
		var n nester
		n.nest(fields)
		list := string(n.wholeText())
		again, err := new(flattener).flatten([groups]string{string(n.text(0)), string(n.text(1)), string(n.text(2)), string(n.text(3))}, list)
		if err != nil {
			t.Fatalf("%v from %s", err, n.out)
		}
		if len(again) != len(fields) {
			t.Fatalf("%v became %v", fields, again)
		}
	})
}

// FuzzDamage: what is left of a file is refused, or read as it was. Edits are three bytes each: where (of 65,536 parts of
// the file) and what to turn; then what is more than keep of those parts is cut off.
func FuzzDamage(f *testing.F) {
	want, good := tiny(f)
	f.Add([]byte{}, uint16(65535))
	f.Add([]byte{0, 200, 1, 128, 0, 255}, uint16(65535))
	f.Add([]byte{255, 250, 1}, uint16(65535))
	f.Add([]byte{}, uint16(40000))
	path := filepath.Join(f.TempDir(), "f.parquet")
	f.Fuzz(func(t *testing.T, edits []byte, keep uint16) {
		data := bytes.Clone(good)
		for ; len(edits) >= 3; edits = edits[3:] {
			data[(int(edits[0])<<8|int(edits[1]))*len(data)>>16] ^= edits[2]
		}
		got, err := readBytes(t, path, data[:(int(keep)+1)*len(data)>>16])
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("a damaged file was read:\n%v\nas written:\n%v", got, want)
		}
	})
}
