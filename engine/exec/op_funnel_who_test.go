package exec_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// everybody asks page after page and gives the ids in order.
func everybody(t *rapid.T, e *exec.Engine, q seq.FunnelWho) (ids []string) {
	for {
		page, err := e.FunnelWho(context.Background(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		for _, a := range page.Actors {
			ids = append(ids, a.ID)
		}
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			if page.Total != int64(len(ids)) {
				t.Fatalf("a total of %d, but %d on the pages", page.Total, len(ids))
			}
			return ids
		}
	}
}

// TestFunnelWho: who is listed at a step, or lost before it, is whom the funnel of that one person counts there; and there
// are as many of them as the funnel of all counts.
func TestFunnelWho(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawFunnel(t)
		q.Ties = rapid.SampledFrom([]string{"any", "strict", "grace:2s"}).Draw(t, "ties")
		q.Order = rapid.SampledFrom([]string{"ordered", "any"}).Draw(t, "order")
		if q.Order == "any" {
			q.Ties = "any"
		} else {
			q.Count = rapid.SampledFrom([]string{"actors", "entries"}).Draw(t, "count")
			optional(t, &q)
		}
		exclusions(t, &q)
		var events []event.Event
		alone := map[string]*seq.FunnelAnswer{}
		for p := range rapid.IntRange(1, 5).Draw(t, "people") {
			id := fmt.Sprint("p", p)
			own := person(id, drawEvents(t, letters, 8))
			events = append(events, own...)
			alone[event.UserProfile(id).String()] = ask(t, world(own), q)
		}
		w := world(scatter(t, events)...)
		e := exec.New(w, w)
		k := rapid.IntRange(1, len(q.Steps)).Draw(t, "step")
		before := max(0, k-2)
		for before > 0 && q.Steps[before].Optional {
			before--
		}
		who := seq.FunnelWho{Funnel: q, Step: k, Limit: rapid.IntRange(1, 3).Draw(t, "limit")}
		check := func(counts func(*seq.FunnelAnswer) int64) {
			want := map[string]bool{}
			for id, a := range alone {
				want[id] = counts(a) > 0
			}
			n := 0
			for _, id := range everybody(t, e, who) {
				if n++; !want[id] {
					t.Fatalf("%s at %d: %s does not belong here, or is here twice", who.Outcome, k, id)
				}
				delete(want, id)
			}
			for id, missing := range want {
				if missing {
					t.Fatalf("%s at %d: %s is missing", who.Outcome, k, id)
				}
			}
			if got := counts(ask(t, w, q)); q.Count != "entries" && int64(n) != got {
				t.Fatalf("%s at %d: %d people, but the funnel counts %d", who.Outcome, k, n, got)
			}
		}
		check(func(a *seq.FunnelAnswer) int64 { return a.Steps[k-1].Count })
		if k > 1 {
			who.Outcome = "lost"
			check(func(a *seq.FunnelAnswer) int64 { return a.Steps[before].Count - a.Steps[k-1].Count })
		}
	})
}

// TestFunnelWhoNames: a person stands with its identifiers and traits, an account with its name.
func TestFunnelWhoNames(t *testing.T) {
	e, ids := crowdOfThree()
	q := seq.FunnelWho{Funnel: seq.Funnel{Steps: steps("buy")}, Step: 1}
	page, err := e.FunnelWho(context.Background(), q)
	if err != nil || len(page.Actors) != 1 {
		t.Fatalf("%+v %v", page, err)
	}
	a := page.Actors[0]
	if a.ID != ids["bert"].String() || a.Person == nil || a.Person.Identifiers[0] != "user:bert" || a.At != event.MillisOf(epoch.Add(40*time.Second)) {
		t.Errorf("%+v", a)
	}
	q.Funnel.Actor = "account"
	if page, err = e.FunnelWho(context.Background(), q); err != nil || len(page.Actors) != 1 {
		t.Fatalf("%+v %v", page, err)
	}
	if a := page.Actors[0]; a.ID != event.AccountOf("acme").String() || a.Account != "acme" || a.Person != nil {
		t.Errorf("%+v", a)
	}
}

func TestFunnelWhoRefuses(t *testing.T) {
	e, _ := crowdOfThree()
	f := func(q seq.FunnelWho, field string) {
		t.Helper()
		_, err := e.FunnelWho(context.Background(), q)
		var bad *seq.Invalid
		if !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%+v: %v, want one at %s", q, err, field)
		}
	}
	one := seq.Funnel{Steps: steps("buy")}
	f(seq.FunnelWho{Funnel: one, Step: 1, Cursor: "zzz"}, "cursor")
	one.Filter = "properties.a +"
	f(seq.FunnelWho{Funnel: one, Step: 1}, "funnel.filter")
	one.Steps[0].Where = "1"
	f(seq.FunnelWho{Funnel: one, Step: 1}, "funnel.steps[0].where")
}
