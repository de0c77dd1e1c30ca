package exec_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
)

// move is one event of the chains' world: at t seconds, on a channel ("" for none), worth something if it is a purchase.
type move struct {
	t       int64
	channel string
	buys    bool
	worth   float64
	reads   bool // an event that the question may not count as a touch
}

func (m move) event(id string, n int) event.Event {
	name := "look"
	switch {
	case m.buys:
		name = "buy"
	case m.reads:
		name = "read"
	}
	e := person(id, []ev{{name, m.t}})[0]
	e.MessageID = fmt.Sprint(id, "-", n)
	if m.channel != "" {
		e.Fields = append(e.Fields, event.Field{Path: "context.channel", Value: event.StringValue(m.channel)})
	}
	if m.buys {
		e.Fields = append(e.Fields, event.Field{Path: "properties.total", Value: event.NumberValue(m.worth)})
	}
	return e
}

// contact is a touch in the plain count.
type contact struct {
	channel string
	t       int64
	session int
	claimed bool
}

// plainChains is the chains of docs/questions.md in the plainest words, for one actor: first all touches are listed,
// then each purchase looks back, then what is left is cut into chains without one.
type plainChains struct {
	q        seq.Chains
	from, to int64
	variants map[string]*plainVariant
	alone    seq.ChainCount
}

type plainVariant struct {
	conversions, nulls int64
	value              float64
	decay, worth       []float64
}

func (p *plainChains) at(channels []string) *plainVariant {
	key := strings.Join(channels, ">")
	if p.variants[key] == nil {
		p.variants[key] = &plainVariant{decay: make([]float64, len(channels)), worth: make([]float64, len(channels))}
	}
	return p.variants[key]
}

func seconds(d seq.Duration) int64 { return d.Millis() / 1000 }

func (p *plainChains) isTouch(m move) bool { return !m.buys && (len(p.q.Touches) == 0 || !m.reads) }

// cut leaves what is looked at, with touches before purchases where they are at one instant.
func (p *plainChains) cut(list []move) (out []move) {
	bought := false
	for _, m := range list {
		if p.q.Conversion.FirstTime && m.buys {
			if bought {
				m.buys, m.reads = false, true // an event like any other
			}
			bought = true
		}
		if m.t < p.to && (m.buys || p.isTouch(m)) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b move) int {
		if a.t == b.t && a.buys != b.buys {
			return map[bool]int{true: 1, false: -1}[a.buys]
		}
		return int(a.t - b.t)
	})
	if i := slices.IndexFunc(out, func(m move) bool { return m.buys }); p.q.Conversion.FirstTime && i >= 0 {
		out = out[:i+1]
	}
	return out
}

// contacts lists the touches; session[i] is the session of event i.
func (p *plainChains) contacts(list []move, session []int) (out []contact) {
	gap := seconds(p.q.SessionGap)
	var visit []int // events
	flush := func() {
		if len(visit) == 0 {
			return
		}
		before, named := "", slices.IndexFunc(visit, func(i int) bool { return list[i].channel != "" })
		split := slices.ContainsFunc(list, func(m move) bool { // a purchase before the visit's first value
			return m.buys && m.t >= list[visit[0]].t && (named < 0 || m.t < list[visit[named]].t)
		})
		if p.q.Unknown != "" && named != 0 && (named < 0 || split) {
			out = append(out, contact{channel: p.q.Unknown, t: list[visit[0]].t, session: session[visit[0]]})
			before = p.q.Unknown
		}
		for _, i := range visit {
			if c := list[i].channel; c != "" && c != before {
				out = append(out, contact{channel: c, t: list[i].t, session: session[i]})
				before = c
			}
		}
		visit = nil
	}
	for i, m := range list {
		switch {
		case m.buys:
		case p.q.Repeats == "event":
			if c := m.channel; c != "" || p.q.Unknown != "" {
				if c == "" {
					c = p.q.Unknown
				}
				out = append(out, contact{channel: c, t: m.t, session: session[i]})
			}
		default:
			if len(visit) > 0 && m.t-list[visit[len(visit)-1]].t >= gap {
				flush()
			}
			visit = append(visit, i)
		}
	}
	flush()
	return out
}

func (p *plainChains) count(list []move) {
	list = p.cut(list)
	session := make([]int, len(list))
	for i := 1; i < len(list); i++ {
		session[i] = session[i-1]
		if list[i].t-list[i-1].t >= seconds(p.q.SessionGap) {
			session[i]++
		}
	}
	touches := p.contacts(list, session)
	last := int64(math.MinInt64) // the purchase before
	for i, m := range list {
		if !m.buys {
			continue
		}
		var mine []int
		for k, c := range touches {
			if c.t <= m.t && m.t-c.t <= seconds(p.q.LookBack) && (p.q.By != "session" || c.session == session[i]) {
				mine = append(mine, k)
			}
		}
		if p.q.Reuse == "no" && last > math.MinInt64 && len(mine) > 0 {
			all := mine
			mine = slices.DeleteFunc(slices.Clone(mine), func(k int) bool { return touches[k].claimed || touches[k].t <= last })
			if len(mine) == 0 && slices.ContainsFunc(list, func(x move) bool { return !x.buys && x.t <= m.t && m.t-x.t < seconds(p.q.SessionGap) }) {
				mine = all[len(all)-1:]
			}
		}
		for _, k := range mine {
			touches[k].claimed = true
		}
		last = m.t
		if m.t >= p.from {
			p.won(touches, mine, m)
		}
	}
	p.lost(touches)
}

func (p *plainChains) won(touches []contact, mine []int, m move) {
	if len(mine) == 0 {
		p.alone.Conversions++
		p.alone.Value += m.worth
		return
	}
	var names []string
	sum := 0.0
	weight := func(k int) float64 { return math.Pow(0.5, float64(m.t-touches[k].t)/float64(seconds(p.q.HalfLife))) }
	for _, k := range mine {
		names = append(names, touches[k].channel)
		sum += weight(k)
	}
	v := p.at(names)
	v.conversions++
	v.value += m.worth
	for i, k := range mine {
		v.decay[i] += weight(k) / sum
		v.worth[i] += weight(k) / sum * m.worth
	}
}

func (p *plainChains) lost(touches []contact) {
	for end := len(touches); end > 0; {
		if touches[end-1].claimed {
			end--
			continue
		}
		lo, last := end, touches[end-1]
		var names []string
		for lo > 0 && !touches[lo-1].claimed && last.t-touches[lo-1].t <= seconds(p.q.LookBack) && (p.q.By != "session" || last.session == touches[lo-1].session) {
			lo--
			names = append([]string{touches[lo].channel}, names...)
		}
		if last.t >= p.from {
			p.at(names).nulls++
		}
		end = lo
	}
}

func (p *plainChains) text() string {
	out := fmt.Sprintf("alone %d %.6f", p.alone.Conversions, p.alone.Value)
	for _, key := range slices.Sorted(maps.Keys(p.variants)) {
		v := p.variants[key]
		if v.conversions == 0 {
			v.decay, v.worth = nil, nil
		}
		out += fmt.Sprintf("; %s %d %d %.6f %.6f %.6f", key, v.conversions, v.nulls, v.value, v.decay, v.worth)
	}
	return out
}

func chainsText(a *seq.ChainsAnswer) string {
	p := plainChains{alone: a.Untouched, variants: map[string]*plainVariant{}}
	for _, v := range a.Variants {
		var names []string
		for _, t := range v.Touches {
			names = append(names, a.Channels[t])
		}
		p.variants[strings.Join(names, ">")] = &plainVariant{v.Conversions, v.Nulls, v.Value, v.Decay, v.DecayValue}
	}
	return p.text()
}

func drawChains(t *rapid.T) seq.Chains {
	second := func(lo, hi int, name string) seq.Duration {
		return seq.Duration(time.Duration(rapid.IntRange(lo, hi).Draw(t, name)) * time.Second)
	}
	q := seq.Chains{
		Conversion: seq.Matcher{Event: seq.Names{"buy"}, FirstTime: rapid.IntRange(0, 4).Draw(t, "first") == 0},
		Value:      "properties.total", LookBack: second(1, 14, "look back"), SessionGap: second(1, 5, "gap"), HalfLife: second(1, 9, "half-life"),
		Repeats: rapid.SampledFrom([]string{"visit", "event"}).Draw(t, "repeats"),
		By:      rapid.SampledFrom([]string{"person", "session"}).Draw(t, "by"),
		Reuse:   rapid.SampledFrom([]string{"yes", "no"}).Draw(t, "reuse"),
		Unknown: rapid.SampledFrom([]string{"", "direct", "x"}).Draw(t, "unknown"),
	}
	if rapid.Bool().Draw(t, "only looks") {
		q.Touches = []seq.Matcher{{Event: seq.Names{"look"}}}
	}
	return q
}

// TestChains: the chains are those of the plain count, whatever the options, the range, the blocks and the merges.
func TestChains(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) move {
		return move{
			t: rapid.Int64Range(0, 20).Draw(t, "t"), channel: rapid.SampledFrom([]string{"x", "y", "z", ""}).Draw(t, "channel"),
			buys: rapid.IntRange(0, 3).Draw(t, "buys") == 0, worth: float64(rapid.IntRange(0, 9).Draw(t, "worth")), reads: rapid.Bool().Draw(t, "reads"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		q := drawChains(t)
		plain := &plainChains{q: q, from: math.MinInt64, to: math.MaxInt64, variants: map[string]*plainVariant{}}
		if rapid.Bool().Draw(t, "in a range") {
			plain.from = rapid.Int64Range(0, 15).Draw(t, "from")
			plain.to = plain.from + rapid.Int64Range(1, 10).Draw(t, "long")
			q.From, q.To = at(plain.from), at(plain.to)
		}
		var events []event.Event
		merged := map[event.ProfileID]event.ProfileID{}
		for u := range rapid.IntRange(1, 4).Draw(t, "people") {
			id := fmt.Sprint("u", u)
			list := rapid.SliceOfN(draw, 0, 14).Draw(t, "moves")
			slices.SortStableFunc(list, func(a, b move) int { return int(a.t - b.t) })
			split := rapid.Bool().Draw(t, "on devices") && len(slices.CompactFunc(slices.Clone(list), func(a, b move) bool { return a.t == b.t })) == len(list)
			for i, m := range list {
				e := m.event(id, i)
				if split && rapid.Bool().Draw(t, "device") { // between profiles of one instant the order is by profile
					device := event.AnonymousProfile(id)
					e.Profile, e.UserID, e.AnonymousID = device, "", id
					merged[device] = event.UserProfile(id)
				}
				events = append(events, e)
			}
			plain.count(list)
		}
		w := world(scatter(t, events)...)
		w.Merged = merged
		a, err := exec.New(w, w).Chains(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := chainsText(a), plain.text(); got != want {
			t.Fatalf("%+v\ngot  %s\nwant %s", q, got, want)
		}
		addsUpChains(t, a)
	})
}

// addsUpChains: lags, lengths and decay count the same chains as the variants.
func addsUpChains(t *rapid.T, a *seq.ChainsAnswer) {
	var conversions, nulls, lags, byLength, nullsByLength int64
	for _, v := range a.Variants {
		conversions += v.Conversions
		nulls += v.Nulls
		sum, worth := 0.0, 0.0
		for i := range v.Decay {
			sum += v.Decay[i]
			worth += v.DecayValue[i]
		}
		if math.Abs(sum-float64(v.Conversions)) > 1e-9 || math.Abs(worth-v.Value) > 1e-9 {
			t.Fatalf("decay shares %v of %d conversions, %v of %v", sum, v.Conversions, worth, v.Value)
		}
	}
	for _, n := range a.Lags {
		lags += n
	}
	for _, l := range a.Lengths {
		byLength += l.Conversions
		nullsByLength += l.Nulls
	}
	if lags != conversions || byLength != conversions || nullsByLength != nulls {
		t.Fatalf("%d conversions and %d nulls; lags count %d, lengths %d and %d", conversions, nulls, lags, byLength, nullsByLength)
	}
}

// TestChainsLong: touches that are cut away are the second and those after it; lags and lengths are of the whole chain.
func TestChainsLong(t *testing.T) {
	var list []move
	for i := range 150 {
		list = append(list, move{t: int64(i) * 3600, channel: fmt.Sprintf("c%03d", i)})
	}
	list = append(list, move{t: 150 * 3600, buys: true})
	var events []event.Event
	for i, m := range list {
		events = append(events, m.event("u", i))
	}
	w := world(events)
	a, err := exec.New(w, w).Chains(context.Background(), seq.Chains{Conversion: seq.Matcher{Event: seq.Names{"buy"}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Variants) != 1 || len(a.Variants[0].Touches) != 100 || a.Channels[0] != "c000" || a.Channels[1] != "c051" || a.Channels[99] != "c149" {
		t.Errorf("kept %v of %v", a.Variants, a.Channels)
	}
	if a.Shortened != 1 || a.Lengths[0].Touches != 150 || len(a.Lags) != 7 || a.Lags[6] != 1 || *a.MedianLag != 150*3600 {
		t.Errorf("shortened %d, lengths %v, lags %v, median %v", a.Shortened, a.Lengths, a.Lags, *a.MedianLag)
	}
}

func TestChainsTooManyChannels(t *testing.T) {
	var events []event.Event
	for i := range 10_001 {
		events = append(events, move{t: int64(i % 1000), channel: fmt.Sprint(i)}.event(fmt.Sprint("u", i), 0))
	}
	w := world(events)
	ask := func(q seq.Chains) error {
		q.Conversion = seq.Matcher{Event: seq.Names{"buy"}}
		_, err := exec.New(w, w).Chains(context.Background(), q)
		return err
	}
	var bad *seq.Invalid
	if err := ask(seq.Chains{}); !errors.As(err, &bad) || bad.Field != "channel" {
		t.Errorf("10,001 channels: %v", err)
	}
	if err := ask(seq.Chains{Rules: []seq.Rule{{Match: "^77$", As: "78"}}}); err != nil {
		t.Errorf("10,000 channels: %v", err)
	}
}

func TestChainsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := &stopping{standing: synthetic(2000, 2), cancel: cancel}
	_, err := exec.New(s, s).Chains(ctx, seq.Chains{Conversion: seq.Matcher{Event: seq.Names{"event 1"}}, Channel: "event"})
	if !errors.Is(err, context.Canceled) || s.open != 0 {
		t.Errorf("%v, %d snapshots are kept", err, s.open)
	}
}

func BenchmarkChains(b *testing.B) {
	for _, channel := range []string{"event", "touchpoint"} {
		b.Run(channel, func(b *testing.B) {
			s := synthetic(200_000, 1)
			e := exec.New(s, s)
			q := seq.Chains{Conversion: seq.Matcher{Event: seq.Names{"event 9"}}, Channel: channel, SessionGap: seq.Duration(12 * time.Hour), HalfLife: seq.Duration(7 * 24 * time.Hour)}
			if channel == "touchpoint" {
				for i := range 5 {
					q.Touchpoints = append(q.Touchpoints, seq.Mapped{ID: fmt.Sprint(i), Match: []seq.Matcher{{Event: seq.Names{fmt.Sprintf("event %d", 4+i)}}}})
				}
			}
			cost(b, s, func() error { _, err := e.Chains(b.Context(), q); return err })
		})
	}
}
