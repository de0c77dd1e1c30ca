INSERT INTO definitions (kind, id, title, body, etag, created_at, updated_at, updated_by)
VALUES ($1, $2, $3, $4, $5, $6, $6, $7)
ON CONFLICT (kind, id) DO UPDATE
SET title = excluded.title, body = excluded.body, etag = excluded.etag,
    updated_at = excluded.updated_at, updated_by = excluded.updated_by, deleted_at = 0
