package httpapi

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/insight"
	"wend.dev/wend/journey"
)

// registry names and shapes the schemas of our own types for the OpenAPI document.
func registry() huma.Registry {
	r := huma.NewMapRegistry("#/components/schemas/", schemaName)
	r.RegisterTypeAlias(reflect.TypeFor[seq.Names](), reflect.TypeFor[namesSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[seq.Duration](), reflect.TypeFor[durationSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[seq.Figure](), reflect.TypeFor[figureSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[event.ProfileID](), reflect.TypeFor[idSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[event.AccountID](), reflect.TypeFor[idSchema]())
	return r
}

// schemaName is the type's own name; the questions get "Question" behind it, as a funnel is also an answer's
// and a journey also a map's word.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[seq.Funnel](), reflect.TypeFor[seq.Paths](), reflect.TypeFor[seq.Trend](),
		reflect.TypeFor[seq.Retention](), reflect.TypeFor[seq.Lifecycle](), reflect.TypeFor[seq.Stickiness](),
		reflect.TypeFor[seq.Timeline](), reflect.TypeFor[seq.Journey](), reflect.TypeFor[seq.Segment](), reflect.TypeFor[seq.Overlap](),
		reflect.TypeFor[insight.Attribution](), reflect.TypeFor[seq.FunnelWho]():
		return name + "Question"
	case reflect.TypeFor[journey.View](), reflect.TypeFor[journey.Score]():
		return "Touchpoint" + name
	case reflect.TypeFor[Change]():
		return "ChangeSet"
	case reflect.TypeFor[journey.Value]():
		return "Journey" + name
	case reflect.TypeFor[huma.ErrorModel]():
		return "Problem"
	case reflect.TypeFor[huma.ErrorDetail]():
		return "ProblemDetail"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

type namesSchema struct{}

// Schema is a name or a list of names.
func (namesSchema) Schema(huma.Registry) *huma.Schema {
	one := 1
	return &huma.Schema{OneOf: []*huma.Schema{
		{Type: huma.TypeString, MinLength: &one},
		{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}, MinItems: &one},
	}}
}

type durationSchema struct{}

// Schema is a number and a unit.
func (durationSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Pattern: `^(\d+(\.\d+)?(s|m|h|d|w)|\d+ms)?$`,
		PatternDescription: "a duration such as 30m, 12h, 7d or 2w", Examples: []any{"7d"},
	}
}

type figureSchema struct{}

// Schema is a number or null.
func (figureSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Format: "double", Nullable: true}
}

type idSchema struct{}

// Schema is 16 hex digits.
func (idSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Pattern: `^[0-9a-f]{16}$`,
		PatternDescription: "an id of 16 hex digits", Examples: []any{"00c0ffee00c0ffee"},
	}
}

// tidy makes the finished document say what really comes: a list is never null (dense sees to it), a body never
// breaks the schema with a 422 (it is a 400), and every operation can answer 401 and 500.
func tidy(doc *huma.OpenAPI) {
	explain(doc.Components.Schemas.Map())
	seen := map[*huma.Schema]bool{}
	for _, s := range doc.Components.Schemas.Map() {
		tidySchema(s, seen)
	}
	for _, item := range doc.Paths {
		for _, op := range operations(item) {
			delete(op.Responses, "422")
		}
	}
}

func tidySchema(s *huma.Schema, seen map[*huma.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	tidySchema(s.Items, seen)
	if m, ok := s.AdditionalProperties.(*huma.Schema); ok {
		tidySchema(m, seen)
	}
	for _, p := range s.Properties {
		tidySchema(p, seen)
	}
}
