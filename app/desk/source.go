package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/cespare/xxhash/v2"

	"wend.dev/wend/event"
	"wend.dev/wend/httpapi"
	"wend.dev/wend/meta"
)

// Sources manages where events come from. Deleting one refuses its key; it stays in the list as disabled, because
// events bear its id, and restoring it accepts the key again.
type Sources struct {
	Store   meta.Sources
	Seen    func(id string) (events int64, last event.Millis) // since the start
	Clock   event.Clock
	Changed func(httpapi.Changed)
}

func (s *Sources) shown(m meta.Source) httpapi.Source {
	out := httpapi.Source{ID: m.ID, Name: m.Name, Kind: cmp.Or(m.Platform, "other"), WriteKey: m.Key, MaxBatchBytes: m.MaxBatchBytes,
		MaxBatchEvents: m.MaxBatchEvents, EventsPerSecond: m.EventsPerSecond, Disabled: m.DisabledAt != 0, CreatedAt: m.CreatedAt.Time()}
	out.Revision = contentRevision(m)
	n, last := s.Seen(m.ID)
	out.Events = n
	if last != 0 {
		out.LastSeen = last.Time()
	}
	return out
}

// contentRevision is a revision made of what something says: 52 bits of the XXH64 of its JSON.
func contentRevision(v any) int64 {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: cannot write a revision: " + err.Error())
	}
	return int64(xxhash.Sum64(b)>>12) | 1
}

// ListSources lists all, oldest first.
func (s *Sources) ListSources(ctx context.Context) ([]httpapi.Source, error) {
	all, err := s.Store.ListSources(ctx)
	out := make([]httpapi.Source, 0, len(all))
	for _, m := range all {
		out = append(out, s.shown(m))
	}
	return out, fault(err)
}

func (s *Sources) find(ctx context.Context, id string) (meta.Source, error) {
	all, err := s.Store.ListSources(ctx)
	if err != nil {
		return meta.Source{}, fault(err)
	}
	i := slices.IndexFunc(all, func(m meta.Source) bool { return m.ID == id })
	if i < 0 {
		return meta.Source{}, httpapi.ErrNotFound
	}
	return all[i], nil
}

// Source finds one.
func (s *Sources) Source(ctx context.Context, id string) (httpapi.Source, error) {
	m, err := s.find(ctx, id)
	if err != nil {
		return httpapi.Source{}, err
	}
	return s.shown(m), nil
}

// SaveSource creates or changes one. A write key stays as it is once given.
func (s *Sources) SaveSource(ctx context.Context, in httpapi.Source) (out httpapi.Source, err error) {
	m := meta.Source{ID: in.ID, Name: in.Name, Platform: in.Kind, Key: in.WriteKey, MaxBatchBytes: in.MaxBatchBytes,
		MaxBatchEvents: in.MaxBatchEvents, EventsPerSecond: in.EventsPerSecond}
	if in.Disabled {
		m.DisabledAt = event.MillisOf(s.Clock.Now())
	}
	if in.Revision == 0 {
		m, err = s.Store.CreateSource(ctx, m)
	} else {
		old, err := s.find(ctx, in.ID)
		switch {
		case err != nil:
			return out, err
		case contentRevision(old) != in.Revision:
			return out, httpapi.ErrStale
		case in.WriteKey != "" && in.WriteKey != old.Key:
			return out, &httpapi.Fault{Kind: "invalid", Field: "write_key", Reason: "a source keeps its key; create another source and move the senders over"}
		}
		if in.Disabled && old.DisabledAt != 0 {
			m.DisabledAt = old.DisabledAt
		}
		return s.update(ctx, m)
	}
	if err != nil {
		return out, fault(err)
	}
	s.Changed(httpapi.Changed{Kind: "Source", ID: m.ID, Revision: contentRevision(m)})
	return s.shown(m), nil
}

func (s *Sources) update(ctx context.Context, m meta.Source) (out httpapi.Source, err error) {
	m, err = s.Store.UpdateSource(ctx, m)
	if err != nil {
		return out, fault(err)
	}
	s.Changed(httpapi.Changed{Kind: "Source", ID: m.ID, Revision: contentRevision(m)})
	return s.shown(m), nil
}

// DeleteSource refuses the source's key from now on.
func (s *Sources) DeleteSource(ctx context.Context, id string, rev int64) error {
	m, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if contentRevision(m) != rev {
		return httpapi.ErrStale
	}
	m.DisabledAt = event.MillisOf(s.Clock.Now())
	_, err = s.update(ctx, m)
	return err
}

// RestoreSource accepts its key again.
func (s *Sources) RestoreSource(ctx context.Context, id string) (httpapi.Source, error) {
	m, err := s.find(ctx, id)
	if err != nil {
		return httpapi.Source{}, err
	}
	if m.DisabledAt == 0 {
		return httpapi.Source{}, &httpapi.Fault{Kind: "conflict", Reason: fmt.Sprintf("source %q is not deleted", id)}
	}
	m.DisabledAt = 0
	return s.update(ctx, m)
}
