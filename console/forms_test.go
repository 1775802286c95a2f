package console_test

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// told gives the fields that are marked as wrong, each with why as it stands
// beside it.
func (s seen) told(t *testing.T) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, n := range s.all(func(n *node) bool { return attr(n, "aria-invalid") == "true" }) {
		why := s.byID(attr(n, "aria-describedby"))
		if why == nil {
			t.Fatalf("nothing says what is wrong with %s", attr(n, "id"))
		}
		out[strings.TrimPrefix(attr(n, "id"), "f-")] = text(why)
	}
	return out
}

// upload sends a form with a file.
func (b *browser) upload(path, file string, fields ...string) seen {
	b.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("csrf", b.csrf)
	for i := 0; i+1 < len(fields); i += 2 {
		_ = form.WriteField(fields[i], fields[i+1])
	}
	part, err := form.CreateFormFile("file", "contacts.csv")
	if err != nil {
		b.h.t.Fatal(err)
	}
	_, _ = part.Write([]byte(file))
	_ = form.Close()
	req, err := http.NewRequest(http.MethodPost, b.h.URL()+path, &body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(req)
}

// What is wrong in a form with rows is shown in its row, and all that was typed
// is there still.
func TestFormsWithRows(t *testing.T) {
	h := newHouse(t)
	b := h.signIn("ann@acme.test", "ann-secret")
	const number = "/numbers/+13109060901"
	b.get(number)
	for _, tt := range []struct {
		name, form, field, why string
		typed                  []string
	}{
		{"second of the chain", "/fallback", "destination1", "not a mail address", []string{"type0", "sms", "destination0", "+14155550111", "type1", "email", "destination1", "nobody", "after", "2"}},
		{"the same twice", "/fallback", "destination1", "twice", []string{"type0", "sms", "destination0", "+14155550111", "type1", "sms", "destination1", "+14155550111"}},
		{"tries", "/fallback", "after", "not a number of tries", []string{"type0", "sms", "destination0", "+14155550111", "after", "some"}},
		{"second keyword", "/keywords", "words1", "opt out", []string{"words", "HOURS", "message", "Nine to five", "words", "STOP", "message", "No"}},
		{"answer, after a row without words", "/keywords", "message2", "needs a message", []string{
			"words", "HOURS", "message", "Nine to five", "words", "", "message", "Kept all the same", "words", "MENU", "message", "", "on2", "1",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := b.post(number+tt.form, tt.typed...)
			told := p.told(t)
			if p.status != http.StatusUnprocessableEntity || len(told) != 1 || !strings.Contains(told[tt.field], tt.why) {
				t.Errorf("answered with %d, marked: %q", p.status, told)
			}
			for i := 1; i < len(tt.typed); i += 2 {
				if tt.typed[i-1] != "on2" && !strings.Contains(html.UnescapeString(p.body), tt.typed[i]) {
					t.Errorf("%q is gone", tt.typed[i])
				}
			}
			for _, fault := range p.faults() {
				t.Error(fault)
			}
		})
	}
}

// An import says which line is wrong beside where the lines came from, and what
// was shown is imported by one press.
func TestImportContacts(t *testing.T) {
	h := newHouse(t)
	b := h.signIn("ann@acme.test", "ann-secret")
	b.get("/contacts/import")
	const good, bad = "name,phones\nMaya,4155550123\n", "name,phones\nMaya,4155550123\nTom,nobody knows\n"
	p := b.post("/contacts/import", "csv", bad, "country", "us")
	if told := p.told(t); p.status != http.StatusUnprocessableEntity || !strings.Contains(told["csv"], "line 3, phones") {
		t.Errorf("answered with %d, marked: %q", p.status, told)
	}
	if !strings.Contains(p.body, "Tom,nobody knows") || attr(p.byID("f-country"), "value") != "us" {
		t.Error("what was typed is gone")
	}
	for field, fields := range map[string][]string{"file": {"csv", ""}, "csv": {"csv", "name,company\nMaya,Acme\n"}, "country": {"csv", good, "country", "Atlantis"}} {
		p := b.post("/contacts/import", fields...)
		if told := p.told(t); p.status != http.StatusUnprocessableEntity || told[field] == "" {
			t.Errorf("%s: answered with %d, marked: %q", field, p.status, told)
		}
		for _, fault := range p.faults() {
			t.Errorf("%s: %s", field, fault)
		}
	}
	p = b.upload("/contacts/import", good, "dry", "1", "country", "US")
	if !strings.Contains(p.text(), "Import these 1") || !strings.Contains(p.body, "Maya,4155550123") {
		t.Errorf("the file is forgotten: %s", p.text())
	}
	p = b.post("/contacts/import", "csv", good, "dry", "1", "country", "US", "go", "1")
	if !strings.Contains(p.text(), "Imported") || !strings.Contains(b.get("/contacts").text(), "Maya") {
		t.Errorf("nothing is imported: %s", p.text())
	}
}
