package crosstalk

import (
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

// view is how one API says a setting: the request that sets it to VALUE, and
// where an answer shows it. {N} is the number's digits, {ID} its id in Zendesk Talk.
type view struct {
	dialect string
	set     string // empty: it can only be read here
	path    string
	// says and means translate between the value of the table and this API's.
	says func(string) string
}

const (
	m2g     = wirechief.DialectMessage2Give
	fone    = wirechief.DialectFoneDynamics
	zendesk = wirechief.DialectZendesk
	bulk    = wirechief.DialectBulkVS
	own     = wirechief.DialectOwn
)

func patch(property string) string {
	return `PATCH /wirechief/v1/numbers/%2B{N} {` + property + `}`
}

func zendeskPut(property string) string {
	return `PUT /api/v2/channels/voice/phone_numbers/{ID}?include=settings {"phone_number":{` + property + `}}`
}

func fonePost(property string) string { return `POST /v2/Numbers/{N} {` + property + `}` }

func bulkPost(property string) string { return `POST /api/v1.0/tnRecord {"TN":"{N}",` + property + `}` }

// onOff says a switch as a word of an API.
func onOff(on, off string) func(string) string {
	return func(v string) string {
		if v == "true" {
			return on
		}
		return off
	}
}

// setting is something that views say, with values to set it to.
type setting struct {
	name   string
	values []string
	views  []view
}

// finer is one of the finer settings of calls, which Zendesk Talk and we have.
func finer(zendeskName, ownName, value string, values ...string) setting {
	return setting{zendeskName, values, []view{
		{zendesk, zendeskPut(`"settings":{"` + zendeskName + `":` + value + `}`), "phone_number/settings/" + zendeskName, nil},
		{own, patch(`"voice":{"calls":{"` + ownName + `":` + value + `}}`), "voice/calls/" + ownName, nil},
	}}
}

// settings are those that two APIs or more can say, with values to set them to.
var settings = []setting{
	{"name", []string{"Front desk", "Pförtner"}, []view{
		{m2g, `POST /2019-01-23/organisations/4711/msns/{N} {"alias":"VALUE"}`, "alias", nil},
		{fone, fonePost(`"Friendly":"VALUE"`), "Friendly", nil},
		{zendesk, zendeskPut(`"nickname":"VALUE"`), "phone_number/nickname", nil},
		{zendesk, "", "phone_number/name", nil},
		{own, patch(`"name":"VALUE"`), "name", nil},
	}},
	{"endpoint of calls", []string{"+13105550123", "+13105550124"}, []view{
		{fone, fonePost(`"RoutingMethod":"Endpoint","EndpointNumber":"VALUE"`), "EndpointNumber", nil},
		{bulk, bulkPost(`"Call Forward":"VALUE"`), "0/Routing/Call Forward", digits},
		{own, patch(`"voice":{"route":"endpoint","endpoint":"VALUE"}`), "voice/endpoint", nil},
	}},
	{"failover", []string{"+13105550125", "+13105550126"}, []view{
		{zendesk, zendeskPut(`"failover_number":"VALUE"`), "phone_number/failover_number", nil},
		{bulk, bulkPost(`"PSTN Failover":"VALUE"`), "0/Routing/PSTN Failover", digits},
		{own, patch(`"voice":{"failover":"VALUE"}`), "voice/failover", nil},
	}},
	{"recording", []string{"true", "false"}, []view{
		{fone, fonePost(`"Recording":"VALUE"`), "Recording", onOff("Call", "Off")},
		{zendesk, zendeskPut(`"recorded":VALUE`), "phone_number/recorded", nil},
		{own, patch(`"voice":{"recording":"VALUE"}`), "voice/recording", onOff("call", "off")},
	}},
	{"texts switched on", []string{"false", "true"}, []view{
		{zendesk, zendeskPut(`"sms_enabled":VALUE`), "phone_number/sms_enabled", nil},
		{bulk, bulkPost(`"Sms":VALUE`), "0/Messaging/Sms", nil},
		{own, patch(`"enabled":VALUE`), "enabled", onOff(`["voice","sms","mms"]`, `["voice","mms"]`)},
	}},
	{"calls out", []string{"false", "true"}, []view{
		{zendesk, zendeskPut(`"outbound_enabled":VALUE`), "phone_number/outbound_enabled", nil},
		{zendesk, zendeskPut(`"settings":{"allow_outbound_calls":VALUE}`), "phone_number/settings/allow_outbound_calls", nil},
		{own, patch(`"voice":{"calls":{"outbound":VALUE}}`), "voice/calls/outbound", nil},
	}},
	{"priority", []string{"3", "7"}, []view{
		{zendesk, zendeskPut(`"priority":VALUE`), "phone_number/priority", nil},
		{zendesk, zendeskPut(`"settings":{"priority":VALUE}`), "phone_number/settings/priority", nil},
		{own, patch(`"priority":VALUE`), "priority", nil},
	}},
	{"texts forwarded to a URL", []string{"http://hooks.test/in?a=1"}, []view{
		{fone, fonePost(`"WebHookUrl":"VALUE"`), "WebHookUrl", nil},
		{m2g, `POST /2019-01-23/organisations/self/msns/{N}/forwarding {"destination":"VALUE","enabled":true,"type":"HTTP"}`, "forwarding/http:%2F%2Fhooks.test%2Fin%3Fa=1/type", func(string) string { return "HTTP" }},
		{own, patch(`"put_forwards":[{"type":"http","destination":"VALUE","enabled":true}]`), "forwards/0/destination", nil},
	}},
	{"texts forwarded to a mail address", []string{"desk@acme.test"}, []view{
		{fone, fonePost(`"SendEmailTo":"VALUE"`), "SendEmailTo", nil},
		{m2g, `POST /2019-01-23/organisations/self/msns/{N}/forwarding {"destination":"VALUE","enabled":true,"type":"Email"}`, "forwarding/desk@acme.test/type", func(string) string { return "Email" }},
		{own, patch(`"put_forwards":[{"type":"email","destination":"VALUE","enabled":true}]`), "forwards/0/destination", nil},
	}},
	{"texts forwarded to a handset", []string{"+13105550127"}, []view{
		{fone, fonePost(`"SendSmsTo":"VALUE"`), "SendSmsTo", nil},
		{m2g, `POST /2019-01-23/organisations/self/msns/{N}/forwarding {"destination":"VALUE","enabled":true,"type":"SMS"}`, "forwarding/13105550127/type", func(string) string { return "SMS" }},
		{own, patch(`"put_forwards":[{"type":"sms","destination":"VALUE","enabled":true}]`), "forwards/0/destination", nil},
	}},
	{"flow", []string{"1001"}, []view{
		{fone, fonePost(`"RoutingMethod":"Flow","Flow":"VALUE"`), "Flow", nil},
		{own, patch(`"voice":{"route":"flow","flow":"VALUE"}`), "voice/flow", nil},
	}},
	{"webhook", []string{"Default", ""}, []view{
		{bulk, bulkPost(`"Webhook":"VALUE"`), "0/Messaging/Webhook", nil},
		{own, patch(`"webhook":"VALUE"`), "webhook", nil},
	}},
	{"campaign", []string{"CW1549", ""}, []view{
		{bulk, bulkPost(`"Tcr":"VALUE"`), "0/Messaging/Tcr", nil},
		{own, patch(`"campaign":"VALUE"`), "campaign", nil},
	}},
	{"source of calls", []string{"google"}, []view{
		{fone, fonePost(`"Attribution_Source":"VALUE"`), "Attribution_Source", nil},
		{own, patch(`"attribution":{"source":"VALUE"}`), "attribution/source", nil},
	}},
	{"medium of calls", []string{"cpc"}, []view{
		{fone, fonePost(`"Attribution_Medium":"VALUE"`), "Attribution_Medium", nil},
		{own, patch(`"attribution":{"medium":"VALUE"}`), "attribution/medium", nil},
	}},
	{"campaign of calls", []string{"spring"}, []view{
		{fone, fonePost(`"Attribution_Campaign":"VALUE"`), "Attribution_Campaign", nil},
		{own, patch(`"attribution":{"campaign":"VALUE"}`), "attribution/campaign", nil},
	}},
	{"content of calls", []string{"banner"}, []view{
		{fone, fonePost(`"Attribution_Content":"VALUE"`), "Attribution_Content", nil},
		{own, patch(`"attribution":{"content":"VALUE"}`), "attribution/content", nil},
	}},
	{"receipts told to a URL", []string{"http://hooks.test/receipt"}, []view{
		{fone, fonePost(`"DeliveryReceiptWebHookUrl":"VALUE"`), "DeliveryReceiptWebHookUrl", nil},
		{own, patch(`"receipts":{"url":"VALUE"}`), "receipts/url", nil},
	}},
	{"answer while nobody is there", []string{"We are closed."}, []view{
		{m2g, `POST /2019-01-23/organisations/4711/msns/{N} {"replies":{"AgentsOffline":{"message":"VALUE","enabled":true}}}`, "replies/AgentsOffline/message", nil},
		{own, patch(`"replies":{"agents_offline":{"message":"VALUE","enabled":true}}`), "replies/agents_offline/message", nil},
	}},
	{"answer while somebody is there", []string{"We are with you in a minute."}, []view{
		{m2g, `POST /2019-01-23/organisations/4711/msns/{N} {"replies":{"AgentsOnline":{"message":"VALUE","enabled":true}}}`, "replies/AgentsOnline/message", nil},
		{own, patch(`"replies":{"agents_online":{"message":"VALUE","enabled":true}}`), "replies/agents_online/message", nil},
	}},
	{"calls forwarded", []string{"+13105550128"}, []view{
		{m2g, `POST /2019-01-23/organisations/4711/msns/{N}/voice {"destination":"VALUE","enabled":true,"notifySms":true}`, "voice/13105550128/notifySms", func(string) string { return "true" }},
		{own, patch(`"put_voice_forwards":[{"destination":"VALUE","enabled":true,"notify_sms":true}]`), "voice/forwards/0/destination", nil},
	}},
	{"pictures switched on", []string{"false", "true"}, []view{
		{bulk, bulkPost(`"Mms":VALUE`), "0/Messaging/Mms", nil},
		{own, patch(`"enabled":VALUE`), "enabled", onOff(`["voice","sms","mms"]`, `["voice","sms"]`)},
	}},
	{"calls switched on", []string{"false", "true"}, []view{
		{zendesk, zendeskPut(`"voice_enabled":VALUE`), "phone_number/voice_enabled", nil},
		{own, patch(`"enabled":VALUE`), "enabled", onOff(`["voice","sms","mms"]`, `["sms","mms"]`)},
	}},
	{"name for the called", []string{"ACME INC"}, []view{
		{bulk, bulkPost(`"Lidb":"VALUE"`), "0/Lidb", nil},
		{own, patch(`"line":{"caller_name":"VALUE"}`), "line/caller_name", nil},
	}},
	{"PIN to take it away", []string{"12345678"}, []view{
		{bulk, bulkPost(`"Portout Pin":"VALUE"`), "0/Portout Pin", nil},
		{own, patch(`"line":{"port_out_pin":"VALUE"}`), "line/port_out_pin", nil},
	}},
	{"trunk group", []string{"Main"}, []view{
		{bulk, bulkPost(`"Trunk Group":"VALUE"`), "0/Routing/Trunk Group", nil},
		{own, patch(`"line":{"trunk_group":"VALUE"}`), "line/trunk_group", nil},
	}},
	{"URI of its own", []string{"sip:desk@acme.test"}, []view{
		{bulk, bulkPost(`"Custom URI":"VALUE"`), "0/Routing/Custom URI", nil},
		{own, patch(`"line":{"custom_uri":"VALUE"}`), "line/custom_uri", nil},
	}},
	{"id of the customer's own", []string{"ticket 17"}, []view{
		{bulk, bulkPost(`"ReferenceID":"VALUE"`), "0/ReferenceID", nil},
		{own, patch(`"reference":"VALUE"`), "reference", nil},
	}},
	{"consent to recording", []string{"opt_in", "always"}, []view{
		{zendesk, zendeskPut(`"call_recording_consent":"VALUE"`), "phone_number/call_recording_consent", nil},
		{own, patch(`"voice":{"consent":"VALUE"}`), "voice/consent", nil},
	}},
	{"transcription", []string{"true", "false"}, []view{
		{zendesk, zendeskPut(`"transcription":VALUE`), "phone_number/transcription", nil},
		{own, patch(`"voice":{"transcription":VALUE}`), "voice/transcription", nil},
	}},
	{"groups", []string{"[1]", "[]"}, []view{
		{zendesk, zendeskPut(`"group_ids":VALUE`), "phone_number/group_ids", nil},
		{own, patch(`"groups":VALUE`), "groups", nil},
	}},
	{"group of last resort", []string{"1"}, []view{
		{zendesk, zendeskPut(`"default_group_id":VALUE`), "phone_number/default_group_id", nil},
		{own, patch(`"default_group":VALUE`), "default_group", nil},
	}},
	{"group for texts", []string{"1"}, []view{
		{zendesk, zendeskPut(`"sms_group_id":VALUE`), "phone_number/sms_group_id", nil},
		{own, patch(`"sms_group":VALUE`), "sms_group", nil},
	}},
	{"brand", []string{"1"}, []view{
		{zendesk, zendeskPut(`"brand_id":VALUE`), "phone_number/brand_id", nil},
		{own, patch(`"brand":VALUE`), "brand", nil},
	}},
	{"schedule", []string{"1"}, []view{
		{zendesk, zendeskPut(`"schedule_id":VALUE`), "phone_number/schedule_id", nil},
		{own, patch(`"voice":{"schedule":VALUE}`), "voice/schedule", nil},
	}},
	{"help of machines after a call", []string{"true", "false"}, []view{
		{zendesk, zendeskPut(`"post_call_voice_ai_enabled":VALUE`), "phone_number/post_call_voice_ai_enabled", nil},
		{own, patch(`"ai":{"post_call":VALUE}`), "ai/post_call", nil},
	}},
	{"quality judged by machines", []string{"true", "false"}, []view{
		{zendesk, zendeskPut(`"voice_qa_enabled":VALUE`), "phone_number/voice_qa_enabled", nil},
		{own, patch(`"ai":{"qa":VALUE}`), "ai/qa", nil},
	}},
	// The finer settings of calls.
	finer("average_wait_time_message_enabled", "wait_time_message", `VALUE`, "true", "false"),
	finer("call_offering_duration", "offering_seconds", `VALUE`, "45"),
	finer("call_recording_delete_after", "recordings_deleted_after", `"VALUE"`, "3.months", "never"),
	finer("callback_from_queue", "callback_from_queue", `VALUE`, "true", "false"),
	finer("callback_locale", "callback_locale", `"VALUE"`, "de"),
	finer("create_ticket_for_abandoned_calls", "abandoned_ticket", `VALUE`, "false", "true"),
	finer("dequeue_retry_if_attempted", "dequeue_attempted", `VALUE`, "true"),
	finer("maximum_queue_size", "queue_size", `VALUE`, "10", "0"),
	finer("maximum_queue_wait_time", "queue_minutes", `VALUE`, "20"),
	finer("voicemail", "voicemail", `VALUE`, "false", "true"),
	finer("voicemail_outside_business_hours", "voicemail_outside_hours", `VALUE`, "false"),
	finer("voicemail_recording_delete_after", "voicemails_deleted_after", `"VALUE"`, "2.years"),
	finer("wrap_up_enabled", "wrap_up", `VALUE`, "false"),
	finer("wrap_up_time_limit", "wrap_up_seconds", `VALUE`, "60"),
	finer("forwarding_caller_id", "forwarding_caller_id", `"VALUE"`, "zendesk_number"),
}

func TestWhatOneSaysTheOthersShow(t *testing.T) {
	for _, s := range settings {
		for _, from := range s.views {
			if from.set == "" {
				continue
			}
			t.Run(s.name+" set by "+from.dialect+" at "+from.path, func(t *testing.T) {
				h := newHouse(t)
				id := h.zendeskID("acme", ours)
				for _, value := range s.values {
					said := value
					if from.says != nil && (from.dialect == own || from.dialect == fone) {
						said = from.says(value)
					}
					r := strings.NewReplacer("VALUE", said, "{N}", digits(ours), "{ID}", id)
					h.must("acme", r.Replace(from.set))
					for _, to := range s.views {
						want := value
						if to.says != nil {
							want = to.says(value)
						}
						if got := at(h.read(to.dialect, "acme", ours), to.path); got != want {
							t.Errorf("set to %q; %s shows %q at %s, want %q", value, to.dialect, got, to.path, want)
						}
					}
				}
			})
		}
	}
}
