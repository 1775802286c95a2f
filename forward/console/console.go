package console

import (
	"context"
	"encoding/json"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/delivery"
	"github.com/wirechief/wirechief/forward"
)

// Sender delivers deliveries of kind console. Make it with [New].
type Sender struct{ now wirechief.Clock }

var _ delivery.Sender = (*Sender)(nil)

// New makes a sender.
func New(now wirechief.Clock) *Sender {
	if now == nil {
		now = time.Now
	}
	return &Sender{now}
}

// Send implements [delivery.Sender]: what is committed is delivered.
func (s *Sender) Send(ctx context.Context, d *wirechief.Delivery, _ time.Duration) (*wirechief.Attempt, wirechief.Outcome) {
	if ctx.Err() != nil {
		return nil, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonShutdown}
	}
	a := &wirechief.Attempt{At: s.now().UTC().Truncate(time.Microsecond)}
	var c forward.Console
	if err := json.Unmarshal(d.Body, &c); err != nil || c.Message == 0 {
		a.Class, a.Error = string(wirechief.ReasonContent), "which text it is about cannot be read"
		return a, wirechief.Outcome{Disposition: wirechief.Final, Reason: wirechief.ReasonContent, Text: a.Error}
	}
	a.Class, a.Body = "2xx", "in the inbox"
	return a, wirechief.Outcome{Disposition: wirechief.Done}
}
