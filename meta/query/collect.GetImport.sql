SELECT state, cancelled_at FROM imports WHERE source = $1 AND id = $2
