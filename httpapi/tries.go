package httpapi

import (
	"sync"
	"time"
)

// The limits on wrong tokens: an address may miss 10 times at once, and once more every 6 seconds.
const (
	triesBurst = 10
	triesEvery = 6 * time.Second
	triesMost  = 10_000 // addresses remembered; past it the full ones are forgotten first
)

// tries counts wrong tokens per address, as a leaky bucket: each miss adds one, one drains every triesEvery.
type tries struct {
	mu    sync.Mutex
	empty map[string]time.Time // when the address's bucket will be empty
}

func newTries() *tries { return &tries{empty: map[string]time.Time{}} }

// wait is how long an address must wait before it may try again; 0 is not at all.
func (t *tries) wait(addr string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.empty[addr]
	if !ok {
		return 0
	}
	return max(0, e.Sub(now)-(triesBurst-1)*triesEvery)
}

// failed counts a miss.
func (t *tries) failed(addr string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.empty) >= triesMost {
		t.forget(now)
	}
	from := now
	if e := t.empty[addr]; e.After(now) {
		from = e
	}
	t.empty[addr] = from.Add(triesEvery)
}

// forget drops the addresses whose buckets are empty, and one more if there is none such.
func (t *tries) forget(now time.Time) {
	for a, e := range t.empty {
		if !e.After(now) {
			delete(t.empty, a)
		}
	}
	for a := range t.empty {
		if len(t.empty) < triesMost {
			return
		}
		delete(t.empty, a)
	}
}
