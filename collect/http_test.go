package collect

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"wend.dev/wend/event"
)

const good = `{"type":"track","event":"E","userId":"u"}`

func zip(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return b.String()
}

func TestBadBodiesAre400(t *testing.T) {
	fx := newFixture(t, nil)
	f := func(path, body, code string, header ...string) {
		t.Helper()
		w := fx.want(400, path, body, header...)
		if !strings.Contains(w.Body.String(), `"code":"`+code+`"`) {
			t.Errorf("%.60q is refused with %s, want %s", body, w.Body, code)
		}
	}
	f("/v1/batch", ``, "invalid_json")
	f("/v1/batch", `[]`, "invalid_json")
	f("/v1/batch", `{"batch":[`+good, "invalid_json")
	f("/v1/batch", `{"batch":[`+good+`,{"type":tru}]}`, "invalid_json")
	f("/v1/batch", `{"batch":[`+good+`]} x`, "invalid_json")
	f("/v1/batch", `{"batch":[`+strings.Repeat("[", 100_000), "invalid_json")
	f("/v1/track", `{"event":"E","userId":"u",}`, "invalid_json")
	f("/v1/batch", zip(`{"batch":[]}`)[:20], "invalid_body")
	f("/v1/batch", "\x1f\x8bnot gzip at all", "invalid_gzip")
	f("/v1/batch", `{}`, "invalid_encoding", "Content-Encoding", "br")
	f("/v1/batch", `{"batch":[`+strings.Repeat(" ", DefaultBatchBytes)+`]}`, "too_large")
	bomb := zip(strings.Repeat(" ", 100<<20)) // 100 MB in 100 kB
	f("/v1/batch", bomb, "too_large")
	f("/v1/batch", bomb, "too_large", "Content-Encoding", "gzip")
	f("/v1/batch", `{"batch":[`+strings.Repeat(good+",", DefaultBatchEvents)+good+`]}`, "too_many_events")
	f("/v1/batch", `{"context":{"x":"`+strings.Repeat("x", 20_000)+`"},"batch":[`+strings.Repeat(good+",", 300)+good+`]}`, "too_large")
	if n := len(fx.log.all()) + len(fx.rejected.all); n != 0 {
		t.Errorf("%d events kept of bodies that were refused whole", n)
	}
	if q := fx.c.Stats().Queued; q != 0 {
		t.Errorf("%d bytes are still taken", q)
	}
	fx.want(200, "/v1/batch", `{"batch":[`+strings.Repeat(good+",", DefaultBatchEvents-1)+good+`]}`)
}

func TestBadEventsAreRejectedAlone(t *testing.T) {
	fx := newFixture(t, nil)
	f := func(bad, reason string) {
		t.Helper()
		events, list := len(fx.log.all()), len(fx.rejected.all)
		fx.want(200, "/v1/batch", `{"batch":[`+good+`,`+bad+`,`+good+`]}`)
		if n := len(fx.log.all()) - events; n != 2 {
			t.Errorf("%.60q leaves %d of its 2 neighbours", bad, n)
		}
		if len(fx.rejected.all) != list+1 {
			t.Fatalf("%.60q makes %d rejected events", bad, len(fx.rejected.all)-list)
		}
		r := fx.rejected.all[list]
		if r.Reason != reason || r.Detail == "" || r.SourceID != "src" || r.ReceivedAt != event.MillisOf(testNow) {
			t.Errorf("%.60q is rejected as %s (%s), want %s", bad, r.Reason, r.Detail, reason)
		}
		if !utf8.Valid(r.Raw) || len(r.Raw) == 0 || len(r.Raw) > maxEventBytes || utf8.ValidString(bad) && !strings.HasPrefix(bad, string(r.Raw)) {
			t.Errorf("%.60q is kept as %.60q", bad, r.Raw)
		}
	}
	big := `{"type":"track","event":"Big","userId":"u","messageId":"m","properties":{"å":"` + strings.Repeat("å", 16500) + `"}}`
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, `,"k%d":1`, i)
	}
	f(`7`, ReasonNotAnEvent)
	f(`null`, ReasonNotAnEvent)
	f(`[]`, ReasonNotAnEvent)
	f(`{}`, ReasonBadType)
	f(`{"type":"t","event":"E","userId":"u"}`, ReasonBadType)
	f(`{"type":"tracks","event":"E","userId":"u"}`, ReasonBadType)
	f(`{"type":"track","userId":"u"}`, ReasonNoName)
	f(`{"type":"track","event":" ","userId":"u"}`, ReasonNoName)
	f(`{"type":"track","event":"E"}`, ReasonNoID)
	f(`{"type":"track","event":"E","userId":"","anonymousId":null}`, ReasonNoID)
	f(`{"type":"alias","previousId":"a"}`, ReasonNoID)
	f(`{"type":"group","userId":"u"}`, ReasonNoGroup)
	f(`{"type":"track","event":"E","userId":{"id":1}}`, ReasonBadField)
	f(`{"type":"track","event":"E","userId":"u","properties":[1]}`, ReasonBadField)
	f(`{"type":"track","event":"E","userId":"u","properties":{"n":1e999}}`, ReasonBadField)
	f(`{"type":"track","event":"E","userId":"u","properties":{"`+strings.Repeat("k", 300)+`":1}}`, ReasonBadField)
	f(`{"type":"track","event":"E","userId":"u","timestamp":"soon"}`, ReasonBadTime)
	f(`{"type":"track","event":"E","userId":"u","timestamp":"1969-12-31T23:59:59Z"}`, ReasonBadTime)
	f("{\"type\":\"track\",\"event\":\"E\xff\",\"userId\":\"u\"}", ReasonNotUTF8)
	f("{\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\",\"properties\":{\"a\":\"\xc3\"}}", ReasonNotUTF8)
	f(big, ReasonTooLarge)
	f(`{"type":"track","event":"E","userId":"u","properties":{"a":1`+many.String()[:8098]+`}}`, ReasonTooMany)
	f(`{"type":"track","event":"E","userId":"u","properties":{"a":1`+many.String()+`}}`, ReasonTooLarge)

	r := fx.rejected.all[20]
	if r.Name != "Big" || r.MessageID != "m" || r.Kind != "track" {
		t.Errorf("the large event is kept as %q %q %q", r.Kind, r.Name, r.MessageID)
	}
	s := fx.c.Stats()
	if s.Rejected[ReasonNoID] != 3 || s.Rejected[ReasonTooLarge] != 2 || s.Accepted != 46 {
		t.Errorf("stats %+v", s)
	}
	// Of a single call the client hears: nothing of it was stored as an event.
	w := fx.want(400, "/v1/track", `{"userId":"u"}`)
	if !strings.Contains(w.Body.String(), ReasonNoName) {
		t.Errorf("single call is refused with %s", w.Body)
	}
	fx.want(400, "/v1/track", big)
	fx.want(200, "/v1/batch", `{"batch":[{}]}`) // Go's SDK re-sends a batch answered 400 up to ten times
	fx.want(200, "/v1/batch", `{"batch":[]}`)
}

func TestPropertyMayChangeType(t *testing.T) {
	fx := newFixture(t, nil)
	for i, v := range []string{`1`, `"one"`, `true`, `[1]`} {
		e := fx.one("/v1/track", `{"event":"E","userId":"u","properties":{"p":`+v+`}}`)
		got, _ := e.Get("properties.p")
		if want := []event.ValueKind{event.Number, event.String, event.Bool, event.JSON}[i]; got.Kind != want {
			t.Errorf("%s is kept as kind %d, want %d", v, got.Kind, want)
		}
	}
}

func TestWriteKey(t *testing.T) {
	fx := newFixture(t, func(o *Options) {
		o.Sources = sourceMap{testKey: {ID: "src"}, "other": {ID: "other"}}
	})
	f := func(status int, source, path, body string, header ...string) {
		t.Helper()
		before := len(fx.log.all())
		fx.want(status, path, body, append([]string{"Authorization", ""}, header...)...)
		if got := fx.log.all()[before:]; status == 200 && (len(got) != 1 || got[0].Source != source) {
			t.Errorf("%s %s: stored %v", path, body, got)
		}
	}
	batch := func(key, inner string) string {
		return `{"batch":[{"type":"track","event":"E","userId":"u"` + inner + `}]` + key + `}`
	}
	f(401, "", "/v1/batch", batch("", ""))
	f(401, "", "/v1/batch", batch(`,"writeKey":"wrong"`, ""))
	f(401, "", "/v1/batch", batch(`,"writeKey":""`, ""))
	f(401, "", "/v1/batch", batch("", ""), "X-Write-Key", "wrong")
	f(401, "", "/v1/batch", batch(`,"writeKey":"other"`, ""), "X-Write-Key", "wrong")
	f(200, "other", "/v1/batch", batch(`,"writeKey":"other"`, ""))
	f(200, "other", "/v1/batch", batch("", `,"writeKey":"other"`))
	f(200, "other", "/v1/track", `{"event":"E","userId":"u","writeKey":"other"}`)
	f(200, "other", "/v1/track?writeKey=other", good)
	f(200, "src", "/v1/batch", batch(`,"writeKey":"oth**"`, `,"writeKey":"other"`), "X-Write-Key", testKey)
	f(200, "src", "/v1/batch", batch(`,"writeKey":"other"`, ""), "Authorization", "Basic "+"dGVzdC13cml0ZS1rZXktMDEyMzQ1Njc4OWFiY2RlZjAxMjM6")
	f(401, "", "/v1/batch", `{"batch":[]}`)
}

func TestRoutes(t *testing.T) {
	fx := newFixture(t, nil)
	f := func(path string, kind event.Kind) {
		t.Helper()
		for _, p := range []string{path, path + "/", path + "//"} {
			if e := fx.one(p, `{"type":"page","event":"E","groupId":"g","previousId":"p","userId":"u"}`); e.Kind != kind {
				t.Errorf("%s makes a %s call", p, e.Kind)
			}
		}
	}
	for _, k := range []event.Kind{event.Track, event.Page, event.Screen, event.Identify, event.Group, event.Alias} {
		f("/v1/"+k.String(), k)
		f("/v1/"+k.String()[:1], k)
	}
	f("/v1/batch", event.Page) // a batch route takes a single event that says its type
	f("/v1/b", event.Page)
	f("/v1/import", event.Page)
	fx.want(404, "/v1/tracks", good)
	fx.want(404, "/v1", good)
	fx.want(404, "/v2/track", good)
	fx.want(405, "/wend.js", good)
	w := httptest.NewRecorder()
	fx.handler.ServeHTTP(w, httptest.NewRequest("GET", "/v1/track", nil))
	if w.Code != 405 || w.Header().Get("Allow") != "POST, OPTIONS" {
		t.Errorf("GET answers %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestContentTypeAndEncodingAreSniffed(t *testing.T) {
	fx := newFixture(t, nil)
	for _, typ := range []string{"application/json", "text/plain", "application/x-www-form-urlencoded", "image/png", ""} {
		fx.want(200, "/v1/track", good, "Content-Type", typ)
		fx.want(200, "/v1/track", zip(good), "Content-Type", typ)
		fx.want(200, "/v1/track", zip(good), "Content-Type", typ, "Content-Encoding", "gzip")
	}
	fx.want(200, "/v1/track", good, "Content-Encoding", "gzip") // says gzip, is not
	if n := len(fx.log.all()); n != 16 {
		t.Errorf("%d events stored of 16", n)
	}
}

func TestCORS(t *testing.T) {
	fx := newFixture(t, nil)
	r := httptest.NewRequest(http.MethodOptions, "/v1/t", nil)
	r.Header.Set("Origin", "https://shop.example.com")
	r.Header.Set("Access-Control-Request-Headers", "authorization,x-new-thing, bad value")
	w := httptest.NewRecorder()
	fx.handler.ServeHTTP(w, r)
	h := w.Header()
	allowed := ", " + h.Get("Access-Control-Allow-Headers") + ","
	for _, name := range []string{"authorization", "content-type", "anonymousid", "sentat", "x-write-key", "x-new-thing"} {
		if !strings.Contains(allowed, ", "+name+",") {
			t.Errorf("header %s is not allowed by %s", name, allowed)
		}
	}
	if w.Code != 204 || h.Get("Access-Control-Allow-Origin") != "https://shop.example.com" || !strings.Contains(h.Get("Access-Control-Allow-Methods"), "POST") || strings.Contains(allowed, "bad") {
		t.Errorf("preflight answers %d %v", w.Code, h)
	}
	if w := fx.want(401, "/v1/t", good, "Authorization", "", "Origin", "https://a.example"); w.Header().Get("Access-Control-Allow-Origin") != "https://a.example" {
		t.Error("a page cannot read why it was refused")
	}
}

func TestSettingsAndScript(t *testing.T) {
	fx := newFixture(t, nil)
	get := func(path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		fx.handler.ServeHTTP(w, r)
		return w
	}
	w := get("/v1/projects/"+testKey+"/settings", "X-Forwarded-Proto", "https")
	for _, part := range []string{`"apiKey":"` + testKey + `"`, `"apiHost":"example.com/v1"`, `"protocol":"https"`} {
		if w.Code != 200 || !strings.Contains(w.Body.String(), part) {
			t.Errorf("settings are %d %s, want %s", w.Code, w.Body, part)
		}
	}
	if w := get("/v1/projects/wrong/settings/"); w.Code != 401 {
		t.Errorf("settings of an unknown key answer %d", w.Code)
	}
	if w := get("/sourceConfig/?writeKey=" + testKey); w.Code != 200 || !strings.Contains(w.Body.String(), `"writeKey":"`+testKey+`"`) || !strings.Contains(w.Body.String(), `"enabled":true`) {
		t.Errorf("source config is %d %s", w.Code, w.Body)
	}
	if w := get("/sourceConfig"); w.Code != 401 {
		t.Errorf("source config without a key answers %d", w.Code)
	}
	plain := get("/wend.js")
	if plain.Code != 200 || !strings.HasPrefix(plain.Header().Get("Content-Type"), "text/javascript") || plain.Body.Len() == 0 {
		t.Errorf("wend.js is %d %v", plain.Code, plain.Header())
	}
	zipped := get("/wend.js", "Accept-Encoding", "br, gzip")
	z, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || !bytes.Equal(b, plain.Body.Bytes()) {
		t.Errorf("the zipped script differs: %v", err)
	}
	if w := get("/wend.js", "If-None-Match", plain.Header().Get("ETag")); w.Code != 304 || w.Body.Len() != 0 {
		t.Errorf("an unchanged script answers %d with %d bytes", w.Code, w.Body.Len())
	}
}

func TestLimits(t *testing.T) {
	fx := newFixture(t, func(o *Options) {
		o.Sources = sourceMap{testKey: {ID: "src", MaxBatchBytes: 2000, MaxBatchEvents: 3}, "slow": {ID: "slow", EventsPerSecond: 2}}
	})
	fx.want(400, "/v1/batch", `{"batch":[`+strings.Repeat(good+",", 3)+good+`]}`)
	fx.want(400, "/v1/batch", `{"batch":[`+good+`], "x":"`+strings.Repeat("x", 2000)+`"}`)
	body := `{"writeKey":"` + testKey + `","batch":[` + good + `], "x":"` + strings.Repeat("x", 2000) + `"}`
	fx.want(400, "/v1/batch", body, "Authorization", "")
	slow := []string{"Authorization", "", "X-Write-Key", "slow"}
	fx.want(200, "/v1/batch", `{"batch":[`+strings.Repeat(good+",", 5)+good+`]}`, slow...) // 2 s worth, and 1 s of debt
	for range 3 {
		w := fx.want(429, "/v1/track", good, slow...)
		if n, err := strconv.Atoi(w.Header().Get("Retry-After")); err != nil || n < 1 || n > 3 {
			t.Fatalf("Retry-After is %q", w.Header().Get("Retry-After"))
		}
	}
	fx.clock.advance(3 * time.Second)
	fx.want(200, "/v1/track", good, slow...)
	fx.want(200, "/v1/track", good) // another source
}

func TestSourceLookupFailureIs503(t *testing.T) {
	fx := newFixture(t, func(o *Options) { o.Sources = brokenSources{} })
	if w := fx.want(503, "/v1/track", good); w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestRejectionsFailureIs503AndRetryIsWhole(t *testing.T) {
	fx := newFixture(t, nil)
	fx.rejected.fail = errors.New("database is locked")
	body := `{"batch":[{"type":"track","event":"E","userId":"u","messageId":"m1"},{"type":"track","messageId":"m2"}]}`
	fx.want(503, "/v1/batch", body)
	fx.rejected.fail = nil
	fx.want(200, "/v1/batch", body)
	if len(fx.log.all()) != 1 || len(fx.rejected.all) != 1 {
		t.Errorf("%d events and %d rejected", len(fx.log.all()), len(fx.rejected.all))
	}
}
