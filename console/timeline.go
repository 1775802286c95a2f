package console

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/routing"
)

// step is one line of a timeline.
type step struct {
	At    time.Time
	Title string
	Text  string
	Tone  string
	Raw   string // what went over the wire, folded away
	Link  string
	Try   bool      // an attempt of a delivery
	Due   time.Time // when what waits goes on; zero: nothing waits
}

// stepsOf is the whole story of a message: its events and every try of its
// deliveries, in order of time.
func stepsOf(m *wirechief.Message, deliveries []*wirechief.Delivery) []step {
	var out []step
	for i := range m.Events {
		if m.Events[i].Detail.Attempt == nil { // tries are told with their delivery
			out = append(out, stepOf(m, &m.Events[i]))
		}
	}
	for _, d := range deliveries {
		for i := range d.Attempts {
			out = append(out, tryOf(d, &d.Attempts[i]))
		}
	}
	slices.SortStableFunc(out, func(a, b step) int { return a.At.Compare(b.At) })
	return out
}

func stepOf(m *wirechief.Message, e *wirechief.Event) step {
	d := &e.Detail
	s := step{At: e.At, Raw: d.Raw, Text: whyOf(d), Tone: "info"}
	switch e.Type {
	case wirechief.EventAccepted:
		s.Title = "Accepted"
		if d.Dialect != "" {
			s.Text = join(". ", "Over "+dialectName(d.Dialect)+by(d.Who), d.Because)
		}
	case wirechief.EventScheduled:
		s.Title, s.Tone = "Scheduled", "warn"
		s.Text, s.Due = d.Because, d.NextAt
	case wirechief.EventRouted:
		s.Title, s.Text = "Routed to "+d.Carrier, d.Because
		if len(d.Route) > 0 {
			s.Text = join(". ", d.Because, "Then "+strings.Join(d.Route, ", "))
		}
	case wirechief.EventSubmitted:
		s.Title, s.Text = "Submitted to "+d.Carrier, "Its id there: "+strings.Join(d.CarrierIDs, ", ")
		if d.Resend {
			s.Text += ". Sent again after a cut; it may arrive twice"
		}
	case wirechief.EventThrottled:
		s.Title, s.Tone = "Throttled by "+d.Carrier, "warn"
	case wirechief.EventInDoubt:
		s.Title, s.Tone = "In doubt", "warn"
	case wirechief.EventReceipt:
		s.Title = "Receipt: " + string(d.State)
		if d.Parts > 1 && d.Part > 0 {
			s.Text = fmt.Sprintf("For segment %d of %d", d.Part, d.Parts)
		}
		if d.Code != "" && d.Code != "000" {
			s.Text = join(". ", s.Text, "Error code "+d.Code)
		}
		if d.Repeat {
			s.Text = join(". ", s.Text, "Said before")
		}
	case wirechief.EventDelivered:
		s.Title, s.Tone, s.Text = "Delivered", "good", "The handset has it"
	case wirechief.EventFailed:
		s.Title, s.Tone = "Failed", "bad"
	case wirechief.EventExpired:
		s.Title, s.Tone = "Expired", "bad"
	case wirechief.EventCanceled:
		s.Title, s.Tone = "Canceled", "warn"
	case wirechief.EventReceived:
		s.Title, s.Tone, s.Text = "Received", "good", "Over carrier "+m.Carrier
		if d.Parts > 1 {
			s.Text += fmt.Sprintf(", joined from %d parts", d.Parts)
		}
		if len(d.Missing) > 0 {
			s.Tone = "warn"
			s.Text += fmt.Sprintf(", without the parts %v that never came", d.Missing)
		}
	case wirechief.EventForwarded:
		s.Title = "Forwarded: " + d.Kind + " to " + d.To
		s.Text = join(". ", d.Because, d.Status)
	case wirechief.EventReplied:
		s.Title = "Automatic reply"
	case wirechief.EventMediaLost:
		s.Title, s.Tone = "A picture is missing", "warn"
	case wirechief.EventSuppressed:
		s.Title, s.Tone = "Not sent", "bad"
		if m.Direction == wirechief.Inward {
			s.Title = "Told to nobody"
		}
	default:
		s.Title = string(e.Type)
	}
	return s
}

// by names the person who did something, if it was one.
func by(who string) string {
	if who == "" {
		return ""
	}
	return ", by " + plain(who)
}

// whyOf says in words why something happened.
func whyOf(d *wirechief.Detail) string {
	text := join(". ", d.Because, d.Text)
	if text == "" && d.State != "" {
		text = "The receipt says " + string(d.State)
	}
	if text == "" && d.Reason != "" {
		text = strings.ReplaceAll(string(d.Reason), "_", " ")
	}
	if d.Code != "" && d.Code != "000" {
		text = join(", ", text, "code "+d.Code)
	}
	return text
}

func join(by string, parts ...string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return strings.Join(parts, by)
}

func tryOf(d *wirechief.Delivery, a *wirechief.Attempt) step {
	s := step{At: a.At, Try: true, Link: fmt.Sprintf("/webhooks/log/%d", d.ID), Title: fmt.Sprintf("%s to %s, try %d", kindName(d.Kind), d.Destination, a.N), Tone: "bad"}
	s.Text = join(" · ", answerOf(a), fmt.Sprintf("%.0f ms", a.DurationMS))
	if succeeded(d, a) {
		s.Tone = "good"
	} else if !a.NextAt.IsZero() {
		s.Tone = "warn"
		s.Due = a.NextAt
	}
	if a.InDoubt != "" {
		s.Text = join(" · ", s.Text, "in doubt: "+a.InDoubt)
		if s.Tone == "good" {
			s.Tone = "warn"
		}
	}
	s.Raw = exchangeOf(d, a)
	return s
}

// exchangeOf is what went over the wire in a try: the request and its body, then
// the answer.
func exchangeOf(d *wirechief.Delivery, a *wirechief.Attempt) string {
	const most = 4 << 10
	sent := strings.TrimSpace(strings.ReplaceAll(a.Request, "\r\n", "\n"))
	if http := d.Kind == wirechief.KindHTTP || d.Kind == wirechief.KindWebhook; sent != "" && http && d.Method != "GET" {
		sent = join("\n\n", sent, cut(bodyOf(d.Body), most))
	}
	var answer strings.Builder
	if a.StatusCode != 0 {
		fmt.Fprintf(&answer, "→ %s\n", answerOf(a))
	}
	for _, name := range slices.Sorted(mapKeys(a.Header)) {
		fmt.Fprintf(&answer, "%s: %s\n", name, a.Header[name])
	}
	if body := strings.TrimSpace(strings.ReplaceAll(a.Body, "\r\n", "\n")); body != "" {
		answer.WriteString("\n" + body)
	}
	return join("\n\n", sent, strings.TrimSpace(answer.String()))
}

// answerOf is what the far side said.
func answerOf(a *wirechief.Attempt) string {
	switch {
	case a.StatusCode != 0 && a.Error != "":
		return fmt.Sprintf("%d: %s", a.StatusCode, a.Error)
	case a.StatusCode != 0:
		return fmt.Sprint(a.StatusCode)
	case a.Error != "":
		return a.Error
	case a.Class == "2xx": // of a kind that has no codes
		return "taken"
	}
	return a.Class
}

// succeeded says whether a try was the one that delivered.
func succeeded(d *wirechief.Delivery, a *wirechief.Attempt) bool {
	return a.Class == "2xx" || d.Status == wirechief.DeliveryDelivered && len(d.Attempts) > 0 && a.N == d.Attempts[len(d.Attempts)-1].N
}

func mapKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func kindName(k wirechief.DeliveryKind) string {
	switch k {
	case wirechief.KindWebhook:
		return "Webhook"
	case wirechief.KindHTTP:
		return "HTTP"
	case wirechief.KindEmail:
		return "Mail"
	case wirechief.KindSMS:
		return "Text"
	case wirechief.KindConsole:
		return "Console"
	}
	return string(k)
}

func dialectName(d string) string {
	switch d {
	case wirechief.DialectBulkVS:
		return "BulkVS"
	case wirechief.DialectFoneDynamics:
		return "Fone Dynamics"
	case wirechief.DialectMessage2Give:
		return "Message2Give"
	case wirechief.DialectZendesk:
		return "Zendesk Talk"
	case wirechief.DialectOwn:
		return "our own API"
	case wirechief.DialectConsole:
		return "the console"
	}
	return d
}

// deliveryView is a delivery as people see it.
type deliveryView struct {
	*wirechief.Delivery
	Last *wirechief.Attempt
}

func viewOfDelivery(d *wirechief.Delivery) deliveryView {
	view := deliveryView{Delivery: d}
	if n := len(d.Attempts); n > 0 {
		view.Last = &d.Attempts[n-1]
	}
	return view
}

// Tone is the colour of its status.
func (d deliveryView) Tone() string {
	if d.Status == wirechief.DeliveryPending && d.Tries > 0 {
		return "warn" // it failed, and is tried again
	}
	return toneOf(string(d.Status))
}

// State is its status in a word.
func (d deliveryView) State() string {
	if d.Status == wirechief.DeliveryPending && d.Tries > 0 {
		return "retrying"
	}
	return string(d.Status)
}

// Name is what its kind is called.
func (d deliveryView) Name() string { return kindName(d.Kind) }

// Answer is what the last try came to.
func (d deliveryView) Answer() string {
	if d.Last == nil {
		return "not tried yet"
	}
	return answerOf(d.Last)
}

// explainStep is one rule of a route that was considered.
type explainStep struct {
	Rule, Carrier, Result string
	Chosen                bool
}

func explainOf(x routing.Explanation) []explainStep {
	out := make([]explainStep, len(x.Steps))
	for i, s := range x.Steps {
		out[i] = explainStep(s)
	}
	return out
}
