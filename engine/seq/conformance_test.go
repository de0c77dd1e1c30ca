package seq_test

import (
	"strings"
	"testing"

	"wend.dev/wend/engine/seq"
)

func TestConformanceValidate(t *testing.T) {
	f := func(text, field, reason string) {
		t.Helper()
		check(t, read[seq.Conformance](t, text), field, reason)
	}
	const a, b = `{"id":"a","match":[{"event":"A"}],"failure":[{"event":"A","where":"properties.x"}]}`, `{"id":"b","match":[{"event":"B"}]}`
	model := func(touchpoints, steps, more string) string {
		return `{"model":{"touchpoints":[` + touchpoints + `],"stages":[{"id":"s","steps":[` + steps + `]}]` + more + `}}`
	}
	const one, two = `{"id":"one","touchpoints":["a"]}`, `{"id":"two","touchpoints":["a","b"],"optional":true}`
	f(model(a+","+b, one+","+two, ""), "", "")
	f(model(a+","+b, one+","+two, `,"loops":[{"from":"two","to":"a"}],"branches":[{"from":"one","to":["b"]}]`), "", "")
	f(`{}`, "model.touchpoints", "1 to 200")
	f(`{"model":{"touchpoints":[`+a+`],"stages":[]}}`, "model.stages", "1 to 50")
	f(model(a, "", ""), "model.stages", "1 to 400")
	f(model(a+","+a, one, ""), "model.touchpoints[1].id", "there twice")
	f(model(`{"id":"","match":[{"event":"A"}]}`, one, ""), "model.touchpoints[0].id", "empty")
	f(model(`{"id":"a","match":[]}`, one, ""), "model.touchpoints[0].match", "1 to 50")
	f(model(`{"id":"a","match":[{"event":[]}]}`, one, ""), "model.touchpoints[0].match[0].event", "1 to 100")
	f(model(`{"id":"a","match":[{"event":"A"}],"failure":[{"event":""}]}`, one, ""), "model.touchpoints[0].failure[0].event", "empty")
	f(model(a, one+","+one, ""), "model.stages[0].steps[1].id", "there twice")
	f(model(a, `{"id":"","touchpoints":["a"]}`, ""), "model.stages[0].steps[0].id", "empty")
	f(model(a, `{"id":"x","touchpoints":[]}`, ""), "model.stages[0].steps[0].touchpoints", "1 to 200")
	f(model(a, `{"id":"x","touchpoints":["a","q"]}`, ""), "model.stages[0].steps[0].touchpoints[1]", `no touchpoint "q"`)
	f(model(a, one, `,"loops":[{"from":"q","to":"a"}]`), "model.loops[0].from", `no step or touchpoint "q"`)
	f(model(a, one, `,"loops":[{"from":"a","to":"q"}]`), "model.loops[0].to", `"q"`)
	f(model(a, one, `,"branches":[{"from":"q","to":["a"]}]`), "model.branches[0].from", `"q"`)
	f(model(a, one, `,"branches":[{"from":"a","to":[]}]`), "model.branches[0].to", "1 to 100")
	f(model(a, one, `,"branches":[{"from":"a","to":["a","q"]}]`), "model.branches[0].to[1]", `"q"`)
	f(model(a, one, `,"loops":[`+strings.Repeat(`{"from":"a","to":"a"},`, 100)+`{"from":"a","to":"a"}]`), "model.loops", "101")
	ok := strings.TrimSuffix(model(a, one, ""), "}")
	f(ok+`,"idle":"30d","variants":200,"examples":20}`, "", "")
	f(ok+`,"variants":201}`, "variants", "1 to 200")
	f(ok+`,"examples":-1}`, "examples", "1 to 20")
	f(ok+`,"breakdown":{"by":"properties.a"}}`, "breakdown", "filter")
	f(ok+`,"actor":"acount"}`, "actor", `did you mean "account"?`)
}

func TestModelSteps(t *testing.T) {
	m := seq.Model{Stages: []seq.ModelStage{{Steps: []seq.ModelStep{{ID: "a"}, {ID: "b"}}}, {}, {Steps: []seq.ModelStep{{ID: "c"}}}}}
	if s := m.Steps(); len(s) != 3 || s[2].ID != "c" {
		t.Errorf("%+v", s)
	}
}
