package egress

import (
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		raw, host string
		port      uint16
		tls       bool
	}{
		{"http://example.com", "example.com", 80, false},
		{"https://Example.COM/a?token=%41&x=1,2;3#frag", "example.com", 443, true},
		{"HTTPS://hooks.example.net:8443/in?a=50%", "hooks.example.net", 8443, true},
		{"http://127.0.0.1:2790/dlr", "127.0.0.1", 2790, false},
		{"http://[::1]:2790/", "::1", 2790, false},
		{"https://[2A00:1450::200E]/", "2A00:1450::200E", 443, true},
		{"http://user:p%40ss@example.com/", "example.com", 80, false},
		{"http://a_b.example/", "a_b.example", 80, false},
		{"http://xn--bcher-kva.example/", "xn--bcher-kva.example", 80, false},
		{"http://example.com./", "example.com.", 80, false},
		{"http://localhost/", "localhost", 80, false},
		{"http://0x7f.example/", "0x7f.example", 80, false},
		{"http://1.example/", "1.example", 80, false},
		{"http://example.com?x", "example.com", 80, false},
		{"http://example.com/a@b:c//d/../e", "example.com", 80, false},
	} {
		got, err := Parse(tt.raw)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.raw, err)
			continue
		}
		if got.Host != tt.host || got.Port != tt.port || got.TLS != tt.tls {
			t.Errorf("Parse(%q) = %s %d %v, want %s %d %v", tt.raw, got.Host, got.Port, got.TLS, tt.host, tt.port, tt.tls)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing":                  "",
		"no scheme":                "example.com/x",
		"no slashes":               "http:example.com",
		"one slash":                "http:/example.com",
		"three slashes":            "http:///example.com",
		"relative":                 "/x",
		"scheme-relative":          "//example.com/",
		"ftp":                      "ftp://example.com/",
		"file":                     "file:///etc/passwd",
		"javascript":               "javascript:alert(1)",
		"gopher":                   "gopher://127.0.0.1:25/x",
		"space before":             " http://example.com/",
		"space within":             "http://example.com/a b",
		"tab":                      "http://exa\tmple.com/",
		"newline":                  "http://example.com/\r\nX: y",
		"NUL":                      "http://example.com/\x00",
		"delete":                   "http://example.com/\x7f",
		"backslash":                `http://example.com\@127.0.0.1/`,
		"backslash in the path":    `http://example.com/\x`,
		"angle bracket":            "http://example.com/<x>",
		"decimal":                  "http://2130706433/",
		"octal":                    "http://0177.0.0.1/",
		"octal whole":              "http://017700000001/",
		"leading zeros":            "http://127.000.000.001/",
		"hex":                      "http://0x7f000001/",
		"hex upper case":           "http://0X7F000001/",
		"hex labels":               "http://0x7f.0x0.0x0.0x1/",
		"hex last label":           "http://127.0.0.0x1/",
		"empty hex":                "http://127.0.0.0x/",
		"short":                    "http://127.1/",
		"shorter":                  "http://0/",
		"five numbers":             "http://1.2.3.4.5/",
		"too large":                "http://256.1.1.1/",
		"final dot":                "http://127.0.0.1./",
		"number at the end":        "http://example.123/",
		"full-width digits":        "http://１２７.0.0.1/",
		"full-width dot":           "http://127。0。0。1/",
		"circled digits":           "http://①②⑦.0.0.1/",
		"IDN":                      "http://bücher.example/",
		"percent-encoded":          "http://%31%32%37.0.0.1/",
		"percent-encoded letters":  "http://%6cocalhost/",
		"percent-encoded dot":      "http://127%2e0.0.1/",
		"percent-encoded wide":     "http://%EF%BC%91.0.0.1/",
		"percent at the end":       "http://localhost%/",
		"zone":                     "http://[fe80::1%25eth0]/",
		"zone unescaped":           "http://[fe80::1%eth0]/",
		"IPv4 in brackets":         "http://[127.0.0.1]/",
		"name in brackets":         "http://[localhost]/",
		"IPv6 without brackets":    "http://::1/",
		"open bracket":             "http://[::1/",
		"future address":           "http://[v1.fe80::a]/",
		"bytes behind the bracket": "http://[::1]x/",
		"two at signs":             "http://a@b@127.0.0.1/",
		"host is only user":        "http://user@/",
		"no host":                  "http:///",
		"only a port":              "http://:80/",
		"empty port":               "http://example.com:/",
		"port 0":                   "http://example.com:0/",
		"large port":               "http://example.com:65536/",
		"huge port":                "http://example.com:99999999999999999999/",
		"signed port":              "http://example.com:+80/",
		"word for a port":          "http://example.com:http/",
		"two ports":                "http://example.com:80:80/",
		"empty label":              "http://a..b/",
		"leading dot":              "http://.example.com/",
		"only a dot":               "http://./",
		"two final dots":           "http://example.com../",
		"leading dash":             "http://-a.example/",
		"star":                     "http://*.example.com/",
		"bad escape":               "http://example.com/%zz",
		"comma":                    "http://a,b/",
		"long label":               "http://" + strings.Repeat("a", 64) + ".example/",
		"long name":                "http://" + strings.Repeat("a.", 130) + "example/",
		"long URL":                 "http://example.com/" + strings.Repeat("a", longestURL),
		"semicolon host":           "http://127.0.0.1;example.com/",
	} {
		u, err := Parse(raw)
		if err == nil {
			t.Errorf("%s: Parse(%q) = %+v", name, raw, u)
			continue
		}
		e, ok := err.(*wirechief.Error)
		if !ok || e.Kind != wirechief.Invalid || e.Rule != wirechief.RuleEgress || e.Message == "" {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

// What is secret in a URL is in no error about it.
func TestErrorsKeepSecrets(t *testing.T) {
	for _, raw := range []string{
		"http://ann:hunter2@127.1/?token=hunter2", "http://ann:hunter2@exa mple.com/?token=hunter2",
		"http://ann:hunter2@b@c/", "ftp://ann:hunter2@b/", "http://ann:hunter2@[::1/?hunter2", "http://ann:hunter2@b:x/",
		"http://ann:hunter2@b/%zz?hunter2",
	} {
		if _, err := Parse(raw); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Parse(%q): %v", raw, err)
		}
	}
}
