SELECT id, name, platform, write_key, max_batch_bytes, max_batch_events, events_per_second, created_at, disabled_at
FROM sources
ORDER BY created_at, id
