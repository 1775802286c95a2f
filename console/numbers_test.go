package console_test

import (
	"strings"
	"testing"
)

// A test text is in the inbox, and is nothing that anybody has yet to read.
func TestSentTestIsRead(t *testing.T) {
	h := newHouse(t)
	b := h.signIn("ann@acme.test", "ann-secret")
	b.get("/numbers/+13109060901")
	for range 2 {
		b.post("/numbers/+13109060901/test")
	}
	if p := b.eventually("/inbox", "Test of the wires"); !strings.Contains(p.text(), "Inbox 0 unread") {
		t.Errorf("the test is unread: %s", p.text())
	}
	h.text("+14155550111", "+13109060901", "Hello")
	b.eventually("/inbox", "Inbox 1 unread")
}
