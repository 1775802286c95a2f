package zendesktalk

import (
	"errors"

	"github.com/wirechief/wirechief"
)

// phoneNumberNames are the vendor's names of what the core calls otherwise.
var phoneNumberNames = map[string]string{
	"name": "nickname", "brand": "brand_id", "groups": "group_ids", "default_group": "default_group_id", "sms_group": "sms_group_id",
	"sms": "sms_enabled", "voice": "voice_enabled", "address": "address_sid", "number": "token",
	"voice.ivr": "ivr_id", "voice.schedule": "schedule_id", "voice.greetings": "greeting_ids", "voice.failover": "failover_number",
	"voice.consent": "call_recording_consent", "voice.recording": "recorded",
	"calls.offering_seconds": "call_offering_duration", "calls.queue_size": "maximum_queue_size", "calls.queue_minutes": "maximum_queue_wait_time",
	"calls.callback_locale": "callback_locale", "calls.recordings_deleted_after": "call_recording_delete_after",
	"calls.voicemails_deleted_after": "voicemail_recording_delete_after", "calls.overflow": "overflow_number",
	"calls.forwarding_caller_id": "forwarding_caller_id", "calls.wrap_up_seconds": "wrap_up_time_limit",
}

// change is what a client wants of a phone number.
type change struct {
	patch    wirechief.NumberPatch
	overflow overflowChange
}

// overflowChange changes the parts of an overflow that it names.
type overflowChange struct {
	enabled wirechief.Patch[bool]
	number  wirechief.Patch[string]
}

// on gives the patch for a number as it stands.
func (ch *change) on(n *wirechief.Number) wirechief.NumberPatch {
	p := ch.patch
	if !ch.overflow.enabled.IsLeave() || !ch.overflow.number.IsLeave() {
		calls := n.Voice.CallSettings()
		ch.overflow.enabled.Apply(&calls.Overflow.Enabled)
		ch.overflow.number.Apply(&calls.Overflow.Number)
		p.Calls.Overflow = wirechief.Set(calls.Overflow)
	}
	return p
}

// readChange reads the properties that can be written; the others are ignored.
// withSettings says whether include has settings: without, they are ignored, too.
func readChange(o object, withSettings bool) (*change, error) {
	ch := new(change)
	p := &ch.patch
	var recorded wirechief.Patch[bool]
	var lineType wirechief.Patch[string]
	// zendesktalk: phone number, nickname, brand_id, group_ids, default_group_id,
	// sms_group_id, sms_enabled, voice_enabled, outbound_enabled, priority, ivr_id,
	// schedule_id, greeting_ids, failover_number, recorded, call_recording_consent,
	// transcription, post_call_voice_ai_enabled, voice_qa_enabled, line_type
	if err := errors.Join(
		o.text("nickname", true, &p.Name),
		o.id("brand_id", &p.Brand),
		o.ids("group_ids", &p.Groups),
		o.id("default_group_id", &p.DefaultGroup),
		o.id("sms_group_id", &p.SMSGroup),
		o.flag("sms_enabled", &p.SMS),
		o.flag("voice_enabled", &p.Voice),
		o.flag("outbound_enabled", &p.Calls.Outbound),
		o.integer("priority", &p.Priority),
		o.id("ivr_id", &p.IVR),
		o.id("schedule_id", &p.Schedule),
		o.ids("greeting_ids", &p.Greetings),
		o.text("failover_number", true, &p.Failover),
		o.flag("recorded", &recorded),
		o.text("call_recording_consent", false, &p.Consent),
		o.flag("transcription", &p.Transcription),
		o.flag("post_call_voice_ai_enabled", &p.PostCallAI),
		o.flag("voice_qa_enabled", &p.VoiceQA),
		o.text("line_type", false, &lineType),
	); err != nil {
		return nil, err
	}
	if on, set := recorded.Value(); set {
		p.Recording = wirechief.Set(recordingOf(on))
	}
	if t, set := lineType.Value(); set && t != linePhone {
		return nil, wirechief.InvalidField("line_type", "a phone number is a line of the type phone and stays that")
	}
	if consent, set := p.Consent.Value(); set && consent == "" {
		return nil, blank("call_recording_consent")
	}
	if !withSettings || o["settings"].Absent() {
		return ch, nil
	}
	if o["settings"][0] != '{' {
		return nil, wrongValue("settings", "an object", nil)
	}
	s, err := readObject(o["settings"])
	if err != nil {
		return nil, err
	}
	return ch, ch.readSettings(s)
}

func recordingOf(on bool) string {
	if on {
		return wirechief.RecordCall
	}
	return wirechief.RecordOff
}

// readSettings reads the child object (zendesktalk: PUT
// /phone_numbers/{phone_number_id}, settings; zendesktalk: phone number settings,
// allow_outbound_calls, average_wait_time_message_enabled,
// call_offering_duration, call_recording_delete_after, callback_from_queue,
// callback_locale, create_ticket_for_abandoned_calls, dequeue_retry_if_attempted,
// forwarding_caller_id, maximum_queue_size, maximum_queue_wait_time, priority,
// voicemail, voicemail_outside_business_hours, voicemail_recording_delete_after,
// wrap_up_enabled, wrap_up_time_limit). Its priority and its
// allow_outbound_calls are those of the number.
func (ch *change) readSettings(s object) error {
	p, c := &ch.patch, &ch.patch.Calls
	outbound, priority := c.Outbound, p.Priority
	if err := errors.Join(
		s.flag("allow_outbound_calls", &c.Outbound),
		s.flag("average_wait_time_message_enabled", &c.WaitTimeMessage),
		s.integer("call_offering_duration", &c.OfferingSeconds),
		s.text("call_recording_delete_after", false, &c.RecordingsDeletedAfter),
		s.flag("callback_from_queue", &c.CallbackFromQueue),
		s.text("callback_locale", false, &c.CallbackLocale),
		s.flag("create_ticket_for_abandoned_calls", &c.AbandonedTicket),
		s.flag("dequeue_retry_if_attempted", &c.DequeueAttempted),
		s.text("forwarding_caller_id", false, &c.ForwardingCallerID),
		s.integer("maximum_queue_size", &c.QueueSize),
		s.integer("maximum_queue_wait_time", &c.QueueMinutes),
		s.integer("priority", &p.Priority),
		s.flag("voicemail", &c.Voicemail),
		s.flag("voicemail_outside_business_hours", &c.VoicemailOutsideHours),
		s.text("voicemail_recording_delete_after", false, &c.VoicemailsDeletedAfter),
		s.flag("wrap_up_enabled", &c.WrapUp),
		s.integer("wrap_up_time_limit", &c.WrapUpSeconds),
		ch.readOverflow(s),
	); err != nil {
		return err
	}
	if contradict(outbound, c.Outbound) {
		return wirechief.InvalidField("allow_outbound_calls", "it contradicts outbound_enabled of the same request")
	}
	if contradict(priority, p.Priority) {
		return wirechief.InvalidField("priority", "it contradicts the priority of the number in the same request")
	}
	return nil
}

func contradict[T comparable](a, b wirechief.Patch[T]) bool {
	v, one := a.Value()
	w, two := b.Value()
	return one && two && v != w
}

// readOverflow reads it (zendesktalk: phone number settings, overflow_number,
// overflow_number.enabled, overflow_number.number): null switches it off and forgets the
// number, an object changes what it names.
func (ch *change) readOverflow(s object) error {
	v, there := s["overflow_number"]
	switch {
	case !there:
		return nil
	case v.Absent():
		ch.patch.Calls.Overflow = wirechief.Clear[wirechief.Overflow]()
		return nil
	case v[0] != '{':
		return wrongValue("overflow_number", "an object", nil)
	}
	o, err := readObject(v)
	if err != nil {
		return err
	}
	if err := o.flag("enabled", &ch.overflow.enabled); err != nil {
		return within("overflow_number", err)
	}
	return within("overflow_number", o.text("number", true, &ch.overflow.number))
}

// within names the property that the one at fault is part of.
func within(property string, err error) error {
	if err == nil {
		return nil
	}
	return wirechief.InvalidField(property, "%s: %s", errorOf(err).Field, wirechief.MessageOf(err))
}
