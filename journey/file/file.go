// Package file is stage 4's file form: YAML (or JSON, which is YAML) in, journeys, touchpoints, personas and segments out, and back.
//
// A file holds one or several documents, divided by "---":
//
//	apiVersion: wend/v1
//	kind: Touchpoint            Journey, Touchpoint, Persona or Segment
//	metadata: {id: checkout, title: Checkout}
//	spec: {…}                   the fields of the Go type, by their JSON names
//
// Reading is strict: a key that is not known, given twice or of the wrong type is an error with file, line, column and,
// for a typo, the nearest key. Anchors, aliases and tags are refused, so a small file cannot unfold into a large one.
// Writing is canonical: equal documents give equal bytes, in the order of the Go fields, whatever they were read from.
package file

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"wend.dev/wend/journey"
)

// Error is one fault in a file.
type Error struct {
	File   string
	Line   int // from 1
	Column int // from 1
	Reason string
}

// Error is "file:line:column: reason".
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Reason)
}

// Document is one definition: exactly one of the four is set.
type Document struct {
	Journey    *journey.Journey
	Touchpoint *journey.Touchpoint
	Persona    *journey.Persona
	Segment    *journey.Segment
	File       string // where it was read from, "" if nowhere
	Line       int    // where it begins there
}

// Header is the definition's head; a zero one for an empty document.
func (d Document) Header() journey.Header {
	switch {
	case d.Journey != nil:
		return d.Journey.Header
	case d.Touchpoint != nil:
		return d.Touchpoint.Header
	case d.Persona != nil:
		return d.Persona.Header
	case d.Segment != nil:
		return d.Segment.Header
	}
	return journey.Header{}
}

// Value is the definition itself: a *journey.Journey, *journey.Touchpoint, *journey.Persona or *journey.Segment, ready for encoding/json;
// nil for an empty document.
func (d Document) Value() any {
	switch {
	case d.Journey != nil:
		return d.Journey
	case d.Touchpoint != nil:
		return d.Touchpoint
	case d.Persona != nil:
		return d.Persona
	case d.Segment != nil:
		return d.Segment
	}
	return nil
}

// empty is a fresh document of a kind, or false if the kind is not known.
func empty(kind string) (d Document, ok bool) {
	switch kind {
	case journey.KindJourney:
		d.Journey = new(journey.Journey)
	case journey.KindTouchpoint:
		d.Touchpoint = new(journey.Touchpoint)
	case journey.KindPersona:
		d.Persona = new(journey.Persona)
	case journey.KindSegment:
		d.Segment = new(journey.Segment)
	default:
		return d, false
	}
	return d, true
}

// kinds are in the order in which definitions refer to each other: what is referred to comes first.
func kinds() []string {
	return []string{journey.KindSegment, journey.KindPersona, journey.KindTouchpoint, journey.KindJourney}
}

// foreign are kinds of file that lie in the same folders and that others read.
func foreign() []string { return []string{"Mapping"} }

// Read reads all documents of one file; name is for messages. Documents of a kind that others read (Mapping) are left
// out. The error joins one *Error per fault; there are no documents beside an error.
func Read(name string, data []byte) ([]Document, error) {
	f, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	var out []Document
	var errs []error
	for _, doc := range f.Docs {
		if doc.Body == nil {
			continue
		}
		if _, ok := doc.Body.(*ast.CommentGroupNode); ok {
			continue
		}
		d, keep, faults := readDocument(name, doc.Body)
		errs = append(errs, faults...)
		if keep {
			out = append(out, d)
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return out, nil
}

func readDocument(name string, body ast.Node) (d Document, keep bool, faults []error) {
	r := &reader{file: name}
	head := r.fields(body, "the document")
	if head == nil {
		return d, false, r.faults
	}
	kind := ""
	if n := head["kind"]; n.value != nil {
		kind, _ = scalarText(n.value)
	}
	if slices.Contains(foreign(), kind) {
		return d, false, nil
	}
	d, ok := empty(kind)
	if !ok {
		at, reason := body, "the document has no kind; it is one of "+strings.Join(kinds(), ", ")
		if n := head["kind"]; n.value != nil {
			at, reason = n.value, fmt.Sprintf("there is no kind %q%s", kind, meant(kind, kinds()))
		}
		r.fault(at, "%s", reason)
		return d, false, r.faults
	}
	r.value(body, reflect.ValueOf(d.Value()).Elem(), field{path: kind})
	if h := d.Header(); len(r.faults) == 0 && h.APIVersion != journey.APIVersion {
		r.fault(body, "apiVersion is %q, want %q", h.APIVersion, journey.APIVersion)
	}
	d.File = name
	d.Line, _ = position(body)
	return d, true, r.faults
}

func syntaxError(name string, err error) error {
	var s *yaml.SyntaxError
	if errors.As(err, &s) && s.Token != nil && s.Token.Position != nil {
		return &Error{File: name, Line: s.Token.Position.Line, Column: s.Token.Position.Column, Reason: s.Message}
	}
	return &Error{File: name, Line: 1, Column: 1, Reason: err.Error()}
}

// ReadFolder reads every .yaml, .yml and .json file under a folder, sorted by path, and checks that no definition stands
// there twice. The documents are sorted: segments, personas, touchpoints, journeys, each by id.
func ReadFolder(fsys fs.FS) ([]Document, error) {
	var out []Document
	var errs []error
	err := fs.WalkDir(fsys, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(p)) {
			return err
		}
		b, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		docs, err := Read(p, b)
		errs = append(errs, err)
		out = append(out, docs...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read definitions: %w", err)
	}
	seen := map[string]Document{}
	for _, d := range out {
		h := d.Header()
		key := h.Kind + " " + h.Metadata.ID
		if first, ok := seen[key]; ok {
			errs = append(errs, &Error{d.File, d.Line, 1, fmt.Sprintf("%s %q stands in %s:%d already", h.Kind, h.Metadata.ID, first.File, first.Line)})
		}
		seen[key] = d
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	Sort(out)
	return out, nil
}

// Sort puts documents in the order in which they refer to each other: segments, personas, touchpoints, journeys; each by id.
func Sort(docs []Document) {
	order := kinds()
	slices.SortStableFunc(docs, func(a, b Document) int {
		x, y := a.Header(), b.Header()
		return cmp.Or(cmp.Compare(slices.Index(order, x.Kind), slices.Index(order, y.Kind)), cmp.Compare(x.Metadata.ID, y.Metadata.ID))
	})
}

// FromJSON reads one document from JSON as the API keeps it. It is as strict about keys as Read, without positions.
func FromJSON(data []byte) (Document, error) {
	var head struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return Document{}, fmt.Errorf("cannot read a definition: %w", err)
	}
	d, ok := empty(head.Kind)
	if !ok {
		return Document{}, fmt.Errorf("there is no kind %q%s", head.Kind, meant(head.Kind, kinds()))
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(d.Value()); err != nil {
		return Document{}, fmt.Errorf("cannot read a %s: %w", head.Kind, err)
	}
	return d, nil
}
