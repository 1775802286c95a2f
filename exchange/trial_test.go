package exchange_test

import (
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// A test of the wires leaves nothing that somebody has to read, and can be had
// by who has blocked its sender, of whom there is no conversation then.
func TestATestIsNoUnreadText(t *testing.T) {
	for _, blocked := range []bool{false, true} {
		w := newWorld(t, func(o *exchange.Options) {
			o.Blocked = func(_, peer string) bool { return blocked && peer == exchange.TestSender }
		})
		if err := w.TestNumber(t.Context(), acme, desk); err != nil {
			t.Fatalf("blocked %v: %v", blocked, err)
		}
		if list := w.inbox(); len(list) != 1 || list[0].From != exchange.TestSender || (list[0].Conversation == 0) != blocked {
			t.Errorf("blocked %v: kept %+v", blocked, list)
		}
		c, err := w.disk.ConversationBetween(t.Context(), "acme", desk, exchange.TestSender)
		if blocked {
			if wirechief.KindOf(err) != wirechief.NotFound {
				t.Errorf("of a blocked sender: %+v, %v", c, err)
			}
		} else if err != nil || c.Unread != 0 || c.LastText == "" {
			t.Errorf("the conversation: %+v, %v", c, err)
		}
	}
}
