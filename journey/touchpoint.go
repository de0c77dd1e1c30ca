package journey

import "wend.dev/wend/engine/seq"

// Touchpoint is one contact between a customer and the company or what is said of it. It is atomic, stands in the
// library and is linked into maps by its id, never copied.
type Touchpoint struct {
	Header
	Spec TouchpointSpec `json:"spec"`
}

// TouchpointSpec is the content of a Touchpoint.
type TouchpointSpec struct {
	Kind      string `json:"kind,omitempty" enum:"communication,action" doc:"Something is said between two, or one actor does something"`
	Channel   string `json:"channel,omitempty" doc:"Where it happens: web shop, e-mail, store, phone. Touchpoints of one channel stand in one row"`
	Sender    string `json:"sender,omitempty" doc:"Communication: who speaks"`
	Receiver  string `json:"receiver,omitempty" doc:"Communication: who listens"`
	Initiator string `json:"initiator,omitempty" enum:"customer,company,third_party" doc:"Who starts it"`
	Medium    string `json:"medium,omitempty" enum:"digital,physical"`
	Presence  string `json:"presence,omitempty" enum:"online,offline"`
	Influence string `json:"influence,omitempty" enum:"direct,indirect" doc:"direct: our own site, our own mail; indirect: review sites, press, word of mouth"`
	Sphere    string `json:"sphere,omitempty" enum:"peripheral,external,internal" doc:"peripheral: first contacts, referral; external: ads, social, site, store; internal: service, sales, delivery"`
	Locale    string `json:"locale,omitempty" doc:"BCP 47: nb-NO"`

	Department    string   `json:"department,omitempty"`
	Systems       []string `json:"systems,omitempty" doc:"What it runs on behind the stage"`
	Personalised  string   `json:"personalised,omitempty" enum:"no,should_be,is"`
	MomentOfTruth bool     `json:"moment_of_truth,omitempty" doc:"A contact that decides whether the customer stays"`
	Picture       string   `json:"picture,omitempty" doc:"Address of a picture"`

	Views   []View   `json:"views,omitempty" doc:"What it is to each persona"`
	Ratings *Ratings `json:"ratings,omitempty" doc:"What the team thinks of it"`

	Match        []seq.Matcher `json:"match,omitempty" doc:"How events reach it: any of them. Without one it cannot be observed"`
	Failure      []seq.Matcher `json:"failure,omitempty" doc:"Which of its events are failures; beside them outcome == 'failed' always is one"`
	Score        *Score        `json:"score,omitempty" doc:"Answers that customers gave about it"`
	MoreIs       string        `json:"more_is,omitempty" enum:"good,bad" doc:"Whether more visits are good news; default good. bad for a complaint, a late parcel, a call for help"`
	TargetToNext seq.Duration  `json:"target_to_next,omitempty" doc:"How soon the next touchpoint should follow"`
}

// View is what a touchpoint is to one persona.
type View struct {
	Persona     string `json:"persona,omitempty" doc:"Default: all"`
	Need        string `json:"need,omitempty"`
	Question    string `json:"question,omitempty"`
	Feeling     string `json:"feeling,omitempty"`
	Information string `json:"information,omitempty" doc:"What the customer must be told here"`
	Source      string `json:"source,omitempty" doc:"Where it is known from; without one it counts as assumed"`
}

// Ratings are the team's own marks from 1 (poor, low) to 5 (good, high); 0 is not rated. They are opinions: the map
// never mixes them with what customers answered or did.
type Ratings struct {
	Find         int `json:"find,omitempty" minimum:"0" maximum:"5" doc:"How easy it is to find"`
	Choose       int `json:"choose,omitempty" minimum:"0" maximum:"5"`
	Buy          int `json:"buy,omitempty" minimum:"0" maximum:"5"`
	Get          int `json:"get,omitempty" minimum:"0" maximum:"5"`
	Use          int `json:"use,omitempty" minimum:"0" maximum:"5"`
	Maintain     int `json:"maintain,omitempty" minimum:"0" maximum:"5"`
	Satisfaction int `json:"satisfaction,omitempty" minimum:"0" maximum:"5" doc:"How content customers are thought to be"`
	ToCustomer   int `json:"to_customer,omitempty" minimum:"0" maximum:"5" doc:"How important it is to the customer"`
	ToUs         int `json:"to_us,omitempty" minimum:"0" maximum:"5" doc:"How important it is to the company"`
}

// Score says which events carry customers' answers about the touchpoint.
type Score struct {
	Event    seq.Names `json:"event" doc:"Survey Answered"`
	Where    string    `json:"where,omitempty" doc:"CEL over the event"`
	Property string    `json:"property" doc:"Path of the answer: properties.score"`
	Scale    string    `json:"scale" enum:"nps,csat,ces" doc:"nps: 0 to 10; csat: 1 to 5; ces: 1 to 7"`
}

// Persona is a made-up person who stands for a kind of customer.
type Persona struct {
	Header
	Spec PersonaSpec `json:"spec"`
}

// PersonaSpec is the content of a Persona.
type PersonaSpec struct {
	FirstName       string   `json:"first_name,omitempty"`
	LastName        string   `json:"last_name,omitempty"`
	Picture         string   `json:"picture,omitempty" doc:"Address of a picture"`
	Quote           string   `json:"quote,omitempty" doc:"What this person would say"`
	Age             int      `json:"age,omitempty" minimum:"0" maximum:"130"`
	Income          string   `json:"income,omitempty"`
	MaritalStatus   string   `json:"marital_status,omitempty"`
	Residence       string   `json:"residence,omitempty"`
	Employer        string   `json:"employer,omitempty"`
	CareerLevel     string   `json:"career_level,omitempty"`
	Job             string   `json:"job,omitempty"`
	BuyingRole      string   `json:"buying_role,omitempty" enum:"user,influencer,buyer,decider,gatekeeper,initiator" doc:"Part played in the buying centre"`
	Company         *Company `json:"company,omitempty"`
	Goals           []string `json:"goals,omitempty"`
	Frustrations    []string `json:"frustrations,omitempty"`
	Channels        []string `json:"channels,omitempty" doc:"Preferred, best first"`
	PaymentMethods  []string `json:"payment_methods,omitempty" doc:"Preferred, best first"`
	DeliveryMethods []string `json:"delivery_methods,omitempty" doc:"Preferred, best first"`
	Origin          string   `json:"origin,omitempty" enum:"new,competitor" doc:"New to what we sell, or coming from a competitor"`
	Segment         string   `json:"segment,omitempty" doc:"CEL over event and profile that says which real customers are meant: profile.traits.role == 'purchaser'"`
	SegmentID       string   `json:"segment_id,omitempty" doc:"Id of a stored segment whose members are meant, instead of segment"`
	Source          string   `json:"source,omitempty" doc:"What the persona is drawn from: 'twelve interviews, 2026'"`
}

// Company is where a persona works.
type Company struct {
	Size        string   `json:"size,omitempty" doc:"small, medium, large or own words"`
	Employees   int      `json:"employees,omitempty" minimum:"0"`
	Industry    string   `json:"industry,omitempty"`
	Budget      string   `json:"budget,omitempty"`
	Competitors []string `json:"competitors,omitempty"`
}

// Library is the touchpoints and personas that journeys refer to by id, and the segments that personas refer to. The rest is for the linter only.
type Library struct {
	Touchpoints map[string]*Touchpoint
	Personas    map[string]*Persona
	Segments    map[string]*Segment
	Journeys    map[string]*Journey // all maps, by id
	Left        []string            // owners who left
}
