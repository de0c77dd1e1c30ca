package collect

import (
	"context"
	"errors"
	"unicode/utf8"

	"wend.dev/wend/event"
)

// Retry sends a rejected event through the checks again, as they are now, and returns once it is on disk. If it still
// cannot be accepted the error is an *InvalidEvent, and the rejected-events list is left as it is. An event that was
// cut to 32 KB is no longer JSON and stays rejected.
func (c *Collector) Retry(ctx context.Context, r Rejected) error {
	body := `{"batch":[` + string(r.Raw) + `]}`
	d := c.decoders.Get().(*decoder)
	defer c.decoders.Put(d)
	defer d.reset("")
	d.reset(body)
	e, err := d.open(DefaultBatchEvents)
	if err != nil {
		return &InvalidEvent{0, ReasonNotAnEvent, err.Error()}
	}
	now := event.MillisOf(c.o.Clock.Now())
	req, bad, no := d.all(&e, arrival{source: r.SourceID, at: now, utf8: utf8.ValidString(body)})
	switch {
	case no != nil:
		return &InvalidEvent{0, no.code, no.message}
	case len(bad) > 0:
		return &InvalidEvent{0, bad[0].Reason, bad[0].Detail}
	case len(req.items) == 0:
		return &InvalidEvent{0, ReasonNotAnEvent, "there is no event in it"}
	}
	if !c.queue.put(req) {
		return errors.Join(ErrClosed, ctx.Err())
	}
	return <-req.done
}
