package inbox

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
)

// Header is what stands above the thread of a conversation.
type Header struct {
	ConversationView
	Person *wirechief.Contact // nil: the peer is nobody that we know
	// OptedOut says that the peer does not want texts from this number, since
	// when and why; nil: nothing of the kind is known.
	OptedOut *wirechief.OptOut
}

// Conversation gives one conversation.
func (d *Desk) Conversation(ctx context.Context, p wirechief.Principal, id int64) (Header, error) {
	ctx, err := enter(ctx, p, "conversation", wirechief.RightRead)
	if err != nil {
		return Header{}, err
	}
	c, err := d.conversation(ctx, p, id)
	if err != nil {
		return Header{}, err
	}
	return d.header(ctx, p, c)
}

func (d *Desk) header(ctx context.Context, p wirechief.Principal, c *wirechief.Conversation) (Header, error) {
	views, err := d.views(ctx, p, []*wirechief.Conversation{c})
	if err != nil {
		return Header{}, err
	}
	h := Header{ConversationView: views[0]}
	if h.Contact != 0 {
		if h.Person, err = d.contact(ctx, p, h.Contact); err != nil && wirechief.KindOf(err) != wirechief.NotFound {
			return Header{}, err
		}
	}
	if d.ledger != nil {
		if o, out := d.ledger.OptedOut(p.Tenant, c.Number, c.Peer); out {
			h.OptedOut = &o
		}
	}
	return h, nil
}

// ConversationBetween finds the conversation of a number of ours and a peer.
func (d *Desk) ConversationBetween(ctx context.Context, p wirechief.Principal, number, peer string) (Header, error) {
	ctx, err := enter(ctx, p, "conversation", wirechief.RightRead)
	if err != nil {
		return Header{}, err
	}
	c, err := d.store.ConversationBetween(ctx, p.Tenant, number, peer)
	if err != nil {
		return Header{}, err
	}
	return d.header(ctx, p, c)
}

// Item is one thing in a thread: a message with its events, or an entry.
type Item struct {
	ID      int64 // of it; items are in the order of their ids, which is that of time
	At      time.Time
	Message *wirechief.Message
	Entry   *wirechief.Entry
}

// Page is a part of a thread, oldest first.
type Page struct {
	Items  []Item
	Before int64 // asks for the page before it; 0: this one has the beginning
}

// Thread gives the newest items of a conversation with ids below before (0: all),
// at most limit of them: 1 to 200; 0: 50. One or two more come along where
// several have one id.
func (d *Desk) Thread(ctx context.Context, p wirechief.Principal, id, before int64, limit int) (Page, error) {
	ctx, err := enter(ctx, p, "thread", wirechief.RightRead)
	if err != nil {
		return Page{}, err
	}
	if _, err := d.conversation(ctx, p, id); err != nil {
		return Page{}, err
	}
	if limit <= 0 {
		limit = 50
	}
	return d.thread(ctx, keyOf(p, id), before, min(limit, 200))
}

func (d *Desk) thread(ctx context.Context, key wirechief.ConversationKey, before int64, limit int) (Page, error) {
	messages, err := d.store.Thread(ctx, key, before, limit+1)
	if err != nil {
		return Page{}, err
	}
	after := int64(0)
	older := len(messages) > limit
	if older {
		after = messages[0].ID
		messages = messages[1:]
	}
	items := make([]Item, 0, len(messages))
	for _, m := range messages {
		items = append(items, Item{ID: m.ID, At: m.CreatedAt, Message: m})
	}
	if items, err = d.addEntries(ctx, key, after, before, items); err != nil {
		return Page{}, err
	}
	// An entry that a message caused may have its id, and comes after it.
	slices.SortStableFunc(items, func(a, b Item) int { return cmp.Compare(a.ID, b.ID) })
	if cut := len(items) - limit; cut > 0 {
		for cut > 0 && items[cut-1].ID == items[cut].ID {
			cut--
		}
		older = older || cut > 0
		items = items[cut:]
	}
	page := Page{Items: items}
	if older {
		page.Before = items[0].ID
	}
	return page, nil
}

// addEntries adds the entries between two ids, both excluded; before 0: to the newest.
func (d *Desk) addEntries(ctx context.Context, key wirechief.ConversationKey, after, before int64, items []Item) ([]Item, error) {
	const most = 1000
	for {
		entries, err := d.store.Entries(ctx, key, after, most)
		if err != nil {
			return nil, err
		}
		for i := range entries {
			e := &entries[i]
			if before != 0 && e.ID >= before {
				return items, nil
			}
			items = append(items, Item{ID: e.ID, At: e.At, Entry: e})
			after = e.ID
		}
		if len(entries) < most {
			return items, nil
		}
	}
}

// whole gives all of a conversation, oldest first.
func (d *Desk) whole(ctx context.Context, key wirechief.ConversationKey) ([]Item, error) {
	var pages [][]Item
	for before := int64(0); ; {
		page, err := d.thread(ctx, key, before, 500)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page.Items)
		if before = page.Before; before == 0 {
			slices.Reverse(pages)
			return slices.Concat(pages...), nil
		}
	}
}
