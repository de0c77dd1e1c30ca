package desk

import (
	"context"
	"errors"
	"time"

	"wend.dev/wend/httpapi"
	"wend.dev/wend/meta"
)

// Access says who may use the API.
type Access struct {
	Tokens meta.Tokens
	meta.Sessions
}

// Admit says whether a token opens the API.
func (a Access) Admit(ctx context.Context, token string) (bool, error) {
	_, err := a.Tokens.CheckToken(ctx, token)
	if errors.Is(err, meta.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Settings keeps the workspace's settings.
type Settings struct {
	Store   meta.Settled
	Changed func(httpapi.Changed)
}

func workspaceOf(s meta.Settings) httpapi.Workspace {
	return httpapi.Workspace{Name: s.Name, Language: s.Locale, TimeZone: s.TimeZone, Currency: s.Currency, Left: s.Left, Revision: contentRevision(s)}
}

// Workspace gives them.
func (s Settings) Workspace(ctx context.Context) (httpapi.Workspace, error) {
	m, err := s.Store.Settings(ctx)
	if err != nil {
		return httpapi.Workspace{}, fault(err)
	}
	return workspaceOf(m), nil
}

// SaveWorkspace replaces them.
func (s Settings) SaveWorkspace(ctx context.Context, w httpapi.Workspace) (httpapi.Workspace, error) {
	old, err := s.Store.Settings(ctx)
	if err != nil {
		return httpapi.Workspace{}, fault(err)
	}
	if contentRevision(old) != w.Revision {
		return httpapi.Workspace{}, httpapi.ErrStale
	}
	if _, err := time.LoadLocation(w.TimeZone); err != nil {
		return httpapi.Workspace{}, &httpapi.Fault{Kind: "invalid", Field: "time_zone", Reason: "no such time zone; use an IANA name such as Europe/Oslo"}
	}
	m, err := s.Store.SaveSettings(ctx, meta.Settings{Name: w.Name, TimeZone: w.TimeZone, Currency: w.Currency, Locale: w.Language, Left: w.Left, ETag: old.ETag})
	if err != nil {
		return httpapi.Workspace{}, fault(err)
	}
	out := workspaceOf(m)
	s.Changed(httpapi.Changed{Kind: "Workspace", ID: "default", Revision: out.Revision})
	return out, nil
}
