package egress

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// names is a resolver that knows a few names.
type names map[string]string // name without its final dot → addresses with spaces between

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	list, ok := n[strings.TrimSuffix(host, ".")]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	var out []netip.Addr
	for _, s := range strings.Fields(list) {
		out = append(out, netip.MustParseAddr(s))
	}
	return out, nil
}

func guard(t testing.TB, o Options) *Guard {
	t.Helper()
	if o.Resolver == nil && o.DNS == "" {
		o.Resolver = names{}
	}
	g, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestCheck(t *testing.T) {
	known := names{
		"public.example": "93.184.215.14 2606:2800:21f:cb07:6820:80da:af6b:8b2c",
		"mixed.example":  "93.184.215.14 10.0.0.1",
		"mixed6.example": "93.184.215.14 fd00::1",
		"inside.example": "192.168.1.1",
		"mapped.example": "::ffff:127.0.0.1",
		"nat64.example":  "64:ff9b::127.0.0.1",
		"clouds.example": "169.254.169.254",
		"hooks.internal": "10.1.2.3",
		"localhost":      "127.0.0.1 ::1",
		"zone.example":   "fe80::1%eth0",
		"empty.example":  "",
	}
	own := func() []netip.AddrPort {
		return []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:8080"), netip.MustParseAddrPort("[::1]:9464")}
	}
	wild := func() []netip.AddrPort { return []netip.AddrPort{netip.MustParseAddrPort("[::]:8080")} }
	for _, tt := range []struct {
		name  string
		allow string
		own   func() []netip.AddrPort
		url   string
		ok    bool
	}{
		{"public name", "", nil, "https://public.example/x", true},
		{"public address", "", nil, "http://93.184.215.14:8080/", true},
		{"unknown name", "", nil, "http://later.example/", true},
		{"name without addresses", "", nil, "http://empty.example/", true},
		{"one bad address among good ones", "", nil, "http://mixed.example/", false},
		{"one bad IPv6 address among good ones", "", nil, "http://mixed6.example/", false},
		{"private name", "", nil, "http://inside.example/", false},
		{"mapped loopback", "", nil, "http://mapped.example/", false},
		{"loopback behind NAT64", "", nil, "http://nat64.example/", false},
		{"metadata by name", "", nil, "http://clouds.example/", false},
		{"address with a zone", "", nil, "http://zone.example/", false},
		{"loopback", "", nil, "http://127.0.0.1:2790/", false},
		{"loopback by name", "", nil, "http://localhost/", false},
		{"any address", "", nil, "http://0.0.0.0/", false},
		{"loopback mapped", "", nil, "http://[::ffff:127.0.0.1]/", false},
		{"loopback mapped in hex", "", nil, "http://[::ffff:7f00:1]/", false},
		{"the vendor's own example", "", nil, "https://10.10.1.1/webhook", false},
		{"malformed", "", nil, "http://127.1/", false},

		{"allowed", "127.0.0.1/32:2790", nil, "http://127.0.0.1:2790/dlr", true},
		{"allowed, mapped", "127.0.0.1/32:2790", nil, "http://[::ffff:127.0.0.1]:2790/", true},
		{"allowed, another port", "127.0.0.1/32:2790", nil, "http://127.0.0.1:2791/", false},
		{"allowed, the default port", "127.0.0.1/32:80", nil, "http://127.0.0.1/", true},
		{"allowed, every port", "127.0.0.1/32", nil, "http://127.0.0.1:1/", true},
		{"allowed, another address", "127.0.0.1/32", nil, "http://127.0.0.2/", false},
		{"allowed network", "10.0.0.0/8", nil, "http://hooks.internal/", true},
		{"allowed network, other name", "10.0.0.0/8", nil, "http://inside.example/", false},
		{"allowed in part", "127.0.0.0/8", nil, "http://localhost/", false},
		{"allowed in all parts", "127.0.0.0/8 ::1/128", nil, "http://localhost/", true},
		{"allowed IPv6 with a port", "[::1]/128:2790", nil, "http://[::1]:2790/", true},
		{"allowed IPv6, another port", "[::1]/128:2790", nil, "http://[::1]:2791/", false},
		{"allowed IPv4 does not open what hides it", "127.0.0.1/32", nil, "http://[64:ff9b::7f00:1]/", false},
		{"spelling is no way in", "0.0.0.0/0", nil, "http://0x7f.1/", false},

		{"metadata in a wide network", "169.254.0.0/16", nil, "http://169.254.169.254/latest/meta-data", false},
		{"metadata in everything", "0.0.0.0/0 ::/0", nil, "http://169.254.169.254/", false},
		{"metadata by an entry of its own", "169.254.169.254/32", nil, "http://169.254.169.254/", true},
		{"metadata by its own entry, other port", "169.254.169.254/32:81", nil, "http://169.254.169.254/", false},
		{"metadata IPv6", "::/0", nil, "http://[fd00:ec2::254]/", false},
		{"metadata IPv6, own entry", "fd00:ec2::254/128", nil, "http://[fd00:ec2::254]/", true},
		{"metadata that looks public", "", nil, "http://168.63.129.16/", false},
		{"metadata behind NAT64", "64:ff9b::/96", nil, "http://[64:ff9b::a9fe:a9fe]/", false},

		{"own listener", "127.0.0.0/8", own, "http://127.0.0.1:8080/", false},
		{"own listener, every port of its address", "127.0.0.1/32", own, "http://127.0.0.1:8080/", false},
		{"own listener, its own entry", "127.0.0.1/32:8080", own, "http://127.0.0.1:8080/", true},
		{"own listener, mapped", "127.0.0.0/8", own, "http://[::ffff:127.0.0.1]:8080/", false},
		{"own listener, any address", "0.0.0.0/0", own, "http://0.0.0.0:8080/", false},
		{"own listener, IPv6", "::1/128", own, "http://[::1]:9464/", false},
		{"beside an own listener", "127.0.0.0/8", own, "http://127.0.0.1:8081/", true},
		{"other address at the port of an own listener", "127.0.0.0/8", own, "http://127.0.0.2:8080/", true},
		{"wildcard listener", "127.0.0.0/8", wild, "http://127.3.2.1:8080/", false},
		{"wildcard listener by name", "127.0.0.0/8 ::1/128", wild, "http://localhost:8080/", false},
		{"wildcard listener, own entry", "127.0.0.1/32:8080", wild, "http://127.0.0.1:8080/", true},
		{"elsewhere at the port of a wildcard listener", "", wild, "http://93.184.215.14:8080/", true},
		{"own listener behind 6to4", "::/0", own, "http://[2002:7f00:1::]:8080/", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := guard(t, Options{Allow: strings.Fields(tt.allow), Own: tt.own, Resolver: known})
			err := g.Check(t.Context(), tt.url)
			if (err == nil) != tt.ok {
				t.Fatalf("Check(%s): %v", tt.url, err)
			}
			if e, ok := errors.AsType[*wirechief.Error](err); err != nil && (!ok || e.Kind != wirechief.Invalid || e.Rule != wirechief.RuleEgress) {
				t.Errorf("%#v", err)
			}
		})
	}
}

// Whoever names a host learns nothing about our networks from the refusal.
func TestRefusalTellsNoAddress(t *testing.T) {
	g := guard(t, Options{Resolver: names{"db.internal": "10.7.8.9"}})
	err := g.Check(t.Context(), "http://db.internal/")
	if msg := wirechief.MessageOf(err); strings.Contains(msg, "10.7") || !strings.Contains(msg, "db.internal") {
		t.Errorf("message: %s", msg)
	}
	if !strings.Contains(err.Error(), "10.7.8.9") {
		t.Errorf("the log is not told the address: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		o    Options
		want string
	}{
		{Options{Allow: []string{"10.0.0.1"}}, "egress.allow"},
		{Options{Allow: []string{"10.0.0.0/33"}}, "egress.allow"},
		{Options{Allow: []string{"10.0.0.1/8"}}, "egress.allow"},
		{Options{Allow: []string{"10.0.0.0/8:0"}}, "egress.allow"},
		{Options{Allow: []string{"10.0.0.0/8:x"}}, "egress.allow"},
		{Options{Allow: []string{"10.0.0.0/8:65536"}}, "egress.allow"},
		{Options{Allow: []string{"[::1/128:80"}}, "egress.allow"},
		{Options{Allow: []string{"::ffff:10.0.0.0/104"}}, "egress.allow"},
		{Options{Allow: []string{"localhost/32"}}, "egress.allow"},
		{Options{Allow: []string{""}}, "egress.allow"},
		{Options{CAFile: filepath.Join(dir, "none.pem")}, "egress.ca_file"},
		{Options{CAFile: empty}, "egress.ca_file"},
	} {
		_, err := New(tt.o)
		e, ok := errors.AsType[*wirechief.Error](err)
		if !ok || e.Kind != wirechief.Invalid || e.Field != tt.want || e.Message == "" {
			t.Errorf("New(%+v): %v", tt.o, err)
		}
	}
}

// Names that only this machine knows lead to it, and are refused like its
// addresses.
func TestNamesOfTheHostsFile(t *testing.T) {
	g, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"http://localhost/", "http://LOCALHOST./x", "https://localhost:8443/"} {
		if err := g.Check(t.Context(), url); wirechief.KindOf(err) != wirechief.Invalid {
			t.Errorf("%s is taken: %v", url, err)
		}
	}
	open, err := New(Options{Allow: []string{"127.0.0.0/8", "::1/128"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := open.Check(t.Context(), "http://localhost:2790/"); err != nil {
		t.Error(err)
	}
}
