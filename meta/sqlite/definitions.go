package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"wend.dev/wend/meta"
)

// List implements meta.Definitions.
func (s *Store) List(ctx context.Context, kind string, deleted bool) ([]meta.Definition, error) {
	out, err := list(ctx, s, "meta.List", scanDefinition, kind, deleted)
	if err != nil {
		return nil, fmt.Errorf("cannot list definitions of kind %q: %w", kind, err)
	}
	return out, nil
}

// Get implements meta.Definitions.
func (s *Store) Get(ctx context.Context, kind, id string) (meta.Definition, error) {
	d, err := s.definition(ctx, nil, kind, id)
	if err == nil && d.DeletedAt != 0 {
		err = fmt.Errorf("%s %q is in the bin: %w", kind, id, meta.ErrNotFound)
	}
	if err != nil {
		return meta.Definition{}, err
	}
	return d, nil
}

// definition reads one, in use or in the bin.
func (s *Store) definition(ctx context.Context, tx *sql.Tx, kind, id string) (meta.Definition, error) {
	d, err := scanDefinition(s.row(ctx, tx, "meta.Get", kind, id))
	if errors.Is(err, sql.ErrNoRows) {
		return d, fmt.Errorf("%s %q: %w", kind, id, meta.ErrNotFound)
	}
	if err != nil {
		return d, fmt.Errorf("cannot read %s %q: %w", kind, id, err)
	}
	return d, nil
}

// Put implements meta.Definitions.
func (s *Store) Put(ctx context.Context, edits ...meta.Edit) ([]meta.Definition, error) {
	out := make([]meta.Definition, len(edits))
	err := s.within(ctx, func(tx *sql.Tx) error {
		for i, e := range edits {
			var err error
			if out[i], err = s.put(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cannot save: %w", err)
	}
	return out, nil
}

func (s *Store) put(ctx context.Context, tx *sql.Tx, e meta.Edit) (meta.Definition, error) {
	body, err := compactObject(e.Body)
	if err == nil && (e.Kind == "" || e.ID == "") {
		err = fmt.Errorf("a definition needs a kind and an id: %w", meta.ErrInvalid)
	}
	if err != nil {
		return meta.Definition{}, fmt.Errorf("%s %q: %w", e.Kind, e.ID, err)
	}
	old, err := s.definition(ctx, tx, e.Kind, e.ID)
	exists := err == nil && old.DeletedAt == 0
	switch {
	case err != nil && !errors.Is(err, meta.ErrNotFound):
		return meta.Definition{}, err
	case e.IfMatch == "" && exists:
		return meta.Definition{}, fmt.Errorf("%s %q is there already: %w", e.Kind, e.ID, meta.ErrConflict)
	case e.IfMatch != "" && e.IfMatch != "*" && !exists:
		return meta.Definition{}, fmt.Errorf("%s %q was deleted: %w", e.Kind, e.ID, meta.ErrConflict)
	case e.IfMatch != "" && e.IfMatch != "*" && e.IfMatch != old.ETag:
		return meta.Definition{}, fmt.Errorf("%s %q: %w", e.Kind, e.ID, meta.ErrConflict)
	}
	if _, err := s.exec(ctx, tx, "meta.Put", e.Kind, e.ID, e.Title, string(body), etag(body), int64(s.now()), e.By); err != nil {
		return meta.Definition{}, err
	}
	return s.definition(ctx, tx, e.Kind, e.ID)
}

// Delete implements meta.Definitions.
func (s *Store) Delete(ctx context.Context, kind, id, ifMatch string) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		d, err := s.definition(ctx, tx, kind, id)
		switch {
		case err != nil:
			return err
		case d.DeletedAt != 0:
			return fmt.Errorf("%s %q is in the bin: %w", kind, id, meta.ErrNotFound)
		case ifMatch != "*" && ifMatch != d.ETag:
			return fmt.Errorf("%s %q: %w", kind, id, meta.ErrConflict)
		}
		_, err = s.exec(ctx, tx, "meta.Delete", kind, id, int64(s.now()))
		return err
	})
}

// Restore implements meta.Definitions.
func (s *Store) Restore(ctx context.Context, kind, id string) (d meta.Definition, err error) {
	err = s.within(ctx, func(tx *sql.Tx) error {
		if d, err = s.definition(ctx, tx, kind, id); err != nil {
			return err
		}
		if d.DeletedAt == 0 {
			return fmt.Errorf("%s %q is not in the bin: %w", kind, id, meta.ErrNotFound)
		}
		d.DeletedAt = 0
		_, err = s.exec(ctx, tx, "meta.Delete", kind, id, 0)
		return err
	})
	return d, err
}

// Publish implements meta.Versions.
func (s *Store) Publish(ctx context.Context, p meta.Publication) (v meta.Version, err error) {
	err = s.within(ctx, func(tx *sql.Tx) error {
		pins := []meta.Pin{}
		for _, r := range p.Refers {
			pinned, err := s.publish(ctx, tx, meta.Publication{Kind: r.Kind, ID: r.ID, IfMatch: "*", Note: p.Note, By: p.By}, nil)
			if errors.Is(err, meta.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			pins = append(pins, meta.Pin{Kind: r.Kind, ID: r.ID, Number: pinned.Number})
		}
		v, err = s.publish(ctx, tx, p, pins)
		return err
	})
	return v, err
}

// publish publishes one draft. pins nil means that they do not matter.
func (s *Store) publish(ctx context.Context, tx *sql.Tx, p meta.Publication, pins []meta.Pin) (v meta.Version, err error) {
	d, err := s.definition(ctx, tx, p.Kind, p.ID)
	switch {
	case err != nil:
		return v, err
	case d.DeletedAt != 0:
		return v, fmt.Errorf("%s %q is in the bin: %w", p.Kind, p.ID, meta.ErrNotFound)
	case p.IfMatch != "*" && p.IfMatch != d.ETag:
		return v, fmt.Errorf("%s %q: %w", p.Kind, p.ID, meta.ErrConflict)
	case d.Latest > 0 && d.Live == d.ETag:
		if v, err = s.version(ctx, tx, p.Kind, p.ID, d.Latest); err != nil || pins == nil || slices.Equal(v.Pins, pins) {
			return v, err
		}
	}
	v = meta.Version{Kind: p.Kind, ID: p.ID, Number: d.Latest + 1, Body: d.Body, ETag: d.ETag,
		Note: p.Note, PublishedAt: s.now(), PublishedBy: p.By, Pins: append([]meta.Pin{}, pins...)}
	text, err := json.Marshal(v.Pins)
	if err != nil {
		return v, err
	}
	if _, err = s.exec(ctx, tx, "meta.Publish", v.Kind, v.ID, v.Number, string(v.Body), v.ETag, v.Note,
		int64(v.PublishedAt), v.PublishedBy, string(text)); err != nil {
		return v, err
	}
	_, err = s.exec(ctx, tx, "meta.SetLatest", v.Kind, v.ID, v.Number, v.ETag)
	return v, err
}

// Version implements meta.Versions.
func (s *Store) Version(ctx context.Context, kind, id string, number int) (meta.Version, error) {
	return s.version(ctx, nil, kind, id, number)
}

func (s *Store) version(ctx context.Context, tx *sql.Tx, kind, id string, number int) (meta.Version, error) {
	v, err := scanVersion(s.row(ctx, tx, "meta.Version", kind, id, number))
	if errors.Is(err, sql.ErrNoRows) {
		return v, fmt.Errorf("%s %q has no version %d: %w", kind, id, number, meta.ErrNotFound)
	}
	if err != nil {
		return v, fmt.Errorf("cannot read version %d of %s %q: %w", number, kind, id, err)
	}
	return v, nil
}

// Versions implements meta.Versions.
func (s *Store) Versions(ctx context.Context, kind, id string) ([]meta.Version, error) {
	out, err := list(ctx, s, "meta.Versions", scanVersion, kind, id)
	if err != nil {
		return nil, fmt.Errorf("cannot list versions of %s %q: %w", kind, id, err)
	}
	return out, nil
}

func scanDefinition(r scanner) (d meta.Definition, err error) {
	var body string
	err = r.Scan(&d.Kind, &d.ID, &d.Title, &body, &d.ETag, &d.Latest, &d.Live, &d.CreatedAt, &d.UpdatedAt, &d.UpdatedBy, &d.DeletedAt)
	d.Body = json.RawMessage(body)
	return d, err
}

func scanVersion(r scanner) (v meta.Version, err error) {
	var body, pins string
	err = r.Scan(&v.Kind, &v.ID, &v.Number, &body, &v.ETag, &v.Note, &v.PublishedAt, &v.PublishedBy, &pins)
	if err == nil {
		err = json.Unmarshal([]byte(pins), &v.Pins)
	}
	if body != "" {
		v.Body = json.RawMessage(body)
	}
	return v, err
}

// compactObject drops blanks from a JSON object, so that equal documents have equal tags.
func compactObject(body []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, body); err != nil {
		return nil, fmt.Errorf("the document is not JSON (%w): %w", err, meta.ErrInvalid)
	}
	if b.Len() == 0 || b.Bytes()[0] != '{' {
		return nil, fmt.Errorf("the document is not a JSON object: %w", meta.ErrInvalid)
	}
	return b.Bytes(), nil
}
