package lake

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"wend.dev/wend/event"
)

// TestShapesChangeNothing nests many events with one nester, which learns, and each with a new one, which builds.
func TestShapesChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lists [][]event.Field
		for range rapid.IntRange(1, 4).Draw(t, "lists") {
			lists = append(lists, drawFields(t))
		}
		var learnt nester
		for range 12 {
			fields := append([]event.Field(nil), rapid.SampledFrom(lists).Draw(t, "list")...)
			for i := range fields { // the same paths with other values, some of which are left out
				switch rapid.IntRange(0, 5).Draw(t, "change") {
				case 0:
					fields[i].Value = event.NumberValue(math.NaN())
				case 1:
					fields[i].Value = event.Value{Kind: 9}
				case 2:
					fields[i].Value = event.JSONValue(`{"a":1}`)
				case 3:
					fields[i].Value = event.StringValue(rapid.String().Draw(t, "string"))
				}
			}
			var fresh nester
			learnt.nest(fields)
			fresh.build(fields)
			for g := range groups {
				if a, b := string(learnt.text(g)), string(fresh.text(g)); a != b {
					t.Fatalf("group %d of %+v is\n%s, want\n%s", g, fields, a, b)
				}
			}
			if a, b := string(learnt.wholeText()), string(fresh.wholeText()); a != b {
				t.Fatalf("whole of %+v is\n%s, want\n%s", fields, a, b)
			}
		}
	})
}

// TestShapesAreBounded meets more lists of paths than are kept.
func TestShapesAreBounded(t *testing.T) {
	var n nester
	for i := range 3 * maxShapes {
		n.nest([]event.Field{{Path: fmt.Sprintf("properties.p%d", i), Value: event.BoolValue(true)}})
		if want := fmt.Sprintf(`{"p%d":true}`, i); string(n.text(inProperties)) != want {
			t.Fatalf("got %s, want %s", n.text(inProperties), want)
		}
		if len(n.shapes.root.next) > maxShapes {
			t.Fatalf("%d shapes are kept", len(n.shapes.root.next))
		}
	}
}

func TestPlainAndClean(t *testing.T) {
	for c := range 256 {
		for at := range 24 {
			s := strings.Repeat("x", at) + string([]byte{byte(c)}) + strings.Repeat("~", 24-at)
			special := c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf
			if got := plain(s); got%8 != 0 || special && got > at || !special && got != 24 {
				t.Fatalf("%q is plain up to %d", s, got)
			}
			if got, want := clean(s), strings.ToValidUTF8(s, "\ufffd"); got != want {
				t.Fatalf("%q became %q, want %q", s, got, want)
			}
		}
	}
	if s := "Fjällräven – ok"; clean(s) != s {
		t.Error(clean(s))
	}
}

// TestDaysWrittenAsTheyCome mixes four days, each large enough to be written as it comes: two are, two are spilled.
func TestDaysWrittenAsTheyCome(t *testing.T) {
	dir := t.TempDir()
	const n = 4 * 3000
	want := make([]event.Event, n)
	for i := range want {
		want[i] = event.Event{
			MessageID: fmt.Sprint(i), Kind: event.Track, Name: "A", Profile: event.ProfileID(i + 1), Time: event.Millis(i%4) * dayMillis,
			Fields: []event.Field{{Path: "properties.text", Value: event.StringValue(strings.Repeat("ab", 300))}},
		}
	}
	w := NewWriter(dir, "s")
	w.budget = 3 << 20
	for i := range want {
		if err := w.Add(&want[i]); err != nil {
			t.Fatal(err)
		}
	}
	temporary, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || w.open != mostOpen || len(temporary) != mostOpen || w.spill == nil {
		t.Fatalf("%d days are open: %v, %v", w.open, temporary, err)
	}
	files, err := w.Commit()
	if err != nil || len(files) != 4 {
		t.Fatalf("%v, %v", files, err)
	}
	var names []string
	for _, f := range files {
		if f.Rows != n/4 {
			t.Errorf("%+v", f)
		}
		if err := Verify(filepath.Join(dir, filepath.FromSlash(f.Path)), f.Sum); err != nil {
			t.Error(err)
		}
		names = append(names, f.Path)
	}
	got, err := read(Merge(dir, names))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)

	w = NewWriter(dir, "t")
	for i := range want {
		if err := w.Add(&want[i]); err != nil {
			t.Fatal(err)
		}
	}
	w.Abort()
	if left, err := filepath.Glob(filepath.Join(dir, "*", "t*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCutKnowsRubbish(t *testing.T) {
	var p Packer
	e := event.Event{MessageID: "id", Kind: event.Page, Name: "A", Profile: 7, Time: -5, Fields: []event.Field{{Path: "traits.x", Value: event.BoolValue(true)}}}
	whole := p.Append(p.Append(nil, &e), &e)
	first, rest, err := Cut(whole)
	if err != nil || first.Profile() != 7 || first.Time() != -5 || string(first.MessageID()) != "id" || len(rest) != len(first) {
		t.Fatalf("%v %v %v", first, rest, err)
	}
	for n := range len(first) {
		if _, _, err := Cut(first[:n]); err == nil {
			t.Errorf("%d bytes of an event are one", n)
		}
	}
	enc := newEncoder()
	var r row
	for n := packedHeader; n < len(first); n++ {
		if err := first[:n].row(&r, &enc.hex[0]); err == nil {
			t.Errorf("%d bytes of an event make a row", n)
		}
	}
}
