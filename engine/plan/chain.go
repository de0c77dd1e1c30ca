package plan

import "wend.dev/wend/event"

// stage is one step of a sequence that must happen, and what must not happen after it and before the next; after the
// last, what must not happen within the gap.
type stage struct {
	match, never uint64 // bits of matchers
}

// maxStages bounds the steps of a sequence.
const maxStages = 12

// Chain is how far an actor has come in a sequence, its events being told in order. The zero Chain is at the start.
type Chain struct {
	at   [maxStages]event.Millis // when the stage was reached: the latest time, of the last stage the earliest
	have uint16                  // bits of the stages reached
	done bool
}

// Done says that the sequence has happened, whatever follows.
func (c *Chain) Done() bool { return c.done }

// Advance tells the next event, by the matchers it fulfils; starts says that a sequence may begin with it.
func (s *Slot) Advance(c *Chain, t event.Millis, mask uint64, starts bool) {
	last := len(s.stages) - 1
	if c.done {
		return
	}
	if c.have&(1<<last) != 0 && s.Gap > 0 && t > c.at[last]+s.Gap {
		c.done = true // the time is over in which it must not have happened
		return
	}
	for i := last; i >= 0; i-- {
		reached := c.have&(1<<i) != 0
		if reached && i < last && mask&s.stages[i+1].match != 0 && (s.Gap == 0 || t-c.at[i] <= s.Gap) {
			s.reach(c, i+1, t)
		}
		if reached && mask&s.stages[i].never != 0 {
			c.have &^= 1 << i
		}
	}
	if starts && mask&s.stages[0].match != 0 {
		s.reach(c, 0, t)
	}
}

// reach notes a stage. The later it is reached the longer the next may take; but of the last, the earlier the sooner
// the time is over.
func (s *Slot) reach(c *Chain, i int, t event.Millis) {
	if i == len(s.stages)-1 {
		if s.stages[i].never == 0 {
			c.done = true
			return
		}
		if c.have&(1<<i) != 0 {
			return
		}
	}
	c.at[i] = t
	c.have |= 1 << i
}

// Ended says whether the sequence has happened, when no more events come until an instant. If it has not, but will have
// when none come until a later one, turn is that.
func (s *Slot) Ended(c *Chain, at event.Millis) (yes bool, turn event.Millis) {
	last := len(s.stages) - 1
	switch {
	case c.done:
		return true, 0
	case c.have&(1<<last) == 0:
		return false, 0
	case s.Gap == 0 || at > c.at[last]+s.Gap:
		return true, 0
	}
	return false, c.at[last] + s.Gap + 1
}

// Mask is the bits of all matchers that a slot looks at.
func (s *Slot) Mask() (m uint64) {
	if s.Kind != Sequence {
		return 1 << s.Matcher
	}
	for _, st := range s.stages {
		m |= st.match | st.never
	}
	return m
}

// Begins is the bits of the matchers that a sequence may begin with.
func (s *Slot) Begins() uint64 { return s.stages[0].match }
