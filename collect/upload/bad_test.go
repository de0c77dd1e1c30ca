package upload

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBadInput gives inputs that are wrong and looks at what the person is told. Nothing may be sent but where rows
// before the wrong one were good.
func TestBadInput(t *testing.T) {
	f := func(what, mapping, file, text string, want ...string) {
		t.Helper()
		s := newFake(t)
		m := ""
		if mapping != "" {
			m = write(t, "mapping.yaml", mapping)
		}
		_, err := Run(context.Background(), s.options(m, write(t, file, text)))
		if err == nil {
			t.Errorf("%s: no error", what)
			return
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: the error does not say %q:\n%v", what, w, err)
			}
		}
		if s.batches > 0 {
			t.Errorf("%s: %d batches were sent", what, s.batches)
		}
	}
	good := plainOrders(3)
	with := func(old, new string) string {
		if !strings.Contains(plainMapping, old) {
			t.Fatalf("the mapping has no %q", old)
		}
		return strings.Replace(plainMapping, old, new, 1)
	}
	f("a CSV lacks a column", plainMapping, "orders.csv", "id,customer,when,total\n1,c,2026-03-01,2\n",
		"orders.csv has no column \"at\"", "mapping.yaml:11: spec.rows[0].time")
	f("a mapping names a column that is nearly there", with("row.customer", "row.custmer"), "orders.csv", good,
		"mapping.yaml:10: spec.rows[0].user: orders.csv has no column \"custmer\"; did you mean \"customer\"?")
	f("a typo in the YAML", with("events:", "evnets:"), "orders.csv", good,
		"mapping.yaml:12: spec.rows[0]: unknown key \"evnets\"; did you mean \"events\"?")
	f("no such file", plainMapping, "order.csv", good,
		"none of the files given is named orders.csv; did you mean \"order.csv\"?")
	f("a bad time", plainMapping, "orders.csv", "id,customer,at,total\n1,c,2026-02-30 10:00:00,2\n",
		"orders.csv:2:", "row.at", `cannot read "2026-02-30 10:00:00" as a time`, "2006-01-02 15:04:05")
	f("a bad number", plainMapping, "orders.csv", "id,customer,at,total\n1,c,2026-02-20,two\n",
		"orders.csv:2: event Order Completed:", "number(row.total)", `cannot read "two" as a number`)
	f("no time", plainMapping, "orders.csv", "id,customer,at,total\n1,c,,2\n", "orders.csv:2:", "there is no time")
	f("nobody", plainMapping, "orders.csv", "id,customer,at,total\n1,,2026-02-20,2\n", "orders.csv:2:", "user and anonymous are both empty")
	f("a short line", plainMapping, "orders.csv", "id,customer,at,total\n1,c\n", "orders.csv:2:", "2 cells where the file has 4 columns")
	f("a wrong delimiter", plainMapping, "orders.csv", strings.ReplaceAll(good, ",", ";"), "orders.csv has no column \"id\"")
	f("an empty file", plainMapping, "orders.csv", "", "orders.csv: it is empty")
	f("not UTF-8", plainMapping, "orders.csv", "id,customer,at,total\n1,J\xf8rgen,2026-02-20,2\n", "orders.csv:2:", "column customer is not UTF-8", "latin1")
	f("a column twice", plainMapping, "orders.csv", "id,customer,at,id\n", "columns 1 and 4 are both named \"id\"")
	f("a CSV without a mapping", "", "orders.csv", good, "must be told by a mapping")
	f("an unknown ending", "", "orders.xlsx", good, "cannot tell the format of orders.xlsx")
	f("JSON lines that are no JSON", "", "events.ndjson", "{\"type\":\"track\"\n", "events.ndjson:1: the line is not JSON")
	f("an event of 33 kB", "", "events.ndjson", `{"type":"track","event":"E","userId":"`+strings.Repeat("x", 33<<10)+`"}`, "events.ndjson:1:", "more than the 32768 an event may have")
	f("a mapped event of 33 kB", with("order_id: row.id", `order_id: 'take(["`+strings.Repeat("x", 33<<10)+`"], 5)'`), "orders.csv", good,
		"orders.csv:2: event Order Completed:", "take(…)")
	f("not a Parquet file", strings.ReplaceAll(plainMapping, "orders.csv", "orders.parquet"), "orders.parquet", good, "cannot read orders.parquet as Parquet")
}

func TestTruncatedGzip(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(plainOrders(20000))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	s := newFake(t)
	path := filepath.Join(t.TempDir(), "orders.csv.gz")
	o := s.options(write(t, "mapping.yaml", plainMapping), path)
	if err := os.WriteFile(path, packed.Bytes()[:packed.Len()*2/3], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), o); err == nil || !strings.Contains(err.Error(), "orders.csv.gz: the file ends in the middle") {
		t.Fatal(err)
	}
	// The whole file is sent after that, and what was sent before keeps its ids.
	if err := os.WriteFile(path, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	s.check(t, 20000)
	packed.Bytes()[packed.Len()-6] ^= 1 // its checksum
	if err := os.WriteFile(path, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), o); err == nil || !strings.Contains(err.Error(), "the gzip data is damaged") {
		t.Fatal(err)
	}
}

func TestMaxBad(t *testing.T) {
	text := plainOrders(300) + "301,c,not a time,1\n302,c,2026-03-01,1\n303\n304,c,2026-03-01,1\n"
	s := newFake(t)
	o := s.options(write(t, "mapping.yaml", plainMapping), write(t, "orders.csv", text))
	o.BatchEvents, o.MaxBad = 50, 1
	if _, err := Run(context.Background(), o); err == nil || !strings.Contains(err.Error(), "2 rows cannot be imported, more than the 1 that may be left out; the first of this run: orders.csv:302:") {
		t.Fatal(err)
	}
	s = newFake(t)
	o.MaxBad, o.Server = 2, s.url
	sum, err := Run(context.Background(), o)
	if err != nil || sum.BadRows != 2 || sum.Rows != 304 || len(sum.Bad) != 2 {
		t.Fatalf("%+v, %v", sum, err)
	}
	if !strings.Contains(sum.Bad[0], "orders.csv:302:") || !strings.Contains(sum.Bad[1], "orders.csv:304:") {
		t.Errorf("bad rows %q", sum.Bad)
	}
	if n := len(s.byName()["Order Completed"]); n != 302 {
		t.Errorf("%d orders, want 302", n)
	}
}

func TestRepeatedKey(t *testing.T) {
	s := newFake(t)
	m := strings.Replace(plainMapping, "key: row.id", "key: row.customer", 1)
	sum, err := Run(context.Background(), s.options(write(t, "mapping.yaml", m), write(t, "orders.csv", plainOrders(300))))
	if err != nil || sum.Repeated == 0 || sum.Repeated != int64(s.doubles) {
		t.Errorf("a key that is not unique: %+v, %d doubles, %v", sum, s.doubles, err)
	}
}

func TestSegmentFile(t *testing.T) {
	s := newFake(t)
	text := `{"type":"track","event":"A","userId":"u","messageId":"mine","timestamp":"2026-01-01T00:00:00Z"}

{"type":"track","event":"B","userId":"u"}
{ "type":"track","event":"B","userId":"u"}
{"messageId":"","type":"identify","userId":"u"}
`
	path := write(t, "events.jsonl", text)
	sum, err := Run(context.Background(), s.options("", path))
	if err != nil || sum.Events != 4 || len(s.events) != 4 || s.events["mine"].Event != "A" {
		t.Fatalf("%+v, %v, %v", sum, err, s.order)
	}
	again := newFake(t)
	if _, err := Run(context.Background(), again.options("", path)); err != nil || fmt.Sprint(again.order) != fmt.Sprint(s.order) {
		t.Errorf("other ids the second time: %v, %v, %v", s.order, again.order, err)
	}
}
