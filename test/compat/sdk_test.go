package compat

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"gopkg.in/segmentio/analytics-go.v3"

	"wend.dev/wend/test/harness"
)

// sdkLog collects what the SDK could not deliver.
type sdkLog struct{ failed chan error }

func (l sdkLog) Success(analytics.Message)              {}
func (l sdkLog) Failure(_ analytics.Message, err error) { l.failed <- err }

// The unmodified Go SDK against the real program: its events are in the answers within a second.
func TestSegmentGoSDK(t *testing.T) {
	s := harness.Start(t, t.TempDir())
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	calls := sdkLog{failed: make(chan error, 100)}
	client, err := analytics.NewWithConfig(harness.WriteKey, analytics.Config{Endpoint: s.URL, BatchSize: 1, Callback: calls})
	if err != nil {
		t.Fatal(err)
	}
	// A second is for a machine with time, and others may be at work: the quickest of five counts.
	quickest := time.Hour
	for i := range 5 {
		user := fmt.Sprintf("go-user-%d", i)
		began := time.Now()
		if err := client.Enqueue(analytics.Track{UserId: user, Event: "Go Arrived", Properties: analytics.NewProperties().SetRevenue(27.5)}); err != nil {
			t.Fatal(err)
		}
		waitForEvent(t, s, user, "Go Arrived")
		quickest = min(quickest, time.Since(began))
	}
	if quickest > time.Second {
		t.Errorf("the quickest event was in an answer after %v, want a second at most", quickest)
	}
	for _, m := range []analytics.Message{
		analytics.Identify{UserId: "go-user-0", Traits: analytics.NewTraits().SetEmail("go@shop.example")},
		analytics.Page{UserId: "go-user-0", Name: "Tools"},
		analytics.Screen{UserId: "go-user-0", Name: "Cart"},
		analytics.Group{UserId: "go-user-0", GroupId: "workshop-1"},
		analytics.Alias{PreviousId: "go-device-1", UserId: "go-user-0"},
	} {
		if err := client.Enqueue(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Identify", "Page Viewed", "Screen Viewed", "Group"} {
		waitForEvent(t, s, "go@shop.example", name)
	}
	select {
	case err := <-calls.failed:
		t.Errorf("the SDK could not deliver: %v", err)
	default:
	}
}

// waitForEvent asks the API until whom the text finds has an event of this name.
func waitForEvent(t *testing.T, s *harness.Server, who, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var seen []string
	for {
		seen = timelineOf(t, s, who)
		if slices.Contains(seen, name) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %q is not among the events %q\n%s", who, name, seen, s.Log())
		case <-tick.C:
		}
	}
}

func timelineOf(t *testing.T, s *harness.Server, who string) []string {
	t.Helper()
	var found struct{ People []struct{ ID string } }
	if err := s.Call("GET", "/api/v1/profiles?query="+who, nil, &found); err != nil {
		t.Fatal(err)
	}
	if len(found.People) == 0 {
		return nil
	}
	var line struct{ Events []struct{ Name string } }
	if err := s.Call("GET", "/api/v1/profiles/"+found.People[0].ID+"/timeline", nil, &line); err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(line.Events))
	for i, e := range line.Events {
		names[i] = e.Name
	}
	return names
}
