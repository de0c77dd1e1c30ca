package collect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/valyala/fastjson"

	"wend.dev/wend/event"
)

// benchBatch is a batch of n track calls of about 600 bytes, as analytics.js writes them.
func benchBatch(n int, seed uint64) string {
	var b strings.Builder
	b.WriteString(`{"batch":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"timestamp":"2026-11-22T11:%02d:%02d.%03dZ","event":"Product Viewed","type":"track","properties":{"product_id":"sku-%d","price":%d.5,"quantity":%d,"category":"Power tools","currency":"NOK","in_stock":true},`+
			`"context":{"page":{"path":"/products/%d","referrer":"https://www.google.com/","title":"Cordless drill 18 V","url":"https://shop.example.com/products/%d"},"userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36","locale":"nb-NO","library":{"name":"analytics.js","version":"next-1.84.3"}},`+
			`"messageId":"ajs-next-%016x-%08d","anonymousId":"9e8768ba-12dd-49d6-8abf-%012d","userId":"u-%d"}`,
			i/60%60, i%60, i%1000, i%500, i%90, i%4+1, i%500, i%500, seed, i, i%1000, i%1000)
	}
	b.WriteString(`],"sentAt":"2026-11-22T11:59:59.000Z"}`)
	return b.String()
}

// BenchmarkDecode compares a bare parse with what we make of a body. The rates are events per second on one core.
func BenchmarkDecode(b *testing.B) {
	const n = 100
	body := benchBatch(n, 1)
	run := func(name string, f func(b *testing.B)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				f(b)
			}
			b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "events/s")
		})
	}
	var parser fastjson.Parser
	run("bare-fastjson", func(b *testing.B) {
		if _, err := parser.Parse(body); err != nil {
			b.Fatal(err)
		}
	})
	run("bare-encoding-json", func(b *testing.B) {
		var v any
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			b.Fatal(err)
		}
	})
	d := new(decoder)
	run("scan", func(b *testing.B) {
		d.reset(body)
		if d.skip(0, 0) < 0 {
			b.Fatal(d.err)
		}
	})
	run("events", func(b *testing.B) {
		d.reset(body)
		e, err := d.open(n)
		if err != nil {
			b.Fatal(err)
		}
		r, bad, no := d.all(&e, arrival{source: "src", at: event.MillisOf(testNow), utf8: true})
		if no != nil || len(r.items) != n || len(bad) > 0 {
			b.Fatal(no, len(r.items), bad)
		}
	})
}

// BenchmarkHTTP posts batches of 100 events to the handler, without a network and with a log that only forgets.
func BenchmarkHTTP(b *testing.B) {
	const n = 100
	f := newFixture(b, func(o *Options) { o.Log = forgetful{} })
	var seed atomic.Uint64
	template := benchBatch(n, 0xfeedfacefeedface)
	b.SetBytes(int64(len(template)))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		body := []byte(template)
		for pb.Next() {
			fresh := fmt.Appendf(nil, "%016x", seed.Add(1))
			copy(body, template)
			for at := 0; ; {
				i := bytes.Index(body[at:], []byte("feedfacefeedface"))
				if i < 0 {
					break
				}
				at += i
				copy(body[at:], fresh)
			}
			r := httptest.NewRequest(http.MethodPost, "/v1/batch", bytes.NewReader(body))
			r.SetBasicAuth(testKey, "")
			w := httptest.NewRecorder()
			f.handler.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Fatal(w.Code, w.Body)
			}
		}
	})
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "events/s")
	if s := f.c.Stats(); s.Accepted != uint64(b.N)*n {
		b.Fatalf("%d accepted of %d", s.Accepted, b.N*n)
	}
}
