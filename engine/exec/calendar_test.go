package exec

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/event"
)

// TestDayStart: a day begins at its first instant, also where there is no midnight, or two.
func TestDayStart(t *testing.T) {
	f := func(zone string, y int, m time.Month, d int, want string) {
		t.Helper()
		at, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := dayStart(y, m, d, at).Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", zone, got, want)
		}
	}
	f("Europe/Oslo", 2026, 3, 29, "2026-03-29T00:00:00+01:00")
	f("Europe/Oslo", 2026, 3, 30, "2026-03-30T00:00:00+02:00")
	f("America/Sao_Paulo", 2018, 11, 4, "2018-11-04T01:00:00-02:00") // the clock went from 24:00 to 01:00
	f("America/Sao_Paulo", 2019, 2, 17, "2019-02-17T00:00:00-03:00") // and back from 24:00 to 23:00
	f("America/Havana", 2026, 11, 1, "2026-11-01T00:00:00-04:00")    // back from 01:00 to 00:00: the first midnight
	f("Asia/Amman", 2020, 10, 30, "2020-10-30T00:00:00+03:00")       // the same, east of Greenwich
	f("Asia/Beirut", 2026, 3, 29, "2026-03-29T01:00:00+03:00")
	f("Pacific/Apia", 2011, 12, 30, "2011-12-31T00:00:00+14:00") // a day that never was
	f("UTC", 2026, 2, 31, "2026-03-03T00:00:00Z")
}

// TestCalendarGoesOn: periods follow each other without a gap or an overlap, and every instant lies in the one that its
// floor begins.
func TestCalendarGoesOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Europe/Oslo", "America/Sao_Paulo", "America/Havana", "Asia/Amman", "Pacific/Apia", "Asia/Kathmandu"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		c := calendar{zone, rapid.SampledFrom([]string{"day", "week", "month"}).Draw(t, "interval"), rapid.Bool().Draw(t, "sunday")}
		at := c.floor(time.Unix(rapid.Int64Range(1e9, 2e9).Draw(t, "from"), 0))
		for range 40 {
			next := c.next(at)
			if span := next.Sub(at); span < 23*time.Hour || span > 32*24*time.Hour {
				t.Fatalf("%s from %s to %s", c.interval, at, next)
			}
			for _, x := range []time.Time{at, at.Add(next.Sub(at) / 2), next.Add(-time.Millisecond)} {
				if !c.floor(x).Equal(at) {
					t.Fatalf("%s lies in the %s from %s, not from %s", x, c.interval, at, c.floor(x))
				}
			}
			at = next
		}
		if c.interval == "week" && at.Weekday() != map[bool]time.Weekday{false: time.Monday, true: time.Sunday}[c.sunday] {
			t.Fatalf("a week begins on a %s", at.Weekday())
		}
	})
}

// TestPeriodOf: the look-up finds what a search through the edges finds.
func TestPeriodOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, _ := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "America/Havana", "Pacific/Apia"}).Draw(t, "zone"))
		from := event.Millis(rapid.Int64Range(1_320_000_000_000, 1_330_000_000_000).Draw(t, "from"))
		to := from + event.Millis(rapid.Int64Range(1, 90*86_400_000).Draw(t, "long"))
		s := &session{began: to.Time()}
		p, err := s.periods(calendar{zone: zone, interval: rapid.SampledFrom([]string{"day", "week", "month"}).Draw(t, "interval")}, event.Window{From: from, To: to}, 1, "period")
		if err != nil {
			t.Fatal(err)
		}
		f := func(at event.Millis) {
			want := -1
			for i := range p.len() {
				if p.edges[i] <= at {
					want = i
				}
			}
			if got := p.of(at); got != want {
				t.Fatalf("%s: period %d, want %d of %v", at.Time(), got, want, p.starts)
			}
		}
		for i, edge := range p.edges {
			if i > 0 {
				f(edge - 1)
			}
			if i < p.len() {
				f(edge)
			}
		}
		f(from)
		f(to - 1)
	})
}
