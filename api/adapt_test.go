package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// The timeline joins what happened with what was caused by it.
func TestTimeline(t *testing.T) {
	t0 := time.Date(2026, 9, 16, 10, 0, 0, 0, time.UTC)
	sec := func(s float64) time.Time { return t0.Add(time.Duration(s * float64(time.Second))) }
	event := func(s float64, kind wirechief.EventType) wirechief.Event {
		return wirechief.Event{At: sec(s), Type: kind}
	}
	attempt := func(n int, s float64, class string, next float64) wirechief.Attempt {
		a := wirechief.Attempt{N: n, At: sec(s), Class: class}
		if next != 0 {
			a.NextAt = sec(next)
		}
		return a
	}
	delivery := func(id int64, s float64, status wirechief.DeliveryStatus, attempts ...wirechief.Attempt) *wirechief.Delivery {
		return &wirechief.Delivery{DeliveryKey: wirechief.DeliveryKey{ID: id}, CreatedAt: sec(s), Status: status, Attempts: attempts}
	}
	for _, tt := range []struct {
		name       string
		events     []wirechief.Event
		deliveries []*wirechief.Delivery // newest first, as they are listed
		want       string
	}{
		{"nothing", nil, nil, ""},
		{
			"from accept to webhook attempt",
			[]wirechief.Event{event(0, "accepted"), event(1, "submitted"), event(2, "delivered")},
			[]*wirechief.Delivery{delivery(7, 2, "delivered", attempt(1, 3, "2xx", 0))},
			"0 accepted; 1 submitted; 2 delivered; 2 forwarded 7 pending; 3 forwarded 7 delivered #1",
		},
		{
			"two destinations in between",
			[]wirechief.Event{event(0, "received"), event(5, "replied")},
			[]*wirechief.Delivery{
				delivery(8, 0, "exhausted", attempt(1, 1, "5xx", 4), attempt(2, 6, "timeout", 0)),
				delivery(7, 0, "delivered", attempt(1, 1, "2xx", 0)),
			},
			"0 received; 0 forwarded 7 pending; 0 forwarded 8 pending; 1 forwarded 7 delivered #1; 1 forwarded 8 pending #1; 5 replied; 6 forwarded 8 exhausted #2",
		},
		{
			"replayed",
			[]wirechief.Event{event(0, "received")},
			[]*wirechief.Delivery{delivery(7, 0, "delivered", attempt(1, 1, "5xx", 0), attempt(2, 9, "2xx", 0))},
			"0 received; 0 forwarded 7 pending; 1 forwarded 7  #1; 9 forwarded 7 delivered #2",
		},
		{
			"waits again after a replay",
			[]wirechief.Event{event(0, "received")},
			[]*wirechief.Delivery{delivery(7, 0, "pending", attempt(1, 1, "5xx", 0))},
			"0 received; 0 forwarded 7 pending; 1 forwarded 7  #1",
		},
		{
			"waits for its second try",
			[]wirechief.Event{event(0, "received")},
			[]*wirechief.Delivery{delivery(7, 0, "pending", attempt(1, 1, "5xx", 5))},
			"0 received; 0 forwarded 7 pending; 1 forwarded 7 pending #1",
		},
		{
			"paused before the first try",
			[]wirechief.Event{event(0, "received")},
			[]*wirechief.Delivery{delivery(7, 0, "paused")},
			"0 received; 0 forwarded 7 paused",
		},
		{
			"a clock that was set back does not reorder what happened",
			[]wirechief.Event{event(5, "accepted"), event(3, "submitted"), event(6, "delivered")},
			[]*wirechief.Delivery{delivery(7, 4, "pending")},
			"5 accepted; 3 submitted; 4 forwarded 7 pending; 6 delivered",
		},
	} {
		var got []string
		for _, e := range timeline(&wirechief.Message{Events: tt.events}, tt.deliveries) {
			line := fmt.Sprint(e.At.Sub(t0).Seconds(), " ", e.Type)
			if d := e.Detail; e.Type == wirechief.EventForwarded {
				line += fmt.Sprint(" ", d.Delivery, " ", d.Status)
				if d.Attempt != nil {
					line += fmt.Sprint(" #", d.Attempt.N)
				}
			}
			got = append(got, line)
		}
		if s := strings.Join(got, "; "); s != tt.want {
			t.Errorf("%s:\n%s, want\n%s", tt.name, s, tt.want)
		}
	}
}
