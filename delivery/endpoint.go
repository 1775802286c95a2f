package delivery

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/egress"
	"github.com/wirechief/wirechief/webhook"
)

// endpoint is a URL that requests are made to: what of them is always the
// same, and the connections that are kept.
type endpoint struct {
	target *egress.Target
	agent  string
	path   string // with the query, as in the request line
	masked string // the same for the record
	basic  string // value of Authorization, from the user part of the URL

	secrets []string // never to be shown, where we see them come back

	mu      sync.Mutex
	kept    []*conn // idle, the one used last at the end
	lastUse time.Time
	dropped bool // forgotten: keeps nothing any more
}

// hidden stands for a secret in what is recorded.
const hidden = "<hidden>"

func newEndpoint(rawURL, agent string) (*endpoint, error) {
	t, err := egress.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	ep := &endpoint{target: t, agent: agent, path: t.URL.RequestURI()}
	ep.masked = ep.path
	if path, query, ok := strings.Cut(ep.path, "?"); ok {
		ep.masked = path + "?" + ep.maskQuery(query)
	}
	if u := t.URL.User; u != nil {
		password, _ := u.Password()
		r := http.Request{Header: make(http.Header)}
		r.SetBasicAuth(u.Username(), password)
		ep.basic = r.Header.Get("Authorization")
		ep.keepSecret(password, ep.basic)
	}
	return ep, nil
}

// keepSecret remembers what must not be shown. Very short values are no
// secrets, and hiding them would garble what is recorded.
func (ep *endpoint) keepSecret(values ...string) {
	for _, v := range values {
		if len(v) >= 6 && !slices.Contains(ep.secrets, v) {
			ep.secrets = append(ep.secrets, v)
		}
	}
	// A secret that holds another has to go first.
	slices.SortStableFunc(ep.secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// maskQuery hides the values of parameters whose names speak of secrets.
func (ep *endpoint) maskQuery(query string) string {
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, value, ok := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); !ok || value == "" || err != nil || !isSecretName(plain) {
			continue
		}
		parts[i] = name + "=" + hidden
		ep.keepSecret(value)
		if plain, err := url.QueryUnescape(value); err == nil {
			ep.keepSecret(plain)
		}
	}
	return strings.Join(parts, "&")
}

// isSecretName says whether a header field or parameter of this name holds
// something that should not be on record.
func isSecretName(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"token", "secret", "pass", "pwd", "auth", "key", "cookie", "credential", "session", "sig"} {
		if strings.Contains(name, word) {
			// Signatures prove something about this one body; they open nothing.
			return !strings.HasSuffix(name, "signature") && !strings.HasPrefix(name, "idempotency")
		}
	}
	return false
}

// hide takes secrets out of what the far side said.
func (ep *endpoint) hide(s string) string {
	for _, secret := range ep.secrets {
		s = strings.ReplaceAll(s, secret, hidden)
	}
	return s
}

// isQuery says whether the body of a delivery is sent as part of the URL
// (fonedynamics: SMS webhooks, GET: appended to the query that is there).
func isQuery(d *wirechief.Delivery) bool {
	return d.Method == http.MethodGet && len(d.Body) > 0 && strings.HasPrefix(d.ContentType, "application/x-www-form-urlencoded")
}

// sentBody is what a request has as its body.
func sentBody(d *wirechief.Delivery) []byte {
	if isQuery(d) {
		return nil
	}
	return d.Body
}

// request writes a whole request to b and gives the record of it: line and
// header, secrets hidden. It refuses what cannot be a request. signed are the
// fields of a signature; they are in place of fields of the same name.
func (ep *endpoint) request(b []byte, d *wirechief.Delivery, signed []webhook.Field) (out []byte, record string, err error) {
	method := cmp.Or(d.Method, http.MethodPost)
	if !httpguts.ValidHeaderFieldName(method) { // both are tokens, RFC 9110 5.6.2
		return nil, "", wirechief.Errorf(wirechief.Invalid, "%q is no method of a request", method)
	}
	path, masked, body := ep.path, ep.masked, d.Body
	if isQuery(d) {
		if bytes.ContainsFunc(body, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '#' }) {
			return nil, "", wirechief.Errorf(wirechief.Invalid, "the form cannot be sent as a query")
		}
		join := "?"
		if strings.Contains(path, "?") {
			join = "&"
		}
		path, masked, body = path+join+string(body), masked+join+string(body), nil
	}
	names := make([]string, 0, 8)
	for name, value := range d.Header {
		switch http.CanonicalHeaderKey(name) {
		case "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection",
			"Te", "Trailer", "Upgrade", "Expect", "Content-Type", "User-Agent":
			continue // ours to say
		}
		if slices.ContainsFunc(signed, func(f webhook.Field) bool { return strings.EqualFold(f.Name, name) }) {
			continue
		}
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return nil, "", wirechief.Errorf(wirechief.Invalid, "the header field %q cannot be sent", name)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	if strings.ContainsAny(d.ContentType, "\r\n\x00") {
		return nil, "", wirechief.Errorf(wirechief.Invalid, "the content type cannot be sent")
	}

	b = append(b, method...)
	b = append(b, ' ')
	start := len(b)
	b = append(b, path...)
	end := len(b)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, ep.target.URL.Host...)
	b = append(b, "\r\nUser-Agent: "...)
	b = append(b, ep.agent...)
	if d.ContentType != "" && (len(body) > 0 || method != http.MethodGet) {
		b = append(b, "\r\nContent-Type: "...)
		b = append(b, d.ContentType...)
	}
	chunked := d.Chunked && len(body) > 0
	switch {
	case chunked:
		b = append(b, "\r\nTransfer-Encoding: chunked"...)
	case len(body) > 0 || method != http.MethodGet && method != http.MethodHead && method != http.MethodDelete:
		b = append(b, "\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(body)), 10)
	}
	var masks []mask
	if masked != path {
		masks = append(masks, mask{start, end, masked})
	}
	field := func(name, value string, secret bool) {
		b = append(b, "\r\n"...)
		b = append(b, name...)
		b = append(b, ": "...)
		if secret {
			masks = append(masks, mask{len(b), len(b) + len(value), hidden})
		}
		b = append(b, value...)
	}
	own := false
	for _, name := range names {
		own = own || strings.EqualFold(name, "Authorization")
		field(name, d.Header[name], isSecretName(name))
	}
	for _, f := range signed {
		field(f.Name, f.Value, false) // opens nothing, see isSecretName
	}
	if ep.basic != "" && !own {
		field("Authorization", ep.basic, true)
	}
	b = append(b, "\r\n\r\n"...)
	record = recordOf(b[:len(b)-4], masks)
	if chunked { // RFC 9112 7.1: one chunk, and the end
		b = strconv.AppendInt(b, int64(len(body)), 16)
		b = append(b, "\r\n"...)
		b = append(b, body...)
		return append(b, "\r\n0\r\n\r\n"...), record, nil
	}
	return append(b, body...), record, nil
}

// mask is a part of a request that is recorded otherwise.
type mask struct {
	from, to int
	as       string
}

func recordOf(head []byte, masks []mask) string {
	if len(masks) == 0 {
		return string(head)
	}
	var s strings.Builder
	at := 0
	for _, m := range masks {
		s.Write(head[at:m.from])
		s.WriteString(m.as)
		at = m.to
	}
	s.Write(head[at:])
	return s.String()
}

// hiding is the endpoint with further secrets to hide.
func (ep *endpoint) hiding(secrets []wirechief.Secret) *endpoint {
	if len(secrets) == 0 {
		return ep
	}
	with := &endpoint{secrets: slices.Clone(ep.secrets)}
	for _, s := range secrets {
		with.keepSecret(s.Reveal(), strings.TrimPrefix(s.Reveal(), webhook.Prefix))
	}
	return with
}

// secretsOf gives what must be hidden in an answer to a delivery.
func (ep *endpoint) secretsOf(d *wirechief.Delivery) *endpoint {
	for name, value := range d.Header {
		if isSecretName(name) && len(value) >= 6 {
			with := &endpoint{secrets: slices.Clone(ep.secrets)}
			for name, value := range d.Header {
				if isSecretName(name) {
					with.keepSecret(value)
				}
			}
			return with
		}
	}
	return ep
}
