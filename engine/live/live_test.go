package live_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/live"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// atoms are conditions of every kind; times are in seconds, within the half minute that a test lasts.
var atoms = []string{
	`did("A")`, `!did("B")`, `count("A") >= 2`, `count("A", within("5s")) >= 2`, `count(["A", "B"], within("9s")) == 1`, `count("*", within("3s")) < 2`,
	`count("A", within("2026-01-01T00:00:03Z", "2026-01-01T00:00:12Z")) == 1`, `count("A", properties.v > 1.0, within("8s")) in [1, 3]`,
	`sum("A", properties.v) > 4.0`, `sum("A", properties.v, within("6s")) >= 3`, `mean("B", properties.v, within("7s")) < 2`, `mean("B", properties.v) > 1`,
	`min("A", properties.v) == 1`, `max("A", properties.v, within("6s")) >= 3`, `min("A", properties.v, within("6s")) < 2`,
	`last("A").time < ago("4s")`, `last("A").time <= ago("4s")`, `first("A").time >= ago("6s")`, `last("A", within("5s")).properties.v == 2`,
	`first("A", within("7s")).properties.v != 2`, `first("B").properties.w == "x"`, `last(["A", "C"]).properties.w == "y"`, `has(last("C").time)`,
	`last("C", within("2026-01-01T00:00:02Z", "2026-01-01T00:00:09Z")).properties.v >= 1`,
	`sequence("A", "B")`, `sequence("A", "B", within("3s"))`, `sequence("A", not("B"), within("3s"))`, `sequence("A", not("C"), "B")`,
	`sequence("A", "B", not("C"), within("4s"))`, `sequence("A", not("B"))`, `sequence("A", "B", during("8s"))`, `sequence("A", not("B"), within("2s"), during("9s"))`,
	`traits.plan == "pro"`, `!has(traits.plan)`, `traits.plan != "pro"`,
}

var accountAtoms = []string{`account.size >= 2`, `account.traits.size == "big"`, `account.id == "acme0"`, `!has(account.traits.size)`}

func drawCondition(t *rapid.T, depth int) string {
	if depth == 0 || rapid.Bool().Draw(t, "leaf") {
		if rapid.IntRange(0, 5).Draw(t, "account") == 0 {
			return rapid.SampledFrom(accountAtoms).Draw(t, "atom")
		}
		return rapid.SampledFrom(atoms).Draw(t, "atom")
	}
	a, b := drawCondition(t, depth-1), drawCondition(t, depth-1)
	return fmt.Sprintf(rapid.SampledFrom([]string{"(%s) && (%s)", "(%s) || (%s)", "(%s) && !(%s)"}).Draw(t, "op"), a, b)
}

// stage is a world to which things happen, and a tracker of a segment in it.
type stage struct {
	*enginetest.World
	q       seq.Segment
	tracker *live.Tracker
	members map[uint64]bool // by the changes alone
	arrived int
}

func (s *stage) stored() seq.StoredSegment {
	return seq.StoredSegment{Where: s.q.Where, Actor: s.q.Actor}
}

// arrive draws an event, late, early or in time, and tells the tracker.
func (s *stage) arrive(t *rapid.T) {
	id := fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "who"))
	s.arrived++
	now := event.MillisOf(s.Time)
	e := event.Event{MessageID: fmt.Sprint(s.arrived), Kind: event.Track, Name: rapid.SampledFrom([]string{"A", "A", "B", "B", "C", "D"}).Draw(t, "name"),
		Time: now + event.Millis(rapid.Int64Range(-8, 3).Draw(t, "late"))*1000, ReceivedAt: now}
	switch rapid.IntRange(0, 7).Draw(t, "kind") {
	case 0:
		e.Kind, e.Name = event.Identify, "Identify"
		e.Fields = []event.Field{{Path: "traits.plan", Value: event.StringValue(rapid.SampledFrom([]string{"pro", "free"}).Draw(t, "plan"))}}
	case 1:
		e.Kind, e.Name = event.Group, "Group"
		e.Fields = []event.Field{{Path: "traits.size", Value: event.StringValue(rapid.SampledFrom([]string{"big", "small"}).Draw(t, "size"))}}
	default:
		if rapid.IntRange(0, 3).Draw(t, "valued") > 0 {
			e.Fields = append(e.Fields, event.Field{Path: "properties.v", Value: event.NumberValue(float64(rapid.IntRange(0, 4).Draw(t, "v")))})
		}
		e.Fields = append(e.Fields, event.Field{Path: "properties.w", Value: event.StringValue(rapid.SampledFrom([]string{"x", "y"}).Draw(t, "w"))})
	}
	if rapid.Bool().Draw(t, "on device") {
		e.AnonymousID = id
	} else {
		e.UserID = id
	}
	e.Profile = event.ProfileOf(e.UserID, e.AnonymousID)
	if last := len(s.Batches) - 1; last < 0 || rapid.IntRange(0, 3).Draw(t, "new block") == 0 {
		s.Batches = append(s.Batches, []event.Event{e})
	} else {
		s.Batches[last] = append(s.Batches[last], e)
	}
	s.tracker.Observe(&e)
}

// meet changes who is who.
func (s *stage) meet(t *rapid.T) {
	device, user := event.AnonymousProfile(fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "device"))), event.UserProfile(fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "user")))
	if rapid.Bool().Draw(t, "merge") {
		s.Merged = maps.Clone(s.Merged)
		s.Merged[device] = user
		s.Accounts = maps.Clone(s.Accounts)
		delete(s.Accounts, device) // accounts are by root
		return
	}
	s.Accounts, s.Groups = maps.Clone(s.Accounts), maps.Clone(s.Groups)
	name := fmt.Sprint("acme", rapid.IntRange(0, 1).Draw(t, "account"))
	who := user
	if _, gone := s.Merged[device]; !gone && rapid.Bool().Draw(t, "device's") {
		who = device
	}
	s.Accounts[who], s.Groups[event.AccountOf(name)] = event.AccountOf(name), name
}

// restart forgets the tracker and makes another from what is stored.
func (s *stage) restart(t *rapid.T) {
	var err error
	if s.tracker, err = live.New(s.stored(), nil); err != nil {
		t.Fatal(err)
	}
	snap, err := s.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := exec.Replay(context.Background(), s.tracker, snap); err != nil {
		t.Fatal(err)
	}
	s.members = map[uint64]bool{}
}

// check settles, and holds the members against the engine's, and against the changes told so far.
func (s *stage) check(t *rapid.T) {
	changes := s.tracker.Settle(event.MillisOf(s.Time), live.Identity{Merged: s.Merged, Accounts: s.Accounts, Groups: s.Groups})
	for _, c := range changes {
		if s.members[c.Actor] == c.Entered {
			t.Fatalf("%x is told to enter %t, but is it already", c.Actor, c.Entered)
		}
		if s.members[c.Actor] = c.Entered; !c.Entered {
			delete(s.members, c.Actor)
		}
	}
	q := s.q
	q.Limit = 200
	a, err := exec.New(s, s).Segment(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	var want []uint64
	for _, p := range a.People {
		want = append(want, uint64(p.ID))
	}
	for _, x := range a.Accounts {
		want = append(want, uint64(x.ID))
	}
	slices.Sort(want)
	if got := s.tracker.Members(); !slices.Equal(got, want) || s.tracker.Size() != len(want) {
		t.Fatalf("%s at %s: members %x, the engine says %x", s.q.Where, s.Time.Format(time.StampMilli), got, want)
	}
	if told := slices.Sorted(maps.Keys(s.members)); !slices.Equal(told, want) {
		t.Fatalf("%s: the changes make %x, members are %x", s.q.Where, told, want)
	}
}

// TestAgreesWithEngine is the promise: at any moment, whatever came late, merged, or was restarted, the members are
// those that the engine finds.
func TestAgreesWithEngine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &stage{World: &enginetest.World{Merged: map[event.ProfileID]event.ProfileID{}, Accounts: map[event.ProfileID]event.AccountID{},
			Groups: map[event.AccountID]string{}, Time: epoch.Add(8 * time.Second)}}
		s.q.Where, s.q.Actor = drawCondition(t, 2), rapid.SampledFrom([]string{"profile", "profile", "account"}).Draw(t, "actor")
		s.restart(t)
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				s.meet(t)
			case 1:
				s.restart(t)
			case 2, 3, 4:
				s.Time = s.Time.Add(rapid.SampledFrom([]time.Duration{time.Millisecond, time.Second, time.Second + time.Millisecond, 3 * time.Second, 7 * time.Second}).Draw(t, "pause"))
			default:
				s.arrive(t)
				if rapid.Bool().Draw(t, "unseen") {
					continue
				}
			}
			s.check(t)
		}
		s.check(t)
	})
}
