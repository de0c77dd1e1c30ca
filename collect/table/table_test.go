package table

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// all reads a file and prints each row, or what is wrong with it, after its line.
func all(t *testing.T, path string, o Options) []string {
	t.Helper()
	r, err := Open(path, o)
	if err != nil {
		return []string{err.Error()}
	}
	defer r.Close()
	out := []string{fmt.Sprint(r.Columns())}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *BadRow
		if err != nil && !errors.As(err, &bad) {
			return append(out, err.Error())
		}
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		out = append(out, fmt.Sprintf("%d %v", r.Line(), map[string]any(row)))
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if r.Offset() != info.Size() {
		t.Errorf("%s: read %d of %d bytes", path, r.Offset(), info.Size())
	}
	return out
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestCSV(t *testing.T) {
	f := func(name, text string, o Options, want ...string) {
		t.Helper()
		same(t, all(t, write(t, name, []byte(text)), o), want...)
	}
	f("a.csv", "a,b\n1,2\n", Options{}, "[a b]", "2 map[a:1 b:2]")
	f("a.csv", "\ufeffa, b \r\n1,\r\n", Options{}, "[a b]", "2 map[a:1 b:<nil>]")
	f("a.csv", "a,b\n\"x\ny\",2\n\n3,4\n", Options{}, "[a b]", "2 map[a:x\ny b:2]", "5 map[a:3 b:4]")
	f("a.tsv", "a\tb\n1\t2\n", Options{}, "[a b]", "2 map[a:1 b:2]")
	f("a.dat", "a;b\n1;2\n", Options{Format: CSV, Delimiter: ';'}, "[a b]", "2 map[a:1 b:2]")
	f("a.csv", "1,NA\n", Options{Header: []string{"x", "y"}, Null: []string{"NA"}}, "[x y]", "1 map[x:1 y:<nil>]")
	f("a.csv", "a\nJ\xf8rgen\n", Options{Latin1: true}, "[a]", "2 map[a:Jørgen]")
	f("a.csv", "a\nJ\xf8rgen\nb\n", Options{}, "[a]", "a.csv:2: column a is not UTF-8; for ISO 8859-1 (Western Windows) files set encoding: latin1", "3 map[a:b]")
	f("a.csv", "a,b\n1\n2,3\n", Options{}, "[a b]", `a.csv:2: the line has 1 cells where the file has 2 columns (is ',' the delimiter?)`, "3 map[a:2 b:3]")
	f("a.csv", "a,b\nsay \"hi\",2\n3,4\n", Options{}, "[a b]", `a.csv:2: bare " in non-quoted-field; if the file does not double quotes inside cells, set lazy_quotes: true`, "3 map[a:3 b:4]")
	f("a.csv", "a,b\nsay \"hi\",2\n", Options{Lazy: true}, "[a b]", `2 map[a:say "hi" b:2]`)
	f("a.csv", "", Options{}, "cannot read a.csv: it is empty; its first line should name the columns")
	f("a.csv", "a,a\n", Options{}, `cannot read a.csv: columns 1 and 2 are both named "a"`)
	f("a.csv", "a,b\n", Options{}, "[a b]")
	f("a.csv", "a,,\n1,,\n", Options{}, "[a column_2 column_3]", "2 map[a:1 column_2:<nil> column_3:<nil>]")
	f("a.csv", "\xff\xfea\x00\n\x00", Options{}, "cannot read a.csv: it is written in UTF-16; save it as UTF-8")
}

func TestNDJSON(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		same(t, all(t, write(t, "a.jsonl", []byte(text)), Options{}), want...)
	}
	f(`{"b":1,"a":"x"}`+"\n\n"+`{"c":[1,2.5,true,null,{"d":"é"}]}`, "[a b c]", "1 map[a:x b:1]", "3 map[c:[1 2.5 true <nil> map[d:é]]]")
	f(`{"n":9007199254740993,"f":1e3,"g":12345678901234567890}`, "[f g n]", "1 map[f:1000 g:1.2345678901234567e+19 n:9007199254740993]")
	f("[1]\nnope\n{\"a\":1}\n", "[a]", "a.jsonl:1: the line is a JSON array, not an object: each line must be one", "a.jsonl:2: the line is not JSON: unexpected value found: \"nope\"; each line must be one whole object", "3 map[a:1]")
	f("", "[]")
	long := strings.Repeat("x", 600<<10) // longer than the read buffer
	f(`{"a":"`+long+`"}`+"\n"+`{"a":"y"}`+"\n", "[a]", "1 map[a:"+long+"]", "2 map[a:y]")
}

func TestGzip(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	var text strings.Builder
	text.WriteString("a,b\n")
	for i := range 50000 {
		fmt.Fprintf(&text, "%d,%x\n", i, i*i)
	}
	if _, err := z.Write([]byte(text.String())); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	whole := all(t, write(t, "a.csv", []byte(text.String())), Options{})
	same(t, all(t, write(t, "a.csv.gz", packed.Bytes()), Options{}), whole...)
	same(t, all(t, write(t, "packed.csv", packed.Bytes()), Options{}), whole...) // told by its content
	cut := all(t, write(t, "a.csv.gz", packed.Bytes()[:packed.Len()/2]), Options{})
	if last := cut[len(cut)-1]; len(cut) < 1000 || !strings.Contains(last, "a.csv.gz: the file ends in the middle") {
		t.Errorf("cut gzip: %d rows, then %s", len(cut), last)
	}
	same(t, all(t, write(t, "a.csv.gz", []byte("\x1f\x8bnonsense")), Options{}), "cannot read a.csv.gz: the gzip data is damaged: gzip: invalid header")
}

type parquetRow struct {
	Name  string    `parquet:"name"`
	At    time.Time `parquet:"at,timestamp(microsecond)"`
	Day   int32     `parquet:"day,date"`
	Price int64     `parquet:"price,decimal(2:18)"`
	Ratio float32   `parquet:"ratio"`
	Count *int32    `parquet:"count,optional"`
	Tags  []string  `parquet:"tags,list"`
	Lines []struct {
		SKU string    `parquet:"sku"`
		At  time.Time `parquet:"at,timestamp"`
	} `parquet:"lines,list"`
	Place struct {
		City string `parquet:"city"`
	} `parquet:"place"`
}

func TestParquet(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 123000, time.UTC)
	n := int32(7)
	row := parquetRow{Name: "x", At: at, Day: 20000, Price: 1250, Ratio: 0.5, Count: &n, Tags: []string{"p", "q"}}
	row.Lines = append(row.Lines, struct {
		SKU string    `parquet:"sku"`
		At  time.Time `parquet:"at,timestamp"`
	}{"s1", at})
	row.Place.City = "Oslo"
	var b bytes.Buffer
	w := parquet.NewGenericWriter[parquetRow](&b)
	rows := []parquetRow{row, {Name: "y", At: at}}
	for range 3000 { // several pages
		rows = append(rows, parquetRow{Name: "z", At: at})
	}
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := write(t, "a.parquet", b.Bytes())
	got := all(t, path, Options{})
	if len(got) != 3003 {
		t.Fatalf("%d rows", len(got)-1)
	}
	same(t, got[:3], "[name at day price ratio count tags lines place]",
		"1 map[at:2026-03-01 10:00:00.000123 +0000 UTC count:7 day:2024-10-04 00:00:00 +0000 UTC lines:[map[at:2026-03-01 10:00:00 +0000 UTC sku:s1]] name:x place:map[city:Oslo] price:12.5 ratio:0.5 tags:[p q]]",
		"2 map[at:2026-03-01 10:00:00.000123 +0000 UTC count:<nil> day:1970-01-01 00:00:00 +0000 UTC lines:[] name:y place:map[city:] price:0 ratio:0 tags:[]]")
	r, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	first := string(r.Raw())
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(first, `"name":"x"`) || string(r.Raw()) == first {
		t.Errorf("raw rows %s and %s", first, r.Raw())
	}
	if _, err := Open(write(t, "b.parquet", b.Bytes()[:b.Len()/2]), Options{}); err == nil || !strings.Contains(err.Error(), "cannot read b.parquet as Parquet") {
		t.Errorf("half a file: %v", err)
	}
}

func TestFormatOf(t *testing.T) {
	f := func(name string, want Format) {
		t.Helper()
		if got, err := FormatOf(name); got != want || (err == nil) != (want != "") {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
	f("a.csv", CSV)
	f("/x/A.CSV.GZ", CSV)
	f("a.tsv", CSV)
	f("a.jsonl.gz", NDJSON)
	f("a.ndjson", NDJSON)
	f("a.parquet", Parquet)
	f("a.xlsx", "")
	f("csv", "")
}
