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
