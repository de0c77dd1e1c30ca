// Package segment is stage 2: logged events in, consistent snapshots of everything acknowledged out.
//
// A segment is one sealing of the log's tail: a lake file per day, and the parts made of exactly these files. The
// MANIFEST says which segments there are and up to which mark of the log they reach; it changes in one rename, so a
// kill loses nothing and repeats nothing.
//
//	Append ─▶ tail (memory) ──Seal──▶ segment ──compaction──▶ larger segment ──retention──▶ gone
//	            │ blocks                │ parts, mapped
//	            └──────────┬────────────┘
//	                       ▼
//	                   Snapshot      holds what it shows: replaced files are unmapped and removed when the last
//	                                 snapshot that shows them is released
//
//	DIR/MANIFEST, MANIFEST.copy            docs/format/segment.md
//	DIR/identity.snap                      what Identities learnt, or it is learnt again from the lake
//	DIR/lake/…                             Parquet: the truth
//	DIR/parts/<segment>-<n>.part           the sequence index: made again from the lake when missing or damaged
package segment
