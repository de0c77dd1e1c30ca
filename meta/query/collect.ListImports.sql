SELECT state, cancelled_at FROM imports ORDER BY updated_at DESC, source, id LIMIT $1
