// Package decoder is no stage: a batch of events in, the events per second that one core decodes out, per library. It is a module of its own, since nothing but the benchmark needs these libraries.
//
//	BODY=batch.json GOEXPERIMENT=jsonv2 go test -bench . -cpu 1
package decoder

import (
	jsonv1 "encoding/json"
	jsonv2 "encoding/json/v2"
	"os"
	"testing"
	"time"

	"github.com/bytedance/sonic"
)

// batch is Segment's message as a Go program would declare it.
type batch struct {
	Batch []struct {
		Type         string         `json:"type"`
		MessageID    string         `json:"messageId"`
		AnonymousID  string         `json:"anonymousId"`
		UserID       string         `json:"userId"`
		Event        string         `json:"event"`
		Name         string         `json:"name"`
		GroupID      string         `json:"groupId"`
		PreviousID   string         `json:"previousId"`
		Timestamp    time.Time      `json:"timestamp"`
		Properties   map[string]any `json:"properties"`
		Traits       map[string]any `json:"traits"`
		Context      map[string]any `json:"context"`
		Integrations map[string]any `json:"integrations"`
	} `json:"batch"`
	SentAt time.Time `json:"sentAt"`
}

func run(b *testing.B, decode func([]byte, *batch) error) {
	path := os.Getenv("BODY")
	if path == "" {
		b.Fatal("BODY names no file with a batch")
	}
	body, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	events := 0
	for b.Loop() {
		var v batch
		if err := decode(body, &v); err != nil {
			b.Fatal(err)
		}
		events += len(v.Batch)
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkEncodingJSON(b *testing.B) {
	run(b, func(p []byte, v *batch) error { return jsonv1.Unmarshal(p, v) })
}

func BenchmarkEncodingJSONv2(b *testing.B) {
	run(b, func(p []byte, v *batch) error { return jsonv2.Unmarshal(p, v) })
}

func BenchmarkSonic(b *testing.B) {
	run(b, func(p []byte, v *batch) error { return sonic.Unmarshal(p, v) })
}
