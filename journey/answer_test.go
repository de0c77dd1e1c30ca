package journey

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/seq"
)

// conforms walks a value and holds it to its own tags: the API's document is made of them, so a value that is none of
// its enum, a number that JSON cannot write, or a list that is null would break a client.
func conforms(fail func(string, ...any), at string, v reflect.Value, enum string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			conforms(fail, at, v.Elem(), enum)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[seq.Funnel]() || v.Type().PkgPath() == "time" {
			return
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" || !f.IsExported() {
				continue
			}
			if fv := v.Field(i); fv.Kind() == reflect.Slice && fv.IsNil() && !strings.Contains(options, "omitempty") && f.Type.Elem().Kind() != reflect.Uint8 && strings.HasPrefix(v.Type().PkgPath(), "wend.dev/wend/journey") {
				fail("%s.%s is a list that would be null", at, name)
			}
			if !f.Anonymous && !strings.Contains(options, "omitempty") || !v.Field(i).IsZero() {
				conforms(fail, at+"."+name, v.Field(i), f.Tag.Get("enum"))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			conforms(fail, fmt.Sprintf("%s[%d]", at, i), v.Index(i), enum)
		}
	case reflect.Float64:
		if x := v.Float(); math.IsNaN(x) || math.IsInf(x, 0) {
			fail("%s is %v", at, x)
		}
	case reflect.String:
		if enum != "" && !slices.Contains(strings.Split(enum, ","), v.String()) {
			fail("%s is %q, none of %s", at, v.String(), enum)
		}
	}
}

// TestAnswerConforms holds the test map's answer to the tags of its type.
func TestAnswerConforms(t *testing.T) {
	a, _ := live(t, nil)
	conforms(t.Errorf, "answer", reflect.ValueOf(a), "")
	for _, f := range lint(func(j *Journey, lib Library) {
		j.Metadata.Owner = ""
		lib.Touchpoints["cart"].Spec.Match[0].Where = "bad"
	}) {
		conforms(t.Errorf, "finding", reflect.ValueOf(f), "")
	}
}

// TestNames: everything that the answer says is in snake_case, and every field is documented or says itself what it is.
func TestNames(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(ty reflect.Type)
	walk = func(ty reflect.Type) {
		for ty.Kind() == reflect.Pointer || ty.Kind() == reflect.Slice {
			ty = ty.Elem()
		}
		if ty.Kind() != reflect.Struct || seen[ty] || !strings.HasPrefix(ty.PkgPath(), "wend.dev/wend/") {
			return
		}
		seen[ty] = true
		for i := range ty.NumField() {
			f := ty.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !f.Anonymous && name != "-" && name != "apiVersion" && !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(name) {
				t.Errorf("%s.%s is called %q in JSON", ty, f.Name, name)
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[LiveAnswer]())
	walk(reflect.TypeFor[Journey]())
	walk(reflect.TypeFor[Touchpoint]())
	walk(reflect.TypeFor[Persona]())
	if len(seen) < 30 {
		t.Errorf("only %d types were looked at", len(seen))
	}
}

// TestAnyMap draws a map, a library that knows some of its touchpoints, and counts: whatever they are, the answer
// conforms, its lists have the map's lengths, and the linter has its say without falling over.
func TestAnyMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := anyModel(t)
		j.Header = Header{APIVersion, KindJourney, Metadata{ID: "any"}}
		full := testLibrary()
		spare := []*Touchpoint{full.Touchpoints["late"], full.Touchpoints["pay"], full.Touchpoints["compare-page"], nil}
		lib := Library{Touchpoints: map[string]*Touchpoint{}, Personas: full.Personas}
		for _, id := range j.Touchpoints() {
			if tp := rapid.SampledFrom(spare).Draw(t, "touchpoint"); tp != nil {
				lib.Touchpoints[id] = tp
			}
		}
		n := func() int64 { return rapid.Int64Range(0, 300).Draw(t, "n") }
		counts := func() (c seq.JourneyCounts) {
			c.People, c.Journeys = n(), n()
			for range j.Spec.Stages {
				p := n()
				c.Stages = append(c.Stages, seq.StageCounts{People: p, Onward: min(p, n()), Next: min(p, n())})
			}
			for range j.Touchpoints() {
				p, v := n(), n()
				c.Touchpoints = append(c.Touchpoints, seq.TouchpointCounts{People: p, Visits: v, Failures: min(v, n()), Exits: n(), Onward: min(p, n()),
					Series: []int64{n()}, Scores: []float64{2, 5}, ScoreCounts: []int64{n(), n()}})
			}
			return c
		}
		ans := &seq.JourneyAnswer{Now: counts(), Before: counts(), Meta: seq.Meta{Backend: "part"}}
		k := len(j.Touchpoints())
		for range rapid.IntRange(0, 6).Draw(t, "edges") {
			ans.Edges = append(ans.Edges, seq.JourneyEdge{From: rapid.IntRange(0, k-1).Draw(t, "from"), To: rapid.IntRange(0, k-1).Draw(t, "to"), Count: n()})
		}
		a, err := Live(t.Context(), &fakeEngine{answer: ans}, j, lib, LiveQuery{Now: testNow()})
		if err != nil {
			t.Fatal(err)
		}
		conforms(t.Fatalf, "answer", reflect.ValueOf(a), "")
		if len(a.Stages) != len(j.Spec.Stages) || len(a.Touchpoints) != k || len(a.Edges) != len(ans.Edges) {
			t.Fatalf("%d stages, %d touchpoints, %d edges", len(a.Stages), len(a.Touchpoints), len(a.Edges))
		}
		for i := 1; i < len(a.Edges); i++ {
			if a.Edges[i].Count > a.Edges[i-1].Count {
				t.Fatalf("edges are not in order: %+v", a.Edges)
			}
		}
		var visits int64
		for _, s := range a.Stages {
			visits += s.Visits
		}
		for _, tp := range a.Touchpoints {
			visits -= tp.Visits
			if tp.Silent != slices.Contains(a.Silent, tp.ID) || tp.Silent && !tp.Observable {
				t.Fatalf("%+v", tp)
			}
		}
		if visits != 0 {
			t.Fatalf("the stages' visits differ from the touchpoints' by %d", visits)
		}
		for _, f := range lib.Lint(j, testCatalogue(), noBad, testNow()) {
			conforms(t.Fatalf, "finding", reflect.ValueOf(f), "")
		}
		if _, err := json.Marshal(a); err != nil {
			t.Fatal(err)
		}
	})
}
