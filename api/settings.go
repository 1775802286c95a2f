package api

import (
	"cmp"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/exchange"
)

// newNumber gives a number with everything that it says.
func newNumber(n *wirechief.Number) wire.Number {
	return wire.Number{
		Number: n.Number, ID: n.ID, Tenant: n.Tenant, State: string(n.State), Until: instant(n.Until), Reservation: n.Reservation,
		Type: string(n.Type), Country: n.Country, Location: n.Location, Carrier: n.Carrier, Price: n.Price.String(),
		AddressRule: string(n.AddressRule), Capabilities: capabilities(n.Capabilities), TollFreeVerification: string(n.TollFree),
		Settings: settingsOf(n), ActivatedAt: instant(n.ActivatedAt), ModifiedAt: instant(n.ModifiedAt),
	}
}

// settingsOf gives the settings of a number, those in force where it says nothing.
func settingsOf(n *wirechief.Number) wire.Settings {
	v := &n.Voice
	s := wire.Settings{
		Enabled: capabilities(n.Enabled), Name: n.Name, Tags: orNone(n.Tags), Notes: n.Notes, Reference: n.Reference,
		Protected: n.Protected, Throughput: n.Throughput, Address: n.Address, Property: n.Property, Campaign: n.Campaign,
		Webhook: n.Webhook, Brand: n.Brand, Groups: orNone(n.Groups), DefaultGroup: n.DefaultGroup, SMSGroup: n.SMSGroup,
		Priority: n.Priority, Attribution: wire.Attribution(n.Attribution), Forwards: make([]wire.Forward, len(n.Forwards)),
		Receipts: wire.Receipts(n.Receipts), Line: wire.Line(n.Line), AI: wire.AI(n.AI),
		Fallback: make([]wire.Forward, len(n.Fallback)), FallbackAfter: cmp.Or(n.FallbackAfter, exchange.FallbackAfter),
		Replies: wire.Replies{
			AgentsOffline: n.Replies.AgentsOffline, AgentsOnline: n.Replies.AgentsOnline, MissedCall: n.Replies.MissedCall,
			Keywords: make([]wire.Keyword, len(n.Replies.Keywords)), Window: duration(cmp.Or(n.Replies.Window, wirechief.ReplyWindow)),
		},
		Voice: wire.Voice{
			Route: v.Route, Endpoint: v.Endpoint, Flow: v.Flow, IVR: v.IVR, Schedule: v.Schedule, Recording: v.Recording,
			Consent: v.Consent, Transcription: v.Transcription, Forwards: make([]wire.VoiceForward, len(v.Forwards)), Failover: v.Failover,
			Greetings: orNone(v.Greetings), GreetingSettings: v.GreetingSettings, Calls: wire.Calls(v.CallSettings()),
		},
	}
	if s.Voice.GreetingSettings == nil {
		s.Voice.GreetingSettings = map[string]map[string]string{}
	}
	for i := range n.Forwards {
		s.Forwards[i] = newForward(&n.Forwards[i])
	}
	for i := range n.Fallback {
		s.Fallback[i] = newForward(&n.Fallback[i])
	}
	for i, k := range n.Replies.Keywords {
		s.Replies.Keywords[i] = wire.Keyword{Words: orNone(k.Words), Message: k.Message, Enabled: k.Enabled}
	}
	for i, f := range v.Forwards {
		s.Voice.Forwards[i] = wire.VoiceForward(f)
	}
	return s
}

func newForward(f *wirechief.Forward) wire.Forward {
	out := wire.Forward{
		Type: string(f.Type), Destination: f.Destination, Enabled: f.Enabled, Method: f.Method, Encoding: f.Encoding, Format: f.Format,
		Length: f.Length, Context: f.Context, History: wirechief.HistoryDefault, Timezone: f.Timezone, Prefix: f.Prefix, Suffix: f.Suffix, Sender: f.Sender,
	}
	if f.History != nil {
		out.History = *f.History
	}
	if f.Type != wirechief.KindEmail {
		out.History = 0
	}
	return out
}

// duration writes 12h, where Go writes 12h0m0s.
func duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
