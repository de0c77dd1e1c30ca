package httpapi

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"wend.dev/wend/event"
	"wend.dev/wend/meta"
)

// CookieName is the name of the session cookie, which is HttpOnly and SameSite=Strict.
const CookieName = "wend_session"

// guard lets in who may: by bearer token or by session cookie.
type guard struct {
	access Access
	clock  event.Clock
	deps   Deps
	tries  *tries
	origin *http.CrossOriginProtection
}

// caller is who a request comes from, in its context.
type caller struct {
	addr    string    // IP address of the peer
	session meta.Hash // zero with a bearer token
	expires time.Time // of the session; zero with a bearer token
}

type callerKey struct{}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

func newGuard(d Deps) *guard {
	return &guard{access: d.Access, clock: d.Clock, deps: d, tries: newTries(), origin: http.NewCrossOriginProtection()}
}

// protect asks everyone under /api/v1/ who they are, but for the log-in itself. A cookie's bearer must come from our
// own pages when he changes something (https://pkg.go.dev/net/http#CrossOriginProtection): a cookie is sent by the
// browser whatever page asked.
func (g *guard) protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		c := caller{addr: peer(r)}
		if strings.HasPrefix(r.URL.Path, "/api/v1/") {
			login := r.URL.Path == "/api/v1/session" && r.Method == http.MethodPost
			if p := g.admit(r, &c, login); p != nil {
				p.write(w)
				return
			}
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, c)))
	})
}

// refusal is a problem that is written before huma sees the request.
type refusal struct {
	status int
	detail string
	wait   time.Duration // of a 429
}

func (p *refusal) write(w http.ResponseWriter) {
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="wend"`)
	}
	if p.wait > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(p.wait/time.Second)+1))
	}
	writeProblem(w, p.status, p.detail)
}

// admit says why a request is turned away, or nil; c learns who it is.
func (g *guard) admit(r *http.Request, c *caller, login bool) *refusal {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if login || !bearer {
		if err := g.origin.Check(r); err != nil {
			return &refusal{status: http.StatusForbidden, detail: "the request comes from another site's page"}
		}
	}
	wait := g.tries.wait(c.addr, g.clock.Now())
	limited := &refusal{http.StatusTooManyRequests, "too many wrong tokens from this address: wait and try again", wait}
	switch {
	case login && wait > 0:
		return limited
	case login:
		return nil
	case bearer:
		// A right token passes all the same: a broken script must not lock out the others behind its address.
		ok, err := g.known(r.Context(), strings.TrimSpace(token), c.addr)
		if err != nil {
			return g.broken(r, err)
		}
		if !ok && wait > 0 {
			return limited
		}
		if !ok {
			return &refusal{status: http.StatusUnauthorized, detail: "this token opens nothing here"}
		}
		return nil
	}
	cookie, err := r.Cookie(CookieName)
	if err != nil {
		return &refusal{status: http.StatusUnauthorized, detail: "log in, or send the admin token as Authorization: Bearer"}
	}
	c.session = sha256.Sum256([]byte(cookie.Value))
	if c.expires, err = g.access.SessionExpiry(r.Context(), c.session); err != nil {
		return g.broken(r, err)
	}
	if !c.expires.After(g.clock.Now()) {
		return &refusal{status: http.StatusUnauthorized, detail: "the log-in has ended: log in again"}
	}
	return nil
}

func (g *guard) broken(r *http.Request, err error) *refusal {
	g.deps.Log.ErrorContext(r.Context(), "cannot check who is calling", "error", err)
	return &refusal{status: http.StatusServiceUnavailable, detail: "cannot check who is calling just now"}
}

// known says whether a token opens the API, and counts the wrong ones.
func (g *guard) known(ctx context.Context, token, addr string) (bool, error) {
	ok, err := g.access.Admit(ctx, token)
	if err != nil {
		return false, fmt.Errorf("cannot check a token: %w", err)
	}
	if !ok {
		g.tries.failed(addr, g.clock.Now())
	}
	return ok, nil
}

// peer is the IP address of who connected. Forwarded headers are not believed: anyone can send them.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
