INSERT INTO sessions (hash, expires_at)
VALUES ($1, $2)
ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at
