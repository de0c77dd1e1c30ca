SELECT kind, id, number, '' AS body, etag, note, published_at, published_by
FROM versions
WHERE kind = $1 AND id = $2
ORDER BY number DESC
