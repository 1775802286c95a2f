package inbox

import (
	"context"

	"github.com/wirechief/wirechief"
)

// Forgotten is what came of forgetting.
type Forgotten struct {
	Messages      int
	Conversations int
	// Left says that something still waits to be sent or delivered and was left
	// as it is: ask again once it has gone out, or was canceled.
	Left bool
}

// ForgetConversation redacts a conversation, texts and files, or with remove
// takes it away altogether.
func (d *Desk) ForgetConversation(ctx context.Context, p wirechief.Principal, id int64, remove bool) (Forgotten, error) {
	ctx, err := enter(ctx, p, "conversation.forget", wirechief.RightSettings)
	if err != nil {
		return Forgotten{}, err
	}
	c, err := d.conversation(ctx, p, id)
	if err != nil {
		return Forgotten{}, err
	}
	var f Forgotten
	err = d.forget(ctx, p, c, remove, &f)
	return f, err
}

// ForgetContact forgets a person: the contact, all conversations with their
// phones, and what they sent while they were blocked, which is in none. That
// they opted out stays known, for that is what keeps texts from them; so does
// what the audit log says. A block ends with the contact. While something is
// left the contact stays, so that one can ask again.
func (d *Desk) ForgetContact(ctx context.Context, p wirechief.Principal, id int64) (Forgotten, error) {
	ctx, err := enter(ctx, p, "contact.forget", wirechief.RightSettings)
	if err != nil {
		return Forgotten{}, err
	}
	d.contacts.Lock()
	defer d.contacts.Unlock()
	c, err := d.contact(ctx, p, id)
	if err != nil {
		return Forgotten{}, err
	}
	return d.forgetContact(ctx, p, c)
}

// forgetContact is called with contacts held.
func (d *Desk) forgetContact(ctx context.Context, p wirechief.Principal, c *wirechief.Contact) (Forgotten, error) {
	f, err := d.forgetPhones(ctx, p, c.Phones)
	if err != nil || f.Left {
		return f, err
	}
	err = d.putContacts(ctx, c, nil, wirechief.DropContact{Tenant: p.Tenant, ID: c.ID})
	return f, err
}

// forgetPhones removes what was said with some peers, in conversations and, while
// they were blocked, outside of them.
func (d *Desk) forgetPhones(ctx context.Context, p wirechief.Principal, phones []string) (Forgotten, error) {
	with, err := d.conversationsWith(ctx, p.Tenant, phones)
	if err != nil {
		return Forgotten{}, err
	}
	var f Forgotten
	for _, v := range with {
		if err := d.forget(ctx, p, v, true, &f); err != nil {
			return f, err
		}
	}
	for _, phone := range phones {
		results, err := d.apply(ctx, wirechief.Forget{Tenant: p.Tenant, Peer: phone, Remove: true})
		if err != nil {
			return f, err
		}
		f.Messages += results[0].Count
		f.Left = f.Left || results[0].Left > 0
	}
	return f, nil
}

// ForgetPeer forgets a person by a telephone number, a short code or the name of
// a sender: the contact that has it, with all its phones, as [Desk.ForgetContact]
// does; without a contact what was said with that number alone.
func (d *Desk) ForgetPeer(ctx context.Context, p wirechief.Principal, peer string) (Forgotten, error) {
	ctx, err := enter(ctx, p, "contact.forget", wirechief.RightSettings)
	if err != nil {
		return Forgotten{}, err
	}
	if err := judgePeer(peer); err != nil {
		return Forgotten{}, err
	}
	d.contacts.Lock()
	defer d.contacts.Unlock()
	found, err := d.store.ContactsOf(ctx, p.Tenant, []string{peer})
	if err != nil {
		return Forgotten{}, err
	}
	if c := found[peer]; c != nil {
		return d.forgetContact(ctx, p, c)
	}
	return d.forgetPhones(ctx, p, []string{peer})
}

// forget redacts or removes one conversation, and adds up what it was. That it
// was redacted is noted in it once nothing is left.
func (d *Desk) forget(ctx context.Context, p wirechief.Principal, c *wirechief.Conversation, remove bool, f *Forgotten) error {
	defer d.lock(c.ID)()
	results, err := d.apply(ctx, wirechief.Forget{Tenant: p.Tenant, Conversation: c.ID, Remove: remove})
	if err != nil {
		return err
	}
	f.Messages += results[0].Count
	f.Conversations++
	if results[0].Left > 0 {
		f.Left = true
		return nil
	}
	if remove {
		return nil
	}
	_, err = d.apply(ctx, wirechief.ChangeConversation{
		Key: c.ConversationKey, Entries: []wirechief.Entry{d.entry(p, wirechief.EntryRedacted, "")},
	})
	return err
}
