package compat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"wend.dev/wend/event"
)

// message is one call as a client sent it, batch-level fields merged in. What an event should hold is worked out from
// it here a second time, plainly, so that the collector's fast decoder is held against something.
type message map[string]any

func (m message) text(key string) string {
	s, _ := m[key].(string)
	return s
}

func messagesOf(t *testing.T, path string, body []byte) []message {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var top message
	if err := d.Decode(&top); err != nil {
		t.Fatal(err)
	}
	batch, ok := top["batch"].([]any)
	if !ok {
		kind, _ := event.ParseKind(path[strings.LastIndexByte(path, '/')+1:])
		top["type"] = kind.String()
		return []message{top}
	}
	var out []message
	for _, b := range batch {
		m := message(b.(map[string]any))
		if m["sentAt"] == nil {
			m["sentAt"] = top["sentAt"]
		}
		if shared, ok := top["context"].(map[string]any); ok {
			own, _ := m["context"].(map[string]any)
			merged := maps.Clone(shared)
			maps.Copy(merged, own)
			m["context"] = merged
		}
		out = append(out, m)
	}
	return out
}

// compare checks an event against the message it was made of.
func (m message) compare(t *testing.T, e event.Event, now time.Time) {
	t.Helper()
	kind, ok := event.ParseKind(m.text("type"))
	if !ok || e.Kind != kind {
		t.Fatalf("%s became a %s call", m.text("type"), e.Kind)
	}
	name := kind.DefaultName()
	if kind == event.Track {
		name = m.text("event")
	}
	user, anonymous := m.text("userId"), m.text("anonymousId")
	if kind == event.Alias {
		if anonymous = m.text("previousId"); anonymous == user {
			anonymous = ""
		}
	}
	group := m.text("groupId")
	if c, ok := m["context"].(map[string]any); ok && group == "" {
		group, _ = c["groupId"].(string)
	}
	got := [...]any{e.MessageID, e.Name, e.UserID, e.AnonymousID, e.GroupID, e.Profile, e.Source, e.ReceivedAt, e.Clamped}
	want := [...]any{m.text("messageId"), name, user, anonymous, group, event.ProfileOf(user, anonymous), "src", event.MillisOf(now), false}
	if got != want {
		t.Errorf("event %v\nwant  %v", got, want)
	}
	if at := m.happened(t, now); e.Time != at {
		t.Errorf("%s happened at %v, want %v", name, e.Time.Time(), at.Time())
	}
	fields := map[string]string{}
	for _, f := range e.Fields {
		fields[f.Path] = f.Value.Text()
		if f.Value.Kind == event.JSON {
			fields[f.Path] = canonical(t, f.Value.Str)
		}
	}
	if wanted := m.fields(t, kind, name); !maps.Equal(fields, wanted) {
		t.Errorf("%s holds\n%s\nwant\n%s", name, lines(fields), lines(wanted))
	}
	if !slices.IsSortedFunc(e.Fields, func(a, b event.Field) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("fields are not sorted")
	}
}

func lines(m map[string]string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&b, "%s=%s\n", k, m[k])
	}
	return b.String()
}

func (m message) happened(t *testing.T, now time.Time) event.Millis {
	t.Helper()
	at := func(key string) event.Millis {
		v, err := time.Parse(time.RFC3339Nano, m.text(key))
		if err != nil {
			t.Fatal(err)
		}
		return event.MillisOf(v)
	}
	if m.text("timestamp") != "" {
		return at("timestamp")
	}
	return event.MillisOf(now) - (at("sentAt") - at("originalTimestamp"))
}

func (m message) fields(t *testing.T, kind event.Kind, name string) map[string]string {
	out := map[string]string{}
	flatten(out, "properties", m["properties"])
	flatten(out, "traits", m["traits"])
	flatten(out, "context", m["context"])
	if kind == event.Page || kind == event.Screen {
		for _, k := range []string{"name", "category"} {
			if v := m.text(k); v != "" {
				out["properties."+k] = v
			}
		}
	}
	if c := m.text("channel"); c != "" {
		out["context.channel"] = c
	}
	rename := func(from, to string) {
		if v, ok := out[from]; ok {
			delete(out, from)
			if _, taken := out[to]; !taken {
				out[to] = v
			}
		}
	}
	rename("properties.orderId", "properties.order_id")
	if strings.HasPrefix(name, "Product ") {
		rename("properties.id", "properties.product_id")
	}
	if kind == event.Identify {
		for k := range maps.Clone(out) {
			if strings.HasPrefix(k, "context.traits.") {
				rename(k, strings.TrimPrefix(k, "context."))
			}
		}
	}
	if p, ok := out["properties.products"]; ok { // the recorded items: id and sky stand for product_id and sku
		p = strings.ReplaceAll(strings.ReplaceAll(p, `"id":`, `"product_id":`), `"sky":`, `"sku":`)
		out["properties.products"] = p
	}
	for path, v := range out {
		if strings.HasPrefix(v, "[") {
			out[path] = canonical(t, v)
		}
	}
	return out
}

// canonical is a JSON text with sorted keys.
func canonical(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// flatten is the plain reading of "nested objects become dotted paths, arrays stay JSON, null is absent".
func flatten(out map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			flatten(out, path+"."+k, inner)
		}
	case json.Number:
		f, _ := v.Float64()
		out[path] = event.NumberValue(f).Text()
	case nil:
	case string:
		out[path] = v
	case []any:
		b, _ := json.Marshal(v) // it came out of a decoder
		out[path] = string(b)
	default:
		out[path] = fmt.Sprint(v)
	}
}
