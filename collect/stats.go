package collect

import (
	"sync"
	"sync/atomic"
	"time"
)

// Stats counts what a Collector has done since it was made.
type Stats struct {
	Requests   uint64            // ingest requests answered, whatever the answer
	Bytes      uint64            // body bytes read, decompressed
	Accepted   uint64            // events on disk
	Duplicates uint64            // events acknowledged because they already were
	Rejected   map[string]uint64 // events not accepted, by reason
	Answers    map[int]uint64    // requests by status
	Appends    uint64            // calls of the Appender that succeeded
	Failures   uint64            // calls of the Appender that failed
	Queued     int64             // bytes waiting or being written now
	Latency    Histogram         // of the Appender's calls that succeeded
}

// Histogram counts durations in buckets.
type Histogram struct {
	Bounds []float64 // upper bounds in seconds, ascending; what lies above the last is counted in Count only
	Counts []uint64  // per bound, not cumulative
	Count  uint64
	Sum    float64 // seconds
}

var latencyBounds = [...]float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5}

// counters is the live form of Stats.
type counters struct {
	requests, bytes, accepted, duplicates, appends, failures atomic.Uint64

	mu       sync.Mutex
	rejected map[string]uint64
	answers  map[int]uint64
	latency  [len(latencyBounds)]uint64
	sum      float64
}

func (c *counters) answered(status int) {
	c.requests.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers[status]++
}

func (c *counters) refused(events []Rejected) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range events {
		c.rejected[events[i].Reason]++
	}
}

func (c *counters) appended(took time.Duration) {
	c.appends.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sum += took.Seconds()
	for i, b := range latencyBounds {
		if took.Seconds() <= b {
			c.latency[i]++
			return
		}
	}
}

// Stats reads the counters.
func (c *Collector) Stats() Stats {
	n := &c.counters
	s := Stats{
		Requests: n.requests.Load(), Bytes: n.bytes.Load(), Accepted: n.accepted.Load(), Duplicates: n.duplicates.Load(),
		Appends: n.appends.Load(), Failures: n.failures.Load(), Queued: c.edge.used() + c.inner.used(),
		Rejected: map[string]uint64{}, Answers: map[int]uint64{},
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for k, v := range n.rejected {
		s.Rejected[k] = v
	}
	for k, v := range n.answers {
		s.Answers[k] = v
	}
	s.Latency = Histogram{Bounds: latencyBounds[:], Counts: append([]uint64(nil), n.latency[:]...), Count: s.Appends, Sum: n.sum}
	return s
}
