package egress

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

// Target is a URL that may be asked for, as [Parse] read it.
type Target struct {
	URL  *url.URL
	TLS  bool   // https
	Host string // name in lower case or address, without brackets
	Port uint16

	addr netip.Addr // of a host that is an address
}

// Bounds of what is read.
const (
	longestURL  = 2048 // octets
	longestName = 253  // RFC 1035 3.1, without the final dot
)

// Parse reads an http or https URL. It is stricter than browsers are: a host
// is a name of letters, digits, dashes and underscores, an IPv4 address of four
// plain decimal numbers or an IPv6 address in brackets, and whatever programs
// read differently is refused. Errors have kind Invalid and RuleEgress and do
// not repeat what may be secret in the URL.
func Parse(raw string) (*Target, error) {
	authority, err := cutAuthority(raw)
	if err != nil {
		return nil, err
	}
	u, perr := url.Parse(raw)
	if perr != nil || u.Opaque != "" || u.Host == "" {
		return nil, malformed("it cannot be read as an absolute URL")
	}
	t := &Target{URL: u, TLS: u.Scheme == "https", Port: 80}
	if t.TLS {
		t.Port = 443
	}
	// What we cut out and what the library found must be the same.
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	if host != u.Host {
		return nil, malformed("its host can be read in more than one way")
	}
	if port := u.Port(); port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return nil, malformed("its port is not from 1 to 65535")
		}
		t.Port = uint16(n)
	} else if strings.HasSuffix(host, ":") {
		return nil, malformed("it has a colon and no port behind the host")
	}
	if strings.HasPrefix(host, "[") {
		t.Host = u.Hostname()
		if t.addr, perr = netip.ParseAddr(t.Host); perr != nil || !t.addr.Is6() || t.addr.Zone() != "" {
			return nil, malformed("what is in brackets is not an IPv6 address")
		}
		return t, nil
	}
	t.Host, t.addr, err = parseHost(u.Hostname())
	return t, err
}

// cutAuthority checks the characters of a URL and gives what is between the
// two slashes and the path.
func cutAuthority(raw string) (string, error) {
	if len(raw) > longestURL {
		return "", malformed("it is longer than " + strconv.Itoa(longestURL) + " characters")
	}
	for i := range len(raw) {
		switch c := raw[i]; {
		case c <= ' ' || c == 0x7f:
			return "", malformed("it has a space or control character; percent-encode it")
		case c >= 0x80:
			return "", malformed("it has a character that is not ASCII; percent-encode it, and write the host in its xn-- form")
		case c == '\\' || c == '<' || c == '>' || c == '"':
			return "", malformed("it has a backslash, quote or angle bracket; percent-encode it")
		}
	}
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return "", malformed("it does not begin with http:// or https://")
	}
	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority = rest[:i]
	}
	at := strings.LastIndexByte(authority, '@')
	switch {
	case strings.Count(authority, "@") > 1:
		return "", malformed("it has more than one @ before the path")
	case authority[at+1:] == "":
		return "", malformed("it has no host")
	case strings.ContainsRune(authority[at+1:], '%'):
		return "", malformed("its host is percent-encoded or has a zone")
	}
	return authority, nil
}

// parseHost reads a host that is not in brackets.
func parseHost(s string) (string, netip.Addr, error) {
	s = strings.ToLower(s)
	name := strings.TrimSuffix(s, ".")
	labels := strings.Split(name, ".")
	// As in the URL standard of browsers, a host whose last label is a number
	// is an address; of the ways to write one only the plain way is taken.
	if isNumber(labels[len(labels)-1]) {
		addr, err := netip.ParseAddr(s)
		if err != nil || !addr.Is4() {
			return "", netip.Addr{}, malformed("its host is a number; write an IPv4 address as four decimal numbers without leading zeros")
		}
		return s, addr, nil
	}
	if len(name) > longestName {
		return "", netip.Addr{}, malformed("its host is longer than a name can be")
	}
	for _, l := range labels {
		if !isLabel(l) {
			return "", netip.Addr{}, malformed("its host is not a name of letters, digits and dashes")
		}
	}
	return s, netip.Addr{}, nil
}

// isNumber says whether some program would take a label for a number:
// decimal, octal or hexadecimal.
func isNumber(label string) bool {
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return label != "" && strings.Trim(label, "0123456789") == ""
}

func isLabel(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	return strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

func malformed(why string) error {
	return &wirechief.Error{
		Op: "egress", Kind: wirechief.Invalid, Rule: wirechief.RuleEgress, Field: "url",
		Message: "the URL cannot be used: " + why,
	}
}
