package collect

import (
	"context"
	"errors"
	"testing"
	"time"

	"wend.dev/wend/event"
)

func TestRetryOfRejectedEvents(t *testing.T) {
	fx := newFixture(t, nil)
	ctx := context.Background()
	f := func(r Rejected, reason string) {
		t.Helper()
		err := fx.c.Retry(ctx, r)
		var no *InvalidEvent
		if reason == "" && err != nil || reason != "" && (!errors.As(err, &no) || no.Reason != reason) {
			t.Errorf("retry of %s says %v, want %q", r.Raw, err, reason)
		}
	}
	fx.want(400, "/v1/track", `{"event":"E","messageId":"m","properties":{"p":1}}`)
	kept := fx.rejected.all[0]
	f(kept, ReasonNoID)
	fx.clock.advance(time.Hour)
	kept.Raw = []byte(`{"event":"E","messageId":"m","userId":"u"}`) // as if the rule had changed
	f(kept, "")
	f(kept, "") // its message id is known by now
	f(Rejected{SourceID: "src", Raw: []byte(`{"type":"track","event":"E","userId":"u","proper`)}, ReasonNotAnEvent)
	f(Rejected{SourceID: "src", Raw: []byte(`7`)}, ReasonNotAnEvent)
	f(Rejected{SourceID: "src", Raw: []byte(`{"batch":[]}`)}, ReasonNotAnEvent)
	f(Rejected{SourceID: "src", Raw: []byte(`{}`)}, ReasonBadType)
	got := fx.log.all()
	if len(got) != 1 || got[0].Kind != event.Track || got[0].ReceivedAt != event.MillisOf(testNow) || got[0].Time != event.MillisOf(testNow) || got[0].Source != "src" {
		t.Errorf("stored %+v", got)
	}
	if err := fx.c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := fx.c.Retry(ctx, kept); !errors.Is(err, ErrClosed) {
		t.Errorf("retry after close says %v", err)
	}
}
