package console

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/wirechief/wirechief"
)

// curl is a command that sends the same text over one of the APIs.
type curl struct{ ID, Name, Command string }

// address is where clients reach us.
func (c *Console) address(v *visit) string {
	if c.PublicURL != "" {
		return strings.TrimRight(c.PublicURL, "/")
	}
	scheme := "http://"
	if v.r.TLS != nil {
		scheme = "https://"
	}
	return scheme + v.r.Host
}

// curlsOf are the commands that send a message once more, one for each API
// that can. Credentials are named, as variables of the shell, and not shown.
func curlsOf(at string, m *wirechief.Message) []curl {
	text := plain(m.Text)
	bare := func(s string) string { return strings.TrimPrefix(s, "+") }
	return []curl{
		{"wirechief", "Wirechief", post(at+"/wirechief/v1/messages", `-H "Authorization: Bearer $WIRECHIEF_TOKEN"`,
			object{{"from", m.From}, {"to", []string{m.To}}, {"text", text}})},
		{"bulkvs", "BulkVS", post(at+"/api/v1.0/messageSend", `-u "$BULKVS_USER:$BULKVS_PASSWORD"`,
			object{{"From", bare(m.From)}, {"To", []string{bare(m.To)}}, {"Message", text}})},
		{"fonedynamics", "Fone Dynamics", post(at+"/v2/Properties/$PROPERTY_SID/Messages", `-u "$ACCOUNT_SID:$FD_TOKEN"`,
			object{{"From", m.From}, {"To", m.To}, {"Text", text}})},
		{"message2give", "Message2Give", post(at+"/2019-01-23/messages", `-u "$M2G_USER:$M2G_PASSWORD"`,
			object{{"from", bare(m.From)}, {"to", bare(m.To)}, {"type", "sms"}, {"content", text}})},
	}
}

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON implements [json.Marshaler].
func (o object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}'), nil
}

func post(to, login string, body object) string {
	b, err := json.Marshal(body)
	if err != nil {
		return ""
	}
	return "curl " + login + ` "` + to + `" -H 'Content-Type: application/json' -d ` + quoted(string(b))
}

// quoted is a word of the shell that means what it says.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// pathOf escapes one segment of an address.
func pathOf(s string) string { return url.PathEscape(s) }
