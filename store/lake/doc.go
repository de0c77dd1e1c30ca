// Package lake is stage 2: sorted events in, Parquet files out, and the same events back from them.
//
// The lake is the truth about everything that is sealed, and open: DuckDB, ClickHouse, Spark and pandas read it as it
// lies there. One segment of events becomes one file per UTC day of Event.Time:
//
//	day=2026-01-05/<segment>.parquet    rows sorted by profile, then time, then arrival
//	  message_id kind name time received_at profile_id user_id anonymous_id group_id source clamped
//	  properties context traits         JSON text, nested as it came
//	  extra whole                       what JSON alone would lose; almost always null
//
// docs/format/lake.md tells each column and what readers may rely on.
package lake
