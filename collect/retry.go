package collect

import (
	"context"
	"errors"
	"unicode/utf8"

	"wend.dev/wend/event"
)

// Retry sends a rejected event through the checks again, as they are now, and returns once it is on disk. It counts as
// received when it first came. If it still cannot be accepted the error is an *InvalidEvent, and the rejected-events
// list is left as it is. An event that was cut to 32 KB is no longer JSON and stays rejected.
func (c *Collector) Retry(ctx context.Context, r Rejected) error {
	body := string(r.Raw)
	d := c.decoders.Get().(*decoder)
	defer c.decoders.Put(d)
	defer d.reset("")
	d.reset(body)
	e, err := d.open(1)
	if err != nil || e.batch {
		return &InvalidEvent{0, ReasonNotAnEvent, "what was kept of it is not the JSON of one event"}
	}
	kind, _ := event.ParseKind(r.Kind) // a single call need not say its type, its route did
	req, bad, no := d.all(&e, arrival{source: r.SourceID, kind: kind, at: r.ReceivedAt, utf8: utf8.ValidString(body)})
	switch {
	case no != nil:
		return &InvalidEvent{0, ReasonNotAnEvent, no.message}
	case len(bad) > 0:
		return &InvalidEvent{0, bad[0].Reason, bad[0].Detail}
	}
	if !c.queue.put(req) {
		return errors.Join(ErrClosed, ctx.Err())
	}
	return <-req.done
}
