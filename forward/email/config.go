package email

import (
	"net"
	"strconv"

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
}

func (c *Config) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }
