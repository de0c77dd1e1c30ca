package judge

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"wend.dev/wend/engine/seq"
)

// paths draws a path question in both languages. All nodes are kept: what is cut is counted before.
func (w *world) paths(r *rand.Rand) (q seq.Paths, sql string) {
	var actor, where string
	q.Scope, actor, where = w.scope(r)
	q.Top, q.MaxSteps = 50, 1+r.IntN(6)
	gap := 1 + r.Int64N(w.span/4)
	q.SessionGap = seq.Duration(time.Duration(gap) * time.Millisecond)
	node := "name"
	if r.IntN(2) == 0 {
		q.Node, node = "properties.colour", "ifNull(colour, '')"
	}
	begun := "1"
	if r.IntN(3) == 0 {
		m, c := matcher(r, w.names)
		q.Start, begun = &m, c
	}
	const order = "ORDER BY time, profile, arrival ROWS BETWEEN UNBOUNDED PRECEDING AND "
	return q, fmt.Sprintf(`
		WITH events AS (SELECT *, %[1]s AS actor, %[2]s AS node, %[3]s AS begins FROM events WHERE %[4]s),
		pauses AS (SELECT *, row_number() OVER w = 1 OR time - lagInFrame(time) OVER w >= %[5]d AS pause FROM events
			WINDOW w AS (PARTITION BY actor %[6]s CURRENT ROW)),
		sessions AS (SELECT *, sum(pause) OVER (PARTITION BY actor %[6]s CURRENT ROW) AS session FROM pauses),
		begun AS (SELECT *, max(begins) OVER (PARTITION BY actor, session %[6]s CURRENT ROW) AS on_path FROM sessions),
		nodes AS (SELECT *, lagInFrame(node) OVER (PARTITION BY actor, session %[6]s CURRENT ROW) AS before FROM begun WHERE on_path AND node != ''),
		steps AS (SELECT node, row_number() OVER w AS step, leadInFrame(node) OVER w AS next, leadInFrame(time) OVER w - time AS took FROM nodes
			WHERE node != before WINDOW w AS (PARTITION BY actor, session %[6]s UNBOUNDED FOLLOWING))
		SELECT step, node, next, count(), quantileExactInclusive(0.5)(took) / 1000 FROM steps WHERE step <= %[7]d GROUP BY 1, 2, 3`,
		actor, node, begun, where, gap, order, q.MaxSteps)
}

// edge is a row of the answer.
type edge struct {
	step       int
	node, next string
	count      int64
	median     float64
}

// UnmarshalJSON reads the columns.
func (e *edge) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&e.step, &e.node, &e.next, &e.count, &e.median})
}

// judgePaths compares the nodes, the edges and what ended where.
func judgePaths(t *testing.T, c *clickhouse, w *world, q seq.Paths, sql string) {
	t.Helper()
	want := map[string]float64{}
	for _, e := range query[edge](t, c, sql) {
		id := fmt.Sprintf("%d:%s", e.step, e.node)
		want[id+" count"] += float64(e.count)
		if e.step == 1 {
			want["paths"] += float64(e.count)
		}
		switch {
		case e.next == "":
			want[id+" dropoff"] += float64(e.count)
		case e.step < q.MaxSteps:
			id = fmt.Sprintf("%s>%d:%s", id, e.step+1, e.next)
			want[id+" count"], want[id+" median"] = float64(e.count), e.median
		}
	}
	a, err := w.engine(t).Paths(t.Context(), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	got := map[string]float64{}
	put := func(key string, n float64) {
		if n != 0 {
			got[key] = n
		}
	}
	put("paths", float64(a.Paths))
	for _, n := range a.Nodes {
		put(n.ID+" count", float64(n.Count))
		put(n.ID+" dropoff", float64(n.Dropoff))
	}
	for _, e := range a.Edges {
		put(e.Source+">"+e.Target+" count", float64(e.Count))
		put(e.Source+">"+e.Target+" median", e.MedianSeconds)
	}
	maps.DeleteFunc(want, func(_ string, n float64) bool { return n == 0 })
	if !maps.Equal(got, want) {
		b, _ := json.Marshal(q)
		t.Fatalf("%s\n%s\nWend       %v\nClickHouse %v", b, sql, got, want)
	}
}
