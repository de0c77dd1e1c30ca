package plan

import "wend.dev/wend/event"

// Listener tests single events, as they come, against the matchers of a plan. It is safe for concurrent use.
type Listener struct {
	matchers []matcher
	named    map[string][]uint16 // the matchers that name an event, those that mean every event left out
	every    []uint16
}

// Listen ties the plan to events that lie in no block. First-time matchers and the filter are not looked at.
func (p *Plan) Listen() *Listener {
	l := &Listener{matchers: p.matchers, named: map[string][]uint16{}}
	for i, m := range p.matchers {
		if m.any {
			l.every = append(l.every, uint16(i))
			continue
		}
		for _, name := range m.names {
			if list := l.named[name]; len(list) == 0 || list[len(list)-1] != uint16(i) {
				l.named[name] = append(list, uint16(i))
			}
		}
	}
	return l
}

// Mask is the bits of the matchers (the first 64) that an event fulfils.
func (l *Listener) Mask(e *event.Event) (mask uint64) {
	for _, list := range [...][]uint16{l.named[e.Name], l.every} {
		for _, i := range list {
			if i < 64 && (l.matchers[i].where == nil || l.matchers[i].where.on(e) == True) {
				mask |= 1 << i
			}
		}
	}
	return mask
}

// on decides a predicate that does not look at the actor by an event.
func (n *node) on(e *event.Event) Truth {
	switch n.op {
	case opTrue:
		return True
	case opFalse:
		return False
	case opNot:
		return [...]Truth{Unknown, False, True}[n.kids[0].on(e)]
	case opAnd, opOr:
		decides := False
		if n.op == opOr {
			decides = True
		}
		x := n.kids[0].on(e)
		if x == decides {
			return x
		}
		y := n.kids[1].on(e)
		if y == decides || x != Unknown {
			return y
		}
		return Unknown
	}
	v, ok := n.leaf.valueOf(e)
	if !ok {
		return n.leaf.absent
	}
	return n.leaf.test(v)
}

// valueOf is what a leaf tests of an event.
func (l *leaf) valueOf(e *event.Event) (v event.Value, ok bool) {
	switch {
	case l.from == fromName:
		return event.StringValue(e.Name), true
	case l.from == fromKind:
		return event.StringValue(e.Kind.String()), true
	case l.from == fromTime:
		return event.NumberValue(float64(e.Time)), true
	case l.path == "source":
		return event.StringValue(e.Source), e.Source != ""
	case l.path == "clamped":
		return event.BoolValue(true), e.Clamped
	}
	return e.Get(l.path)
}
