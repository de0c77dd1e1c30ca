package seq

import (
	"fmt"
	"slices"
	"strings"
)

// Paths asks which ways actors take. See docs/questions.md, Paths.
type Paths struct {
	Scope
	Start      *Matcher `json:"start,omitempty" doc:"A path begins at its first match"`
	End        *Matcher `json:"end,omitempty" doc:"A path is cut at its first match and its last max_steps kept"`
	Between    *Between `json:"between,omitempty" doc:"Only what happens between two steps of a funnel"`
	Instead    *Instead `json:"instead,omitempty" doc:"Only what those did whom a funnel lost"`
	Compare    *Compare `json:"compare,omitempty" doc:"Count two groups side by side"`
	Node       string   `json:"node,omitempty" doc:"event, page, screen, touchpoint, a property path, or CEL that gives a text: properties.category + ' / ' + context.channel; default event"`
	Journey    string   `json:"journey,omitempty" doc:"With node touchpoint: the id of the journey whose touchpoints are meant, instead of touchpoints"`
	SessionGap Duration `json:"session_gap,omitempty" doc:"A pause this long starts a new path; default 30m"`
	MaxSteps   int      `json:"max_steps,omitempty" doc:"1 to 20, default 5"`
	Top        int      `json:"top,omitempty" doc:"Nodes kept per step, the rest is 'other'; 1 to 50, default 5"`
	Rules      []Rule   `json:"rules,omitempty" doc:"Cleaning rules, the first match wins"`
	Touchpoint []Mapped `json:"touchpoints,omitempty" doc:"With node touchpoint: what each touchpoint matches"`
}

// Between limits paths to the events between two consecutive steps of a funnel.
type Between struct {
	Steps  []Matcher `json:"steps" doc:"Exactly two"`
	Window Duration  `json:"window,omitempty" doc:"Default 7d"`
}

// Instead limits paths to those whom a funnel lost before a step. A path begins with the event that made the last
// required step before, and ends with the window in which the step could have been made.
type Instead struct {
	Funnel Funnel `json:"funnel" doc:"The funnel as it was asked, but without its range, actor and filter, which are those of this question, and without breakdown"`
	Step   int    `json:"step" doc:"The step that they did not make, from 2"`
}

// Compare counts paths of two groups side by side.
type Compare struct {
	A Group `json:"a" doc:"The one group"`
	B Group `json:"b" doc:"The other; differences are A's share minus B's"`
}

// Group is a part of the events, and so of the paths.
type Group struct {
	Name   string `json:"name,omitempty" doc:"Label; default the filter"`
	Filter string `json:"filter,omitempty" doc:"CEL over event and profile: only matching events are looked at; it holds besides the question's filter"`
}

// Label is the group's name in answers.
func (g Group) Label() string {
	if g.Name != "" {
		return g.Name
	}
	return g.Filter
}

// Rule renames nodes: those that match the RE2 expression become As.
type Rule struct {
	Match string `json:"match"`
	As    string `json:"as"`
}

// Mapped is a named set of matchers.
type Mapped struct {
	ID    string    `json:"id"`
	Name  string    `json:"name,omitempty" doc:"What its node is called; default the id"`
	Match []Matcher `json:"match"`
}

// PathsAnswer is what Paths gives. At every step the nodes' counts, with 'other', add up to what the step before
// passed on: count(step k) = Σ (count − dropoff) of step k−1.
type PathsAnswer struct {
	Nodes    []PathNode     `json:"nodes"`
	Edges    []PathEdge     `json:"edges"`
	Paths    int64          `json:"paths" doc:"Number of paths counted; with compare of both groups together"`
	Compared *ComparedPaths `json:"compared,omitempty" doc:"The two groups, with compare"`
	Meta     Meta           `json:"meta"`
}

// ComparedPaths tells of the two groups.
type ComparedPaths struct {
	A ComparedGroup `json:"a" doc:"The one group"`
	B ComparedGroup `json:"b" doc:"The other group"`
}

// ComparedGroup is one group: its shares are of these paths.
type ComparedGroup struct {
	Name  string `json:"name" doc:"Label of the group"`
	Paths int64  `json:"paths" doc:"Number of its paths"`
}

// Compared is a count of both groups, and their shares of all the group's paths.
type Compared struct {
	A          int64       `json:"a" doc:"Paths of the one group"`
	B          int64       `json:"b" doc:"Paths of the other group"`
	ShareA     float64     `json:"share_a" doc:"a / all paths of the one group, 0 to 1"`
	ShareB     float64     `json:"share_b" doc:"b / all paths of the other group, 0 to 1"`
	Difference *Difference `json:"difference,omitempty" doc:"share_a − share_b; absent when a group has no paths"`
}

// Difference is a difference with its 95 % interval.
type Difference struct {
	Value float64 `json:"value" doc:"The difference, -1 to 1"`
	Low   float64 `json:"low" doc:"Lower end of the 95 % interval"`
	High  float64 `json:"high" doc:"Upper end of the 95 % interval"`
	Clear bool    `json:"clear" doc:"The interval leaves out 0"`
}

// PathNode is one place at one step.
type PathNode struct {
	ID       string    `json:"id" doc:"step and name: 2:/cart"`
	Step     int       `json:"step" doc:"From 1"`
	Name     string    `json:"name"`
	Other    bool      `json:"other,omitempty" doc:"Stands for all the nodes that did not make the top"`
	Count    int64     `json:"count" doc:"Paths that were here at this step"`
	Dropoff  int64     `json:"dropoff" doc:"Paths that ended here"`
	Compared *Compared `json:"compared,omitempty" doc:"Count of each group, with compare"`
	Ended    *Compared `json:"ended,omitempty" doc:"Dropoff of each group, with compare"`
}

// PathEdge is a move between two nodes of consecutive steps; Source and Target are node ids.
type PathEdge struct {
	Source        string    `json:"source"`
	Target        string    `json:"target"`
	Count         int64     `json:"count" doc:"Transitions"`
	MedianSeconds float64   `json:"median_seconds"`
	Compared      *Compared `json:"compared,omitempty" doc:"Count of each group, with compare"`
}

var pathNodes = []string{"event", "page", "screen", "touchpoint"}

// Expression says whether the node is CEL, not one of the words nor a plain property path.
func (q Paths) Expression() bool {
	return q.Node != "" && !slices.Contains(pathNodes, q.Node) &&
		(!isPath(q.Node) || strings.HasPrefix(q.Node, "profile.") || strings.ContainsAny(q.Node, `+*/%?:,()"'[]<>=!&|`))
}

// Validate finds what is wrong with the question's form. CEL is looked at when the engine compiles it.
func (q Paths) Validate() error {
	var c check
	c.scope(q.Scope)
	if q.Breakdown != nil {
		c.fail("breakdown", "paths have no breakdown; use compare or filter")
	}
	if q.Start != nil {
		c.matcher("start", *q.Start)
	}
	if q.End != nil {
		c.matcher("end", *q.End)
	}
	if b := q.Between; b != nil {
		c.count("between.steps", len(b.Steps), 2, 2)
		c.matchers("between.steps", b.Steps)
		c.positive("between.window", b.Window)
	}
	c.instead(q)
	if g := q.Compare; g != nil {
		c.text("compare.a.name", g.A.Name)
		c.text("compare.a.filter", g.A.Filter)
		c.text("compare.b.name", g.B.Name)
		c.text("compare.b.filter", g.B.Filter)
		if g.A.Filter == g.B.Filter {
			c.fail("compare.b.filter", "both groups are the same; give them different filters")
		}
	}
	c.positive("session_gap", q.SessionGap)
	c.between("max_steps", q.MaxSteps, 1, 20)
	c.between("top", q.Top, 1, 50)
	c.text("node", q.Node)
	if q.Expression() && isWord(q.Node) {
		c.fail("node", "%q is none of %s, nor a property path such as properties.category, nor CEL%s", q.Node, strings.Join(pathNodes, ", "), Hint(q.Node, pathNodes))
	}
	c.count("rules", len(q.Rules), 0, 100)
	for i, r := range q.Rules {
		c.text(fmt.Sprintf("rules[%d].match", i), r.Match)
		if r.Match == "" {
			c.fail(fmt.Sprintf("rules[%d].match", i), "is empty")
		}
	}
	c.touchpoints(q)
	return c.done()
}

func isWord(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '-' })
}

func (c *check) touchpoints(q Paths) {
	switch {
	case q.Journey != "" && len(q.Touchpoint) > 0:
		c.fail("touchpoints", "are those of the journey; leave one of the two out")
	case q.Journey != "" && q.Node != "touchpoint":
		c.fail("journey", "is needed with node touchpoint only")
	case q.Journey == "" && (q.Node == "touchpoint") != (len(q.Touchpoint) > 0):
		c.fail("touchpoints", "are needed with node touchpoint, and only there; or name a journey")
	}
	c.count("touchpoints", len(q.Touchpoint), 0, 200)
	for i, t := range q.Touchpoint {
		if t.ID == "" {
			c.fail(fmt.Sprintf("touchpoints[%d].id", i), "is empty")
		}
		c.matchers(fmt.Sprintf("touchpoints[%d].match", i), t.Match)
	}
}

func (c *check) instead(q Paths) {
	if q.Instead == nil {
		return
	}
	f := q.Instead.Funnel
	switch {
	case q.Start != nil || q.End != nil || q.Between != nil:
		c.fail("instead", "begins and ends its paths itself; leave out start, end and between")
	case f.From != nil || f.To != nil || f.Actor != "" || f.Filter != "":
		c.fail("instead.funnel", "its range, actor and filter belong to the question itself")
	case f.Breakdown != nil:
		c.fail("instead.funnel.breakdown", "has no meaning here; use filter")
	case f.Trend != nil || f.Times:
		c.fail("instead.funnel", "trend and times have no meaning here")
	}
	c.inside("instead", FunnelWho{Funnel: f, Step: q.Instead.Step, Outcome: "lost"}.Validate())
}
