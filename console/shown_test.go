package console

import (
	"regexp"
	"strings"
	"testing"
)

func TestShownURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://user:hush@host.test:8443/a/b?token=hush#hush": "https://host.test:8443/a/b",
		"HTTP://hush@host.test":                                "HTTP://host.test",
		"http://a@b@host.test/x":                               "http://host.test/x",
		"http://host.test?hush":                                "http://host.test",
		"http://host.test/@x":                                  "http://host.test/@x",
		"me@acme.test":                                         "me@acme.test",
		"+13105550125":                                         "+13105550125",
		"sip:me@acme.test":                                     "sip:me@acme.test",
		"":                                                     "",
	} {
		if got := shownURL(in); got != want {
			t.Errorf("%q is shown as %q", in, got)
		}
	}
	in := `{"a": "https://u:hush@x.test/p?a=hush\u0026b=\"hush", "b": "see http://y.test/#hush, and so on"}`
	if got, want := shownURLs(in), `{"a": "https://x.test/p", "b": "see http://y.test/ and so on"}`; got != want {
		t.Errorf("%s", got)
	}
	if got := shownRequest("GET /p?hush= 1&x HTTP/1.1\r\nHost: x.test?"); got != "GET /p HTTP/1.1\r\nHost: x.test?" {
		t.Errorf("%q", got)
	}
}

// URLs in texts are found as this expression finds them, at the cost of a look.
func TestURLsInTexts(t *testing.T) {
	urls := regexp.MustCompile(`(?i)\bhttps?://(?:\\.|[^\s"\\])*`)
	for _, s := range []string{
		"", "://", "no://h?x", "http://h?hush", "see http://h?hush and HTTPS://u:hush@h/p#hush.", `"http://h?a\"hush" "ftp://h?x"`,
		`http://h?hush\`, "http://h?hush\\\nhush", "xhttp://h?x http://h?a://hush", "_http://h?x -http://h?hush", "http://http://h?hush",
		"éhttp://h?hush\u00a0hush", "http://h?hush\x0bhush\fx",
	} {
		if got, want := shownURLs(s), urls.ReplaceAllStringFunc(s, shownURL); got != want {
			t.Errorf("%q is shown as %q, want %q", s, got, want)
		}
	}
	long := strings.Repeat("see http://u:hush@host.test/p?hush now. ", 10)
	if n := testing.AllocsPerRun(10, func() { shownURLs(long) }); n > 40 {
		t.Errorf("%.0f allocations", n)
	}
}
