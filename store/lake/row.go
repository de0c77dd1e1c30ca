package lake

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unsafe"

	"wend.dev/wend/event"
)

// Version is the number of the layout, kept in each file's metadata under formatKey. docs/format/lake.md has its
// history.
const Version = "1"

const formatKey = "wend.format"

// row is one event as Parquet has it. The order of the fields is that of the columns.
type row struct {
	MessageID   string `parquet:"message_id"`
	Kind        string `parquet:"kind,dict"`
	Name        string `parquet:"name,dict"`
	Time        int64  `parquet:"time,timestamp(millisecond),delta"`
	ReceivedAt  int64  `parquet:"received_at,timestamp(millisecond),delta"`
	ProfileID   string `parquet:"profile_id"`
	UserID      string `parquet:"user_id,optional"`
	AnonymousID string `parquet:"anonymous_id,optional"`
	GroupID     string `parquet:"group_id,optional"`
	Source      string `parquet:"source,optional,dict"`
	Clamped     bool   `parquet:"clamped"`
	Properties  string `parquet:"properties,optional"`
	Context     string `parquet:"context,optional"`
	Traits      string `parquet:"traits,optional"`
	Extra       string `parquet:"extra,optional"`
	Whole       string `parquet:"whole,optional"`
}

// event turns a row back. Its strings are not shared with the row's memory only if those are not.
func (r *row) event(f *flattener) (*event.Event, error) {
	e := &event.Event{
		MessageID: r.MessageID, Name: r.Name, Time: event.Millis(r.Time), ReceivedAt: event.Millis(r.ReceivedAt),
		UserID: r.UserID, AnonymousID: r.AnonymousID, GroupID: r.GroupID, Source: r.Source, Clamped: r.Clamped,
	}
	var ok bool
	if e.Kind, ok = event.ParseKind(r.Kind); !ok || e.Kind.String() != r.Kind {
		return nil, fmt.Errorf("event %q is of kind %q", r.MessageID, r.Kind)
	}
	var err error
	if e.Profile, err = event.ParseProfileID(r.ProfileID); err != nil {
		return nil, fmt.Errorf("event %q: %w", r.MessageID, err)
	}
	if e.Fields, err = f.flatten([groups]string{r.Context, r.Properties, r.Traits, r.Extra}, r.Whole); err != nil {
		return nil, fmt.Errorf("event %q: %w", r.MessageID, err)
	}
	return e, nil
}

// Packed is an event as a row holds it, packed by Packer: its own copy of it all. It is for memory and scratch files:
// the layout may change with every version.
//
//	size u32 · profile u64 · time u64 · received u64 · kind u8 · clamped u8 · 11 × (length uvarint, bytes)
type Packed []byte

const packedHeader = 4 + 8 + 8 + 8 + 1 + 1

// Profile is the event's profile.
func (p Packed) Profile() event.ProfileID {
	return event.ProfileID(binary.LittleEndian.Uint64(p[4:]))
}

// Time is the event's time.
func (p Packed) Time() event.Millis { return event.Millis(binary.LittleEndian.Uint64(p[12:])) }

// MessageID is the event's message id, in the packed event's memory; empty if that is damaged.
func (p Packed) MessageID() []byte {
	b := p[packedHeader:]
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) {
		return nil
	}
	return b[n:][:size]
}

// Cut takes the first of several events that lie one after the other. The error says that b does not hold what
// Packer.Append wrote.
func Cut(b []byte) (first Packed, rest []byte, err error) {
	if len(b) < packedHeader {
		return nil, nil, errPacked
	}
	size := binary.LittleEndian.Uint32(b)
	if size < packedHeader || uint64(size) > uint64(len(b)) {
		return nil, nil, errPacked
	}
	return Packed(b[:size:size]), b[size:], nil
}

// Packer packs events. The zero value is ready; it is for one goroutine.
type Packer struct{ nester nester }

// Append packs an event behind b. The event must be a checked one, of a known kind, its fields sorted by path.
func (p *Packer) Append(b []byte, e *event.Event) []byte {
	n := &p.nester
	n.nest(e.Fields)
	clamped := byte(0)
	if e.Clamped {
		clamped = 1
	}
	begin := len(b)
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Profile))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Time))
	b = binary.LittleEndian.AppendUint64(b, uint64(e.ReceivedAt))
	b = append(b, byte(e.Kind), clamped)
	for _, s := range [...]string{e.MessageID, e.Name, e.UserID, e.AnonymousID, e.GroupID, e.Source} {
		s = clean(s)
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	whole := n.wholeText() // may move n.out, but leaves the texts where they are
	for _, s := range [...][]byte{n.text(inProperties), n.text(inContext), n.text(inTraits), n.text(inExtra), whole} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	binary.LittleEndian.PutUint32(b[begin:], uint32(len(b)-begin))
	return b
}

var errPacked = errors.New("a packed event does not hold what was written to it")

// row fills a row. Its strings are p's memory, except the profile, which is hex's.
func (p Packed) row(r *row, hex *[16]byte) error {
	r.Time, r.ReceivedAt = int64(p.Time()), int64(binary.LittleEndian.Uint64(p[20:]))
	r.Kind, r.Clamped = event.Kind(p[28]).String(), p[29] != 0
	putHex(hex, uint64(p.Profile()))
	r.ProfileID = unsafe.String(&hex[0], len(hex))
	b := p[packedHeader:]
	for _, to := range [...]*string{
		&r.MessageID, &r.Name, &r.UserID, &r.AnonymousID, &r.GroupID, &r.Source,
		&r.Properties, &r.Context, &r.Traits, &r.Extra, &r.Whole,
	} {
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return errPacked
		}
		*to = ""
		if size > 0 {
			*to = unsafe.String(&b[n], int(size))
		}
		b = b[n+int(size):]
	}
	return nil
}

// Event unpacks the event. Its strings are p's memory.
func (p Packed) Event() (*event.Event, error) {
	var r row
	var hex [16]byte
	if err := p.row(&r, &hex); err != nil {
		return nil, err
	}
	return r.event(&flattener{})
}

func putHex(to *[16]byte, v uint64) {
	const digits = "0123456789abcdef"
	for i := range to {
		to[i] = digits[v>>(60-4*i)&15]
	}
}

// dayOf is the UTC day of an instant, as days since 1970.
func dayOf(t event.Millis) int64 {
	const day = 24 * 60 * 60 * 1000
	if t < 0 {
		return (int64(t)+1)/day - 1
	}
	return int64(t) / day
}

// dayName is a day as 2026-01-05.
func dayName(day int64) string {
	return event.Millis(min(max(day, math.MinInt32), math.MaxInt32) * 24 * 60 * 60 * 1000).Time().Format("2006-01-02")
}
