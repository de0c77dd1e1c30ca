SELECT id, source_id, received_at, reason, detail, kind, name, message_id, raw
FROM rejected
WHERE ($1 = '' OR source_id = $1) AND ($2 = '' OR reason = $2) AND ($3 = '' OR id < $3)
ORDER BY id DESC
LIMIT $4
