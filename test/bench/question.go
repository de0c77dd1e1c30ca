package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// What the questions are about; the peers are told the same.
const (
	window    = 7 * 24 * time.Hour // of the funnels
	gap       = 30 * time.Minute   // between the sessions of paths
	pathSteps = 5
)

// question is one question that all sides answer, and how many times faster than the peers Wend is to be; 0 is no bar.
type question struct {
	Label string   `json:"label"`
	Kind  string   `json:"kind"` // funnel, breakdown, paths, retention, segment
	Steps []string `json:"steps"`
	Plan  string   `json:"plan,omitempty"`

	click, duck float64
}

// questions are what is measured against the peers.
var questions = []question{
	{Label: "funnel, frequent to rare", Kind: "funnel", Steps: []string{"Product Viewed", "Product Added", "Order Completed"}, click: 20, duck: 40},
	{Label: "funnel, all frequent", Kind: "funnel", Steps: []string{"Page Viewed", "Product Viewed", "Product List Viewed"}, click: 20, duck: 40},
	{Label: "funnel, all rare", Kind: "funnel", Steps: []string{"Account Created", "Order Completed", "Survey Answered"}, click: 20, duck: 40},
	{Label: "funnel by brand", Kind: "breakdown", Steps: []string{"Product Viewed", "Product Added", "Order Completed"}, click: 10},
	{Label: "path edges", Kind: "paths", click: 15},
	{Label: "weekly retention", Kind: "retention", Steps: []string{"Product Added", "Order Completed"}, click: 15},
	{Label: "weekly retention, any event", Kind: "retention", Steps: []string{"Product Added", ""}, click: 15},
	{Label: "segment, two counts and a trait", Kind: "segment", Steps: []string{"Product Added", "Order Completed"}, Plan: "pro", click: 10},
}

// row is one number of an answer, under a key that is the same on all sides.
type row struct {
	Key string
	N   int64
}

// UnmarshalJSON reads [key, n], as the peers write it.
func (r *row) UnmarshalJSON(b []byte) error { return pair(b, &r.Key, &r.N) }

// MarshalJSON writes [key, n].
func (r row) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "[%q,%d]", r.Key, r.N), nil }

// answer asks the engine and gives its numbers, sorted, without zeros.
func (q question) answer(ctx context.Context, e *exec.Engine) ([]row, error) {
	var out []row
	var err error
	switch q.Kind {
	case "funnel", "breakdown":
		out, err = q.funnelRows(ctx, e)
	case "paths":
		out, err = pathRows(ctx, e)
	case "retention":
		out, err = q.retentionRows(ctx, e)
	case "segment":
		out, err = q.segmentRows(ctx, e)
	default:
		err = fmt.Errorf("nothing asks the engine a question of kind %q", q.Kind)
	}
	out = slices.DeleteFunc(out, func(r row) bool { return r.N == 0 })
	sortRows(out)
	return out, err
}

func sortRows(rows []row) {
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.Key, b.Key) })
}

// seq is the question in the engine's language, and path where it is asked over HTTP.
func (q question) seq() (body any, path string) {
	const base = "/api/v1/query/"
	switch q.Kind {
	case "paths":
		return pathQuestion(), base + "paths"
	case "retention":
		return q.retention(), base + "retention"
	case "segment":
		return q.segment(), base + "segment"
	default:
		return q.funnel(), base + "funnel"
	}
}

func (q question) funnel() seq.Funnel {
	f := seq.Funnel{Window: seq.Duration(window)}
	for _, s := range q.Steps {
		f.Steps = append(f.Steps, seq.FunnelStep{Matcher: named(s)})
	}
	if q.Kind == "breakdown" {
		f.Breakdown = &seq.Breakdown{By: brandPath, Limit: keptBrands}
	}
	return f
}

func named(name string) seq.Matcher { return seq.Matcher{Event: seq.Names{name}} }

// funnelRows are people by step, or by brand and step.
func (q question) funnelRows(ctx context.Context, e *exec.Engine) (out []row, err error) {
	a, err := e.Funnel(ctx, q.funnel())
	if err != nil {
		return nil, err
	}
	if q.Kind == "funnel" {
		for i, s := range a.Steps {
			out = append(out, row{fmt.Sprint(i + 1), s.Count})
		}
	}
	for _, s := range a.Series {
		for i, step := range s.Steps {
			out = append(out, row{fmt.Sprintf("%s|%d", s.Value, i+1), step.Count})
		}
	}
	return out, nil
}

// keptBrands is how many series the engine shows; it counts them all, and adds up the others.
const keptBrands = 100

// foldBrands does to a peer's rows what the engine does: the brands with most people are kept, the rest are "other".
func foldBrands(rows []row) []row {
	first := map[string]int64{}
	for _, r := range rows {
		if brand, ok := strings.CutSuffix(r.Key, "|1"); ok {
			first[brand] = r.N
		}
	}
	var brands []string
	for b := range first {
		brands = append(brands, b)
	}
	slices.SortFunc(brands, func(a, b string) int { return cmp.Or(cmp.Compare(first[b], first[a]), cmp.Compare(a, b)) })
	kept := map[string]bool{}
	for _, b := range brands[:min(keptBrands, len(brands))] {
		kept[b] = true
	}
	sums := map[string]int64{}
	for _, r := range rows {
		brand, step, _ := strings.Cut(r.Key, "|")
		if !kept[brand] {
			brand = "other"
		}
		sums[brand+"|"+step] += r.N
	}
	var out []row
	for k, n := range sums {
		out = append(out, row{k, n})
	}
	sortRows(out)
	return out
}

func pathQuestion() seq.Paths {
	return seq.Paths{SessionGap: seq.Duration(gap), MaxSteps: pathSteps, Top: 50}
}

// pathRows are moves by step, source and target. Fifty nodes a step are more than there are.
func pathRows(ctx context.Context, e *exec.Engine) (out []row, err error) {
	a, err := e.Paths(ctx, pathQuestion())
	if err != nil {
		return nil, err
	}
	for _, edge := range a.Edges {
		step, from, ok := strings.Cut(edge.Source, ":")
		_, to, ok2 := strings.Cut(edge.Target, ":")
		if !ok || !ok2 {
			return nil, fmt.Errorf("a path's edge leads from %q to %q", edge.Source, edge.Target)
		}
		out = append(out, row{step + "|" + from + "|" + to, edge.Count})
	}
	return out, nil
}

// The range of the retention: twelve whole weeks within the events.
const weeks = 12

func firstMonday() time.Time { return time.Date(2025, 1, 6, 0, 0, 0, 0, time.UTC) }

func (q question) retention() seq.Retention {
	from := firstMonday()
	to := from.AddDate(0, 0, 7*weeks)
	r := seq.Retention{Scope: seq.Scope{From: &from, To: &to}, Start: named(q.Steps[0]), Period: "week", Periods: weeks}
	if q.Steps[1] != "" {
		back := named(q.Steps[1])
		r.Return = &back
	}
	return r
}

// retentionRows are people by week, from 0, and weeks later.
func (q question) retentionRows(ctx context.Context, e *exec.Engine) (out []row, err error) {
	a, err := e.Retention(ctx, q.retention())
	if err != nil {
		return nil, err
	}
	for j, c := range a.Cohorts {
		for k, n := range c.Values {
			out = append(out, row{fmt.Sprintf("%d|%d", j, k), n})
		}
	}
	return out, nil
}

// recent is how far back the segment looks for its second event, from segmentAt.
const recent = 30 * 24 * time.Hour

func segmentAt() time.Time { return start().AddDate(0, 0, days) }

func (q question) segment() seq.Segment {
	at := segmentAt()
	return seq.Segment{At: &at, SegmentRef: seq.SegmentRef{Where: fmt.Sprintf("count(%q) >= 2 && count(%q, within(%q)) >= 1 && %s == %q",
		q.Steps[0], q.Steps[1], seq.Duration(recent), planPath, q.Plan)}}
}

func (q question) segmentRows(ctx context.Context, e *exec.Engine) ([]row, error) {
	a, err := e.Segment(ctx, q.segment())
	if err != nil {
		return nil, err
	}
	return []row{{"size", a.Size}}, nil
}

// end is an instant after the last event, and middle lies half-way to it.
func end() time.Time    { return start().AddDate(0, 0, days+2) }
func middle() time.Time { return start().AddDate(0, 0, (days+2)/2) }

// asOf is a clock that stands: the questions are asked at one instant, whenever they are asked.
type asOf struct{}

func (asOf) Now() time.Time { return end() }

// peerSpec is what a peer is told.
type peerSpec struct {
	Names     []string     `json:"names"`
	Questions []question   `json:"questions"`
	Window    int64        `json:"window"`
	Gap       int64        `json:"gap"`
	PathSteps int          `json:"path_steps"`
	From      event.Millis `json:"from"` // of the retention
	Weeks     int          `json:"weeks"`
	At        event.Millis `json:"at"`     // of the segment
	Recent    int64        `json:"recent"` // of the segment
	Repeats   int          `json:"repeats"`
	Patience  int64        `json:"patience"` // milliseconds that one form may be asked again for
}

func newPeerSpec() peerSpec {
	s := peerSpec{Questions: questions, Window: window.Milliseconds(), Gap: gap.Milliseconds(), PathSteps: pathSteps,
		From: event.MillisOf(firstMonday()), Weeks: weeks, At: event.MillisOf(segmentAt()), Recent: recent.Milliseconds(),
		Repeats: repeats, Patience: (10 * time.Second).Milliseconds()}
	for _, v := range vocabulary {
		s.Names = append(s.Names, v.name)
	}
	return s
}
