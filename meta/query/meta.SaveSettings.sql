INSERT INTO settings (workspace, body, etag)
VALUES ('default', $1, $2)
ON CONFLICT (workspace) DO UPDATE SET body = excluded.body, etag = excluded.etag
