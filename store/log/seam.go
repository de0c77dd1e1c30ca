package log

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/cespare/xxhash/v2"

	"wend.dev/wend/store"
)

// fillBytes is the size of a message of which two do not fit one of JetStream's files (8 MiB, less with a MaxBytes).
const fillBytes = 4<<20 + 64<<10

// Seam appends messages without events, so large that everything before them lies in files of its own: after a Trim up
// to the mark that it returns no byte of it is left on the disk. JetStream does not rewrite a file of a few megabytes
// when messages in it are purged.
func (l *Log) Seam(ctx context.Context) (mark store.Mark, err error) {
	for _, size := range []int{fillBytes, fillBytes, 0} { // the last is small: it is the one that stays after a Trim
		message := filler(size)
		if mark, err = l.append(ctx, message); err != nil {
			return 0, fmt.Errorf("cannot append a seam: %w", err)
		}
		if l.opts.URL == "" {
			l.recent.add(entry{mark: mark, bytes: len(message)})
		}
	}
	return mark, nil
}

// filler is a message of no events whose string table holds some zeros.
func filler(size int) []byte {
	b := Encode(make([]byte, 0, size+64), nil)
	body := binary.LittleEndian.Uint32(b[len(b)-4:])
	b = binary.AppendUvarint(b[:body], 1)
	b = binary.AppendUvarint(b, uint64(size))
	b = append(b, make([]byte, size)...)
	b = binary.LittleEndian.AppendUint32(b, body)
	binary.LittleEndian.PutUint64(b[len(magic):], xxhash.Sum64(b[headerSize:]))
	return b
}
