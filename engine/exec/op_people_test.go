package exec_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/event"
)

// crowdOfThree: anna (with a merged device) and bert of acme, and a stranger's device.
func crowdOfThree() (*exec.Engine, map[string]event.ProfileID) {
	anna := person("anna", []ev{{"Identify", 10}, {"Identify", 20}})
	anna[0].Kind, anna[1].Kind = event.Identify, event.Identify
	anna[0].Fields = event.SortFields([]event.Field{{Path: "traits.email", Value: event.StringValue("Anna@Old.example")}, {Path: "traits.age", Value: event.NumberValue(41)}})
	anna[1].Fields = []event.Field{{Path: "traits.email", Value: event.StringValue("anna@new.example")}}
	device := person("device", []ev{{"look", 5}})
	stranger := person("stranger", []ev{{"look", 30}})
	for _, d := range [][]event.Event{device, stranger} {
		d[0].AnonymousID, d[0].UserID = d[0].UserID, ""
		d[0].Profile = event.AnonymousProfile(d[0].AnonymousID)
	}
	bert := person("bert", []ev{{"group", 1}, {"buy", 40}})
	bert[0].Kind = event.Group
	bert[0].Fields = []event.Field{{Path: "traits.name", Value: event.StringValue("Acme of Anna")}}
	w := world(append(anna, stranger...), append(device, bert...))
	ids := map[string]event.ProfileID{"anna": anna[0].Profile, "bert": bert[0].Profile, "device": device[0].Profile, "stranger": stranger[0].Profile}
	w.Merged = map[event.ProfileID]event.ProfileID{ids["device"]: ids["anna"]}
	acme := event.AccountOf("acme")
	w.Accounts = map[event.ProfileID]event.AccountID{ids["anna"]: acme, ids["bert"]: acme}
	w.Groups = map[event.AccountID]string{acme: "acme"}
	return exec.New(w, w), ids
}

func TestPeopleSearch(t *testing.T) {
	e, ids := crowdOfThree()
	f := func(q engine.PeopleQuery, want ...string) {
		t.Helper()
		page, err := e.People(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		var got, expected []event.ProfileID
		for _, p := range page.People {
			got = append(got, p.ID)
		}
		for _, w := range want {
			expected = append(expected, ids[w])
		}
		if !slices.Equal(got, expected) {
			t.Errorf("%+v: %v, want %v", q, got, want)
		}
	}
	f(engine.PeopleQuery{}, "bert", "stranger", "anna")
	f(engine.PeopleQuery{Text: "user:"}, "bert", "anna")
	f(engine.PeopleQuery{Text: "ANNA@new"}, "anna")
	f(engine.PeopleQuery{Text: "device"}, "anna") // found by what was merged into her
	f(engine.PeopleQuery{Text: "acme of"})        // the name of a group is no one's trait
	f(engine.PeopleQuery{Text: ids["device"].String()}, "anna")
	f(engine.PeopleQuery{Text: "nobody"})
	f(engine.PeopleQuery{Account: event.AccountOf("acme")}, "bert", "anna")
	f(engine.PeopleQuery{Account: event.AccountOf("none")})
	f(engine.PeopleQuery{IDs: []event.ProfileID{ids["device"], 7, ids["bert"]}}, "anna", "bert")
}

func TestPeoplePerson(t *testing.T) {
	e, ids := crowdOfThree()
	page, err := e.People(context.Background(), engine.PeopleQuery{IDs: []event.ProfileID{ids["anna"]}})
	if err != nil {
		t.Fatal(err)
	}
	p := page.People[0]
	if !slices.Equal(p.Identifiers, []string{"user:anna", "anon:device"}) {
		t.Errorf("identifiers %v", p.Identifiers)
	}
	if fmt.Sprint(p.Traits) != "map[age:41 email:anna@new.example]" {
		t.Errorf("traits %v", p.Traits)
	}
	start := event.MillisOf(epoch)
	if p.Account != "acme" || p.Events != 3 || p.FirstSeen != start+5000 || p.LastSeen != start+20000 {
		t.Errorf("%+v", p)
	}
}

// TestPeoplePages walks all pages and must meet everyone once, the most recent first.
func TestPeoplePages(t *testing.T) {
	var events []event.Event
	for i := range 250 {
		events = append(events, person(fmt.Sprint(i), []ev{{"look", int64(i % 60)}})...)
	}
	w := world(events)
	e := exec.New(w, w)
	for _, text := range []string{"", "user"} {
		seen := map[event.ProfileID]bool{}
		q := engine.PeopleQuery{Text: text, Limit: 7}
		last := event.Millis(1 << 60)
		for {
			page, err := e.People(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page.People {
				if seen[p.ID] || p.LastSeen > last {
					t.Fatalf("%s comes twice or too late", p.ID)
				}
				seen[p.ID], last = true, p.LastSeen
			}
			if q.Cursor = page.NextCursor; q.Cursor == "" {
				break
			}
		}
		if len(seen) != 250 {
			t.Errorf("%q: met %d of 250", text, len(seen))
		}
	}
	for _, bad := range []engine.PeopleQuery{{Limit: 201}, {Limit: -1}, {Cursor: "x"}, {Text: "\xff"}} {
		if _, err := e.People(context.Background(), bad); err == nil {
			t.Errorf("%+v is answered", bad)
		}
	}
}
