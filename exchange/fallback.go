package exchange

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
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
// twice. An error says that what is needed for it cannot be read just now: then
// the outcome has to wait, for nobody asks about it later.
func (x *Exchange) Follow(ctx context.Context, d *wirechief.Delivery, came wirechief.Attempted) ([]wirechief.Command, error) {
	exhausted := came.Status == wirechief.DeliveryExhausted
	chained := x.isChained(d)
	switch came.Status {
	case wirechief.DeliveryExhausted, wirechief.DeliveryPending, wirechief.DeliveryPaused:
	default:
		return nil, nil
	}
	if d.Message == 0 || !exhausted && (!chained || came.Tries == 0) {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, fallbackTime)
	defer cancel()
	m, err := x.Store.Message(ctx, wirechief.MessageKey{Shard: d.Shard, ID: d.Message})
	switch {
	case wirechief.KindOf(err) == wirechief.NotFound:
		return nil, nil
	case err != nil:
		return nil, err
	}
	var out []wirechief.Command
	if n := x.dir.number(m.To); chained && n != nil && n.Tenant == m.Tenant {
		if exhausted || isGone(came) || came.Tries >= fallbackAfter(n) {
			because := fmt.Sprintf("%s to %s has failed %s", d.Kind, bare(d.Destination), times(came.Tries))
			if out, err = x.fallBack(ctx, d, m, n, because); err != nil {
				return nil, err
			}
		}
	}
	if exhausted {
		out = append(out, x.failedEntry(d, came, m)...)
	}
	return out, nil
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

// fallBack plans what is next in the chain after a failing delivery, unless that
// has had its turn.
func (x *Exchange) fallBack(ctx context.Context, d *wirechief.Delivery, m *wirechief.Message, n *wirechief.Number, because string) ([]wirechief.Command, error) {
	if !slices.ContainsFunc(n.Fallback[min(d.Fallback, len(n.Fallback)):], func(f wirechief.Forward) bool { return f.Enabled }) {
		return nil, nil
	}
	// One failure of a text at a time: two that come together plan one.
	defer x.falling.lock(strconv.FormatInt(m.ID, 10))()
	if x.fallen.place(m.ID) > d.Fallback {
		return nil, nil
	}
	for i := range m.Events {
		if m.Events[i].Detail.Fallback > d.Fallback {
			return nil, nil
		}
	}
	list, err := x.Store.Deliveries(ctx, wirechief.DeliveryFilter{Tenant: m.Tenant, Message: m.ID, Limit: 1000})
	if err != nil {
		return nil, err
	}
	for _, other := range list {
		if other.Fallback > d.Fallback {
			return nil, nil
		}
	}
	step := x.chain(m, n, d, because, x.Now())
	out := []wirechief.Command{wirechief.Record{Key: m.MessageKey, Events: step.events}}
	if len(step.deliveries) > 0 {
		out = append(out, wirechief.Accept{Deliveries: step.deliveries})
	}
	return out, nil
}

// chain plans the next destination of a number's chain after a failing delivery.
// What cannot be told is noted and passed over. What waits for a destination
// that is gone is planned, and the one behind it is told at once.
func (x *Exchange) chain(m *wirechief.Message, n *wirechief.Number, failing *wirechief.Delivery, because string, now time.Time) (step consequences) {
	for i := failing.Fallback; i < len(n.Fallback); i++ {
		f := &n.Fallback[i]
		if !f.Enabled {
			continue
		}
		x.fallen.note(m.ID, i+1)
		event := wirechief.Event{At: now, Type: wirechief.EventForwarded, Detail: wirechief.Detail{
			Kind: string(f.Type), To: f.Destination, Fallback: i + 1, Because: "fallback: " + because,
		}}
		d, undo, refusal := x.fallbackOf(m, n, f, failing, now)
		if refusal != nil {
			event.Type, event.Detail.Rule, event.Detail.Because = wirechief.EventSuppressed, refusal.Rule, refusal.Message
			step.events = append(step.events, event)
			continue
		}
		if undo != nil {
			step.uncount = append(step.uncount, undo)
		}
		d.Fallback, event.Detail.Delivery = i+1, d.ID
		step.deliveries, step.events = append(step.deliveries, d), append(step.events, event)
		if d.Status != wirechief.DeliveryPaused || !x.dir.isGone(d.Lane()) {
			break
		}
		because = isGoneFor(d)
	}
	return step
}

// fallbackOf makes the delivery of one destination of the chain. An HTTP one
// that names no format of its own gets the shape that the failing one has.
func (x *Exchange) fallbackOf(m *wirechief.Message, n *wirechief.Number, f *wirechief.Forward, failing *wirechief.Delivery, now time.Time) (
	d *wirechief.Delivery, undo func(), refusal *wirechief.Error,
) {
	switch f.Type {
	case wirechief.KindEmail:
		return x.mailOf(m, f, now), nil, nil
	case wirechief.KindSMS:
		because, undo := x.goesRound(m, f.Destination, now)
		if because != "" {
			return nil, nil, wirechief.Refuse(wirechief.Conflict, wirechief.RuleLoop, "%s", because)
		}
		return x.textOf(m, n, f, now), undo, nil
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
		return nil, nil, wirechief.Errorf(wirechief.Internal, "the text could not be put into the shape of %s", l.format)
	}
	return d, nil, nil
}

// failedEntry notes a delivery that is exhausted in the conversation.
func (x *Exchange) failedEntry(d *wirechief.Delivery, came wirechief.Attempted, m *wirechief.Message) []wirechief.Command {
	if came.Status != wirechief.DeliveryExhausted || m.Conversation == 0 {
		return nil
	}
	text := string(d.Kind) + " to " + bare(d.Destination) + " failed " + times(came.Tries)
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

// bare writes a destination for everybody who may read the conversation: of a
// URL neither who it is for nor its query, where the secrets are.
func bare(destination string) string {
	u, err := url.Parse(destination)
	if err != nil || u.Host == "" {
		return destination
	}
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}

// fallen remembers what was planned of chains a moment ago: what is planned for
// two deliveries of one text at the same time is not on disk when the second is
// looked at. It keeps two generations, so that making room never drops the newest.
type fallen struct {
	mu            sync.Mutex
	young, oldish map[int64]int // by message: the place in the chain
}

const fallenMost = 50_000

// place gives the last place of a message's chain that was planned lately.
func (f *fallen) place(message int64) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return max(f.young[message], f.oldish[message])
}

func (f *fallen) note(message int64, place int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.young == nil || len(f.young) >= fallenMost {
		f.young, f.oldish = make(map[int64]int), f.young
	}
	f.young[message] = max(place, f.young[message], f.oldish[message])
}

// forget is for what could not be kept.
func (f *fallen) forget(message int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.young, message)
	delete(f.oldish, message)
}
