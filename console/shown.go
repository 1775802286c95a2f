package console

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
)

// shownURL is a destination for people who may not configure: of a URL what
// leads there, without user info, query and fragment, for there secrets stand.
// What is no http or https URL, as a mail address or a phone, stays as it is.
func shownURL(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return s
	}
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	host, path := rest, ""
	if i := strings.IndexAny(rest, `/\`); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	return scheme + "://" + host[strings.LastIndexByte(host, '@')+1:] + path
}

// shownURLs does so with the URLs in a text, in JSON too. It is asked for each
// header and try of a page, so it looks without an expression.
func shownURLs(s string) string {
	var out strings.Builder
	done := 0 // of s, what is in out
	for from := 0; ; {
		i := strings.Index(s[from:], "://")
		if i < 0 {
			break
		}
		i += from
		from = i + len("://")
		start := i
		for start > done && isWord(s[start-1]) {
			start--
		}
		if scheme := s[start:i]; !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
			continue
		}
		end := urlEnd(s, from)
		out.WriteString(s[done:start])
		out.WriteString(shownURL(s[start:end]))
		done, from = end, end
	}
	if done == 0 {
		return s
	}
	return out.String() + s[done:]
}

// urlEnd is where a URL in a text ends: at a blank or a quote. What JSON escapes,
// quotes too, is of the URL.
func urlEnd(s string, i int) int {
	for i < len(s) {
		switch s[i] {
		case ' ', '\t', '\n', '\f', '\r', '"':
			return i
		case '\\':
			if i+1 == len(s) || s[i+1] == '\n' {
				return i
			}
			i++
		}
		i++
	}
	return i
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// destinationFor is a destination as p may see it.
func destinationFor(p wirechief.Principal, destination string) string {
	if p.May(wirechief.RightNumbers) {
		return destination
	}
	return shownURL(destination)
}

// deliveryFor is a delivery as p may see it: for whom may not configure there is
// a copy, whose URLs are shown as [shownURL] has them. The body stays.
func deliveryFor(p wirechief.Principal, d *wirechief.Delivery) *wirechief.Delivery {
	if p.May(wirechief.RightNumbers) {
		return d
	}
	out := *d
	out.Destination = shownURL(d.Destination)
	hide := func(s string) string {
		if d.Destination != "" {
			s = strings.ReplaceAll(s, d.Destination, out.Destination)
		}
		return shownURLs(s)
	}
	out.Header = hidden(d.Header, hide)
	out.Attempts = slices.Clone(d.Attempts)
	for i := range out.Attempts {
		a := &out.Attempts[i]
		a.Request, a.Error, a.Header = hide(shownRequest(a.Request)), hide(a.Error), hidden(a.Header, hide)
	}
	return &out
}

func hidden(header map[string]string, hide func(string) string) map[string]string {
	out := maps.Clone(header)
	for name, value := range out {
		out[name] = hide(value)
	}
	return out
}

// shownRequest is the head of a request without the query in its first line.
func shownRequest(s string) string {
	line, rest, _ := strings.Cut(s, "\n")
	before, query, ok := strings.Cut(line, "?")
	if !ok {
		return s
	}
	if i := strings.LastIndexByte(query, ' '); i >= 0 { // the version is after it
		before += query[i:]
	}
	return before + "\n" + rest
}

// messageFor is a message as p may see it, with what it says of destinations.
func messageFor(p wirechief.Principal, m *wirechief.Message) *wirechief.Message {
	if p.May(wirechief.RightNumbers) {
		return m
	}
	out := *m
	out.Events = slices.Clone(m.Events)
	for i := range out.Events {
		d := &out.Events[i].Detail
		d.To, d.Because, d.Text = shownURL(d.To), shownURLs(d.Because), shownURLs(d.Text)
	}
	return &out
}

// configuresKey is whether those for whom something is rendered may configure.
type configuresKey struct{}

// watcherIn is who looks when something is rendered for all who listen and have
// the same right to see destinations.
func watcherIn(ctx context.Context, tenant string) wirechief.Principal {
	p := viewerOf(tenant)
	if configures, _ := ctx.Value(configuresKey{}).(bool); configures {
		p.Role = wirechief.RoleAdmin
	}
	return p
}
