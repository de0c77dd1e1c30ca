SELECT expires_at
FROM sessions
WHERE hash = $1
