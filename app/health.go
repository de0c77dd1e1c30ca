package app

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sys/unix"

	"wend.dev/wend/event"
	"wend.dev/wend/httpapi"
	"wend.dev/wend/store"
)

// health is what the node remembers of its own well-being.
type health struct {
	mu      sync.Mutex
	started time.Time
	failure error
	damage  error
	mark    store.Mark
	moved   chan struct{} // closed and replaced when mark or failure changes; nil if nobody waits
}

// await returns once the store has followed the log up to a mark.
func (h *health) await(ctx context.Context, mark store.Mark) error {
	for {
		h.mu.Lock()
		at, failure := h.mark, h.failure
		if h.moved == nil {
			h.moved = make(chan struct{})
		}
		moved := h.moved
		h.mu.Unlock()
		switch {
		case at >= mark:
			return nil
		case failure != nil:
			return failure
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tell wakes those who wait. Callers hold mu.
func (h *health) tell() {
	if h.moved != nil {
		close(h.moved)
		h.moved = nil
	}
}

func (h *health) damaged(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.damage = err
}

func (h *health) broken(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failure = err
	h.tell()
}

func (h *health) reached(m store.Mark) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mark = m
	h.tell()
}

func (h *health) state() (mark store.Mark, failure, damage error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.mark, h.failure, h.damage
}

// Ready implements httpapi.Health.
func (n *Node) Ready(ctx context.Context) error {
	_, failure, _ := n.health.state()
	return failure
}

// Status implements httpapi.Health.
func (n *Node) Status(ctx context.Context) (httpapi.Status, error) {
	mark, failure, damage := n.health.state()
	st, in := n.store.Stats(), n.collect.Stats()
	last, err := n.log.Last(ctx)
	if err != nil {
		return httpapi.Status{}, err
	}
	out := httpapi.Status{State: "ok", Problems: []string{}, Go: runtime.Version(), StartedAt: n.health.started.UTC(), Memory: resident()}
	if info, ok := debug.ReadBuildInfo(); ok {
		out.Version = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				out.Commit = s.Value
			}
		}
	}
	out.Store = httpapi.StoreStatus{Events: n.events(), TailEvents: int64(st.TailRows), Segments: st.Segments, LakeBytes: st.LakeBytes, PartBytes: st.PartBytes, StaleFiles: st.StaleFiles,
		LogBytes: sizeOf(filepath.Join(n.config.Data, "log")), FreeBytes: free(n.config.Data), Version: uint64(mark), FreshnessMS: -1}
	if mark != 0 && last > mark {
		out.Store.LogLag = int64(last - mark)
	}
	snap, err := n.store.Snapshot(ctx)
	if err != nil {
		return httpapi.Status{}, err
	}
	defer snap.Release()
	if snap.Newest != 0 {
		out.Store.FreshnessMS = max(0, clock{}.Now().UnixMilli()-int64(snap.Newest))
	}
	for _, v := range in.Rejected {
		out.Collect.Rejected += int64(v)
	}
	out.Collect.Accepted, out.Collect.Duplicates = int64(in.Accepted), int64(in.Duplicates)
	out.Collect.Limited, out.Collect.Refused = int64(in.Answers[429]), int64(in.Answers[503])
	if failure != nil {
		out.Problems = append(out.Problems, "new events are not seen: "+failure.Error())
	}
	if damage != nil {
		out.Problems = append(out.Problems, "events were lost to a damaged disk: "+damage.Error())
	}
	if st.LastError != "" {
		out.Problems = append(out.Problems, st.LastError)
	}
	if len(out.Problems) > 0 {
		out.State = "degraded"
	}
	if out.Store.FreeBytes < n.config.Store.Reserve {
		out.State = "full"
		out.Problems = append(out.Problems, fmt.Sprintf("the disk has %d MB left: events are refused until there is room", out.Store.FreeBytes>>20))
	}
	return out, nil
}

// sizeOf adds up the files under a folder; what goes away meanwhile is left out.
func sizeOf(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil //nolint:nilerr // a file that is gone has no size
		}
		if info, err := d.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}

func free(dir string) int64 {
	var fs unix.Statfs_t
	if unix.Statfs(dir, &fs) != nil {
		return 0
	}
	return int64(fs.Bavail) * fs.Bsize
}

// resident is the process's resident memory, bytes; 0 where the system does not tell.
func resident() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// sightings counts events by source since the start.
type sightings struct {
	mu      sync.Mutex
	sources map[string]*sighting
	last    event.Millis
}

type sighting struct {
	events int64
	last   event.Millis
}

func newSightings() *sightings { return &sightings{sources: map[string]*sighting{}} }

func (s *sightings) note(events []event.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range events {
		e := &events[i]
		one := s.sources[e.Source]
		if one == nil {
			one = &sighting{}
			s.sources[strings.Clone(e.Source)] = one
		}
		one.events++
		one.last = max(one.last, e.ReceivedAt)
		s.last = max(s.last, e.ReceivedAt)
	}
}

func (s *sightings) of(id string) (events int64, last event.Millis) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.sources[id]; one != nil {
		return one.events, one.last
	}
	return 0, 0
}

func (s *sightings) newest() event.Millis {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// figures exposes the store's and the door's counters to Prometheus.
type figures struct{ node *Node }

var (
	figRows     = prometheus.NewDesc("wend_store_events", "Events that questions see.", nil, nil)
	figTail     = prometheus.NewDesc("wend_store_tail_events", "Of them, those not sealed yet.", nil, nil)
	figSegments = prometheus.NewDesc("wend_store_segments", "Sealed segments.", nil, nil)
	figLake     = prometheus.NewDesc("wend_store_lake_bytes", "Parquet files.", nil, nil)
	figPart     = prometheus.NewDesc("wend_store_part_bytes", "Sequence index files.", nil, nil)
	figStale    = prometheus.NewDesc("wend_store_stale_files", "Parquet files that still hold events of erased people.", nil, nil)
	figErrors   = prometheus.NewDesc("wend_store_errors_total", "Failures of sealing and merging.", nil, nil)
	figAccepted = prometheus.NewDesc("wend_collect_events_total", "Events accepted.", nil, nil)
	figTwice    = prometheus.NewDesc("wend_collect_duplicates_total", "Events acknowledged that were there already.", nil, nil)
	figRejected = prometheus.NewDesc("wend_collect_rejected_total", "Events not accepted, by reason.", []string{"reason"}, nil)
	figAnswers  = prometheus.NewDesc("wend_collect_answers_total", "Ingest requests answered, by status.", []string{"status"}, nil)
	figQueued   = prometheus.NewDesc("wend_collect_queued_bytes", "Bytes waiting for the log.", nil, nil)
	figAppend   = prometheus.NewDesc("wend_collect_append_seconds", "Time of an append to the log, with its fsync.", nil, nil)
	figLinks    = prometheus.NewDesc("wend_identity_links", "Anonymous profiles merged into a user.", nil, nil)
)

// Describe implements prometheus.Collector.
func (f figures) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{figRows, figTail, figSegments, figLake, figPart, figStale, figErrors, figAccepted, figTwice, figRejected, figAnswers, figQueued, figAppend, figLinks} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (f figures) Collect(ch chan<- prometheus.Metric) {
	n := f.node
	gauge := func(d *prometheus.Desc, v float64) { ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	count := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	st, in := n.store.Stats(), n.collect.Stats()
	gauge(figRows, float64(n.events()))
	gauge(figTail, float64(st.TailRows))
	gauge(figSegments, float64(st.Segments))
	gauge(figLake, float64(st.LakeBytes))
	gauge(figPart, float64(st.PartBytes))
	gauge(figStale, float64(st.StaleFiles))
	count(figErrors, float64(st.Errors))
	count(figAccepted, float64(in.Accepted))
	count(figTwice, float64(in.Duplicates))
	for reason, v := range in.Rejected {
		count(figRejected, float64(v), reason)
	}
	for status, v := range in.Answers {
		count(figAnswers, float64(v), strconv.Itoa(status))
	}
	gauge(figQueued, float64(in.Queued))
	buckets, below := map[float64]uint64{}, uint64(0)
	for i, bound := range in.Latency.Bounds {
		below += in.Latency.Counts[i]
		buckets[bound] = below
	}
	ch <- prometheus.MustNewConstHistogram(figAppend, in.Latency.Count, in.Latency.Sum, buckets)
	gauge(figLinks, float64(n.graph.Stats().Links))
}
