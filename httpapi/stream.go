package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"wend.dev/wend/event"
)

const streamPath = "/api/v1/stream"

type streamInput struct {
	Events   bool   `query:"events" doc:"Send events as they arrive too: at most 50 a second, the rest are counted"`
	Source   string `query:"source" maxLength:"100" doc:"Only events of this source"`
	Name     string `query:"name" maxLength:"500" doc:"Only events of this name"`
	Segments bool   `query:"segments" doc:"Tell when somebody enters or leaves a stored segment"`
	Again    string `header:"Last-Event-ID" doc:"Sent by browsers that reconnect: anything may have changed meanwhile, so a changed of kind * comes first"`
}

// stream registers the live feed: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
func (a *api) stream() {
	schemas := a.huma.OpenAPI().Components.Schemas
	var kinds []*huma.Schema
	for _, t := range []reflect.Type{reflect.TypeFor[liveEvent](), reflect.TypeFor[leftOut](), reflect.TypeFor[Changed](), reflect.TypeFor[Tick](), reflect.TypeFor[segmentMoved]()} {
		kinds = append(kinds, schemas.Schema(t, true, t.Name()))
	}
	r := route{
		method: "GET", path: streamPath, tag: "Live", errors: []int{503},
		summary: "What happens, as it happens (server-sent events)",
		more: func(op *huma.Operation) {
			op.Description = "Messages: `event` (LiveEvent, only with events=true), `left_out` (LeftOut), `changed` (Changed: read that definition again), " +
				"`segment` (SegmentMoved, only with segments=true), `tick` (Tick: live numbers have newer events behind them). A comment line comes every 15 s on a silent feed."
			op.Responses = map[string]*huma.Response{"200": {
				Description: "An endless stream; the data of each message is one of these",
				Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{OneOf: kinds}}},
			}}
		},
	}
	handle(a, r, func(_ context.Context, in *streamInput) (*huma.StreamResponse, error) {
		l := a.Hub.join(*in)
		if l == nil {
			return nil, &Fault{Kind: "unavailable", Reason: "too many live feeds are open, or the server is stopping"}
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			defer a.Hub.leave(l)
			_, w := humago.Unwrap(ctx)
			a.Hub.feed(ctx.Context(), w, l)
		}}, nil
	})
}

// feed writes to one listener until it hangs up, the hub closes or a write fails. What comes faster than the pace is
// written together.
func (h *Hub) feed(ctx context.Context, w http.ResponseWriter, l *listener) {
	head := w.Header()
	head.Set("Content-Type", "text/event-stream")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no") // nginx would hold messages back
	out := http.NewResponseController(w)
	_ = out.SetReadDeadline(time.Time{}) // the server's would end the feed; a writer without deadlines has none
	say := func(text string) bool {
		// A writer without deadlines (a test's) is written to all the same.
		_ = out.SetWriteDeadline(time.Now().Add(hubWrite))
		_, err := w.Write([]byte(text))
		return err == nil && out.Flush() == nil
	}
	if !say("retry: 1000\nid: 1\n\n: here\n\n") {
		return
	}
	beat := time.NewTicker(h.beat)
	defer beat.Stop()
	pace := time.NewTimer(0)
	defer pace.Stop()
	for {
		select { // at most one write per pace
		case <-pace.C:
		case <-ctx.Done():
			return
		case <-l.gone:
			return
		}
		wrote := false
		for !wrote {
			text := ": beat\n\n"
			select {
			case <-l.wake:
				text, wrote = l.take().text(), true
			case <-beat.C:
			case <-ctx.Done():
				return
			case <-l.gone:
				return
			}
			if !say(text) {
				return
			}
		}
		pace.Reset(h.pace)
	}
}

// text is the messages in the wire's form.
func (p pending) text() string {
	var b strings.Builder
	put := func(kind string, data any) {
		line, err := json.Marshal(data)
		if err != nil {
			panic("BUG: a feed message cannot be written as JSON: " + err.Error())
		}
		b.WriteString("event: " + kind + "\ndata: ")
		b.Write(line)
		b.WriteString("\n\n")
	}
	for _, e := range p.events {
		put("event", e)
	}
	if p.left > 0 {
		put("left_out", leftOut{p.left})
	}
	for _, c := range p.changes {
		put("changed", c)
	}
	for _, m := range p.segments {
		put("segment", m)
	}
	if p.tick != nil {
		put("tick", *p.tick)
	}
	return b.String()
}

// eventMessage copies an event for the feed: its strings may share memory with the message that brought it.
func eventMessage(e *event.Event) liveEvent {
	fields := make(map[string]any, len(e.Fields))
	for _, f := range e.Fields {
		fields[strings.Clone(f.Path)] = plainValue(f.Value)
	}
	return liveEvent{
		MessageID: strings.Clone(e.MessageID), Kind: e.Kind.String(), Name: strings.Clone(e.Name),
		Time: e.Time.Time(), ReceivedAt: e.ReceivedAt.Time(), Profile: e.Profile.String(),
		UserID: strings.Clone(e.UserID), Anonymous: strings.Clone(e.AnonymousID), Group: strings.Clone(e.GroupID),
		Source: strings.Clone(e.Source), Clamped: e.Clamped, Fields: fields,
	}
}

func plainValue(v event.Value) any {
	switch v.Kind {
	case event.Number:
		return v.Num
	case event.Bool:
		return v.Num != 0
	case event.JSON:
		return json.RawMessage(strings.Clone(v.Str))
	}
	return strings.Clone(v.Str)
}
