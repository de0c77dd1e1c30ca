package journey

import (
	"fmt"
	"strings"
	"testing"
)

// beside lints the test map with a twin next to it, after a change of either.
func beside(change func(twin *Journey, lib *Library)) (rules, texts string) {
	j, twin, lib := testMap(), testMap(), testLibrary()
	twin.Metadata.ID = "buying"
	lib.Journeys = map[string]*Journey{"orders": j, "buying": twin}
	if change != nil {
		change(twin, &lib)
	}
	for _, f := range lib.Lint(j, testCatalogue(), noBad, testNow()) {
		if f.Rule == "maps_overlap" || f.Rule == "owner_left" {
			rules += fmt.Sprintf("%s %s %s/%s %s; ", f.Severity, f.Rule, f.Kind, f.ID, f.Path)
			texts += f.Text + " " + f.Fix + "\n"
		}
	}
	return rules, texts
}

func TestMapsThatOverlap(t *testing.T) {
	const overlap = "hint maps_overlap Journey/orders spec.stages; "
	f := func(name, want string, change func(*Journey, *Library)) {
		t.Helper()
		if got, _ := beside(change); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	f("a twin", overlap, nil)
	f("for the same customers among others", overlap, func(twin *Journey, _ *Library) { twin.Spec.Personas = append(twin.Spec.Personas, "fitter") })
	f("for anybody", overlap, func(twin *Journey, _ *Library) { twin.Spec.Personas = nil })
	f("for others", "", func(twin *Journey, _ *Library) { twin.Spec.Personas = []string{"fitter"} })
	f("how it shall be", "", func(twin *Journey, _ *Library) { twin.Spec.State = "future" })
	f("how it is", overlap, func(twin *Journey, _ *Library) { twin.Spec.State = "current" })
	f("of one customer", "", func(twin *Journey, _ *Library) { twin.Spec.Actor = "profile" })
	f("closer up", "", func(twin *Journey, _ *Library) { twin.Spec.Level = "micro" })
	f("a part of it", "", func(twin *Journey, _ *Library) { twin.Spec.Parent = "orders" })
	f("a part of a part of it", "", func(twin *Journey, lib *Library) {
		lib.Journeys["middle"] = &Journey{Header: Header{Metadata: Metadata{ID: "middle"}}, Spec: JourneySpec{Parent: "orders"}}
		twin.Spec.Parent = "middle"
	})
	f("a circle of parents", overlap, func(twin *Journey, lib *Library) {
		lib.Journeys["x"] = &Journey{Header: Header{Metadata: Metadata{ID: "x"}}, Spec: JourneySpec{Parent: "y"}}
		lib.Journeys["y"] = &Journey{Header: Header{Metadata: Metadata{ID: "y"}}, Spec: JourneySpec{Parent: "x"}}
		twin.Spec.Parent = "x"
	})
	f("less than three shared", "", func(twin *Journey, _ *Library) { twin.Spec.Stages = twin.Spec.Stages[:1] })
	f("a piece of it, with nothing of its own", overlap, func(twin *Journey, _ *Library) { twin.Spec.Stages = twin.Spec.Stages[:2] })
	f("most of its own is other", "", func(twin *Journey, lib *Library) {
		twin.Spec.Stages = twin.Spec.Stages[:2]
		for i := range 20 {
			id := fmt.Sprint("own-", i)
			tp := *lib.Touchpoints["cart"]
			tp.Metadata.ID = id
			tp.Spec.Match = append(tp.Spec.Match[:0:0], tp.Spec.Match...)
			tp.Spec.Match[0].Where = fmt.Sprintf("properties.n == %d.0", i)
			lib.Touchpoints[id] = &tp
			twin.Spec.Stages[0].Steps[0].Touchpoints = append(twin.Spec.Stages[0].Steps[0].Touchpoints, id)
		}
		own := lib.Journeys["orders"]
		for i := range 20 {
			id := fmt.Sprint("mine-", i)
			tp := *lib.Touchpoints["cart"]
			tp.Metadata.ID = id
			tp.Spec.Match = append(tp.Spec.Match[:0:0], tp.Spec.Match...)
			tp.Spec.Match[0].Where = fmt.Sprintf("properties.m == %d.0", i)
			lib.Touchpoints[id] = &tp
			own.Spec.Stages[0].Steps[0].Touchpoints = append(own.Spec.Stages[0].Steps[0].Touchpoints, id)
		}
	})
	if _, text := beside(nil); !strings.Contains(text, `on map "buying" too.`) || !strings.Contains(text, "spec.parent") || strings.Contains(text, "%!") {
		t.Errorf("text %q", text)
	}
}

func TestOwnersWhoLeft(t *testing.T) {
	got, text := beside(func(_ *Journey, lib *Library) {
		lib.Journeys = nil
		lib.Left = []string{"", "someone@example.com", " CX@example.com"}
	})
	if got != "warning owner_left Journey/orders metadata.owner; " || !strings.Contains(text, `"cx@example.com" has left`) {
		t.Errorf("%s\n%s", got, text)
	}
	got, _ = beside(func(_ *Journey, lib *Library) {
		lib.Journeys = nil
		lib.Touchpoints["cart"].Metadata.Owner = "ola@example.com"
		lib.Personas["purchaser"].Metadata.Owner = "ola@example.com"
		lib.Left = []string{"ola@example.com"}
	})
	if got != "warning owner_left Touchpoint/cart metadata.owner; warning owner_left Persona/purchaser metadata.owner; " {
		t.Errorf("%s", got)
	}
	if got, _ = beside(func(_ *Journey, lib *Library) { lib.Journeys = nil }); got != "" {
		t.Errorf("nobody left: %s", got)
	}
}
