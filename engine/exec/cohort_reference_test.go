package exec_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// This is retention, lifecycle and stickiness of docs/questions.md in the plainest words. A period is known by the text of
// its day, Monday (or Sunday) or month; the order of periods is found by looking at every quarter of an hour.

type act struct {
	actor, name, colour string
	t                   int64 // seconds after the epoch
}

type plainCohorts struct {
	acts     []act // in order
	zone     *time.Location
	interval string
	sunday   bool
	labels   []string // the periods that the range touches and that have begun
	ends     []bool   // whether they have ended within the range
	to       int64    // of the range, or the world's now
}

func (p *plainCohorts) label(t int64) string {
	at := epoch.Add(time.Duration(t) * time.Second).In(p.zone)
	switch p.interval {
	case "month":
		return at.Format("2006-01")
	case "week":
		first := time.Monday
		if p.sunday {
			first = time.Sunday
		}
		for at = time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, time.UTC); at.Weekday() != first; {
			at = at.AddDate(0, 0, -1)
		}
	}
	return at.Format("2006-01-02")
}

// newPlain lays out the periods from from to to, now being another limit; so many more come before them.
func newPlain(zone, interval string, sunday bool, acts []act) *plainCohorts {
	at, err := time.LoadLocation(zone)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return &plainCohorts{acts: acts, zone: at, interval: interval, sunday: sunday}
}

func (p *plainCohorts) layOut(from, to, now int64, before int) {
	const quarter = 900
	p.to = to
	first := p.label(from)
	var all []string
	for t := from - 70*86400; t < min(to, now+1); t += quarter {
		if l := p.label(t); len(all) == 0 || all[len(all)-1] != l {
			all = append(all, l)
		}
	}
	if l := p.label(min(to, now+1) - 1); all[len(all)-1] != l {
		all = append(all, l)
	}
	at := slices.Index(all, first)
	if at < 0 {
		return
	}
	p.labels = all[at-before:]
	p.ends = make([]bool, len(p.labels))
	for i := range p.ends {
		p.ends[i] = i+1 < len(p.labels) || p.label(min(to, now+1)) != p.labels[i]
	}
}

// index is the number of a time's period, -1 out of the range.
func (p *plainCohorts) index(t int64) int {
	if t >= p.to {
		return -1
	}
	return slices.Index(p.labels, p.label(t))
}

// did lists per actor the periods in which it did something that counts.
func (p *plainCohorts) did(counts func(act) bool) map[string]map[int]bool {
	out := map[string]map[int]bool{}
	for _, a := range p.acts {
		if i := p.index(a.t); i >= 0 && counts(a) {
			if out[a.actor] == nil {
				out[a.actor] = map[int]bool{}
			}
			out[a.actor][i] = true
		}
	}
	return out
}

// firsts is when each actor first did something that counts, whatever the range.
func (p *plainCohorts) firsts(counts func(act) bool) map[string]int64 {
	out := map[string]int64{}
	for _, a := range p.acts {
		if t, ok := out[a.actor]; a.t < p.to && counts(a) && (!ok || a.t < t) {
			out[a.actor] = a.t
		}
	}
	return out
}

func named(names seq.Names) func(act) bool {
	return func(a act) bool { return slices.Contains(names, "*") || slices.Contains(names, a.name) }
}

// retention is the grid, one line a cohort, with the actors that only says is wanted.
func (p *plainCohorts) retention(q seq.Retention, only func(actor string) bool) (rows [][]int64, complete []int) {
	starts, firsts := p.did(named(q.Start.Event)), p.firsts(named(q.Start.Event))
	back := p.did(named(q.Return.Event))
	for row := range p.labels {
		var line []int64
		done := 0
		for k := 0; k <= q.Periods && row+k < len(p.labels); k++ {
			n := int64(0)
			for actor, periods := range starts {
				in := periods[row]
				if q.Type == "first_time" {
					in = p.index(firsts[actor]) == row
				}
				came := k == 0 || back[actor][row+k]
				for later := row + k; q.Mode == "on_or_after" && later < len(p.labels); later++ {
					came = came || back[actor][later]
				}
				if in && came && only(actor) {
					n++
				}
			}
			line = append(line, n)
			if p.ends[row+k] {
				done++
			}
		}
		rows, complete = append(rows, line), append(complete, done)
	}
	return rows, complete
}

// averageOf is the average of a grid's complete cells.
func averageOf(rows [][]int64, complete []int) (out []seq.RetentionPoint) {
	for k := 0; ; k++ {
		p := seq.RetentionPoint{Period: k}
		any := false
		for i, row := range rows {
			if k >= complete[i] {
				continue
			}
			any = true
			p.N += row[k]
			p.Of += row[0]
			if row[0] > 0 {
				p.Cohorts++
			}
		}
		if !any {
			return out
		}
		out = append(out, p)
	}
}

// touched is each actor's first (or last) colour among its starts in the range.
func (p *plainCohorts) touched(q seq.Retention) map[string]string {
	out := map[string]string{}
	for _, a := range p.acts {
		if p.index(a.t) < 0 || !named(q.Start.Event)(a) || a.colour == "" {
			continue
		}
		if out[a.actor] == "" || q.Breakdown.Attribution == "last_touch" {
			out[a.actor] = a.colour
		}
	}
	return out
}

// lifecycle is one line a period, the one before the range left out.
func (p *plainCohorts) lifecycle(match seq.Names) (out []seq.LifecyclePeriod) {
	active, born := p.did(named(match)), p.firsts(named(seq.Names{"*"}))
	for i := 1; i < len(p.labels); i++ {
		l := seq.LifecyclePeriod{Complete: p.ends[i]}
		for actor, periods := range active {
			switch {
			case periods[i] && p.index(born[actor]) == i:
				l.New++
			case periods[i] && periods[i-1]:
				l.Returning++
			case periods[i]:
				l.Resurrecting++
			case periods[i-1]:
				l.Dormant++
			}
		}
		out = append(out, l)
	}
	return out
}

// people draws who did what and when: in 70 to 150 days around a clock change, on devices and in accounts, in several
// blocks. With accounts the actors are accounts.
func people(t *rapid.T, accounts bool) (*enginetest.World, []act) {
	var events []event.Event
	var acts []act
	w := world()
	w.Merged, w.Accounts = map[event.ProfileID]event.ProfileID{}, map[event.ProfileID]event.AccountID{}
	days := rapid.SampledFrom([]int64{9, 150}).Draw(t, "days")
	second := rapid.OneOf(rapid.SampledFrom([]int64{0, 1, 3599, 3600, 79199, 79200, 82799, 82800, 86399}), rapid.Int64Range(0, 86399))
	for u := range rapid.IntRange(0, 5).Draw(t, "people") {
		id := fmt.Sprint("u", u)
		actor := id
		if accounts {
			actor = rapid.SampledFrom([]string{"", "acme", "bolt"}).Draw(t, "account")
			if actor != "" {
				w.Accounts[event.UserProfile(id)] = event.AccountOf(actor)
			}
		}
		var list []ev
		for range rapid.IntRange(0, 14).Draw(t, "events") {
			at := (80+rapid.Int64Range(0, days).Draw(t, "day"))*86400 + second.Draw(t, "second")
			list = append(list, ev{rapid.SampledFrom(letters).Draw(t, "name"), at})
		}
		slices.SortStableFunc(list, func(a, b ev) int { return int(a.t - b.t) })
		for i, e := range person(id, list) {
			e.Time += event.Millis(u*20 + i) // ties have an order by profile, which is no matter of this
			a := act{actor, e.Name, rapid.SampledFrom([]string{"", "red", "blue", "pink"}).Draw(t, "colour"), list[i].t}
			if a.colour != "" {
				e.Fields = []event.Field{{Path: "properties.c", Value: event.StringValue(a.colour)}}
			}
			if rapid.IntRange(0, 3).Draw(t, "on device") == 0 {
				device := event.AnonymousProfile(id)
				e.Profile, e.UserID, e.AnonymousID = device, "", id
				w.Merged[device] = event.UserProfile(id)
			}
			events = append(events, e)
			if actor != "" {
				acts = append(acts, a)
			}
		}
	}
	slices.SortStableFunc(acts, func(a, b act) int { return int(a.t - b.t) })
	w.Batches = scatter(t, events)
	return w, acts
}
