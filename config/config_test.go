package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/config"
)

// guide is the file of the operator guide, less what is not offered yet.
const guide = `
data_dir: ./wirechief-data
database: sqlite
http:
  listen: 127.0.0.1:8080
  public_url: http://127.0.0.1:8080
  tls: {cert: "", key: ""}
observe: {listen: 127.0.0.1:9464}
log: {level: info, format: text}     # text | json
admin: {email: admin@example.test, password: change-me, token: ""}
egress:
  allow: [127.0.0.1/32:2790]
  dns: ""
  ca_file: ""
delivery:
  timeout: ""
  schedule: []
smtp: {host: "", port: 25, username: "", password: "", tls: starttls, from: no-reply@example.test}
carriers:
  - name: main
    type: smpp
    address: 127.0.0.1:2775
    password: secret
    bind: transmitter+receiver
    enquire_link: 30s
    window: 64
    tls: false
  - name: upstream
    type: bulkvs
    url: https://portal.example.test/api/v1.0
    username: ""
    password: ""
  - name: sim
    type: sim
routes:
  - {prefix: "+1", carriers: [main, upstream]}
  - {prefix: "", carriers: [main]}
numbers: {reservation: 30m, aging: 720h}
messages: {validity: 24h, join: 10m}
speech: {synthesis_url: "", transcription_url: "", key: ""}
oidc: {issuer: "", client_id: "", client_secret: "", name: "", require_verified_email: true}
state: ./state.yaml
`

// file writes the text where Load finds it.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "wirechief.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func environment(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}
}

func TestTheGuidesFile(t *testing.T) {
	path := file(t, guide)
	c, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(path)
	if c.File != path || c.DataDir != filepath.Join(folder, "wirechief-data") || c.State != filepath.Join(folder, "state.yaml") {
		t.Errorf("paths are not relative to the file: %q, %q, %q", c.File, c.DataDir, c.State)
	}
	if c.Egress.CAFile != "" {
		t.Errorf("an empty path became %q", c.Egress.CAFile)
	}
	if c.Admin.Password.Reveal() != "change-me" || c.Messages.Validity != 24*time.Hour || c.Numbers.Aging != 720*time.Hour {
		t.Errorf("values are wrong: %+v", c)
	}
	want := []config.Route{{Prefix: "+1", Carriers: []string{"main", "upstream"}}, {Prefix: "", Carriers: []string{"main"}}}
	if diff := cmp.Diff(want, c.Routes); diff != "" {
		t.Error(diff)
	}
	if len(c.Carriers) != 3 || c.Carriers[0].Name != "main" || c.Carriers[0].Type != "smpp" || c.Carriers[2].Name != "sim" {
		t.Errorf("carriers: %+v", c.Carriers)
	}
}

func TestOrderOfSources(t *testing.T) {
	path := file(t, "http: {listen: '127.0.0.1:1001', public_url: 'http://file.example.test'}\nlog: {level: warn}\n")
	env := environment(map[string]string{
		"WIRECHIEF_HTTP_LISTEN":       "127.0.0.1:1002",
		"WIRECHIEF_HTTP_PUBLIC_URL":   "http://env.example.test",
		"WIRECHIEF_LOG_FORMAT":        "json",
		"WIRECHIEF_LOG_LEVEL":         "", // as not set
		"WIRECHIEF_EGRESS_ALLOW":      "10.0.0.0/8, 127.0.0.1/32:2790",
		"WIRECHIEF_DELIVERY_SCHEDULE": "0s,1s",
		"WIRECHIEF_ADMIN_TOKEN":       "from-the-environment",
		"WIRECHIEF_SMTP_PORT":         "587",
		"WIRECHIEF_MAIL_LISTEN":       "127.0.0.1:2525",
		"WIRECHIEF_MAIL_DOMAIN":       "in.example.test",
		"WIRECHIEF_DATA_DIR":          "here",
		"WIRECHIEF_PORT_8080_TCP":     "an orchestrator's own",
	})
	c, err := config.Load(path, env, config.Override{Flag: "--listen", Key: "http.listen", Value: "127.0.0.1:1003"})
	if err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs("here")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct{ what, got, want any }{
		{"flag over environment", c.HTTP.Listen, "127.0.0.1:1003"},
		{"environment over file", c.HTTP.PublicURL, "http://env.example.test"},
		{"file over default", c.Log.Level, "warn"},
		{"environment over default", c.Log.Format, "json"},
		{"default", c.Observe.Listen, "127.0.0.1:9464"},
		{"number", c.SMTP.Port, 587},
		{"mail", c.Mail.Listen + " " + c.Mail.Domain, "127.0.0.1:2525 in.example.test"},
		{"secret", c.Admin.Token.Reveal(), "from-the-environment"},
		{"path in a variable", c.DataDir, here},
		{"list", strings.Join(c.Egress.Allow, " "), "10.0.0.0/8 127.0.0.1/32:2790"},
		{"list of time spans", len(c.Delivery.Schedule), 2},
	} {
		if v.got != v.want {
			t.Errorf("%s: got %v, want %v", v.what, v.got, v.want)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"unknown key", "htp: {}\n", "FILE:1: htp: unknown key; did you mean http?"},
		{"unknown key inside", "http:\n  listen: :80\n  hots: x\n", "FILE:3: http.hots: unknown key"},
		{"not YAML", "http: [\n", "FILE:1: not YAML"},
		{"postgres", "\ndatabase: postgres://u:hunter2@h/db\n", "FILE:2: database: PostgreSQL is not built in yet; use database: sqlite"},
		{"other database", "database: mysql\n", "FILE:1: database: it is sqlite"},
		{"listen", "http: {listen: nowhere}\n", `FILE:1: http.listen: "nowhere" is not host:port`},
		{"port", "http: {listen: 'a:99999'}\n", `FILE:1: http.listen: "a:99999" is not host:port`},
		{"same listener twice", "http: {listen: ':80'}\nobserve: {listen: ':80'}\n", "FILE:2: observe.listen: it is the same address"},
		{"a sender", "smtp: {senders: [example.test, 'a@b.test']}\n", "FILE:1: smtp.senders[1]: \"a@b.test\" is not a domain in ASCII, such as example.test"},
		{"a proxy", "http: {trusted_proxies: [10.0.0.0/8, '::1', proxy.example.test]}\n", "FILE:1: http.trusted_proxies[2]: \"proxy.example.test\" is not a network of proxies; write one such as 10.1.0.0/16, or an address"},
		{"everybody a proxy", "http: {trusted_proxies: [0.0.0.0/0]}\n", "FILE:1: http.trusted_proxies[0]: \"0.0.0.0/0\" is not a network of proxies; write one such as 10.1.0.0/16, or an address"},
		{"public url", "http: {public_url: 'ftp://x'}\n", "FILE:1: http.public_url: it is not a URL"},
		{"key without certificate", "http:\n  tls:\n    key: k.pem\n", "FILE:2: http.tls.cert: it is needed beside"},
		{"level", "log: {level: loud}\n", `FILE:1: log.level: "loud" is not known; allowed: debug, info, warn, error`},
		{"mail", "admin: {email: nobody}\n", "FILE:1: admin.email"},
		{"short token", "admin: {token: abc}\n", "FILE:1: admin.token: a token has at least 8"},
		{"single sign-on", "oidc: {issuer: 'login.test', client_id: a}\n", "FILE:1: oidc.issuer: it is not a URL"},
		{"single sign-on without client", "oidc: {issuer: 'https://login.test'}\n", "FILE:1: oidc.client_id: it is needed"},
		{"single sign-on without issuer", "oidc:\n  client_id: a\n", "oidc.issuer: it is needed beside oidc.client_id"},
		{"name of single sign-on", "oidc: {name: \"a\\nb\"}\n", "FILE:1: oidc.name: a name has"},
		{"bool of single sign-on", "oidc: {require_verified_email: maybe}\n", "FILE:1: oidc.require_verified_email"},
		{"network", "egress:\n  allow:\n    - 10.0.0.0/8\n    - 10.0.0.1\n", `FILE:4: egress.allow[1]: "10.0.0.1" is not a network`},
		{"network's port", "egress: {allow: ['10.0.0.1/32:0']}\n", "has no port from 1"},
		{"network's host bits", "egress: {allow: [10.0.0.1/8]}\n", "has bits set behind its mask"},
		{"schedule", "delivery: {schedule: [0s, -1s]}\n", "FILE:1: delivery.schedule[1]"},
		{"time span", "messages: {validity: 1}\n", `FILE:1: messages.validity: "1" is not a time span`},
		{"range", "messages: {validity: 0s}\n", "FILE:1: messages.validity: 0s is out of range"},
		{"smtp tls", "smtp: {tls: maybe}\n", "FILE:1: smtp.tls"},
		{"mail without domain", "mail:\n  listen: :25\n", "FILE:1: mail.domain: it is needed beside mail.listen"},
		{"mail on http", "http: {listen: ':80'}\nmail: {listen: ':80', domain: a.test}\n", "FILE:2: mail.listen: it is the same address"},
		{"mail address", "mail: {listen: nowhere, domain: a.test}\n", "FILE:1: mail.listen: \"nowhere\" is not host:port"},
		{"mail domain", "mail: {listen: ':25', domain: 'a b'}\n", "FILE:1: mail.domain: \"a b\" is not a domain"},
		{"carrier without name", "carriers:\n  - type: sim\n", "FILE:2: carriers[0].name: a carrier needs a name"},
		{"carrier twice", "carriers:\n  - {name: a, type: sim}\n  - {name: a, type: sim}\n", "FILE:3: carriers[1].name: there is another carrier a in line 2"},
		{"carrier of a later issue", "carriers:\n  - name: trunk\n    type: sip\n    rtp_ports: 1-2\n", "FILE:3: carriers[0].type: type sip is not offered yet; offered: bulkvs, sim, smpp"},
		{"route to nowhere", "carriers: [{name: a, type: sim}]\nroutes:\n  - {prefix: '', carriers: [a, b]}\n", `FILE:3: routes[0].carriers[1]: there is no carrier "b"`},
		{"route without carriers", "routes:\n  - prefix: '+1'\n", "FILE:2: routes[0].carriers: a route needs"},
		{"prefix", "routes:\n  - {prefix: 1-800, carriers: [a]}\n", "FILE:2: routes[0].prefix"},
		{"two documents", "log: {}\n---\nlog: {}\n", "FILE:3: a second document"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := file(t, tt.text)
			_, err := config.Load(path, nil)
			want := strings.ReplaceAll(tt.want, "FILE", path)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error holds a secret: %v", err)
			}
		})
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	path := file(t, "log: {level: loud}\nsmtp: {port: 0}\ndatabase: x\n")
	_, err := config.Load(path, environment(map[string]string{"WIRECHIEF_LOG_FORMAT": "xml"}))
	if err == nil {
		t.Fatal("nothing was found")
	}
	lines := strings.Split(err.Error(), "\n")
	for i, want := range []string{"WIRECHIEF_LOG_FORMAT: log.format: ", path + ":1: ", path + ":2: ", path + ":3: "} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
			t.Fatalf("line %d does not begin with %q:\n%v", i+1, want, err)
		}
	}
}

func TestMissingFile(t *testing.T) {
	_, err := config.Load("no-such-file.yaml", nil)
	if err == nil || err.Error() != "no-such-file.yaml: the file cannot be read: no such file or directory" {
		t.Errorf("got %v", err)
	}
}

func TestUnknownOverride(t *testing.T) {
	_, err := config.Load("", nil, config.Override{Flag: "--set", Key: "carriers", Value: "x"})
	if err == nil || !strings.Contains(err.Error(), "there is no key carriers") {
		t.Errorf("got %v", err)
	}
}

// link stands for the configuration struct of a carrier's package.
type link struct {
	Address  string           `yaml:"address"`
	Password wirechief.Secret `yaml:"password"`
	Window   int              `yaml:"window"`
}

func (l link) Validate() error {
	if l.Window < 1 {
		return wirechief.InvalidField("window", "window: %d is out of range: 1 and more", l.Window)
	}
	return nil
}

func TestCarrierDecode(t *testing.T) {
	path := file(t, `carriers:
  - {name: a, type: smpp, address: '127.0.0.1:2775', password: hunter2}
  - name: b
    type: smpp
    window: 0
  - name: c
    type: smpp
    port: 1
    window: x
`)
	c, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := link{Window: 64}
	if err := c.Carriers[0].Decode(&got); err != nil {
		t.Fatal(err)
	}
	if want := (link{"127.0.0.1:2775", "hunter2", 64}); got != want {
		t.Errorf("got %#v", got)
	}
	err = c.Carriers[1].Decode(&link{Window: 64})
	if want := path + ":5: carriers[1].window: 0 is out of range: 1 and more"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	err = c.Carriers[2].Decode(&link{Window: 64})
	want := path + ":8: carriers[2].port: unknown key; known here: address, password, window\n" +
		path + `:9: carriers[2].window: "x" is not a whole number`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}

	var summary strings.Builder
	if err := c.Summary(&summary); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(summary.String(), "window: 64") || !strings.Contains(summary.String(), "password: set") {
		t.Errorf("the summary lacks what the carrier was decoded into:\n%s", &summary)
	}
	if strings.Contains(summary.String(), "hunter2") {
		t.Errorf("the summary holds a secret:\n%s", &summary)
	}
}

func TestSummaryBeforeCarriersAreDecoded(t *testing.T) {
	c, err := config.Load(file(t, guide), nil)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := c.Summary(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"password: set", "token: not set", "validity: 24h\n", "name: main", "address: 127.0.0.1:2775", "bind: transmitter+receiver",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("there is no %q", want)
		}
	}
	if strings.Contains(b.String(), "change-me") || strings.Contains(b.String(), "password: secret") {
		t.Error("a secret is printed")
	}
	if t.Failed() {
		t.Log(b.String())
	}
}

// TestKeys holds the names that users' scripts rely on.
func TestKeys(t *testing.T) {
	want := []string{
		"admin.email", "admin.password", "admin.token", "data_dir", "database", "delivery.schedule", "delivery.timeout",
		"egress.allow", "egress.ca_file", "egress.dns", "http.listen", "http.public_url", "http.tls.cert", "http.tls.key", "http.trusted_proxies",
		"log.format", "log.level", "mail.domain", "mail.listen", "messages.join", "messages.validity", "numbers.aging", "numbers.reservation", "observe.listen",
		"oidc.client_id", "oidc.client_secret", "oidc.issuer", "oidc.name", "oidc.require_verified_email",
		"smtp.from", "smtp.host", "smtp.password", "smtp.port", "smtp.senders", "smtp.tls", "smtp.username",
		"speech.key", "speech.synthesis_url", "speech.transcription_url", "state",
	}
	if diff := cmp.Diff(want, config.Keys()); diff != "" {
		t.Error(diff)
	}
	if got := config.Variable("http.tls.cert"); got != "WIRECHIEF_HTTP_TLS_CERT" {
		t.Errorf("got %s", got)
	}
}
