SELECT kind, id, title, body, etag, latest, live, created_at, updated_at, updated_by, deleted_at
FROM definitions
WHERE kind = $1 AND (deleted_at <> 0) = $2
ORDER BY id
