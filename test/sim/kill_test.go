// Package sim is no stage: a seed and a hostile machine in, proof that nothing acknowledged is lost out.
package sim

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/test/harness"
)

// rounds is how often the server is killed; WEND_SIM_ROUNDS changes it.
func rounds(t *testing.T, usual int) int {
	text := os.Getenv("WEND_SIM_ROUNDS")
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("WEND_SIM_ROUNDS is %q, not a number above 0", text)
	}
	return n
}

// writer sends numbered events of one user, a batch at a time, and again with the same message ids until it is
// acknowledged, as SDKs do.
type writer struct {
	user  string
	next  int // number of the first event not acknowledged
	batch int
}

func (w *writer) body() []byte {
	var b bytes.Buffer
	b.WriteString(`{"batch":[`)
	for i := range w.batch {
		if i > 0 {
			b.WriteByte(',')
		}
		n := w.next + i
		fmt.Fprintf(&b, `{"type":"track","event":"Tick","userId":%q,"messageId":"%s-%d","timestamp":%q,"properties":{"n":%d,"padding":"0123456789012345678901234567890123456789"}}`,
			w.user, w.user, n, time.Date(2026, 1, 1, 0, 0, n, 0, time.UTC).Format(time.RFC3339), n)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

const writers = 6

// TestKill kills the server with SIGKILL at random moments under load. Every event that got a 200 must be there
// afterwards, exactly once; one that did not may be there once.
func TestKill(t *testing.T) {
	data := t.TempDir()
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	all := make([]*writer, writers)
	for i := range all {
		all[i] = &writer{user: fmt.Sprint("writer-", i), batch: 1 + 17*i}
	}
	var acknowledged atomic.Int64
	n := rounds(t, 50)
	for round := range n {
		s := harness.Start(t, data, "--store.seal-age=150ms")
		lived := time.NewTimer(time.Duration(20+rng.IntN(400)) * time.Millisecond)
		stop := make(chan struct{})
		var work sync.WaitGroup
		for _, w := range all {
			work.Go(func() { w.run(s, stop, &acknowledged) })
		}
		<-lived.C
		s.Kill()
		close(stop)
		work.Wait()
		if round%10 == 9 || round == n-1 {
			verify(t, data, all, round)
		}
	}
	if acknowledged.Load() < int64(10*n) {
		t.Errorf("only %d events were acknowledged in %d rounds: the test proves little", acknowledged.Load(), n)
	}
	t.Logf("%d events acknowledged over %d kills", acknowledged.Load(), n)
}

func (w *writer) run(s *harness.Server, stop chan struct{}, acknowledged *atomic.Int64) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		if status, err := s.Send("/v1/batch", w.body()); err == nil && status == 200 {
			w.next += w.batch
			acknowledged.Add(int64(w.batch))
		}
	}
}

// verify starts the server once more and reads every writer's timeline back.
func verify(t *testing.T, data string, all []*writer, round int) {
	t.Helper()
	s := harness.Start(t, data)
	for _, w := range all {
		seen := map[int]int{}
		q := seq.Timeline{ID: event.UserProfile(w.user).String(), Limit: 1000}
		if w.next == 0 {
			continue
		}
		for {
			var a seq.TimelineAnswer
			if err := s.Call("POST", "/api/v1/query/timeline", q, &a); err != nil {
				t.Fatal(err)
			}
			for _, e := range a.Events {
				seen[int(e.Fields["properties.n"].(float64))]++
			}
			if q.Cursor = a.NextCursor; q.Cursor == "" {
				break
			}
		}
		for i := range w.next {
			if seen[i] != 1 {
				t.Fatalf("round %d: %s: event %d of %d acknowledged is there %d times", round, w.user, i, w.next, seen[i])
			}
		}
		for i, times := range seen {
			if times != 1 || i >= w.next+w.batch {
				t.Fatalf("round %d: %s: event %d, which was not acknowledged, is there %d times", round, w.user, i, times)
			}
		}
	}
	if err := s.Stop(); err != nil {
		t.Fatalf("SIGTERM: %v\n%s", err, s.Log())
	}
}
