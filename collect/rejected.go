package collect

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode"
	"unicode/utf8"
)

// Holds says whether the event as it was sent holds one of some identifiers: as a text value anywhere, or as a number
// where an id is expected. Of what cannot be read as JSON (it was cut, or never was any) it is enough that an identifier
// stands there as a word.
func (r *Rejected) Holds(identifiers []string) bool {
	want := map[string]bool{}
	for _, id := range identifiers {
		want[id] = true
	}
	d := json.NewDecoder(bytes.NewReader(r.Raw))
	d.UseNumber()
	var at nesting
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && !at.open() {
			return false
		}
		if err != nil {
			rest := r.Raw[min(max(d.InputOffset()-1, 0), int64(len(r.Raw))):]
			for id := range want {
				if hasWord(rest, id) {
					return true
				}
			}
			return false
		}
		switch v := token.(type) {
		case json.Delim:
			at.delim(v)
			continue
		case string:
			if at.isKey() {
				at.key = v
			} else if want[v] {
				return true
			}
		case json.Number:
			if isIDKey(at.key) && want[v.String()] {
				return true
			}
		}
		at.token()
	}
}

func isIDKey(key string) bool { return key == "userId" || key == "anonymousId" || key == "previousId" }

// nesting follows a JSON text's tokens, to tell an object's keys from its values.
type nesting struct {
	objects []bool // the open brackets: true for an object's
	value   []bool // beside it: a key has come, its value has not
	key     string
}

func (n *nesting) open() bool { return len(n.objects) > 0 }

func (n *nesting) isKey() bool {
	last := len(n.objects) - 1
	return last >= 0 && n.objects[last] && !n.value[last]
}

func (n *nesting) delim(d json.Delim) {
	if d == '{' || d == '[' {
		n.objects, n.value = append(n.objects, d == '{'), append(n.value, false)
		return
	}
	n.objects, n.value = n.objects[:len(n.objects)-1], n.value[:len(n.value)-1]
	n.token()
}

// token notes that a key or a value is over.
func (n *nesting) token() {
	if last := len(n.objects) - 1; last >= 0 {
		n.value[last] = !n.value[last]
	}
}

// hasWord says whether a word stands in a text, not as part of a longer one.
func hasWord(text []byte, word string) bool {
	for from := 0; word != ""; {
		i := bytes.Index(text[from:], []byte(word))
		if i < 0 {
			return false
		}
		begin, end := from+i, from+i+len(word)
		before, _ := utf8.DecodeLastRune(text[:begin])
		after, _ := utf8.DecodeRune(text[end:])
		if !unicode.IsLetter(before) && !unicode.IsDigit(before) && !unicode.IsLetter(after) && !unicode.IsDigit(after) {
			return true
		}
		from = begin + 1
	}
	return false
}
