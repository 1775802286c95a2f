package fonedynamics

import (
	"cmp"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// Bounds of Schedule (fonedynamics: POST /Properties/[PropertySid]/Messages, Schedule).
const (
	scheduleAhead = 14 * 24 * time.Hour
	scheduleLate  = time.Hour
)

// methods translates the words for HTTP methods, which the vendor's clients
// read in this spelling only.
var methods = map[string]string{"Post": "POST", "Get": "GET", "": ""}

// readText reads a text to be sent (fonedynamics: POST
// /Properties/[PropertySid]/Messages, To, Text, From, Schedule, DeliveryReceipt,
// DeliveryReceiptWebhookUri, DeliveryReceiptWebhookMethod, WebhookUri,
// WebhookMethod, ForwardToSms, ForwardFromSms, ForwardToEmail, ForwardFromEmail,
// ExternalId; fonedynamics: POST /Properties/[PropertySid]/BatchMessages,
// Messages.To, Messages.Text, Messages.From, Messages.Schedule,
// Messages.DeliveryReceipt, Messages.DeliveryReceiptWebhookUri,
// Messages.DeliveryReceiptWebhookMethod, Messages.WebhookUri,
// Messages.WebhookMethod, Messages.ForwardToSms, Messages.ForwardFromSms,
// Messages.ForwardToEmail, Messages.ForwardFromEmail, Messages.ExternalId).
func readText(r *reading, now time.Time) (wirechief.SendRequest, error) {
	var out wirechief.SendRequest
	if to, _ := r.number("To"); to != "" {
		out.To = []string{to}
	} else {
		r.need("To")
	}
	out.Text, _ = r.text("Text")
	if out.Text == "" {
		r.need("Text")
	}
	out.From = readSender(r, "From")
	out.At = readSchedule(r, now)
	o := wirechief.MessageOptions{}
	o.ExternalID, _ = r.text("ExternalId")
	if wanted, given := r.bool("DeliveryReceipt"); given {
		o.NoReceipt = !wanted
	}
	o.Receipt = readHook(r, "DeliveryReceiptWebhookUri", "DeliveryReceiptWebhookMethod")
	if o.NoReceipt && o.Receipt.URL != "" {
		r.contradicts("DeliveryReceiptWebhookUri", "DeliveryReceiptWebhookUri needs DeliveryReceipt to be true")
	}
	o.Reply = readHook(r, "WebhookUri", "WebhookMethod")
	o.ReplySMS.To, _ = r.number("ForwardToSms")
	o.ReplySMS.From = readSender(r, "ForwardFromSms")
	if o.ReplySMS.From != "" && o.ReplySMS.To == "" {
		r.need("ForwardToSms")
	}
	o.ReplyMail.To, _ = r.mail("ForwardToEmail")
	o.ReplyMail.From, _ = r.mail("ForwardFromEmail")
	if o.ReplyMail.From != "" && o.ReplyMail.To == "" {
		r.need("ForwardToEmail")
	}
	if o != (wirechief.MessageOptions{}) {
		out.Options = &o
	}
	return out, r.err()
}

// readSender reads a number, or a name of up to 11 letters, digits and spaces
// with a letter in it; blank is none.
func readSender(r *reading, parameter string) string {
	text, given := r.words(parameter)
	if !given || text == "" {
		return ""
	}
	if number, ok := readNumber(text); ok {
		return number
	}
	if !e164.IsAlphanumeric(text) || strings.ContainsAny(text, "&-_.") {
		r.wrong(parameter, "%q is neither a number in E.164 nor 1 to 11 letters, digits and spaces with a letter among them", text)
	}
	return text
}

// readHook reads a URL that is told something; without a method it is POST. A
// method alone is nothing.
func readHook(r *reading, uri, method string) wirechief.Hook {
	h := wirechief.Hook{Format: wirechief.DialectFoneDynamics}
	h.URL, _ = r.url(uri)
	word, _ := r.choice(method, "Post", "Get")
	if h.URL == "" {
		return wirechief.Hook{}
	}
	h.Method = cmp.Or(methods[word], "POST")
	return h
}

// readSchedule reads when to send; what is less than an hour late is sent at once.
func readSchedule(r *reading, now time.Time) time.Time {
	seconds, given := r.int("Schedule")
	if !given {
		return time.Time{}
	}
	at, ok := readTime(seconds)
	switch {
	case !ok:
		r.wrong("Schedule", "the value is no time in Unix seconds")
	case at.After(now.Add(scheduleAhead)):
		r.wrong("Schedule", "the time lies more than 14 days ahead")
	case !at.After(now.Add(-scheduleLate)):
		r.wrong("Schedule", "the time has passed by an hour or more")
	case at.After(now):
		return at
	}
	return time.Time{}
}

// lastSecond is the end of the year 9999.
const lastSecond = 253402300799

// readTime gives a time in Unix seconds, between 1970 and the year 9999.
func readTime(seconds int64) (time.Time, bool) {
	if seconds < 0 || seconds > lastSecond {
		return time.Time{}, false
	}
	return time.Unix(seconds, 0).UTC(), true
}

// statuses are the words for where a message stands, and what they stand for.
var statuses = map[string][]wirechief.Status{
	"Processing": {wirechief.StatusAccepted, wirechief.StatusScheduled},
	"Submitted":  {wirechief.StatusSubmitted},
	"Delivered":  {wirechief.StatusDelivered},
	"Failed": {
		wirechief.StatusFailed, wirechief.StatusExpired, wirechief.StatusSuppressed, wirechief.StatusCanceled, wirechief.StatusUnknown,
	},
	"Received": {wirechief.StatusReceived},
}

// readSearch reads what messages are asked for (fonedynamics: GET
// /Properties/[PropertySid]/Messages, Date_From, Date_To, Status, Direction,
// Results_Count, Results_Skip, request body).
func readSearch(r *reading) (wirechief.MessageFilter, error) {
	f := wirechief.MessageFilter{Oldest: true}
	for _, bound := range []struct {
		name string
		to   *time.Time
	}{{"Date_From", &f.CreatedFrom}, {"Date_To", &f.CreatedTo}} {
		seconds, given := r.int(bound.name)
		at, ok := readTime(seconds)
		switch {
		case !given:
			r.need(bound.name)
		case !ok:
			r.wrong(bound.name, "the value is no time in Unix seconds")
		}
		*bound.to = at
	}
	if word, _ := r.choice("Status", "Processing", "Submitted", "Delivered", "Failed", "Received"); word != "" {
		f.Statuses = statuses[word]
	}
	switch word, _ := r.choice("Direction", "Transmit", "Receive"); word {
	case "Transmit":
		f.Direction = wirechief.Outward
	case "Receive":
		f.Direction = wirechief.Inward
	}
	f.Limit, f.Skip = r.page(mostMessages, mostMessages)
	return f, r.err()
}
