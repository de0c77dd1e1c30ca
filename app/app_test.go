package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testWriteKey = "test-write-key-0123456789abcdefghijk"
	testAPIKey   = "test-api-key-0123456789abcdefghijklm"
)

// fixture is a node with a server in front of it.
type fixture struct {
	*testing.T
	node *Node
	url  string
}

func testConfig(dir string) Config {
	c := Config{Data: dir, BootstrapWriteKey: testWriteKey, BootstrapAPIKey: testAPIKey}
	c.Store.Reserve, c.Store.SealAge, c.Collect.Window = -1, time.Hour, 24*time.Hour
	return c
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func start(t *testing.T, c Config) *fixture {
	t.Helper()
	n, err := Open(t.Context(), c, discard())
	if err != nil {
		t.Fatal(err)
	}
	if err := n.bootstrap(t.Context(), "http://test", io.Discard); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(n.Handler())
	f := &fixture{t, n, s.URL}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		n.hub.Close()
		s.Close()
		if err := n.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return f
}

// answer is what came back.
type answer struct {
	status int
	etag   string
	body   map[string]any
	text   string
}

func (f *fixture) do(method, path string, body any, headers ...string) answer {
	f.Helper()
	text, isText := body.(string)
	if !isText && body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			f.Fatal(err)
		}
		text = string(b)
	}
	req, err := http.NewRequest(method, f.url+path, strings.NewReader(text))
	if err != nil {
		f.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testAPIKey)
	req.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(path, "/v1/") {
		req.SetBasicAuth(testWriteKey, "")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		f.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		f.Fatal(err)
	}
	a := answer{status: res.StatusCode, etag: res.Header.Get("ETag"), text: b.String()}
	_ = json.Unmarshal(b.Bytes(), &a.body)
	return a
}

func (f *fixture) want(status int, a answer) answer {
	f.Helper()
	if a.status != status {
		f.Fatalf("status %d, want %d: %s", a.status, status, a.text)
	}
	return a
}

// seen waits until questions see so many events.
func (f *fixture) seen(n int) {
	f.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.NewTimer(10 * time.Second)
	for f.node.events() != int64(n) {
		select {
		case <-tick.C:
		case <-deadline.C:
			f.Fatalf("%d events are seen, want %d", f.node.events(), n)
		}
	}
}

func TestEventToAnswerAndBackAfterRestart(t *testing.T) {
	dir := t.TempDir()
	batch := `{"batch":[
		{"type":"page","anonymousId":"a","messageId":"1","timestamp":"2026-05-01T10:00:00Z","context":{"page":{"path":"/"}}},
		{"type":"identify","userId":"u","anonymousId":"a","messageId":"2","timestamp":"2026-05-01T10:01:00Z","traits":{"email":"kari@example.com"}},
		{"type":"track","event":"Order Completed","userId":"u","messageId":"3","timestamp":"2026-05-01T10:05:00Z","properties":{"total":100}},
		{"type":"track","userId":"u","messageId":"4"}]}`
	ask := func(f *fixture) {
		f.Helper()
		a := f.want(200, f.do("POST", "/api/v1/query/funnel", `{"steps":[{"event":"Page Viewed"},{"event":"Order Completed"}]}`))
		steps := fmt.Sprint(a.body["steps"])
		if strings.Count(steps, "count:1") != 2 {
			f.Errorf("the anonymous visit and the order are not one customer's: %s", steps)
		}
		people := f.want(200, f.do("GET", "/api/v1/profiles?query=kari", nil))
		if !strings.Contains(people.text, "user:u") {
			f.Errorf("search: %s", people.text)
		}
	}
	t.Run("first", func(t *testing.T) {
		f := start(t, testConfig(dir))
		f.want(200, f.do("POST", "/v1/batch", batch))
		f.want(200, f.do("POST", "/v1/batch", batch))
		f.seen(3)
		ask(f)
		list := f.want(200, f.do("GET", "/api/v1/rejections", nil))
		if !strings.Contains(list.text, `"no_name"`) {
			t.Errorf("the nameless event is not among the rejected: %s", list.text)
		}
		health := f.want(200, f.do("GET", "/api/v1/health", nil))
		if health.body["state"] != "ok" {
			t.Errorf("health: %s", health.text)
		}
	})
	t.Run("again", func(t *testing.T) {
		f := start(t, testConfig(dir))
		f.seen(3)
		ask(f)
		f.want(200, f.do("POST", "/v1/batch", batch)) // de-duplication outlives a restart
		f.want(200, f.do("POST", "/v1/track", `{"event":"Tick","userId":"u","messageId":"5"}`))
		f.seen(4)
	})
}

func TestKeysAreSeparate(t *testing.T) {
	f := start(t, testConfig(t.TempDir()))
	for _, wrong := range []string{"Bearer " + testWriteKey, "Bearer x", ""} {
		f.want(401, f.do("GET", "/api/v1/journeys", nil, "Authorization", wrong))
	}
	req, err := http.NewRequest("POST", f.url+"/v1/track", strings.NewReader(`{"event":"x","userId":"u"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(testAPIKey, "")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 401 {
		t.Errorf("the API key writes events: %d", res.StatusCode)
	}
}

const touchpoint = `{"apiVersion":"wend/v1","kind":"Touchpoint","metadata":{"id":"front","title":"Front page"},"spec":{"channel":"Web","match":[{"event":"Page Viewed"}]}}`

func TestDefinitionsLifeCycle(t *testing.T) {
	f := start(t, testConfig(t.TempDir()))
	made := f.want(201, f.do("POST", "/api/v1/touchpoints", touchpoint))
	f.want(409, f.do("POST", "/api/v1/touchpoints", touchpoint))
	changed := strings.Replace(touchpoint, "Front page", "First page", 1)
	f.want(428, f.do("PUT", "/api/v1/touchpoints/front", changed))
	next := f.want(200, f.do("PUT", "/api/v1/touchpoints/front", changed, "If-Match", made.etag))
	f.want(412, f.do("PUT", "/api/v1/touchpoints/front", touchpoint, "If-Match", made.etag))
	f.want(412, f.do("DELETE", "/api/v1/touchpoints/front", nil, "If-Match", made.etag))
	f.want(204, f.do("DELETE", "/api/v1/touchpoints/front", nil, "If-Match", next.etag))
	f.want(404, f.do("GET", "/api/v1/touchpoints/front", nil))
	f.want(200, f.do("POST", "/api/v1/touchpoints/front/restore", nil))
	f.want(200, f.do("GET", "/api/v1/touchpoints/front", nil))
	f.want(400, f.do("POST", "/api/v1/touchpoints", strings.Replace(touchpoint, `"front"`, `"Not An Id"`, 1)))

	j := f.want(201, f.do("POST", "/api/v1/journeys", `{"apiVersion":"wend/v1","kind":"Journey","metadata":{"id":"visit","title":"I visit"},"spec":{"stages":[{"id":"arrive","steps":[{"id":"land","touchpoints":["front"]}]}]}}`))
	f.want(200, f.do("POST", "/v1/page", `{"anonymousId":"a","messageId":"1"}`))
	f.seen(1)
	live := f.want(200, f.do("GET", "/api/v1/journeys/visit/live", nil))
	if live.body["people"] != 1.0 {
		t.Errorf("live: %s", live.text)
	}
	if p := f.do("POST", "/api/v1/journeys/visit/publish", `{"note":"first"}`, "If-Match", j.etag); p.status/100 != 2 {
		t.Fatalf("publish: %d %s", p.status, p.text)
	}
	if v := f.want(200, f.do("GET", "/api/v1/journeys/visit/versions", nil)); !strings.Contains(v.text, `"first"`) {
		t.Errorf("versions: %s", v.text)
	}
	f.want(200, f.do("GET", "/api/v1/journeys/visit/live?version=1", nil))
	f.want(200, f.do("GET", "/api/v1/journeys/visit/lint", nil))
	for body, words := range map[string]string{
		`{"journey":"visit"}`:             `"traces":1,"open":1`,
		`{"journey":"visit","version":1}`: `"title":"I visit"`,
		`{"model":{"touchpoints":[{"id":"a","match":[{"event":"Page Viewed"}]}],"stages":[{"id":"s","steps":[{"id":"a","touchpoints":["a"]}]}]}}`: `"traces":1`,
	} {
		if a := f.want(200, f.do("POST", "/api/v1/query/conformance", body)); !strings.Contains(a.text, words) {
			t.Errorf("conformance of %s lacks %s: %s", body, words, a.text)
		}
	}
	for body, words := range map[string]string{
		`{}`:                              "names no journey",
		`{"journey":"nothing"}`:           `there is no journey`,
		`{"journey":"visit","version":9}`: "has no version 9",
		`{"journey":"visit","model":{"touchpoints":[],"stages":[]}}`: "ask with one of them",
		`{"model":{"touchpoints":[],"stages":[]},"persona":"anna"}`:  "there is no persona",
	} {
		if a := f.want(400, f.do("POST", "/api/v1/query/conformance", body)); !strings.Contains(a.text, words) {
			t.Errorf("conformance of %s lacks %s: %s", body, words, a.text)
		}
	}
	f.want(404, f.do("GET", "/api/v1/journeys/nothing/live", nil))
}

func TestSourcesViewsAndSettings(t *testing.T) {
	f := start(t, testConfig(t.TempDir()))
	s := f.want(201, f.do("POST", "/api/v1/sources", `{"name":"Shop","kind":"web"}`))
	id, key := s.body["id"].(string), s.body["write_key"].(string)
	send := func(want int) {
		t.Helper()
		req, err := http.NewRequest("POST", f.url+"/v1/track", strings.NewReader(`{"event":"x","userId":"u"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(key, "")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("sending answers %d, want %d", res.StatusCode, want)
		}
	}
	send(200)
	f.want(204, f.do("DELETE", "/api/v1/sources/"+id, nil, "If-Match", s.etag))
	send(401)
	f.want(200, f.do("POST", "/api/v1/sources/"+id+"/restore", nil))
	send(200)

	v := f.want(201, f.do("POST", "/api/v1/views", `{"title":"Orders","question":"trend","query":{"series":[{"event":"x"}]}}`))
	vid := v.body["id"].(string)
	f.want(200, f.do("PUT", "/api/v1/views/"+vid, `{"title":"Sales","question":"trend","query":{"series":[{"event":"x"}]}}`, "If-Match", v.etag))
	if list := f.want(200, f.do("GET", "/api/v1/views", nil)); !strings.Contains(list.text, "Sales") {
		t.Errorf("views: %s", list.text)
	}

	w := f.want(200, f.do("GET", "/api/v1/settings", nil))
	f.want(400, f.do("PUT", "/api/v1/settings", `{"name":"Shop","time_zone":"Mars/North"}`, "If-Match", w.etag))
	f.want(200, f.do("PUT", "/api/v1/settings", `{"name":"Shop","time_zone":"Europe/Oslo","currency":"NOK","language":"nb"}`, "If-Match", w.etag))
	f.want(412, f.do("PUT", "/api/v1/settings", `{"name":"Other"}`, "If-Match", w.etag))
	w = f.want(200, f.do("GET", "/api/v1/settings", nil))
	f.want(200, f.do("PUT", "/api/v1/settings", `{"name":"Shop","time_zone":"Europe/Oslo","currency":"NOK","language":"nb","left":["ola@example.com"]}`, "If-Match", w.etag))
	for _, id := range []string{"visit", "see"} {
		f.want(201, f.do("POST", "/api/v1/journeys", `{"apiVersion":"wend/v1","kind":"Journey","metadata":{"id":"`+id+`","title":"I visit","owner":"ola@example.com"},"spec":{"stages":[]}}`))
	}
	if a := f.want(200, f.do("GET", "/api/v1/journeys/visit/lint", nil)); !strings.Contains(a.text, `"owner_left"`) {
		t.Errorf("lint: %s", a.text)
	}
}

func TestDemoGoesOnAfterRestart(t *testing.T) {
	dir := t.TempDir()
	world := World{Profiles: 40, Days: 30, Seed: 2}
	var first int64
	t.Run("first", func(t *testing.T) {
		f := start(t, testConfig(dir))
		d, err := f.node.loadDemo(t.Context(), world, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if first = f.node.events() + int64(len(d.future)); len(d.future) == 0 || first < 100 {
			t.Fatalf("%d events, %d to come", first, len(d.future))
		}
		welcomed := httptest.NewRecorder()
		req := httptest.NewRequest("GET", "/", nil)
		req.RemoteAddr = "127.0.0.1:5"
		req.Header.Set("Accept", "text/html")
		welcome(f.node.Handler(), d.state.Token).ServeHTTP(welcomed, req)
		if welcomed.Code != 302 || welcomed.Header().Get("Location") != firstScreen || welcomed.Header().Get("Set-Cookie") == "" {
			t.Errorf("the first screen: %d %v", welcomed.Code, welcomed.Header())
		}
		stranger := httptest.NewRecorder()
		req = httptest.NewRequest("GET", "/", nil)
		req.RemoteAddr = "203.0.113.7:5"
		req.Header.Set("Accept", "text/html")
		welcome(f.node.Handler(), d.state.Token).ServeHTTP(stranger, req)
		if stranger.Header().Get("Set-Cookie") != "" {
			t.Error("a browser on another machine is logged in")
		}
		f.want(200, f.do("GET", "/api/v1"+firstScreen+"/live", nil))
	})
	t.Run("again", func(t *testing.T) {
		f := start(t, testConfig(dir))
		before := f.node.events()
		d, err := f.node.loadDemo(t.Context(), World{Profiles: 1, Days: 1}, io.Discard) // what it began with counts
		if err != nil {
			t.Fatal(err)
		}
		if d.state.Profiles != 40 {
			t.Errorf("the shop was replaced: %+v", d.state.World)
		}
		if after := f.node.events(); after < before || after > before+5 {
			t.Errorf("%d events before, %d after the restart", before, after)
		}
	})
}
