package exchange_test

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/forward/sms"
)

// An answer to a missed call that is refused as it goes out is none, and the
// conversation says of the call alone.
func TestARefusedAnswerIsNone(t *testing.T) {
	w := newWorld(t)
	w.configure(wirechief.NumberPatch{MissedReply: wirechief.Set(wirechief.Reply{Enabled: true, Message: "Sorry, text us."})})
	if got, err := w.MissedCall(t.Context(), desk, handset); err != nil || !got {
		t.Fatal(got, err)
	}
	ann := wirechief.Principal{Tenant: "acme", Agent: 1, Role: wirechief.RoleOwner, Name: "Ann"}
	if _, err := w.Suppress(t.Context(), ann, []wirechief.OptOut{{Tenant: "acme", Handset: handset, Reason: "no"}}); err != nil {
		t.Fatal(err)
	}
	if a, o := sms.New(w, w.clock.Now).Send(t.Context(), w.engine.given[0], time.Second); o.Disposition != wirechief.Final {
		t.Fatalf("%+v %+v", a, o)
	}
	c, err := w.disk.ConversationBetween(t.Context(), "acme", desk, handset)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := w.disk.Entries(t.Context(), c.ConversationKey, 0, 10)
	if err != nil || len(entries) != 1 || entries[0].Kind != wirechief.EntryMissedCall {
		t.Errorf("%+v %v", entries, err)
	}
}
