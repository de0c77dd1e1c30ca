package exec

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

const maxBuckets = 10_000

// other is the breakdown value that stands for all those past the limit.
const other = "other"

// Trend counts how often things happen over time.
func (e *Engine) Trend(ctx context.Context, q seq.Trend) (*seq.TrendAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	for i, line := range q.Series {
		if _, err := s.plan.Matcher(line.Matcher, fmt.Sprintf("series[%d]", i)); err != nil {
			return nil, err
		}
	}
	t := &trend{q: q}
	w := s.window(q.Scope)
	if t.edges, err = trendEdges(q, s.snap, w); err != nil {
		return nil, err
	}
	sc, err := s.scan(q.Scope, w)
	if err != nil {
		return nil, err
	}
	var total *worker
	if q.Breakdown != nil {
		if total, err = t.choose(ctx, sc); err != nil {
			return nil, err
		}
	}
	lines, total, err := t.run(ctx, sc, total)
	if err != nil {
		return nil, err
	}
	return t.answer(lines, s.meta(total)), nil
}

// trendEdges are the starts of the intervals, the first at or before the range's start. An open start is that of the
// oldest event.
func trendEdges(q seq.Trend, snap *store.Snapshot, w event.Window) ([]time.Time, error) {
	c, err := newCalendar(seq.Calendar{TimeZone: q.TimeZone}, q.Interval)
	if err != nil {
		return nil, err
	}
	if q.From == nil {
		w.From = w.To
		for _, b := range snap.Blocks {
			if b.Rows() > 0 {
				w.From = min(w.From, b.MinTime)
			}
		}
	}
	at := c.floor(w.From.Time())
	var out []time.Time
	for end := w.To.Time(); at.Before(end); at = c.next(at) {
		if len(out) == maxBuckets {
			return nil, &seq.Invalid{Field: "interval", Reason: fmt.Sprintf("the range has more than %d intervals; ask for a longer interval or a shorter range", maxBuckets)}
		}
		out = append(out, at)
	}
	return out, nil
}

// trend is a trend question made ready.
type trend struct {
	q     seq.Trend
	edges []time.Time
	kept  []map[string]bool // per series the breakdown values that get a line of their own; nil without breakdown
	order [][]string        // per series the same, largest first
}

// line is one line under way.
type line struct {
	values []float64 // count, actors or sum per bucket
	counts []int64
	total  float64
	events int64
}

// trendRun is one core's work.
type trendRun struct {
	t     *trend
	w     *worker
	edges []event.Millis
	lines []map[string]*line // per series by value
	last  map[*line]int      // of the actor under way: the last bucket it was counted in
	short bool               // only totals are wanted
}

func (t *trend) start(short bool) func(*worker) *trendRun {
	edges := make([]event.Millis, len(t.edges))
	for i, at := range t.edges {
		edges[i] = event.MillisOf(at)
	}
	return func(w *worker) *trendRun {
		r := &trendRun{t: t, w: w, edges: edges, last: map[*line]int{}, short: short}
		for range t.q.Series {
			r.lines = append(r.lines, map[string]*line{})
		}
		return r
	}
}

// choose finds each series' largest values, counted in full before the others are cut.
func (t *trend) choose(ctx context.Context, sc *scan) (*worker, error) {
	runs, total, err := walk(ctx, sc, t.start(true), (*trendRun).visit)
	if err != nil {
		return nil, err
	}
	limit := cmp.Or(t.q.Breakdown.Limit, 10)
	for i, lines := range addRuns(runs) {
		values := slices.SortedFunc(maps.Keys(lines), func(a, b string) int {
			return cmp.Or(cmp.Compare(rank(t.q.Series[i], lines[b]), rank(t.q.Series[i], lines[a])), cmp.Compare(a, b))
		})
		values = values[:min(limit, len(values))]
		kept := map[string]bool{}
		for _, v := range values {
			kept[v] = true
		}
		t.kept, t.order = append(t.kept, kept), append(t.order, values)
	}
	return total, nil
}

// rank is what series are ordered by: what they measure, or for a mean the events behind it.
func rank(s seq.TrendSeries, l *line) float64 {
	if s.Measure == "mean" {
		return float64(l.events)
	}
	return l.total
}

func (t *trend) run(ctx context.Context, sc *scan, before *worker) ([]map[string]*line, *worker, error) {
	runs, total, err := walk(ctx, sc, t.start(false), (*trendRun).visit)
	if err != nil {
		return nil, nil, err
	}
	if before != nil {
		total.scanned += before.scanned
	}
	return addRuns(runs), total, nil
}

func addRuns(runs []*trendRun) []map[string]*line {
	sum := runs[0].lines
	for _, r := range runs[1:] {
		for i := range r.lines {
			for v, l := range r.lines[i] {
				to := sum[i][v]
				if to == nil {
					sum[i][v] = l
					continue
				}
				to.total += l.total
				to.events += l.events
				for k := range l.values {
					to.values[k] += l.values[k]
					to.counts[k] += l.counts[k]
				}
			}
		}
	}
	return sum
}

func (r *trendRun) visit(a *actor) {
	if !r.w.begin(a) {
		return
	}
	clear(r.last)
	own := ""
	by := ""
	if b := r.t.q.Breakdown; b != nil {
		by = b.By
		if trait, ok := strings.CutPrefix(by, "profile."); ok {
			own, by = latestTrait(r.w.scan.snap, a, trait).Text(), ""
		}
	}
	for _, x := range r.w.hits(a, false) {
		value := own
		if by != "" {
			value = fieldText(r.w.scan.snap.Blocks[x.block], by, x.row, x.code)
		}
		bucket := sort.Search(len(r.edges), func(i int) bool { return r.edges[i] > x.t }) - 1
		for i := range r.t.q.Series {
			if x.mask&(1<<i) != 0 {
				r.book(i, r.lineOf(i, value), x, bucket)
			}
		}
	}
}

func (r *trendRun) lineOf(series int, value string) *line {
	if r.t.kept != nil && !r.t.kept[series][value] {
		value = "\x00" + other // no property value begins so, and a real "other" stays itself
	}
	l := r.lines[series][value]
	if l == nil {
		l = &line{}
		if !r.short {
			l.values, l.counts = make([]float64, len(r.edges)), make([]int64, len(r.edges))
		}
		r.lines[series][value] = l
	}
	return l
}

// book adds one event to a line.
func (r *trendRun) book(series int, l *line, x hit, bucket int) {
	add := 1.0
	switch s := r.t.q.Series[series]; s.Measure {
	case "sum", "mean":
		n, ok := fieldNumber(r.w.scan.snap.Blocks[x.block], s.Property, x.row)
		if !ok {
			return
		}
		add = n
		l.total += n
	case "actors":
		last, seen := r.last[l]
		if !seen {
			l.total++
		}
		if seen && last == bucket {
			add = 0
		}
		r.last[l] = bucket
	default:
		l.total++
	}
	l.events++
	if !r.short {
		l.values[bucket] += add
		l.counts[bucket]++
	}
}

// fieldNumber is a row's number under a path.
func fieldNumber(b *store.Block, path string, row uint32) (float64, bool) {
	c := b.Column(path, event.Number)
	if c == nil {
		return 0, false
	}
	v, ok := c.Value(row)
	return v.Num, ok
}

func (t *trend) answer(lines []map[string]*line, m seq.Meta) *seq.TrendAnswer {
	out := &seq.TrendAnswer{Buckets: []string{}, Series: []seq.TrendLine{}, Meta: m}
	for _, at := range t.edges {
		out.Buckets = append(out.Buckets, at.Format(time.RFC3339))
	}
	for i, s := range t.q.Series {
		values := []string{""}
		if t.order != nil {
			values = t.order[i]
			if lines[i]["\x00"+other] != nil {
				values = append(values, "\x00"+other)
			}
		}
		for _, v := range values {
			l := lines[i][v]
			if l == nil {
				l = &line{values: make([]float64, len(t.edges)), counts: make([]int64, len(t.edges))}
			}
			out.Series = append(out.Series, l.shown(s, strings.TrimPrefix(v, "\x00")))
		}
	}
	return out
}

func (l *line) shown(s seq.TrendSeries, value string) seq.TrendLine {
	out := seq.TrendLine{Name: s.Label(), Value: value, Values: l.values, Counts: l.counts, Total: l.total}
	if s.Measure == "mean" {
		for k, n := range l.counts {
			out.Values[k] = over(out.Values[k], n)
		}
		out.Total = over(out.Total, l.events)
	}
	return out
}

// over is a mean; 0 of nothing (its count says so).
func over(sum float64, n int64) float64 {
	if n == 0 {
		return 0
	}
	if m := sum / float64(n); !math.IsInf(m, 0) {
		return m
	}
	return 0
}
