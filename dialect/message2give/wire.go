package message2give

import (
	"fmt"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// The wording of "status", all of it but for refusals that the core words. The
// vendor documents the first three; the others are ours in its manner
// (docs/dialects/message2give.md).
const (
	saysFoundOne  = "Found 1 MSN"   // message2give: GET /organisations/{workspace_id}/msns, response 200, status
	saysFoundMany = "Found %d MSNs" // also none
	saysFound     = "MSN Found"     // message2give: GET /organisations/{workspace_id}/msns/{msn_id}, response 200, status

	saysUpdated           = "MSN Updated"              // message2give: POST /organisations/{workspace_id}/msns/{msn_id}, response 200, status
	saysForwardingAdded   = "Forwarding Added"         // message2give: POST /organisations/{workspace_id}/msns/{msn_id}/forwarding, response 200, status
	saysForwardingUpdated = "Forwarding Updated"       // the destination was there
	saysForwardingRemoved = "Forwarding Removed"       // message2give: DELETE /organisations/{workspace_id}/msns/{msn_id}/forwarding/{value}, response 200, status
	saysVoiceAdded        = "Voice Forwarding Added"   // message2give: POST /organisations/{workspace_id}/msns/{msn_id}/voice, response 200, status
	saysVoiceUpdated      = "Voice Forwarding Updated" // the destination was there
	saysVoiceRemoved      = "Voice Forwarding Removed" // message2give: DELETE /organisations/{workspace_id}/msns/{msn_id}/voice/{value}, response 200, status
	saysSent              = "Message Sent"             // message2give: POST /messages, response 200, status

	saysMissing          = "Missing required property: %s" // message2give: every call, missing property
	saysNoCredentials    = "Unauthorised"
	saysForbidden        = "Forbidden"
	saysNoWorkspace      = "Workspace Not Found"
	saysNoNumber         = "MSN Not Found"
	saysNoForwarding     = "Forwarding Not Found"
	saysNoVoice          = "Voice Forwarding Not Found"
	saysNoTemplate       = "Template Not Found: give the text of the template, placeholders and all, or content"
	saysNotFound         = "Not Found"
	saysMethodNotAllowed = "Method Not Allowed"
	saysBadRequest       = "Bad Request"
	saysConflict         = "Conflict"
	saysNotOffered       = "Not Offered"
	saysTooMany          = "Too Many Requests"
	saysUnavailable      = "Service Unavailable"
	saysInternal         = "Internal Error"
)

// Names of the automatic replies (message2give: GET
// /organisations/{workspace_id}/msns/{msn_id}, response 200, replies, response 200, replies.AgentsOffline, response 200, replies.AgentsOnline).
const (
	repliesOffline = "AgentsOffline"
	repliesOnline  = "AgentsOnline"
)

// The types of an SMS forwarding in the vendor's spelling (message2give: POST
// /organisations/{workspace_id}/msns/{msn_id}/forwarding, type).
const (
	typeConsole = "Console"
	typeEmail   = "Email"
	typeHTTP    = "HTTP"
	typeSMS     = "SMS"
)

// millis is how times are written, in UTC.
const millis = "2006-01-02T15:04:05.000Z"

// appendStatus appends an answer that has its status only.
func appendStatus(b []byte, status string) []byte {
	b = append(b, `{"status":`...)
	return append(dialect.AppendString(b, status), '}')
}

// appendList appends the list of numbers: an object by digits, in their order
// (message2give: GET /organisations/{workspace_id}/msns, response 200, response
// 200, msns, response 200, msns.alias). It is built by hand, as all objects
// that are keyed by what people chose: their order stays.
func appendList(b []byte, numbers []wirechief.Number) []byte {
	b = append(b, `{"msns":{`...)
	for i := range numbers {
		b = appendKey(b, bare(numbers[i].Number))
		b = append(b, `{"alias":`...)
		b = dialect.AppendString(b, numbers[i].Name)
		b = append(b, '}')
	}
	b = append(b, `},"status":`...)
	status := saysFoundOne
	if len(numbers) != 1 {
		status = fmt.Sprintf(saysFoundMany, len(numbers))
	}
	b = dialect.AppendString(b, status)
	return append(b, '}')
}

// appendNumber appends one number (message2give: GET
// /organisations/{workspace_id}/msns/{msn_id}, response 200, response 200, alias).
func appendNumber(b []byte, n *wirechief.Number) []byte {
	b = append(b, `{"alias":`...)
	b = dialect.AppendString(b, n.Name)
	b = append(b, `,"forwarding":{`...)
	seen := make(map[string]bool, len(n.Forwards))
	for i := range n.Forwards {
		// The key is the destination alone; of two types of it, which only
		// other APIs can set up, the first is shown.
		if key := keyOf(&n.Forwards[i]); !seen[key] {
			seen[key] = true
			b = appendForward(appendKey(b, key), &n.Forwards[i])
		}
	}
	b = append(b, `},"voice":{`...)
	for _, f := range n.Voice.Forwards {
		b = appendVoice(appendKey(b, bare(f.Destination)), f)
	}
	b = append(b, `},"replies":{`...)
	b = appendReply(appendKey(b, repliesOffline), n.Replies.AgentsOffline)
	b = appendReply(appendKey(b, repliesOnline), n.Replies.AgentsOnline)
	b = append(b, `},"status":`...)
	b = dialect.AppendString(b, saysFound)
	return append(b, '}')
}

// appendForward appends one forwarding: what was said when it was set up, and
// what differs from the default (message2give: GET
// /organisations/{workspace_id}/msns/{msn_id}, response 200, forwarding,
// response 200, forwarding.enabled, response 200, forwarding.historyMessages, response 200, forwarding.type).
func appendForward(b []byte, f *wirechief.Forward) []byte {
	b = append(b, `{"enabled":`...)
	b = appendBool(b, f.Enabled)
	for _, p := range forwardProperties() {
		if p.shows(f) {
			text, quoted := p.write(f)
			b = append(b, ',')
			b = dialect.AppendString(b, p.wire)
			b = append(b, ':')
			if quoted {
				b = dialect.AppendString(b, text)
			} else {
				b = append(b, text...)
			}
		}
	}
	b = append(b, `,"type":`...)
	b = dialect.AppendString(b, typeOf(f.Type))
	return append(b, '}')
}

// appendVoice appends one voice forwarding (message2give: GET
// /organisations/{workspace_id}/msns/{msn_id}, response 200, voice, response 200,
// voice.enabled, response 200, voice.notifySms).
func appendVoice(b []byte, f wirechief.VoiceForward) []byte {
	b = append(b, `{"enabled":`...)
	b = appendBool(b, f.Enabled)
	b = append(b, `,"notifySms":`...)
	b = appendBool(b, f.NotifySMS)
	return append(b, '}')
}

// appendReply appends one automatic reply (message2give: GET
// /organisations/{workspace_id}/msns/{msn_id}, response 200, replies.message,
// response 200, replies.enabled).
func appendReply(b []byte, r wirechief.Reply) []byte {
	b = append(b, `{"message":`...)
	b = dialect.AppendString(b, r.Message)
	b = append(b, `,"enabled":`...)
	b = appendBool(b, r.Enabled)
	return append(b, '}')
}

// appendKey appends a property's name, and the comma that belongs before it.
func appendKey(b []byte, key string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(dialect.AppendString(b, key), ':')
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}
