package journey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// shoppers are people who each did what the words say, an hour apart, a year ago.
func shoppers(people ...string) *enginetest.World {
	w := &enginetest.World{Time: testNow()}
	for p, did := range people {
		for i, name := range strings.Fields(did) {
			id := fmt.Sprint("p", p)
			at := event.MillisOf(testNow().AddDate(-1, 0, 0).Add(time.Duration(i) * time.Hour))
			w.Batches = append(w.Batches, []event.Event{{MessageID: fmt.Sprint(id, i), Kind: event.Track, Name: name, Time: at, ReceivedAt: at, Profile: event.UserProfile(id), UserID: id}})
		}
	}
	return w
}

// plain is a map of one stage and its library: a step reads id:touchpoint,touchpoint, with ? behind if it is optional.
// Touchpoints match events of their names; those in capitals have no matcher.
func plain(steps ...string) (*Journey, Library) {
	j := &Journey{Header: Header{Metadata: Metadata{ID: "plain"}}, Spec: JourneySpec{Stages: []Stage{{ID: "all"}}}}
	lib := Library{Touchpoints: map[string]*Touchpoint{}}
	for _, text := range steps {
		id, rest, _ := strings.Cut(text, ":")
		rest, optional := strings.CutSuffix(rest, "?")
		s := Step{ID: id, Optional: optional}
		for _, t := range strings.FieldsFunc(rest, func(r rune) bool { return r == ',' }) {
			s.Touchpoints = append(s.Touchpoints, t)
			lib.Touchpoints[t] = &Touchpoint{}
			if t != strings.ToUpper(t) {
				lib.Touchpoints[t].Spec.Match = []seq.Matcher{{Event: seq.Names{t}}}
			}
		}
		j.Spec.Stages[0].Steps = append(j.Spec.Stages[0].Steps, s)
	}
	return j, lib
}

func conform(t testing.TB, w *enginetest.World, j *Journey, lib Library, q ConformQuery) *ConformAnswer {
	t.Helper()
	a, err := Conform(context.Background(), exec.New(w, w), j, lib, q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestConform(t *testing.T) {
	j, lib := plain("find:ad", "look:site,shop", "buy:order", "thank:mail?")
	lib.Touchpoints["order"].Spec.Failure = []seq.Matcher{{Event: seq.Names{"order"}, Where: `properties.total < 0.0`}}
	lib.Touchpoints["order"].Metadata.Title = "The order"
	a := conform(t, shoppers("ad site order", "ad order", "ad shop site order mail", "order"), j, lib, ConformQuery{Journey: "plain", Version: 3})
	same(t, "journey", a.Journey, "plain")
	same(t, "version", a.Version, 3)
	same(t, "title", a.Title, "Plain")
	same(t, "actor", a.Actor, "profile")
	same(t, "run length", a.RunLength, 3)
	same(t, "traces", a.Traces, int64(4))
	same(t, "clean", a.Clean.N, int64(2))
	same(t, "clean of", a.Clean.Of, int64(4))
	near(t, "clean low", &a.Clean.Low, 0.15, 0.005)   // Wilson, 2 of 4
	near(t, "clean high", &a.Clean.High, 0.85, 0.005) //
	near(t, "fitness", &a.Fitness.Value, (1+0.8+1+0.5)/4, 0.005)
	same(t, "fitness n", a.Fitness.N, int64(4))
	if a.Fitness.Low >= a.Fitness.Value || a.Fitness.High <= a.Fitness.Value {
		t.Errorf("fitness without an interval: %+v", a.Fitness)
	}
	same(t, "spread", fmt.Sprint(a.Spread), "[0 0 0 0 0 1 0 0 1 2]")
	same(t, "missing", fmt.Sprint(a.Types[0].Type, a.Types[0].Count, a.Types[0].Share.N, a.Types[0].Share.Of), "missing3 2 4")
	same(t, "first deviation", fmt.Sprint(a.Deviations[0].Type, a.Deviations[0].Step, a.Deviations[0].Share.Rate), "missing1 0.5")
	same(t, "variants", len(a.Variants), 4)
	near(t, "share", &a.Variants[0].Share.Rate, 0.25, 0.005)
	same(t, "touchpoint", a.Model.Touchpoints[3].Title, "The order")
	same(t, "failure", len(a.Model.Touchpoints[3].Failure), 1)
	same(t, "unseen", len(a.Unseen), 0)
}

// TestConformActor: the journey says who travels and how long a silence may be, unless the question does.
func TestConformActor(t *testing.T) {
	j, lib := plain("find:ad", "buy:order")
	j.Spec.Actor, j.Spec.Idle = "account", seq.Duration(30*time.Minute)
	w := shoppers("ad order")
	w.Accounts, w.Groups = map[event.ProfileID]event.AccountID{event.UserProfile("p0"): event.AccountOf("acme")}, map[event.AccountID]string{event.AccountOf("acme"): "acme"}
	a := conform(t, w, j, lib, ConformQuery{})
	same(t, "actor", a.Actor, "account")
	same(t, "traces", a.Traces, int64(2)) // an hour apart is a silence
	a = conform(t, w, j, lib, ConformQuery{Scope: seq.Scope{Actor: "profile"}, Idle: seq.Duration(2 * time.Hour)})
	same(t, "actor", a.Actor, "profile")
	same(t, "traces", a.Traces, int64(1))
	same(t, "clean", a.Clean.N, int64(1))
}

// TestConformUnseen: nobody is blamed for what no event tells of.
func TestConformUnseen(t *testing.T) {
	text := func(a *ConformAnswer) string {
		var out []string
		for _, v := range a.Variants {
			out = append(out, enginetest.Alignment(a.Model, v.Moves, v.Open))
		}
		return strings.Join(out, "; ")
	}
	ids := func(a *ConformAnswer) (out []string) {
		for _, s := range a.Unseen {
			out = append(out, s.ID)
		}
		return out
	}
	// A step without a matcher is left out; one with a touchpoint that has none may have been made there.
	j, lib := plain("find:ad,WORD", "talk:PHONE", "look:site", "buy:order")
	a := conform(t, shoppers("site order", "ad order"), j, lib, ConformQuery{})
	same(t, "alignments", text(a), "ad (look) order; site order")
	same(t, "unseen", fmt.Sprint(ids(a)), "[find talk]")
	same(t, "steps", len(a.Model.Steps()), 3)
	// One way of a branch cannot be seen, so the other may have been passed by.
	j, lib = plain("cart:cart", "online:web", "phone:PHONE", "pay:bill")
	j.Spec.Branches = []Branch{{From: "cart", To: []string{"online", "phone"}}}
	a = conform(t, shoppers("cart bill", "cart web bill"), j, lib, ConformQuery{})
	same(t, "alignments", text(a), "cart bill; cart web bill")
	same(t, "unseen", fmt.Sprint(ids(a)), "[online phone]")
	same(t, "branches", fmt.Sprint(a.Model.Branches), "[{cart [online]}]")
	// Branches and loops that name what is hidden, or what is not there, are dropped.
	j, lib = plain("cart:cart", "phone:PHONE", "pay:bill")
	j.Spec.Branches = []Branch{{From: "phone", To: []string{"cart", "pay"}}, {From: "cart", To: []string{"gone"}}}
	j.Spec.Loops = []Loop{{From: "PHONE", To: "cart"}, {From: "pay", To: "gone"}, {From: "bill", To: "cart"}}
	a = conform(t, shoppers("cart bill cart bill"), j, lib, ConformQuery{})
	same(t, "branches", len(a.Model.Branches), 0)
	same(t, "loops", fmt.Sprint(a.Model.Loops), "[{bill cart}]")
	same(t, "clean", a.Clean.N, int64(1))
}

func TestConformModel(t *testing.T) {
	m := seq.Model{
		Touchpoints: []seq.ModelTouchpoint{{ID: "a", Match: []seq.Matcher{{Event: seq.Names{"ad"}}}}},
		Stages:      []seq.ModelStage{{ID: "s", Steps: []seq.ModelStep{{ID: "a", Touchpoints: []string{"a"}}}}},
	}
	a := conform(t, shoppers("ad", "ad site"), nil, Library{}, ConformQuery{Model: &m})
	same(t, "clean", a.Clean.N, int64(2))
	same(t, "actor", a.Actor, "profile")
	same(t, "unmapped", a.Unmapped[0].Name, "site")
}

func TestConformRefused(t *testing.T) {
	j, lib := plain("find:ad", "buy:order")
	lib.Personas = map[string]*Persona{"anna": {}, "bert": {Spec: PersonaSpec{Segment: `profile.traits.plan == "gold"`}}}
	w := shoppers("ad")
	f := func(j *Journey, q ConformQuery, field, words string) {
		t.Helper()
		_, err := Conform(context.Background(), exec.New(w, w), j, lib, q)
		var bad *seq.Invalid
		if !errors.As(err, &bad) || bad.Field != field || !strings.Contains(bad.Reason, words) {
			t.Errorf("%v, want %s: …%s…", err, field, words)
		}
	}
	f(j, ConformQuery{Persona: "carl"}, "persona", "no persona")
	f(j, ConformQuery{Persona: "anna"}, "persona", "no segment")
	f(j, ConformQuery{Scope: seq.Scope{Filter: "1 +"}}, "filter", "")
	f(j, ConformQuery{Scope: seq.Scope{Breakdown: &seq.Breakdown{By: "properties.x"}}}, "breakdown", "filter")
	blind, _ := plain("talk:PHONE")
	f(blind, ConformQuery{}, "journey", "no event tells")
	same(t, "persona", conform(t, w, j, lib, ConformQuery{Persona: "bert"}).Traces, int64(0))
	if _, err := Conform(context.Background(), wrong{exec.New(w, w)}, j, lib, ConformQuery{}); err == nil || !strings.Contains(err.Error(), "another plan") {
		t.Errorf("an answer of another plan: %v", err)
	}
}

// wrong answers another question than was asked.
type wrong struct{ *exec.Engine }

func (wrong) Conformance(context.Context, seq.Conformance) (*seq.ConformanceAnswer, error) {
	return &seq.ConformanceAnswer{}, nil
}

// TestConformPlansAsTheMapDoes: what the map draws as a planned move is one in a trace too, and nothing else is. From a
// first step every touchpoint can be reached, and from each of them a last one, so that only the move between counts.
func TestConformPlansAsTheMapDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := []string{"begin:s"}
		touch := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
		names := []string{}
		for i := range rapid.IntRange(2, 5).Draw(t, "steps") {
			tps := rapid.SliceOfNDistinct(touch, 1, 2, rapid.ID[string]).Draw(t, "touchpoints")
			s := fmt.Sprintf("step%d:%s", i, strings.Join(tps, ","))
			if rapid.Bool().Draw(t, "optional") {
				s += "?"
			}
			list = append(list, s)
			names = append(append(names, tps...), fmt.Sprint("step", i))
		}
		j, lib := plain(append(list, "finish:z")...)
		l := newLayout(j, lib)
		name := rapid.SampledFrom(names)
		for range rapid.IntRange(0, 2).Draw(t, "branches") {
			j.Spec.Branches = append(j.Spec.Branches, Branch{From: name.Draw(t, "from"), To: rapid.SliceOfN(name, 1, 3).Draw(t, "to")})
		}
		for range rapid.IntRange(0, 1).Draw(t, "loops") {
			j.Spec.Loops = append(j.Spec.Loops, Loop{From: name.Draw(t, "from"), To: name.Draw(t, "to")})
		}
		ids := slices.DeleteFunc(j.Touchpoints(), func(id string) bool { return id == "s" || id == "z" })
		for _, id := range ids {
			j.Spec.Loops = append(j.Spec.Loops, Loop{From: "s", To: id}, Loop{From: id, To: "z"})
		}
		from, to := rapid.SampledFrom(ids).Draw(t, "first"), rapid.SampledFrom(ids).Draw(t, "second")
		if from == to {
			return
		}
		w := shoppers("s " + from + " " + to + " z")
		a, err := Conform(context.Background(), exec.New(w, w), j, lib, ConformQuery{})
		if err != nil {
			t.Fatal(err)
		}
		if kind, planned := l.move(from, to); planned != (a.Clean.N == 1) {
			t.Fatalf("%s → %s is %s, planned %v; the trace is laid %s", from, to, kind, planned, enginetest.Alignment(a.Model, a.Variants[0].Moves, false))
		}
	})
}
