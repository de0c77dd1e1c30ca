package exec_test

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// This is the drivers of docs/questions.md in the plainest words: per actor a set of everything it has, then counts over
// the actors. It knows events as they were sent.

// tried is one actor that is compared.
type tried struct {
	id      uint64
	won     bool
	from    event.Millis // events from here
	cut     event.Millis // to before here are looked at
	entry   int          // of its events; left out of them
	took    event.Millis
	listed  []event.Event // all of it, in order
	has     map[string]bool
	numbers map[string]float64 // the latest
}

// refTrials finds who is compared, and how it went. A funnel has the steps A and B here.
func refTrials(q seq.Drivers, people map[uint64][]event.Event, to event.Millis) (trials []*tried, open int64) {
	from := event.Millis(math.MinInt64)
	if q.From != nil {
		from = event.MillisOf(*q.From)
	}
	for id, list := range people {
		x := &tried{id: id, entry: -1, listed: list}
		done := -1
		if s := q.Score; s != nil {
			for i, e := range list {
				if v, ok := field(e, s.Property); e.Name == s.Event[0] && e.Time >= from && e.Time < to && ok && v.Kind == event.Number {
					x.entry, x.cut = i, e.Time
					x.won = s.AtLeast != nil && v.Num >= *s.AtLeast || s.AtMost != nil && v.Num <= *s.AtMost
				}
			}
			if x.entry < 0 {
				continue
			}
		} else {
			for i, e := range list {
				if e.Name == "A" && e.Time >= from && e.Time < to && x.entry < 0 {
					x.entry = i
				}
			}
			if x.entry < 0 {
				continue
			}
			ends := list[x.entry].Time + event.Millis(q.Funnel.Window.Millis())
			if ends >= to {
				open++
				continue
			}
			for i, e := range list {
				if e.Name == "B" && e.Time >= list[x.entry].Time && e.Time <= ends && done < 0 {
					done = i
				}
			}
			x.won = done >= 0
			switch {
			case q.Exposure == "entry":
				x.cut = list[x.entry].Time
			case x.won:
				x.cut = list[done].Time
			default:
				x.cut = ends + 1
			}
			if x.won {
				x.took = list[done].Time - list[x.entry].Time
			}
		}
		x.from = list[x.entry].Time - event.Millis(q.LookBack.Millis())
		trials = append(trials, x)
	}
	if q.Funnel != nil && q.Exposure == "matched" {
		var times []event.Millis
		for _, x := range trials {
			if x.won {
				times = append(times, x.took)
			}
		}
		slices.Sort(times)
		for _, x := range trials {
			if !x.won && len(times) > 0 {
				x.cut = x.listed[x.entry].Time + times[exec.Share64(x.id, len(times))]
			}
		}
	}
	return trials, open
}

func field(e event.Event, path string) (event.Value, bool) {
	for _, f := range e.Fields {
		if f.Path == path {
			return f.Value, true
		}
	}
	return event.Value{}, false
}

// look fills in what the actor has.
func (x *tried) look(q seq.Drivers) {
	x.has, x.numbers = map[string]bool{}, map[string]float64{}
	have := func(place, path string, v event.Value) {
		key := place + "{" + path
		x.has[key+"}"] = true
		if v.Kind == event.Number {
			x.numbers[key] = v.Num
		} else {
			x.has[key+"="+v.Text()+"}"] = true
		}
	}
	times := map[string]int{}
	for i, e := range x.listed {
		if e.Kind == event.Identify && e.Time < x.cut {
			for _, f := range e.Fields {
				for key := range x.has {
					if strings.HasPrefix(key, "trait{"+f.Path+"=") {
						delete(x.has, key)
					}
				}
				have("trait", f.Path, f.Value)
			}
		}
		if e.Kind > event.Screen || e.Time < x.from || e.Time >= x.cut && i != x.entry {
			continue
		}
		place := e.Name
		if i == x.entry {
			place = "entry"
		} else {
			x.has[e.Name] = true
			times[e.Name]++
		}
		for _, f := range e.Fields {
			switch {
			case i == x.entry && q.Score != nil && f.Path == q.Score.Property:
			case i != x.entry && strings.HasPrefix(f.Path, "context."):
				have("context", f.Path, f.Value)
			default:
				have(place, f.Path, f.Value)
			}
		}
	}
	for name, n := range times {
		for _, least := range []int{2, 3, 5, 10} {
			if q.Counts && n >= least {
				x.has[fmt.Sprintf("%s*%d", name, least)] = true
			}
		}
	}
}

// refDrivers is the answer as lines "what won/lost won/lost".
func refDrivers(q seq.Drivers, people map[uint64][]event.Event, to event.Millis) (won, lost, open int64, lines []string) {
	trials, open := refTrials(q, people, to)
	keys := map[string]bool{}
	for _, x := range trials {
		if x.look(q); x.won {
			won++
		} else {
			lost++
		}
	}
	if won == 0 || lost == 0 {
		return won, lost, open, nil
	}
	for _, x := range trials {
		for key := range x.has {
			keys[key] = true
		}
	}
	support := max(1, min(25, int64(math.Ceil(0.02*float64(won+lost)))))
	add := func(what string, among, with func(*tried) bool) {
		var n [4]int64
		for _, x := range trials {
			if !among(x) {
				continue
			}
			i := 0
			if !with(x) {
				i = 2
			}
			if !x.won {
				i++
			}
			n[i]++
		}
		if n[0]+n[1] >= support && n[2]+n[3] >= support {
			lines = append(lines, fmt.Sprintf("%s %d/%d %d/%d", what, n[0], n[1], n[2], n[3]))
		}
	}
	has := func(key string) func(*tried) bool { return func(x *tried) bool { return x.has[key] } }
	all := func(*tried) bool { return true }
	for key := range keys {
		place, rest, property := strings.Cut(key, "{")
		name, _, often := strings.Cut(key, "*")
		switch {
		case !property && !often:
			add(key, all, has(key))
		case often:
			add(key, has(name), has(key))
		case strings.Contains(rest, "="):
			path, _, _ := strings.Cut(rest, "=")
			add(key, has(place+"{"+path+"}"), has(key))
		default:
			base := all
			if place != "entry" && place != "context" && place != "trait" {
				base = has(place)
			}
			add(key, base, has(key))
			refQuartiles(strings.TrimSuffix(key, "}"), trials, add)
		}
	}
	slices.Sort(lines)
	return won, lost, open, lines
}

// refQuartiles cuts the latest numbers where a quarter, a half and three quarters of them lie at or below.
func refQuartiles(key string, trials []*tried, add func(string, func(*tried) bool, func(*tried) bool)) {
	var all []float64
	for _, x := range trials {
		if v, ok := x.numbers[key]; ok {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		return
	}
	slices.Sort(all)
	var cuts []float64
	for _, q := range []float64{0.25, 0.5, 0.75} {
		for _, v := range all { // the least value that at least this share lies at or below
			n := 0
			for _, w := range all {
				if w <= v {
					n++
				}
			}
			if float64(n) >= q*float64(len(all)) {
				cuts = append(cuts, v)
				break
			}
		}
	}
	cuts = slices.Compact(cuts)
	cuts = slices.DeleteFunc(cuts, func(c float64) bool { return c == all[len(all)-1] })
	if len(cuts) == 0 {
		return
	}
	low := math.Inf(-1)
	for _, high := range append(cuts, math.Inf(1)) {
		add(fmt.Sprintf("%s:%g..%g}", key, low, high),
			func(x *tried) bool { _, ok := x.numbers[key]; return ok },
			func(x *tried) bool { v, ok := x.numbers[key]; return ok && v > low && v <= high })
		low = high
	}
}

// driverLines is an engine's answer in the form of the reference.
func driverLines(a *seq.DriverCounts) (lines []string) {
	for _, c := range a.Candidates {
		place := c.Event
		if place == "" {
			place = c.Kind
		}
		switch {
		case c.Kind == "event":
		case c.Kind == "count":
			place = fmt.Sprintf("%s*%d", place, c.AtLeast)
		case c.Present:
			place += "{" + c.Property + "}"
		case c.Low != nil || c.High != nil:
			low, high := math.Inf(-1), math.Inf(1)
			if c.Low != nil {
				low = *c.Low
			}
			if c.High != nil {
				high = *c.High
			}
			place += fmt.Sprintf("{%s:%g..%g}", c.Property, low, high)
		default:
			place += "{" + c.Property + "=" + c.Value + "}"
		}
		lines = append(lines, fmt.Sprintf("%s %d/%d %d/%d", place, c.WonWith, c.LostWith, c.WonWithout, c.LostWithout))
	}
	slices.Sort(lines)
	return lines
}

// drawBusy draws the events of one actor; rapid's own ranges prefer small numbers, which leaves nothing to compare.
func drawBusy(t *rapid.T) []ev {
	seconds := rapid.SampledFrom([]int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ev {
		return ev{rapid.SampledFrom([]string{"A", "A", "B", "C", "x", "x", "Identify"}).Draw(t, "name"), seconds.Draw(t, "t")}
	}), 5, 14).Draw(t, "events")
	slices.SortStableFunc(list, func(a, b ev) int { return int(a.t - b.t) })
	return list
}

// drawFields gives an event some properties.
func drawFields(t *rapid.T, e *event.Event) {
	if e.Name == "Identify" {
		e.Kind = event.Identify
		e.Fields = []event.Field{{Path: "traits.plan", Value: event.StringValue(rapid.SampledFrom([]string{"gold", "free"}).Draw(t, "plan"))}}
		if rapid.Bool().Draw(t, "aged") {
			e.Fields = append(e.Fields, event.Field{Path: "traits.age", Value: event.NumberValue(rapid.SampledFrom([]float64{1, 2, 3, 4, 5}).Draw(t, "age"))})
		}
	} else {
		for _, f := range []event.Field{
			{Path: "context.device", Value: event.StringValue(rapid.SampledFrom([]string{"phone", "desk"}).Draw(t, "device"))},
			{Path: "properties.c", Value: event.StringValue(rapid.SampledFrom([]string{"p", "q", "r"}).Draw(t, "colour"))},
			{Path: "properties.n", Value: event.NumberValue(rapid.SampledFrom([]float64{1, 2, 3, 4, 5, 6}).Draw(t, "n"))},
			{Path: "properties.ok", Value: event.BoolValue(rapid.Bool().Draw(t, "ok"))},
		} {
			if rapid.Bool().Draw(t, f.Path) {
				e.Fields = append(e.Fields, f)
			}
		}
	}
	e.Fields = event.SortFields(e.Fields)
}

// TestDriversAgainstReference: random people, some with a device merged into them, their events over several blocks; with
// repeats, and with ties of all but the steps, whose ties are the funnel's matter.
func TestDriversAgainstReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := map[uint64][]event.Event{}
		var sent []event.Event
		merged := map[event.ProfileID]event.ProfileID{}
		for p := range rapid.SampledFrom([]int{8, 3, 5, 12}).Draw(t, "people") {
			id := fmt.Sprint("u", p)
			device := event.AnonymousProfile(id)
			onDevice := rapid.Bool().Draw(t, "has device")
			seen := map[int64]bool{}
			var own []event.Event
			for _, e := range person(id, drawBusy(t)) {
				if seen[int64(e.Time)] && (onDevice || e.Name == "A" || e.Name == "B") {
					continue
				}
				seen[int64(e.Time)] = true
				drawFields(t, &e)
				own = append(own, e)
				if onDevice && rapid.Bool().Draw(t, "on device") {
					e.Profile, e.UserID, e.AnonymousID = device, "", id
					merged[device] = event.UserProfile(id)
				}
				sent = append(sent, e)
			}
			people[uint64(event.UserProfile(id))] = own
		}
		q := seq.Drivers{LookBack: seq.Duration(rapid.SampledFrom([]time.Duration{1, 3, 6, 9}).Draw(t, "look back") * time.Second), Counts: rapid.Bool().Draw(t, "counts")}
		q.From, q.To = at(rapid.SampledFrom([]int64{0, 1, 3, 5}).Draw(t, "from")), at(rapid.SampledFrom([]int64{20, 9, 12, 14}).Draw(t, "to"))
		if rapid.Bool().Draw(t, "score") {
			least := 4.0
			q.Score = &seq.DriverScore{Measure: seq.Measure{Matcher: seq.Matcher{Event: seq.Names{"C"}}, Property: "properties.n"}, AtLeast: &least}
		} else {
			q.Exposure = rapid.SampledFrom([]string{"matched", "entry", "window"}).Draw(t, "exposure")
			q.Funnel = &seq.DriverFunnel{Window: seq.Duration(rapid.SampledFrom([]time.Duration{4, 1, 2, 6}).Draw(t, "window") * time.Second),
				Steps: []seq.Matcher{{Event: seq.Names{"A"}}, {Event: seq.Names{"B"}}}}
		}
		w := world(scatter(t, sent)...)
		w.Merged = merged
		won, lost, open, want := refDrivers(q, people, event.MillisOf(*q.To))
		for name, e := range map[string]*exec.Engine{"plain": exec.New(w, w), "parts": exec.New(parts{w}, w)} {
			a, err := e.Drivers(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if got := driverLines(a); a.Won != won || a.Lost != lost || a.Open != open || !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: won %d lost %d open %d\n%s\nwant won %d lost %d open %d\n%s", name, a.Won, a.Lost, a.Open, strings.Join(got, "\n"), won, lost, open, strings.Join(want, "\n"))
			}
		}
	})
}

// TestDriversManyValues: a property with a value of its own for every event is no candidate, and of a property with very
// many values those that most events carry are.
func TestDriversManyValues(t *testing.T) {
	var first, second []event.Event
	for i := range 3000 {
		list := []ev{{"x", 0}, {"A", 10}}
		if i%2 == 0 {
			list = append(list, ev{"B", 20})
		}
		events := person(fmt.Sprint(i), list)
		common := "often"
		if i%3 == 0 {
			common = "rarely"
		}
		events[0].Fields = event.SortFields([]event.Field{
			{Path: "properties.id", Value: event.StringValue(fmt.Sprint("order ", i))}, {Path: "properties.c", Value: event.StringValue(common)},
			{Path: "properties.split", Value: event.StringValue(fmt.Sprint("s", i%100))}, // 15 in each block: enough only together
		})
		if i < 1500 {
			first = append(first, events...)
		} else {
			second = append(second, events...)
		}
	}
	w := world(first, second)
	a, err := exec.New(w, w).Drivers(context.Background(), seq.Drivers{Funnel: &seq.DriverFunnel{Steps: []seq.Matcher{{Event: seq.Names{"A"}}, {Event: seq.Names{"B"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]int{}
	for _, c := range a.Candidates {
		values[c.Property]++
	}
	if a.Support != 25 || !reflect.DeepEqual(values, map[string]int{"properties.c": 2, "properties.split": 100}) {
		t.Errorf("support %d, values %v", a.Support, values)
	}
}

func BenchmarkDrivers(b *testing.B) {
	for _, exposure := range []string{"matched", "entry"} {
		b.Run(exposure, func(b *testing.B) {
			s := painted(synthetic(200_000, 1))
			e := exec.New(s, s)
			q := seq.Drivers{Exposure: exposure, LookBack: seq.Duration(60 * 24 * time.Hour),
				Funnel: &seq.DriverFunnel{Steps: []seq.Matcher{{Event: seq.Names{"event 1"}}, {Event: seq.Names{"event 5"}}}}}
			cost(b, s, func() error { _, err := e.Drivers(b.Context(), q); return err })
		})
	}
}

func BenchmarkFirstContact(b *testing.B) {
	s := painted(synthetic(200_000, 1))
	e := exec.New(s, s)
	cost(b, s, func() error {
		_, err := e.FirstContact(b.Context(), seq.FirstContact{Engaged: []seq.Matcher{{Event: seq.Names{"event 5"}}}, By: []string{"context.c0"}})
		return err
	})
}
