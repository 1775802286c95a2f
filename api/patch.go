package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/exchange"
)

func typeFor[T any]() reflect.Type { return reflect.TypeFor[T]() }

// readPatch turns a merge patch of the settings of n into what the core takes.
// What is set to what it was is left alone; a fresh n (without a state) is one
// that is being bought.
func readPatch(n *wirechief.Number, m wire.MergePatch) (p wirechief.NumberPatch, err error) {
	patch, err := lowered("", m, "greeting_settings")
	if err != nil {
		return p, err
	}
	if err := readForwards(n, patch, &p); err != nil {
		return p, err
	}
	if err := readVoiceForwards(n, patch, &p); err != nil {
		return p, err
	}
	if err := readFallback(n, patch, &p); err != nil {
		return p, err
	}
	if err := readKeywords(patch, &p); err != nil {
		return p, err
	}
	before, after := settingsOf(n), settingsOf(&wirechief.Number{})
	if err := patched(&before, &after, patch); err != nil {
		return p, err
	}
	if _, given := patch["enabled"]; given {
		if err := readEnabled(n, after.Enabled, &p); err != nil {
			return p, err
		}
	}
	window, err := time.ParseDuration(cmp.Or(after.Replies.Window, "0s"))
	if err != nil {
		return p, wirechief.InvalidField("replies.window", "%q is not a time such as 12h", after.Replies.Window)
	}
	if window == 0 {
		window = wirechief.ReplyWindow
	}
	differ(&p.ReplyWindow, cmp.Or(n.Replies.Window, wirechief.ReplyWindow), window)
	compare(&p, &before, &after)
	return p, nil
}

// differ sets a patch when the values differ.
func differ[T any](p *wirechief.Patch[T], before, after T) {
	if !reflect.DeepEqual(before, after) {
		*p = wirechief.Set(after)
	}
}

// compare finds out what a patch changed. Empty lists are not nil on either side.
func compare(p *wirechief.NumberPatch, a, b *wire.Settings) {
	differ(&p.Name, a.Name, b.Name)
	differ(&p.Tags, a.Tags, orNone(b.Tags))
	differ(&p.Notes, a.Notes, b.Notes)
	differ(&p.Reference, a.Reference, b.Reference)
	differ(&p.Protected, a.Protected, b.Protected)
	differ(&p.Throughput, a.Throughput, b.Throughput)
	differ(&p.Address, a.Address, b.Address)
	differ(&p.Property, a.Property, b.Property)
	differ(&p.Campaign, a.Campaign, b.Campaign)
	differ(&p.Webhook, a.Webhook, b.Webhook)
	differ(&p.Brand, a.Brand, b.Brand)
	differ(&p.Groups, a.Groups, orNone(b.Groups))
	differ(&p.DefaultGroup, a.DefaultGroup, b.DefaultGroup)
	differ(&p.SMSGroup, a.SMSGroup, b.SMSGroup)
	differ(&p.Priority, a.Priority, b.Priority)
	differ(&p.Attribution.Source, a.Attribution.Source, b.Attribution.Source)
	differ(&p.Attribution.Medium, a.Attribution.Medium, b.Attribution.Medium)
	differ(&p.Attribution.Campaign, a.Attribution.Campaign, b.Attribution.Campaign)
	differ(&p.Attribution.Content, a.Attribution.Content, b.Attribution.Content)
	differ(&p.Receipts, wirechief.Hook(a.Receipts), wirechief.Hook(b.Receipts))
	differ(&p.AgentsOn, a.Replies.AgentsOnline, b.Replies.AgentsOnline)
	differ(&p.AgentsOff, a.Replies.AgentsOffline, b.Replies.AgentsOffline)
	differ(&p.MissedReply, a.Replies.MissedCall, b.Replies.MissedCall)
	differ(&p.FallbackAfter, a.FallbackAfter, cmp.Or(b.FallbackAfter, exchange.FallbackAfter))
	differ(&p.CallerName, a.Line.CallerName, b.Line.CallerName)
	differ(&p.PortOutPIN, a.Line.PortOutPIN, b.Line.PortOutPIN)
	differ(&p.TrunkGroup, a.Line.TrunkGroup, b.Line.TrunkGroup)
	differ(&p.CustomURI, a.Line.CustomURI, b.Line.CustomURI)
	differ(&p.PostCallAI, a.AI.PostCall, b.AI.PostCall)
	differ(&p.VoiceQA, a.AI.QA, b.AI.QA)
	compareVoice(p, &a.Voice, &b.Voice)
	compareCalls(&p.Calls, &a.Voice.Calls, &b.Voice.Calls)
}

func compareVoice(p *wirechief.NumberPatch, a, b *wire.Voice) {
	differ(&p.Route, a.Route, b.Route)
	differ(&p.Endpoint, a.Endpoint, b.Endpoint)
	differ(&p.Flow, a.Flow, b.Flow)
	differ(&p.IVR, a.IVR, b.IVR)
	differ(&p.Schedule, a.Schedule, b.Schedule)
	differ(&p.Recording, a.Recording, b.Recording)
	differ(&p.Consent, a.Consent, b.Consent)
	differ(&p.Transcription, a.Transcription, b.Transcription)
	differ(&p.Failover, a.Failover, b.Failover)
	differ(&p.Greetings, a.Greetings, orNone(b.Greetings))
	settings := maps.Clone(b.GreetingSettings)
	maps.DeleteFunc(settings, func(_ string, cases map[string]string) bool { return len(cases) == 0 })
	differ(&p.GreetingSettings, a.GreetingSettings, settings)
}

func compareCalls(p *wirechief.CallsPatch, a, b *wire.Calls) {
	differ(&p.Outbound, a.Outbound, b.Outbound)
	differ(&p.OfferingSeconds, a.OfferingSeconds, b.OfferingSeconds)
	differ(&p.QueueSize, a.QueueSize, b.QueueSize)
	differ(&p.QueueMinutes, a.QueueMinutes, b.QueueMinutes)
	differ(&p.WaitTimeMessage, a.WaitTimeMessage, b.WaitTimeMessage)
	differ(&p.CallbackFromQueue, a.CallbackFromQueue, b.CallbackFromQueue)
	differ(&p.CallbackLocale, a.CallbackLocale, b.CallbackLocale)
	differ(&p.AbandonedTicket, a.AbandonedTicket, b.AbandonedTicket)
	differ(&p.DequeueAttempted, a.DequeueAttempted, b.DequeueAttempted)
	differ(&p.Voicemail, a.Voicemail, b.Voicemail)
	differ(&p.VoicemailOutsideHours, a.VoicemailOutsideHours, b.VoicemailOutsideHours)
	differ(&p.RecordingsDeletedAfter, a.RecordingsDeletedAfter, b.RecordingsDeletedAfter)
	differ(&p.VoicemailsDeletedAfter, a.VoicemailsDeletedAfter, b.VoicemailsDeletedAfter)
	differ(&p.Overflow, a.Overflow, b.Overflow)
	differ(&p.ForwardingCallerID, a.ForwardingCallerID, b.ForwardingCallerID)
	differ(&p.WrapUp, a.WrapUp, b.WrapUp)
	differ(&p.WrapUpSeconds, a.WrapUpSeconds, b.WrapUpSeconds)
}

// readEnabled switches on what is listed and off what is not. Fax comes with
// the number; nobody switches it.
func readEnabled(n *wirechief.Number, list []string, p *wirechief.NumberPatch) error {
	if n.State != "" && slices.Contains(list, "fax") != n.Enabled.Fax {
		return wirechief.InvalidField("enabled", "fax cannot be switched; leave it as it is")
	}
	p.Voice, p.SMS, p.MMS = wirechief.Set(slices.Contains(list, "voice")), wirechief.Set(slices.Contains(list, "sms")), wirechief.Set(slices.Contains(list, "mms"))
	return nil
}

// take takes a member out of a patch and reads it.
func take[T any](patch map[string]any, name string) (list []T, given bool, err error) {
	v, given := patch[name]
	delete(patch, name)
	if !given || v == nil {
		return nil, given, nil
	}
	doc, err := json.Marshal(v)
	if err != nil {
		return nil, true, err
	}
	if err := strictly(doc, &list); err != nil {
		return nil, true, under(name, err)
	}
	return list, true, nil
}

// under puts the name of a member before the field of an error in it.
func under(name string, err error) error {
	if e, ok := errors.AsType[*wirechief.Error](err); ok {
		named := *e
		named.Field = strings.TrimSuffix(name+"."+e.Field, ".")
		return &named
	}
	return err
}

// items reads the entries of a list, each over what it is when nothing is said.
func items[T any](name string, raw []json.RawMessage, base func(doc json.RawMessage) T) ([]T, error) {
	out := make([]T, len(raw))
	for i, doc := range raw {
		out[i] = base(doc)
		if err := strictly(doc, &out[i]); err != nil {
			return nil, under(item(name, i), err)
		}
	}
	return out, nil
}

// readForwards reads what a patch says of the forwards of texts.
func readForwards(n *wirechief.Number, patch map[string]any, p *wirechief.NumberPatch) error {
	old := func(f *wire.Forward) *wirechief.Forward {
		for i := range n.Forwards {
			if string(n.Forwards[i].Type) == f.Type && n.Forwards[i].Destination == f.Destination {
				return &n.Forwards[i]
			}
		}
		return nil
	}
	for _, list := range []struct {
		name string
		to   func([]wirechief.Forward)
		keep bool // what an entry that is there says
	}{
		{"forwards", func(l []wirechief.Forward) { p.Forwards = wirechief.Set(l) }, false},
		{"put_forwards", func(l []wirechief.Forward) { p.PutForwards = l }, true},
	} {
		raw, given, err := take[json.RawMessage](patch, list.name)
		if err != nil || !given {
			if err != nil {
				return err
			}
			continue
		}
		forwards, err := items(list.name, raw, func(doc json.RawMessage) wire.Forward {
			var named wire.Forward
			json.Unmarshal(doc, &named) // judged right after
			if o := old(&named); o != nil && list.keep {
				return newForward(o)
			}
			return freshForward(named.Type)
		})
		if err != nil {
			return err
		}
		out := make([]wirechief.Forward, len(forwards))
		for i := range forwards {
			out[i] = readForward(&forwards[i], old(&forwards[i]))
		}
		list.to(out)
	}
	keys, _, err := take[wire.ForwardKey](patch, "drop_forwards")
	for _, k := range keys {
		p.DropForwards = append(p.DropForwards, wirechief.ForwardKey{Type: wirechief.DeliveryKind(k.Type), Destination: k.Destination})
	}
	return err
}

// readFallback reads what a patch says of the fallback chain.
func readFallback(n *wirechief.Number, patch map[string]any, p *wirechief.NumberPatch) error {
	raw, given, err := take[json.RawMessage](patch, "fallback")
	if err != nil || !given {
		return err
	}
	list, err := items("fallback", raw, func(doc json.RawMessage) wire.Forward {
		var named wire.Forward
		json.Unmarshal(doc, &named) // judged right after
		return freshForward(named.Type)
	})
	if err != nil {
		return err
	}
	out := make([]wirechief.Forward, len(list))
	for i := range list {
		var old *wirechief.Forward
		for j := range n.Fallback {
			if f := &n.Fallback[j]; string(f.Type) == list[i].Type && f.Destination == list[i].Destination {
				old = f
			}
		}
		out[i] = readForward(&list[i], old)
	}
	p.Fallback = wirechief.Set(out)
	return nil
}

// readKeywords reads what a patch says of the keyword answers.
func readKeywords(patch map[string]any, p *wirechief.NumberPatch) error {
	replies, ok := patch["replies"].(map[string]any)
	if !ok {
		if v, given := patch["replies"]; given && v == nil {
			p.Keywords = wirechief.Clear[[]wirechief.Keyword]()
		}
		return nil
	}
	raw, given, err := take[json.RawMessage](replies, "keywords")
	if err != nil || !given {
		return under("replies", err)
	}
	list, err := items("replies.keywords", raw, func(json.RawMessage) wire.Keyword { return wire.Keyword{Enabled: true} })
	if err != nil {
		return err
	}
	out := make([]wirechief.Keyword, len(list))
	for i, k := range list {
		out[i] = wirechief.Keyword{Words: k.Words, Message: k.Message, Enabled: k.Enabled}
	}
	p.Keywords = wirechief.Set(out)
	return nil
}

// freshForward has the defaults of its type.
func freshForward(kind string) wire.Forward {
	f := wire.Forward{Enabled: true}
	switch wirechief.DeliveryKind(kind) {
	case wirechief.KindHTTP:
		f.Method, f.Encoding, f.Format = "POST", "json", wirechief.DialectMessage2Give
	case wirechief.KindEmail:
		f.Timezone, f.History = "UTC", wirechief.HistoryDefault
	case wirechief.KindSMS:
		f.Sender = "own"
	}
	return f
}

// readForward keeps of the old one what this API does not show.
func readForward(w *wire.Forward, old *wirechief.Forward) wirechief.Forward {
	f := wirechief.Forward{
		Type: wirechief.DeliveryKind(w.Type), Destination: w.Destination, Enabled: w.Enabled, Method: w.Method, Encoding: w.Encoding,
		Format: w.Format, Length: w.Length, Context: w.Context, Timezone: w.Timezone, Prefix: w.Prefix, Suffix: w.Suffix, Sender: w.Sender,
	}
	if old != nil {
		f.Set, f.History = old.Set, old.History
	}
	if now := newForward(&f).History; w.History != now || w.Type == string(wirechief.KindEmail) && f.History != nil {
		history := w.History
		f.History = &history
	}
	base := freshForward(w.Type)
	if old != nil {
		base = newForward(old)
	}
	f.Set = saidOf(f.Set, &base, w)
	return f
}

// saidOf gives the names of what a forward says explicitly: what it said
// before, and what now differs from that or from the usual (see
// [wirechief.Forward], Set).
func saidOf(before []string, base, now *wire.Forward) []string {
	said := slices.Clone(before)
	for _, p := range []struct {
		name    string
		differs bool
		empty   bool
	}{
		{"method", base.Method != now.Method, now.Method == ""},
		{"encoding", base.Encoding != now.Encoding, now.Encoding == ""},
		{"length", base.Length != now.Length, false},
		{"context", base.Context != now.Context, false},
		{"history", base.History != now.History, false},
		{"timezone", base.Timezone != now.Timezone, now.Timezone == ""},
		{"prefix", base.Prefix != now.Prefix, now.Prefix == ""},
		{"suffix", base.Suffix != now.Suffix, now.Suffix == ""},
	} {
		switch {
		case !p.differs:
		case p.empty:
			said = slices.DeleteFunc(said, func(name string) bool { return name == p.name })
		case !slices.Contains(said, p.name):
			said = append(said, p.name)
		}
	}
	return said
}

// readVoiceForwards reads what a patch says of the forwards of calls.
func readVoiceForwards(n *wirechief.Number, patch map[string]any, p *wirechief.NumberPatch) error {
	read := func(name string, raw []json.RawMessage, keep bool) ([]wirechief.VoiceForward, error) {
		list, err := items(name, raw, func(doc json.RawMessage) wire.VoiceForward {
			var named wire.VoiceForward
			json.Unmarshal(doc, &named) // judged right after
			for _, o := range n.Voice.Forwards {
				if o.Destination == named.Destination && keep {
					return wire.VoiceForward(o)
				}
			}
			return wire.VoiceForward{Enabled: true}
		})
		out := make([]wirechief.VoiceForward, len(list))
		for i, f := range list {
			out[i] = wirechief.VoiceForward(f)
		}
		return out, err
	}
	if voice, ok := patch["voice"].(map[string]any); ok {
		raw, given, err := take[json.RawMessage](voice, "forwards")
		if err != nil {
			return under("voice", err)
		}
		if given {
			list, err := read("voice.forwards", raw, false)
			if err != nil {
				return err
			}
			p.VoiceForwards = wirechief.Set(list)
		}
	} else if v, given := patch["voice"]; given && v == nil {
		p.VoiceForwards = wirechief.Clear[[]wirechief.VoiceForward]()
	}
	raw, _, err := take[json.RawMessage](patch, "put_voice_forwards")
	if err != nil {
		return err
	}
	if p.PutVoiceForwards, err = read("put_voice_forwards", raw, true); err != nil {
		return err
	}
	p.DropVoiceForwards, _, err = take[string](patch, "drop_voice_forwards")
	return err
}

// inSettings words an error of the core about settings by the names that they
// have here.
func inSettings(err error) error {
	e, ok := errors.AsType[*wirechief.Error](err)
	if !ok {
		return err
	}
	named := *e
	switch {
	case e.Rule == wirechief.RuleCapability && slices.Contains([]string{"sms", "mms", "voice", "fax"}, e.Field):
		named.Field = "enabled"
	case strings.HasPrefix(e.Field, "calls."):
		named.Field = "voice." + e.Field
	}
	return &named
}
