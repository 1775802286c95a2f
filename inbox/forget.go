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
	// alone: ask again once it has gone out.
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
	return f, d.forget(ctx, p, c, remove, &f)
}

// ForgetContact forgets a person: the contact, all conversations with their
// phones, and what they sent while they were blocked, which is in none. That they opted out stays known, for that is what keeps texts from
// them; so does what the audit log says. A block ends with the contact.
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
	with, err := d.conversationsWith(ctx, p.Tenant, c.Phones)
	if err != nil {
		return Forgotten{}, err
	}
	var f Forgotten
	for _, v := range with {
		if err := d.forget(ctx, p, v, true, &f); err != nil {
			return f, err
		}
	}
	for _, phone := range c.Phones {
		results, err := d.apply(ctx, wirechief.Forget{Tenant: p.Tenant, Peer: phone, Remove: true})
		if err != nil {
			return f, err
		}
		f.Messages += results[0].Count
	}
	return f, d.putContacts(ctx, c, nil, wirechief.DropContact{Tenant: p.Tenant, ID: id})
}

// forget redacts or removes one conversation, and adds up what it was.
func (d *Desk) forget(ctx context.Context, p wirechief.Principal, c *wirechief.Conversation, remove bool, f *Forgotten) error {
	defer d.lock(c.ID)()
	results, err := d.apply(ctx, wirechief.Forget{Tenant: p.Tenant, Conversation: c.ID, Remove: remove})
	if err != nil {
		return err
	}
	f.Messages += results[0].Count
	f.Conversations++
	if !remove {
		_, err := d.apply(ctx, wirechief.ChangeConversation{
			Key: c.ConversationKey, Entries: []wirechief.Entry{d.entry(p, wirechief.EntryRedacted, "")},
		})
		return err
	}
	switch _, err := d.store.Conversation(ctx, c.ConversationKey); {
	case err == nil:
		f.Left = true
	case wirechief.KindOf(err) != wirechief.NotFound:
		return err
	}
	return nil
}
