package segment

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"wend.dev/wend/event"
	"wend.dev/wend/identity"
	"wend.dev/wend/store"
	"wend.dev/wend/store/log"
)

// wall is the real clock.
type wall struct{}

func (wall) Now() time.Time { return time.Now() }

// shop makes n events of about 600 bytes with ten fields, of many profiles over a few minutes.
func shop(n, seed int) []event.Event {
	events := make([]event.Event, n)
	for i := range events {
		k := seed*n + i
		anon := fmt.Sprintf("%032x", uint64(k)*0x9e3779b97f4a7c15>>44)
		events[i] = event.Event{
			MessageID: fmt.Sprintf("ajs-next-%d-%032x", 1700000000000+k, k), Kind: event.Track, Name: []string{"Product Viewed", "Product Added", "Order Completed"}[k%3],
			Time: event.Millis(1700000000000 + k/100), ReceivedAt: event.Millis(1700000000120 + k/100), AnonymousID: anon, Source: "src_web",
			Profile: event.AnonymousProfile(anon),
			Fields: []event.Field{
				{Path: "context.campaign.name", Value: event.StringValue("spring-sale-2024")},
				{Path: "context.library.version", Value: event.StringValue("1.70.0")},
				{Path: "context.locale", Value: event.StringValue("nb-NO")},
				{Path: "context.page.path", Value: event.StringValue(fmt.Sprintf("/products/power-tools/drill-%d", k%500))},
				{Path: "context.page.url", Value: event.StringValue(fmt.Sprintf("https://shop.example.com/products/power-tools/drill-%d?utm_source=ads", k%500))},
				{Path: "context.userAgent", Value: event.StringValue("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36")},
				{Path: "properties.category", Value: event.StringValue("Power tools")},
				{Path: "properties.in_stock", Value: event.BoolValue(k%2 == 0)},
				{Path: "properties.price", Value: event.NumberValue(float64(k%1000) + 0.95)},
				{Path: "properties.quantity", Value: event.NumberValue(float64(1 + k%4))},
			},
		}
	}
	return events
}

// BenchmarkAppend takes messages of 1,000 events, seals and merges them, all in one: events per second in the end.
func BenchmarkAppend(b *testing.B) {
	s, err := Open(b.Context(), Options{Dir: b.TempDir(), Clock: wall{}, Identities: identity.New()})
	if err != nil {
		b.Fatal(err)
	}
	const size = 1000
	var messages [][]byte
	for i := range 100 {
		messages = append(messages, log.Encode(nil, shop(size, i)))
	}
	b.ResetTimer()
	mark := store.Mark(0)
	for b.Loop() {
		events, err := log.Decode(messages[int(mark)%len(messages)])
		if err != nil {
			b.Fatal(err)
		}
		mark++
		if err := s.Append(b.Context(), mark, events); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "events/s")
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	b.ReportMetric(float64(mem.HeapInuse)/(1<<20), "heap-MiB")
	st := s.Stats()
	if err := s.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(st.PartBytes)/float64(max(st.Rows, 1)), "part-B/event")
	b.ReportMetric(float64(st.LakeBytes)/float64(max(st.Rows, 1)), "lake-B/event")
}

// BenchmarkLoad loads events of 10 per profile, four fields each, over 120 days.
func BenchmarkLoad(b *testing.B) {
	const size = 1_000_000
	names := []string{"Product Viewed", "Product Added", "Checkout Started", "Order Completed"}
	for b.Loop() {
		dir := b.TempDir()
		s, err := Open(b.Context(), Options{Dir: dir, Clock: wall{}, Identities: identity.New()})
		if err != nil {
			b.Fatal(err)
		}
		err = s.Load(b.Context(), func(yield func(*event.Event) bool) {
			fields := make([]event.Field, 4)
			for i := range size {
				e := event.Event{
					MessageID: fmt.Sprintf("m%015d", i), Kind: event.Track, Name: names[i*7919%4], Time: event.Millis(1700000000000 + i%10*dayMillis*12 + i%dayMillis),
					Profile: event.ProfileID(i/10 + 1), UserID: fmt.Sprint(i / 10), Source: "src",
				}
				e.ReceivedAt, e.Fields = e.Time+50, fields
				fields[0] = event.Field{Path: "context.channel", Value: event.StringValue([]string{"web", "app", "store"}[i%3])}
				fields[1] = event.Field{Path: "context.page.path", Value: event.StringValue("/p/" + fmt.Sprint(i%1000))}
				fields[2] = event.Field{Path: "properties.category", Value: event.StringValue(fmt.Sprint("c", i%50))}
				fields[3] = event.Field{Path: "properties.price", Value: event.NumberValue(float64(i%10000) / 100)}
				if !yield(&e) {
					return
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		st := s.Stats()
		b.ReportMetric(float64(mem.HeapSys)/(1<<20), "heap-sys-MiB")
		b.ReportMetric(float64(st.PartBytes)/float64(st.Rows), "part-B/event")
		b.ReportMetric(float64(st.LakeBytes)/float64(st.Rows), "lake-B/event")
		if err := s.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if s, err = Open(b.Context(), Options{Dir: dir, Clock: wall{}, Identities: identity.New(), manual: true}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "open-ms")
		if err := s.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*size/b.Elapsed().Seconds(), "events/s")
}
