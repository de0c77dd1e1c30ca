package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestWhoMayIn(t *testing.T) {
	d := newDesk(t)
	f := func(what string, want int, headers ...string) {
		t.Helper()
		if w := d.send(what, "", headers...); w.Code != want {
			t.Errorf("%s with %q: got %d, want %d", what, headers, w.Code, want)
		}
	}
	f("GET /api/v1/catalogue", 200)
	f("GET /api/v1/catalogue", 401, "nobody")
	f("GET /api/v1/catalogue", 401, "Authorization: Bearer wrong-token-wrong-token-wrong-token")
	f("GET /api/v1/catalogue", 401, "Authorization: Bearer ")
	f("GET /api/v1/catalogue", 401, "Authorization: Basic "+adminToken)
	f("GET /api/v1/catalogue", 401, "Cookie: wend_session=made-up")
	f("GET /api/v1/nowhere", 401, "nobody")
	f("DELETE /api/v1/session", 401, "nobody")
	f("GET /api/openapi.json", 200, "nobody")
	f("GET /api/docs", 200, "nobody")
	f("GET /healthz", 200, "nobody")
	f("GET /metrics", 200, "nobody")
	w := d.send("GET /api/v1/catalogue", "", "nobody")
	if got := w.Header().Get("WWW-Authenticate"); !strings.HasPrefix(got, "Bearer") {
		t.Errorf("a 401 says how to log in by %q", got)
	}
}

// login returns the session cookie, as the browser would send it back.
func login(d *desk) string {
	d.t.Helper()
	w := d.send("POST /api/v1/session", `{"token":"`+adminToken+`"}`, "nobody", "Sec-Fetch-Site: same-origin")
	if w.Code != 200 {
		d.t.Fatalf("cannot log in: %d %s", w.Code, w.Body)
	}
	c := w.Result().Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.MaxAge != 30*24*3600 {
		d.t.Errorf("the session cookie is not kept to our pages: %v", c)
	}
	return "Cookie: " + c.Name + "=" + c.Value
}

func TestSession(t *testing.T) {
	d := newDesk(t)
	cookie := login(d)
	if got := d.expect(200, "GET /api/v1/session", "", cookie); got["by"] != "cookie" || got["expires_at"] != "2026-03-31T12:00:00Z" {
		t.Errorf("who is logged in: %v", got)
	}
	if got := d.expect(200, "GET /api/v1/session", ""); got["by"] != "token" || got["expires_at"] != nil {
		t.Errorf("with the token: %v", got)
	}
	second := login(d)
	if cookie == second {
		t.Error("two log-ins share a session")
	}
	w := d.send("DELETE /api/v1/session", "", cookie, "Sec-Fetch-Site: same-origin")
	if w.Code != 204 || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("logging out: %d, %v", w.Code, w.Result().Cookies())
	}
	d.expect(401, "GET /api/v1/session", "", cookie)
	d.expect(200, "GET /api/v1/session", "", second)
	d.clock.add(30 * 24 * time.Hour)
	d.expect(401, "GET /api/v1/session", "", second)
	d.expect(204, "DELETE /api/v1/session", "")
}

func TestSecureCookie(t *testing.T) {
	d := newDesk(t, func(deps *Deps) { deps.Secure, deps.SessionLife = true, time.Hour })
	c := d.send("POST /api/v1/session", `{"token":"`+adminToken+`"}`, "nobody").Result().Cookies()[0]
	if !c.Secure || c.MaxAge != 3600 {
		t.Errorf("got %v", c)
	}
}

func TestOtherSitesCannotUseTheCookie(t *testing.T) {
	d := newDesk(t)
	cookie := login(d)
	f := func(want int, headers ...string) {
		t.Helper()
		if w := d.send("POST /api/v1/query/trend", `{"series":[{"event":"A"}]}`, append(headers, cookie)...); w.Code != want {
			t.Errorf("with %q: got %d, want %d", headers, w.Code, want)
		}
	}
	f(200, "Sec-Fetch-Site: same-origin")
	f(403, "Sec-Fetch-Site: cross-site")
	f(403, "Sec-Fetch-Site: same-site")
	f(403, "Origin: https://evil.example")
	f(200, "Origin: http://example.com") // httptest's own host
	if w := d.send("POST /api/v1/session", `{"token":"`+adminToken+`"}`, "nobody", "Sec-Fetch-Site: cross-site"); w.Code != 403 {
		t.Errorf("another site could log its visitor in: %d", w.Code)
	}
	if w := d.send("GET /api/v1/catalogue", "", cookie, "Sec-Fetch-Site: cross-site"); w.Code != 200 {
		t.Errorf("reading was refused: %d", w.Code)
	}
	if w := d.send("POST /api/v1/query/trend", `{"series":[{"event":"A"}]}`, "Sec-Fetch-Site: cross-site"); w.Code != 200 {
		t.Errorf("a token is not the browser's to send, yet it was refused: %d", w.Code)
	}
}

func TestWrongTokensAreLimited(t *testing.T) {
	d := newDesk(t)
	for i := range triesBurst {
		if w := d.send("POST /api/v1/session", `{"token":"guess-`+fmt.Sprint(i)+`"}`, "nobody"); w.Code != 401 {
			t.Fatalf("guess %d: got %d, want 401", i, w.Code)
		}
	}
	w := d.send("POST /api/v1/session", `{"token":"`+adminToken+`"}`, "nobody")
	if w.Code != 429 || w.Header().Get("Retry-After") != "7" {
		t.Fatalf("after %d guesses: got %d, Retry-After %q", triesBurst, w.Code, w.Header().Get("Retry-After"))
	}
	d.expect(429, "GET /api/v1/catalogue", "", "Authorization: Bearer guess")
	d.expect(200, "GET /api/v1/catalogue", "")
	d.clock.add(2 * triesEvery)
	d.expect(401, "GET /api/v1/catalogue", "", "Authorization: Bearer guess")
	if w := d.send("POST /api/v1/session", `{"token":"`+adminToken+`"}`, "nobody"); w.Code != 429 {
		t.Errorf("after another guess: got %d, want 429", w.Code)
	}
	d.clock.add(triesEvery)
	login(d)
}

func TestTokensDoNotLeak(t *testing.T) {
	d := newDesk(t)
	secret := "wt_secret_secret_secret_secret_secret"
	for _, body := range []string{
		`{"token":"` + secret + `"}`,
		`{"token":"` + secret + `"`,
		`{"tokn":"` + secret + `"}`,
		`{"token":["` + secret + `"]}`,
		`{"token":"` + strings.Repeat(secret, 10) + `"}`,
	} {
		w := d.send("POST /api/v1/session", body, "nobody")
		if w.Code < 400 || w.Code >= 500 {
			t.Errorf("%s: got %d", body, w.Code)
		}
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("the answer holds the token: %s", w.Body)
		}
	}
	d.send("GET /api/v1/catalogue", "", "Authorization: Bearer "+secret)
	if strings.Contains(d.log.String(), "secret") {
		t.Errorf("the log holds the token: %s", d.log)
	}
}

func TestBrokenAccess(t *testing.T) {
	d := newDesk(t)
	cookie := login(d)
	d.access.err = errors.New("the database /var/lib/x is locked")
	for _, who := range []string{cookie, "Authorization: Bearer x"} {
		p := d.expect(503, "GET /api/v1/catalogue", "", who)
		if strings.Contains(fmt.Sprint(p), "/var/lib") {
			t.Errorf("the inside shows: %v", p)
		}
	}
	if !strings.Contains(d.log.String(), "/var/lib/x") {
		t.Errorf("the log does not say why: %s", d.log)
	}
	p := d.expect(500, "POST /api/v1/session", `{"token":"x"}`, "nobody")
	if strings.Contains(fmt.Sprint(p), "/var/lib") {
		t.Errorf("the inside shows: %v", p)
	}
}

func TestTries(t *testing.T) {
	now := time.Unix(1000, 0)
	tr := newTries()
	for range triesBurst - 1 {
		tr.failed("a", now)
	}
	if w := tr.wait("a", now); w != 0 {
		t.Errorf("one miss before the limit: wait %v", w)
	}
	tr.failed("a", now)
	if w := tr.wait("a", now); w != triesEvery {
		t.Errorf("at the limit: wait %v, want %v", w, triesEvery)
	}
	if w := tr.wait("b", now); w != 0 {
		t.Errorf("another address waits %v", w)
	}
	if w := tr.wait("a", now.Add(triesEvery)); w != 0 {
		t.Errorf("after a while: wait %v", w)
	}
	for i := range triesMost + 100 {
		tr.failed(fmt.Sprint("flood-", i), now)
	}
	if len(tr.empty) > triesMost {
		t.Errorf("%d addresses are kept, the bound is %d", len(tr.empty), triesMost)
	}
	tr.failed("late", now.Add(time.Hour))
	if len(tr.empty) != 1 {
		t.Errorf("%d addresses are kept after an hour, want only the late one", len(tr.empty))
	}
}
