package desk

import (
	"context"
	"fmt"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/httpapi"
	"wend.dev/wend/journey"
	"wend.dev/wend/journey/file"
)

// Segmented is the stored segments.
func (d *Desk) Segmented() httpapi.Shelf[journey.Segment] {
	s := shelf[journey.Segment]{desk: d, kind: journey.KindSegment, head: func(s *journey.Segment) *journey.Header { return &s.Header }}
	s.check = d.checkSegment
	return s
}

// StoredSegments makes the desk an engine.Stored.
func (d *Desk) StoredSegments(ctx context.Context) (map[string]seq.StoredSegment, error) {
	out := map[string]seq.StoredSegment{}
	err := each(ctx, d, journey.KindSegment, func(id string, s *journey.Segment) { out[id] = s.Spec.Stored() })
	return out, err
}

// checkSegment says why a segment cannot be kept: its condition must compile among those that are there.
func (d *Desk) checkSegment(ctx context.Context, s journey.Segment) error {
	stored, err := d.StoredSegments(ctx)
	if err != nil {
		return err
	}
	stored[s.Metadata.ID] = s.Spec.Stored()
	if err := d.Segments(s.Spec.Stored(), stored); err != nil {
		return &httpapi.Fault{Kind: "invalid", Field: "spec.where", Reason: reason(err)}
	}
	return nil
}

// checkSegments finds what is wrong with the segments among some files.
func (f files) checkSegments(have, want []file.Document) (problems []httpapi.FileProblem) {
	problems = []httpapi.FileProblem{}
	stored := map[string]seq.StoredSegment{}
	for _, docs := range [][]file.Document{have, want} {
		for _, doc := range docs {
			if doc.Segment != nil {
				stored[doc.Segment.Metadata.ID] = doc.Segment.Spec.Stored()
			}
		}
	}
	for _, doc := range want {
		if doc.Segment == nil {
			continue
		}
		if err := f.desk.Segments(doc.Segment.Spec.Stored(), stored); err != nil {
			text := fmt.Sprintf("segment %q: spec.where: %s", doc.Segment.Metadata.ID, reason(err))
			problems = append(problems, httpapi.FileProblem{File: doc.File, Line: doc.Line, Text: text})
		}
	}
	return problems
}
