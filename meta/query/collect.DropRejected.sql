DELETE FROM rejected WHERE id = $1
