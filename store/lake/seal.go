package lake

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cespare/xxhash/v2"
)

// Every file carries its own sum, because Parquet's reader cannot be given damaged bytes: a turned bit in a footer can
// make it ask for all memory there is, which no recover catches. The sum stands as 16 hex digits in the footer's
// metadata, and is that of the file with noSum in its place. It is checked before the Parquet library sees a byte.
const (
	sumKey = "wend.sum"
	noSum  = "0000000000000000"

	// sumMark stands right before the digits: the key, then a Thrift (compact) string of 16 bytes in the next field.
	sumMark = sumKey + "\x18\x10"
)

var errDamaged = errors.New("it is damaged: its bytes do not have the sum that it carries")

// sealer hashes what passes through and, once hold is set, keeps the rest back until the sum is put in.
type sealer struct {
	to   io.Writer
	hash xxhash.Digest
	size int64
	hold bool
	held []byte
}

// Write passes on, or keeps.
func (s *sealer) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	if s.hold {
		s.held = append(s.held, p...)
		return len(p), nil
	}
	_, _ = s.hash.Write(p)
	return s.to.Write(p)
}

// seal puts the sum into what was held and writes it. It gives the file's length and the sum of its final bytes.
func (s *sealer) seal() (size int64, sum uint64, err error) {
	at := bytes.LastIndex(s.held, []byte(sumMark+noSum))
	if at < 0 {
		return 0, 0, errors.New("the footer has no place for the sum")
	}
	final := s.hash
	_, _ = s.hash.Write(s.held)
	var hex [16]byte
	putHex(&hex, s.hash.Sum64())
	copy(s.held[at+len(sumMark):], hex[:])
	_, _ = final.Write(s.held)
	_, err = s.to.Write(s.held)
	return s.size, final.Sum64(), err
}

// checkSeal compares a file with the sum that it carries.
func checkSeal(f *os.File, size int64) error {
	var tail [8]byte
	if size < int64(len("PAR1")+len(tail)) {
		return fmt.Errorf("%d bytes are too few for Parquet", size)
	}
	if _, err := f.ReadAt(tail[:], size-int64(len(tail))); err != nil {
		return err
	}
	n := int64(binary.LittleEndian.Uint32(tail[:]))
	if string(tail[4:]) != "PAR1" || n > size-int64(len("PAR1")+len(tail)) {
		return errors.New("it is not Parquet, or cut off")
	}
	footer := make([]byte, n+int64(len(tail)))
	begin := size - int64(len(footer))
	if _, err := f.ReadAt(footer, begin); err != nil {
		return err
	}
	at := bytes.LastIndex(footer, []byte(sumMark))
	if at < 0 || len(footer) < at+len(sumMark)+len(noSum) {
		return errors.New("it carries no sum: not a lake file, or damaged")
	}
	digits := footer[at+len(sumMark):][:len(noSum)]
	want := string(digits)
	copy(digits, noSum)
	d := xxhash.New()
	if _, err := io.Copy(d, io.NewSectionReader(f, 0, begin)); err != nil {
		return err
	}
	_, _ = d.Write(footer)
	var got [16]byte
	if putHex(&got, d.Sum64()); string(got[:]) != want {
		return errDamaged
	}
	return nil
}
