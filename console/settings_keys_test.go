package console_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// try does what a command with curl says: its words are quoted as for a shell.
func try(t *testing.T, command string) (int, string) {
	t.Helper()
	words := strings.Split(command, "'") // every second is quoted
	if len(words) != 5 || !strings.HasPrefix(words[0], "curl ") {
		t.Fatalf("the command is %q", command)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, words[3], nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(words[0], "-u ") {
		user, password, _ := strings.Cut(words[1], ":")
		req.SetBasicAuth(user, password)
	} else {
		name, value, _ := strings.Cut(words[1], ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// makeKey makes a key and gives the page that shows its secret.
func makeKey(t *testing.T, b *browser, label, dialect string, scopes ...string) (p seen, secret string) {
	t.Helper()
	fields := []string{"label", label, "dialect", dialect}
	for _, s := range scopes {
		fields = append(fields, "scopes", s)
	}
	b.get("/settings/keys/new")
	p = b.post("/settings/keys/new", fields...)
	if secret = text(p.byID("secret")); p.status != http.StatusOK || secret == "" {
		t.Fatalf("a key of %s is answered with %d: %s", dialect, p.status, p.text())
	}
	for _, fault := range p.faults() {
		t.Errorf("%s: %s", dialect, fault)
	}
	return p, secret
}

// revoke gives the form of the only key of a label.
func revoke(p seen, label string) string {
	for _, f := range p.all(func(n *node) bool { return n.Data == "form" && strings.HasSuffix(attr(n, "action"), "/revoke") }) {
		if strings.Contains(text(f), label) {
			return attr(f, "action")
		}
	}
	return ""
}

// With a person the keys that they made end, as the page says that removes them.
func TestKeysOfRemoved(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn("ann@acme.test", "ann-secret")
	ann.get("/settings/team/102")
	ann.post("/settings/team/102", "email", "bob@acme.test", "name", "Bob", "role", "admin", "door", "keep")
	_, secret := makeKey(t, h.signIn("bob@acme.test", "bob-secret"), "Bob's shop", "wirechief", "read")
	ask := func() int {
		req, err := http.NewRequest(http.MethodGet, h.URL()+"/wirechief/v1/numbers", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer http.DefaultClient.CloseIdleConnections()
		defer resp.Body.Close()
		return resp.StatusCode
	}
	if status := ask(); status != http.StatusOK {
		t.Fatalf("the key is answered with %d", status)
	}
	if p := ann.get("/settings/team/102"); !strings.Contains(p.text(), "so do the API keys that they made") {
		t.Errorf("the page does not say it: %s", p.text())
	}
	took(t, ann.post("/settings/team/102/remove"), "/settings/team", "and the API keys that they made")
	if status := ask(); status != http.StatusUnauthorized {
		t.Errorf("the key of somebody removed is answered with %d", status)
	}
}

// A secret is shown once and then nowhere, the command beside it works, and a
// key that is revoked lets nobody in.
func TestKeys(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn("ann@acme.test", "ann-secret")
	ann.get("/settings/keys/new")
	refused(t, ann.post("/settings/keys/new", "label", "", "dialect", "bulkvs"), http.StatusUnprocessableEntity, "label")
	refused(t, ann.post("/settings/keys/new", "label", "x", "dialect", "wirechief"), http.StatusUnprocessableEntity, "scopes")
	refused(t, ann.post("/settings/keys/new", "label", "x", "dialect", "wirechief", "scopes", "moon"), http.StatusUnprocessableEntity, "scopes")
	refused(t, ann.post("/settings/keys/new", "label", "x", "dialect", "bulkvs", "expires_at", "2001-01-01"), http.StatusUnprocessableEntity, "expires_at")
	refused(t, ann.post("/settings/keys/new", "label", "x", "dialect", "bulkvs", "expires_at", "tomorrow"), http.StatusUnprocessableEntity, "expires_at")
	if p := ann.post("/settings/keys/new", "label", "x", "dialect", "morse"); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text(), "is not an API") {
		t.Errorf("an unknown API is answered with %d: %s", p.status, p.text())
	}

	var secrets []string
	for _, tt := range []struct {
		label, dialect string
		scopes         []string
	}{
		{"own all", "wirechief", []string{"all"}},
		{"own read", "wirechief", []string{"read", "send"}},
		{"own send", "wirechief", []string{"send"}},
		{"own manage", "wirechief", []string{"manage"}},
		{"bulk vs", "bulkvs", []string{"read"}},
		{"fone dynamics", "fonedynamics", nil},
		{"message 2 give", "message2give", nil},
		{"zendesk talk", "zendesk", nil},
	} {
		p, secret := makeKey(t, ann, tt.label, tt.dialect, tt.scopes...)
		secrets = append(secrets, secret)
		if strings.Contains(p.path, secret) || strings.Contains(strings.Join(p.header.Values("Set-Cookie"), " "), secret) || p.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the secret is in an address, a cookie or a cache", tt.label)
		}
		command := text(p.byID("try"))
		if status, body := try(t, command); status != http.StatusOK {
			t.Errorf("%s: %s is answered with %d: %s", tt.label, command, status, body)
		}
		form := revoke(ann.get("/settings/keys"), tt.label)
		if form == "" {
			t.Errorf("%s is not in the list", tt.label)
			continue
		}
		max := h.signIn("max@other.test", "max-secret")
		max.get("/settings/keys")
		if p := max.post(form); p.status != http.StatusNotFound {
			t.Errorf("another tenant's key is revoked with %d", p.status)
		}
		took(t, ann.post(form), "/settings/keys", "The key is revoked")
		if status, _ := try(t, command); status != http.StatusUnauthorized {
			t.Errorf("%s: after it was revoked it is answered with %d", tt.label, status)
		}
	}
	p, secret := makeKey(t, ann, evil, "wirechief", "read")
	took(t, p, "/settings/keys/new", "Your new key")
	secrets = append(secrets, secret)
	for _, path := range []string{"/settings/keys", "/settings/keys/new", "/settings/audit", "/settings/audit?action=credential", "/settings/audit/export.csv", "/settings/overview"} {
		p := ann.get(path)
		if p.root != nil {
			took(t, p, path, "")
		}
		for _, s := range secrets {
			if strings.Contains(p.body, s) {
				t.Errorf("%s shows a secret", path)
			}
		}
	}
}

func TestAuditLog(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn("ann@acme.test", "ann-secret")
	ann.get("/settings/templates/new")
	for range 30 {
		ann.post("/settings/compliance", "name", "Acme one")
		ann.post("/settings/compliance", "name", "=cmd|'/c calc'!A1")
	}
	ann.post("/settings/compliance", "name", "Acme "+evil)
	p := ann.get("/settings/audit?action=tenant&who=Ann&subject=acme")
	took(t, p, "/settings/audit?action=tenant&who=Ann&subject=acme", "tenant.put")
	rows := func(p seen) int {
		return len(p.all(func(n *node) bool { return n.Data == "tr" && strings.HasPrefix(attr(n, "id"), "a") }))
	}
	if rows(p) != 50 || !strings.Contains(p.text(), "Acme one") {
		t.Errorf("the first page has %d rows: %s", rows(p), p.text())
	}
	older := ""
	for _, a := range p.all(func(n *node) bool { return n.Data == "a" && text(n) == "Older" }) {
		older = attr(a, "href")
	}
	if n := rows(ann.get(older)); n != 11 {
		t.Errorf("the second page has %d rows", n)
	}
	for query, want := range map[string]int{
		"action=tenant.put&from=2001-01-01&to=2001-01-02": 0, "who=nobody": 0, "subject=other": 0, "action=ten": 0,
		"action=tenant&from=2001-01-01": 50, "action=signin": 1, "action=signin&who=aN": 1, "action=signin&who=ann%40ACME": 1, "action=tenant&subject=CM": 50,
	} {
		if n := rows(ann.get("/settings/audit?" + query)); n != want {
			t.Errorf("%s finds %d, want %d", query, n, want)
		}
	}
	refused(t, ann.get("/settings/audit?from=yesterday"), http.StatusUnprocessableEntity, "from")
	refused(t, ann.get("/settings/audit?to="+url.QueryEscape(evil)), http.StatusUnprocessableEntity, "to")
	p = ann.get("/settings/audit/export.csv?action=tenant&who=Ann")
	if n := strings.Count(p.body, "tenant.put"); n != 61 || strings.Contains(p.body, ",=cmd") || !strings.Contains(p.body, "'=cmd") {
		t.Errorf("the export has %d entries: %s", n, p.body)
	}
	max := h.signIn("max@other.test", "max-secret")
	if p := max.get("/settings/audit?subject=acme"); rows(p) != 0 {
		t.Errorf("another tenant's log is shown: %s", p.text())
	}
	if p := max.get("/settings/audit?house=1"); strings.Contains(p.text(), "acme") || strings.Contains(p.text(), "Of the installation") {
		t.Errorf("the installation's log is shown to a tenant: %s", p.text())
	}
	admin := h.signIn("admin@example.test", "admin-secret")
	if p := admin.get("/settings/audit?house=1"); p.status != http.StatusOK || !strings.Contains(p.text(), "Of the installation") {
		t.Errorf("the operator's log answers %d: %s", p.status, p.text())
	}
}

// Where somebody is goes through the record of the agent, so that it is one
// thing here and for clients of Zendesk.
func TestPresence(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn("ann@acme.test", "ann-secret")
	p, secret := makeKey(t, ann, "talk", "zendesk")
	login := url.UserPassword(text(p.byID("user"))+"/token", secret)
	availability := func(method, body string) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, h.URL()+"/api/v2/channels/voice/availabilities/102.json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		password, _ := login.Password()
		req.SetBasicAuth(login.Username(), password)
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer http.DefaultClient.CloseIdleConnections()
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("Zendesk answers %d: %s", resp.StatusCode, b)
		}
		return string(b)
	}
	bob := h.signIn("bob@acme.test", "bob-secret")
	if s := text(bob.get("/contacts").byID("presence")); !strings.Contains(s, "Offline no console is open") {
		t.Errorf("before a word it is %q", s)
	}
	for _, state := range []string{"online", "away", "offline"} {
		if p := bob.post("/presence", "state", state, "back", "/contacts"); p.path != "/contacts" || p.status != http.StatusOK {
			t.Errorf("%s ends at %s with %d", state, p.path, p.status)
		}
		if got := availability(http.MethodGet, ""); !strings.Contains(got, `"agent_state":"`+state+`"`) {
			t.Errorf("%s is %s for Zendesk", state, got)
		}
	}
	for _, bad := range []string{"", "dancing"} {
		if p := bob.post("/presence", "state", bad); p.status != http.StatusUnprocessableEntity {
			t.Errorf("%q is answered with %d", bad, p.status)
		}
	}
	if p := bob.post("/presence", "state", "away", "back", "https://evil.test/"); !strings.HasPrefix(p.path, "/settings") {
		t.Errorf("it leads away to %s", p.path)
	}

	// With a console open, what is said counts, and the change is told.
	stream, next := bob.listen(t, "presence:102")
	defer stream.Close()
	next("Away")
	availability(http.MethodPut, `{"availability":{"agent_state":"transfers_only"}}`)
	next("Transfers only")
	availability(http.MethodPut, `{"availability":{"agent_state":"online"}}`)
	next("Online")
	if s := text(bob.get("/contacts").byID("presence")); !strings.HasPrefix(s, "Online Say") {
		t.Errorf("with a console open it is %q", s)
	}
	if p := ann.get("/settings/team"); !strings.HasPrefix(text(p.byID("there102")), "Online since") {
		t.Errorf("the team sees %q", text(p.byID("there102")))
	}

	admin := h.signIn("admin@example.test", "admin-secret")
	if p := admin.get("/contacts"); p.byID("presence") != nil {
		t.Error("the operator is shown as somebody who answers texts")
	}
	if p := admin.post("/presence", "state", "online"); p.status != http.StatusForbidden {
		t.Errorf("the operator's presence is answered with %d", p.status)
	}
}

// A browser that wants notices is told of texts, and of nothing that is blocked.
func TestIncoming(t *testing.T) {
	h := newHouse(t)
	bob := h.signIn("bob@acme.test", "bob-secret")
	bob.get("/contacts")
	stream, next := bob.listen(t, "incoming")
	defer stream.Close()
	h.text("+14155551212", "+13109060901", "Hello "+evil)
	if told := next(`id="incoming"`); strings.Contains(told, "<script>alert") || !strings.Contains(told, `data-from="&#43;1 (415) 555-1212"`) {
		t.Errorf("the notice is %s", told)
	}
}
