package mapping

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
)

// plan is one entry of spec.rows, compiled.
type plan struct {
	spec    *Rows
	path    string
	by      []*program
	lookups []*program // their on
	lets    []*program
	when    *program
	key     []*program
	events  []eventPlan
	all     []*program
	columns map[string]string // lookup name → file, for the check of columns
}

// eventPlan is one event of it, compiled; inherited expressions are filled in.
type eventPlan struct {
	kind     string
	name     string
	salt     string // what of the message id is the same for all rows
	nameFrom *program
	when     *program
	user     *program
	anon     *program
	account  *program
	previous *program
	time     *program
	message  []*program
	objects  [3]*tree // properties, traits, context
}

var objectNames = [3]string{"properties", "traits", "context"}

// check compiles everything; what is wrong comes as joined *Errors.
func (m *Mapping) check() error {
	var errs []error
	c := clock{zone: time.UTC, layouts: m.Spec.TimeLayouts}
	if m.Spec.TimeZone != "" {
		zone, err := time.LoadLocation(m.Spec.TimeZone)
		if err != nil {
			errs = append(errs, m.fault("spec.time_zone", "unknown time zone %q: it is written like Europe/Oslo", m.Spec.TimeZone))
		} else {
			c.zone = zone
		}
	}
	if len(c.layouts) == 0 {
		c.layouts = defaultLayouts[:]
	}
	m.clock = c
	errs = append(errs, m.checkFiles()...)
	env, err := cel.NewEnv(functions(c)...)
	if err != nil {
		return fmt.Errorf("BUG: CEL environment: %w", err)
	}
	if len(m.Spec.Rows) == 0 {
		errs = append(errs, m.fault("spec.rows", "is empty: no row becomes an event"))
	}
	salts := map[string]int{}
	for i := range m.Spec.Rows {
		b := &builder{
			compiler: compiler{m: m, env: env}, salts: salts,
			plan: &plan{spec: &m.Spec.Rows[i], path: fmt.Sprintf("spec.rows[%d]", i), columns: map[string]string{}},
		}
		b.build()
		errs = append(errs, b.errs...)
		b.plan.all = b.all
		m.plans = append(m.plans, b.plan)
	}
	return errors.Join(errs...)
}

func (m *Mapping) checkFiles() (errs []error) {
	for name, f := range m.Spec.Files {
		at := "spec.files." + name
		if _, err := path.Match(f.Name, ""); err != nil || strings.ContainsAny(f.Name, `/\`) || f.Name == "" {
			errs = append(errs, m.fault(at+".name", "%q should be a file's name without a folder, or a pattern with * and ?", f.Name))
		}
		if len([]rune(f.Delimiter)) > 1 || f.Delimiter == "\n" || f.Delimiter == `"` {
			errs = append(errs, m.fault(at+".delimiter", "should be one character"))
		}
	}
	return errs
}

// builder makes the plan of one entry.
type builder struct {
	compiler
	plan  *plan
	salts map[string]int
}

func (b *builder) fileExists(at, name string) {
	if _, ok := b.m.Spec.Files[name]; !ok {
		var known []string
		for n := range b.m.Spec.Files {
			known = append(known, n)
		}
		slices.Sort(known)
		b.errs = append(b.errs, b.m.fault(at, "spec.files has no %q%s", name, didYouMean(name, known)))
	}
}

func (b *builder) build() {
	p, s := b.plan, b.plan.spec
	b.fileExists(p.path+".from", s.From)
	b.declare(p.path, "row")
	if s.Explode != "" {
		b.declare(p.path, "parent")
		b.declare(p.path, "index")
	}
	if s.Group != nil {
		p.by = b.compileAll(p.path+".group.by", s.Group.By)
		if len(s.Group.By) == 0 {
			b.errs = append(b.errs, b.m.fault(p.path+".group", "by is empty"))
		}
		if s.Group.Within < 0 {
			b.errs = append(b.errs, b.m.fault(p.path+".group.within", "cannot be negative"))
		}
		b.declare(p.path+".group", "lines")
	}
	for i, l := range s.Lookup {
		at := fmt.Sprintf("%s.lookup[%d]", p.path, i)
		b.fileExists(at+".in", l.In)
		p.lookups = append(p.lookups, b.compile(at+".on", l.On))
		b.declare(at+".as", l.As)
		p.columns[l.As] = l.In
	}
	for i, l := range s.Let {
		at := fmt.Sprintf("%s.let[%d]", p.path, i)
		p.lets = append(p.lets, b.compile(at+".value", l.Value))
		b.declare(at+".as", l.As)
	}
	p.when = b.compile(p.path+".when", s.When)
	p.key = b.compileAll(p.path+".key", s.Key)
	if len(s.Events) == 0 {
		b.errs = append(b.errs, b.m.fault(p.path+".events", "is empty: no row becomes an event"))
	}
	for i := range s.Events {
		p.events = append(p.events, b.event(fmt.Sprintf("%s.events[%d]", p.path, i), &s.Events[i]))
	}
}

func (b *builder) event(at string, e *Event) eventPlan {
	p, s := b.plan, b.plan.spec
	out := eventPlan{kind: e.Type, name: e.Event}
	if out.kind == "" {
		out.kind = "track"
	}
	or := func(key string, own, rows Expr) *program {
		if own != "" {
			return b.compile(at+"."+key, own)
		}
		return b.compile(p.path+"."+key, rows)
	}
	out.nameFrom = b.compile(at+".event_from", e.EventFrom)
	out.when = b.compile(at+".when", e.When)
	out.user = or("user", e.User, s.User)
	out.anon = or("anonymous", e.Anonymous, s.Anonymous)
	out.account = or("account", e.Account, s.Account)
	out.time = or("time", e.Time, s.Time)
	out.previous = b.compile(at+".previous", e.Previous)
	out.message = b.compileAll(at+".message_id", e.MessageID)
	for i, fields := range [3]map[string]Expr{e.Properties, e.Traits, e.Context} {
		out.objects[i] = b.object(at+"."+objectNames[i], fields)
	}
	b.eventRules(at, e, out.kind)
	salt := strings.Join([]string{b.m.Metadata.ID, s.From, out.kind, e.Event, string(e.EventFrom)}, "\x00")
	if n := b.salts[salt]; n > 0 {
		out.salt = fmt.Sprintf("%s\x00%d", salt, n)
	} else {
		out.salt = salt
	}
	b.salts[salt]++
	return out
}

func (b *builder) eventRules(at string, e *Event, kind string) {
	bad := func(key, format string, args ...any) {
		b.errs = append(b.errs, b.m.fault(at+key, format, args...))
	}
	s := b.plan.spec
	switch {
	case e.Event != "" && e.EventFrom != "":
		bad(".event_from", "either event or event_from, not both")
	case kind == "track" && e.Event == "" && e.EventFrom == "":
		bad("", "a track event needs event (its name) or event_from")
	case (kind == "identify" || kind == "group" || kind == "alias") && (e.Event != "" || e.EventFrom != ""):
		bad(".event", "a call of type %s has no name", kind)
	case len(e.Traits) > 0 && kind != "identify" && kind != "group":
		bad(".traits", "only identify and group calls have traits; this is of type %s: use properties", kind)
	case len(e.Properties) > 0 && (kind == "identify" || kind == "group" || kind == "alias"):
		bad(".properties", "a call of type %s has no properties: use traits", kind)
	case kind == "group" && e.Account == "" && s.Account == "":
		bad("", "a group call needs account")
	case kind == "alias" && e.Previous == "":
		bad("", "an alias call needs previous")
	case e.User == "" && s.User == "" && e.Anonymous == "" && s.Anonymous == "":
		bad("", "needs user or anonymous: an event is somebody's")
	case e.Time == "" && s.Time == "":
		bad("", "needs time: when it happened")
	}
}

// tree is an object to write: names in order, each with a value or an object.
type tree struct {
	names []string
	parts []treePart
}

type treePart struct {
	value *program
	under *tree
}

// object compiles the fields of an object. Names with dots nest.
func (b *builder) object(at string, fields map[string]Expr) *tree {
	if len(fields) == 0 {
		return nil
	}
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	root := &tree{}
	for _, name := range names {
		t, parts := root, strings.Split(name, ".")
		for i, part := range parts {
			j := slices.Index(t.names, part)
			last := i == len(parts)-1
			if part == "" || j >= 0 && (last || t.parts[j].under == nil) {
				b.errs = append(b.errs, b.m.fault(at+"."+name, "%q cannot be both a value and hold others, and no part of a name is empty", name))
				break
			}
			if j < 0 {
				j = len(t.names)
				t.names = append(t.names, part)
				t.parts = append(t.parts, treePart{})
			}
			if last {
				t.parts[j].value = b.compile(at+"."+name, fields[name])
			} else if t.parts[j].under == nil {
				t.parts[j].under = &tree{}
			}
			t = t.parts[j].under
		}
	}
	return root
}
