SELECT day, source_id, reason, count
FROM rejected_counts
WHERE day >= $1
ORDER BY day, source_id, reason
