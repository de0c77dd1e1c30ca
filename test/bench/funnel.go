package main

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/identity"
	"wend.dev/wend/store"
	"wend.dev/wend/store/segment"
)

// window is the funnels' window.
const window = 7 * 24 * time.Hour

// repeats is how often a question is measured; the median counts.
const repeats = 5

// question is one funnel that both sides answer.
type question struct {
	Label string   `json:"label"`
	Steps []string `json:"steps"`
}

// questions are the funnels measured. The bar is for the first.
var questions = []question{
	{"frequent to rare", []string{"Product Viewed", "Product Added", "Order Completed"}},
	{"all frequent", []string{"Page Viewed", "Product Viewed", "Product List Viewed"}},
	{"all rare", []string{"Account Created", "Order Completed", "Survey Answered"}},
}

func (q question) seq() seq.Funnel {
	f := seq.Funnel{Window: seq.Duration(window)}
	for _, s := range q.Steps {
		f.Steps = append(f.Steps, seq.FunnelStep{Matcher: seq.Matcher{Event: seq.Names{s}}})
	}
	return f
}

// timed is one question's answer and how long it took.
type timed struct {
	Label  string  `json:"label"`
	Counts []int64 `json:"counts"`
	Millis float64 `json:"millis"` // median
	Best   float64 `json:"best"`   // fastest
	How    string  `json:"how"`    // the peer's fastest form of the question

	Processor float64 `json:"processor"` // milliseconds of processor time, all threads together, mean
}

// funnels is what the engine's process reports.
type funnels struct {
	Answers  []timed `json:"answers"`
	First    float64 `json:"first"`    // milliseconds of the very first question
	Scan     float64 `json:"scan"`     // milliseconds of a summing scan over the same bytes, all cores
	Scanned  int64   `json:"scanned"`  // bytes of it
	Resident int64   `json:"resident"` // of this process, after the questions
	Private  int64   `json:"private"`  // of that, what is not mapped files
}

// askEngine opens a data directory and answers the questions in this process.
func askEngine(ctx context.Context, dir string) (out funnels, err error) {
	s, err := segment.Open(ctx, segment.Options{Dir: dir, Clock: wall{}, Identities: identity.New()})
	if err != nil {
		return out, err
	}
	defer func() {
		if e := s.Close(ctx); err == nil {
			err = e
		}
	}()
	e := exec.New(s, wall{})
	for i, q := range questions {
		t := timed{Label: q.Label}
		var runs []float64
		var before time.Duration
		for n := range 2 + repeats {
			if n == 2 {
				if before, err = ownProcessorTime(); err != nil {
					return out, err
				}
			}
			began := time.Now()
			a, err := e.Funnel(ctx, q.seq())
			if err != nil {
				return out, err
			}
			took := millis(time.Since(began))
			if i == 0 && n == 0 {
				out.First = took
			}
			t.Counts = t.Counts[:0]
			for _, step := range a.Steps {
				t.Counts = append(t.Counts, step.Count)
			}
			if n >= 2 {
				runs = append(runs, took)
			}
		}
		after, err := ownProcessorTime()
		if err != nil {
			return out, err
		}
		t.Processor = millis(after-before) / repeats
		out.Answers = append(out.Answers, t.settle(runs))
	}
	runtime.GC()
	if out.Resident, out.Private, err = resident(0); err != nil {
		return out, err
	}
	snap, err := s.Snapshot(ctx)
	if err != nil {
		return out, err
	}
	defer snap.Release()
	out.Scan, out.Scanned = sumScan(snap.Blocks)
	return out, nil
}

// settle takes the measured runs.
func (t timed) settle(runs []float64) timed {
	slices.Sort(runs)
	t.Millis, t.Best = runs[len(runs)/2], runs[0]
	return t
}

// sumScan adds up every time and every code on all cores: the least that a pass over the events can cost. It gives
// the median in milliseconds and the bytes read.
func sumScan(blocks []*store.Block) (took float64, bytes int64) {
	var runs []float64
	sums := make([]int64, runtime.GOMAXPROCS(0))
	for range 2 + repeats {
		began := time.Now()
		var work sync.WaitGroup
		for c := range sums {
			work.Go(func() {
				for _, b := range blocks {
					n := b.Rows()
					lo, hi := n*c/len(sums), n*(c+1)/len(sums)
					sums[c] += sumOf(b.Times[lo:hi]) + sumOf(b.Codes[lo:hi])
				}
			})
		}
		work.Wait()
		runs = append(runs, millis(time.Since(began)))
	}
	for _, b := range blocks {
		bytes += int64(b.Rows()) * (8 + 2)
	}
	runs = runs[2:]
	slices.Sort(runs)
	return runs[len(runs)/2], bytes
}

// sumOf has four sums so that one addition need not wait for the last.
func sumOf[T ~int64 | ~uint16](v []T) int64 {
	var a, b, c, d int64
	for len(v) >= 4 {
		a += int64(v[0])
		b += int64(v[1])
		c += int64(v[2])
		d += int64(v[3])
		v = v[4:]
	}
	for _, x := range v {
		a += int64(x)
	}
	return a + b + c + d
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
