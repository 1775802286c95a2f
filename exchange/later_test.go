package exchange_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// What quiet hours hold takes no room of what is due, nor another tenant's; it
// has a limit of its own, over a restart too, and a text that is withdrawn makes
// room again.
func TestTheNightTakesNoRoomOfTheDay(t *testing.T) {
	w := newWorld(t, func(o *exchange.Options) { o.Backlog = 10 })
	w.apply(`tenants: [{id: globex, quiet_hours: "00:00-23:59"}]`)
	send := func(tenant, from string, n int, at time.Time) (ids []int64, err error) {
		t.Helper()
		for i := range n {
			r := text("hello", fmt.Sprintf("+1310555%04d", 2000+i))
			r.Tenant, r.From, r.At = tenant, from, at
			res, err := w.Send(t.Context(), r)
			if err != nil {
				return ids, err
			}
			ids = append(ids, res.Recipients[0].Message)
		}
		return ids, nil
	}
	const spareDesk = "+12125550100"
	now := time.Time{}
	if ids, err := send("globex", spareDesk, 6, now); len(ids) != 5 || wirechief.KindOf(err) != wirechief.Exhausted {
		t.Fatalf("%d of the night were taken: %v", len(ids), err)
	}
	w.restart()
	_, err := send("globex", spareDesk, 1, now)
	wantError(t, err, wirechief.Exhausted, wirechief.RuleBacklog, "")
	// Another tenant's texts for later have their own room.
	w.apply(`tenants: [{id: initech, require_campaign: false, numbers: [{number: "+12125550101", carrier: spare, capabilities: [sms]}]}]`)
	ids, err := send("initech", "+12125550101", 5, t0.Add(2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if w.Waiting("spare") != 10 {
		t.Fatalf("%d wait", w.Waiting("spare"))
	}
	// What is due goes all the same, though the carrier answers nothing, and has its own limit.
	if due, err := send("initech", "+12125550101", 11, now); len(due) != 10 || wirechief.KindOf(err) != wirechief.Exhausted {
		t.Fatalf("%d that are due were taken: %v", len(due), err)
	}
	if _, err := send("initech", "+12125550101", 1, t0.Add(time.Hour)); wirechief.KindOf(err) != wirechief.Exhausted {
		t.Errorf("more for later is taken: %v", err)
	}
	p := wirechief.Principal{Tenant: "initech", Name: "initech"}
	if _, err := w.CancelMessage(t.Context(), p, ids[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := send("initech", "+12125550101", 1, t0.Add(time.Hour)); err != nil {
		t.Errorf("after one was withdrawn: %v", err)
	}
	// Once its time has come it is part of the backlog.
	w.clock.advance(3 * time.Hour)
	_, err = send("initech", "+12125550101", 1, now)
	wantError(t, err, wirechief.Exhausted, wirechief.RuleBacklog, "")
}
