package metatest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wend.dev/wend/collect"
	"wend.dev/wend/event"
	"wend.dev/wend/meta"
)

func testSources(t *testing.T, b Back, clock *Clock) {
	s := b.Sources
	_, err := s.ByKey(ctx(t), "")
	wantErr(t, err, collect.ErrUnknownKey)
	web := must[meta.Source](t)(s.CreateSource(ctx(t), meta.Source{Name: "Web shop", Platform: "web", MaxBatchBytes: 4 << 20, EventsPerSecond: 50}))
	if web.ID == "" || !strings.HasPrefix(web.Key, "wk_") {
		t.Fatalf("nothing was made up: %+v", web)
	}
	clock.Turn(time.Second)
	own := strings.Repeat("k", 32)
	erp := must[meta.Source](t)(s.CreateSource(ctx(t), meta.Source{ID: "erp", Name: "ERP", Key: own}))
	_, err = s.CreateSource(ctx(t), meta.Source{ID: "erp", Name: "again"})
	wantErr(t, err, meta.ErrConflict)
	_, err = s.CreateSource(ctx(t), meta.Source{Name: "same key", Key: own})
	wantErr(t, err, meta.ErrConflict)
	_, err = s.CreateSource(ctx(t), meta.Source{Name: "short key", Key: "abc"})
	wantErr(t, err, meta.ErrInvalid)

	got := must[collect.Source](t)(s.ByKey(ctx(t), web.Key))
	want(t, "source of a key", got, collect.Source{ID: web.ID, Name: "Web shop", MaxBatchBytes: 4 << 20, EventsPerSecond: 50})
	all := must[[]meta.Source](t)(s.ListSources(ctx(t)))
	want(t, "sources", len(all), 2)
	want(t, "first", all[0], web)
	want(t, "second", all[1], erp)

	web.Name, web.EventsPerSecond, web.Key = "Shop", 0, "not changed by an update"
	changed := must[meta.Source](t)(s.UpdateSource(ctx(t), web))
	want(t, "name", changed.Name, "Shop")
	want(t, "key after an update", changed.Key, all[0].Key)
	want(t, "limit in memory", must[collect.Source](t)(s.ByKey(ctx(t), changed.Key)).EventsPerSecond, 0)

	rotated := must[meta.Source](t)(s.RotateKey(ctx(t), web.ID))
	_, err = s.ByKey(ctx(t), changed.Key)
	wantErr(t, err, collect.ErrUnknownKey)
	want(t, "source of the new key", must[collect.Source](t)(s.ByKey(ctx(t), rotated.Key)).ID, web.ID)
	rotated.DisabledAt = event.MillisOf(clock.Now())
	must[meta.Source](t)(s.UpdateSource(ctx(t), rotated))
	_, err = s.ByKey(ctx(t), rotated.Key)
	wantErr(t, err, collect.ErrUnknownKey)
	_, err = s.UpdateSource(ctx(t), meta.Source{ID: "none"})
	wantErr(t, err, meta.ErrNotFound)
	_, err = s.RotateKey(ctx(t), "none")
	wantErr(t, err, meta.ErrNotFound)
}

func testTokens(t *testing.T, b Back, clock *Clock) {
	s := b.Tokens
	_, err := s.CheckToken(ctx(t), "nothing")
	wantErr(t, err, meta.ErrNotFound)
	tok, secret, err := s.CreateToken(ctx(t), "admin", "")
	if err != nil {
		t.Fatal(err)
	}
	want(t, "hint", tok.Hint, secret[:4]+"…"+secret[len(secret)-4:])
	want(t, "id", must[meta.Token](t)(s.CheckToken(ctx(t), secret)).ID, tok.ID)
	_, err = s.CheckToken(ctx(t), secret[:len(secret)-1])
	wantErr(t, err, meta.ErrNotFound)

	own := strings.Repeat("s", 40)
	clock.Turn(time.Second)
	boot, _, err := s.CreateToken(ctx(t), "bootstrap", own)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := s.CreateToken(ctx(t), "bootstrap", own)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "token of a repeated bootstrap", again.ID, boot.ID)
	for _, bad := range []string{"short", strings.Repeat("x", 129), strings.Repeat("x", 31) + " ", strings.Repeat("ø", 32)} {
		_, _, err = s.CreateToken(ctx(t), "bad", bad)
		wantErr(t, err, meta.ErrInvalid)
	}

	clock.Turn(90 * time.Second)
	must[meta.Token](t)(s.CheckToken(ctx(t), own))
	all := must[[]meta.Token](t)(s.ListTokens(ctx(t)))
	want(t, "tokens", len(all), 2)
	want(t, "last used, to the minute", all[1].LastUsedAt.Time(), clock.Now().Truncate(time.Minute))
	if err := s.RevokeToken(ctx(t), boot.ID); err != nil {
		t.Fatal(err)
	}
	_, err = s.CheckToken(ctx(t), own)
	wantErr(t, err, meta.ErrNotFound)
	wantErr(t, s.RevokeToken(ctx(t), boot.ID), meta.ErrNotFound)
}

func reject(clock *Clock, source, reason, name string) collect.Rejected {
	return collect.Rejected{SourceID: source, ReceivedAt: event.MillisOf(clock.Now()), Reason: reason, Detail: "why", Kind: "track",
		Name: name, MessageID: "m-" + name, Raw: []byte(`{"event":"` + name + `"}`)}
}

func names(rs []meta.Rejected) string {
	var out []string
	for _, r := range rs {
		out = append(out, r.Name)
	}
	return strings.Join(out, " ")
}

func testRejected(t *testing.T, b Back, clock *Clock) {
	s := b.Rejections
	list := func(q meta.RejectedQuery) []meta.Rejected {
		t.Helper()
		return must[[]meta.Rejected](t)(s.ListRejected(ctx(t), q))
	}
	if err := s.Reject(ctx(t), nil); err != nil {
		t.Fatal(err)
	}
	first := reject(clock, "web", collect.ReasonNoID, "a")
	if err := s.Reject(ctx(t), []collect.Rejected{first, reject(clock, "web", collect.ReasonNoName, "b")}); err != nil {
		t.Fatal(err)
	}
	clock.Turn(24 * time.Hour)
	if err := s.Reject(ctx(t), []collect.Rejected{reject(clock, "erp", collect.ReasonNoID, "c")}); err != nil {
		t.Fatal(err)
	}
	all := list(meta.RejectedQuery{})
	want(t, "list, newest first", names(all), "c b a")
	kept := all[2].Rejected
	want(t, "raw", string(kept.Raw), string(first.Raw))
	kept.Raw, first.Raw = nil, nil
	want(t, "kept", fmt.Sprint(kept), fmt.Sprint(first))
	want(t, "by source", names(list(meta.RejectedQuery{Source: "web"})), "b a")
	want(t, "by reason", names(list(meta.RejectedQuery{Reason: collect.ReasonNoID})), "c a")
	want(t, "page 1", names(list(meta.RejectedQuery{Limit: 2})), "c b")
	want(t, "page 2", names(list(meta.RejectedQuery{Limit: 2, Before: all[1].ID})), "a")

	want(t, "by id", names(must[[]meta.Rejected](t)(s.RejectedByID(ctx(t), all[2].ID, "none", all[0].ID))), "a c")
	if err := s.DropRejected(ctx(t), all[0].ID, "none"); err != nil {
		t.Fatal(err)
	}
	want(t, "after a drop", names(list(meta.RejectedQuery{})), "b a")
	theirs := reject(clock, "erp", collect.ReasonNoName, "d")
	theirs.Raw = []byte(`{"userId":"kari@example.com"}`)
	if err := s.Reject(ctx(t), []collect.Rejected{theirs}); err != nil {
		t.Fatal(err)
	}
	want(t, "erased", must[int](t)(s.EraseRejected(ctx(t), []string{"ola", "kari@example.com"})), 1)
	want(t, "erased again", must[int](t)(s.EraseRejected(ctx(t), []string{"ola", "kari@example.com"})), 0)
	want(t, "after an erasure", names(list(meta.RejectedQuery{})), "b a")
	counts := must[[]meta.RejectedCount](t)(s.CountRejected(ctx(t), "2026-02-11"))
	want(t, "counts", fmt.Sprint(counts), "[{2026-02-11 web no_id 1} {2026-02-11 web no_name 1} {2026-02-12 erp no_id 1} {2026-02-12 erp no_name 1}]")
	want(t, "counts of a day", len(must[[]meta.RejectedCount](t)(s.CountRejected(ctx(t), "2026-02-12"))), 2)
}

// testRejectedBounded rejects more than is kept: the newest stay, all are counted.
func testRejectedBounded(t *testing.T, b Back, clock *Clock) {
	const batches, size = 15, 1000
	for i := range batches {
		batch := make([]collect.Rejected, size)
		for k := range batch {
			batch[k] = reject(clock, "web", collect.ReasonNoID, fmt.Sprint(i*size+k))
		}
		if err := b.Rejections.Reject(ctx(t), batch); err != nil {
			t.Fatal(err)
		}
	}
	kept, last := 0, ""
	for {
		page := must[[]meta.Rejected](t)(b.Rejections.ListRejected(ctx(t), meta.RejectedQuery{Limit: 500, Before: last}))
		if len(page) == 0 {
			break
		}
		for k, r := range page {
			want(t, "name", r.Name, fmt.Sprint(batches*size-1-kept-k))
		}
		kept, last = kept+len(page), page[len(page)-1].ID
	}
	if kept < 10_000 || kept > 11_000 {
		t.Fatalf("%d are kept, want 10,000 or a little more", kept)
	}
	counts := must[[]meta.RejectedCount](t)(b.Rejections.CountRejected(ctx(t), ""))
	want(t, "counted", counts[0].Count, int64(batches*size))
}

func testImports(t *testing.T, b Back, clock *Clock) {
	im := collect.Import{Source: "web", ID: strings.Repeat("a", 32), Title: "Olist", Files: []string{"orders.csv"}, Rows: 10, BytesAll: 99}
	_, err := b.Imports.Get(ctx(t), im.Source, im.ID)
	wantErr(t, err, collect.ErrNoImport)
	for i := range 3 {
		clock.Turn(time.Minute)
		im.Rows, im.UpdatedAt = int64(10*i), event.MillisOf(clock.Now())
		if err := b.Imports.Put(ctx(t), im); err != nil {
			t.Fatal(err)
		}
	}
	got := must[collect.Import](t)(b.Imports.Get(ctx(t), im.Source, im.ID))
	want(t, "state", fmt.Sprint(got), fmt.Sprint(im))
	_, err = b.Imports.Get(ctx(t), "erp", im.ID)
	wantErr(t, err, collect.ErrNoImport)

	_, err = b.Imports.Cancel(ctx(t), "erp", im.ID)
	wantErr(t, err, collect.ErrNoImport)
	clock.Turn(time.Minute)
	cancelled := must[collect.Import](t)(b.Imports.Cancel(ctx(t), im.Source, im.ID))
	want(t, "cancelled", fmt.Sprint(cancelled.Cancelled, cancelled.Rows, cancelled.UpdatedAt), fmt.Sprint(true, im.Rows, event.MillisOf(clock.Now())))
	want(t, "cancelled, read back", fmt.Sprint(must[collect.Import](t)(b.Imports.Get(ctx(t), im.Source, im.ID))), fmt.Sprint(cancelled))
	must[collect.Import](t)(b.Imports.Cancel(ctx(t), im.Source, im.ID))
	late := im
	late.Rows, late.Done = 99, true
	wantErr(t, b.Imports.Put(ctx(t), late), collect.ErrCancelled)
	want(t, "after a late note", must[collect.Import](t)(b.Imports.Get(ctx(t), im.Source, im.ID)).Rows, im.Rows)
	im.Resume, im.UpdatedAt = true, event.MillisOf(clock.Now())
	if err := b.Imports.Put(ctx(t), im); err != nil {
		t.Fatal(err)
	}
	im.Resume = false
	want(t, "resumed", fmt.Sprint(must[collect.Import](t)(b.Imports.Get(ctx(t), im.Source, im.ID))), fmt.Sprint(im))
	late.ID = strings.Repeat("b", 32)
	if err := b.Imports.Put(ctx(t), late); err != nil {
		t.Fatal(err)
	}
	_, err = b.Imports.Cancel(ctx(t), late.Source, late.ID)
	wantErr(t, err, collect.ErrImportDone)

	newer := im
	newer.Source, newer.UpdatedAt = "erp", im.UpdatedAt+1
	if err := b.Imports.Put(ctx(t), newer); err != nil {
		t.Fatal(err)
	}
	all := must[[]collect.Import](t)(b.Imports.List(ctx(t), 10))
	want(t, "imports", len(all), 3)
	want(t, "newest", all[0].Source, "erp")
	want(t, "limited", len(must[[]collect.Import](t)(b.Imports.List(ctx(t), 1))), 1)
}

func testSettings(t *testing.T, b Back, _ *Clock) {
	s := must[meta.Settings](t)(b.Settled.Settings(ctx(t)))
	want(t, "first settings", s.Name+" "+s.TimeZone+" "+s.Currency+" "+s.Locale, "default UTC EUR en")
	s.Name, s.TimeZone, s.Currency, s.Locale = "Nordic Tools", "Europe/Oslo", "NOK", "nb"
	s.Left = []string{"ola@example.com"}
	saved := must[meta.Settings](t)(b.Settled.SaveSettings(ctx(t), s))
	want(t, "read back", fmt.Sprint(must[meta.Settings](t)(b.Settled.Settings(ctx(t)))), fmt.Sprint(saved))
	want(t, "who left", fmt.Sprint(saved.Left), "[ola@example.com]")
	_, err := b.Settled.SaveSettings(ctx(t), s)
	wantErr(t, err, meta.ErrConflict)
	saved.TimeZone = "Europe/Atlantis"
	_, err = b.Settled.SaveSettings(ctx(t), saved)
	wantErr(t, err, meta.ErrInvalid)
	saved.TimeZone, saved.Currency = "UTC", "crowns"
	_, err = b.Settled.SaveSettings(ctx(t), saved)
	wantErr(t, err, meta.ErrInvalid)
}

func testSessions(t *testing.T, b Back, clock *Clock) {
	s := b.Sessions
	one, two := meta.Hash{1}, meta.Hash{2}
	want(t, "expiry of no session", must[time.Time](t)(s.SessionExpiry(ctx(t), one)).IsZero(), true)
	ends := clock.Now().Add(time.Hour)
	for _, id := range []meta.Hash{one, two, one} {
		if err := s.SaveSession(ctx(t), id, ends); err != nil {
			t.Fatal(err)
		}
	}
	want(t, "expiry", must[time.Time](t)(s.SessionExpiry(ctx(t), one)), ends)
	for range 2 {
		if err := s.DeleteSession(ctx(t), one); err != nil {
			t.Fatal(err)
		}
	}
	want(t, "after logging out", must[time.Time](t)(s.SessionExpiry(ctx(t), one)).IsZero(), true)
	want(t, "the other", must[time.Time](t)(s.SessionExpiry(ctx(t), two)), ends)
	clock.Turn(2 * time.Hour)
	if err := s.SaveSession(ctx(t), one, clock.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	want(t, "expired ones are swept", must[time.Time](t)(s.SessionExpiry(ctx(t), two)).IsZero(), true)
}
