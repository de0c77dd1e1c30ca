package enginetest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wend.dev/wend/engine/seq"
)

// segment's answer reads: "size n of=m", then "members anna bert", by name, when the script wants them. The condition
// stands in back quotes; a stored segment is loaded with "stored ID `condition`" and asked for with id=ID.
func (s *script) segment(b *block, q *question) error {
	sg := seq.Segment{SegmentRef: refOf(q, q.matchers), Actor: q.one("actor"), At: q.time("at"), Limit: 200}
	if q.one("sample") != "" {
		sg.Limit, sg.Sample = 0, q.number("sample")
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Segment(context.Background(), sg)
	if err != nil {
		return err
	}
	var names []string
	for _, p := range a.People {
		names = append(names, s.names[p.ID])
	}
	for _, x := range a.Accounts {
		names = append(names, x.Name)
	}
	slices.Sort(names)
	for _, l := range b.body {
		w := words(l.text)
		switch w[0] {
		case "size":
			w[1] = "size=" + w[1]
			err = figures(w[1:], map[string]*float64{"size": num(a.Size), "of": num(a.Of), "share": num(a.Share)})
		case "members":
			if got := strings.Join(names, " "); got != strings.Join(w[1:], " ") {
				err = fmt.Errorf("are %s", got)
			}
		default:
			err = fmt.Errorf("wants size or members")
		}
		if err != nil {
			return fmt.Errorf("line %d: %s: %w", l.n, w[0], err)
		}
	}
	return nil
}

func refOf(q *question, conditions []string) (r seq.SegmentRef) {
	if len(conditions) > 0 {
		r.Where = unquote(strings.Join(conditions, " "))
	}
	r.ID = q.one("id")
	return r
}

// overlap's answer reads: "n count share=s" per whole segment, n counting from 1, then "1+3 count" per combination and
// "outside count".
func (s *script) overlap(b *block, q *question) error {
	o := seq.Overlap{Actor: q.one("actor"), At: q.time("at")}
	for _, m := range q.matchers {
		o.Segments = append(o.Segments, seq.OverlapSegment{SegmentRef: seq.SegmentRef{Where: unquote(m)}})
	}
	if err := q.done(); err != nil {
		return err
	}
	a, err := s.open(s.t, s.world).Overlap(context.Background(), o)
	if err != nil {
		return err
	}
	var l lines
	sum := a.Outside
	for i, x := range a.Segments {
		l.add(fmt.Sprint("all", i+1), num(x.Size), map[string]*float64{"share": num(x.Share)})
	}
	for _, c := range a.Combinations {
		var in []string
		for _, i := range c.In {
			in = append(in, strconv.Itoa(i+1))
		}
		sum += c.Count
		l.add(strings.Join(in, "+"), num(c.Count), map[string]*float64{"share": num(c.Share)})
	}
	if sum != a.Of {
		return fmt.Errorf("the counts add up to %d, not to %d", sum, a.Of)
	}
	l.add("outside", num(a.Outside), map[string]*float64{"of": num(a.Of)})
	return l.check(b)
}

// store keeps a segment: stored ID `condition` actor=account.
func (s *script) store(rest string) error {
	id, rest, _ := strings.Cut(strings.TrimSpace(rest), " ")
	q, err := parseQuestion(rest)
	if err != nil {
		return err
	}
	if s.world.Stored == nil {
		s.world.Stored = map[string]seq.StoredSegment{}
	}
	s.world.Stored[id] = seq.StoredSegment{Where: refOf(q, q.matchers).Where, Actor: q.one("actor")}
	return q.done()
}
