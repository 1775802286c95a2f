package access

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"github.com/wirechief/wirechief"
)

// provider is an OpenID Connect provider: discovery, keys, the token endpoint
// with PKCE, and userinfo. It signs for real.
type provider struct {
	*httptest.Server
	t      *testing.T
	w      *world
	key    *ecdsa.PrivateKey
	signer *ecdsa.PrivateKey // whose signature goes out
	codes  map[string]url.Values
	change func(claims map[string]any) // of the ID token
	info   map[string]any              // what userinfo says
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, key: key, signer: key, codes: make(map[string]url.Values), change: func(map[string]any) {}}
	known := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k1", Algorithm: oidc.ES256}}, Algorithms: []string{oidc.ES256}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		json.NewEncoder(rw).Encode(p.info)
	})
	mux.HandleFunc("GET /.well-known/openid-configuration", func(rw http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		known.ServeHTTP(rec, r)
		doc := make(map[string]any)
		if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil {
			t.Error(err)
		}
		doc["userinfo_endpoint"] = p.URL + "/userinfo"
		rw.Header().Set("Content-Type", "application/json")
		json.NewEncoder(rw).Encode(doc)
	})
	mux.Handle("/", known)
	p.Server = httptest.NewServer(mux)
	known.SetIssuer(p.URL)
	t.Cleanup(p.Close)
	return p
}

// authorize is the provider's page, on which somebody says yes.
func (p *provider) authorize(to string) (query url.Values) {
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, p.URL+"/auth?") {
		p.t.Fatalf("the browser is sent to %s: %v", to, err)
	}
	q := u.Query()
	for name, want := range map[string]string{
		"response_type": "code", "client_id": "wirechief", "redirect_uri": "https://sms.test/signin/oidc/return",
		"scope": "openid email profile", "code_challenge_method": "S256",
	} {
		if got := q.Get(name); got != want {
			p.t.Errorf("%s is %q", name, got)
		}
	}
	p.codes["code-1"] = q
	return url.Values{"code": {"code-1"}, "state": {q.Get("state")}}
}

func (p *provider) token(rw http.ResponseWriter, r *http.Request) {
	asked := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	id, secret, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if asked == nil || id != "wirechief" || secret != "oidc-secret" || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") {
		rw.WriteHeader(http.StatusBadRequest)
		rw.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	now := p.w.Now()
	claims := map[string]any{
		"iss": p.URL, "aud": "wirechief", "sub": "ann-1", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"nonce": asked.Get("nonce"), "email": "Ann@Acme.test", "email_verified": true,
	}
	p.change(claims)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	doc, err := json.Marshal(claims)
	if err != nil {
		p.t.Error(err)
	}
	rw.Header().Set("Content-Type", "application/json")
	json.NewEncoder(rw).Encode(map[string]any{
		"access_token": "at", "token_type": "Bearer", "id_token": oidctest.SignIDToken(p.signer, "k1", oidc.ES256, string(doc)),
	})
}

func newSignOn(t *testing.T, change ...func(*Options)) *provider {
	p := newProvider(t)
	p.w = newWorld(t, append([]func(*Options){func(o *Options) {
		o.OIDC = Provider{Issuer: p.URL, ClientID: "wirechief", ClientSecret: "oidc-secret", RedirectURL: "https://sms.test/signin/oidc/return"}
	}}, change...)...)
	t.Cleanup(func() { p.w.signOn.close() })
	return p
}

func TestSignOn(t *testing.T) {
	p := newSignOn(t)
	if name := p.w.OIDCName(); "http://"+name != p.URL {
		t.Errorf("it is called %s", name)
	}
	to, cookie, err := p.w.BeginOIDC(t.Context(), "/inbox?unread=1")
	if err != nil {
		t.Fatal(err)
	}
	query := p.authorize(to)
	s, back, err := p.w.FinishOIDC(t.Context(), cookie, query, desk, "Browser 1")
	if err != nil || back != "/inbox?unread=1" || s.Principal.Tenant != "acme" || s.Principal.Agent != 101 || s.Token == "" {
		t.Fatalf("%+v, %s, %v", s, back, err)
	}
	// The provider vouches for the address, so all tenants that invited it are theirs.
	if len(s.Tenants) != 2 {
		t.Errorf("the tenants are %v", s.Tenants)
	}
	if _, err := p.w.SwitchTenant(t.Context(), s.Token.Reveal(), "globex"); err != nil {
		t.Error(err)
	}
	if got := p.w.log(); got != "acme: signin by Ann (101) at 192.0.2.1, ann@acme.test\n" {
		t.Error(got)
	}
	if _, _, err := p.w.FinishOIDC(t.Context(), cookie, query, desk, ""); wirechief.KindOf(err) != wirechief.Unauthenticated {
		t.Errorf("a second time: %v", err)
	}
}

func TestSignOnRefused(t *testing.T) {
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		do    func(p *provider)
		query func(url.Values)
		kind  wirechief.Kind
		says  string
	}{
		{name: "unknown", do: claim("email", "eve@acme.test"), kind: wirechief.Forbidden, says: "nobody here has the mail address eve@acme.test; an owner or admin can invite you"},
		{name: "a program", do: claim("email", "robot@acme.test"), kind: wirechief.Forbidden, says: "nobody here has"},
		{name: "the operator", do: claim("email", operator), kind: wirechief.Forbidden, says: "nobody here has"},
		{name: "unverified", do: claim("email_verified", false), kind: wirechief.Unauthenticated, says: "does not vouch for your mail address"},
		{name: "verified unsaid", do: claim("email_verified", nil), kind: wirechief.Unauthenticated, says: "does not vouch for your mail address"},
		{name: "no address", do: func(p *provider) {
			p.info = map[string]any{"sub": "ann-1"}
			claim("email", nil)(p)
		}, kind: wirechief.Unauthenticated, says: "does not say your mail address"},
		{name: "somebody else's address", do: func(p *provider) {
			p.info = map[string]any{"sub": "eve-1", "email": ann, "email_verified": true}
			claim("email", nil)(p)
		}, kind: wirechief.Unauthenticated, says: "does not say your mail address"},
		{name: "another client's token", do: claim("aud", "other"), kind: wirechief.Unauthenticated, says: "cannot be relied on"},
		{name: "another issuer's token", do: claim("iss", "https://evil.test"), kind: wirechief.Unauthenticated, says: "cannot be relied on"},
		{name: "an old token", do: claim("exp", 1000), kind: wirechief.Unauthenticated, says: "cannot be relied on"},
		{name: "another nonce", do: claim("nonce", "x"), kind: wirechief.Unauthenticated, says: "cannot be relied on"},
		{name: "no nonce", do: claim("nonce", nil), kind: wirechief.Unauthenticated, says: "cannot be relied on"},
		{name: "signed by a stranger", do: func(p *provider) { p.signer = stranger }, kind: wirechief.Unauthenticated, says: "cannot be relied on"},
		{name: "said no", query: func(q url.Values) { q.Set("error", "access_denied\n<b>") }, kind: wirechief.Unauthenticated, says: "did not let you in (access_denied <b>)"},
		{name: "no code", query: func(q url.Values) { q.Del("code") }, kind: wirechief.Unauthenticated, says: "did not let you in"},
		{name: "another code", query: func(q url.Values) { q.Set("code", "x") }, kind: wirechief.Unauthenticated, says: "did not confirm"},
		{name: "another state", query: func(q url.Values) { q.Set("state", "x") }, kind: wirechief.Invalid, says: "began in another browser"},
		{name: "no state", query: func(q url.Values) { q.Del("state") }, kind: wirechief.Invalid, says: "began in another browser"},
		{name: "too late", do: func(p *provider) { p.w.advance(flowLife + time.Second) }, kind: wirechief.Invalid, says: "took too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newSignOn(t)
			to, cookie, err := p.w.BeginOIDC(t.Context(), "/")
			if err != nil {
				t.Fatal(err)
			}
			query := p.authorize(to)
			if tt.do != nil {
				tt.do(p)
			}
			if tt.query != nil {
				tt.query(query)
			}
			_, _, err = p.w.FinishOIDC(t.Context(), cookie, query, desk, "")
			if wirechief.KindOf(err) != tt.kind || !strings.Contains(wirechief.MessageOf(err), tt.says) {
				t.Errorf("%v: %v", wirechief.KindOf(err), err)
			}
			if len(p.w.sessions) > 0 {
				t.Error("there is a session")
			}
			if err != nil && strings.Contains(err.Error(), "oidc-secret") {
				t.Error("the error shows the secret")
			}
		})
	}
}

func claim(name string, value any) func(*provider) {
	return func(p *provider) { p.change = func(claims map[string]any) { claims[name] = value } }
}

// TestSignOnFinds: other ways in which providers say who it is.
func TestSignOnFinds(t *testing.T) {
	for name, do := range map[string]func(p *provider){
		"verified in words": claim("email_verified", "true"),
		"by userinfo": func(p *provider) {
			p.info = map[string]any{"sub": "ann-1", "email": ann, "email_verified": true}
			claim("email", nil)(p)
		},
		"not verified, and not asked for": func(p *provider) {
			p.w.OIDC.Unverified = true
			claim("email_verified", nil)(p)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newSignOn(t)
			do(p)
			to, cookie, err := p.w.BeginOIDC(t.Context(), "//evil.test")
			if err != nil {
				t.Fatal(err)
			}
			if s, back, err := p.w.FinishOIDC(t.Context(), cookie, p.authorize(to), desk, ""); err != nil || s.Principal.Agent != 101 || back != "/" {
				t.Errorf("%+v, %s, %v", s, back, err)
			}
		})
	}
}

func TestNoProvider(t *testing.T) {
	w := newWorld(t)
	if _, _, err := w.BeginOIDC(t.Context(), "/"); wirechief.KindOf(err) != wirechief.NotOffered || w.OIDCName() != "" {
		t.Error(err)
	}
	p := newSignOn(t)
	p.Close()
	if _, _, err := p.w.BeginOIDC(t.Context(), "/"); wirechief.KindOf(err) != wirechief.Unavailable {
		t.Error(err)
	}
}

func FuzzUnseal(f *testing.F) {
	w := newWorld(f)
	for _, seed := range []string{"", "x", strings.Repeat("A", 100)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cookie string) {
		if _, ok := w.unseal(cookie); ok {
			t.Errorf("%q is taken", cookie)
		}
	})
}

func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/", "/inbox?x=1#a", "//evil.test", "/\\evil.test", "https://evil.test", "/%2f", ""} {
		f.Add(seed)
	}
	base, err := url.Parse("https://sms.test/signin/oidc/return")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got := localPath(path)
		u, err := base.Parse(got)
		if err != nil || u.Host != "sms.test" || u.Scheme != "https" || strings.ContainsAny(got, "\\\r\n") {
			t.Errorf("%q leads to %v, %v", path, u, err)
		}
	})
}
