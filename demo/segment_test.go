package demo

import (
	"encoding/json"
	"testing"

	"wend.dev/wend/event"
)

func TestAppendSegment(t *testing.T) {
	f := func(e event.Event, want string) {
		t.Helper()
		got := string(AppendSegment(nil, &e))
		if !json.Valid([]byte(got)) || got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	f(event.Event{Kind: event.Track, Name: "Say \"hi\"", MessageID: "m", UserID: "u", GroupID: "g", Time: 1500, Fields: []event.Field{
		str("context.page.path", "/p"), str("context.page.url", "x"), raw("properties.list", "[1]"), num("properties.price", 12.5), truth("properties.sale", true)}},
		`{"type":"track","messageId":"m","userId":"u","event":"Say \"hi\"","timestamp":"1970-01-01T00:00:01.5Z","context":{"groupId":"g","page":{"path":"/p","url":"x"}},"properties":{"list":[1],"price":12.5,"sale":true}}`)
	f(event.Event{Kind: event.Group, Name: "Group", MessageID: "m", AnonymousID: "a", GroupID: "g", Fields: []event.Field{num("traits.employees", 3)}},
		`{"type":"group","messageId":"m","anonymousId":"a","groupId":"g","timestamp":"1970-01-01T00:00:00Z","traits":{"employees":3}}`)
	f(event.Event{Kind: event.Page, MessageID: "m", AnonymousID: "a"}, `{"type":"page","messageId":"m","anonymousId":"a","timestamp":"1970-01-01T00:00:00Z"}`)
}

func TestEverySimulatedEventIsJSON(t *testing.T) {
	n := 0
	for e := range Simulate(Options{Profiles: 100, Days: 30, Seed: 1, End: end}) {
		var back struct {
			Type, MessageID, Event string
			Properties             map[string]any
		}
		if err := json.Unmarshal(AppendSegment(nil, e), &back); err != nil || back.MessageID != e.MessageID || back.Type != e.Kind.String() {
			t.Fatalf("%v: %+v", err, back)
		}
		n++
	}
	if n == 0 {
		t.Fatal("no events")
	}
}
