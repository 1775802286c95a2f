package console

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/inbox"
)

func contactRoutes() []route {
	read, reply, export := wirechief.RightRead, wirechief.RightReply, wirechief.RightExport
	return []route{
		{pattern: "GET /contacts", right: read, serve: (*Console).showContacts},
		{pattern: "GET /contacts/{id}", right: read, serve: (*Console).showContact},
		{pattern: "GET /contacts/new", right: reply, serve: (*Console).newContact},
		{pattern: "POST /contacts/new", right: reply, serve: (*Console).putContact},
		{pattern: "POST /contacts/{id}", right: reply, serve: (*Console).putContact},
		{pattern: "POST /contacts/{id}/block", right: reply, serve: (*Console).blockContact},
		{pattern: "POST /contacts/{id}/merge", right: reply, serve: (*Console).mergeContact},
		{pattern: "POST /contacts/{id}/delete", right: reply, serve: (*Console).deleteContact},
		{pattern: "POST /contacts/{id}/forget", right: wirechief.RightSettings, serve: (*Console).forgetContact},
		{pattern: "GET /contacts/import", right: reply, serve: (*Console).showContactImport},
		{pattern: "POST /contacts/import", right: reply, serve: (*Console).importContacts},
		{pattern: "GET /contacts/export.csv", right: export, serve: (*Console).exportContacts},
	}
}

const contactsPage = 100

type contactsData struct {
	Page
	Query   string
	Label   string
	Blocked bool
	Rows    []*wirechief.Contact
	Further string
}

func (c *Console) showContacts(v *visit) error {
	skip, _ := strconv.Atoi(v.query("skip"))
	f := wirechief.ContactFilter{Tenant: v.p.Tenant, Query: v.query("q"), Label: v.query("label"), Skip: max(skip, 0), Limit: contactsPage + 1}
	page := &contactsData{Page: Page{Title: "Contacts", Section: "contacts"}, Query: f.Query, Label: f.Label, Blocked: v.query("blocked") != ""}
	if page.Blocked {
		f.Blocked = &page.Blocked
	}
	list, err := c.Desk.Contacts(v.ctx(), v.p, f)
	if err != nil {
		return err
	}
	if len(list) > contactsPage {
		list = list[:contactsPage]
		u := v.r.URL.Query()
		u.Set("skip", strconv.Itoa(f.Skip+contactsPage))
		page.Further = "/contacts?" + u.Encode()
	}
	page.Rows = list
	return c.render(v, "contacts", page)
}

type contactData struct {
	Page
	C             wirechief.Contact
	Phones        string // as the form has them, one a line
	Labels        string
	Conversations []threadRow
	Others        []*wirechief.Contact // that it may be merged with
	New           bool
}

// Action is where the form of the contact goes.
func (d *contactData) Action() string {
	if d.New {
		return "/contacts/new"
	}
	return "/contacts/" + strconv.FormatInt(d.C.ID, 10)
}

func contactID(v *visit) (int64, error) {
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, wirechief.Errorf(wirechief.NotFound, "there is no contact %q", v.r.PathValue("id"))
	}
	return id, nil
}

func (c *Console) showContact(v *visit) error {
	id, err := contactID(v)
	if err != nil {
		return err
	}
	contact, err := c.Desk.Contact(v.ctx(), v.p, id)
	if err != nil {
		return err
	}
	page := &contactData{C: *contact, Phones: strings.Join(contact.Phones, "\n"), Labels: strings.Join(contact.Labels, ", ")}
	if err := c.fillContact(v, page); err != nil {
		return err
	}
	return c.render(v, "contact", page)
}

// fillContact adds what the page has beside the form.
func (c *Console) fillContact(v *visit, page *contactData) error {
	trouble := page.Trouble
	page.Page = Page{Title: "New contact", Section: "contacts", Trouble: trouble}
	if page.New {
		return nil
	}
	page.Title = page.C.Name
	if page.Title == "" {
		page.Title = "Contact"
	}
	list, err := c.Desk.Conversations(v.ctx(), v.p, inbox.Filter{View: inbox.ViewEvery, Contact: page.C.ID, Limit: 20})
	if err != nil {
		return err
	}
	for _, view := range list {
		page.Conversations = append(page.Conversations, threadRow{ConversationView: view, Address: inboxQuery{}.address(view.ID)})
	}
	if page.C.Name != "" && v.may(wirechief.RightReply) {
		same, err := c.Desk.Contacts(v.ctx(), v.p, wirechief.ContactFilter{Tenant: v.p.Tenant, Query: page.C.Name, Limit: 10})
		if err != nil {
			return err
		}
		for _, o := range same {
			if o.ID != page.C.ID {
				page.Others = append(page.Others, o)
			}
		}
	}
	return nil
}

func (c *Console) newContact(v *visit) error {
	page := &contactData{New: true, Phones: v.query("phone")}
	if err := c.fillContact(v, page); err != nil {
		return err
	}
	return c.render(v, "contact", page)
}

func (c *Console) putContact(v *visit) error {
	page := &contactData{New: v.r.PathValue("id") == "", Phones: v.text("phones"), Labels: v.value("labels")}
	if !page.New {
		id, err := contactID(v)
		if err != nil {
			return err
		}
		was, err := c.Desk.Contact(v.ctx(), v.p, id)
		if err != nil {
			return err
		}
		page.C = *was
	}
	page.C.Name, page.C.Email, page.C.Company, page.C.Notes, page.C.Reference = v.value("name"), v.value("email"), v.value("company"), v.text("notes"), v.value("reference")
	page.C.Phones = split(page.Phones, "\n,;")
	page.C.Labels = split(page.Labels, ",;")
	saved, err := c.Desk.PutContact(v.ctx(), v.p, page.C)
	if err != nil {
		if k := wirechief.KindOf(err); k != wirechief.Invalid && k != wirechief.Conflict {
			return err
		}
		page.Trouble = troubleOf(err)
		if err := c.fillContact(v, page); err != nil {
			return err
		}
		return c.renderStatus(v, page.Trouble.Status, "contact", page)
	}
	v.say("Saved.")
	return v.to("/contacts/" + strconv.FormatInt(saved.ID, 10))
}

// split parts a field at any of some marks; empty pieces go.
func split(s, marks string) (out []string) {
	for _, piece := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(marks, r) }) {
		if piece = strings.TrimSpace(piece); piece != "" {
			out = append(out, piece)
		}
	}
	return out
}

func (c *Console) blockContact(v *visit) error {
	id, err := contactID(v)
	if err != nil {
		return err
	}
	blocked := v.value("blocked") != "0"
	if _, err := c.Desk.BlockContact(v.ctx(), v.p, id, blocked); err != nil {
		return err
	}
	if blocked {
		v.say("Blocked: what they send is kept and told to nobody.")
	} else {
		v.say("Not blocked any more.")
	}
	return v.to("/contacts/" + v.r.PathValue("id"))
}

func (c *Console) mergeContact(v *visit) error {
	id, err := contactID(v)
	if err != nil {
		return err
	}
	other, err := strconv.ParseInt(v.value("other"), 10, 64)
	if err != nil {
		return wirechief.InvalidField("other", "choose the contact that is the same person")
	}
	if _, err := c.Desk.Merge(v.ctx(), v.p, id, other); err != nil {
		return err
	}
	v.say("The two are one contact now.")
	return v.to("/contacts/" + v.r.PathValue("id"))
}

func (c *Console) deleteContact(v *visit) error {
	id, err := contactID(v)
	if err != nil {
		return err
	}
	if err := c.Desk.DeleteContact(v.ctx(), v.p, id); err != nil {
		return err
	}
	v.say("The contact is gone; the conversations stay.")
	return v.to("/contacts")
}

func (c *Console) forgetContact(v *visit) error {
	id, err := contactID(v)
	if err != nil {
		return err
	}
	done, err := c.Desk.ForgetContact(v.ctx(), v.p, id)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("Forgotten: %s in %s.", plural(done.Messages, "message", "messages"), plural(done.Conversations, "conversation", "conversations"))
	if done.Left {
		text += " What still waits to be sent or delivered was left, and the contact with it; do it again once it has gone."
	}
	v.say(text)
	return v.to("/contacts")
}

type contactImportData struct {
	Page
	Result       *inbox.ImportResult
	Dry, Skip    bool
	CSV, Country string // as they were typed; a small file comes to be pasted lines
}

// Good is how many contacts would be made or changed.
func (d *contactImportData) Good() int { return d.Result.Created + d.Result.Updated }

// keptMost is up to how many octets of a file come back with the form, so that
// it need not be chosen twice.
const keptMost = 256 << 10

func (c *Console) showContactImport(v *visit) error {
	return c.render(v, "contactimport", &contactImportData{Page: Page{Title: "Import contacts", Section: "contacts"}, Dry: true})
}

// importContacts takes a file, or text that was pasted.
func (c *Console) importContacts(v *visit) error {
	page := &contactImportData{
		Page: Page{Title: "Import contacts", Section: "contacts"},
		Dry:  v.checked("dry") && !v.checked("go"), Skip: v.checked("skip"), CSV: v.text("csv"), Country: v.value("country"),
	}
	err := c.takeContacts(v, page)
	if err != nil {
		if wirechief.KindOf(err) != wirechief.Invalid {
			return err
		}
		page.Trouble = troubleOf(err)
		if page.Trouble.Field != "country" {
			page.Trouble.Field = "file"
			if strings.TrimSpace(page.CSV) != "" {
				page.Trouble.Field = "csv" // it was pasted, or has become so
			}
		}
	}
	return c.renderStatus(v, statusOfTrouble(page.Trouble), "contactimport", page)
}

func (c *Console) takeContacts(v *visit, page *contactImportData) error {
	region := strings.ToUpper(page.Country)
	if region != "" && !e164.IsCountry(region) {
		return wirechief.InvalidField("country", "%q is not a country of two letters, such as US", clip(page.Country, 30))
	}
	file, err := v.file("file", "csv")
	if err != nil {
		return err
	}
	lines, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	if page.CSV = ""; len(lines) <= keptMost && utf8.Valid(lines) {
		page.CSV = string(lines)
	}
	result, err := c.Desk.ImportContacts(v.ctx(), v.p, bytes.NewReader(lines), inbox.ImportOptions{DryRun: page.Dry, SkipBad: page.Skip, Region: region})
	if err != nil {
		return err
	}
	page.Result = &result
	if len(result.Bad) > 0 && !result.Applied && !page.Dry {
		bad := result.Bad[0]
		more := ""
		if n := len(result.Bad) - 1; n > 0 {
			more = "; " + plural(n, "more row is", "more rows are") + " listed below"
		}
		return wirechief.InvalidField("file", "nothing was changed: line %d, %s: %s%s", bad.Line, bad.Field, bad.Message, more)
	}
	return nil
}

// file is an uploaded file of the form, or what was pasted into a field instead.
func (v *visit) file(name, pasted string) (io.Reader, error) {
	if f, head, err := v.r.FormFile(name); err == nil && head.Size > 0 {
		return f, nil // the request removes it at its end
	}
	if s := v.text(pasted); strings.TrimSpace(s) != "" {
		return strings.NewReader(s), nil
	}
	return nil, wirechief.InvalidField(name, "choose a file, or paste its lines")
}

// download begins an answer that is a file.
func (v *visit) download(name, mediaType string) {
	h := v.w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", "attachment; filename="+url.PathEscape(name))
	v.done = true
}

func (c *Console) exportContacts(v *visit) error {
	c.Gate.Note(v.ctx(), v.p, "contacts.export", "")
	v.download("contacts.csv", "text/csv; charset=utf-8")
	return c.Desk.ExportContacts(v.ctx(), v.p, v.w, wirechief.ContactFilter{Query: v.query("q"), Label: v.query("label")})
}
