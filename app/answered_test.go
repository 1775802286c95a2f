package app

import (
	"testing"

	"github.com/wirechief/wirechief"
)

// An answer by mail leaves nothing unread of what had come until then.
func TestAnAnswerByMailIsRead(t *testing.T) {
	a := withShown(t)
	arrives := func(text string) *wirechief.Conversation {
		t.Helper()
		if err := a.exchange.Inbound(t.Context(), wirechief.Inbound{Carrier: "sim", From: "+14155550101", To: "+13109060901", Text: text}); err != nil {
			t.Fatal(err)
		}
		c, err := a.store.ConversationBetween(t.Context(), "acme", "+13109060901", "+14155550101")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	arrives("one")
	c := arrives("two")
	arrives("three, while the answer was under way")
	a.answeredByMail(t.Context(), c, "desk@acme.test")
	is, err := a.store.Conversation(t.Context(), c.ConversationKey)
	if err != nil || c.Unread != 2 || is.Unread != 1 || is.Read != c.Last {
		t.Errorf("%+v, before %+v, %v", is, c, err)
	}
}
