package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

// repeats is how often a question is measured; the median counts.
const repeats = 5

// timed is one question's answer and how long it took.
type timed struct {
	Label  string  `json:"label"`
	Rows   []row   `json:"rows"`
	Millis float64 `json:"millis"` // median
	Best   float64 `json:"best"`   // fastest
	How    string  `json:"how"`    // the peer's fastest form of the question
	Forms  []form  `json:"forms"`  // all that the peer was asked

	Processor float64 `json:"processor"` // milliseconds of processor time, all threads together, mean
}

// form is one way to ask a peer.
type form struct {
	How    string  `json:"how"`
	Millis float64 `json:"millis"`
}

// grown is a point of the growth curve: a funnel over steps that so many events match.
type grown struct {
	Steps     []string `json:"steps"`
	Millis    float64  `json:"millis"`
	Processor float64  `json:"processor"`
}

// asked is what the engine's process reports.
type asked struct {
	Answers  []timed   `json:"answers"`
	Growth   []grown   `json:"growth"`
	Conform  conformed `json:"conform"`
	First    float64   `json:"first"`    // milliseconds of the very first question
	Scan     float64   `json:"scan"`     // milliseconds of a summing scan over the same bytes, all cores
	ScanCPU  float64   `json:"scan_cpu"` // the same in processor time
	Scanned  int64     `json:"scanned"`  // bytes of it
	Resident int64     `json:"resident"` // of this process, after the questions
	Private  int64     `json:"private"`  // of that, what is not mapped files
}

// askEngine opens a data directory and answers the questions in this process.
func askEngine(ctx context.Context, dir string) (out asked, err error) {
	s, err := segment.Open(ctx, segment.Options{Dir: dir, Clock: wall{}, Identities: identity.New()})
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	e := exec.New(s, asOf{})
	began := time.Now()
	if _, err := questions[0].answer(ctx, e); err != nil {
		return out, err
	}
	out.First = millis(time.Since(began))
	for _, q := range questions {
		t := timed{Label: q.Label}
		c, err := measured(ownProcessorTime, func() (err error) { t.Rows, err = q.answer(ctx, e); return err })
		if err != nil {
			return out, err
		}
		t.Millis, t.Best, t.Processor = c.median, c.best, c.processor
		out.Answers = append(out.Answers, t)
	}
	if out.Growth, err = growth(ctx, e); err != nil {
		return out, err
	}
	if out.Conform, err = conform(ctx, e); err != nil {
		return out, err
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
	c, err := measured(ownProcessorTime, func() error { sumScan(snap.Blocks); return nil })
	for _, b := range snap.Blocks {
		out.Scanned += int64(b.Rows()) * (8 + 2)
	}
	out.Scan, out.ScanCPU = c.median, c.processor
	return out, err
}

// askAgain asks one question over and over for five seconds, so that a profile shows nothing else.
func askAgain(ctx context.Context, dir, name string) (t timed, err error) {
	i := slices.IndexFunc(questions, func(q question) bool { return q.Label == name })
	if i < 0 {
		return t, fmt.Errorf("no question %q", name)
	}
	s, err := segment.Open(ctx, segment.Options{Dir: dir, Clock: wall{}, Identities: identity.New()})
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	e := exec.New(s, asOf{})
	for began := time.Now(); time.Since(began) < 5*time.Second; {
		c, err := measured(ownProcessorTime, func() (err error) { t.Rows, err = questions[i].answer(ctx, e); return err })
		if err != nil {
			return t, err
		}
		t.Label, t.Millis, t.Best, t.Processor = name, c.median, c.best, c.processor
	}
	return t, nil
}

// costs are milliseconds.
type costs struct{ median, best, processor float64 }

// measured does something twice to warm up, and then repeats times; processor tells what has been used of the processors.
func measured(processor func() (time.Duration, error), do func() error) (c costs, err error) {
	var runs []float64
	var before time.Duration
	for n := range 2 + repeats {
		if n == 2 {
			if before, err = processor(); err != nil {
				return c, err
			}
		}
		began := time.Now()
		if err := do(); err != nil {
			return c, err
		}
		if n >= 2 {
			runs = append(runs, millis(time.Since(began)))
		}
	}
	after, err := processor()
	slices.Sort(runs)
	return costs{runs[len(runs)/2], runs[0], millis(after-before) / repeats}, err
}

// growth asks for funnels of ever rarer steps: three neighbours in the order of frequency at a time.
func growth(ctx context.Context, e *exec.Engine) (out []grown, err error) {
	for i := 0; i+3 <= len(vocabulary); i += 3 {
		g := grown{}
		f := seq.Funnel{Window: seq.Duration(window)}
		for _, v := range vocabulary[i : i+3] {
			g.Steps = append(g.Steps, v.name)
			f.Steps = append(f.Steps, seq.FunnelStep{Matcher: named(v.name)})
		}
		c, err := measured(ownProcessorTime, func() error { _, err := e.Funnel(ctx, f); return err })
		if err != nil {
			return nil, err
		}
		g.Millis, g.Processor = c.median, c.processor
		out = append(out, g)
	}
	return out, nil
}

// sumScan adds up every time and every code on all cores: the least that a pass over the events can cost.
func sumScan(blocks []*store.Block) int64 {
	sums := make([]int64, runtime.GOMAXPROCS(0))
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
	return sumOf(sums)
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

// pair reads a JSON list of two.
func pair(b []byte, first, second any) error {
	var both [2]json.RawMessage
	if err := json.Unmarshal(b, &both); err != nil {
		return err
	}
	return errors.Join(json.Unmarshal(both[0], first), json.Unmarshal(both[1], second))
}
