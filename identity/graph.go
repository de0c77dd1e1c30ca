// Package identity is stage 1: collected events in, who is who out: which anonymous profiles turned out to be which
// users, and which account each profile belongs to.
//
// No event is ever rewritten. A ProfileID is a hash of the first identifier (event.ProfileOf); only what differs from
// that is kept here, as overrides that queries read through:
//
//	anonymous profile ──▶ user          a link: some event carried both identifiers
//	profile           ──▶ account       a membership: a group call, or context.groupId
//
// Links never chain (an anonymous id leads to a user, never to another anonymous id) and two users are never joined
// by an event. What the graph says depends on the set of events seen, not on their order: of several users an
// anonymous id was linked to, the one of the earliest event wins; of several accounts, the one of the latest.
package identity

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"wend.dev/wend/event"
)

// MaxPending is how many links wait, at most, for a first anonymous event. A link matters only once the anonymous id
// has events of its own; some SDKs (RudderStack's for Go) put a fresh random anonymous id on every message of a known
// user, and those links would grow without end. Past the bound the oldest waiting link is forgotten.
const MaxPending = 1 << 18

// Graph knows who is who. It is safe for concurrent use.
type Graph struct {
	mu       sync.Mutex
	links    map[event.ProfileID]link   // confirmed: the anonymous profile has events of its own
	pending  map[event.ProfileID]link   // not confirmed yet
	queue    []event.ProfileID          // pending in order of arrival; may hold ids no longer pending
	fresh    []event.ProfileID          // pending that View has not yet asked exists about
	members  map[event.ProfileID]member // by the profile that the event was collected under
	groups   map[event.AccountID]string
	dirty    bool
	merged   map[event.ProfileID]event.ProfileID
	latest   map[event.ProfileID]member // by root profile: what accounts was made of
	accounts map[event.ProfileID]event.AccountID
	names    map[event.AccountID]string
	limit    int
}

type link struct {
	user event.ProfileID
	time event.Millis
}

type member struct {
	account event.AccountID
	time    event.Millis
}

// New makes an empty graph.
func New() *Graph {
	return &Graph{
		links:   map[event.ProfileID]link{},
		pending: map[event.ProfileID]link{},
		members: map[event.ProfileID]member{},
		groups:  map[event.AccountID]string{},
		dirty:   true,
		limit:   MaxPending,
	}
}

// Observe learns from one event. Seeing it again changes nothing.
func (g *Graph) Observe(e *event.Event) {
	if e.Profile == 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case e.UserID == "":
		if l, ok := g.pending[e.Profile]; ok {
			g.confirm(e.Profile, l)
		}
	case e.AnonymousID != "" && e.AnonymousID != e.UserID:
		g.link(event.AnonymousProfile(e.AnonymousID), link{event.UserProfile(e.UserID), e.Time})
	}
	if e.GroupID != "" {
		g.join(e.Profile, e.GroupID, e.Time)
	}
}

func (g *Graph) link(anon event.ProfileID, l link) {
	if old, ok := g.links[anon]; ok {
		if earlier(l, old) {
			g.links[anon] = l
			g.dirty = true
		}
		return
	}
	if old, ok := g.pending[anon]; ok {
		if earlier(l, old) {
			g.pending[anon] = l
		}
		return
	}
	g.pending[anon] = l
	g.queue = append(g.queue, anon)
	g.fresh = append(g.fresh, anon)
	g.forget()
}

// forget drops the oldest pending links past the limit.
func (g *Graph) forget() {
	for len(g.pending) > g.limit {
		delete(g.pending, g.queue[0])
		g.queue = g.queue[1:]
	}
	if len(g.queue) > 2*g.limit { // confirmed ids linger in the queue: sweep them
		kept := make([]event.ProfileID, 0, len(g.pending))
		for _, p := range g.queue {
			if _, ok := g.pending[p]; ok {
				kept = append(kept, p)
			}
		}
		g.queue = kept
	}
	if len(g.fresh) > 2*g.limit {
		g.fresh = append([]event.ProfileID(nil), g.fresh[len(g.fresh)-g.limit:]...)
	}
}

func earlier(a, b link) bool { return a.time < b.time || a.time == b.time && a.user < b.user }

func (g *Graph) confirm(anon event.ProfileID, l link) {
	delete(g.pending, anon)
	g.links[anon] = l
	g.dirty = true
}

func (g *Graph) join(p event.ProfileID, groupID string, at event.Millis) {
	m := member{event.AccountOf(groupID), at}
	old, ok := g.members[p]
	if ok && !newer(m, old) {
		return
	}
	g.members[p] = m
	if _, ok := g.groups[m.account]; !ok {
		g.groups[m.account] = strings.Clone(groupID)
		g.dirty = true
	}
	if g.dirty {
		return
	}
	if u, ok := g.merged[p]; ok {
		p = u
	}
	if shown := g.latest[p]; newer(m, shown) {
		g.latest[p] = m
		g.dirty = m.account != shown.account // a later sighting of the same membership changes no view
	}
}

func newer(a, b member) bool { return a.time > b.time || a.time == b.time && a.account > b.account }

// Forget unlearns what the events of some profiles taught: the links to those users and their memberships. Accounts
// that nobody is a member of are forgotten too. Events that come later teach anew. That an anonymous id among them
// was linked to yet another, later user is learnt again only from that user's next event.
func (g *Graph) Forget(profiles []event.ProfileID) {
	gone := make(map[event.ProfileID]bool, len(profiles))
	for _, p := range profiles {
		gone[p] = true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for anon, l := range g.links {
		if gone[anon] && !gone[l.user] { // the user's events said so; the anonymous ones are gone
			g.pending[anon] = l
			g.queue, g.fresh = append(g.queue, anon), append(g.fresh, anon)
			delete(g.links, anon)
		}
	}
	theirs := func(_ event.ProfileID, l link) bool { return gone[l.user] }
	maps.DeleteFunc(g.links, theirs)
	maps.DeleteFunc(g.pending, theirs)
	settled := func(p event.ProfileID) bool { _, ok := g.pending[p]; return !ok }
	g.queue, g.fresh = slices.DeleteFunc(g.queue, settled), slices.DeleteFunc(g.fresh, settled)
	for _, p := range profiles {
		delete(g.members, p)
	}
	kept := map[event.AccountID]bool{}
	for _, m := range g.members {
		kept[m.account] = true
	}
	maps.DeleteFunc(g.groups, func(a event.AccountID, _ string) bool { return !kept[a] }) // also those they were members of before
	g.dirty = true
}

// View gives the current merges, memberships (by root profile) and account names. The maps are read only and stay as
// they are. exists says whether any stored event was collected under a profile: it confirms the links whose anonymous
// events came first.
func (g *Graph) View(exists func(event.ProfileID) bool) (merged map[event.ProfileID]event.ProfileID, accounts map[event.ProfileID]event.AccountID, groups map[event.AccountID]string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, anon := range g.fresh {
		if l, ok := g.pending[anon]; ok && exists(anon) {
			g.confirm(anon, l)
		}
	}
	g.fresh = g.fresh[:0]
	if g.dirty {
		g.rebuild()
	}
	return g.merged, g.accounts, g.names
}

func (g *Graph) rebuild() {
	g.merged = make(map[event.ProfileID]event.ProfileID, len(g.links))
	for anon, l := range g.links {
		g.merged[anon] = l.user
	}
	g.latest = make(map[event.ProfileID]member, len(g.members))
	for p, m := range g.members {
		if u, ok := g.merged[p]; ok {
			p = u
		}
		if old, ok := g.latest[p]; !ok || newer(m, old) {
			g.latest[p] = m
		}
	}
	g.accounts = make(map[event.ProfileID]event.AccountID, len(g.latest))
	for p, m := range g.latest {
		g.accounts[p] = m.account
	}
	g.names = maps.Clone(g.groups)
	g.dirty = false
}

// Stats are the graph's sizes.
type Stats struct {
	Links   int // anonymous profiles merged into a user
	Pending int // links waiting for a first anonymous event
	Members int // profiles with an account
	Groups  int // accounts
}

// Stats counts what the graph holds.
func (g *Graph) Stats() Stats {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Stats{Links: len(g.links), Pending: len(g.pending), Members: len(g.members), Groups: len(g.groups)}
}
