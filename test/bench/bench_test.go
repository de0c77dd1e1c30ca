package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wend.dev/wend/event"
)

type flat struct {
	profile event.ProfileID
	at      event.Millis
	name    string
}

func flatten(t *testing.T, events int, seed uint64) (out []flat) {
	t.Helper()
	err := newWorld(events, seed).each(func(p person, moments []moment) error {
		for _, m := range moments {
			out = append(out, flat{p.profile, m.at, vocabulary[m.code].name})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWorldIsExactSortedAndTheSameEachTime(t *testing.T) {
	a := flatten(t, 50_000, 1)
	if len(a) != 50_000 {
		t.Fatalf("%d events instead of 50,000", len(a))
	}
	if !slices.Equal(a, flatten(t, 50_000, 1)) {
		t.Error("the same seed gives different events")
	}
	if slices.Equal(a, flatten(t, 50_000, 2)) {
		t.Error("another seed gives the same events")
	}
	people, names := map[event.ProfileID]bool{}, map[string]int{}
	for i, e := range a {
		people[e.profile] = true
		names[e.name]++
		if i > 0 && (a[i-1].profile > e.profile || a[i-1].profile == e.profile && a[i-1].at > e.at) {
			t.Fatalf("event %d is out of order", i)
		}
	}
	if len(people) != 1000 || len(names) != len(vocabulary) {
		t.Errorf("%d profiles and %d names instead of 1,000 and %d", len(people), len(names), len(vocabulary))
	}
	if names["Page Viewed"] < 50*names["Survey Answered"] {
		t.Errorf("the names are not skewed: %v", names)
	}
}

// The engine's answer on the generated data directory is what the events say, and the peer's file holds the same
// events.
func TestGeneratedFunnel(t *testing.T) {
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "events.bin")
	sizes, err := generate(t.Context(), data, file, 20_000, 1)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(file); err != nil || len(b) != 20_000*17 {
		t.Errorf("the peer's file has %d bytes: %v", len(b), err)
	}
	if per := float64(sizes.PartBytes) / 20_000; per > barBytes || per < 10 {
		t.Errorf("%.1f bytes of part per event", per)
	}
	got, err := askEngine(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	events := make(map[event.ProfileID][]flat)
	newWorldEvents(t, 20_000, events)
	for i, q := range questions {
		if want := bruteFunnel(events, q.Steps); !slices.Equal(got.Answers[i].Counts, want) {
			t.Errorf("%s: the engine says %v, the events %v", q.Label, got.Answers[i].Counts, want)
		}
	}
}

// newWorldEvents reads the events as generate draws them: it takes message ids from the same random numbers.
func newWorldEvents(t *testing.T, n int, into map[event.ProfileID][]flat) {
	t.Helper()
	err := newWorld(n, 1).write(bufio.NewWriter(io.Discard), func(e *event.Event) bool {
		into[e.Profile] = append(into[e.Profile], flat{e.Profile, e.Time, e.Name})
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
}

// bruteFunnel tries every first event: the deepest step reached in turn within the window of it.
func bruteFunnel(events map[event.ProfileID][]flat, steps []string) []int64 {
	counts := make([]int64, len(steps))
	for _, own := range events {
		deepest := 0
		for i, first := range own {
			if first.name != steps[0] {
				continue
			}
			reached, used, at := 1, map[int]bool{i: true}, first.at
			for reached < len(steps) {
				found := -1
				for j, e := range own { // the earliest not before the last step, ties in any order
					if !used[j] && e.name == steps[reached] && e.at >= at && e.at <= first.at+event.Millis(window.Milliseconds()) {
						found = j
						break
					}
				}
				if found < 0 {
					break
				}
				reached, used[found], at = reached+1, true, own[found].at
			}
			deepest = max(deepest, reached)
		}
		for k := range deepest {
			counts[k]++
		}
	}
	return counts
}

// segmentBatch is what a collector reads of a batch.
type segmentBatch struct {
	Batch []struct {
		MessageID   string `json:"messageId"`
		AnonymousID string `json:"anonymousId"`
		UserID      string `json:"userId"`
	} `json:"batch"`
	SentAt time.Time `json:"sentAt"`
}

// fakeCollector acknowledges batches and remembers what it saw.
type fakeCollector struct {
	mu      sync.Mutex
	ids     map[string]bool
	refuse  int // so many requests are told to wait first
	badBody error
}

func (f *fakeCollector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var b segmentBatch
	err := json.NewDecoder(r.Body).Decode(&b)
	f.mu.Lock()
	defer f.mu.Unlock()
	user, _, _ := r.BasicAuth()
	if err != nil || user != writeKey || len(b.Batch) != batch || time.Since(b.SentAt).Abs() > time.Minute {
		f.badBody = fmt.Errorf("user %q, %d events, sent at %s: %w", user, len(b.Batch), b.SentAt, err)
	}
	if f.refuse > 0 {
		f.refuse--
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	for _, e := range b.Batch {
		f.ids[e.MessageID] = true
		if len(e.UserID) != 9 || !strings.HasSuffix(e.AnonymousID, e.UserID[2:]) {
			f.badBody = fmt.Errorf("user %q on device %q", e.UserID, e.AnonymousID)
		}
	}
	_, _ = io.WriteString(w, `{"success":true}`)
}

func TestLoad(t *testing.T) {
	for _, rate := range []string{"0", "20000"} {
		f := &fakeCollector{ids: map[string]bool{}, refuse: 2}
		s := httptest.NewServer(f)
		defer s.Close()
		var out bytes.Buffer
		address := s.Listener.Addr().(*net.TCPAddr).String()
		args := []string{"-address", address, "-connections", "3", "-events", "2000", "-rate", rate}
		if err := load(t.Context(), flag.NewFlagSet("load", flag.ContinueOnError), args, &out); err != nil {
			t.Fatal(err)
		}
		if f.badBody != nil {
			t.Error(f.badBody)
		}
		if len(f.ids) != 2000 {
			t.Errorf("rate %s: %d different message ids instead of 2,000", rate, len(f.ids))
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		var last message
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Result == nil {
			t.Fatalf("the last line is %q: %v", lines[len(lines)-1], err)
		}
		if r := last.Result; r.Events != 2000 || r.Refused != 2 || r.P50 <= 0 || r.P99 < r.P50 || r.Worst < 20 {
			t.Errorf("rate %s: %+v", rate, *r)
		}
	}
}

func TestQuantile(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(i + 1)
	}
	for q, want := range map[float64]float64{0.5: 50, 0.99: 99, 1: 100, 0: 1} {
		if got := quantile(hundred, q); got != want {
			t.Errorf("quantile %g is %g instead of %g", q, got, want)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("of nothing: %g", got)
	}
}

func TestReport(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 50_000_000: "50,000,000", -1234: "-1,234"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) is %q", n, got)
		}
	}
	doc := "before\n" + beginMark + "\nold\n" + endMark + "\nafter\n"
	got, err := replaceBetween(doc, "new\n")
	if want := "before\n" + beginMark + "\n\nnew\n\n" + endMark + "\nafter\n"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := replaceBetween("no marks", "new"); err == nil {
		t.Error("a document without marks was taken")
	}
	text, err := os.ReadFile("../../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := replaceBetween(string(text), ""); err != nil {
		t.Errorf("docs/benchmarks.md: %v", err)
	}
}

func TestSumOf(t *testing.T) {
	for n := range 10 {
		v, want := make([]uint16, n), int64(0)
		for i := range v {
			v[i] = math.MaxUint16 - uint16(i)
			want += int64(v[i])
		}
		if got := sumOf(v); got != want {
			t.Errorf("of %d: %d instead of %d", n, got, want)
		}
	}
}
