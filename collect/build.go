package collect

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"wend.dev/wend/event"
)

// find is the index of a path among the current event's fields, -1 if it has none.
func (d *decoder) find(path string) int {
	for i, f := range d.fields {
		if f.Path == path {
			return i
		}
	}
	return -1
}

// add keeps a field unless the event carries its path already.
func (d *decoder) add(path string, v event.Value) {
	if d.find(path) < 0 {
		d.put(event.Field{Path: path, Value: v})
	}
}

// enrich puts in its place what SDKs spell at the top level or in the context.
func (d *decoder) enrich(m *message, ev *event.Event) {
	if m.channel != "" {
		d.add("context.channel", event.StringValue(m.channel))
	}
	switch ev.Kind {
	case event.Page, event.Screen:
		if m.name != "" {
			d.add("properties.name", event.StringValue(m.name))
		}
		if m.category != "" {
			d.add("properties.category", event.StringValue(m.category))
		}
	case event.Identify:
		d.liftTraits(m)
	case event.Alias:
		// The anonymous id of an alias call is its previousId. A self-alias names none, so it merges nothing.
		if m.previous != "" {
			ev.AnonymousID = m.previous
		}
		if ev.AnonymousID == ev.UserID && ev.UserID != "" {
			ev.AnonymousID = ""
		}
	case event.Track:
		if i := d.find("properties.id"); i >= 0 && aboutOneProduct(ev.Name) && d.find("properties.product_id") < 0 {
			d.fields[i].Path = "properties.product_id"
		}
	}
	if ev.GroupID == "" {
		if i := d.find("context.groupId"); i >= 0 {
			ev.GroupID = d.fields[i].Value.Text()
		}
	}
}

// liftTraits makes the traits that RudderStack's browser SDK puts into an identify call's context its traits.
func (d *decoder) liftTraits(m *message) {
	for i := m.contextual[0]; i < m.contextual[1] && i < len(d.fields); i++ {
		f := &d.fields[i]
		path, ok := strings.CutPrefix(f.Path, "context.")
		if !ok || !strings.HasPrefix(path, "traits.") {
			continue
		}
		if j := d.find(path); j >= 0 {
			f.Value = d.fields[j].Value
		}
		f.Path = path
	}
}

// aboutOneProduct says whether an event of Segment's e-commerce spec is about one product: Go SDKs write its
// product_id as "id".
func aboutOneProduct(name string) bool {
	verb, ok := strings.CutPrefix(name, "Product ")
	if !ok {
		return false
	}
	switch verb {
	case "Viewed", "Clicked", "Added", "Removed", "Shared", "Reviewed", "Added to Wishlist", "Removed from Wishlist":
		return true
	}
	return false
}

// check says why an event cannot be accepted, nil if it can.
func (d *decoder) check(m *message, ev *event.Event) *refusal {
	switch {
	case d.bad != "":
		return &refusal{ReasonBadField, d.bad}
	case d.tooMany:
		return &refusal{ReasonTooMany, fmt.Sprintf("the event has more than %d fields", maxFields)}
	}
	return checkWords(ev)
}

// checkWords checks what an event of any origin must carry.
func checkWords(ev *event.Event) *refusal {
	switch {
	case ev.Kind.String() == "":
		return &refusal{ReasonBadType, fmt.Sprintf("kind %d is none of the six calls", ev.Kind)}
	case ev.Name == "":
		return &refusal{ReasonNoName, "a track call needs the name of its event in \"event\""}
	case ev.UserID == "" && ev.AnonymousID == "":
		return &refusal{ReasonNoID, "the event has neither userId nor anonymousId"}
	case ev.Kind == event.Alias && ev.UserID == "":
		return &refusal{ReasonNoID, "an alias call needs userId, the id that previousId becomes"}
	case ev.Kind == event.Group && ev.GroupID == "":
		return &refusal{ReasonNoGroup, "a group call needs groupId"}
	}
	return nil
}

// setTimes works out when the event happened: its timestamp; else receivedAt − (sentAt − originalTimestamp), which
// takes out the error of the customer's clock; else originalTimestamp; else the batch's timestamp; else receivedAt.
func setTimes(ev *event.Event, m *message, e *envelope, in arrival) (wrong string) {
	ev.Time = in.at
	if m.timestamp != "" {
		t, ok := parseInstant(m.timestamp)
		if !ok {
			return fmt.Sprintf("timestamp %q is not a time such as 2026-01-02T03:04:05.678Z", clip(m.timestamp, 64))
		}
		ev.Time = t
	} else if t, ok := parseInstant(m.original); ok {
		ev.Time = t
		for _, sent := range [...]string{m.sentAt, e.sentAt, in.sentAt} {
			if s, ok := parseInstant(sent); ok {
				ev.Time = in.at - (s - t)
				break
			}
		}
	} else if t, ok := parseInstant(e.timestamp); ok {
		ev.Time = t
	}
	return settleTime(ev)
}

// settleTime clamps a time that lies too far ahead, and says what is wrong with one before 1970.
func settleTime(ev *event.Event) (wrong string) {
	if ev.Time > ev.ReceivedAt+futureLimit {
		ev.Time, ev.Clamped = ev.ReceivedAt, true
	}
	if ev.Time < 0 {
		return "the time lies before 1970"
	}
	return ""
}

// freshID is a message id for an event that came without one. It cannot be de-duplicated.
func freshID() string { return fmt.Sprintf("wend-%016x%016x", rand.Uint64(), rand.Uint64()) }

// clip cuts text to at most n bytes between characters, and makes it valid UTF-8.
func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if len(s) > 0 && s[len(s)-1] >= utf8.RuneSelf {
			s = s[:len(s)-1]
		}
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// rejected is the record of an event that was not accepted.
func rejected(ev *event.Event, no *refusal, raw string) Rejected {
	return Rejected{
		SourceID: ev.Source, ReceivedAt: ev.ReceivedAt, Reason: no.reason, Detail: no.detail,
		Kind: ev.Kind.String(), Name: clip(ev.Name, 256), MessageID: clip(ev.MessageID, 256),
		Raw: []byte(clip(raw, maxEventBytes)),
	}
}
