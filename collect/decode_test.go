package collect

import (
	"strings"
	"testing"
	"time"

	"wend.dev/wend/event"
)

func TestFieldsAreFlattened(t *testing.T) {
	fx := newFixture(t, nil)
	f := func(body, want string) {
		t.Helper()
		got := dump(fx.one("/v1/batch", `{"batch":[`+body+`]}`).Fields)
		if strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%s\ngives\n%swant\n%s", body, got, want)
		}
	}
	f(`{"type":"track","event":"E","userId":"u","properties":{"b":true,"a":"x","n":-1.5e2,"no":null,"e":{},"l":[1, 2 , {"k":" v "}]}}`,
		"properties.a=s:x\nproperties.b=b:true\nproperties.l=j:[1,2,{\"k\":\" v \"}]\nproperties.n=n:-150\n")
	f(`{"type":"track","event":"E","userId":"u","properties":{"a":{"b":{"c":{"d":{"e":{"f":1}}}}}}}`, `properties.a.b.c.d.e=j:{"f":1}`)
	f(`{"type":"track","event":"E","userId":"u","properties":{"a":{"b":{"c":{"d":{"e":1}}}}}}`, `properties.a.b.c.d.e=n:1`)
	f(`{"type":"track","event":"E","userId":"u","properties":{"a":1,"a":2}}`, `properties.a=n:2`)
	f(`{"type":"track","event":"E","userId":"u","properties":{"q\"\u00e5\/\n":"\ud83d\ude00 \ud800 \t"}}`, "properties.q\"å/\n=s:😀 \ufffd \t")
	f(`{"type":"track","event":"E","userId":"u","properties":null,"context":{"ip":"203.0.113.7","os":{"name":""}}}`, "context.ip=s:203.0.113.7\ncontext.os.name=s:")
	f(`{"type":"page","name":"Home","category":"Docs","userId":"u","properties":{"url":"/"}}`, "properties.category=s:Docs\nproperties.name=s:Home\nproperties.url=s:/")
	f(`{"type":"group","groupId":"g","userId":"u","traits":{"employees":42}}`, `traits.employees=n:42`)
	f(`{"type":"identify","userId":"u","context":{"traits":{"email":"a@b","plan":"old"},"ip":"1.2.3.4"},"traits":{"plan":"new"}}`,
		"context.ip=s:1.2.3.4\ntraits.email=s:a@b\ntraits.plan=s:new")
	f(`{"type":"identify","userId":"u","traits":{"plan":"new"},"context":{"traits":{"email":"a@b","plan":"old"}}}`, "traits.email=s:a@b\ntraits.plan=s:new")
	f(`{"type":"track","event":"E","userId":"u","context":{"traits":{"plan":"pro"}},"channel":"web"}`, "context.channel=s:web\ncontext.traits.plan=s:pro")
	f(`{"type":"track","event":"E","userId":"u","context":{"channel":"store"},"channel":"web"}`, "context.channel=s:store")
}

func TestSpellingsOfSDKsAreNormalised(t *testing.T) {
	fx := newFixture(t, nil)
	f := func(name, properties, want string) {
		t.Helper()
		got := dump(fx.one("/v1/track", `{"event":"`+name+`","userId":"u","properties":`+properties+`}`).Fields)
		if strings.TrimSpace(got) != want {
			t.Errorf("%s gives\n%swant\n%s", properties, got, want)
		}
	}
	f("Order Completed", `{"orderId":"o-1"}`, "properties.order_id=s:o-1")
	f("Order Completed", `{"order_id":"right","orderId":"wrong"}`, "properties.order_id=s:right")
	f("Order Completed", `{"orderId":"wrong","order_id":"right"}`, "properties.order_id=s:right")
	f("Order Completed", `{"orderId":null,"x":1}`, "properties.x=n:1")
	f("Order Completed", `{"deep":{"orderId":"o"}}`, "properties.deep.orderId=s:o")
	f("Order Completed", `{"products":[{"id":"s1", "sky":"45790-32","name":"a \"sky\": b"},{"product_id":"p","id":"row"},{"productId":"p2","tags":[{"id":1}]},7]}`,
		`properties.products=j:[{"product_id":"s1","sku":"45790-32","name":"a \"sky\": b"},{"product_id":"p","id":"row"},{"product_id":"p2","tags":[{"id":1}]},7]`)
	f("Product Viewed", `{"id":"sku1","price":12.5}`, "properties.price=n:12.5\nproperties.product_id=s:sku1")
	f("Product Viewed", `{"id":"row","product_id":"sku1"}`, "properties.id=s:row\nproperties.product_id=s:sku1")
	f("Ticket Opened", `{"id":"T-1","sky":"blue"}`, "properties.id=s:T-1\nproperties.sku=s:blue")
}

func TestIdentifiers(t *testing.T) {
	fx := newFixture(t, nil)
	f := func(path, body, user, anonymous, group string) {
		t.Helper()
		e := fx.one(path, body)
		if e.UserID != user || e.AnonymousID != anonymous || e.GroupID != group {
			t.Errorf("%s gives user %q, anonymous %q, group %q", body, e.UserID, e.AnonymousID, e.GroupID)
		}
		if e.Profile != event.ProfileOf(user, anonymous) || e.Source != "src" || e.MessageID == "" {
			t.Errorf("%s gives profile %s, source %q, message %q", body, e.Profile, e.Source, e.MessageID)
		}
	}
	f("/v1/track", `{"event":"E","userId":"","anonymousId":"a"}`, "", "a", "")
	f("/v1/track", `{"event":"E","userId":null,"anonymousId":"a","context":{"groupId":"g"}}`, "", "a", "g")
	f("/v1/track", `{"event":"E","userId":42}`, "42", "", "")
	f("/v1/track", `{"event":"E","userId":9007199254740993}`, "9007199254740993", "", "")
	f("/v1/group", `{"userId":"u","groupId":"g-1"}`, "u", "", "g-1")
	f("/v1/alias", `{"userId":"u","previousId":"anon-1"}`, "u", "anon-1", "")
	f("/v1/alias", `{"userId":"u","previousId":"anon-1","anonymousId":"x"}`, "u", "anon-1", "")
	f("/v1/alias", `{"userId":"u","previousId":"u","anonymousId":""}`, "u", "", "")
	f("/v1/alias", `{"userId":"u","previousId":"u","anonymousId":"x"}`, "u", "", "")
}

func TestTimeOfAnEvent(t *testing.T) {
	fx := newFixture(t, nil)
	f := func(batch, times, want string) {
		t.Helper()
		e := fx.one("/v1/batch", `{`+batch+`"batch":[{"type":"track","event":"E","userId":"u"`+times+`}]}`)
		if got := e.Time.Time().Format(time.RFC3339Nano); got != want {
			t.Errorf("%s %s happened at %s, want %s", batch, times, got, want)
		}
		if e.ReceivedAt != event.MillisOf(testNow) || e.Clamped != strings.Contains(times, "2099") {
			t.Errorf("%s: received %v, clamped %v", times, e.ReceivedAt.Time(), e.Clamped)
		}
	}
	f(``, ``, "2026-11-22T12:00:00Z")
	f(``, `,"timestamp":"2026-01-02T03:04:05.678Z","originalTimestamp":"2026-11-22T11:00:00Z"`, "2026-01-02T03:04:05.678Z")
	f(``, `,"originalTimestamp":"2026-11-22T11:00:00Z","sentAt":"2026-11-22T11:00:05Z"`, "2026-11-22T11:59:55Z")
	f(`"sentAt":"2026-11-22T11:00:05Z",`, `,"originalTimestamp":"2026-11-22T11:00:00Z"`, "2026-11-22T11:59:55Z")
	f(`"timestamp":"2026-11-22T11:30:00Z",`, `,"originalTimestamp":"2026-11-22T11:00:00Z"`, "2026-11-22T11:00:00Z")
	f(`"timestamp":"2026-11-22T11:30:00Z",`, ``, "2026-11-22T11:30:00Z")
	f(``, `,"originalTimestamp":"nonsense","sentAt":5`, "2026-11-22T12:00:00Z")
	f(``, `,"timestamp":"2026-11-23T11:59:00Z"`, "2026-11-23T11:59:00Z") // up to 24 h ahead is believed
	f(``, `,"timestamp":"2099-01-01T00:00:00Z"`, "2026-11-22T12:00:00Z")
	f(``, `,"timestamp":"1970-01-01T00:00:00Z"`, "1970-01-01T00:00:00Z")
	f(``, `,"timestamp":1767323045678`, "2026-01-02T03:04:05.678Z")
}

func TestBatchLevelContextIsMerged(t *testing.T) {
	fx := newFixture(t, nil)
	fx.want(200, "/v1/batch", `{"context":{"library":{"name":"go","version":"3"},"ip":"1.1.1.1"},"batch":[
		{"type":"track","event":"A","userId":"u","context":{"library":{"version":"4"}}},
		{"type":"track","event":"B","userId":"u","context":{"groupId":"g"}}],"integrations":{"All":true}}`)
	got := fx.log.all()
	if d := dump(got[0].Fields); d != "context.ip=s:1.1.1.1\ncontext.library.name=s:go\ncontext.library.version=s:4\n" {
		t.Errorf("first event has\n%s", d)
	}
	if d := dump(got[1].Fields); d != "context.groupId=s:g\ncontext.ip=s:1.1.1.1\ncontext.library.name=s:go\ncontext.library.version=s:3\n" || got[1].GroupID != "g" {
		t.Errorf("second event has\n%s", d)
	}
}

// Events of alternating shapes must not lend each other their order of fields.
func TestShapesAreToldApart(t *testing.T) {
	fx := newFixture(t, nil)
	bodies := []string{`"b":1,"a":2`, `"a":2,"b":1`, `"b":1`, `"a":1,"a":2,"b":3`, `"c":{"b":1},"c.b":2`}
	for round := range 3 {
		for _, props := range bodies {
			e := fx.one("/v1/track", `{"event":"E","userId":"u","properties":{`+props+`}}`)
			for i := 1; i < len(e.Fields); i++ {
				if e.Fields[i-1].Path >= e.Fields[i].Path {
					t.Fatalf("round %d: fields of %s are not sorted: %s", round, props, dump(e.Fields))
				}
			}
			if v, ok := e.Get("properties.b"); strings.HasPrefix(props, `"a":1,"a"`) && (!ok || v.Num != 3) {
				t.Fatalf("properties.b of %s is %v", props, v)
			}
		}
	}
}

func TestInstants(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got, ok := parseInstant(in)
		text := ""
		if ok {
			text = got.Time().Format("2006-01-02T15:04:05.000")
		}
		if text != want {
			t.Errorf("%q is read as %q, want %q", in, text, want)
		}
	}
	f("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678")
	f("2026-11-21T23:39:12.605144386Z", "2026-11-21T23:39:12.605")
	f("2026-01-02T03:04:05.678+00:00", "2026-01-02T03:04:05.678")
	f("2026-01-02T03:04:05+0130", "2026-01-02T01:34:05.000")
	f("2026-01-02T03:04:05-02", "2026-01-02T05:04:05.000")
	f("2026-01-02 03:04:05", "2026-01-02T03:04:05.000")
	f("2024-02-29", "2024-02-29T00:00:00.000")
	f("2025-02-29", "")
	f("2100-02-29", "")
	f("2026-04-31", "")
	f("2026-13-01", "")
	f("2026-01-02T25:00:00Z", "")
	f("2026-01-02T03:04:05.Z", "")
	f("2026-01-02T03:04:05 GMT", "")
	f("1767323045", "2026-01-02T03:04:05.000")
	f("1767323045.678", "2026-01-02T03:04:05.678")
	f("1767323045678", "2026-01-02T03:04:05.678")
	f("NaN", "")
	f("1e300", "")
	f("", "")
	f("yesterday", "")
	for at := time.Date(1969, 12, 30, 0, 0, 0, 0, time.UTC); at.Year() < 2101; at = at.Add(26*time.Hour + 61*time.Second + 7*time.Millisecond) {
		text := at.Format("2006-01-02T15:04:05.000Z07:00")
		if got, ok := parseInstant(text); !ok || got != event.MillisOf(at) {
			t.Fatalf("%s is read as %v", text, got.Time())
		}
	}
}
