package identity

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"wend.dev/wend/event"
)

// The saved form, all integers little-endian:
//
//	u32 version (1)
//	u32 n, n × {u64 anonymous, u64 user, i64 time}   confirmed links, ascending
//	u32 n, n × {u64 anonymous, u64 user, i64 time}   pending links, oldest first
//	u32 n, n × {u64 profile, u64 account, i64 time}  memberships, ascending
//	u32 n, n × {u16 length, bytes}                   external ids of accounts
//
// The sum is kept by whoever writes the file.
const saveVersion = 1

var errShort = errors.New("identity graph is cut short")

// AppendBinary appends the saved form to b. It never fails.
func (g *Graph) AppendBinary(b []byte) ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	b = binary.LittleEndian.AppendUint32(b, saveVersion)
	b = appendLinks(b, slices.Sorted(maps.Keys(g.links)), g.links)
	var waiting []event.ProfileID
	for _, p := range g.queue {
		if _, ok := g.pending[p]; ok {
			waiting = append(waiting, p)
		}
	}
	b = appendLinks(b, waiting, g.pending)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(g.members)))
	for _, p := range slices.Sorted(maps.Keys(g.members)) {
		b = appendTriple(b, uint64(p), uint64(g.members[p].account), g.members[p].time)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(g.groups)))
	for _, name := range slices.Sorted(maps.Values(g.groups)) {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(name)))
		b = append(b, name...)
	}
	return b, nil
}

func appendLinks(b []byte, order []event.ProfileID, links map[event.ProfileID]link) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(order)))
	for _, p := range order {
		b = appendTriple(b, uint64(p), uint64(links[p].user), links[p].time)
	}
	return b
}

func appendTriple(b []byte, x, y uint64, t event.Millis) []byte {
	b = binary.LittleEndian.AppendUint64(b, x)
	b = binary.LittleEndian.AppendUint64(b, y)
	return binary.LittleEndian.AppendUint64(b, uint64(t))
}

// UnmarshalBinary replaces the graph by a saved one. Bytes that are no saved graph are an error and change nothing.
func (g *Graph) UnmarshalBinary(b []byte) error {
	r := reader{b: b}
	if v := r.u32(); r.err == nil && v != saveVersion {
		return fmt.Errorf("identity graph has version %d, this program reads %d", v, saveVersion)
	}
	n := New()
	r.triples(func(x, y uint64, t event.Millis) { n.links[event.ProfileID(x)] = link{event.ProfileID(y), t} })
	r.triples(func(x, y uint64, t event.Millis) {
		n.pending[event.ProfileID(x)] = link{event.ProfileID(y), t}
		n.queue = append(n.queue, event.ProfileID(x))
	})
	r.triples(func(x, y uint64, t event.Millis) { n.members[event.ProfileID(x)] = member{event.AccountID(y), t} })
	for range r.u32() {
		name := string(r.take(int(r.u16())))
		if r.err != nil {
			break
		}
		n.groups[event.AccountOf(name)] = name
	}
	if r.err == nil && len(r.b) > 0 {
		r.err = fmt.Errorf("identity graph has %d bytes too many", len(r.b))
	}
	if r.err != nil {
		return r.err
	}
	n.fresh = slices.Clone(n.queue)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.links, g.pending, g.queue, g.fresh = n.links, n.pending, n.queue, n.fresh
	g.members, g.groups, g.dirty = n.members, n.groups, true
	return nil
}

type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n > len(r.b) {
		r.err = errShort
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) triples(put func(x, y uint64, t event.Millis)) {
	for range r.u32() {
		b := r.take(24)
		if b == nil {
			return
		}
		put(binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:]), event.Millis(binary.LittleEndian.Uint64(b[16:])))
	}
}
