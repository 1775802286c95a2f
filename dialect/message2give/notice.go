package message2give

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// Formatter makes what the HTTP forwards of numbers get. The vendor does not
// say what that is; it is made of the words of its own POST /messages
// (docs/dialects/message2give.md).
type Formatter struct {
	// Workspace gives the workspace of a tenant, for the context; "" when it
	// has none. nil: nobody has.
	Workspace func(tenant string) string
}

// Format implements [wirechief.Formatter]: JSON, or a form, which with GET goes
// into the query (message2give: forward, call).
func (f Formatter) Format(n wirechief.Notice) (wirechief.Payload, error) {
	if n.Message == nil || n.Forward == nil || n.Number == nil || n.Event != wirechief.NoticeInbound {
		return wirechief.Payload{}, wirechief.Errorf(wirechief.Internal, "only inbound messages are told to HTTP forwards in the shape of message2give")
	}
	p := wirechief.Payload{Method: n.Forward.Method, ContentType: "application/x-www-form-urlencoded"}
	if p.Method == "" {
		p.Method = http.MethodPost // message2give: POST /organisations/{workspace_id}/msns/{msn_id}/forwarding, httpMethod
	}
	if p.Method == http.MethodPost {
		p.Chunked = !n.Forward.Length
	}
	workspace := ""
	if n.Forward.Context && f.Workspace != nil {
		workspace = f.Workspace(n.Number.Tenant)
	}
	if p.Method == http.MethodPost && n.Forward.Encoding == "json" {
		p.ContentType = "application/json"
		p.Body = appendJSON(nil, &n, workspace)
	} else {
		p.Body = appendForm(nil, &n, workspace)
	}
	return p, nil
}

// pair is one property of the payload.
type pair struct{ name, value string }

// pairs are the properties of every payload (message2give: forward, id, type,
// from, to, content, received).
func pairs(n *wirechief.Notice) []pair {
	m := n.Message
	kind := "sms"
	if m.MMS {
		kind = "mms"
	}
	return []pair{
		{"id", m.Ref},
		{"type", kind},
		{"from", bare(m.From)},
		{"to", bare(m.To)},
		{"content", m.Text},
		{"received", m.CreatedAt.UTC().Format(millis)},
	}
}

// appendJSON appends the payload as JSON (message2give: forward, media,
// context.organisationId, context.msn, context.alias).
func appendJSON(b []byte, n *wirechief.Notice, workspace string) []byte {
	b = appendObject(append(b, '{'), pairs(n))
	if len(n.Media) > 0 {
		b = append(b, `,"media":[`...)
		for i, media := range n.Media {
			if i > 0 {
				b = append(b, ',')
			}
			b = dialect.AppendString(b, media.URL)
		}
		b = append(b, ']')
	}
	if n.Forward.Context {
		b = append(b, `,"context":{`...)
		if workspace != "" {
			b = appendObject(b, []pair{{"organisationId", workspace}})
		}
		b = appendObject(b, []pair{{"msn", bare(n.Number.Number)}, {"alias", n.Number.Name}})
		b = append(b, '}')
	}
	return append(b, '}')
}

func appendObject(b []byte, list []pair) []byte {
	for _, p := range list {
		b = dialect.AppendString(appendKey(b, p.name), p.value)
	}
	return b
}

// appendForm appends the payload as a form. The context is flat there, and what
// it says twice is left out.
func appendForm(b []byte, n *wirechief.Notice, workspace string) []byte {
	list := pairs(n)
	for i, media := range n.Media {
		list = append(list, pair{"media" + strconv.Itoa(i), media.URL})
	}
	if n.Forward.Context {
		if workspace != "" {
			list = append(list, pair{"organisationId", workspace})
		}
		list = append(list, pair{"alias", n.Number.Name})
	}
	for i, p := range list {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(append(b, p.name...), '=')
		b = append(b, url.QueryEscape(p.value)...)
	}
	return b
}
