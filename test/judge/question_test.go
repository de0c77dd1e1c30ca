package judge

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"wend.dev/wend/engine/seq"
)

// condition draws an expression in both languages: CEL and SQL. What an event lacks is NULL in both.
func condition(r *rand.Rand, depth int) (cel, sql string) {
	if depth > 0 && r.IntN(2) == 0 {
		a, x := condition(r, depth-1)
		b, y := condition(r, depth-1)
		switch r.IntN(3) {
		case 0:
			return "!(" + a + ")", "NOT (" + x + ")"
		case 1:
			return "(" + a + ") && (" + b + ")", "(" + x + ") AND (" + y + ")"
		}
		return "(" + a + ") || (" + b + ")", "(" + x + ") OR (" + y + ")"
	}
	price := float64(r.IntN(80)) / 4
	op := []string{"==", "!=", "<", "<=", ">", ">="}[r.IntN(6)]
	after := epoch.Add(time.Duration(r.IntN(40)) * time.Hour)
	switch r.IntN(10) {
	case 0, 1, 2:
		return fmt.Sprintf("properties.price %s %.2f", op, price), fmt.Sprintf("price %s %v", op, price)
	case 3:
		return "has(properties.price)", "price IS NOT NULL"
	case 4:
		return fmt.Sprintf("properties.colour %s \"green\"", op), fmt.Sprintf("colour %s 'green'", op)
	case 5:
		return `properties.colour in ["red", "blue"]`, "colour IN ('red', 'blue')"
	case 6:
		return `properties.colour.contains("ee") || properties.colour.startsWith("b")`, "position(colour, 'ee') > 0 OR startsWith(colour, 'b')"
	case 7:
		return `properties.colour.matches("^[rg]")`, "match(colour, '^[rg]')"
	case 8:
		return `event in ["A", "C"]`, "name IN ('A', 'C')"
	}
	return fmt.Sprintf("time >= timestamp(%q)", after.Format(time.RFC3339)), fmt.Sprintf("time >= %d", after.UnixMilli())
}

// matcher draws which events are meant, in both languages.
func matcher(r *rand.Rand, names []string) (m seq.Matcher, sql string) {
	m.Event, sql = seq.Names{"*"}, "1"
	if r.IntN(8) > 0 {
		var quoted []string
		m.Event = nil
		for _, i := range r.Perm(len(names))[:min(len(names), 1+r.IntN(2))] {
			m.Event = append(m.Event, names[i])
			quoted = append(quoted, text(names[i]))
		}
		sql = "name IN (" + strings.Join(quoted, ", ") + ")"
	}
	if r.IntN(3) == 0 {
		where, also := condition(r, 2)
		m.Where, sql = where, sql+" AND ("+also+")"
	}
	return m, "ifNull(" + sql + ", 0)"
}

// subject draws who is an actor and which events are looked at. Its SQL is what stands behind WHERE; actor is a column.
func (w *world) subject(r *rand.Rand) (s seq.Scope, actor, sql string) {
	actor, sql = "root", fmt.Sprintf("world = %d", w.id)
	if r.IntN(3) == 0 {
		s.Actor, actor, sql = "account", "account", sql+" AND account != 0"
	}
	if r.IntN(3) == 0 {
		cel, also := condition(r, 2)
		s.Filter, sql = cel, sql+" AND ("+also+")"
	}
	return s, actor, sql
}

// rangeOf draws an instant in the first quarter of a world's time, and one in the last.
func (w *world) rangeOf(r *rand.Rand) (from, to time.Time) {
	at := func(ms int64) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }
	return at(r.Int64N(w.span/4 + 1)), at(w.span - r.Int64N(w.span/4+1))
}

// scope is a subject and, one time in two, a range.
func (w *world) scope(r *rand.Rand) (s seq.Scope, actor, sql string) {
	s, actor, sql = w.subject(r)
	if from, to := w.rangeOf(r); r.IntN(2) == 0 && from.Before(to) {
		s.From, s.To, sql = &from, &to, fmt.Sprintf("%s AND time >= %d AND time < %d", sql, from.UnixMilli(), to.UnixMilli())
	}
	return s, actor, sql
}

// actorOf is what a row's actor column holds.
func actorOf(column string) func(*row) uint64 {
	return func(e *row) uint64 {
		if column == "account" {
			return e.Account
		}
		return e.Root
	}
}
