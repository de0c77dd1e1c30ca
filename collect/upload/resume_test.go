package upload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const plainMapping = `apiVersion: wend/v1
kind: Mapping
metadata: {id: shop}
spec:
  files:
    orders: {name: orders.csv}
  rows:
    - from: orders
      key: row.id
      user: row.customer
      time: row.at
      events:
        - {event: Order Completed, properties: {order_id: row.id, total: number(row.total)}}
        - {event: Receipt Sent, when: int(row.id) % 3 == 0}
`

// plainOrders is a CSV of n orders; they make n + ⌊n/3⌋ events.
func plainOrders(n int) string {
	var b strings.Builder
	b.WriteString("id,customer,at,total\n")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "%d,c%d,2026-03-01 10:00:00,%d.50\n", i, i%97, i)
	}
	return b.String()
}

func plain(t *testing.T, f *fakeServer, n int) Options {
	t.Helper()
	o := f.options(write(t, "mapping.yaml", plainMapping), write(t, "orders.csv", plainOrders(n)))
	o.BatchEvents = 50
	return o
}

// check finds every event of n plain orders, each once.
func (f *fakeServer) check(t *testing.T, n int) {
	t.Helper()
	got := f.byName()
	if len(got["Order Completed"]) != n || len(got["Receipt Sent"]) != n/3 {
		t.Fatalf("%d orders and %d receipts, want %d and %d", len(got["Order Completed"]), len(got["Receipt Sent"]), n, n/3)
	}
	seen := map[any]bool{}
	for _, m := range got["Order Completed"] {
		seen[m.Properties["order_id"]] = true
	}
	if len(seen) != n {
		t.Fatalf("%d different orders, want %d", len(seen), n)
	}
}

// TestResume kills an import at each of its batches in turn and runs it again: no event is lost, and none but those of
// the batch that was under way is sent twice.
func TestResume(t *testing.T) {
	const n = 600 // 16 batches and some
	for kill := 1; kill <= 16; kill++ {
		for _, answered := range []bool{false, true} {
			f := newFake(t)
			o := plain(t, f, n)
			ctx, cancel := context.WithCancel(context.Background())
			strike := func(batch int) int {
				if batch == kill {
					cancel()
					return http.StatusServiceUnavailable
				}
				return 0
			}
			if answered {
				f.after = strike // taken, but the client never hears of it
			} else {
				f.before = func(batch int, _ http.ResponseWriter) int { return strike(batch) }
			}
			if _, err := Run(ctx, o); !errors.Is(err, context.Canceled) {
				t.Fatalf("killed at batch %d: %v", kill, err)
			}
			f.before, f.after = nil, nil
			sum, err := Run(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			f.check(t, n)
			if sum.Rows != n || sum.Events != n+n/3 || kill > 2 && sum.Resumed == 0 {
				t.Errorf("killed at batch %d: %+v", kill, sum)
			}
			if answered && f.doubles == 0 || !answered && f.doubles > 0 || f.doubles > 50 {
				t.Errorf("killed at batch %d, answered %v: %d events came twice", kill, answered, f.doubles)
			}
		}
	}
}

func TestTwice(t *testing.T) {
	f := newFake(t)
	o := plain(t, f, 300)
	first, err := Run(context.Background(), o)
	if err != nil || first.AlreadyDone {
		t.Fatal(first, err)
	}
	// Weeks later the server has forgotten the message ids; nothing is sent all the same.
	before := f.batches
	again, err := Run(context.Background(), o)
	if err != nil || !again.AlreadyDone || f.batches != before || again.Events != first.Events || again.ID != first.ID {
		t.Fatalf("second run: %+v, %d more batches, %v", again, f.batches-before, err)
	}
	// The same content under another path, with a comment in the mapping, is the same import.
	o.Files = []string{write(t, "orders.csv", plainOrders(300))}
	o.Mapping = write(t, "other.yaml", "# a comment\n"+plainMapping)
	if moved, err := Run(context.Background(), o); err != nil || !moved.AlreadyDone {
		t.Fatalf("moved: %+v, %v", moved, err)
	}
	// Asked for again it is sent again, with the same ids.
	o.Again = true
	forced, err := Run(context.Background(), o)
	if err != nil || forced.AlreadyDone || f.doubles != 400 {
		t.Fatalf("forced: %+v, %d doubles, %v", forced, f.doubles, err)
	}
	f.check(t, 300)
	// A longer file is another import; what was there before has the same ids.
	o.Again, o.Files = false, []string{write(t, "orders.csv", plainOrders(330))}
	longer, err := Run(context.Background(), o)
	if err != nil || longer.AlreadyDone || longer.ID == first.ID {
		t.Fatalf("longer: %+v, %v", longer, err)
	}
	f.check(t, 330)
}

func TestPatience(t *testing.T) {
	f := newFake(t)
	o := plain(t, f, 300)
	var waits []time.Duration
	o.Wait = func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	}
	var problems []string
	o.Progress = func(p Progress) {
		if p.Phase == "waiting" {
			problems = append(problems, p.Problem)
		}
	}
	f.before = func(n int, w http.ResponseWriter) int {
		switch n {
		case 2:
			w.Header().Set("Retry-After", "7")
			return http.StatusTooManyRequests
		case 4, 5:
			return http.StatusServiceUnavailable
		}
		return 0
	}
	sum, err := Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	f.check(t, 300)
	if sum.Retries != 3 || len(waits) != 3 || waits[0] != 7*time.Second || waits[1] > waits[2]*2 || waits[1] < 250*time.Millisecond {
		t.Errorf("%d retries after waits of %v", sum.Retries, waits)
	}
	if len(problems) != 3 || !strings.Contains(problems[0], "429") || !strings.Contains(problems[1], "as the test asked") {
		t.Errorf("problems %q", problems)
	}
}

func TestGivingUp(t *testing.T) {
	f := newFake(t)
	o := plain(t, f, 300)
	clock := &tick{}
	o.Clock = clock
	o.RetryFor = time.Minute
	o.Wait = func(_ context.Context, d time.Duration) error {
		clock.mu.Lock()
		clock.n += int(d.Milliseconds())
		clock.mu.Unlock()
		return nil
	}
	f.before = func(n int, _ http.ResponseWriter) int {
		if n > 3 {
			return http.StatusServiceUnavailable
		}
		return 0
	}
	sum, err := Run(context.Background(), o)
	if err == nil || !strings.Contains(err.Error(), "gave up after") || sum.Events == 0 {
		t.Fatalf("%+v, %v", sum, err)
	}
	f.before = nil
	if _, err := Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	f.check(t, 300)
}

// TestCancelled cancels an import on the server while it runs: it stops, says so, and the next run goes on there.
func TestCancelled(t *testing.T) {
	f := newFake(t)
	o := plain(t, f, 300)
	f.before = func(n int, _ http.ResponseWriter) int {
		if n == 3 {
			for key := range f.states {
				_, id, _ := strings.Cut(key, "/")
				_, _ = f.Cancel(t.Context(), "shop", id)
			}
		}
		return 0
	}
	sum, err := Run(context.Background(), o)
	if !errors.Is(err, ErrCancelled) || !strings.Contains(err.Error(), "409") || sum.Rows == 0 || sum.Rows >= 300 || sum.Retries != 0 {
		t.Fatalf("%+v, %v", sum, err)
	}
	if f.batches > 4 {
		t.Errorf("%d batches: it did not stop", f.batches)
	}
	f.before = nil
	again, err := Run(context.Background(), o)
	if err != nil || again.Resumed == 0 || again.Rows != 300 {
		t.Fatalf("%+v, %v", again, err)
	}
	for _, s := range f.states {
		if !s.Done || s.Cancelled {
			t.Errorf("%+v", s)
		}
	}
	f.check(t, 300)
}

func TestRefused(t *testing.T) {
	f := newFake(t)
	o := plain(t, f, 10)
	o.Key = "bad-key"
	if _, err := Run(context.Background(), o); !errors.Is(err, ErrUnauthorized) {
		t.Errorf("bad key: %v", err)
	}
	o = plain(t, f, 10)
	o.Server = "127.0.0.1:8080"
	if _, err := Run(context.Background(), o); err == nil || !strings.Contains(err.Error(), "such as http://") {
		t.Errorf("bad URL: %v", err)
	}
	o = plain(t, f, 10)
	f.before = func(int, http.ResponseWriter) int { return http.StatusBadRequest }
	if sum, err := Run(context.Background(), o); err == nil || !strings.Contains(err.Error(), "400 Bad Request: as the test asked") || sum.Retries != 0 {
		t.Errorf("a batch that is refused: %+v, %v", sum, err)
	}
}

// TestUnreachable gives up soon when nobody was ever there: the URL is likely wrong.
func TestUnreachable(t *testing.T) {
	f := newFake(t)
	o := plain(t, f, 10)
	clock := &tick{}
	o.Clock, o.Server = clock, "http://127.0.0.1:1"
	began := clock.Now()
	o.Wait = func(_ context.Context, d time.Duration) error {
		clock.mu.Lock()
		clock.n += int(d.Milliseconds())
		clock.mu.Unlock()
		return nil
	}
	_, err := Run(context.Background(), o)
	if took := clock.Now().Sub(began); err == nil || !strings.Contains(err.Error(), "cannot reach the server") || took > firstContact {
		t.Errorf("after %v: %v", took, err)
	}
}

func TestDryRun(t *testing.T) {
	f := newFake(t)
	o := plain(t, f, 300)
	o.DryRun, o.Server, o.Key = true, "", ""
	sum, err := Run(context.Background(), o)
	if err != nil || sum.Rows != 300 || sum.Events != 400 || f.batches != 0 || len(f.states) != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}
