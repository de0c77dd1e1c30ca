package collect

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// room bounds the bytes that wait for the log.
type room struct {
	size  int64
	sem   *semaphore.Weighted
	taken atomic.Int64
}

func newRoom(size int64) *room { return &room{size: size, sem: semaphore.NewWeighted(size)} }

func (r *room) try(n int64) bool {
	if !r.sem.TryAcquire(n) {
		return false
	}
	r.taken.Add(n)
	return true
}

// wait takes n bytes, or all there are if n is more, and returns how many.
func (r *room) wait(ctx context.Context, n int64) (int64, error) {
	n = min(n, r.size)
	if err := r.sem.Acquire(ctx, n); err != nil {
		return 0, err
	}
	r.taken.Add(n)
	return n, nil
}

func (r *room) give(n int64) {
	if n > 0 {
		r.taken.Add(-n)
		r.sem.Release(n)
	}
}

func (r *room) used() int64 { return r.taken.Load() }

// rates limits the events per second of each source: a bucket that holds two seconds' worth. It may go into debt by
// one request, so that a batch larger than the bucket passes too.
type rates struct {
	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	level float64 // events that may still come; negative is debt
	at    time.Time
}

// take says whether n events of a source may pass now, and if not how many whole seconds to wait.
func (r *rates) take(s Source, n int, now time.Time) (retry int, ok bool) {
	if s.EventsPerSecond <= 0 {
		return 0, true
	}
	rate := float64(s.EventsPerSecond)
	r.mu.Lock()
	defer r.mu.Unlock()
	b, known := r.buckets[s.ID]
	if !known {
		b = bucket{2 * rate, now}
	}
	b.level = min(b.level+rate*max(0, now.Sub(b.at).Seconds()), 2*rate)
	b.at = now
	if ok = b.level > 0; ok {
		b.level -= float64(n)
	} else {
		retry = 1 + int(-b.level/rate)
	}
	r.buckets[s.ID] = b
	return retry, ok
}
