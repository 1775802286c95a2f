package inbox

import (
	"context"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
)

// Hit is a message that a search found. Its conversation is Message.Conversation.
type Hit struct {
	Message    *wirechief.Message
	Number     string // ours
	NumberName string
	Peer       string
	Name       string // of the contact; "" when there is none
}

// Search finds messages by words of their text, newest first.
func (d *Desk) Search(ctx context.Context, p wirechief.Principal, s wirechief.TextSearch) ([]Hit, error) {
	ctx, err := enter(ctx, p, "search", wirechief.RightRead)
	if err != nil {
		return nil, err
	}
	s.Tenant = p.Tenant
	if strings.TrimSpace(s.Query) == "" {
		return []Hit{}, nil
	}
	found, err := d.store.SearchTexts(ctx, s)
	if err != nil {
		return nil, err
	}
	hits := make([]Hit, len(found))
	peers := make([]string, len(found))
	names := make(map[string]string)
	for i, m := range found {
		h := Hit{Message: m, Number: m.From, Peer: m.To}
		if m.Direction == wirechief.Inward {
			h.Number, h.Peer = m.To, m.From
		}
		h.NumberName = d.numberName(ctx, p.Tenant, h.Number, names)
		hits[i], peers[i] = h, h.Peer
	}
	slices.Sort(peers)
	contacts, err := d.contactsOf(ctx, p.Tenant, slices.Compact(peers))
	if err != nil {
		return nil, err
	}
	for i := range hits {
		if c := contacts[hits[i].Peer]; c != nil {
			hits[i].Name = c.Name
		}
	}
	return hits, nil
}
