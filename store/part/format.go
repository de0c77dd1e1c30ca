package part

import (
	"encoding/binary"
	"fmt"

	"github.com/cespare/xxhash/v2"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// Version is the number of the format that this code writes and reads. docs/format/part.md has its history. A part
// of another version is made again from the lake, so old ones need no reader.
const Version = 1

const (
	magic      = "WENDPART"
	headerSize = 40
	entrySize  = 32
)

// What a section holds. The numbers are on disk.
const (
	sectionMeta      = 1
	sectionProfiles  = 2
	sectionKeys      = 3
	sectionStarts    = 4
	sectionTimes     = 5
	sectionCodes     = 6
	sectionNames     = 7
	sectionDirectory = 8
	sectionColumn    = 9 // one per column, in the directory's order
)

// cores is how many sections come before the columns: 1 to 8, each once.
const cores = sectionDirectory

// entry is one line of the section table.
type entry struct {
	kind   uint32
	offset uint64
	size   uint64
	sum    uint64
}

func (e entry) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, e.kind)
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint64(b, e.offset)
	b = binary.LittleEndian.AppendUint64(b, e.size)
	return binary.LittleEndian.AppendUint64(b, e.sum)
}

func readEntry(b []byte) entry {
	le := binary.LittleEndian
	return entry{kind: le.Uint32(b), offset: le.Uint64(b[8:]), size: le.Uint64(b[16:]), sum: le.Uint64(b[24:])}
}

// header is the first bytes of a file: magic, version, number of sections, size of the file, the sum of the table
// and of the header before it, and 8 zero bytes.
func header(table []byte, sections int, size uint64) []byte {
	b := append(make([]byte, 0, headerSize), magic...)
	b = binary.LittleEndian.AppendUint32(b, Version)
	b = binary.LittleEndian.AppendUint32(b, uint32(sections))
	b = binary.LittleEndian.AppendUint64(b, size)
	b = binary.LittleEndian.AppendUint64(b, headerSum(b, table))
	return binary.LittleEndian.AppendUint64(b, 0)
}

func headerSum(head, table []byte) uint64 {
	var d xxhash.Digest
	d.Reset()
	_, _ = d.Write(head)
	_, _ = d.Write(table)
	return d.Sum64()
}

// readTable checks the header and the table, and that the sections lie in the file one after the other.
func readTable(data []byte) ([]entry, error) {
	if len(data) < headerSize {
		return nil, fmt.Errorf("%d bytes are too few for a part", len(data))
	}
	if string(data[:8]) != magic {
		return nil, fmt.Errorf("not a part: it begins with %q", data[:8])
	}
	le := binary.LittleEndian
	if v := le.Uint32(data[8:]); v != Version {
		return nil, &VersionError{Found: v}
	}
	n, size := uint64(le.Uint32(data[12:])), le.Uint64(data[16:])
	if size != uint64(len(data)) {
		return nil, fmt.Errorf("file has %d bytes, %d expected", len(data), size)
	}
	if n < cores || n > (size-headerSize)/entrySize {
		return nil, fmt.Errorf("%d sections are not possible", n)
	}
	table := data[headerSize : headerSize+n*entrySize]
	if le.Uint64(data[24:]) != headerSum(data[:24], table) {
		return nil, fmt.Errorf("header or section table is damaged")
	}
	entries := make([]entry, n)
	at := headerSize + n*entrySize
	for i := range entries {
		e := readEntry(table[i*entrySize:])
		want := uint32(min(i+1, sectionColumn))
		if e.kind != want || e.offset != at || e.size > size-at {
			return nil, fmt.Errorf("section %d (kind %d, %d bytes at %d) does not fit", i, e.kind, e.size, e.offset)
		}
		at = align(at + e.size)
		if at > size {
			return nil, fmt.Errorf("section %d ends past the file", i)
		}
		entries[i] = e
	}
	if at != size {
		return nil, fmt.Errorf("%d bytes after the last section", size-at)
	}
	return entries, nil
}

// VersionError says that a part was written in another version of the format.
type VersionError struct {
	Found uint32
}

// Error tells both versions.
func (e *VersionError) Error() string {
	how := "an older"
	if e.Found > Version {
		how = "a newer"
	}
	return fmt.Sprintf("part has format version %d of %s wend, this one reads version %d: delete it and it is made again from the lake", e.Found, how, Version)
}

// section is one section's arrays, to be written one after the other, each aligned.
type section struct {
	kind   uint32
	arrays [][]byte
}

// size is the section's length in the file, without the padding after its last array.
func (s section) size() (n uint64) {
	for _, a := range s.arrays {
		if len(a) > 0 {
			n = align(n) + uint64(len(a))
		}
	}
	return n
}

// meta is the first section: the counts that the others are cut by.
type meta struct {
	rows, profiles, keyBytes, names, nameBytes, columns, pathBytes uint64
	minTime, maxTime                                               event.Millis
}

const metaWords = 9

func (m meta) words() []uint64 {
	return []uint64{m.rows, m.profiles, m.keyBytes, m.names, m.nameBytes, m.columns, m.pathBytes, uint64(m.minTime), uint64(m.maxTime)}
}

// lineWords is the length of one column's line in the directory: kind, width of a code, values, strings in the
// dictionary, their bytes, bytes of the path.
const lineWords = 6

func line(c *store.Column) []uint64 {
	width := 0
	switch {
	case c.Codes.U8 != nil:
		width = 1
	case c.Codes.U16 != nil:
		width = 2
	case c.Codes.U32 != nil:
		width = 4
	}
	return []uint64{uint64(c.Kind), uint64(width), uint64(c.Len()), uint64(c.Dict.Len()), uint64(len(c.Dict.Bytes)), uint64(len(c.Path))}
}

// sections lays a block out.
func sections(b *store.Block) []section {
	m := meta{
		rows: uint64(b.Rows()), profiles: uint64(len(b.Profiles)), keyBytes: uint64(len(b.Keys.Bytes)), names: uint64(len(b.Names)),
		columns: uint64(len(b.Columns)), minTime: b.MinTime, maxTime: b.MaxTime,
	}
	var kinds, names, paths []byte
	nameEnds := []uint32{0}
	for _, n := range b.Names {
		kinds = append(kinds, byte(n.Kind))
		names = append(names, n.Name...)
		nameEnds = append(nameEnds, uint32(len(names)))
	}
	m.nameBytes = uint64(len(names))
	var lines []uint64
	var columns []section
	for _, c := range b.Columns {
		lines = append(lines, line(c)...)
		paths = append(paths, c.Path...)
		columns = append(columns, section{sectionColumn, [][]byte{
			bytesOf(c.Present), bytesOf(c.Rank), c.Codes.U8, bytesOf(c.Codes.U16), bytesOf(c.Codes.U32), bytesOf(c.Nums),
			bytesOf(c.Dict.Offsets), c.Dict.Bytes,
		}})
	}
	m.pathBytes = uint64(len(paths))
	keyEnds := b.Keys.Offsets
	if len(keyEnds) == 0 {
		keyEnds = []uint32{0}
	}
	starts := b.Starts
	if len(starts) == 0 {
		starts = []uint32{0}
	}
	return append([]section{
		{sectionMeta, [][]byte{bytesOf(m.words())}},
		{sectionProfiles, [][]byte{bytesOf(b.Profiles)}},
		{sectionKeys, [][]byte{bytesOf(keyEnds), b.Keys.Bytes}},
		{sectionStarts, [][]byte{bytesOf(starts)}},
		{sectionTimes, [][]byte{bytesOf(b.Times)}},
		{sectionCodes, [][]byte{bytesOf(b.Codes)}},
		{sectionNames, [][]byte{kinds, bytesOf(nameEnds), names}},
		{sectionDirectory, [][]byte{bytesOf(lines), paths}},
	}, columns...)
}
