package lake

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"wend.dev/wend/event"
)

var errJSON = errors.New("JSON text is damaged")

// flattener turns the JSON texts of a row back into fields. It keeps the paths that it has met, so that all events
// share one string per path.
type flattener struct {
	paths  map[string]string
	whole  []string
	fields []event.Field
	path   []byte
	depth  int
}

// maxPaths bounds the paths kept; past it each event has its own.
const maxPaths = 10_000

// flatten reads the texts of all groups and the list of whole paths, as nester wrote them. The fields are the
// caller's.
func (f *flattener) flatten(texts [groups]string, whole string) ([]event.Field, error) {
	f.fields, f.whole = make([]event.Field, 0, max(len(f.fields), 8)), f.whole[:0]
	if whole != "" {
		if err := f.readWhole(whole); err != nil {
			return nil, err
		}
	}
	for g, text := range texts {
		if text == "" {
			continue
		}
		f.path, f.depth = append(f.path[:0], prefixes[g]...), 0
		s := scanner{text: text}
		if err := f.object(&s); err != nil {
			return nil, err
		}
		if s.space(); s.at != len(text) {
			return nil, errJSON
		}
	}
	if !slices.IsSortedFunc(f.fields, func(a, b event.Field) int { return cmp.Compare(a.Path, b.Path) }) {
		f.fields = event.SortFields(f.fields)
	}
	if len(f.fields) == 0 {
		return nil, nil
	}
	return f.fields, nil
}

func (f *flattener) readWhole(text string) error {
	s := scanner{text: text}
	if !s.next('[') {
		return errJSON
	}
	for {
		p, err := s.str()
		if err != nil {
			return err
		}
		f.whole = append(f.whole, p)
		switch {
		case s.next(','):
		case s.next(']'):
			return nil
		default:
			return errJSON
		}
	}
}

// object reads an object whose members have f.path before them.
func (f *flattener) object(s *scanner) error {
	if f.depth++; f.depth > 2*maxDepth {
		return errors.New("JSON text nests too deeply")
	}
	defer func() { f.depth-- }()
	if !s.next('{') {
		return errJSON
	}
	if s.next('}') {
		return nil
	}
	size := len(f.path)
	for {
		key, err := s.str()
		if err != nil {
			return err
		}
		if !s.next(':') {
			return errJSON
		}
		f.path = append(f.path[:size], key...)
		if err := f.member(s); err != nil {
			return err
		}
		f.path = f.path[:size]
		switch {
		case s.next(','):
		case s.next('}'):
			return nil
		default:
			return errJSON
		}
	}
}

func (f *flattener) member(s *scanner) error {
	s.space()
	if s.at == len(s.text) {
		return errJSON
	}
	var v event.Value
	var err error
	switch c := s.text[s.at]; {
	case len(f.whole) > 0 && slices.Contains(f.whole, string(f.path)):
		v.Kind = event.JSON
		if c == '"' {
			v.Str, err = s.str()
		} else {
			v.Str, err = s.raw()
		}
	case c == '{':
		f.path = append(f.path, '.')
		return f.object(s)
	case c == '[':
		v.Kind = event.JSON
		v.Str, err = s.raw()
	default:
		v, err = s.scalar()
	}
	if err != nil || v.Kind == 0 {
		return err
	}
	f.fields = append(f.fields, event.Field{Path: f.shared(), Value: v})
	return nil
}

// shared is the path as a string.
func (f *flattener) shared() string {
	if p, ok := f.paths[string(f.path)]; ok {
		return p
	}
	p := string(f.path)
	if f.paths == nil {
		f.paths = map[string]string{}
	}
	if len(f.paths) < maxPaths {
		f.paths[p] = p
	}
	return p
}

// scanner reads JSON text. It never reads outside of it, whatever it holds.
type scanner struct {
	text string
	at   int
}

func (s *scanner) space() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\n' || s.text[s.at] == '\t' || s.text[s.at] == '\r') {
		s.at++
	}
}

// next takes one character, after space, if it is the next.
func (s *scanner) next(c byte) bool {
	s.space()
	if s.at == len(s.text) || s.text[s.at] != c {
		return false
	}
	s.at++
	return true
}

// raw takes one value as it stands.
func (s *scanner) raw() (string, error) {
	begin := s.at
	if err := s.skip(); err != nil {
		return "", err
	}
	return s.text[begin:s.at], nil
}

// scalar takes a string, a number or a truth value; null gives no value.
func (s *scanner) scalar() (event.Value, error) {
	switch s.text[s.at] {
	case '"':
		str, err := s.str()
		return event.StringValue(str), err
	case 't':
		return event.BoolValue(true), s.word("true")
	case 'f':
		return event.BoolValue(false), s.word("false")
	case 'n':
		return event.Value{}, s.word("null")
	}
	num, err := s.number()
	if err != nil {
		return event.Value{}, err
	}
	f, err := strconv.ParseFloat(num, 64)
	if err != nil {
		return event.Value{}, errJSON
	}
	return event.NumberValue(f), nil
}

func (s *scanner) word(w string) error {
	if len(s.text)-s.at < len(w) || s.text[s.at:s.at+len(w)] != w {
		return errJSON
	}
	s.at += len(w)
	return nil
}

// number takes the text of a number, by the grammar of RFC 8259.
func (s *scanner) number() (string, error) {
	begin := s.at
	digits := func() bool {
		from := s.at
		for s.at < len(s.text) && s.text[s.at] >= '0' && s.text[s.at] <= '9' {
			s.at++
		}
		return s.at > from
	}
	is := func(set string) bool {
		for i := range len(set) {
			if s.at < len(s.text) && s.text[s.at] == set[i] {
				s.at++
				return true
			}
		}
		return false
	}
	is("-")
	if !is("0") && !digits() {
		return "", errJSON
	}
	if is(".") && !digits() {
		return "", errJSON
	}
	if is("eE") {
		if is("+-"); !digits() {
			return "", errJSON
		}
	}
	return s.text[begin:s.at], nil
}

// str takes a string, after space, and undoes its escapes.
func (s *scanner) str() (string, error) {
	if !s.next('"') {
		return "", errJSON
	}
	begin := s.at
	for i := begin; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.at = i + 1
			return s.text[begin:i], nil
		case c == '\\':
			return s.escaped(begin, i)
		case c < ' ':
			return "", errJSON
		}
	}
	return "", errJSON
}

// escaped goes on with a string from its first escape.
func (s *scanner) escaped(begin, i int) (string, error) {
	out := []byte(s.text[begin:i])
	for i < len(s.text) {
		c := s.text[i]
		i++
		switch {
		case c == '"':
			s.at = i
			return string(out), nil
		case c < ' ':
			return "", errJSON
		case c != '\\':
			out = append(out, c)
			continue
		}
		if i == len(s.text) {
			return "", errJSON
		}
		c = s.text[i]
		i++
		switch c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'u':
			r, ok := hex4(s.text, i)
			if !ok {
				return "", errJSON
			}
			i += 4
			if utf16.IsSurrogate(r) && i+1 < len(s.text) && s.text[i] == '\\' && s.text[i+1] == 'u' {
				if low, ok := hex4(s.text, i+2); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
					r = utf16.DecodeRune(r, low)
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			return "", errJSON
		}
	}
	return "", errJSON
}

func hex4(s string, i int) (rune, bool) {
	if i+4 > len(s) {
		return 0, false
	}
	n, err := strconv.ParseUint(s[i:i+4], 16, 16)
	return rune(n), err == nil
}

// skip passes over one value, checking its grammar. It does not recurse, so depth costs no stack.
func (s *scanner) skip() error {
	var open []byte // the closing brackets still to come, innermost last
	for {
		s.space()
		if s.at == len(s.text) {
			return errJSON
		}
		begins := false
		switch c := s.text[s.at]; c {
		case '{', '[':
			s.at++
			open = append(open, c+2) // '{'+2 is '}', '['+2 is ']'
			if s.next(c + 2) {
				open = open[:len(open)-1]
			} else if begins = true; c == '{' {
				if err := s.name(); err != nil {
					return err
				}
			}
		case '"':
			if _, err := s.str(); err != nil {
				return err
			}
		default:
			if _, err := s.scalar(); err != nil {
				return err
			}
		}
		if begins {
			continue
		}
		for len(open) > 0 && s.next(open[len(open)-1]) {
			open = open[:len(open)-1]
		}
		if len(open) == 0 {
			return nil
		}
		if !s.next(',') {
			return errJSON
		}
		if open[len(open)-1] == '}' {
			if err := s.name(); err != nil {
				return err
			}
		}
	}
}

// name passes over a member's name and colon.
func (s *scanner) name() error {
	if _, err := s.str(); err != nil {
		return err
	}
	if !s.next(':') {
		return errJSON
	}
	return nil
}

// valid says whether a text is one JSON value in UTF-8 without space around it.
func valid(text string) bool {
	if text == "" || !utf8.ValidString(text) || text[0] <= ' ' {
		return false
	}
	s := scanner{text: text}
	return s.skip() == nil && s.at == len(text)
}
