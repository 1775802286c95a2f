package inbox

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
)

// Limits of a contact, in characters.
const (
	NameMost      = 100
	MailMost      = 254
	NotesMost     = 4000
	ReferenceMost = 200
	PhonesMost    = 20
)

// Contacts lists contacts, by name.
func (d *Desk) Contacts(ctx context.Context, p wirechief.Principal, f wirechief.ContactFilter) ([]*wirechief.Contact, error) {
	ctx, err := enter(ctx, p, "contacts", wirechief.RightRead)
	if err != nil {
		return nil, err
	}
	f.Tenant = p.Tenant
	return d.store.Contacts(ctx, f)
}

// Contact gives one contact.
func (d *Desk) Contact(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Contact, error) {
	ctx, err := enter(ctx, p, "contact", wirechief.RightRead)
	if err != nil {
		return nil, err
	}
	return d.contact(ctx, p, id)
}

func (d *Desk) contact(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Contact, error) {
	c, err := d.store.Contact(ctx, p.Tenant, id)
	if wirechief.KindOf(err) == wirechief.NotFound && err != nil || err == nil && c.Tenant != p.Tenant {
		return nil, &wirechief.Error{
			Op: "contact", Kind: wirechief.NotFound, Rule: wirechief.RuleReference, Field: "contact", Message: "there is no such contact",
		}
	}
	return c, err
}

// PutContact makes a contact (ID 0) or changes one. Phones are read as people
// write international numbers; blocks stay as they are, see [Desk.BlockContact].
func (d *Desk) PutContact(ctx context.Context, p wirechief.Principal, c wirechief.Contact) (wirechief.Contact, error) {
	ctx, err := enter(ctx, p, "contact.put", wirechief.RightReply)
	if err != nil {
		return wirechief.Contact{}, err
	}
	if wrong := judgeContact(&c, ""); wrong != nil {
		wrong.Op = "contact.put"
		return wirechief.Contact{}, wrong
	}
	d.contacts.Lock()
	defer d.contacts.Unlock()
	var was *wirechief.Contact
	c.Tenant, c.UpdatedAt = p.Tenant, d.now().UTC()
	if c.ID == 0 {
		c.ID, c.CreatedAt = d.ids.Next(), c.UpdatedAt
		c.Blocked, c.BlockedBy, c.BlockedAt = false, "", time.Time{}
	} else {
		if was, err = d.contact(ctx, p, c.ID); err != nil {
			return wirechief.Contact{}, err
		}
		c.CreatedAt, c.Blocked, c.BlockedBy, c.BlockedAt = was.CreatedAt, was.Blocked, was.BlockedBy, was.BlockedAt
	}
	if err := d.free(ctx, &c); err != nil {
		return wirechief.Contact{}, err
	}
	if err := d.putContacts(ctx, was, &c, wirechief.PutContact{Contact: &c}); err != nil {
		return wirechief.Contact{}, err
	}
	return c, nil
}

// free refuses phones that another contact has, by its name.
func (d *Desk) free(ctx context.Context, c *wirechief.Contact) error {
	of, err := d.contactsOf(ctx, c.Tenant, c.Phones)
	if err != nil {
		return err
	}
	for _, phone := range c.Phones {
		if o := of[phone]; o != nil && o.ID != c.ID {
			return &wirechief.Error{
				Op: "contact.put", Kind: wirechief.Conflict, Rule: wirechief.RuleTaken, Field: "phones",
				Message: phone + " is " + called(o) + " already; merge the two, or take it off there first",
			}
		}
	}
	return nil
}

// called names a contact for people.
func called(c *wirechief.Contact) string {
	for _, s := range []string{c.Name, c.Company, c.Email} {
		if s != "" {
			return "that of " + s
		}
	}
	return "that of another contact"
}

// judgeContact tidies a contact and refuses what it cannot be. Phones are read
// in a country, ISO 3166-1 alpha-2; "": in international form only.
func judgeContact(c *wirechief.Contact, region string) *wirechief.Error {
	for _, f := range []struct {
		field string
		text  *string
		most  int
	}{
		{"name", &c.Name, NameMost},
		{"company", &c.Company, NameMost},
		{"email", &c.Email, MailMost},
		{"reference", &c.Reference, ReferenceMost},
	} {
		*f.text = strings.TrimSpace(*f.text)
		if !isLine(*f.text) {
			return wirechief.InvalidField(f.field, "it holds control characters or is not valid UTF-8")
		}
		if utf8.RuneCountInString(*f.text) > f.most {
			return wirechief.InvalidField(f.field, "it has more than %d characters", f.most)
		}
	}
	if c.Email != "" && !isMail(c.Email) {
		return wirechief.InvalidField("email", "%q is not a mail address", c.Email)
	}
	c.Notes = strings.TrimSpace(strings.ReplaceAll(c.Notes, "\r\n", "\n"))
	switch {
	case !isText(c.Notes):
		return wirechief.InvalidField("notes", "they hold control characters or are not valid UTF-8")
	case utf8.RuneCountInString(c.Notes) > NotesMost:
		return wirechief.InvalidField("notes", "they have more than %d characters", NotesMost)
	}
	var wrong *wirechief.Error
	if c.Labels, wrong = judgeLabels(c.Labels); wrong != nil {
		return wrong
	}
	phones := make([]string, 0, len(c.Phones))
	for _, raw := range c.Phones {
		if strings.TrimSpace(raw) == "" {
			continue
		}
		phone, err := address(raw, region)
		if err != nil {
			return wirechief.InvalidField("phones", "%q: %s", clipped(raw), wirechief.MessageOf(err))
		}
		if !slices.Contains(phones, phone) {
			phones = append(phones, phone)
		}
	}
	switch c.Phones = phones; {
	case len(phones) == 0:
		return wirechief.InvalidField("phones", "a contact needs a phone: that is what texts come from")
	case len(phones) > PhonesMost:
		return wirechief.InvalidField("phones", "a contact has at most %d phones", PhonesMost)
	}
	return nil
}

// clipped is the beginning of what somebody gave, for a message.
func clipped(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// isMail says whether a text could be a mail address: something on both sides
// of the one @, and nothing that would end it in a header.
func isMail(s string) bool {
	user, host, ok := strings.Cut(s, "@")
	return ok && user != "" && host != "" && !strings.ContainsAny(s, " \t<>,;:\"()[]\\") && !strings.Contains(host, "@")
}

// DeleteContact removes a contact. Its conversations stay, under the phone. A
// block ends with it.
func (d *Desk) DeleteContact(ctx context.Context, p wirechief.Principal, id int64) error {
	ctx, err := enter(ctx, p, "contact.delete", wirechief.RightReply)
	if err != nil {
		return err
	}
	d.contacts.Lock()
	defer d.contacts.Unlock()
	c, err := d.contact(ctx, p, id)
	if err != nil {
		return err
	}
	return d.putContacts(ctx, c, nil, wirechief.DropContact{Tenant: p.Tenant, ID: id})
}

// Merge makes one contact of several: what the first lacks it gets from the
// others in their order, phones and labels come together, notes stand one below
// the other, and it is blocked if one of them was. The others are gone.
func (d *Desk) Merge(ctx context.Context, p wirechief.Principal, into int64, others ...int64) (wirechief.Contact, error) {
	ctx, err := enter(ctx, p, "contact.merge", wirechief.RightReply)
	if err != nil {
		return wirechief.Contact{}, err
	}
	d.contacts.Lock()
	defer d.contacts.Unlock()
	was, err := d.contact(ctx, p, into)
	if err != nil {
		return wirechief.Contact{}, err
	}
	c := *was
	c.Phones, c.Labels = slices.Clone(c.Phones), slices.Clone(c.Labels)
	var commands []wirechief.Command
	var gone []*wirechief.Contact
	for _, id := range others {
		if id == into || slices.ContainsFunc(gone, func(o *wirechief.Contact) bool { return o.ID == id }) {
			continue
		}
		o, err := d.contact(ctx, p, id)
		if err != nil {
			return wirechief.Contact{}, err
		}
		absorb(&c, o)
		gone = append(gone, o)
		commands = append(commands, wirechief.DropContact{Tenant: p.Tenant, ID: id})
	}
	if len(gone) == 0 {
		return c, nil
	}
	// Judged before anything is dropped: the parts of one commit stand for themselves.
	if wrong := judgeContact(&c, ""); wrong != nil {
		wrong.Op = "contact.merge"
		return wirechief.Contact{}, wrong
	}
	c.UpdatedAt = d.now().UTC()
	if err := d.putContacts(ctx, was, &c, append(commands, wirechief.PutContact{Contact: &c})...); err != nil {
		return wirechief.Contact{}, err
	}
	return c, nil
}

// absorb adds to a contact what another has.
func absorb(c, o *wirechief.Contact) {
	for _, f := range []struct{ to, from *string }{
		{&c.Name, &o.Name}, {&c.Email, &o.Email}, {&c.Company, &o.Company}, {&c.Reference, &o.Reference},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	if o.Notes != "" && o.Notes != c.Notes {
		c.Notes = strings.TrimSpace(c.Notes + "\n" + o.Notes)
	}
	c.Phones, c.Labels = append(c.Phones, o.Phones...), append(c.Labels, o.Labels...)
	if o.Blocked && !c.Blocked {
		c.Blocked, c.BlockedBy, c.BlockedAt = true, o.BlockedBy, o.BlockedAt
	}
	if o.CreatedAt.Before(c.CreatedAt) {
		c.CreatedAt = o.CreatedAt
	}
}
