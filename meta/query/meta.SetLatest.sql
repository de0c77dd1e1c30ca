UPDATE definitions SET latest = $3, live = $4 WHERE kind = $1 AND id = $2
