package lake

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
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

// The spill's form of an event: what the row holds, packed.
//
//	kind u8 · clamped u8 · profile u64 · time varint · received varint · 11 × (length uvarint, bytes)

func appendSpill(b []byte, e *event.Event, n *nester) []byte {
	n.nest(e.Fields)
	clamped := byte(0)
	if e.Clamped {
		clamped = 1
	}
	b = append(b, byte(e.Kind), clamped)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Profile))
	b = binary.AppendVarint(b, int64(e.Time))
	b = binary.AppendVarint(b, int64(e.ReceivedAt))
	for _, s := range [...]string{e.MessageID, e.Name, e.UserID, e.AnonymousID, e.GroupID, e.Source} {
		s = strings.ToValidUTF8(s, "\ufffd")
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	whole := n.wholeText() // may move n.out, but leaves the texts where they are
	for _, s := range [...][]byte{n.text(inProperties), n.text(inContext), n.text(inTraits), n.text(inExtra), whole} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

var errSpill = errors.New("the spill file does not hold what was written to it")

// readSpill takes one event off b. The row's strings are b's memory, except the profile, which is hex's.
func readSpill(b []byte, r *row, hex *[16]byte) (rest []byte, err error) {
	if len(b) < 10 {
		return nil, errSpill
	}
	r.Kind, r.Clamped = event.Kind(b[0]).String(), b[1] != 0
	putHex(hex, binary.LittleEndian.Uint64(b[2:]))
	r.ProfileID = unsafe.String(&hex[0], len(hex))
	b = b[10:]
	for _, to := range [...]*int64{&r.Time, &r.ReceivedAt} {
		v, n := binary.Varint(b)
		if n <= 0 {
			return nil, errSpill
		}
		*to, b = v, b[n:]
	}
	for _, to := range [...]*string{
		&r.MessageID, &r.Name, &r.UserID, &r.AnonymousID, &r.GroupID, &r.Source,
		&r.Properties, &r.Context, &r.Traits, &r.Extra, &r.Whole,
	} {
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return nil, errSpill
		}
		*to = ""
		if size > 0 {
			*to = unsafe.String(&b[n], int(size))
		}
		b = b[n+int(size):]
	}
	return b, nil
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
