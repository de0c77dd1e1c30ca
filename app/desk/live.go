package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/httpapi"
	"wend.dev/wend/journey"
)

// Maps judges journeys.
func (d *Desk) Maps() httpapi.Maps { return maps{d} }

type maps struct{ desk *Desk }

// Live lays what customers do over a map; version 0 is the journey as it stands.
func (m maps) Live(ctx context.Context, id string, version int, q journey.LiveQuery) (*journey.LiveAnswer, error) {
	j, err := m.journey(ctx, id, version)
	if err != nil {
		return nil, err
	}
	lib, err := m.desk.pinned(ctx, id, version)
	if err != nil {
		return nil, err
	}
	q.Now = m.desk.Clock.Now().Add(time.Millisecond) // the present millisecond counts too
	return journey.Live(ctx, m.desk.Engine, j, lib, q)
}

func (m maps) journey(ctx context.Context, id string, version int) (*journey.Journey, error) {
	if version > 0 {
		v, err := m.desk.Versions().Version(ctx, id, version)
		return &v.Document, err
	}
	s, err := m.desk.Journeys().Get(ctx, id)
	return &s.Document, err
}

// Conform lays what customers do over a journey's plan, or over the question's own.
func (m maps) Conform(ctx context.Context, q journey.ConformQuery) (*journey.ConformAnswer, error) {
	switch {
	case q.Model != nil && q.Journey != "":
		return nil, &seq.Invalid{Field: "model", Reason: "is one plan and journey another; ask with one of them"}
	case q.Model != nil:
		lib := journey.Library{}
		if q.Persona != "" {
			var err error
			if lib, err = m.desk.library(ctx); err != nil {
				return nil, err
			}
		}
		return journey.Conform(ctx, m.desk.Engine, nil, lib, q)
	case q.Journey == "":
		return nil, &seq.Invalid{Field: "journey", Reason: "names no journey, and there is no model"}
	}
	j, err := m.journey(ctx, q.Journey, q.Version)
	if errors.Is(err, httpapi.ErrNotFound) {
		return nil, m.unknown(ctx, q)
	}
	if err != nil {
		return nil, err
	}
	lib, err := m.desk.pinned(ctx, q.Journey, q.Version)
	if err != nil {
		return nil, err
	}
	return journey.Conform(ctx, m.desk.Engine, j, lib, q)
}

// unknown says which of a journey and its version there is not.
func (m maps) unknown(ctx context.Context, q journey.ConformQuery) error {
	if q.Version > 0 {
		if _, err := m.journey(ctx, q.Journey, 0); err == nil {
			return &seq.Invalid{Field: "version", Reason: fmt.Sprintf("journey %q has no version %d", q.Journey, q.Version)}
		}
	}
	return &seq.Invalid{Field: "journey", Reason: fmt.Sprintf("there is no journey %q", q.Journey)}
}

// Mapped gives what the touchpoints of a journey match, as it stands.
func (m maps) Mapped(ctx context.Context, id string) ([]seq.Mapped, error) {
	j, err := m.journey(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	lib, err := m.desk.library(ctx)
	if err != nil {
		return nil, err
	}
	return lib.Mapped(j), nil
}

// Lint says what is wrong with a map, or could be better.
func (m maps) Lint(ctx context.Context, id string) ([]httpapi.Finding, error) {
	j, err := m.journey(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	lib, err := m.desk.library(ctx)
	if err != nil {
		return nil, err
	}
	lib.Journeys = map[string]*journey.Journey{}
	if err := each(ctx, m.desk, journey.KindJourney, func(id string, j *journey.Journey) { lib.Journeys[id] = j }); err != nil {
		return nil, err
	}
	settings, err := m.desk.Store.Settings(ctx)
	if err != nil {
		return nil, fault(err)
	}
	lib.Left = settings.Left
	catalogue, err := m.desk.Engine.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	out := []httpapi.Finding{}
	for _, f := range lib.Lint(j, catalogue, m.desk.Matchers, m.desk.Clock.Now()) {
		at := f.Path
		if f.Kind != journey.KindJourney {
			at = fmt.Sprintf("%s %s: %s", f.Kind, f.ID, f.Path)
		}
		severity := f.Severity
		if severity == "hint" {
			severity = "note"
		}
		out = append(out, httpapi.Finding{Rule: f.Rule, Severity: severity, At: at, Text: f.Text + " " + f.Fix})
	}
	return out, nil
}

// reason is an error's sentence without the field that it names.
func reason(err error) string {
	var invalid *seq.Invalid
	if errors.As(err, &invalid) {
		return invalid.Reason
	}
	return err.Error()
}
