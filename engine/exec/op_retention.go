package exec

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strings"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// maxCells is how large a retention grid may be.
const maxCells = 50_000

// retention is a retention question made ready: matcher 0 is start, matcher 1 what counts as coming back.
type retention struct {
	q      seq.Retention
	p      *periods
	follow int  // columns after the cohort's own period
	first  bool // only the period of the first start ever
	later  bool // mode on_or_after
	trait  string
	words  int // of a set of periods
}

// Retention counts how many actors come back, and when; docs/questions.md says what that means.
func (e *Engine) Retention(ctx context.Context, q seq.Retention) (*seq.RetentionAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	r, err := s.retention(q)
	if err != nil {
		return nil, err
	}
	sc, err := s.scan(q.Scope, r.p.window(s.window(q.Scope)))
	if err != nil {
		return nil, err
	}
	sc.history = r.first
	how := manner{need: 1, loose: q.Breakdown == nil, slow: r.trait != ""}
	runs, total, err := pass(ctx, sc, how, func(w *worker) *retentionRun { return newRetentionRun(r, w) })
	if err != nil {
		return nil, err
	}
	sum := runs[0]
	for _, o := range runs[1:] {
		sum.add(o)
	}
	out := r.answer(sum)
	out.Meta = s.meta(total)
	return out, nil
}

// retention compiles the matchers and lays out the periods.
func (s *session) retention(q seq.Retention) (*retention, error) {
	r := &retention{q: q, follow: cmp.Or(q.Periods, 12), first: q.Type == "first_time" || q.Start.FirstTime, later: q.Mode == "on_or_after"}
	q.Start.FirstTime = false // of all its starts, visit finds the first itself
	back := seq.Matcher{Event: seq.Names{"*"}}
	if q.Return != nil {
		back = *q.Return
	}
	if _, err := s.plan.Matcher(q.Start, "start"); err != nil {
		return nil, err
	}
	if _, err := s.plan.Matcher(back, "return"); err != nil {
		return nil, err
	}
	c, err := newCalendar(q.Calendar, cmp.Or(q.Period, "week"))
	if err != nil {
		return nil, err
	}
	if r.p, err = s.periods(c, s.window(q.Scope), 0, "period"); err != nil {
		return nil, err
	}
	if n := r.p.len(); n*(r.follow+1) > maxCells {
		return nil, &seq.Invalid{Field: "periods", Reason: fmt.Sprintf("%d cohorts followed for %d periods are more than %d cells; follow them for fewer, ask for longer periods or a shorter range", n, r.follow, maxCells)}
	}
	if q.Breakdown != nil {
		r.trait, _ = strings.CutPrefix(q.Breakdown.By, "profile.")
		if r.trait == q.Breakdown.By {
			r.trait = ""
		}
	}
	r.words = (r.p.len() + 63) / 64
	return r, nil
}

// followed is how many columns of a row have ended, given how many periods have; with those that have begun, how many
// it has at all.
func (r *retention) followed(row, periods int) int { return max(0, min(periods-row, r.follow+1)) }

// retentionRun is one core's work.
type retentionRun struct {
	r           *retention
	w           *worker
	start, back []uint64 // the actor's periods with a start, and with a return
	shifted     []uint64
	sizes       []int64   // per row
	rows        []columns // per row: how many came back 1, 2, … periods later
	reach       [][]int64 // mode on_or_after, per row: how many came back for the last time so many periods later
	groups      map[string]*returns
}

// returns is what is counted of one breakdown value.
type returns struct {
	actors int64
	sizes  []int64 // per row
	counts []int64 // per column, over the rows for which it is complete
}

func newRetentionRun(r *retention, w *worker) *retentionRun {
	n := r.p.len()
	run := &retentionRun{r: r, w: w, start: make([]uint64, r.words), back: make([]uint64, r.words),
		shifted: make([]uint64, (r.follow+63)/64), sizes: make([]int64, n), groups: map[string]*returns{}}
	for range n {
		if r.later {
			run.reach = append(run.reach, make([]int64, r.follow+1))
		} else {
			run.rows = append(run.rows, newColumns(r.follow))
		}
	}
	return run
}

func (run *retentionRun) brief(int64) {}

func (run *retentionRun) visit(a *actor) {
	if !run.w.begin(a) {
		return
	}
	value := ""
	if run.r.trait != "" {
		value = latestTrait(run.w.scan.snap, a, run.r.trait).Text()
	}
	run.book(run.w.hits(a, false), value)
}

func (run *retentionRun) take(h []hit) { run.book(h, "") }

// book counts one actor.
func (run *retentionRun) book(h []hit, value string) {
	if !run.mark(h) {
		return
	}
	if run.r.q.Breakdown != nil {
		if run.r.trait == "" {
			value = run.touch(h)
		}
		run.group(value).book(run)
	}
	if run.r.later {
		run.bookLater()
		return
	}
	for i, w := range run.start {
		for ; w != 0; w &= w - 1 {
			row := 64*i + bits.TrailingZeros64(w)
			run.sizes[row]++
			if run.r.words == 1 {
				run.rows[row].addWord(run.back[0] >> row >> 1 & run.mask())
				continue
			}
			following(run.shifted, run.back, row+1)
			clip(run.shifted, run.r.follow)
			run.rows[row].add(run.shifted)
		}
	}
}

// mask has the bits of the columns, if they are at most 64.
func (run *retentionRun) mask() uint64 {
	if run.r.follow >= 64 {
		return math.MaxUint64
	}
	return 1<<run.r.follow - 1
}

// bookLater counts one actor for each row by how much later it came back for the last time.
func (run *retentionRun) bookLater() {
	last := highest(run.back)
	for i, w := range run.start {
		for ; w != 0; w &= w - 1 {
			row := 64*i + bits.TrailingZeros64(w)
			run.sizes[row]++
			run.reach[row][max(0, min(last-row, run.r.follow))]++
		}
	}
}

// mark fills in the actor's periods. It says whether the actor is in any cohort.
func (run *retentionRun) mark(h []hit) bool {
	p := run.r.p
	clear(run.start)
	clear(run.back)
	begin := p.edges[0]
	first := event.Millis(math.MaxInt64)
	for _, x := range h {
		if x.mask&1 != 0 {
			first = min(first, x.t)
		}
		if x.t < begin {
			continue
		}
		i := p.of(x.t)
		run.start[i>>6] |= x.mask & 1 << (i & 63)
		run.back[i>>6] |= x.mask >> 1 & 1 << (i & 63)
	}
	if !run.r.first {
		return first != math.MaxInt64
	}
	clear(run.start)
	if first < begin || first == math.MaxInt64 {
		return false
	}
	setBit(run.start, p.of(first))
	return true
}

// touch is the first or last non-empty value of the breakdown among the actor's starts.
func (run *retentionRun) touch(h []hit) (found string) {
	b := run.r.q.Breakdown
	for _, x := range h {
		if x.mask&1 == 0 || x.t < run.r.p.edges[0] {
			continue
		}
		if v := fieldText(run.w.scan.snap.Blocks[x.block], b.By, x.row, x.code); v != "" {
			if found = v; b.Attribution != "last_touch" {
				break
			}
		}
	}
	return found
}

func (run *retentionRun) group(value string) *returns {
	g := run.groups[value]
	if g == nil {
		g = &returns{sizes: make([]int64, run.r.p.len()), counts: make([]int64, run.r.follow+1)}
		run.groups[value] = g
	}
	return g
}

// book counts the actor that is marked in the run.
func (g *returns) book(run *retentionRun) {
	g.actors++
	last := highest(run.back)
	for i, w := range run.start {
		for ; w != 0; w &= w - 1 {
			row := 64*i + bits.TrailingZeros64(w)
			g.sizes[row]++
			for k := 1; k < run.r.followed(row, run.r.p.complete); k++ {
				at := row + k
				if run.r.later && at <= last || !run.r.later && run.back[at>>6]>>(at&63)&1 != 0 {
					g.counts[k]++
				}
			}
		}
	}
}

func (g *returns) add(o *returns) {
	g.actors += o.actors
	addTo(g.sizes, o.sizes)
	addTo(g.counts, o.counts)
}

func addTo(sum, more []int64) {
	for i, n := range more {
		sum[i] += n
	}
}

func (run *retentionRun) add(o *retentionRun) {
	addTo(run.sizes, o.sizes)
	for i := range run.rows {
		run.rows[i].merge(&o.rows[i])
	}
	for i := range run.reach {
		addTo(run.reach[i], o.reach[i])
	}
	for v, g := range o.groups {
		run.group(v).add(g)
	}
}

// row is the counts of a cohort: its size, and those who came back.
func (run *retentionRun) row(i int) []int64 {
	out := make([]int64, run.r.follow+1)
	if run.r.later {
		sum := int64(0)
		for k := run.r.follow; k > 0; k-- {
			sum += run.reach[i][k]
			out[k] = sum
		}
	} else {
		run.rows[i].spill()
		copy(out[1:], run.rows[i].counts)
	}
	out[0] = run.sizes[i]
	return out
}

func (r *retention) answer(sum *retentionRun) *seq.RetentionAnswer {
	out := &seq.RetentionAnswer{Cohorts: []seq.RetentionCohort{}}
	counts := make([]int64, r.follow+1)
	for i, at := range r.p.starts {
		row := sum.row(i)
		c := seq.RetentionCohort{Start: at.Format(time.RFC3339), Size: sum.sizes[i], Complete: r.followed(i, r.p.complete)}
		addTo(counts, row[:c.Complete])
		c.Values = row[:r.followed(i, r.p.len())]
		out.Cohorts = append(out.Cohorts, c)
	}
	out.Average = r.average(sum.sizes, counts)
	if r.q.Breakdown != nil {
		out.Series = r.series(sum)
	}
	return out
}

// average is the columns summed over the cohorts for which they are complete, up to the last that any of them has.
func (r *retention) average(sizes, counts []int64) []seq.RetentionPoint {
	out := []seq.RetentionPoint{}
	for k := 0; k <= min(r.follow, r.p.complete-1); k++ {
		p := seq.RetentionPoint{Period: k, N: counts[k]}
		for i := range r.p.complete - k {
			if sizes[i] > 0 {
				p.Of += sizes[i]
				p.Cohorts++
			}
		}
		if k == 0 {
			p.N = p.Of
		}
		out = append(out, p)
	}
	return out
}

// series are the averages of the breakdown's values, the largest first, the rest together.
func (r *retention) series(sum *retentionRun) []seq.RetentionSeries {
	values := slices.SortedFunc(maps.Keys(sum.groups), func(a, b string) int {
		return byCount(sum.groups[a].actors, sum.groups[b].actors, a, b)
	})
	limit := cmp.Or(r.q.Breakdown.Limit, 10)
	out := []seq.RetentionSeries{}
	var rest *returns
	for i, v := range values {
		g := sum.groups[v]
		switch {
		case i < limit:
			out = append(out, seq.RetentionSeries{Value: v, Size: g.actors, Average: r.average(g.sizes, g.counts)})
		case rest == nil:
			rest = g
		default:
			rest.add(g)
		}
	}
	if rest != nil {
		out = append(out, seq.RetentionSeries{Value: other, Other: true, Size: rest.actors, Average: r.average(rest.sizes, rest.counts)})
	}
	return out
}
