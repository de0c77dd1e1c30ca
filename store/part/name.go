package part

import (
	"math/bits"
	"strings"

	"wend.dev/wend/store"
)

// names is the dictionary of what happened. It is bounded: past MaxNames all new ones are OtherName of their kind.
type names struct {
	list  []store.Name
	index map[store.Name]uint16
	last  store.Name
	code  uint16
}

// add returns the name's code; other says that it is not its own.
func (n *names) add(name store.Name) (code uint16, other bool) {
	if name == n.last && len(n.list) > 0 {
		return n.code, false
	}
	code, ok := n.index[name]
	if !ok {
		if len(n.list) >= MaxNames && name.Name != OtherName {
			code, _ = n.add(store.Name{Kind: name.Kind, Name: OtherName})
			return code, true
		}
		if n.index == nil {
			n.index = map[store.Name]uint16{}
		}
		name.Name = strings.Clone(name.Name)
		code = uint16(len(n.list))
		n.list = append(n.list, name)
		n.index[name] = code
	}
	n.last, n.code = n.list[code], code
	return code, false
}

// rank counts the bits before every eighth word.
func rank(present []uint64) []uint32 {
	out := make([]uint32, 0, (len(present)+7)/8)
	n := uint32(0)
	for i, w := range present {
		if i&7 == 0 {
			out = append(out, n)
		}
		n += uint32(bits.OnesCount64(w))
	}
	return out
}
