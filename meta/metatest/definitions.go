package metatest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"wend.dev/wend/meta"
)

func testDefinitions(t *testing.T, b Back, clock *Clock) {
	d := b.Definitions
	wantIDs(t, must[[]meta.Definition](t)(d.List(ctx(t), "Journey", false)))
	_, err := d.Get(ctx(t), "Journey", "first-order")
	wantErr(t, err, meta.ErrNotFound)

	one := must[[]meta.Definition](t)(d.Put(ctx(t), edit("first-order", ` { "a" : 1 } `, "")))[0]
	want(t, "body", string(one.Body), `{"a":1}`)
	want(t, "title", one.Title, "I first-order")
	want(t, "created", one.CreatedAt.Time(), clock.Now())
	want(t, "by", one.UpdatedBy, "kari")
	want(t, "latest", one.Latest, 0)

	_, err = d.Put(ctx(t), edit("first-order", `{"a":2}`, ""))
	wantErr(t, err, meta.ErrConflict)
	_, err = d.Put(ctx(t), edit("first-order", `{"a":2}`, "0123"))
	wantErr(t, err, meta.ErrConflict)
	_, err = d.Put(ctx(t), edit("unknown", `{"a":2}`, one.ETag))
	wantErr(t, err, meta.ErrConflict)
	for _, bad := range []meta.Edit{edit("", `{}`, ""), edit("x", ``, ""), edit("x", `[1]`, ""), edit("x", `{`, ""), {ID: "x", Body: []byte(`{}`)}} {
		_, err = d.Put(ctx(t), bad)
		wantErr(t, err, meta.ErrInvalid)
	}

	clock.Turn(time.Minute)
	two := must[[]meta.Definition](t)(d.Put(ctx(t), edit("first-order", `{"a":2}`, one.ETag)))[0]
	if two.ETag == one.ETag {
		t.Fatal("another body has the same tag")
	}
	want(t, "created", two.CreatedAt, one.CreatedAt)
	want(t, "updated", two.UpdatedAt.Time(), clock.Now())
	three := must[[]meta.Definition](t)(d.Put(ctx(t), edit("first-order", `{"a":1}`, "*")))[0]
	want(t, "tag of an equal body", three.ETag, one.ETag)
	got := must[meta.Definition](t)(d.Get(ctx(t), "Journey", "first-order"))
	want(t, "tag", got.ETag, three.ETag)

	must[[]meta.Definition](t)(d.Put(ctx(t), edit("after-sale", `{}`, "*"), meta.Edit{Kind: "Persona", ID: "kari", Body: []byte(`{}`)}))
	wantIDs(t, must[[]meta.Definition](t)(d.List(ctx(t), "Journey", false)), "after-sale", "first-order")
	wantIDs(t, must[[]meta.Definition](t)(d.List(ctx(t), "Persona", false)), "kari")
}

func testAllOrNone(t *testing.T, b Back, _ *Clock) {
	d := b.Definitions
	must[[]meta.Definition](t)(d.Put(ctx(t), edit("there", `{}`, "")))
	_, err := d.Put(ctx(t), edit("new", `{}`, ""), edit("there", `{"a":1}`, "*"), edit("there", `{}`, ""))
	wantErr(t, err, meta.ErrConflict)
	all := must[[]meta.Definition](t)(d.List(ctx(t), "Journey", false))
	wantIDs(t, all, "there")
	want(t, "body", string(all[0].Body), `{}`)
}

func testBin(t *testing.T, b Back, _ *Clock) {
	d := b.Definitions
	one := must[[]meta.Definition](t)(d.Put(ctx(t), edit("a", `{"n":1}`, "")))[0]
	must[meta.Version](t)(b.Versions.Publish(ctx(t), meta.Publication{Kind: "Journey", ID: "a", IfMatch: "*"}))
	wantErr(t, d.Delete(ctx(t), "Journey", "a", "stale"), meta.ErrConflict)
	wantErr(t, d.Delete(ctx(t), "Journey", "b", "*"), meta.ErrNotFound)
	_, err := d.Restore(ctx(t), "Journey", "a")
	wantErr(t, err, meta.ErrNotFound)

	if err := d.Delete(ctx(t), "Journey", "a", one.ETag); err != nil {
		t.Fatal(err)
	}
	_, err = d.Get(ctx(t), "Journey", "a")
	wantErr(t, err, meta.ErrNotFound)
	wantErr(t, d.Delete(ctx(t), "Journey", "a", "*"), meta.ErrNotFound)
	_, err = b.Versions.Publish(ctx(t), meta.Publication{Kind: "Journey", ID: "a", IfMatch: "*"})
	wantErr(t, err, meta.ErrNotFound)
	_, err = d.Put(ctx(t), edit("a", `{}`, one.ETag))
	wantErr(t, err, meta.ErrConflict)
	wantIDs(t, must[[]meta.Definition](t)(d.List(ctx(t), "Journey", false)))
	bin := must[[]meta.Definition](t)(d.List(ctx(t), "Journey", true))
	wantIDs(t, bin, "a")
	if bin[0].DeletedAt == 0 {
		t.Fatal("the bin does not say when")
	}

	back := must[meta.Definition](t)(d.Restore(ctx(t), "Journey", "a"))
	want(t, "restored body", string(back.Body), `{"n":1}`)
	want(t, "restored tag", must[meta.Definition](t)(d.Get(ctx(t), "Journey", "a")).ETag, one.ETag)

	if err := d.Delete(ctx(t), "Journey", "a", "*"); err != nil {
		t.Fatal(err)
	}
	again := must[[]meta.Definition](t)(d.Put(ctx(t), edit("a", `{"n":2}`, "")))[0]
	want(t, "versions kept over a re-creation", again.Latest, 1)
	want(t, "in use", int64(again.DeletedAt), 0)
}

// testRace lets several editors save over the same tag at once: exactly one may win.
func testRace(t *testing.T, b Back, _ *Clock) {
	base := must[[]meta.Definition](t)(b.Definitions.Put(ctx(t), edit("a", `{}`, "")))[0]
	const editors = 8
	errs := make([]error, editors)
	var wg sync.WaitGroup
	for i := range editors {
		wg.Go(func() {
			_, errs[i] = b.Definitions.Put(t.Context(), edit("a", `{"by":`+string(rune('0'+i))+`}`, base.ETag))
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, meta.ErrConflict) {
			t.Fatal(err)
		}
	}
	want(t, "editors that won", won, 1)
}

func testVersions(t *testing.T, b Back, clock *Clock) {
	d, v := b.Definitions, b.Versions
	_, err := v.Publish(ctx(t), meta.Publication{Kind: "Journey", ID: "a", IfMatch: "*"})
	wantErr(t, err, meta.ErrNotFound)
	_, err = v.Version(ctx(t), "Journey", "a", 0)
	wantErr(t, err, meta.ErrNotFound)

	one := must[[]meta.Definition](t)(d.Put(ctx(t), edit("a", `{"n":1}`, "")))[0]
	_, err = v.Publish(ctx(t), meta.Publication{Kind: "Journey", ID: "a", IfMatch: "other"})
	wantErr(t, err, meta.ErrConflict)
	p := meta.Publication{Kind: "Journey", ID: "a", IfMatch: one.ETag, Note: "first", By: "kari"}
	v1 := must[meta.Version](t)(v.Publish(ctx(t), p))
	want(t, "number", v1.Number, 1)
	want(t, "note", v1.Note, "first")
	want(t, "published", v1.PublishedAt.Time(), clock.Now())
	clock.Turn(time.Hour)
	same := must[meta.Version](t)(v.Publish(ctx(t), p))
	want(t, "number of an unchanged draft", same.Number, 1)
	want(t, "its time", same.PublishedAt, v1.PublishedAt)

	got := must[meta.Definition](t)(d.Get(ctx(t), "Journey", "a"))
	want(t, "latest", got.Latest, 1)
	want(t, "live", got.Live, got.ETag)
	must[[]meta.Definition](t)(d.Put(ctx(t), edit("a", `{"n":2}`, "*")))
	got = must[meta.Definition](t)(d.Get(ctx(t), "Journey", "a"))
	want(t, "latest after an edit", got.Latest, 1)
	if got.Live == got.ETag {
		t.Fatal("an unpublished edit counts as live")
	}
	v2 := must[meta.Version](t)(v.Publish(ctx(t), meta.Publication{Kind: "Journey", ID: "a", IfMatch: "*"}))
	want(t, "number", v2.Number, 2)

	want(t, "version 1 for ever", string(must[meta.Version](t)(v.Version(ctx(t), "Journey", "a", 1)).Body), `{"n":1}`)
	want(t, "newest", string(must[meta.Version](t)(v.Version(ctx(t), "Journey", "a", 0)).Body), `{"n":2}`)
	_, err = v.Version(ctx(t), "Journey", "a", 3)
	wantErr(t, err, meta.ErrNotFound)
	all := must[[]meta.Version](t)(v.Versions(ctx(t), "Journey", "a"))
	want(t, "versions", len(all), 2)
	want(t, "newest first", all[0].Number, 2)
	want(t, "bodies in lists", len(all[0].Body), 0)
}

// testPins publishes a map with what it refers to: later edits of a touchpoint leave the published map as it was.
func testPins(t *testing.T, b Back, _ *Clock) {
	touchpoint := func(id, body string) meta.Edit {
		return meta.Edit{Kind: "Touchpoint", ID: id, Body: []byte(body), IfMatch: "*"}
	}
	publish := func() meta.Version {
		t.Helper()
		return must[meta.Version](t)(b.Versions.Publish(ctx(t), meta.Publication{Kind: "Journey", ID: "a", IfMatch: "*", Note: "n",
			Refers: []meta.Pin{{Kind: "Touchpoint", ID: "cart"}, {Kind: "Touchpoint", ID: "none"}, {Kind: "Touchpoint", ID: "pay"}}}))
	}
	must[[]meta.Definition](t)(b.Definitions.Put(ctx(t), edit("a", `{}`, ""), touchpoint("cart", `{"n":1}`), touchpoint("pay", `{"n":1}`)))
	v1 := publish()
	want(t, "pins", fmt.Sprint(v1.Pins), "[{Touchpoint cart 1} {Touchpoint pay 1}]")
	want(t, "published again unchanged", publish().Number, 1)

	must[[]meta.Definition](t)(b.Definitions.Put(ctx(t), touchpoint("cart", `{"n":2}`)))
	v2 := publish()
	want(t, "number after a touchpoint changed", v2.Number, 2)
	want(t, "pins", fmt.Sprint(v2.Pins), "[{Touchpoint cart 2} {Touchpoint pay 1}]")
	old := must[meta.Version](t)(b.Versions.Version(ctx(t), "Journey", "a", 1))
	want(t, "pins of the first version", fmt.Sprint(old.Pins), fmt.Sprint(v1.Pins))
	want(t, "what it pins", string(must[meta.Version](t)(b.Versions.Version(ctx(t), "Touchpoint", "cart", old.Pins[0].Number)).Body), `{"n":1}`)

	_, err := b.Versions.Publish(ctx(t), meta.Publication{Kind: "Journey", ID: "b", IfMatch: "*", Refers: []meta.Pin{{Kind: "Touchpoint", ID: "pay"}}})
	wantErr(t, err, meta.ErrNotFound)
	must[[]meta.Definition](t)(b.Definitions.Put(ctx(t), touchpoint("pay", `{"n":2}`)))
	_, err = b.Versions.Publish(ctx(t), meta.Publication{Kind: "Journey", ID: "a", IfMatch: "stale", Refers: []meta.Pin{{Kind: "Touchpoint", ID: "pay"}}})
	wantErr(t, err, meta.ErrConflict)
	want(t, "a refused publication publishes nothing", must[meta.Definition](t)(b.Definitions.Get(ctx(t), "Touchpoint", "pay")).Latest, 1)
}
