package exec_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// fuzzWorld is a few people with everything that enginetest.Questions asks about, in two blocks.
func fuzzWorld() *standing {
	var blocks [2][]event.Event
	merged := map[event.ProfileID]event.ProfileID{}
	accounts := map[event.ProfileID]event.AccountID{}
	for p := range 4 {
		user, device := event.UserProfile(fmt.Sprint("u", p)), event.AnonymousProfile(fmt.Sprint("d", p))
		merged[device] = user
		if p > 0 {
			accounts[user] = event.AccountOf(fmt.Sprint("acme", p/2))
		}
		for i := range 14 {
			k := p*5 + i
			e := event.Event{Kind: event.Track, Name: string(rune('A' + k%3)), Source: "s", Time: event.MillisOf(epoch) - event.Millis(k/2%9)*1_200_000, Profile: user, UserID: fmt.Sprint("u", p)}
			if k%4 == 0 {
				e.Profile, e.UserID, e.AnonymousID = device, "", fmt.Sprint("d", p)
			}
			switch k % 7 {
			case 0:
				e.Kind, e.Name = event.Page, "Page Viewed"
				e.Fields = []event.Field{{Path: "context.page.path", Value: event.StringValue([]string{"/a", "/b/"}[k%2])}}
			case 1:
				e.Kind, e.Name = event.Identify, "Identify"
				e.Fields = []event.Field{{Path: "traits.plan", Value: event.StringValue([]string{"gold", "free"}[k%2])}}
			case 2, 3:
				e.Fields = []event.Field{{Path: "properties.c", Value: event.StringValue([]string{"p", "q", "r"}[k%3])}, {Path: "properties.n", Value: event.NumberValue(float64(k%5) - 1.5)}}
			case 4:
				e.Fields = []event.Field{{Path: "properties.c", Value: event.JSONValue(`["p",1]`)}, {Path: "properties.n", Value: event.BoolValue(true)}}
			}
			e.ReceivedAt = e.Time
			blocks[i%2] = append(blocks[i%2], e)
		}
	}
	s := &standing{now: epoch.Add(time.Hour), snap: &store.Snapshot{Merged: merged, Accounts: accounts, Groups: map[event.AccountID]string{event.AccountOf("acme0"): "acme0"}}}
	for _, b := range blocks {
		s.snap.Blocks = append(s.snap.Blocks, enginetest.Block(b, nil))
	}
	return s
}

// mangle changes a question here and there, as JSON: what is put in may be of the wrong type or size, or from another
// place of it.
func mangle(r *rand.Rand, question string) string {
	var tree any
	if json.Unmarshal([]byte(question), &tree) != nil {
		return question
	}
	var pieces []any
	var gather func(any)
	gather = func(v any) {
		pieces = append(pieces, v)
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				gather(x)
			}
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				gather(v[k])
			}
		}
	}
	gather(tree)
	pieces = append(pieces, nil, true, false, 0, 1, -1, 2.5, 64, 1e9, -1e18, "", "*", "A", "x", "1ms", "400d", "grace:1h", "profile", "account",
		"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "properties.n", "profile.traits.plan", "true", "!(properties.n > 0.0)", strings.Repeat("A", 9000),
		[]any{}, map[string]any{}, map[string]any{"event": "*"}, []any{map[string]any{"event": "B"}})
	var walk func(any) any
	walk = func(v any) any {
		if r.IntN(12) == 0 {
			return pieces[r.IntN(len(pieces))]
		}
		switch v := v.(type) {
		case []any:
			out := []any{}
			for _, x := range v {
				for range []int{0, 1, 1, 1, 1, 1, 1, 2, 40}[r.IntN(9)] {
					out = append(out, walk(x))
				}
			}
			return out
		case map[string]any:
			out := map[string]any{}
			for _, k := range slices.Sorted(maps.Keys(v)) {
				if r.IntN(12) > 0 {
					out[k] = walk(v[k])
				}
			}
			return out
		}
		return v
	}
	b, err := json.Marshal(walk(tree))
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return string(b)
}

// FuzzAsk asks any question in any words, or one that has been mangled: it is refused or answered, soon, the same way
// each time, and never called damaged, which is what a panic within a pass becomes.
func FuzzAsk(f *testing.F) {
	methods := enginetest.Methods()
	for method, questions := range enginetest.Questions(epoch) {
		for _, q := range questions {
			if i := slices.Index(methods, method); i >= 0 {
				for seed := range uint64(40) {
					f.Add(uint8(i), q, seed)
				}
			}
		}
	}
	w := fuzzWorld()
	e := exec.New(w, w)
	f.Fuzz(func(t *testing.T, which uint8, question string, seed uint64) {
		method := methods[int(which)%len(methods)]
		if seed > 0 {
			question = mangle(rand.New(rand.NewPCG(seed, 0)), question)
		}
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		first, second := answerText(ctx, t, e, method, question), answerText(ctx, t, e, method, question)
		if first != second {
			t.Fatalf("%s %s\nanswered %s\nthen     %s", method, question, first, second)
		}
	})
}

// answerText is the answer, or the refusal, as text.
func answerText(ctx context.Context, t *testing.T, e *exec.Engine, method, question string) string {
	t.Helper()
	a, err := enginetest.Ask(ctx, e, method, question)
	if ctx.Err() != nil {
		t.Fatalf("%s %s: takes more than ten seconds", method, question)
	}
	if err != nil {
		if strings.Contains(err.Error(), "damaged") {
			t.Fatalf("%s %s: %v", method, question, err)
		}
		return err.Error()
	}
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatalf("%s %s: %v", method, question, err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	delete(m["meta"].(map[string]any), "elapsed_ms")
	b, err = json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
