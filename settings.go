package wirechief

import (
	"slices"
	"time"
)

// NumberPatch changes the settings of a number. Each is left, cleared or set;
// the lists can be replaced as a whole or changed entry by entry, after that.
// What only the operator decides (carrier, capabilities, verification) is not
// here: that is the state file's.
type NumberPatch struct {
	Name         Patch[string]
	Tags         Patch[[]string]
	Notes        Patch[string]
	Reference    Patch[string]
	Address      Patch[int64]
	Property     Patch[string]
	Campaign     Patch[string]
	Webhook      Patch[string]
	Brand        Patch[int64]
	Groups       Patch[[]int64]
	DefaultGroup Patch[int64]
	SMSGroup     Patch[int64]
	Priority     Patch[int]
	Protected    Patch[bool]
	Throughput   Patch[float64]
	Attribution  AttributionPatch

	SMS   Patch[bool] // of Enabled; refused where the number cannot
	MMS   Patch[bool]
	Voice Patch[bool]

	Forwards     Patch[[]Forward]
	PutForwards  []Forward // changes the one of the same type and destination, or adds it at the end
	DropForwards []ForwardKey
	Receipts     Patch[Hook]
	AgentsOn     Patch[Reply]
	AgentsOff    Patch[Reply]
	ReplyWindow  Patch[time.Duration]
	MissedReply  Patch[Reply]
	Keywords     Patch[[]Keyword]

	Fallback      Patch[[]Forward]
	FallbackAfter Patch[int]

	Route             Patch[string]
	Endpoint          Patch[string]
	Flow              Patch[string]
	IVR               Patch[int64]
	Schedule          Patch[int64]
	Recording         Patch[string]
	Consent           Patch[string]
	Transcription     Patch[bool]
	Failover          Patch[string]
	VoiceForwards     Patch[[]VoiceForward]
	PutVoiceForwards  []VoiceForward // likewise, by destination
	DropVoiceForwards []string
	Greetings         Patch[[]int64]
	GreetingSettings  Patch[map[string]map[string]string]
	Calls             CallsPatch

	CallerName Patch[string]
	PortOutPIN Patch[string]
	TrunkGroup Patch[string]
	CustomURI  Patch[string]
	PostCallAI Patch[bool]
	VoiceQA    Patch[bool]
}

// ForwardKey names a forward among those of its number.
type ForwardKey struct {
	Type        DeliveryKind // empty: whichever has the destination
	Destination string
}

// AttributionPatch changes an [Attribution].
type AttributionPatch struct {
	Source, Medium, Campaign, Content Patch[string]
}

// CallsPatch changes [Calls]; clearing sets back to the default.
type CallsPatch struct {
	Outbound               Patch[bool]
	OfferingSeconds        Patch[int]
	QueueSize              Patch[int]
	QueueMinutes           Patch[int]
	WaitTimeMessage        Patch[bool]
	CallbackFromQueue      Patch[bool]
	CallbackLocale         Patch[string]
	AbandonedTicket        Patch[bool]
	DequeueAttempted       Patch[bool]
	Voicemail              Patch[bool]
	VoicemailOutsideHours  Patch[bool]
	RecordingsDeletedAfter Patch[string]
	VoicemailsDeletedAfter Patch[string]
	Overflow               Patch[Overflow]
	ForwardingCallerID     Patch[string]
	WrapUp                 Patch[bool]
	WrapUpSeconds          Patch[int]
}

// ApplyTo changes the number accordingly. It touches nothing that the number
// shares with an earlier copy of it.
func (p *NumberPatch) ApplyTo(n *Number) {
	p.Name.Apply(&n.Name)
	p.Tags.Apply(&n.Tags)
	p.Notes.Apply(&n.Notes)
	p.Reference.Apply(&n.Reference)
	p.Address.Apply(&n.Address)
	p.Property.Apply(&n.Property)
	p.Campaign.Apply(&n.Campaign)
	p.Webhook.Apply(&n.Webhook)
	p.Brand.Apply(&n.Brand)
	p.Groups.Apply(&n.Groups)
	p.DefaultGroup.Apply(&n.DefaultGroup)
	p.SMSGroup.Apply(&n.SMSGroup)
	p.Priority.Apply(&n.Priority)
	p.Protected.Apply(&n.Protected)
	p.Throughput.Apply(&n.Throughput)
	p.Attribution.Source.Apply(&n.Attribution.Source)
	p.Attribution.Medium.Apply(&n.Attribution.Medium)
	p.Attribution.Campaign.Apply(&n.Attribution.Campaign)
	p.Attribution.Content.Apply(&n.Attribution.Content)
	p.SMS.Apply(&n.Enabled.SMS)
	p.MMS.Apply(&n.Enabled.MMS)
	p.Voice.Apply(&n.Enabled.Voice)
	p.forwards(n)
	p.Receipts.Apply(&n.Receipts)
	p.AgentsOn.Apply(&n.Replies.AgentsOnline)
	p.AgentsOff.Apply(&n.Replies.AgentsOffline)
	p.ReplyWindow.Apply(&n.Replies.Window)
	p.MissedReply.Apply(&n.Replies.MissedCall)
	p.Keywords.Apply(&n.Replies.Keywords)
	p.Fallback.Apply(&n.Fallback)
	p.FallbackAfter.Apply(&n.FallbackAfter)
	p.voice(&n.Voice)
	p.CallerName.Apply(&n.Line.CallerName)
	p.PortOutPIN.Apply(&n.Line.PortOutPIN)
	p.TrunkGroup.Apply(&n.Line.TrunkGroup)
	p.CustomURI.Apply(&n.Line.CustomURI)
	p.PostCallAI.Apply(&n.AI.PostCall)
	p.VoiceQA.Apply(&n.AI.QA)
}

func (p *NumberPatch) forwards(n *Number) {
	p.Forwards.Apply(&n.Forwards)
	if len(p.PutForwards) == 0 && len(p.DropForwards) == 0 {
		return
	}
	list := slices.Clone(n.Forwards)
	for _, key := range p.DropForwards {
		list = slices.DeleteFunc(list, func(f Forward) bool {
			return f.Destination == key.Destination && (key.Type == "" || f.Type == key.Type)
		})
	}
	for _, f := range p.PutForwards {
		i := slices.IndexFunc(list, func(o Forward) bool { return o.Type == f.Type && o.Destination == f.Destination })
		if i < 0 {
			list = append(list, f)
		} else {
			list[i] = f
		}
	}
	n.Forwards = list
}

func (p *NumberPatch) voice(v *Voice) {
	p.Route.Apply(&v.Route)
	p.Endpoint.Apply(&v.Endpoint)
	p.Flow.Apply(&v.Flow)
	p.IVR.Apply(&v.IVR)
	p.Schedule.Apply(&v.Schedule)
	p.Recording.Apply(&v.Recording)
	p.Consent.Apply(&v.Consent)
	p.Transcription.Apply(&v.Transcription)
	p.Failover.Apply(&v.Failover)
	p.Greetings.Apply(&v.Greetings)
	p.GreetingSettings.Apply(&v.GreetingSettings)
	if p.Calls != (CallsPatch{}) {
		c := v.CallSettings()
		p.Calls.ApplyTo(&c)
		v.Calls = &c
	}
	p.VoiceForwards.Apply(&v.Forwards)
	if len(p.PutVoiceForwards) == 0 && len(p.DropVoiceForwards) == 0 {
		return
	}
	list := slices.Clone(v.Forwards)
	for _, destination := range p.DropVoiceForwards {
		list = slices.DeleteFunc(list, func(f VoiceForward) bool { return f.Destination == destination })
	}
	for _, f := range p.PutVoiceForwards {
		i := slices.IndexFunc(list, func(o VoiceForward) bool { return o.Destination == f.Destination })
		if i < 0 {
			list = append(list, f)
		} else {
			list[i] = f
		}
	}
	v.Forwards = list
}

// ApplyTo changes the settings accordingly.
func (p *CallsPatch) ApplyTo(c *Calls) {
	d := DefaultCalls()
	patchOr(p.Outbound, &c.Outbound, d.Outbound)
	patchOr(p.OfferingSeconds, &c.OfferingSeconds, d.OfferingSeconds)
	patchOr(p.QueueSize, &c.QueueSize, d.QueueSize)
	patchOr(p.QueueMinutes, &c.QueueMinutes, d.QueueMinutes)
	patchOr(p.WaitTimeMessage, &c.WaitTimeMessage, d.WaitTimeMessage)
	patchOr(p.CallbackFromQueue, &c.CallbackFromQueue, d.CallbackFromQueue)
	patchOr(p.CallbackLocale, &c.CallbackLocale, d.CallbackLocale)
	patchOr(p.AbandonedTicket, &c.AbandonedTicket, d.AbandonedTicket)
	patchOr(p.DequeueAttempted, &c.DequeueAttempted, d.DequeueAttempted)
	patchOr(p.Voicemail, &c.Voicemail, d.Voicemail)
	patchOr(p.VoicemailOutsideHours, &c.VoicemailOutsideHours, d.VoicemailOutsideHours)
	patchOr(p.RecordingsDeletedAfter, &c.RecordingsDeletedAfter, d.RecordingsDeletedAfter)
	patchOr(p.VoicemailsDeletedAfter, &c.VoicemailsDeletedAfter, d.VoicemailsDeletedAfter)
	patchOr(p.Overflow, &c.Overflow, d.Overflow)
	patchOr(p.ForwardingCallerID, &c.ForwardingCallerID, d.ForwardingCallerID)
	patchOr(p.WrapUp, &c.WrapUp, d.WrapUp)
	patchOr(p.WrapUpSeconds, &c.WrapUpSeconds, d.WrapUpSeconds)
}

// patchOr applies a patch whose empty value is not the zero value.
func patchOr[T any](p Patch[T], to *T, empty T) {
	if p.op == patchClear {
		*to = empty
		return
	}
	p.Apply(to)
}
