package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"wend.dev/wend/event"
)

// feed reads the live feed's segment messages until the test ends.
func (f *fixture) feed() <-chan map[string]any {
	f.Helper()
	ctx, stop := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", f.url+"/api/v1/stream?segments=true", nil)
	if err != nil {
		f.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testAPIKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		f.Fatal(err)
	}
	out := make(chan map[string]any, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		lines, isSegment := bufio.NewScanner(res.Body), false
		for lines.Scan() {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "event: "):
				isSegment = line == "event: segment"
			case isSegment && strings.HasPrefix(line, "data: "):
				var m map[string]any
				if json.Unmarshal([]byte(line[len("data: "):]), &m) == nil {
					out <- m
				}
			}
		}
	}()
	f.Cleanup(func() { stop(); _ = res.Body.Close(); <-done })
	return out
}

// until asks for a segment's changes until they are as wanted.
func (f *fixture) until(id, what string, is func(body map[string]any) bool) map[string]any {
	f.Helper()
	tick, deadline := time.NewTicker(5*time.Millisecond), time.NewTimer(20*time.Second)
	defer tick.Stop()
	defer deadline.Stop()
	for {
		a := f.want(200, f.do("GET", "/api/v1/segments/"+id+"/changes", nil))
		if is(a.body) {
			return a.body
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			f.Fatalf("never %s: %s", what, a.text)
		}
	}
}

func segmentDoc(id, where, actor string) map[string]any {
	spec := map[string]any{"where": where}
	if actor != "" {
		spec["actor"] = actor
	}
	return map[string]any{"apiVersion": "wend/v1", "kind": "Segment", "metadata": map[string]any{"id": id, "title": id}, "spec": spec}
}

func following(b map[string]any) bool { return b["following"] == true }

// TestSegmentLive: somebody enters within a second of the event being acknowledged, and leaves within a second of the
// window having gone by, in the list of changes and on the feed.
func TestSegmentLive(t *testing.T) {
	f := start(t, testConfig(t.TempDir()))
	f.want(200, f.do("POST", "/v1/track", `{"userId":"old","event":"Order Completed","messageId":"m0","timestamp":"2026-01-01T00:00:00Z"}`))
	f.seen(1)
	f.want(201, f.do("POST", "/api/v1/segments", segmentDoc("fresh", `count("Order Completed", within("1500ms")) >= 1`, "profile")))
	f.want(201, f.do("POST", "/api/v1/segments", segmentDoc("ever", `did("Order Completed")`, "profile")))
	f.until("fresh", "followed", following)
	if b := f.until("ever", "followed", following); b["size"] != 1.0 || len(b["changes"].([]any)) != 0 {
		t.Errorf("who was a member before is no change: %v", b)
	}
	feed := f.feed()
	f.want(200, f.do("POST", "/v1/track", `{"userId":"anna","event":"Order Completed","messageId":"m1"}`))
	acknowledged := time.Now()
	b := f.until("fresh", "entered", func(b map[string]any) bool { return b["size"] == 1.0 })
	if late := time.Since(acknowledged); late > time.Second {
		t.Errorf("entered %v after the event was acknowledged", late)
	}
	first := b["changes"].([]any)[0].(map[string]any)
	if first["entered"] != true || first["name"] != "user:anna" {
		t.Errorf("the change is %v", first)
	}
	f.until("fresh", "left", func(b map[string]any) bool { return b["size"] == 0.0 })
	if late := time.Since(acknowledged) - 1500*time.Millisecond; late > time.Second {
		t.Errorf("left %v after the window had gone by", late)
	}
	seen := map[string]bool{}
	for !seen["fresh 1 1 0"] || !seen["fresh 0 0 1"] || !seen["ever 2 1 0"] {
		select {
		case m := <-feed:
			seen[fmt.Sprint(m["id"], " ", m["size"], " ", m["entered"], " ", m["left"])] = true
		case <-time.After(10 * time.Second):
			t.Fatalf("the feed said only %v", seen)
		}
	}
}

// TestSegmentErased: who is erased is in no segment any more, nor among the changes; who stays, stays.
func TestSegmentErased(t *testing.T) {
	f := start(t, testConfig(t.TempDir()))
	f.want(201, f.do("POST", "/api/v1/segments", segmentDoc("ever", `did("Order Completed")`, "")))
	f.until("ever", "followed", following)
	for i, who := range []string{"anna", "bert"} {
		f.want(200, f.do("POST", "/v1/track", fmt.Sprintf(`{"userId":%q,"event":"Order Completed","messageId":"m%d"}`, who, i)))
	}
	f.until("ever", "entered", func(b map[string]any) bool { return b["size"] == 2.0 })
	f.want(200, f.do("DELETE", "/api/v1/profiles/"+event.UserProfile("anna").String(), nil))
	b := f.until("ever", "built anew", func(b map[string]any) bool { return following(b) && b["size"] == 1.0 })
	if changes := b["changes"].([]any); len(changes) != 1 || changes[0].(map[string]any)["name"] != "user:bert" {
		t.Errorf("changes are %v", changes)
	}
}

// TestSegmentStored: a segment is kept only if it compiles, is found by questions by its id, and is built anew when it
// or what it refers to changes, and after a restart.
func TestSegmentStored(t *testing.T) {
	c := testConfig(t.TempDir())
	f := start(t, c)
	for i, who := range []string{"anna", "bert", "carl"} {
		f.want(200, f.do("POST", "/v1/track", fmt.Sprintf(`{"userId":%q,"event":"Step %d","messageId":"s%d"}`, who, i, i)))
		f.want(200, f.do("POST", "/v1/track", fmt.Sprintf(`{"userId":%q,"event":"Any","messageId":"a%d"}`, who, i)))
	}
	f.seen(6)
	bad := f.want(400, f.do("POST", "/api/v1/segments", segmentDoc("bad", `cuont("A") > 1`, "")))
	if !strings.Contains(bad.text, "spec.where") || !strings.Contains(bad.text, `did you mean \"count\"`) {
		t.Errorf("the problem is %s", bad.text)
	}
	f.want(201, f.do("POST", "/api/v1/segments", segmentDoc("inner", `did("Step 0")`, "")))
	made := f.want(201, f.do("POST", "/api/v1/segments", segmentDoc("outer", `!in_segment("inner")`, "")))
	if b := f.until("outer", "followed", following); b["size"] != 2.0 {
		t.Errorf("outer is %v", b)
	}
	a := f.want(200, f.do("POST", "/api/v1/query/segment", map[string]any{"id": "outer", "limit": 5}))
	if a.body["size"] != 2.0 || len(a.body["people"].([]any)) != 2 {
		t.Errorf("the answer is %s", a.text)
	}
	trend := f.want(200, f.do("POST", "/api/v1/query/trend", map[string]any{"series": []any{map[string]any{"event": "Any"}}, "segment": map[string]any{"id": "outer"}}))
	if got := trend.body["series"].([]any)[0].(map[string]any)["total"]; got != 2.0 {
		t.Errorf("the trend of its members is %v", got)
	}
	f.want(400, f.do("PUT", "/api/v1/segments/outer", segmentDoc("outer", `!in_segment("outer")`, ""), "If-Match", made.etag))
	inner := f.do("GET", "/api/v1/segments/inner", nil)
	f.want(200, f.do("PUT", "/api/v1/segments/inner", segmentDoc("inner", `did("Any")`, ""), "If-Match", inner.etag))
	f.until("outer", "built anew", func(b map[string]any) bool { return following(b) && b["size"] == 0.0 })
	inner = f.do("GET", "/api/v1/segments/inner", nil)
	f.want(204, f.do("DELETE", "/api/v1/segments/inner", nil, "If-Match", inner.etag))
	f.want(404, f.do("GET", "/api/v1/segments/inner/changes", nil))
	f.until("outer", "given up", func(b map[string]any) bool { return !following(b) })
}
