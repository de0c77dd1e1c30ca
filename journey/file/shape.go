package file

import (
	"math"
	"reflect"
	"strconv"
	"strings"
)

// field is what one field of a Go type allows, taken from its tags. Reading, writing and the JSON Schema all go by it,
// so they cannot differ.
type field struct {
	name     string
	path     string // where in the document, for messages
	index    []int
	required bool // its JSON tag has no omitempty
	enum     []string
	pattern  string
	date     bool
	min, max float64 // −Inf and +Inf when not limited
	doc      string
}

// fieldsOf lists a struct's fields in order, those of embedded structs in their place.
func fieldsOf(t reflect.Type) (out []field) {
	for i := range t.NumField() {
		sf := t.Field(i)
		name, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if name == "-" || !sf.IsExported() {
			continue
		}
		if sf.Anonymous && name == "" {
			for _, f := range fieldsOf(sf.Type) {
				f.index = append([]int{i}, f.index...)
				out = append(out, f)
			}
			continue
		}
		if name == "" {
			panic("BUG: no JSON name on " + t.String() + "." + sf.Name) // the types of package journey are fixed; TestShapes and TestRoundTrip walk all of them
		}
		f := field{name: name, index: []int{i}, required: !strings.Contains(options, "omitempty"), doc: sf.Tag.Get("doc"),
			pattern: sf.Tag.Get("pattern"), date: sf.Tag.Get("format") == "date",
			min: limit(sf.Tag.Get("minimum"), math.Inf(-1)), max: limit(sf.Tag.Get("maximum"), math.Inf(1))}
		if e := sf.Tag.Get("enum"); e != "" {
			f.enum = strings.Split(e, ",")
		}
		out = append(out, f)
	}
	return out
}

func limit(tag string, none float64) float64 {
	if tag == "" {
		return none
	}
	x, err := strconv.ParseFloat(tag, 64)
	if err != nil {
		panic("BUG: a limit that is no number: " + tag) // the types of package journey are fixed; TestShapes and TestRoundTrip walk all of them
	}
	return x
}
