package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/dialect"
)

const maxURL = 2048 // octets of a media URL

// messages adds the operations on messages.
func (a *api) messages() {
	register(a, a.op(scopeSend, "send-message", http.MethodPost, "/messages", "Send a text or picture message",
		about("The operator sends for the tenant that owns the number. A recipient that a rule refuses has a message too, suppressed, which says why.")), a.send)
	register(a, a.op(scopeRead, "list-messages", http.MethodGet, "/messages", "List messages, newest first",
		about("With after: oldest first.")), a.listMessages)
	register(a, a.op(scopeRead, "get-message", http.MethodGet, "/messages/{id}", "Show a message with its timeline"), a.getMessage)
	register(a, a.op(scopeSend, "cancel-message", http.MethodPost, "/messages/{id}/cancel", "Withdraw a message that has not left yet"), a.cancelMessage)
}

type sendInput struct {
	Key string `header:"Idempotency-Key" doc:"1 to 255 characters, kept for 24 hours. The same key and body gives the first answer again, the same key with another body is refused; a refusal does not use the key up"`
	Timed
	Body wire.Send
}

// Resolve judges what huma does not see of a header: that it is there twice,
// or there and empty.
func (in *sendInput) Resolve(ctx huma.Context) []error {
	r, _ := humago.Unwrap(ctx)
	if _, err := dialect.IdempotencyKey(r.Header); err != nil {
		return []error{&huma.ErrorDetail{Location: "header.Idempotency-Key", Message: wirechief.MessageOf(err)}}
	}
	return in.read(ctx)
}

type sendOutput struct{ Body wire.Sent }

func (a *api) send(ctx context.Context, in *sendInput) (*sendOutput, error) {
	r, err := readSend(&in.Body)
	if err == nil {
		err = in.into(&r.At, &r.Validity)
	}
	if err != nil {
		return nil, err
	}
	p := who(ctx)
	if r.Tenant = p.Tenant; p.Operator {
		if r.Tenant, err = a.ownerOf(ctx, p, r.From); err != nil {
			return nil, err
		}
	}
	if in.Key != "" {
		if r.Key, r.Fingerprint, err = fingerprint(in); err != nil {
			return nil, err
		}
	}
	res, err := a.Core.Send(ctx, r)
	if err != nil {
		return nil, keyFault(err)
	}
	return &sendOutput{newSent(&res)}, nil
}

// fingerprint tells requests under one key apart by what they say, not by how
// it is spaced.
func fingerprint(in *sendInput) (string, [32]byte, error) {
	said, err := json.Marshal(in.Body)
	return in.Key, in.timing.Fingerprint([]byte("wirechief send"), said), err
}

// readSend reads a send request. Rules about more than the form of its values
// are the exchange's.
func readSend(w *wire.Send) (wirechief.SendRequest, error) {
	r := wirechief.SendRequest{Dialect: wirechief.DialectOwn, Text: w.Text, Media: w.Media, To: make([]string, len(w.To))}
	var err error
	if r.Validity, err = readValidity(w.Validity); err != nil {
		return r, err
	}
	if !w.At.IsZero() {
		r.At = w.At.UTC().Truncate(time.Microsecond) // as it is kept
	}
	if r.From, err = readNumber("from", w.From); err != nil {
		return r, err
	}
	seen := make(map[string]int, len(w.To))
	for i, to := range w.To {
		if r.To[i], err = readRecipient(item("to", i), to); err != nil {
			return r, err
		}
		// To drop it would shift the ids against the recipients; to send it
		// twice cannot be meant.
		if first, again := seen[r.To[i]]; again {
			return r, wirechief.InvalidField(item("to", i), "%s is there already, as to[%d]; name each recipient once", r.To[i], first)
		}
		seen[r.To[i]] = i
	}
	return r, readMedia(w.Media)
}

// readMedia judges the URLs of pictures.
func readMedia(list []string) error {
	for i, s := range list {
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(s) > maxURL {
			return wirechief.InvalidField(item("media", i), "it is not an absolute http or https URL of at most %d characters", maxURL)
		}
	}
	return nil
}

// readValidity reads how long a text may wait for a carrier; "": the usual.
func readValidity(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, wirechief.InvalidField("validity", "it is no span in h, m and s, such as 48h or 90m")
	}
	return d, nil
}

// ownerOf gives the tenant of a number for which the operator acts.
func (a *api) ownerOf(ctx context.Context, p wirechief.Principal, number string) (string, error) {
	n, err := a.Core.Number(ctx, p, number)
	if err != nil && wirechief.KindOf(err) != wirechief.NotFound {
		return "", err
	}
	if err != nil || n.Tenant == "" {
		return "", &wirechief.Error{
			Op: "send", Kind: wirechief.NotFound, Rule: wirechief.RuleSender, Field: "from",
			Message: number + " is not a number of any tenant",
		}
	}
	return n.Tenant, nil
}

type messagesInput struct {
	Tenant    string `query:"tenant" maxLength:"63" doc:"For the operator, who else sees those of all tenants"`
	Direction string `query:"direction" enum:"outbound,inbound"`
	Status    string `query:"status" enum:"accepted,scheduled,submitted,delivered,failed,expired,suppressed,canceled,unknown,received"`
	Number    string `query:"number" doc:"At either end"`
	Ref       string `query:"ref" format:"uuid" doc:"Of the request that sent it"`
	Before    int64  `query:"before" minimum:"1" maximum:"9007199254740991" doc:"Ids below it"`
	After     given  `query:"after" doc:"Ids above it, oldest first"`
	Limit     int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type messagesOutput struct {
	Body []wire.Message `nullable:"false"`
}

func (a *api) listMessages(ctx context.Context, in *messagesInput) (*messagesOutput, error) {
	p := who(ctx)
	f := wirechief.MessageFilter{
		Direction: wirechief.Direction(in.Direction), Status: wirechief.Status(in.Status), Ref: strings.ToLower(in.Ref),
		Before: in.Before, Limit: in.Limit,
	}
	if in.After.Set {
		f.After = max(in.After.ID, 1) // no id is as low, and 0 means newest first
	}
	var err error
	if f.Tenant, err = tenantOf(p, in.Tenant); err != nil {
		return nil, err
	}
	if in.Number != "" {
		if f.Number, err = readParty("number", inQuery(in.Number)); err != nil {
			return nil, err
		}
	}
	list, err := a.Core.Messages(ctx, p, f)
	if err != nil {
		return nil, err
	}
	out := &messagesOutput{make([]wire.Message, len(list))}
	for i, m := range list {
		deliveries, err := a.Core.Deliveries(ctx, p, wirechief.DeliveryFilter{Tenant: m.Tenant, Message: m.ID, Limit: 1000})
		if err != nil {
			return nil, err
		}
		out.Body[i] = a.message(m, deliveries)
	}
	return out, nil
}

type messageOutput struct{ Body wire.Message }

func (a *api) getMessage(ctx context.Context, in *messageID) (*messageOutput, error) {
	m, deliveries, err := a.Core.Message(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &messageOutput{a.message(m, deliveries)}, nil
}

func (a *api) cancelMessage(ctx context.Context, in *messageID) (*messageOutput, error) {
	if _, err := a.Core.CancelMessage(ctx, who(ctx), in.ID); err != nil {
		return nil, err
	}
	// What CancelMessage gives may hold the last event only.
	return a.getMessage(ctx, in)
}
