package enginetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"wend.dev/wend/engine"
	"wend.dev/wend/event"
)

// Factory makes the engine under test from what a script has loaded so far. It is called for every question.
type Factory func(t *testing.T, w *World) engine.Engine

// epoch is a script's time 0.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Run runs every *.test file of a directory, each as a sub-test. A script reads
//
//	load                                       people and what they did; each load is one block, in order of arrival
//	  anna: S@0h, pv@1h{price=3}, buy@1d       times count from 2026-01-01; properties in braces
//	  p1..p10: S@0h                            ten people; ~dev1 is a device that has not said who it is
//	  anna: page:/cart@2h, identify@3h{plan=gold}, "Order Completed"@4h
//	merge ~dev1 -> anna
//	account acme: anna, bert
//	stored big `did("buy")`                    a stored segment
//	now 30d                                    default 365d
//	reset                                      forget everything
//
//	funnel S, pv|look{properties.price > 2}, buy? window=7d order=strict
//	  S 11 median=-                            per step: name, count, and any of the other figures
//
//	fail funnel S exclude=x:2-1                the question is refused
//	  exclusions[0].to_step                    the field at fault, and words of the reason
//
// A question begins at the left margin; what it must answer is indented below it. The other questions (who, paths, trend, segment, overlap,
// retention, lifecycle, stickiness, journey, timeline, chains, conformance, drivers, contact) are shown in testdata. Words with spaces stand
// in "quotes" or `back quotes`.
func Run(t *testing.T, dir string, open Factory) {
	files, err := filepath.Glob(filepath.Join(dir, "*.test"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s: %v", dir, err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".test"), func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			runScript(t, f, string(text), open)
		})
	}
}

// script is one file while it runs.
type script struct {
	t     *testing.T
	file  string
	open  Factory
	world *World
	names map[event.ProfileID]string
	tick  event.Millis // gives each event its own time of arrival
}

// block is a line at the margin and the lines indented below it.
type block struct {
	line int
	head string
	body []line
}

type line struct {
	n    int
	text string
}

func (b *block) want(k int) string {
	if k < len(b.body) {
		return b.body[k].text
	}
	return ""
}

func runScript(t *testing.T, file, text string, open Factory) {
	s := &script{t: t, file: file, open: open}
	s.reset()
	for _, b := range blocks(text) {
		if err := s.do(&b); err != nil {
			t.Errorf("%s:%d: %s: %v", file, b.line, b.head, err)
		}
	}
}

func (s *script) reset() {
	s.world = &World{
		Keys:     map[event.ProfileID]string{},
		Merged:   map[event.ProfileID]event.ProfileID{},
		Accounts: map[event.ProfileID]event.AccountID{},
		Groups:   map[event.AccountID]string{},
		Time:     epoch.AddDate(1, 0, 0),
	}
	s.names = map[event.ProfileID]string{}
}

func blocks(text string) (out []block) {
	for i, l := range strings.Split(text, "\n") {
		if at := strings.Index(l, "#"); at == 0 || at > 0 && l[at-1] == ' ' {
			l = l[:at]
		}
		trimmed := strings.TrimSpace(l)
		switch {
		case trimmed == "":
		case l[0] == ' ' || l[0] == '\t':
			b := &out[len(out)-1]
			b.body = append(b.body, line{i + 1, trimmed})
		default:
			out = append(out, block{line: i + 1, head: trimmed})
		}
	}
	return out
}

func (s *script) do(b *block) error {
	word, rest, _ := strings.Cut(b.head, " ")
	switch word {
	case "reset":
		s.reset()
		return nil
	case "load":
		return s.load(b)
	case "merge":
		from, to, ok := strings.Cut(rest, "->")
		if !ok {
			return fmt.Errorf("wants: merge ~device -> person")
		}
		s.world.Merged[s.profile(from)] = s.profile(to)
		return nil
	case "account":
		name, people, _ := strings.Cut(rest, ":")
		a := event.AccountOf(strings.TrimSpace(name))
		s.world.Groups[a] = strings.TrimSpace(name)
		for _, p := range strings.Split(people, ",") {
			s.world.Accounts[s.profile(p)] = a
		}
		return nil
	case "now":
		d, err := span(rest)
		s.world.Time = epoch.Add(d)
		return err
	case "stored":
		return s.store(rest)
	case "fail":
		return s.refused(b, rest)
	}
	return s.ask(b, word, rest)
}

func (s *script) ask(b *block, word, rest string) error {
	q, err := parseQuestion(rest)
	if err != nil {
		return err
	}
	if ok, err := s.compare(b, word, q); ok {
		return err
	}
	switch word {
	case "funnel":
		return s.funnel(b, q)
	case "who":
		return s.who(b, q)
	case "paths":
		return s.paths(b, q)
	case "trend":
		return s.trend(b, q)
	case "retention":
		return s.retention(b, q)
	case "lifecycle":
		return s.lifecycle(b, q)
	case "stickiness":
		return s.stickiness(b, q)
	case "journey":
		return s.journey(b, q)
	case "timeline":
		return s.timeline(b, q)
	case "chains":
		return s.chains(b, q)
	case "conformance":
		return s.conformance(b, q)
	case "segment":
		return s.segment(b, q)
	case "overlap":
		return s.overlap(b, q)
	}
	return fmt.Errorf("no such command")
}

// refused wants the question to fail with the field and words that stand below it.
func (s *script) refused(b *block, rest string) error {
	word, rest, _ := strings.Cut(rest, " ")
	err := s.ask(&block{line: b.line, head: rest}, word, rest)
	if err == nil {
		return fmt.Errorf("was answered, but must be refused")
	}
	for _, l := range b.body {
		if !strings.Contains(err.Error(), l.text) {
			return fmt.Errorf("was refused with %q, which lacks %q", err.Error(), l.text)
		}
	}
	return nil
}

// profile is who a name means: anna is the user anna, ~dev1 the device dev1.
func (s *script) profile(name string) event.ProfileID {
	name = strings.TrimSpace(name)
	p, key := event.UserProfile(name), "user:"+name
	if device, ok := strings.CutPrefix(name, "~"); ok {
		p, key = event.AnonymousProfile(device), "anon:"+device
	}
	s.names[p], s.world.Keys[p] = name, key
	return p
}

// load makes one block of the lines below.
func (s *script) load(b *block) error {
	var batch []event.Event
	for _, l := range b.body {
		who, what, ok := strings.Cut(l.text, ":")
		if !ok {
			return fmt.Errorf("line %d wants: person: event@time, …", l.n)
		}
		people, err := expand(strings.TrimSpace(who))
		if err != nil {
			return err
		}
		for _, p := range people {
			for _, item := range split(what, ',') {
				e, err := s.event(p, strings.TrimSpace(item))
				if err != nil {
					return fmt.Errorf("line %d: %w", l.n, err)
				}
				batch = append(batch, e)
			}
		}
	}
	s.world.Batches = append(s.world.Batches, batch)
	return nil
}

// expand reads p1..p10 as ten names.
func expand(who string) ([]string, error) {
	from, to, ok := strings.Cut(who, "..")
	if !ok {
		return []string{who}, nil
	}
	stem := strings.TrimRight(from, "0123456789")
	lo, err1 := strconv.Atoi(from[len(stem):])
	hi, err2 := strconv.Atoi(strings.TrimPrefix(to, stem))
	if err1 != nil || err2 != nil || hi < lo {
		return nil, fmt.Errorf("%q is not a range such as p1..p10", who)
	}
	var out []string
	for i := lo; i <= hi; i++ {
		out = append(out, stem+strconv.Itoa(i))
	}
	return out, nil
}

// event reads name@time{properties}.
func (s *script) event(who, item string) (event.Event, error) {
	item, props, _ := strings.Cut(item, "{")
	name, when, ok := cutLast(strings.TrimSpace(item), "@")
	if !ok {
		return event.Event{}, fmt.Errorf("%q is not event@time", item)
	}
	d, err := span(when)
	if err != nil {
		return event.Event{}, err
	}
	s.tick++
	p := s.profile(who)
	e := event.Event{MessageID: fmt.Sprint(s.tick), Kind: event.Track, Name: unquote(name), Time: event.MillisOf(epoch.Add(d)), Profile: p}
	e.ReceivedAt = e.Time
	if kind, _, ok := strings.Cut(e.Name, ":"); ok || event.Kind(0) != kindOf(kind) {
		if k := kindOf(kind); k != 0 {
			e.Kind = k
			if arg, ok := strings.CutPrefix(e.Name, kind+":"); ok {
				path := map[event.Kind]string{event.Page: "context.page.path", event.Screen: "properties.name"}[k]
				e.Fields = append(e.Fields, event.Field{Path: path, Value: event.StringValue(arg)})
			}
			e.Name = k.DefaultName()
		}
	}
	if strings.HasPrefix(who, "~") {
		e.AnonymousID = who[1:]
	} else {
		e.UserID = who
	}
	for _, f := range split(strings.TrimSuffix(props, "}"), ',') {
		if f = strings.TrimSpace(f); f == "" {
			continue
		}
		key, v, _ := strings.Cut(f, "=")
		e.Fields = append(e.Fields, event.Field{Path: pathOf(unquote(key), e.Kind), Value: value(v)})
	}
	e.Fields = event.SortFields(e.Fields)
	return e, nil
}

func kindOf(s string) event.Kind {
	k, ok := event.ParseKind(s)
	if !ok || len(s) == 1 || k == event.Track {
		return 0
	}
	return k
}

// pathOf puts a bare name among the properties, or among the traits of an identify or group call.
func pathOf(key string, k event.Kind) string {
	switch {
	case strings.HasPrefix(key, "context.") || strings.HasPrefix(key, "traits.") || strings.HasPrefix(key, "properties."):
		return key
	case k == event.Identify || k == event.Group:
		return "traits." + key
	}
	return "properties." + key
}

func value(s string) event.Value {
	switch n, err := strconv.ParseFloat(s, 64); {
	case err == nil:
		return event.NumberValue(n)
	case s == "true" || s == "false":
		return event.BoolValue(s == "true")
	case strings.HasPrefix(s, "["):
		return event.JSONValue(s)
	}
	return event.StringValue(unquote(s))
}
