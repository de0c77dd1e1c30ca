// Package judge holds Wend against an outsider: random people in, the same questions answered by Wend and by
// ClickHouse (chdb, in a node process of its own) out, and a failing test where they differ.
//
// ClickHouse is asked only where it means what docs/questions.md means: windowFunnel with 'strict_once' (its default
// mode counts one event for several steps), retention, and window functions for paths and trends.
package judge
