package zendesktalk

import (
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// linePhone is the line_type of phone numbers.
const linePhone = "phone"

// phoneNumberOf writes a number as the vendor does. custom are the greetings
// that it has of the tenant's own, in its order.
func phoneNumberOf(n *wirechief.Number, custom []wirechief.Greeting) phoneNumber {
	display := e164.Display(n.Number)
	greetings := greetingsOf(custom, n.Voice.GreetingSettings)
	emergency := hasEmergency(n)
	p := phoneNumber{
		BrandID: orNull(n.Brand), CallRecordingConsent: n.Voice.Consent, Capabilities: capabilitiesOf(n.Capabilities),
		CategorisedGreetings: greetings.categorised, WithSubSettings: greetings.withSub,
		CountryCode: n.Country, CreatedAt: stamp(n.ActivatedAt), DefaultGreetingIDs: greetings.defaults, DefaultGroupID: orNull(n.DefaultGroup),
		DisplayNumber: display, FailoverNumber: orNull(n.Voice.Failover), GreetingIDs: listed(n.Voice.Greetings), GroupIDs: listed(n.Groups),
		ID: n.ID, IVRID: orNull(n.Voice.IVR), LineType: linePhone, Location: orNull(n.Location),
		Name: n.Name, Nickname: orNull(n.Name), Number: n.Number,
		OutboundEnabled: callsOut(n), PostCallVoiceAIEnabled: n.AI.PostCall, Priority: n.Priority,
		Recorded: n.Voice.Recording == wirechief.RecordCall, ScheduleID: orNull(n.Voice.Schedule),
		SMSEnabled: n.Enabled.SMS, SMSGroupID: orNull(n.SMSGroup), TollFree: n.Type == wirechief.TypeTollFree,
		Transcription: n.Voice.Transcription, VoiceEnabled: n.Enabled.Voice, VoiceQAEnabled: n.AI.QA,
	}
	p.Capabilities.EmergencyAddress = &emergency
	if p.Name == "" {
		p.Name = display
	}
	if p.CallRecordingConsent == "" {
		p.CallRecordingConsent = wirechief.ConsentAlways
	}
	return p
}

func minimalOf(n *wirechief.Number) minimalNumber {
	return minimalNumber{
		Capabilities: capabilitiesOf(n.Capabilities), CountryCode: n.Country, DisplayNumber: e164.Display(n.Number), ID: n.ID,
		LineType: linePhone, Nickname: orNull(n.Name), OutboundEnabled: callsOut(n), Priority: n.Priority, SMSEnabled: n.Enabled.SMS,
	}
}

func capabilitiesOf(c wirechief.Capabilities) capabilities {
	return capabilities{MMS: c.MMS, SMS: c.SMS, Voice: c.Voice}
}

// hasEmergency says whether an emergency address could belong to a number:
// callers of the North American plan are found by one where they call from a
// place, which toll-free numbers are not at.
func hasEmergency(n *wirechief.Number) bool {
	return n.Capabilities.Voice && (n.Country == "US" || n.Country == "CA") && n.Type != wirechief.TypeTollFree
}

func callsOut(n *wirechief.Number) bool {
	calls := n.Voice.CallSettings()
	return calls.Outbound
}

// settingsOf writes the finer settings of a number.
func settingsOf(n *wirechief.Number) *settings {
	c := n.Voice.CallSettings()
	return &settings{
		AllowOutboundCalls: c.Outbound, AverageWaitTimeMessageEnabled: c.WaitTimeMessage, CallOfferingDuration: c.OfferingSeconds,
		CallRecordingDeleteAfter: c.RecordingsDeletedAfter, CallbackFromQueue: c.CallbackFromQueue, CallbackLocale: c.CallbackLocale,
		CreateTicketForAbandonedCalls: c.AbandonedTicket, DequeueRetryIfAttempted: c.DequeueAttempted,
		ForwardingCallerID: c.ForwardingCallerID, MaximumQueueSize: c.QueueSize, MaximumQueueWaitTime: c.QueueMinutes,
		OverflowNumber: overflow{c.Overflow.Enabled, orNull(c.Overflow.Number)}, Priority: n.Priority,
		Voicemail: c.Voicemail, VoicemailOutsideBusinessHours: c.VoicemailOutsideHours, VoicemailRecordingDeleteAfter: c.VoicemailsDeletedAfter,
		WrapUpEnabled: c.WrapUp, WrapUpTimeLimit: c.WrapUpSeconds,
	}
}

// availableOf writes an offer. token stands for it in a purchase.
func availableOf(o *wirechief.Offer, token string) availableNumber {
	a := availableNumber{
		AddressRequirements: string(o.Address), Capabilities: capabilitiesOf(o.Capabilities), CountryCode: o.Country,
		DisplayNumber: e164.Display(o.Number), Location: orNull(o.Location), Number: o.Number,
		Price: "$" + o.Price.String(), Token: token, TollFree: o.Type == wirechief.TypeTollFree,
	}
	if a.AddressRequirements == "" {
		a.AddressRequirements = string(wirechief.AddressNone)
	}
	return a
}

// offered is how many offers a search gives.
const offered = 30

// searchOf reads a search, false when nothing can be found by it: without a
// country, or by a pattern of other characters than the vendor's (zendesktalk:
// GET /phone_numbers/search, country, area_code, contains, toll_free).
func searchOf(c *call) (q wirechief.OfferQuery, ok bool, _ error) {
	q = wirechief.OfferQuery{Country: strings.ToUpper(c.query.Get("country")), Contains: c.query.Get("contains"), Limit: offered}
	q.Types = []wirechief.NumberType{wirechief.TypeLocal, wirechief.TypeMobile, wirechief.TypeNational, wirechief.TypeSharedRate}
	free, _, err := c.flag("toll_free")
	if err != nil {
		return q, false, err
	}
	if free {
		q.Types = []wirechief.NumberType{wirechief.TypeTollFree}
	}
	if q.Country == "US" || q.Country == "CA" { // it means nothing elsewhere
		q.AreaCode = c.query.Get("area_code")
	}
	known := e164.IsCountry(q.Country) && (q.AreaCode == "" || len(q.AreaCode) == 3) && !strings.ContainsFunc(q.AreaCode, func(r rune) bool { return !isDigit(r) })
	return q, known && !strings.ContainsFunc(q.Contains, func(r rune) bool { return !isDigit(r) && !isLetter(r) && r != '*' }), nil
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// mayCallOut says whether a number that is bought may call out: one that cannot
// talk does not, and toll-free ones only where networks take them as callers.
func mayCallOut(o *wirechief.Number) bool {
	return o.Capabilities.Voice && (o.Type != wirechief.TypeTollFree || slices.Contains([]string{"US", "CA", "JP"}, o.Country))
}
