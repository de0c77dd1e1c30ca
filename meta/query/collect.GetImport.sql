SELECT state FROM imports WHERE source = $1 AND id = $2
