UPDATE imports SET cancelled_at = $3, updated_at = $3
WHERE source = $1 AND id = $2
