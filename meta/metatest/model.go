package metatest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/meta"
)

// modelled is what the simplest possible store would know of a definition.
type modelled struct {
	body     string
	deleted  bool
	versions []string
}

// testModel does the same random things to the back-end and to a map in memory, and compares all that both tell.
func testModel(t *testing.T, b Back, _ *Clock) {
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		kind := fmt.Sprintf("Kind%d", runs) // a fresh start each time
		model := map[string]*modelled{}
		tags := map[string]string{} // body → tag, learnt as we go
		id := rapid.SampledFrom([]string{"a", "b", "c"})
		body := rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf(`{"n":%d}`, rapid.IntRange(1, 3).Draw(t, "n")) })
		match := rapid.SampledFrom([]string{"", "*", "right", "wrong"})
		// ifMatch turns "right" into the tag of the present draft.
		ifMatch := func(m *modelled, how string) string {
			if how == "right" && m != nil {
				return tags[m.body]
			}
			return how
		}
		holds := func(m *modelled, how string) bool {
			return m != nil && !m.deleted && (how == "*" || how == "right")
		}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				i, text, how := id.Draw(t, "id"), body.Draw(t, "body"), match.Draw(t, "if match")
				m := model[i]
				ok := how == "*" || how == "" && (m == nil || m.deleted) || how == "right" && holds(m, how)
				out, err := b.Definitions.Put(t.Context(), meta.Edit{Kind: kind, ID: i, Body: json.RawMessage(text), IfMatch: ifMatch(m, how)})
				expect(t, err, ok, meta.ErrConflict)
				if !ok {
					return
				}
				if m == nil {
					m = &modelled{}
					model[i] = m
				}
				m.body, m.deleted = text, false
				if known, was := tags[text]; was && known != out[0].ETag {
					t.Fatalf("%s has the tags %s and %s", text, known, out[0].ETag)
				}
				tags[text] = out[0].ETag
			},
			"delete": func(t *rapid.T) {
				i, how := id.Draw(t, "id"), match.Filter(func(s string) bool { return s != "" }).Draw(t, "if match")
				m := model[i]
				err := b.Definitions.Delete(t.Context(), kind, i, ifMatch(m, how))
				if m == nil || m.deleted {
					expect(t, err, false, meta.ErrNotFound)
					return
				}
				expect(t, err, how != "wrong", meta.ErrConflict)
				m.deleted = how != "wrong"
			},
			"restore": func(t *rapid.T) {
				i := id.Draw(t, "id")
				m := model[i]
				_, err := b.Definitions.Restore(t.Context(), kind, i)
				expect(t, err, m != nil && m.deleted, meta.ErrNotFound)
				if m != nil {
					m.deleted = false
				}
			},
			"publish": func(t *rapid.T) {
				i := id.Draw(t, "id")
				m := model[i]
				v, err := b.Versions.Publish(t.Context(), meta.Publication{Kind: kind, ID: i, IfMatch: "*"})
				expect(t, err, m != nil && !m.deleted, meta.ErrNotFound)
				if err != nil {
					return
				}
				if n := len(m.versions); n == 0 || m.versions[n-1] != m.body {
					m.versions = append(m.versions, m.body)
				}
				if v.Number != len(m.versions) || string(v.Body) != m.body {
					t.Fatalf("version %d is %s, want %d and %s", v.Number, v.Body, len(m.versions), m.body)
				}
			},
			"": func(t *rapid.T) { compare(t, b, kind, model) },
		})
	})
}

func expect(t *rapid.T, err error, ok bool, otherwise error) {
	if ok != (err == nil) || !ok && !errors.Is(err, otherwise) {
		t.Fatalf("error is %v, want success %t, else %v", err, ok, otherwise)
	}
}

func compare(t *rapid.T, b Back, kind string, model map[string]*modelled) {
	for _, deleted := range []bool{false, true} {
		got, err := b.Definitions.List(t.Context(), kind, deleted)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, i := range slices.Sorted(maps.Keys(model)) {
			if m := model[i]; m.deleted == deleted {
				want = append(want, fmt.Sprintf("%s %s %d %t", i, m.body, len(m.versions), len(m.versions) > 0 && m.versions[len(m.versions)-1] == m.body))
			}
		}
		var have []string
		for _, d := range got {
			have = append(have, fmt.Sprintf("%s %s %d %t", d.ID, d.Body, d.Latest, d.Live == d.ETag))
		}
		if !slices.Equal(have, want) {
			t.Fatalf("deleted %t: have %q, want %q", deleted, have, want)
		}
	}
	for i, m := range model {
		for n, text := range m.versions {
			v, err := b.Versions.Version(t.Context(), kind, i, n+1)
			if err != nil || string(v.Body) != text {
				t.Fatalf("version %d of %s is %s, want %s (%v)", n+1, i, v.Body, text, err)
			}
		}
	}
}
