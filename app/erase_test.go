package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wend.dev/wend/event"
)

// secrets are what must not be found anywhere in the data directory once the person is erased.
var secrets = []string{"kari@example.com", "kari-device-1", "Kari Nordmann"}

// life sends what a person and others do; some of it cannot be accepted.
func life(f *fixture) {
	f.Helper()
	f.want(200, f.do("POST", "/v1/batch", `{"batch":[
		{"type":"page","anonymousId":"kari-device-1","messageId":"k1","timestamp":"2026-05-01T10:00:00Z","context":{"page":{"path":"/"}}},
		{"type":"identify","userId":"kari@example.com","anonymousId":"kari-device-1","messageId":"k2","timestamp":"2026-05-01T10:01:00Z","traits":{"name":"Kari Nordmann"}},
		{"type":"group","userId":"kari@example.com","groupId":"acme","messageId":"k3","timestamp":"2026-05-01T10:02:00Z"},
		{"type":"track","event":"Order Completed","userId":"kari@example.com","messageId":"k4","timestamp":"2026-05-02T10:05:00Z","properties":{"total":100}},
		{"type":"track","userId":"kari@example.com","messageId":"k5"},
		{"type":"page","anonymousId":"b","messageId":"o1","timestamp":"2026-05-01T10:00:00Z"},
		{"type":"identify","userId":"ola","anonymousId":"b","messageId":"o2","timestamp":"2026-05-01T10:01:00Z","traits":{"name":"Ola"}},
		{"type":"track","event":"Order Completed","userId":"ola","messageId":"o3","timestamp":"2026-05-02T10:05:00Z","properties":{"total":50}},
		{"type":"track","userId":"ola","messageId":"o4"}]}`))
}

// find is the id of the person that a search finds; "" if nobody.
func (f *fixture) find(text string) string {
	f.Helper()
	a := f.want(200, f.do("GET", "/api/v1/profiles?query="+url.QueryEscape(text), nil))
	people := a.body["people"].([]any)
	if len(people) == 0 {
		return ""
	}
	return people[0].(map[string]any)["id"].(string)
}

// traces lists the files that hold a secret.
func traces(t *testing.T, dir string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, s := range secrets {
			if bytes.Contains(b, []byte(s)) {
				found = append(found, path+": "+s)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// purged waits until no file is left to be rewritten.
func (f *fixture) purged() {
	f.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.NewTimer(20 * time.Second)
	for f.node.store.Stats().StaleFiles > 0 {
		select {
		case <-tick.C:
		case <-deadline.C:
			f.Fatalf("%+v", f.node.store.Stats())
		}
	}
}

func TestErasePerson(t *testing.T) {
	for _, sealed := range []bool{false, true} {
		t.Run(fmt.Sprint("sealed ", sealed), func(t *testing.T) {
			dir := t.TempDir()
			t.Run("erase", func(t *testing.T) {
				f := start(t, testConfig(dir))
				life(f)
				f.seen(7)
				if sealed {
					if err := f.node.store.Seal(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if len(traces(t, dir)) == 0 {
					t.Fatal("the test looks in the wrong place")
				}
				id := f.find("kari")
				exported := f.want(200, f.do("GET", "/api/v1/profiles/"+id+"/export", nil))
				for _, s := range append(secrets, `"complete": true`, "Order Completed", "acme") {
					if !strings.Contains(exported.text, s) {
						t.Errorf("%s is not in the export: %s", s, exported.text)
					}
				}
				out := f.want(200, f.do("DELETE", "/api/v1/profiles/"+id, nil))
				if fmt.Sprint(out.body["profiles"], out.body["events"], out.body["rejected"]) != "2 4 1" {
					t.Errorf("erased: %s", out.text)
				}
				gone(f, id)
				f.purged()
				if found := traces(t, dir); len(found) > 0 {
					t.Errorf("left behind: %v", found)
				}
				list := f.want(200, f.do("GET", "/api/v1/rejections", nil))
				if !strings.Contains(list.text, "ola") || strings.Contains(list.text, "kari") {
					t.Errorf("rejected events: %s", list.text)
				}
				if problems, err := Check(t.Context(), dir); err != nil || len(problems) > 0 {
					t.Errorf("check: %v, %v", problems, err)
				}
				f.want(404, f.do("DELETE", "/api/v1/profiles/"+id, nil))
				life(f) // a repeated request does not bring back what was erased
				f.want(200, f.do("POST", "/v1/track", `{"event":"Tick","userId":"ola","messageId":"o9","timestamp":"2026-05-03T10:00:00Z"}`))
				f.seen(4)
				gone(f, id)
			})
			t.Run("again", func(t *testing.T) {
				f := start(t, testConfig(dir))
				f.seen(4)
				for _, s := range secrets {
					if id := f.find(s[:5]); id != "" {
						t.Errorf("%s is back", s)
					}
				}
			})
		})
	}
}

// gone checks that a person is in no answer, and that the other is.
func gone(f *fixture, id string) {
	f.Helper()
	f.want(404, f.do("GET", "/api/v1/profiles/"+id, nil))
	f.want(404, f.do("GET", "/api/v1/profiles/"+id+"/export", nil))
	f.want(404, f.do("GET", "/api/v1/accounts/"+event.AccountOf("acme").String(), nil))
	funnel := f.want(200, f.do("POST", "/api/v1/query/funnel", `{"steps":[{"event":"Page Viewed"},{"event":"Order Completed"}]}`))
	if steps := fmt.Sprint(funnel.body["steps"]); strings.Count(steps, "count:1 ") != 2 {
		f.Errorf("funnel: %s", steps)
	}
	for _, text := range []string{f.do("GET", "/api/v1/catalogue", nil).text, f.do("GET", "/api/v1/profiles", nil).text} {
		if strings.Contains(strings.ToLower(text), "kari") {
			f.Errorf("still there: %s", text)
		}
	}
}

// TestErasureLeavesTheOthersAlone erases a person from a server, and never sends that person's events to another one:
// both answer every question alike.
func TestErasureLeavesTheOthersAlone(t *testing.T) {
	for seed := range uint64(4) {
		dice := rand.New(rand.NewPCG(seed, 1))
		with, without := start(t, testConfig(t.TempDir())), start(t, testConfig(t.TempDir()))
		n, others := 0, 0
		for message := range 6 {
			var all, rest []string
			for range 1 + dice.IntN(25) {
				who := dice.IntN(6)
				e := fmt.Sprintf(`{"type":"track","event":"E%d","anonymousId":"d%d","messageId":"m%d","timestamp":"2026-05-%02dT10:%02d:00Z","properties":{"total":%d,"who":"p%d"}`,
					dice.IntN(4), who, n, 1+dice.IntN(9), dice.IntN(60), dice.IntN(9), who)
				if dice.IntN(2) == 0 {
					e += fmt.Sprintf(`,"userId":"u%d","context":{"groupId":"g%d"}`, who, who%2)
				}
				n++
				all = append(all, e+"}")
				if who != 3 {
					others++
					rest = append(rest, e+"}")
				}
			}
			with.want(200, with.do("POST", "/v1/batch", `{"batch":[`+strings.Join(all, ",")+`]}`))
			without.want(200, without.do("POST", "/v1/batch", `{"batch":[`+strings.Join(rest, ",")+`]}`))
			with.seen(n)
			without.seen(others)
			if message%2 == 1 { // events lie in several segments and in the tail
				if err := with.node.store.Seal(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, id := range []event.ProfileID{event.UserProfile("u3"), event.AnonymousProfile("d3")} {
			if a := with.do("DELETE", "/api/v1/profiles/"+id.String(), nil); a.status != 200 && a.status != 404 {
				t.Fatalf("seed %d: %d %s", seed, a.status, a.text)
			}
		}
		alike(t, fmt.Sprint("seed ", seed, " at once"), with, without)
		with.purged()
		alike(t, fmt.Sprint("seed ", seed, " when the files are rewritten"), with, without)
	}
}

// alike asks two servers the same.
func alike(t *testing.T, when string, a, b *fixture) {
	t.Helper()
	ask := func(path, body string) {
		t.Helper()
		method := "POST"
		if body == "" {
			method = "GET"
		}
		x, y := a.want(200, a.do(method, path, body)), b.want(200, b.do(method, path, body))
		delete(x.body, "meta")
		delete(y.body, "meta")
		if got, want := text(x.body), text(y.body); got != want {
			t.Errorf("%s: %s %s\n%s\nwithout the person\n%s", when, path, body, got, want)
		}
	}
	for _, actor := range []string{"profile", "account"} {
		ask("/api/v1/query/funnel", `{"actor":"`+actor+`","steps":[{"event":"E0"},{"event":"E1"},{"event":"E2"}],"window":"9d","breakdown":{"by":"properties.who"}}`)
		ask("/api/v1/query/paths", `{"actor":"`+actor+`","node":"event","max_steps":4}`)
		ask("/api/v1/query/trend", `{"actor":"`+actor+`","from":"2026-05-01T00:00:00Z","to":"2026-05-12T00:00:00Z","series":[{"event":"*","measure":"actors"},{"event":"E1","measure":"sum","property":"properties.total"}]}`)
	}
	ask("/api/v1/catalogue", "")
	ask("/api/v1/profiles", "")
	ask("/api/v1/profiles?query=p", "")
	for _, g := range []string{"g0", "g1"} {
		id := event.AccountOf(g).String()
		x, y := a.do("GET", "/api/v1/accounts/"+id, nil), b.do("GET", "/api/v1/accounts/"+id, nil)
		for _, one := range []map[string]any{x.body, y.body} {
			if line, ok := one["timeline"].(map[string]any); ok {
				delete(line, "meta")
			}
		}
		if x.status != y.status || text(x.body) != text(y.body) {
			t.Errorf("%s: account %s: %s\nwithout the person\n%s", when, g, x.text, y.text)
		}
	}
}

// text is an answer's JSON, lists of samples sorted: their order is that in which values came.
func text(v map[string]any) string {
	out := maps.Clone(v)
	if properties, ok := out["properties"].([]any); ok {
		for _, p := range properties {
			samples := p.(map[string]any)["samples"].([]any)
			slices.SortFunc(samples, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
	}
	b, _ := json.Marshal(out) // it was JSON before
	return string(b)
}

// TestErasureSurvivesAKill copies the data directory right after the answer, as a kill leaves it.
func TestErasureSurvivesAKill(t *testing.T) {
	dir, killed := t.TempDir(), filepath.Join(t.TempDir(), "killed")
	var id string
	t.Run("erase", func(t *testing.T) {
		f := start(t, testConfig(dir))
		life(f)
		f.seen(7)
		id = f.find("kari")
		f.want(200, f.do("DELETE", "/api/v1/profiles/"+id, nil))
		copyData(t, dir, killed)
	})
	t.Run("again", func(t *testing.T) {
		f := start(t, testConfig(killed))
		f.seen(3)
		gone(f, id)
		f.purged()
		if found := traces(t, killed); len(found) > 0 {
			t.Errorf("left behind: %v", found)
		}
	})
}

// copyData copies a directory in use; it tries again when a file goes away meanwhile.
func copyData(t *testing.T, from, to string) {
	t.Helper()
	for {
		err := os.CopyFS(to, os.DirFS(from))
		problems, checked := Check(t.Context(), to)
		if err == nil && checked == nil && len(problems) == 0 {
			break
		}
		t.Logf("copying again: %v, %v, %v", err, checked, problems)
		if err := os.RemoveAll(to); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(to, "log", "LOCK")); err != nil {
		t.Fatal(err)
	}
}

func TestErasingWhileStopping(t *testing.T) {
	n, err := Open(t.Context(), testConfig(t.TempDir()), discard())
	if err != nil {
		t.Fatal(err)
	}
	waits := make(chan error, 1)
	go func() { waits <- n.health.await(context.Background(), 1<<40) }()
	if err := n.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := <-waits; err == nil {
		t.Error("it waits for a log that nobody follows any more")
	}
}

func TestCancelAnImport(t *testing.T) {
	f := start(t, testConfig(t.TempDir()))
	const id = "0123456789abcdef0123456789abcdef"
	f.want(200, f.do("PUT", "/v1/import/"+id, `{"files":["a.csv"],"rows":5}`))
	f.want(404, f.do("POST", "/api/v1/imports/none/cancel", nil))
	if a := f.want(200, f.do("POST", "/api/v1/imports/"+id+"/cancel", nil)); a.body["state"] != "cancelled" || a.body["rows"] != 5.0 {
		t.Errorf("%s", a.text)
	}
	f.want(409, f.do("PUT", "/v1/import/"+id, `{"files":["a.csv"],"rows":9}`))
	if a := f.want(200, f.do("GET", "/api/v1/imports/"+id, nil)); a.body["state"] != "cancelled" || a.body["rows"] != 5.0 {
		t.Errorf("%s", a.text)
	}
	f.want(200, f.do("PUT", "/v1/import/"+id, `{"files":["a.csv"],"rows":5,"resume":true}`))
	f.want(200, f.do("PUT", "/v1/import/"+id, `{"files":["a.csv"],"rows":9,"done":true}`))
	f.want(409, f.do("POST", "/api/v1/imports/"+id+"/cancel", nil))
}
