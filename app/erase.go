package app

import (
	"context"
	"strings"

	"wend.dev/wend/engine"
	"wend.dev/wend/event"
	"wend.dev/wend/httpapi"
	"wend.dev/wend/identity"
)

// ErasePerson erases a person from everything that the node keeps. Once it has begun it is brought to its end, though the caller hangs up.
//
//	seam in the log ─▶ all before it is followed ─▶ rejected events ─▶ store ─▶ log trimmed to the seam
//
// The rejected events come first: until the store has erased the events, a repeated call still knows the identifiers.
func (n *Node) ErasePerson(ctx context.Context, id event.ProfileID) (out identity.Erased, err error) {
	if _, err := n.identifiers(ctx, id); err != nil {
		return out, err
	}
	n.erasing.Lock()
	defer n.erasing.Unlock()
	ctx = context.WithoutCancel(ctx)
	seam, err := n.log.Seam(ctx)
	if err != nil {
		return out, err
	}
	if err := n.health.await(ctx, seam); err != nil { // what was acknowledged before is in the store now
		return out, err
	}
	known, err := n.identifiers(ctx, id)
	if err != nil {
		return out, err
	}
	if out.Rejected, err = n.meta.EraseRejected(ctx, known); err != nil {
		return out, err
	}
	erased, err := n.store.Erase(ctx, id)
	if err != nil {
		return out, err
	}
	out.Profiles, out.Events, out.Files = len(erased.Profiles), erased.Events, erased.Files
	if err = n.collect.Flush(ctx, seam); err == nil {
		err = n.sealed(n.store.Mark())
	}
	if err != nil {
		n.logger.Error("the log still has the events of an erased person; the next seal trims it", "error", err)
	}
	n.watch.Erased(erased.Profiles)
	n.logger.Info("a person was erased", "profiles", out.Profiles, "events", out.Events, "rejected", out.Rejected, "files to rewrite", out.Files)
	n.hub.Changed(httpapi.Changed{Kind: "Profile", ID: id.String()})
	return out, nil
}

// identifiers are what a person is known by, without the "user:" and "anon:" before them.
func (n *Node) identifiers(ctx context.Context, id event.ProfileID) (out []string, err error) {
	page, err := n.desk.Engine.People(ctx, engine.PeopleQuery{IDs: []event.ProfileID{id}, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(page.People) == 0 {
		return nil, &httpapi.Fault{Kind: "not_found", Reason: "no event of this profile is stored"}
	}
	for _, key := range page.People[0].Identifiers {
		_, bare, _ := strings.Cut(key, ":")
		out = append(out, bare)
	}
	return out, nil
}
