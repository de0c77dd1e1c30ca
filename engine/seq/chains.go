package seq

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Chains asks which touches came before each conversion, and which led to none: what attribution is made of. It
// counts; models, shares and intervals are made of its counts by insight. See docs/questions.md, Attribution.
type Chains struct {
	Scope
	Conversion  Matcher   `json:"conversion" doc:"What is won: Order Completed. The range is that of the conversions; their touches may lie before it"`
	Value       string    `json:"value,omitempty" doc:"Path of the number that a conversion is worth: properties.total; left out, only conversions are counted"`
	Channel     string    `json:"channel,omitempty" doc:"What names a touch: a property path, event, page, screen or touchpoint; default context.channel"`
	Touches     []Matcher `json:"touches,omitempty" doc:"Which events are touches; default all but identify, group and alias calls. Conversions are never touches"`
	Touchpoints []Mapped  `json:"touchpoints,omitempty" doc:"With channel touchpoint: what each touchpoint matches; the first that matches wins"`
	Rules       []Rule    `json:"rules,omitempty" doc:"Cleaning rules for the names, the first match wins; renamed to '' it is as if the event had no value"`
	Unknown     string    `json:"unknown,omitempty" doc:"Name of the touches that bear no value, such as direct; left out, they are no touches"`
	Repeats     string    `json:"repeats,omitempty" enum:"visit,event" doc:"visit: what follows within session_gap on the same channel is one touch, at its first event; event: every event is one. Default visit"`
	SessionGap  Duration  `json:"session_gap,omitempty" doc:"A pause this long ends a visit; default 30m"`
	By          string    `json:"by,omitempty" enum:"person,session" doc:"person: all touches of the actor before the conversion; session: only those of its session. Default person"`
	LookBack    Duration  `json:"look_back,omitempty" doc:"Longest time from a touch to the conversion, inclusive; 1s to 400d, default 30d"`
	Reuse       string    `json:"reuse,omitempty" enum:"yes,no" doc:"yes: every conversion looks back by itself; no: a touch belongs to one conversion. Default yes"`
	HalfLife    Duration  `json:"half_life,omitempty" doc:"Also share each conversion by time decay with this half-life; left out, decay is left out too"`
	MaxTouches  int       `json:"max_touches,omitempty" doc:"Of a longer chain the first touch and the latest ones are kept; 2 to 1000, default 100"`
}

// ChainsAnswer is what Chains gives.
type ChainsAnswer struct {
	Channels   []string       `json:"channels" doc:"Names of the channels that touched, ascending"`
	Variants   []ChainVariant `json:"variants" doc:"Chains of the same channels in the same order, most conversions first"`
	Untouched  ChainCount     `json:"untouched" doc:"Conversions without a touch in the look-back"`
	Shortened  int64          `json:"shortened" doc:"Chains that were longer than max_touches"`
	Lags       []int64        `json:"lags" doc:"Conversions by whole days since the first touch of their chain; the last entry is that of the longest"`
	MedianLag  *float64       `json:"median_lag" doc:"Median time from a chain's first touch to the conversion, seconds; null without conversions"`
	Lengths    []ChainLength  `json:"lengths" doc:"Chains by number of touches before shortening, ascending"`
	Conversion string         `json:"conversion" doc:"The conversion's name"`
	Meta       Meta           `json:"meta"`
}

// ChainCount is conversions and what they are worth.
type ChainCount struct {
	Conversions int64   `json:"conversions" doc:"How many"`
	Value       float64 `json:"value" doc:"Sum of what they are worth"`
}

// ChainVariant is all the chains that went through the same channels in the same order.
type ChainVariant struct {
	Touches []int `json:"touches" doc:"Indexes into channels, in time order"`
	ChainCount
	Nulls      int64     `json:"nulls" doc:"Chains that led to no conversion"`
	Decay      []float64 `json:"decay,omitempty" doc:"Per touch the conversions that time decay gives it, summed over the chains"`
	DecayValue []float64 `json:"decay_value,omitempty" doc:"Per touch the value that time decay gives it"`
}

// ChainLength is the chains with so many touches.
type ChainLength struct {
	Touches     int   `json:"touches" doc:"How many touches a chain has"`
	Conversions int64 `json:"conversions" doc:"Chains that converted"`
	Nulls       int64 `json:"nulls" doc:"Chains that led to no conversion"`
}

// Validate finds what is wrong with the question's form. CEL is looked at when the engine compiles it.
func (q Chains) Validate() error {
	var c check
	c.scope(q.Scope)
	if q.Breakdown != nil {
		c.fail("breakdown", "attribution has no breakdown; use filter")
	}
	c.matcher("conversion", q.Conversion)
	if q.Value != "" && (!isPath(q.Value) || strings.HasPrefix(q.Value, "profile.")) {
		c.fail("value", "%q is not the path of a number such as properties.total", q.Value)
	}
	c.channel(q)
	c.matchers("touches", q.Touches)
	c.rules(q.Rules)
	c.text("unknown", q.Unknown)
	c.oneOf("repeats", q.Repeats, "visit", "event")
	c.oneOf("by", q.By, "person", "session")
	c.oneOf("reuse", q.Reuse, "yes", "no")
	c.positive("session_gap", q.SessionGap)
	c.positive("half_life", q.HalfLife)
	if d := time.Duration(q.LookBack); d != 0 && (d < time.Second || d > 400*24*time.Hour) {
		c.fail("look_back", "is %s; it may be 1s to 400d", q.LookBack)
	}
	if d := time.Duration(q.HalfLife); d != 0 && d < time.Second {
		c.fail("half_life", "is %s; it must be at least 1s", q.HalfLife)
	}
	c.between("max_touches", q.MaxTouches, 2, 1000)
	return c.done()
}

// channel wants a name for the touches, and touchpoints where that is touchpoint.
func (c *check) channel(q Chains) {
	nodes := []string{"event", "page", "screen", "touchpoint"}
	if q.Channel != "" && !slices.Contains(nodes, q.Channel) && (!isPath(q.Channel) || strings.HasPrefix(q.Channel, "profile.")) {
		c.fail("channel", "%q is none of %s, nor a property path such as context.campaign.source%s", q.Channel, strings.Join(nodes, ", "), Hint(q.Channel, nodes))
	}
	if (q.Channel == "touchpoint") != (len(q.Touchpoints) > 0) {
		c.fail("touchpoints", "are needed with channel touchpoint, and only there")
	}
	if q.Channel == "touchpoint" && len(q.Touches) > 0 {
		c.fail("touches", "have no meaning with channel touchpoint: the touchpoints say what a touch is")
	}
	if q.Channel == "touchpoint" && q.Unknown != "" {
		c.fail("unknown", "has no meaning with channel touchpoint: what no touchpoint matches is no touch")
	}
	c.count("touchpoints", len(q.Touchpoints), 0, 200)
	for i, t := range q.Touchpoints {
		if t.ID == "" {
			c.fail(fmt.Sprintf("touchpoints[%d].id", i), "is empty")
		}
		c.matchers(fmt.Sprintf("touchpoints[%d].match", i), t.Match)
	}
}

func (c *check) rules(rules []Rule) {
	c.count("rules", len(rules), 0, 100)
	for i, r := range rules {
		c.text(fmt.Sprintf("rules[%d].match", i), r.Match)
		if r.Match == "" {
			c.fail(fmt.Sprintf("rules[%d].match", i), "is empty")
		}
	}
}
