package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"wend.dev/wend/httpapi"
	"wend.dev/wend/journey"
	"wend.dev/wend/journey/file"
	"wend.dev/wend/meta"
)

// Files reads and writes all definitions as YAML.
func (d *Desk) Files() httpapi.Definitions { return files{d} }

type files struct{ desk *Desk }

func kinds() []string {
	return []string{journey.KindSegment, journey.KindPersona, journey.KindTouchpoint, journey.KindJourney}
}

// Export is one file per definition, in a folder per kind.
func (f files) Export(ctx context.Context) ([]httpapi.File, error) {
	docs, err := f.stored(ctx)
	if err != nil {
		return nil, err
	}
	out := []httpapi.File{}
	for _, doc := range docs {
		h := doc.Header()
		name := fmt.Sprintf("%ss/%s.yaml", strings.ToLower(h.Kind), h.Metadata.ID)
		out = append(out, httpapi.File{Name: name, Text: string(file.Write(doc))})
	}
	return out, nil
}

// stored is every definition, in the order in which they refer to each other.
func (f files) stored(ctx context.Context) (docs []file.Document, err error) {
	for _, kind := range kinds() {
		defs, err := f.desk.Store.List(ctx, kind, false)
		if err != nil {
			return nil, fault(err)
		}
		for _, def := range defs {
			doc, err := file.FromJSON(def.Body)
			if err != nil {
				return nil, fmt.Errorf("%s %q as stored: %w", kind, def.ID, err)
			}
			docs = append(docs, doc)
		}
	}
	file.Sort(docs)
	return docs, nil
}

// Apply makes the definitions like the files, or says what would change.
func (f files) Apply(ctx context.Context, c httpapi.Change) (plan httpapi.Plan, err error) {
	plan = httpapi.Plan{Items: []httpapi.PlanItem{}, Problems: []httpapi.FileProblem{}}
	want, problems := f.read(c.Files)
	if plan.Problems = append(plan.Problems, problems...); len(problems) > 0 {
		return plan, nil
	}
	have, err := f.stored(ctx)
	if err != nil {
		return plan, err
	}
	if plan.Problems = f.checkSegments(have, want); len(plan.Problems) > 0 {
		return plan, nil
	}
	var edits []meta.Edit
	for _, step := range file.Plan(have, want) {
		h := step.Document.Header()
		action := map[string]string{"create": "create", "change": "update", "keep": "unchanged"}[step.Do]
		plan.Items = append(plan.Items, httpapi.PlanItem{Kind: h.Kind, ID: h.Metadata.ID, Action: action, Diff: strings.Join(step.Changes, "\n")})
		if step.Do != "keep" {
			body, err := json.Marshal(step.Document.Value())
			if err != nil {
				return plan, err
			}
			edits = append(edits, meta.Edit{Kind: h.Kind, ID: h.Metadata.ID, Title: h.Metadata.Title, Body: body, IfMatch: "*"})
		}
	}
	var gone []journey.Header
	if c.Prune {
		gone = missing(have, want)
	}
	for _, h := range gone {
		plan.Items = append(plan.Items, httpapi.PlanItem{Kind: h.Kind, ID: h.Metadata.ID, Action: "delete"})
	}
	if c.DryRun {
		return plan, nil
	}
	if _, err := f.desk.Store.Put(ctx, edits...); err != nil {
		return plan, fault(err)
	}
	for _, h := range gone {
		if err := f.desk.Store.Delete(ctx, h.Kind, h.Metadata.ID, "*"); err != nil {
			return plan, fault(err)
		}
	}
	if len(edits)+len(gone) > 0 {
		f.desk.Changed(httpapi.Changed{Kind: "*"})
	}
	plan.Applied = true
	return plan, nil
}

// missing lists what is stored and not wanted.
func missing(have, want []file.Document) (gone []journey.Header) {
	wanted := map[string]bool{}
	for _, doc := range want {
		wanted[doc.Header().Kind+" "+doc.Header().Metadata.ID] = true
	}
	for _, doc := range have {
		if h := doc.Header(); !wanted[h.Kind+" "+h.Metadata.ID] {
			gone = append(gone, h)
		}
	}
	return gone
}

// read reads all files and finds everything wrong with them at once.
func (f files) read(in []httpapi.File) (docs []file.Document, problems []httpapi.FileProblem) {
	first := map[string]file.Document{}
	for _, one := range in {
		read, err := file.Read(one.Name, []byte(one.Text))
		problems = append(problems, problemsOf(one.Name, err)...)
		for _, doc := range read {
			h := doc.Header()
			say := func(format string, args ...any) {
				problems = append(problems, httpapi.FileProblem{File: one.Name, Line: doc.Line, Text: fmt.Sprintf(format, args...)})
			}
			key := h.Kind + " " + h.Metadata.ID
			switch twin, twice := first[key]; {
			case !validID.MatchString(h.Metadata.ID):
				say("metadata.id %q is not made of lower-case letters, digits and hyphens (at most 64)", h.Metadata.ID)
			case twice:
				say("%s %q stands in %s too, line %d", h.Kind, h.Metadata.ID, twin.File, twin.Line)
			}
			first[key] = doc
			if doc.Touchpoint != nil {
				f.checkMatchers(doc.Touchpoint, say)
			}
			docs = append(docs, doc)
		}
	}
	return docs, problems
}

var validID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

func (f files) checkMatchers(t *journey.Touchpoint, say func(string, ...any)) {
	for i, m := range t.Spec.Match {
		if err := f.desk.Matchers(m); err != nil {
			say("touchpoint %q: spec.match[%d].where: %s", t.Metadata.ID, i, reason(err))
		}
	}
	for i, m := range t.Spec.Failure {
		if err := f.desk.Matchers(m); err != nil {
			say("touchpoint %q: spec.failure[%d].where: %s", t.Metadata.ID, i, reason(err))
		}
	}
}

// problemsOf takes a joined error apart.
func problemsOf(name string, err error) (out []httpapi.FileProblem) {
	if err == nil {
		return nil
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range many.Unwrap() {
			out = append(out, problemsOf(name, one)...)
		}
		return out
	}
	var at *file.Error
	if errors.As(err, &at) {
		return []httpapi.FileProblem{{File: cmp.Or(at.File, name), Line: at.Line, Column: at.Column, Text: at.Reason}}
	}
	return []httpapi.FileProblem{{File: name, Text: err.Error()}}
}
