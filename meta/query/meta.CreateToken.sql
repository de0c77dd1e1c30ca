INSERT INTO tokens (id, name, hash, hint, created_at, last_used_at, revoked_at)
VALUES ($1, $2, $3, $4, $5, 0, 0)
