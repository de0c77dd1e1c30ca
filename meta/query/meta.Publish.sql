INSERT INTO versions (kind, id, number, body, etag, note, published_at, published_by, pins)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
