package bulkvs

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

const maxInbound = 1 << 20 // octets of an inbound request

// WebhookPath is where the application mounts [Carrier.Webhook]; empty when
// nothing comes in. It ends in a secret: it belongs in no log.
func (c *Carrier) WebhookPath() string {
	if c.cfg.WebhookToken == "" {
		return ""
	}
	return "/carriers/" + url.PathEscape(c.name) + "/" + c.cfg.WebhookToken.Reveal()
}

// Webhook takes what the far side posts.
func (c *Carrier) Webhook() http.Handler { return http.HandlerFunc(c.receive) }

// receive answers 200 when everything is on disk; the far side brings the rest
// again (docs/dialects/bulkvs.md: anything but 200 is sent again).
func (c *Carrier) receive(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	h, run := c.begin()
	if h == nil {
		http.Error(w, "stopped", http.StatusServiceUnavailable)
		return
	}
	defer c.running.Done()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(run, cancel)() // Stop does not wait for ever
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxInbound))
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	n, err := parseNotice(body)
	if err != nil {
		c.log.Warn("a webhook request of the carrier cannot be read", "error", wirechief.MessageOf(err))
		http.Error(w, wirechief.MessageOf(err), http.StatusBadRequest)
		return
	}
	if n.DeliveryReceipt {
		receipt := n.receipt(c.name, c.now())
		if err = h.Receipt(ctx, receipt); err == nil {
			c.lastReceipt.Store(receipt.At.UnixNano())
		}
	} else {
		for in := range n.inbound(c.name) {
			// Of a group's numbers the first that is ours counts.
			if err = h.Inbound(ctx, in); wirechief.KindOf(err) != wirechief.NotFound || err == nil {
				break
			}
		}
	}
	switch {
	case err == nil:
		w.WriteHeader(http.StatusOK)
		io.WriteString(w, "OK")
	case wirechief.KindOf(err) == wirechief.NotFound:
		http.Error(w, "no number here", http.StatusNotFound)
	default:
		c.log.Warn("what the carrier brought was not kept and comes again", "error", err)
		w.Header().Set("Retry-After", "5")
		http.Error(w, "try again", http.StatusServiceUnavailable)
	}
}

// notice is a text or a receipt (docs/dialects/bulkvs.md), read leniently.
type notice struct {
	RefID           string    `json:"RefId"`
	From            string    `json:"From"`
	To              list      `json:"To"`
	Message         formText  `json:"Message"`
	MediaURLs       list      `json:"MediaURLs"`
	DeliveryReceipt truthFlag `json:"DeliveryReceipt"`
}

// list is an array of strings, or one bare string.
type list []string

// UnmarshalJSON implements [json.Unmarshaler].
func (l *list) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		if *l = nil; one != "" {
			*l = list{one}
		}
		return nil
	}
	var many []string
	err := json.Unmarshal(b, &many)
	*l = many
	return err
}

// truthFlag is true for true and "true": clients have been written for both.
type truthFlag bool

// UnmarshalJSON implements [json.Unmarshaler].
func (t *truthFlag) UnmarshalJSON(b []byte) error {
	s := strings.ToLower(strings.Trim(string(b), `"`))
	*t = s == "true" || s == "1"
	return nil
}

// formText is a text that is form-encoded inside the JSON.
type formText string

// UnmarshalJSON implements [json.Unmarshaler].
func (f *formText) UnmarshalJSON(b []byte) error {
	var s string
	err := json.Unmarshal(b, &s)
	*f = formText(decodeText(s))
	return err
}

// decodeText undoes the form encoding. A text with a character in it that the
// encoding never leaves, or that does not decode, was not encoded; for one
// without any such sign "+" is a space, as the vendor means it.
func decodeText(s string) string {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}&=#?/:;,@$[]", c) >= 0 {
			return s
		}
	}
	text, err := url.QueryUnescape(s)
	if err != nil || !utf8.ValidString(text) {
		return s
	}
	return text
}

func parseNotice(body []byte) (*notice, error) {
	var n notice
	if err := json.Unmarshal(body, &n); err != nil {
		return nil, &wirechief.Error{Kind: wirechief.Invalid, Message: "the body is not a webhook request in JSON", Err: err}
	}
	if len(n.To) == 0 || n.From == "" {
		return nil, wirechief.Errorf(wirechief.Invalid, "From or To is missing")
	}
	if strings.IndexByte(string(n.Message), 0) >= 0 {
		n.Message = formText(strings.ReplaceAll(string(n.Message), "\x00", ""))
	}
	n.From = number(n.From)
	for i, to := range n.To {
		n.To[i] = number(to)
	}
	return &n, nil
}

// number gives an address its normal form; the vendor writes 11 digits.
func number(s string) string {
	s = strings.TrimSpace(s)
	if n, err := e164.ParseNANP(s); err == nil && !e164.IsAlphanumeric(s) {
		return n
	}
	if e164.KindOf(s) == e164.Unknown && e164.IsNumber("+"+s) {
		return "+" + s
	}
	return s
}

// inbound gives the text once for each number that it went to, the vendor's
// first first, each with the others beside it.
func (n *notice) inbound(carrier string) func(yield func(wirechief.Inbound) bool) {
	return func(yield func(wirechief.Inbound) bool) {
		for i, to := range n.To {
			in := wirechief.Inbound{
				Carrier: carrier, From: n.From, To: to, Text: string(n.Message),
				Also: slices.Concat(n.To[:i], n.To[i+1:]),
			}
			for _, u := range n.MediaURLs {
				if !isLayout(u) {
					in.Media = append(in.Media, wirechief.MediaSource{URL: u})
				}
			}
			if n.RefID != "" {
				in.Raw = "RefId " + shorten(n.RefID)
			}
			if !yield(in) {
				return
			}
		}
	}
}

// isLayout says whether a file only tells how to show the others (SMIL).
func isLayout(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && strings.EqualFold(path.Ext(u.Path), ".smil")
}

// receipt gives the receipt. Its id is the RefId of the send, which
// docs/dialects/bulkvs.md expects but cannot prove; without one, that of the text.
func (n *notice) receipt(carrier string, now time.Time) wirechief.Receipt {
	fields := receiptFields(string(n.Message))
	r := wirechief.Receipt{
		Carrier: carrier, ID: n.RefID, From: n.From, To: n.To[0], At: now, Raw: shorten(string(n.Message)),
		State: stateOf(fields["stat"]), Code: fields["err"],
		Submitted: minute(fields["submit date"]), Done: minute(fields["done date"]),
	}
	if r.ID == "" {
		r.ID = fields["id"]
	}
	return r
}

// receiptFields reads the text of a receipt: SMPP 3.4 appendix B. The fields
// may come in any case and order, and any may be missing; text comes last.
func receiptFields(s string) map[string]string {
	fields := make(map[string]string, 7)
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		name, rest, ok := strings.Cut(s, ":")
		if !ok {
			break
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "text" {
			break
		}
		value, after, _ := strings.Cut(rest, " ")
		if _, twice := fields[name]; !twice {
			fields[name] = value
		}
		s = after
	}
	return fields
}

// states are the words of SMPP 3.4 appendix B, and those of 5.2.28 in full.
var states = map[string]wirechief.ReceiptState{
	"ENROUTE": wirechief.ReceiptEnroute, "ACCEPTD": wirechief.ReceiptAccepted, "ACCEPTED": wirechief.ReceiptAccepted,
	"DELIVRD": wirechief.ReceiptDelivered, "DELIVERED": wirechief.ReceiptDelivered,
	"EXPIRED": wirechief.ReceiptExpired,
	"DELETED": wirechief.ReceiptDeleted,
	"UNDELIV": wirechief.ReceiptUndeliverable, "UNDELIVERABLE": wirechief.ReceiptUndeliverable,
	"UNKNOWN": wirechief.ReceiptUnknown,
	"REJECTD": wirechief.ReceiptRejected, "REJECTED": wirechief.ReceiptRejected,
}

// stateOf maps a word; one that is not known settles nothing.
func stateOf(word string) wirechief.ReceiptState { return states[strings.ToUpper(word)] }

// minute reads YYMMDDhhmm, or with seconds, as UTC; zero when it is neither.
func minute(s string) time.Time {
	for _, layout := range []string{"0601021504", "060102150405"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}
