package demo

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"wend.dev/wend/event"
)

// AppendSegment appends an event as the JSON object that Segment's HTTP API takes: what an SDK would have sent.
func AppendSegment(b []byte, e *event.Event) []byte {
	b = append(b, `{"type":"`...)
	b = append(b, e.Kind.String()...)
	b = append(b, `","messageId":`...)
	b = appendText(b, e.MessageID)
	for _, p := range [...]struct{ key, value string }{{"userId", e.UserID}, {"anonymousId", e.AnonymousID}} {
		if p.value != "" {
			b = append(append(append(b, `,"`...), p.key...), `":`...)
			b = appendText(b, p.value)
		}
	}
	switch e.Kind {
	case event.Track:
		b = append(b, `,"event":`...)
		b = appendText(b, e.Name)
	case event.Group:
		b = append(b, `,"groupId":`...)
		b = appendText(b, e.GroupID)
	}
	b = append(b, `,"timestamp":"`...)
	b = e.Time.Time().AppendFormat(b, time.RFC3339Nano)
	b = append(b, '"')
	return append(appendTree(b, fieldsOf(e)), '}')
}

// fieldsOf is the event's fields, with the account where SDKs put it on calls other than group.
func fieldsOf(e *event.Event) []event.Field {
	if e.GroupID == "" || e.Kind == event.Group {
		return e.Fields
	}
	return event.SortFields(append([]event.Field{str("context.groupId", e.GroupID)}, e.Fields...))
}

// appendTree writes sorted dotted paths as nested objects. All paths with a common prefix stand together, so one pass
// with a stack of open objects does it.
func appendTree(b []byte, fields []event.Field) []byte {
	var open []string
	for _, f := range fields {
		steps := strings.Split(f.Path, ".")
		keep := 0
		for keep < len(open) && keep < len(steps)-1 && open[keep] == steps[keep] {
			keep++
		}
		for len(open) > keep {
			b = append(b, '}')
			open = open[:len(open)-1]
		}
		for _, s := range steps[keep : len(steps)-1] {
			b = append(appendKey(b, s), '{')
			open = append(open, s)
		}
		b = appendValue(appendKey(b, steps[len(steps)-1]), f.Value)
	}
	for range open {
		b = append(b, '}')
	}
	return b
}

func appendKey(b []byte, key string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(appendText(b, key), ':')
}

func appendValue(b []byte, v event.Value) []byte {
	switch v.Kind {
	case event.Number:
		return strconv.AppendFloat(b, v.Num, 'f', -1, 64)
	case event.Bool:
		return strconv.AppendBool(b, v.Num != 0)
	case event.JSON:
		return append(b, v.Str...)
	}
	return appendText(b, v.Str)
}

func appendText(b []byte, s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil {
		panic("BUG: a string is no JSON: " + err.Error())
	}
	return append(b, quoted...)
}
