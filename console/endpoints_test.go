package console_test

import (
	"bytes"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/webhook"
)

// told is a request that a program of the customer's got.
type told struct {
	header http.Header
	body   []byte
}

// listener is such a program.
func listener(t *testing.T) (url string, got <-chan told) {
	t.Helper()
	all := make(chan told, 16)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		all <- told{r.Header, body}
	}))
	t.Cleanup(s.Close)
	return s.URL, all
}

func receive(t *testing.T, got <-chan told) told {
	t.Helper()
	select {
	case r := <-got:
		return r
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came")
		return told{}
	}
}

// formTo gives the action of the first form that begins with something.
func formTo(p seen, prefix, suffix string) string {
	for _, f := range p.all(func(n *node) bool { return n.Data == "form" }) {
		if a := attr(f, "action"); strings.HasPrefix(a, prefix) && strings.HasSuffix(a, suffix) {
			return a
		}
	}
	return ""
}

func TestEndpointPages(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn("ann@acme.test", "ann-secret")
	at, got := listener(t)
	ann.get("/endpoints/new")
	refused(t, ann.post("/endpoints/new", "url", "", "enabled", "1"), http.StatusUnprocessableEntity, "url")
	refused(t, ann.post("/endpoints/new", "url", "javascript:alert(1)", "enabled", "1"), http.StatusUnprocessableEntity, "url")
	refused(t, ann.post("/endpoints/new", "url", "http://169.254.169.254/", "enabled", "1"), http.StatusUnprocessableEntity, "url")
	refused(t, ann.post("/endpoints/new", "url", at, "description", strings.Repeat("x", 5000)), http.StatusUnprocessableEntity, "description")
	refused(t, ann.post("/endpoints/new", "url", at, "events", "moon"), http.StatusUnprocessableEntity, "events")
	took(t, ann.post("/endpoints/new", "url", at+"/own?key=hush", "description", "CRM "+evil, "enabled", "1", "events", webhook.Received), "/webhooks", "Saved.")
	p := ann.get("/webhooks")
	test := formTo(p, "/endpoints/", "/test")
	one := strings.TrimSuffix(test, "/test")
	if test == "" || !strings.Contains(p.body, "key=hush") || !strings.Contains(p.text(), webhook.Received) {
		t.Fatalf("the endpoint is not in the list: %s", p.text())
	}
	if p = ann.post(test); !strings.HasPrefix(p.path, "/webhooks/log/") || p.status != http.StatusOK {
		t.Errorf("a test ends at %s with %d", p.path, p.status)
	}
	if r := receive(t, got); !bytes.Contains(r.body, []byte(webhook.Test)) {
		t.Errorf("the test is %s", r.body)
	}
	h.text("+14155551212", "+13109060902", "Hello")
	if r := receive(t, got); !bytes.Contains(r.body, []byte(`"Hello"`)) || r.header.Get(webhook.HeaderID) != "" {
		t.Errorf("it is told %s, %v", r.body, r.header)
	}
	p = ann.get(one)
	took(t, p, one, "Endpoint")
	for _, fault := range p.faults() {
		t.Error(fault)
	}

	max := h.signIn("max@other.test", "max-secret")
	max.get("/endpoints/new")
	for _, p := range []seen{max.get(one), max.post(one, "url", at), max.post(test), max.post(one + "/delete")} {
		if p.status != http.StatusNotFound {
			t.Errorf("another tenant's endpoint: %s answers %d", p.path, p.status)
		}
	}
	for _, who := range []string{"bob", "eve"} {
		b := h.signIn(who+"@acme.test", who+"-secret")
		b.get("/webhooks")
		for _, p := range []seen{b.get("/endpoints/new"), b.get(one), b.post("/endpoints/new", "url", at), b.post(one, "url", at), b.post(test), b.post(one + "/delete"), b.post("/signing", "destination", at)} {
			if p.status != http.StatusForbidden {
				t.Errorf("%s: %s answers %d", who, p.path, p.status)
			}
		}
	}
	took(t, ann.post(one, "url", at+"/own", "description", ""), "/webhooks", "off")
	took(t, ann.post(one+"/delete"), "/webhooks", "The endpoint is gone")
}

// A secret is shown once and then nowhere; what is sent is signed with it, and
// the snippet beside it says so.
func TestSigningPages(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn("ann@acme.test", "ann-secret")
	at, got := listener(t)
	ann.get("/endpoints/new")
	took(t, ann.post("/endpoints/new", "url", at, "enabled", "1"), "/webhooks", "Saved.")
	p := ann.post("/signing", "destination", at)
	took(t, p, "/signing", "Your new secret")
	first := text(p.byID("secret"))
	_, snippet, _ := strings.Cut(p.body, `<pre id="verify" tabindex="0">`)
	snippet, _, _ = strings.Cut(snippet, "</pre>")
	snippet = html.UnescapeString(snippet)
	for _, fault := range p.faults() {
		t.Error(fault)
	}
	if !strings.HasPrefix(first, webhook.Prefix) || p.header.Get("Cache-Control") != "no-store" || strings.Contains(strings.Join(p.header.Values("Set-Cookie"), " "), first) {
		t.Fatalf("the secret is %q", first)
	}
	if p := ann.post("/signing", "destination", at); p.status != http.StatusConflict {
		t.Errorf("a second secret is answered with %d", p.status)
	}
	if p := ann.post("/signing", "destination", "http://169.254.169.254/"); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a forbidden destination is answered with %d", p.status)
	}
	p = ann.get("/webhooks")
	rotate, remove, test := formTo(p, "/signing/", "/rotate"), formTo(p, "/signing/", "/remove"), formTo(p, "/endpoints/", "/test")
	ann.post(test)
	r := receive(t, got)
	if err := webhook.Verify(wirechief.Secret(first), r.header, r.body, time.Now()); err != nil {
		t.Error(err)
	}
	for body, want := range map[string]string{string(r.body): "genuine\n", string(r.body) + " ": "forged\n"} {
		if out := runSnippet(t, snippet, first, r.header, body); out != want {
			t.Errorf("the snippet says %q, want %q", out, want)
		}
	}

	max := h.signIn("max@other.test", "max-secret")
	max.get("/webhooks")
	eve := h.signIn("eve@acme.test", "eve-secret")
	eve.get("/webhooks")
	for _, form := range []string{rotate, remove} {
		if p := max.post(form); p.status != http.StatusNotFound {
			t.Errorf("another tenant: %s answers %d", form, p.status)
		}
		if p := eve.post(form); p.status != http.StatusForbidden {
			t.Errorf("a viewer: %s answers %d", form, p.status)
		}
	}
	if p := eve.get("/webhooks"); !strings.Contains(p.text(), "signed") || strings.Contains(p.body, first[len(first)-4:]) {
		t.Errorf("a viewer sees %s", p.text())
	}

	p = ann.post(rotate)
	second := text(p.byID("secret"))
	if second == first || !strings.Contains(p.text(), "signs beside it until") {
		t.Fatalf("after the rotation: %s", p.text())
	}
	ann.post(test)
	r = receive(t, got)
	for _, s := range []string{first, second} {
		if err := webhook.Verify(wirechief.Secret(s), r.header, r.body, time.Now()); err != nil {
			t.Errorf("while two are live: %v", err)
		}
	}
	if p := ann.post(rotate); p.status != http.StatusConflict {
		t.Errorf("a third secret is answered with %d", p.status)
	}
	p = ann.post(rotate, "now", "1")
	third := text(p.byID("secret"))
	ann.post(test)
	r = receive(t, got)
	if webhook.Verify(wirechief.Secret(second), r.header, r.body, time.Now()) == nil || webhook.Verify(wirechief.Secret(third), r.header, r.body, time.Now()) != nil {
		t.Error("after a rotation at once the wrong secret signs")
	}
	paths := []string{"/webhooks", "/webhooks/log", "/settings/audit", "/settings/audit/export.csv", "/settings/keys", "/settings/overview"}
	for _, a := range ann.get("/webhooks/log").all(func(n *node) bool { return n.Data == "a" && strings.HasPrefix(attr(n, "href"), "/webhooks/log/") }) {
		paths = append(paths, attr(a, "href"))
	}
	for _, path := range paths {
		body := ann.get(path).body
		for _, s := range []string{first, second, third} {
			if strings.Contains(body, strings.TrimPrefix(s, webhook.Prefix)) {
				t.Errorf("%s shows a secret", path)
			}
		}
	}
	took(t, ann.post(remove), "/webhooks", "The secret is removed")
	ann.post(test)
	if r := receive(t, got); r.header.Get(webhook.HeaderSignature) != "" {
		t.Error("signed without a secret")
	}
}

// runSnippet does in a shell what the page says.
func runSnippet(t *testing.T, snippet, secret string, header http.Header, body string) string {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if _, missing := exec.LookPath("openssl"); err != nil || missing != nil {
		t.Skip("there is no shell or no openssl")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "body"), []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), sh, "-c", snippet)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SECRET="+secret, "ID="+header.Get(webhook.HeaderID), "TIMESTAMP="+header.Get(webhook.HeaderTimestamp), "SIGNATURE="+header.Get(webhook.HeaderSignature))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
	return string(out)
}

// Whoever may not configure sees where things go, and nothing of the secrets
// that stand in URLs; the bodies stay.
func TestURLsAreShownBare(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn("ann@acme.test", "ann-secret")
	at, got := listener(t)
	with := func(path string) string {
		return strings.Replace(at, "http://", "http://user:hush1@", 1) + path + "?token=hush2"
	}
	ann.get("/webhooks/new")
	took(t, ann.post("/webhooks/new", "name", "Default", "url", with("/hook"), "method", "POST", "dlr", "1"), "/webhooks", "Saved.")
	took(t, ann.post("/endpoints/new", "url", with("/own"), "enabled", "1"), "/webhooks", "Saved.")
	ann.post("/numbers/+13109060901", "name", "Front desk", "webhook", "Default")
	if p := ann.post("/numbers/+13109060901/forward", "type", "http", "destination", with("/forward"), "method", "POST", "enabled", "1"); p.status != http.StatusOK {
		t.Fatalf("the forward is answered with %d: %s", p.status, p.text())
	}
	h.text("+14155551212", "+13109060901", "Hello there")
	for range 3 {
		receive(t, got)
	}
	ann.eventually("/webhooks/log", "200")
	message := ""
	for _, a := range ann.get("/messages").all(func(n *node) bool { return n.Data == "a" && strings.HasPrefix(attr(n, "href"), "/messages/") }) {
		message = attr(a, "href")
	}
	paths := []string{"/webhooks", "/webhooks/log", "/numbers/%2B13109060901", message}
	links := regexp.MustCompile(`"(/webhooks/log/\d+)"`).FindAllStringSubmatch(ann.get("/webhooks/log").body, -1)
	for _, l := range links {
		paths = append(paths, l[1])
	}
	for _, path := range paths {
		if p := ann.get(path); !strings.Contains(p.body, "hush2") {
			t.Errorf("%s does not show the owner whole URLs", path)
		}
		for _, who := range []string{"bob", "eve"} {
			p := h.signIn(who+"@acme.test", who+"-secret").get(path)
			if p.status != http.StatusOK || strings.Contains(p.body, "hush") || !strings.Contains(p.body, strings.TrimPrefix(at, "http://")) {
				t.Errorf("%s as %s answers %d and shows %s", path, who, p.status, p.body)
			}
			if strings.HasPrefix(path, "/webhooks/log/") && !strings.Contains(p.text(), "Hello") {
				t.Errorf("%s as %s lacks the body", path, who)
			}
		}
	}
	for who, whole := range map[string]bool{"ann": true, "eve": false} {
		b := h.signIn(who+"@acme.test", who+"-secret")
		stream, next := b.listen(t, "log")
		h.text("+14155551212", "+13109060901", "Hello again")
		if told := next(at[len("http://"):]); strings.Contains(told, "hush2") != whole {
			t.Errorf("%s is told %s", who, told)
		}
		stream.Close()
	}
}

// A picture's URL is judged when it is sent; what was typed stays.
func TestPictureOfAText(t *testing.T) {
	h := newHouse(t)
	bob := h.signIn("bob@acme.test", "bob-secret")
	bob.get("/inbox/new")
	h.text("+14155551212", "+13109060901", "Hello there")
	thread := ""
	for _, a := range bob.eventually("/inbox", "Hello there").all(func(n *node) bool {
		return n.Data == "a" && regexp.MustCompile(`^/inbox/\d+`).MatchString(attr(n, "href"))
	}) {
		thread = attr(a, "href")
	}
	thread, _, _ = strings.Cut(thread, "?")
	for _, url := range []string{"http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "javascript:alert(1)", "//evil.test/x.png", "http://10.0.0.1/x.png", evil} {
		for path, fields := range map[string][]string{
			thread + "/reply": {"text", "my draft", "media", url, "key", "k1"},
			"/inbox/new":      {"from", "+13109060901", "to", "+14155551212", "text", "my draft", "media", url, "key", "k2"},
		} {
			p := bob.post(path, fields...)
			refused(t, p, http.StatusUnprocessableEntity, "media")
			if !strings.Contains(p.text(), "my draft") {
				t.Errorf("%s with %s has lost the draft", path, url)
			}
			if strings.Contains(p.body, "<script>alert") {
				t.Errorf("%s lets an evil text through", path)
			}
		}
	}
}
