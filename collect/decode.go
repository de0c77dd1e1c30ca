package collect

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"wend.dev/wend/event"
)

// item is one checked event on its way to the log.
type item struct {
	event event.Event
	id    uint64 // what dedup knows it by
	size  int    // sizeOf it
}

// envelope is a request body taken apart, its events not yet decoded.
type envelope struct {
	batch     bool // false: the body is one event
	spans     [][2]int
	writeKey  string
	sentAt    string // of the batch, or of the header
	timestamp string // of the batch
	context   int    // offset of the batch's context, 0 if it has none
}

// message is one event as its top level spells it.
type message struct {
	kind       string
	name       string // "name" of page and screen
	event      string // "event" of track
	category   string
	user       string
	anonymous  string
	group      string
	previous   string
	id         string
	timestamp  string
	original   string
	sentAt     string
	channel    string
	contextual [2]int // where its context's fields lie among the event's fields
}

// open splits a body. A body without a batch array is one event.
func (d *decoder) open(maxEvents int) (envelope, error) {
	e := envelope{spans: d.spans[:0]}
	defer func() { d.spans = e.spans }()
	i := d.space(0)
	if i >= len(d.s) || d.s[i] != '{' {
		return e, fmt.Errorf("the body must be a JSON object")
	}
	start := i
	i = d.members(i, func(key string, at int) int {
		switch key {
		case "batch":
			if at < len(d.s) && d.s[at] == '[' {
				e.batch = true
				return d.elements(at, func(at int) int {
					next := d.span(at)
					if len(e.spans) <= maxEvents {
						e.spans = append(e.spans, [2]int{at, next})
					}
					return next
				})
			}
		case "context":
			e.context = at
		case "writeKey":
			return d.scalar(at, &e.writeKey)
		case "sentAt":
			return d.scalar(at, &e.sentAt)
		case "timestamp":
			return d.scalar(at, &e.timestamp)
		}
		return d.skip(at, 0)
	})
	if i < 0 {
		return e, d.err
	}
	whole := i
	if i = d.space(i); i < len(d.s) {
		d.fail(i, "something follows the object")
		return e, d.err
	}
	if !e.batch {
		e.spans, e.context, e.sentAt, e.timestamp = append(e.spans, [2]int{start, whole}), 0, "", ""
	}
	return e, nil
}

// keyInside finds the write key of the first event that carries one.
func (d *decoder) keyInside(e *envelope) (key string) {
	for _, s := range e.spans {
		if d.s[s[0]] != '{' {
			continue
		}
		probe := scanner{s: d.s[:s[1]]}
		probe.members(s[0], func(k string, at int) int {
			if k == "writeKey" {
				return probe.scalar(at, &key)
			}
			return probe.span(at)
		})
		if key != "" {
			break
		}
	}
	return key
}

// share reads the batch-level context, which every event of the batch gets.
func (d *decoder) share(e *envelope) error {
	if !e.batch || e.context == 0 {
		return nil
	}
	d.begin()
	end := d.group(e.context, "context")
	if end < 0 {
		return d.err
	}
	d.spread = end - e.context
	d.shared = slices.Clone(d.fields)
	for i, f := range d.shared { // the batch's own text is not worth refusing its events for
		d.shared[i].Path, d.shared[i].Value.Str = strings.ToValidUTF8(f.Path, "\ufffd"), strings.ToValidUTF8(f.Value.Str, "\ufffd")
	}
	return nil
}

// scalar reads a string, or a number or truth value as its text, into to; null and "" are absent. Anything else is a
// bad field.
func (d *scanner) scalar(i int, to *string) int {
	if i < len(d.s) && d.s[i] == '"' {
		next, escaped := d.str(i + 1)
		if next >= 0 {
			*to = d.text(i+1, next, escaped)
		}
		return next
	}
	next := d.skip(i, 0)
	if next >= 0 {
		*to = ""
		if c := d.s[i]; c == '-' || c-'0' <= 9 {
			*to = d.s[i:next]
		} else if c == '{' || c == '[' {
			*to = "\xff" // no valid text: told apart by whoever needs to know
		}
	}
	return next
}

// message reads one event's top level. An error means that the JSON is broken, and with it the whole body.
func (d *decoder) message(at int) (m message, err error) {
	d.begin()
	if d.members(at, func(key string, at int) int { return d.member(&m, key, at) }) < 0 {
		return m, d.err
	}
	return m, nil
}

func (d *decoder) member(m *message, key string, at int) int {
	var to *string
	switch key {
	case "properties", "traits":
		return d.group(at, key)
	case "context":
		m.contextual[0] = len(d.fields)
		next := d.group(at, key)
		m.contextual[1] = len(d.fields)
		return next
	case "type":
		to = &m.kind
	case "event":
		to = &m.event
	case "name":
		to = &m.name
	case "category":
		to = &m.category
	case "userId":
		to = &m.user
	case "anonymousId":
		to = &m.anonymous
	case "groupId":
		to = &m.group
	case "previousId":
		to = &m.previous
	case "messageId":
		to = &m.id
	case "timestamp":
		to = &m.timestamp
	case "originalTimestamp":
		to = &m.original
	case "sentAt":
		to = &m.sentAt
	case "channel":
		to = &m.channel
	default:
		return d.skip(at, 0)
	}
	next := d.scalar(at, to)
	if *to == "\xff" {
		*to = ""
		d.bad = key + " must be a string"
	}
	return next
}

// refusal says why an event is not accepted.
type refusal struct{ reason, detail string }

// decode reads the event at a span. A refusal concerns this event; an error the whole body.
func (d *decoder) decode(span [2]int, e *envelope, in arrival) (event.Event, *refusal, error) {
	raw := d.s[span[0]:span[1]]
	if raw[0] != '{' {
		if d.skip(span[0], 0) < 0 {
			return event.Event{}, nil, d.err
		}
		return event.Event{Source: in.source, ReceivedAt: in.at}, &refusal{ReasonNotAnEvent, "an event must be a JSON object"}, nil
	}
	m, err := d.message(span[0])
	if err != nil {
		return event.Event{}, nil, err
	}
	ev, no := d.build(&m, e, in)
	switch {
	case len(raw)+d.spread > maxEventBytes:
		no = &refusal{ReasonTooLarge, fmt.Sprintf("the event has %d bytes, at most %d are taken", len(raw)+d.spread, maxEventBytes)}
	case !in.utf8 && !utf8.ValidString(raw):
		no = &refusal{ReasonNotUTF8, "the event holds bytes that are not UTF-8"}
	}
	return ev, no, nil
}

// arrival is what a request says about all its events.
type arrival struct {
	source string
	kind   event.Kind // of the route; 0 when each event says it
	at     event.Millis
	sentAt string // of the header, "" if none
	utf8   bool   // the whole body is valid UTF-8
}

// build makes the event of a message, or says why not; then what is known of it is filled in all the same.
func (d *decoder) build(m *message, e *envelope, in arrival) (ev event.Event, no *refusal) {
	kind, known := in.kind, true
	if kind == 0 {
		kind, known = event.ParseKind(m.kind)
		known = known && len(m.kind) > 1
	}
	ev = event.Event{
		MessageID: m.id, Kind: kind, ReceivedAt: in.at, Source: in.source,
		UserID: m.user, AnonymousID: m.anonymous, GroupID: m.group,
	}
	if !known {
		ev.Name = m.event
		return ev, &refusal{ReasonBadType, fmt.Sprintf("type %q is none of track, page, screen, identify, group, alias", m.kind)}
	}
	ev.Name = kind.DefaultName()
	if kind == event.Track {
		ev.Name = strings.TrimSpace(m.event)
	}
	d.enrich(m, &ev)
	no = d.check(m, &ev)
	if reason := setTimes(&ev, m, e, in); reason != "" && no == nil {
		no = &refusal{ReasonBadTime, reason}
	}
	return ev, no
}
