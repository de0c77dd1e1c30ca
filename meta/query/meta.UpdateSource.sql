UPDATE sources
SET name = $2, platform = $3, max_batch_bytes = $4, max_batch_events = $5, events_per_second = $6, disabled_at = $7
WHERE id = $1
