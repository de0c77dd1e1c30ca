package dedup

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"sort"
	"unsafe"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sys/unix"

	"wend.dev/wend/event"
)

// The layout of a generation file; all numbers little-endian. The header is 64 bytes long:
//
//	magic "wenddup1" │ n │ first │ last │ filter blocks │ sum of the fences and the filter │ sum of the ids │ sum of the header so far
const (
	magic      = "wenddup1"
	headerSize = 64
	fenceEvery = 512 // ids between fences: 4 KB, one page
	blockWords = 8   // a filter block is one cache line
	idsInBlock = 51  // 10 bits per id
	probes     = 6   // bits set per id; about 1.5 % of strangers pass
)

// generation is one mapped file of sorted ids.
type generation struct {
	path        string
	number      uint64
	n           int
	first, last event.Millis
	data        []byte // the mapping
	ids         []uint64
	fences      []uint64
	filter      []uint64
}

func fileName(dir string, number uint64) string {
	return filepath.Join(dir, fmt.Sprintf("gen-%d", number))
}

// run yields ids in ascending order, each once.
type run interface {
	len() int // at least as many as there are
	next() (id uint64, ok bool)
}

// sliceRun is a run over a slice.
type sliceRun struct {
	ids []uint64
}

func (r *sliceRun) len() int { return len(r.ids) }

func (r *sliceRun) next() (uint64, bool) {
	if len(r.ids) == 0 {
		return 0, false
	}
	id := r.ids[0]
	r.ids = r.ids[1:]
	return id, true
}

// mergeRun is the union of two runs.
type mergeRun struct {
	a, b     sliceRun
	previous uint64
}

func (r *mergeRun) len() int { return r.a.len() + r.b.len() }

func (r *mergeRun) next() (id uint64, ok bool) {
	for {
		from := &r.a
		if len(r.a.ids) == 0 || len(r.b.ids) > 0 && r.b.ids[0] < r.a.ids[0] {
			from = &r.b
		}
		if id, ok = from.next(); !ok || id != r.previous {
			r.previous = id
			return id, ok
		}
	}
}

// writeGeneration writes a file, syncs it and maps it. It is not part of the set until the manifest names it.
func writeGeneration(dir string, number uint64, first, last event.Millis, r run) (*generation, error) {
	path := fileName(dir, number)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	if err = writeFile(f, first, last, r); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		var g *generation
		if g, err = openGeneration(dir, number); err == nil {
			return g, nil
		}
	}
	_ = os.Remove(path)
	return nil, err
}

func writeFile(f *os.File, first, last event.Millis, r run) error {
	if _, err := f.Write(make([]byte, headerSize)); err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<18)
	idSum, restSum := xxhash.New(), xxhash.New()
	filter := make([]uint64, blockWords*max(1, (r.len()+idsInBlock-1)/idsInBlock))
	var fences []uint64
	var word [8]byte
	n := 0
	for id, ok := r.next(); ok; id, ok = r.next() {
		if n%fenceEvery == 0 {
			fences = append(fences, id)
		}
		n++
		mark(filter, id)
		binary.LittleEndian.PutUint64(word[:], id)
		_, _ = idSum.Write(word[:])
		_, _ = w.Write(word[:]) // its error stays until Flush
	}
	for _, part := range [][]uint64{fences, filter} {
		for _, v := range part {
			binary.LittleEndian.PutUint64(word[:], v)
			_, _ = restSum.Write(word[:])
			_, _ = w.Write(word[:])
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	h := append(make([]byte, 0, headerSize), magic...)
	for _, v := range []uint64{uint64(n), uint64(first), uint64(last), uint64(len(filter) / blockWords), restSum.Sum64(), idSum.Sum64()} {
		h = binary.LittleEndian.AppendUint64(h, v)
	}
	_, err := f.WriteAt(binary.LittleEndian.AppendUint64(h, xxhash.Sum64(h)), 0)
	return err
}

// openGeneration maps a file and checks its header and size, its fences and its filter. The ids are checked by Check.
func openGeneration(dir string, number uint64) (*generation, error) {
	path := fileName(dir, number)
	data, err := mapFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot map dedup generation %q: %w", path, err)
	}
	g := &generation{path: path, number: number, data: data}
	if err := g.parse(); err != nil {
		_ = g.close()
		return nil, fmt.Errorf("dedup generation %q is damaged: %w", path, err)
	}
	return g, nil
}

func (g *generation) parse() error {
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(g.data[i*8:]) }
	switch {
	case len(g.data) < headerSize || string(g.data[:8]) != magic:
		return errors.New("not a generation file")
	case word(7) != xxhash.Sum64(g.data[:headerSize-8]):
		return errors.New("the header's sum is wrong")
	}
	n, blocks := word(1), word(4)
	fences := (n + fenceEvery - 1) / fenceEvery
	if uint64(len(g.data)) != headerSize+8*(n+fences+blocks*blockWords) || blocks == 0 {
		return errors.New("its length is wrong")
	}
	g.n, g.first, g.last = int(n), event.Millis(word(2)), event.Millis(word(3))
	words := unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(g.data))), len(g.data)/8)[headerSize/8:]
	g.ids, g.fences, g.filter = words[:n], words[n:n+fences], words[n+fences:]
	if word(5) != xxhash.Sum64(g.data[headerSize+8*n:]) {
		return errors.New("the sum of its filter is wrong")
	}
	return nil
}

// check reads the ids and compares their sum.
func (g *generation) check() error {
	if xxhash.Sum64(g.data[headerSize:headerSize+8*g.n]) != binary.LittleEndian.Uint64(g.data[48:]) {
		return fmt.Errorf("dedup generation %q is damaged: the sum of its ids is wrong", g.path)
	}
	return nil
}

func (g *generation) has(id uint64) bool {
	if !marked(g.filter, id) {
		return false
	}
	page := sort.Search(len(g.fences), func(i int) bool { return g.fences[i] > id }) - 1
	if page < 0 {
		return false
	}
	ids := g.ids[page*fenceEvery : min((page+1)*fenceEvery, g.n)]
	i := sort.Search(len(ids), func(i int) bool { return ids[i] >= id })
	return i < len(ids) && ids[i] == id
}

func (g *generation) close() error {
	if g.data == nil {
		return nil
	}
	data := g.data
	g.data, g.ids, g.fences, g.filter = nil, nil, nil, nil
	return unix.Munmap(data)
}

// block is the filter block of an id, and spread the hash that picks its bits there.
func block(filter []uint64, id uint64) (words []uint64, spread uint64) {
	hi, _ := bits.Mul64(id, uint64(len(filter)/blockWords))
	return filter[hi*blockWords : hi*blockWords+blockWords], (id ^ id>>29) * 0x9e3779b97f4a7c15
}

// mark sets an id's bits: a blocked Bloom filter (Putze, Sanders, Singler 2007).
func mark(filter []uint64, id uint64) {
	words, h := block(filter, id)
	for range probes {
		words[h>>61] |= 1 << (h >> 55 & 63)
		h <<= 9
	}
}

func marked(filter []uint64, id uint64) bool {
	words, h := block(filter, id)
	for range probes {
		if words[h>>61]&(1<<(h>>55&63)) == 0 {
			return false
		}
		h <<= 9
	}
	return true
}

func mapFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() == 0 {
		return nil, errors.New("it is empty")
	}
	return unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
}
