INSERT INTO imports (source, id, updated_at, state)
VALUES ($1, $2, $3, $4)
ON CONFLICT (source, id) DO UPDATE SET updated_at = excluded.updated_at, state = excluded.state, cancelled_at = 0
WHERE imports.cancelled_at = 0 OR $5
