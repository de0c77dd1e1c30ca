package httpapi

import (
	"context"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

type profilesInput struct {
	Page
	Query string `query:"query" maxLength:"200" doc:"Part of an identifier or of a trait's text, in any case; a 16-digit id finds that profile; empty: the most recently active first"`
}

type idInput struct {
	ID string `path:"id" pattern:"^[0-9a-f]{16}$" patternDescription:"an id of 16 hex digits" doc:"16 hex digits"`
}

type timelineInput struct {
	ID     string `path:"id" pattern:"^[0-9a-f]{16}$" patternDescription:"an id of 16 hex digits" doc:"16 hex digits"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many events at most"`
	Cursor string `query:"cursor" maxLength:"500" doc:"next_cursor of the page before"`
	Filter string `query:"filter" maxLength:"4000" doc:"CEL over event and profile: only matching events"`
}

// profiles registers people: searching them, one of them, and what one did.
func (a *api) profiles() {
	handle(a, route{method: "GET", path: "/api/v1/profiles", tag: "People", summary: "Find people"},
		func(ctx context.Context, in *profilesInput) (*answer[*engine.PeoplePage], error) {
			return a.people(ctx, engine.PeopleQuery{Text: in.Query, Limit: in.Limit, Cursor: in.Cursor})
		})
	handle(a, route{method: "GET", path: "/api/v1/profiles/{id}", tag: "People", summary: "One person", errors: []int{404}},
		func(ctx context.Context, in *idInput) (*answer[engine.Person], error) {
			person, err := a.person(ctx, in.ID)
			return &answer[engine.Person]{person}, err
		})
	handle(a, route{method: "GET", path: "/api/v1/profiles/{id}/timeline", tag: "People", summary: "What one person did, newest first", errors: []int{504}},
		func(ctx context.Context, in *timelineInput) (*answer[*seq.TimelineAnswer], error) {
			return a.timeline(ctx, "profile", in)
		})
}

func (a *api) person(ctx context.Context, text string) (none engine.Person, err error) {
	id, err := event.ParseProfileID(text)
	if err != nil {
		return none, &Fault{Kind: "invalid", Field: "id", Reason: err.Error()}
	}
	page, err := a.people(ctx, engine.PeopleQuery{IDs: []event.ProfileID{id}, Limit: 1})
	if err != nil {
		return none, err
	}
	if len(page.Body.People) == 0 {
		return none, &Fault{Kind: "not_found", Reason: "no event of this profile is stored"}
	}
	return page.Body.People[0], nil
}

func (a *api) people(ctx context.Context, q engine.PeopleQuery) (*answer[*engine.PeoplePage], error) {
	ctx, stop := context.WithTimeout(ctx, a.QueryTimeout)
	defer stop()
	page, err := a.Engine.People(ctx, q)
	if err != nil {
		return nil, err
	}
	return &answer[*engine.PeoplePage]{page}, nil
}

func (a *api) timeline(ctx context.Context, actor string, in *timelineInput) (*answer[*seq.TimelineAnswer], error) {
	ctx, stop := context.WithTimeout(ctx, a.QueryTimeout)
	defer stop()
	out, err := a.Engine.Timeline(ctx, seq.Timeline{
		Scope: seq.Scope{Actor: actor, Filter: in.Filter}, ID: in.ID, Limit: in.Limit, Cursor: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	return &answer[*seq.TimelineAnswer]{out}, nil
}

// account is one company: its people and the head of their merged timeline.
type account struct {
	ID       string              `json:"id" doc:"16 hex digits"`
	Name     string              `json:"name" doc:"The account's id as the shop knows it (Segment's groupId)"`
	People   []engine.Person     `json:"people" doc:"Its people, most recently active first; a page of at most 200"`
	More     string              `json:"more_people,omitempty" doc:"Cursor of the next page of people; absent when these are all"`
	Timeline *seq.TimelineAnswer `json:"timeline" doc:"What all of them did as one sequence, newest first"`
}

type accountInput struct {
	ID           string `path:"id" pattern:"^[0-9a-f]{16}$" patternDescription:"an id of 16 hex digits" doc:"16 hex digits"`
	Limit        int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many events of the timeline at most"`
	Cursor       string `query:"cursor" maxLength:"500" doc:"next_cursor of the timeline before"`
	Filter       string `query:"filter" maxLength:"4000" doc:"CEL over event and profile: only matching events"`
	PeopleCursor string `query:"people_cursor" maxLength:"500" doc:"more_people of the page before"`
}

// accounts registers one account with its people and timeline.
func (a *api) accounts() {
	handle(a, route{method: "GET", path: "/api/v1/accounts/{id}", tag: "People", summary: "One account: its people and their merged timeline", errors: []int{404, 504}},
		func(ctx context.Context, in *accountInput) (*answer[account], error) {
			id, err := event.ParseAccountID(in.ID)
			if err != nil {
				return nil, &Fault{Kind: "invalid", Field: "id", Reason: err.Error()}
			}
			people, err := a.people(ctx, engine.PeopleQuery{Account: id, Limit: 200, Cursor: in.PeopleCursor})
			if err != nil {
				return nil, err
			}
			if len(people.Body.People) == 0 && in.PeopleCursor == "" {
				return nil, &Fault{Kind: "not_found", Reason: "no person belongs to this account"}
			}
			line, err := a.timeline(ctx, "account", &timelineInput{ID: in.ID, Limit: in.Limit, Cursor: in.Cursor, Filter: in.Filter})
			if err != nil {
				return nil, err
			}
			out := account{ID: in.ID, People: people.Body.People, More: people.Body.NextCursor, Timeline: line.Body}
			if len(out.People) > 0 {
				out.Name = out.People[0].Account
			}
			return &answer[account]{out}, nil
		})
}
