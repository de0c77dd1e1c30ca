package exec

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"wend.dev/wend/engine"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

const catalogueSamples = 10

// Catalogue lists what events and properties there are. A block is counted once and kept with the engine, as
// blocks never change.
func (e *Engine) Catalogue(ctx context.Context) (*engine.Catalogue, error) {
	s, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	events, properties := map[store.Name]*engine.EventInfo{}, map[string]*engine.PropertyInfo{}
	err = guarded(func() error {
		for _, b := range s.snap.Blocks {
			if err := ctx.Err(); err != nil {
				return err
			}
			for i, info := range e.shares.of(b) {
				addEvent(events, b.Names[i], info)
			}
			for _, c := range b.Columns {
				addProperty(properties, c)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	e.shares.forget(s.snap.Blocks)
	out := &engine.Catalogue{Events: []engine.EventInfo{}, Properties: []engine.PropertyInfo{}}
	for _, x := range events {
		out.Events = append(out.Events, *x)
	}
	slices.SortFunc(out.Events, func(a, b engine.EventInfo) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	})
	for _, path := range slices.Sorted(maps.Keys(properties)) {
		out.Properties = append(out.Properties, *properties[path])
	}
	out.Meta = s.meta(nil)
	out.Meta.EventsScanned = int64(s.snap.Rows())
	return out, nil
}

// nameCount is one event name's figures in one block.
type nameCount struct {
	count       int64
	first, last event.Millis
}

func countShares(b *store.Block) []nameCount {
	out := make([]nameCount, len(b.Names))
	for i, code := range b.Codes {
		t := b.Times[i]
		x := &out[code]
		if x.count++; x.count == 1 {
			x.first, x.last = t, t
			continue
		}
		x.first, x.last = min(x.first, t), max(x.last, t)
	}
	return out
}

func addEvent(into map[store.Name]*engine.EventInfo, name store.Name, x nameCount) {
	if x.count == 0 {
		return
	}
	info := into[name]
	if info == nil {
		into[name] = &engine.EventInfo{Name: name.Name, Kind: name.Kind.String(), Count: x.count, FirstSeen: x.first, LastSeen: x.last}
		return
	}
	info.Count += x.count
	info.FirstSeen, info.LastSeen = min(info.FirstSeen, x.first), max(info.LastSeen, x.last)
}

var kindWords = map[event.ValueKind]string{event.String: "string", event.Number: "number", event.Bool: "bool", event.JSON: "json"}

func addProperty(into map[string]*engine.PropertyInfo, c *store.Column) {
	info := into[c.Path]
	if info == nil {
		info = &engine.PropertyInfo{Path: c.Path, Kinds: map[string]int64{}, Samples: []string{}}
		into[c.Path] = info
	}
	n := c.Len()
	info.Kinds[kindWords[c.Kind]] += int64(n)
	sample := func(v event.Value) {
		if text := v.Text(); len(info.Samples) < catalogueSamples && !slices.Contains(info.Samples, text) {
			info.Samples = append(info.Samples, text)
		}
	}
	if c.Kind == event.String || c.Kind == event.JSON {
		for i := range min(c.Dict.Len(), catalogueSamples) {
			sample(event.Value{Kind: c.Kind, Str: c.Dict.At(uint32(i))})
		}
		return
	}
	for _, x := range c.Nums[:min(n, 4*catalogueSamples)] {
		sample(event.Value{Kind: c.Kind, Num: x})
	}
}
