package part

import (
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// events draws up to n events of a few profiles, names and paths, so that everything collides with everything.
func events(t *rapid.T, n int) []event.Event {
	paths := []string{"context.page.path", "properties.a", "properties.a.b", "properties.a-b", "properties.price", "traits.é"}
	out := make([]event.Event, rapid.IntRange(0, n).Draw(t, "events"))
	for i := range out {
		e := &out[i]
		e.Kind = event.Kind(rapid.IntRange(1, 6).Draw(t, "kind"))
		e.Name = rapid.SampledFrom([]string{"A", "B", "Order Completed", ""}).Draw(t, "name")
		e.Time = event.Millis(rapid.Int64Range(-5, 20).Draw(t, "time"))
		if id := rapid.StringN(0, 2, -1).Draw(t, "id"); rapid.Bool().Draw(t, "known") {
			e.UserID = id
		} else {
			e.AnonymousID = id
		}
		e.Profile = event.ProfileOf(e.UserID, e.AnonymousID)
		e.MessageID = fmt.Sprint(i)
		e.Source = rapid.SampledFrom([]string{"web", "shop", ""}).Draw(t, "source")
		e.Clamped = rapid.IntRange(0, 9).Draw(t, "clamped") == 0
		for _, p := range paths {
			if v := value(t); v.Kind != 0 {
				e.Fields = append(e.Fields, event.Field{Path: p, Value: v})
			}
		}
		e.Fields = event.SortFields(e.Fields)
	}
	return out
}

func value(t *rapid.T) event.Value {
	switch rapid.IntRange(0, 6).Draw(t, "value kind") {
	case 1:
		return event.StringValue(rapid.StringN(0, 3, -1).Draw(t, "string"))
	case 2:
		return event.NumberValue(rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64).Draw(t, "number"))
	case 3:
		return event.BoolValue(rapid.Bool().Draw(t, "bool"))
	case 4:
		return event.JSONValue(`[1,"` + rapid.StringMatching(`[a-z]{0,2}`).Draw(t, "json") + `"]`)
	}
	return event.Value{}
}

// row is what a block knows of one event.
type row struct {
	Profile event.ProfileID
	Key     string
	Time    event.Millis
	Name    store.Name
	Fields  []event.Field
}

// rowsOf reads a block back, one row per event.
func rowsOf(b *store.Block) (out []row) {
	for i, p := range b.Profiles {
		for r := b.Starts[i]; r < b.Starts[i+1]; r++ {
			out = append(out, row{p, b.Keys.At(uint32(i)), b.Times[r], b.Names[b.Codes[r]], b.Fields(r)})
		}
	}
	return out
}

// wantRows is what a block of these events must read back as, made the plain way.
func wantRows(events []event.Event) (out []row) {
	es := slices.Clone(events)
	Sort(es)
	for _, e := range es {
		r := row{Profile: e.Profile, Time: e.Time, Name: store.Name{Kind: e.Kind, Name: e.Name}, Fields: slices.Clone(e.Fields)}
		switch {
		case e.UserID != "":
			r.Key = "user:" + e.UserID
		case e.AnonymousID != "":
			r.Key = "anon:" + e.AnonymousID
		}
		if e.Clamped {
			r.Fields = append(r.Fields, event.Field{Path: "clamped", Value: event.BoolValue(true)})
		}
		if e.Source != "" {
			r.Fields = append(r.Fields, event.Field{Path: "source", Value: event.StringValue(e.Source)})
		}
		r.Fields = event.SortFields(r.Fields)
		if len(r.Fields) == 0 {
			r.Fields = nil
		}
		out = append(out, r)
	}
	return out
}

func sameRows(t interface {
	Helper()
	Fatalf(string, ...any)
}, what string, got, want []row) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d rows, want %d", what, len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("%s: row %d is\n%+v, want\n%+v", what, i, got[i], want[i])
		}
	}
}

func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		es := events(t, 150)
		want := wantRows(es)
		b := FromEvents(es)
		sameRows(t, "block", rowsOf(b), want)
		path := filepath.Join(dir, "p.part")
		if err := Write(path, b); err != nil {
			t.Fatal(err)
		}
		p, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Verify(); err != nil {
			t.Fatal(err)
		}
		sameRows(t, "file", rowsOf(p.Block()), want)
		if p.Block().MinTime != b.MinTime || p.Block().MaxTime != b.MaxTime {
			t.Fatal("the span is lost")
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
