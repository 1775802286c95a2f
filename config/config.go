package config

import (
	"net/netip"
	"time"

	"github.com/wirechief/wirechief"
)

// Config is the whole configuration. Its paths are absolute once loaded.
type Config struct {
	File string `yaml:"-"` // that it was read from; empty when there was none

	DataDir  string    `yaml:"data_dir"` // everything that is kept
	Database string    `yaml:"database"` // "sqlite"
	HTTP     HTTP      `yaml:"http"`
	Observe  Observe   `yaml:"observe"`
	Log      Log       `yaml:"log"`
	Admin    Admin     `yaml:"admin"`
	OIDC     OIDC      `yaml:"oidc"`
	Egress   Egress    `yaml:"egress"`
	Delivery Delivery  `yaml:"delivery"`
	SMTP     SMTP      `yaml:"smtp"`
	Mail     Mail      `yaml:"mail"`
	Carriers []Carrier `yaml:"carriers"`
	Routes   []Route   `yaml:"routes"`
	Numbers  Numbers   `yaml:"numbers"`
	Messages Messages  `yaml:"messages"`
	Speech   Speech    `yaml:"speech"`
	State    string    `yaml:"state"` // file applied at start; empty: none
}

// HTTP is the listener of all APIs, media and the console.
type HTTP struct {
	Listen    string `yaml:"listen"`     // host:port; port 0 takes a free one
	PublicURL string `yaml:"public_url"` // how the outside reaches it, for links; empty: from Listen
	TLS       TLS    `yaml:"tls"`
	// TrustedProxies are the networks of reverse proxies, whose word on where a
	// request came from is taken: "10.0.0.0/8", "192.0.2.1". Empty: nobody's is.
	TrustedProxies []string `yaml:"trusted_proxies"`
}

// Proxies gives TrustedProxies as networks.
func (h *HTTP) Proxies() []netip.Prefix {
	out := make([]netip.Prefix, 0, len(h.TrustedProxies))
	for _, s := range h.TrustedProxies {
		if p, err := proxyNetwork(s); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// proxyNetwork reads a network, or the address of one machine.
func proxyNetwork(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err
}

// TLS names the files of a certificate, PEM. Both or neither.
type TLS struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

// Observe is the listener of metrics and health checks.
type Observe struct {
	Listen string `yaml:"listen"` // host:port; empty: none
}

// Log says what is logged and how.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn, error; debug shows texts and whole numbers
	Format string `yaml:"format"` // text, json
}

// Admin is the operator.
type Admin struct {
	Email    string           `yaml:"email"`
	Password wirechief.Secret `yaml:"password"`
	Token    wirechief.Secret `yaml:"token"` // empty: made up and kept in data_dir/admin.token
}

// OIDC is where people sign on who have an account elsewhere: a provider of
// OpenID Connect. People are found by their mail address; nobody is made by it.
type OIDC struct {
	Issuer       string           `yaml:"issuer"` // "https://login.example.test"; empty: no single sign-on
	ClientID     string           `yaml:"client_id"`
	ClientSecret wirechief.Secret `yaml:"client_secret"`
	Name         string           `yaml:"name"` // what the button says; empty: the issuer's host
	// RequireVerifiedEmail takes only addresses that the provider vouches for
	// (email_verified). Without it, whoever can write an address into their
	// account there comes in as its owner.
	RequireVerifiedEmail bool `yaml:"require_verified_email"`
}

// Egress says what addresses tenants may make us call.
type Egress struct {
	Allow  []string `yaml:"allow"`   // networks beside the public ones: "10.1.0.0/16", "127.0.0.1/32:2790", "[::1]/128:2790"
	DNS    string   `yaml:"dns"`     // resolver, host:port; empty: the system's
	CAFile string   `yaml:"ca_file"` // further roots, PEM
}

// Delivery replaces the timing of all deliveries.
type Delivery struct {
	Timeout  time.Duration   `yaml:"timeout"`  // of a whole request; 0: vendor profiles 10 s, mail 1 min, others 15 s
	Schedule []time.Duration `yaml:"schedule"` // waits before each try; empty: the defaults
}

// SMTP is the server that mail leaves by.
type SMTP struct {
	Host     string           `yaml:"host"` // empty: no mail
	Port     int              `yaml:"port"`
	Username string           `yaml:"username"`
	Password wirechief.Secret `yaml:"password"`
	TLS      string           `yaml:"tls"` // none, starttls, tls
	From     string           `yaml:"from"`
	// Senders are the domains that forwards may have mail from; empty: that of From.
	Senders []string `yaml:"senders"`
}

// Mail is the listener that takes answers to mails of ours.
type Mail struct {
	Listen string `yaml:"listen"` // host:port; empty: none
	Domain string `yaml:"domain"` // what stands behind the @ of the addresses that answers go to
}

// Route sends what starts with a prefix over carriers, in order.
type Route struct {
	Prefix   string   `yaml:"prefix"` // "+1310", a short code's digits, or "" for everything
	Carriers []string `yaml:"carriers"`
}

// Numbers bounds the life of numbers that are not in service.
type Numbers struct {
	Reservation time.Duration `yaml:"reservation"` // of a reservation or a search token
	Aging       time.Duration `yaml:"aging"`       // quarantine after release
}

// Messages bounds how long messages wait.
type Messages struct {
	Validity time.Duration `yaml:"validity"` // unsent after this: expired
	Join     time.Duration `yaml:"join"`     // parts of a long text wait for each other
}

// Speech is where texts become speech and recordings text: services that
// speak OpenAI's API.
type Speech struct {
	SynthesisURL     string           `yaml:"synthesis_url"`
	TranscriptionURL string           `yaml:"transcription_url"`
	Key              wirechief.Secret `yaml:"key"`
}

// Defaults is what holds where nothing else is said.
func Defaults() *Config {
	return &Config{
		DataDir:  "wirechief-data",
		Database: "sqlite",
		HTTP:     HTTP{Listen: "127.0.0.1:8080"},
		Observe:  Observe{Listen: "127.0.0.1:9464"},
		Log:      Log{Level: "info", Format: "text"},
		Admin:    Admin{Email: "admin@example.test"},
		OIDC:     OIDC{RequireVerifiedEmail: true},
		SMTP:     SMTP{Port: 25, TLS: "starttls", From: "no-reply@example.test"},
		Numbers:  Numbers{Reservation: 30 * time.Minute, Aging: 30 * 24 * time.Hour},
		Messages: Messages{Validity: 24 * time.Hour, Join: 10 * time.Minute},
	}
}

// paths gives the values that name files or folders.
func (c *Config) paths() []*string {
	return []*string{&c.DataDir, &c.HTTP.TLS.Cert, &c.HTTP.TLS.Key, &c.Egress.CAFile, &c.State}
}
