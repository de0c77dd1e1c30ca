package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/identity"
)

// personalData registers what a person may ask of us: their data, and to be forgotten.
func (a *api) personalData() {
	const tag, base = "People", "/api/v1/profiles/{id}"
	r := route{method: "GET", path: base + "/export", tag: tag, summary: "Everything that is kept of one person, as one JSON file", errors: []int{404, 504}}
	r.more = func(op *huma.Operation) {
		op.Responses = map[string]*huma.Response{"200": {
			Description: "Written as it is read. A file that ends without complete: true is not whole",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[personExport](), true, "PersonExport")}},
		}}
	}
	handle(a, r, func(ctx context.Context, in *idInput) (*huma.StreamResponse, error) {
		person, err := a.person(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		page, err := a.timeline(ctx, "profile", &timelineInput{ID: in.ID, Limit: exportPage})
		if err != nil {
			return nil, err
		}
		now := a.Clock.Now().UTC()
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			hc.SetHeader("Content-Type", "application/json")
			hc.SetHeader("Content-Disposition", fmt.Sprintf("attachment; filename=\"person-%s.json\"", person.ID))
			hc.SetStatus(http.StatusOK)
			if err := a.writeExport(hc.Context(), hc.BodyWriter(), personExport{ExportedAt: now, Person: person}, page.Body); err != nil {
				a.Log.Warn("an export of a person's data broke off", "error", err)
			}
		}}, nil
	})
	handle(a, route{method: "DELETE", path: base, tag: tag, summary: "Erase a person: every event of the profile and of all merged into it. It cannot be undone",
		status: http.StatusOK, errors: []int{404, 503}},
		func(ctx context.Context, in *idInput) (*answer[identity.Erased], error) {
			id, err := event.ParseProfileID(in.ID)
			if err != nil {
				return nil, &Fault{Kind: "invalid", Field: "id", Reason: err.Error()}
			}
			out, err := a.Erase(ctx, id)
			return &answer[identity.Erased]{out}, err
		})
}

// exportPage is how many events are read at once.
const exportPage = 1000

// personExport is the file of a person's data. It is written piece by piece, in this order.
type personExport struct {
	ExportedAt time.Time           `json:"exported_at" doc:"When"`
	Person     engine.Person       `json:"person" doc:"Identifiers, latest traits, account"`
	Events     []seq.TimelineEvent `json:"events" doc:"All of them, newest first"`
	Complete   bool                `json:"complete" doc:"Comes last: everything is here"`
}

// writeExport writes the file: what is known of the person, then one page of events after the other.
func (a *api) writeExport(ctx context.Context, w io.Writer, head personExport, page *seq.TimelineAnswer) error {
	person, err := json.Marshal(head.Person)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "{\n\"exported_at\": %q,\n\"person\": %s,\n\"events\": [", head.ExportedAt.Format(time.RFC3339), person); err != nil {
		return err
	}
	for comma := ""; ; {
		for _, e := range page.Events {
			line, err := json.Marshal(e)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(w, "%s\n%s", comma, line); err != nil {
				return err
			}
			comma = ","
		}
		if page.NextCursor == "" {
			_, err := io.WriteString(w, "\n],\n\"complete\": true\n}\n")
			return err
		}
		next, err := a.timeline(ctx, "profile", &timelineInput{ID: head.Person.ID.String(), Limit: exportPage, Cursor: page.NextCursor})
		if err != nil {
			return err
		}
		page = next.Body
	}
}
