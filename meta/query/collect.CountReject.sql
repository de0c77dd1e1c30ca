INSERT INTO rejected_counts (day, source_id, reason, count)
VALUES ($1, $2, $3, $4)
ON CONFLICT (day, source_id, reason) DO UPDATE SET count = rejected_counts.count + excluded.count
