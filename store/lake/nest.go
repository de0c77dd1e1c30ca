package lake

import (
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"wend.dev/wend/event"
)

// maxDepth is how deep objects nest in the JSON text. What lies deeper keeps the rest of its path as one key with
// dots, which flattens to the same path.
const maxDepth = 32

// The columns that hold fields, and the prefix of the paths in each. Extra has all paths of no known prefix.
const (
	inContext = iota
	inProperties
	inTraits
	inExtra
	groups
)

var prefixes = [groups]string{"context.", "properties.", "traits.", ""}

// nester turns flattened fields into nested JSON text, so that flattening it gives exactly the same fields.
type nester struct {
	out   []byte
	end   [groups]int // where the text of each group ends in out
	extra []event.Field
	whole []string // paths whose value is not flattened when read back, as flattening would change it

	shapes shapes
	marks  []mark // where build put the values
}

// nest fills the texts of all groups from fields sorted by path.
func (n *nester) nest(fields []event.Field) {
	n.out, n.whole = n.out[:0], n.whole[:0]
	s := n.shapes.find(fields)
	if s.layout != nil && n.fill(s.layout, fields) {
		return
	}
	n.build(fields)
	if s.layout == nil {
		s.layout = n.learn(fields)
	}
}

// build is nest from the paths alone.
func (n *nester) build(fields []event.Field) {
	n.out, n.extra, n.whole, n.marks = n.out[:0], n.extra[:0], n.whole[:0], n.marks[:0]
	i := 0
	for g, prefix := range prefixes[:inExtra] {
		for i < len(fields) && !strings.HasPrefix(fields[i].Path, prefix) {
			if fields[i].Path > prefix {
				break
			}
			n.extra = append(n.extra, fields[i])
			i++
		}
		begin := i
		for i < len(fields) && strings.HasPrefix(fields[i].Path, prefix) {
			i++
		}
		if i > begin {
			n.object(fields[begin:i], len(prefix), 0)
		}
		n.end[g] = len(n.out)
	}
	n.extra = append(n.extra, fields[i:]...)
	if len(n.extra) > 0 {
		n.object(n.extra, 0, 0)
	}
	n.end[inExtra] = len(n.out)
}

// text is the JSON of one group, empty if it has no field. It is valid until the next nest.
func (n *nester) text(group int) []byte {
	begin := 0
	if group > 0 {
		begin = n.end[group-1]
	}
	return n.out[begin:n.end[group]]
}

// wholeText is the JSON list of the whole paths, empty if there are none.
func (n *nester) wholeText() []byte {
	if len(n.whole) == 0 {
		return nil
	}
	begin := len(n.out)
	for i, p := range n.whole {
		n.out = append(n.out, "[,"[min(i, 1)])
		n.out = appendString(n.out, p)
	}
	n.out = append(n.out, ']')
	return n.out[begin:]
}

// object writes fields that share the first cut bytes of their paths as one object.
func (n *nester) object(fields []event.Field, cut, depth int) {
	n.out = append(n.out, '{')
	begin := len(n.out)
	for i := 0; i < len(fields); {
		path := fields[i].Path
		key, size := path[cut:], 1
		if dot := strings.IndexByte(key, '.'); dot >= 0 && depth < maxDepth && !has(fields, path[:cut+dot]) {
			key = key[:dot]
			for inner := path[:cut+dot+1]; i+size < len(fields) && strings.HasPrefix(fields[i+size].Path, inner); {
				size++
			}
			n.key(key, begin)
			n.object(fields[i:i+size], cut+dot+1, depth+1)
		} else if v := fields[i].Value; storable(v) {
			n.key(key, begin)
			at := len(n.out)
			n.value(path, v)
			n.marks = append(n.marks, mark{at, len(n.out)})
		}
		i += size
	}
	n.out = append(n.out, '}')
}

func (n *nester) key(key string, begin int) {
	if len(n.out) > begin {
		n.out = append(n.out, ',')
	}
	n.out = appendString(n.out, key)
	n.out = append(n.out, ':')
}

func (n *nester) value(path string, v event.Value) {
	switch v.Kind {
	case event.String:
		n.out = appendString(n.out, v.Str)
	case event.Number:
		n.out = appendNumber(n.out, v.Num)
	case event.Bool:
		n.out = strconv.AppendBool(n.out, v.Num != 0)
	case event.JSON:
		ok := valid(v.Str) && v.Str[0] != '"' // a string stands for text that is no JSON
		if !ok || v.Str[0] != '[' {
			n.whole = append(n.whole, path)
		}
		if ok {
			n.out = append(n.out, v.Str...)
		} else {
			n.out = appendString(n.out, v.Str)
		}
	}
}

// has says whether a path is among the sorted fields.
func has(fields []event.Field, path string) bool {
	i := sort.Search(len(fields), func(i int) bool { return fields[i].Path >= path })
	return i < len(fields) && fields[i].Path == path
}

// storable says that a value is of a known kind, and finite.
func storable(v event.Value) bool {
	return v.Kind >= event.String && v.Kind <= event.JSON && (v.Kind != event.Number || v.Num-v.Num == 0)
}

func appendNumber(b []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 && (f != 0 || !math.Signbit(f)) {
		return strconv.AppendInt(b, int64(f), 10)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

// appendString writes a JSON string. Bytes that are no UTF-8 become U+FFFD: one of them would make a whole Parquet
// file unreadable for others.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := plain(s); i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[from:i]...), "\ufffd"...)
				from = i + 1
			}
			i += size
			continue
		}
		b = append(b, s[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		from = i
	}
	return append(append(b, s[from:]...), '"')
}
