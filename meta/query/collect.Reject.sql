INSERT INTO rejected (id, source_id, received_at, reason, detail, kind, name, message_id, raw)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
