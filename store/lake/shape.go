package lake

import (
	"strings"
	"unicode/utf8"

	"wend.dev/wend/event"
)

// maxShapes bounds the shapes kept; past it they are all forgotten and met anew.
const maxShapes = 8192

// shapes remembers, for each list of paths met, what JSON text stands around the values. Events of one kind mostly
// have the same paths, so that nesting one is copying its values between known pieces.
type shapes struct {
	root  shape
	count int
}

// shape is a list of paths: its own after those of the shapes that lead to it.
type shape struct {
	path   string
	last   *shape // of next, the one met last
	next   map[string]*shape
	layout *layout // nil if not known, or if more than the paths decides about the text
}

// layout is the text of a shape's groups without the values.
type layout struct {
	before []string // per field: the text between it and the value before, or the group's begin
	after  [groups]string
	end    [groups]int // the group's fields end before this one
}

// find gives the shape of fields, making it if it is new.
func (s *shapes) find(fields []event.Field) *shape {
	at := &s.root
	for i := range fields {
		path := fields[i].Path
		if at.last != nil && at.last.path == path {
			at = at.last
			continue
		}
		to := at.next[path]
		if to == nil {
			if s.count++; s.count > maxShapes {
				*s = shapes{}
				return &shape{}
			}
			if at.next == nil {
				at.next = map[string]*shape{}
			}
			to = &shape{path: strings.Clone(path)}
			at.next[to.path] = to
		}
		at.last = to
		at = to
	}
	return at
}

// fill writes fields by a layout. It gives false, having written rubbish, when a value is one that is left out.
func (n *nester) fill(l *layout, fields []event.Field) bool {
	i := 0
	for g := range l.end {
		for ; i < l.end[g]; i++ {
			f := &fields[i]
			if !storable(f.Value) {
				return false
			}
			n.out = append(n.out, l.before[i]...)
			n.value(f.Path, f.Value)
		}
		n.out = append(n.out, l.after[g]...)
		n.end[g] = len(n.out)
	}
	return true
}

// learn makes the layout of what nest wrote last, nil if the paths alone do not decide about it.
func (n *nester) learn(fields []event.Field) *layout {
	if len(n.extra) > 0 || len(n.marks) != len(fields) {
		return nil
	}
	l := &layout{before: make([]string, len(fields))}
	i, at := 0, 0
	for g := range groups {
		for ; i < len(fields) && n.marks[i].end <= n.end[g]; i++ {
			l.before[i] = string(n.out[at:n.marks[i].begin])
			at = n.marks[i].end
		}
		l.end[g], l.after[g] = i, string(n.out[at:n.end[g]])
		at = n.end[g]
	}
	return l
}

// mark is where a value lies in the text.
type mark struct{ begin, end int }

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// plain is the length of a begin of s, a multiple of 8, that stands in JSON text as it is.
func plain(s string) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := load(s[i:])
		// A byte's high bit comes out set for a control character, a quote, a backslash or what is not ASCII; a byte
		// above such a one may be taken for one too.
		if (w|(w-ones*' ')|((w^ones*'"')-ones)|((w^ones*'\\')-ones))&highs != 0 {
			break
		}
	}
	return i
}

// clean is s, or s with U+FFFD for what is not UTF-8.
func clean(s string) string {
	i := 0
	for i+8 <= len(s) && load(s[i:])&highs == 0 {
		i += 8
	}
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	if i == len(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\ufffd")
}
