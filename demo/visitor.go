package demo

import (
	"slices"
	"strconv"
	"strings"

	"wend.dev/wend/event"
)

// visitor is one person of a household.
type visitor struct {
	*household
	i      int
	id     string // household and number: h12-0
	device string
	known  bool
	now    event.Millis
	seq    int
	ctx    []event.Field // of the session under way, sorted
	mobile bool
	safari bool
}

func (h *household) visitor(i int, at event.Millis) *visitor {
	v := &visitor{household: h, i: i, now: at}
	v.id = h.seed + "-" + strconv.Itoa(h.n) + "-" + strconv.Itoa(i)
	v.device = "d-" + v.id
	v.mobile = h.chance(h.person.mobile)
	v.safari = v.mobile && h.chance(0.5) || !v.mobile && h.chance(0.12)
	return v
}

// role is the person's part in the buying centre.
func (v *visitor) role() string {
	if !v.person.b2b {
		return "buyer"
	}
	return [...]string{"user", "buyer", "decider", "influencer"}[v.i%4]
}

func str(path, s string) event.Field { return event.Field{Path: path, Value: event.StringValue(s)} }
func num(path string, f float64) event.Field {
	return event.Field{Path: path, Value: event.NumberValue(f)}
}
func truth(path string, b bool) event.Field {
	return event.Field{Path: path, Value: event.BoolValue(b)}
}
func raw(path, json string) event.Field { return event.Field{Path: path, Value: event.JSONValue(json)} }

// arrive begins a session from a source; nil is a direct visit.
func (v *visitor) arrive(s *source) {
	browser, kind, os := "Chrome", "desktop", "Windows"
	if v.mobile {
		kind, os = "mobile", "Android"
	}
	if v.safari {
		browser, os = "Safari", "macOS"
		if v.mobile {
			os = "iOS"
		}
	}
	v.ctx = v.ctx[:0:0]
	v.ctx = append(v.ctx, str("context.browser.name", browser))
	if s != nil && s.medium != "" && s.medium != "organic" {
		v.ctx = append(v.ctx, str("context.campaign.medium", s.medium), str("context.campaign.source", s.name))
	}
	v.ctx = append(v.ctx, str("context.channel", "web"), str("context.device.type", kind), str("context.locale", v.market.locale),
		str("context.location.country", v.market.country), str("context.os.name", os))
	if s != nil && s.site != "" {
		v.ctx = append(v.ctx, str("context.referrer.url", s.site))
	}
	v.ctx = append(v.ctx, str("context.timezone", v.market.zone))
	v.ctx = event.SortFields(v.ctx)
}

// offline begins contact through a channel that is not the site.
func (v *visitor) offline(channel string) {
	v.ctx = []event.Field{str("context.channel", channel), str("context.locale", v.market.locale),
		str("context.location.country", v.market.country), str("context.timezone", v.market.zone)}
}

// emit writes one event at v.now.
func (v *visitor) emit(kind event.Kind, name string, fields ...event.Field) {
	fields = event.SortFields(fields)
	all := make([]event.Field, 0, len(v.ctx)+len(fields))
	all = append(append(all, v.ctx...), fields...)
	e := event.Event{
		MessageID: "sim-" + v.id + "-" + strconv.Itoa(v.seq), Kind: kind, Name: name, Time: v.now, ReceivedAt: v.now,
		Source: "simulator", Fields: event.SortFields(all),
	}
	v.seq++
	if v.known {
		e.UserID = "c-" + v.id
	}
	if !v.known || kind == event.Identify {
		e.AnonymousID = v.device
	}
	if v.known && v.person.b2b {
		e.GroupID = v.company()
	}
	e.Profile = event.ProfileOf(e.UserID, e.AnonymousID)
	v.out = append(v.out, e)
}

func (v *visitor) company() string { return "company-" + v.seed + "-" + strconv.Itoa(v.n) }

func (v *visitor) track(name string, fields ...event.Field) { v.emit(event.Track, name, fields...) }

// page views a page. Only the first of a session tells where the visitor came from, as in a browser: later addresses
// bear no campaign.
func (v *visitor) page(path string) {
	defer v.forgetSource()
	v.emit(event.Page, event.Page.DefaultName(), str("context.page.path", path), str("context.page.url", "https://nordverk.example"+path))
	v.now += v.around(35*second, 0.7)
}

func (v *visitor) forgetSource() {
	v.ctx = slices.DeleteFunc(v.ctx, func(f event.Field) bool {
		return f.Path == "context.referrer.url" || strings.HasPrefix(f.Path, "context.campaign.")
	})
}

// identify is logging in or giving an address: from here on the person is known.
func (v *visitor) identify() {
	if v.known {
		return
	}
	v.known = true
	first, last := firstNames[v.hash(1)%len(firstNames)], lastNames[v.hash(2)%len(lastNames)]
	v.emit(event.Identify, event.Identify.DefaultName(),
		str("traits.email", "c-"+v.id+"@customer.example"), str("traits.name", first+" "+last),
		str("traits.persona", v.person.id), str("traits.country", v.market.country), str("traits.city", v.market.city),
		str("traits.timezone", v.market.zone), str("traits.role", v.role()), truth("traits.b2b", v.person.b2b))
	if v.person.b2b {
		v.now += second
		v.emit(event.Group, event.Group.DefaultName(), str("traits.name", last+" & co"), num("traits.employees", float64(2+v.n%60)),
			str("traits.industry", industries[v.n%len(industries)]))
	}
	v.now += second
}

func (v *visitor) hash(salt int) int { return (v.n*31 + v.i*17 + salt*101) & 0x7fffffff }

var firstNames = []string{"Kari", "Ola", "Ingrid", "Lars", "Astrid", "Erik", "Maja", "Johan", "Freja", "Mikkel", "Sofie", "Magda", "Piotr", "Agnieszka", "Tomasz", "Nils"}

var lastNames = []string{"Hansen", "Berg", "Nilsson", "Lindqvist", "Sørensen", "Møller", "Kowalski", "Nowak", "Wiśniewska", "Haugen", "Dahl", "Ek", "Lund", "Zieliński"}

var industries = []string{"car repair", "construction", "metalwork", "electrical", "agriculture", "marine"}
