// Package journey is stage 4: a planned journey and the engine's counts in, a map that is alive out.
//
// A Journey says what the company plans: stages, steps in them, touchpoints at each step. A Touchpoint says what one
// contact is and which events reach it; it stands in a library and is linked into many maps. A Persona says for
// whom. A Segment says which real customers do what. Live lays what customers do over the plan. The file sub-package reads and writes all as YAML; the JSON
// form is the same tree with the same names. docs/journeys.md explains each field to those who draw maps.
package journey

import "wend.dev/wend/engine/seq"

// APIVersion is what every definition file and document starts with.
const APIVersion = "wend/v1"

// The kinds of definition this package owns, as they stand in a document's kind.
const (
	KindJourney    = "Journey"
	KindTouchpoint = "Touchpoint"
	KindPersona    = "Persona"
	KindSegment    = "Segment"
)

// Header is what every definition begins with.
type Header struct {
	APIVersion string   `json:"apiVersion" enum:"wend/v1"`
	Kind       string   `json:"kind" enum:"Journey,Touchpoint,Persona,Segment"`
	Metadata   Metadata `json:"metadata"`
}

// Metadata names a definition and says who looks after it.
type Metadata struct {
	ID          string            `json:"id" pattern:"^[a-z0-9][a-z0-9-]{0,63}$" doc:"Lower-case letters, digits and hyphens; unique among its kind"`
	Title       string            `json:"title,omitempty" doc:"For people; a journey's reads 'I …'"`
	Description string            `json:"description,omitempty"`
	Owner       string            `json:"owner,omitempty" doc:"Who answers for it: a mail address or a team's name"`
	Team        string            `json:"team,omitempty"`
	Tags        map[string]string `json:"tags,omitempty" doc:"Free: market, brand, line of business"`
	ReviewEvery seq.Duration      `json:"review_every,omitempty" doc:"How often somebody checks that it is still true: 90d"`
	ReviewedOn  string            `json:"reviewed_on,omitempty" format:"date" doc:"Day of the last review, 2026-02-11"`
}

// Journey is a map: the path a kind of customer takes to get something done.
type Journey struct {
	Header
	Spec JourneySpec `json:"spec"`
}

// JourneySpec is the content of a Journey.
type JourneySpec struct {
	State    string       `json:"state,omitempty" enum:"draft,current,future" doc:"What the map shows: a sketch, how it is today, how it shall be; default draft"`
	Status   string       `json:"status,omitempty" enum:"unmapped,researched,live" doc:"How far the work on it is; default unmapped"`
	Level    string       `json:"level,omitempty" enum:"lifecycle,macro,micro" doc:"How wide it looks; default macro"`
	Parent   string       `json:"parent,omitempty" doc:"Id of the journey that it is a part of"`
	Actor    string       `json:"actor,omitempty" enum:"profile,account" doc:"Who travels: a person, or a company with all its people; default profile"`
	Idle     seq.Duration `json:"idle,omitempty" doc:"A silence this long ends a journey; default 45d"`
	Personas []string     `json:"personas,omitempty" doc:"Ids of the personas it is drawn for"`
	Stages   []Stage      `json:"stages" doc:"In order"`
	Branches []Branch     `json:"branches,omitempty" doc:"Where customers choose one of several ways"`
	Loops    []Loop       `json:"loops,omitempty" doc:"Where going back is planned"`
	Lanes    []Lane       `json:"lanes,omitempty" doc:"Rows of the map besides the touchpoints"`
	Emotions []Emotion    `json:"emotions,omitempty" doc:"How it is assumed to feel"`
	Value    *Value       `json:"value,omitempty" doc:"What the company wins on the journey"`
}

// Stage is a column of the map: awareness, consideration, decision, retention, advocacy, or any other.
type Stage struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty" doc:"Default: the id in words"`
	Aim   string `json:"aim,omitempty" doc:"What the customer wants to know or get here: 'Is it right for our workshop?'"`
	Goal  *Goal  `json:"goal,omitempty" doc:"What the company wants here"`
	Steps []Step `json:"steps,omitempty" doc:"In order"`
}

// Goal is a metric and the value it should have.
type Goal struct {
	Metric string `json:"metric" doc:"What is measured"`
	Of     string `json:"of,omitempty" doc:"The denominator of a rate: of whom or of what. Needed when target is in per cent"`
	Target string `json:"target,omitempty" doc:"'>= 1200 per week', '>= 40 %'"`
}

// Step is one thing the customer does, at one or several touchpoints: any of them makes the step.
type Step struct {
	ID          string   `json:"id"`
	Title       string   `json:"title,omitempty" doc:"Default: the id in words"`
	Optional    bool     `json:"optional,omitempty" doc:"The plan allows passing it by"`
	Touchpoints []string `json:"touchpoints,omitempty" doc:"Ids from the touchpoint library"`
}

// Branch says that after From a customer takes one of To, not all.
type Branch struct {
	From string   `json:"from" doc:"Id of a step or a touchpoint"`
	To   []string `json:"to" doc:"Ids of steps or touchpoints, two or more"`
}

// Loop says that going from From back to To is planned.
type Loop struct {
	From string `json:"from" doc:"Id of a step or a touchpoint"`
	To   string `json:"to" doc:"Id of a step or a touchpoint"`
}

// Lane is a row of the map.
type Lane struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty" doc:"Default: the kind in words"`
	Kind  string `json:"kind" enum:"does,needs,questions,emotions,pains,gains,opportunities,backstage,metrics,pictures,text,own"`
	Cells []Cell `json:"cells,omitempty"`
}

// Cell is what a lane says at one stage or step.
type Cell struct {
	At      string `json:"at" doc:"Id of a stage or a step"`
	Persona string `json:"persona,omitempty" doc:"Only for this persona; default for all"`
	Text    string `json:"text,omitempty"`
	Picture string `json:"picture,omitempty" doc:"Address of a picture"`
	Source  string `json:"source,omitempty" doc:"Where it is known from: 'interviews', 'workshop'. Without one the cell counts as assumed"`
	SeenOn  string `json:"seen_on,omitempty" format:"date" doc:"When it was found, 2026-02-11; evidence fades with age"`
}

// Emotion is how a step is assumed to feel. It is a guess until somebody asks or looks; see Curve.
type Emotion struct {
	Step    string  `json:"step" doc:"Id of a step or a stage"`
	Persona string  `json:"persona,omitempty" doc:"Default: all"`
	Assumed float64 `json:"assumed" minimum:"-1" maximum:"1" doc:"-1 awful, 0 neutral, 1 delightful"`
	Source  string  `json:"source,omitempty" doc:"Who says so, and when: 'workshop 2026-02-11'"`
}

// Value is the event that brings the company something, and how much.
type Value struct {
	Event    seq.Names `json:"event" doc:"Order Completed"`
	Where    string    `json:"where,omitempty" doc:"CEL over the event"`
	Property string    `json:"property" doc:"Path of the number: properties.total"`
	Currency string    `json:"currency,omitempty" pattern:"^[A-Z]{3}$" doc:"ISO 4217 code, for display: NOK"`
}
