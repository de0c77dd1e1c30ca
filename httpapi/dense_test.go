package httpapi

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"wend.dev/wend/engine/seq"
)

type inner struct {
	List []int          `json:"list"`
	Map  map[string]int `json:"map"`
	Left []string       `json:"left,omitempty"`
}

type outer struct {
	inner
	In     inner           `json:"in"`
	Ptr    *inner          `json:"ptr"`
	None   *inner          `json:"none"`
	Many   []inner         `json:"many"`
	When   time.Time       `json:"when"`
	Names  seq.Names       `json:"names"`
	Raw    json.RawMessage `json:"raw"`
	Nested [][]string      `json:"nested"`
}

func TestDense(t *testing.T) {
	f := func(v any, want string) {
		t.Helper()
		before, _ := json.Marshal(v)
		got, err := json.Marshal(dense(v))
		if err != nil || string(got) != want {
			t.Errorf("dense(%s) = %s, %v; want %s", before, got, err, want)
		}
		if after, _ := json.Marshal(v); string(after) != string(before) {
			t.Errorf("dense changed its argument from %s to %s", before, after)
		}
	}
	f(nil, `null`)
	f(7, `7`)
	f([]int(nil), `[]`)
	f(inner{}, `{"list":[],"map":{}}`)
	f(&inner{List: []int{1}}, `{"list":[1],"map":{}}`)
	f([]inner{{}, {List: []int{2}, Map: map[string]int{"a": 1}, Left: []string{"x"}}}, `[{"list":[],"map":{}},{"list":[2],"map":{"a":1},"left":["x"]}]`)
	f(&outer{Ptr: &inner{}, Many: []inner{{}}, Names: seq.Names{"A"}, Raw: json.RawMessage(`null`), Nested: [][]string{nil, {"x"}}},
		`{"list":null,"map":null,"in":{"list":[],"map":{}},"ptr":{"list":[],"map":{}},"none":null,"many":[{"list":[],"map":{}}],`+
			`"when":"0001-01-01T00:00:00Z","names":"A","raw":null,"nested":[[],["x"]]}`)
}

func TestDenseCopiesOnlyWhatChanges(t *testing.T) {
	full := &inner{List: []int{1}, Map: map[string]int{}}
	if got := dense(full); got != any(full) {
		t.Error("a full value was copied")
	}
	half := []*inner{full, {}}
	got := dense(half).([]*inner)
	if got[0] != full || reflect.DeepEqual(got[1], half[1]) {
		t.Errorf("got %v", got)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"event", "where", "name", "first_time", "optional"}
	f := func(name, want string) {
		t.Helper()
		if got := nearest(name, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", name, got, want)
		}
	}
	f("wher", "where")
	f("Where", "where")
	f("evnet", "")
	f("events", "event")
	f("firsttime", "first_time")
	f("optionnal", "optional")
	f("zzz", "")
	f("", "")
}

func TestOperationID(t *testing.T) {
	f := func(method, path, want string) {
		t.Helper()
		if got := operationID(method, path); got != want {
			t.Errorf("operationID(%s %s) = %q, want %q", method, path, got, want)
		}
	}
	f("GET", "/api/v1/journeys/{id}/live", "get-journeys-id-live")
	f("POST", "/api/v1/query/funnel", "post-query-funnel")
}
