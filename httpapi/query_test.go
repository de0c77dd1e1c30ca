package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

func TestQuestionsReachTheEngine(t *testing.T) {
	d := newDesk(t)
	f := func(name, body string, want any) {
		t.Helper()
		d.expect(200, "POST /api/v1/query/"+name, body)
		if !reflect.DeepEqual(d.engine.asked, want) {
			t.Errorf("%s %s: the engine was asked\n%+v, want\n%+v", name, body, d.engine.asked, want)
		}
	}
	from := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	f("funnel", `{"from":"2026-01-02T00:00:00Z","steps":[{"event":"A"},{"event":["B","C"],"optional":true}],"window":"7d"}`, seq.Funnel{
		Scope: seq.Scope{From: &from}, Window: seq.Duration(7 * 24 * time.Hour),
		Steps: []seq.FunnelStep{{Matcher: seq.Matcher{Event: seq.Names{"A"}}}, {Matcher: seq.Matcher{Event: seq.Names{"B", "C"}}, Optional: true}},
	})
	f("funnel/who", `{"funnel":{"steps":[{"event":"A"},{"event":"B"}]},"step":2,"outcome":"lost","limit":20}`, seq.FunnelWho{
		Funnel: seq.Funnel{Steps: []seq.FunnelStep{{Matcher: seq.Matcher{Event: seq.Names{"A"}}}, {Matcher: seq.Matcher{Event: seq.Names{"B"}}}}},
		Step:   2, Outcome: "lost", Limit: 20,
	})

	f("paths", `{"max_steps":3,"node":"page"}`, seq.Paths{MaxSteps: 3, Node: "page"})
	f("trend", `{"series":[{"event":"*","measure":"actors"}]}`, seq.Trend{Series: []seq.TrendSeries{{Matcher: seq.Matcher{Event: seq.Names{"*"}}, Measure: "actors"}}})
	f("timeline", `{"id":"00000000000000ff","actor":"account"}`, seq.Timeline{Scope: seq.Scope{Actor: "account"}, ID: "00000000000000ff"})
	f("drivers", `{"funnel":{"steps":[{"event":"A"},{"event":"B"}],"window":"1d"},"exposure":"entry"}`, seq.Drivers{Exposure: "entry",
		Funnel: &seq.DriverFunnel{Steps: []seq.Matcher{{Event: seq.Names{"A"}}, {Event: seq.Names{"B"}}}, Window: seq.Duration(24 * time.Hour)}})
	least := 4.0
	f("drivers", `{"score":{"event":"A","property":"properties.score","at_least":4}}`, seq.Drivers{
		Score: &seq.DriverScore{Measure: seq.Measure{Matcher: seq.Matcher{Event: seq.Names{"A"}}, Property: "properties.score"}, AtLeast: &least}})
	f("first_contact", `{"clicks":2,"by":["device"]}`, seq.FirstContact{Clicks: 2, By: []string{"device"}})
	f("journey", `{"touchpoints":[{"id":"a","stage":0,"match":[{"event":"A"}]}],"stages":1}`, seq.Journey{
		Touchpoints: []seq.JourneyTouchpoint{{ID: "a", Match: []seq.Matcher{{Event: seq.Names{"A"}}}}}, Stages: 1,
	})
}

func TestAttribution(t *testing.T) {
	d := newDesk(t)
	got := d.expect(200, "POST /api/v1/query/attribution", `{"conversion":{"event":"Order"},"look_back":"7d","models":["last","time_decay"],"channel":"context.campaign.source"}`)
	day := seq.Duration(24 * time.Hour)
	want := seq.Chains{Conversion: seq.Matcher{Event: seq.Names{"Order"}}, LookBack: 7 * day, HalfLife: 7 * day, Channel: "context.campaign.source"}
	if !reflect.DeepEqual(d.engine.asked, want) {
		t.Errorf("the engine was asked\n%+v, want\n%+v", d.engine.asked, want)
	}
	last := got["models"].([]any)[0].(map[string]any)
	if credits := fmt.Sprint(last["credits"].([]any)[0].(map[string]any)["conversions"]); last["model"] != "last" || credits != "2" {
		t.Errorf("got %v", got)
	}
	bad := func(body, location, words string) {
		t.Helper()
		problemAt(t, d.expect(400, "POST /api/v1/query/attribution", body), location, words)
	}
	bad(`{"conversion":{"event":"Order"},"models":["lst"]}`, "body.models[0]", "first, last")
	bad(`{"conversion":{"event":"Order"},"lookback":"7d"}`, "body.lookback", `did you mean "look_back"?`)
	bad(`{"conversion":{"event":"Order"},"order":4}`, "body.order", "1 to 3")
	bad(`{"conversion":{"event":"Order"},"position":{"first":0.8,"last":0.4}}`, "body.position", "at most 1 together")
	bad(`{"models":["last"]}`, "body", "conversion")
}

func TestPathsOfAJourney(t *testing.T) {
	d := newDesk(t)
	d.expect(200, "POST /api/v1/query/paths", `{"node":"touchpoint","journey":"first-order"}`)
	want := seq.Paths{Node: "touchpoint", Touchpoint: []seq.Mapped{{ID: "cart", Name: "Cart", Match: []seq.Matcher{{Event: seq.Names{"Cart Viewed"}}}}}}
	if !reflect.DeepEqual(d.engine.asked, want) || d.rest.called != "mapped first-order" {
		t.Errorf("asked %+v after %s", d.engine.asked, d.rest.called)
	}
	f := func(body, words string) {
		t.Helper()
		problemAt(t, d.expect(400, "POST /api/v1/query/paths", body), "body.journey", words)
	}
	f(`{"node":"touchpoint","journey":"unknown"}`, "no such journey")
	f(`{"node":"touchpoint","journey":"nothing"}`, "none of its touchpoints")
	f(`{"node":"page","journey":"first-order"}`, "node touchpoint")
}

func TestPathsComparedHaveIntervals(t *testing.T) {
	d := newDesk(t)
	got := d.expect(200, "POST /api/v1/query/paths", `{"compare":{"a":{"filter":"true"},"b":{"filter":"false"}}}`)
	node := got["nodes"].([]any)[0].(map[string]any)["compared"].(map[string]any)
	if diff, ok := node["difference"].(map[string]any); !ok || diff["clear"] != true {
		t.Errorf("%v", node)
	}
}

// TestJudgedQuestions: the engine counts, insight judges, the edge shows what insight says.
func TestJudgedQuestions(t *testing.T) {
	d := newDesk(t)
	got := d.expect(200, "POST /api/v1/query/drivers", `{"funnel":{"steps":[{"event":"A"},{"event":"B"}]}}`)
	x := got["drivers"].([]any)[0].(map[string]any)
	if x["event"] != "A" || x["won_with"] != 50.0 || x["direction"] != "success" || x["odds_ratio"].(float64) < 12 || got["success"].(map[string]any)["rate"] != 0.6 {
		t.Errorf("got %v", got)
	}
	got = d.expect(200, "POST /api/v1/query/first_contact", `{}`)
	if got["all"].(map[string]any)["failed"].(map[string]any)["rate"] != 0.4 || fmt.Sprint(got["splits"]) != "[]" {
		t.Errorf("got %v", got)
	}
	d.engine.err = &seq.Invalid{Field: "funnel.steps[1].where", Reason: "1:1: no"}
	problemAt(t, d.expect(400, "POST /api/v1/query/drivers", `{"funnel":{"steps":[{"event":"A"},{"event":"B"}]}}`), "body.funnel.steps[1].where", "1:1: no")
}

func TestAnswersHaveNoNullLists(t *testing.T) {
	d := newDesk(t)
	got := d.expect(200, "POST /api/v1/query/paths", `{}`)
	if fmt.Sprint(got["nodes"], got["edges"]) != "[] []" {
		t.Errorf("got %v", got)
	}
	live := d.expect(200, "GET /api/v1/journeys/first-order/live", "")
	for _, field := range []string{"stages", "touchpoints", "edges", "curves", "unmapped", "facts"} {
		if live[field] == nil {
			t.Errorf("live: %s is null", field)
		}
	}
}

func TestBadQuestions(t *testing.T) {
	d := newDesk(t)
	f := func(body, location, words string) {
		t.Helper()
		problemAt(t, d.expect(400, "POST /api/v1/query/funnel", body), location, words)
	}
	f(`{"steps":[{"event":"A","wher":"x"}]}`, "body.steps[0].wher", `did you mean "where"?`)
	f(`{"stepps":[{"event":"A"}],"steps":[{"event":"A"}]}`, "body.stepps", `did you mean "steps"?`)
	f(`{"steps":[{"event":"A"}],"zzz":1}`, "body.zzz", "known are actor, breakdown, count")
	f(`{"steps":[{"event":"A"}],"window":"7 days"}`, "body.window", "a duration such as")
	f(`{"steps":[{"event":7}]}`, "body.steps[0].event", "")
	f(`{"steps":[{"event":"A"}],"order":"sideways"}`, "body.order", "ordered, strict, any")
	f(`{"steps":[{"event":"A"}],"from":"yesterday"}`, "body.from", "date-time")
	f(`{}`, "body", "steps")
	f(`{"steps":`, "body", "unexpected end of JSON")
	f(`[]`, "body", "object")
	if got := d.expect(400, "POST /api/v1/query/funnel", ""); got["detail"] != "request body is required" {
		t.Errorf("an empty body: %v", got)
	}
	d.expect(200, "POST /api/v1/query/funnel", `{"steps":[{"event":"A"}]}`, "Content-Type: application/x-www-form-urlencoded") // curl -d
	p := d.expect(415, "POST /api/v1/query/funnel", `{}`, "Content-Type: text/csv")
	if p["title"] != "Unsupported Media Type" {
		t.Errorf("got %v", p)
	}
	d.expect(413, "POST /api/v1/query/funnel", `{"steps":[{"event":"`+strings.Repeat("A", 1<<20)+`"}]}`)
	problemAt(t, d.expect(400, "GET /api/v1/profiles?qery=x", ""), "query.qery", `did you mean "query"?`)
}

type codedError struct{ code string }

func (e codedError) Error() string { return "coded " + e.code }
func (e codedError) Code() string  { return e.code }

func TestFaultsOfTheEngine(t *testing.T) {
	d := newDesk(t)
	f := func(err error, status int, detail string) map[string]any {
		t.Helper()
		d.engine.err = err
		p := d.expect(status, "POST /api/v1/query/funnel", `{"steps":[{"event":"A"}]}`)
		if !strings.Contains(fmt.Sprint(p["detail"]), detail) {
			t.Errorf("%v: detail is %q, want %q in it", err, p["detail"], detail)
		}
		return p
	}
	p := f(fmt.Errorf("cannot plan: %w", &seq.Invalid{Field: "steps[1].where", Reason: "1:3: unknown name"}), 400, "steps[1].where: 1:3: unknown name")
	problemAt(t, p, "body.steps[1].where", "1:3: unknown name")
	f(fmt.Errorf("cannot scan: %w", context.DeadlineExceeded), 504, "too long")
	f(fmt.Errorf("cannot append: %w", store.ErrFull), 503, "disk is full")
	f(codedError{"unavailable"}, 503, "coded unavailable")
	f(codedError{"limited"}, 429, "coded limited")
	f(codedError{"forbidden"}, 403, "coded forbidden")
	f(codedError{"no-such-code"}, 500, "its log says what")
	p = f(errors.New("open /srv/x: permission denied"), 500, "its log says what")
	if strings.Contains(fmt.Sprint(p), "/srv") || !strings.Contains(d.log.String(), "/srv/x") {
		t.Errorf("an internal error belongs in the log only: %v; log: %s", p, d.log)
	}
}

func TestQuestionEndsWithItsCaller(t *testing.T) {
	d := newDesk(t)
	d.engine.block = make(chan struct{})
	ctx, hangUp := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, "POST", "/api/v1/query/funnel", strings.NewReader(`{"steps":[{"event":"A"}]}`))
	r.Header.Set("Authorization", "Bearer "+adminToken)
	w := httptest.NewRecorder()
	done := make(chan struct{})
	go func() { defer close(done); d.ServeHTTP(w, r) }()
	<-d.engine.block
	hangUp()
	<-done
	if w.Code != statusClientGone {
		t.Errorf("got %d, want %d", w.Code, statusClientGone)
	}
}

// deadlined notes the deadlines for reading that were set.
type deadlined struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlined) SetReadDeadline(t time.Time) error {
	d.set = append(d.set, t)
	return nil
}

// TestDeadlineOfTheBodyDoesNotEndTheQuestion: while a handler runs, net/http takes a read that times out for a caller
// who hung up, so no deadline may be left standing once the body is in.
func TestDeadlineOfTheBodyDoesNotEndTheQuestion(t *testing.T) {
	d := newDesk(t)
	r := httptest.NewRequest("POST", "/api/v1/query/funnel", strings.NewReader(`{"steps":[{"event":"A"}]}`))
	r.Header.Set("Authorization", "Bearer "+adminToken)
	w := &deadlined{ResponseRecorder: httptest.NewRecorder()}
	d.ServeHTTP(w, r)
	if w.Code != 200 || len(w.set) < 2 || w.set[0].IsZero() || !w.set[len(w.set)-1].IsZero() {
		t.Errorf("got %d; the deadlines were %v, the last one must be none", w.Code, w.set)
	}
	ctx, hangUp := context.WithCancel(t.Context())
	hangUp()
	r = httptest.NewRequestWithContext(ctx, "GET", "/api/v1/stream", nil)
	r.Header.Set("Authorization", "Bearer "+adminToken)
	w = &deadlined{ResponseRecorder: httptest.NewRecorder()}
	d.ServeHTTP(w, r)
	if w.Code != 200 || len(w.set) != 1 || !w.set[0].IsZero() {
		t.Errorf("the feed: got %d; the deadlines were %v, want one that is none", w.Code, w.set)
	}
}

func TestQuestionTimesOut(t *testing.T) {
	d := newDesk(t, func(deps *Deps) { deps.QueryTimeout = time.Millisecond })
	d.engine.block = make(chan struct{})
	d.expect(504, "POST /api/v1/query/funnel", `{"steps":[{"event":"A"}]}`)
}

func TestPeople(t *testing.T) {
	d := newDesk(t)
	anna := engine.Person{ID: event.UserProfile("42"), Identifiers: []string{"user:42"}, Account: "acme", AccountID: event.AccountOf("acme")}
	d.engine.people = &engine.PeoplePage{People: []engine.Person{anna}, NextCursor: "c2"}
	got := d.expect(200, "GET /api/v1/profiles?query=anna&limit=7&cursor=c1", "")
	if want := (engine.PeopleQuery{Text: "anna", Limit: 7, Cursor: "c1"}); !reflect.DeepEqual(d.engine.asked, want) {
		t.Errorf("asked %+v, want %+v", d.engine.asked, want)
	}
	if got["next_cursor"] != "c2" || len(got["people"].([]any)) != 1 {
		t.Errorf("got %v", got)
	}
	d.expect(200, "GET /api/v1/profiles", "")
	if want := (engine.PeopleQuery{Limit: 50}); !reflect.DeepEqual(d.engine.asked, want) {
		t.Errorf("asked %+v, want %+v", d.engine.asked, want)
	}
	if got := d.expect(200, "GET /api/v1/profiles/"+anna.ID.String(), ""); got["id"] != anna.ID.String() || fmt.Sprint(got["traits"]) != "map[]" {
		t.Errorf("one profile: %v", got)
	}
	if want := (engine.PeopleQuery{IDs: []event.ProfileID{anna.ID}, Limit: 1}); !reflect.DeepEqual(d.engine.asked, want) {
		t.Errorf("asked %+v, want %+v", d.engine.asked, want)
	}
	d.expect(200, "GET /api/v1/profiles/"+anna.ID.String()+"/timeline?limit=3&cursor=x&filter=true", "")
	if want := (seq.Timeline{Scope: seq.Scope{Actor: "profile", Filter: "true"}, ID: anna.ID.String(), Limit: 3, Cursor: "x"}); !reflect.DeepEqual(d.engine.asked, want) {
		t.Errorf("asked %+v, want %+v", d.engine.asked, want)
	}
	account := d.expect(200, "GET /api/v1/accounts/"+anna.AccountID.String(), "")
	if account["name"] != "acme" || account["more_people"] != "c2" || account["timeline"].(map[string]any)["next_cursor"] != "more" {
		t.Errorf("account: %v", account)
	}
	d.engine.people = nil
	d.expect(404, "GET /api/v1/profiles/"+anna.ID.String(), "")
	d.expect(404, "GET /api/v1/accounts/"+anna.AccountID.String(), "")
	problemAt(t, d.expect(400, "GET /api/v1/profiles/42", ""), "path.id", "16 hex digits")
	problemAt(t, d.expect(400, "GET /api/v1/profiles?limit=0", ""), "query.limit", "")
	problemAt(t, d.expect(400, "GET /api/v1/profiles?limit=201", ""), "query.limit", "")
	d.engine.err = &seq.Invalid{Field: "cursor", Reason: "is not one of ours"}
	problemAt(t, d.expect(400, "GET /api/v1/profiles?cursor=zz", ""), "query.cursor", "not one of ours")
}

func TestCatalogue(t *testing.T) {
	got := newDesk(t).expect(200, "GET /api/v1/catalogue", "")
	if fmt.Sprint(got["properties"]) != "[]" || len(got["events"].([]any)) != 1 {
		t.Errorf("got %v", got)
	}
}
