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
	c, err := newCalendar(q.Calendar, q.Interval)
	if err != nil {
		return nil, err
	}
	now := &stretchOfTime{window: w}
	if now.starts, err = s.starts(c, w, "interval"); err != nil {
		return nil, err
	}
	sc, err := s.scan(q.Scope, w)
	if err != nil {
		return nil, err
	}
	var total *worker
	if q.Breakdown != nil {
		if total, err = t.choose(ctx, sc, now); err != nil {
			return nil, err
		}
	}
	lines, total, err := t.run(ctx, sc, now, total)
	if err != nil {
		return nil, err
	}
	out := &seq.TrendAnswer{Buckets: now.shown(), Series: t.shown(lines, now)}
	if q.Compare != "" {
		before := now.before(c)
		if sc, err = s.scan(q.Scope, before.window); err != nil {
			return nil, err
		}
		var also *worker
		if lines, also, err = t.run(ctx, sc, before, nil); err != nil {
			return nil, err
		}
		total.scanned += also.scanned
		out.Previous = &seq.TrendBefore{From: inZone(before.window.From, c), To: inZone(before.window.To, c), Buckets: before.shown()}
		setBeside(out.Series, t.shown(lines, before))
	}
	out.Meta = s.meta(total)
	return out, nil
}

// starts are the starts of a range's intervals, the first at or before the range's own. An open start is that of the
// oldest event.
func (s *session) starts(c calendar, w event.Window, field string) ([]time.Time, error) {
	if w.From == math.MinInt64 {
		w.From = w.To
		for _, b := range s.snap.Blocks {
			if b.Rows() > 0 {
				w.From = min(w.From, b.MinTime)
			}
		}
	}
	at := c.floor(w.From.Time())
	var out []time.Time
	for end := w.To.Time(); at.Before(end); at = c.next(at) {
		if len(out) == maxBuckets {
			return nil, &seq.Invalid{Field: field, Reason: fmt.Sprintf("the range has more than %d intervals; ask for a longer interval or a shorter range", maxBuckets)}
		}
		out = append(out, at)
	}
	return out, nil
}

// trend is a trend question made ready.
type trend struct {
	q     seq.Trend
	kept  []map[string]bool // per series the breakdown values that get a line of their own; nil without breakdown
	order [][]string        // per series the same, largest first
}

// line is one line under way.
type line struct {
	values []float64 // count, actors, sum, least or greatest per bucket
	spread []numbers // percentiles: per bucket, and at the end over the whole range
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

func (t *trend) start(span *stretchOfTime, short bool) func(*worker) *trendRun {
	edges := make([]event.Millis, len(span.starts))
	for i, at := range span.starts {
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

// choose finds each series' largest values, counted in full before the others are cut. A formula needs the same values
// of all its series: those of the first.
func (t *trend) choose(ctx context.Context, sc *scan, span *stretchOfTime) (*worker, error) {
	runs, total, err := walk(ctx, sc, t.start(span, true), (*trendRun).visit)
	if err != nil {
		return nil, err
	}
	limit := cmp.Or(t.q.Breakdown.Limit, 10)
	for i, lines := range t.addRuns(runs) {
		if i > 0 && t.q.Formula != "" {
			t.kept, t.order = append(t.kept, t.kept[0]), append(t.order, t.order[0])
			continue
		}
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

// rank is what series are ordered by: what they add up, else the events behind it.
func rank(s seq.TrendSeries, l *line) float64 {
	if s.Measured() && s.Measure != "sum" {
		return float64(l.events)
	}
	return l.total
}

func (t *trend) run(ctx context.Context, sc *scan, span *stretchOfTime, before *worker) ([]map[string]*line, *worker, error) {
	runs, total, err := walk(ctx, sc, t.start(span, false), (*trendRun).visit)
	if err != nil {
		return nil, nil, err
	}
	if before != nil {
		total.scanned += before.scanned
	}
	return t.addRuns(runs), total, nil
}

func (t *trend) addRuns(runs []*trendRun) []map[string]*line {
	sum := runs[0].lines
	for _, r := range runs[1:] {
		for i := range r.lines {
			for v, l := range r.lines[i] {
				if to := sum[i][v]; to == nil {
					sum[i][v] = l
				} else {
					to.add(l, t.q.Series[i].Measure)
				}
			}
		}
	}
	return sum
}

func (l *line) add(o *line, measure string) {
	l.total = together(measure, l.total, o.total, l.events, o.events)
	l.events += o.events
	for k := range l.values {
		l.values[k] = together(measure, l.values[k], o.values[k], l.counts[k], o.counts[k])
		l.counts[k] += o.counts[k]
	}
	for k := range l.spread {
		l.spread[k].merge(&o.spread[k])
	}
}

// together is what two parts of a line make, which rest on n and m events.
func together(measure string, a, b float64, n, m int64) float64 {
	switch {
	case measure != "min" && measure != "max":
		return a + b
	case n == 0:
		return b
	case m == 0:
		return a
	case measure == "min":
		return min(a, b)
	}
	return max(a, b)
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
		value = hiddenOther
	}
	l := r.lines[series][value]
	if l == nil {
		l = newLine(len(r.edges), r.t.q.Series[series], r.short)
		r.lines[series][value] = l
	}
	return l
}

func newLine(buckets int, s seq.TrendSeries, short bool) *line {
	l := &line{}
	if !short {
		l.values, l.counts = make([]float64, buckets), make([]int64, buckets)
		if strings.HasPrefix(s.Measure, "p") {
			l.spread = make([]numbers, buckets+1)
		}
	}
	return l
}

// book adds one event to a line.
func (r *trendRun) book(series int, l *line, x hit, bucket int) {
	s := r.t.q.Series[series]
	add := 1.0
	if s.Measured() {
		n, ok := fieldNumber(r.w.scan.snap.Blocks[x.block], s.Property, x.row)
		if !ok {
			return
		}
		add = n
	}
	total := add
	if s.Measure == "actors" {
		last, seen := r.last[l]
		if seen {
			total = 0
		}
		if seen && last == bucket {
			add = 0
		}
		r.last[l] = bucket
	}
	l.total = together(s.Measure, l.total, total, l.events, 1)
	l.events++
	if r.short {
		return
	}
	if l.spread != nil {
		l.spread[bucket].add(add)
		l.spread[len(l.spread)-1].add(add)
	}
	l.values[bucket] = together(s.Measure, l.values[bucket], add, l.counts[bucket], 1)
	l.counts[bucket]++
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
