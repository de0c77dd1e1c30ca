package collect

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/valyala/fastjson"
)

var jsonSeeds = []string{
	`{}`, `[]`, `{"a":[1,2,{"b":null}],"c":"\u00e5\\\"","d":-0.5e+3,"e":true,"f":false}`, ` [ 1 , 2 ] `, `"x"`, `01`, `1.`, `.5`, `1e`, `-`,
	`{"a":1,}`, `[1,]`, `{"a" 1}`, `{a:1}`, `"\x"`, `"\u12g4"`, "\"\x01\"", `nul`, `{"a":1}}`, `[[[[`, `{"a":"`, `{"a":"\`, `NaN`, `tru`, `"\ud800"`, ``, `{`, `["\\"]`, `["\\\""]`,
}

// checkScanner compares a whole value's reading with encoding/json's.
func checkScanner(t *testing.T, in string) {
	t.Helper()
	d := scanner{s: in}
	i := d.space(0)
	next := d.skip(i, 0)
	ok := next >= 0 && d.space(next) == len(in)
	deep := strings.Count(in, "[")+strings.Count(in, "{") > maxDepth
	if want := json.Valid([]byte(in)); ok != want && !(deep && want) {
		t.Fatalf("%q: valid is %v, want %v (%v)", in, ok, want, d.err)
	}
	if !ok {
		if next < 0 && d.err == nil {
			t.Fatalf("%q fails without an error", in)
		}
		return
	}
	e := scanner{s: in}
	if got := e.span(i); got != next {
		t.Fatalf("%q: span ends at %d, skip at %d (%v)", in, got, next, e.err)
	}
	if in[i] == '"' && utf8.ValidString(in) {
		var want string
		if err := json.Unmarshal([]byte(in), &want); err != nil {
			t.Fatal(err)
		}
		end, escaped := d.str(i + 1)
		if got := d.text(i+1, end, escaped); got != want {
			t.Fatalf("%q is read as %q, want %q", in, got, want)
		}
	}
}

func TestScannerAgreesWithEncodingJSON(t *testing.T) {
	for _, s := range jsonSeeds {
		checkScanner(t, s)
	}
	checkScanner(t, strings.Repeat("[", 5000)+strings.Repeat("]", 5000))
}

func FuzzScanner(f *testing.F) {
	for _, s := range jsonSeeds {
		f.Add(s)
	}
	f.Fuzz(checkScanner)
}

// FuzzBody feeds whole bodies: no panic, and what is accepted is sorted, valid UTF-8 and within limits.
func FuzzBody(f *testing.F) {
	f.Add(benchBatch(2, 1))
	f.Add(`{"type":"track","event":"E","userId":"u","properties":{"products":[{"id":1,"sky":2}],"orderId":null,"a.b":{"c":[]}}}`)
	f.Add(`{"context":{"traits":{"a":1}},"batch":[{"type":"identify","userId":"u","context":{"traits":{"a":2}},"traits":{"a":3}},7,null]}`)
	f.Add(`{"other":{"a":G},"batch":[]}`)
	f.Add("{\"context\":{\"trait\x8d\":{\"a\":1}},\"batch\":[{\"type\":\"identify\",\"userId\":\"u\"}]}")
	f.Fuzz(func(t *testing.T, body string) {
		d := new(decoder)
		d.reset(body)
		e, err := d.open(100)
		if err != nil {
			return
		}
		r, bad, no := d.all(&e, arrival{source: "s", at: 1, utf8: utf8.ValidString(body)})
		if no != nil {
			if json.Valid([]byte(body)) && !strings.Contains(no.message, "deep") {
				t.Fatalf("valid JSON %q is refused: %s", body, no.message)
			}
			return
		}
		if fastjson.Validate(body) != nil {
			t.Fatalf("broken JSON %q gives %d events", body, len(r.items))
		}
		if len(r.items)+len(bad) != len(e.spans) {
			t.Fatalf("%d events and %d rejected of %d", len(r.items), len(bad), len(e.spans))
		}
		for _, it := range r.items {
			ev := it.event
			if no := complete(&ev, "s", 1); no != nil {
				t.Fatalf("%q gives an event that Submit refuses: %v", body, no)
			}
			for i, f := range ev.Fields {
				if i > 0 && ev.Fields[i-1].Path >= f.Path {
					t.Fatalf("%q gives unsorted fields %q", body, dump(ev.Fields))
				}
			}
		}
		for _, b := range bad {
			if b.Reason == "" || b.Detail == "" || !utf8.Valid(b.Raw) || len(b.Raw) > maxEventBytes {
				t.Fatalf("%q gives a rejection %+v", body, b)
			}
		}
	})
}
