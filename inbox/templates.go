package inbox

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
)

// Limits of templates.
const (
	TemplatesMost    = 1000 // of a tenant
	TemplateTextMost = 4000 // characters
)

// Templates lists the templates of the principal's tenant, by name.
func (d *Desk) Templates(ctx context.Context, p wirechief.Principal) ([]wirechief.Template, error) {
	if _, err := enter(ctx, p, "templates", wirechief.RightRead); err != nil {
		return nil, err
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	out := make([]wirechief.Template, 0, len(d.templates[p.Tenant]))
	for _, t := range d.templates[p.Tenant] {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b wirechief.Template) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// Template gives one template.
func (d *Desk) Template(ctx context.Context, p wirechief.Principal, id int64) (wirechief.Template, error) {
	if _, err := enter(ctx, p, "template", wirechief.RightRead); err != nil {
		return wirechief.Template{}, err
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	if t := d.templates[p.Tenant][id]; t != nil {
		return *t, nil
	}
	return wirechief.Template{}, noTemplate()
}

func noTemplate() error {
	return &wirechief.Error{
		Op: "template", Kind: wirechief.NotFound, Rule: wirechief.RuleReference, Field: "template", Message: "there is no such template",
	}
}

// PutTemplate makes a template (ID 0) or changes one. A text with a field that
// there is not is refused, and the field named: see [Fields].
func (d *Desk) PutTemplate(ctx context.Context, p wirechief.Principal, t wirechief.Template) (wirechief.Template, error) {
	ctx, err := enter(ctx, p, "template.put", wirechief.RightReply)
	if err != nil {
		return wirechief.Template{}, err
	}
	t.Name = strings.TrimSpace(t.Name)
	t.Text = strings.ReplaceAll(t.Text, "\r\n", "\n")
	switch {
	case t.Name == "":
		return wirechief.Template{}, wirechief.InvalidField("name", "a template needs a name")
	case !isLine(t.Name) || utf8.RuneCountInString(t.Name) > NameMost:
		return wirechief.Template{}, wirechief.InvalidField("name", "a name has at most %d characters, none of them control characters", NameMost)
	case strings.TrimSpace(t.Text) == "":
		return wirechief.Template{}, wirechief.InvalidField("text", "a template needs a text")
	case !isText(t.Text):
		return wirechief.Template{}, wirechief.InvalidField("text", "the text holds control characters or is not valid UTF-8")
	case utf8.RuneCountInString(t.Text) > TemplateTextMost:
		return wirechief.Template{}, wirechief.InvalidField("text", "a template has at most %d characters", TemplateTextMost)
	}
	if _, err := Fill(t.Text, func(field string) (string, bool) { return "", slices.Contains(Fields(), field) }); err != nil {
		return wirechief.Template{}, err
	}
	d.contacts.Lock() // templates change as rarely: one lock does for both
	defer d.contacts.Unlock()
	t.UpdatedAt = d.now().UTC().Truncate(time.Second)
	if err := d.judgePlace(p.Tenant, &t); err != nil {
		return wirechief.Template{}, err
	}
	if t.ID == 0 {
		t.ID, t.CreatedAt = d.ids.Next(), t.UpdatedAt
	}
	doc, err := json.Marshal(t)
	if err != nil {
		return wirechief.Template{}, err
	}
	if _, err := d.apply(ctx, wirechief.PutEntity{Entity: templateEntity(p.Tenant, t.ID, doc)}); err != nil {
		return wirechief.Template{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keepTemplate(p.Tenant, &t)
	return t, nil
}

// judgePlace looks at a template beside the others of its tenant.
func (d *Desk) judgePlace(tenant string, t *wirechief.Template) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	of := d.templates[tenant]
	if was := of[t.ID]; was != nil {
		t.CreatedAt = was.CreatedAt
	} else if t.ID != 0 {
		return noTemplate()
	} else if len(of) >= TemplatesMost {
		return &wirechief.Error{
			Op: "template.put", Kind: wirechief.Conflict, Rule: wirechief.RuleLimit, Field: "template",
			Message: "there are as many templates as there may be; remove one first",
		}
	}
	for _, o := range of {
		if o.ID != t.ID && strings.EqualFold(o.Name, t.Name) {
			return &wirechief.Error{
				Op: "template.put", Kind: wirechief.Conflict, Rule: wirechief.RuleTaken, Field: "name", Message: "another template has this name",
			}
		}
	}
	return nil
}

func templateEntity(tenant string, id int64, doc []byte) wirechief.Entity {
	return wirechief.Entity{Tenant: tenant, Kind: wirechief.EntityTemplate, Key: strconv.FormatInt(id, 10), Doc: doc}
}

// keepTemplate is called with mu held.
func (d *Desk) keepTemplate(tenant string, t *wirechief.Template) {
	if d.templates[tenant] == nil {
		d.templates[tenant] = make(map[int64]*wirechief.Template)
	}
	kept := *t
	d.templates[tenant][t.ID] = &kept
}

// DeleteTemplate removes a template.
func (d *Desk) DeleteTemplate(ctx context.Context, p wirechief.Principal, id int64) error {
	ctx, err := enter(ctx, p, "template.delete", wirechief.RightReply)
	if err != nil {
		return err
	}
	d.contacts.Lock()
	defer d.contacts.Unlock()
	if _, err := d.Template(ctx, p, id); err != nil {
		return err
	}
	if _, err := d.apply(ctx, wirechief.DropEntity{Entity: templateEntity(p.Tenant, id, nil)}); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.templates[p.Tenant], id)
	return nil
}
