package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// batch is the number of events of one request.
const batch = 100

// loadResult is what a load run reports at its end.
type loadResult struct {
	Events  int64   `json:"events"` // acknowledged
	Seconds float64 `json:"seconds"`
	Refused int64   `json:"refused"` // requests answered 429 or 503; in a closed loop they are sent again
	P50     float64 `json:"p50"`     // milliseconds from when a request was due to its acknowledgement
	P99     float64 `json:"p99"`
	Worst   float64 `json:"worst"`
}

// progress is reported once a second while a load run goes on.
type progress struct {
	Acknowledged int64   `json:"acknowledged"`
	Seconds      float64 `json:"seconds"`
}

// message is either of them, one per line.
type message struct {
	Progress *progress   `json:"progress,omitempty"`
	Result   *loadResult `json:"result,omitempty"`
}

// loader sends batches over keep-alive connections. Without a rate each connection sends as fast as it is answered (a
// closed loop). With a rate, request i is due at i/rate whatever became of those before it, and its time counts from
// then: a server that stalls cannot slow the generator and so hide the stall.
type loader struct {
	address string
	conns   int
	events  int64
	rate    float64 // events per second; 0: as fast as answered
	run     uint64  // makes message ids of different runs different

	began   time.Time
	next    atomic.Int64 // number of the next request
	acked   atomic.Int64
	refused atomic.Int64
}

func load(ctx context.Context, flags *flag.FlagSet, args []string, out io.Writer) error {
	l := &loader{run: rand.Uint64()}
	flags.StringVar(&l.address, "address", "", "HOST:PORT of the server")
	flags.IntVar(&l.conns, "connections", 16, "connections")
	flags.Int64Var(&l.events, "events", 1_000_000, "events to send")
	flags.Float64Var(&l.rate, "rate", 0, "events per second; 0: as fast as they are acknowledged")
	if err := flags.Parse(args); err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	conns, requests := make([]net.Conn, l.conns), make([]*request, l.conns)
	for i := range l.conns { // before the clock runs: making them is not the server's time
		var d net.Dialer
		var err error
		if conns[i], err = d.DialContext(ctx, "tcp", l.address); err != nil {
			return err
		}
		defer func() { _ = conns[i].Close() }()
		requests[i] = newRequest(l.address, l.run, i)
	}
	l.began = time.Now()
	latencies := make([][]float64, l.conns)
	errs := make([]error, l.conns)
	var work sync.WaitGroup
	for i := range l.conns {
		work.Go(func() { latencies[i], errs[i] = l.connection(ctx, conns[i], requests[i]) })
	}
	done := make(chan struct{})
	go func() { work.Wait(); close(done) }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for running := true; running; {
		select {
		case <-tick.C:
			if err := enc.Encode(message{Progress: &progress{l.acked.Load(), time.Since(l.began).Seconds()}}); err != nil {
				return err
			}
		case <-done:
			running = false
		}
	}
	took := time.Since(l.began).Seconds()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	all := slices.Concat(latencies...)
	slices.Sort(all)
	return enc.Encode(message{Result: &loadResult{Events: l.acked.Load(), Seconds: took, Refused: l.refused.Load(),
		P50: quantile(all, 0.50), P99: quantile(all, 0.99), Worst: quantile(all, 1)}})
}

// quantile is the nearest rank of a sorted list.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := int(float64(len(sorted))*q+0.999999) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// connection sends requests until all are sent.
func (l *loader) connection(ctx context.Context, conn net.Conn, r *request) (latencies []float64, err error) {
	in := bufio.NewReader(conn)
	requests := (l.events + batch - 1) / batch
	for ctx.Err() == nil {
		i := l.next.Add(1) - 1
		if i >= requests {
			return latencies, nil
		}
		due := time.Now()
		if l.rate > 0 {
			due = l.began.Add(time.Duration(float64(i) * batch / l.rate * float64(time.Second)))
			time.Sleep(time.Until(due))
		}
		r.stamp(i)
		for {
			if _, err := conn.Write(r.bytes); err != nil {
				return nil, err
			}
			status, err := readAnswer(in)
			if err != nil {
				return nil, err
			}
			if status == 200 {
				break
			}
			if status != 429 && status != 503 {
				return nil, fmt.Errorf("the server answered %d", status)
			}
			l.refused.Add(1)
			time.Sleep(20 * time.Millisecond)
		}
		latencies = append(latencies, millis(time.Since(due)))
		l.acked.Add(batch)
	}
	return nil, ctx.Err()
}

// readAnswer reads one response with a Content-Length and gives its status. It is much cheaper than net/http, since
// the generator shares the machine with the server.
func readAnswer(in *bufio.Reader) (status int, err error) {
	length := 0
	for n := 0; ; n++ {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		text := strings.TrimSpace(string(line))
		switch {
		case n == 0:
			if len(text) < 12 {
				return 0, fmt.Errorf("no HTTP answer: %q", text)
			}
			if status, err = strconv.Atoi(text[9:12]); err != nil {
				return 0, err
			}
		case text == "":
			_, err := in.Discard(length)
			return status, err
		case len(text) > 15 && strings.EqualFold(text[:15], "content-length:"):
			if length, err = strconv.Atoi(strings.TrimSpace(text[15:])); err != nil {
				return 0, err
			}
		}
	}
}

// request is the bytes of one POST, with places that are written over for each use.
type request struct {
	bytes []byte
	ids   []int // where each event's message id has its 16 digits of the request's number
	users []int // where each event's user has its 7 digits
	anons []int // where its device has 12
	sent  int   // where the time of sending is
	rng   *rand.Rand
}

const sentForm = "2006-01-02T15:04:05.000Z"

// newRequest makes a batch of track calls of about 600 bytes each, as analytics.js writes them.
func newRequest(host string, run uint64, n int) *request {
	body, _ := sampleBatch(run, time.Now())
	key := base64.StdEncoding.EncodeToString([]byte(writeKey + ":"))
	head := fmt.Sprintf("POST /v1/batch HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", host, key, len(body))
	r := &request{bytes: append([]byte(head), body...), rng: rand.New(rand.NewPCG(run, uint64(n)))}
	for at := 0; ; at++ {
		i := bytes.Index(r.bytes[at:], []byte(`"messageId":"ajs-next-`))
		if i < 0 {
			break
		}
		at += i
		r.ids = append(r.ids, at+len(`"messageId":"ajs-next-`)+17)
		u := at + bytes.Index(r.bytes[at:], []byte(`"userId":"u-`))
		r.users = append(r.users, u+len(`"userId":"u-`))
		r.anons = append(r.anons, u-len(`000000000000",`))
	}
	r.sent = bytes.LastIndex(r.bytes, []byte(`"sentAt":"`)) + len(`"sentAt":"`)
	return r
}

// stamp makes the batch a new one: its own message ids, users drawn from a million, sent now.
func (r *request) stamp(i int64) {
	for n, at := range r.ids {
		digits(r.bytes[at:at+12], i*batch+int64(n))
		who := r.rng.Int64N(1_000_000)
		digits(r.bytes[r.users[n]:r.users[n]+7], who)
		digits(r.bytes[r.anons[n]:r.anons[n]+12], who)
	}
	copy(r.bytes[r.sent:], time.Now().UTC().Format(sentForm))
}

func digits(to []byte, v int64) {
	for i := len(to) - 1; i >= 0; i-- {
		to[i] = byte('0' + v%10)
		v /= 10
	}
}

// sampleBatch is the body that everything about ingestion is measured with, and its bytes per event.
func sampleBatch(run uint64, now time.Time) (body string, perEvent int) {
	var b strings.Builder
	b.WriteString(`{"batch":[`)
	for i := range batch {
		if i > 0 {
			b.WriteByte(',')
		}
		at := now.Add(time.Duration(i-batch) * 10 * time.Millisecond).UTC().Format(sentForm)
		fmt.Fprintf(&b, `{"timestamp":"%s","event":"%s","type":"track","properties":{"product_id":"sku-%d","price":%d.5,"quantity":%d,"category":"Power tools","currency":"NOK","in_stock":true},`,
			at, vocabulary[i%8].name, i*7%500, 10+i, i%4+1)
		fmt.Fprintf(&b, `"context":{"page":{"path":"/products/%d","referrer":"https://www.google.com/","title":"Cordless drill 18 V","url":"https://shop.example.com/products/%d"},"userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36","locale":"nb-NO","library":{"name":"analytics.js","version":"next-1.84.3"}},`,
			i*7%500, i*7%500)
		fmt.Fprintf(&b, `"messageId":"ajs-next-%016x-%012d","anonymousId":"9e8768ba-12dd-49d6-8abf-%012d","userId":"u-%07d"}`, run, i, i%10, i%10)
	}
	fmt.Fprintf(&b, `],"sentAt":"%s"}`, now.UTC().Format(sentForm))
	return b.String(), b.Len() / batch
}
