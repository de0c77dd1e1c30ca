package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wend.dev/wend/journey"
)

// served is everything measured about a server that is asked.
type served struct {
	Live   costs
	Visits int64 // on the map, in the range
	Loads  []busy
}

// mapStages are the stages of a map of twenty touchpoints; each is one event of the vocabulary.
var mapStages = []struct {
	id     string
	events []string
}{
	{"awareness", []string{"Promotion Viewed", "Email Opened", "Email Clicked", "Article Read"}},
	{"consideration", []string{"Page Viewed", "Search Performed", "Product List Viewed", "Product Viewed"}},
	{"decision", []string{"Product Clicked", "Product Added", "Cart Viewed", "Checkout Started"}},
	{"purchase", []string{"Coupon Applied", "Order Completed", "Delivery Tracked", "Review Read"}},
	{"service", []string{"Support Requested", "Order Returned", "Survey Answered", "Friend Referred"}},
}

// mapID is the map's id.
const mapID = "bench"

func slug(name string) string { return strings.ToLower(strings.ReplaceAll(name, " ", "-")) }

func definition(kind, id string) journey.Header {
	return journey.Header{APIVersion: journey.APIVersion, Kind: kind, Metadata: journey.Metadata{ID: id}}
}

// drawMap creates the touchpoints and the map over the API, unless an earlier run did.
func drawMap(ctx context.Context, s *server) error {
	var there struct {
		Items []any `json:"items"`
	}
	if err := s.ask(ctx, "/api/v1/journeys", nil, &there); err != nil || len(there.Items) > 0 {
		return err
	}
	j := journey.Journey{Header: definition(journey.KindJourney, mapID)}
	var made any
	for _, st := range mapStages {
		stage := journey.Stage{ID: st.id}
		for _, name := range st.events {
			t := journey.Touchpoint{Header: definition(journey.KindTouchpoint, slug(name))}
			t.Spec.Match = append(t.Spec.Match, named(name))
			if err := s.ask(ctx, "/api/v1/touchpoints", t, &made); err != nil {
				return err
			}
			stage.Steps = append(stage.Steps, journey.Step{ID: "at-" + slug(name), Touchpoints: []string{slug(name)}})
		}
		j.Spec.Stages = append(j.Spec.Stages, stage)
	}
	return s.ask(ctx, "/api/v1/journeys", j, &made)
}

// serveOn measures a server on a data directory that is asked over HTTP: a map's numbers, and several questions at once.
func serveOn(ctx context.Context, o options, data string, z *sizes) (out served, err error) {
	note("serve: a map, and questions at once")
	s, err := serve(ctx, o.program, data)
	if err != nil {
		return out, err
	}
	defer func() {
		if e := s.stop(); err == nil {
			err = e
		}
	}()
	if err := drawMap(ctx, s); err != nil {
		return out, err
	}
	if err := out.live(ctx, s, z); err != nil {
		return out, err
	}
	for _, n := range []int{1, 4, mostAtOnce} {
		l, err := atOnce(ctx, s, n, o.steady/3)
		if err != nil {
			return out, err
		}
		out.Loads = append(out.Loads, l)
	}
	return out, nil
}

// live asks for the map's numbers over the second half of the time, beside the first: every event is looked at. The visits
// must be those that were generated.
func (out *served) live(ctx context.Context, s *server, z *sizes) error {
	var a journey.LiveAnswer
	q := url.Values{"from": {middle().Format(time.RFC3339)}, "to": {end().Format(time.RFC3339)}}
	var err error
	out.Live, err = measured(s.processor, func() error {
		a = journey.LiveAnswer{}
		return s.ask(ctx, "/api/v1/journeys/"+mapID+"/live?"+q.Encode(), nil, &a)
	})
	if err != nil {
		return err
	}
	visits := map[string]int64{}
	for _, t := range a.Touchpoints {
		visits[t.ID] = t.Visits
	}
	for _, stage := range mapStages {
		for _, name := range stage.events {
			if got, want := visits[slug(name)], int64(z.Late[name]); got != want {
				return fmt.Errorf("the map tells of %d visits of %q; %d were generated", got, name, want)
			}
			out.Visits += visits[slug(name)]
		}
	}
	return nil
}

// processor is the processor time that the server has used.
func (s *server) processor() (time.Duration, error) { return processorTime(s.cmd.Process.Pid) }

// mostAtOnce is the most questions that are asked at once.
const mostAtOnce = 16

// busy is a while in which so many clients asked, each its next question when the last was answered.
type busy struct {
	Clients   int
	Rate      float64 // questions per second
	P50, P95  float64 // milliseconds
	Worst     float64
	Processor float64 // milliseconds per question
}

// atOnce has clients ask all questions in turn, each client beginning at another.
func atOnce(ctx context.Context, s *server, clients int, span time.Duration) (l busy, err error) {
	before, err := s.processor()
	if err != nil {
		return l, err
	}
	began := time.Now()
	took := make([][]float64, clients)
	faults := make([]error, clients)
	var work sync.WaitGroup
	var stop atomic.Bool
	for c := range clients {
		work.Go(func() {
			for n := c; !stop.Load() && time.Since(began) < span; n++ {
				body, path := questions[n%len(questions)].seq()
				sent := time.Now()
				var answer any
				if faults[c] = s.ask(ctx, path, body, &answer); faults[c] != nil {
					stop.Store(true)
					return
				}
				took[c] = append(took[c], millis(time.Since(sent)))
			}
		})
	}
	work.Wait()
	l.Clients = clients
	var all []float64
	for c := range clients {
		if faults[c] != nil {
			return l, faults[c]
		}
		all = append(all, took[c]...)
	}
	spent := time.Since(began)
	after, err := s.processor()
	slices.Sort(all)
	l.Rate, l.P50, l.P95, l.Worst = float64(len(all))/spent.Seconds(), quantile(all, 0.5), quantile(all, 0.95), quantile(all, 1)
	l.Processor = millis(after-before) / float64(max(1, len(all)))
	return l, err
}
