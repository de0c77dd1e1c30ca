package upload

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wend.dev/wend/collect/mapping"
	"wend.dev/wend/collect/table"
)

const maxEvent = 32 << 10 // what the server takes

// segmentFiles are files of JSON lines, each an event as Segment's spec writes it. Lines are sent as they are; one
// without a messageId gets one made of its content and its place.
type segmentFiles struct {
	paths   []string
	next    int
	file    table.Reader
	base    string
	size    int64
	before  int64
	row     int64
	scratch []byte
}

func openSegment(paths []string, format string) (items, error) {
	s := &segmentFiles{paths: slices.Clone(paths)}
	slices.SortFunc(s.paths, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	for _, p := range s.paths {
		switch format {
		case "segment-ndjson":
		case "":
			f, err := table.FormatOf(p)
			if err != nil {
				return nil, err
			}
			if f != table.NDJSON {
				return nil, fmt.Errorf("%s is a %s file: what its columns mean must be told by a mapping (--map)", filepath.Base(p), f)
			}
		default:
			return nil, fmt.Errorf("format %s needs a mapping (--map), which tells what the columns mean", format)
		}
		info, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("cannot open file: %w", err)
		}
		s.size += info.Size()
	}
	return s, nil
}

func (s *segmentFiles) Size() int64      { return s.size }
func (s *segmentFiles) Files() []string  { return s.paths }
func (s *segmentFiles) Unused() []string { return nil }

func (s *segmentFiles) Offset() int64 {
	if s.file != nil {
		return s.before + s.file.Offset()
	}
	return s.before
}

func (s *segmentFiles) Close() error {
	if s.file == nil {
		return nil
	}
	s.before += s.file.Offset()
	err := s.file.Close()
	s.file = nil
	return err
}

func (s *segmentFiles) Skip(rows int64) error {
	for s.row < rows {
		_, err := s.read()
		var bad *table.BadRow
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("the files have %d rows; %d were sent before", s.row, rows)
		}
		if err != nil && !errors.As(err, &bad) {
			return err
		}
	}
	return nil
}

func (s *segmentFiles) Next() (mapping.Item, error) {
	row, err := s.read()
	if err != nil {
		return mapping.Item{Row: s.row}, err
	}
	raw := s.file.Raw()
	if len(raw) > maxEvent {
		return mapping.Item{Row: s.row}, &table.BadRow{File: s.base, Line: s.file.Line(), Reason: fmt.Sprintf("the event is %d bytes long, more than the %d an event may have", len(raw), maxEvent)}
	}
	if id, ok := row["messageId"].(string); !ok || id == "" {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s:%d:%s", s.base, s.file.Line(), raw))
		s.scratch = append(append(append(s.scratch[:0], `{"messageId":"`...), hex.EncodeToString(sum[:16])...), '"')
		if len(row) > 0 {
			s.scratch = append(s.scratch, ',')
		}
		raw = append(s.scratch, raw[1:]...)
	}
	return mapping.Item{Row: s.row, Events: [][]byte{raw}}, nil
}

func (s *segmentFiles) read() (table.Row, error) {
	for {
		if s.file == nil {
			if s.next == len(s.paths) {
				return nil, io.EOF
			}
			f, err := table.Open(s.paths[s.next], table.Options{Format: table.NDJSON})
			if err != nil {
				return nil, err
			}
			s.file, s.base = f, filepath.Base(s.paths[s.next])
			s.next++
		}
		row, err := s.file.Next()
		if errors.Is(err, io.EOF) {
			if err := s.Close(); err != nil {
				return nil, fmt.Errorf("cannot read %s: %w", s.base, err)
			}
			continue
		}
		s.row++
		return row, err
	}
}
