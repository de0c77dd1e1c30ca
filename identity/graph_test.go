package identity

import (
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/event"
)

func ev(user, anon string, at event.Millis) *event.Event {
	return &event.Event{UserID: user, AnonymousID: anon, Time: at, Profile: event.ProfileOf(user, anon)}
}

func group(user, anon, g string, at event.Millis) *event.Event {
	e := ev(user, anon, at)
	e.GroupID = g
	return e
}

// world observes events and answers exists from those it was given.
type world struct {
	*Graph
	seen map[event.ProfileID]bool
}

func newWorld(events ...*event.Event) world {
	w := world{New(), map[event.ProfileID]bool{}}
	for _, e := range events {
		w.see(e)
	}
	return w
}

func (w world) see(e *event.Event) {
	w.Observe(e)
	w.seen[e.Profile] = true
}

func (w world) view() (map[event.ProfileID]event.ProfileID, map[event.ProfileID]event.AccountID) {
	m, a, _ := w.View(func(p event.ProfileID) bool { return w.seen[p] })
	return m, a
}

func TestLinks(t *testing.T) {
	f := func(name string, want map[string]string, events ...*event.Event) {
		t.Helper()
		w := newWorld(events...)
		got, _ := w.view()
		wantIDs := map[event.ProfileID]event.ProfileID{}
		for a, u := range want {
			wantIDs[event.AnonymousProfile(a)] = event.UserProfile(u)
		}
		if !maps.Equal(got, wantIDs) {
			t.Errorf("%s: merged %v, want %v", name, got, wantIDs)
		}
	}
	f("anonymous, then identified", map[string]string{"a": "u"}, ev("", "a", 1), ev("u", "a", 2))
	f("identified first, anonymous events late", map[string]string{"a": "u"}, ev("u", "a", 2), ev("", "a", 1))
	f("anonymous id with no event of its own is no merge", nil, ev("u", "a", 2))
	f("self-alias", nil, ev("", "u", 1), ev("u", "u", 2))
	f("two users are never merged", map[string]string{"a": "u"}, ev("", "a", 1), ev("u", "a", 2), ev("v", "a", 3))
	f("the earliest link wins whatever comes first", map[string]string{"a": "u"}, ev("", "a", 1), ev("v", "a", 3), ev("u", "a", 2))
	f("two devices of one user", map[string]string{"a": "u", "b": "u"}, ev("", "a", 1), ev("", "b", 1), ev("u", "a", 2), ev("u", "b", 2))
}

func TestMembership(t *testing.T) {
	w := newWorld(ev("", "a", 1), group("", "a", "acme", 2), ev("u", "a", 3))
	_, accounts := w.view()
	if got := accounts[event.UserProfile("u")]; got != event.AccountOf("acme") {
		t.Errorf("a membership from before identify is not the user's: %v", accounts)
	}
	w.see(group("u", "", "other", 5))
	w.see(group("u", "", "acme", 4)) // late: older than what is known
	if _, accounts = w.view(); accounts[event.UserProfile("u")] != event.AccountOf("other") {
		t.Errorf("the latest membership by event time should win: %v", accounts)
	}
	_, _, names := w.View(func(event.ProfileID) bool { return false })
	if names[event.AccountOf("acme")] != "acme" || names[event.AccountOf("other")] != "other" {
		t.Errorf("account names: %v", names)
	}
}

// A fresh random anonymous id on every message of a known user must not grow the merge table (rule 9 of the contract).
func TestRandomAnonymousIDsStayBounded(t *testing.T) {
	w := newWorld()
	w.limit = 1000
	for i := range 50_000 {
		w.Observe(ev("u", fmt.Sprint("random-", i), event.Millis(i)))
	}
	s := w.Stats()
	if s.Links != 0 || s.Pending > 1000 || len(w.queue) > 2000 || len(w.fresh) > 2000 {
		t.Errorf("links %d, pending %d, queue %d, fresh %d", s.Links, s.Pending, len(w.queue), len(w.fresh))
	}
	w.see(ev("", "random-49999", 1))
	if m, _ := w.view(); len(m) != 1 {
		t.Errorf("a recent pending link was not confirmed by its anonymous event: %v", m)
	}
}

// Forgetting some profiles leaves what the others' events alone would have taught, whatever the order.
func TestForget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawEvents(t)
		w := newWorld(events...)
		merged, _ := w.view()
		root := event.UserProfile(fmt.Sprint("u", rapid.IntRange(1, 4).Draw(t, "who")))
		gone := map[event.ProfileID]bool{root: true}
		users := map[string]map[event.ProfileID]bool{} // by anonymous id
		for _, e := range events {
			if anon := event.AnonymousProfile(e.AnonymousID); merged[anon] == root {
				gone[anon] = true
			}
			if e.UserID != "" {
				if users[e.AnonymousID] == nil {
					users[e.AnonymousID] = map[event.ProfileID]bool{}
				}
				users[e.AnonymousID][e.Profile] = true
			}
		}
		for anon, of := range users {
			if anon != "" && of[root] && len(of) > 1 {
				t.Skip("a shared device: only the others' next events tell")
			}
		}
		var ids []event.ProfileID
		rest := newWorld()
		for p := range gone {
			ids = append(ids, p)
			delete(w.seen, p)
		}
		w.Forget(ids)
		w.Forget(ids)
		for _, e := range events {
			if !gone[e.Profile] {
				rest.see(e)
			}
		}
		same := func(when string) {
			m1, a1 := w.view()
			m2, a2 := rest.view()
			if !maps.Equal(m1, m2) || !maps.Equal(a1, a2) {
				t.Fatalf("%s: merged %v, want %v; accounts %v, want %v", when, m1, m2, a1, a2)
			}
			members := map[event.AccountID]bool{}
			for _, m := range rest.members {
				members[m.account] = true
			}
			for a, name := range w.names {
				if when == "afterwards" && !members[a] {
					t.Fatalf("account %q is still known", name)
				}
			}
			for a := range members {
				if w.names[a] == "" {
					t.Fatalf("%s: the name of account %v is forgotten, though it has members", when, a)
				}
			}
		}
		same("afterwards")
		for _, e := range drawEvents(t) { // a new life, and others' going on
			w.see(e)
			rest.see(e)
		}
		same("in the new life")
	})
}

func TestForgetKeepsWhatOthersSaid(t *testing.T) {
	w := newWorld(group("", "a", "acme", 1), group("u", "", "acme", 2), group("v", "", "other", 2))
	w.Observe(ev("u", "b", 3))
	w.Forget([]event.ProfileID{event.UserProfile("u"), event.AnonymousProfile("b")})
	_, accounts := w.view()
	if _, _, names := w.View(nil); len(accounts) != 2 || names[event.AccountOf("acme")] != "acme" || w.Stats().Pending != 0 {
		t.Errorf("accounts %v, names %v, %+v", accounts, names, w.Stats())
	}
	w.Forget([]event.ProfileID{event.AnonymousProfile("a")})
	if _, _, names := w.View(nil); len(names) != 1 {
		t.Errorf("nobody is of acme any more, but it is known: %v", names)
	}
	w = newWorld(ev("", "a", 1), ev("u", "a", 2))
	w.view()
	delete(w.seen, event.AnonymousProfile("a"))
	w.Forget([]event.ProfileID{event.AnonymousProfile("a")}) // the user, and what the user's event says, stays
	if s := w.Stats(); s.Links != 0 || s.Pending != 1 {
		t.Errorf("%+v", s)
	}
	w.see(ev("", "a", 3))
	if m, _ := w.view(); m[event.AnonymousProfile("a")] != event.UserProfile("u") {
		t.Errorf("merged %v", m)
	}
}

func TestViewDoesNotChangeUnderReader(t *testing.T) {
	w := newWorld(ev("", "a", 1), ev("u", "a", 2))
	before, _ := w.view()
	w.see(ev("", "b", 1))
	w.see(ev("u", "b", 2))
	after, _ := w.view()
	if len(before) != 1 || len(after) != 2 {
		t.Errorf("before %d, after %d", len(before), len(after))
	}
}

func drawEvents(t *rapid.T) []*event.Event {
	id := func(prefix, label string) string {
		if n := rapid.IntRange(0, 4).Draw(t, label); n > 0 {
			return fmt.Sprint(prefix, n)
		}
		return ""
	}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *event.Event {
		user, anon := id("u", "user"), id("a", "anon")
		if user == "" && anon == "" {
			anon = "a1"
		}
		return group(user, anon, id("g", "group"), event.Millis(rapid.IntRange(1, 6).Draw(t, "time")))
	}), 0, 30).Draw(t, "events")
}

func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawEvents(t)
		m1, a1 := newWorld(events...).view()
		shuffled := newWorld()
		for _, e := range rapid.Permutation(events).Draw(t, "order") {
			shuffled.see(e)
			if rapid.Bool().Draw(t, "look") {
				shuffled.view()
			}
			shuffled.see(e) // a replay
		}
		m2, a2 := shuffled.view()
		if !maps.Equal(m1, m2) || !maps.Equal(a1, a2) {
			t.Fatalf("merged %v and %v, accounts %v and %v", m1, m2, a1, a2)
		}
		for from, to := range m1 {
			if _, chained := m1[to]; chained {
				t.Fatalf("%v leads to %v, which is merged itself", from, to)
			}
		}
	})
}

func TestSaveAndLoad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawEvents(t)
		w := newWorld(events...)
		cut := rapid.IntRange(0, len(events)).Draw(t, "cut")
		half := newWorld(events[:cut]...)
		saved, err := half.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		loaded := world{New(), half.seen}
		if err := loaded.UnmarshalBinary(saved); err != nil {
			t.Fatal(err)
		}
		for _, e := range events[cut:] {
			loaded.see(e)
		}
		m1, a1 := w.view()
		m2, a2 := loaded.view()
		if !maps.Equal(m1, m2) || !maps.Equal(a1, a2) {
			t.Fatalf("after loading: merged %v, want %v; accounts %v, want %v", m2, m1, a2, a1)
		}
	})
}

func FuzzUnmarshal(f *testing.F) {
	saved, _ := newWorld(ev("", "a", 1), group("u", "a", "acme", 2), ev("v", "b", 3)).AppendBinary(nil)
	f.Add(saved)
	f.Add(saved[:len(saved)-3])
	f.Fuzz(func(t *testing.T, b []byte) {
		g := New()
		if g.UnmarshalBinary(b) != nil {
			if s := g.Stats(); s != (Stats{}) {
				t.Fatalf("a failed load left %+v", s)
			}
			return
		}
		if _, err := g.AppendBinary(nil); err != nil {
			t.Fatal(err)
		}
	})
}
