package httpapi

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"time"
)

// credentials is what a person logs in with.
type credentials struct {
	Token string `json:"token" minLength:"1" maxLength:"200" writeOnly:"true" doc:"The admin token, or the token of the invitation link /#/join?token=…"`
}

// sessionState is who is logged in.
type sessionState struct {
	By        string    `json:"by" enum:"token,cookie" doc:"How the request showed who it is"`
	ExpiresAt time.Time `json:"expires_at,omitzero" doc:"When the log-in ends; absent with a bearer token"`
}

type loginOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie" doc:"The session: HttpOnly, SameSite=Strict"`
	Body      sessionState
}

type logoutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie" doc:"Takes the session cookie away"`
}

// sessions registers logging in and out.
func (a *api) sessions() {
	const tag, path = "Session", "/api/v1/session"
	handle(a, route{method: "POST", path: path, tag: tag, summary: "Log in with the admin token: sets the session cookie", errors: []int{403, 429}}, a.login)
	handle(a, route{method: "GET", path: path, tag: tag, summary: "Who is logged in"},
		func(ctx context.Context, _ *struct{}) (*answer[sessionState], error) {
			c := callerOf(ctx)
			if c.expires.IsZero() {
				return &answer[sessionState]{sessionState{By: "token"}}, nil
			}
			return &answer[sessionState]{sessionState{By: "cookie", ExpiresAt: c.expires.UTC()}}, nil
		})
	handle(a, route{method: "DELETE", path: path, tag: tag, summary: "Log out"},
		func(ctx context.Context, _ *struct{}) (*logoutOutput, error) {
			if c := callerOf(ctx); !c.expires.IsZero() {
				if err := a.Access.DeleteSession(ctx, c.session); err != nil {
					return nil, err
				}
			}
			return &logoutOutput{a.cookie("", -1)}, nil
		})
}

func (a *api) login(ctx context.Context, in *ask[credentials]) (*loginOutput, error) {
	ok, err := a.guard.known(ctx, in.Body.Token, callerOf(ctx).addr)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, &Fault{Kind: "unauthorized", Reason: "this token opens nothing here"}
	}
	secret := rand.Text() + rand.Text() // 256 bits
	expires := a.Clock.Now().Add(a.SessionLife).Truncate(time.Millisecond)
	if err := a.Access.SaveSession(ctx, sha256.Sum256([]byte(secret)), expires); err != nil {
		return nil, err
	}
	return &loginOutput{a.cookie(secret, int(a.SessionLife/time.Second)), sessionState{By: "cookie", ExpiresAt: expires.UTC()}}, nil
}

func (a *api) cookie(value string, maxAge int) http.Cookie {
	return http.Cookie{
		Name: CookieName, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: a.Secure,
	}
}
