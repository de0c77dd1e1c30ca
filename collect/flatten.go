package collect

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"wend.dev/wend/event"
)

// Limits of one event.
const (
	maxEventBytes = 32 << 10
	maxFields     = 512
	maxPathDepth  = 5       // keys below properties, context or traits; what lies deeper stays JSON
	maxPathBytes  = 256     // of a flattened path
	maxSpread     = 4 << 20 // bytes of a batch-level context times the events that get it
	maxInterned   = 4096    // paths a decoder remembers
	maxShapes     = 1024    // orders of paths it remembers
)

// decoder turns request bodies into events. It is used for one request at a time and reused for its memory.
type decoder struct {
	scanner
	path   []byte            // where flatten is: "properties.price"
	paths  map[string]string // paths seen, so that each is allocated once
	shapes map[uint64]*shape // orders of fields seen, so that like events are not sorted again
	last   *shape            // of the last event: the next one is mostly alike
	fields []event.Field     // of the current event, as they come
	chunk  []event.Field     // what events' Fields are cut from
	shared []event.Field     // batch-level context, put before each event's own
	spread int               // bytes of JSON of that context
	spans  [][2]int          // room for the next envelope's

	renamed []int  // indexes in fields whose path was normalised
	tooMany bool   // the current event has more than maxFields
	bad     string // what is wrong with a field of the current event
}

// shape is a sequence of paths as events of one kind from one SDK bring them, and its sorted order.
type shape struct {
	paths []string // as they come
	order []uint16 // indexes in paths: ascending by path, of equal ones only the last
}

// reset makes the decoder ready for a body. Nothing that earlier events refer to is touched.
func (d *decoder) reset(body string) {
	d.scanner = scanner{s: body}
	clear(d.fields[:cap(d.fields)])
	d.fields, d.chunk, d.shared, d.spread = d.fields[:0], nil, nil, 0
	if d.paths == nil || len(d.paths) > maxInterned || len(d.shapes) > maxShapes {
		d.paths, d.shapes, d.last = make(map[string]string, 256), make(map[uint64]*shape), new(shape)
	}
}

// begin starts a new event's fields.
func (d *decoder) begin() {
	d.fields = append(d.fields[:0], d.shared...)
	d.renamed, d.tooMany, d.bad = d.renamed[:0], false, ""
}

// take ends the event's fields: sorted by path, each path once, the last one given winning.
func (d *decoder) take() []event.Field {
	d.settleRenames()
	s := d.shapeOf()
	if cap(d.chunk)-len(d.chunk) < len(s.order) {
		d.chunk = make([]event.Field, 0, max(min(len(d.s)/24, 1<<14), len(s.order)))
	}
	start := len(d.chunk)
	for _, i := range s.order {
		d.chunk = append(d.chunk, d.fields[i])
	}
	return d.chunk[start:len(d.chunk):len(d.chunk)]
}

// shapeOf finds the shape of the current fields, or learns it.
func (d *decoder) shapeOf() *shape {
	h := uint64(len(d.fields))
	for i := range d.fields {
		p := d.fields[i].Path
		h = (h ^ uint64(len(p)) ^ uint64(uintptr(unsafe.Pointer(unsafe.StringData(p))))) * 0x9e3779b97f4a7c15 // paths are interned
		h ^= h >> 32
	}
	if s := d.shapes[h]; s != nil && slices.EqualFunc(s.paths, d.fields, func(p string, f event.Field) bool { return p == f.Path }) {
		d.last = s
		return s
	}
	s := &shape{paths: make([]string, len(d.fields))}
	all := make([]uint16, len(d.fields))
	for i := range d.fields {
		s.paths[i], all[i] = d.fields[i].Path, uint16(i)
	}
	slices.SortStableFunc(all, func(a, b uint16) int { return strings.Compare(s.paths[a], s.paths[b]) })
	for i, at := range all {
		if i+1 == len(all) || s.paths[all[i+1]] != s.paths[at] {
			s.order = append(s.order, at)
		}
	}
	d.shapes[h], d.last = s, s
	return s
}

// put keeps a field.
func (d *decoder) put(f event.Field) {
	if len(f.Path) > maxPathBytes {
		d.bad = clip(f.Path, 64) + "…: the path is longer than " + strconv.Itoa(maxPathBytes) + " bytes"
		return
	}
	if len(d.fields) >= maxFields {
		d.tooMany = true
		return
	}
	d.fields = append(d.fields, f)
}

// emit keeps a value under the current path.
func (d *decoder) emit(v event.Value) {
	d.put(event.Field{Path: d.intern(), Value: v})
}

func (d *decoder) intern() string {
	if len(d.path) > maxPathBytes {
		return string(d.path) // refused by put
	}
	if i := len(d.fields); i < len(d.last.paths) && d.last.paths[i] == string(d.path) {
		return d.last.paths[i]
	}
	p, ok := d.paths[string(d.path)]
	if !ok {
		p = string(d.path)
		d.paths[p] = p
	}
	return p
}

// settleRenames drops a renamed field where the event also carries the right spelling.
func (d *decoder) settleRenames() {
	for _, i := range d.renamed {
		for j := range d.fields {
			if j != i && d.fields[j].Path == d.fields[i].Path {
				d.fields[i] = d.fields[j]
			}
		}
	}
}

// group reads properties, context or traits under its prefix: an object, or null for none.
func (d *decoder) group(i int, prefix string) int {
	if i < len(d.s) && d.s[i] != '{' {
		if d.s[i] != 'n' {
			d.bad = prefix + " must be an object"
		}
		return d.skip(i, 0)
	}
	d.path = append(d.path[:0], prefix...)
	return d.flatten(i, 0)
}

// flatten reads one value at the current path, which is depth keys below the prefix.
func (d *decoder) flatten(i, depth int) int {
	if i >= len(d.s) {
		return d.fail(i, "a value is missing")
	}
	switch d.s[i] {
	case '"':
		next, escaped := d.str(i + 1)
		if next >= 0 {
			d.emit(event.StringValue(d.text(i+1, next, escaped)))
		}
		return next
	case '{':
		if depth >= maxPathDepth {
			return d.whole(i)
		}
		return d.object(i, depth)
	case '[':
		return d.whole(i)
	case 't':
		d.emit(event.BoolValue(true))
		return d.literal(i, "true")
	case 'f':
		d.emit(event.BoolValue(false))
		return d.literal(i, "false")
	case 'n':
		return d.literal(i, "null")
	}
	next := d.number(i)
	if next >= 0 {
		f, err := strconv.ParseFloat(d.s[i:next], 64)
		if err != nil {
			d.bad = string(d.path) + ": the number " + d.s[i:next] + " is out of range"
		}
		d.emit(event.NumberValue(f))
	}
	return next
}

func (d *decoder) object(i, depth int) int {
	stem := len(d.path)
	return d.members(i, func(key string, at int) int {
		d.path = append(append(d.path[:stem], '.'), key...)
		if depth == 0 && d.path[0] == 'p' {
			if kin := kinOf(key); kin != "" {
				d.path = append(d.path[:stem+1], kin...)
				d.renamed = append(d.renamed, len(d.fields))
			}
		}
		before := len(d.fields)
		next := d.flatten(at, depth+1)
		if n := len(d.renamed); n > 0 && d.renamed[n-1] == before && len(d.fields) == before {
			d.renamed = d.renamed[:n-1] // it was null
		}
		d.path = d.path[:stem]
		return next
	})
}

// whole keeps an array, or an object nested too deeply, as compact JSON.
func (d *decoder) whole(i int) int {
	next := d.skip(i, 0)
	if next < 0 {
		return -1
	}
	raw := d.s[i:next]
	if strings.ContainsAny(raw, " \n\t\r") {
		var b bytes.Buffer
		if json.Compact(&b, []byte(raw)) == nil {
			raw = b.String()
		}
	}
	if string(d.path) == "properties.products" {
		raw = normaliseProducts(raw)
	}
	d.emit(event.JSONValue(raw))
	return next
}

// kinOf is the spelling of Segment's e-commerce spec for what some SDKs write otherwise, "" for every other key.
func kinOf(key string) string {
	switch key {
	case "orderId":
		return "order_id"
	case "productId":
		return "product_id"
	case "checkoutId":
		return "checkout_id"
	case "cartId":
		return "cart_id"
	case "sky": // Go SDKs' tag for Product.SKU
		return "sku"
	}
	return ""
}

// normaliseProducts rewrites the keys of a products array's items: id to product_id, and those of kinOf. An item that
// has the right spelling as well keeps both.
func normaliseProducts(raw string) string {
	if !strings.Contains(raw, `"id":`) && !strings.Contains(raw, `"sky":`) && !strings.Contains(raw, `Id":`) {
		return raw
	}
	d := scanner{s: raw}
	out := make([]byte, 0, len(raw)+64)
	done := 0 // raw up to here is in out
	d.elements(0, func(at int) int {
		if at >= len(raw) || raw[at] != '{' {
			return d.skip(at, 0)
		}
		item := raw[at:max(d.span(at), at)]
		return d.members(at, func(key string, value int) int {
			kin := kinOf(key)
			if key == "id" {
				kin = "product_id"
			}
			if from := value - len(key) - 3; kin != "" && !strings.Contains(item, `"`+kin+`":`) && from >= done && raw[from] == '"' {
				out = append(append(append(out, raw[done:from+1]...), kin...), `":`...)
				done = value
			}
			return d.skip(value, 0)
		})
	})
	if d.err != nil {
		return raw
	}
	return string(append(out, raw[done:]...))
}
