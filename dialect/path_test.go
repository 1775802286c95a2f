package dialect_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/wirechief/wirechief/dialect"
)

func TestPaths(t *testing.T) {
	table := dialect.NewPaths("/v2", true, []dialect.Route[string]{
		{Method: "GET", Path: "/Numbers/{number}", Handle: "get"},
		{Method: "POST", Path: "/Numbers/{number}", Handle: "configure"},
		{Method: "GET", Path: "/Numbers/Available", Handle: "find"},
		{Method: "GET", Path: "/Properties/{sid}/Numbers", Handle: "list"},
		{Method: "DELETE", Path: "/msns/{msn}/forwarding/{value...}", Handle: "remove"},
		{Method: "POST", Path: "/msns/{msn}/forwarding", Handle: "add"},
	})
	for _, tt := range []struct{ method, path, handle, params, allowed string }{
		{"GET", "/v2/Numbers/61280000001", "get", "61280000001", ""},
		{"GET", "/V2/numbers/%2B61280000001", "get", "+61280000001", ""},
		{"POST", "/v2/Numbers/Available", "", "", "GET"},
		{"HEAD", "/v2/Numbers/Available", "find", "", ""},
		{"HEAD", "/v2/Numbers/1", "get", "1", ""},
		{"HEAD", "/v2/msns/614/forwarding", "", "", "POST"},
		{"GET", "/v2/Numbers/Available/Numbers", "", "", ""},
		{"GET", "/v2/numbers/available", "find", "", ""},
		{"GET", "/v2/Properties/SaB/Numbers", "list", "SaB", ""},
		{"PUT", "/v2/Numbers/1", "", "", "GET POST"},
		{"PUT", "/v2/Numbers/available", "", "", "GET"},
		{"GET", "/v2/Numbers/", "", "", ""},
		{"GET", "/v2/Numbers", "", "", ""},
		{"GET", "/v2/Numbers/1/2", "", "", ""},
		{"GET", "/v2/Numbers/%zz", "", "", ""},
		{"DELETE", "/v2/msns/614/forwarding/https%3A%2F%2Fx.test%2Fa%3Fb=1+2", "remove", "614|https://x.test/a?b=1+2", ""},
		{"DELETE", "/v2/msns/614/forwarding/https://x.test//a", "remove", "614|https://x.test//a", ""},
		{"DELETE", "/v2/msns/614/forwarding/Message2Give%20Chat", "remove", "614|Message2Give Chat", ""},
		{"DELETE", "/v2/msns/614/forwarding", "", "", "POST"},
		{"DELETE", "/v2/msns/614/forwarding/", "", "", ""},
		{"GET", "/v2/msns/614/forwarding/x", "", "", "DELETE"},
		{"GET", "", "", "", ""},
	} {
		r, params, allowed := table.Find(tt.method, tt.path)
		got := ""
		if r != nil {
			got = r.Handle
		}
		if got != tt.handle || strings.Join(params, "|") != tt.params || strings.Join(allowed, " ") != tt.allowed {
			t.Errorf("%s %s = %q %q, allowed %q; want %q %q, %q", tt.method, tt.path, got, params, allowed, tt.handle, tt.params, tt.allowed)
		}
	}
}

func FuzzPaths(f *testing.F) {
	table := dialect.NewPaths("", false, []dialect.Route[int]{{Method: "GET", Path: "/a/{b}/c"}, {Method: "GET", Path: "/a/{rest...}", Handle: 1}})
	for _, seed := range []string{"/a/b/c", "/a//c", "/a/%2f/c", "/a/%", "//", "/a/b/c/d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if r, params, _ := table.Find("GET", path); r != nil && (len(params) != 1 || params[0] == "" && !strings.Contains(path, "%")) {
			t.Errorf("%q: %q", path, params)
		}
		u := &url.URL{Path: path}
		table.Find("GET", u.EscapedPath())
	})
}
