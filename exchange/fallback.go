package exchange

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
)

// FallbackAfter is after how many failed tries the next of a number's fallback
// destinations has its turn, where the number says nothing.
const FallbackAfter = 3

// FallbackAfterMost is the largest number of tries that a number can say: there
// are no more.
const FallbackAfterMost = 12

// fallbackTime bounds the reading of what a failing delivery is about.
const fallbackTime = time.Second

// Follow says what follows from a try that has failed, for the delivery engine,
// which commits it with the outcome ([delivery.Options]). A delivery that is
// exhausted is noted in the conversation. When what tells an HTTP destination of
// a text has failed as often as the number says, or for good, the next
// destination of the number's fallback chain is told, once a text: because it is
// planned in the commit of that very failure, no crash leaves it out or has it
// twice.
func (x *Exchange) Follow(d *wirechief.Delivery, came wirechief.Attempted) []wirechief.Command {
	exhausted := came.Status == wirechief.DeliveryExhausted
	chained := x.isChained(d)
	switch came.Status {
	case wirechief.DeliveryExhausted, wirechief.DeliveryPending, wirechief.DeliveryPaused:
	default:
		return nil
	}
	if d.Message == 0 || !exhausted && (!chained || came.Tries == 0) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), fallbackTime)
	defer cancel()
	m, err := x.Store.Message(ctx, wirechief.MessageKey{Shard: d.Shard, ID: d.Message})
	if err != nil {
		if wirechief.KindOf(err) != wirechief.NotFound {
			x.Log.Warn("what a failing delivery is about cannot be read", "delivery", d.ID, "message", d.Message, "error", err)
		}
		return nil
	}
	var out []wirechief.Command
	if n := x.dir.number(m.To); chained && n != nil && n.Tenant == m.Tenant {
		if exhausted || isGone(came) || came.Tries >= fallbackAfter(n) {
			out = x.fallBack(ctx, d, m, n, came)
		}
	}
	if exhausted {
		out = append(out, x.failedEntry(d, came, m)...)
	}
	return out
}

func fallbackAfter(n *wirechief.Number) int {
	if n.FallbackAfter > 0 {
		return n.FallbackAfter
	}
	return FallbackAfter
}

// isChained says whether a delivery is one whose failures the fallback chain is
// for: it tells an HTTP destination of a text, or is of the chain itself.
func (x *Exchange) isChained(d *wirechief.Delivery) bool {
	if d.Event != wirechief.NoticeInbound || !x.dir.fallsBack(d.Tenant) {
		return false
	}
	return d.Fallback > 0 || d.Kind == wirechief.KindHTTP || d.Kind == wirechief.KindWebhook
}

// isGone says whether a destination was paused because it wants nothing more.
// When a person paused it, what there is to tell waits for it.
func isGone(came wirechief.Attempted) bool {
	return came.Status == wirechief.DeliveryPaused && came.Attempt != nil && came.Attempt.StatusCode == 410
}

// fallBack plans the next of the chain, unless it has had its turn.
func (x *Exchange) fallBack(ctx context.Context, d *wirechief.Delivery, m *wirechief.Message, n *wirechief.Number, came wirechief.Attempted) []wirechief.Command {
	next := d.Fallback
	for next < len(n.Fallback) && !n.Fallback[next].Enabled {
		next++
	}
	if next == len(n.Fallback) {
		return nil
	}
	x.fallen.mu.Lock()
	defer x.fallen.mu.Unlock()
	if x.fallen.has(m.ID, next+1) {
		return nil
	}
	list, err := x.Store.Deliveries(ctx, wirechief.DeliveryFilter{Tenant: m.Tenant, Message: m.ID, Limit: 1000})
	if err != nil {
		x.Log.Warn("the fallback of a delivery cannot be planned", "delivery", d.ID, "message", m.ID, "error", err)
		return nil
	}
	for _, other := range list {
		if other.Fallback > next {
			return nil
		}
	}
	f := &n.Fallback[next]
	now := x.Now()
	because := fmt.Sprintf("%s to %s has failed %s", d.Kind, d.Destination, times(came.Tries))
	p, refusal := x.fallbackOf(m, n, f, d)
	detail := wirechief.Detail{Kind: string(f.Type), To: f.Destination, Because: "fallback: " + because}
	event := wirechief.Event{At: now, Type: wirechief.EventForwarded, Detail: detail}
	if refusal != "" {
		event.Type, event.Detail.Rule, event.Detail.Because = wirechief.EventSuppressed, wirechief.RuleLoop, refusal
		return []wirechief.Command{wirechief.Record{Key: m.MessageKey, Events: []wirechief.Event{event}}}
	}
	if p == nil {
		return nil
	}
	p.Fallback = next + 1
	event.Detail.Delivery = p.ID
	x.fallen.note(m.ID, next+1)
	return []wirechief.Command{
		wirechief.Accept{Deliveries: []*wirechief.Delivery{p}},
		wirechief.Record{Key: m.MessageKey, Events: []wirechief.Event{event}},
	}
}

// fallbackOf makes the delivery of one destination of the chain. An HTTP one
// that names no format of its own gets the shape that the failing one has.
func (x *Exchange) fallbackOf(m *wirechief.Message, n *wirechief.Number, f *wirechief.Forward, failing *wirechief.Delivery) (d *wirechief.Delivery, refusal string) {
	now := x.Now()
	switch f.Type {
	case wirechief.KindEmail:
		return x.mailOf(m, f, now), ""
	case wirechief.KindSMS:
		if because, _ := x.goesRound(m, f.Destination, now); because != "" {
			return nil, because
		}
		return x.textOf(m, n, f, now), ""
	}
	l := forwardListener(f)
	if f.Format == "" && x.Formats[failing.Profile] != nil {
		l.format = failing.Profile
		switch failing.Profile {
		case wirechief.DialectBulkVS:
			w := wirechief.Webhook{URL: f.Destination, Method: "POST"}
			if named := x.dir.webhook(n.Tenant, n.Webhook); named != nil {
				w.Method, w.Encoding = named.Method, named.Encoding
			}
			l.webhook, l.forward = &w, nil
		case wirechief.DialectFoneDynamics:
			l.hook, l.forward = &wirechief.Hook{URL: f.Destination, Method: f.Method, Format: failing.Profile}, nil
		}
	}
	notice := wirechief.Notice{Event: wirechief.NoticeInbound, At: m.CreatedAt, Message: m}
	if x.Media != nil {
		for _, item := range m.Media {
			if item.Token != "" {
				notice.Media = append(notice.Media, x.Media.Link(item))
			}
		}
	}
	d, err := x.tell(l, notice, n)
	if err != nil {
		x.unformatted(m, l, err)
		return nil, ""
	}
	return d, ""
}

// failedEntry notes a delivery that is exhausted in the conversation.
func (x *Exchange) failedEntry(d *wirechief.Delivery, came wirechief.Attempted, m *wirechief.Message) []wirechief.Command {
	if came.Status != wirechief.DeliveryExhausted || m.Conversation == 0 {
		return nil
	}
	text := string(d.Kind) + " to " + d.Destination + " failed " + times(came.Tries)
	if a := came.Attempt; a != nil {
		switch {
		case a.Error != "":
			text += ": " + a.Error
		case a.StatusCode > 0:
			text += fmt.Sprintf(": it answered %d", a.StatusCode)
		}
	}
	return []wirechief.Command{wirechief.ChangeConversation{
		Key: wirechief.ConversationKey{Shard: m.Shard, ID: m.Conversation},
		Entries: []wirechief.Entry{{
			ID: x.IDs.Next(), Kind: wirechief.EntryForwardFailed, Text: text, Message: m.ID, Delivery: d.ID, At: x.Now(),
		}},
	}}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// fallen remembers what was planned of chains a moment ago: what is planned for
// two deliveries of one text in one commit is not on disk when the second is
// looked at.
type fallen struct {
	mu      sync.Mutex
	planned map[int64]int // by message: the place in the chain
}

const fallenMost = 10_000

func (f *fallen) has(message int64, place int) bool { return f.planned[message] >= place }

func (f *fallen) note(message int64, place int) {
	if f.planned == nil || len(f.planned) >= fallenMost {
		f.planned = make(map[int64]int)
	}
	f.planned[message] = place
}
