package part

import (
	"fmt"
	"unsafe"
)

// number is what the arrays of a part are made of: fixed size, no pointers.
type number interface {
	~uint8 | ~uint16 | ~uint32 | ~uint64 | ~int64 | ~float64
}

// bytesOf is the memory of a slice.
func bytesOf[T number](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(s[0])))
}

// reader cuts arrays off a section. Each begins at a multiple of 8 from the section's start, which is itself at a
// multiple of 8 in memory. After the first fault it only gives empty slices.
type reader struct {
	data []byte
	at   uint64
	err  error
}

// take cuts n numbers off.
func take[T number](r *reader, n uint64) []T {
	if n == 0 {
		return nil
	}
	size := uint64(unsafe.Sizeof(*new(T)))
	r.at = align(r.at)
	if r.err != nil || r.at > uint64(len(r.data)) || n > (uint64(len(r.data))-r.at)/size {
		if r.err == nil {
			r.err = fmt.Errorf("%d numbers of %d bytes do not fit in a section of %d bytes", n, size, len(r.data))
		}
		return nil
	}
	s := unsafe.Slice((*T)(unsafe.Pointer(&r.data[r.at])), n)
	r.at += n * size
	return s
}

// end is the error if not all of the section was used, or too much.
func (r *reader) end() error {
	if r.err == nil && r.at != uint64(len(r.data)) {
		r.err = fmt.Errorf("section has %d bytes, %d expected", len(r.data), r.at)
	}
	return r.err
}

// align rounds up to a multiple of 8.
func align(n uint64) uint64 { return (n + 7) &^ 7 }
