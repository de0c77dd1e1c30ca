package log

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"unsafe"

	"github.com/cespare/xxhash/v2"

	"wend.dev/wend/event"
)

// The message layout is drawn in docs/format/log.md; a change of it needs a new magic.
const (
	magic      = "WLG1"
	headerSize = len(magic) + 8

	flagClamped = 0x08 // beside the kind (1 to 6) in an event's first byte
	kindMask    = 0x07

	valueString  = 1
	valueNumber  = 2 // 8 bytes, IEEE 754, little-endian
	valueJSON    = 3
	valueFalse   = 4
	valueTrue    = 5
	valueInteger = 6 // zigzag varint: a number without a fraction, below 2^53
	valueBits    = 3 // a field starts with path index << valueBits | value kind

	minEvent = 1 + 1 + 1 + 1 + 8 + 4 + 1 + 1 // bytes of the smallest event, to refuse absurd counts
	minField = 1
)

// ErrDamaged is wrapped by the errors of Decode: the bytes are not a whole message as Encode wrote it.
var ErrDamaged = errors.New("damaged log message")

// Encode appends the message that carries the events to b. The events must be checked ones: kinds and value kinds
// known, numbers finite.
func Encode(b []byte, events []event.Event) []byte {
	return encode(b, len(events), func(i int) *event.Event { return &events[i] })
}

// EncodeRefs is Encode for events that lie apart.
func EncodeRefs(b []byte, events []*event.Event) []byte {
	return encode(b, len(events), func(i int) *event.Event { return events[i] })
}

func encode(b []byte, n int, at func(int) *event.Event) []byte {
	start := len(b)
	b = append(b, magic...)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)

	var base event.Millis
	fields := 0
	if n > 0 {
		base = at(0).ReceivedAt
	}
	for i := range n {
		fields += len(at(i).Fields)
	}
	b = binary.AppendUvarint(b, uint64(n))
	b = binary.AppendUvarint(b, uint64(fields))
	b = binary.AppendVarint(b, int64(base))

	enc := encoder{index: make(map[string]uint32, 32)}
	for i := range n {
		b = enc.event(b, at(i), base)
	}
	body := len(b)
	b = binary.AppendUvarint(b, uint64(len(enc.table)))
	for _, s := range enc.table {
		b = appendString(b, s)
	}
	// The table comes after the events, so that one pass writes both; its place is in the last four bytes.
	b = binary.LittleEndian.AppendUint32(b, uint32(body-start))
	binary.LittleEndian.PutUint64(b[start+len(magic):], xxhash.Sum64(b[start+headerSize:]))
	return b
}

// encoder gives each name, path and source of a message a number in order of first use.
type encoder struct {
	index  map[string]uint32
	table  []string
	recent [64]struct {
		s string
		i uint32
	}
}

func (c *encoder) word(s string) uint64 {
	slot := &c.recent[0]
	if n := len(s); n > 0 {
		slot = &c.recent[(uint(n)*7+uint(s[n-1])*3+uint(s[n/2]))%uint(len(c.recent))]
		if slot.s == s {
			return uint64(slot.i)
		}
	}
	i, ok := c.index[s]
	if !ok {
		i = uint32(len(c.table))
		c.table = append(c.table, s)
		c.index[s] = i
	}
	slot.s, slot.i = s, i
	return uint64(i)
}

func (c *encoder) event(b []byte, e *event.Event, base event.Millis) []byte {
	first := byte(e.Kind)
	if e.Clamped {
		first |= flagClamped
	}
	b = append(b, first)
	b = binary.AppendUvarint(b, c.word(e.Name))
	b = binary.AppendUvarint(b, c.word(e.Source))
	b = binary.AppendVarint(b, int64(e.ReceivedAt-base))
	b = binary.AppendVarint(b, int64(e.Time-e.ReceivedAt))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Profile))
	b = appendString(b, e.MessageID)
	b = appendString(b, e.UserID)
	b = appendString(b, e.AnonymousID)
	b = appendString(b, e.GroupID)
	b = binary.AppendUvarint(b, uint64(len(e.Fields)))
	for i := range e.Fields {
		f := &e.Fields[i]
		path := c.word(f.Path) << valueBits
		switch f.Value.Kind {
		case event.String:
			b = binary.AppendUvarint(b, path|valueString)
			b = appendString(b, f.Value.Str)
		case event.JSON:
			b = binary.AppendUvarint(b, path|valueJSON)
			b = appendString(b, f.Value.Str)
		case event.Bool:
			if f.Value.Num != 0 {
				b = binary.AppendUvarint(b, path|valueTrue)
			} else {
				b = binary.AppendUvarint(b, path|valueFalse)
			}
		case event.Number:
			b = appendNumber(b, path, f.Value.Num)
		default:
			panic(fmt.Sprintf("BUG: field %q of an event to log has value kind %d", f.Path, f.Value.Kind))
		}
	}
	return b
}

func appendNumber(b []byte, path uint64, n float64) []byte {
	if i := int64(n); float64(i) == n && i > -1<<53 && i < 1<<53 && (i != 0 || !math.Signbit(n)) {
		b = binary.AppendUvarint(b, path|valueInteger)
		return binary.AppendVarint(b, i)
	}
	b = binary.AppendUvarint(b, path|valueNumber)
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(n))
}

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// Decode reads a message. The events' strings share b's memory, so b must not change afterwards. Errors wrap
// ErrDamaged.
func Decode(b []byte) ([]event.Event, error) {
	if len(b) < headerSize+4 || string(b[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: it does not start with %q", ErrDamaged, magic)
	}
	if sum := xxhash.Sum64(b[headerSize:]); sum != binary.LittleEndian.Uint64(b[len(magic):]) {
		return nil, fmt.Errorf("%w: its checksum does not match", ErrDamaged)
	}
	return decodeBody(b)
}

// decodeBody reads a message whose header has been checked.
func decodeBody(b []byte) ([]event.Event, error) {
	end := len(b) - 4
	body := int(binary.LittleEndian.Uint32(b[end:]))
	if body < headerSize || body > end {
		return nil, fmt.Errorf("%w: its string table lies outside", ErrDamaged)
	}
	text := unsafe.String(unsafe.SliceData(b), len(b)) // b is never written again: see Decode
	table, err := decodeTable(text[:end], body)
	if err != nil {
		return nil, err
	}
	d := decoder{s: text[:body], at: headerSize, table: table}
	n, fields := d.count(minEvent), d.count(minField)
	base := event.Millis(d.varint())
	if d.bad {
		return nil, fmt.Errorf("%w: its counts are wrong", ErrDamaged)
	}
	events := make([]event.Event, n)
	arena := make([]event.Field, fields)
	for i := range events {
		arena = d.event(&events[i], base, arena)
		if d.bad {
			return nil, fmt.Errorf("%w: event %d of %d", ErrDamaged, i, n)
		}
	}
	if d.at != body || len(arena) != 0 {
		return nil, fmt.Errorf("%w: %d bytes and %d fields left over", ErrDamaged, body-d.at, len(arena))
	}
	return events, nil
}

func decodeTable(s string, at int) ([]string, error) {
	d := decoder{s: s, at: at}
	table := make([]string, d.count(1))
	for i := range table {
		table[i] = d.string()
	}
	if d.bad || d.at != len(s) {
		return nil, fmt.Errorf("%w: its string table is broken", ErrDamaged)
	}
	return table, nil
}

// decoder walks a message; after any wrong byte bad is set and everything it gives is zero.
type decoder struct {
	s     string
	at    int
	table []string
	bad   bool
}

func (d *decoder) event(e *event.Event, base event.Millis, arena []event.Field) []event.Field {
	first := d.byte()
	e.Kind = event.Kind(first & kindMask)
	e.Clamped = first&flagClamped != 0
	if e.Kind < event.Track || e.Kind > event.Alias || first&^(kindMask|flagClamped) != 0 {
		d.bad = true
	}
	e.Name = d.word(d.uvarint())
	e.Source = d.word(d.uvarint())
	e.ReceivedAt = base + event.Millis(d.varint())
	e.Time = e.ReceivedAt + event.Millis(d.varint())
	e.Profile = event.ProfileID(d.uint64())
	e.MessageID = d.string()
	e.UserID = d.string()
	e.AnonymousID = d.string()
	e.GroupID = d.string()
	n := d.uvarint()
	if d.bad || n > uint64(len(arena)) {
		d.bad = true
		return arena
	}
	if n == 0 {
		return arena
	}
	e.Fields = arena[:n:n]
	for i := range e.Fields {
		f := &e.Fields[i]
		head := d.uvarint()
		f.Path = d.word(head >> valueBits)
		f.Value = d.value(head & (1<<valueBits - 1))
	}
	return arena[n:]
}

func (d *decoder) value(kind uint64) event.Value {
	switch kind {
	case valueString:
		return event.Value{Kind: event.String, Str: d.string()}
	case valueJSON:
		return event.Value{Kind: event.JSON, Str: d.string()}
	case valueNumber:
		return event.Value{Kind: event.Number, Num: math.Float64frombits(d.uint64())}
	case valueInteger:
		return event.Value{Kind: event.Number, Num: float64(d.varint())}
	case valueFalse:
		return event.Value{Kind: event.Bool}
	case valueTrue:
		return event.Value{Kind: event.Bool, Num: 1}
	}
	d.bad = true
	return event.Value{}
}

// count reads how many things follow that take at least size bytes each.
func (d *decoder) count(size int) int {
	n := d.uvarint()
	if n > uint64((len(d.s)-d.at)/size) {
		d.bad = true
		return 0
	}
	return int(n)
}

func (d *decoder) word(i uint64) string {
	if i >= uint64(len(d.table)) {
		d.bad = true
		return ""
	}
	return d.table[i]
}

func (d *decoder) byte() byte {
	if d.at >= len(d.s) {
		d.bad = true
		return 0
	}
	c := d.s[d.at]
	d.at++
	return c
}

func (d *decoder) uvarint() uint64 {
	if d.at < len(d.s) && d.s[d.at] < 0x80 {
		d.at++
		return uint64(d.s[d.at-1])
	}
	return d.uvarintLong()
}

func (d *decoder) uvarintLong() uint64 {
	var x uint64
	for shift := 0; shift < 64; shift += 7 {
		if d.at >= len(d.s) {
			break
		}
		c := d.s[d.at]
		d.at++
		if shift == 63 && c > 1 {
			break
		}
		x |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return x
		}
	}
	d.bad = true
	return 0
}

func (d *decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (d *decoder) uint64() uint64 {
	if len(d.s)-d.at < 8 {
		d.bad = true
		return 0
	}
	s := d.s[d.at : d.at+8]
	d.at += 8
	x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	return x
}

func (d *decoder) string() string {
	n := d.uvarint()
	if n > uint64(len(d.s)-d.at) {
		d.bad = true
		return ""
	}
	s := d.s[d.at : d.at+int(n)]
	d.at += int(n)
	return s
}

// encodedBound is at least the number of bytes that Encode appends, to size its buffer.
func encodedBound(events []event.Event) int {
	n := headerSize + 64
	for i := range events {
		e := &events[i]
		n += 64 + len(e.Name) + len(e.Source) + len(e.MessageID) + len(e.UserID) + len(e.AnonymousID) + len(e.GroupID)
		for j := range e.Fields {
			n += 16 + len(e.Fields[j].Value.Str)
		}
	}
	return n + bits.Len(uint(n))
}
