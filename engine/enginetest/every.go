package enginetest

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"wend.dev/wend/engine"
	"wend.dev/wend/event"
)

// Methods are the names of all questions that an engine answers, ascending: its methods.
func Methods() (out []string) {
	e := reflect.TypeFor[engine.Engine]()
	for i := range e.NumMethod() {
		out = append(out, e.Method(i).Name)
	}
	return out
}

// Ask decodes a question from JSON and asks the engine; method is one of Methods. A question whose JSON does not
// decode is an error of the json package.
func Ask(ctx context.Context, e engine.Engine, method, question string) (answer any, err error) {
	m := reflect.ValueOf(e).MethodByName(method)
	if !m.IsValid() {
		return nil, fmt.Errorf("an engine has no method %q", method)
	}
	in := []reflect.Value{reflect.ValueOf(ctx)}
	if m.Type().NumIn() == 2 {
		q := reflect.New(m.Type().In(1))
		if err := json.Unmarshal([]byte(question), q.Interface()); err != nil {
			return nil, err
		}
		in = append(in, q.Elem())
	}
	out := m.Call(in)
	err, _ = out[1].Interface().(error)
	return out[0].Interface(), err
}

// Questions gives some questions of each kind, as JSON, by method: what tests ask that hold for every question. They
// are about events named A, B and C and page views of /a and /b, with properties.c (p, q, r) and properties.n, traits.plan
// (gold, free) and users u0 to u3, around an instant. A method without any is a mistake that such tests tell.
func Questions(at time.Time) map[string][]string {
	out := map[string][]string{"Catalogue": {""}}
	user := func(n int) string { return event.UserProfile(fmt.Sprint("u", n)).String() }
	fill := strings.NewReplacer(
		"FROM", at.Add(-36*time.Hour).Format(time.RFC3339), "TO", at.Add(-time.Hour).Format(time.RFC3339),
		"U0", user(0), "U1", user(1), "U2", user(2), "U3", user(3),
	)
	section := ""
	for line := range strings.Lines(everyQuestion) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case line[0] != '{':
			section = line
		default:
			line = fill.Replace(line)
			out[section] = append(out[section], line)
			if accounts, ok := strings.CutPrefix(line, `{"actor":"profile"`); ok {
				out[section] = append(out[section], `{"actor":"account"`+accounts)
			}
		}
	}
	return out
}

// everyQuestion is what Questions gives, a line each; one of "actor":"profile" is asked of accounts too.
const everyQuestion = `
Funnel
	{"actor":"profile", "steps":[{"event":"A"},{"event":["B","C"]},{"event":"A"}], "window":"1h"}
	{"actor":"profile", "steps":[{"event":"A"},{"event":"B"}], "window":"1d", "breakdown":{"by":"properties.c"}}
	{"actor":"profile", "steps":[{"event":"A"},{"event":"B"}], "breakdown":{"by":"profile.traits.plan"}, "from":"FROM", "to":"TO"}
	{"actor":"profile", "steps":[{"event":"A"},{"event":"B","optional":true},{"event":"C"}], "exclusions":[{"event":"Page Viewed","from_step":1,"to_step":3}]}
	{"actor":"profile", "steps":[{"event":"*"},{"event":"*","where":"properties.n > 2.0"}], "order":"strict", "filter":"profile.traits.plan != \"gold\""}
	{"actor":"profile", "steps":[{"event":"A","first_time":true},{"event":"B"}], "from":"FROM"}
	{"steps":[{"event":"A"},{"event":"B"},{"event":"C"}], "order":"any", "window":"2h"}
	{"steps":[{"event":"A"},{"event":"B"}], "count":"entries", "window_from":"previous", "ties":"strict"}
	{"steps":[{"event":"A"},{"event":"B"}], "preset":"mixpanel", "breakdown":{"by":"properties.c","attribution":"all_events"}}
FunnelWho
	{"funnel":{"steps":[{"event":"A"},{"event":"B"}], "window":"1h"}, "step":2}
	{"funnel":{"steps":[{"event":"A"},{"event":"B"}], "window":"1h", "actor":"account"}, "step":2, "outcome":"lost"}
Paths
	{"actor":"profile", "session_gap":"1h"}
	{"actor":"profile", "node":"page", "start":{"event":"A"}, "max_steps":3, "top":2}
	{"actor":"profile", "node":"properties.c", "session_gap":"3h", "end":{"event":"C"}, "from":"FROM", "to":"TO"}
	{"actor":"profile", "between":{"steps":[{"event":"A"},{"event":"B"}]}, "filter":"properties.c != \"q\""}
Trend
	{"actor":"profile", "from":"FROM", "to":"TO", "interval":"hour", "series":[{"event":"*","measure":"actors"},{"event":"A","measure":"sum","property":"properties.n"}]}
	{"from":"FROM", "interval":"day", "time_zone":"Europe/Oslo", "series":[{"event":"*"}], "breakdown":{"by":"properties.c"}}
Timeline
	{"id":"U0", "limit":1000}
	{"id":"U1", "limit":3}
	{"id":"U2", "from":"FROM", "to":"TO"}
Journey
	{"actor":"profile", "stages":2, "idle":"6h", "from":"FROM", "value":{"event":"C","property":"properties.n"}, "touchpoints":[{"id":"a","stage":0,"match":[{"event":"A"}]},{"id":"b","stage":1,"match":[{"event":"B","where":"properties.c == \"p\""},{"event":"C"}],"score":{"event":"B","property":"properties.n"}}]}
Conformance
	{"actor":"profile", "idle":"6h", "model":{"touchpoints":[{"id":"a","match":[{"event":"A"}]},{"id":"b","match":[{"event":"B"}]},{"id":"c","match":[{"event":"C"}]}], "stages":[{"id":"s","steps":[{"id":"one","touchpoints":["a"]},{"id":"two","optional":true,"touchpoints":["b"]},{"id":"three","touchpoints":["c"]}]}], "loops":[{"from":"b","to":"a"}]}}
Chains
	{"actor":"profile", "conversion":{"event":"C"}, "value":"properties.n", "channel":"properties.c", "unknown":"none", "look_back":"1d", "half_life":"6h"}
	{"actor":"profile", "conversion":{"event":"C"}, "channel":"event", "by":"session", "session_gap":"2h", "reuse":"no"}
Retention
	{"actor":"profile", "start":{"event":"A"}, "period":"day", "periods":4, "from":"FROM"}
	{"actor":"profile", "start":{"event":"A"}, "return":{"event":"B"}, "type":"first_time", "mode":"on_or_after", "period":"day", "from":"FROM", "breakdown":{"by":"properties.c"}}
Lifecycle
	{"actor":"profile", "interval":"day", "from":"FROM"}
Stickiness
	{"actor":"profile", "interval":"day", "from":"FROM", "series":[{"event":"A"},{"event":"*"}]}
Segment
	{"actor":"profile", "where":"count(\"A\") >= 2 || traits.plan == \"gold\"", "limit":200}
	{"actor":"profile", "where":"count(\"B\", within(\"1d\")) == 1"}
Overlap
	{"actor":"profile", "segments":[{"where":"count(\"A\") >= 1"},{"where":"count(\"B\") >= 1"}]}
Drivers
	{"actor":"profile", "funnel":{"steps":[{"event":"A"},{"event":"B"}],"window":"6h"}, "counts":true}
FirstContact
	{"actor":"profile", "session_gap":"1h", "by":["landing_page","properties.c"]}
People
	{"limit":200}
	{"query":"u1"}
	{"query":"gold", "limit":2}
`
