package egress

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// Patience with the steps of a new connection.
const (
	dnsTimeout     = 5 * time.Second
	connectTimeout = 5 * time.Second
	tlsTimeout     = 5 * time.Second
)

// Options is what a [Guard] is built from. The zero value lets through what is
// public and nothing else.
type Options struct {
	// Allow are networks beside the public ones (egress.allow).
	Allow []string
	// DNS is the resolver as host:port, UDP with TCP for long answers; empty:
	// the system's (egress.dns).
	DNS string
	// CAFile has further roots in PEM, beside the system's (egress.ca_file).
	CAFile string
	// Own gives the addresses that we listen on, as they are at the moment;
	// one without an address (0.0.0.0, ::) stands for all of this machine's.
	Own func() []netip.AddrPort
	// Resolver replaces DNS and the system's resolver.
	Resolver Resolver
}

// Resolver finds the addresses of a name; a [net.Resolver] is one.
type Resolver interface {
	// LookupNetIP gives the addresses of a name, network being "ip". The name
	// ends in a dot: no search list applies.
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Guard judges where requests may go. Make it with [New]; it is safe for
// concurrent use and runs nothing by itself.
type Guard struct {
	allow    []entry
	own      func() []netip.AddrPort
	resolver Resolver
	tls      *tls.Config
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
}

var _ wirechief.Guard = (*Guard)(nil)

// New makes a guard. Its errors name the option that is wrong.
func New(o Options) (*Guard, error) {
	g := &Guard{own: o.Own, resolver: o.Resolver}
	for _, s := range o.Allow {
		e, err := parseEntry(s)
		if err != nil {
			return nil, err
		}
		g.allow = append(g.allow, e)
	}
	if g.own == nil {
		g.own = func() []netip.AddrPort { return nil }
	}
	if g.resolver == nil {
		g.resolver = newResolver(o.DNS)
	}
	roots, err := loadRoots(o.CAFile)
	if err != nil {
		return nil, err
	}
	g.tls = &tls.Config{
		MinVersion: tls.VersionTLS12, RootCAs: roots, NextProtos: []string{"http/1.1"},
		ClientSessionCache: tls.NewLRUClientSessionCache(512),
	}
	g.dial = (&net.Dialer{FallbackDelay: -1, Control: g.control}).DialContext
	return g, nil
}

// newResolver asks one server, or those of the system.
func newResolver(server string) Resolver {
	if server == "" {
		return system{&net.Resolver{PreferGo: true}}
	}
	var d net.Dialer
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return d.DialContext(ctx, network, server)
	}}
}

// system is the machine's own resolver. It knows names that DNS does not: those
// of its hosts file, localhost among them, which it finds without the dot only.
type system struct{ *net.Resolver }

// LookupNetIP implements [Resolver].
func (s system) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	found, err := s.Resolver.LookupNetIP(ctx, network, host)
	if d, ok := errors.AsType[*net.DNSError](err); ok && d.IsNotFound {
		if name := strings.TrimSuffix(host, "."); inHosts(name) {
			return s.Resolver.LookupNetIP(ctx, network, name)
		}
	}
	return found, err
}

// inHosts says whether the hosts file has the name. Others are not asked for
// without the dot: the machine's search list would find the network's own names.
func inHosts(name string) bool {
	file, err := os.ReadFile("/etc/hosts")
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(file)) {
		line, _, _ = strings.Cut(line, "#")
		if fields := strings.Fields(line); len(fields) > 1 &&
			slices.ContainsFunc(fields[1:], func(f string) bool { return strings.EqualFold(f, name) }) {
			return true
		}
	}
	return false
}

// loadRoots adds the certificates of a file to those of the system. nil means
// the system's.
func loadRoots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	wrong := func(message string, err error) error {
		return &wirechief.Error{Op: "egress", Kind: wirechief.Invalid, Field: "egress.ca_file", Message: message, Err: err}
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, wrong("the file with further roots cannot be read", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, wrong(fmt.Sprintf("%s holds no certificate in PEM form", file), nil)
	}
	return roots, nil
}

// Check implements [wirechief.Guard]: what is refused is malformed or leads to
// a forbidden address now. What does not resolve passes, and is judged when it
// is asked for.
func (g *Guard) Check(ctx context.Context, rawURL string) error {
	t, err := Parse(rawURL)
	if err != nil {
		return err
	}
	_, err = g.addresses(ctx, t.Host, t.addr, t.Port)
	if err != nil && wirechief.KindOf(err) == wirechief.Unavailable {
		return nil
	}
	return err
}

// addresses gives where a host may be dialled: all its addresses, or an error,
// for one forbidden address spoils the name.
func (g *Guard) addresses(ctx context.Context, host string, literal netip.Addr, port uint16) ([]netip.AddrPort, error) {
	if literal.IsValid() {
		ap := netip.AddrPortFrom(literal.Unmap(), port)
		if why := g.judge(ap); why != "" {
			return nil, refused("%s %s", host, why)
		}
		return []netip.AddrPort{ap}, nil
	}
	found, err := g.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	out := make([]netip.AddrPort, 0, len(found))
	for _, addr := range found {
		ap := netip.AddrPortFrom(addr.Unmap(), port)
		if why := g.judge(ap); why != "" {
			// The address itself is not told: a tenant has no business with the
			// names of our networks.
			e := refused("%s leads to an address that %s", host, why)
			e.Err = fmt.Errorf("%s is %s", host, addr)
			return nil, e
		}
		out = append(out, ap)
	}
	return out, nil
}

// resolve asks for the addresses of a name. A name that has none now is
// Unavailable.
func (g *Guard) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	name := host
	if name[len(name)-1] != '.' {
		name += "."
	}
	found, err := g.resolver.LookupNetIP(ctx, "ip", name)
	if err == nil && len(found) > 0 {
		return found, nil
	}
	message := host + " has no address"
	if d, ok := errors.AsType[*net.DNSError](err); ok && d.IsTimeout || ctx.Err() != nil {
		message = host + " could not be resolved in time"
	} else if err != nil && (!ok || !d.IsNotFound) {
		message = host + " could not be resolved"
	}
	return nil, &wirechief.Error{Op: "egress.resolve", Kind: wirechief.Unavailable, Field: "url", Message: message, Err: err}
}

// judge says why an address may not be dialled, in words that go on after the
// name of the host; nothing when it may.
func (g *Guard) judge(ap netip.AddrPort) string {
	addr, port := ap.Addr().Unmap(), ap.Port()
	own, special := g.isOwn(addr, port), isMetadata(addr)
	switch {
	case own:
		// An entry for every port of the address is not meant for this one.
		if slices.ContainsFunc(g.allow, func(e entry) bool { return e.names(addr) && e.port == port }) {
			return ""
		}
		return "is one of our own listeners; the operator can open it by an entry of its own, with the port, in egress.allow"
	case special:
		if slices.ContainsFunc(g.allow, func(e entry) bool { return e.names(addr) && e.covers(addr, port) }) {
			return ""
		}
		return "is a cloud's metadata service; the operator can open it by an entry of its own in egress.allow"
	case Public(addr), slices.ContainsFunc(g.allow, func(e entry) bool { return e.covers(addr, port) }):
		return ""
	}
	return "is not public; the operator can open it in egress.allow"
}

// isOwn says whether an address and port lead to one of our listeners.
func (g *Guard) isOwn(addr netip.Addr, port uint16) bool {
	for _, l := range g.own() {
		if l.Port() != port {
			continue
		}
		at := l.Addr().Unmap()
		switch {
		case at == addr,
			addr.IsUnspecified() && (at.IsLoopback() || at.IsUnspecified()), // systems take 0.0.0.0 for this machine
			at.IsUnspecified() && isLocal(addr):
			return true
		}
		if hidden, _ := inside(addr); slices.ContainsFunc(hidden, func(v4 netip.Addr) bool { return g.isOwn(v4, port) }) {
			return true
		}
	}
	return false
}

// isLocal says whether an address is one of this machine's.
func isLocal(addr netip.Addr) bool {
	if addr.IsLoopback() {
		return true
	}
	list, err := net.InterfaceAddrs()
	if err != nil {
		return true // who cannot tell refuses
	}
	return slices.ContainsFunc(list, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		if !ok {
			return false
		}
		mine, ok := netip.AddrFromSlice(n.IP)
		return ok && mine.Unmap() == addr
	})
}

func refused(format string, args ...any) *wirechief.Error {
	e := wirechief.Refuse(wirechief.Invalid, wirechief.RuleEgress, format, args...)
	e.Op, e.Field = "egress", "url"
	return e
}
