package collect

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// scanner is a strict JSON reader (RFC 8259) over one request body. It builds no tree: the decoder walks it once and
// keeps pieces of the body as they are, so a string without escapes costs no copy. Every method takes the offset to
// read at and returns the offset behind what it read, or -1 with err set.
type scanner struct {
	s     string
	err   error
	arena []byte // unescaped strings; only ever appended to, so that strings over it stay valid
}

// maxDepth bounds nesting, so that "[[[[…" cannot exhaust the stack.
const maxDepth = 100

func (d *scanner) fail(i int, what string) int {
	if d.err == nil {
		if i >= len(d.s) {
			what = "ends too early: " + what
		}
		d.err = fmt.Errorf("not valid JSON at byte %d: %s", min(i, len(d.s)), what)
	}
	return -1
}

func (d *scanner) space(i int) int {
	for i < len(d.s) {
		if c := d.s[i]; c > ' ' || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return i
		}
		i++
	}
	return i
}

// str reads a string from behind its opening quote to behind its closing one; escaped says it holds a backslash.
func (d *scanner) str(i int) (next int, escaped bool) {
	s := d.s
	for i < len(s) {
		switch c := s[i]; {
		case c == '"':
			return i + 1, escaped
		case c == '\\':
			escaped = true
			n := escapeLen(s[i:])
			if n == 0 {
				return d.fail(i, "no such escape"), false
			}
			i += n
		case c < ' ':
			return d.fail(i, "control character in a string"), false
		default:
			i++
		}
	}
	return d.fail(i, "string has no closing quote"), false
}

// escapeLen is the length of the escape that s starts with, 0 if it is none.
func escapeLen(s string) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(s); ok {
			return 6
		}
	}
	return 0
}

func hex4(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s[2:6]) {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// text is the string that str read from i to next, unescaped. A lone surrogate becomes U+FFFD.
func (d *scanner) text(i, next int, escaped bool) string {
	raw := d.s[i : next-1]
	if !escaped {
		return raw
	}
	if cap(d.arena)-len(d.arena) < len(raw) {
		d.arena = make([]byte, 0, max(4096, len(raw)))
	}
	start := len(d.arena)
	out := d.arena
	for {
		n := strings.IndexByte(raw, '\\')
		if n < 0 {
			out = append(out, raw...)
			break
		}
		out = append(out, raw[:n]...)
		out, raw = unescape(out, raw[n:])
	}
	d.arena = out
	return unsafe.String(unsafe.SliceData(out[start:]), len(out)-start)
}

// unescape appends what the escape at the start of s stands for and returns what follows it. The result is never
// longer than the escape.
func unescape(out []byte, s string) ([]byte, string) {
	if s[1] != 'u' {
		c := s[1]
		if k := strings.IndexByte("bfnrt", c); k >= 0 {
			c = "\b\f\n\r\t"[k]
		}
		return append(out, c), s[2:]
	}
	r, _ := hex4(s)
	s = s[6:]
	if utf16.IsSurrogate(r) {
		low, ok := hex4(s)
		if both := utf16.DecodeRune(r, low); ok && both != utf8.RuneError {
			return utf8.AppendRune(out, both), s[6:]
		}
		r = utf8.RuneError
	}
	return utf8.AppendRune(out, r), s
}

// number reads a number's text.
func (d *scanner) number(i int) int {
	s := d.s
	digits := func() bool {
		from := i
		for i < len(s) && s[i]-'0' <= 9 {
			i++
		}
		return i > from
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else if !digits() {
		return d.fail(i, "neither a value nor a number")
	}
	if i < len(s) && s[i] == '.' {
		i++
		if !digits() {
			return d.fail(i, "digits must follow the point")
		}
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if !digits() {
			return d.fail(i, "digits must follow the exponent")
		}
	}
	return i
}

// literal reads true, false or null.
func (d *scanner) literal(i int, word string) int {
	if strings.HasPrefix(d.s[i:], word) {
		return i + len(word)
	}
	return d.fail(i, "did you mean "+word+"?")
}

// skip checks one value of any kind without keeping it.
func (d *scanner) skip(i, depth int) int {
	if i >= len(d.s) {
		return d.fail(i, "a value is missing")
	}
	if depth > maxDepth {
		return d.fail(i, "nested more than "+strconv.Itoa(maxDepth)+" deep")
	}
	switch d.s[i] {
	case '{':
		return d.members(i, func(_ string, at int) int { return d.skip(at, depth+1) })
	case '[':
		return d.elements(i, func(at int) int { return d.skip(at, depth+1) })
	case '"':
		next, _ := d.str(i + 1)
		return next
	case 't':
		return d.literal(i, "true")
	case 'f':
		return d.literal(i, "false")
	case 'n':
		return d.literal(i, "null")
	}
	return d.number(i)
}

// members reads an object at its opening brace and calls f with each key and the offset of its value.
func (d *scanner) members(i int, f func(key string, at int) int) int {
	i = d.space(i + 1)
	if i < len(d.s) && d.s[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(d.s) || d.s[i] != '"' {
			return d.fail(i, "a quoted key must come here")
		}
		next, escaped := d.str(i + 1)
		if next < 0 {
			return -1
		}
		key := d.text(i+1, next, escaped)
		if i = d.space(next); i >= len(d.s) || d.s[i] != ':' {
			return d.fail(i, "a colon must follow the key")
		}
		if i = f(key, d.space(i+1)); i < 0 {
			return -1
		}
		if i = d.space(i); i >= len(d.s) {
			return d.fail(i, "the object is not closed")
		}
		switch d.s[i] {
		case ',':
			i = d.space(i + 1)
		case '}':
			return i + 1
		default:
			return d.fail(i, "a comma or brace must follow a member")
		}
	}
}

// elements reads an array at its opening bracket and calls f with the offset of each element.
func (d *scanner) elements(i int, f func(at int) int) int {
	i = d.space(i + 1)
	if i < len(d.s) && d.s[i] == ']' {
		return i + 1
	}
	for {
		if i = f(i); i < 0 {
			return -1
		}
		if i = d.space(i); i >= len(d.s) {
			return d.fail(i, "the array is not closed")
		}
		switch d.s[i] {
		case ',':
			i = d.space(i + 1)
		case ']':
			return i + 1
		default:
			return d.fail(i, "a comma or bracket must follow an element")
		}
	}
}

// span finds the end of a value without checking it: it only balances brackets outside strings. Used to split a
// batch into events; each is checked when it is decoded.
func (d *scanner) span(i int) int {
	s := d.s
	if i >= len(s) {
		return d.fail(i, "a value is missing")
	}
	if c := s[i]; c != '{' && c != '[' {
		return d.skip(i, 0)
	}
	for depth := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			for i++; ; i++ {
				n := strings.IndexByte(s[i:], '"')
				if n < 0 {
					return d.fail(len(s), "string has no closing quote")
				}
				back := i + n
				for back > i && s[back-1] == '\\' {
					back--
				}
				if i += n; (i-back)&1 == 0 {
					break
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return d.fail(len(s), "brackets do not balance")
}
