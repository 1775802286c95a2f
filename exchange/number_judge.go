package exchange

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/gsm"
	"github.com/wirechief/wirechief/optout"
)

// Limits of settings, in octets where they are texts.
const (
	maxName      = 255
	maxNotes     = 4096
	maxTags      = 50
	maxTag       = 64
	maxReply     = 1600
	maxAddition  = 320 // prefix and suffix of a forwarded text
	maxForwards  = 50
	maxFallback  = 10
	maxWords     = 20 // of one keyword
	maxReference = 255
)

// wrongSetting is a refusal of one setting.
func wrongSetting(field, format string, args ...any) *wirechief.Error {
	return wirechief.InvalidField(field, format, args...)
}

// judgeSettings looks at everything that a number says: values, what they
// refer to, and what they leave open together. old is the number before, nil
// for a new one: what was there already is not judged by rules about changes.
// The guard is asked about URLs that are new, so not to be called under a lock:
// see judgeVetted.
func (x *Exchange) judgeSettings(ctx context.Context, r refs, old, n *wirechief.Number) *wirechief.Error {
	return x.judgeVetted(ctx, nil, r, old, n)
}

// judgeVetted is judgeSettings with what the guard has said already.
func (x *Exchange) judgeVetted(ctx context.Context, v *vetted, r refs, old, n *wirechief.Number) *wirechief.Error {
	for _, judge := range []func() *wirechief.Error{
		func() *wirechief.Error { return judgeWords(n) },
		func() *wirechief.Error { return judgeAlias(old, n) },
		func() *wirechief.Error { return judgeEnabled(n) },
		func() *wirechief.Error { return x.judgeForwards(ctx, v, old, n) },
		func() *wirechief.Error { return x.judgeReplies(n) },
		func() *wirechief.Error { return judgeURI(old, n) },
		func() *wirechief.Error { return judgeVoice(n) },
		func() *wirechief.Error { return judgeCalls(n.Voice.Calls) },
		func() *wirechief.Error { return judgeOverflow(n) },
		func() *wirechief.Error { return x.judgeReferences(r, old, n) },
	} {
		if err := judge(); err != nil {
			return err
		}
	}
	return nil
}

// judgeWords looks at the plain texts.
func judgeWords(n *wirechief.Number) *wirechief.Error {
	for _, t := range []struct {
		field, text string
		most        int
	}{
		{"name", n.Name, maxName},
		{"notes", n.Notes, maxNotes},
		{"reference", n.Reference, maxReference},
		{"attribution.source", n.Attribution.Source, maxName},
		{"attribution.medium", n.Attribution.Medium, maxName},
		{"attribution.campaign", n.Attribution.Campaign, maxName},
		{"attribution.content", n.Attribution.Content, maxName},
		{"line.caller_name", n.Line.CallerName, maxName},
		{"line.port_out_pin", n.Line.PortOutPIN, maxName},
		{"line.trunk_group", n.Line.TrunkGroup, maxName},
		{"line.custom_uri", n.Line.CustomURI, maxName},
	} {
		if err := judgeText(t.field, t.text, t.most); err != nil {
			return err
		}
	}
	if len(n.Tags) > maxTags {
		return wrongSetting("tags", "a number has at most %d tags", maxTags)
	}
	for i, tag := range n.Tags {
		if err := judgeText("tags", tag, maxTag); err != nil {
			return err
		}
		if tag == "" || slices.Index(n.Tags, tag) != i {
			return wrongSetting("tags", "%q is empty or there twice", tag)
		}
	}
	if !(n.Throughput >= 0 && n.Throughput <= 10_000) { // also not a NaN
		return wrongSetting("throughput", "%v is out of range: 0 to 10000 segments a second", n.Throughput)
	}
	for i, id := range n.Groups {
		if slices.Index(n.Groups, id) != i {
			return wrongSetting("groups", "group %d is there twice", id)
		}
	}
	if n.Priority < -1000 || n.Priority > 1000 {
		return wrongSetting("priority", "%d is out of range: -1000 to 1000", n.Priority)
	}
	return nil
}

func judgeText(field, text string, most int) *wirechief.Error {
	switch {
	case !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0:
		return wrongSetting(field, "the text holds a NUL or is not valid UTF-8")
	case len(text) > most:
		return wrongSetting(field, "the text has more than %d octets", most)
	}
	return nil
}

// judgeAlias refuses a name, where it is a new one, that would not stay on its line.
func judgeAlias(old, n *wirechief.Number) *wirechief.Error {
	if (old == nil || old.Name != n.Name) && strings.ContainsFunc(n.Name, unicode.IsControl) {
		return wrongSetting("name", "the text holds a line end or another control character")
	}
	return nil
}

// judgeEnabled refuses to switch on what the number cannot do.
func judgeEnabled(n *wirechief.Number) *wirechief.Error {
	for _, c := range []struct {
		field     string
		can, does bool
	}{
		{"sms", n.Capabilities.SMS, n.Enabled.SMS},
		{"mms", n.Capabilities.MMS, n.Enabled.MMS},
		{"voice", n.Capabilities.Voice, n.Enabled.Voice},
		{"fax", n.Capabilities.Fax, n.Enabled.Fax},
	} {
		if c.does && !c.can {
			err := wirechief.Refuse(wirechief.Invalid, wirechief.RuleCapability, "%s has no %s", n.Number, c.field)
			err.Field = c.field
			return err
		}
	}
	return nil
}

func (x *Exchange) judgeForwards(ctx context.Context, v *vetted, old, n *wirechief.Number) *wirechief.Error {
	if len(n.Forwards) > maxForwards {
		return wrongSetting("forwards", "a number has at most %d forwards", maxForwards)
	}
	var before wirechief.Number
	if old != nil {
		before = *old
	}
	if err := x.judgeList(ctx, v, n, "forwards", before.Forwards, n.Forwards); err != nil {
		return err
	}
	if len(n.Fallback) > maxFallback {
		return wrongSetting("fallback", "a number has at most %d fallback destinations", maxFallback)
	}
	if err := x.judgeList(ctx, v, n, "fallback", before.Fallback, n.Fallback); err != nil {
		return err
	}
	for i, f := range n.Fallback {
		if f.Type == wirechief.KindConsole {
			err := wrongSetting("fallback.type", "the console is no fallback: every text is there; name http, email or sms")
			err.Item = i + 1
			return err
		}
	}
	if n.FallbackAfter < 0 || n.FallbackAfter > FallbackAfterMost {
		return wrongSetting("fallback_after", "%d is out of range: 1 to %d tries, or 0 for the usual %d", n.FallbackAfter, FallbackAfterMost, FallbackAfter)
	}
	return x.judgeHook(ctx, v, "receipts", n.Receipts, old != nil && old.Receipts.URL == n.Receipts.URL)
}

// judgeList looks at a list of forwards; field is its name. old is the list
// before.
func (x *Exchange) judgeList(ctx context.Context, v *vetted, n *wirechief.Number, field string, old, list []wirechief.Forward) *wirechief.Error {
	for i := range list {
		f := &list[i]
		same := func(o wirechief.Forward) bool { return o.Type == f.Type && o.Destination == f.Destination }
		if slices.IndexFunc(list, same) != i {
			err := wrongSetting(field+".destination", "%s is there twice", f.Destination)
			err.Item = i + 1
			return err
		}
		if err := x.judgeForward(ctx, v, n, f, slices.ContainsFunc(old, same)); err != nil {
			err.Field, err.Item = field+strings.TrimPrefix(err.Field, "forwards"), i+1
			return err
		}
	}
	return nil
}

// judgeForward looks at one forward; the guard is asked about a URL that is new.
func (x *Exchange) judgeForward(ctx context.Context, v *vetted, n *wirechief.Number, f *wirechief.Forward, known bool) *wirechief.Error {
	if err := judgeText("forwards.destination", f.Destination, 2048); err != nil {
		return err
	}
	switch f.Type {
	case wirechief.KindHTTP:
		if err := x.judgeURL(ctx, v, "forwards.destination", f.Destination, known); err != nil {
			return err
		}
	case wirechief.KindEmail:
		if !wirechief.IsMailAddress(f.Destination) {
			return wrongSetting("forwards.destination", "%q is not a mail address", f.Destination)
		}
		if f.Sender != "" && !wirechief.IsMailAddress(f.Sender) {
			return wrongSetting("forwards.sender", "%q is not a mail address", f.Sender)
		}
	case wirechief.KindSMS:
		switch {
		case !e164.IsNumber(f.Destination):
			return wrongSetting("forwards.destination", "%q is not a number such as +13105550100", f.Destination)
		case f.Destination == n.Number:
			err := wirechief.Refuse(wirechief.Invalid, wirechief.RuleLoop, "%s would forward to itself", n.Number)
			err.Field = "forwards.destination"
			return err
		case f.Sender != "" && f.Sender != "own" && f.Sender != "original" && !e164.IsNumber(f.Sender) && !e164.IsAlphanumeric(f.Sender):
			return wrongSetting("forwards.sender", "%q is not a sender: own, original, a number or a name", f.Sender)
		}
	case wirechief.KindConsole:
		if f.Destination == "" {
			return wrongSetting("forwards.destination", "a console forward needs a name")
		}
	default:
		return wrongSetting("forwards.type", "%q is not a type: http, email, sms or console", f.Type)
	}
	switch {
	case f.Method != "" && f.Method != "POST" && f.Method != "GET":
		return wrongSetting("forwards.method", "%q is not a method: POST or GET", f.Method)
	case f.Encoding != "" && f.Encoding != "json" && f.Encoding != "form":
		return wrongSetting("forwards.encoding", "%q is not an encoding: json or form", f.Encoding)
	case f.Format != "" && f.Format != wirechief.DialectMessage2Give && f.Format != wirechief.DialectFoneDynamics:
		return wrongSetting("forwards.format", "%q is not a format: message2give or fonedynamics", f.Format)
	case f.History != nil && (*f.History < 0 || *f.History > 100):
		return wrongSetting("forwards.history", "%d is out of range: 0 to 100 messages", *f.History)
	case !isZone(f.Timezone):
		return wrongSetting("forwards.timezone", "%q is not a time zone such as America/Los_Angeles", f.Timezone)
	}
	if err := judgeText("forwards.prefix", f.Prefix, maxAddition); err != nil {
		return err
	}
	return judgeText("forwards.suffix", f.Suffix, maxAddition)
}

func (x *Exchange) judgeHook(ctx context.Context, v *vetted, field string, h wirechief.Hook, known bool) *wirechief.Error {
	if h.Method != "" && h.Method != "POST" && h.Method != "GET" {
		return wrongSetting(field+".method", "%q is not a method: POST or GET", h.Method)
	}
	if h.URL == "" {
		return nil
	}
	return x.judgeURL(ctx, v, field+".url", h.URL, known)
}

func (x *Exchange) judgeReplies(n *wirechief.Number) *wirechief.Error {
	for _, r := range []struct {
		field string
		wirechief.Reply
	}{{"replies.agents_online", n.Replies.AgentsOnline}, {"replies.agents_offline", n.Replies.AgentsOffline}, {"replies.missed_call", n.Replies.MissedCall}} {
		if err := judgeAnswer(r.field, r.Message); err != nil {
			return err
		}
		if r.Enabled && r.Message == "" {
			return wrongSetting(r.field, "an automatic reply that is switched on needs a message")
		}
	}
	if w := n.Replies.Window; w != 0 && (w < time.Second || w > windowMost) {
		return wrongSetting("replies.window", "%v is out of range: 1s to 720h, or 0s for %v", w, wirechief.ReplyWindow)
	}
	return x.judgeKeywords(n)
}

// judgeAnswer refuses the text of an automatic answer that could not be sent.
func judgeAnswer(field, text string) *wirechief.Error {
	if err := judgeText(field, text, maxReply); err != nil {
		return err
	}
	if a := gsm.Analyse(text); a.Segments > wirechief.MaxSegments {
		return wrongSetting(field, "the text needs %d segments as %s; at most %d are sent", a.Segments, a.Encoding, wirechief.MaxSegments)
	}
	return nil
}

// judgeKeywords refuses keywords that could never answer.
func (x *Exchange) judgeKeywords(n *wirechief.Number) *wirechief.Error {
	if len(n.Replies.Keywords) > wirechief.KeywordsMost {
		return wrongSetting("replies.keywords", "a number has at most %d keyword answers", wirechief.KeywordsMost)
	}
	seen := make(map[string]bool)
	for i := range n.Replies.Keywords {
		if err := x.judgeKeyword(n, &n.Replies.Keywords[i], seen); err != nil {
			err.Item = i + 1
			return err
		}
	}
	return nil
}

// judgeKeyword looks at one keyword answer; seen are the words before it, folded.
func (x *Exchange) judgeKeyword(n *wirechief.Number, k *wirechief.Keyword, seen map[string]bool) *wirechief.Error {
	const field = "replies.keywords"
	if err := judgeAnswer(field+".message", k.Message); err != nil {
		return err
	}
	switch {
	case k.Enabled && k.Message == "":
		return wrongSetting(field+".message", "a keyword answer that is switched on needs a message")
	case len(k.Words) == 0:
		return wrongSetting(field+".words", "a keyword answer needs a word")
	case len(k.Words) > maxWords:
		return wrongSetting(field+".words", "a keyword answer has at most %d words", maxWords)
	}
	for _, word := range k.Words {
		if err := judgeText(field+".words", word, 4*keywordMost); err != nil {
			return err
		}
		said := foldWord(word)
		switch {
		case said == "" || utf8.RuneCountInString(word) > keywordMost:
			return wrongSetting(field+".words", "%q is empty or has more than %d characters", word, keywordMost)
		case seen[said]:
			return wrongSetting(field+".words", "%q is there twice; capitals, accents and blanks do not count", word)
		}
		seen[said] = true
		if w, ok := x.word(x.dir.tenant(n.Tenant), n, word); ok && w.Kind != optout.Yes {
			return wrongSetting(field+".words", "%q is a word by which handsets opt out, opt in or ask for help; it is answered by the account's settings of opt-out", word)
		}
	}
	return nil
}

// judgeURI looks at the URI of a line when it is a new one.
func judgeURI(old, n *wirechief.Number) *wirechief.Error {
	uri := n.Line.CustomURI
	if uri == "" || old != nil && old.Line.CustomURI == uri || strings.Contains(uri, ":") && e164.IsEndpoint(uri) {
		return nil
	}
	return wrongSetting("line.custom_uri", "%q is not a SIP URI such as sip:desk@pbx.example", uri)
}

func judgeVoice(n *wirechief.Number) *wirechief.Error {
	v := &n.Voice
	switch {
	case v.Route != "" && v.Route != wirechief.RouteEndpoint && v.Route != wirechief.RouteFlow:
		return wrongSetting("voice.route", "%q is not a route: endpoint or flow", v.Route)
	case v.Recording != "" && v.Recording != wirechief.RecordOff && v.Recording != wirechief.RecordCall:
		return wrongSetting("voice.recording", "%q is not a recording: off or call", v.Recording)
	case v.Consent != "" && !slices.Contains([]string{wirechief.ConsentAlways, wirechief.ConsentOptIn, wirechief.ConsentOptOut, wirechief.ConsentNever}, v.Consent):
		return wrongSetting("voice.consent", "%q is not a consent: always, opt_in, opt_out or never", v.Consent)
	case v.Route == wirechief.RouteEndpoint && v.Endpoint == "":
		return wrongSetting("voice.endpoint", "the route endpoint needs one")
	case v.Route == wirechief.RouteFlow && v.Flow == "":
		return wrongSetting("voice.flow", "the route flow needs one")
	}
	for _, e := range []struct{ field, endpoint string }{{"voice.endpoint", v.Endpoint}, {"voice.failover", v.Failover}} {
		if err := judgeEndpoint(e.field, e.endpoint, n.Number); err != nil {
			return err
		}
	}
	if err := judgeGreetingSettings(v.GreetingSettings); err != nil {
		return err
	}
	if len(v.Forwards) > maxForwards {
		return wrongSetting("voice.forwards", "a number has at most %d forwards of calls", maxForwards)
	}
	for i, f := range v.Forwards {
		if f.Destination == "" || slices.IndexFunc(v.Forwards, func(o wirechief.VoiceForward) bool { return o.Destination == f.Destination }) != i {
			return wrongSetting("voice.forwards.destination", "%q is empty or there twice", f.Destination)
		}
		if err := judgeEndpoint("voice.forwards.destination", f.Destination, n.Number); err != nil {
			return err
		}
	}
	return nil
}

func judgeEndpoint(field, endpoint, own string) *wirechief.Error {
	switch {
	case endpoint == "":
		return nil
	case !e164.IsEndpoint(endpoint):
		return wrongSetting(field, "%q is neither a number such as +13105550100 nor a SIP URI", endpoint)
	case endpoint == own:
		err := wirechief.Refuse(wirechief.Invalid, wirechief.RuleLoop, "%s would call itself", own)
		err.Field = field
		return err
	}
	return nil
}

var locale = regexp.MustCompile(`^[a-z]{2}(-[A-Za-z]{2,4})?$`)

// QueueSizes and QueueMinutes are the values that a queue of calls can have
// (zendesk: maximum_queue_size, maximum_queue_wait_time).
func QueueSizes() []int   { return []int{0, 2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50} }
func QueueMinutes() []int { return []int{1, 2, 5, 10, 15, 20, 25, 30} }

// overflow is the shape of a number (E.164): an overflow may be of a plan that
// is not known here, or a number of no plan, for trying.
var overflow = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// judgeOverflow refuses to overflow to the number itself.
func judgeOverflow(n *wirechief.Number) *wirechief.Error {
	if c := n.Voice.Calls; c != nil && c.Overflow.Number == n.Number {
		err := wirechief.Refuse(wirechief.Invalid, wirechief.RuleLoop, "%s would call itself", n.Number)
		err.Field = "calls.overflow"
		return err
	}
	return nil
}

func judgeCalls(c *wirechief.Calls) *wirechief.Error {
	if c == nil {
		return nil
	}
	switch keep := wirechief.Retentions(); {
	case c.OfferingSeconds < 1 || c.OfferingSeconds > 600:
		return wrongSetting("calls.offering_seconds", "%d is out of range: 1 to 600 seconds", c.OfferingSeconds)
	case !slices.Contains(QueueSizes(), c.QueueSize):
		return wrongSetting("calls.queue_size", "%d is not one of %s", c.QueueSize, list(QueueSizes()))
	case !slices.Contains(QueueMinutes(), c.QueueMinutes):
		return wrongSetting("calls.queue_minutes", "%d is not one of %s", c.QueueMinutes, list(QueueMinutes()))
	case !locale.MatchString(c.CallbackLocale):
		return wrongSetting("calls.callback_locale", "%q is not a language such as en", c.CallbackLocale)
	case !slices.Contains(keep, c.RecordingsDeletedAfter):
		return wrongSetting("calls.recordings_deleted_after", "%q is not one of %s", c.RecordingsDeletedAfter, strings.Join(keep, ", "))
	case !slices.Contains(keep, c.VoicemailsDeletedAfter):
		return wrongSetting("calls.voicemails_deleted_after", "%q is not one of %s", c.VoicemailsDeletedAfter, strings.Join(keep, ", "))
	case c.Overflow.Number != "" && !overflow.MatchString(c.Overflow.Number) && !e164.IsEndpoint(c.Overflow.Number):
		return wrongSetting("calls.overflow", "%q is neither a number such as +13105550100 nor a SIP URI", c.Overflow.Number)
	case c.Overflow.Enabled && c.Overflow.Number == "":
		return wrongSetting("calls.overflow", "an overflow that is switched on needs a number")
	case c.WrapUpSeconds < 0 || c.WrapUpSeconds > 3600:
		return wrongSetting("calls.wrap_up_seconds", "%d is out of range: 0 to 3600 seconds", c.WrapUpSeconds)
	}
	return judgeText("calls.forwarding_caller_id", c.ForwardingCallerID, maxTag)
}

func list(numbers []int) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = fmt.Sprint(n)
	}
	return strings.Join(words, ", ")
}

func isZone(name string) bool {
	if name == "" {
		return true
	}
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local"
}
