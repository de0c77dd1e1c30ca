package file

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wend.dev/wend/engine/seq"
)

// pair is one key of a tree's mapping.
type pair struct {
	key   string
	value any // string, bool, float64, []pair or []any
}

// tree turns a definition into plain values in the order of its fields; what is empty and not required is left out.
func tree(v reflect.Value) any {
	switch p := v.Interface().(type) {
	case seq.Duration:
		return p.String()
	case seq.Names:
		if len(p) == 1 {
			return p[0]
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		return tree(v.Elem())
	case reflect.Struct:
		out := []pair{}
		for _, f := range fieldsOf(v.Type()) {
			if fv := v.FieldByIndex(f.index); f.required || !isEmpty(fv) {
				out = append(out, pair{f.name, tree(fv)})
			}
		}
		return out
	case reflect.Slice:
		out := []any{}
		for i := range v.Len() {
			out = append(out, tree(v.Index(i)))
		}
		return out
	case reflect.Map:
		out := []pair{}
		for _, k := range slices.Sorted(maps.Keys(v.Interface().(map[string]string))) {
			out = append(out, pair{k, v.MapIndex(reflect.ValueOf(k)).String()})
		}
		return out
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int:
		return float64(v.Int())
	case reflect.Float64:
		return v.Float() + 0 // -0 becomes 0
	}
	panic("BUG: no writing of " + v.Type().String()) // the types of package journey are fixed; TestShapes and TestRoundTrip walk all of them
}

// isEmpty is encoding/json's omitempty.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	}
	return v.IsZero()
}

// Write writes documents as one canonical YAML file, divided by "---". Reading it back gives equal documents.
func Write(docs ...Document) []byte {
	var b bytes.Buffer
	for i, d := range docs {
		if i > 0 {
			b.WriteString("---\n")
		}
		writeMapping(&b, tree(reflect.ValueOf(d.Value())).([]pair), "")
	}
	return b.Bytes()
}

func writeMapping(b *bytes.Buffer, m []pair, indent string) {
	for i, p := range m {
		if i > 0 || indent == "" {
			b.WriteString(indent)
		}
		b.WriteString(quoted(p.key) + ":")
		writeValue(b, p.value, indent)
	}
}

// writeValue writes what follows a key and ends the line.
func writeValue(b *bytes.Buffer, v any, indent string) {
	inner := indent + "  "
	switch v := v.(type) {
	case []pair:
		if len(v) == 0 {
			b.WriteString(" {}\n")
			return
		}
		b.WriteString("\n" + inner)
		writeMapping(b, v, inner)
	case []any:
		if allScalars(v) {
			parts := make([]string, len(v))
			for i, e := range v {
				parts[i] = scalar(e)
			}
			fmt.Fprintf(b, " [%s]\n", strings.Join(parts, ", "))
			return
		}
		b.WriteString("\n")
		for _, e := range v {
			b.WriteString(inner + "- ")
			writeMapping(b, e.([]pair), inner+"  ")
		}
	default:
		if s, ok := v.(string); ok && literal(s) {
			b.WriteString(" |-\n")
			for line := range strings.SplitSeq(s, "\n") {
				b.WriteString(strings.TrimRight(inner+line, " ") + "\n")
			}
			return
		}
		b.WriteString(" " + scalar(v) + "\n")
	}
}

func allScalars(list []any) bool {
	return !slices.ContainsFunc(list, func(e any) bool { _, ok := e.([]pair); return ok })
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return quoted(v)
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	panic(fmt.Sprintf("BUG: %T is no scalar", v)) // the types of package journey are fixed; TestShapes and TestRoundTrip walk all of them
}

// plain text needs no quotes in YAML, in block or flow style. It begins with a letter, so it is no number, date or mark.
var plain = regexp.MustCompile(`^\p{L}[\p{L}\p{N} _./()@+%–—…-]*$`)

// span is a duration, which no reader takes for a number.
var span = regexp.MustCompile(`^[0-9]+(ms|[smhdw])$`)

// single quotes are for text that holds double quotes or backslashes, so that expressions stay readable.
var single = regexp.MustCompile(`^[ -&(-~]*["\\][ -&(-~]*$`)

// reserved words would be read as something else than text by some YAML reader.
var reserved = regexp.MustCompile(`(?i)^(y|yes|n|no|on|off|true|false|null)$`)

// quoted is text as a YAML scalar on one line: plain where that is safe, else in quotes.
func quoted(s string) string {
	if plain.MatchString(s) && !reserved.MatchString(s) && !strings.HasSuffix(s, " ") && !strings.Contains(s, " #") {
		return s
	}
	if span.MatchString(s) {
		return s
	}
	if single.MatchString(s) {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// literal says whether text is written as a block of lines: several plain lines, none of which begins or ends with a
// blank or is empty, so that no reader can take them otherwise.
func literal(s string) bool {
	lines := strings.Split(s, "\n")
	return len(lines) > 1 && !slices.ContainsFunc(lines, func(l string) bool {
		return l == "" || strings.TrimSpace(l) != l || strings.ContainsFunc(l, func(r rune) bool {
			return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff
		})
	})
}
