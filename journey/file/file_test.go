package file

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/journey"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files and docs/schema")

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *rewrite {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not current; run: go test ./journey/file -rewrite\ngot:\n%s", path, got)
	}
}

func read(t *testing.T, path string) []Document {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := Read(path, b)
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

func TestExample(t *testing.T) {
	docs := read(t, "testdata/first-order.yaml")
	if len(docs) != 3 {
		t.Fatalf("%d documents, want 3: the Mapping is not ours", len(docs))
	}
	j := docs[0].Journey
	if j.Metadata.Tags["market"] != "no" || j.Spec.Idle.String() != "45d" || j.Spec.Stages[0].Goal.Target != ">= 1200 per week" ||
		j.Spec.Emotions[0].Assumed != -0.3 || !j.Spec.Stages[0].Steps[1].Optional || j.Spec.Value.Event[0] != "Order Completed" {
		t.Errorf("journey read wrong: %+v", j)
	}
	tp := docs[1].Touchpoint
	if len(tp.Spec.Match) != 2 || len(tp.Spec.Match[1].Event) != 2 || tp.Spec.Match[0].Where != `context.page.path.startsWith("/p/")` || tp.Spec.Ratings.ToUs != 5 {
		t.Errorf("touchpoint read wrong: %+v", tp)
	}
	p := docs[2].Persona
	if p.Metadata.Title != "2026" || p.Spec.Quote != "I have an engine in pieces.\nI need the part today." || p.Spec.Age != 47 {
		t.Errorf("persona read wrong: %+v", p)
	}
	if docs[1].Line != 28 {
		t.Errorf("the second document begins at line %d, want 28", docs[1].Line)
	}
	golden(t, "testdata/first-order.canonical.yaml", Write(docs...))
	again := read(t, "testdata/first-order.canonical.yaml")
	if !bytes.Equal(Write(again...), Write(docs...)) {
		t.Error("writing what was written differs")
	}
}

// TestFaults reads broken files: each error names the line, the column and what to do.
func TestFaults(t *testing.T) {
	const head = "apiVersion: wend/v1\nkind: Journey\nmetadata: {id: a}\n"
	for _, c := range []struct{ in, want string }{
		{head + "spec:\n  stages:\n    - id: s\n      steps:\n        - id: x\n          touchpoint: [a]\n",
			`f.yaml:9:11: Journey.spec.stages[0].steps[0] has no key "touchpoint"; did you mean "touchpoints"?`},
		{head + "spec:\n  stagse: []\n", `f.yaml:5:3: Journey.spec has no key "stagse"; did you mean "stages"?`},
		{head + "spec:\n  zebra: 1\n  stages: []\n", `f.yaml:5:3: Journey.spec has no key "zebra"; it is one of state, status`},
		{head + "spec:\n  title: [\n", "f.yaml:"},
		{head + "spec: {stages: {}}\n", "f.yaml:4:16: Journey.spec.stages must be a list, not a mapping"},
		{head + "spec: {stages: [{id: a, id: b}]}\n", `f.yaml:4:25: `},
		{head + "spec: {actor: person, stages: []}\n", `f.yaml:4:15: Journey.spec.actor cannot be "person"; it is one of profile, account`},
		{head + "spec: {idle: 3 moons, stages: []}\n", `"3 moons" is not a duration such as 30m, 12h, 7d or 2w`},
		{head + "spec: {stages: [{title: x}]}\n", `f.yaml:4:17: Journey.spec.stages[0] needs the key "id"`},
		{head + "spec: {stages: [], emotions: [{step: a, assumed: 2}]}\n", "f.yaml:4:50: Journey.spec.emotions[0].assumed is 2, but must lie between -1 and 1"},
		{head + "spec: {stages: [], emotions: [{step: a, assumed: sad}]}\n", `must be a number, not "sad"`},
		{head + "spec: {stages: [{id: a, steps: [{id: b, optional: maybe}]}]}\n", `optional must be true or false, not "maybe"`},
		{head + "spec: {stages: [null]}\n", "stages[0] is empty"},
		{head + "spec: {stages: &x [], loops: *x}\n", "anchors, aliases and tags are not read here"},
		{head + "spec:\n", `f.yaml:1:1: Journey needs the key "spec"`},
		{"apiVersion: wend/v1\nkind: Journey\nmetadata: {id: A b}\nspec: {stages: []}\n", `Journey.metadata.id is "A b", but must be like`},
		{"apiVersion: wend/v1\nkind: Journey\nmetadata: {id: a, reviewed_on: yesterday}\nspec: {stages: []}\n", `must be a day such as 2026-02-11`},
		{"apiVersion: wend/v2\nkind: Journey\nmetadata: {id: a}\nspec: {stages: []}\n", `apiVersion cannot be "wend/v2"; did you mean "wend/v1"?`},
		{"kind: Jurney\n", `f.yaml:1:7: there is no kind "Jurney"; did you mean "Journey"?`},
		{"apiVersion: wend/v1\n", "the document has no kind; it is one of Segment, Persona, Touchpoint, Journey"},
		{"- a\n- b\n", "the document must be a mapping (key: value), not a list"},
		{"apiVersion: wend/v1\nkind: Persona\nmetadata: {id: a}\nspec: {age: 4.5}\n", "age must be a whole number"},
		{"apiVersion: wend/v1\nkind: Persona\nmetadata: {id: a}\nspec: {age: 400}\n", "age is 400, but must lie between 0 and 130"},
		{"a: \"\x00\"\n", "f.yaml:1"},
	} {
		docs, err := Read("f.yaml", []byte(c.in))
		if err == nil || docs != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q\n gives %v\n want  %s", c.in, err, c.want)
			continue
		}
		var e *Error
		if !errors.As(err, &e) || e.Line == 0 {
			t.Errorf("%q: %v has no position", c.in, err)
		}
	}
}

// TestAllFaultsAtOnce reports every typo of a file, not only the first.
func TestAllFaultsAtOnce(t *testing.T) {
	_, err := Read("f.yaml", []byte("apiVersion: wend/v1\nkind: Persona\nmetadata: {id: a, titel: b}\nspec: {frist_name: c}\n---\nkind: Person\n"))
	for _, want := range []string{"3:19", `"title"`, "4:8", `"first_name"`, "6:7", `"Persona"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not hold %s", err, want)
		}
	}
}

func TestReadNothing(t *testing.T) {
	for _, in := range []string{"", "# only a comment\n", "---\n", "---\n---\n"} {
		if docs, err := Read("f.yaml", []byte(in)); err != nil || len(docs) != 0 {
			t.Errorf("%q gives %v, %v", in, docs, err)
		}
	}
}

func TestReadFolder(t *testing.T) {
	touchpoint := func(id string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("apiVersion: wend/v1\nkind: Touchpoint\nmetadata: {id: " + id + "}\nspec: {}\n")}
	}
	example, err := os.ReadFile("testdata/first-order.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{
		"a.yaml": {Data: example}, "t/b.yml": touchpoint("checkout"), "t/c.json": {Data: []byte(`{"apiVersion":"wend/v1","kind":"Touchpoint","metadata":{"id":"cart"},"spec":{"channel":"Web shop"}}`)},
		"readme.md": {Data: []byte("not: [yaml")},
	}
	docs, err := ReadFolder(fsys)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range docs {
		got = append(got, d.Header().Metadata.ID)
	}
	if s := strings.Join(got, " "); s != "workshop-owner cart checkout product-page first-order" {
		t.Errorf("order is %s", s)
	}
	fsys["z.yaml"] = touchpoint("cart")
	if _, err = ReadFolder(fsys); err == nil || !strings.Contains(err.Error(), `z.yaml:1:1: Touchpoint "cart" stands in t/c.json:1 already`) {
		t.Errorf("error is %v", err)
	}
	if _, err = ReadFolder(os.DirFS("testdata/absent")); err == nil {
		t.Error("an absent folder is no error")
	}
}

// anyDocument draws a document that fills every field of its type within what the field allows.
func anyDocument(t *rapid.T) Document {
	kind := rapid.SampledFrom(kinds()).Draw(t, "kind")
	d, _ := empty(kind)
	fill(t, reflect.ValueOf(d.Value()).Elem(), field{min: math.Inf(-1), max: math.Inf(1)})
	v := reflect.ValueOf(d.Value()).Elem()
	v.FieldByName("APIVersion").SetString(journey.APIVersion)
	v.FieldByName("Kind").SetString(kind)
	return d
}

func fill(t *rapid.T, v reflect.Value, f field) {
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ a-z#:"'\\\n>|\-,\[\]{}&*!%@0-9.~\t]{0,12}`),
		rapid.SampledFrom([]string{"no", "Yes", "null", "~", "1.5", "0x1F", "2026-02-11", "a: b", "a #b", "- a", "one\ntwo", "one\n\ntwo\n", " lead", "trail ", "Ærlig talt – 5 %", "<<", "=", "é\u2028x", "\ufeff", "1_000", "12:30:45"}))
	switch p := v.Addr().Interface().(type) {
	case *seq.Duration:
		*p = seq.Duration(rapid.Int64Range(0, 1<<40).Draw(t, "ms") * 1e6)
		return
	case *seq.Names:
		*p = rapid.SliceOfN(text, 1, 3).Draw(t, "names")
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "given") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), f)
		}
	case reflect.Struct:
		for _, m := range fieldsOf(v.Type()) {
			fill(t, v.FieldByIndex(m.index), m)
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 2).Draw(t, "length")
		if n == 0 {
			if f.required {
				v.Set(reflect.MakeSlice(v.Type(), 0, 0))
			}
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i), field{min: f.min, max: f.max})
		}
	case reflect.Map:
		if m := rapid.MapOfN(text, text, 0, 3).Draw(t, "map"); len(m) > 0 {
			v.Set(reflect.ValueOf(m))
		}
	case reflect.String:
		switch {
		case len(f.enum) > 0:
			v.SetString(rapid.SampledFrom(f.enum).Draw(t, "enum"))
		case f.pattern != "":
			v.SetString(rapid.StringMatching(f.pattern).Draw(t, "pattern"))
		case f.date:
			v.SetString("2026-02-11")
		default:
			v.SetString(strings.ToValidUTF8(text.Draw(t, "text"), ""))
		}
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int:
		v.SetInt(rapid.Int64Range(int64(max(f.min, -1e9)), int64(min(f.max, 1e9))).Draw(t, "int"))
	case reflect.Float64:
		v.SetFloat(rapid.Float64Range(max(f.min, -1e300), min(f.max, 1e300)).Draw(t, "float"))
	default:
		t.Fatalf("nothing to fill %s with", v.Type())
	}
}

// TestRoundTrip writes any document and reads it back, through YAML and through JSON, and finds the same one.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := []Document{anyDocument(t), anyDocument(t)}
		text := Write(docs...)
		if !utf8.Valid(text) {
			t.Fatalf("not UTF-8: %q", text)
		}
		got, err := Read("f.yaml", text)
		if err != nil || len(got) != 2 {
			t.Fatalf("%v\n%s", err, text)
		}
		for i := range docs {
			if !reflect.DeepEqual(got[i].Value(), docs[i].Value()) {
				t.Fatalf("want %#v\ngot  %#v\n%s", docs[i].Value(), got[i].Value(), text)
			}
			if d := Diff(docs[i], got[i]); len(d) != 0 {
				t.Fatalf("equal documents differ: %v", d)
			}
			b, err := json.Marshal(docs[i].Value())
			if err != nil {
				t.Fatal(err)
			}
			back, err := FromJSON(b)
			if err != nil || !bytes.Equal(Write(back), Write(docs[i])) {
				t.Fatalf("through JSON: %v\n%s\n%s", err, Write(back), Write(docs[i]))
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	b, err := os.ReadFile("testdata/first-order.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte("kind: Persona\nspec: {a: *b}\n? [x]\n: y\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		docs, err := Read("f.yaml", in)
		if err != nil {
			return
		}
		again, err := Read("g.yaml", Write(docs...))
		if err != nil || len(again) != len(docs) {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
	})
}

func TestFromJSONFaults(t *testing.T) {
	for in, want := range map[string]string{
		`{`:                           "cannot read a definition",
		`{"kind":"Persna"}`:           `did you mean "Persona"?`,
		`{"kind":"Persona","spce":1}`: `unknown field "spce"`,
	} {
		if _, err := FromJSON([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v", in, err)
		}
	}
}
