package file

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/journey"
)

func journeyOf(t *testing.T, spec string) Document {
	t.Helper()
	docs, err := Read("f.yaml", []byte("apiVersion: wend/v1\nkind: Journey\nmetadata: {id: a, title: I try}\nspec: "+spec+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return docs[0]
}

func TestDiff(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"{stages: []}", "{stages: []}", ""},
		{"{stages: [{id: a, title: A}]}", "{stages: [{id: a, title: B}]}", "~ spec.stages[a].title: A → B"},
		{"{stages: [{id: a}]}", "{stages: [{id: a, title: B}]}", "+ spec.stages[a].title: B"},
		{"{stages: [{id: a, aim: b}]}", "{stages: [{id: a}]}", "- spec.stages[a].aim: b"},
		{"{stages: [{id: a}, {id: b}]}", "{stages: [{id: b}]}", "- spec.stages[a]: {id: a}"},
		{"{stages: [{id: b}]}", "{stages: [{id: a, steps: [{id: x, touchpoints: [p, q]}]}, {id: b}]}", "+ spec.stages[a]: {id: a, steps: [{id: x, touchpoints: [p, q]}]}"},
		{"{stages: [{id: a}, {id: b}, {id: c}]}", "{stages: [{id: c}, {id: a}, {id: b}]}", "> spec.stages[c]: moved from place 3 to 1"},
		{"{stages: [], personas: [a, b]}", "{stages: [], personas: [b]}", "~ spec.personas: [a, b] → [b]"},
		{"{stages: [], loops: [{from: a, to: b}]}", "{stages: [], loops: [{from: a, to: c}, {from: d, to: e}]}", "~ spec.loops[0].to: b → c\n+ spec.loops[1]: {from: d, to: e}"},
		{"{stages: [], idle: 45d}", "{stages: [], idle: 30d}", `~ spec.idle: 45d → 30d`},
		{"{stages: [{id: a}, {id: a}]}", "{stages: [{id: a}, {id: a, title: t}]}", "+ spec.stages[1].title: t"},
	} {
		if got := strings.Join(Diff(journeyOf(t, c.old), journeyOf(t, c.new)), "\n"); got != c.want {
			t.Errorf("%s → %s\n got  %s\n want %s", c.old, c.new, got, c.want)
		}
	}
	d := journeyOf(t, "{stages: []}")
	persona, _ := empty(journey.KindPersona)
	persona.Persona.Header = journey.Header{Kind: journey.KindPersona, Metadata: journey.Metadata{ID: "p"}}
	for _, c := range []struct {
		old, new Document
		want     string
	}{
		{Document{}, d, "+ Journey a I try"}, {d, Document{}, "- Journey a I try"}, {Document{}, Document{}, ""},
		{d, persona, "- Journey a I try|+ Persona p"},
	} {
		if got := strings.Join(Diff(c.old, c.new), "|"); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// TestDiffSaysSo draws two documents of one kind: there is a difference exactly when their bytes differ, and swapping
// the sides swaps what is added and what is removed.
func TestDiffSaysSo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDocument(t), anyDocument(t)
		there, back := Diff(a, b), Diff(b, a)
		if (len(there) == 0) != (string(Write(a)) == string(Write(b))) {
			t.Fatalf("%v between\n%s\n%s", there, Write(a), Write(b))
		}
		count := func(lines []string, mark string) (n int) {
			for _, l := range lines {
				if strings.HasPrefix(l, mark) {
					n++
				}
			}
			return n
		}
		if count(there, "+") != count(back, "-") || count(there, "~") != count(back, "~") {
			t.Fatalf("%v\n%v", there, back)
		}
	})
}

func TestPlan(t *testing.T) {
	docs := read(t, "testdata/first-order.yaml")
	changed := docs[1]
	tp := *changed.Touchpoint
	tp.Spec.Channel = "App"
	steps := Plan([]Document{docs[0], {Touchpoint: &tp}}, docs)
	var got []string
	for _, s := range steps {
		got = append(got, s.Do+" "+s.Document.Header().Metadata.ID+" "+strings.Join(s.Changes, "|"))
	}
	want := []string{"create workshop-owner ", "change product-page ~ spec.channel: App → Web shop", "keep first-order "}
	if !slices.Equal(got, want) {
		t.Errorf("plan is %q, want %q", got, want)
	}
	if docs[0].Journey == nil {
		t.Error("the plan reordered its input")
	}
}

// TestSchema holds docs/schema to the Go types, and the schema to being a schema of the example.
func TestSchema(t *testing.T) {
	for _, kind := range kinds() {
		s := Schema(kind)
		golden(t, "../../docs/schema/"+strings.ToLower(kind)+".schema.json", s)
		var m map[string]any
		if err := json.Unmarshal(s, &m); err != nil {
			t.Fatal(err)
		}
		if m["additionalProperties"] != false || m["title"] != kind {
			t.Errorf("%s: %v", kind, m["title"])
		}
	}
	if Schema("Nothing") != nil {
		t.Error("a schema of nothing")
	}
	for _, d := range read(t, "testdata/first-order.yaml") {
		var schema, doc any
		b, err := json.Marshal(d.Value())
		if err != nil || json.Unmarshal(b, &doc) != nil || json.Unmarshal(Schema(d.Header().Kind), &schema) != nil {
			t.Fatal(err)
		}
		conforms(t, d.Header().Kind, schema.(map[string]any), doc)
	}
}

// conforms checks types, required and known keys: as much of JSON Schema as our schemas need to be tested by.
func conforms(t *testing.T, at string, schema map[string]any, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		props, _ := schema["properties"].(map[string]any)
		required, _ := schema["required"].([]any)
		for _, r := range required {
			if _, ok := v[r.(string)]; !ok {
				t.Errorf("%s lacks %s", at, r)
			}
		}
		for k, e := range v {
			if p, ok := props[k].(map[string]any); ok {
				conforms(t, at+"."+k, p, e)
			} else if schema["additionalProperties"] == false {
				t.Errorf("%s: the schema does not know %s", at, k)
			}
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for _, e := range v {
			if items != nil {
				conforms(t, at+"[]", items, e)
			}
		}
	case string:
		if schema["type"] != "string" && schema["const"] != v && schema["anyOf"] == nil {
			t.Errorf("%s: text where the schema says %v", at, schema["type"])
		}
	}
}
