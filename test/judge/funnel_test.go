package judge

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"wend.dev/wend/engine/seq"
)

// funnel draws a funnel in both languages. With distinct steps no event fulfils two of them.
func (w *world) funnel(r *rand.Rand, distinct bool) (q seq.Funnel, actor, sql string) {
	q.Scope, actor, sql = w.scope(r)
	window := 1 + r.Int64N(w.span/2)
	q.Window = seq.Duration(time.Duration(window) * time.Millisecond)
	mode := "'strict_once'"
	if distinct && r.IntN(3) == 0 {
		q.Ties, mode = "strict", mode+", 'strict_increase'"
	}
	var conditions []string
	left := slices.Clone(w.names)
	r.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
	for n := 1 + r.IntN(4); n > 0 && len(left) > 0; n-- {
		from := w.names
		if distinct {
			k := min(len(left), 1+r.IntN(2))
			from, left = left[:k], left[k:]
		}
		m, c := matcher(r, from)
		for distinct && m.Event[0] == "*" {
			m, c = matcher(r, from)
		}
		q.Steps = append(q.Steps, seq.FunnelStep{Matcher: m})
		conditions = append(conditions, c)
	}
	return q, actor, fmt.Sprintf("SELECT %s, windowFunnel(%d, %s)(time, %s) FROM events WHERE %s GROUP BY 1",
		actor, window, mode, strings.Join(conditions, ", "), sql)
}

// ruling is how ClickHouse is asked about the same funnel: by which actor, and in which words.
type ruling struct{ actor, sql string }

// judgeFunnel compares how many actors made each step; where they differ it looks for an actor to show.
func judgeFunnel(t *testing.T, c *clickhouse, w *world, q seq.Funnel, by ruling) {
	actor, sql := by.actor, by.sql
	t.Helper()
	levels := query[[2]uint64](t, c, sql)
	want := make([]int64, len(q.Steps))
	for _, l := range levels {
		for k := range l[1] {
			want[k]++
		}
	}
	got := funnelCounts(t, w, q)
	if slices.Equal(got, want) {
		return
	}
	b, _ := json.Marshal(q)
	for _, l := range levels {
		one := w.only(l[0], actorOf(actor))
		if depth := funnelCounts(t, one, q); sum(depth) != l[1] {
			t.Fatalf("%s\n%s\nWend: this actor made %d steps, ClickHouse: %d\n%s", b, sql, sum(depth), l[1], one)
		}
	}
	t.Fatalf("%s\n%s\nWend %d, ClickHouse %d, though they agree about each actor alone", b, sql, got, want)
}

func sum(counts []int64) (n uint64) {
	for _, c := range counts {
		n += uint64(c)
	}
	return n
}

func funnelCounts(t *testing.T, w *world, q seq.Funnel) (out []int64) {
	t.Helper()
	a, err := w.engine(t).Funnel(t.Context(), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	for _, s := range a.Steps {
		out = append(out, s.Count)
	}
	return out
}
