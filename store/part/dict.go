package part

import (
	"math"

	"github.com/cespare/xxhash/v2"

	"wend.dev/wend/store"
)

// dict numbers distinct strings in order of appearance. It holds no pointers per string, so a big one costs the
// garbage collector nothing: an open-addressed table of (hash, number) over one run of bytes.
type dict struct {
	offsets []uint32
	bytes   []byte
	slots   []slot // a power of two of them, at most three quarters taken
}

type slot struct {
	hash uint32
	id   uint32 // number + 1; 0 is free
}

// add returns the number of s, giving it the next one if it is new. A string that the offsets have no room for (past
// 4 GiB, which Full and Merge keep far away from) becomes the empty one.
func (d *dict) add(s string) uint32 {
	if d.slots == nil {
		d.slots = make([]slot, 8)
		d.offsets = append(d.offsets, 0)
	}
	h := uint32(xxhash.Sum64String(s))
	mask := uint32(len(d.slots) - 1)
	i := h & mask
	for ; d.slots[i].id != 0; i = (i + 1) & mask {
		if d.slots[i].hash == h {
			id := d.slots[i].id - 1
			if string(d.bytes[d.offsets[id]:d.offsets[id+1]]) == s {
				return id
			}
		}
	}
	if len(d.bytes)+len(s) > math.MaxUint32 {
		return d.add("")
	}
	id := uint32(d.len())
	d.bytes = append(d.bytes, s...)
	d.offsets = append(d.offsets, uint32(len(d.bytes)))
	d.slots[i] = slot{hash: h, id: id + 1}
	if d.len()*4 > len(d.slots)*3 {
		d.grow()
	}
	return id
}

func (d *dict) grow() {
	old := d.slots
	d.slots = make([]slot, 2*len(old))
	mask := uint32(len(d.slots) - 1)
	for _, s := range old {
		if s.id == 0 {
			continue
		}
		i := s.hash & mask
		for d.slots[i].id != 0 {
			i = (i + 1) & mask
		}
		d.slots[i] = s
	}
}

func (d *dict) len() int { return max(len(d.offsets)-1, 0) }

// is says whether string id is s.
func (d *dict) is(id uint32, s string) bool {
	return string(d.bytes[d.offsets[id]:d.offsets[id+1]]) == s
}

func (d *dict) strings() store.Strings {
	return store.Strings{Offsets: d.offsets, Bytes: d.bytes}
}

// narrow packs codes in the narrowest width that holds every index below n.
func narrow(codes []uint32, n int) (c store.Codes) {
	switch {
	case len(codes) == 0:
	case n <= 1<<8:
		c.U8 = make([]uint8, len(codes))
		for i, v := range codes {
			c.U8[i] = uint8(v)
		}
	case n <= 1<<16:
		c.U16 = make([]uint16, len(codes))
		for i, v := range codes {
			c.U16[i] = uint16(v)
		}
	default:
		c.U32 = codes
	}
	return c
}
