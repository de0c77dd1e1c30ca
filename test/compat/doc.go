// Package compat replays what older versions and foreign clients left: recorded requests of unmodified SDKs in, the
// answers and events that we owe them out. It holds tests only.
package compat
