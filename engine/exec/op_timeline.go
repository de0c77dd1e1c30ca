package exec

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

const timelineTime = "2006-01-02T15:04:05.000Z07:00"

// Timeline lists what one actor did, newest first. An id that nobody has gives an empty list.
func (e *Engine) Timeline(ctx context.Context, q seq.Timeline) (*seq.TimelineAnswer, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	after, err := readTimelineCursor(q.Cursor)
	if err != nil {
		return nil, err
	}
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	sc, err := s.scan(q.Scope, s.window(q.Scope))
	if err != nil {
		return nil, err
	}
	out := &seq.TimelineAnswer{Events: []seq.TimelineEvent{}}
	w := &worker{scan: sc}
	err = guarded(func() error {
		a, err := s.actorOf(sc, q)
		if err != nil {
			return err
		}
		if in, err := sc.only.one(ctx, a.id); !in {
			return err
		}
		w.begin(a)
		h := w.hits(a, true)
		slices.Reverse(h)
		out.Events, out.NextCursor = timelinePage(s.snap, h, after, max(1, cmp.Or(q.Limit, 100)))
		return nil
	})
	out.Meta = s.meta(w)
	return out, err
}

// actorOf gathers the rows of the actor that a timeline names.
func (s *session) actorOf(sc *scan, q seq.Timeline) (*actor, error) {
	if q.Actor == "account" {
		id, err := event.ParseAccountID(q.ID)
		if err != nil {
			return nil, &seq.Invalid{Field: "id", Reason: err.Error()}
		}
		return &actor{id: uint64(id), spans: gather(nil, s.snap, sc.crowd.people[id])}, nil
	}
	id, err := event.ParseProfileID(q.ID)
	if err != nil {
		return nil, &seq.Invalid{Field: "id", Reason: err.Error()}
	}
	root := s.snap.Root(id)
	return &actor{id: uint64(root), spans: gather(nil, s.snap, sc.crowd.all(root))}, nil
}

// timelineCursor says where a page ended: the time of its last event, and how many of that instant were shown.
// Events that arrive later do not shift it.
type timelineCursor struct {
	at    event.Millis
	shown int
	given bool
}

func readTimelineCursor(s string) (c timelineCursor, err error) {
	if s == "" {
		return c, nil
	}
	if n, err := fmt.Sscanf(s, "%d-%d", &c.at, &c.shown); n != 2 || err != nil || c.shown < 1 {
		return c, &seq.Invalid{Field: "cursor", Reason: fmt.Sprintf("%q is no cursor that a timeline gave", s)}
	}
	c.given = true
	return c, nil
}

// timelinePage cuts one page from hits that are newest first.
func timelinePage(snap *store.Snapshot, h []hit, after timelineCursor, limit int) (page []seq.TimelineEvent, next string) {
	from := 0
	if after.given {
		from = sort.Search(len(h), func(i int) bool { return h[i].t <= after.at })
		for n := after.shown; n > 0 && from < len(h) && h[from].t == after.at; n-- {
			from++
		}
	}
	to := min(from+limit, len(h))
	page = make([]seq.TimelineEvent, 0, to-from)
	for _, x := range h[from:to] {
		page = append(page, timelineEvent(snap.Blocks[x.block], x))
	}
	if to < len(h) {
		last, shown := h[to-1].t, 0
		for i := to - 1; i >= 0 && h[i].t == last; i-- {
			shown++
		}
		next = fmt.Sprintf("%d-%d", last, shown)
	}
	return page, next
}

func timelineEvent(b *store.Block, x hit) seq.TimelineEvent {
	name := b.Names[x.code]
	owner := sort.Search(len(b.Profiles), func(i int) bool { return b.Starts[i+1] > x.row })
	out := seq.TimelineEvent{
		Time: x.t.Time().Format(timelineTime), Kind: name.Kind.String(), Name: name.Name,
		Profile: b.Profiles[owner].String(), Fields: map[string]any{},
	}
	for _, f := range b.Fields(x.row) {
		out.Fields[f.Path] = plainValue(f.Value)
	}
	return out
}

// plainValue is a value as encoding/json writes it best.
func plainValue(v event.Value) any {
	switch v.Kind {
	case event.Number:
		return v.Num
	case event.Bool:
		return v.Num != 0
	case event.JSON:
		if json.Valid([]byte(v.Str)) {
			return json.RawMessage(v.Str)
		}
	}
	return v.Str
}
