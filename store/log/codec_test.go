package log

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/event"
)

// sample makes n events of about 600 bytes with ten fields, like a web shop's.
func sample(n int) []event.Event {
	events := make([]event.Event, n)
	for i := range events {
		anon := fmt.Sprintf("%032x", i*7919)
		events[i] = event.Event{
			MessageID: fmt.Sprintf("ajs-next-%d-%032x", 1700000000000+i, i), Kind: event.Track, Name: []string{"Product Viewed", "Product Added", "Order Completed"}[i%3],
			Time: event.Millis(1700000000000 + i), ReceivedAt: event.Millis(1700000000120 + i), AnonymousID: anon, Source: "src_web",
			Profile: event.AnonymousProfile(anon),
			Fields: []event.Field{
				{Path: "context.campaign.name", Value: event.StringValue("spring-sale-2024")},
				{Path: "context.library.version", Value: event.StringValue("1.70.0")},
				{Path: "context.locale", Value: event.StringValue("nb-NO")},
				{Path: "context.page.path", Value: event.StringValue(fmt.Sprintf("/products/power-tools/drill-%d", i%500))},
				{Path: "context.page.url", Value: event.StringValue(fmt.Sprintf("https://shop.example.com/products/power-tools/drill-%d?utm_source=ads&utm_campaign=spring", i%500))},
				{Path: "context.userAgent", Value: event.StringValue("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36")},
				{Path: "properties.category", Value: event.StringValue("Power tools")},
				{Path: "properties.in_stock", Value: event.BoolValue(i%2 == 0)},
				{Path: "properties.price", Value: event.NumberValue(float64(i%1000) + 0.95)},
				{Path: "properties.quantity", Value: event.NumberValue(float64(1 + i%4))},
			},
		}
	}
	return events
}

func drawEvents(t *rapid.T) []event.Event {
	text := rapid.StringN(0, 12, 40)
	path := rapid.SampledFrom([]string{"properties.a", "properties.b", "context.page.path", "traits.email", "properties.c"})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event.Event {
		e := event.Event{
			MessageID: text.Draw(t, "id"), Kind: event.Kind(rapid.IntRange(1, 6).Draw(t, "kind")), Name: text.Draw(t, "name"),
			Time: event.Millis(rapid.Int64().Draw(t, "time")), ReceivedAt: event.Millis(rapid.Int64().Draw(t, "received")),
			Profile: event.ProfileID(rapid.Uint64().Draw(t, "profile")), UserID: text.Draw(t, "user"), AnonymousID: text.Draw(t, "anon"),
			GroupID: text.Draw(t, "group"), Source: text.Draw(t, "source"), Clamped: rapid.Bool().Draw(t, "clamped"),
		}
		for range rapid.IntRange(0, 5).Draw(t, "fields") {
			v := rapid.OneOf(
				rapid.Map(text, event.StringValue), rapid.Map(text, event.JSONValue), rapid.Map(rapid.Bool(), event.BoolValue),
				rapid.Map(rapid.Float64(), event.NumberValue), rapid.Map(rapid.Int64(), func(i int64) event.Value { return event.NumberValue(float64(i)) }),
			).Draw(t, "value")
			e.Fields = append(e.Fields, event.Field{Path: path.Draw(t, "path"), Value: v})
		}
		e.Fields = event.SortFields(e.Fields)
		return e
	}), 0, 20).Draw(t, "events")
}

func TestCodecRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawEvents(t)
		prefix := []byte("before")
		b := Encode(bytes.Clone(prefix), want)
		if !bytes.HasPrefix(b, prefix) {
			t.Fatal("Encode overwrote what was there")
		}
		got, err := Decode(b[len(prefix):])
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
	})
}

func TestCodecFindsEveryDamage(t *testing.T) {
	b := Encode(nil, sample(3))
	if len(b) > encodedBound(sample(3)) {
		t.Errorf("a message of %d bytes, bound %d", len(b), encodedBound(sample(3)))
	}
	for i := range b {
		broken := bytes.Clone(b)
		broken[i] ^= 0x10
		if _, err := Decode(broken); !errors.Is(err, ErrDamaged) {
			t.Fatalf("byte %d changed: error %v", i, err)
		}
		if _, err := Decode(b[:i:i]); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut at %d: error %v", i, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode(nil, nil))
	f.Add(Encode(nil, sample(2)))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := Decode(b); err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
		if len(b) < headerSize+4 {
			return
		}
		// Behind a wrong checksum too, nothing may crash or take more memory than the message is worth.
		events, err := decodeBody(b)
		if err != nil {
			return
		}
		if again, err := Decode(Encode(nil, events)); err != nil || len(again) != len(events) {
			t.Fatalf("%d events became %d, %v", len(events), len(again), err)
		}
	})
}

func TestCodecFormat(t *testing.T) {
	b := Encode(nil, []event.Event{{MessageID: "m", Kind: event.Page, Name: "N", Time: 5, ReceivedAt: 7, Profile: 1, Clamped: true, Source: "S",
		Fields: []event.Field{{Path: "p", Value: event.NumberValue(-2)}}}})
	want := "574c4731" + "SUM" + "01010e" + "0a" + "0001" + "00" + "03" + "0100000000000000" + "016d" + "000000" + "01" + "16" + "03" +
		"03" + "014e" + "0153" + "0170" + "24000000"
	sum := fmt.Sprintf("%x", b[len(magic):headerSize])
	if got := fmt.Sprintf("%x", b[:4]) + "SUM" + fmt.Sprintf("%x", b[headerSize:]); got != want {
		t.Errorf("got  %s (sum %s)\nwant %s", got, sum, want)
	}
	if binary.LittleEndian.Uint32(b[len(b)-4:]) > uint32(len(b)) {
		t.Error("table outside")
	}
}

func BenchmarkCodec(b *testing.B) {
	events := sample(1000)
	msg := Encode(nil, events)
	b.Run("encode", func(b *testing.B) {
		b.SetBytes(int64(len(msg)))
		b.ReportAllocs()
		buf := make([]byte, 0, encodedBound(events))
		for b.Loop() {
			buf = Encode(buf[:0], events)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(events)), "ns/event")
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(msg)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(msg); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(events)), "ns/event")
	})
}

// TestDamageBehindARightSum changes bytes under a checksum that fits: nothing may crash, and what decodes must be
// events that can be encoded again.
func TestDamageBehindARightSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Encode(nil, drawEvents(t))
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			at := rapid.IntRange(headerSize, len(b)-1).Draw(t, "at")
			b[at] = rapid.Byte().Draw(t, "byte")
		}
		if rapid.Bool().Draw(t, "cut") {
			b = b[:rapid.IntRange(headerSize+4, len(b)).Draw(t, "length")]
		}
		events, err := decodeBody(b)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		if again, err := Decode(Encode(nil, events)); err != nil || len(again) != len(events) {
			t.Fatalf("%d events became %d, %v", len(events), len(again), err)
		}
	})
}
