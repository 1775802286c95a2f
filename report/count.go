package report

import (
	"time"

	"github.com/wirechief/wirechief"
)

// Tap counts what was committed. It goes into [feed.Watch].
func (c *Collector) Tap(commands []wirechief.Command, results []wirechief.Result) {
	for i, command := range commands {
		if results[i].Err != nil {
			continue
		}
		switch cmd := wirechief.Unwrap(command).(type) {
		case wirechief.Accept:
			c.accepted(cmd.Messages)
		case wirechief.Record:
			c.recorded(&cmd, results[i].Message)
		case wirechief.Correlate:
			if m := results[i].Message; m != nil && len(m.Events) > 0 {
				// The event that ends a message comes last, after its receipt.
				c.finished(m, &m.Events[len(m.Events)-1])
			}
		case wirechief.Attempted:
			c.attempted(&cmd)
		}
	}
}

func (c *Collector) accepted(messages []*wirechief.Message) {
	for _, m := range messages {
		metric := wirechief.MetricOut
		switch {
		case m.Direction == wirechief.Inward:
			metric = wirechief.MetricIn
		case m.Status == wirechief.StatusSuppressed:
			metric = wirechief.MetricRefused
		}
		c.add(m.Tenant, m.CreatedAt, metric, 1)
	}
}

// recorded looks at what was recorded: a carrier took the message, or it has
// ended, by itself or by a receipt that was there before.
func (c *Collector) recorded(r *wirechief.Record, m *wirechief.Message) {
	if m == nil || m.Direction != wirechief.Outward || r.Message != nil && r.Message.Status.IsFinal() {
		return
	}
	for i := range r.Events {
		e := &r.Events[i]
		if e.Type == wirechief.EventSubmitted {
			c.pending.submitted(m.ID, e.At)
			if m.Status.IsFinal() && len(m.Events) > 0 { // its receipt was there before
				c.finished(m, &m.Events[len(m.Events)-1])
				return
			}
		} else if ends(e) {
			c.finished(m, e)
			return
		}
	}
}

func ends(e *wirechief.Event) bool {
	switch e.Type {
	case wirechief.EventDelivered, wirechief.EventFailed, wirechief.EventExpired:
		return true
	}
	return false
}

// finished counts the end of a message, if it is that.
func (c *Collector) finished(m *wirechief.Message, e *wirechief.Event) {
	if !ends(e) || m.Direction != wirechief.Outward {
		return
	}
	at, known := c.pending.taken(m.ID)
	switch {
	case e.Type != wirechief.EventDelivered:
		c.add(m.Tenant, e.At, wirechief.MetricFailed, 1)
	case known:
		c.time(m.Tenant, e.At, wirechief.MetricDelivered, max(e.At.Sub(at), 0))
	default:
		c.add(m.Tenant, e.At, wirechief.MetricDelivered, 1)
	}
}

// attempted counts a try at a customer's endpoint.
func (c *Collector) attempted(a *wirechief.Attempted) {
	d, try := a.Delivery, a.Attempt
	if d == nil || try == nil || d.Kind != wirechief.KindWebhook && d.Kind != wirechief.KindHTTP {
		return
	}
	metric := wirechief.MetricHookBad
	switch {
	case a.Status == wirechief.DeliveryDelivered:
		metric = wirechief.MetricHookOK
	case try.Class == string(wirechief.ReasonShutdown):
		return // neither failure nor attempt
	}
	c.time(d.Tenant, try.At, metric, time.Duration(try.DurationMS*float64(time.Millisecond)))
}
