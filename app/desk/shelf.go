package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"wend.dev/wend/httpapi"
	"wend.dev/wend/journey"
	"wend.dev/wend/meta"
)

// shelf is one kind of definition.
type shelf[T any] struct {
	desk *Desk
	kind string
	head func(*T) *journey.Header

	check func(context.Context, T) error // says why a document cannot be kept; nil: nothing is looked at
}

// Journeys is the maps.
func (d *Desk) Journeys() httpapi.Shelf[journey.Journey] {
	return shelf[journey.Journey]{desk: d, kind: journey.KindJourney, head: func(j *journey.Journey) *journey.Header { return &j.Header }}
}

// Touchpoints is the library of contacts that maps are made of.
func (d *Desk) Touchpoints() httpapi.Shelf[journey.Touchpoint] {
	return shelf[journey.Touchpoint]{desk: d, kind: journey.KindTouchpoint, head: func(t *journey.Touchpoint) *journey.Header { return &t.Header }}
}

// Personas is the persona library.
func (d *Desk) Personas() httpapi.Shelf[journey.Persona] {
	return shelf[journey.Persona]{desk: d, kind: journey.KindPersona, head: func(p *journey.Persona) *journey.Header { return &p.Header }}
}

func (s shelf[T]) stored(def meta.Definition) (httpapi.Stored[T], error) {
	doc, err := decode[T](def.Body)
	out := httpapi.Stored[T]{Document: doc, Revision: revision(def.ETag), Version: def.Latest, UpdatedAt: def.UpdatedAt.Time()}
	if def.DeletedAt != 0 {
		at := def.DeletedAt.Time()
		out.DeletedAt = &at
	}
	return out, err
}

func (s shelf[T]) List(ctx context.Context, deleted bool, p httpapi.Page) (items []httpapi.Stored[T], next string, err error) {
	defs, err := s.desk.Store.List(ctx, s.kind, deleted)
	if err != nil {
		return nil, "", fault(err)
	}
	slices.SortStableFunc(defs, func(a, b meta.Definition) int { return cmp.Compare(a.Title, b.Title) })
	defs, next, err = page(defs, p)
	items = make([]httpapi.Stored[T], 0, len(defs))
	for _, def := range defs {
		item, err := s.stored(def)
		if err != nil {
			return nil, "", err
		}
		items = append(items, item)
	}
	return items, next, err
}

func (s shelf[T]) Get(ctx context.Context, id string) (out httpapi.Stored[T], err error) {
	def, err := s.desk.Store.Get(ctx, s.kind, id)
	if err != nil {
		return out, fault(err)
	}
	return s.stored(def)
}

func (s shelf[T]) Create(ctx context.Context, document T) (out httpapi.Stored[T], err error) {
	out, err = s.put(ctx, document, "")
	if errors.Is(err, httpapi.ErrStale) {
		return out, &httpapi.Fault{Kind: "conflict", Field: "metadata.id", Reason: "this id is taken"}
	}
	return out, err
}

func (s shelf[T]) Replace(ctx context.Context, id string, rev int64, document T) (out httpapi.Stored[T], err error) {
	def, err := s.desk.at(ctx, s.kind, id, rev)
	if err != nil {
		return out, err
	}
	s.head(&document).Metadata.ID = id
	return s.put(ctx, document, def.ETag)
}

func (s shelf[T]) put(ctx context.Context, document T, ifMatch string) (out httpapi.Stored[T], err error) {
	h := s.head(&document)
	h.APIVersion, h.Kind = journey.APIVersion, s.kind
	if !validID.MatchString(h.Metadata.ID) {
		return out, &httpapi.Fault{Kind: "invalid", Field: "metadata.id", Reason: "an id is made of lower-case letters, digits and hyphens, at most 64"}
	}
	if s.check != nil {
		if err := s.check(ctx, document); err != nil {
			return out, err
		}
	}
	body, err := json.Marshal(document)
	if err != nil {
		return out, err
	}
	defs, err := s.desk.Store.Put(ctx, meta.Edit{Kind: s.kind, ID: h.Metadata.ID, Title: h.Metadata.Title, Body: body, IfMatch: ifMatch})
	if err != nil {
		return out, fault(err)
	}
	out, err = s.stored(defs[0])
	s.desk.Changed(httpapi.Changed{Kind: s.kind, ID: h.Metadata.ID, Revision: out.Revision})
	return out, err
}

func (s shelf[T]) Delete(ctx context.Context, id string, rev int64) error {
	def, err := s.desk.at(ctx, s.kind, id, rev)
	if err != nil {
		return err
	}
	if err := s.desk.Store.Delete(ctx, s.kind, id, def.ETag); err != nil {
		return fault(err)
	}
	s.desk.Changed(httpapi.Changed{Kind: s.kind, ID: id})
	return nil
}

func (s shelf[T]) Restore(ctx context.Context, id string) (out httpapi.Stored[T], err error) {
	def, err := s.desk.Store.Restore(ctx, s.kind, id)
	if err != nil {
		return out, fault(err)
	}
	out, err = s.stored(def)
	s.desk.Changed(httpapi.Changed{Kind: s.kind, ID: id, Revision: out.Revision})
	return out, err
}

// Versions is the published states of journeys.
func (d *Desk) Versions() httpapi.Versions { return versions{d} }

type versions struct{ desk *Desk }

func (v versions) ListVersions(ctx context.Context, id string) ([]httpapi.Version, error) {
	if _, err := v.desk.Store.Get(ctx, journey.KindJourney, id); err != nil {
		return nil, fault(err)
	}
	list, err := v.desk.Store.Versions(ctx, journey.KindJourney, id)
	out := make([]httpapi.Version, 0, len(list))
	for _, x := range list {
		out = append(out, shown(x))
	}
	return out, fault(err)
}

func shown(v meta.Version) httpapi.Version {
	return httpapi.Version{Number: v.Number, Note: v.Note, PublishedAt: v.PublishedAt.Time(), Revision: revision(v.ETag)}
}

func (v versions) Version(ctx context.Context, id string, number int) (out httpapi.Stored[journey.Journey], err error) {
	x, err := v.desk.Store.Version(ctx, journey.KindJourney, id, number)
	if err != nil {
		return out, fault(err)
	}
	doc, err := decode[journey.Journey](x.Body)
	return httpapi.Stored[journey.Journey]{Document: doc, Revision: revision(x.ETag), Version: x.Number, UpdatedAt: x.PublishedAt.Time()}, err
}

func (v versions) Publish(ctx context.Context, id string, rev int64, note string) (out httpapi.Version, err error) {
	def, err := v.desk.at(ctx, journey.KindJourney, id, rev)
	if err != nil {
		return out, err
	}
	doc, err := decode[journey.Journey](def.Body)
	if err != nil {
		return out, err
	}
	p := meta.Publication{Kind: journey.KindJourney, ID: id, IfMatch: def.ETag, Note: note}
	for _, t := range doc.Touchpoints() {
		p.Refers = append(p.Refers, meta.Pin{Kind: journey.KindTouchpoint, ID: t})
	}
	for _, who := range doc.People() {
		p.Refers = append(p.Refers, meta.Pin{Kind: journey.KindPersona, ID: who})
	}
	x, err := v.desk.Store.Publish(ctx, p)
	if err != nil {
		return out, fault(err)
	}
	v.desk.Changed(httpapi.Changed{Kind: journey.KindJourney, ID: id, Revision: rev})
	return shown(x), nil
}

// library is all touchpoints and personas.
func (d *Desk) library(ctx context.Context) (lib journey.Library, err error) {
	lib = journey.Library{Touchpoints: map[string]*journey.Touchpoint{}, Personas: map[string]*journey.Persona{}, Segments: map[string]*journey.Segment{}}
	if err := each(ctx, d, journey.KindTouchpoint, func(id string, t *journey.Touchpoint) { lib.Touchpoints[id] = t }); err != nil {
		return lib, err
	}
	if err := each(ctx, d, journey.KindSegment, func(id string, s *journey.Segment) { lib.Segments[id] = s }); err != nil {
		return lib, err
	}
	return lib, each(ctx, d, journey.KindPersona, func(id string, p *journey.Persona) { lib.Personas[id] = p })
}

// pinned is the library as it was when a journey's version was published: what the version refers to is taken from
// then, the rest as it stands.
func (d *Desk) pinned(ctx context.Context, id string, version int) (journey.Library, error) {
	lib, err := d.library(ctx)
	if err != nil || version == 0 {
		return lib, err
	}
	v, err := d.Store.Version(ctx, journey.KindJourney, id, version)
	if err != nil {
		return lib, fault(err)
	}
	for _, pin := range v.Pins {
		was, err := d.Store.Version(ctx, pin.Kind, pin.ID, pin.Number)
		if err != nil {
			return lib, fault(err)
		}
		switch pin.Kind {
		case journey.KindTouchpoint:
			t, err := decode[journey.Touchpoint](was.Body)
			if err != nil {
				return lib, err
			}
			lib.Touchpoints[pin.ID] = &t
		case journey.KindPersona:
			p, err := decode[journey.Persona](was.Body)
			if err != nil {
				return lib, err
			}
			lib.Personas[pin.ID] = &p
		}
	}
	return lib, nil
}

func each[T any](ctx context.Context, d *Desk, kind string, f func(id string, doc *T)) error {
	defs, err := d.Store.List(ctx, kind, false)
	if err != nil {
		return fault(err)
	}
	for _, def := range defs {
		doc, err := decode[T](def.Body)
		if err != nil {
			return err
		}
		f(def.ID, &doc)
	}
	return nil
}
