package access

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/wirechief/wirechief"
)

// Provider is where people sign on who have an account elsewhere: an OpenID
// Connect provider. It is the operator's, and no egress guard judges it.
type Provider struct {
	Issuer       string // "https://login.example.test"; empty: none
	ClientID     string
	ClientSecret wirechief.Secret
	Name         string // what the button says; empty: the host of the issuer
	RedirectURL  string // where the provider sends people back to
	// Unverified takes mail addresses, too, that the provider does not vouch for
	// (OpenID Connect Core 5.1: email_verified).
	Unverified bool
}

const (
	flowLife     = 10 * time.Minute // how long somebody may take at the provider
	providerTime = 10 * time.Second // how long it may take to answer us
	maxCookie    = 4096
)

// signOn is what is known of the provider: read at the first use, and again
// until that succeeds. However many ask, one request goes to the provider, and
// that it failed is remembered for some seconds: who is not signed in can start
// it.
type signOn struct {
	mu       sync.Mutex
	provider *oidc.Provider
	client   *http.Client
	asking   chan struct{} // closed when the request under way has ended; nil: none is
	err      error         // why the last one failed
	until    time.Time     // it is not tried again before
	// The provider keeps the context for its keys: it ends with the gate.
	ctx    context.Context
	cancel context.CancelFunc
	closed bool
}

// sulk is how long a failure is remembered.
const sulk = 5 * time.Second

// close gives up what is under way, and waits for nobody.
func (s *signOn) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.cancel != nil {
		s.cancel()
		s.client.CloseIdleConnections()
	}
}

// open makes the client at the first use; the caller holds mu.
func (s *signOn) open() {
	if s.client != nil {
		return
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = 64 << 10
	s.client = &http.Client{Transport: transport, Timeout: providerTime}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if s.closed {
		s.cancel()
	}
}

// ask gives the provider as it is known, or a channel that is closed when it may be.
func (s *signOn) ask(issuer string, now wirechief.Clock) (p *oidc.Provider, wait chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open()
	switch {
	case s.provider != nil:
		return s.provider, nil, nil
	case s.asking != nil:
		return nil, s.asking, nil
	case s.err != nil && now().Before(s.until):
		return nil, nil, s.err
	case s.closed:
		return nil, nil, context.Canceled
	}
	wait = make(chan struct{})
	s.asking = wait
	go func() {
		p, err := oidc.NewProvider(oidc.ClientContext(s.ctx, s.client), issuer)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.provider, s.err, s.until, s.asking = p, err, now().Add(sulk), nil
		if s.closed {
			s.client.CloseIdleConnections()
		}
		close(wait)
	}()
	return nil, wait, nil
}

// flow is one sign-on under way. It travels sealed in a cookie.
type flow struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"`
	ReturnTo string    `json:"r"`
	Until    time.Time `json:"u"`
}

// OIDCName is what the provider is called; "" when there is none.
func (g *Gate) OIDCName() string {
	if g.OIDC.Issuer == "" || g.OIDC.Name != "" {
		return g.OIDC.Name
	}
	if u, err := url.Parse(g.OIDC.Issuer); err == nil && u.Host != "" {
		return u.Host
	}
	return g.OIDC.Issuer
}

// discover gives the provider, and a context for asking it.
func (g *Gate) discover(ctx context.Context) (*oidc.Provider, context.Context, error) {
	if g.OIDC.Issuer == "" {
		return nil, ctx, &wirechief.Error{Op: op, Kind: wirechief.NotOffered, Message: "single sign-on is not set up here (oidc.issuer)"}
	}
	for {
		p, wait, err := g.signOn.ask(g.OIDC.Issuer, g.Now)
		switch {
		case err != nil:
			return nil, ctx, g.unreachable(ctx, err)
		case p != nil:
			return p, oidc.ClientContext(ctx, g.signOn.client), nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx, g.unreachable(ctx, ctx.Err())
		}
	}
}

func (g *Gate) unreachable(ctx context.Context, err error) error {
	g.Log.WarnContext(ctx, "the provider of single sign-on does not do its part", "issuer", g.OIDC.Issuer, "error", err)
	return &wirechief.Error{Op: op, Kind: wirechief.Unavailable, Message: g.OIDCName() + " cannot be reached or does not answer as it should; try again, or sign in with a password", Err: err}
}

func (g *Gate) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: g.OIDC.ClientID, ClientSecret: g.OIDC.ClientSecret.Reveal(), Endpoint: p.Endpoint(),
		RedirectURL: g.OIDC.RedirectURL, Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}
}

// BeginOIDC gives the address at the provider to send the browser to, and the
// cookie that it has to bring back, for ten minutes. returnTo is a path of ours.
func (g *Gate) BeginOIDC(ctx context.Context, returnTo string) (to, cookie string, err error) {
	p, _, err := g.discover(ctx)
	if err != nil {
		return "", "", err
	}
	f := flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), ReturnTo: localPath(returnTo), Until: g.Now().Add(flowLife)}
	if cookie, err = g.seal(f); err != nil {
		return "", "", err
	}
	return g.oauth(p).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), cookie, nil
}

// localPath is the path when it stays with us, else "/".
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || len(path) > 1024 || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return "/"
	}
	return path
}

// FinishOIDC begins a session for who comes back from the provider. Kinds:
// Invalid when the cookie and the query do not belong together or are too old,
// Unauthenticated when the provider vouches for nobody, Forbidden for somebody
// whom no tenant has invited.
func (g *Gate) FinishOIDC(ctx context.Context, cookie string, query url.Values, address, userAgent string) (Session, string, error) {
	f, ok := g.unseal(cookie)
	if !ok || g.Now().After(f.Until) || subtle.ConstantTimeCompare([]byte(f.State), []byte(query.Get("state"))) != 1 {
		return Session{}, "", &wirechief.Error{Op: op, Kind: wirechief.Invalid, Message: "the sign-on took too long or began in another browser; try again"}
	}
	limit := ofAddress(address)
	if wait, _ := g.throttle.try(g.Now(), limit); wait > 0 {
		return Session{}, "", tooMany(wait)
	}
	email, err := g.vouched(ctx, f, query)
	if err != nil {
		g.attempted(ctx, "signin.failed", g.OIDCName(), address, nil)
		return Session{}, "", err
	}
	people := g.mayEnter(email)
	if len(people) == 0 {
		g.attempted(ctx, "signin.failed", email, address, nil)
		return Session{}, "", wirechief.Refuse(wirechief.Forbidden, wirechief.RuleRole, "nobody here has the mail address %s; an owner or admin can invite you, under Team", email)
	}
	g.throttle.forgive(limit)
	r := &record{Email: email, Address: address, UserAgent: userAgent}
	r.enter(people, "")
	s, err := g.open(ctx, r)
	return s, f.ReturnTo, err
}

// claims are what we want to know of somebody (OpenID Connect Core 5.1).
type claims struct {
	Email    string `json:"email"`
	Verified any    `json:"email_verified"` // some providers write it as a string
}

func (c *claims) verified() bool { return c.Verified == true || c.Verified == "true" }

// vouched gives the mail address that the provider vouches for.
func (g *Gate) vouched(ctx context.Context, f flow, query url.Values) (string, error) {
	refused := func(format string, args ...any) error {
		err := wirechief.Errorf(wirechief.Unauthenticated, format, args...)
		err.Op = op
		return err
	}
	if query.Get("error") != "" || query.Get("code") == "" {
		return "", refused("%s did not let you in (%s)", g.OIDCName(), cut(query.Get("error"), 60))
	}
	p, ctx, err := g.discover(ctx)
	if err != nil {
		return "", err
	}
	token, err := g.oauth(p).Exchange(ctx, query.Get("code"), oauth2.VerifierOption(f.Verifier))
	if err != nil {
		g.Log.InfoContext(ctx, "a sign-on was not completed", "issuer", g.OIDC.Issuer, "error", err)
		return "", refused("%s did not confirm the sign-on; try again", g.OIDCName())
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: g.OIDC.ClientID, Now: g.Now}).Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 {
		g.Log.WarnContext(ctx, "a sign-on brought a token that is not good", "issuer", g.OIDC.Issuer, "error", err)
		return "", refused("what %s says cannot be relied on; try again", g.OIDCName())
	}
	var c claims
	if err := id.Claims(&c); err != nil {
		return "", g.unreachable(ctx, err)
	}
	if c.Email == "" { // some say it only when asked (OpenID Connect Core 5.3)
		info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return "", g.unreachable(ctx, err)
		}
		if info.Subject == id.Subject { // 5.3.2: else it must not be used
			c = claims{info.Email, info.EmailVerified}
		}
	}
	switch {
	case c.Email == "":
		return "", refused("%s does not say your mail address", g.OIDCName())
	case !c.verified() && !g.OIDC.Unverified:
		return "", refused("%s does not vouch for your mail address: have it verified there", g.OIDCName())
	}
	return cut(Fold(c.Email), 254), nil
}

func (g *Gate) sealer() (cipher.AEAD, error) {
	block, err := aes.NewCipher(g.derive("oidc"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal encrypts and signs a flow.
func (g *Gate) seal(f flow) (string, error) {
	doc, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	a, err := g.sealer()
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(a.Seal(nil, nil, doc, nil)), nil
}

// unseal gives a flow back; false: it is none of ours.
func (g *Gate) unseal(cookie string) (f flow, ok bool) {
	if len(cookie) > maxCookie {
		return f, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil {
		return f, false
	}
	a, err := g.sealer()
	if err != nil {
		return f, false
	}
	doc, err := a.Open(nil, nil, sealed, nil)
	return f, err == nil && json.Unmarshal(doc, &f) == nil
}
