SELECT kind, id, number, '' AS body, etag, note, published_at, published_by, pins
FROM versions
WHERE kind = $1 AND id = $2
ORDER BY number DESC
