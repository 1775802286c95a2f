package console_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// hostile is what a text may hold; it must be as inert as any other.
const hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> {{.CSRF}} ${7*7} %0d%0aX: y \u202eevil =cmd|'/c calc'!A1 \x1b[31m"

// TestEveryPage goes through all links that there are, as everybody who can
// sign in, and looks at each page.
func TestEveryPage(t *testing.T) {
	h := newHouse(t)
	ann := h.signIn("ann@acme.test", "ann-secret")
	h.text("+14155551212", "+13109060901", "Hello there")
	h.text("+14155551213", "+13109060901", hostile)
	ann.eventually("/messages", "Hello there")
	for _, who := range []struct{ email, password string }{
		{"ann@acme.test", "ann-secret"},
		{"bob@acme.test", "bob-secret"},
		{"eve@acme.test", "eve-secret"},
		{"admin@example.test", "admin-secret"},
	} {
		t.Run(who.email, func(t *testing.T) {
			b := h.signIn(who.email, who.password)
			seen := crawl(t, b)
			t.Logf("%d pages", len(seen))
			for _, must := range []string{"/inbox", "/numbers", "/campaigns", "/messages", "/webhooks", "/calls", "/carriers", "/contacts", "/reports", "/settings"} {
				if !slices.Contains(seen, must) {
					t.Errorf("nothing leads to %s", must)
				}
			}
		})
	}
}

// crawl opens every page that a link leads to, each path once.
func crawl(t *testing.T, b *browser) (paths []string) {
	const most = 400
	queue, known := []string{"/inbox"}, map[string]bool{"/inbox": true}
	for len(queue) > 0 && len(paths) < most {
		path := queue[0]
		queue = queue[1:]
		p := b.get(path)
		paths = append(paths, path)
		if p.status != http.StatusOK {
			t.Errorf("%s answers %d: %s", path, p.status, p.text())
			continue
		}
		if p.root == nil {
			continue // a file
		}
		for _, fault := range p.faults() {
			t.Errorf("%s: %s", path, fault)
		}
		if len(p.body) > 100_000 {
			t.Errorf("%s has %d octets of HTML", path, len(p.body))
		}
		if csp := p.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'; style-src 'self';") {
			t.Errorf("%s: the content policy is %q", path, csp)
		}
		if strings.Contains(p.body, "<script>alert") || strings.Contains(p.body, "<img src=x") || strings.ContainsRune(p.body, '\x1b') || strings.ContainsRune(p.body, '\u202e') {
			t.Errorf("%s lets a hostile text through", path)
		}
		for _, a := range p.all(func(n *node) bool { return n.Data == "a" }) {
			to, _, _ := strings.Cut(attr(a, "href"), "#")
			bare, _, _ := strings.Cut(to, "?")
			if strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "/signin") && !strings.HasPrefix(to, "/media/") && !known[bare] {
				known[bare] = true
				queue = append(queue, to)
			}
		}
	}
	return paths
}
