package collect

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unsafe"
)

// body is what a request sent, decompressed. taken is the room it holds, to be given back when it is dealt with.
type body struct {
	text  string
	taken int64
}

func tooLarge(limit int64) *answer {
	return invalid("too_large", "the body is larger than %d bytes", limit)
}

// read reads at most limit bytes, after decompression; it unzips what is declared as gzip or starts like it. Room is
// taken as the body grows, so slow or large requests cannot hold more memory than the queue is allowed.
func (c *Collector) read(r *http.Request, limit int64) (b body, no *answer) {
	if r.ContentLength > limit {
		return b, tooLarge(limit)
	}
	var in io.Reader = r.Body
	guess := r.ContentLength
	head := [2]byte{}
	n, err := io.ReadFull(in, head[:])
	in = io.MultiReader(strings.NewReader(string(head[:n])), in)
	if err == nil && head == [2]byte{0x1f, 0x8b} {
		z, err := gzip.NewReader(bufio.NewReader(&capped{in, limit + 1}))
		if err != nil {
			return b, invalid("invalid_gzip", "the body is not valid gzip: %s", err)
		}
		in, guess = z, min(guess*4, limit)
	} else if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" && encoding != "gzip" && encoding != "x-gzip" {
		return b, invalid("invalid_encoding", "Content-Encoding %q is not known: send gzip or nothing", clip(encoding, 32))
	}
	return c.fill(in, max(guess, 512)+1, limit)
}

// fill reads to the end, growing from a first guess of the length.
func (c *Collector) fill(in io.Reader, guess, limit int64) (b body, no *answer) {
	full := &answer{http.StatusTooManyRequests, "limited", "too many events are waiting to be stored; send them again", 1}
	if !c.edge.try(guess) {
		return b, full
	}
	b.taken = guess
	buf := make([]byte, 0, guess)
	for {
		n, err := in.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > limit {
			return b, tooLarge(limit)
		}
		if errors.Is(err, io.EOF) {
			b.text = unsafe.String(unsafe.SliceData(buf), len(buf)) // buf is not written again
			return b, nil
		}
		if err != nil {
			return b, unreadable(err, limit)
		}
		if len(buf) == cap(buf) {
			more := min(int64(cap(buf)), limit+1-int64(cap(buf)))
			if !c.edge.try(more) {
				return b, full
			}
			b.taken += more
			buf = append(make([]byte, 0, int64(cap(buf))+more), buf...)
		}
	}
}

// errCapped is met when more compressed bytes come than the limit for the uncompressed ones.
var errCapped = errors.New("the compressed body is too large")

func unreadable(err error, limit int64) *answer {
	switch {
	case errors.Is(err, errCapped):
		return tooLarge(limit)
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return invalid("invalid_gzip", "the body is not valid gzip: %s", err)
	}
	return invalid("invalid_body", "the body could not be read: %s", err)
}

// capped fails once more than left bytes were read.
type capped struct {
	in   io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("%w", errCapped)
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}
