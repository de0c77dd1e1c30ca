package mapping

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wend.dev/wend/collect/table"
)

// files writes files by name into a fresh folder and returns their paths.
func files(t *testing.T, byName map[string]string) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for name, text := range byName {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// events runs a mapping over files: each event's JSON without its message id, and the ids.
func events(t *testing.T, spec string, byName map[string]string) (out, ids []string) {
	t.Helper()
	m, err := Parse("mapping.yaml", []byte(head+spec))
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.Open(files(t, byName))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		item, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			out = append(out, err.Error())
			var bad *table.BadRow
			if !errors.As(err, &bad) {
				break
			}
			continue
		}
		for _, e := range item.Events {
			if !json.Valid(e) {
				t.Fatalf("not JSON: %s", e)
			}
			i := strings.Index(string(e), `"messageId":"`)
			ids = append(ids, string(e[i+13:i+13+32]))
			out = append(out, string(e[:i])+string(e[i+13+32+2:]))
		}
	}
	return out, ids
}

const head = "apiVersion: wend/v1\nkind: Mapping\nmetadata: {id: test}\nspec:\n"

func TestParseErrors(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		_, err := Parse("m.yaml", []byte(text))
		if err == nil {
			t.Errorf("no error for\n%s", text)
			return
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("the error does not say %q:\n%v", w, err)
			}
		}
	}
	const files = "  files: {a: {name: a.csv}}\n"
	const event = "      events: [{event: E, user: row.u, time: row.t}]\n"
	f("", "m.yaml: is empty")
	f("a: 1\n---\na: 1\n", "has 2 YAML documents")
	f("a: [1", "m.yaml:1: not YAML")
	f("[1, 2]", "m.yaml:1: should be a mapping")
	f("apiVersion: wend/v1\nkind: Maping\nmetadata: {id: x}\nspec: {files: {}, rows: []}\n", `m.yaml:2: kind: "Maping" is not one of Mapping; did you mean "Mapping"?`)
	f("apiVersion: wend/v1\nkind: Mapping\nmetadata: {}\nspec: {files: {}, rows: []}\n", `m.yaml:3: metadata: the key "id" is missing`)
	f(head+files+"  rows: []\n", "m.yaml:6: spec.rows: is empty")
	f(head+"  files: {a: {naem: a.csv}}\n  rows: []\n", `m.yaml:5: spec.files.a: unknown key "naem"; did you mean "name"?`, `the key "name" is missing`)
	f(head+files+"  rows:\n    - from: b\n"+event, `m.yaml:7: spec.rows[0].from: spec.files has no "b"`)
	f(head+files+"  time_zone: Europe/Olso\n  rows:\n    - from: a\n"+event, `m.yaml:6: spec.time_zone: unknown time zone "Europe/Olso"`)
	f(head+files+"  rows:\n    - from: a\n      explode: [x]\n"+event, "m.yaml:8: spec.rows[0].explode: should be a text")
	f(head+files+"  rows:\n    - from: a\n      group: {by: row.x, within: ten}\n"+event, "m.yaml:8: spec.rows[0].group.within: should be a whole number")
	f(head+files+"  rows:\n    - from: a\n      lookup: {as: x}\n"+event, "m.yaml:8: spec.rows[0].lookup: should be a list")
	f(head+files+"  rows:\n    - from: a\n      when: rwo.x == 1\n"+event, `m.yaml:8: spec.rows[0].when: column 1: nothing is named "rwo"; did you mean "row"?`)
	f(head+files+"  rows:\n    - from: a\n      when: row.x == late\n"+event, "a text stands in quotes: 'late'")
	f(head+files+"  rows:\n    - from: a\n      when: nubmer(row.x) > 1.0\n"+event, `did you mean "number"?`)
	f(head+files+"  rows:\n    - from: a\n      when: row.x ==\n"+event, "m.yaml:8: spec.rows[0].when: not CEL")
	f(head+files+"  rows:\n    - from: a\n      let: [{as: row, value: 1}]\n"+event, `spec.rows[0].let[0].as: the name "row" is taken`)
	f(head+files+"  rows:\n    - from: a\n      events: []\n", "m.yaml:8: spec.rows[0].events: is empty")
	f(head+files+"  rows:\n    - from: a\n      events: [{event: E, time: row.t}]\n", "needs user or anonymous")
	f(head+files+"  rows:\n    - from: a\n      events: [{event: E, user: row.u}]\n", "needs time")
	f(head+files+"  rows:\n    - from: a\n      events: [{user: row.u, time: row.t}]\n", "needs event (its name)")
	f(head+files+"  rows:\n    - from: a\n      events: [{type: tarck, event: E, user: row.u, time: row.t}]\n", `did you mean "track"?`)
	f(head+files+"  rows:\n    - from: a\n      events: [{event: E, traits: {a: row.a}, user: row.u, time: row.t}]\n", "only identify and group calls have traits")
	f(head+files+"  rows:\n    - from: a\n      events: [{type: group, user: row.u, time: row.t}]\n", "a group call needs account")
	f(head+files+"  rows:\n    - from: a\n      events: [{event: E, user: row.u, time: row.t, properties: {a: row.a, a.b: row.b}}]\n", "cannot be both a value and hold others")
	f(head+files+"  rows:\n    - from: a\n      from: a\n"+event, "m.yaml:8:")
}

func TestColumns(t *testing.T) {
	data := map[string]string{
		"a.csv":   "id,u,t,price\n1,u,2026-01-01,5\n",
		"b.csv":   "id,size,colour\n1,L,red\n",
		"c.jsonl": `{"s":"u","list":[{"t":"2026-01-01","kind":"x"}]}` + "\n",
	}
	f := func(rows string, want ...string) {
		t.Helper()
		m, err := Parse("m.yaml", []byte(head+"  files: {a: {name: a.csv, optional: [spare]}, b: {name: b.csv}, c: {name: c.jsonl}}\n  rows:\n"+rows))
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.Open(files(t, data))
		if err == nil {
			_ = r.Close()
			if len(want) > 0 {
				t.Errorf("no error for\n%s", rows)
			}
			return
		}
		if n := strings.Count(err.Error(), "has no column"); n != len(want) {
			t.Errorf("%d columns missing, want %d:\n%v", n, len(want), err)
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("the error does not say %q:\n%v", w, err)
			}
		}
	}
	event := func(properties string) string {
		return "      events: [{event: E, user: row.u, time: row.t, properties: {p: '" + properties + "'}}]\n"
	}
	a := "    - from: a\n"
	b := a + "      lookup: [{as: b, in: b, key: id, on: row.id}, {as: bs, in: b, key: id, on: row.id, many: true, columns: [size]}]\n"
	f(a + event("row.price + row.spare"))
	f(a+event("row.pirce"), `m.yaml:8: spec.rows[0].events[0].properties.p: a.csv has no column "pirce"; did you mean "price"?`)
	f(a+event(`row["pirce"]`), `did you mean "price"?`)
	f(a+event("[row.x, row.y]"), `"x"`, `"y"`)
	f(a+event(`{"k": row.x}`), `"x"`)
	f(a + event("has(row.x) ? 1 : 2"))
	f(b + event("b.colour + bs[0].size"))
	f(b+event("b.color"), `b.csv has no column "color"; did you mean "colour"?`)
	f(b+event("bs.map(x, x.sise)"), `b.csv (of the columns kept) has no column "sise"; did you mean "size"?`)
	f(b+event(`bs.filter(x, x.size == "L").map(y, y.colour)`), `no column "colour"`)
	f(b+event(`bs.exists(x, x.sizes == "L")`), `no column "sizes"`)
	f(b+event(`first(bs, "sizes")`), `no column "sizes"`)
	f(b+event(`sum(take(bs, 2), "sizes")`), `no column "sizes"`)
	f(b+event(`first(bs).sizes`), `no column "sizes"`)
	f(b+event(`bs[0].sizes`), `no column "sizes"`)
	f(a+"      lookup: [{as: b, in: b, key: ids, on: row.id, columns: [weight]}]\n"+event("1"), `lookup[0].key: b.csv has no column "ids"; did you mean "id"?`, `lookup[0].columns[0]: b.csv has no column "weight"`)
	f(a+"      group: {by: row.idd}\n"+event("lines.map(l, l.prise)"), `group.by: a.csv has no column "idd"`, `"prise"; did you mean "price"?`)
	c := "    - from: c\n      explode: list\n      user: parent.s\n      time: row.t\n"
	f(c + "      events: [{event_from: row.kind}]\n")
	f(c+"      events: [{event_from: row.kinds}]\n", `c.jsonl (in list) has no column "kinds"; did you mean "kind"?`)
	f(strings.Replace(c, "parent.s", "parent.ss", 1)+"      events: [{event: E}]\n", `c.jsonl has no column "ss"`)
	f(strings.Replace(c, "explode: list", "explode: lists", 1)+"      events: [{event: E}]\n", `spec.rows[0].explode: c.jsonl has no column "lists"; did you mean "list"?`)
}

func TestEveryFileHasTheColumns(t *testing.T) {
	m, err := Parse("m.yaml", []byte(head+"  files: {a: {name: 'a-*.csv'}}\n  rows:\n    - from: a\n      events: [{event: E, user: row.u, time: row.t}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Open(files(t, map[string]string{"a-1.csv": "u,t\n", "a-2.csv": "u,tt\n"}))
	if err == nil || !strings.Contains(err.Error(), `one of the 2 files a-*.csv has no column "t"`) {
		t.Error(err)
	}
}

func TestDistance(t *testing.T) {
	f := func(a, b string, want int) {
		t.Helper()
		if got := distance(a, b); got != want || distance(b, a) != want {
			t.Errorf("distance of %q and %q is %d, want %d", a, b, got, want)
		}
	}
	f("", "", 0)
	f("abc", "", 3)
	f("event", "evnet", 1) // a swap
	f("kitten", "sitting", 3)
	f("größe", "grösse", 2)
}
