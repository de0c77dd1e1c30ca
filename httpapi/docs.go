package httpapi

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html
var docsTemplate string

// serveDocument serves the OpenAPI document.
func (a *api) serveDocument(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/openapi+json")
	_, _ = w.Write(a.doc)
}

// docsPage writes the document as one page of HTML that loads nothing else: it works without a network.
func docsPage(doc *huma.OpenAPI) (http.HandlerFunc, error) {
	t, err := template.New("docs").Parse(docsTemplate)
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	if err := t.Execute(&page, describe(doc)); err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page.Bytes())
	}, nil
}

// What the template shows.
type (
	docsData struct {
		Groups  []docsGroup
		Schemas []docsSchema
	}
	docsGroup struct {
		Name       string
		Operations []docsOperation
	}
	docsOperation struct {
		ID, Method, Path, Summary, Description string
		Params                                 []docsField
		Body                                   *docsType
		Answers                                []docsAnswer
	}
	docsAnswer struct {
		Status, Meaning string
		Type            *docsType
	}
	docsSchema struct {
		Name   string
		Fields []docsField
	}
	docsField struct {
		Name, Where, About string
		Required           bool
		Type               docsType
	}
	docsType struct {
		Before, Link, After string // "list of ", "FunnelStep", ""
	}
)

func describe(doc *huma.OpenAPI) (out docsData) {
	group := map[string]int{}
	for _, path := range sortedKeys(doc.Paths) {
		for _, op := range operations(doc.Paths[path]) {
			i, ok := group[op.Tags[0]]
			if !ok {
				i = len(out.Groups)
				group[op.Tags[0]] = i
				out.Groups = append(out.Groups, docsGroup{Name: op.Tags[0]})
			}
			out.Groups[i].Operations = append(out.Groups[i].Operations, describeOperation(op))
		}
	}
	schemas := doc.Components.Schemas.Map()
	for _, name := range sortedKeys(schemas) {
		s := docsSchema{Name: name}
		for _, field := range sortedKeys(schemas[name].Properties) {
			p := schemas[name].Properties[field]
			s.Fields = append(s.Fields, docsField{Name: field, About: about(p), Type: typeOf(p), Required: slices.Contains(schemas[name].Required, field)})
		}
		out.Schemas = append(out.Schemas, s)
	}
	return out
}

// operations lists a path's operations in the order in which people look for them.
func operations(item *huma.PathItem) (out []*huma.Operation) {
	for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
		if op != nil {
			out = append(out, op)
		}
	}
	return out
}

func describeOperation(op *huma.Operation) docsOperation {
	out := docsOperation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description}
	for _, p := range op.Parameters {
		out.Params = append(out.Params, docsField{Name: p.Name, Where: p.In, About: about(p.Schema), Type: typeOf(p.Schema), Required: p.Required})
	}
	if op.RequestBody != nil {
		for _, kind := range sortedKeys(op.RequestBody.Content) {
			t := typeOf(op.RequestBody.Content[kind].Schema)
			out.Body = &t
		}
	}
	for _, status := range sortedKeys(op.Responses) {
		r := op.Responses[status]
		a := docsAnswer{Status: status, Meaning: r.Description}
		for _, kind := range sortedKeys(r.Content) {
			t := typeOf(r.Content[kind].Schema)
			a.Type = &t
		}
		out.Answers = append(out.Answers, a)
	}
	return out
}

// about is a field's description with its bounds.
func about(s *huma.Schema) string {
	parts := []string{s.Description}
	values := s.Enum
	if s.Items != nil && len(values) == 0 {
		values = s.Items.Enum
	}
	if len(values) > 0 {
		words := make([]string, len(values))
		for i, v := range values {
			words[i] = fmt.Sprint(v)
		}
		parts = append(parts, "One of "+strings.Join(words, ", ")+".")
	}
	if s.Minimum != nil {
		parts = append(parts, "At least "+strconv.FormatFloat(*s.Minimum, 'f', -1, 64)+".")
	}
	if s.Maximum != nil {
		parts = append(parts, "At most "+strconv.FormatFloat(*s.Maximum, 'f', -1, 64)+".")
	}
	if s.Default != nil {
		parts = append(parts, fmt.Sprintf("Default %v.", s.Default))
	}
	return strings.Join(parts, " ")
}

// typeOf says a schema's type in words, with a link if it has a name.
func typeOf(s *huma.Schema) docsType {
	switch {
	case s == nil:
		return docsType{Before: "any"}
	case s.Ref != "":
		return docsType{Link: s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]}
	case s.Type == huma.TypeArray:
		t := typeOf(s.Items)
		t.Before = "list of " + t.Before
		return t
	case s.Type == huma.TypeObject:
		if of, ok := s.AdditionalProperties.(*huma.Schema); ok {
			t := typeOf(of)
			t.Before = "map to " + t.Before
			return t
		}
		return docsType{Before: "object"}
	case len(s.OneOf) > 0:
		t := typeOf(s.OneOf[0])
		for _, o := range s.OneOf[1:] {
			other := typeOf(o)
			t.After += " or " + other.Before + other.Link + other.After
		}
		return t
	case s.Type == "":
		return docsType{Before: "any"}
	}
	t := docsType{Before: s.Type}
	if s.Format == "date-time" || s.Format == "date" {
		t.Before = s.Format
	}
	if s.Nullable {
		t.After = " or null"
	}
	return t
}
