package inbox_test

import (
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/inbox"
)

func TestTemplates(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.arrives("acme", peer, ours, "hello")
	hi := ok[wirechief.Template](t)(w.desk.PutTemplate(ctx, ann, wirechief.Template{
		Name: " Hello ", Text: "Hi {{ first_name | there }}, this is {{agent}} at {{number_name}} ({{number}}). {{company}}",
	}))
	bye := ok[wirechief.Template](t)(w.desk.PutTemplate(ctx, ann, wirechief.Template{Name: "bye", Text: "Bye {{name}}"}))
	fill := func(template int64) string {
		t.Helper()
		return ok[string](t)(w.desk.FillTemplate(ctx, ann, template, id))
	}
	same(t, "nobody known", fill(hi.ID), "Hi there, this is Ann at Front desk ("+ours+"). ")
	ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, wirechief.Contact{Name: "{{agent}} Zed", Company: "Acme", Phones: []string{peer}}))
	same(t, "known", fill(hi.ID), "Hi {{agent}}, this is Ann at Front desk ("+ours+"). Acme") // values stay as they are
	same(t, "the other", fill(bye.ID), "Bye {{agent}} Zed")

	bye.Text = "So long"
	bye = ok[wirechief.Template](t)(w.desk.PutTemplate(ctx, owner, bye))
	for _, d := range []*inbox.Desk{w.desk, w.open()} { // also after a restart
		same(t, "list", ok[[]wirechief.Template](t)(d.Templates(ctx, viewer)), []wirechief.Template{bye, hi})
	}
	for field, bad := range map[string]wirechief.Template{
		"name": {Name: " ", Text: "x"},
		"text": {Name: "x", Text: "Hi {{nmae}}"},
	} {
		_, err := w.desk.PutTemplate(ctx, ann, bad)
		wants(t, field, err, wirechief.Invalid, "", field)
		if field == "text" && !strings.Contains(wirechief.MessageOf(err), "{{nmae}}") {
			t.Errorf("the field is not named: %v", err)
		}
	}
	for _, text := range []string{"", "Hi {{name", "Hi {{name\n}}", "a\x00", strings.Repeat("x", 4001), "{{}}"} {
		_, err := w.desk.PutTemplate(ctx, ann, wirechief.Template{Name: "x", Text: text})
		wants(t, text, err, wirechief.Invalid, "", "text")
	}
	_, err := w.desk.PutTemplate(ctx, ann, wirechief.Template{Name: "HELLO", Text: "x"})
	wants(t, "same name", err, wirechief.Conflict, wirechief.RuleTaken, "name")
	_, err = w.desk.PutTemplate(ctx, ann, wirechief.Template{ID: 4711, Name: "x", Text: "x"})
	wants(t, "unknown", err, wirechief.NotFound, wirechief.RuleReference, "template")
	must(t, w.desk.DeleteTemplate(ctx, ann, hi.ID))
	wants(t, "gone", w.desk.DeleteTemplate(ctx, ann, hi.ID), wirechief.NotFound, wirechief.RuleReference, "template")
	same(t, "after a restart", len(ok[[]wirechief.Template](t)(w.open().Templates(ctx, ann))), 1)
}

func FuzzFill(f *testing.F) {
	for _, s := range []string{"Hi {{name}}", "{{", "}}", "{{name|{{x}}", "{{ name | there }}{{name}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, err := inbox.Fill(s, func(field string) (string, bool) { return "v", field == "name" })
		if err == nil && !strings.Contains(s, "{{") && out != s {
			t.Errorf("%q becomes %q", s, out)
		}
	})
}
