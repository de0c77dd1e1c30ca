package seq

// FunnelWho asks which actors made a step of a funnel, or were lost before it. See docs/questions.md, Funnel, Who.
type FunnelWho struct {
	Funnel  Funnel  `json:"funnel" doc:"The funnel as it was asked, with its range, filter and options"`
	Step    int     `json:"step" doc:"The step, from 1"`
	Outcome string  `json:"outcome,omitempty" enum:"reached,lost" doc:"reached (default): those counted at the step; lost: those counted at the last required step before it and not at the step itself"`
	Value   *string `json:"value,omitempty" doc:"Only those of the breakdown's series of this value ('' for none)"`
	Limit   int     `json:"limit,omitempty" doc:"1 to 200, default 50"`
	Cursor  string  `json:"cursor,omitempty" doc:"From the page before"`
}

// Lost says whether those who did not make the step are asked for.
func (q FunnelWho) Lost() bool { return q.Outcome == "lost" }

// Validate finds what is wrong with the question's form. CEL is looked at when the engine compiles it.
func (q FunnelWho) Validate() error {
	var c check
	c.inside("funnel", q.Funnel.Validate())
	n := len(q.Funnel.Steps)
	c.oneOf("outcome", q.Outcome, "reached", "lost")
	switch {
	case q.Step < 1 || q.Step > n:
		c.fail("step", "is %d; steps count from 1 to %d", q.Step, n)
	case q.Lost() && q.Step == 1:
		c.fail("step", "nobody is lost before the first step; ask for outcome reached, or for step 2")
	}
	if q.Value != nil && q.Funnel.Breakdown == nil {
		c.fail("value", "needs a breakdown of the funnel that has such a series")
	}
	c.between("limit", q.Limit, 1, 200)
	c.text("cursor", q.Cursor)
	return c.done()
}
