package api

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/inbox"
)

// contacts adds the operations on contacts and templates.
func (a *api) contacts() {
	made := func(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }
	register(a, a.op(scopeRead, "list-contacts", http.MethodGet, "/contacts", "List contacts, by name"), a.listContacts)
	register(a, a.op(scopeRead, "get-contact", http.MethodGet, "/contacts/{id}", "Show a contact"), a.getContact)
	register(a, a.op(scopeManage, "create-contact", http.MethodPost, "/contacts", "Make a new contact", made), a.createContact)
	register(a, a.op(scopeManage, "change-contact", http.MethodPatch, "/contacts/{id}", "Change a contact", about(mergeHelp)), a.changeContact)
	register(a, a.op(scopeManage, "delete-contact", http.MethodDelete, "/contacts/{id}", "Remove a contact",
		about("Its conversations stay, under the phone; a block ends with it.")), a.deleteContact)
	register(a, a.op(scopeManage, "merge-contacts", http.MethodPost, "/contacts/{id}/merge", "Make one contact of several",
		about("What it lacks it gets from the others in their order; phones and labels come together. The others are gone.")), a.mergeContacts)
	register(a, a.op(scopeManage, "import-contacts", http.MethodPost, "/contacts/import", "Take contacts over from a table",
		about("The body is a table (CSV, UTF-8) with a heading row, as the export gives it; a column phones is needed. A row belongs to the contact that has its reference, "+
			"else to the one that has one of its phones, else it makes one. With a bad row nothing is changed, unless skip_bad is true."), ofTable), a.importContacts)
	register(a, a.op(scopeRead, "export-contacts", http.MethodGet, "/contacts/export", "Get contacts as a table",
		about("It can be imported again. "+guardHelp), table), a.exportContacts)
	register(a, a.op(scopeManage, "block-peer", http.MethodPost, "/contacts/block", "Block a number, or unblock it",
		about("Who is no contact yet becomes one; all phones of the contact are meant. What a blocked contact sends is kept and told to nobody, and nothing is sent to it.")), a.blockPeer)
	register(a, a.op(scopeAll, "forget-peer", http.MethodPost, "/contacts/forget", "Forget a person, by a number",
		about("The contact goes, its conversations and what they were forwarded as; opt-outs and the audit log stay. While something still waits to be sent or delivered, left is true and the contact stays: ask again later. "+
			"It cannot be undone.")), a.forgetPeer)
	register(a, a.op(scopeRead, "list-templates", http.MethodGet, "/templates", "List prepared texts, by name"), a.listTemplates)
	register(a, a.op(scopeManage, "create-template", http.MethodPost, "/templates", "Prepare a text", made), a.createTemplate)
	register(a, a.op(scopeManage, "change-template", http.MethodPatch, "/templates/{id}", "Change a prepared text", about(mergeHelp)), a.changeTemplate)
	register(a, a.op(scopeManage, "delete-template", http.MethodDelete, "/templates/{id}", "Remove a prepared text"), a.deleteTemplate)
}

// ofTable lets a table in, which may be long and may take its time.
func ofTable(op *huma.Operation) { op.MaxBodyBytes, op.BodyReadTimeout = maxState+1, -1 }

// ContactSelection selects contacts.
type ContactSelection struct {
	InTenant
	Query   string `query:"q" maxLength:"200" doc:"Part of a name, company, mail address or phone"`
	Label   string `query:"label" maxLength:"50"`
	Blocked string `query:"blocked" enum:"true,false" doc:"Only those who are, or are not"`
}

func (in *ContactSelection) filter() (wirechief.ContactFilter, error) {
	f := wirechief.ContactFilter{Query: inQuery(in.Query), Label: in.Label}
	if in.Blocked != "" {
		f.Blocked = new(in.Blocked == "true")
	}
	if err := readQuery("q", in.Query); err != nil {
		return f, err
	}
	return f, readQuery("label", in.Label)
}

type contactsInput struct {
	ContactSelection
	Skip  int `query:"skip" minimum:"0" maximum:"10000000" doc:"How many to leave out first"`
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type contactsOutput struct {
	Body []wire.Contact `nullable:"false"`
}

func (a *api) listContacts(ctx context.Context, in *contactsInput) (*contactsOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	f.Skip, f.Limit = in.Skip, in.Limit
	list, err := desk.Contacts(ctx, p, f)
	if err != nil {
		return nil, err
	}
	out := &contactsOutput{make([]wire.Contact, len(list))}
	for i, c := range list {
		out.Body[i] = newContact(c)
	}
	return out, nil
}

func newContact(c *wirechief.Contact) wire.Contact {
	return wire.Contact{
		ID: c.ID, Name: c.Name, Phones: orNone(c.Phones), Email: c.Email, Company: c.Company, Notes: c.Notes, Labels: orNone(c.Labels),
		Reference: c.Reference, Blocked: c.Blocked, BlockedBy: c.BlockedBy, BlockedAt: instant(c.BlockedAt),
		CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
	}
}

func keepContact(c *wirechief.Contact, w *wire.Contact) error {
	c.Name, c.Phones, c.Email, c.Company, c.Notes, c.Labels, c.Reference = w.Name, w.Phones, w.Email, w.Company, w.Notes, w.Labels, w.Reference
	return nil
}

// OneID names something by its id.
type OneID struct {
	InTenant
	ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
}

type contactOutput struct{ Body wire.Contact }

func (a *api) getContact(ctx context.Context, in *OneID) (*contactOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	c, err := desk.Contact(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	return &contactOutput{newContact(c)}, nil
}

type createContactInput struct {
	InTenant
	Body merge[wire.Contact]
}

func (a *api) createContact(ctx context.Context, in *createContactInput) (*contactOutput, error) {
	return a.putContact(ctx, in.Tenant, 0, in.Body)
}

type changeContactInput struct {
	OneID
	Body merge[wire.Contact]
}

func (a *api) changeContact(ctx context.Context, in *changeContactInput) (*contactOutput, error) {
	return a.putContact(ctx, in.Tenant, in.ID, in.Body)
}

func (a *api) putContact(ctx context.Context, tenant string, id int64, body map[string]any) (*contactOutput, error) {
	desk, p, err := a.desk(ctx, tenant)
	if err != nil {
		return nil, err
	}
	var c wirechief.Contact
	if id != 0 {
		was, err := desk.Contact(ctx, p, id)
		if err != nil {
			return nil, err
		}
		c = *was
	}
	if err := change(&c, body, newContact, keepContact); err != nil {
		return nil, err
	}
	if c, err = desk.PutContact(ctx, p, c); err != nil {
		return nil, err
	}
	return &contactOutput{newContact(&c)}, nil
}

func (a *api) deleteContact(ctx context.Context, in *OneID) (*struct{}, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	return nil, desk.DeleteContact(ctx, p, in.ID)
}

type mergeContactsInput struct {
	OneID
	Body wire.ContactMerge
}

func (a *api) mergeContacts(ctx context.Context, in *mergeContactsInput) (*contactOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	c, err := desk.Merge(ctx, p, in.ID, in.Body.Others...)
	if err != nil {
		return nil, err
	}
	return &contactOutput{newContact(&c)}, nil
}

type blockPeerInput struct {
	InTenant
	Body wire.PeerBlock
}

func (a *api) blockPeer(ctx context.Context, in *blockPeerInput) (*contactOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	c, err := desk.BlockPeer(ctx, p, in.Body.Peer.Peer, in.Body.Blocked)
	if err != nil {
		return nil, err
	}
	return &contactOutput{newContact(&c)}, nil
}

type forgetPeerInput struct {
	InTenant
	Body wire.Peer
}

type forgetPeerOutput struct{ Body wire.Forgotten }

func (a *api) forgetPeer(ctx context.Context, in *forgetPeerInput) (*forgetPeerOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	f, err := desk.ForgetPeer(ctx, p, in.Body.Peer)
	if err != nil {
		return nil, err
	}
	return &forgetPeerOutput{wire.Forgotten{Messages: f.Messages, Conversations: f.Conversations, Left: f.Left}}, nil
}

type importContactsInput struct {
	InTenant
	DryRun  bool   `query:"dry_run" doc:"Only say what would come of it"`
	SkipBad bool   `query:"skip_bad" doc:"Take the good rows beside bad ones"`
	Region  string `query:"region" pattern:"^([A-Z]{2})?$" patternDescription:"a country such as US" doc:"Country in which phones without + are read, ISO 3166-1 alpha-2; absent: there may be none" example:"US"`
	RawBody []byte `contentType:"text/csv"`
}

type importContactsOutput struct{ Body wire.ContactsImported }

func (a *api) importContacts(ctx context.Context, in *importContactsInput) (*importContactsOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	res, err := desk.ImportContacts(ctx, p, bytes.NewReader(in.RawBody), inbox.ImportOptions{DryRun: in.DryRun, SkipBad: in.SkipBad, Region: in.Region})
	if err != nil {
		return nil, err
	}
	out := &importContactsOutput{wire.ContactsImported{
		DryRun: in.DryRun, Applied: res.Applied, Rows: res.Rows, Created: res.Created, Updated: res.Updated, Unchanged: res.Unchanged,
		Bad: make([]wire.BadRow, len(res.Bad)), Ignored: orNone(res.Ignored),
	}}
	for i, b := range res.Bad {
		out.Body.Bad[i] = wire.BadRow{Line: b.Line, Column: b.Field, Detail: b.Message}
	}
	return out, nil
}

func (a *api) exportContacts(ctx context.Context, in *ContactSelection) (*huma.StreamResponse, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	return a.stream(csvType, "contacts", func(ctx context.Context, w io.Writer) error { return desk.ExportContacts(ctx, p, w, f) }), nil
}

type templatesOutput struct {
	Body []wire.Template `nullable:"false"`
}

func (a *api) listTemplates(ctx context.Context, in *InTenant) (*templatesOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	list, err := desk.Templates(ctx, p)
	if err != nil {
		return nil, err
	}
	out := &templatesOutput{make([]wire.Template, len(list))}
	for i := range list {
		out.Body[i] = newTemplate(&list[i])
	}
	return out, nil
}

func newTemplate(t *wirechief.Template) wire.Template {
	return wire.Template{ID: t.ID, Name: t.Name, Text: t.Text, CreatedAt: t.CreatedAt.UTC(), UpdatedAt: t.UpdatedAt.UTC()}
}

type templateOutput struct{ Body wire.Template }

type createTemplateInput struct {
	InTenant
	Body merge[wire.Template]
}

func (a *api) createTemplate(ctx context.Context, in *createTemplateInput) (*templateOutput, error) {
	return a.putTemplate(ctx, in.Tenant, 0, in.Body)
}

type changeTemplateInput struct {
	OneID
	Body merge[wire.Template]
}

func (a *api) changeTemplate(ctx context.Context, in *changeTemplateInput) (*templateOutput, error) {
	return a.putTemplate(ctx, in.Tenant, in.ID, in.Body)
}

func (a *api) putTemplate(ctx context.Context, tenant string, id int64, body map[string]any) (*templateOutput, error) {
	desk, p, err := a.desk(ctx, tenant)
	if err != nil {
		return nil, err
	}
	var t wirechief.Template
	if id != 0 {
		if t, err = desk.Template(ctx, p, id); err != nil {
			return nil, err
		}
	}
	err = change(&t, body, newTemplate, func(t *wirechief.Template, w *wire.Template) error { t.Name, t.Text = w.Name, w.Text; return nil })
	if err != nil {
		return nil, err
	}
	if t, err = desk.PutTemplate(ctx, p, t); err != nil {
		return nil, err
	}
	return &templateOutput{newTemplate(&t)}, nil
}

func (a *api) deleteTemplate(ctx context.Context, in *OneID) (*struct{}, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	return nil, desk.DeleteTemplate(ctx, p, in.ID)
}
