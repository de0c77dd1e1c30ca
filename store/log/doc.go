// Package log is stage 2: checked events in, the same events out again in one durable order.
//
// A message holds the events of one or more coalesced requests. Append returns when the message is on disk; Read
// gives every message from a mark on and follows. The log is a NATS JetStream stream: the server runs in this
// process, unreachable from outside, unless Options.URL names a cluster.
package log
