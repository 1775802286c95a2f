package exchange

import (
	"bytes"
	"context"
	"io"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/gsm"
)

// MaxHops is how many forwards of ours a text may pass before it is stopped.
const MaxHops = 3

// Inbound implements [carrier.Handler]: it returns nil once the text, or the
// part of one, is on disk.
func (x *Exchange) Inbound(ctx context.Context, in wirechief.Inbound) error {
	n := x.dir.number(in.To)
	if n == nil || n.State != wirechief.NumberInService {
		return &wirechief.Error{Op: "receive", Kind: wirechief.NotFound, Message: "no number in service here is " + in.To}
	}
	x.Meter.Received(in.Carrier)
	if x.debug {
		x.Log.DebugContext(ctx, "received", "carrier", in.Carrier, "tenant", n.Tenant, "from", in.From, "to", in.To, "text", in.Text)
	}
	if p := in.Part; p != nil && p.Total > 1 && p.Seq >= 1 && p.Seq <= p.Total {
		return x.parts.put(ctx, n, in)
	}
	// A part that has no place in its text is better shown alone than lost.
	return x.receive(ctx, n, in, nil, nil)
}

// receive makes a whole inbound message durable. joined names the parts that
// it was made of, missing those that never came.
func (x *Exchange) receive(ctx context.Context, n *wirechief.Number, in wirechief.Inbound, joined *wirechief.PartKey, missing []int) error {
	now := x.Now()
	a := gsm.Analyse(in.Text)
	word := ledgerWord(in.Text)
	hops, ours, notArrived := x.hopsOf(ctx, n, in, word != "", now)
	m := &wirechief.Message{
		MessageKey: wirechief.MessageKey{Shard: wirechief.ShardOf(n.Tenant), ID: x.IDs.Next()},
		Tenant:     n.Tenant, Ref: x.IDs.UUID(), Direction: wirechief.Inward, From: in.From, To: in.To, Also: in.Also,
		Text: in.Text, MMS: len(in.Media) > 0, Encoding: a.Encoding.String(), Segments: max(a.Segments, 1),
		Carrier: in.Carrier, CreatedAt: now, Hops: max(in.Hops, hops), Property: n.Property,
		Apart: x.isBlocked(n.Tenant, in.From),
	}
	event := wirechief.Event{At: now, Type: wirechief.EventReceived, Detail: wirechief.Detail{
		Carrier: in.Carrier, Raw: in.Raw, Missing: missing, DoneAt: in.At,
	}}
	if joined != nil {
		event.Detail.Parts = joined.Total
	}
	m.Record(event)
	if m.Apart {
		m.Record(wirechief.Event{At: now, Type: wirechief.EventSuppressed, Detail: wirechief.Detail{
			Rule: wirechief.RuleBlocked, Because: in.From + " is blocked: the message is kept and told to nobody",
		}})
	}
	commands, err := x.holdMedia(ctx, m, in, now)
	if err != nil {
		notArrived()
		return err
	}
	accept := wirechief.Accept{Messages: []*wirechief.Message{m}, Joined: joined}
	if in.Hops > 0 || ours {
		word = "" // the copy of a text that we forwarded is no word of whom it is from
	}
	if word != "" {
		// One word of a handset at a time, so that memory and disk agree.
		defer x.ledger.lock(n.Number + " " + in.From)()
	}
	var after consequences
	switch {
	case m.Queue.Lane == "":
		after = x.arrival(m, now)
	case word != "": // the rest once its pictures are there: see mediaLane
		x.answerWordInto(&after, m, n, now)
	}
	for _, e := range after.events {
		m.Record(e)
	}
	accept.Deliveries, accept.Entries, accept.Replied = after.deliveries, after.entries, after.replied
	if word != "" {
		if change, told, ok := x.ledgerChange(n, in.From, in.Text, now); ok {
			accept.OptOuts = []wirechief.OptOut{change}
			if told && !m.Apart {
				accept.Entries = append(accept.Entries, x.ledgerEntry(m, change))
			}
		}
	}
	x.announce(m)
	results, err := x.Store.Apply(ctx, append(commands, accept)...)
	for i := 0; i < len(results) && err == nil; i++ {
		err = results[i].Err
	}
	if err != nil {
		x.retract(m)
		after.revert()
		notArrived()
		return err
	}
	x.dir.putOptOuts(accept.OptOuts)
	x.Deliver.Add(accept.Deliveries...)
	x.toLanes(m)
	return nil
}

// ledgerEntry notes a change of the opt-out ledger in the conversation.
func (x *Exchange) ledgerEntry(m *wirechief.Message, change wirechief.OptOut) wirechief.Entry {
	kind := wirechief.EntryOptIn
	if change.Out {
		kind = wirechief.EntryOptOut
	}
	return wirechief.Entry{ID: x.IDs.Next(), Kind: kind, Text: change.Word, Message: m.ID, At: change.At}
}

// holdMedia keeps what came with the message and lists what has yet to be
// fetched; then the message waits for the fetcher before anybody is told of it.
// The commands belong into the commit of the message.
func (x *Exchange) holdMedia(ctx context.Context, m *wirechief.Message, in wirechief.Inbound, now time.Time) ([]wirechief.Command, error) {
	if len(in.Media) == 0 || x.Media == nil {
		return nil, nil
	}
	var commands []wirechief.Command
	keep := func(r io.Reader, mediaType string) error {
		item, err := x.Media.Keep(ctx, r, mediaType)
		if err == nil {
			m.Media = append(m.Media, item)
			commands = append(commands, x.mediaRecord(m, item, now))
		}
		return err
	}
	for _, source := range in.Media {
		if source.Data == nil {
			m.Media = append(m.Media, wirechief.MediaItem{Source: source.URL, Type: source.Type})
			if !m.Apart { // nobody will look at it
				m.Queue = wirechief.Queue{Lane: wirechief.LaneMedia, At: now}
			}
			continue
		}
		if err := keep(bytes.NewReader(source.Data), source.Type); err != nil {
			return nil, err
		}
	}
	if m.Text != "" {
		// The text of an MMS travels as a part of its own, and clients of
		// webhooks find it there (docs/dialects/bulkvs.md).
		if err := keep(strings.NewReader(m.Text), "text/plain; charset=utf-8"); err != nil {
			return nil, err
		}
	}
	return commands, nil
}

func (x *Exchange) mediaRecord(m *wirechief.Message, item wirechief.MediaItem, now time.Time) wirechief.Command {
	return wirechief.PutMedia{Media: &wirechief.Media{
		Token: item.Token, Tenant: m.Tenant, Message: m.ID, Ext: item.Ext, Type: item.Type, Size: item.Size,
		CreatedAt: now, ExpiresAt: x.Media.Expiry(),
	}}
}
