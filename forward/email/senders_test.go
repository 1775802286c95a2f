package email

import (
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/forward"
)

// TestSenders: a mail is from the forward's sender where the operator allows
// its domain, else from the operator's with the wish in name and Reply-To.
func TestSenders(t *testing.T) {
	for _, tt := range []struct {
		wish, from, reply string
		senders           []string
	}{
		{"", "<no-reply@example.test>", "", nil},
		{"shop@Example.test", "<shop@example.test>", "", nil},
		{"ceo@bank.test", "(ceo@bank.test)\" <no-reply@example.test>", "<ceo@bank.test>", nil},
		{"ceo@sub.example.test", "(ceo@sub.example.test)\" <no-reply@example.test>", "<ceo@sub.example.test>", nil},
		{"shop@acme.test", "<shop@acme.test>", "", []string{"acme.test"}},
		{"x@example.test", "(x@example.test)\" <no-reply@example.test>", "<x@example.test>", []string{"acme.test"}},
	} {
		f := newFar(t, nil)
		c := f.config()
		c.Senders = tt.senders
		store := new(shelf)
		m := store.arrived("hi")
		m.Conversation = 0
		s := newSender(t, c, Options{Source: store, Now: func() time.Time { return noon }})
		if _, out := s.Send(t.Context(), mailOf(m, "desk@acme.test", forward.Mail{From: tt.wish}), time.Minute); out.Disposition != wirechief.Done {
			t.Fatalf("%+v", out)
		}
		last := f.seen()[0]
		if o := openMail(t, last.data); !strings.HasSuffix(o.Get("From"), tt.from) || o.Get("Reply-To") != tt.reply || last.from != "no-reply@example.test" {
			t.Errorf("%s: From %s, Reply-To %s, envelope %s", tt.wish, o.Get("From"), o.Get("Reply-To"), last.from)
		}
	}
}
