package mapping

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// TestValues maps one row and looks at one property, made by an expression.
func TestValues(t *testing.T) {
	f := func(expr, want string) {
		t.Helper()
		got, _ := events(t, `  time_zone: Europe/Oslo
  files: {a: {name: a.csv, "null": [NA]}, b: {name: b.csv}}
  rows:
    - from: a
      lookup: [{as: bs, in: b, key: k, on: row.k, many: true}, {as: b, in: b, key: k, on: row.k}, {as: none, in: b, key: k, on: '"nobody"'}, {as: nones, in: b, key: k, on: '"nobody"', many: true}]
      events: [{event: E, user: '"u"', time: '"2026-01-01"', properties: {p: '`+strings.ReplaceAll(expr, "'", "''")+`'}}]
`, map[string]string{
			"a.csv": "k,price,comma,at,empty,na,text\n7,12.50,\"1.234,5\",2026-07-01 12:00:00,,NA,\"a \"\"b\"\"\né\"\n",
			"b.csv": "k,v\n7,1\n7,2.5\n7,\n7,1\n8,9\n",
		})
		const head, tail = `{"type":"track","timestamp":"2025-12-31T23:00:00.000Z","event":"E","userId":"u","properties":{"p":`, `}}`
		if len(got) != 1 {
			t.Fatalf("%s: %q", expr, got)
		}
		if s, ok := strings.CutPrefix(got[0], head); ok {
			got[0] = strings.TrimSuffix(s, tail)
		} else if strings.HasSuffix(got[0], `"properties":{}}`) {
			got[0] = "left out"
		}
		if !strings.HasPrefix(want, "error ") && got[0] != want || !strings.Contains(got[0], strings.TrimPrefix(want, "error ")) {
			t.Errorf("%s is %s, want %s", expr, got[0], want)
		}
	}
	f("row.price", `"12.50"`)
	f("row.empty", "left out")
	f("row.na", "left out")
	f("row.text", `"a \"b\"\né"`)
	f("1", "1")
	f("true", "true")
	f("2.5", "2.5")
	f("null", "left out")
	f("number(row.price)", "12.5")
	f("number(row.price) * 2.0", "25")
	f("number(row.price) * 2", "error number() and time() read texts")
	f("number(row.empty)", "left out")
	f("number(row.empty) + 1.0", "error a value is null")
	f("number(row.comma, ',')", "1234.5")
	f(`number("1,234.5")`, "1234.5")
	f(`number("1 234 567")`, "1234567")
	f(`number("-3e2")`, "-300")
	f(`number("NaN")`, `error cannot read "NaN" as a number`)
	f(`number("")`, `error cannot read "" as a number`)
	f(`number([1])`, "error cannot read a list as a number")
	f(`number("1", "x1")`, "error decimal sign")
	f("row.empty != null ? 1 : null", "left out")
	f("time(row.at)", `"2026-07-01T10:00:00.000Z"`)
	f("time(row.empty)", "left out")
	f(`time("2026-01-01T00:00:00.123+05:00")`, `"2025-12-31T19:00:00.123Z"`)
	f(`time("31.12.2026", "02.01.2006")`, `"2026-12-30T23:00:00.000Z"`)
	f(`time("31.12.2026")`, `error cannot read "31.12.2026" as a time; tried 2006-01-02T15:04:05Z07:00`)
	f("time(5)", "error say unix(…)")
	f("unix(1659304800)", `"2022-07-31T22:00:00.000Z"`)
	f("unix_ms(1659304800025)", `"2022-07-31T22:00:00.025Z"`)
	f(`unix("1659304800.5")`, `"2022-07-31T22:00:00.500Z"`)
	f("unix(1659304800025)", "error past the year 9999")
	f(`days(time(row.at) - time("2026-06-30"))`, "1.5")
	f("days(5)", "error difference of two times")
	f(`time(row.at) - time("2026-07-01")`, "43200")
	f("round(2.345, 2)", "2.35")
	f("round(-2.5, 0)", "-3")
	f("round(number(row.empty), 2)", "left out")
	f("sum([1, 2.5, '3', null])", "6.5")
	f("sum([])", "0")
	f("sum(['x'])", `error cannot read "x" as a number`)
	f("sum(bs, 'v')", "4.5")
	f("column(bs, 'v')", `["1","2.5",null,"1"]`)
	f("distinct(column(bs, 'v'))", `["1","2.5"]`)
	f("first(bs, 'v')", `"1"`)
	f("last(bs, 'v')", `"1"`)
	f("first(nones, 'v')", "left out")
	f("sum(nones, 'v')", "0")
	f("bs.size()", "4")
	f("take(bs, 2)", `[{"k":"7","v":"1"},{"k":"7","v":"2.5"}]`)
	f("bs.filter(x, x.v != null).map(x, number(x.v))", "[1,2.5,1]")
	f("b.v", `"1"`)
	f("none.v", "left out")
	f("none.v == null", "true")
	f("sum(row.price, 'v')", "error not a list")
	f(`"Ab c".lowerAscii().split(" ")`, `["ab","c"]`)
	f("{'a': row.price, 'b': null, 'c': {'d': 1}}", `{"a":"12.50","c":{"d":1}}`)
	f("1.0 / 0.0", "error which JSON cannot write")
	f("9007199254740993", "9007199254740993")
}

func TestCalls(t *testing.T) {
	got, ids := events(t, `  files: {a: {name: a.csv}}
  rows:
    - from: a
      when: row.id != "3"
      user: row.id
      anonymous: row.device
      time: row.t
      events:
        - {type: identify, traits: {email: row.mail, address.city: row.city, address.zip: 12}}
        - {type: group, account: '"acme"', traits: {plan: '"pro"'}}
        - {type: page, event: Home, account: '"acme"', context: {page.path: '"/"', channel: '"web"'}}
        - {type: screen, properties: {x: 1}}
        - {type: alias, previous: row.device, when: row.id == "2"}
        - {event_from: '"Dyn " + row.id', user: 'null', when: row.id == "1"}
`, map[string]string{"a.csv": "id,device,t,mail,city\n1,d1,2026-01-01T00:00:00Z,a@b.c,Oslo\n2,d2,2026-01-02,,\n3,d3,2026-01-03,,\n"})
	same(t, got,
		`{"type":"identify","timestamp":"2026-01-01T00:00:00.000Z","userId":"1","anonymousId":"d1","traits":{"address":{"city":"Oslo","zip":12},"email":"a@b.c"}}`,
		`{"type":"group","timestamp":"2026-01-01T00:00:00.000Z","userId":"1","anonymousId":"d1","groupId":"acme","traits":{"plan":"pro"}}`,
		`{"type":"page","timestamp":"2026-01-01T00:00:00.000Z","name":"Home","userId":"1","anonymousId":"d1","context":{"groupId":"acme","channel":"web","page":{"path":"/"}}}`,
		`{"type":"screen","timestamp":"2026-01-01T00:00:00.000Z","userId":"1","anonymousId":"d1","properties":{"x":1}}`,
		`{"type":"track","timestamp":"2026-01-01T00:00:00.000Z","event":"Dyn 1","anonymousId":"d1"}`,
		`{"type":"identify","timestamp":"2026-01-02T00:00:00.000Z","userId":"2","anonymousId":"d2","traits":{"address":{"zip":12}}}`,
		`{"type":"group","timestamp":"2026-01-02T00:00:00.000Z","userId":"2","anonymousId":"d2","groupId":"acme","traits":{"plan":"pro"}}`,
		`{"type":"page","timestamp":"2026-01-02T00:00:00.000Z","name":"Home","userId":"2","anonymousId":"d2","context":{"groupId":"acme","channel":"web","page":{"path":"/"}}}`,
		`{"type":"screen","timestamp":"2026-01-02T00:00:00.000Z","userId":"2","anonymousId":"d2","properties":{"x":1}}`,
		`{"type":"alias","timestamp":"2026-01-02T00:00:00.000Z","userId":"2","anonymousId":"d2","previousId":"d2"}`,
	)
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 10 {
		t.Errorf("message ids repeat: %v", ids)
	}
}

func TestGroup(t *testing.T) {
	spec := func(within int) string {
		return fmt.Sprintf(`  files: {a: {name: "a*.csv"}}
  rows:
    - from: a
      group: {by: [row.inv], within: %d}
      user: row.u
      time: '"2026-01-01"'
      events: [{event: E, properties: {inv: row.inv, n: lines.size(), sum: 'sum(lines, "q")'}}]
`, within)
	}
	event := func(u, inv string, n, sum int) string {
		return fmt.Sprintf(`{"type":"track","timestamp":"2026-01-01T00:00:00.000Z","event":"E","userId":"%s","properties":{"inv":"%s","n":%d,"sum":%d}}`, u, inv, n, sum)
	}
	// The second file goes on with the first one's last group.
	data := map[string]string{
		"a1.csv": "inv,u,q\nA,1,1\nA,1,2\nB,2,3\nC,3,4\nB,2,5\n",
		"a2.csv": "inv,u,q\nB,2,6\nD,4,7\n",
	}
	got, ids := events(t, spec(1), data)
	same(t, got, event("1", "A", 2, 3), event("3", "C", 1, 4), event("2", "B", 3, 14), event("4", "D", 1, 7))
	wide, wideIDs := events(t, spec(100), data)
	slices.Sort(got)
	slices.Sort(wide)
	slices.Sort(ids)
	slices.Sort(wideIDs)
	same(t, wide, got...)
	same(t, wideIDs, ids...)
	late, _ := events(t, spec(0), data)
	if len(late) < 4 || !strings.Contains(strings.Join(late, "\n"), "a1.csv:6: this line belongs to a group whose other lines ended more than within: 0 lines ago") {
		t.Errorf("a group that comes back: %q", late)
	}
}

func TestExplode(t *testing.T) {
	got, ids := events(t, `  files: {a: {name: a.jsonl}}
  rows:
    - from: a
      explode: ev
      user: parent.s
      time: unix_ms(row.ts)
      events: [{event_from: row.k, properties: {i: index, extra: row.x, nested: row.?o.?p.orValue(null)}}]
`, map[string]string{"a.jsonl": `{"s":7,"ev":[{"ts":1000,"k":"A"},{"ts":2000,"k":"A","x":[1,"b"],"o":{"p":1.5}}]}
{"s":8,"ev":[]}
{"s":9,"ev":null}
{"s":10,"ev":[3]}
{"s":11,"ev":"no"}
{"s":12,"ev":[{"ts":1000,"k":"A"}]}
`})
	same(t, got,
		`{"type":"track","timestamp":"1970-01-01T00:00:01.000Z","event":"A","userId":"7","properties":{"i":0}}`,
		`{"type":"track","timestamp":"1970-01-01T00:00:02.000Z","event":"A","userId":"7","properties":{"extra":[1,"b"],"i":1,"nested":1.5}}`,
		"a.jsonl:4: ev[0] is not an object", "a.jsonl:5: ev is not a list",
		`{"type":"track","timestamp":"1970-01-01T00:00:01.000Z","event":"A","userId":"12","properties":{"i":0}}`,
	)
	if len(ids) != 3 || ids[0] == ids[1] {
		t.Errorf("ids %v", ids)
	}
}

func TestLookupRequired(t *testing.T) {
	got, _ := events(t, `  files: {a: {name: a.csv}, b: {name: b.csv}}
  rows:
    - from: a
      lookup: [{as: b, in: b, key: k, on: row.k, required: true}]
      events: [{event: E, user: b.v, time: '"2026-01-01"'}]
`, map[string]string{"a.csv": "k\n1\n2\n\n", "b.csv": "k,v\n1,one\n,nobody\n"})
	same(t, got, `{"type":"track","timestamp":"2026-01-01T00:00:00.000Z","event":"E","userId":"one"}`,
		`a.csv:3: spec.rows[0].lookup[0]: b has no row where k is "2"`)
}

// TestMessageIDs says on what ids depend: the mapping's id, the event and the key; without a key the row's content.
func TestMessageIDs(t *testing.T) {
	ids := func(key, name, text string) []string {
		_, ids := events(t, "  files: {a: {name: 'a*.csv'}}\n  rows:\n    - from: a\n"+key+"      user: row.u\n      time: '\"2026-01-01\"'\n      events: [{event: E}, {event: E}, {event: F}]\n", map[string]string{name: text})
		return ids
	}
	keyed := ids("      key: row.u\n", "a1.csv", "u,x\n1,1\n2,1\n")
	if s := slices.Sorted(slices.Values(keyed)); len(slices.Compact(s)) != 6 {
		t.Errorf("ids repeat: %v", keyed)
	}
	same(t, ids("      key: row.u\n", "a2.csv", "u,x\n2,7\n"), keyed[3:]...) // another file, another line, the same key
	bare := ids("", "a1.csv", "u,x\n1,1\n1,1\n")
	if s := slices.Sorted(slices.Values(bare)); len(slices.Compact(s)) != 6 {
		t.Errorf("equal lines make equal ids: %v", bare)
	}
	same(t, ids("", "a1.csv", "u,x\n1,1\n"), bare[:3]...)
	if other := ids("", "a1.csv", "u,x\n1,2\n"); other[0] == bare[0] {
		t.Error("a line with other content has the same id")
	}
}

func TestSkip(t *testing.T) {
	m, err := Parse("m.yaml", []byte(head+"  files: {a: {name: a.csv}, b: {name: b.csv}}\n  rows:\n    - {from: a, events: [{event: A, user: row.u, time: '\"2026-01-01\"'}]}\n    - {from: b, group: {by: row.u}, events: [{event: B, user: row.u, time: '\"2026-01-01\"'}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	paths := files(t, map[string]string{"a.csv": "u\n1\n2,\n3\n", "b.csv": "u\n4\n4\n5\n6\n"})
	all := func(skip int64) (out []string) {
		r, err := m.Open(paths)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if err := r.Skip(skip); err != nil {
			return []string{err.Error()}
		}
		for {
			item, err := r.Next()
			if errors.Is(err, io.EOF) {
				if r.Offset() != r.Size() {
					t.Errorf("%d of %d bytes read at the end", r.Offset(), r.Size())
				}
				return out
			}
			out = append(out, fmt.Sprintf("%d %s %v", item.Row, item.Events, err))
		}
	}
	whole := all(0)
	if len(whole) != 6 || !strings.Contains(whole[1], "a.csv:3: the line has 2 cells") {
		t.Fatalf("rows %q", whole)
	}
	for n := range whole {
		same(t, all(int64(n)), whole[n:]...)
	}
	same(t, all(7), "the files have 6 rows; 7 were sent before")
}

func TestRules(t *testing.T) {
	parse := func(text string) string {
		m, err := Parse("m.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return m.Rules()
	}
	base := head + "  files: {a: {name: a.csv}, b: {name: b.csv}}\n  rows:\n    - {from: a, events: [{event: A, user: row.u, time: row.t}]}\n"
	if parse(base) != parse("# note\n"+strings.Replace(base, "id: test", "id: test, title: T", 1)) {
		t.Error("a comment or a title changes the rules")
	}
	if parse(base) == parse(strings.Replace(base, "row.u", "row.v", 1)) || parse(base) == parse(strings.Replace(base, "id: test", "id: text", 1)) {
		t.Error("another expression or id does not change the rules")
	}
}
