package judge

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// worldsOfAKind are how many small worlds are judged of each kind; WEND_JUDGE_WORLDS sets another number.
const worldsOfAKind = 40

// TestJudge asks both sides the same about random people. Its seed is in the output; WEND_JUDGE_SEED runs one again.
func TestJudge(t *testing.T) {
	c := open(t)
	seed := number(t, "WEND_JUDGE_SEED", rand.Uint64())
	t.Logf("WEND_JUDGE_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	kinds := map[string]size{
		"ties":  {people: 12, events: 8, ticks: 12, tick: 1, names: 4},
		"alone": {people: 12, events: 8, ticks: 10_000, tick: 1000, names: 3, alone: true},
		"weeks": {people: 12, events: 20, ticks: 40 * 24, tick: 3600_000, names: 5},
	}
	var worlds []*world
	of := map[string][]*world{}
	for _, kind := range []string{"ties", "alone", "weeks"} {
		for range number(t, "WEND_JUDGE_WORLDS", worldsOfAKind) {
			w := draw(r, len(worlds), kinds[kind])
			worlds, of[kind] = append(worlds, w), append(of[kind], w)
		}
	}
	large := draw(r, len(worlds), size{people: 3000, events: 60, ticks: 60 * 24 * 60, tick: 60_000, names: 12})
	worlds = append(worlds, large)
	c.load(t, worlds)

	funnels := func(worlds []*world, distinct bool, n int) func(*testing.T) {
		return func(t *testing.T) {
			for _, w := range worlds {
				for range n {
					q, actor, sql := w.funnel(r, distinct)
					judgeFunnel(t, c, w, q, ruling{actor, sql})
				}
			}
		}
	}
	t.Run("funnel of distinct steps", funnels(of["ties"], true, 8))
	t.Run("funnel of repeated steps", funnels(of["alone"], false, 8)) // among ties ClickHouse lets one event be two
	t.Run("funnel in a large world", funnels([]*world{large}, true, 10))
	t.Run("paths", func(t *testing.T) {
		for i, w := range append(worlds, large, large, large) {
			for range 1 + i%3 {
				q, sql := w.paths(r)
				judgePaths(t, c, w, q, sql)
			}
		}
	})
	t.Run("retention", func(t *testing.T) {
		for _, w := range append(of["weeks"], large, large, large) {
			for range 3 {
				q, sql := w.retention(r)
				judgeRetention(t, c, w, q, sql)
			}
		}
	})
	t.Run("trend", func(t *testing.T) {
		for _, w := range append(of["weeks"], large, large, large, large) {
			for range 3 {
				q, sql := w.trend(r)
				judgeTrend(t, c, w, q, sql)
			}
		}
	})
}

// number is an environment variable's, or the one given.
func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
