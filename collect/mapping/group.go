package mapping

import (
	"container/list"
	"fmt"
)

// grouper collects lines into groups. A group closes when `within` other lines have come since its last, so memory
// holds the open groups only, and 8 bytes and some for each closed one: that its key came is remembered, so that a
// line that comes too late is an error and not a second, partial group.
//
// Groups leave in the order of their last lines, so that closing one never has to look past the front.
type grouper struct {
	open   map[string]*list.Element
	order  list.List // of *openGroup, by last line
	closed map[uint64]struct{}
	lines  int64
	within int64
}

type openGroup struct {
	line
	hash uint64
	last int64 // number of its last line
}

func (g *grouper) add(l line, within int, hash uint64) error {
	if g.open == nil {
		g.open, g.closed = map[string]*list.Element{}, map[uint64]struct{}{}
	}
	g.within = int64(within)
	g.lines++
	if e := g.open[l.group]; e != nil {
		o := e.Value.(*openGroup)
		o.lines = append(o.lines, l.row)
		o.last = g.lines
		g.order.MoveToBack(e)
		return nil
	}
	if _, late := g.closed[hash]; late {
		return fmt.Errorf("this line belongs to a group whose other lines ended more than within: %d lines ago: sort the file or raise within", within)
	}
	g.open[l.group] = g.order.PushBack(&openGroup{line: l, hash: hash, last: g.lines})
	return nil
}

// pop takes a group that is complete; with all set, any.
func (g *grouper) pop(all bool) (line, bool) {
	e := g.order.Front()
	if e == nil {
		return line{}, false
	}
	o := e.Value.(*openGroup)
	if !all && g.lines-o.last <= g.within {
		return line{}, false
	}
	g.order.Remove(e)
	delete(g.open, o.group)
	g.closed[o.hash] = struct{}{}
	return o.line, true
}
