package inbox

import (
	"cmp"
	"context"
	"strings"

	"github.com/wirechief/wirechief"
)

// Fields lists what may stand in double braces in a template.
func Fields() []string {
	return []string{"name", "first_name", "company", "email", "reference", "phone", "number", "number_name", "agent"}
}

// Fill puts values in the place of the fields of a text, {{name}}. A field may
// say what stands there when it has no value: {{name|there}}. What a value holds
// is not looked at again. Kind Invalid, naming the field, for one that value does
// not know, and for braces that are not closed.
func Fill(text string, value func(field string) (string, bool)) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{{")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		inside, after, closed := strings.Cut(rest, "}}")
		field, otherwise, _ := strings.Cut(inside, "|")
		if field = strings.TrimSpace(field); !closed || strings.Contains(inside, "\n") {
			return "", wirechief.InvalidField("text", "%q is not closed: write }} behind the field", clipped("{{"+inside))
		}
		v, known := value(field)
		if !known {
			return "", wirechief.InvalidField("text", "there is no field {{%s}}; there are %s", clipped(field), strings.Join(Fields(), ", "))
		}
		out.WriteString(cmp.Or(v, strings.TrimSpace(otherwise)))
		text = after
	}
}

// FillTemplate fills a template in for a conversation: the text of an answer
// that somebody then looks at and sends. name is the contact's, phone the peer's,
// number ours, and agent who asks.
func (d *Desk) FillTemplate(ctx context.Context, p wirechief.Principal, template, conversation int64) (string, error) {
	ctx, err := enter(ctx, p, "template.fill", wirechief.RightReply)
	if err != nil {
		return "", err
	}
	t, err := d.Template(ctx, p, template)
	if err != nil {
		return "", err
	}
	c, err := d.conversation(ctx, p, conversation)
	if err != nil {
		return "", err
	}
	h, err := d.header(ctx, p, c)
	if err != nil {
		return "", err
	}
	person := h.Person
	if person == nil {
		person = new(wirechief.Contact)
	}
	first, _, _ := strings.Cut(person.Name, " ")
	values := map[string]string{
		"name": person.Name, "first_name": first, "company": person.Company, "email": person.Email, "reference": person.Reference,
		"phone": c.Peer, "number": c.Number, "number_name": cmp.Or(h.NumberName, c.Number), "agent": who(p),
	}
	return Fill(t.Text, func(field string) (string, bool) {
		v, ok := values[field]
		return v, ok
	})
}
