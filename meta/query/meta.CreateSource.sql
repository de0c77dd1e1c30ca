INSERT INTO sources (id, name, platform, write_key, max_batch_bytes, max_batch_events, events_per_second, created_at, disabled_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
