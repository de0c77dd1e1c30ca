package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"slices"

	"wend.dev/wend/httpapi"
	"wend.dev/wend/meta"
)

// Views is the questions that people saved.
func (d *Desk) Views() httpapi.Views { return views{d} }

type views struct{ desk *Desk }

// savedView is what is stored of a view; the rest is the definition's own.
type savedView struct {
	Question string         `json:"question"`
	Query    map[string]any `json:"query"`
	Place    string         `json:"place,omitempty"`
}

func viewOf(def meta.Definition) (httpapi.SavedView, error) {
	v, err := decode[savedView](def.Body)
	return httpapi.SavedView{ID: def.ID, Title: def.Title, Question: v.Question, Query: v.Query, Place: v.Place,
		Revision: revision(def.ETag), UpdatedAt: def.UpdatedAt.Time()}, err
}

func (v views) ListViews(ctx context.Context, p httpapi.Page) (items []httpapi.SavedView, next string, err error) {
	defs, err := v.desk.Store.List(ctx, meta.KindView, false)
	if err != nil {
		return nil, "", fault(err)
	}
	slices.SortStableFunc(defs, func(a, b meta.Definition) int { return cmp.Compare(b.UpdatedAt, a.UpdatedAt) })
	defs, next, err = page(defs, p)
	items = make([]httpapi.SavedView, 0, len(defs))
	for _, def := range defs {
		item, err := viewOf(def)
		if err != nil {
			return nil, "", err
		}
		items = append(items, item)
	}
	return items, next, err
}

func (v views) View(ctx context.Context, id string) (httpapi.SavedView, error) {
	def, err := v.desk.Store.Get(ctx, meta.KindView, id)
	if err != nil {
		return httpapi.SavedView{}, fault(err)
	}
	return viewOf(def)
}

func (v views) SaveView(ctx context.Context, in httpapi.SavedView) (out httpapi.SavedView, err error) {
	etag := ""
	if in.Revision == 0 {
		in.ID = newID("view")
	} else {
		def, err := v.desk.at(ctx, meta.KindView, in.ID, in.Revision)
		if err != nil {
			return out, err
		}
		etag = def.ETag
	}
	body, err := json.Marshal(savedView{in.Question, in.Query, in.Place})
	if err != nil {
		return out, err
	}
	defs, err := v.desk.Store.Put(ctx, meta.Edit{Kind: meta.KindView, ID: in.ID, Title: in.Title, Body: body, IfMatch: etag})
	if err != nil {
		return out, fault(err)
	}
	out, err = viewOf(defs[0])
	v.desk.Changed(httpapi.Changed{Kind: "SavedView", ID: out.ID, Revision: out.Revision})
	return out, err
}

func (v views) DeleteView(ctx context.Context, id string, rev int64) error {
	def, err := v.desk.at(ctx, meta.KindView, id, rev)
	if err != nil {
		return err
	}
	if err := v.desk.Store.Delete(ctx, meta.KindView, id, def.ETag); err != nil {
		return fault(err)
	}
	v.desk.Changed(httpapi.Changed{Kind: "SavedView", ID: id})
	return nil
}

func (v views) RestoreView(ctx context.Context, id string) (httpapi.SavedView, error) {
	def, err := v.desk.Store.Restore(ctx, meta.KindView, id)
	if err != nil {
		return httpapi.SavedView{}, fault(err)
	}
	out, err := viewOf(def)
	v.desk.Changed(httpapi.Changed{Kind: "SavedView", ID: id, Revision: out.Revision})
	return out, err
}

func newID(prefix string) string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand
	return prefix + "-" + hex.EncodeToString(b[:])
}
