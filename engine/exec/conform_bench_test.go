package exec_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// wide is a model of so many touchpoints, one a step, some optional, with loops and a branch, and one person's long way
// through it: mostly onward, with leaps.
func wide(touchpoints, visits int) (seq.Conformance, []event.Event) {
	q := seq.Conformance{Model: wideModel(touchpoints)}
	rng := rand.New(rand.NewPCG(3, 4))
	at := 0
	var list []ev
	for i := range visits {
		if rng.IntN(4) == 0 {
			at = rng.IntN(touchpoints)
		} else {
			at = (at + 1) % touchpoints
		}
		list = append(list, ev{fmt.Sprintf("event %d", at), int64(i)})
	}
	return q, person("far", list)
}

func wideModel(touchpoints int) (m seq.Model) {
	var stage seq.ModelStage
	for i := range touchpoints {
		id := fmt.Sprintf("event %d", i)
		m.Touchpoints = append(m.Touchpoints, seq.ModelTouchpoint{ID: id, Match: []seq.Matcher{{Event: seq.Names{id}}}})
		stage.Steps = append(stage.Steps, seq.ModelStep{ID: fmt.Sprint("s", i), Optional: i%5 == 3, Touchpoints: []string{id}})
		if i%10 == 9 {
			m.Loops = append(m.Loops, seq.ModelLoop{From: id, To: fmt.Sprintf("event %d", i-7)})
		}
	}
	m.Branches = []seq.ModelBranch{{From: "s0", To: []string{"s1", "s2"}}}
	m.Stages = []seq.ModelStage{stage}
	return m
}

// travellers are people who walk along the model's touchpoints, with what real ones do: steps left out, repeats, others in
// between, other events. The longer the way, the more variants.
func travellers(people, touchpoints, visits int) *standing {
	rng := rand.New(rand.NewPCG(5, 6))
	s := &standing{snap: &store.Snapshot{Version: 1}, now: epoch.AddDate(1, 0, 0)}
	ids := make([]event.ProfileID, people)
	for i := range ids {
		ids[i] = event.UserProfile(fmt.Sprint(i))
	}
	slices.Sort(ids)
	b := &store.Block{Profiles: ids}
	for i := range touchpoints + 10 {
		b.Names = append(b.Names, store.Name{Kind: event.Track, Name: fmt.Sprintf("event %d", i)})
	}
	for range ids {
		b.Starts = append(b.Starts, uint32(len(b.Times)))
		t, at := event.MillisOf(epoch)+event.Millis(rng.Int64N(30*86400e3)), 0
		for range 1 + rng.IntN(2*visits) {
			t += event.Millis(rng.Int64N(86400e3))
			code := at % touchpoints
			switch rng.IntN(20) {
			case 0:
				code = rng.IntN(touchpoints)
			case 1:
				at += 2
			case 2, 3, 4:
				code = touchpoints + rng.IntN(10)
			case 5, 6:
			default:
				at++
			}
			b.Times, b.Codes = append(b.Times, t), append(b.Codes, uint16(code))
		}
	}
	b.Starts = append(b.Starts, uint32(len(b.Times)))
	b.MinTime, b.MaxTime = slices.Min(b.Times), slices.Max(b.Times)
	s.snap.Blocks = []*store.Block{b}
	return s
}

// BenchmarkConformance is a million traces on maps of twenty touchpoints: short traces, of which many read the same, and
// long ones, of which hardly two do.
func BenchmarkConformance(b *testing.B) {
	for _, visits := range []int{5, 10, 25} {
		b.Run(fmt.Sprintf("1M/visits=%d", visits), func(b *testing.B) {
			s := travellers(1_000_000, 20, visits)
			e := exec.New(s, s)
			q := seq.Conformance{Model: wideModel(20), Idle: seq.Duration(45 * 24 * time.Hour)}
			var a *seq.ConformanceAnswer
			cost(b, s, func() (err error) { a, err = e.Conformance(b.Context(), q); return err })
			b.ReportMetric(float64(a.VariantCount), "variants")
			b.ReportMetric(float64(a.Traces), "traces")
		})
	}
}

// BenchmarkAlignLong is one trace of 2,000 visits on a map of sixty touchpoints.
func BenchmarkAlignLong(b *testing.B) {
	q, events := wide(60, 2000)
	w := world(events)
	e := exec.New(w, w)
	for b.Loop() {
		if _, err := e.Conformance(b.Context(), q); err != nil {
			b.Fatal(err)
		}
	}
}
