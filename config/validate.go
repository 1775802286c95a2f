package config

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief/internal/document"
)

var (
	carrierName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)
	domain      = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
	prefix      = regexp.MustCompile(`^(\+?[0-9]{1,15}|\+)?$`)
)

// Validate judges a configuration that was put together by a program. [Load]
// has done it already, with lines.
func (c *Config) Validate() error {
	r := document.NewReader("configuration")
	c.judge(r)
	return r.Err()
}

// judge reports what is out of range or contradicts itself.
func (c *Config) judge(r *document.Reader) {
	if c.DataDir == "" {
		r.Report("data_dir", "a folder is needed")
	}
	switch {
	case c.Database == "sqlite":
	case strings.HasPrefix(c.Database, "postgres://"), strings.HasPrefix(c.Database, "postgresql://"):
		r.Report("database", "PostgreSQL is not built in yet; use database: sqlite")
	default:
		r.Report("database", "it is sqlite, the one that is built in")
	}
	c.judgeListeners(r)
	oneOf(r, "log.level", c.Log.Level, "debug", "info", "warn", "error")
	oneOf(r, "log.format", c.Log.Format, "text", "json")
	if c.Admin.Email != "" && !isMail(c.Admin.Email) {
		r.Report("admin.email", "%q is not a mail address", c.Admin.Email)
	}
	if t := c.Admin.Token.Reveal(); t != "" && (len(t) < 8 || strings.ContainsAny(t, " \t\r\n")) {
		r.Report("admin.token", "a token has at least 8 characters and no spaces")
	}
	c.judgeOIDC(r)
	for i, network := range c.Egress.Allow {
		if why := judgeNetwork(network); why != "" {
			r.Report("egress.allow["+strconv.Itoa(i)+"]", "%q %s; write a network such as 10.1.0.0/16 or, with a port, 127.0.0.1/32:2790", network, why)
		}
	}
	if c.Egress.DNS != "" {
		address(r, "egress.dns", c.Egress.DNS)
	}
	if c.Delivery.Timeout < 0 || c.Delivery.Timeout > time.Hour {
		r.Report("delivery.timeout", "%v is out of range: up to 1h, empty for the defaults", c.Delivery.Timeout)
	}
	for i, wait := range c.Delivery.Schedule {
		if wait < 0 || wait > 30*24*time.Hour {
			r.Report("delivery.schedule["+strconv.Itoa(i)+"]", "%v is out of range: 0s to 720h", wait)
		}
	}
	c.judgeSMTP(r)
	c.judgeMail(r)
	c.judgeCarriers(r)
	span(r, "numbers.reservation", c.Numbers.Reservation, time.Second, 30*24*time.Hour)
	span(r, "numbers.aging", c.Numbers.Aging, 0, 10*365*24*time.Hour)
	span(r, "messages.validity", c.Messages.Validity, time.Second, 30*24*time.Hour)
	span(r, "messages.join", c.Messages.Join, time.Second, 24*time.Hour)
	webURL(r, "speech.synthesis_url", c.Speech.SynthesisURL)
	webURL(r, "speech.transcription_url", c.Speech.TranscriptionURL)
}

func (c *Config) judgeListeners(r *document.Reader) {
	address(r, "http.listen", c.HTTP.Listen)
	webURL(r, "http.public_url", c.HTTP.PublicURL)
	for i, network := range c.HTTP.TrustedProxies {
		if p, err := proxyNetwork(network); err != nil || p.Bits() == 0 {
			r.Report("http.trusted_proxies["+strconv.Itoa(i)+"]", "%q is not a network of proxies; write one such as 10.1.0.0/16, or an address", network)
		}
	}
	switch tls := c.HTTP.TLS; {
	case tls.Cert != "" && tls.Key == "":
		r.Report("http.tls.key", "it is needed beside http.tls.cert")
	case tls.Cert == "" && tls.Key != "":
		r.Report("http.tls.cert", "it is needed beside http.tls.key")
	}
	if c.Observe.Listen == "" {
		return
	}
	address(r, "observe.listen", c.Observe.Listen)
	if _, port, err := net.SplitHostPort(c.Observe.Listen); err == nil && port != "0" && c.Observe.Listen == c.HTTP.Listen {
		r.Report("observe.listen", "it is the same address as http.listen; take another, or empty for none (/metrics is on http.listen too)")
	}
}

func (c *Config) judgeOIDC(r *document.Reader) {
	o := &c.OIDC
	webURL(r, "oidc.issuer", o.Issuer)
	switch {
	case o.Issuer == "" && (o.ClientID != "" || o.ClientSecret != ""):
		r.Report("oidc.issuer", "it is needed beside oidc.client_id: the address of the provider")
	case o.Issuer != "" && o.ClientID == "":
		r.Report("oidc.client_id", "it is needed beside oidc.issuer: the provider gives it out")
	case len(o.Name) > 60 || strings.ContainsAny(o.Name, "\r\n"):
		r.Report("oidc.name", "a name has at most 60 characters, on one line")
	}
}

func (c *Config) judgeSMTP(r *document.Reader) {
	oneOf(r, "smtp.tls", c.SMTP.TLS, "none", "starttls", "tls")
	if c.SMTP.Port < 1 || c.SMTP.Port > 65535 {
		r.Report("smtp.port", "%d is out of range: 1 to 65535", c.SMTP.Port)
	}
	if c.SMTP.From != "" && !isMail(c.SMTP.From) {
		r.Report("smtp.from", "%q is not a mail address", c.SMTP.From)
	}
	for i, d := range c.SMTP.Senders {
		if !domain.MatchString(d) || len(d) > 253 {
			r.Report("smtp.senders["+strconv.Itoa(i)+"]", "%q is not a domain in ASCII, such as example.test", d)
		}
	}
}

func (c *Config) judgeMail(r *document.Reader) {
	if c.Mail.Listen != "" {
		address(r, "mail.listen", c.Mail.Listen)
		if c.Mail.Domain == "" {
			r.Report("mail.domain", "it is needed beside mail.listen: answers go to reply+…@ it")
		}
		if _, port, err := net.SplitHostPort(c.Mail.Listen); err == nil && port != "0" && (c.Mail.Listen == c.HTTP.Listen || c.Mail.Listen == c.Observe.Listen) {
			r.Report("mail.listen", "it is the same address as http.listen or observe.listen; take another")
		}
	}
	if d := c.Mail.Domain; d != "" && (!domain.MatchString(d) || len(d) > 253) {
		r.Report("mail.domain", "%q is not a domain in ASCII, such as in.example.test", d)
	}
}

func (c *Config) judgeCarriers(r *document.Reader) {
	known := make(map[string]int)
	for i, carrier := range c.Carriers {
		path := "carriers[" + strconv.Itoa(i) + "]"
		first, again := known[carrier.Name]
		switch {
		case carrier.Name == "":
			r.Report(path+".name", "a carrier needs a name")
		case !carrierName.MatchString(carrier.Name):
			r.Report(path+".name", "%q is no name: up to 64 letters, digits, and . _ - after the first", carrier.Name)
		case again:
			r.Report(path+".name", "there is another carrier %s in line %d", carrier.Name, r.Line("carriers["+strconv.Itoa(first)+"].name"))
		default:
			known[carrier.Name] = i
		}
		switch {
		case carrier.Type == "":
			r.Report(path+".type", "a carrier needs a type; offered: %s", strings.Join(offered[:], ", "))
		case !isOffered(carrier.Type):
			r.Report(path+".type", "type %s is not offered yet; offered: %s", carrier.Type, strings.Join(offered[:], ", "))
		}
	}
	prefixes := make(map[string]bool)
	for i, route := range c.Routes {
		path := "routes[" + strconv.Itoa(i) + "]"
		switch {
		case !prefix.MatchString(route.Prefix):
			r.Report(path+".prefix", `%q is not the beginning of a number: "+1310", a short code's digits, or "" for everything`, route.Prefix)
		case prefixes[route.Prefix]:
			r.Report(path+".prefix", "there is a route %q already; one route names all its carriers", route.Prefix)
		}
		prefixes[route.Prefix] = true
		if len(route.Carriers) == 0 {
			r.Report(path+".carriers", "a route needs at least one carrier")
		}
		for j, name := range route.Carriers {
			at := path + ".carriers[" + strconv.Itoa(j) + "]"
			if _, ok := known[name]; !ok {
				r.Report(at, "there is no carrier %q under carriers", name)
			} else if slices.Index(route.Carriers, name) != j {
				r.Report(at, "carrier %s is named twice", name)
			}
		}
	}
}

func oneOf(r *document.Reader, path, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		r.Report(path, "%q is not known; allowed: %s", value, strings.Join(allowed, ", "))
	}
}

func span(r *document.Reader, path string, d, least, most time.Duration) {
	if d < least || d > most {
		r.Report(path, "%v is out of range: %v to %v", d, least, most)
	}
}

// address wants host:port. The host may be empty (every address) or a name.
func address(r *document.Reader, path, value string) {
	_, port, err := net.SplitHostPort(value)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		r.Report(path, "%q is not host:port, such as 127.0.0.1:8080", value)
	}
}

// webURL wants an http or https URL without query, or nothing.
func webURL(r *document.Reader, path, value string) {
	if value == "" {
		return
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		r.Report(path, "it is not a URL such as https://sms.example.test, without user, query and fragment")
	}
}

// judgeNetwork says what is wrong with an entry of egress.allow: a network
// with an optional port, IPv6 in brackets when there is one.
func judgeNetwork(s string) string {
	network := s
	if i := strings.LastIndexByte(s, ':'); i >= 0 && (strings.Contains(s, "[") || strings.Count(s, ":") == 1) && i > strings.IndexByte(s, '/') && strings.Contains(s, "/") {
		port, err := strconv.ParseUint(s[i+1:], 10, 16)
		if err != nil || port == 0 {
			return "has no port from 1 to 65535 after the colon"
		}
		network = s[:i]
	}
	network = strings.NewReplacer("[", "", "]", "").Replace(network)
	p, err := netip.ParsePrefix(network)
	if err != nil {
		return "is not a network in CIDR form"
	}
	if p != p.Masked() {
		return "has bits set behind its mask"
	}
	return ""
}

// isMail is a plausibility check: the mail server knows better.
func isMail(s string) bool {
	user, host, ok := strings.Cut(s, "@")
	return ok && user != "" && host != "" && !strings.ContainsAny(s, " \t\r\n<>,;\"") && !strings.Contains(host, "@")
}
