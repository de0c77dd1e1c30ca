package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

const maxEvent = 32 << 10 // what the server takes

// emit writes the events of a row.
func (r *Run) emit(p *plan, l line) ([][]byte, error) {
	v := l.vars(p)
	if ok, err := r.resolve(p, v); err != nil || !ok {
		return nil, err
	}
	var events [][]byte
	r.buf = r.buf[:0]
	var ends [][2]int
	for i := range p.events {
		e := &p.events[i]
		if ok, err := e.when.truth(v); err != nil {
			return nil, err
		} else if !ok {
			continue
		}
		start := len(r.buf)
		var err error
		if r.buf, err = e.write(r.buf, &r.m.clock, v, func() (string, error) { return p.rowKey(l, v) }); err != nil {
			return nil, fmt.Errorf("event %s: %w", e.label(), err)
		}
		if n := len(r.buf) - start; n > maxEvent {
			return nil, fmt.Errorf("event %s: is %d bytes long, more than the %d an event may have; shorten its lists with take(…)", e.label(), n, maxEvent)
		}
		ends = append(ends, [2]int{start, len(r.buf)})
	}
	for _, e := range ends {
		events = append(events, r.buf[e[0]:e[1]:e[1]])
	}
	return events, nil
}

// rowKey tells the row from all others.
func (p *plan) rowKey(l line, v vars) (string, error) {
	switch {
	case len(p.key) > 0:
		return keyOf(p.key, v)
	case p.spec.Group != nil:
		return l.group, nil
	}
	return fmt.Sprintf("%s:%d:%d:%s", l.file, l.no, l.index, l.raw), nil
}

func (e *eventPlan) label() string {
	switch {
	case e.name != "":
		return e.name
	case e.nameFrom != nil:
		return string(e.nameFrom.src)
	}
	return e.kind
}

// write appends the event as JSON.
func (e *eventPlan) write(b []byte, c *clock, v vars, rowKey func() (string, error)) ([]byte, error) {
	ids := [4]string{}
	for i, p := range [4]*program{e.user, e.anon, e.account, e.previous} {
		var err error
		if ids[i], err = p.text(v); err != nil {
			return nil, err
		}
	}
	user, anon, account, previous := ids[0], ids[1], ids[2], ids[3]
	if user == "" && anon == "" {
		return nil, fmt.Errorf("user and anonymous are both empty: an event is somebody's")
	}
	name := e.name
	if e.nameFrom != nil {
		var err error
		if name, err = e.nameFrom.text(v); err != nil {
			return nil, err
		}
		if name == "" && e.kind == "track" {
			return nil, fmt.Errorf("%s: %s: the event's name is empty", e.nameFrom.path, e.nameFrom.src)
		}
	}
	at, err := e.instant(c, v)
	if err != nil {
		return nil, err
	}
	id, err := e.messageID(name, v, rowKey)
	if err != nil {
		return nil, err
	}
	b = append(append(append(b, `{"type":"`...), e.kind...), `","messageId":"`...)
	b = append(append(append(b, id...), `","timestamp":"`...), at...)
	b = append(b, '"')
	if e.kind == "track" {
		b = member(b, "event", name)
	} else {
		b = member(b, "name", name)
	}
	b = member(b, "userId", user)
	b = member(b, "anonymousId", anon)
	b = member(b, "previousId", previous)
	if e.kind == "group" {
		b = member(b, "groupId", account)
		account = ""
	}
	for i, t := range e.objects {
		extra := ""
		if objectNames[i] == "context" {
			extra = account
		}
		if t == nil && extra == "" {
			continue
		}
		b = append(append(append(b, `,"`...), objectNames[i]...), `":`...)
		if b, err = t.write(b, v, extra); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// instant is the event's time, RFC 3339 in UTC.
func (e *eventPlan) instant(c *clock, v vars) (string, error) {
	x, err := e.time.value(v)
	if err != nil {
		return "", err
	}
	t, ok := toTime(x, *c).(types.Timestamp)
	if ok {
		return t.UTC().Format("2006-01-02T15:04:05.000Z"), nil
	}
	if x == types.NullValue {
		return "", e.time.wrap(fmt.Errorf("there is no time (leave such rows out with when: … != null)"))
	}
	return "", e.time.wrap(fmt.Errorf("%v", toTime(x, *c)))
}

// messageID is 32 hex digits: the head of the SHA-256 of the mapping, the file's name in it, the event and the key.
func (e *eventPlan) messageID(name string, v vars, rowKey func() (string, error)) (string, error) {
	var key string
	var err error
	if len(e.message) > 0 {
		key, err = keyOf(e.message, v)
	} else {
		key, err = rowKey()
	}
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(e.salt + "\x00" + name + "\x00" + key))
	return hex.EncodeToString(sum[:16]), nil
}

// write appends the object; nulls are left out. A groupID is put before the rest.
func (t *tree) write(b []byte, v vars, groupID string) ([]byte, error) {
	b = append(b, '{')
	empty := true
	if groupID != "" {
		b = append(b, `"groupId":`...)
		b, empty = quote(b, groupID), false
	}
	if t == nil {
		return append(b, '}'), nil
	}
	for i, name := range t.names {
		p := t.parts[i]
		mark := len(b)
		if !empty {
			b = append(b, ',')
		}
		b = append(quote(b, name), ':')
		var err error
		if p.under != nil {
			b, err = p.under.write(b, v, "")
		} else {
			var x ref.Val
			if x, err = p.value.value(v); err == nil {
				if x == types.NullValue {
					b = b[:mark]
					continue
				}
				if b, err = appendJSON(b, x); err != nil {
					err = p.value.wrap(err)
				}
			}
		}
		if err != nil {
			return nil, err
		}
		empty = false
	}
	return append(b, '}'), nil
}

// member appends ,"name":"value" unless the value is empty.
func member(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	return quote(b, value)
}

func quote(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			q, err := json.Marshal(s)
			if err != nil {
				panic("BUG: a string that is not JSON: " + err.Error())
			}
			return append(b, q...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// appendJSON writes a CEL value: times as RFC 3339, durations as seconds.
func appendJSON(b []byte, x ref.Val) ([]byte, error) {
	switch x := x.(type) {
	case types.Null:
		return append(b, "null"...), nil
	case types.String:
		return quote(b, string(x)), nil
	case types.Bool:
		return strconv.AppendBool(b, bool(x)), nil
	case types.Int:
		return strconv.AppendInt(b, int64(x), 10), nil
	case types.Uint:
		return strconv.AppendUint(b, uint64(x), 10), nil
	case types.Double:
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return nil, fmt.Errorf("is %v, which JSON cannot write", float64(x))
		}
		return appendFloat(b, float64(x)), nil
	case types.Timestamp:
		return x.UTC().AppendFormat(append(b, '"'), `2006-01-02T15:04:05.000Z"`), nil
	case types.Duration:
		return appendFloat(b, x.Duration.Seconds()), nil
	case *types.Optional:
		if !x.HasValue() {
			return append(b, "null"...), nil
		}
		return appendJSON(b, x.GetValue())
	case traits.Mapper:
		return appendObject(b, x)
	case traits.Lister:
		return appendList(b, x)
	}
	return nil, fmt.Errorf("%s cannot be written as JSON", kind(x))
}

func appendFloat(b []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.AppendInt(b, int64(f), 10)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

func appendList(b []byte, x traits.Lister) (_ []byte, err error) {
	b = append(b, '[')
	for i, it := 0, x.Iterator(); it.HasNext() == types.True; i++ {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendJSON(b, it.Next()); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

// appendObject writes a map's entries in order of key, so that equal rows make equal bytes.
func appendObject(b []byte, x traits.Mapper) (_ []byte, err error) {
	var keys []string
	vals := map[string]ref.Val{}
	for it := x.Iterator(); it.HasNext() == types.True; {
		k := it.Next()
		s, err := text(k)
		if err != nil {
			return nil, err
		}
		keys = append(keys, s)
		vals[s] = x.Get(k)
	}
	slices.Sort(keys)
	b = append(b, '{')
	for _, k := range keys {
		if vals[k] == types.NullValue {
			continue
		}
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		if b, err = appendJSON(append(quote(b, k), ':'), vals[k]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}
