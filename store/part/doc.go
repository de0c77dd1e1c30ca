// Package part is stage 2: sorted events in, a memory-mapped file with one store.Block out (the sequence index).
//
// A part is derived from the lake: it may be deleted at any time and is made again. The bytes, in full in
// docs/format/part.md:
//
//	┌────────────────────────────────────────────────────────────────────────────┐
//	│ header    "WENDPART" version sections size-of-file sum-of-header-and-table │
//	│ table     per section: what, where, how long, sum                          │
//	├────────────────────────────────────────────────────────────────────────────┤
//	│ meta      rows, profiles, names, columns, earliest and latest time         │ core: checked
//	│ profiles  u64 u64 …        keys      "user:42" "anon:9f" …                 │ when opened
//	│ starts    u32 u32 …        names     kind, name …                          │
//	│ times     i64 i64 …        directory path, kind, widths and counts of each │
//	│ codes     u16 u16 …                  column                                │
//	├────────────────────────────────────────────────────────────────────────────┤
//	│ column    bitmap, ranks, codes or numbers, dictionary                      │ checked by
//	│ …                                                                          │ Part.Verify
//	└────────────────────────────────────────────────────────────────────────────┘
//
// All numbers are little-endian and every array begins at a multiple of 8, so that the mapped bytes are the slices
// of the Block: opening reads the core once and the columns not at all.
package part
