package httpapi

import (
	"context"
	"net/http"
	"time"

	"wend.dev/wend/journey"
)

type liveInput struct {
	ID      string    `path:"id" pattern:"^[a-z0-9][a-z0-9-]{0,63}$" patternDescription:"lower-case letters, digits and hyphens" doc:"The journey's id"`
	From    time.Time `query:"from" doc:"Start of the range, RFC 3339, inclusive; default 28 days before its end"`
	To      time.Time `query:"to" doc:"End of the range, RFC 3339, exclusive; default now"`
	Actor   string    `query:"actor" enum:"profile,account" doc:"Whose events form one journey; default the journey's own"`
	Filter  string    `query:"filter" maxLength:"4000" doc:"CEL over event and profile: only matching events are looked at"`
	Persona string    `query:"persona" maxLength:"64" doc:"Only customers in this persona's segment"`
	Segment string    `query:"segment" maxLength:"64" doc:"Only members of this stored segment"`
	Version int       `query:"version" minimum:"0" doc:"A published version; default the journey as it stands"`
}

type versionInput struct {
	ID     string `path:"id" pattern:"^[a-z0-9][a-z0-9-]{0,63}$" patternDescription:"lower-case letters, digits and hyphens" doc:"The journey's id"`
	Number int    `path:"number" minimum:"1" doc:"The version's number"`
}

type publishInput struct {
	ID      string `path:"id" pattern:"^[a-z0-9][a-z0-9-]{0,63}$" patternDescription:"lower-case letters, digits and hyphens" doc:"The journey's id"`
	IfMatch string `header:"If-Match" doc:"The ETag it was read with"`
	Body    publication
}

// publication is what is said of a new version.
type publication struct {
	Note string `json:"note,omitempty" maxLength:"2000" doc:"What changed, for those who come later"`
}

// versionList is all versions of a journey.
type versionList struct {
	Items []Version `json:"items" doc:"Newest first"`
}

// findingList is what the linter says.
type findingList struct {
	Items []Finding `json:"items" doc:"In map order"`
}

// journeys registers maps: their definitions, versions, live numbers and lint.
func (a *api) journeys() {
	const tag, base = "Journeys", "/api/v1/journeys"
	shelf(a, "journey", a.Journeys, func(j *journey.Journey) *journey.Header { return &j.Header })
	handle(a, route{method: "GET", path: base + "/{id}/versions", tag: tag, summary: "The published versions of a journey", errors: []int{404}},
		func(ctx context.Context, in *shelfIDInput) (*answer[versionList], error) {
			items, err := a.Versions.ListVersions(ctx, in.ID)
			return &answer[versionList]{versionList{items}}, err
		})
	handle(a, route{method: "GET", path: base + "/{id}/versions/{number}", tag: tag, summary: "A journey as it was published", errors: []int{404}},
		func(ctx context.Context, in *versionInput) (*answer[Stored[journey.Journey]], error) {
			s, err := a.Versions.Version(ctx, in.ID, in.Number)
			return &answer[Stored[journey.Journey]]{s}, err
		})
	handle(a, route{method: "POST", path: base + "/{id}/publish", tag: tag, summary: "Publish a journey as an immutable version", status: http.StatusCreated, errors: []int{404, 412, 428}},
		func(ctx context.Context, in *publishInput) (*answer[Version], error) {
			rev, err := revision(in.IfMatch)
			if err != nil {
				return nil, err
			}
			v, err := a.Versions.Publish(ctx, in.ID, rev, in.Body.Note)
			return &answer[Version]{v}, err
		})
	handle(a, route{method: "GET", path: base + "/{id}/live", tag: tag, summary: "Every number on a map, in one answer", errors: []int{404, 503, 504}}, a.live)
	handle(a, route{method: "GET", path: base + "/{id}/lint", tag: tag, summary: "What is wrong or weak in a map", errors: []int{404}},
		func(ctx context.Context, in *shelfIDInput) (*answer[findingList], error) {
			items, err := a.Maps.Lint(ctx, in.ID)
			return &answer[findingList]{findingList{items}}, err
		})
}

func (a *api) live(ctx context.Context, in *liveInput) (*answer[*journey.LiveAnswer], error) {
	ctx, stop := context.WithTimeout(ctx, a.QueryTimeout)
	defer stop()
	q := journey.LiveQuery{Actor: in.Actor, Filter: in.Filter, Persona: in.Persona, Segment: in.Segment, Now: a.Clock.Now()}
	if !in.From.IsZero() {
		q.From = &in.From
	}
	if !in.To.IsZero() {
		q.To = &in.To
	}
	out, err := a.Maps.Live(ctx, in.ID, in.Version, q)
	return &answer[*journey.LiveAnswer]{out}, err
}
