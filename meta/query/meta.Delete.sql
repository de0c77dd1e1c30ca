UPDATE definitions SET deleted_at = $3 WHERE kind = $1 AND id = $2
