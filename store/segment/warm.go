package segment

import "wend.dev/wend/event"

// warmRows is how many events are read ahead: they fit the processor's first cache.
const warmRows = 16

// warm reads from every cache line of some events. They lie all over the memory, and each waits for the memory once
// per line when it is worked on; reads that nothing waits for go on at the same time. The sum is of no use but to keep
// the reads.
func warm(events []*event.Event) (sum int) {
	for _, e := range events {
		sum += len(e.MessageID) + len(e.AnonymousID) + len(e.Fields)
	}
	for _, e := range events {
		sum += edge(e.MessageID) + edge(e.UserID) + edge(e.AnonymousID)
		for i := range e.Fields {
			sum += int(e.Fields[i].Value.Kind)
		}
	}
	for _, e := range events {
		for i := range e.Fields {
			sum += edge(e.Fields[i].Value.Str)
		}
	}
	return sum
}

func edge(s string) int {
	if s == "" {
		return 0
	}
	return int(s[0]) + int(s[len(s)-1])
}
