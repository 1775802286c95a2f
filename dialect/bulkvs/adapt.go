package bulkvs

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/exchange"
)

const (
	maxRecipients = 4000 // docs/dialects/bulkvs.md: what apprise sends in one call
	maxURL        = 2048 // octets of a media URL
)

// readLogin finds out what a client shows. Bearer is taken in the forms that a
// 3CX may send, which carry what Basic would: "Bearer <b64>" and
// "Bearer Basic <b64>" (docs/dialects/bulkvs.md; bulkvs: every call, Authorization).
func readLogin(h http.Header, bearer bool) (exchange.Login, error) {
	scheme, rest := dialect.SplitAuthorization(h.Get("Authorization"))
	if scheme == "bearer" && bearer {
		scheme = "basic"
		if inner, credentials := dialect.SplitAuthorization(rest); inner == "basic" {
			rest = credentials
		}
	}
	if scheme == "basic" {
		if user, password, ok := dialect.DecodeBasic(rest); ok {
			return exchange.Login{Dialect: wirechief.DialectBulkVS, Name: user, Secret: password}, nil
		}
	}
	return exchange.Login{}, wirechief.Errorf(wirechief.Unauthenticated, "the credentials are missing or wrong")
}

// errorOf is the domain's error in the chain, or a stand-in that gives nothing away.
func errorOf(err error) *wirechief.Error {
	if e, ok := errors.AsType[*wirechief.Error](err); ok {
		return e
	}
	return &wirechief.Error{Kind: wirechief.Internal, Err: err}
}

// wrong is the refusal of a value that is no text or of another JSON type.
func wrong(property, want string, err error) error {
	if errors.Is(err, dialect.ErrText) {
		return wirechief.InvalidField(property, "the value holds a NUL or is not valid UTF-8")
	}
	return wirechief.InvalidField(property, "the value is not %s", want)
}

// outgoing is a send request as read from the wire.
type outgoing struct {
	request wirechief.SendRequest
	// entries are the recipients in the order of the wire, each once; those
	// that are well-formed are the request's To, in the same order.
	entries []entry
}

// entry is one recipient: as it will be answered, and why it cannot be sent to.
type entry struct {
	to      string
	problem string
}

// readSend reads the body of messageSend (bulkvs: messageSend, From, To,
// Message, MediaURLs). With pbx it is a 3CX's, whose names are those of Telnyx;
// the normal names are taken then, too (bulkvs: 3CX, pbx=3cx).
func readSend(body []byte, pbx bool) (*outgoing, error) {
	properties, err := dialect.ParseObject(body)
	if err != nil {
		return nil, err
	}
	var from, to, text, media, mediaURLs, mediaURL dialect.Value
	for name, v := range properties {
		if v.Absent() {
			continue
		}
		switch name {
		case "From":
			from = v
		case "To":
			to = v
		case "Message":
			text = v
		case "MediaURLs":
			media = v
		case "MediaUrls": // LynxGeekNYC sends it beside MediaUrl
			mediaURLs = v
		case "MediaUrl":
			mediaURL = v
		case "from", "to", "text", "media_urls":
			if pbx {
				switch name {
				case "from":
					from = v
				case "to":
					to = v
				case "text":
					text = v
				case "media_urls":
					media = v
				}
			}
		}
	}
	for _, alias := range []dialect.Value{mediaURLs, mediaURL} {
		if media.Absent() {
			media = alias
		}
	}
	out := &outgoing{request: wirechief.SendRequest{Dialect: wirechief.DialectBulkVS}}
	if out.request.From, err = readFrom(from); err != nil {
		return nil, err
	}
	if err := out.readTo(to); err != nil {
		return nil, err
	}
	if out.request.Text, err = text.Text(); err != nil {
		return nil, wrong("text", "a string", err)
	}
	if out.request.Media, err = readMedia(media); err != nil {
		return nil, err
	}
	return out, nil
}

// readFrom reads the sender (bulkvs: messageSend, From).
func readFrom(v dialect.Value) (string, error) {
	s, err := v.Text()
	switch {
	case err != nil:
		return "", wrong("from", "a string", err)
	case s == "":
		return "", wirechief.InvalidField("from", "a sender is needed")
	}
	number, err := e164.ParseNANP(s)
	if err != nil {
		return "", &wirechief.Error{Kind: wirechief.Invalid, Field: "from", Message: wirechief.MessageOf(err)}
	}
	return number, nil
}

// readTo reads the recipients (bulkvs: messageSend, To): an array of strings,
// or one bare string. A number that is named twice is one entry.
func (out *outgoing) readTo(v dialect.Value) error {
	if v.Absent() {
		return wirechief.InvalidField("to", "at least one recipient is needed")
	}
	if !v.IsArray() {
		s, err := v.Text()
		if err != nil {
			return wrong("to", "an array of strings", err)
		}
		out.addRecipient(s, nil)
	} else {
		n := 0
		var seen map[string]bool
		for e := range v.Elements() {
			if n++; n > maxRecipients {
				return wirechief.InvalidField("to", "more than %d recipients", maxRecipients)
			}
			s, err := e.Text()
			if err == nil && e.Absent() {
				err = dialect.ErrType
			}
			if err != nil {
				return wrong("to", "an array of strings", err)
			}
			if n == 2 {
				seen = map[string]bool{out.entries[0].to: true}
			}
			out.addRecipient(s, seen)
		}
		if n == 0 {
			return wirechief.InvalidField("to", "at least one recipient is needed")
		}
	}
	if len(out.request.To) > 0 {
		return nil
	}
	if len(out.entries) == 1 {
		return wirechief.InvalidField("to", "%s", out.entries[0].problem)
	}
	return wirechief.InvalidField("to", "none of the recipients is a telephone number that can be texted")
}

// addRecipient adds an entry unless seen has it.
func (out *outgoing) addRecipient(s string, seen map[string]bool) {
	number, err := readRecipient(s)
	e := entry{to: number}
	if err != nil {
		e.to, e.problem = s, wirechief.MessageOf(err)
	} else {
		e.to = bare(number)
	}
	if seen[e.to] {
		return
	}
	if seen != nil {
		seen[e.to] = true
	}
	if err == nil {
		out.request.To = append(out.request.To, number)
	}
	out.entries = append(out.entries, e)
}

// readRecipient reads a number, or a short code of five or six digits.
func readRecipient(s string) (string, error) {
	number, err := e164.ParseNANP(s)
	if err == nil || strings.HasPrefix(strings.TrimSpace(s), "+") {
		return number, err
	}
	var digits []byte
	for i := range len(s) {
		if '0' <= s[i] && s[i] <= '9' {
			digits = append(digits, s[i])
		}
	}
	if len(digits) == 5 || len(digits) == 6 {
		return string(digits), nil
	}
	return "", err
}

// readMedia reads media URLs (bulkvs: messageSend, MediaURLs): an array of
// strings, or one bare string. That they can be fetched shows later, and never delays the answer.
func readMedia(v dialect.Value) ([]string, error) {
	values := slices.Collect(v.Elements())
	if !v.IsArray() && !v.Absent() {
		values = []dialect.Value{v}
	}
	var out []string
	for i, e := range values {
		s, err := e.Text()
		if err == nil && e.Absent() {
			err = dialect.ErrType
		}
		if err != nil {
			return nil, wrong("media", "an array of strings", err)
		}
		if s == "" && !v.IsArray() {
			return nil, nil
		}
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(s) > maxURL {
			return nil, wirechief.InvalidField("media", "entry %d is not an absolute http or https URL of at most %d characters", i+1, maxURL)
		}
		out = append(out, s)
	}
	return out, nil
}

// bare is the vendor's way to write a number: 11 digits without "+".
func bare(number string) string { return strings.TrimPrefix(number, "+") }

// appendSent appends the reply to messageSend (bulkvs: messageSend, response
// 200, RefId, From, MessageType, Fragments, Results, Results.To, Results.Status),
// for a 3CX with a data object like Telnyx's after it.
func appendSent(b []byte, out *outgoing, res *wirechief.SendResult, pbx bool) []byte {
	b = append(b, `{"RefId":`...)
	b = dialect.AppendString(b, res.Ref)
	b = append(b, `,"From":`...)
	b = dialect.AppendString(b, bare(res.From))
	b = append(b, `,"MessageType":"`...)
	b = append(b, messageType(res.MMS)...)
	b = append(b, `","Fragments":`...)
	b = strconv.AppendInt(b, int64(res.Segments), 10)
	b = append(b, `,"Results":[`...)
	for e, refusal := range outcomes(out, res) {
		if b[len(b)-1] != '[' {
			b = append(b, ',')
		}
		b = append(b, `{"To":`...)
		b = dialect.AppendString(b, e.to)
		if refusal.reason == "" {
			b = append(b, `,"Status":"SUCCESS"}`...)
			continue
		}
		// docs/dialects/bulkvs.md: no public source shows a failing entry.
		b = append(b, `,"Status":"FAILED","Code":"`...)
		b = append(b, refusal.code...)
		b = append(b, `","Description":`...)
		b = dialect.AppendString(b, refusal.reason)
		b = append(b, `,"Error":`...)
		b = dialect.AppendString(b, refusal.reason)
		b = append(b, '}')
	}
	b = append(b, ']')
	if pbx {
		b = appendEcho(b, out, res)
	}
	return append(b, '}')
}

// appendEcho appends what a Telnyx client reads (docs/dialects/bulkvs.md).
func appendEcho(b []byte, out *outgoing, res *wirechief.SendResult) []byte {
	b = append(b, `,"data":{"record_type":"message","direction":"outbound","id":`...)
	b = dialect.AppendString(b, res.Ref)
	b = append(b, `,"type":"`...)
	b = append(b, messageType(res.MMS)...)
	b = append(b, `","from":{"phone_number":`...)
	b = dialect.AppendString(b, res.From)
	b = append(b, `},"to":[`...)
	for e, refusal := range outcomes(out, res) {
		if b[len(b)-1] != '[' {
			b = append(b, ',')
		}
		to := e.to
		if e.problem == "" && len(to) == 11 {
			to = "+" + to
		}
		b = append(b, `{"phone_number":`...)
		b = dialect.AppendString(b, to)
		if refusal.reason == "" {
			b = append(b, `,"status":"queued"}`...)
		} else {
			b = append(b, `,"status":"sending_failed"}`...)
		}
	}
	b = append(b, `],"text":`...)
	b = dialect.AppendString(b, out.request.Text)
	return append(b, '}')
}

// recipientRefusal is why one recipient gets nothing; empty when it does.
type recipientRefusal struct{ code, reason string }

// optedOut is said of a recipient who opted out. The vendor shows no words for
// it, clients have these since the first release, and who it was and when is in
// the timeline (docs/dialects/bulkvs.md).
const optedOut = "Recipient has opted out"

// outcomes pairs the entries of the request with what became of them.
func outcomes(out *outgoing, res *wirechief.SendResult) func(yield func(entry, recipientRefusal) bool) {
	return func(yield func(entry, recipientRefusal) bool) {
		sent := 0
		for _, e := range out.entries {
			var refusal recipientRefusal
			switch {
			case e.problem != "":
				refusal = recipientRefusal{refusalCode(wirechief.Invalid, wirechief.RuleRecipient), e.problem}
			case sent < len(res.Recipients):
				if r := &res.Recipients[sent]; r.Refusal != "" {
					refusal = recipientRefusal{refusalCode(r.Kind, r.Rule), r.Refusal}
					if r.Rule == wirechief.RuleOptOut {
						refusal.reason = optedOut
					}
				}
				sent++
			}
			if !yield(e, refusal) {
				return
			}
		}
	}
}

func messageType(mms bool) string {
	if mms {
		return "MMS"
	}
	return "SMS"
}

// readWebhook reads the body of PUT /webHooks (bulkvs: PUT /webHooks, Webhook,
// Description, Url, Dlr, Method, Encoding). What is absent is left alone.
func readWebhook(body []byte) (wirechief.WebhookPatch, error) {
	var p wirechief.WebhookPatch
	properties, err := dialect.ParseObject(body)
	if err != nil {
		return p, err
	}
	for name, v := range properties {
		if v.Absent() {
			continue
		}
		switch name {
		case "Webhook":
			if p.Name, err = v.Text(); err != nil {
				return p, wrong("name", "a string", err)
			}
		case "Description":
			err = patchText(&p.Description, v, "description")
		case "Url":
			err = patchText(&p.URL, v, "url")
		case "Encoding":
			err = patchText(&p.Encoding, v, "encoding")
		case "Method":
			if err = patchText(&p.Method, v, "method"); err == nil {
				s, _ := p.Method.Value()
				p.Method = wirechief.Set(strings.ToUpper(s))
			}
		case "Dlr":
			b, e := v.Bool()
			if e != nil {
				return p, wrong("dlr", "true or false", e)
			}
			p.DLR = wirechief.Set(b)
		}
		if err != nil {
			return p, err
		}
	}
	if p.Name == "" {
		return p, wirechief.InvalidField("name", "the webhook's name is needed")
	}
	return p, nil
}

func patchText(p *wirechief.Patch[string], v dialect.Value, property string) error {
	s, err := v.Text()
	if err != nil {
		return wrong(property, "a string", err)
	}
	*p = wirechief.Set(s)
	return nil
}

func webhookRowOf(w wirechief.Webhook) webhookRow {
	return webhookRow{w.Name, w.Description, w.URL, w.DLR, w.Method, stamp(w.ModifiedAt)}
}

// campaignRowOf: Approval says whether the campaign may be sent under now, so
// a suspended one is "N" (docs/dialects/bulkvs.md).
func campaignRowOf(c exchange.CampaignUse) campaignRow {
	row := campaignRow{c.TCR, c.Brand, strconv.Itoa(c.Numbers), "N", stamp(c.ApprovedAt)}
	if c.Approved && !c.Suspended {
		row.Approval = "Y"
	}
	return row
}

// stamp writes a time, or nothing for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}
