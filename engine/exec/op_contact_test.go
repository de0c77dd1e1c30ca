package exec_test

import (
	"context"
	"fmt"
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

// refContact is first contact in the plainest words. It knows each person's events in order.
func refContact(q seq.FirstContact, people [][]event.Event, now event.Millis) (all seq.VisitCounts, open int64, byDevice map[string]seq.VisitCounts) {
	byDevice = map[string]seq.VisitCounts{}
	for _, list := range people {
		list = slices.DeleteFunc(slices.Clone(list), func(e event.Event) bool { return e.Kind > event.Screen || e.Time > now })
		var visit []event.Event
		for _, e := range list {
			if len(visit) > 0 && e.Time-visit[len(visit)-1].Time >= event.Millis(q.SessionGap.Millis()) {
				break
			}
			visit = append(visit, e)
		}
		if len(visit) == 0 || visit[0].Time < event.MillisOf(*q.From) || visit[0].Time >= event.MillisOf(*q.To) {
			continue
		}
		last := visit[len(visit)-1].Time
		if last+event.Millis(q.SessionGap.Millis()) > now {
			open++
			continue
		}
		var moments []event.Millis // the landing, then the clicks
		device, engaged := "", false
		for _, e := range visit {
			if len(moments) == 0 || e.Time > moments[len(moments)-1]+1000 {
				moments = append(moments, e.Time)
			}
			engaged = engaged || e.Name == "B"
			if v, ok := field(e, "context.device.type"); ok && device == "" {
				device = v.Text()
			}
		}
		few := len(moments) < q.Clicks+2
		short := last-visit[0].Time <= event.Millis(q.Within.Millis())
		count := func(c *seq.VisitCounts) {
			c.Visits++
			for _, x := range []struct {
				is bool
				n  *int64
			}{{engaged, &c.Engaged}, {!engaged && few, &c.FewClicks}, {!engaged && short, &c.Short}, {!engaged && (few || short), &c.Failed}} {
				if x.is {
					*x.n++
				}
			}
		}
		count(&all)
		c := byDevice[device]
		count(&c)
		byDevice[device] = c
	}
	return all, open, byDevice
}

func TestFirstContactAgainstReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var people [][]event.Event
		var sent []event.Event
		merged := map[event.ProfileID]event.ProfileID{}
		for p := range rapid.SampledFrom([]int{8, 1, 3, 12}).Draw(t, "people") {
			id := fmt.Sprint("u", p)
			var own []event.Event
			for i, e := range person(id, drawBusy(t)) {
				e.Time = event.MillisOf(epoch) + (e.Time-event.MillisOf(epoch))*rapid.SampledFrom([]event.Millis{1, 1, 1, 3}).Draw(t, "slow")/2 // half seconds
				if e.Name == "Identify" {
					e.Kind = event.Identify
				} else if rapid.Bool().Draw(t, "device") {
					e.Fields = []event.Field{{Path: "context.device.type", Value: event.StringValue(rapid.SampledFrom([]string{"phone", "desk", "pad"}).Draw(t, "type"))}}
				}
				e.MessageID = fmt.Sprint(id, i)
				own = append(own, e)
			}
			slices.SortStableFunc(own, func(a, b event.Event) int { return int(a.Time - b.Time) })
			people = append(people, own)
			onDevice := rapid.Bool().Draw(t, "has device")
			for i, e := range own {
				alone := (i == 0 || own[i-1].Time < e.Time) && (i+1 == len(own) || own[i+1].Time > e.Time)
				if onDevice && alone && rapid.Bool().Draw(t, "on device") { // between profiles a tie has another order
					e.Profile, e.UserID, e.AnonymousID = event.AnonymousProfile(id), "", id
					merged[e.Profile] = event.UserProfile(id)
				}
				sent = append(sent, e)
			}
		}
		seconds := rapid.SampledFrom([]time.Duration{3, 1, 2, 6})
		q := seq.FirstContact{
			Clicks: rapid.SampledFrom([]int{2, 1, 3}).Draw(t, "clicks"), Within: seq.Duration(seconds.Draw(t, "within") * time.Second),
			SessionGap: seq.Duration(seconds.Draw(t, "gap") * time.Second), Engaged: []seq.Matcher{{Event: seq.Names{"B"}}}, By: []string{"device"}, Limit: 2,
		}
		q.From, q.To = at(rapid.SampledFrom([]int64{0, 1, 2}).Draw(t, "from")), at(rapid.SampledFrom([]int64{30, 4, 3}).Draw(t, "to"))
		w := world(scatter(t, sent)...)
		w.Merged, w.Time = merged, epoch.Add(rapid.SampledFrom([]time.Duration{60, 5, 9}).Draw(t, "now")*time.Second)
		all, open, byDevice := refContact(q, people, event.MillisOf(w.Time))
		for name, e := range map[string]*exec.Engine{"plain": exec.New(w, w), "parts": exec.New(parts{w}, w)} {
			a, err := e.FirstContact(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if a.All != all || a.Open != open {
				t.Fatalf("%s: %+v open %d, want %+v open %d", name, a.All, a.Open, all, open)
			}
			holdSplit(t, a.Splits[0].Values, byDevice, q.Limit)
		}
	})
}

// holdSplit wants the largest values with their counts, largest first, and all others together.
func holdSplit(t *rapid.T, got []seq.VisitValue, want map[string]seq.VisitCounts, limit int) {
	rest := seq.VisitCounts{}
	left := map[string]seq.VisitCounts{}
	for v, c := range want {
		left[v] = c
	}
	for i, v := range got {
		if v.Other {
			if i != limit {
				t.Fatalf("the others stand at %d of %+v", i, got)
			}
			rest = v.VisitCounts
			continue
		}
		if i > 0 && got[i-1].Visits < v.Visits || !reflect.DeepEqual(v.VisitCounts, want[v.Value]) {
			t.Fatalf("%q is %+v, want %+v; all: %+v", v.Value, v.VisitCounts, want[v.Value], got)
		}
		delete(left, v.Value)
	}
	for v, c := range left {
		rest.Visits -= c.Visits
		rest.Engaged -= c.Engaged
		rest.FewClicks -= c.FewClicks
		rest.Short -= c.Short
		rest.Failed -= c.Failed
		if len(got) > 0 && !got[len(got)-1].Other {
			t.Fatalf("%q is in no line of %+v", v, got)
		}
	}
	if rest != (seq.VisitCounts{}) {
		t.Fatalf("the others are off by %+v: %+v", rest, got)
	}
}

// TestComparisonsOfNothing: an empty store gives empty lists, no nulls.
func TestComparisonsOfNothing(t *testing.T) {
	w := world()
	e := exec.New(w, w)
	d, err := e.Drivers(context.Background(), twoSteps())
	if err != nil || d.Candidates == nil || d.Won+d.Lost != 0 || d.MedianSeconds != nil {
		t.Errorf("%+v %v", d, err)
	}
	c, err := e.FirstContact(context.Background(), seq.FirstContact{})
	if err != nil || len(c.Splits) != 4 || c.Splits[0].Values == nil || len(c.Engaged) == 0 {
		t.Errorf("%+v %v", c, err)
	}
}

func twoSteps() seq.Drivers {
	return seq.Drivers{Funnel: &seq.DriverFunnel{Steps: []seq.Matcher{{Event: seq.Names{"event 1"}}, {Event: seq.Names{"event 2"}}}}}
}

// TestComparisonsOfDamage: data that cannot be is an error, not a crash.
func TestComparisonsOfDamage(t *testing.T) {
	s := synthetic(200, 1)
	s.snap.Blocks[0].Codes[0] = 999
	e := exec.New(s, s)
	if _, err := e.Drivers(context.Background(), twoSteps()); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("drivers: %v", err)
	}
	if _, err := e.FirstContact(context.Background(), seq.FirstContact{}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("first contact: %v", err)
	}
	s = painted(synthetic(200, 1))
	s.snap.Blocks[0].Columns[0].Dict.Offsets = []uint32{0, 1 << 30}
	if _, err := exec.New(s, s).Drivers(context.Background(), twoSteps()); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a dictionary that ends too soon: %v", err)
	}
}

// TestComparisonsOnManyCores: the answer does not depend on which core counted whom.
func TestComparisonsOnManyCores(t *testing.T) {
	s := painted(synthetic(3000, 2))
	e := exec.New(s, s)
	var first string
	for i := range 4 {
		q := twoSteps()
		q.Counts = true
		d, err := e.Drivers(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		c, err := e.FirstContact(context.Background(), seq.FirstContact{By: []string{"context.c1"}, Limit: 7})
		if err != nil {
			t.Fatal(err)
		}
		if d.Meta, c.Meta = (seq.Meta{}), (seq.Meta{}); len(d.Candidates) < 100 || c.All.Visits == 0 {
			t.Fatalf("only %d candidates, %d visits", len(d.Candidates), c.All.Visits)
		}
		text := strings.Join(driverLines(d), "\n") + fmt.Sprintf("%+v", c)
		if i == 0 {
			first = text
		} else if text != first {
			t.Fatal("two answers to one question differ")
		}
	}
}
