// Package mapping is stage 1, the mapping language: a YAML file and rows of files in, events as Segment's spec writes
// them out.
//
// A mapping names its files, says how their rows belong together, and what events each row tells of. Values are CEL
// expressions over the row. docs/import.md explains it with examples; docs/schema/mapping.schema.json is its schema.
//
//	files    orders.csv   items.csv   reviews.csv
//	rows     from: orders ─ explode ─ group ─ lookup (items by order_id, …) ─ let ─ when
//	events   ├─ Order Completed    when, user, time, properties
//	         └─ Shipment Delivered when, user, time, properties
//
// Reading is lazy and in a fixed order: the same files and mapping give the same rows, numbered from 1, and the same
// events with the same message ids. That is what makes an import resumable and repeatable.
package mapping

import "encoding/json"

// Mapping is a mapping file.
type Mapping struct {
	APIVersion string   `json:"apiVersion" enum:"wend/v1" required:"true" doc:"Always wend/v1"`
	Kind       string   `json:"kind" enum:"Mapping" required:"true" doc:"Always Mapping"`
	Metadata   Metadata `json:"metadata" required:"true"`
	Spec       Spec     `json:"spec" required:"true"`

	name  string         // of the file, for messages
	lines map[string]int // path → line: "spec.rows[0].key"
	clock clock
	plans []*plan
}

// Metadata names the mapping.
type Metadata struct {
	ID    string `json:"id" required:"true" doc:"Part of every message id: two mappings with different ids never make the same event"`
	Title string `json:"title,omitempty" doc:"For people"`
}

// Spec is what a mapping says.
type Spec struct {
	TimeZone    string          `json:"time_zone,omitempty" doc:"IANA name of the zone that times without an offset are in; default UTC"`
	TimeLayouts []string        `json:"time_layouts,omitempty" doc:"How times are written, as Go writes the instant 2006-01-02T15:04:05; tried in turn. Default: RFC 3339 and the same with a blank, without offset, without seconds, the date alone"`
	Files       map[string]File `json:"files" required:"true" doc:"The files by a name of your own"`
	Rows        []Rows          `json:"rows" required:"true" doc:"Which files' rows become events"`
}

// File says which file is meant and how it is written.
type File struct {
	Name       string   `json:"name" required:"true" doc:"The file's name without its folder, or a pattern: orders-*.csv. A .gz at the end may be left out. Several files that match are read in order of name"`
	Format     string   `json:"format,omitempty" enum:"csv,ndjson,parquet" doc:"Default by the file's name"`
	Delimiter  string   `json:"delimiter,omitempty" doc:"Of CSV; default a comma, in .tsv files a tab"`
	Encoding   string   `json:"encoding,omitempty" enum:"utf-8,latin1" doc:"Of CSV; default utf-8"`
	LazyQuotes bool     `json:"lazy_quotes,omitempty" doc:"CSV: quotes may stand unescaped inside a cell"`
	Null       []string `json:"null,omitempty" doc:"CSV: cells that mean null, beside the empty one"`
	Header     []string `json:"header,omitempty" doc:"CSV: the columns' names, when the file has no line of names"`
	Optional   []string `json:"optional,omitempty" doc:"Columns that may be absent; they are null then"`
}

// Rows says how the rows of one file become events. Its parts work in the order in which they stand here.
type Rows struct {
	From      string   `json:"from" required:"true" doc:"Name of the file under files"`
	Explode   string   `json:"explode,omitempty" doc:"Column that holds a list of objects: each becomes a row, and what held it is parent; index is its place in the list, from 0"`
	Group     *Group   `json:"group,omitempty"`
	Lookup    []Lookup `json:"lookup,omitempty" doc:"Rows of other files that belong to this one"`
	Let       []Let    `json:"let,omitempty" doc:"Names for values that are used several times"`
	When      Expr     `json:"when,omitempty" doc:"CEL: only rows for which this is true become events"`
	Key       Exprs    `json:"key,omitempty" doc:"CEL, one or several: what tells this row from all others, whichever file it is in. Message ids are made of it. Default the row's content with its file and line"`
	User      Expr     `json:"user,omitempty" doc:"CEL: userId of all the events, where they have none of their own"`
	Anonymous Expr     `json:"anonymous,omitempty" doc:"CEL: anonymousId, likewise"`
	Account   Expr     `json:"account,omitempty" doc:"CEL: the account's id, likewise"`
	Time      Expr     `json:"time,omitempty" doc:"CEL: when it happened, likewise; a text is read as time() reads it"`
	Events    []Event  `json:"events" required:"true" doc:"The events each row makes"`
}

// Group makes one row of several lines with the same key. row is then the first of them and lines is all.
type Group struct {
	By     Exprs `json:"by" required:"true" doc:"CEL over the line, one or several: lines with equal values belong together"`
	Within int   `json:"within,omitempty" doc:"How many other lines may stand between two lines of a group; default 0, they follow one another. A group that comes back later than that is an error. Memory holds the open groups: about as many lines as this number"`
}

// Lookup finds the rows of another file, which is held in memory.
type Lookup struct {
	As       string   `json:"as" required:"true" doc:"Name of the result in expressions"`
	In       string   `json:"in" required:"true" doc:"Name of the file under files"`
	Key      string   `json:"key" required:"true" doc:"Column of that file"`
	On       Expr     `json:"on" required:"true" doc:"CEL: the value the column must have"`
	Many     bool     `json:"many,omitempty" doc:"The result is a list of all rows found, in order of the file. Default the first one; if there is none, a row whose columns are all null"`
	Required bool     `json:"required,omitempty" doc:"Finding none makes the row a bad one"`
	Columns  []string `json:"columns,omitempty" doc:"Columns to keep in memory; default all"`
}

// Let names a value.
type Let struct {
	As    string `json:"as" required:"true" doc:"Name of the value in the expressions below"`
	Value Expr   `json:"value" required:"true" doc:"CEL"`
}

// Event is one event that a row may make.
type Event struct {
	Type       string          `json:"type,omitempty" enum:"track,page,screen,identify,group,alias" doc:"Default track"`
	Event      string          `json:"event,omitempty" doc:"Name of the event (track), the page or the screen, as it is"`
	EventFrom  Expr            `json:"event_from,omitempty" doc:"CEL: the name, where it stands in the row"`
	When       Expr            `json:"when,omitempty" doc:"CEL: the row makes this event only if it is true"`
	User       Expr            `json:"user,omitempty" doc:"CEL: userId"`
	Anonymous  Expr            `json:"anonymous,omitempty" doc:"CEL: anonymousId"`
	Account    Expr            `json:"account,omitempty" doc:"CEL: the account's id: groupId of a group call, context.groupId of others"`
	Previous   Expr            `json:"previous,omitempty" doc:"CEL: previousId of an alias call"`
	Time       Expr            `json:"time,omitempty" doc:"CEL: when it happened"`
	MessageID  Exprs           `json:"message_id,omitempty" doc:"CEL, one or several: what tells this event from all others of its name; default the key of the row"`
	Properties map[string]Expr `json:"properties,omitempty" doc:"CEL by name; a null is left out. A dot in the name nests: address.city"`
	Traits     map[string]Expr `json:"traits,omitempty" doc:"CEL by name, of identify and group calls"`
	Context    map[string]Expr `json:"context,omitempty" doc:"CEL by name: channel, campaign.source, locale"`
}

// Expr is a CEL expression. A number or a truth value in the YAML stands for itself.
type Expr string

// UnmarshalJSON reads a text, a number or a truth value.
func (e *Expr) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(e))
	}
	*e = Expr(b)
	return nil
}

// Exprs is one CEL expression or a list of them.
type Exprs []Expr

// UnmarshalJSON reads one or a list.
func (e *Exprs) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]Expr)(e))
	}
	*e = make(Exprs, 1)
	return json.Unmarshal(b, &(*e)[0])
}

// SetFormat sets the format of the files that the mapping leaves to be guessed.
func (m *Mapping) SetFormat(format string) {
	for name, f := range m.Spec.Files {
		if f.Format == "" {
			f.Format = format
			m.Spec.Files[name] = f
		}
	}
}

// Rules are all that decides which events the mapping makes, as text: equal for mappings that differ in comments,
// layout and title only.
func (m *Mapping) Rules() string {
	b, err := json.Marshal(struct {
		ID   string
		Spec *Spec
	}{m.Metadata.ID, &m.Spec})
	if err != nil {
		panic("BUG: a mapping that is not JSON: " + err.Error())
	}
	return string(b)
}
