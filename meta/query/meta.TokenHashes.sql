SELECT hash
FROM tokens
WHERE revoked_at = 0
