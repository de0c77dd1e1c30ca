SELECT kind, id, number, body, etag, note, published_at, published_by, pins
FROM versions
WHERE kind = $1 AND id = $2 AND (number = $3 OR $3 = 0)
ORDER BY number DESC
LIMIT 1
