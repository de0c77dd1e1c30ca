package lake

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/event"
)

const dayMillis = 24 * 60 * 60 * 1000

// sorted puts events in the order that a Writer takes.
func sorted(events []event.Event) []event.Event {
	slices.SortStableFunc(events, func(a, b event.Event) int {
		return cmp.Or(cmp.Compare(a.Profile, b.Profile), cmp.Compare(a.Time, b.Time))
	})
	return events
}

// write makes a segment's files and fails the test when it cannot.
func write(t fataler, dir, segment string, events []event.Event) []File {
	t.Helper()
	files, err := commit(NewWriter(dir, segment), events)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func commit(w *Writer, events []event.Event) ([]File, error) {
	for i := range events {
		if err := w.Add(&events[i]); err != nil {
			w.Abort()
			return nil, err
		}
	}
	return w.Commit()
}

type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func TestPackedEventIsTheEvent(t *testing.T) {
	var p Packer
	want := event.Event{Kind: event.Identify, Name: "Identify", MessageID: "m", UserID: "u", AnonymousID: "a", GroupID: "g", Source: "s", Time: 5, ReceivedAt: 7,
		Clamped: true, Profile: event.UserProfile("u"), Fields: []event.Field{{Path: "properties.n", Value: event.NumberValue(1.5)}, {Path: "traits.email", Value: event.StringValue("k@x")}}}
	got, err := Packed(p.Append(nil, &want)).Event()
	if err != nil || !reflect.DeepEqual(*got, want) {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	if _, err := Packed(p.Append(nil, &want)[:packedHeader+3]).Event(); err == nil {
		t.Error("a damaged one is an event")
	}
}

// read takes all events of a sequence, keeping them until the end.
func read(seq func(func(*event.Event, error) bool)) (out []event.Event, err error) {
	for e, err := range seq {
		if err != nil {
			return out, err
		}
		out = append(out, *e)
	}
	return out, nil
}

func same(t fataler, got, want []event.Event) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("event %d is\n%+v, want\n%+v", i, got[i], want[i])
		}
	}
}

// shop makes n plausible events of many profiles over some days.
func shop(n, days int) []event.Event {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]event.Event, n)
	for i := range out {
		e := &out[i]
		*e = event.Event{
			MessageID: fmt.Sprintf("%016x-%08x", r.Uint64(), i), Kind: event.Track, Name: []string{"Product Viewed", "Order Completed", "Cart Viewed"}[r.IntN(3)],
			Time: event.Millis(1767225600000 + r.Int64N(int64(days)*dayMillis)), UserID: fmt.Sprintf("u%06d", r.IntN(n/20+1)), Source: "web",
			Fields: []event.Field{
				{Path: "context.ip", Value: event.StringValue(fmt.Sprintf("10.0.%d.%d", r.IntN(256), r.IntN(256)))},
				{Path: "context.library.name", Value: event.StringValue("wend.js")},
				{Path: "context.page.path", Value: event.StringValue(fmt.Sprintf("/products/%d", r.IntN(2000)))},
				{Path: "context.page.title", Value: event.StringValue("Cordless drill, 18 V")},
				{Path: "context.page.url", Value: event.StringValue(fmt.Sprintf("https://shop.example/products/%d", r.IntN(2000)))},
				{Path: "context.userAgent", Value: event.StringValue("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36")},
				{Path: "properties.category", Value: event.StringValue([]string{"drills", "saws", "lamps"}[r.IntN(3)])},
				{Path: "properties.currency", Value: event.StringValue("NOK")},
				{Path: "properties.price", Value: event.NumberValue(float64(r.IntN(100000)) / 100)},
				{Path: "properties.quantity", Value: event.NumberValue(float64(r.IntN(5) + 1))},
			},
		}
		e.ReceivedAt = e.Time + event.Millis(r.IntN(5000))
		e.Profile = event.ProfileOf(e.UserID, "")
	}
	return sorted(out)
}

// drawEvent draws an event with everything that is hard to keep.
func drawEvent(t *rapid.T) event.Event {
	text := rapid.OneOf(rapid.StringN(0, 4, -1), rapid.SampledFrom([]string{"", "\x00", "\"\\/\b\f\n\r\t\x1f\x7f", "é 😀 \u2028", "null", "{", "2026-01-05"}))
	e := event.Event{
		MessageID: text.Draw(t, "message"), Kind: event.Kind(rapid.IntRange(1, 6).Draw(t, "kind")), Name: text.Draw(t, "name"),
		Time: event.Millis(rapid.Int64Range(-dayMillis, dayMillis-1).Draw(t, "time")), ReceivedAt: event.Millis(rapid.Int64().Draw(t, "received")),
		Profile: event.ProfileID(rapid.Uint64Range(0, 4).Draw(t, "profile") << 61), UserID: text.Draw(t, "user"), AnonymousID: text.Draw(t, "anon"),
		GroupID: text.Draw(t, "group"), Source: text.Draw(t, "source"), Clamped: rapid.Bool().Draw(t, "clamped"),
	}
	e.Fields = drawFields(t)
	return e
}

func drawFields(t *rapid.T) (out []event.Field) {
	key := rapid.SampledFrom([]string{"a", "b", "", "a-b", "a b", "é", "\"", "properties", "c"})
	path := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"properties.", "context.", "traits.", ""}).Draw(t, "prefix") +
			strings.Join(rapid.SliceOfN(key, 1, 4).Draw(t, "keys"), ".")
	})
	value := rapid.Custom(func(t *rapid.T) event.Value {
		switch rapid.IntRange(0, 3).Draw(t, "value") {
		case 0:
			return event.StringValue(rapid.String().Draw(t, "string"))
		case 1:
			return event.NumberValue(rapid.OneOf(rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64),
				rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 0.1, 1e15, 1e21, 5e-324, 1 << 53, 0.12345678901234567})).Draw(t, "number"))
		case 2:
			return event.BoolValue(rapid.Bool().Draw(t, "bool"))
		}
		return event.JSONValue(rapid.SampledFrom([]string{
			`[]`, `[1,"a",{"b":[null,true]}]`, `[ 1 , 2 ]`, `{"deep":{"er":1}}`, `{}`, `"text"`, `1`, `null`, `not json`, ``, ` [1]`, `[1`, `["\ud83d\ude00"]`,
		}).Draw(t, "json"))
	})
	for _, p := range rapid.SliceOfNDistinct(path, 0, 8, rapid.ID[string]).Draw(t, "paths") {
		out = append(out, event.Field{Path: p, Value: value.Draw(t, "v")})
	}
	return event.SortFields(out)
}

func TestNestFlatten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawFields(t)
		var n nester
		n.nest(want)
		whole := string(n.wholeText())
		var f flattener
		got, err := f.flatten([groups]string{string(n.text(0)), string(n.text(1)), string(n.text(2)), string(n.text(3))}, whole)
		if err != nil {
			t.Fatalf("%v: %s", err, n.out)
		}
		if !reflect.DeepEqual(got, want) && len(got)+len(want) > 0 {
			t.Fatalf("got\n%+v, want\n%+v from\n%s", got, want, n.out)
		}
	})
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "lake")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		want := sorted(rapid.SliceOfN(rapid.Custom(drawEvent), 0, 20).Draw(t, "events"))
		w := NewWriter(dir, "s1")
		w.budget = rapid.SampledFrom([]int{1, 500, defaultBudget}).Draw(t, "budget")
		files, err := commit(w, want)
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, f := range files {
			if err := Verify(filepath.Join(dir, f.Path), f.Sum); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, f.Path)
			day, err := read(Read(filepath.Join(dir, f.Path)))
			if err != nil || int64(len(day)) != f.Rows {
				t.Fatalf("%s: %d events, %v; want %d", f.Path, len(day), err, f.Rows)
			}
			for _, e := range day {
				if e.Time.Time().Format("2006-01-02") != f.Day {
					t.Fatalf("%s holds an event of %v", f.Path, e.Time.Time())
				}
			}
		}
		got, err := read(Merge(dir, paths))
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
	})
}

// TestManyRows crosses every bound of the encoder: batches, pages, row groups, spills of several days.
func TestManyRows(t *testing.T) {
	dir := t.TempDir()
	want := shop(30_123, 2)
	last := want[len(want)-1]
	last.Fields, last.Time = nil, 1767225600000+2*dayMillis-1
	for range groupRows + 200 { // one day of more than a row group
		want = append(want, last)
	}
	w := NewWriter(dir, "big")
	w.budget = 1 << 20
	files, err := commit(w, want)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 || files[0].Day != "2026-01-01" || files[1].Day != "2026-01-02" || files[1].Rows <= groupRows {
		t.Fatalf("files are %+v", files)
	}
	got, err := read(Merge(dir, []string{files[0].Path, files[1].Path}))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Fatalf("folder holds %v, %v", entries, err)
	}
}

// TestMergeTies holds that equal times come in order of the files, then rows, and that order is by profile first.
func TestMergeTies(t *testing.T) {
	dir := t.TempDir()
	e := func(id string, p event.ProfileID, at event.Millis) event.Event {
		return event.Event{MessageID: id, Kind: event.Track, Name: "A", Profile: p, Time: at}
	}
	old := write(t, dir, "old", []event.Event{e("o1", 1, 5), e("o2", 1, 5), e("o3", 3, 1)})
	young := write(t, dir, "young", []event.Event{e("y1", 1, 4), e("y2", 1, 5), e("y3", 2, 9)})
	empty := write(t, dir, "empty", nil)
	if len(empty) != 0 {
		t.Fatalf("no events made files %v", empty)
	}
	got, err := read(Merge(dir, []string{old[0].Path, young[0].Path}))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range got {
		ids = append(ids, e.MessageID)
	}
	if s := strings.Join(ids, " "); s != "y1 o1 o2 y2 y3 o3" {
		t.Fatal(s)
	}
	for range Merge(dir, []string{old[0].Path, young[0].Path}) { // a reader that stops early must not hurt
		break
	}
}

func TestOrderAndKindAreChecked(t *testing.T) {
	dir := t.TempDir()
	w := NewWriter(dir, "s")
	ok := event.Event{Kind: event.Page, Profile: 5, Time: 10}
	bad := []event.Event{{Kind: event.Page, Profile: 4, Time: 20}, {Kind: event.Page, Profile: 5, Time: 9}, {Kind: 9, Profile: 6}}
	if err := w.Add(&ok); err != nil {
		t.Fatal(err)
	}
	for _, e := range bad {
		if err := w.Add(&e); err == nil {
			t.Fatalf("%+v was taken", e)
		}
	}
	files, err := w.Commit()
	if err != nil || len(files) != 1 || files[0].Rows != 1 {
		t.Fatalf("%v, %v", files, err)
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	w := NewWriter(dir, "s")
	w.budget = 1
	for _, e := range shop(10, 3) {
		if err := w.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	w.Abort()
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Fatalf("folder holds %v", entries)
	}
}

// TestFailedCommitLeavesNothing puts a file where the second day's folder should be.
func TestFailedCommitLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "day=1970-01-02"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := commit(NewWriter(dir, "s"), []event.Event{{Kind: event.Page, Time: 1}, {Kind: event.Page, Time: dayMillis}})
	if err == nil {
		t.Fatal("no error")
	}
	if entries, _ := os.ReadDir(filepath.Join(dir, "day=1970-01-01")); len(entries) != 0 {
		t.Fatalf("folder holds %v", entries)
	}
}

func TestInvalidUTF8IsReplaced(t *testing.T) {
	dir := t.TempDir()
	files := write(t, dir, "s", []event.Event{{Kind: event.Track, Name: "a\xffb", UserID: "\xc3", Fields: []event.Field{
		{Path: "properties.\xfe", Value: event.StringValue("x\xff\xfey")}, {Path: "properties.n", Value: event.NumberValue(math.Inf(1))},
	}}})
	got, err := read(Read(filepath.Join(dir, files[0].Path)))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []event.Event{{Kind: event.Track, Name: "a\ufffdb", UserID: "\ufffd", Fields: []event.Field{
		{Path: "properties.\ufffd", Value: event.StringValue("x\ufffd\ufffdy")},
	}}})
}

// TestNested holds the texts that others read.
func TestNested(t *testing.T) {
	case1 := func(want string, whole string, fields ...event.Field) {
		t.Helper()
		var n nester
		n.nest(event.SortFields(fields))
		w := string(n.wholeText())
		if got := string(n.text(inProperties)); got != want || w != whole {
			t.Fatalf("got %s and %s, want %s and %s", got, w, want, whole)
		}
	}
	f := func(path string, v event.Value) event.Field { return event.Field{Path: "properties." + path, Value: v} }
	one := event.NumberValue(1)
	case1(`{"a":{"b":1,"c":"x"},"d":true}`, "", f("a.b", one), f("a.c", event.StringValue("x")), f("d", event.BoolValue(true)))
	case1(`{"a":1,"a-b":1,"a.b":1}`, "", f("a", one), f("a-b", one), f("a.b", one))
	case1(`{"a":1,"a.b.c":1}`, "", f("a", one), f("a.b.c", one))
	case1(`{"":{"":1},"a":{"":1}}`, "", f(".", one), f("a.", one))
	case1(`{"products":[{"sku":"1"}]}`, "", f("products", event.JSONValue(`[{"sku":"1"}]`)))
	case1(`{"deep":{"x":1}}`, `["properties.deep"]`, f("deep", event.JSONValue(`{"x":1}`)))
	case1(`{"n":-0,"p":0.1,"q":1e+21}`, "", f("n", event.NumberValue(math.Copysign(0, -1))), f("p", event.NumberValue(0.1)), f("q", event.NumberValue(1e21)))
}

func BenchmarkWrite(b *testing.B) {
	events := shop(50_000, 30)
	b.ReportAllocs()
	for b.Loop() {
		files := write(b, b.TempDir(), "s", events)
		size := int64(0)
		for _, f := range files {
			size += f.Bytes
		}
		b.ReportMetric(float64(size)/float64(len(events)), "bytes/event")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
}

func BenchmarkRead(b *testing.B) {
	events := shop(50_000, 1)
	dir := b.TempDir()
	files := write(b, dir, "s", events)
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range Read(filepath.Join(dir, files[0].Path)) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
}
