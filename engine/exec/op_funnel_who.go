package exec

import (
	"cmp"
	"context"
	"errors"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// FunnelWho lists the actors that a funnel counts at a step, or lost before it, latest first.
func (e *Engine) FunnelWho(ctx context.Context, q seq.FunnelWho) (*engine.FunnelWhoPage, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	after, err := recentCursor(q.Cursor)
	if err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	ask, err := s.funnelWho(q)
	if err != nil {
		return nil, err
	}
	sc, err := s.scan(q.Funnel.Scope, s.window(q.Funnel.Scope))
	if err != nil {
		return nil, at("funnel", err)
	}
	p := &people{snap: s.snap, crowd: sc.crowd, limit: cmp.Or(q.Limit, peopleDefault), after: after}
	runs, total, err := walk(ctx, sc, func(w *worker) *whoRun { return newWhoRun(ask, w, p) }, (*whoRun).visit)
	if err != nil {
		return nil, err
	}
	sum := runs[0]
	for _, r := range runs[1:] {
		sum.found += r.found
		for _, x := range r.page.top {
			sum.page.offer(x)
		}
	}
	out := &engine.FunnelWhoPage{Actors: []engine.FoundActor{}, Total: sum.found}
	page := sum.page.top
	if len(page) > p.limit {
		page = page[:p.limit]
		out.NextCursor = page[p.limit-1].String()
	}
	err = guarded(func() error {
		for _, r := range page {
			out.Actors = append(out.Actors, p.found(r, sc.accounts))
		}
		return nil
	})
	out.Meta = s.meta(total)
	return out, err
}

// found shows one actor of the page.
func (p *people) found(r recent, account bool) engine.FoundActor {
	out := engine.FoundActor{ID: r.id.String(), At: r.at}
	if account {
		out.Account = p.snap.Groups[event.AccountID(r.id)]
	} else {
		person := p.person(r.id)
		out.Person = &person
	}
	return out
}

// funnelWho is the question made ready: the chains that took one step and not another.
type funnelWho struct {
	f     *funnel
	step  int     // from 0: the chain took it
	not   int     // from 0: and did not take this one; -1 for those who reached the step
	value *string // of this series of the breakdown
}

func (s *session) funnelWho(q seq.FunnelWho) (*funnelWho, error) {
	d := q.Funnel.Defaults()
	d.Times, d.Trend = false, nil // that is another question
	f, err := s.funnel(d)
	if err != nil {
		return nil, at("funnel", err)
	}
	ask := &funnelWho{f: f, step: q.Step - 1, not: -1, value: q.Value}
	f.who = ask
	if q.Value == nil {
		f.q.Breakdown = nil
	}
	if q.Lost() {
		ask.not = ask.step
		for ask.step--; ask.step > 0 && d.Steps[ask.step].Optional; ask.step-- {
		}
	}
	return ask, nil
}

// found is a chain that was looked for.
type found struct {
	entry hit // its first event
	last  hit // the one that took funnelWho.step
}

// find is the chain if it is one of those looked for, else nil.
func (q *funnelWho) find(h []hit, at []int32) *found {
	if at[q.step] < 0 || q.not >= 0 && at[q.not] >= 0 {
		return nil
	}
	return &found{h[at[0]], h[at[q.step]]}
}

// or is the later of two chains.
func (f *found) or(o *found) *found {
	if f == nil || o != nil && o.last.t > f.last.t {
		return o
	}
	return f
}

// whoFinder tells of one actor after the other whether it is among those asked for.
type whoFinder struct {
	ask *funnelWho
	run *funnelRun
}

func newWhoFinder(ask *funnelWho, w *worker) *whoFinder {
	return &whoFinder{ask: ask, run: newFunnelRun(ask.f, w)}
}

// find is the latest chain that makes the actor one of them, nil if none does.
func (r *whoFinder) find(a *actor) *found {
	r.clear()
	r.run.visit(a)
	if r.ask.value == nil {
		return r.run.all.more.found
	}
	if t := r.run.groups[*r.ask.value]; t != nil {
		return t.more.found
	}
	return nil
}

// among is the latest such chain among an actor's hits, which bear no matchers but the funnel's.
func (r *whoFinder) among(h []hit) *found {
	r.clear()
	r.run.solve.run(h, r.run.all)
	return r.run.all.more.found
}

func (r *whoFinder) clear() {
	t := r.run.all
	clear(t.count)
	for k := range t.gaps {
		t.gaps[k] = t.gaps[k][:0]
	}
	t.excluded, t.more.found = 0, nil
	clear(r.run.groups)
}

// whoRun is one core's work.
type whoRun struct {
	whoFinder
	page  recentRun // of all actors; an account's id stands in for a profile's
	found int64
}

func newWhoRun(ask *funnelWho, w *worker, p *people) *whoRun {
	return &whoRun{whoFinder: *newWhoFinder(ask, w), page: recentRun{p: p, w: w}}
}

func (r *whoRun) visit(a *actor) {
	if f := r.find(a); f != nil {
		r.found++
		r.page.offer(recent{f.last.t, event.ProfileID(a.id)})
	}
}

// at puts the field that a question stands in before that of an error about it.
func at(field string, err error) error {
	if bad, ok := errors.AsType[*seq.Invalid](err); ok {
		return &seq.Invalid{Field: field + "." + bad.Field, Reason: bad.Reason}
	}
	return err
}
