package bulkvs

import (
	"net/url"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// Config is an entry of type bulkvs under carriers: in the configuration file.
type Config struct {
	// URL is the base of the API, without a slash at its end:
	// https://portal.example.test/api/v1.0. Required.
	URL string `yaml:"url"`
	// Username and Password are the API credentials; without both there is no
	// Authorization, which hardly any service takes.
	Username string           `yaml:"username"`
	Password wirechief.Secret `yaml:"password"`
	// Connections is how many messages are outstanding at a time, 1 to 1024.
	Connections int `yaml:"connections"`
	// ResponseTimeout is how long an answer may take; what is unanswered then
	// is in doubt. 1 s to 5 min.
	ResponseTimeout time.Duration `yaml:"response_timeout"`
	// WebhookToken is the secret last part of the address that the far side
	// posts texts and receipts to; empty: nothing comes in.
	WebhookToken wirechief.Secret `yaml:"webhook_token"`
	// Webhook is the name that the far side knows our address by: numbers that
	// are bought there are bound to it. Up to 64 characters; empty: they have
	// none, and texts to them stay there.
	Webhook string `yaml:"webhook"`
}

// Defaults is the configuration of an entry that says nothing.
func Defaults() Config {
	return Config{Connections: 16, ResponseTimeout: 15 * time.Second}
}

// Validate says which key is missing or out of range.
func (c Config) Validate() error {
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return wirechief.InvalidField("url", "url: an absolute http or https URL is needed, as https://portal.example.test/api/v1.0")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return wirechief.InvalidField("url", "url: credentials, query and fragment do not belong here")
	case c.Username == "" && c.Password != "" || strings.Contains(c.Username, ":"):
		return wirechief.InvalidField("username", "username: the API user name is needed, without a colon") // RFC 7617 2
	case c.Password == "" && c.Username != "":
		return wirechief.InvalidField("password", "password: the API password is needed")
	case c.Connections < 1 || c.Connections > 1024:
		return wirechief.InvalidField("connections", "connections: %d is out of range: 1 to 1024", c.Connections)
	case c.ResponseTimeout < time.Second || c.ResponseTimeout > 5*time.Minute:
		return wirechief.InvalidField("response_timeout", "response_timeout: %v is out of range: 1s to 5m", c.ResponseTimeout)
	}
	if len(c.Webhook) > 64 {
		return wirechief.InvalidField("webhook", "webhook: a name has at most 64 characters")
	}
	if t := c.WebhookToken.Reveal(); t != "" && (len(t) < 16 || strings.ContainsFunc(t, notUnreserved)) {
		return wirechief.InvalidField("webhook_token", "webhook_token: at least 16 letters, digits, dashes, dots or underscores are needed")
	}
	return nil
}

// notUnreserved says whether a character would be escaped in a path (RFC 3986 2.3).
func notUnreserved(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '.', r == '_', r == '~':
		return false
	}
	return true
}
