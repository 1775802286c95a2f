package exchange

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/gsm"
	"github.com/wirechief/wirechief/routing"
)

// Send judges a request (judge.go) and, when it passes, makes its messages
// durable. The order of the rules is that of docs/dialects/bulkvs.md, for every
// dialect: properties, sender, service and funds, registration, then each
// recipient. Funds are taken inside the commit, where they cannot be spent twice.
func (x *Exchange) Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	const op = "send"
	if r.Key != "" {
		if utf8.RuneCountInString(r.Key) > MaxKey {
			return refuseSend(wirechief.InvalidField("key", "an idempotency key has 1 to %d characters", MaxKey))
		}
		defer x.answers.lock(r.Tenant + "\x00" + r.Key)()
		if res, err := x.answered(ctx, r); res != nil || err != nil {
			if err != nil {
				return wirechief.SendResult{}, err
			}
			return *res, nil
		}
	}
	now := x.Now()
	analysis, err := x.judge(&r, now)
	if err != nil {
		err.Op = op
		return wirechief.SendResult{}, err
	}
	r.To = once(r.To)
	var tie *tie
	if !untied(&r) {
		if tie, err = x.tie(ctx, &r, now); err != nil {
			err.Op = op
			return wirechief.SendResult{}, err
		}
		defer tie.unlock()
	}
	tenant, sender, err := x.judgeSender(&r)
	if err != nil {
		err.Op = op
		return wirechief.SendResult{}, err
	}
	if sender.TollFree == wirechief.VerificationPending && e164.IsTollFree(r.From) {
		defer x.tollFree.lock(r.From)()
	}
	if err := x.judgeRegistration(ctx, &r, tenant, sender, now); err != nil {
		if short := x.shortOfFunds(ctx, &r, tenant, analysis); short != nil {
			err = short
		}
		if e, ok := errors.AsType[*wirechief.Error](err); ok {
			e.Op = op
		}
		return wirechief.SendResult{}, err
	}
	res, accept, err := x.plan(ctx, &r, tenant, sender, analysis, now)
	if err != nil {
		err.Op = op
		return wirechief.SendResult{}, err
	}
	if tie != nil {
		if err := tie.keep(r.Tenant, &accept); err != nil {
			return wirechief.SendResult{}, err
		}
	}
	if r.Simulated {
		if short := x.shortOfFunds(ctx, &r, tenant, analysis); short != nil {
			return wirechief.SendResult{}, short
		}
		accept = wirechief.Accept{}
		for i := range res.Recipients {
			res.Recipients[i].Message = 0 // there is none
		}
	}
	if r.Whole && !slices.ContainsFunc(res.Recipients, func(r wirechief.SendRecipient) bool { return r.Refusal == "" }) {
		r.Key = ""
	}
	if err := x.commitSend(ctx, &r, &res, accept, now); err != nil {
		return wirechief.SendResult{}, err
	}
	return res, nil
}

// once drops what is named before.
func once(list []string) []string {
	if len(list) < 2 {
		return list
	}
	seen := make(map[string]struct{}, len(list))
	out := make([]string, 0, len(list))
	for _, s := range list {
		if _, twice := seen[s]; !twice {
			seen[s] = struct{}{}
			out = append(out, s)
		}
	}
	return out
}

func refuseSend(err *wirechief.Error) (wirechief.SendResult, error) {
	err.Op = "send"
	return wirechief.SendResult{}, err
}

// answered gives the answer that an earlier request under the key got.
func (x *Exchange) answered(ctx context.Context, r wirechief.SendRequest) (*wirechief.SendResult, error) {
	a, err := x.Store.Answer(ctx, r.Tenant, r.Key)
	if a == nil || err != nil {
		return nil, err
	}
	return repeatAnswer(a, r)
}

func keyReused() *wirechief.Error {
	return &wirechief.Error{
		Op: "send", Kind: wirechief.Conflict, Rule: wirechief.RuleIdempotency, Field: "key",
		Message: "this idempotency key was used for another request; use a new key",
	}
}

func repeatAnswer(a *wirechief.Answer, r wirechief.SendRequest) (*wirechief.SendResult, error) {
	if a.Fingerprint != r.Fingerprint {
		return nil, keyReused()
	}
	var res wirechief.SendResult
	if err := json.Unmarshal(a.Body, &res); err != nil {
		return nil, err
	}
	res.Repeated = true
	return &res, nil
}

// plan makes the messages of a request that passed, one a recipient.
func (x *Exchange) plan(ctx context.Context, r *wirechief.SendRequest, tenant *wirechief.Tenant, sender *wirechief.Number, a gsm.Analysis, now time.Time) (wirechief.SendResult, wirechief.Accept, *wirechief.Error) {
	mms := len(r.Media) > 0
	res := wirechief.SendResult{
		Ref: x.IDs.UUID(), From: r.From, MMS: mms, Encoding: a.Encoding.String(), Segments: a.Segments,
		Recipients: make([]wirechief.SendRecipient, 0, len(r.To)),
	}
	if mms {
		res.Segments = 1
	}
	accept := wirechief.Accept{Messages: make([]*wirechief.Message, 0, len(r.To))}
	shard := wirechief.ShardOf(r.Tenant)
	options, answers := r.Options, (*wirechief.MessageOptions)(nil)
	if r.Excused {
		options = with(r.Options, func(o *wirechief.MessageOptions) { o.Excused = true })
	}
	validity := r.Validity
	if validity == 0 {
		validity = x.Validity
	}
	at := now
	if r.At.After(now) {
		at = r.At
	}
	incapable, sendable := 0, 0
	for _, to := range r.To {
		at, because, answer := x.timed(ctx, r, tenant, to, at, now)
		m := &wirechief.Message{
			MessageKey: wirechief.MessageKey{Shard: shard, ID: x.IDs.Next()},
			Tenant:     r.Tenant, Ref: res.Ref, Direction: wirechief.Outward, From: cmp.Or(r.As, r.From), To: to, Apart: r.As != "",
			Text: r.Text, MMS: mms, Encoding: res.Encoding, Segments: res.Segments,
			CreatedAt: now, ValidUntil: at.Add(validity), Dialect: r.Dialect,
			Property: cmp.Or(r.Property, sender.Property), Options: options, Hops: r.Hops,
			Events: make([]wirechief.Event, 0, 2), // mostly accepted and routed
		}
		if answer {
			if answers == nil {
				answers = with(options, func(o *wirechief.MessageOptions) { o.Answer = true })
			}
			m.Options = answers
		}
		for _, u := range r.Media {
			m.Media = append(m.Media, wirechief.MediaItem{Source: u})
		}
		recipient := wirechief.SendRecipient{To: to, Message: m.ID}
		m.Record(wirechief.Event{At: now, Type: wirechief.EventAccepted, Detail: wirechief.Detail{Dialect: r.Dialect, Because: r.Because, Who: r.Agent}})
		choice := x.routes.Choose(routing.Query{From: r.From, To: to, Own: sender.Carrier, MMS: mms}, x.condition)
		if r.As != "" {
			choice.Carriers = x.takingAnySender(choice.Carriers)
		}
		if refusal := x.judgeRecipient(r, to, mms, choice); refusal != nil {
			if refusal.Rule == wirechief.RuleMediaCarrier {
				incapable++
			}
			recipient.Kind, recipient.Rule, recipient.Refusal = refusal.Kind, refusal.Rule, refusal.Message
			m.Status = ""
			m.Events[0] = wirechief.Event{At: now, Type: wirechief.EventSuppressed, Detail: wirechief.Detail{
				Rule: refusal.Rule, Because: refusal.Message, Dialect: r.Dialect,
			}}
			m.Status = wirechief.StatusSuppressed
		} else {
			sendable++
			if err := x.enqueue(m, choice, at, now, because); err != nil {
				return res, accept, err
			}
		}
		res.Recipients = append(res.Recipients, recipient)
		accept.Messages = append(accept.Messages, m)
	}
	if incapable == len(r.To) {
		return res, accept, wirechief.Refuse(wirechief.Forbidden, wirechief.RuleMediaCarrier,
			"the MMS service is not enabled: no carrier on the route can carry media")
	}
	if !r.Missed.IsZero() {
		accept.Replied = sendable > 0
		accept.Entries = append(accept.Entries, wirechief.Entry{ID: x.IDs.Next(), Kind: wirechief.EntryMissedCall, At: r.Missed})
		if sendable > 0 {
			accept.Entries = append(accept.Entries, wirechief.Entry{ID: x.IDs.Next(), Kind: wirechief.EntryAutoReply, Text: "missed call", At: now})
		}
	}
	if cost := priceOf(r, tenant, a) * wirechief.Money(sendable); cost > 0 {
		accept.Debit = &wirechief.Debit{Tenant: r.Tenant, Amount: cost}
	}
	return res, accept, nil
}

// with gives options with a change, and leaves the request's own alone.
func with(o *wirechief.MessageOptions, change func(*wirechief.MessageOptions)) *wirechief.MessageOptions {
	var changed wirechief.MessageOptions
	if o != nil {
		changed = *o
	}
	change(&changed)
	return &changed
}

// enqueue gives a message its place in the queue of its first carrier, or of
// the media fetcher when it has media, and the events that say so. held says
// what moved the time, "" when the request did.
func (x *Exchange) enqueue(m *wirechief.Message, choice routing.Choice, at, now time.Time, held string) *wirechief.Error {
	first := choice.Carriers[0]
	l := x.lanes[first]
	if err := x.roomIn(&l.waiting, &l.later, m, at, now, "%d messages wait for carrier "+first+" already"); err != nil {
		return err
	}
	if at.After(now) {
		m.Status = ""
		m.Record(wirechief.Event{At: now, Type: wirechief.EventScheduled, Detail: wirechief.Detail{Because: held, NextAt: at}})
		m.Status = wirechief.StatusScheduled
	}
	because := choice.Because
	if x.lanes[first].paused.Load() {
		because += "; it is paused, so the message waits"
	}
	m.Record(wirechief.Event{At: now, Type: wirechief.EventRouted, Detail: wirechief.Detail{
		Carrier: first, Route: choice.Carriers[1:], Because: because,
	}})
	m.Queue = wirechief.Queue{Lane: first, At: at}
	if len(m.Media) > 0 {
		m.Queue.Lane = wirechief.LaneMedia
		return x.roomIn(&x.media.waiting, &x.media.later, m, at, now, "the media of %d messages have to be fetched already")
	}
	return nil
}

// commitSend makes it durable and hands the messages to their lanes.
func (x *Exchange) commitSend(ctx context.Context, r *wirechief.SendRequest, res *wirechief.SendResult, accept wirechief.Accept, now time.Time) error {
	if r.Key != "" {
		body, err := json.Marshal(res)
		if err != nil {
			return err
		}
		accept.Answer = &wirechief.Answer{Tenant: r.Tenant, Key: r.Key, Fingerprint: r.Fingerprint, Body: body, At: now}
	}
	x.announce(accept.Messages...)
	results, err := x.Store.Apply(ctx, accept)
	if err != nil {
		x.retract(accept.Messages...)
		return err
	}
	if err := results[0].Err; err != nil {
		x.retract(accept.Messages...)
		if a := results[0].Answer; a != nil {
			earlier, err := repeatAnswer(a, *r)
			if err != nil {
				return err
			}
			*res = *earlier
			return nil
		}
		if e, ok := errors.AsType[*wirechief.Error](err); ok {
			e.Op = "send"
		}
		return err
	}
	for _, e := range accept.Entities {
		if err := x.dir.put(e); err != nil {
			return err
		}
	}
	x.Meter.Accepted(r.Dialect, len(accept.Messages))
	if x.debug {
		for _, m := range accept.Messages {
			text := m.Text
			if m.Options != nil && m.Options.OffTheRecord {
				text = "off the record"
			}
			x.Log.DebugContext(ctx, "accepted", "tenant", m.Tenant, "message", m.ID, "from", m.From, "to", m.To, "text", text, "status", m.Status)
		}
	}
	x.toLanes(accept.Messages...)
	return nil
}

// announce tells the lanes of messages that are about to be committed to their
// queues; toLanes or retract has to follow.
func (x *Exchange) announce(messages ...*wirechief.Message) {
	for _, m := range messages {
		if b := x.inbox(m.Queue.Lane); b != nil {
			b.announce(m.MessageKey)
		}
	}
}

// retract takes an announcement back: nothing was committed.
func (x *Exchange) retract(messages ...*wirechief.Message) {
	for _, m := range messages {
		if b := x.inbox(m.Queue.Lane); b != nil {
			b.retract(m.MessageKey)
		}
	}
}

// toLanes hands messages that were committed to their queues to the lanes.
func (x *Exchange) toLanes(messages ...*wirechief.Message) {
	for _, m := range messages {
		switch m.Queue.Lane {
		case "":
		case wirechief.LaneMedia:
			x.media.push(m)
		default:
			if l := x.lanes[m.Queue.Lane]; l != nil {
				l.push(m)
			}
		}
	}
}

// inbox is that of the lane of a queue, nil when there is none.
func (x *Exchange) inbox(queue string) *inbox {
	if queue == wirechief.LaneMedia {
		return &x.media.inbox
	}
	if l := x.lanes[queue]; l != nil {
		return &l.inbox
	}
	return nil
}
