// Package exec is stage 3's executor: a snapshot of blocks and a question in, the answer out, in one linear pass.
//
// Events of one actor lie together in time order, so an operator sees actor after actor and keeps only sums. One
// file per operator: op_funnel.go, op_path.go, op_trend.go, op_retention.go, op_lifecycle.go, op_stickiness.go,
// op_timeline.go, op_journey.go, op_people.go, op_catalogue.go, op_chains.go, op_conformance.go, op_drivers.go,
// op_contact.go, op_segment.go. What they share:
//
//	actor.go   whose rows are where: profiles in one block are read in place, others are gathered and merged by time
//	scan.go    matchers and range on an actor's rows; the actors split over the cores by id
//	pass.go    the fast walk, for operators that need nothing but hits; see docs/adr/0008-the-funnel-pass.md
//	calendar.go, columns.go    periods of the calendar, and sets of them counted
package exec

import (
	"context"
	"math"
	"sync"
	"time"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/plan"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// Engine answers questions from a source's snapshots. It is safe for concurrent use.
type Engine struct {
	source engine.Source
	stored engine.Stored // nil: there are no stored segments
	clock  event.Clock
	mu     sync.Mutex
	crowd  *crowd // of the newest snapshot seen
	shares shares

	bitmaps bitmaps
}

// New makes an engine. It does no I/O.
func New(source engine.Source, clock event.Clock) *Engine {
	return &Engine{source: source, clock: clock}
}

// Use tells where stored segments are found. It is called before the first question.
func (e *Engine) Use(stored engine.Stored) { e.stored = stored }

var _ engine.Engine = (*Engine)(nil)

// session is one question being answered.
type session struct {
	engine *Engine
	snap   *store.Snapshot
	began  time.Time
	plan   plan.Plan

	segments func() (map[string]seq.StoredSegment, error) // the stored ones, asked for when a question names one
}

// open takes a snapshot; the caller closes the session.
func (e *Engine) open(ctx context.Context) (*session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	began := e.clock.Now()
	snap, err := e.source.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{engine: e, snap: snap, began: began}
	s.segments = sync.OnceValues(func() (map[string]seq.StoredSegment, error) {
		if e.stored == nil {
			return nil, nil
		}
		return e.stored.StoredSegments(ctx)
	})
	return s, nil
}

func (s *session) close() { s.snap.Release() }

// window is the range a question asks for: its end is now unless given.
func (s *session) window(q seq.Scope) event.Window {
	w := event.Window{From: math.MinInt64, To: event.MillisOf(s.began) + 1}
	if q.From != nil {
		w.From = event.MillisOf(*q.From)
	}
	if q.To != nil {
		w.To = event.MillisOf(*q.To)
	}
	if w.To == 0 {
		w.To = -1 // a Window's zero would mean no end
	}
	return w
}

// scan compiles the filter and prepares the walk; the matchers must be in the plan already.
func (s *session) scan(q seq.Scope, w event.Window) (*scan, error) {
	if err := s.plan.Filter(q.Filter, "filter"); err != nil {
		return nil, err
	}
	accounts := q.Actor == "account"
	var sc *scan
	err := guarded(func() error {
		sc = newScan(s.snap, s.engine.crowdOf(s.snap, accounts), &s.plan, w)
		sc.accounts = accounts
		return nil
	})
	if err == nil && q.Segment != nil {
		sc.only, err = s.population(*q.Segment, accounts, w)
	}
	return sc, err
}

// crowdOf makes the crowd of a snapshot, or hands back the last one when nothing has changed since.
func (e *Engine) crowdOf(s *store.Snapshot, accounts bool) *crowd {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.crowd == nil || e.crowd.version != s.Version || s.Version == 0 {
		e.crowd = newCrowd(s)
	}
	if accounts && e.crowd.people == nil {
		c := *e.crowd
		c.byAccount(s)
		e.crowd = &c
	}
	return e.crowd
}

// meta tells how the answer came about.
func (s *session) meta(total *worker) seq.Meta {
	now := s.engine.clock.Now()
	m := seq.Meta{ElapsedMS: float64(now.Sub(s.began).Microseconds()) / 1000, FreshnessMS: -1, Backend: "part"}
	if total != nil {
		m.Actors, m.EventsScanned = total.actors, total.scanned
	}
	if s.snap.Newest > 0 {
		m.FreshnessMS = max(0, int64(event.MillisOf(now)-s.snap.Newest))
	}
	return m
}
