package desk

import (
	"context"

	"wend.dev/wend/app/watch"
	"wend.dev/wend/engine"
	"wend.dev/wend/event"
	"wend.dev/wend/journey"
)

// Memberships is who enters and leaves stored segments.
type Memberships struct {
	Desk  *Desk
	Watch *watch.Watch
}

// Membership tells of one segment.
func (m Memberships) Membership(ctx context.Context, id string, limit int) (out engine.Membership, err error) {
	def, err := m.Desk.Store.Get(ctx, journey.KindSegment, id)
	if err != nil {
		return out, fault(err)
	}
	doc, err := decode[journey.Segment](def.Body)
	if err != nil {
		return out, err
	}
	out.Actor, out.Changes = "profile", []engine.MembershipChange{}
	if doc.Spec.Actor != "" {
		out.Actor = doc.Spec.Actor
	}
	state, ok := m.Watch.State(id)
	if !ok || !state.Ready {
		return out, nil
	}
	since := state.Since.Time()
	out.Following, out.Size, out.Since = true, state.Size, &since
	state.Changes = state.Changes[:min(limit, len(state.Changes))]
	names, err := m.names(ctx, state)
	if err != nil {
		return out, err
	}
	for _, c := range state.Changes {
		out.Changes = append(out.Changes, engine.MembershipChange{ID: event.ProfileID(c.Actor).String(), Name: names[c.Actor], Entered: c.Entered, At: c.At.Time()})
	}
	return out, nil
}

// names looks up what the actors of some changes are called.
func (m Memberships) names(ctx context.Context, state watch.State) (map[uint64]string, error) {
	names := map[uint64]string{}
	var ids []event.ProfileID
	for _, c := range state.Changes {
		if !state.Account {
			ids = append(ids, event.ProfileID(c.Actor))
			continue
		}
		if _, known := names[c.Actor]; known {
			continue
		}
		page, err := m.Desk.Engine.People(ctx, engine.PeopleQuery{Account: event.AccountID(c.Actor), Limit: 1})
		if err != nil {
			return nil, err
		}
		names[c.Actor] = ""
		if len(page.People) > 0 {
			names[c.Actor] = page.People[0].Account
		}
	}
	if len(ids) == 0 {
		return names, nil
	}
	page, err := m.Desk.Engine.People(ctx, engine.PeopleQuery{IDs: ids})
	if err != nil {
		return nil, err
	}
	for _, p := range page.People {
		if len(p.Identifiers) > 0 {
			names[uint64(p.ID)] = p.Identifiers[0]
		}
	}
	return names, nil
}
