SELECT id, source_id, received_at, reason, detail, kind, name, message_id, raw
FROM rejected
ORDER BY id
