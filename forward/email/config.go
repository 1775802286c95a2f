package email

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

// The ways to secure the connection to the server (smtp.tls).
const (
	TLSNone     = "none"
	TLSStart    = "starttls" // needed: without it nothing is sent
	TLSImplicit = "tls"      // from the first octet
)

// Config is the server that mail leaves by: smtp of the configuration, which
// judges it.
type Config struct {
	Host     string // empty: mails end with a word about that
	Port     int
	Username string // empty: no login
	Password wirechief.Secret
	TLS      string // TLSNone, TLSStart, TLSImplicit
	From     string // address; of the envelope always, of the header unless the forward has its own
	// Senders are the domains that mails may be from; empty: that of From. A
	// forward that wishes for another gets it as Reply-To and in the name only:
	// tenants must not write as somebody of a domain that is not theirs.
	Senders []string
}

// maySend says whether mails may be from an address.
func (c *Config) maySend(from string) bool {
	domains := c.Senders
	if len(domains) == 0 {
		domains = []string{c.From[strings.LastIndexByte(c.From, '@')+1:]}
	}
	at := strings.LastIndexByte(from, '@')
	return at >= 0 && slices.ContainsFunc(domains, func(d string) bool { return d != "" && strings.EqualFold(d, from[at+1:]) })
}

func (c *Config) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }
