package inbox

import (
	"context"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// Blocked says whether a peer is blocked: what they send is kept, in no
// conversation, and told to nobody. It is asked for every inbound text and
// answers from memory.
func (d *Desk) Blocked(tenant, peer string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.blocked[tenant][peer]
}

// setBlocked is called with mu held.
func (d *Desk) setBlocked(tenant, peer string, blocked bool) {
	of := d.blocked[tenant]
	switch {
	case blocked && of == nil:
		d.blocked[tenant] = map[string]bool{peer: true}
	case blocked:
		of[peer] = true
	default:
		delete(of, peer)
	}
}

// Block blocks who a conversation is with, by all their phones. Who is not a
// contact yet becomes one.
func (d *Desk) Block(ctx context.Context, p wirechief.Principal, id int64) (wirechief.Contact, error) {
	return d.blockIn(ctx, p, id, true)
}

// Unblock lifts a block.
func (d *Desk) Unblock(ctx context.Context, p wirechief.Principal, id int64) (wirechief.Contact, error) {
	return d.blockIn(ctx, p, id, false)
}

func (d *Desk) blockIn(ctx context.Context, p wirechief.Principal, id int64, blocked bool) (wirechief.Contact, error) {
	ctx, err := enter(ctx, p, "block", wirechief.RightReply)
	if err != nil {
		return wirechief.Contact{}, err
	}
	c, err := d.conversation(ctx, p, id)
	if err != nil {
		return wirechief.Contact{}, err
	}
	return d.blockPeer(ctx, p, c.Peer, blocked)
}

// BlockPeer blocks (or unblocks) a telephone number, a short code or the name of
// a sender, whether or not there is a conversation.
func (d *Desk) BlockPeer(ctx context.Context, p wirechief.Principal, peer string, blocked bool) (wirechief.Contact, error) {
	ctx, err := enter(ctx, p, "block", wirechief.RightReply)
	if err != nil {
		return wirechief.Contact{}, err
	}
	if err := judgePeer(peer); err != nil {
		return wirechief.Contact{}, err
	}
	return d.blockPeer(ctx, p, peer, blocked)
}

// judgePeer asks whether texts can come from somebody of that name.
func judgePeer(peer string) error {
	if e164.KindOf(peer) == e164.Unknown {
		return wirechief.InvalidField("peer", "give a telephone number, such as +13105550100, a short code or the name of a sender")
	}
	return nil
}

// BlockContact blocks (or unblocks) a contact.
func (d *Desk) BlockContact(ctx context.Context, p wirechief.Principal, id int64, blocked bool) (wirechief.Contact, error) {
	ctx, err := enter(ctx, p, "block", wirechief.RightReply)
	if err != nil {
		return wirechief.Contact{}, err
	}
	d.contacts.Lock()
	defer d.contacts.Unlock()
	c, err := d.contact(ctx, p, id)
	if err != nil {
		return wirechief.Contact{}, err
	}
	return d.block(ctx, p, c, blocked)
}

func (d *Desk) blockPeer(ctx context.Context, p wirechief.Principal, peer string, blocked bool) (wirechief.Contact, error) {
	d.contacts.Lock()
	defer d.contacts.Unlock()
	found, err := d.store.ContactsOf(ctx, p.Tenant, []string{peer})
	if err != nil {
		return wirechief.Contact{}, err
	}
	c := found[peer]
	switch {
	case c == nil && !blocked:
		return wirechief.Contact{Tenant: p.Tenant, Phones: []string{peer}}, nil
	case c == nil:
		now := d.now().UTC()
		c = &wirechief.Contact{ID: d.ids.Next(), Tenant: p.Tenant, Phones: []string{peer}, CreatedAt: now, UpdatedAt: now}
	}
	return d.block(ctx, p, c, blocked)
}

// block is called with contacts held.
func (d *Desk) block(ctx context.Context, p wirechief.Principal, was *wirechief.Contact, blocked bool) (wirechief.Contact, error) {
	if was.Blocked == blocked {
		return *was, nil
	}
	c := *was
	c.Blocked, c.BlockedBy, c.BlockedAt = false, "", time.Time{}
	kind := wirechief.EntryUnblocked
	now := d.now().UTC()
	if blocked {
		kind = wirechief.EntryBlocked
		c.Blocked, c.BlockedBy, c.BlockedAt = true, who(p), now
	}
	c.UpdatedAt = now
	commands := []wirechief.Command{wirechief.PutContact{Contact: &c}}
	with, err := d.conversationsWith(ctx, p.Tenant, c.Phones)
	if err != nil {
		return wirechief.Contact{}, err
	}
	for _, v := range with {
		commands = append(commands, wirechief.ChangeConversation{
			Key: v.ConversationKey, Entries: []wirechief.Entry{d.entry(p, kind, "")},
		})
	}
	if err := d.putContacts(ctx, was, &c, commands...); err != nil {
		return wirechief.Contact{}, err
	}
	return c, nil
}

// conversationsWith gives the conversations with any of some peers.
func (d *Desk) conversationsWith(ctx context.Context, tenant string, peers []string) ([]*wirechief.Conversation, error) {
	if len(peers) == 0 {
		return nil, nil
	}
	const most = 1000
	var out []*wirechief.Conversation
	f := wirechief.ConversationFilter{Tenant: tenant, Peers: peers, Limit: most}
	for {
		list, err := d.store.Conversations(ctx, f)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
		if len(list) < most {
			return out, nil
		}
		f.Before = list[len(list)-1].Last
	}
}

// putContacts applies commands that put a contact in the place of another (nil:
// of none), and brings who is blocked up to date. What else is among them is
// said beside it: a conversation that has gone meanwhile keeps no entry.
func (d *Desk) putContacts(ctx context.Context, was, is *wirechief.Contact, commands ...wirechief.Command) error {
	results, err := d.store.Apply(ctx, commands...)
	if err != nil {
		return err
	}
	for i, r := range results {
		if r.Err == nil {
			continue
		}
		if _, beside := commands[i].(wirechief.ChangeConversation); !beside {
			return r.Err
		}
		d.log.WarnContext(ctx, "a conversation could not say what became of the contact", "error", r.Err)
	}
	d.learn(was, is)
	return nil
}

// learn brings who is blocked up to date with a change of a contact; nil: there
// is none.
func (d *Desk) learn(was, is *wirechief.Contact) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if was != nil {
		for _, peer := range was.Phones {
			if is == nil || !is.Blocked || !slices.Contains(is.Phones, peer) {
				d.setBlocked(was.Tenant, peer, false)
			}
		}
	}
	if is != nil && is.Blocked {
		for _, peer := range is.Phones {
			d.setBlocked(is.Tenant, peer, true)
		}
	}
}
