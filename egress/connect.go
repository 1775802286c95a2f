package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"github.com/wirechief/wirechief"
)

// Steps tells how a connection came about, or how far it came.
type Steps struct {
	Peer              netip.AddrPort // that was dialled last; zero: none
	DNS, Connect, TLS time.Duration  // how long each took; 0: not needed, or not reached
}

// Connect opens a connection to where a URL leads, through TLS when it is
// https. It is judged as the package documentation says. Kind Invalid with
// RuleEgress: forbidden; Unavailable: there is no way now, and where the cause
// is a timeout it says so by errors.Is with os.ErrDeadlineExceeded or
// [context.DeadlineExceeded], or as a [net.Error].
func (g *Guard) Connect(ctx context.Context, t *Target) (net.Conn, Steps, error) {
	conn, steps, err := g.connect(ctx, "tcp", t.Host, t.addr, t.Port)
	if err != nil || !t.TLS {
		return conn, steps, err
	}
	start := time.Now()
	secure := tls.Client(conn, g.tlsFor(t.Host))
	ctx, cancel := context.WithTimeout(ctx, tlsTimeout)
	defer cancel()
	err = secure.HandshakeContext(ctx)
	steps.TLS = time.Since(start)
	if err != nil {
		conn.Close()
		return nil, steps, &wirechief.Error{
			Op: "egress.tls", Kind: wirechief.Unavailable, Message: "no secure connection to " + t.Host, Err: err,
		}
	}
	return secure, steps, nil
}

// tlsFor is the configuration for a server of the given name or address.
func (g *Guard) tlsFor(host string) *tls.Config {
	c := g.tls.Clone()
	c.ServerName = host
	return c
}

// connect resolves, judges and dials.
func (g *Guard) connect(ctx context.Context, network, host string, literal netip.Addr, port uint16) (net.Conn, Steps, error) {
	var steps Steps
	start := time.Now()
	addresses, err := g.addresses(ctx, host, literal, port)
	if !literal.IsValid() {
		steps.DNS = time.Since(start)
	}
	if err != nil {
		return nil, steps, err
	}
	start = time.Now()
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, peer, err := g.dialAny(ctx, network, addresses)
	steps.Peer, steps.Connect = peer, time.Since(start)
	if err != nil {
		if wirechief.KindOf(err) == wirechief.Invalid {
			return nil, steps, err
		}
		return nil, steps, &wirechief.Error{
			Op: "egress.connect", Kind: wirechief.Unavailable, Message: "no connection to " + peer.String(), Err: err,
		}
	}
	return conn, steps, nil
}

// dialAny tries the addresses of a name in the order of the resolver; each has
// its share of the time that is left.
func (g *Guard) dialAny(ctx context.Context, network string, addresses []netip.AddrPort) (net.Conn, netip.AddrPort, error) {
	var first error
	for i, ap := range addresses {
		each := ctx
		if deadline, ok := ctx.Deadline(); ok {
			var cancel context.CancelFunc
			each, cancel = context.WithDeadline(ctx, time.Now().Add(time.Until(deadline)/time.Duration(len(addresses)-i)))
			defer cancel()
		}
		conn, err := g.dial(each, network, ap.String())
		if err == nil {
			return conn, ap, nil
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil {
			return nil, ap, first
		}
	}
	return nil, addresses[len(addresses)-1], first
}

// control looks once more at the address of a socket that is about to connect.
func (g *Guard) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return refused("an address that cannot be judged was about to be dialled")
	}
	if why := g.judge(ap); why != "" {
		return refused("%s %s", ap.Addr(), why)
	}
	return nil
}

// DialContext opens a connection to host:port under the guard, for protocols
// other than HTTP: a tenant's own mail server.
func (g *Guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, malformed("its host and port cannot be read")
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil || port == 0 {
		return nil, malformed("its port is not from 1 to 65535")
	}
	literal, err := netip.ParseAddr(host)
	if err != nil || literal.Zone() != "" {
		if host, literal, err = parseHost(host); err != nil {
			return nil, err
		}
	}
	conn, _, err := g.connect(ctx, network, host, literal, uint16(port))
	return conn, err
}

// headerMost is how much of an answer's header is read.
const headerMost = 64 << 10

// Transport makes an HTTP transport whose every connection is guarded. Who
// uses it parses URLs with [Parse] first; [Guard.Client] does so by itself.
func (g *Guard) Transport() *http.Transport {
	return &http.Transport{
		DialContext:            g.DialContext,
		TLSClientConfig:        g.tls.Clone(),
		TLSHandshakeTimeout:    tlsTimeout,
		DisableCompression:     true,
		MaxResponseHeaderBytes: headerMost,
		IdleConnTimeout:        30 * time.Second,
	}
}

// Client makes an HTTP client that takes URLs as [Parse] reads them and
// follows no redirect: the answer that tells of one is the answer. timeout is
// for a whole request, body included.
func (g *Guard) Client(timeout time.Duration) *http.Client {
	return &http.Client{
		Transport:     parsing{g.Transport()},
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// parsing puts the one parser before a transport.
type parsing struct{ *http.Transport }

func (p parsing) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL == nil || r.URL.Opaque != "" {
		return nil, errors.Join(malformed("it has no host"), closeBody(r))
	}
	if _, err := Parse(r.URL.String()); err != nil {
		return nil, errors.Join(err, closeBody(r))
	}
	return p.Transport.RoundTrip(r)
}

// closeBody is what a round tripper owes a request that it refuses.
func closeBody(r *http.Request) error {
	if r.Body == nil {
		return nil
	}
	return r.Body.Close()
}
