// Package metatest is the behaviour that every back-end of package meta is held to: an opener in, test results out.
package metatest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"wend.dev/wend/collect"
	"wend.dev/wend/meta"
)

// Back is one back-end's ports over one fresh, empty database.
type Back struct {
	Definitions meta.Definitions
	Versions    meta.Versions
	Sources     meta.Sources
	Tokens      meta.Tokens
	Rejections  meta.Rejections
	Imports     collect.Imports
	Settled     meta.Settled
	Sessions    meta.Sessions
}

// Clock is a clock that the suite turns itself. It is safe for concurrent use.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock starts one at noon on 11 February 2026, UTC.
func NewClock() *Clock { return &Clock{at: time.Date(2026, 2, 11, 12, 0, 0, 0, time.UTC)} }

// Now implements event.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Turn moves it on.
func (c *Clock) Turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Run runs the suite. open gives a fresh back-end on the clock and cleans up after itself.
func Run(t *testing.T, open func(t *testing.T, clock *Clock) Back) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, b Back, clock *Clock)
	}{
		{"definitions", testDefinitions},
		{"definitions/all or none", testAllOrNone},
		{"definitions/bin", testBin},
		{"definitions/one editor wins", testRace},
		{"versions", testVersions},
		{"versions/pins", testPins},
		{"definitions/model", testModel},
		{"sources", testSources},
		{"tokens", testTokens},
		{"rejected", testRejected},
		{"rejected/bounded", testRejectedBounded},
		{"imports", testImports},
		{"settings", testSettings},
		{"sessions", testSessions},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := NewClock()
			c.run(t, open(t, clock), clock)
		})
	}
}

func ctx(t *testing.T) context.Context { return t.Context() }

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want one wrapping %q", err, want)
	}
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s is %v, want %v", what, got, want)
	}
}

func ids(ds []meta.Definition) (out []string) {
	for _, d := range ds {
		out = append(out, d.ID)
	}
	return out
}

func wantIDs(t *testing.T, got []meta.Definition, want ...string) {
	t.Helper()
	if !slices.Equal(ids(got), want) {
		t.Fatalf("ids are %v, want %v", ids(got), want)
	}
}

func edit(id, body, ifMatch string) meta.Edit {
	return meta.Edit{Kind: "Journey", ID: id, Title: "I " + id, Body: []byte(body), IfMatch: ifMatch, By: "kari"}
}
