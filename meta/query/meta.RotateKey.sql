UPDATE sources SET write_key = $2 WHERE id = $1
